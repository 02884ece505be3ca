"""Each group against a reference: impact ratios, rate differences, odds ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from stepup_equity.columns import COHORT, OVERALL
from stepup_equity.counts import of_cohort
from stepup_equity.counts.asked import check_asked
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.all_cohorts import all_held_equal, all_note, rows_held_equal
from stepup_equity.findings.comparison import Groups, adjusted_by_family, first_reason
from stepup_equity.findings.family import chosen_characteristics
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.findings.stratified import stratified_tests
from stepup_equity.statistics import (
    conditional_odds_ratio_interval,
    four_fifths_by_chance,
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
from stepup_equity.words.names import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.counts import Denominator, Funnel, StageCounts
    from stepup_equity.findings.comparison import Comparison
    from stepup_equity.statistics import Interval, TwoGroupTest

__all__ = [
    "ImpactRatios",
    "OddsRatios",
    "RateDifferences",
    "impact_ratios",
    "odds_ratios",
    "rate_differences",
]

RatioMethod = Literal["score", "koopman", "katz"]
DifferenceMethod = Literal["score", "newcombe"]
OddsMethod = Literal["score", "conditional", "wald"]

_Interval = tuple["Callable[..., Interval]", str]
_RATIOS: Final[dict[str, _Interval]] = {
    "score": (score_ratio_interval, "score interval (Miettinen and Nurminen 1985)"),
    "koopman": (koopman_ratio_interval, "score interval without bias correction (Koopman 1984)"),
    "katz": (katz_ratio_interval, "log interval (Katz et al. 1978)"),
}
_DIFFERENCES: Final[dict[str, _Interval]] = {
    "score": (score_difference_interval, "score interval (Miettinen and Nurminen 1985)"),
    "newcombe": (newcombe_difference_interval, "hybrid score interval (Newcombe 1998)"),
}
_ODDS: Final[dict[str, _Interval]] = {
    "score": (score_odds_ratio_interval, "score interval (Miettinen and Nurminen 1985)"),
    "conditional": (
        conditional_odds_ratio_interval,
        "conditional estimate with exact interval (Fisher 1935)",
    ),
    "wald": (wald_odds_ratio_interval, "log interval (Woolf 1955)"),
}


@dataclass(frozen=True, eq=False, repr=False)
class _Comparisons(Result):
    by: tuple[str, ...]
    confidence: float

    def _most_evident(self, words: str) -> str:
        gates = self._frame[self._frame["gate"] != OVERALL].dropna(subset=["estimate"])
        others = gates[gates["group"] != gates["reference"]]
        if others.empty:
            return f"{', '.join(self.by)}; nothing to compare"
        row = others.iloc[int(np.nanargmin(others["p_value"].fillna(1.0)))]
        return (
            f"{', '.join(self.by)}; most evident {words} {row['estimate']:.2f} "
            f"({row['conf_low']:.2f} to {row['conf_high']:.2f}), {row['group']} against {row['reference']}, "
            f"{self.names.gate_in_words(str(row['gate']))}"
        )


@dataclass(frozen=True, eq=False, repr=False)
class ImpactRatios(_Comparisons):
    """Pass rate of each group divided by the reference's, at each gate and over the whole way.

    Attributes
    ----------
    picked : bool
        Whether the reference is the highest rate, picked after looking.
    """

    picked: bool = False

    @property
    def headline(self) -> str:
        """The ratio at a single gate that chance explains least."""
        return self._most_evident("ratio")

    @property
    def relative_likelihood(self) -> pd.DataFrame:
        """The same turned round, reference over group, as the NHS Workforce Race Equality Standard prints it.

        Columns ``relative_likelihood, conf_low, conf_high``; above 1 the reference is likelier to pass.
        """
        frame = self.frame
        with np.errstate(divide="ignore"):
            turned = {
                "relative_likelihood": 1 / frame["estimate"],
                "conf_low": 1 / frame["conf_high"],
                "conf_high": 1 / frame["conf_low"],
            }
        return frame.drop(columns=["estimate"]).assign(**turned)

    @property
    def four_fifths(self) -> pd.DataFrame:
        """Ratios below 0.8 at each gate, and the chance of finding one if all groups passed alike.

        The four-fifths rule looks at no sample size. ``by_chance`` is the chance that it flags some group of
        this table although every true rate is the same; a flag that chance gives nine times in ten says
        nothing. NaN where the reference is ``"rest"``, for which there is no one comparison.
        """
        import pandas as pd

        rows = [
            {"characteristic": name, "gate": gate, "reference": reference, **_four_fifths(part, self.picked)}
            for (name, gate, reference), part in self._frame.groupby(
                ["characteristic", "gate", "reference"], sort=False
            )
        ]
        return pd.DataFrame(rows)


@dataclass(frozen=True, eq=False, repr=False)
class RateDifferences(_Comparisons):
    """Pass rate of each group minus the reference's, at each gate and over the whole way."""

    @property
    def headline(self) -> str:
        """The difference at a single gate that chance explains least."""
        return self._most_evident("difference")


