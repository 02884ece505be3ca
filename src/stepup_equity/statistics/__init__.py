"""Statistics of counts: arrays in, frozen results out; numpy and scipy alone.

No labels, no frames: the first axis is groups, the second, where there is one, gates.
"""

from stepup_equity.statistics.contingency import (
    Association,
    ChiSquared,
    Residuals,
    association,
    chi_squared,
    chi_squared_p,
    expected_counts,
    g_test,
    residuals,
)
from stepup_equity.statistics.differences import newcombe_difference_interval, score_difference_interval
from stepup_equity.statistics.intervals import Interval
from stepup_equity.statistics.multiplicity import adjust
from stepup_equity.statistics.odds_ratios import (
    conditional_odds_ratio_interval,
    score_odds_ratio_interval,
    wald_odds_ratio_interval,
)
from stepup_equity.statistics.power import (
    four_fifths_by_chance,
    minimum_detectable_rates,
    power_exact,
    power_normal,
    power_of_ratio,
)
from stepup_equity.statistics.proportions import (
    clopper_pearson_interval,
    jeffreys_interval,
    wilson_interval,
)
from stepup_equity.statistics.ratios import (
    inverted,
    katz_ratio_interval,
    koopman_ratio_interval,
    score_ratio_interval,
)
from stepup_equity.statistics.two_by_two import (
    TwoGroupTest,
    fisher_exact_p,
    fisher_midp_p,
    score_test,
    smallest_expected,
    two_group_p,
)

__all__ = [
    "Association",
    "ChiSquared",
    "Interval",
    "Residuals",
    "TwoGroupTest",
    "adjust",
    "association",
    "chi_squared",
    "chi_squared_p",
    "clopper_pearson_interval",
    "conditional_odds_ratio_interval",
    "expected_counts",
    "fisher_exact_p",
    "fisher_midp_p",
    "four_fifths_by_chance",
    "g_test",
    "inverted",
    "jeffreys_interval",
    "katz_ratio_interval",
    "koopman_ratio_interval",
    "minimum_detectable_rates",
    "newcombe_difference_interval",
    "power_exact",
    "power_normal",
    "power_of_ratio",
    "residuals",
    "score_difference_interval",
    "score_odds_ratio_interval",
    "score_ratio_interval",
    "score_test",
    "smallest_expected",
    "two_group_p",
    "wald_odds_ratio_interval",
    "wilson_interval",
]
