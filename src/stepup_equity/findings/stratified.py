"""Whether a gap remains once regions, centres or cohorts are held equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import COHORT
from stepup_equity.counts import of_cohort
from stepup_equity.counts.funnel import known
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.comparison import (
    DISAGREE,
    HIDDEN,
    NOBODY,
    Groups,
    disagree,
    first_reason,
    with_reason,
)
from stepup_equity.findings.family import chosen_characteristics
from stepup_equity.findings.held_equal import pairs_within, stated_labels
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.findings.stratified_words import moved_by, readings
from stepup_equity.given import check_known, names_in
from stepup_equity.statistics import (
    chi_squared,
    cmh,
    cmh_general,
    direct_standardised_rate,
    homogeneity,
    mh_odds_ratio,
    mh_risk_difference,
    mh_risk_ratio,
    score_ratio_interval,
)
from stepup_equity.words.names import Names
from stepup_equity.words.rows import highest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Ints
    from stepup_equity.counts import Denominator, Funnel, StageCounts
    from stepup_equity.statistics import Interval, Pooled


@dataclass(frozen=True, eq=False, repr=False)
class StratifiedTests(Result):
    """Each group against its reference with a stratum held equal, beside the same without.

    Attributes
    ----------
    by, strata : tuple of str
        The characteristics, and what was held equal.
    """

    by: tuple[str, ...]
    strata: tuple[str, ...]
    _tests: pd.DataFrame
    _standardised: pd.DataFrame

    @property
    def tests(self) -> pd.DataFrame:
        """All groups at once: the generalised Cochran-Mantel-Haenszel test beside Pearson's chi-squared."""
        return self._tests.copy()

    @property
    def standardised(self) -> pd.DataFrame:
        """Each group's rate if it had applied where all applicants did, beside its plain rate."""
        return self._standardised.copy()

    @property
    def headline(self) -> str:
        """Where pooled and stratified figures disagree, if anywhere."""
        told = self._frame[self._frame["reading"] != ""]
        where = ", ".join(map(self.names.other, self.strata))
        if told.empty:
            unchanged = "held equal, no evident gap appears, goes or changes"
            return f"{self.names.asked(self.by)} within {where}; {unchanged}"
        row = told.iloc[highest_at(moved_by(told))]
        gate = self.names.gate_in_words(str(row["gate"]))
        return f"{self.names.asked(self.by)} within {where}; {row['group']}, {gate}: {row['reading']}"


