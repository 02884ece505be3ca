"""Tests of terms, jointly and coefficient by coefficient: likelihood ratio and Wald."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.likelihood import (
    Maximum,
    PenalisedLikelihood,
    Point,
    maximise,
    solve,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.fits import LogisticFit


_APART = 6.0
"""How far apart, in anybody's log odds, other maxima are looked for."""

_DIRECTIONS = 3
"""Directions in which other maxima are looked for."""


@dataclass(frozen=True, eq=False)
class Term:
    """The columns of one term, and of the terms that contain it.

    Attributes
    ----------
    columns : ndarray of bool, shape (n_columns,)
        Columns of the term.
    above : ndarray of bool, shape (n_columns,)
        Columns of the terms it is part of, such as its interactions; a type II test leaves them out.
    """

    columns: Bools
    above: Bools


@dataclass(frozen=True, slots=True)
class ChiSquaredTests:
    """Tests that compare twice a difference, or a quadratic form, with chi-squared.

    Attributes
    ----------
    statistic, df, p_value : ndarray, shape (n_tests,)
        NaN statistic and p where a term has no column left (df 0) or a fit did not converge.
    converged : ndarray of bool, shape (n_tests,)
    """

    statistic: Floats
    df: NDArray[np.intp]
    p_value: Floats
    converged: Bools


def constrained_maximum(
    fit: LogisticFit, fixed: ArrayLike, at: ArrayLike | float = 0.0, *, start: Floats | None = None
) -> Maximum:
    """The largest likelihood with some coefficients held where they are told to stay.

    A penalised likelihood keeps the penalty of the full design, as `logistf` does; leaving the columns out
    instead would compare likelihoods with different penalties. Where it may have several maxima (it
    does, held far from the fit, where two coefficients share a separated group) they are looked for from
    the parabola, from the fit, and on both sides along the directions that are known least.

    Parameters
    ----------
    fit : LogisticFit
    fixed : array_like of bool, shape (n_columns,)
        Coefficients to hold.
    at : float or array_like, shape (n_fixed,)
        Their values.
    start : ndarray, shape (n_columns,), optional
        First values of the free coefficients; by default the parabola through the maximum.
    """
    held = np.zeros(fit.theta.size, dtype=bool)
    held[: fit.coef.size] = fixed
    near = _climbed(fit, held, at, _on_parabola(fit, held, at) if start is None else start)
    if not near.converged:  # a separated fit and its parabola lie where the likelihood is flat
        middle = _climbed(fit, held, at, np.zeros(held.size))
        near = max(near, middle, key=lambda maximum: (maximum.converged, maximum.point.value))
    if not isinstance(fit.likelihood, PenalisedLikelihood):
        return near
    if near.converged and fit.likelihood.surely_concave(near.point, ~held):
        return near
    starts = [_on_parabola(fit, held, at), fit.theta]
    for apart in _least_known(fit, near.point, ~held):
        starts += [near.point.coef - apart, near.point.coef + apart]
    found = [near, *(_climbed(fit, held, at, other) for other in starts)]
    return max(found, key=lambda maximum: (maximum.converged, maximum.point.value))


def _climbed(fit: LogisticFit, held: Bools, at: ArrayLike | float, start: Floats) -> Maximum:
    begin = start.copy()
    begin[held] = at
    if not np.isfinite(begin).all():
        begin = np.zeros(held.size)
        begin[held] = at
    return maximise(fit.likelihood, begin, free=~held)


def _on_parabola(fit: LogisticFit, held: Bools, at: ArrayLike | float) -> Floats:
    """Where the parabola through the maximum is highest under the constraint."""
    shift = np.asarray(at, dtype=np.float64) - fit.theta[held]
    spread = fit.theta_covariance
    moved = solve(spread[np.ix_(held, held)], np.broadcast_to(shift, (int(held.sum()),)).copy())
    return fit.theta + (0.0 if moved is None else spread[:, held] @ moved)


def _least_known(fit: LogisticFit, point: Point, free: Bools) -> list[Floats]:
    """Steps along the flattest directions at a point, each as long as other maxima may be away."""
    if not free.any() or not np.isfinite(point.curvature).all():
        return []
    vectors = np.linalg.eigh(point.curvature[np.ix_(free, free)])[1]
    steps = []
    for vector in vectors.T[:_DIRECTIONS]:
        step = np.zeros(free.size)
        step[free] = vector
        steps.append(step * (_APART / fit.likelihood.reach(step)))
    return steps


