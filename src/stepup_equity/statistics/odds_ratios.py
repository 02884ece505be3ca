"""Odds ratios: the odds of passing in a group over the odds in its reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.statistics.hypergeometric import log_pmf
from stepup_equity.statistics.inputs import normal_quantile, two_groups
from stepup_equity.statistics.intervals import Interval, around, log_normal
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


def score_odds_ratio_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Odds ratio with the Miettinen-Nurminen score interval.

    The default for an odds ratio; needs no correction at zero cells and leaves out 1 exactly where
    `two_by_two.score_test` gives p < 1 - confidence.

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
        ``estimate`` is ad/bc. 0 or infinite at one zero cell, with an interval that is finite on the other
        side. NaN with 0 to infinity where both groups all passed or all failed; NaN throughout where one
        group is empty.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    Notes
    -----
    Under a supposed odds ratio the fitted table has the observed margins, so it is the observed one with δ
    people moved. The limit is where ``δ²(1/a + 1/b + 1/c + 1/d)(N - 1)/N``, in fitted counts, reaches z².

    References
    ----------
    Miettinen & Nurminen (1985), Statistics in Medicine 4, 213-226, equation 11; without N/(N - 1) it is
    Cornfield's (1956).

    Examples
    --------
    >>> ci = score_odds_ratio_interval([10], [43], [389], [920])
    >>> print(f"{ci.estimate[0]:.2f} ({ci.low[0]:.2f} to {ci.high[0]:.2f})")
    0.41 (0.20 to 0.84)
    """
    a, b, c, d = _cells(passed, entered, ref_passed, ref_entered)
    z = normal_quantile(confidence)
    low = _lower_limit(a, b, c, d, z)
    with np.errstate(divide="ignore"):
        high = 1 / _lower_limit(b, a, d, c, z)
    estimate = _odds_ratio(a, b, c, d)
    known = (a + b > 0) & (c + d > 0)
    return around(estimate, low, high, known)


def wald_odds_ratio_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Odds ratio with the log-normal (Woolf) interval.

    The interval of most printed odds ratios and of an unadjusted logistic regression; offered by name. No 0.5
    is added to any cell.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        As in `score_odds_ratio_interval`.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        Limits are NaN where any of the four cells is 0. ``log(high/low) / 2z`` is the standard error of the
        log odds ratio.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Woolf (1955), Annals of Human Genetics 19, 251-253.

    Examples
    --------
    >>> ci = wald_odds_ratio_interval([10], [43], [389], [920])
    >>> print(f"{ci.low[0]:.3f} to {ci.high[0]:.3f}")
    0.201 to 0.849
    """
    a, b, c, d = _cells(passed, entered, ref_passed, ref_entered)
    z = normal_quantile(confidence)
    estimate = _odds_ratio(a, b, c, d)
    with np.errstate(divide="ignore"):
        return log_normal(estimate, 1 / a + 1 / b + 1 / c + 1 / d, z)


def conditional_odds_ratio_interval(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Conditional (maximum likelihood) odds ratio with its exact interval, as R's `fisher.test` prints.

    Offered by name for small tables where "at least 95 %" has to be literally true. The estimate differs a
    little from ad/bc: it maximises the likelihood with both margins given. scipy's `odds_ratio` agrees, one
    table at a time and for small tables only; R's own limits are off by up to 1 % through a wide tolerance.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        As in `score_odds_ratio_interval`.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        0 or infinite where the table lies at the edge of what its margins allow; NaN with 0 to infinity where
        the margins allow one table only; NaN throughout where one group is empty.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, a confidence outside (0, 1).

    References
    ----------
    Cornfield (1956), Proc. Third Berkeley Symposium 4, 135-148; Fisher's noncentral hypergeometric.

    Examples
    --------
    >>> ci = conditional_odds_ratio_interval([3], [4], [1], [4])
    >>> print(f"{ci.estimate[0]:.2f} ({ci.low[0]:.2f} to {ci.high[0]:.1f})")
    6.41 (0.21 to 626.2)
    """
    a, b, c, d = _cells(passed, entered, ref_passed, ref_entered)
    normal_quantile(confidence)
    cells = np.stack([a, b, c, d], axis=-1).reshape(-1, 4)
    limits = np.array([_conditional(cell, (1 - confidence) / 2) for cell in cells.tolist()]).reshape(
        *a.shape, 3
    )
    return Interval(limits[..., 0], limits[..., 1], limits[..., 2])


def _cells(
    passed: ArrayLike, entered: ArrayLike, ref_passed: ArrayLike, ref_entered: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    return x1, n1 - x1, x2, n2 - x2


def _odds_ratio(a: Floats, b: Floats, c: Floats, d: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (a * d) / (b * c)


def _lower_limit(a: Floats, b: Floats, c: Floats, d: Floats, z: float) -> Floats:
    """Smallest odds ratio not rejected; 0 where a or d is. The upper one is one over that of (b, a, d, c)."""
    room = np.minimum(a, d)
    limit = np.zeros(a.shape)
    solve = room > 0
    if not solve.any():
        return limit
    a, b, c, d, room = (values[solve] for values in (a, b, c, d, room))
    everyone = a + b + c + d
    scale = np.sqrt((everyone - 1) / everyone)

    def excess(moved: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            fitted = 1 / (a - moved) + 1 / (b + moved) + 1 / (c + moved) + 1 / (d - moved)
        return moved * np.sqrt(fitted) * scale - z

    moved = bracketed_roots(
        excess,
        np.zeros(room.shape),
        room,
        at_low=np.full(room.shape, -z),
        at_high=np.full(room.shape, np.inf),
    )
    limit[solve] = (a - moved) * (d - moved) / ((b + moved) * (c + moved))
    return limit


def _conditional(cell: list[float], tail: float) -> tuple[float, float, float]:
    """Estimate and exact limits of one table."""
    a, b, c, d = cell
    n1, n2, both = a + b, c + d, a + c
    if not (n1 > 0 and n2 > 0):
        return np.nan, np.nan, np.nan
    least, most = max(0.0, both - n2), min(n1, both)
    if least == most:
        return np.nan, 0.0, np.inf
    # Beyond this window the noncentral weights are below the last digit, at any size of table.
    window = 60 + 60 / np.sqrt(sum(1 / max(count, 1.0) for count in cell))
    support = np.arange(max(least, np.floor(a - window)), min(most, np.ceil(a + window)) + 1)
    every = np.ones(support.size)
    weights = log_pmf(support, n1 * every, n2 * every, both * every)
    weights -= weights[int(a - support[0])]
    offset = support - a

    def solve(excess: Callable[[Floats], float]) -> float:
        """Root in the log odds ratio of a function that rises with it."""

        def at(log_odds_ratio: Floats) -> Floats:
            tilted = weights + log_odds_ratio * offset
            tilted = np.exp(tilted - tilted.max())
            return np.array([excess(tilted / tilted.sum())])

        centre, reach = np.log((a + 0.5) * (d + 0.5) / ((b + 0.5) * (c + 0.5))), 1.0
        low, high = np.array([centre - reach]), np.array([centre + reach])
        while at(low)[0] > 0:
            low -= reach
            reach *= 2
        while at(high)[0] < 0:
            high += reach
            reach *= 2
        return float(np.exp(bracketed_roots(at, low, high)[0]))

    estimate = 0.0 if a == least else np.inf if a == most else solve(lambda p: float(p @ offset))
    low = 0.0 if a == least else solve(lambda p: float(p[offset >= 0].sum()) - tail)
    high = np.inf if a == most else solve(lambda p: tail - float(p[offset <= 0].sum()))
    return estimate, low, high