@remembered
def stratified_tests(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    stratum: str | Sequence[str] | None = None,
    reference: str | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    confidence: float = 0.95,
) -> StratifiedTests:
    """Cochran-Mantel-Haenszel: each group against its reference within regions, centres or cohorts.

    A group that applies mostly to the hardest places falls behind overall although it does so nowhere
    (Simpson's paradox; Berkeley's admissions of 1973 are the known case). This sets the ratio with the
    stratum held equal beside the plain one and says in words where they disagree.

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        As in `impact_ratios`.
    stratum : str or list of str, optional
        What to hold equal, one after the other: a stratum that was counted, or ``"cohort"``. By default each
        of them.
    reference, level, groups, where, denominator
        As in `impact_ratios`.
    confidence : float
        Level of the intervals.
    cohort : str, optional
        One cohort. By default, where a stratum is named, the last of several; else all are held equal too.

    Returns
    -------
    StratifiedTests
        A row for each characteristic, stratum, group and gate. ``estimate`` is the Mantel-Haenszel impact
        ratio with interval, ``pooled_estimate`` the ratio without strata on the same people; ``p_value`` is
        Cochran-Mantel-Haenszel's; ``odds_ratio`` and ``difference`` the other Mantel-Haenszel estimates;
        ``homogeneity_p_value`` (Breslow-Day with Tarone's correction, exact where strata are small) says
        whether the gap differs between strata; ``reading`` is a sentence where the two ratios disagree by a
        tenth or more (0 against anything else does) and one of them is evident, or where the gap differs
        between strata. ``p_adjusted`` and ``homogeneity_p_adjusted``: Holm over the gate rows of the call,
        and apart over its ``overall`` rows.

    Raises
    ------
    ArgumentError
        Counts without strata, or an unknown one.

    References
    ----------
    Mantel and Haenszel (1959), J. Natl Cancer Inst. 22, 719-748; Greenland and Robins (1985), Biometrics 41,
    55-68; Bickel, Hammel and O'Connell (1975), Science 187, 398-404, for Berkeley.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> people = pd.DataFrame({
    ...     "region": ["North"] * 60 + ["South"] * 60,
    ...     "gender": ["Female"] * 50 + ["Male"] * 10 + ["Female"] * 10 + ["Male"] * 50,
    ...     "furthest_stage": ["accepted"] * 40 + ["offered"] * 10 + ["accepted"] * 8 + ["offered"] * 2
    ...     + ["accepted"] * 2 + ["offered"] * 8 + ["accepted"] * 10 + ["offered"] * 40,
    ... })
    >>> counts = su.count_stages(su.read_applicants(people, check_ids=False))
    >>> print(stratified_tests(counts, by="gender").headline)
    gender within regional partnership; Male, acceptance: the gap is not evident with the stratum held equal:
    ratio 0.43 together, 1.00 with regional partnership held equal
    """
    import pandas as pd

    stratum = None if stratum is None else names_in(stratum, argument="stratum")
    if stratum is not None or cohort is not None:
        counts = of_cohort(counts, cohort, where=where, beside=(by, stratum))
    strata = _chosen_strata(counts, stratum)
    names = chosen_characteristics(counts, by)
    parts = []
    funnels = []
    for name in names:
        for held in strata:
            funnel, slices, left_out = _slices(counts, name, held, level, groups, where)
            funnels.append(funnel)
            parts.append(_compared(funnel, slices, held, left_out, reference, denominator, confidence))
    frame, tests, standardised = (pd.concat([part[i] for part in parts], ignore_index=True) for i in range(3))
    return StratifiedTests(
        _frame=_as_family(frame, counts, funnels),
        method=(
            "Cochran-Mantel-Haenszel test without correction; Mantel-Haenszel impact ratio with "
            f"Greenland and Robins's interval at {confidence:.0%}, beside the ratio without strata "
            "(score interval); Breslow-Day test with Tarone's correction, in small strata its exact "
            "conditional form, drawn with a fixed seed. Adjusted by Holm over the rows of single "
            "gates, and apart over the rows of the whole way. Only people whose group and stratum are known."
        ),
        notes=counts.notes,
        by=tuple(dict.fromkeys(funnel.characteristic for funnel in funnels)),
        strata=strata,
        _tests=with_adjusted(tests),
        _standardised=standardised,
    )


def tests_at(
    counts: StageCounts,
    by: str | Sequence[str | tuple[str, ...]] | None,
    stratum: str,
    gate: str,
    *,
    reference: str | None,
    level: str | None,
    where: Mapping[str, str] | None,
    confidence: float,
) -> pd.DataFrame:
    """The rows of `stratified_tests` at one gate, a family of their own."""
    import pandas as pd

    parts, funnels = [], []
    for name in chosen_characteristics(counts, by):
        funnel, slices, left_out = _slices(counts, name, stratum, level, None, where)
        funnels.append(funnel)
        passed, at_risk = _by_stratum(slices, "entered")
        beside = Groups.of(funnel, "entered").against(reference)
        at = [beside.gates.index(gate)]
        label = beside.reference[:, at]
        pairs = pairs_within(label, funnel.groups, passed[:, :, at], at_risk[:, :, at])
        is_self = ~beside.compared[:, at]
        hidden = beside.either_hidden[:, at]
        parts.append(_rows(funnel, (gate,), stratum, label, is_self, pairs, hidden, left_out, confidence))
    return _as_family(pd.concat(parts, ignore_index=True), counts, funnels)


def _as_family(frame: pd.DataFrame, counts: StageCounts, funnels: Sequence[Funnel]) -> pd.DataFrame:
    """The frame itself, with its p-values adjusted and what to say of each row."""
    groups = {funnel.characteristic: funnel.groups for funnel in funnels}
    frame = with_adjusted(with_adjusted(frame, groups=groups), "homogeneity_p", groups=groups)
    frame.insert(len(frame.columns) - 2, "reading", readings(frame, Names.of(counts.programme)))
    return frame


