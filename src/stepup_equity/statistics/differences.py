"""Rate differences: the rate of a group minus the rate of its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.statistics.inputs import normal_quantile, two_groups
from stepup_equity.statistics.intervals import Interval
from stepup_equity.statistics.proportions import wilson_interval
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


def score_difference_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Rate difference with the Miettinen-Nurminen score interval.

    The default for a difference: it holds its level in small groups and leaves out 0 exactly where
    `two_by_two.score_test` gives p < 1 - confidence. Newcombe's interval is nearly as good but belongs to no
    test.

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
        Group rate - reference rate, as a share (0.05 is five percentage points), within [-1, 1].
        NaN throughout where nobody entered.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    Notes
    -----
    With the multiplier λ of the constraint ``p₁ - p₂ = Δ`` the restricted estimates are roots of two
    quadratics, ``λp(1 - p) = n(x/n - p)``, and the score statistic at Δ(λ) is ``λ²V``. Solving for λ gives
    the limits of the published method without its trigonometric cubic, which loses digits at 0 and 1.

    References
    ----------
    Miettinen & Nurminen (1985), Statistics in Medicine 4, 213-226, equations 8 and 9, with N/(N - 1).

    Examples
    --------
    10 of 43 shortlisted against 389 of 920, in percentage points:

    >>> ci = score_difference_interval([10], [43], [389], [920])
    >>> print(f"{100 * ci.estimate[0]:.1f} ({100 * ci.low[0]:.1f} to {100 * ci.high[0]:.1f})")
    -19.0 (-29.7 to -4.2)
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    z = normal_quantile(confidence)
    known = (n1 > 0) & (n2 > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = x1 / n1 - x2 / n2
        target = z * z * (n1 + n2) / (n1 + n2 - 1)
    down = _distance_to_limit(x1, n1, x2, n2, target, known)
    up = _distance_to_limit(x2, n2, x1, n1, target, known)
    return Interval(estimate, np.maximum(estimate - down, -1.0), np.minimum(estimate + up, 1.0))


def newcombe_difference_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Rate difference with Newcombe's interval (his method 10), put together from two Wilson intervals.

    Offered by name: a closed form that can be checked by hand, close to the score interval in coverage.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        As in `score_difference_interval`.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        NaN throughout where nobody entered.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.

    Examples
    --------
    >>> ci = newcombe_difference_interval([10], [43], [389], [920])
    >>> print(f"{100 * ci.low[0]:.1f} to {100 * ci.high[0]:.1f}")
    -29.6 to -4.2
    """
    group = wilson_interval(passed, entered, confidence=confidence)
    reference = wilson_interval(ref_passed, ref_entered, confidence=confidence)
    estimate = group.estimate - reference.estimate
    down = np.hypot(group.estimate - group.low, reference.high - reference.estimate)
    up = np.hypot(group.high - group.estimate, reference.estimate - reference.low)
    return Interval(estimate, np.maximum(estimate - down, -1.0), np.minimum(estimate + up, 1.0))


def _distance_to_limit(
    x1: Floats,
    n1: Floats,
    x2: Floats,
    n2: Floats,
    target: Floats,
    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> Floats:
    """How far the lower limit lies below the difference; the upper one is this with the groups swapped.

    0 where the difference is -1 already, NaN where nobody entered.
    """
    distance = np.where(known, 0.0, np.nan)
    solve = known & ((x1 > 0) | (x2 < n2))
    if not solve.any():
        return distance
    x1, n1, x2, n2, target = (values[solve] for values in (x1, n1, x2, n2, target))
    log_target = np.log(target)

    def excess(log_multiplier: Floats) -> Floats:
        multiplier = np.exp(log_multiplier)
        with np.errstate(divide="ignore"):
            return 2 * log_multiplier + np.log(_variance(multiplier, x1, n1, x2, n2)) - log_target

    bottom = 0.5 * (log_target - np.log((1 / n1 + 1 / n2) / 4))  # the variance is at most (1/n₁ + 1/n₂)/4
    top = bottom + 1.0
    at_top = excess(top)
    while (short := at_top < 0).any():
        top = np.where(short, top + (top - bottom), top)
        at_top = excess(top)
    multiplier = np.exp(bracketed_roots(excess, bottom, top, at_high=at_top))
    distance[solve] = target / multiplier  # λV, and λ²V is the target
    return distance


def _variance(multiplier: Floats, x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    p1, q1 = _restricted(x1, n1, multiplier), _restricted(n1 - x1, n1, -multiplier)
    p2, q2 = _restricted(x2, n2, -multiplier), _restricted(n2 - x2, n2, multiplier)
    return p1 * q1 / n1 + p2 * q2 / n2


def _restricted(x: Floats, n: Floats, multiplier: Floats) -> Floats:
    """Root in [0, 1] of ``λp² - (λ + n)p + x = 0``, in the form that does not cancel."""
    total = n + multiplier
    root = np.sqrt(
        np.where(
            multiplier < 0,
            total**2 - 4 * multiplier * x,
            (n - multiplier) ** 2 + 4 * multiplier * (n - x),
        )
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total >= 0, 2 * x / (total + root), (root - total) / (-2 * multiplier))
