"""What printed margins say of groups never printed together: the least and the greatest there can be."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import NOT_STATED, OVERALL
from stepup_equity.counts import one_cohort
from stepup_equity.counts.funnel import largest_of
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.findings.comparison import NOBODY
from stepup_equity.findings.family import chosen_gates
from stepup_equity.findings.question import level_of, remembered
from stepup_equity.findings.result import Result
from stepup_equity.given import check_known
from stepup_equity.process import EXIT_REASONS, ExitKind
from stepup_equity.words.numbers import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.counts import StageCounts


MOST: Final = 100_000
"""Crossed groups that one answer may hold."""

NO_REFERENCE: Final = "nobody of the reference passed this gate"
NO_LIMIT: Final = "the reference may have passed nobody: the ratio has no upper limit"
MAY_BE_EMPTY: Final = "there may be nobody here: the printed numbers do not tell"

_REASONS: Final = tuple(EXIT_REASONS)
_WAITING: Final = np.array([kind is ExitKind.PENDING for kind in EXIT_REASONS.values()])


@dataclass(frozen=True, eq=False, repr=False)
class Reconstruction(Result):
    """Limits of crossed groups from the margins of each characteristic.

    Attributes
    ----------
    by : tuple of str
        The characteristics crossed.
    """

    by: tuple[str, ...]
    _margins: tuple[_Margins, ...]
    _stages: tuple[str, ...]

    @property
    def headline(self) -> str:
        """How much the margins fix."""
        fixed = int((self._frame["passed_low"] == self._frame["passed_high"]).sum())
        numbers = count(len(self._frame), "number")
        what = self.names.asked([" × ".join(self.by)])
        return f"{what}; {fixed} of {numbers} of those who passed can be told exactly"

    def fitting(self, seed: int = 0) -> pd.DataFrame:
        """One set of invented people whom all the printed numbers fit, a row each.

        It is one of very many: within each stage and reason the characteristics are drawn as though they
        had nothing to do with each other. Nothing may be concluded from it about crossed groups.

        Parameters
        ----------
        seed : int
            Of the drawing; the same seed gives the same people.

        Returns
        -------
        DataFrame
            ``applicant_id`` (``invented-1``, ...), a column for each characteristic, empty where it is not
            stated, ``furthest_stage`` and ``exit_reason``: `read_applicants` reads it with the same
            programme.
        """
        import pandas as pd

        rng = np.random.default_rng(seed)
        shape = self._margins[0].people.shape[1:]
        columns: dict[str, list[str]] = {name: [] for name in (*self.by, "furthest_stage", "exit_reason")}
        for outcome in np.ndindex(shape):
            people = [margin.people[(slice(None), *outcome)] for margin in self._margins]
            n = int(people[0].sum())
            for name, margin, numbers in zip(self.by, self._margins, people, strict=True):
                answers = ["" if label == NOT_STATED else label for label in margin.groups]
                columns[name].extend(rng.permutation(np.repeat(np.array(answers, object), numbers)))
            stage, reason = self._stages[outcome[0]], _REASONS[outcome[1]]
            columns["furthest_stage"].extend([stage] * n)
            columns["exit_reason"].extend([reason] * n)
        ids = [f"invented-{i + 1}" for i in range(len(columns["furthest_stage"]))]
        return pd.DataFrame({"applicant_id": ids, **columns}, dtype="str")


@dataclass(frozen=True, eq=False)
class _Margins:
    """People of one characteristic, shape (n_groups, n_stages, n_reasons): by furthest stage and exit."""

    groups: tuple[str, ...]
    reference: str
    people: Ints


@remembered
def reconstruct(
    counts: StageCounts,
    *,
    by: Sequence[str],
    gates: Sequence[str] | None = None,
    level: str | Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
) -> Reconstruction:
    """Bound the numbers of crossed groups from what is printed of each characteristic alone.

    A table of ethnicity and a table of gender do not say how many Black African women came through. They do
    say how few and how many it can have been: no more than there were women, no fewer than there were people
    too many for everybody else. All such limits are reached by some set of people that fits every printed
    number.

    Parameters
    ----------
    counts : StageCounts
        Of a published table, or of records: then the limits are what its margins would tell.
    by : sequence of str
        Two characteristics or more, to be crossed.
    gates : sequence of str, optional
        Only these; by default every gate and ``"overall"``.
    level : str or mapping, optional
        One level for all, or one for each characteristic by name.
    where : mapping, optional
        Only these people.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    Reconstruction
        A row for each crossed group and gate: least and greatest ``denominator``, ``passed`` and ``rate``,
        each reached by some set of people that fits. ``ratio_low`` and ``ratio_high`` are the rate over that
        of the crossed references: no fitting set lies outside, though the ends may not both be reached. NaN
        where nobody can be there, infinite where the reference may have passed nobody; ``status`` says why.
        `Reconstruction.fitting` is one set of people that fits.

    Raises
    ------
    ArgumentError
        Fewer than two characteristics, an unknown name, or more than 100,000 crossed groups.
    DataError
        Tables that do not add up to the same people: nothing fits them all. Numbers that are hidden, or gates
        that some people did not meet.

    Notes
    -----
    People who left at the same stage for the same reason are a table of their own, of which the margins are
    printed. Its cells are bounded by the smallest margin from above, and from below by what the margins have
    too many (Fréchet 1940, Hoeffding 1940); in whole numbers both are reached, whatever the number of
    characteristics. Those tables have nothing to do with each other, so that sums of their limits are
    reached too. Printed numbers are taken as exact.

    References
    ----------
    Fréchet (1951), Annales de l'Université de Lyon A 14, 53-77; Dobra and Fienberg (2000), PNAS 97,
    11885-11892.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> table = pd.DataFrame({
    ...     "characteristic": ["gender"] * 2 + ["ethnicity"] * 2,
    ...     "group": ["Female", "Male", "White", "Black"],
    ...     "applied": [80, 20, 70, 30], "appointed": [20, 2, 21, 1],
    ... })
    >>> found = reconstruct(su.StageCounts.from_table(table), by=["gender", "ethnicity"], gates=["appointed"])
    >>> for row in found.frame.itertuples():
    ...     people = f"{row.denominator_low} to {row.denominator_high}"
    ...     print(f"{row.group}: {row.passed_low} to {row.passed_high} of {people}")
    Female × White: 19 to 20 of 50 to 69
    Female × Black: 0 to 1 of 11 to 30
    Male × White: 1 to 2 of 1 to 20
    Male × Black: 0 to 1 of 0 to 19
    """
    counts = one_cohort(counts, cohort, where=where, beside=by)
    if not isinstance(by, (list, tuple)) or len(by) < 2:
        raise ArgumentError(
            f"by={by!r}: a reconstruction crosses two characteristics or more, such as "
            "by=['gender', 'ethnicity']. One alone is printed: su.selection_rates(counts) has it."
        )
    check_known(by, counts.characteristics, argument="by", of="a characteristic of these counts")
    margins = tuple(_margins(counts, name, level_of(level, name), where) for name in by)
    crossed = prod(len(margin.groups) for margin in margins)
    if crossed > MOST:
        raise ArgumentError(
            f"by={by!r} crosses {crossed:,} groups; at most {MOST:,}. Name fewer characteristics, or "
            "level='broad'."
        )
    _check_same_people(by, margins, counts.process.stage_keys)
    chosen = chosen_gates(counts, gates)
    return Reconstruction(
        _frame=_frame(by, margins, (*counts.process.gate_keys, OVERALL), chosen),
        method=(
            "Least and greatest numbers of crossed groups that fit every number printed of the "
            "characteristics alone (Fréchet 1951), by furthest stage and reason; printed numbers are taken "
            "as exact."
        ),
        notes=counts.notes,
        by=tuple(by),
        _margins=margins,
        _stages=counts.process.stage_keys,
    )


def _margins(counts: StageCounts, name: str, level: str | None, where: Mapping[str, str] | None) -> _Margins:
    """The printed numbers of one characteristic, *Not stated* a group of its own."""
    funnel = counts.funnel(name, level=level, not_stated=True, where=where)
    if funnel.unknown.any() or funnel.skipped.any():
        raise DataError(
            f"Of some groups of {name!r} a number is hidden, or they had no such gate, so what fits cannot "
            "be told. Leave out these rows, or the stages from there on."
        )
    people = np.zeros((len(funnel.groups), len(funnel.stages), len(_REASONS)), np.int64)
    people[:, :-1] = funnel.exits
    people[:, -1, 0] = funnel.reached[:, -1]
    stated = np.where(funnel.stated, funnel.reached[:, 0], -1)
    reference = funnel.reference or funnel.groups[largest_of(funnel.groups, stated)]
    return _Margins(funnel.groups, reference, people)


def _check_same_people(by: Sequence[str], margins: Sequence[_Margins], stages: Sequence[str]) -> None:
    """Every characteristic must have as many people who left at each stage for each reason."""
    first = margins[0].people.sum(axis=0)
    for name, margin in zip(by[1:], margins[1:], strict=True):
        other = margin.people.sum(axis=0)
        for stage, reason in np.argwhere(first != other):
            how = f" ({_REASONS[reason]})" if _REASONS[reason] else ""
            raise DataError(
                f"{by[0]} has {first[stage, reason]:,} people who got as far as {stages[stage]!r}{how} and "
                f"no further, {name} {other[stage, reason]:,}. Nothing fits both: give tables of the same "
                "people."
            )


def _limits(margins: Sequence[_Margins], outcomes: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Least and greatest number of each crossed group in some outcomes, shape (n_crossed,)."""
    totals = margins[0].people.sum(axis=0)[outcomes]
    parts = [margin.people[:, outcomes] for margin in margins]
    greatest = parts[0]
    too_many = parts[0]
    for part in parts[1:]:
        greatest = np.minimum(greatest[:, None], part[None]).reshape(-1, totals.size)
        too_many = (too_many[:, None] + part[None] - totals).reshape(-1, totals.size)
    least = np.maximum(too_many, 0)
    return least.sum(axis=1).astype(float), greatest.sum(axis=1).astype(float)


