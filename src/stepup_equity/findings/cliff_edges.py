"""Cliff edges: at which gate a group falls behind, whether that is evident, and what silence is worth."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.cliff_rule import DEFAULT_RULE, evidence, verdicts
from stepup_equity.findings.cliff_sentences import adjusted_sentence, comparison_sentence, power_sentence
from stepup_equity.findings.gates import with_reason
from stepup_equity.findings.models.adjusted_edges import adjusted_edges
from stepup_equity.findings.pairs import (
    SINGLE_GATES,
    WHOLE_WAY,
    cells_of,
    owners_of,
    pairs_of,
    reference_for,
)
from stepup_equity.findings.profiles import Gates, Whole, profiles_of, sudden_gates
from stepup_equity.findings.result import Result
from stepup_equity.statistics import adjust, score_ratio_interval, shortfall
from stepup_equity.statistics.partial_pooling import partial_pooling
from stepup_equity.statistics.row_power import row_power

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.findings.models.progression_model import ProgressionModel
    from stepup_equity.findings.pairs import Pairs
    from stepup_equity.findings.profiles import Profile, Sudden
    from stepup_equity.process import SelectionProcess
    from stepup_equity.statistics.inputs import Bools, Floats

__all__ = ["CliffEdges", "cliff_edges"]

SecondOpinion = Literal["partial pooling"]

_SILENT: Final = ("no evidence", "too few to tell")


@dataclass(frozen=True, eq=False, repr=False)
class CliffEdges(Result):
    """Every group against its reference at every gate, with a verdict.

    Attributes
    ----------
    by : tuple of str
        The characteristics, or crossings, asked about; together they are one family of comparisons.
    rule : CliffRule
        The thresholds behind the verdicts.
    confidence : float
        Level of the intervals.
    """

    by: tuple[str, ...]
    rule: CliffRule
    confidence: float
    _profiles: pd.DataFrame
    _broad: pd.DataFrame

    @property
    def profiles(self) -> pd.DataFrame:
        """The shape of each group's whole way, one row for each group, with its reason.

        ``profile`` is ``recovers``, ``cliff``, ``slope``, ``level`` or ``too few to tell``.
        """
        return self._profiles.copy()

    @property
    def broad(self) -> pd.DataFrame:
        """The same comparisons between broad groups, a family of their own; empty where there are none.

        Broad rows hold the same people as the detailed rows of `frame`, so they are kept apart: counting both
        in one family would make every comparison pay twice.
        """
        return self._broad.copy()

    @property
    def flagged(self) -> pd.DataFrame:
        """The cliff edges alone, widest gap first."""
        edges = self._frame[self._frame["flagged"]]
        return edges.sort_values("estimate", kind="stable").reset_index(drop=True)

    @property
    def headline(self) -> str:
        """How many cliff edges among how many comparisons, and which."""
        made = int(self._frame["p_value"].notna().sum())
        edges = self.flagged
        compared = f"{made} comparison{'' if made == 1 else 's'}"
        if edges.empty:
            few = int((self._frame["verdict"] == "too few to tell").sum())
            return f"{', '.join(self.by)}; no cliff edge in {compared}, {few} of them too few to tell"
        named = [f"{row.group} at {row.gate} ({row.estimate:.2f})" for row in edges.head(5).itertuples()]
        more = f" and {len(edges) - 5} more" if len(edges) > 5 else ""
        return (
            f"{', '.join(self.by)}; {len(edges)} cliff edge{'' if len(edges) == 1 else 's'} in {compared}: "
            f"{', '.join(named)}{more}"
        )


def cliff_edges(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    rule: CliffRule = DEFAULT_RULE,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    denominator: Denominator = "entered",
    confidence: float = 0.95,
    model: ProgressionModel | None = None,
    second_opinion: SecondOpinion | None = None,
) -> CliffEdges:
    """Gates where a group falls behind, flagged only where the gap is both material and evident.

    All comparisons of one call are one family: asking about more characteristics makes each flag
    harder to get, so decide before looking what is asked. A row without a flag says whether it would have
    seen a gap (``no evidence``) or not (``too few to tell``).

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        One characteristic; a tuple to be crossed; a list of several; None for all that were counted.
    rule : CliffRule
        Thresholds.
    reference : str or mapping, optional
        A group, ``"largest"``, ``"highest"`` or ``"rest"``, or one of these for each characteristic by name.
        By default the declared reference, else the largest group. ``"highest"`` changes from gate to gate.
    level : str, optional
        ``"detailed"``, ``"broad"`` or a named level; by default the level the programme tests. Where detailed
        groups are tested and have broad groups, those are a second family, in `CliffEdges.broad`.
    groups : sequence of str, optional
        Only these groups are compared.
    where : mapping, optional
        Only these people, such as ``{"cohort": "2010"}``.
    denominator : {"entered", "decided"}
        As in `selection_rates`.
    confidence : float
        Level of the intervals.
    model : ProgressionModel, optional
        Adds the same on rates adjusted for everything in the model, standardised to all who entered:
        ``adjusted_estimate, adjusted_low, adjusted_high, adjusted_p_value, adjusted_p_adjusted,
        adjusted_verdict, adjusted_flagged, e_value, e_value_limit``, and ``edge``, which says of each crude
        edge whether it ``remains``, is ``no longer evident`` or ``no longer material``.
    second_opinion : {"partial pooling"}, optional
        Adds ``pooled_estimate, pooled_low, pooled_high``: the ratio when each group's rate is drawn towards
        the other groups' as far as its size demands. No verdict rests on it.

    Returns
    -------
    CliffEdges
        A row for each group and gate; never ``overall``. Columns besides the counts:

        ``estimate, conf_low, conf_high``
            Impact ratio with its score interval.
        ``p_value, p_adjusted``
            Of the row's own test, and adjusted over the family.
        ``p_adjusted_alone``
            Adjusted over the rows of its own characteristic, as if nothing else had been asked.
        ``flagged, verdict``
            ``cliff edge`` rows are flagged. The others: ``small gap``, ``small advantage``, ``advantage``,
            ``no evidence``, ``too few to tell``, ``not computable``.
        ``power, detectable_ratio``
            Chance that the row's test, taken alone, shows a true ratio of 0.8; the ratio it shows in 80 %.
        ``shortfall, shortfall_four_fifths``
            People short: denominator × reference rate - passed, and the same with four-fifths of that
            rate; below 0 where the group has more.
        ``abrupt, abrupt_p_adjusted``
            Whether the gate's part of the gap lies below that of the group's other gates.
        ``sentence``
            The row, to be read aloud.

    Raises
    ------
    ArgumentError
        An unknown name, or a second opinion that cannot be had.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; Lancaster (1961), J. Am. Stat. Assoc. 56,
    223-234, for mid-p; Miettinen and Nurminen (1985), Stat. Med. 4, 213-226.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> cliffs = su.cliff_edges(counts, by="ethnicity")
    >>> cliffs
    <CliffEdges: ethnicity; 1 cliff edge in 2 comparisons: BME at shortlisted (0.55)>
    >>> cliffs.frame[["gate", "estimate", "p_adjusted", "verdict"]].round(3)
              gate  estimate  p_adjusted          verdict
    0  shortlisted     0.550       0.024       cliff edge
    1    appointed     0.665       0.534  too few to tell
    """
    if second_opinion not in (None, "partial pooling"):
        raise ArgumentError(
            f"second_opinion={second_opinion!r} is not known. Possible: 'partial pooling', or leave it out."
        )
    every = pairs_of(
        counts, by, reference=reference, level=level, groups=groups, where=where, denominator=denominator
    )
    frame, profiles = _assessed(counts.process, every, rule, confidence, model, second_opinion)
    model_notes = () if model is None else model.notes
    broad = (
        _broad_pairs(counts, every, reference, where, denominator)
        if level in (None, "detailed") and groups is None
        else []
    )
    return CliffEdges(
        _frame=frame,
        method=_method(rule, confidence, model),
        notes=tuple(
            dict.fromkeys((*counts.notes, *_family_notes(counts.process, frame, every, rule), *model_notes))
        ),
        by=tuple(pairs.characteristic for pairs in every),
        rule=rule,
        confidence=confidence,
        _profiles=profiles,
        _broad=_assessed(counts.process, broad, rule, confidence, None, None)[0] if broad else frame.iloc[:0],
    )


def _broad_pairs(
    counts: StageCounts,
    every: Sequence[Pairs],
    reference: str | Mapping[str, str] | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
) -> list[Pairs]:
    """Pairs of broad groups of those characteristics whose detailed groups were tested and have any."""
    found = []
    for pairs in every:
        name = pairs.characteristic
        if name not in counts.programme.characteristic_names or pairs.funnel.level != "detailed":
            continue
        declared = counts.programme.characteristic(name)
        if not declared.has_hierarchy or len(declared.broad_labels) == len(declared.groups):
            continue
        asked = reference_for(name, reference)
        if asked is not None and asked in declared.labels:
            asked = declared.parent_of(asked) or asked
        found += pairs_of(counts, name, reference=asked, level="broad", where=where, denominator=denominator)
    return found


def _assessed(
    process: SelectionProcess,
    every: Sequence[Pairs],
    rule: CliffRule,
    confidence: float,
    model: ProgressionModel | None,
    second_opinion: SecondOpinion | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Frame of comparisons and frame of profiles of one family."""
    import pandas as pd

    cells = cells_of(every, SINGLE_GATES)
    found = evidence(*cells.counts, rule)
    ratio = score_ratio_interval(*cells.counts, confidence=confidence)
    seen = row_power(
        cells.at_risk,
        cells.ref_passed,
        cells.ref_at_risk,
        ratio=rule.power_at,
        target=rule.power,
        alpha=rule.alpha,
        score_from=rule.score_from,
    )
    verdict = verdicts(*cells.counts, found.p_adjusted, seen.power, rule)
    sudden = [sudden_gates(pairs, rule) for pairs in every]
    columns = _labels(process, every) | {
        "estimate": ratio.estimate,
        "conf_low": ratio.low,
        "conf_high": ratio.high,
        "confidence": np.full(len(verdict), confidence),
        "p_value": found.p_value,
        "p_adjusted": found.p_adjusted,
        "p_adjusted_alone": _adjusted_alone(every, found.p_value, rule),
        "flagged": np.asarray(verdict == "cliff edge", dtype=bool),
        "verdict": verdict,
        "power": seen.power,
        "detectable_ratio": seen.detectable_ratio,
        "shortfall": shortfall(*cells.counts),
        "shortfall_four_fifths": shortfall(*cells.counts, ratio=0.8),
        "abrupt": np.concatenate([s.abrupt.ravel() for s in sudden]),
        "abrupt_p_adjusted": np.concatenate([s.p_adjusted.ravel() for s in sudden]),
        "method": found.test.astype(object),
    }
    if second_opinion is not None:
        columns |= _pooled(every, confidence)
    columns["status"] = _status(columns, seen.exact, confidence)
    columns["sentence"] = _sentences(process, columns, every, rule)
    if model is not None:
        columns |= adjusted_edges(columns, model, rule)
        columns["sentence"] = _with_adjusted(columns)
    frame = pd.DataFrame(columns)[cells.compared].reset_index(drop=True)
    return frame, _profiles(process, every, columns, sudden, rule, confidence)


