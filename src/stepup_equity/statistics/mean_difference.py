"""How far two groups' scores lie apart, in standard deviations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, stdtr

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import normal_quantile, people
from stepup_equity.statistics.intervals import Interval
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats


@dataclass(frozen=True, eq=False, slots=True)
class MeanDifference:
    """Scores of a group against those of its reference.

    Attributes
    ----------
    difference : ndarray
        Mean of the group less that of the reference, in points of the score.
    standardised : Interval
        The same in pooled standard deviations, without the bias of small samples (Hedges' g).
    p_value : ndarray
        Of equal means, whatever the spreads (Welch).
    """

    difference: Floats
    standardised: Interval
    p_value: Floats


def mean_difference(
    mean: ArrayLike,
    sd: ArrayLike,
    n: ArrayLike,
    ref_mean: ArrayLike,
    ref_sd: ArrayLike,
    ref_n: ArrayLike,
    *,
    confidence: float = 0.95,
) -> MeanDifference:
    """Standardised mean difference with its exact interval, and Welch's test.

    An impact ratio depends on where the pass mark stands; the standardised difference does not, so it
    compares scores across exercises and cohorts. The interval turns the noncentral t distribution round.

    Parameters
    ----------
    mean, sd, n, ref_mean, ref_sd, ref_n : array_like
        Means, standard deviations (divisor n - 1) and people of the group and of its reference; shapes that
        broadcast.
    confidence : float
        Level of the interval.

    Returns
    -------
    MeanDifference
        NaN where a group has fewer than two people, or nobody's score differs from anybody's.

    Raises
    ------
    StatisticError
        A negative standard deviation, people that are no whole numbers.

    Notes
    -----
    With ``d = (mean - ref_mean)/s``, s the pooled standard deviation and f = n + m - 2, Hedges' correction is
    ``J = Γ(f/2) / (√(f/2) Γ((f - 1)/2))`` and g = J d; the limits are J times those of the noncentrality of
    ``t = d √(nm/(n + m))`` over ``√(nm/(n + m))``.

    References
    ----------
    Hedges (1981), Journal of Educational Statistics 6, 107-128, equation 6e; Steiger and Fouladi (1997), What
    if There Were No Significance Tests, chapter 9; Welch (1947), Biometrika 34, 28-35.

    Examples
    --------
    >>> gap = mean_difference(58.0, 10.0, 40, 62.0, 10.0, 300)
    >>> print(f"{gap.standardised.estimate:.2f} ({gap.standardised.low:.2f} to {gap.standardised.high:.2f})")
    -0.40 (-0.73 to -0.07)
    """
    first, second = np.asarray(mean, np.float64), np.asarray(ref_mean, np.float64)
    spread, ref_spread = np.asarray(sd, np.float64), np.asarray(ref_sd, np.float64)
    if (spread < 0).any() or (ref_spread < 0).any():
        raise StatisticError("sd holds a negative number; a standard deviation is 0 or more.")
    k, m = people(n, "n"), people(ref_n, "ref_n")
    first, second, spread, ref_spread, k, m = np.broadcast_arrays(first, second, spread, ref_spread, k, m)
    normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        df = k + m - 2
        pooled = np.sqrt(((k - 1) * spread**2 + (m - 1) * ref_spread**2) / df)
        known = (k >= 2) & (m >= 2) & (pooled > 0)
        scale = np.sqrt(k * m / (k + m))
        t = np.where(known, (first - second) / pooled * scale, np.nan)
        correction = np.exp(gammaln(df / 2) - gammaln((df - 1) / 2)) / np.sqrt(df / 2)
        tail = (1 - confidence) / 2
        unit = np.where(known, correction / scale, np.nan)
        estimate = t * unit
        low = _noncentrality(t, df, known, 1 - tail) * unit
        high = _noncentrality(t, df, known, tail) * unit
        p_value = _welch(first - second, spread, k, ref_spread, m)
    difference = np.where((k > 0) & (m > 0), first - second, np.nan)
    interval = Interval(estimate, np.minimum(low, estimate), np.maximum(high, estimate))
    return MeanDifference(difference, interval, np.where(known, p_value, np.nan))


def _noncentrality(t: Floats, df: Floats, known: Bools, share_below: float) -> Floats:
    """The noncentrality under which this share of t values lies below the observed one."""
    from scipy.stats import nct

    found = np.full(t.shape, np.nan)
    if not known.any():
        return found
    here, freedom = t[known], df[known]

    def excess(noncentrality: Floats) -> Floats:
        share = np.asarray(nct.cdf(here, freedom, noncentrality), dtype=np.float64)
        # far out the series gives up: everything or nothing lies below
        return np.where(np.isnan(share), np.where(noncentrality > here, 0.0, 1.0), share) - share_below

    # the limit is about |z| away from t, more where t is large for its df
    reach = 8.0 + 2.0 * np.abs(here)
    found[known] = bracketed_roots(excess, here - reach, here + reach)
    return found


def _welch(difference: Floats, sd: Floats, n: Floats, ref_sd: Floats, m: Floats) -> Floats:
    a, b = sd**2 / n, ref_sd**2 / m
    error = np.sqrt(a + b)
    df = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    return np.asarray(2 * stdtr(df, -np.abs(difference / error)))
