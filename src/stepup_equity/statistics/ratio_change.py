"""Whether an impact ratio changed: the ratio of two ratios, its interval and test; many groups at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import chdtrc, ndtr, xlogy

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import normal_quantile, passed_of, two_groups
from stepup_equity.statistics.proportions import posterior_log_rate, posterior_variance
from stepup_equity.statistics.ratios import constrained_rates
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Floats, Strings


_Cells = tuple["Floats", "Floats", "Floats", "Floats"]
"""Passed and entered of a group, and of its reference, in one cohort."""

_FURTHEST: Final = 40.0
"""Log ratios beyond this are as good as infinite."""


@dataclass(frozen=True, eq=False, slots=True)
class RatioChange:
    """A ratio of impact ratios, later over earlier.

    Attributes
    ----------
    estimate, low, high : ndarray
        Above 1: the group did better against its reference later. NaN where either impact ratio is not
        defined, or both are 0.
    p_value : ndarray
        Of no change.
    method : ndarray of str
        ``"likelihood ratio"`` or ``"posterior"``; empty where there is no test.
    std_error : ndarray
        Of the log of the estimate, posterior: finite where nobody passed.
    """

    estimate: Floats
    low: Floats
    high: Floats
    p_value: Floats
    method: Strings
    std_error: Floats


def change_of_ratio(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
    likelihood_from: float = 5.0,
) -> RatioChange:
    """Ratio of the impact ratios of two cohorts, with profile-likelihood interval and test.

    Two impact ratios, each with its interval, do not answer whether they differ: their intervals may overlap
    while the change is evident. The interval and the likelihood-ratio test come from the same likelihood of
    four binomials, so p < 0.05 exactly where the 95 % interval leaves out 1. In small cells that test finds
    changes too often; the p-value is then that of the posterior mean of the log ratio over its standard
    deviation, under Jeffreys' prior for each rate, which is cautious, and the interval is that of the same
    posterior, stretched to hold the estimate. Either way interval and p-value agree.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like, shape (2, ...)
        Counts of the group and of its reference, the earlier cohort first.
    confidence : float
        Level of the interval.
    likelihood_from : float
        The likelihood-ratio test is used where all eight counts expected under one common ratio are at least
        this.

    Returns
    -------
    RatioChange

    Raises
    ------
    StatisticError
        More passed than entered, counts that are no whole numbers, or a first axis that is not of length 2.

    References
    ----------
    Constrained rates: Miettinen and Nurminen (1985), Stat. Med. 4, 213-226. Profile likelihood: Venzon and
    Moolgavkar (1988), Applied Statistics 37, 87-94. Prior: Jeffreys (1946), Proc. R. Soc. A 186, 453-461.

    Examples
    --------
    26 of 130 against 630 of 1,300 passed, two years later 50 of 130 against 640 of 1,300:

    >>> change = change_of_ratio([[26], [50]], [[130], [130]], [[630], [640]], [[1300], [1300]])
    >>> print(f"{change.estimate[0]:.2f} ({change.low[0]:.2f} to {change.high[0]:.2f})")
    1.89 (1.27 to 2.92)
    """
    x, n, y, m = two_groups(passed, entered, ref_passed, ref_entered)
    if x.ndim < 1 or x.shape[0] != 2:
        raise StatisticError(f"passed has shape {x.shape}; its first axis holds two cohorts.")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(y > 0, (x / n) / (y / m), np.nan)
        estimate = ratio[1] / ratio[0]
    known = ~np.isnan(estimate)
    shape = estimate.shape
    earlier, later = ((x[i][known], n[i][known], y[i][known], m[i][known]) for i in (0, 1))
    low, high, p_value = (np.full(shape, np.nan) for _ in range(3))
    method = np.full(shape, "", dtype="<U16")
    std_error = _posterior_error(x, n, y, m)
    if known.any():
        low[known], high[known] = _limits(earlier, later, estimate[known], normal_quantile(confidence) ** 2)
        none = np.zeros(int(known.sum()))
        common = _common_ratio(earlier, later, none)
        by_likelihood = _smallest_expected(earlier, later, common) >= likelihood_from
        deviance = _deviance(earlier, later, none, common)
        of_posterior = _posterior_limits(x, n, y, m, std_error, normal_quantile(confidence))
        low[known], high[known] = (
            np.where(by_likelihood, own[known], other(far[known], estimate[known]))
            for own, far, other in zip((low, high), of_posterior, (np.minimum, np.maximum), strict=True)
        )
        p_value[known] = np.where(
            by_likelihood, chdtrc(1.0, deviance), _posterior_p(x, n, y, m, std_error)[known]
        )
        method[known] = np.where(by_likelihood, "likelihood ratio", "posterior")
    return RatioChange(estimate, low, high, p_value, method, std_error)


def _posterior_error(x: Floats, n: Floats, y: Floats, m: Floats) -> Floats:
    variance = (posterior_variance(x, n) + posterior_variance(y, m)).sum(axis=0)
    return np.where(((n > 0) & (m > 0)).all(axis=0), np.sqrt(variance), np.nan)


def _posterior_limits(
    x: Floats, n: Floats, y: Floats, m: Floats, std_error: Floats, z: float
) -> tuple[Floats, Floats]:
    mean = _posterior_mean(x, n, y, m)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.exp(mean - z * std_error), np.exp(mean + z * std_error)


def _posterior_p(x: Floats, n: Floats, y: Floats, m: Floats, std_error: Floats) -> Floats:
    return np.asarray(2 * ndtr(-np.abs(_posterior_mean(x, n, y, m)) / std_error))


def _posterior_mean(x: Floats, n: Floats, y: Floats, m: Floats) -> Floats:
    log_ratio = posterior_log_rate(x, n) - posterior_log_rate(y, m)
    return np.asarray(log_ratio[1] - log_ratio[0])


def _rates(log_ratio: Floats, cells: _Cells) -> tuple[Floats, Floats, Floats, Floats, NDArray[np.bool_]]:
    """Most likely rates under a ratio: the group's, 1 less it, the reference's, 1 less it; and the order."""
    x, n, y, m = cells
    swap = log_ratio > 0
    small = np.where(swap, y, x), np.where(swap, m, n)
    large = np.where(swap, x, y), np.where(swap, n, m)
    p1, q1, p2, q2 = constrained_rates(-np.abs(log_ratio), *small, *large)
    return (
        np.where(swap, p2, p1), np.where(swap, q2, q1), np.where(swap, p1, p2), np.where(swap, q1, q2), swap
    )  # fmt: skip


def _slope(log_ratio: Floats, cells: _Cells) -> Floats:
    """Derivative of the log likelihood, maximised over the rates, by the log ratio."""
    x, n, y, m = cells
    p, q, r, s, swap = _rates(log_ratio, cells)
    with np.errstate(divide="ignore", invalid="ignore"):
        up, down = (x - n * p) / q, -(y - m * r) / s
    slope = np.where(swap, down, up)
    return np.where(np.isfinite(slope), slope, 0.0)


def _common_ratio(earlier: _Cells, later: _Cells, change: Floats) -> Floats:
    """The earlier log ratio that is most likely when the later one differs from it by `change`.

    The likelihood of a log-binomial model is concave, so the slope falls and has one root.
    """

    def slope(log_ratio: Floats) -> Floats:
        return _slope(log_ratio, earlier) + _slope(log_ratio + change, later)

    # each cohort alone would have its own ratio; the most likely common one lies between the two
    own, moved = _log_ratio(earlier), _log_ratio(later) - change
    low, high = np.minimum(own, moved), np.maximum(own, moved)
    at_low, at_high = slope(low), slope(high)
    # at the maximum the likelihood is flat: an error of 1e-9 here moves the deviance by some 1e-16
    root = bracketed_roots(slope, low, high, at_low=at_low, at_high=at_high, rounds=36)
    return np.where(at_low <= 0, low, np.where(at_high >= 0, high, root))


def _log_ratio(cells: _Cells) -> Floats:
    """The observed log ratio, within what counts as finite."""
    x, n, y, m = cells
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip(np.log(x / n) - np.log(y / m), -_FURTHEST, _FURTHEST))


def _log_likelihood(log_ratio: Floats, cells: _Cells) -> Floats:
    x, n, y, m = cells
    p, q, r, s, _ = _rates(log_ratio, cells)
    return np.asarray(xlogy(x, p) + xlogy(n - x, q) + xlogy(y, r) + xlogy(m - y, s))


def _free_log_likelihood(cells: _Cells) -> Floats:
    x, n, y, m = cells
    return np.asarray(
        xlogy(x, x / n) + xlogy(n - x, (n - x) / n) + xlogy(y, y / m) + xlogy(m - y, (m - y) / m)
    )


def _deviance(earlier: _Cells, later: _Cells, change: Floats, common: Floats) -> Floats:
    free = _free_log_likelihood(earlier) + _free_log_likelihood(later)
    bound = _log_likelihood(common, earlier) + _log_likelihood(common + change, later)
    return np.maximum(2 * (free - bound), 0.0)


def _smallest_expected(earlier: _Cells, later: _Cells, common: Floats) -> Floats:
    least = np.full(common.shape, np.inf)
    for cells in (earlier, later):
        p, q, r, s, _ = _rates(common, cells)
        for expected in (cells[1] * p, cells[1] * q, cells[3] * r, cells[3] * s):
            least = np.minimum(least, expected)
    return least


def _limits(earlier: _Cells, later: _Cells, estimate: Floats, critical: float) -> tuple[Floats, Floats]:
    """Changes at which the deviance reaches its critical value, on both sides of the estimate."""

    def excess(change: Floats) -> Floats:
        return _deviance(earlier, later, change, _common_ratio(earlier, later, change)) - critical

    with np.errstate(divide="ignore"):
        centre = np.clip(np.log(estimate), -_FURTHEST, _FURTHEST)
    limits = []
    for side in (-1.0, 1.0):
        end = np.full(centre.shape, side * 2 * _FURTHEST)
        at_end, at_centre = excess(end), excess(centre)
        inside = at_end <= 0  # no change on this side is too far: the interval is open
        root = bracketed_roots(
            excess,
            np.minimum(centre, end),
            np.maximum(centre, end),
            at_low=np.where(side < 0, at_end, at_centre),
            at_high=np.where(side < 0, at_centre, at_end),
            rounds=48,
        )
        limits.append(np.where(inside, 0.0 if side < 0 else np.inf, np.exp(root)))
    return np.minimum(limits[0], estimate), np.maximum(limits[1], estimate)


@dataclass(frozen=True, slots=True)
class ChangeTest:
    """A test of many changes at once.

    Attributes
    ----------
    statistic, p_value : float
        NaN where nothing is left to compare.
    df : int
    """

    statistic: float
    df: int
    p_value: float


def _log_changes(passed: ArrayLike, entered: ArrayLike) -> tuple[Floats, Floats]:
    """Change of the log rate of each group, and its weight: 0 where a group is missing from a cohort."""
    x, n = passed_of(passed, entered)
    if x.ndim < 2 or x.shape[0] != 2:
        raise StatisticError(
            f"passed has shape {x.shape}; its first axis holds two cohorts, the next groups."
        )
    there = (n > 0).all(axis=0)
    log_rate = posterior_log_rate(x, n)
    variance = posterior_variance(x, n).sum(axis=0)
    weight = np.where(there, 1.0 / np.where(there, variance, 1.0), 0.0)
    return np.where(there, log_rate[1] - log_rate[0], 0.0), weight


def change_of_groups(passed: ArrayLike, entered: ArrayLike) -> ChangeTest:
    """Whether the groups' pass rates changed alike between two cohorts at one gate (cohort × group).

    Where they did, every impact ratio stayed what it was, whichever group is the reference.

    Parameters
    ----------
    passed, entered : array_like, shape (2, n_groups)
        Counts of every group, the earlier cohort first.

    Returns
    -------
    ChangeTest
        Cochran's Q of the changes of log rates, with posterior means and variances under Jeffreys' prior, so
        that a group in which nobody passed has its say; df is one less than the groups met in both cohorts.

    Raises
    ------
    StatisticError
        More passed than entered, or a first axis that is not of length 2.

    References
    ----------
    Cochran (1954), Biometrics 10, 101-129. Prior: Jeffreys (1946), Proc. R. Soc. A 186, 453-461.

    Examples
    --------
    >>> test = change_of_groups([[26, 630], [50, 640]], [[130, 1300], [130, 1300]])
    >>> print(f"Q {test.statistic:.2f}, df {test.df}, p {test.p_value:.4f}")
    Q 9.10, df 1, p 0.0026
    """
    change, weight = _log_changes(passed, entered)
    if change.ndim != 1:
        raise StatisticError(f"passed has {change.ndim + 1} axes; one gate has two: cohorts and groups.")
    df = int((weight > 0).sum()) - 1
    if df < 1:
        return ChangeTest(np.nan, max(df, 0), np.nan)
    mean = (weight * change).sum() / weight.sum()
    statistic = float((weight * (change - mean) ** 2).sum())
    return ChangeTest(statistic, df, float(chdtrc(df, statistic)))


def change_between_gates(passed: ArrayLike, entered: ArrayLike) -> ChangeTest:
    """Whether the groups' changes are the same at every gate (cohort × group × gate).

    A change of the whole process shows at every gate alike; one that was made at one gate does not.

    Parameters
    ----------
    passed, entered : array_like, shape (2, n_groups, n_gates)
        Counts of every group at every gate, the earlier cohort first.

    Returns
    -------
    ChangeTest
        Weighted residual sum of squares of log-rate changes around a change for each gate and one for each
        group; df is what the cells met in both cohorts leave.

    Raises
    ------
    StatisticError
        More passed than entered, or not three axes.

    References
    ----------
    Grizzle, Starmer and Koch (1969), Biometrics 25, 489-504 (weighted least squares of log rates); prior as
    in `change_of_groups`.

    Examples
    --------
    >>> test = change_between_gates(
    ...     [[[26, 13], [630, 315]], [[50, 25], [640, 320]]],
    ...     [[[130, 26], [1300, 630]], [[130, 50], [1300, 640]]],
    ... )
    >>> print(f"{test.statistic:.2f}, df {test.df}, p {test.p_value:.3f}")
    3.69, df 1, p 0.055
    """
    change, weight = _log_changes(passed, entered)
    if change.ndim != 2:
        raise StatisticError(f"passed has {change.ndim + 1} axes; it needs cohorts, groups and gates.")
    groups, gates = change.shape
    root = np.sqrt(weight).ravel()
    by_group = np.repeat(np.eye(groups), gates, axis=0)[:, 1:]
    by_gate = np.tile(np.eye(gates), (groups, 1))
    design = np.hstack([by_gate, by_group]) * root[:, None]
    outcome = change.ravel() * root
    coefficients, _, rank, _ = np.linalg.lstsq(design, outcome, rcond=None)
    df = int((weight > 0).sum()) - int(rank)
    if df < 1:
        return ChangeTest(np.nan, max(df, 0), np.nan)
    statistic = float(((outcome - design @ coefficients) ** 2).sum())
    return ChangeTest(statistic, df, float(chdtrc(df, statistic)))
