"""The hypergeometric distribution of a 2 × 2 table with its margins given, at any size.

`scipy.stats.hypergeom` adds up from logs of gamma functions; with counts of 10**9 those carry errors of 1e-6,
and its compiled tails stop at 32-bit counts. Here the point probability is Loader's saddle-point form and the
tail is summed outward from the observed table, so both keep their digits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats, Ints


_HALF_LOG_2PI = 0.5 * np.log(2 * np.pi)


def log_pmf(x: Floats, n1: Floats, n2: Floats, both: Floats) -> Floats:
    """Log probability that `x` of the `both` who passed belong to the first group.

    Parameters
    ----------
    x : ndarray
        Passed in group 1; within ``max(0, both - n2)`` and ``min(n1, both)``.
    n1, n2 : ndarray
        Sizes of the groups.
    both : ndarray
        Passed in the two groups together.

    Returns
    -------
    ndarray
        Absolute error about 1e-13 near the mean at any size.

    References
    ----------
    Loader (2000), Fast and accurate computation of binomial probabilities: the hypergeometric probability as
    two binomials over a third.

    Examples
    --------
    The lady tasting tea, three of four cups right:

    >>> import numpy as np
    >>> four = np.array([4.0])
    >>> print(f"{np.exp(log_pmf(np.array([3.0]), four, four, four))[0]:.6f}")
    0.228571
    """
    everyone = n1 + n2
    return (
        _log_binomial(x, n1, both, everyone)
        + _log_binomial(both - x, n2, both, everyone)
        - _log_binomial(both, everyone, both, everyone)
    )


def log_choose(n: Floats | float, x: Floats | Ints | float) -> Floats:
    """Log number of ways to choose x of n."""
    return np.asarray(gammaln(n + 1.0) - gammaln(x + 1.0) - gammaln(n - x + 1.0))


def upper_tail(x: Floats, n1: Floats, n2: Floats, both: Floats) -> tuple[Floats, Floats]:
    """P(X >= x) and P(X = x), summed outward from x; meant for x at or above the mean.

    Parameters
    ----------
    x, n1, n2, both : ndarray, shape (n_tables,)
        As in `log_pmf`.

    Returns
    -------
    tuple of ndarray
        The tail with the observed table in it, and the observed table alone.

    Notes
    -----
    Each table is ``(n1 - j)(both - j) / ((j + 1)(n2 - both + j + 1))`` times as likely as the one before. The
    sum stops where the rest, bounded by a geometric series, is below the last digit.

    Examples
    --------
    >>> import numpy as np
    >>> four = np.array([4.0])
    >>> tail, point = upper_tail(np.array([3.0]), four, four, four)
    >>> print(f"{tail[0]:.6f} {point[0]:.6f}")
    0.242857 0.228571
    """
    point = np.exp(log_pmf(x, n1, n2, both))
    total = np.ones(x.shape)
    term = np.ones(x.shape)
    at = x.astype(np.float64)
    active = np.flatnonzero(x < np.minimum(n1, both))
    while active.size:
        width = int(np.clip(65536 // active.size, 64, 8192)) if active.size < 512 else 64
        j = at[active, None] + np.arange(width)
        m, k, t = n1[active, None], n2[active, None], both[active, None]
        ratios = np.maximum(m - j, 0.0) * np.maximum(t - j, 0.0) / ((j + 1) * (k - t + j + 1))
        terms = term[active, None] * np.cumprod(ratios, axis=1)
        total[active] += terms.sum(axis=1)
        term[active] = terms[:, -1]
        at[active] += width
        last = ratios[:, -1]
        with np.errstate(divide="ignore", invalid="ignore"):
            rest = np.where(last < 1, terms[:, -1] * last / (1 - last), np.inf)
        active = active[~((terms[:, -1] == 0) | (rest < 1e-17 * total[active]))]
    return point * total, point


def _log_binomial(x: Floats, n: Floats, part: Floats, whole: Floats) -> Floats:
    """Log binomial probability of x of n with success rate part / whole (Loader's saddle-point form)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, other = n * part / whole, n * (whole - part) / whole
        failed = n - x
        inside = (
            _stirling_error(n)
            - _stirling_error(x)
            - _stirling_error(failed)
            - _deviance(x, mean)
            - _deviance(failed, other)
            + 0.5 * (np.log(n) - np.log(x) - np.log(failed))
            - _HALF_LOG_2PI
        )
        none = np.where(n == 0, 0.0, n * np.log1p(-part / whole))
        everyone = np.where(n == 0, 0.0, n * np.log1p((part - whole) / whole))
    return np.where(x == 0, none, np.where(failed == 0, everyone, inside))


def _deviance(x: Floats, mean: Floats) -> Floats:
    """``x log(x/mean) - x + mean`` without cancellation near the mean."""
    excess = (x - mean) / mean
    return np.asarray(mean * ((1 + excess) * np.log1p(excess) - excess))


def _stirling_error(n: Floats) -> Floats:
    """``log n!`` minus Stirling's formula; from the series above 15, from log gamma below."""
    small = np.clip(n, 1, 16)
    direct = gammaln(small + 1) - (small + 0.5) * np.log(small) + small - _HALF_LOG_2PI
    square = np.square(np.maximum(n, 16))
    series = (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / (
        np.maximum(n, 16)
    )
    return np.asarray(np.where(n < 16, direct, series))
