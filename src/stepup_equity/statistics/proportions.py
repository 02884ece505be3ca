"""Rates of one group: how many of those who entered passed, and how sure we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import betainccinv, betaincinv, digamma, zeta

from stepup_equity.statistics.inputs import normal_quantile, passed_of
from stepup_equity.statistics.intervals import Interval, around

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


def wilson_interval(passed: ArrayLike, entered: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Selection rates with Wilson's score interval.

    The default for a rate: it keeps its promised coverage on average at every size, never leaves [0, 1] and
    is never of zero width, where the textbook (Wald) interval of 0 of 10 is "0 to 0". Clopper-Pearson never
    covers too little but is wider than it need be.

    Parameters
    ----------
    passed, entered : array_like
        Counts that broadcast; ``(n_groups,)`` or ``(n_groups, n_gates)`` as a rule.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        ``estimate`` is passed / entered. NaN throughout where nobody entered. The lower limit is exactly 0
        where nobody passed and the upper exactly 1 where everyone did.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212. The limits are the roots of
    ``(n + z²)p² - (2x + z²)p + x²/n = 0``; the lower one is taken from the product of the roots, which loses
    no digits.

    Examples
    --------
    Seven of twenty passed:

    >>> ci = wilson_interval([7], [20])
    >>> print(f"{ci.estimate[0]:.3f} ({ci.low[0]:.4f} to {ci.high[0]:.4f})")
    0.350 (0.1812 to 0.5671)
    """
    x, n = passed_of(passed, entered)
    z = normal_quantile(confidence)
    failed = n - x
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = x / n
        half = z * np.sqrt(x * (failed / n) + z * z / 4) + z * z / 2
        low = estimate * (x / (x + half))
        mirrored_low = (failed / n) * (failed / (failed + half))
        high = np.where(x <= failed, (x + half) / (n + z * z), 1 - mirrored_low)
        high = np.minimum(np.maximum(high, estimate), 1.0)
    return Interval(estimate, low, high)


def clopper_pearson_interval(passed: ArrayLike, entered: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Selection rates with the exact (Clopper-Pearson) interval.

    Covers at least as often as it says, at every rate; the price is width. Wilson's interval is the default;
    ask for this one where "at least 95 %" has to be literally true.

    Parameters
    ----------
    passed, entered : array_like
        Counts that broadcast.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        NaN throughout where nobody entered; 0 and 1 exactly at 0 of n and n of n.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26, 404-413, as quantiles of the beta distribution.

    Examples
    --------
    Nobody of 132 passed; the rate may still be up to 2.8 %:

    >>> ci = clopper_pearson_interval([0], [132])
    >>> print(f"{ci.low[0]:.3f} to {ci.high[0]:.3f}")
    0.000 to 0.028
    """
    x, n = passed_of(passed, entered)
    normal_quantile(confidence)
    return _beta_interval(x, n, (1 - confidence) / 2, low_shape=0.0, high_shape=1.0)


def jeffreys_interval(passed: ArrayLike, entered: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Selection rates with the Jeffreys interval, the middle of the Beta(x + ½, n - x + ½) posterior.

    Close to Wilson's in coverage; used where a posterior is wanted, as in the split of a gap with zero cells.

    Parameters
    ----------
    passed, entered : array_like
        Counts that broadcast.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        NaN throughout where nobody entered. The lower limit is 0 at 0 of n and the upper 1 at n of n
        (Brown, Cai & DasGupta); the raw quantiles there would leave out the estimate.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Brown, Cai & DasGupta (2001), Statistical Science 16, 101-133, section 3.1.2.

    Examples
    --------
    >>> ci = jeffreys_interval([5], [10])
    >>> print(f"{ci.low[0]:.3f} to {ci.high[0]:.3f}")
    0.224 to 0.776
    """
    x, n = passed_of(passed, entered)
    normal_quantile(confidence)
    return _beta_interval(x, n, (1 - confidence) / 2, low_shape=0.5, high_shape=0.5)


def posterior_log_rate(x: Floats, n: Floats) -> Floats:
    """Mean of the log rate under Jeffreys' Beta(1/2, 1/2) prior."""
    return np.asarray(digamma(x + 0.5) - digamma(n + 1.0))


def posterior_variance(x: Floats, n: Floats) -> Floats:
    """Variance of the log rate under Jeffreys' Beta(1/2, 1/2) prior."""
    # zeta(2, a) is trigamma(a), several times faster than polygamma
    return np.asarray(zeta(2.0, x + 0.5) - zeta(2.0, n + 1.0))


def _beta_interval(x: Floats, n: Floats, tail: float, *, low_shape: float, high_shape: float) -> Interval:
    """Central interval of Beta(x + low_shape, f + 1 - low_shape) below, of x + high_shape above."""
    failed = n - x
    with np.errstate(invalid="ignore", divide="ignore"):
        estimate = x / n
        low = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1) + low_shape, failed + 1 - low_shape, tail))
        high = np.where(
            failed == 0,
            1.0,
            betainccinv(x + high_shape, np.maximum(failed, 1) + 1 - high_shape, tail),
        )
    return around(estimate, low, high, ~np.isnan(estimate))
