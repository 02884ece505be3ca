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
from stepup_equity.statistics.counts_behind import CountsBehind, counts_behind
from stepup_equity.statistics.differences import newcombe_difference_interval, score_difference_interval
from stepup_equity.statistics.evalue import EValue, e_values
from stepup_equity.statistics.exact import ExactTest, exact_test, monte_carlo_test
from stepup_equity.statistics.goodness_of_fit import GoodnessOfFit, binomial_p, goodness_of_fit
from stepup_equity.statistics.homogeneity import SameRatio, homogeneity
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
)
from stepup_equity.statistics.proportions import clopper_pearson_interval, jeffreys_interval, wilson_interval
from stepup_equity.statistics.published import (
    GroupSets,
    TableShape,
    bases_of_percentages,
    counts_of_percentage,
    group_sets,
    smallest_base,
    table_shapes,
)
from stepup_equity.statistics.ratios import (
    inverted,
    katz_ratio_interval,
    koopman_ratio_interval,
    score_ratio_interval,
    shortfall,
)
from stepup_equity.statistics.standardisation import StandardisedRate, direct_standardised_rate
from stepup_equity.statistics.stratified import (
    Homogeneity,
    Pooled,
    StratifiedTest,
    breslow_day,
    cmh,
    cmh_general,
    mh_odds_ratio,
    mh_risk_difference,
    mh_risk_ratio,
)
from stepup_equity.statistics.trend import TrendTest, cochran_armitage, linear_by_linear, trend_departure
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
    "CountsBehind",
    "EValue",
    "ExactTest",
    "GoodnessOfFit",
    "GroupSets",
    "Homogeneity",
    "Interval",
    "Pooled",
    "Residuals",
    "SameRatio",
    "StandardisedRate",
    "StratifiedTest",
    "TableShape",
    "TrendTest",
    "TwoGroupTest",
    "adjust",
    "association",
    "bases_of_percentages",
    "binomial_p",
    "breslow_day",
    "chi_squared",
    "chi_squared_p",
    "clopper_pearson_interval",
    "cmh",
    "cmh_general",
    "cochran_armitage",
    "conditional_odds_ratio_interval",
    "counts_behind",
    "counts_of_percentage",
    "direct_standardised_rate",
    "e_values",
    "exact_test",
    "expected_counts",
    "fisher_exact_p",
    "fisher_midp_p",
    "four_fifths_by_chance",
    "g_test",
    "goodness_of_fit",
    "group_sets",
    "homogeneity",
    "inverted",
    "jeffreys_interval",
    "katz_ratio_interval",
    "koopman_ratio_interval",
    "linear_by_linear",
    "mh_odds_ratio",
    "mh_risk_difference",
    "mh_risk_ratio",
    "minimum_detectable_rates",
    "monte_carlo_test",
    "newcombe_difference_interval",
    "power_exact",
    "power_normal",
    "residuals",
    "score_difference_interval",
    "score_odds_ratio_interval",
    "score_ratio_interval",
    "score_test",
    "shortfall",
    "smallest_base",
    "smallest_expected",
    "table_shapes",
    "trend_departure",
    "two_group_p",
    "wald_odds_ratio_interval",
    "wilson_interval",
]