def _chosen_strata(counts: StageCounts, stratum: str | Sequence[str] | None) -> tuple[str, ...]:
    possible = (*counts.strata, *([COHORT] if counts.cohorts else []))
    if not possible:
        raise ArgumentError(
            "These counts hold no strata and no cohorts, so nothing can be held equal. Count records that "
            "have a column such as 'region'."
        )
    if stratum is None:
        several = tuple(name for name in possible if len(stated_labels(counts, name)) > 1)
        return several or possible
    asked = names_in(stratum, argument="stratum")
    check_known(asked, possible, argument="stratum", of="a stratum of these counts")
    return asked


def _slices(
    counts: StageCounts,
    name: str | tuple[str, ...],
    stratum: str,
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
) -> tuple[Funnel, list[Funnel], int]:
    """The funnel of everyone, the same groups within each stratum, and how many have no stratum."""
    whole = counts.funnel(name, level=level, groups=groups, where=where)
    used = [label for label in stated_labels(counts, stratum) if (where or {}).get(stratum, label) == label]
    slices = [
        counts.funnel(name, level=level, groups=whole.groups or None, where={**(where or {}), stratum: label})
        for label in used
    ]
    known = sum(int(part.reached[:, 0].sum()) for part in slices)
    return whole, slices, int(whole.reached[:, 0].sum()) - known


