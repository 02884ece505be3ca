"""Logistic regression on counts, from the likelihood to what may be said with it."""

from stepup_equity.statistics.regression.continuation import (
    stack_gates,
)
from stepup_equity.statistics.regression.design import (
    Block,
    CodedDesign,
    intercept,
    numeric,
    treatment,
)
from stepup_equity.statistics.regression.diagnostics import (
    Calibration,
    GoodnessOfFit,
    Influence,
    calibration,
    dfbetas,
    discrimination,
    goodness_of_fit,
    influence,
)
from stepup_equity.statistics.regression.fits import (
    LogisticFit,
    fit_firth,
    fit_logistic,
    independent_columns,
    wald_interval,
    wald_p,
    wald_z,
)
from stepup_equity.statistics.regression.profile import (
    ProfileIntervals,
    profile_intervals,
)
from stepup_equity.statistics.regression.random_intercept import (
    Maihda,
    RandomInterceptFit,
    fit_random_intercept,
    maihda,
)
from stepup_equity.statistics.regression.sandwich import (
    cluster_covariance,
    robust_covariance,
)
from stepup_equity.statistics.regression.separation import Separation, find_separation, null_space
from stepup_equity.statistics.regression.standardisation import (
    Contrasts,
    StandardisedRates,
    compare_rates,
    standardised_rates,
)
from stepup_equity.statistics.regression.term_tests import (
    ChiSquaredTests,
    Term,
    coefficient_tests,
    constrained_maximum,
    term_tests,
    wald_tests,
)

__all__ = [
    "Block",
    "Calibration",
    "ChiSquaredTests",
    "CodedDesign",
    "Contrasts",
    "GoodnessOfFit",
    "Influence",
    "LogisticFit",
    "Maihda",
    "ProfileIntervals",
    "RandomInterceptFit",
    "Separation",
    "StandardisedRates",
    "Term",
    "calibration",
    "cluster_covariance",
    "coefficient_tests",
    "compare_rates",
    "constrained_maximum",
    "dfbetas",
    "discrimination",
    "find_separation",
    "fit_firth",
    "fit_logistic",
    "fit_random_intercept",
    "goodness_of_fit",
    "independent_columns",
    "influence",
    "intercept",
    "maihda",
    "null_space",
    "numeric",
    "profile_intervals",
    "robust_covariance",
    "stack_gates",
    "standardised_rates",
    "term_tests",
    "treatment",
    "wald_interval",
    "wald_p",
    "wald_tests",
    "wald_z",
]
