"""Profile-likelihood intervals, plain and penalised, each limit with what it took to find it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

from stepup_equity.statistics.regression.functionals import Combination
from stepup_equity.statistics.regression.likelihood import PenalisedLikelihood, Point, Secants
from stepup_equity.statistics.regression.limits import Limits, likelihood_limits
from stepup_equity.statistics.regression.term_tests import constrained_maximum

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.fits import LogisticFit


_FAST_ITERATIONS = 40
_WIDENINGS = 60

_FURTHEST = 1e4
"""Log odds beyond which no likelihood falls any more, so that a limit there would be one of rounding."""


@dataclass(frozen=True, slots=True)
class ProfileIntervals:
    """Limits of single coefficients.

    Attributes
    ----------
    low, high : ndarray, shape (n_chosen,)
        NaN where neither way of looking found the limit.
    low_converged, high_converged : ndarray of bool, shape (n_chosen,)
    low_bracketed, high_bracketed : ndarray of bool, shape (n_chosen,)
        Limits that the fast solver missed and a slower one found.
    """

    low: Floats
    high: Floats
    low_converged: Bools
    high_converged: Bools
    low_bracketed: Bools
    high_bracketed: Bools


def profile_intervals(
    fit: LogisticFit, columns: ArrayLike | None = None, *, confidence: float = 0.95
) -> ProfileIntervals:
    """Intervals of the values that a likelihood-ratio test would not reject.

    Wald intervals are symmetric and wrong where a group has few passes or none; these follow the likelihood,
    and for Firth fits the penalised likelihood. Each limit is first looked for by the method of Venzon and
    Moolgavkar, which moves all coefficients at once; where that does not settle the limit is approached in
    small steps, and for Firth fits the profile itself is computed along a bracket and its root found.

    Parameters
    ----------
    fit : LogisticFit
    columns : array_like of int, optional
        Positions of the coefficients; all by default.
    confidence : float

    References
    ----------
    Venzon, D. J. and Moolgavkar, S. H. (1988). A method for computing profile-likelihood-based confidence
    intervals. Applied Statistics 37, 87-94.

    Examples
    --------
    None of 8 pass, against 40 of 60:

    >>> from stepup_equity.statistics.regression import (
    ...     CodedDesign, fit_firth, intercept, profile_intervals, treatment)
    >>> design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> limits = profile_intervals(fit_firth(design, [40, 0], [60, 8]), [1])
    >>> limits.low.round(2), limits.high.round(2), bool(limits.low_converged[0])
    (array([-8.39]), array([-1.35]), True)
    """
    chosen = np.arange(fit.coef.size) if columns is None else np.asarray(columns, dtype=np.intp)
    if not isinstance(fit.likelihood, PenalisedLikelihood):
        unit = np.eye(fit.theta.size)
        return _of_limits(
            [likelihood_limits(fit, Combination(unit[j]), confidence=confidence) for j in chosen]
        )
    target = fit.value - 0.5 * float(chdtri(1.0, 1.0 - confidence))
    found = {side: [_limit(fit, int(j), side, target) for j in chosen] for side in (-1.0, 1.0)}
    low, high = (np.array([limit.value for limit in found[side]]) for side in (-1.0, 1.0))
    bracketed = [np.array([limit.bracketed for limit in found[side]], dtype=bool) for side in (-1.0, 1.0)]
    return ProfileIntervals(
        low,
        high,
        np.isfinite(low),
        np.isfinite(high),
        low_bracketed=bracketed[0],
        high_bracketed=bracketed[1],
    )


def _of_limits(found: list[Limits]) -> ProfileIntervals:
    """Limits along a concave likelihood, where every flat point at the target is one."""
    low, high = (np.array([getattr(limits, side) for limits in found]) for side in ("low", "high"))
    return ProfileIntervals(
        low,
        high,
        np.isfinite(low),
        np.isfinite(high),
        low_bracketed=np.array([limits.low_stepwise for limits in found], dtype=bool),
        high_bracketed=np.array([limits.high_stepwise for limits in found], dtype=bool),
    )


@dataclass(frozen=True, slots=True)
class _Limit:
    value: float
    bracketed: bool


def _limit(fit: LogisticFit, j: int, side: float, target: float) -> _Limit:
    fast = _venzon_moolgavkar(fit, j, side, target)
    if fast is not None and _is_limit(fit, j, fast, target):
        return _Limit(float(fast[j]), bracketed=False)
    return _Limit(_bracketed(fit, j, side, target), bracketed=True)


def _venzon_moolgavkar(fit: LogisticFit, j: int, side: float, target: float) -> Floats | None:
    """Newton on "the likelihood is at its target and flat in all other coefficients"."""
    spread = fit.std_error
    if not np.isfinite(spread).all():
        return None
    drop = 2.0 * (fit.value - target)
    coef = fit.coef + side * np.sqrt(drop / fit.covariance[j, j]) * fit.covariance[:, j]
    others = np.arange(fit.coef.size) != j
    close = max(1e-10, 8 * np.finfo(float).eps * abs(target))
    unit = np.eye(fit.coef.size)[j]
    memory = Secants()
    before: Point | None = None
    for _ in range(_FAST_ITERATIONS):
        point = fit.likelihood.at(coef)
        if not np.isfinite(point.value):
            return None
        flat = np.abs(point.score[others] * spread[others]).max(initial=0.0)
        if abs(point.value - target) <= close and flat <= 1e-7:
            return coef if side * (coef[j] - fit.coef[j]) > 0 else None
        if before is not None:
            memory.learn(point.coef - before.coef, before.score - point.score)
        before = point
        towards, along = memory.solve(point.curvature, point.score), memory.solve(point.curvature, unit)
        if towards is None or along is None:
            return None
        squared = 2.0 * (point.value - target + 0.5 * float(point.score @ towards)) / along[j]
        if squared < 0:
            return None
        step = towards + side * np.sqrt(squared) * along
        furthest = float(np.abs(fit.design.linear_predictor(step)).max(initial=0.0))
        coef = coef + step * min(1.0, 5.0 / furthest if furthest > 0 else 1.0)
    return None


def _is_limit(fit: LogisticFit, j: int, coef: Floats, target: float) -> bool:
    """Whether a flat point is the largest likelihood at its coefficient.

    A penalised likelihood is not concave: the point may be a saddle or the lower of two maxima, and the
    limit would come out too near.
    """
    highest = constrained_maximum(fit, np.arange(coef.size) == j, float(coef[j]), start=coef)
    return highest.converged and highest.point.value <= target + 1e-8 * max(1.0, abs(target))


def _bracketed(fit: LogisticFit, j: int, side: float, target: float) -> float:
    """The root of the profile likelihood between the maximum and a point beyond the limit."""
    from scipy.optimize import brentq

    held = np.arange(fit.coef.size) == j
    last = fit.coef.copy()

    def above(value: float) -> float:
        nonlocal last
        found = constrained_maximum(fit, held, value, start=last)
        if not found.converged:
            raise ArithmeticError
        last = found.point.coef
        return found.point.value - target

    spread = float(fit.std_error[j])
    width = spread if np.isfinite(spread) and spread > 0 else 1.0
    inside, outside = float(fit.coef[j]), float(fit.coef[j]) + side * width
    furthest = _FURTHEST / float(np.abs(fit.design.linear_predictor(held)).max())
    try:
        for _ in range(_WIDENINGS):
            if not abs(outside) < furthest:
                return float("nan")
            if above(outside) < 0:
                break
            inside, outside, width = outside, outside + side * width, 1.5 * width
        else:
            return float("nan")
        return float(brentq(above, inside, outside, xtol=1e-9, rtol=1e-12))
    except (ArithmeticError, ValueError):  # nothing settled, or no change of sign: the fit is no maximum
        return float("nan")