@dataclass(frozen=True, eq=False, repr=False)
class OddsRatios(_Comparisons):
    """Odds of passing of each group divided by the reference's, at each gate and over the whole way."""

    @property
    def headline(self) -> str:
        """The odds ratio at a single gate that chance explains least."""
        return self._most_evident("odds ratio")


@remembered
def impact_ratios(
    counts: StageCounts,
    *,
    by: str | Sequence[str] | None = None,
    reference: str | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    method: RatioMethod = "score",
    confidence: float = 0.95,
) -> ImpactRatios:
    """Pass rate of each group divided by the reference's.

    Elsewhere called adverse impact ratio, relative rate or disparate impact. It says how many of one
    group get through for each one of the other; the odds ratio exaggerates this where rates are high.

    Parameters
    ----------
    counts : StageCounts
    by : str or sequence of str, optional
        A characteristic, or several to be crossed; by default every characteristic.
    reference : str, optional
        A group, ``"largest"``, ``"highest"`` or ``"rest"`` (everyone else stated). By default the
        declared reference, else the largest group. ``"highest"`` is picked after looking: read its
        adjusted p-values only.
    level, groups, where, denominator, confidence
        As in `selection_rates`.
    method : {"score", "koopman", "katz"}
        Interval of the ratio.
    cohort : str, optional
        One cohort, by default the last where there are several; ``"all"``: every cohort, held equal.

    Returns
    -------
    ImpactRatios
        A row for each group and gate and one for the whole way. ``p_value`` is the score test where all
        four expected counts are at least 5, else Fisher's mid-p; ``test`` names it. ``p_adjusted``: Holm
        over the gate rows of the call, and apart from them over its ``overall`` rows. ``shortfall`` is in
        people: denominator × reference rate - passed; ``shortfall_four_fifths`` against four-fifths of that
        rate.

    References
    ----------
    Miettinen and Nurminen (1985), Stat. Med. 4, 213-226; Holm (1979), Scand. J. Stat. 6, 65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> impact_ratios(counts, by="ethnicity")
    <ImpactRatios: ethnicity; most evident ratio 0.55 (0.31 to 0.90), BME against White, shortlisted>
    """
    check_asked(
        counts,
        by=by,
        groups=groups,
        level=level,
        where=where,
        cohort=cohort,
        reference=reference,
        confidence=confidence,
    )
    counts = of_cohort(counts, cohort, where=where, beside=by)
    frame, words, names = _compare(
        counts, by, reference, level, groups, where, denominator, _RATIOS, method, confidence
    )
    four = [
        frame[name].to_numpy()
        for name in ("passed", "denominator", "reference_passed", "reference_denominator")
    ]
    is_reference = (frame["status"] == "reference").to_numpy()
    place = list(frame.columns).index("method")
    for name, ratio in (("shortfall_four_fifths", 0.8), ("shortfall", 1.0)):
        frame.insert(place, name, np.where(is_reference, np.nan, shortfall(*four, ratio=ratio)))
    notes = counts.notes
    if all_held_equal(counts, cohort):
        frame, words = _over_cohorts(
            frame, "ratio", counts, by, reference, level, where, denominator, confidence
        )
        notes = (*notes, all_note(counts))
    return ImpactRatios(
        frame, words, notes, names, confidence, reference == "highest", names=Names.of(counts.programme)
    )


