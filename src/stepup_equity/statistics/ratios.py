"""Impact ratios: the rate of a group over the rate of its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.statistics.inputs import normal_quantile, two_groups
from stepup_equity.statistics.intervals import Interval, around, log_normal
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


def score_ratio_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Impact ratio with the Miettinen-Nurminen score interval.

    The default for a ratio. It needs no correction at zero cells, holds its level in small groups where the
    log (Katz) interval doesn't exist or is too wide, and it leaves out 1 exactly where
    `two_by_two.score_test` gives p < 1 - confidence. The impact ratio is also called relative rate,
    adverse impact ratio or demographic parity ratio.

    Parameters
    ----------
    passed, entered : array_like
        The group's counts; ``(n_groups,)`` or ``(n_groups, n_gates)`` as a rule.
    ref_passed, ref_entered : array_like
        The reference's counts; they broadcast against the group's.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        Group rate / reference rate. 0 with lower limit 0 where nobody of the group passed; infinite with an
        infinite upper limit where nobody of the reference did. Where nobody of either passed the ratio is
        NaN and the interval 0 to infinity: these data say nothing about it. NaN throughout where nobody
        entered.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    Notes
    -----
    The limits are the two ratios at which the score statistic equals its normal quantile, found on the log
    scale. The restricted estimate solves a quadratic (their equation 10) whose discriminant is used in the
    form ``(sφ - t)² + 4φ f₁f₂``, ``s = n₁ + x₂``, ``t = n₂ + x₁``, in which nothing cancels.

    References
    ----------
    Miettinen & Nurminen (1985), Statistics in Medicine 4, 213-226, equations 9 and 10; the variance carries
    their N/(N - 1). Without it the interval is Koopman's: see `koopman_ratio_interval`.

    Examples
    --------
    10 of 43 shortlisted against 389 of 920:

    >>> ci = score_ratio_interval([10], [43], [389], [920])
    >>> print(f"{ci.estimate[0]:.2f} ({ci.low[0]:.2f} to {ci.high[0]:.2f})")
    0.55 (0.31 to 0.90)
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    with np.errstate(divide="ignore"):
        inflation = (n1 + n2) / (n1 + n2 - 1)
    return _score_ratio(x1, n1, x2, n2, normal_quantile(confidence), inflation)


def koopman_ratio_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Impact ratio with Koopman's score interval.

    The Miettinen-Nurminen interval without its N/(N - 1), so a hair narrower; offered for comparison with
    software that prints this one. Its limits agree with Pearson's chi-squared without correction.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        As in `score_ratio_interval`.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        As in `score_ratio_interval`, zero and empty cells included.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Koopman (1984), Biometrics 40, 513-517.

    Examples
    --------
    >>> ci = koopman_ratio_interval([10], [43], [389], [920])
    >>> print(f"{ci.low[0]:.4f} to {ci.high[0]:.4f}")
    0.3097 to 0.8988
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    return _score_ratio(x1, n1, x2, n2, normal_quantile(confidence), np.ones(()))


def katz_ratio_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Impact ratio with the log-normal (Katz) interval, the one most reports print.

    Offered by name, to check other people's figures. It has no answer where nobody passed, and none is made
    up: no 0.5 is added to a cell.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        As in `score_ratio_interval`.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        Limits are NaN where nobody of the group or of the reference passed. ``log(high/low) / 2z`` is the
        standard error of the log ratio.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Katz, Baptista, Azen & Pike (1978), Biometrics 34, 469-474, method C.

    Examples
    --------
    >>> ci = katz_ratio_interval([10], [43], [389], [920])
    >>> print(f"{ci.low[0]:.4f} to {ci.high[0]:.4f}")
    0.3179 to 0.9516
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    z = normal_quantile(confidence)
    ratio = _ratio(x1, n1, x2, n2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return log_normal(ratio, (n1 - x1) / (n1 * x1) + (n2 - x2) / (n2 * x2), z)


def inverted(ratio: Interval) -> Interval:
    """The same ratio the other way up: reference over group.

    The Workforce Race Equality Standard of the NHS prints relative likelihoods that way round (1.59 in 2023:
    white applicants 1.59 times as likely to be appointed).

    Parameters
    ----------
    ratio : Interval
        Ratios of any kind, odds ratios included.

    Returns
    -------
    Interval
        ``1 / estimate`` with ``1 / high`` to ``1 / low``; 0 becomes infinity and infinity 0.

    Examples
    --------
    >>> import numpy as np
    >>> flipped = inverted(Interval(np.array([0.5]), np.array([0.25]), np.array([1.0])))
    >>> flipped.estimate, flipped.low, flipped.high
    (array([2.]), array([1.]), array([4.]))
    """
    with np.errstate(divide="ignore"):
        return Interval(1 / ratio.estimate, 1 / ratio.high, 1 / ratio.low)


def shortfall(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    ratio: float = 1.0,
) -> Floats:
    """People of a group short of parity at this gate, or short of four-fifths of it.

    A ratio of 0.8 can stand for one person or for a hundred; this says which.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        As in `score_ratio_interval`.
    ratio : float
        1 for parity, 0.8 for the four-fifths rule.

    Returns
    -------
    ndarray
        entered × (ratio × reference rate) - passed; below 0 where the group is ahead. NaN where nobody of the
        reference entered.

    Raises
    ------
    StatisticError
        More passed than entered, or a count that is not a whole number.

    References
    ----------
    Uniform Guidelines on Employee Selection Procedures, Questions and Answers (1979), 44 FR 11996, number 21:
    the "shortfall" of selections.

    Examples
    --------
    >>> print(f"{shortfall(10, 43, 389, 920):.1f} people")
    8.2 people
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((ratio * (n1 * x2) - x1 * n2) / n2)  # at the very ratio it is 0 and not 1e-16