def _labels(process: SelectionProcess, every: Sequence[Pairs]) -> dict[str, NDArray[Any]]:
    """What each cell is about, and its counts."""

    def each(make: Callable[[Pairs], NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate([make(pairs) for pairs in every])

    def by_group(pairs: Pairs, values: Sequence[str | None]) -> NDArray[Any]:
        return np.repeat(np.array(values, object), len(pairs.gates) - 1)

    def by_gate(pairs: Pairs, values: Sequence[str]) -> NDArray[Any]:
        return np.tile(np.array(values, object), len(pairs.groups))

    counts = {
        "entered": "entered",
        "denominator": "at_risk",
        "passed": "passed",
        "reference_entered": "ref_entered",
        "reference_denominator": "ref_at_risk",
        "reference_passed": "ref_passed",
    }
    return {
        "characteristic": each(lambda pairs: by_group(pairs, [pairs.characteristic] * len(pairs.groups))),
        "group": each(lambda pairs: by_group(pairs, pairs.groups)),
        "parent": each(lambda pairs: by_group(pairs, pairs.parents)),
        "reference": each(lambda pairs: pairs.reference[:, SINGLE_GATES].ravel()),
        "gate": each(lambda pairs: by_gate(pairs, pairs.gates[:-1])),
        "owner": each(lambda pairs: by_gate(pairs, owners_of(process, pairs.gates[:-1]))),
        **{
            column: np.concatenate([getattr(pairs, name)[:, SINGLE_GATES].ravel() for pairs in every])
            for column, name in counts.items()
        },
    }


def _by_characteristic(every: Sequence[Pairs]) -> list[slice]:
    """Where the cells of each characteristic lie."""
    ends = np.cumsum([0] + [len(pairs.groups) * (len(pairs.gates) - 1) for pairs in every]).tolist()
    return [slice(start, stop) for start, stop in pairwise(ends)]


def _adjusted_alone(every: Sequence[Pairs], p_value: Floats, rule: CliffRule) -> Floats:
    return np.concatenate([adjust(p_value[here], rule.adjust) for here in _by_characteristic(every)])


def _status(columns: Mapping[str, NDArray[Any]], exact: Bools, confidence: float) -> NDArray[np.object_]:
    """Why a row has no number, or what to know about the number it has."""
    with np.errstate(invalid="ignore"):
        outside = (columns["conf_low"] > 1) | (columns["conf_high"] < 1)
        disagree = (columns["method"] == "mid-p") & (outside != (columns["p_value"] < 1 - confidence))
    nobody_here = columns["denominator"] == 0
    nobody_there = columns["reference_denominator"] == 0
    reasons = [
        (columns["entered"] == 0, "nobody reached this gate"),
        (nobody_here, "everyone here is pending or left"),
        (nobody_there, "nobody of the reference reached this gate"),
        ((columns["passed"] == 0) & (columns["reference_passed"] == 0), "nobody passed in either group"),
        (columns["reference_passed"] == 0, "nobody of the reference passed"),
        (disagree, "the exact test and the score interval disagree"),
    ]
    status = np.select([where for where, _ in reasons], [np.array(words, object) for _, words in reasons], "")
    tried = ~nobody_here & ~nobody_there
    unseen = tried & (columns["reference_passed"] > 0) & np.isnan(columns["detectable_ratio"])
    status = with_reason(status, unseen, "too few people: not even a rate of 0 would be seen")
    return with_reason(status, tried & ~exact, "power by normal approximation")


def _sentences(
    process: SelectionProcess,
    columns: Mapping[str, NDArray[Any]],
    every: Sequence[Pairs],
    rule: CliffRule,
) -> NDArray[np.object_]:
    asked = np.repeat(
        [pairs.funnel.label for pairs in every], [s.stop - s.start for s in _by_characteristic(every)]
    )
    names = (
        "gate", "group", "reference", "passed", "denominator", "reference_passed", "reference_denominator",
        "estimate", "conf_low", "conf_high", "entered", "reference_entered",
        "verdict", "power", "detectable_ratio",
    )  # fmt: skip
    sentences = []
    for characteristic, *numbers, verdict, power, detectable in zip(
        asked.tolist(), *(columns[name].tolist() for name in names), strict=True
    ):
        sentence = comparison_sentence(process, characteristic, *numbers)
        if verdict in _SILENT:
            words = "No evidence of a gap." if verdict == "no evidence" else "Too few to tell."
            sentence += f" {words} {power_sentence(power, detectable, rule.power_at, rule.power)}"
        sentences.append(sentence)
    return np.array(sentences, object)


def _with_adjusted(columns: Mapping[str, NDArray[Any]]) -> NDArray[np.object_]:
    """The sentence of each crude edge, with what the model makes of it."""
    names = ("sentence", "flagged", "adjusted_estimate", "adjusted_low", "adjusted_high", "edge")
    sentences = []
    for sentence, flagged, ratio, low, high, edge in zip(
        *(columns[name].tolist() for name in names), strict=True
    ):
        more = (
            f" {adjusted_sentence(ratio, low, high, edge)}" if flagged and edge != "not in the model" else ""
        )
        sentences.append(sentence + more)
    return np.array(sentences, object)


def _pooled(every: Sequence[Pairs], confidence: float) -> dict[str, NDArray[Any]]:
    """Ratios with every group's rate drawn towards the others', one gate at a time."""
    pieces = [np.empty((3, 0))]
    for pairs in every:
        funnel = pairs.funnel
        rows = [funnel.groups.index(group) for group in pairs.groups]
        found = np.full((3, len(rows), len(pairs.gates) - 1), np.nan)
        for gate, name in enumerate(pairs.reference[0, SINGLE_GATES] if rows else ()):
            if name not in funnel.groups:
                raise ArgumentError(
                    "second_opinion='partial pooling' draws each group towards the others, so the reference "
                    "must be one group. Give reference= a group's name, or leave it out."
                )
            pooled = partial_pooling(
                funnel.passed[:, gate], pairs.all_at_risk[:, gate], funnel.groups.index(name)
            )
            ratio = pooled.ratio(confidence)
            found[:, :, gate] = np.array([ratio.estimate, ratio.low, ratio.high])[:, rows]
        pieces.append(found.reshape(3, -1))
    estimate, low, high = np.concatenate(pieces, axis=1)
    return {"pooled_estimate": estimate, "pooled_low": low, "pooled_high": high}


def _profiles(
    process: SelectionProcess,
    every: Sequence[Pairs],
    columns: Mapping[str, NDArray[Any]],
    sudden: Sequence[Sudden],
    rule: CliffRule,
    confidence: float,
) -> pd.DataFrame:
    """The shape of every group's whole way."""
    import pandas as pd

    cells = cells_of(every, WHOLE_WAY)
    total = evidence(*cells.counts, rule)
    ratio = score_ratio_interval(*cells.counts, confidence=confidence)
    wide = score_ratio_interval(*cells.counts, confidence=rule.level_confidence)
    start = 0
    found: list[tuple[Profile, str]] = []
    for pairs, abrupt, here in zip(every, sudden, _by_characteristic(every), strict=True):
        shape = (len(pairs.groups), len(pairs.gates) - 1)
        mine = slice(start, start := start + len(pairs.groups))
        with np.errstate(invalid="ignore"):
            evident = columns["p_adjusted"][here].reshape(shape) <= rule.alpha
        gates = Gates(
            tuple(process.gate(gate).label for gate in pairs.gates[:-1]),
            columns["estimate"][here].reshape(shape),
            evident,
            columns["flagged"][here].reshape(shape),
            abrupt,
        )
        whole = Whole(total.p_adjusted[mine], ratio.estimate[mine], wide.low[mine], wide.high[mine])
        found += profiles_of(gates, whole, rule)
    return pd.DataFrame(
        {
            "characteristic": np.repeat([p.characteristic for p in every], [len(p.groups) for p in every]),
            "group": np.array([group for pairs in every for group in pairs.groups], object),
            "parent": np.array([parent for pairs in every for parent in pairs.parents], object),
            "reference": np.concatenate([pairs.reference[:, -1] for pairs in every]),
            "entered": cells.at_risk.astype(np.int64),
            "passed": cells.passed.astype(np.int64),
            "estimate": ratio.estimate,
            "conf_low": ratio.low,
            "conf_high": ratio.high,
            "confidence": confidence,
            "p_value": total.p_value,
            "p_adjusted": total.p_adjusted,
            "profile": np.array([profile for profile, _ in found], object),
            "reason": np.array([reason for _, reason in found], object),
            "method": np.concatenate([s.split for s in sudden]),
        }
    )


def _method(rule: CliffRule, confidence: float, model: ProgressionModel | None) -> str:
    words = (
        f"{rule.in_words} The mid-p is twice the smaller one-sided mid-p. "
        "Impact ratios with the score interval of Miettinen and Nurminen (1985) at "
        f"{confidence:.0%}. Power of a row's own test, taken alone at {rule.alpha:g}, at a true ratio of "
        f"{rule.power_at:g}. A gate is abrupt where its log ratio lies below the precision-weighted mean of "
        "the group's other gates (one-sided, Holm over the group's gates)."
    )
    if model is None:
        return words
    return f"{words} Adjusted: standardised rates of the model {model.formula}. {model.method}"


def _family_notes(
    process: SelectionProcess, frame: pd.DataFrame, every: Sequence[Pairs], rule: CliffRule
) -> list[str]:
    """How many comparisons were made at once, and what each characteristic would have flagged alone."""
    made = int(frame["p_value"].notna().sum())
    labels = {pairs.characteristic: _within_a_sentence(pairs.funnel.label) for pairs in every}
    together = (
        f"{made} comparisons were made at once, over {_and(list(labels.values()))}. The more is asked, the "
        "stronger a gap must be to be flagged: decide before looking what is asked."
        if made > 1
        else f"{'One' if made else 'No'} comparison could be made, over {_and(list(labels.values()))}."
    )
    notes = [together]
    alone = frame[(frame["p_adjusted_alone"] <= rule.alpha) & ~frame["flagged"]]
    for row in alone[alone["estimate"] < rule.material].itertuples():
        same = frame["characteristic"] == row.characteristic
        fewer = int((same & frame["p_value"].notna()).sum())
        notes.append(
            f"Asked about {labels[str(row.characteristic)]} alone ({fewer} comparisons), {row.group} at "
            f"{process.gate(str(row.gate)).label} would be flagged "
            f"(ratio {row.estimate:.2f}, adjusted p {row.p_adjusted_alone:.3f}). Among the {made} "
            f"of this run its adjusted p is {row.p_adjusted:.3f}, so it is not."
        )
    return notes


def _within_a_sentence(label: str) -> str:
    """A label with a small first letter, unless the next says that it stays large."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
