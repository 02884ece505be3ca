"""Logistic regression on counts, from the likelihood to what may be said with it."""

from stepup_equity.statistics.regression.design import Block, CodedDesign, intercept, numeric, treatment
from stepup_equity.statistics.regression.fits import (
    LogisticFit,
    fit_firth,
    fit_logistic,
    independent_columns,
)
from stepup_equity.statistics.regression.profile import ProfileIntervals, profile_intervals
from stepup_equity.statistics.regression.sandwich import cluster_covariance, robust_covariance
from stepup_equity.statistics.regression.separation import Separation, find_separation
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
    "ChiSquaredTests",
    "CodedDesign",
    "LogisticFit",
    "ProfileIntervals",
    "Separation",
    "Term",
    "cluster_covariance",
    "coefficient_tests",
    "constrained_maximum",
    "find_separation",
    "fit_firth",
    "fit_logistic",
    "independent_columns",
    "intercept",
    "numeric",
    "profile_intervals",
    "robust_covariance",
    "term_tests",
    "treatment",
    "wald_tests",
]