def _ratio(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (x1 * n2) / (n1 * x2)  # whole numbers, divided once: 76 of 119 against 95 of 119 is 0.8


def _score_ratio(x1: Floats, n1: Floats, x2: Floats, n2: Floats, z: float, inflation: Floats) -> Interval:
    x1, n1, x2, n2, inflation = np.broadcast_arrays(x1, n1, x2, n2, inflation)
    estimate = _ratio(x1, n1, x2, n2)
    known = (n1 > 0) & (n2 > 0)
    low = _lower_limit(x1, n1, x2, n2, z, inflation)
    with np.errstate(divide="ignore"):
        high = 1 / _lower_limit(x2, n2, x1, n1, z, inflation)
    return around(estimate, low, high, known)


def _lower_limit(x1: Floats, n1: Floats, x2: Floats, n2: Floats, z: float, inflation: Floats) -> Floats:
    """Smallest ratio not rejected; 0 where nobody of group 1 passed.

    The upper limit is one over this with the groups swapped.
    """
    shape = x1.shape
    solve = (x1 > 0) & (n2 > 0)
    limit = np.zeros(shape)
    if not solve.any():
        return limit
    x1, n1, x2, n2, scale = (values[solve] for values in (x1, n1, x2, n2, np.sqrt(inflation)))

    def excess(log_ratio: Floats) -> Floats:
        return _score_root(log_ratio, x1, n1, x2, n2) / scale - z

    with np.errstate(divide="ignore"):
        top = np.log(x1) - np.log(n1) - (np.log(np.maximum(x2, 0.5)) - np.log(n2))
    step = z * np.sqrt(1 / x1 + 1 / np.maximum(x2, 0.5))
    at_top = np.where(x2 > 0, -z, excess(top))
    while (short := at_top > 0).any():  # the ratio is infinite: go up until it is not rejected
        top = np.where(short, top + step, top)
        at_top = np.where(x2 > 0, -z, excess(top))
    bottom = top - step
    at_bottom = excess(bottom)
    while (short := at_bottom < 0).any():
        step = np.where(short, 2 * step, step)
        bottom = np.where(short, bottom - step, bottom)
        at_bottom = excess(bottom)
    limit[solve] = np.exp(bracketed_roots(excess, bottom, top, at_low=at_bottom, at_high=at_top))
    return limit


def _score_root(log_ratio: Floats, x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    """Signed score statistic without N/(N - 1); positive where the observed ratio is above the supposed."""
    swap = log_ratio > 0
    a, m = np.where(swap, x2, x1), np.where(swap, n2, n1)
    b, k = np.where(swap, x1, x2), np.where(swap, n1, n2)
    p1, q1, p2, q2 = constrained_rates(-np.abs(log_ratio), a, m, b, k)
    ratio = 1 + np.expm1(-np.abs(log_ratio))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(p1 * q1 / m + ratio**2 * p2 * q2 / k)
        gap = a / m - ratio * (b / k)
        value = np.where(gap == 0, 0.0, gap / spread)
    return np.where(swap, -value, value)


def constrained_rates(
    log_ratio: Floats, x1: Floats, n1: Floats, x2: Floats, n2: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """Most likely rates p1, 1 - p1, p2, 1 - p2 under a supposed ratio p1/p2 of at most 1.

    The group with the smaller supposed rate comes first, so that ``delta = 1 - ratio`` keeps its digits
    however close the ratio is to 1.

    References
    ----------
    Miettinen and Nurminen (1985), Stat. Med. 4, 213-226, equation 12.
    """
    f1, f2 = n1 - x1, n2 - x2
    delta = -np.expm1(log_ratio)
    ratio = 1 - delta
    s, both = n1 + x2, x1 + x2
    root = np.sqrt((f1 - f2 - s * delta) ** 2 + 4 * ratio * f1 * f2)
    bottom = s * ratio + n2 + x1 + root
    rest = f1 + f2 - s * delta
    with np.errstate(divide="ignore", invalid="ignore"):
        p2 = 2 * both / bottom
        q2 = np.where(rest >= 0, (rest + root) / bottom, 4 * f2 * delta * both / (bottom * (root - rest)))
    return ratio * p2, q2 + delta * p2, p2, q2
