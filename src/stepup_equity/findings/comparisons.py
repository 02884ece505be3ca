"""Each group against a reference: impact ratios, rate differences, odds ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.findings.against_reference import DIFFERENCES, ODDS, RATIOS, Asked, compared
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.statistics import four_fifths_by_chance
from stepup_equity.words.numbers import interval, ratio, signed, signed_interval
from stepup_equity.words.rows import alike_to_least, lowest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts


RatioMethod = Literal["score", "koopman", "katz"]
DifferenceMethod = Literal["score", "newcombe"]
OddsMethod = Literal["score", "conditional", "wald"]


@dataclass(frozen=True, eq=False, repr=False)
class _Comparisons(Result):
    by: tuple[str, ...]
    confidence: float

    def _most_evident(self, words: str) -> str:
        gates = self._frame[self._frame["gate"] != OVERALL].dropna(subset=["estimate"])
        others = gates[gates["group"] != gates["reference"]]
        if others.empty:
            return f"{self.names.asked(self.by)}; nothing to compare"
        row = others.iloc[_most_evident_at(others, words)]
        ends = row["conf_low"], row["conf_high"]
        if words == "difference":
            estimate, limits = signed(row["estimate"], 2, plus=False), signed_interval(*ends, 2, plus=False)
        else:
            estimate, limits = ratio(row["estimate"]), interval(*ends)
        return (
            f"{self.names.asked(self.by)}; most evident {words} {estimate} "
            f"({limits}), {row['group']} against {row['reference']}, "
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
    asked = Asked(by, reference, level, groups, where, cohort, denominator, confidence)
    return ImpactRatios(*compared(counts, asked, RATIOS, method), confidence, reference == "highest")


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
    asked = Asked(by, reference, level, groups, where, cohort, denominator, confidence)
    return RateDifferences(*compared(counts, asked, DIFFERENCES, method), confidence)


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
    asked = Asked(by, reference, level, groups, where, cohort, denominator, confidence)
    return OddsRatios(*compared(counts, asked, ODDS, method), confidence)


def _most_evident_at(rows: pd.DataFrame, words: str) -> int:
    """Place of the smallest p; of several the widest gap, of one told twice that of who is behind."""
    p, estimate = rows["p_value"].fillna(1.0).to_numpy(), rows["estimate"].to_numpy(float)
    with np.errstate(divide="ignore"):
        from_equal = estimate if words == "difference" else np.log(estimate)
    places = alike_to_least(p)
    places = places[alike_to_least(-np.abs(from_equal[places]))]
    return int(places[lowest_at(from_equal[places])])


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
