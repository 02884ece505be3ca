"""What a fitted model says of rates: standardised rates, their differences and their ratios."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from stepup_equity.errors import StatisticError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.design import CodedDesign


@dataclass(frozen=True, slots=True)
class StandardisedRates:
    """Rates that everyone would have if all belonged to one group, other things as they are.

    Attributes
    ----------
    rate : ndarray, shape (n_groups,)
    std_error : ndarray, shape (n_groups,)
        By the delta method, the people taken as they are.
    covariance : ndarray, shape (n_groups, n_groups)
    """

    rate: Floats
    std_error: Floats
    covariance: Floats


@dataclass(frozen=True, slots=True)
class Contrasts:
    """Each group against a reference.

    Attributes
    ----------
    difference, difference_se : ndarray, shape (n_groups,)
        The average marginal effect of a group: its standardised rate minus that of the reference.
    log_ratio, log_ratio_se : ndarray, shape (n_groups,)
        Log of the adjusted impact ratio.
    """

    difference: Floats
    difference_se: Floats
    log_ratio: Floats
    log_ratio_se: Floats


def standardised_rates(
    coef: ArrayLike, covariance: ArrayLike, designs: Sequence[CodedDesign], weights: ArrayLike
) -> StandardisedRates:
    """Average fitted rate of all people, had all of them belonged to each group in turn.

    Every column of the group moves together, interactions included, which the derivative of a single
    indicator (statsmodels' `get_margeff`) does not do.

    Parameters
    ----------
    coef : array_like, shape (n_columns,)
    covariance : array_like, shape (n_columns, n_columns)
        Model-based, robust or cluster-robust.
    designs : sequence of CodedDesign
        For each group the design of the same rows with everyone put into that group.
    weights : array_like, shape (n_rows,)
        People per row.

    Raises
    ------
    StatisticError
        Nobody to average over.

    References
    ----------
    Lane, P. W. and Nelder, J. A. (1982). Analysis of covariance and standardization as instances of
    prediction. Biometrics 38, 613-621.

    Examples
    --------
    Of 100 women 40 pass, of 50 men 10; nothing else is in the model, so nothing changes:

    >>> from stepup_equity.statistics.regression import (
    ...     CodedDesign, fit_logistic, intercept, standardised_rates, treatment)
    >>> design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> fit = fit_logistic(design, [40, 10], [100, 50])
    >>> as_women, as_men = (CodedDesign.of([intercept(2), treatment([g, g], 2)]) for g in (0, 1))
    >>> standardised_rates(fit.coef, fit.covariance, [as_women, as_men], [100, 50]).rate.round(3)
    array([0.4, 0.2])
    """
    w = np.asarray(weights, dtype=np.float64)
    if not w.sum() > 0:
        raise StatisticError("Standardised rates need people to average over; all weights are 0.")
    w = w / w.sum()
    beta = np.asarray(coef, dtype=np.float64)
    rates, slopes = np.empty(len(designs)), np.empty((len(designs), beta.size))
    for g, design in enumerate(designs):
        p = expit(design.linear_predictor(beta))
        weighted = w * p
        rates[g] = weighted.sum()
        weighted *= 1.0 - p
        slopes[g] = design.total(weighted)
    spread = slopes @ np.asarray(covariance, dtype=np.float64) @ slopes.T
    return StandardisedRates(rates, np.sqrt(np.diag(spread)), spread)


def compare_rates(rates: StandardisedRates, reference: int) -> Contrasts:
    """Differences and log ratios of standardised rates against one of them, with delta-method errors.

    Parameters
    ----------
    rates : StandardisedRates
    reference : int
        Position of the reference; its own difference and log ratio are 0 with standard error 0.
    """
    v, p = rates.covariance, rates.rate
    variance = np.diag(v)
    difference = variance + variance[reference] - 2.0 * v[:, reference]
    log_ratio = (
        variance / p**2 + variance[reference] / p[reference] ** 2 - 2.0 * v[:, reference] / (p * p[reference])
    )
    return Contrasts(
        p - p[reference],
        np.sqrt(np.maximum(difference, 0.0)),
        np.log(p / p[reference]),
        np.sqrt(np.maximum(log_ratio, 0.0)),
    )