@remembered
def rate_differences(
    counts: StageCounts,
    *,
    by: str | Sequence[str] | None = None,
    reference: str | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    method: DifferenceMethod = "score",
    confidence: float = 0.95,
) -> RateDifferences:
    """Pass rate of each group minus the reference's, as a share: -0.19 is 19 percentage points fewer.

    Parameters
    ----------
    counts, by, reference, level, groups, where, denominator, confidence
        As in `impact_ratios`.
    method : {"score", "newcombe"}
        Interval of the difference.
    cohort : str, optional
        One cohort, by default the last where there are several; ``"all"``: every cohort, held equal.

    Returns
    -------
    RateDifferences
        Rows and p-values as in `impact_ratios`.

    References
    ----------
    Miettinen and Nurminen (1985), Stat. Med. 4, 213-226; Newcombe (1998), Stat. Med. 17, 873-890.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "gender", "group": ["Female", "Male"], "applied": [100, 80], "hired": [30, 16],
    ... }))
    >>> rate_differences(counts, by="gender").frame.loc[2, "estimate"].round(3)
    np.float64(-0.1)
    """
    check_asked(
        counts,
        by=by,
        groups=groups,
        level=level,
        where=where,
        cohort=cohort,
        reference=reference,
        confidence=confidence,
    )
    counts = of_cohort(counts, cohort, where=where, beside=by)
    frame, words, names = _compare(
        counts, by, reference, level, groups, where, denominator, _DIFFERENCES, method, confidence
    )
    notes = counts.notes
    if all_held_equal(counts, cohort):
        frame, words = _over_cohorts(
            frame, "difference", counts, by, reference, level, where, denominator, confidence
        )
        notes = (*notes, all_note(counts))
    return RateDifferences(frame, words, notes, names, confidence, names=Names.of(counts.programme))


@remembered
def odds_ratios(
    counts: StageCounts,
    *,
    by: str | Sequence[str] | None = None,
    reference: str | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    method: OddsMethod = "score",
    confidence: float = 0.95,
) -> OddsRatios:
    """Odds of passing of each group divided by the reference's: what logistic regression estimates.

    Parameters
    ----------
    counts, by, reference, level, groups, where, denominator, confidence
        As in `impact_ratios`.
    method : {"score", "conditional", "wald"}
        Estimate and interval; ``"conditional"`` is the one that belongs to Fisher's exact test.
    cohort : str, optional
        One cohort, by default the last where there are several; ``"all"``: every cohort, held equal.

    Returns
    -------
    OddsRatios
        Rows and p-values as in `impact_ratios`.

    References
    ----------
    Miettinen and Nurminen (1985), Stat. Med. 4, 213-226; Woolf (1955), Ann. Hum. Genet. 19, 251-253.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "gender", "group": ["Female", "Male"], "applied": [100, 80], "hired": [30, 16],
    ... }))
    >>> odds_ratios(counts, by="gender").frame.loc[2, "estimate"].round(3)
    np.float64(0.583)
    """
    check_asked(
        counts,
        by=by,
        groups=groups,
        level=level,
        where=where,
        cohort=cohort,
        reference=reference,
        confidence=confidence,
    )
    counts = of_cohort(counts, cohort, where=where, beside=by)
    frame, words, names = _compare(
        counts, by, reference, level, groups, where, denominator, _ODDS, method, confidence
    )
    notes = counts.notes
    if all_held_equal(counts, cohort):
        frame, words = _over_cohorts(
            frame, "odds", counts, by, reference, level, where, denominator, confidence
        )
        notes = (*notes, all_note(counts))
    return OddsRatios(frame, words, notes, names, confidence, names=Names.of(counts.programme))


def _over_cohorts(
    frame: pd.DataFrame,
    kind: str,
    counts: StageCounts,
    by: str | Sequence[str] | None,
    reference: str | None,
    level: str | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
    confidence: float,
) -> tuple[pd.DataFrame, str]:
    """The rows of all cohorts with these held equal, and how they were computed."""
    found = stratified_tests(
        counts,
        by=by,
        stratum=COHORT,
        reference=reference,
        level=level,
        where=where,
        denominator=denominator,
        confidence=confidence,
    )
    return rows_held_equal(frame, found.frame, kind), f"Cohorts held equal. {found.method}"


