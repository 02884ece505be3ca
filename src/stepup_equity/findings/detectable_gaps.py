"""What each comparison could have shown: power, and the smallest gap that would have been seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.counts import one_cohort
from stepup_equity.findings.cliff_rule import DEFAULT_RULE, CliffRule
from stepup_equity.findings.comparison import first_reason
from stepup_equity.findings.family import comparisons_of
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.given import check_made
from stepup_equity.statistics import smallest_expected
from stepup_equity.statistics.row_power import row_power
from stepup_equity.words.sentences import detectable_finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.family import Family
    from stepup_equity.statistics.row_power import RowPower


@dataclass(frozen=True, eq=False, repr=False)
class DetectableGaps(Result):
    """Power of every comparison, and the smallest gap it would have shown.

    Attributes
    ----------
    by : tuple of str
        The characteristics, or crossings, asked about.
    rule : CliffRule
        Level, power wanted and the true ratio supposed.
    """

    by: tuple[str, ...]
    rule: CliffRule

    @property
    def headline(self) -> str:
        """How many comparisons would likely have missed a gap of the size supposed."""
        seen = detectable_finding(self._frame, self.rule.power, self.rule.power_at)
        return f"{self.names.asked(self.by)}; {seen}"


@remembered
def detectable_gaps(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    rule: CliffRule = DEFAULT_RULE,
) -> DetectableGaps:
    """What each comparison could have shown, so that "no evidence" can be read for what it is.

    Sizes and the reference's rate are taken as they are; the gap is supposed. The test is the row's own, as
    in `cliff_edges`, taken alone: with hundreds of comparisons at once a gap must be wider to be flagged.

    Parameters
    ----------
    counts : StageCounts
    by, reference, level, groups, where, denominator
        As in `gap_decomposition`; ``reference="highest"`` works too.
    rule : CliffRule
        ``power_at`` is the true ratio supposed, ``power`` the power wanted, ``alpha`` the level.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    DetectableGaps
        A row for each group and gate and one for the whole way (``overall``): ``power`` at the ratio
        supposed, ``detectable_ratio`` (NaN where not even a rate of 0 would be seen) and
        ``detectable_people``, how many fewer of the group would pass at that ratio than at the reference's
        rate.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> detectable_gaps(counts, by="ethnicity").frame[["gate", "power", "detectable_ratio"]].round(2)
              gate  power  detectable_ratio
    0  shortlisted   0.19              0.52
    1    appointed   0.07              0.06
    2      overall   0.06              0.14
    """
    check_made(rule, CliffRule, argument="rule", how="Make one: su.CliffRule(material=0.8).")
    counts = one_cohort(counts, cohort, where=where, beside=by)
    every = comparisons_of(
        counts, by, reference=reference, level=level, groups=groups, where=where, denominator=denominator
    )
    _, at_risk, ref_passed, ref_at_risk = every.counts
    seen = row_power(
        at_risk,
        ref_passed,
        ref_at_risk,
        ratio=rule.power_at,
        target=rule.power,
        alpha=rule.alpha,
        score_from=rule.score_from,
    )
    words = (
        "Power of the row's own two-sided test (Fisher's mid-p, or the score test where all four expected "
        f"counts are at least {rule.score_from:,g}), taken alone at a level of {rule.alpha:g}, at a true "
        f"impact ratio of {rule.power_at:g}; detectable_ratio is the ratio seen with {rule.power:.0%} power. "
        "Enumerated; by normal approximation where the status says so."
    )
    names = tuple(beside.characteristic for beside in every.parts)
    return DetectableGaps(_rows(every, seen, rule), words, counts.notes, names, rule)


def _rows(every: Family, seen: RowPower, rule: CliffRule) -> pd.DataFrame:
    import pandas as pd

    columns = every.columns()
    at_risk, ref_at_risk = columns["denominator"], columns["reference_denominator"]
    passed, ref_passed = columns.pop("passed"), columns.pop("reference_passed")
    del columns["reference_entered"]
    expected = smallest_expected(passed, at_risk, ref_passed, ref_at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = ref_passed / ref_at_risk
        test = np.where(np.isnan(seen.power), "", np.where(expected >= rule.score_from, "score", "mid-p"))
    reasons = [
        *every.reasons(),
        (ref_passed == 0, "nobody of the reference passed, so every ratio gives the same rate"),
        (np.isnan(seen.detectable_ratio), "too few people: not even a rate of 0 would be seen"),
        (~seen.exact, "normal approximation"),
    ]
    return pd.DataFrame(
        {
            **columns,
            "reference_rate": rate,
            "power": seen.power,
            "detectable_ratio": seen.detectable_ratio,
            "detectable_people": at_risk * rate * (1 - seen.detectable_ratio),
            "method": test,
            "status": first_reason(reasons),
        }
    )