def _compared(
    funnel: Funnel,
    slices: list[Funnel],
    stratum: str,
    left_out: int,
    reference: str | None,
    denominator: Denominator,
    confidence: float,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    passed, at_risk = _by_stratum(slices, denominator)
    beside = Groups.of(funnel, denominator).against(reference)
    gates = beside.gates
    pairs = pairs_within(beside.reference, funnel.groups, passed, at_risk)
    hidden = beside.either_hidden
    frame = _rows(
        funnel, gates, stratum, beside.reference, ~beside.compared, pairs, hidden, left_out, confidence
    )
    every = np.stack([passed, at_risk - passed], axis=-1).transpose(2, 0, 1, 3)  # gates × strata × groups × 2
    return (
        frame,
        _all_groups(beside, stratum, every),
        _standardised(beside, stratum, passed, at_risk, confidence),
    )


def _by_stratum(slices: list[Funnel], denominator: Denominator) -> tuple[Ints, Ints]:
    """Who passed and who was at risk, each strata × groups × gates."""
    tables = [Groups.of(part, denominator) for part in slices]
    return np.stack([table.passed for table in tables]), np.stack([table.at_risk for table in tables])


def _rows(
    funnel: Funnel,
    gates: tuple[str, ...],
    stratum: str,
    label: NDArray[np.object_],
    is_self: NDArray[np.bool_],
    pairs: Ints,
    hidden: Bools,
    left_out: int,
    confidence: float,
) -> pd.DataFrame:
    import pandas as pd

    n_groups, n_gates = label.shape
    together = pairs.sum(2)
    pooled = score_ratio_interval(
        together[..., 0, 0],
        together[..., 0, :].sum(-1),
        together[..., 1, 0],
        together[..., 1, :].sum(-1),
        confidence=confidence,
    )
    ratio, odds = mh_risk_ratio(pairs, confidence=confidence), mh_odds_ratio(pairs, confidence=confidence)
    difference = mh_risk_difference(pairs, confidence=confidence)
    test, same = cmh(pairs), homogeneity(pairs, asked=~is_self)
    told = (pairs.sum(-1) > 0).all(-1).sum(-1)
    some = f"of each {stratum} in which the published table hides a number nothing is used"
    reasons = [
        (is_self, "reference"),
        (hidden & (told == 0), HIDDEN),
        (pairs.sum((2, 3, 4)) == 0, NOBODY),
        (told == 0, "group and reference meet in no stratum"),
        (hidden, some),
        (np.isnan(test.p_value), "everybody passed, or nobody"),
        (np.isnan(ratio.low) & (ratio.estimate == 0), "no limits: none of the group passed"),
        (np.isnan(ratio.low), "no limits: none of the reference passed"),
        (np.full(is_self.shape, left_out > 0), f"{left_out:,} without a known {stratum} are left out"),
    ]
    out = {
        "characteristic": funnel.characteristic,
        "stratum": stratum,
        "group": np.repeat(np.array(funnel.groups, object), n_gates),
        "reference": label.ravel(),
        "gate": np.tile(np.array(gates, object), n_groups),
        "denominator": known(together[..., 0, :].sum(-1), hidden).ravel(),
        "passed": known(together[..., 0, 0], hidden).ravel(),
        "strata_compared": told.ravel(),
        **_blanked("estimate", "conf_", ratio, is_self),
        "confidence": confidence,
        **_blanked("pooled_estimate", "pooled_", pooled, is_self | hidden),
        **_blanked("odds_ratio", "odds_ratio_", odds, is_self),
        **_blanked("difference", "difference_", difference, is_self),
        "statistic": np.where(is_self, np.nan, test.statistic).ravel(),
        "p_value": np.where(is_self, np.nan, test.p_value).ravel(),
        "homogeneity_statistic": np.where(is_self, np.nan, same.statistic).ravel(),
        "homogeneity_df": same.df.ravel(),
        "homogeneity_p_value": np.where(is_self, np.nan, same.p_value).ravel(),
        "homogeneity_method": np.where(is_self, "", same.method).ravel(),
        "method": "Mantel-Haenszel",
        "status": with_reason(
            first_reason(reasons),
            ~is_self & disagree(test.p_value, ratio.low, ratio.high, confidence),
            DISAGREE,
        ).ravel(),
    }
    return pd.DataFrame(out)


def _blanked(
    estimate: str, limits: str, found: Pooled | Interval, is_self: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    names = (estimate, f"{limits}low", f"{limits}high")
    values = (found.estimate, found.low, found.high)
    return {name: np.where(is_self, np.nan, value).ravel() for name, value in zip(names, values, strict=True)}


def _all_groups(table: Groups, stratum: str, every: Ints) -> pd.DataFrame:
    """All groups at once, gate by gate: strata held equal, and together."""
    import pandas as pd

    held, plain = cmh_general(every), chi_squared(every.sum(1))
    return pd.DataFrame(
        {
            "characteristic": table.characteristic,
            "stratum": stratum,
            "gate": list(table.gates),
            "n": every.sum((1, 2, 3)),
            "statistic": held.statistic,
            "df": held.df,
            "p_value": held.p_value,
            "pooled_statistic": plain.statistic,
            "pooled_df": plain.df,
            "pooled_p_value": plain.p_value,
            "method": "generalised Cochran-Mantel-Haenszel",
            "status": with_reason(
                np.array([f"hidden: {', '.join(names)}" if names else "" for names in table.untold], object),
                np.isnan(held.p_value),
                "no stratum can compare",
            ),
        }
    )


def _standardised(
    table: Groups, stratum: str, passed: Ints, at_risk: Ints, confidence: float
) -> pd.DataFrame:
    """Directly standardised rates at every gate; weights are all groups' entrants of the gate."""
    import pandas as pd

    gates, size = table.gates, len(table.groups)
    hidden = table.hidden.T.ravel()
    found = np.full((5, len(gates), size), np.nan)  # rate, crude, error, low, high
    for i in range(len(gates)):
        if at_risk[:, :, i].sum() > 0:
            of = direct_standardised_rate(passed[:, :, i].T, at_risk[:, :, i].T, confidence=confidence)
            found[:, i] = of.rate, of.crude, of.std_error, of.low, of.high
    rate, crude, error, low, high = found.reshape(5, -1)
    return pd.DataFrame(
        {
            "characteristic": table.characteristic,
            "stratum": stratum,
            "gate": np.repeat(np.array(gates, object), size),
            "group": np.tile(np.array(table.groups, object), len(gates)),
            "denominator": known(at_risk.sum(0).T.ravel(), hidden),
            "crude": np.where(hidden, np.nan, crude),
            "estimate": rate,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
            "confidence": confidence,
            "method": "directly standardised, limits from score limits of strata",
            "status": first_reason(
                [(hidden, HIDDEN), (np.isnan(rate), f"nobody of the group in some {stratum}")]
            ),
        }
    )
