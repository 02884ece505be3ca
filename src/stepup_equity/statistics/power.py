"""What could have been seen: power of a comparison, and the smallest gap it would show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtr, ndtr, ndtri, xlog1py, xlogy

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.hypergeometric import log_choose
from stepup_equity.statistics.inputs import people
from stepup_equity.statistics.intervals import Interval
from stepup_equity.statistics.last_digits import NEAR
from stepup_equity.statistics.roots import bracketed_roots
from stepup_equity.statistics.two_by_two import expected_least, score_statistic

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats, Ints


LARGEST_ENUMERATION = 10**6
"""Products of group sizes up to this are enumerated; above it the normal approximation is as good."""


def power_normal(
    rate: ArrayLike, n: ArrayLike, ref_rate: ArrayLike, ref_n: ArrayLike, *, alpha: float = 0.05
) -> Floats:
    """Power of the two-sided score test of two rates, by the normal approximation.

    For sizes where enumeration would be slow; for small groups use `power_exact`.

    Parameters
    ----------
    rate, ref_rate : array_like
        True rates of the group and its reference.
    n, ref_n : array_like
        People in each.
    alpha : float
        Two-sided level.

    Returns
    -------
    ndarray
        Probability of p < alpha, in either direction. NaN where a group is empty.

    Raises
    ------
    StatisticError
        A rate or alpha outside its range, a count that is not a whole number.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, section 4.2: pooled variance
    under equal rates, separate variances under the alternative; both tails, `strict=TRUE` of R's
    `power.prop.test`.

    Examples
    --------
    >>> print(f"{power_normal(0.07, 200, 0.12, 200):.4f}")
    0.3992
    """
    p1, n1, p2, n2 = _designs(rate, n, ref_rate, ref_n, alpha)
    z = -ndtri(alpha / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
        null = np.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
        spread = np.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
        gap = np.abs(p1 - p2)
        power = ndtr((gap - z * null) / spread) + ndtr((-gap - z * null) / spread)
    fixed = spread == 0  # rates of 0 or 1 leave nothing to chance
    return np.where((n1 > 0) & (n2 > 0), np.where(fixed, (gap > z * null).astype(float), power), np.nan)


def power_exact(
    rate: ArrayLike,
    n: ArrayLike,
    ref_rate: ArrayLike,
    ref_n: ArrayLike,
    *,
    alpha: float = 0.05,
    score_from: float = 5.0,
) -> Floats:
    """Power of `two_group_p`, by adding up the probability of every outcome it rejects.

    Parameters
    ----------
    rate, ref_rate : array_like
        True rates of the group and its reference.
    n, ref_n : array_like
        People in each.
    alpha : float
        Two-sided level.
    score_from : float
        As in `two_group_p`: the test whose power this is.

    Returns
    -------
    ndarray
        Probability of p <= alpha. Outcomes with less than 1e-13 in all are left out. NaN where a group is
        empty.

    Raises
    ------
    StatisticError
        A rate or alpha outside its range, a count that is not a whole number.

    References
    ----------
    The definition of power; no approximation but the 1e-13.

    Examples
    --------
    A group of 20 passing at 20 % where the reference passes at 60 %:

    >>> print(f"{power_exact(0.2, 20, 0.6, 20):.4f}")
    0.7535
    """
    p1, n1, p2, n2 = _designs(rate, n, ref_rate, ref_n, alpha)
    power = np.full(p1.shape, np.nan)
    for at in np.ndindex(p1.shape):
        if n1[at] > 0 and n2[at] > 0:
            power[at] = _enumerated(
                float(p1[at]), float(n1[at]), float(p2[at]), float(n2[at]), alpha, score_from
            )
    return power


def minimum_detectable_rates(
    ref_rate: ArrayLike, ref_n: ArrayLike, n: ArrayLike, *, power: float = 0.8, alpha: float = 0.05
) -> Interval:
    """The rates nearest to the reference's, below and above, that a group of this size would show.

    Divided by `estimate` they are the minimum detectable ratios that stand beside every "no evidence".

    Parameters
    ----------
    ref_rate : array_like
        Rate of the reference.
    ref_n, n : array_like
        People in the reference and in the group.
    power : float
        Chance to find the gap.
    alpha : float
        Two-sided level.

    Returns
    -------
    Interval
        ``estimate`` is the reference's rate; ``low`` and ``high`` the detectable rates. NaN where not even a
        rate of 0 (or 1) would be found at these sizes.

    Raises
    ------
    StatisticError
        A rate, power or alpha outside its range, a count that is not a whole number.

    References
    ----------
    Cohen (1988), Statistical Power Analysis, chapter 6: h = 2 asin√p₁ - 2 asin√p₂, as R's `pwr.2p2n.test`.

    Examples
    --------
    >>> found = minimum_detectable_rates(0.1155, 1333, 132)
    >>> print(f"below {found.low:.3f} or above {found.high:.3f}")
    below 0.047 or above 0.209
    """
    p, ref, size, _ = _designs(ref_rate, ref_n, ref_rate, n, alpha)
    size = np.broadcast_to(people(n, "n"), p.shape)
    if not alpha < power < 1:
        raise StatisticError(f"power={power!r} must lie between alpha ({alpha!r}) and 1.")
    z = -ndtri(alpha / 2)

    def excess(shift: Floats) -> Floats:
        return np.asarray(ndtr(shift - z) + ndtr(-shift - z) - power)

    shift = bracketed_roots(excess, np.zeros(1), np.array([z + float(ndtri(power)) + 1.0]))[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        half = 0.5 * shift * np.sqrt(1 / ref + 1 / size)
        angle = np.arcsin(np.sqrt(p))
        low = np.where(angle - half >= 0, np.sin(angle - half) ** 2, np.nan)
        high = np.where(angle + half <= np.pi / 2, np.sin(angle + half) ** 2, np.nan)
    return Interval(np.where((ref > 0) & (size > 0), p, np.nan), low, high)


def four_fifths_by_chance(n: ArrayLike, rate: float, *, ref_n: int | None = None) -> float:
    """Chance that the four-fifths rule flags some group although all have the same true rate.

    The rule looks at no sample size: six equal groups of 100 at 30 % are flagged in nine tables of ten when
    each is held against the highest. Printed beside every four-fifths flag.

    Parameters
    ----------
    n : array_like, shape (n_groups,)
        People in each group, without the reference if `ref_n` is given. Empty groups don't count.
    rate : float
        The rate they all share.
    ref_n : int, optional
        People in a fixed reference. Without it, each group is held against the highest rate.

    Returns
    -------
    float
        Exact; NaN without any comparison.

    Raises
    ------
    StatisticError
        A rate outside [0, 1], or a count that is not a whole number.

    References
    ----------
    Uniform Guidelines on Employee Selection Procedures (1978), 29 CFR 1607.4(D), for the rule; Roth, Bobko &
    Switzer (2006), J. Applied Psychology 91, 507-522, on how often it is wrong.

    Examples
    --------
    >>> print(f"{four_fifths_by_chance([100] * 6, 0.3):.2f}")
    0.90
    >>> print(f"{four_fifths_by_chance([100] * 5, 0.3, ref_n=100):.2f}")
    0.42
    """
    sizes = people(n, "n").ravel()
    sizes = sizes[sizes > 0]
    if not 0 <= rate <= 1:
        raise StatisticError(f"rate={rate!r} is not between 0 and 1.")
    if ref_n is not None:
        ref = float(people(ref_n, "ref_n"))
        if sizes.size == 0 or ref == 0:
            return np.nan
        passed = _likely_range(ref, rate)
        none_short = np.ones(passed.size)
        for size in sizes:
            least = np.ceil(np.round(0.8 * passed / ref * size, 9))
            none_short *= 1 - _below(least, size, rate)
        return float(np.clip(1 - binomial(passed, ref, rate) @ none_short, 0.0, 1.0))
    if sizes.size < 2:
        return np.nan
    highest = np.unique(np.concatenate([_likely_range(size, rate) / size for size in sizes]))
    up_to, under = np.ones(highest.size), np.ones(highest.size)
    for size in sizes:
        short = _below(np.ceil(np.round(0.8 * highest * size, 9)), size, rate)
        at_most = np.floor(np.round(highest * size, 9))
        up_to *= np.maximum(_below(at_most + 1, size, rate) - short, 0.0)
        under *= np.maximum(_below(np.ceil(np.round(highest * size, 9)), size, rate) - short, 0.0)
    return float(np.clip(1 - np.sum(up_to - under), 0.0, 1.0))


def _designs(
    rate: ArrayLike, n: ArrayLike, ref_rate: ArrayLike, ref_n: ArrayLike, alpha: float
) -> tuple[Floats, Floats, Floats, Floats]:
    if not 0 < alpha < 1:
        raise StatisticError(f"alpha={alpha!r} is not between 0 and 1.")
    p1, p2 = np.asarray(rate, np.float64), np.asarray(ref_rate, np.float64)
    for values in (p1, p2):
        wrong = (values < 0) | (values > 1)
        if wrong.any():
            raise StatisticError(f"A rate of {values[wrong].ravel()[0]:g} is not between 0 and 1.")
    p1, n1, p2, n2 = np.broadcast_arrays(p1, people(n, "n"), p2, people(ref_n, "ref_n"))
    return p1, n1, p2, n2


def _enumerated(p1: float, n1: float, p2: float, n2: float, alpha: float, score_from: float) -> float:
    if n1 > n2:  # the tests don't mind which group is first, and the shorter axis first is faster
        p1, n1, p2, n2 = p2, n2, p1, n1
    x1, x2 = _likely_range(n1, p1), _likely_range(n2, p2)
    a, b, size1, size2 = np.broadcast_arrays(x1[:, None], x2, np.float64(n1), np.float64(n2))
    score = expected_least(a, size1, b, size2) >= score_from
    rejected = score_statistic(a, size1, b, size2) >= ndtri(alpha / 2) ** 2
    if not score.all():
        rejected = np.where(score, rejected, _rejected_by_midp(x1, n1, x2, n2, alpha))
    return float(np.clip(binomial(x1, n1, p1) @ rejected @ binomial(x2, n2, p2), 0.0, 1.0))


def _rejected_by_midp(x1: Floats, n1: float, x2: Floats, n2: float, alpha: float) -> Bools:
    """Where `fisher_midp_p` is at most alpha, for every pair of outcomes.

    All hypergeometric distributions, one per number of passes, side by side: cumulative sums give every tail
    at once, where `fisher_midp_p` would sum each anew.
    """
    both = np.arange(x1[0] + x2[0], x1[-1] + x2[-1] + 1)
    reach = 10 + 5 * np.sqrt(n1 * n2 / (n1 + n2))  # ten standard deviations at the widest
    x = np.arange(max(0.0, np.floor(x1[0] - reach)), min(n1, np.ceil(x1[-1] + reach)) + 1)
    rest = both - x[:, None]
    possible = (rest >= 0) & (rest <= n2)
    rest = np.clip(rest, 0, n2)
    log_weight = (
        log_choose(n1, x)[:, None]
        + log_choose(n2, np.arange(n2 + 1))[rest.astype(np.intp)]
        - log_choose(n1 + n2, both)
    )
    weight = np.where(possible, np.exp(log_weight), 0.0)
    below = np.cumsum(weight, axis=0) - weight / 2
    rejected = np.minimum(below, 1 - below) <= alpha / 2 * (1 + NEAR)
    rows = (x1 - x[0]).astype(np.intp)[:, None]
    columns = (x1[:, None] + x2 - both[0]).astype(np.intp)
    return np.asarray(rejected[rows, columns])


def _likely_range(n: float, rate: float) -> Floats:
    """Outcomes that hold all but 1e-13 of a binomial (Bernstein's bound on the tails)."""
    log_rest = 31.0
    reach = log_rest / 3 + np.sqrt(log_rest**2 / 9 + 2 * log_rest * n * rate * (1 - rate))
    return np.arange(max(0.0, np.floor(n * rate - reach)), min(n, np.ceil(n * rate + reach)) + 1)


def binomial(x: Floats | Ints, n: Floats | float, rate: Floats | float) -> Floats:
    """Probability of x of n."""
    return np.asarray(np.exp(log_choose(n, x) + xlogy(x, rate) + xlog1py(n - x, -rate)))


def _below(x: Floats, n: float, rate: float) -> Floats:
    """P(X < x)."""
    return np.where(x <= 0, 0.0, np.where(x > n, 1.0, bdtr(np.clip(x - 1, 0, n), int(n), rate)))
