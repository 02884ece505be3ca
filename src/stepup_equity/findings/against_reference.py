"""Two rates beside each other at every gate, as a ratio, a difference or odds: the rows of one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import COHORT
from stepup_equity.counts import of_cohort
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.all_cohorts import all_held_equal, all_note, exact_where_few, rows_held_equal
from stepup_equity.findings.comparison import EXACT_DISAGREES, Groups, disagree, first_reason, with_reason
from stepup_equity.findings.family import chosen_characteristics, comparisons_of, one_frame
from stepup_equity.findings.stratified import stratified_tests
from stepup_equity.given import check_choice
from stepup_equity.statistics import (
    conditional_odds_ratio_interval,
    katz_ratio_interval,
    koopman_ratio_interval,
    newcombe_difference_interval,
    score_difference_interval,
    score_odds_ratio_interval,
    score_ratio_interval,
    shortfall,
    two_group_p,
    wald_odds_ratio_interval,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.counts import Denominator, Funnel, StageCounts
    from stepup_equity.findings.comparison import Comparison
    from stepup_equity.statistics import Interval, TwoGroupTest


@dataclass(frozen=True)
class Kind:
    """One way to set two rates beside each other: its value at equal rates, and its intervals with words."""

    name: str
    null: float
    intervals: dict[str, tuple[Callable[..., Interval], str]]


_SCORE: Final = "score interval (Miettinen and Nurminen 1985)"
RATIOS: Final = Kind(
    "ratio",
    1.0,
    {
        "score": (score_ratio_interval, _SCORE),
        "koopman": (koopman_ratio_interval, "score interval without bias correction (Koopman 1984)"),
        "katz": (katz_ratio_interval, "log interval (Katz et al. 1978)"),
    },
)
DIFFERENCES: Final = Kind(
    "difference",
    0.0,
    {
        "score": (score_difference_interval, _SCORE),
        "newcombe": (newcombe_difference_interval, "hybrid score interval (Newcombe 1998)"),
    },
)
ODDS: Final = Kind(
    "odds",
    1.0,
    {
        "score": (score_odds_ratio_interval, _SCORE),
        "conditional": (
            conditional_odds_ratio_interval,
            "conditional estimate with exact interval (Fisher 1935)",
        ),
        "wald": (wald_odds_ratio_interval, "log interval (Woolf 1955)"),
    },
)
_FEW: Final = "Where too few people can pass or fail, p is the exact mid-p within cohorts."
_FOUR: Final = ("passed", "denominator", "reference_passed", "reference_denominator")


@dataclass(frozen=True)
class Asked:
    """What all three are asked with."""

    by: str | Sequence[str] | None
    reference: str | None
    level: str | None
    groups: Sequence[str] | None
    where: Mapping[str, str] | None
    cohort: str | None
    denominator: Denominator
    confidence: float


def compared(
    counts: StageCounts, asked: Asked, kind: Kind, method: str
) -> tuple[pd.DataFrame, str, tuple[str, ...], tuple[str, ...]]:
    """The rows, how they were computed, their notes, and the characteristics."""
    counts = of_cohort(counts, asked.cohort, where=asked.where, beside=asked.by)
    frame, words, names = _rows_of_all(counts, asked, kind, method)
    if kind is RATIOS:
        four = [frame[name].to_numpy() for name in _FOUR]
        is_reference = (frame["status"] == "reference").to_numpy()
        place = list(frame.columns).index("method")
        for name, ratio in (("shortfall_four_fifths", 0.8), ("shortfall", 1.0)):
            frame.insert(place, name, np.where(is_reference, np.nan, shortfall(*four, ratio=ratio)))
    if not all_held_equal(counts, asked.cohort):
        return frame, words, counts.notes, names
    held = stratified_tests(
        counts,
        by=asked.by,
        stratum=COHORT,
        reference=asked.reference,
        level=asked.level,
        where=asked.where,
        denominator=asked.denominator,
        confidence=asked.confidence,
    )
    every = comparisons_of(
        counts,
        asked.by,
        reference=asked.reference,
        level=asked.level,
        where=asked.where,
        denominator=asked.denominator,
    )
    crossed = [
        (name,) if isinstance(name, str) else name for name in chosen_characteristics(counts, asked.by)
    ]
    exact = exact_where_few(counts, held.frame, every, crossed, asked.where, asked.denominator)
    groups = {part.characteristic: part.everyone.groups for part in every.parts}
    rows = rows_held_equal(frame, exact, kind.name, asked.confidence, groups)
    return rows, f"Cohorts held equal. {held.method} {_FEW}", (*counts.notes, all_note(counts)), names


def _rows_of_all(
    counts: StageCounts, asked: Asked, kind: Kind, method: str
) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    check_choice(method, kind.intervals, argument="method")
    interval, words = kind.intervals[method]
    funnels = [_whole_funnel(counts, name, asked) for name in chosen_characteristics(counts, asked.by)]
    frame = one_frame([_rows(funnel, asked, interval, method, kind.null) for funnel in funnels])
    if asked.groups is not None:
        place = frame["group"].map({group: i for i, group in enumerate(asked.groups)}).to_numpy(float)
        order = np.argsort(place, kind="stable")[: int((~np.isnan(place)).sum())]
        frame = frame.iloc[order].reset_index(drop=True)
    sentence = (
        f"Each group against the reference; {words} at {asked.confidence:.0%}. p: score test where all four "
        "expected counts are at least 5, else Fisher's mid-p (twice the smaller tail). Adjusted by Holm over "
        "the rows of single gates, and apart over the rows of the whole way."
    )
    groups = {funnel.characteristic: funnel.groups for funnel in funnels}
    return with_adjusted(frame, groups=groups), sentence, tuple(funnel.characteristic for funnel in funnels)


def _whole_funnel(counts: StageCounts, by: str | tuple[str, ...], asked: Asked) -> Funnel:
    """Every group, so that the reference is the same whichever groups are asked for."""
    funnel = counts.funnel(by, level=asked.level, where=asked.where)
    if asked.groups is None:
        return funnel
    chosen = counts.funnel(by, level=asked.level, groups=asked.groups, where=asked.where).groups
    every = [*funnel.groups, *(group for group in chosen if group not in funnel.groups)]
    return counts.funnel(by, level=asked.level, groups=every, where=asked.where)


def _rows(
    funnel: Funnel, asked: Asked, interval: Callable[..., Interval], method: str, null: float
) -> dict[str, Any]:
    confidence = asked.confidence
    beside = Groups.of(funnel, asked.denominator).against(asked.reference)
    four = (beside.passed, beside.at_risk, beside.ref_passed, beside.ref_at_risk)
    found = interval(*four, confidence=confidence)
    test = two_group_p(*four)
    itself = ~beside.compared
    columns = beside.columns()
    del columns["reference_entered"]
    return {
        **columns,
        "estimate": found.estimate.ravel(),
        "conf_low": np.where(itself, np.nan, found.low).ravel(),
        "conf_high": np.where(itself, np.nan, found.high).ravel(),
        "confidence": confidence,
        "p_value": np.where(itself, np.nan, test.p_value).ravel(),
        "method": method,
        "test": np.where(itself, "", test.method).ravel(),
        "status": _status(beside, found, test, null, confidence, method).ravel(),
    }


def _status(
    beside: Comparison, found: Interval, test: TwoGroupTest, null: float, confidence: float, method: str
) -> NDArray[np.object_]:
    """Why a row has no number, or what to know about the number it has."""
    no_limits = np.isnan(found.low)
    own = method == "score"  # this interval belongs to the score test, others to no test of these rows
    status = first_reason(
        [
            *beside.reasons(),
            ((null == 1) & (beside.ref_passed == 0), "nobody of the reference passed"),
            (np.isnan(found.estimate), "everybody passed in both groups"),
            (no_limits & (beside.passed == 0), "no limits: nobody of the group passed"),
            (no_limits, "no limits: everybody of a group passed"),
            beside.left_out(),
        ]
    )
    contradicted = beside.compared & disagree(test.p_value, found.low, found.high, confidence, null)
    if own:
        exact = contradicted & (test.method == "mid-p")
        return with_reason(status, exact, EXACT_DISAGREES)
    return with_reason(status, contradicted, "the test and this kind of interval disagree")