def _compare(
    counts: StageCounts,
    by: str | Sequence[str] | None,
    reference: str | None,
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
    intervals: dict[str, _Interval],
    method: str,
    confidence: float,
) -> tuple[pd.DataFrame, str, tuple[str, ...]]:
    import pandas as pd

    if method not in intervals:
        raise ArgumentError(f"method={method!r} is not known. Possible: {listed(intervals)}.")
    interval, words = intervals[method]
    null = 0.0 if intervals is _DIFFERENCES else 1.0
    names = chosen_characteristics(counts, by)
    funnels = [_whole_funnel(counts, name, level, groups, where) for name in names]
    frame = pd.concat(
        [_rows(funnel, reference, denominator, interval, method, confidence, null) for funnel in funnels],
        ignore_index=True,
    )
    if groups is not None:
        place = frame["group"].map({group: i for i, group in enumerate(groups)}).to_numpy(float)
        order = np.argsort(place, kind="stable")[: int((~np.isnan(place)).sum())]
        frame = frame.iloc[order].reset_index(drop=True)
    adjusted = adjusted_by_family(frame["p_value"], frame["gate"])
    frame.insert(list(frame.columns).index("p_value") + 1, "p_adjusted", adjusted)
    sentence = (
        f"Each group against the reference; {words} at {confidence:.0%}. p: score test where all four "
        "expected counts are at least 5, else Fisher's mid-p (twice the smaller tail). Adjusted by Holm over "
        "the rows of single gates, and apart over the rows of the whole way."
    )
    return frame, sentence, tuple(funnel.characteristic for funnel in funnels)


def _whole_funnel(
    counts: StageCounts,
    by: str | tuple[str, ...],
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
) -> Funnel:
    """Every group, so that the reference is the same whichever groups are asked for."""
    funnel = counts.funnel(by, level=level, where=where)
    if groups is None:
        return funnel
    asked = counts.funnel(by, level=level, groups=groups, where=where).groups
    every = [*funnel.groups, *(group for group in asked if group not in funnel.groups)]
    return counts.funnel(by, level=level, groups=every, where=where)


def _rows(
    funnel: Funnel,
    reference: str | None,
    denominator: Denominator,
    interval: Callable[..., Interval],
    method: str,
    confidence: float,
    null: float,
) -> pd.DataFrame:
    import pandas as pd

    beside = Groups.of(funnel, denominator).against(reference)
    four = (beside.passed, beside.at_risk, beside.ref_passed, beside.ref_at_risk)
    found = interval(*four, confidence=confidence)
    test = two_group_p(*four)
    itself = ~beside.compared
    columns = beside.columns()
    del columns["reference_entered"]
    return pd.DataFrame(
        {
            **columns,
            "estimate": found.estimate.ravel(),
            "conf_low": np.where(itself, np.nan, found.low).ravel(),
            "conf_high": np.where(itself, np.nan, found.high).ravel(),
            "confidence": confidence,
            "p_value": np.where(itself, np.nan, test.p_value).ravel(),
            "method": method,
            "test": np.where(itself, "", test.method).ravel(),
            "status": _status(beside, found, test, null, 1 - confidence).ravel(),
        }
    )


def _status(
    beside: Comparison, found: Interval, test: TwoGroupTest, null: float, alpha: float
) -> NDArray[np.object_]:
    """Why a row has no number, or what to know about the number it has."""
    with np.errstate(invalid="ignore"):
        outside = (found.low > null) | (found.high < null)
        disagree = (test.method == "mid-p") & (outside != (test.p_value < alpha)) & ~np.isnan(found.estimate)
    return first_reason(
        [
            *beside.reasons(),
            ((null == 1) & (beside.ref_passed == 0), "nobody of the reference passed"),
            (np.isnan(found.estimate), "everybody passed in both groups"),
            (disagree, "the exact test and the score interval disagree"),
            beside.left_out(),
        ]
    )


def _four_fifths(part: pd.DataFrame, picked: bool) -> dict[str, object]:
    """How many of one table's ratios lie below 0.8, and how often some would by chance."""
    others = part[part["status"] != "reference"]
    passed, at_risk = others["passed"].sum(), others["denominator"].sum()
    ref_passed, ref_at_risk = (int(part[f"reference_{name}"].iloc[0]) for name in ("passed", "denominator"))
    rate = (passed + ref_passed) / max(at_risk + ref_at_risk, 1)
    sizes = others["denominator"].to_numpy()
    short = 4 * others["reference_passed"] * others["denominator"]  # whole numbers: 0.8 itself is no flag
    if part["reference"].iloc[0] == "rest":
        chance = np.nan
    elif picked:
        chance = four_fifths_by_chance([*sizes, ref_at_risk], rate)
    else:
        chance = four_fifths_by_chance(sizes, rate, ref_n=ref_at_risk)
    return {
        "compared": int(others["estimate"].notna().sum()),
        "below": int((5 * others["passed"] * others["reference_denominator"] < short).sum()),
        "by_chance": chance,
    }