def term_tests(fit: LogisticFit, terms: Sequence[Term]) -> ChiSquaredTests:
    """Likelihood-ratio test of every term, type II, all its columns jointly.

    A term is tested in the model of everything that does not contain it: a main effect beside the other main
    effects, an interaction beside all its parts. Without interactions that is the model itself against the
    model without the term. For Firth fits both sides keep the full design's penalty.

    Parameters
    ----------
    fit : LogisticFit
    terms : sequence of Term

    References
    ----------
    Fox, J. and Weisberg, S. (2019). An R Companion to Applied Regression, 3rd edition, section 5.3.4.
    Heinze, G. and Schemper, M. (2002). Statistics in Medicine 21, 2409-2419 (penalised).

    Examples
    --------
    Of 100 women 40 pass, of 50 men 10:

    >>> import numpy as np
    >>> from stepup_equity.statistics.regression import (
    ...     CodedDesign, Term, fit_logistic, intercept, term_tests, treatment)
    >>> design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> fit = fit_logistic(design, [40, 10], [100, 50])
    >>> tests = term_tests(fit, [Term(np.array([False, True]), np.array([False, False]))])
    >>> tests.statistic.round(3), tests.p_value.round(4)
    (array([6.312]), array([0.012]))
    """
    statistics, degrees, converged = [], [], []
    for term in terms:
        larger_value, larger_converged = fit.value, fit.converged
        if term.above.any():
            larger = constrained_maximum(fit, term.above)
            larger_value, larger_converged = larger.point.value, larger.converged
        smaller = constrained_maximum(fit, term.columns | term.above)
        statistics.append(2.0 * (larger_value - smaller.point.value))
        degrees.append(int(term.columns.sum()))
        converged.append(larger_converged and smaller.converged)
    return _tests(np.array(statistics), np.array(degrees, dtype=np.intp), np.array(converged, dtype=bool))


def coefficient_tests(fit: LogisticFit, columns: ArrayLike | None = None) -> ChiSquaredTests:
    """Likelihood-ratio test of single coefficients against 0.

    Parameters
    ----------
    fit : LogisticFit
    columns : array_like of int, optional
        Positions of the coefficients; all by default.
    """
    chosen = np.arange(fit.coef.size) if columns is None else np.asarray(columns, dtype=np.intp)
    statistics, converged = [], []
    for j in chosen:
        held = np.arange(fit.coef.size) == j
        found = constrained_maximum(fit, held)
        statistics.append(2.0 * (fit.value - found.point.value))
        converged.append(fit.converged and found.converged)
    return _tests(np.array(statistics), np.ones(chosen.size, dtype=np.intp), np.array(converged, dtype=bool))


def wald_tests(
    coef: ArrayLike, covariance: ArrayLike, terms: Sequence[Term], *, df: float = np.inf
) -> ChiSquaredTests:
    """Joint Wald test of every term, type II, with any covariance (model-based, robust, cluster-robust).

    The statistic of a term with its interactions minus that of the interactions alone, which is the Wald
    statistic of the term once the interactions are set to 0.

    Parameters
    ----------
    coef : array_like, shape (n_columns,)
    covariance : array_like, shape (n_columns, n_columns)
    terms : sequence of Term
    df : float
        Degrees of freedom of the covariance, such as clusters - 1: the statistic is then Hotelling's T², and
        compared with F. Compared with F without the loss of degrees to the term's own, 8 clusters reject four
        equal groups in 13 of 100 cohorts at 5 %.

    Raises
    ------
    StatisticError
        Shapes that do not fit.
    """
    b, v = np.asarray(coef, dtype=np.float64), np.asarray(covariance, dtype=np.float64)
    if v.shape != (b.size, b.size):
        raise StatisticError(f"A covariance of shape {(b.size, b.size)} is needed; found {v.shape}.")
    statistics = [_quadratic(b, v, t.columns | t.above) - _quadratic(b, v, t.above) for t in terms]
    degrees = np.array([int(term.columns.sum()) for term in terms], dtype=np.intp)
    found = _tests(np.array(statistics), degrees, np.ones(len(terms), dtype=bool))
    if np.isinf(df):
        return found
    own = np.maximum(degrees, 1)
    left = np.maximum(df + 1.0 - own, 0.0)
    with np.errstate(invalid="ignore"):
        p_value = np.asarray(fdtrc(own, left, found.statistic * left / (df * own)), dtype=np.float64)
    return replace(found, p_value=p_value)


def _quadratic(b: Floats, v: Floats, chosen: Bools) -> float:
    if not chosen.any():
        return 0.0
    solved = solve(v[np.ix_(chosen, chosen)], b[chosen])
    return float("nan") if solved is None else float(b[chosen] @ solved)


def _tests(statistic: Floats, df: NDArray[np.intp], converged: Bools) -> ChiSquaredTests:
    value = np.where(converged & (df > 0), np.maximum(statistic, 0.0), np.nan)
    return ChiSquaredTests(
        value, df, np.asarray(chdtrc(np.maximum(df, 1), value), dtype=np.float64), converged
    )
