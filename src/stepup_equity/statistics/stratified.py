"""One comparison across strata: regions, partnerships, assessment centres, cohorts.

Tables are ``(..., n_strata, 2, 2)``: group first, reference second; passed first, not passed second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.contingency import chi_squared_p
from stepup_equity.statistics.inputs import normal_quantile, people
from stepup_equity.statistics.last_digits import settled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Floats


_RANK = 1e-9
"""Eigenvalues below this, of correlations, are groups that meet in no stratum."""


@dataclass(frozen=True, eq=False, slots=True)
class StratifiedTest:
    """A test over strata.

    Attributes
    ----------
    statistic, p_value : ndarray
        Chi-squared and its upper tail; NaN where no stratum can tell.
    df : ndarray of int
        Degrees of freedom.
    """

    statistic: Floats
    df: NDArray[np.int64]
    p_value: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Pooled:
    """One estimate for all strata.

    Attributes
    ----------
    estimate, low, high : ndarray
        NaN where no stratum can tell; limits NaN where the standard error is not defined.
    std_error : ndarray
        Of the log for ratios and odds ratios, of the difference for differences.
    """

    estimate: Floats
    low: Floats
    high: Floats
    std_error: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Homogeneity:
    """Whether the odds ratio is the same in every stratum.

    Attributes
    ----------
    odds_ratio : ndarray
        The Mantel-Haenszel odds ratio it is tested at.
    breslow_day, tarone : ndarray
        The statistic, and with Tarone's correction; quote the second.
    df : ndarray of int
        Strata that can tell, less one.
    p_breslow_day, p_tarone : ndarray
        Upper tails; NaN with fewer than two such strata or an odds ratio of 0 or infinity.
    """

    odds_ratio: Floats
    breslow_day: Floats
    tarone: Floats
    df: NDArray[np.int64]
    p_breslow_day: Floats
    p_tarone: Floats


def cmh(tables: ArrayLike, *, correction: bool = False) -> StratifiedTest:
    """Cochran-Mantel-Haenszel test of a group against its reference with strata held equal.

    Parameters
    ----------
    tables : array_like, shape (..., n_strata, 2, 2)
        Counts; strata in which a whole row or column is empty add nothing.
    correction : bool
        Continuity correction of 0.5, capped as in R.

    Returns
    -------
    StratifiedTest
        With one stratum the statistic is (N - 1)/N times Pearson's chi-squared.

    Raises
    ------
    StatisticError
        A negative or fractional count, or another shape.

    References
    ----------
    Cochran (1954), Biometrics 10, 417-451; Mantel & Haenszel (1959), J. Natl Cancer Inst. 22, 719-748.

    Examples
    --------
    >>> test = cmh([[[0, 5], [2, 3]], [[1, 4], [3, 2]], [[2, 1], [4, 1]]])
    >>> print(f"{test.statistic:.3f}, p {test.p_value:.3f}")
    3.346, p 0.067
    """
    a, b, c, d = _cells(tables)
    n, n1, n2, passed = a + b + c + d, a + b, c + d, a + c
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.where(n > 0, n1 * (passed / n), 0.0)
        variance = np.where(n > 1, (n1 / n) * (n2 / n) * passed * ((b + d) / (n - 1)), 0.0)
        gap = np.abs(np.sum(a - expected, axis=-1))
        if correction:
            gap = np.where(gap >= 0.5, gap - 0.5, gap)
        statistic = gap**2 / variance.sum(axis=-1)
    df = np.asarray((variance.sum(axis=-1) > 0).astype(np.int64))
    return _tested(np.where(df > 0, statistic, np.nan), df)


def cmh_general(tables: ArrayLike) -> StratifiedTest:
    """Generalised Cochran-Mantel-Haenszel test: any groups, any outcomes, over strata.

    The stratified chi-squared: all ethnic groups by passed or not, region held equal.

    Parameters
    ----------
    tables : array_like, shape (..., n_strata, r, c)
        Counts.

    Returns
    -------
    StratifiedTest
        df is (r - 1)(c - 1), less what no stratum can compare.

    Raises
    ------
    StatisticError
        A negative or fractional count, or fewer than three axes.

    References
    ----------
    Landis, Heyman & Koch (1978), International Statistical Review 46, 237-254: general association.

    Examples
    --------
    One stratum is (N - 1)/N times chi-squared:

    >>> test = cmh_general([[[75, 828], [80, 599], [2, 51]]])
    >>> print(f"{test.statistic:.3f}, df {test.df}")
    7.535, df 2
    """
    counts = people(tables, "tables")
    if counts.ndim < 3:
        raise StatisticError(f"tables has shape {counts.shape}; it needs strata by groups by outcomes.")
    lead = counts.shape[:-3]
    statistic, df = np.full(lead, np.nan), np.zeros(lead, dtype=np.int64)
    for at in np.ndindex(lead):
        statistic[at], df[at] = _general_association(counts[at])
    return _tested(statistic, df)


def mh_odds_ratio(tables: ArrayLike, *, confidence: float = 0.95) -> Pooled:
    """Mantel-Haenszel odds ratio over strata.

    Parameters
    ----------
    tables : array_like, shape (..., n_strata, 2, 2)
        Counts.
    confidence : float
        Level of the interval.

    Returns
    -------
    Pooled
        ``std_error`` of the log odds ratio.

    Raises
    ------
    StatisticError
        A negative or fractional count, another shape, a confidence outside (0, 1).

    References
    ----------
    Mantel & Haenszel (1959); Robins, Breslow & Greenland (1986), Biometrics 42, 311-323, for the error.

    Examples
    --------
    >>> pooled = mh_odds_ratio([[[0, 5], [2, 3]], [[1, 4], [3, 2]], [[2, 1], [4, 1]]])
    >>> print(f"{pooled.estimate:.3f}")
    0.167
    """
    a, b, c, d = _cells(tables)
    with np.errstate(divide="ignore", invalid="ignore"):
        n = np.where(a + b + c + d > 0, a + b + c + d, np.nan)
        along, across = a * (d / n), b * (c / n)
        p, q = (a + d) / n, (b + c) / n
        r, s = np.nansum(along, axis=-1), np.nansum(across, axis=-1)
        variance = (
            np.nansum(p * along, axis=-1) / (2 * r * r)
            + np.nansum(p * across + q * along, axis=-1) / (2 * r * s)
            + np.nansum(q * across, axis=-1) / (2 * s * s)
        )
        return _log_pooled(r / s, variance, confidence)


def mh_risk_ratio(tables: ArrayLike, *, confidence: float = 0.95) -> Pooled:
    """Mantel-Haenszel impact ratio over strata.

    The stratified counterpart of the impact ratio; beside the pooled one it shows whether where people
    applied explains a gap.

    Parameters
    ----------
    tables : array_like, shape (..., n_strata, 2, 2)
        Counts.
    confidence : float
        Level of the interval.

    Returns
    -------
    Pooled
        ``std_error`` of the log ratio.

    Raises
    ------
    StatisticError
        A negative or fractional count, another shape, a confidence outside (0, 1).

    References
    ----------
    Greenland & Robins (1985), Biometrics 41, 55-68.

    Examples
    --------
    >>> pooled = mh_risk_ratio([[[0, 5], [2, 3]], [[1, 4], [3, 2]], [[2, 1], [4, 1]]])
    >>> print(f"{pooled.estimate:.3f} ({pooled.low:.3f} to {pooled.high:.3f})")
    0.438 (0.171 to 1.119)
    """
    a, b, c, d = _cells(tables)
    n1, n2, n = a + b, c + d, a + b + c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where((n1 > 0) & (n2 > 0), 1 / n, 0.0)
        top, bottom = (a * n2 * weight).sum(-1), (c * n1 * weight).sum(-1)
        spread = ((n1 * n2 * (a + c) - a * c * n) * weight**2).sum(-1)
        return _log_pooled(top / bottom, spread / (top * bottom), confidence)


def mh_risk_difference(tables: ArrayLike, *, confidence: float = 0.95) -> Pooled:
    """Mantel-Haenszel rate difference over strata.

    Parameters
    ----------
    tables : array_like, shape (..., n_strata, 2, 2)
        Counts.
    confidence : float
        Level of the interval.

    Returns
    -------
    Pooled
        ``std_error`` of the difference.

    Raises
    ------
    StatisticError
        A negative or fractional count, another shape, a confidence outside (0, 1).

    References
    ----------
    Greenland & Robins (1985), Biometrics 41, 55-68; Sato (1989), Biometrics 45, 1323-1324, for the error.

    Examples
    --------
    >>> pooled = mh_risk_difference([[[0, 5], [2, 3]], [[1, 4], [3, 2]], [[2, 1], [4, 1]]])
    >>> print(f"{pooled.estimate:.3f}")
    -0.327
    """
    a, b, c, d = _cells(tables)
    n1, n2, n = a + b, c + d, a + b + c + d
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where((n1 > 0) & (n2 > 0), 1 / n, 0.0)
        base = (n1 * n2 * weight).sum(-1)
        estimate = ((a * n2 - c * n1) * weight).sum(-1) / base
        p = ((n1**2 * c - n2**2 * a + n1 * n2 * (n2 - n1) / 2) * weight**2).sum(-1)
        q = ((a * (n2 - c) + c * (n1 - a)) * weight).sum(-1) / 2
        error = np.sqrt((estimate * p + q) / base**2)
    error = np.where(error > 0, error, np.nan)
    z = normal_quantile(confidence)
    return Pooled(
        estimate, np.maximum(estimate - z * error, -1.0), np.minimum(estimate + z * error, 1.0), error
    )


def breslow_day(tables: ArrayLike) -> Homogeneity:
    """Breslow-Day test, with Tarone's correction, that the odds ratio is the same in every stratum.

    Look here before quoting one pooled figure: where it is evident, the gap differs between strata.

    Parameters
    ----------
    tables : array_like, shape (..., n_strata, 2, 2)
        Counts; strata in which a whole row or column is empty take no part.

    Returns
    -------
    Homogeneity
        Both forms of the statistic.

    Raises
    ------
    StatisticError
        A negative or fractional count, or another shape.

    References
    ----------
    Breslow & Day (1980), Statistical Methods in Cancer Research I, section 4.4; Tarone (1985), Biometrika 72,
    91-95.

    Examples
    --------
    >>> test = breslow_day([[[0, 5], [2, 3]], [[1, 4], [3, 2]], [[2, 1], [4, 1]]])
    >>> print(f"{test.tarone:.3f}, df {test.df}, p {test.p_tarone:.2f}")
    0.985, df 2, p 0.61
    """
    a, b, c, d = _cells(tables)
    n1, n2, passed = a + b, c + d, a + c
    told = (n1 > 0) & (n2 > 0) & (passed > 0) & (b + d > 0)
    ratio = mh_odds_ratio(tables).estimate
    psi = np.where(np.isfinite(ratio) & (ratio > 0), ratio, np.nan)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        fitted = fitted_under(psi, n1, n2, passed)
        variance = 1 / (1 / fitted + 1 / (n1 - fitted) + 1 / (passed - fitted) + 1 / (n2 - passed + fitted))
        gap, variance = np.where(told, a - fitted, 0.0), np.where(told, variance, 0.0)
        statistic = np.where(told, gap**2 / np.where(told, variance, 1.0), 0.0).sum(-1)
        tarone = statistic - gap.sum(-1) ** 2 / variance.sum(-1)
    df = np.asarray(np.maximum(told.sum(-1) - 1, 0))
    plain, corrected = _tested(statistic, df), _tested(np.maximum(tarone, 0.0), df)
    return Homogeneity(ratio, plain.statistic, corrected.statistic, df, plain.p_value, corrected.p_value)


def _cells(tables: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    counts = people(tables, "tables")
    if counts.ndim < 3 or counts.shape[-2:] != (2, 2):
        raise StatisticError(
            f"tables has shape {counts.shape}; it needs strata by two groups by two outcomes."
        )
    return counts[..., 0, 0], counts[..., 0, 1], counts[..., 1, 0], counts[..., 1, 1]


def fitted_under(ratio: Floats | float, n1: Floats, n2: Floats, passed: Floats) -> Floats:
    """How many of the group pass in the table of these margins that has this odds ratio."""
    with np.errstate(divide="ignore", invalid="ignore"):
        linear = n2 - passed + ratio * (n1 + passed)
        root = np.sqrt(linear**2 + 4 * (1 - ratio) * ratio * n1 * passed)
        return np.where(
            linear >= 0, 2 * ratio * n1 * passed / (linear + root), (root - linear) / (2 * (1 - ratio))
        )


def _tested(statistic: Floats, df: NDArray[np.int64]) -> StratifiedTest:
    p = np.full(statistic.shape, np.nan)
    made = (df > 0) & np.isfinite(statistic)
    p[made] = chi_squared_p(statistic[made], df[made])
    return StratifiedTest(np.where(made, statistic, np.nan), df, p)


def _log_pooled(ratio: Floats, variance: Floats, confidence: float) -> Pooled:
    """Interval on the log scale; no limits where the ratio is 0 or infinite, or its variance 0."""
    z = normal_quantile(confidence)
    with np.errstate(invalid="ignore", over="ignore"):
        error = np.sqrt(variance)
        error = np.where((ratio > 0) & np.isfinite(ratio) & (variance > 0), error, np.nan)
        spread = np.exp(z * error)
        return Pooled(settled(ratio), ratio / spread, ratio * spread, error)


def _general_association(tables: Floats) -> tuple[float, int]:
    """Quadratic form of the summed deviations, last row and column left out."""
    tables = tables[tables.sum(axis=(1, 2)) > 1]
    if tables.shape[0] == 0:
        return np.nan, 0
    gap: Floats = np.zeros((tables.shape[1] - 1) * (tables.shape[2] - 1))
    covariance: Floats = np.zeros((gap.size, gap.size))
    for table in tables:
        n = table.sum()
        rows, columns = table.sum(axis=1) / n, table.sum(axis=0) / n
        gap = gap + (table - n * np.outer(rows, columns))[:-1, :-1].ravel()
        of_rows = (np.diag(rows) - np.outer(rows, rows))[:-1, :-1]
        of_columns = (np.diag(columns) - np.outer(columns, columns))[:-1, :-1]
        covariance = covariance + n * n / (n - 1) * np.kron(of_rows, of_columns)
    spread = np.sqrt(np.diag(covariance))
    told = spread > 0
    if not told.any():
        return np.nan, 0
    scaled = gap[told] / spread[told]
    correlation = covariance[np.ix_(told, told)] / np.outer(spread[told], spread[told])
    rank = int(np.linalg.matrix_rank(correlation, tol=_RANK, hermitian=True))
    return float(scaled @ np.linalg.pinv(correlation, rcond=_RANK, hermitian=True) @ scaled), rank