def _frame(
    by: Sequence[str], margins: Sequence[_Margins], keys: Sequence[str], chosen: Sequence[str]
) -> pd.DataFrame:
    import pandas as pd

    groups = [" × ".join(labels) for labels in product(*(margin.groups for margin in margins))]
    reference = " × ".join(margin.reference for margin in margins)
    at = groups.index(reference)
    parts = []
    for gate in chosen:
        passed, stopped = _outcomes(keys.index(gate), margins[0].people.shape[1:])
        passed_low, passed_high = _limits(margins, passed)
        stopped_low, stopped_high = _limits(margins, stopped)
        with np.errstate(divide="ignore", invalid="ignore"):
            low = passed_low / (passed_low + stopped_high)
            high = passed_high / (passed_high + stopped_low)
            nobody = passed_high + stopped_high == 0
            low = np.where(nobody | (passed_low + stopped_high > 0), low, 1.0)  # all who can be there passed
            high = np.where(nobody | (passed_high + stopped_low > 0), high, 0.0)
            ratio_low, ratio_high = low / high[at], high / low[at]
        ratio_low[at] = ratio_high[at] = 1.0 if low[at] > 0 else np.nan
        status = np.where(passed_low + stopped_low == 0, MAY_BE_EMPTY, "")
        status = np.where((status == "") & (high[at] == 0), NO_REFERENCE, status)
        status = np.where((status == "") & (low[at] == 0), NO_LIMIT, status)
        status = np.where(nobody, NOBODY, status)
        parts.append(
            pd.DataFrame(
                {
                    "characteristic": " × ".join(by),
                    "group": groups,
                    "gate": gate,
                    "denominator_low": (passed_low + stopped_low).astype(np.int64),
                    "denominator_high": (passed_high + stopped_high).astype(np.int64),
                    "passed_low": passed_low.astype(np.int64),
                    "passed_high": passed_high.astype(np.int64),
                    "rate_low": low,
                    "rate_high": high,
                    "reference": reference,
                    "ratio_low": np.where(nobody, np.nan, ratio_low),
                    "ratio_high": np.where(nobody, np.nan, ratio_high),
                    "status": status,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    order = np.arange(len(table)).reshape(len(chosen), -1).T.ravel()
    return table.iloc[order].reset_index(drop=True)


def _outcomes(gate: int, shape: tuple[int, ...]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which furthest stages and reasons passed a gate, and which did not; those who wait are in neither."""
    passed, stopped = np.zeros(shape, bool), np.zeros(shape, bool)
    whole = gate == shape[0] - 1
    passed[-1 if whole else gate + 1 :] = True
    stopped[slice(None, -1) if whole else gate] = ~_WAITING
    return passed, stopped
