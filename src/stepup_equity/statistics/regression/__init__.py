"""Logistic regression on counts, from the likelihood to what may be said with it.

The names below are public: their readers import them from here, the house from the files that make them.
"""

from stepup_equity.statistics.regression.blanks import Blanks
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
    inverse_information,
    null_log_likelihood,
    quantile,
    repeated_columns,
    wald_interval,
    wald_p,
    wald_z,
)
from stepup_equity.statistics.regression.flac import AugmentedLikelihood, fit_flac
from stepup_equity.statistics.regression.functionals import Combination, Functional, LogitRate, LogRatio
from stepup_equity.statistics.regression.likelihood import BinomialLikelihood
from stepup_equity.statistics.regression.limits import Limits, likelihood_limits, likelihood_test
from stepup_equity.statistics.regression.missing_em import EmFit, EmGate, GateKind, fit_em
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
    ClusterSpread,
    cluster_covariance,
    cluster_spread,
    jackknife_covariance,
    robust_covariance,
)
from stepup_equity.statistics.regression.scaling import Scaling, scaling_of
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
    "AugmentedLikelihood",
    "BinomialLikelihood",
    "Blanks",
    "Block",
    "Calibration",
    "ChiSquaredTests",
    "ClusterSpread",
    "CodedDesign",
    "Combination",
    "Contrasts",
    "EmFit",
    "EmGate",
    "Functional",
    "GateKind",
    "GoodnessOfFit",
    "Influence",
    "Limits",
    "LogRatio",
    "LogisticFit",
    "LogitRate",
    "Maihda",
    "ProfileIntervals",
    "RandomInterceptFit",
    "Scaling",
    "Separation",
    "StandardisedRates",
    "Term",
    "calibration",
    "cluster_covariance",
    "cluster_spread",
    "coefficient_tests",
    "compare_rates",
    "constrained_maximum",
    "dfbetas",
    "discrimination",
    "find_separation",
    "fit_em",
    "fit_firth",
    "fit_flac",
    "fit_logistic",
    "fit_random_intercept",
    "goodness_of_fit",
    "independent_columns",
    "influence",
    "intercept",
    "inverse_information",
    "jackknife_covariance",
    "likelihood_limits",
    "likelihood_test",
    "maihda",
    "null_log_likelihood",
    "null_space",
    "numeric",
    "profile_intervals",
    "quantile",
    "repeated_columns",
    "robust_covariance",
    "scaling_of",
    "stack_gates",
    "standardised_rates",
    "term_tests",
    "treatment",
    "wald_interval",
    "wald_p",
    "wald_tests",
    "wald_z",
]
