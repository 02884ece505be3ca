"""Whether an impact ratio moves over cohorts: a line through the log ratios, and the scatter around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, ndtr

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import normal_quantile, two_groups
from stepup_equity.statistics.proportions import posterior_log_rate, posterior_variance

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


@dataclass(frozen=True, eq=False, slots=True)
class RatioTrend:
    """A line through the log impact ratios of several cohorts.

    Attributes
    ----------
    slope, std_error, low, high : ndarray
        Log points for each unit of time; above 0 where the group draws nearer or ahead. NaN where fewer than
        two cohorts can be compared.
    p_value : ndarray
        Two-sided, of no slope.
    first, last : ndarray
        Impact ratios of the line at the first and at the last cohort that can be compared.
    heterogeneity, heterogeneity_p_value : ndarray
        Cochran's Q of the cohorts around one common ratio, and its p-value.
    heterogeneity_df : ndarray of int
        One less than the cohorts that can be compared.
    scatter, scatter_p_value : ndarray
        Cochran's Q around the line, and its p-value; NaN where only two cohorts can be compared.
    cohorts : ndarray of int
        How many can be compared: somebody of the group and of the reference is at risk.
    """

    slope: Floats
    std_error: Floats
    low: Floats
    high: Floats
    p_value: Floats
    first: Floats
    last: Floats
    heterogeneity: Floats
    heterogeneity_df: np.ndarray
    heterogeneity_p_value: Floats
    scatter: Floats
    scatter_p_value: Floats
    cohorts: np.ndarray


def ratio_trend(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    times: ArrayLike,
    confidence: float = 0.95,
) -> RatioTrend:
    """Log-linear trend of an impact ratio over cohorts, with a test of their heterogeneity.

    Weighted least squares of the log ratios on time. Each log ratio has its posterior mean and variance under
    Jeffreys' prior for both rates, so a cohort in which nobody passed has its say and does not decide. Where
    the cohorts scatter more around the line than chance explains, standard errors are widened by as much:
    cohorts that only differ make no trend.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like, shape (n_cohorts, ...)
        Counts of the group and of its reference, the earliest cohort first.
    times : array_like, shape (n_cohorts,)
        When each cohort was: years, or 0, 1, 2 ...
    confidence : float
        Level of the interval.

    Returns
    -------
    RatioTrend

    Raises
    ------
    StatisticError
        More passed than entered, fewer than two cohorts, or times that are not one for each.

    References
    ----------
    Grizzle, Starmer and Koch (1969), Biometrics 25, 489-504; Cochran (1954), Biometrics 10, 101-129; Birge
    (1932), Physical Review 40, 207-227, for the widening. Prior: Jeffreys (1946), Proc. R. Soc. A 186,
    453-461.

    Examples
    --------
    >>> found = ratio_trend(
    ...     [[40], [60], [80]], [[200]] * 3, [[400], [400], [400]], [[1000]] * 3, times=[0, 1, 2]
    ... )
    >>> print(f"{np.exp(found.slope[0]):.2f} a cohort, p {found.p_value[0]:.5f}")
    1.40 a cohort, p 0.00007
    """
    x, n, y, m = two_groups(passed, entered, ref_passed, ref_entered)
    when = np.asarray(times, np.float64)
    if when.shape != x.shape[:1] or len(when) < 2:
        raise StatisticError(
            f"times has shape {when.shape}, and passed is of {x.shape[0]} cohorts. A trend needs two cohorts "
            "or more, and one time for each."
        )
    told = (n > 0) & (m > 0)
    level = np.where(told, posterior_log_rate(x, n) - posterior_log_rate(y, m), 0.0)
    weight = np.where(told, 1.0 / (posterior_variance(x, n) + posterior_variance(y, m)), 0.0)
    t = when.reshape(-1, *[1] * (x.ndim - 1)) * np.ones_like(level)
    total = weight.sum(0)
    cohorts = told.sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_t, mean = (weight * t).sum(0) / total, (weight * level).sum(0) / total
        spread = (weight * (t - mean_t) ** 2).sum(0)
        slope = (weight * (t - mean_t) * level).sum(0) / spread
    possible = (cohorts >= 2) & (spread > 0)
    slope = np.where(possible, slope, np.nan)
    around = (weight * (level - mean) ** 2).sum(0)
    scatter = (weight * (level - mean - slope * (t - mean_t)) ** 2).sum(0)
    df = cohorts - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        widened = np.where(df > 0, np.maximum(1.0, scatter / np.maximum(df, 1)), 1.0)
        std_error = np.where(possible, np.sqrt(widened / spread), np.nan)
        p_value = 2 * ndtr(-np.abs(slope / std_error))
    reach = normal_quantile(confidence) * std_error
    ends = (np.where(told, t, np.inf).min(0), np.where(told, t, -np.inf).max(0))
    first, last = (np.where(possible, np.exp(mean + slope * (end - mean_t)), np.nan) for end in ends)
    return RatioTrend(
        slope=slope,
        std_error=std_error,
        low=slope - reach,
        high=slope + reach,
        p_value=p_value,
        first=first,
        last=last,
        heterogeneity=np.where(possible, around, np.nan),
        heterogeneity_df=np.maximum(cohorts - 1, 0),
        heterogeneity_p_value=np.where(possible, chdtrc(np.maximum(cohorts - 1, 1), around), np.nan),
        scatter=np.where(possible & (df > 0), scatter, np.nan),
        scatter_p_value=np.where(possible & (df > 0), chdtrc(np.maximum(df, 1), scatter), np.nan),
        cohorts=cohorts,
    )
