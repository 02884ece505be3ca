"""Limits and tests of anything a fit says, along its own likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg
from scipy.special import chdtrc, chdtri

from stepup_equity.statistics.regression.likelihood import solve

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.fits import LogisticFit
    from stepup_equity.statistics.regression.functionals import Functional, Shape
    from stepup_equity.statistics.regression.likelihood import Likelihood, Point


_MOST_STEPS = 60
_LONGEST_STEP = 2.0
"""Most that one step may move anybody's log odds."""

_CLOSE = 1e-8
"""Squared length, in standard errors, of a step that is taken as the last; what it leaves is its square."""

_CLOSE_ENOUGH = 2e-7
"""The same for the test of a combination: what its statistic leaves is the third power of the length."""

_WAYPOINTS = (0.02, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of the way down at which a limit is looked for where the straight way does not settle."""


@dataclass(frozen=True, slots=True)
class Limits:
    """An interval and where its ends lie.

    Attributes
    ----------
    low, high : float
        NaN where the limit was not found.
    at_low, at_high : ndarray or None, shape (n_parameters,)
        Parameters at the ends.
    low_stepwise, high_stepwise : bool
        Whether the straight way missed the end and a way in small steps was needed.
    """

    low: float
    high: float
    at_low: Floats | None
    at_high: Floats | None
    low_stepwise: bool
    high_stepwise: bool


def likelihood_limits(
    fit: LogisticFit,
    what: Functional,
    *,
    confidence: float = 0.95,
    starts: tuple[Floats | None, Floats | None] = (None, None),
) -> Limits:
    """The values of a functional that a likelihood-ratio test would not reject.

    Each end is the smallest or largest value among all parameters whose likelihood is high enough: Newton
    steps on "the likelihood is at its target and flat where the functional does not change" (Venzon and
    Moolgavkar 1988), with the functional's own curvature. Where they do not settle the target is lowered
    step by step.

    Parameters
    ----------
    fit : LogisticFit
        Converged.
    what : Functional
    confidence : float
    starts : tuple of ndarray or None
        Parameters near the lower and the upper end, where some are known.

    References
    ----------
    Venzon, D. J. and Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence
    intervals. Applied Statistics 37, 87-94.
    """
    drop = 0.5 * float(chdtri(1.0, 1.0 - confidence))
    top = fit.peak, what.at(fit.theta)
    ends, stepwise = [], []
    for side, start in zip((-1.0, 1.0), starts, strict=True):
        first = top if start is None else (fit.likelihood.at(start), what.at(start))
        end = _end(fit, what, side, drop, *first)
        stepwise.append(end is None)
        if end is None:
            end = _end_step_by_step(fit, what, side, drop)
        ends.append(end)
    low, high = ends
    return Limits(
        float("nan") if low is None else low[0],
        float("nan") if high is None else high[0],
        None if low is None else low[1],
        None if high is None else high[1],
        low_stepwise=stepwise[0],
        high_stepwise=stepwise[1],
    )


def _end_step_by_step(
    fit: LogisticFit, what: Functional, side: float, drop: float
) -> tuple[float, Floats] | None:
    point, shape = fit.peak, what.at(fit.theta)
    for share in _WAYPOINTS:
        found = _end(fit, what, side, share * drop, point, shape)
        if found is None:
            return None
        point, shape = fit.likelihood.at(found[1]), what.at(found[1])
    return found


def _end(
    fit: LogisticFit, what: Functional, side: float, drop: float, point: Point, shape: Shape
) -> tuple[float, Floats] | None:
    target = fit.value - drop
    theta = point.coef
    for _ in range(_MOST_STEPS):
        step = _towards_target(point, shape, target, side)
        if step is None:
            return None
        length = float(step @ point.curvature @ step)
        if length <= _CLOSE and abs(point.value - target) <= _CLOSE**0.5:
            return shape.value + float(shape.slope @ step), theta + step
        moved = _moved(fit.likelihood, theta, step, target - 8.0)
        if moved is None:
            return None
        theta, point, shape = moved.coef, moved, what.at(moved.coef)
    return None


def _moved(likelihood: Likelihood, theta: Floats, step: Floats, lowest: float) -> Point | None:
    """The point one step on, shortened where it leads out of sight."""
    if not np.isfinite(step).all():
        return None
    step = likelihood.shortened(step, _LONGEST_STEP)
    for _ in range(12):
        point = likelihood.at(theta + step)
        if point.value > lowest:
            return point
        step = 0.5 * step
    return None


def _towards_target(point: Point, shape: Shape, target: float, side: float) -> Floats | None:
    """The step to where a parabola meets its target and is flat along the functional's level."""
    both = np.column_stack([point.score, shape.slope])
    solved = solve(point.curvature, both)
    if solved is None:
        return None
    up, along = solved[:, 0], solved[:, 1]
    room = 2.0 * (point.value - target) + float(point.score @ up)
    price = side * np.sqrt(max(room, 0.0) / float(shape.slope @ along))
    if shape.bend is None:
        return np.asarray(up + price * along, dtype=np.float64)
    bent = solve(point.curvature - price * shape.bend, both)
    if bent is None:
        return np.asarray(up + price * along, dtype=np.float64)
    up, along = bent[:, 0], bent[:, 1]
    pushed, raised = point.curvature @ along, point.curvature @ up
    a = 0.5 * float(along @ pushed)
    b = float(up @ pushed) - float(point.score @ along)
    c = 0.5 * float(up @ raised) - float(point.score @ up) - (point.value - target)
    price = (-b + side * np.sqrt(max(b * b - 4.0 * a * c, 0.0))) / (2.0 * a)
    return np.asarray(up + price * along, dtype=np.float64)


def likelihood_test(
    fit: LogisticFit, what: Functional, null: float = 0.0, *, start: Floats | None = None
) -> tuple[float, float]:
    """Likelihood-ratio test of one value of a functional: chi-squared with one degree of freedom, and p.

    Both are NaN where the largest likelihood with that value was not found.

    Parameters
    ----------
    fit : LogisticFit
        Converged.
    what : Functional
    null : float
    start : ndarray, optional
        Parameters near the highest point with that value, where some are known.
    """
    theta, point = (fit.theta, fit.peak) if start is None else (start, fit.likelihood.at(start))
    price = 0.0
    for _ in range(_MOST_STEPS):
        shape = what.at(theta)
        found = _onto_level(point, shape, null, price)
        if found is None:
            break
        step, price = found
        length = float(step @ point.curvature @ step)
        close = _CLOSE if shape.bend is not None else _CLOSE_ENOUGH
        if length <= close and abs(shape.value - null) <= _CLOSE:
            # what a last step would still win is second order in it
            statistic = max(0.0, 2.0 * (fit.value - point.value - float(point.score @ step) + 0.5 * length))
            return statistic, float(chdtrc(1.0, statistic))
        moved = _moved(fit.likelihood, theta, step, -np.inf)
        if moved is None:
            break
        theta, point = moved.coef, moved
    return float("nan"), float("nan")


def _bends_down(curvature: Floats) -> bool:
    """Whether a parabola with this curvature has a highest point."""
    try:
        linalg.cholesky(curvature, lower=True, check_finite=False)
    except linalg.LinAlgError:
        return False
    return True


def _onto_level(point: Point, shape: Shape, null: float, price: float) -> tuple[Floats, float] | None:
    """The step to the highest point of a parabola where the functional has its null value."""
    curvature = point.curvature
    if shape.bend is not None and price != 0.0:
        bent = curvature - price * shape.bend
        curvature = bent if _bends_down(bent) else curvature
    solved = solve(curvature, np.column_stack([point.score, shape.slope]))
    if solved is None:
        return None
    up, along = solved[:, 0], solved[:, 1]
    price = (null - shape.value - float(shape.slope @ up)) / float(shape.slope @ along)
    return np.asarray(up + price * along, dtype=np.float64), price
