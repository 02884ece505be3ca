"""Whether a gap is there once partnerships, regions or cohorts are held equal; if not, it is no edge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import COHORT, NOT_STATED, OVERALL
from stepup_equity.findings.comparison import Groups, first_reason
from stepup_equity.statistics import mh_risk_ratio
from stepup_equity.words.names import within
from stepup_equity.words.numbers import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.cliff_rule import CliffRule, Evidence
    from stepup_equity.findings.comparison import Comparison
    from stepup_equity.findings.family import Family


@dataclass(frozen=True, eq=False)
class HeldEqual:
    """Ratios of a family's rows with strata held equal, one column of numbers for each stratum.

    Attributes
    ----------
    strata : tuple of str
        Names in print.
    estimate, low, high : ndarray, shape (n_strata, n_rows)
        Mantel-Haenszel impact ratio; NaN where group and reference meet in no stratum.
    """

    strata: tuple[str, ...]
    estimate: Floats
    low: Floats
    high: Floats

    def at(self, rows: NDArray[np.int64] | Bools) -> HeldEqual:
        """The same for some rows."""
        if not self.strata:
            return self
        return replace(self, **{name: getattr(self, name)[:, rows] for name in ("estimate", "low", "high")})

    def against(self, found: Evidence, rule: CliffRule) -> Bools:
        """Rows with evidence that some stratum, held equal, does not bear out.

        A flagged row needs a ratio below the material one within every stratum, another evident gap one below
        1; on the side of whoever is behind.
        """
        if not self.strata:
            return np.zeros(len(found.behind), bool)
        ratio = self._sided(found.behind)[0]
        limit = np.where(found.flagged, rule.material, 1.0)
        with np.errstate(invalid="ignore"):
            borne_out = (ratio < limit).all(0)
        against: Bools = (found.behind != 0) & ~borne_out
        return against

    def _sided(self, behind: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
        """Ratio and limits from the side of whoever is behind."""
        turned = behind < 0
        with np.errstate(divide="ignore", invalid="ignore"):
            return (
                np.where(turned, 1 / self.estimate, self.estimate),
                np.where(turned, 1 / self.high, self.low),
                np.where(turned, 1 / self.low, self.high),
            )

    def verdicts(self, behind: NDArray[np.int64], rule: CliffRule) -> NDArray[np.object_]:
        """What the ratio with the stratum held equal says by itself, for rows that are held back."""
        _, low, high = (values[self.place(behind), np.arange(len(behind))] for values in self._sided(behind))
        with np.errstate(invalid="ignore"):
            small = np.where(behind > 0, "small gap", "small advantage").astype(object)
            reasons = [(low >= rule.material, "no material gap"), (high >= 1, "too few to tell")]
            found = first_reason(reasons, "too few to tell")
        return np.where((high < 1) & (found != "no material gap"), small, found).astype(object)

    def place(self, behind: NDArray[np.int64]) -> NDArray[np.int64]:
        """For each row the stratum that speaks most against a gap; where nobody is behind, nearest to 1."""
        with np.errstate(divide="ignore", invalid="ignore"):
            near = -np.abs(np.log(self.estimate))
        speaks = np.where(behind == 0, near, self._sided(behind)[0])
        blank = np.where(behind == 0, -np.inf, np.inf)  # not meeting at all speaks loudest against a gap
        place: NDArray[np.int64] = np.where(np.isnan(speaks), blank, speaks).argmax(0)
        return place

    def columns(self, behind: NDArray[np.int64]) -> dict[str, NDArray[np.object_] | Floats]:
        """The stratum that matters most for each row, and the ratio with it held equal."""
        rows = np.arange(len(behind))
        if not self.strata:
            blank = np.full(len(rows), np.nan)
            return {
                "stratum": np.full(len(rows), "", object),
                **{f"stratified_{name}": blank for name in ("estimate", "low", "high")},
            }
        place = self.place(behind)
        return {
            "stratum": np.array(self.strata, object)[place],
            **{
                f"stratified_{name}": getattr(self, name)[place, rows] for name in ("estimate", "low", "high")
            },
        }

    def sentences(self, behind: NDArray[np.int64]) -> list[str]:
        """Why each row is no cliff edge, told from the side of whoever is behind in the pooled figures."""
        told = []
        place = self.place(behind)
        sided = self._sided(behind)
        for i, at in enumerate(place):
            estimate, low, high = (float(values[at, i]) for values in sided)
            stratum = within(self.strata[at])
            if np.isnan(estimate):
                told.append(
                    f"The two groups meet in no {stratum}, so the difference cannot be told from that of the "
                    f"{_plural(stratum)}, and no cliff edge is flagged."
                )
                continue
            told.append(
                f"With {stratum} held equal it is {ratio(estimate)} times the rate ({ratio(low)} to "
                f"{ratio(high)}), so the difference goes with the mix of {_plural(stratum)}, and no cliff "
                "edge is "
                "flagged."
            )
        return told


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    return f"{word}es" if word.endswith(("s", "x", "ch", "sh")) else f"{word}s"


def gates_of(every: Family) -> Bools:
    """Which rows of a family are of single gates; the others are of the whole way."""
    return np.concatenate(
        [part.by_gate([gate != OVERALL for gate in part.gates]).astype(bool) for part in every.parts]
    )


def held_back(
    found: Evidence, held: HeldEqual, rule: CliffRule
) -> tuple[Evidence, NDArray[np.int64], HeldEqual]:
    """Evidence without what strata do not bear out; who seemed behind in those rows; and the strata.

    Returns
    -------
    found : Evidence
    back : ndarray of int
        1 where the group seemed behind, -1 where the reference did, 0 in every row that stays as it is.
    held : HeldEqual
    """
    against = held.against(found, rule)
    back = np.where(against, found.behind, 0)
    if not against.any():
        return found, back, held
    kept = replace(found, behind=np.where(against, 0, found.behind), flagged=found.flagged & ~against)
    return kept, back, held


NOTHING_HELD: Final = HeldEqual((), *(np.zeros((0, 0)) for _ in range(3)))
"""Where counts have no strata."""


def strata_of(
    counts: StageCounts, names: Sequence[str], where: Mapping[str, str] | None
) -> tuple[tuple[str, str], ...]:
    """Strata that can be held equal for some characteristics, each with its name in print."""
    labels = {stratum.name: stratum.label for stratum in counts.programme.strata} | {COHORT: "Cohort"}
    held = next((table for table in counts.tables if set(names) <= set(table.names)), None)
    possible = [axis for axis in held.axes if axis.kind in ("cohort", "stratum")] if held is not None else []
    return tuple(
        (axis.name, labels.get(axis.name, axis.name))
        for axis in possible
        if axis.name not in (*(where or {}), *names)
        and len([label for label in axis.labels if label != NOT_STATED]) > 1
    )


def held_equal(
    counts: StageCounts,
    every: Family,
    names: Sequence[tuple[str, ...]],
    *,
    where: Mapping[str, str] | None,
    denominator: Denominator,
    confidence: float,
) -> HeldEqual:
    """The ratio of every row of a family with each stratum of the counts held equal.

    Parameters
    ----------
    counts : StageCounts
    every : Family
        All gates, the whole way last.
    names : sequence of tuple of str
        The characteristics that each part of the family crosses; mostly one.
    where, denominator, confidence
        As in `cliff_edges`.
    """
    parts = []
    strata: dict[str, str] = {}
    for part, crossed in zip(every.parts, names, strict=True):
        mine = strata_of(counts, crossed, where)
        strata |= dict(mine)
        parts.append(
            {name: _ratios(counts, part, crossed, name, where, denominator, confidence) for name, _ in mine}
        )
    if not strata:
        return NOTHING_HELD
    rows = [len(part.groups) * len(part.gates) for part in every.parts]

    def stacked(which: int) -> Floats:
        return np.array(
            [
                np.concatenate(
                    [
                        found[name][which].ravel() if name in found else np.full(n, np.nan)
                        for found, n in zip(parts, rows, strict=True)
                    ]
                )
                for name in strata
            ]
        )

    return HeldEqual(tuple(strata.values()), *(stacked(i) for i in range(3)))


def _ratios(
    counts: StageCounts,
    part: Comparison,
    crossed: tuple[str, ...],
    stratum: str,
    where: Mapping[str, str] | None,
    denominator: Denominator,
    confidence: float,
) -> tuple[Floats, Floats, Floats]:
    """Mantel-Haenszel ratios of one characteristic, shape (n_groups, n_gates) each."""
    tables = tables_within(counts, part, crossed, stratum, where, denominator)
    found = mh_risk_ratio(tables, confidence=confidence)
    return found.estimate, found.low, found.high


def tables_within(
    counts: StageCounts,
    part: Comparison,
    crossed: tuple[str, ...],
    stratum: str,
    where: Mapping[str, str] | None,
    denominator: Denominator,
) -> Ints:
    """Each group beside its reference within every stratum, shape (n_groups, n_gates, n_strata, 2, 2)."""
    axes = tuple(dict.fromkeys((*crossed, stratum, *(where or {}))))
    small = replace(counts, tables=(counts.cells(axes),), notes=(), each_person=None)
    everyone = part.everyone.groups
    by = crossed[0] if len(crossed) == 1 else crossed
    slices = [
        Groups.of(
            small.funnel(
                by, level=part.level, groups=everyone or None, where={**(where or {}), stratum: label}
            ),
            denominator,
        )
        for label in stated_labels(counts, stratum)
    ]
    passed, at_risk = (np.stack([getattr(one, name) for one in slices]) for name in ("passed", "at_risk"))
    label = np.empty((len(everyone), len(part.gates)), object)
    label[:] = part.reference[:1] if len(part.reference) else ""
    rows = [everyone.index(group) for group in part.groups]
    return pairs_within(label, everyone, passed, at_risk)[rows]


def pairs_within(label: NDArray[np.object_], groups: tuple[str, ...], passed: Ints, at_risk: Ints) -> Ints:
    """Each group beside its reference within each stratum, shape (n_groups, n_gates, n_strata, 2, 2).

    Parameters
    ----------
    label : ndarray of str, shape (n_groups, n_gates)
        The reference of each row; ``"rest"`` is everyone else.
    groups : tuple of str
    passed, at_risk : ndarray of int64, shape (n_strata, n_groups, n_gates)
    """
    place = {group: i for i, group in enumerate(groups)}
    chosen = np.array([[place.get(name, -1) for name in row] for row in label], np.int64).reshape(label.shape)
    rest = chosen < 0
    gate = np.arange(label.shape[1])
    both = np.stack([passed, at_risk - passed], axis=-1)
    theirs = np.where(rest[..., None], both.sum(1, keepdims=True) - both, both[:, chosen, gate])
    pairs: Ints = np.stack([both, theirs], axis=-2).transpose(1, 2, 0, 3, 4)
    return pairs


def stated_labels(counts: StageCounts, stratum: str) -> tuple[str, ...]:
    """Labels of a stratum, or of the cohorts, of those who have one."""
    return tuple(label for label in counts.labels_of(stratum) if label != NOT_STATED)
