"""Counts against shares from elsewhere: a census, a national intake, last year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.contingency import chi_squared_p
from stepup_equity.statistics.inputs import passed_of, people
from stepup_equity.statistics.last_digits import settled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


@dataclass(frozen=True, eq=False, slots=True)
class GoodnessOfFit:
    """A test of counts against shares.

    Attributes
    ----------
    statistic, p_value : float
        Chi-squared and its upper tail; NaN without anyone, or with one category.
    df : int
        Categories with a share above 0, less one.
    expected : ndarray
        Shares × everyone.
    pearson, adjusted : ndarray
        Residuals (O - E)/√E, and divided by √(1 - share): beyond ±2 is worth a look. NaN where the share
        is 0.
    """

    statistic: float
    df: int
    p_value: float
    expected: Floats
    pearson: Floats
    adjusted: Floats


def goodness_of_fit(counts: ArrayLike, shares: ArrayLike) -> GoodnessOfFit:
    """Chi-squared test of counts against known shares.

    Known without error: a census, not a sample. To compare with another sample, test the two as a table.

    Parameters
    ----------
    counts : array_like, shape (n_groups,)
        People in each category.
    shares : array_like, shape (n_groups,)
        Shares of the benchmark; they add up to 1.

    Returns
    -------
    GoodnessOfFit
        A category with share 0 in which nobody is counted takes no part; with someone counted the statistic
        is infinite and p is 0.

    Raises
    ------
    StatisticError
        A count that is not a whole number, shares that are negative or don't add up to 1.

    References
    ----------
    Pearson (1900), Philosophical Magazine 50, 157-175.

    Examples
    --------
    Applicants by group against the workforce:

    >>> test = goodness_of_fit([1333, 132, 63, 226], [0.86, 0.018, 0.011, 0.111])
    >>> print(f"chi-squared {test.statistic:.1f}, df {test.df}")
    chi-squared 443.9, df 3
    """
    observed, share = people(counts, "counts"), np.asarray(shares, dtype=np.float64)
    if observed.ndim != 1 or share.shape != observed.shape:
        raise StatisticError(
            f"counts and shares must be two lists of one length, not {observed.shape} and {share.shape}."
        )
    if (share < 0).any() or abs(share.sum() - 1) > 1e-6:
        raise StatisticError(
            f"shares add up to {share.sum():.6g}; they must be 0 or more and add up to 1. "
            "Rounded shares may be divided by their sum first."
        )
    n = observed.sum()
    expected = n * share
    took_part = share > 0
    df = int(took_part.sum()) - 1
    with np.errstate(divide="ignore", invalid="ignore"):
        pearson = np.where(took_part, (observed - expected) / np.sqrt(expected), np.nan)
        adjusted = pearson / np.sqrt(1 - share)
    if n == 0 or df < 1:
        return GoodnessOfFit(np.nan, max(df, 0), np.nan, expected, pearson, adjusted)
    if observed[~took_part].any():
        return GoodnessOfFit(np.inf, df, 0.0, expected, pearson, adjusted)
    statistic = float(np.nansum(pearson**2))
    return GoodnessOfFit(statistic, df, float(chi_squared_p(statistic, df)), expected, pearson, adjusted)


def binomial_p(passed: ArrayLike, entered: ArrayLike, share: ArrayLike) -> Floats:
    """Exact two-sided binomial p of a count against a known share.

    Parameters
    ----------
    passed, entered : array_like
        Counts that broadcast.
    share : array_like
        The share that would hold, such as one group's share of a census.

    Returns
    -------
    ndarray
        Probability of every count no more likely than the one observed; NaN where nobody entered.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a share outside [0, 1].

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26, 404-413; `scipy.stats.binomtest`.

    Examples
    --------
    70 of 185 joiners against a share of 32.8 %:

    >>> print(f"{binomial_p(70, 185, 0.328):.3f}")
    0.158
    """
    from scipy.stats import binomtest

    x, n = passed_of(passed, entered)
    x, n, p = np.broadcast_arrays(x, n, np.asarray(share, dtype=np.float64))
    if ((p < 0) | (p > 1)).any():
        raise StatisticError(f"share={p[(p < 0) | (p > 1)].ravel()[0]:g} is not between 0 and 1.")
    result = np.full(x.shape, np.nan)
    for at in np.ndindex(x.shape):
        if n[at] > 0:
            result[at] = binomtest(int(x[at]), int(n[at]), float(p[at])).pvalue
    return settled(result)
