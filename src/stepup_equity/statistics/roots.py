"""Many bracketed roots at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepup_equity.arrays import Floats


def bracketed_roots(
    function: Callable[[Floats], Floats],
    low: Floats,
    high: Floats,
    *,
    at_low: Floats | None = None,
    at_high: Floats | None = None,
    rounds: int = 100,
) -> Floats:
    """The root of a continuous function between two ends, for every element by itself.

    Chandrupatla's method: inverse quadratic steps where they are safe, bisection where not. It stops when no
    bracket can shrink any further in floating point, so the answer has all the digits that `function` has.

    Parameters
    ----------
    function : callable
        Takes and gives an array of the shape of `low`; called on all elements in every round.
    low, high : ndarray
        The ends; the function must differ in sign there. NaN in, or no change of sign: NaN out.
    at_low, at_high : ndarray, optional
        The function at the ends, where it is known or can't be evaluated.
    rounds : int
        Bisection alone would need about 60.

    Returns
    -------
    ndarray
        Roots in the shape of `low`.

    References
    ----------
    Chandrupatla (1997), Advances in Engineering Software 28, 145-149.

    Examples
    --------
    >>> bracketed_roots(lambda x: x * x - np.array([2.0, 9.0]), np.zeros(2), np.full(2, 10.0))
    array([1.41421356, 3.        ])
    """
    a, b = high.astype(np.float64), low.astype(np.float64)
    fa = function(a) if at_high is None else at_high.astype(np.float64)
    fb = function(b) if at_low is None else at_low.astype(np.float64)
    possible = np.sign(fa) * np.sign(fb) <= 0
    step = np.full(a.shape, 0.5)
    c, fc = a, fa
    for _ in range(rounds):
        t = a + step * (b - a)
        ft = function(t)
        same = np.sign(ft) == np.sign(fa)
        c, fc = np.where(same, a, b), np.where(same, fa, fb)
        b, fb = np.where(same, b, a), np.where(same, fb, fa)
        a, fa = t, ft
        near_a = np.abs(fa) <= np.abs(fb)
        best = np.where(near_a, a, b)
        width = np.abs(b - a)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            limit = np.minimum(np.spacing(np.abs(best)) / width, 0.5)
            done = (np.where(near_a, fa, fb) == 0) | (width <= 2 * np.spacing(np.abs(best))) | ~possible
            if done.all():
                break
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            quadratic = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            safe = (1 - np.sqrt(np.maximum(1 - xi, 0)) < phi) & (phi < np.sqrt(np.maximum(xi, 0)))
            step = np.where(safe & np.isfinite(quadratic), quadratic, 0.5)
            step = np.clip(step, limit, 1 - limit)
            step = np.where(done, 0.0, step)
    return np.where(possible, np.where(np.abs(fa) <= np.abs(fb), a, b), np.nan)
