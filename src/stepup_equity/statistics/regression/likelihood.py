"""The binomial log-likelihood of counted people, plain and with Jeffreys' penalty, and its maximum."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from scipy import linalg
from scipy.linalg.lapack import dposv

from stepup_equity.errors import StatisticError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.design import CodedDesign


DEVIANCE_TOLERANCE = 1e-14
"""Relative change of the deviance at which plain Newton stops: quadratic convergence has then squared an
error of about 1e-7 standard errors, far below the 1e-8 that coefficients are held to."""

SCORE_TOLERANCE = 1e-9
"""Largest score at which a penalised fit stops; its convergence is linear, so the score itself is watched."""

_LONGEST_STEP = 5.0
"""Most that one step may move anybody's log odds."""

_MOST_HALVINGS = 40

_MOST_SADDLES = 10
"""Saddles that one climb may leave before it is given up as not converged."""

_OFF_SADDLE = 0.1
"""How far, in standard errors, a saddle is left before climbing on."""

_UPWARDS = 1e-6
"""Curvature, as a share of the augmented information, from which a point without slope is no maximum."""


@dataclass(frozen=True, slots=True)
class Probabilities:
    """What one linear predictor says, computed without loss at either end.

    Attributes
    ----------
    passing, failing : ndarray, shape (n_rows,)
        P(pass) and P(not pass); each is accurate where the other is nearly 1.
    log_odds_sum : ndarray, shape (n_rows,)
        ``log(1 + exp(eta))``.
    """

    passing: Floats
    failing: Floats
    log_odds_sum: Floats


def probabilities(eta: ArrayLike) -> Probabilities:
    """Both probabilities of a log odds.

    >>> probabilities([40.0]).failing
    array([4.24835426e-18])
    """
    x = np.asarray(eta, dtype=np.float64)
    small = np.abs(x)
    np.negative(small, out=small)
    np.exp(small, out=small)
    larger = 1.0 + small
    np.divide(1.0, larger, out=larger)
    smaller = small * larger
    positive = x >= 0
    np.log1p(small, out=small)
    small += np.maximum(x, 0.0)
    return Probabilities(np.where(positive, larger, smaller), np.where(positive, smaller, larger), small)


def inner(a: Floats, b: Floats) -> float:
    """Sum of products over all patterns, in this thread.

    A linear algebra library hands longer ones to all its threads, which takes longer to wake up than this
    takes, thousands of times in a profile.
    """
    return float(np.einsum("i,i->", a, b))


def checked_counts(successes: ArrayLike, trials: ArrayLike, n_rows: int) -> tuple[Floats, Floats]:
    """Counts as floats, or the reason why no table of people can produce them."""
    s = np.asarray(successes, dtype=np.float64)
    m = np.asarray(trials, dtype=np.float64)
    if s.shape != (n_rows,) or m.shape != (n_rows,):
        raise StatisticError(
            f"Successes and trials need one count for each of the {n_rows} rows of the design; "
            f"found shapes {s.shape} and {m.shape}."
        )
    if not (np.isfinite(s).all() and np.isfinite(m).all()):
        raise StatisticError("Successes and trials must be finite counts.")
    impossible = (s < 0) | (s > m)
    if impossible.any():
        row = int(np.flatnonzero(impossible)[0])
        raise StatisticError(
            f"Row {row} has {s[row]:g} successes in {m[row]:g} trials; successes lie between 0 and trials."
        )
    return s, m


def solve(matrix: Floats, right: Floats) -> Floats | None:
    """Solve with a positive definite matrix after scaling its diagonal to 1; None where it is singular."""
    diagonal = matrix.diagonal()
    if diagonal.size == 0:
        return np.asarray(right, dtype=np.float64)
    if not diagonal.min() > 0 or not np.isfinite(matrix).all():
        return None
    scale = 1.0 / np.sqrt(diagonal)
    by_row = scale if right.ndim == 1 else scale[:, None]
    _, solved, failed = dposv(matrix * scale[:, None] * scale, right * by_row, lower=1)
    return None if failed else np.asarray(solved.reshape(right.shape) * by_row, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Point:
    """A likelihood at one set of coefficients.

    Attributes
    ----------
    coef : ndarray, shape (n_columns,)
    value : float
        Log-likelihood per person, penalised where the likelihood is; minus infinity where it is undefined.
    score : ndarray, shape (n_columns,)
        Its gradient.
    curvature : ndarray, shape (n_columns, n_columns)
        The matrix that steps are taken with: the information, augmented in a penalised fit.
    information : ndarray, shape (n_columns, n_columns)
        ``X' W X`` with ``W = trials p (1 - p)``.
    """

    coef: Floats
    value: float
    score: Floats
    curvature: Floats
    information: Floats


@dataclass(frozen=True, eq=False)
class Likelihood(ABC):
    """A likelihood of counts, as `maximise` and the profile intervals need it.

    Attributes
    ----------
    design : CodedDesign
        One row per covariate pattern.
    successes, trials : ndarray, shape (n_rows,)
        People who passed and people who tried.
    stop : {"deviance", "score"}
        Whether a fit watches the change of the deviance, or the score itself.
    """

    design: CodedDesign
    successes: Floats
    trials: Floats
    stop: ClassVar[Literal["deviance", "score"]]

    @abstractmethod
    def at(self, coef: Floats) -> Point:
        """Value, score and curvature at these coefficients."""

    @property
    def apart(self) -> BinomialLikelihood | None:
        """The same likelihood as one of plain counts; None where it is not one."""
        return None

    def reach(self, step: Floats) -> float:
        """The furthest that a step moves anybody's log odds."""
        return float(np.abs(self.design.linear_predictor(step)).max(initial=0.0))

    def shortened(self, step: Floats, most: float) -> Floats:
        """The step, or as much of it as moves nobody's log odds further than that."""
        if self.design.at_most(step) <= most:  # nearly always, and told without looking at the rows
            return step
        furthest = self.reach(step)
        return step if furthest <= most else step * (most / furthest)


@dataclass(frozen=True, eq=False)
class BinomialLikelihood(Likelihood):
    """Log-likelihood per person of grouped binomial counts.

    Whatever the grouping, the value is that of the rows behind the counts: binomial coefficients are
    left out.
    """

    stop: ClassVar[Literal["deviance", "score"]] = "deviance"

    @property
    def apart(self) -> BinomialLikelihood:
        """Itself."""
        return self

    def at(self, coef: Floats) -> Point:
        """Value, score and information (McCullagh and Nelder 1989, section 4.4)."""
        eta = self.design.linear_predictor(coef)
        p = probabilities(eta)
        value = inner(self.successes, eta) - inner(self.trials, p.log_odds_sum)
        residual = self.successes * p.failing - (self.trials - self.successes) * p.passing
        information = self.design.gram(self.trials * p.passing * p.failing)
        return Point(coef, value, self.design.total(residual), information, information)


@dataclass(frozen=True, eq=False)
class PenalisedLikelihood(Likelihood):
    """Log-likelihood plus half the log determinant of the information (Jeffreys' prior).

    The maximum is finite whenever the columns are independent, also where a group has no successes
    (Firth 1993; Heinze and Schemper 2002). The penalty is that of the full design, also where some
    coefficients are held fixed. The leverage of a pattern stands for all its people, so counts and rows
    give the same answer.
    """

    stop: ClassVar[Literal["deviance", "score"]] = "score"

    def at(self, coef: Floats) -> Point:
        """Value, modified score (Firth 1993, equation 4.1) and augmented information."""
        eta = self.design.linear_predictor(coef)
        p = probabilities(eta)
        unit = p.passing * p.failing
        information = self.design.gram(self.trials * unit)
        inverse, log_determinant = _inverse(information)
        if inverse is None:
            nothing = np.full(coef.size, np.nan)
            return Point(coef, -np.inf, nothing, information, information)
        leverage = self.trials * unit * self.design.quadratic(inverse)
        value = inner(self.successes, eta) - inner(self.trials, p.log_odds_sum) + 0.5 * log_determinant
        residual = self.successes * p.failing - (self.trials - self.successes) * p.passing
        residual += 0.5 * leverage * (p.failing - p.passing)
        curvature = self.design.gram((self.trials + leverage) * unit)
        return Point(coef, value, self.design.total(residual), curvature, information)

    def ascent(self, point: Point, moving: Bools) -> Floats | None:
        """The direction in which the penalised likelihood curves upwards most, one standard error long.

        Jeffreys' penalty is not concave: held at a far value, two coefficients that share a separated group
        may balance at a point without slope that is a saddle, with maxima on either side. The Hessian of half
        the log determinant is ``X' diag(h w''/w) X / 2`` less a matrix that is never negative, so where
        the first part alone leaves no way up the second need not be worked out.
        """
        inverse, _ = _inverse(point.information)
        if inverse is None or self.surely_concave(point, moving):
            return None
        p = probabilities(self.design.linear_predictor(point.coef))
        skew = self.trials * p.passing * p.failing * (p.failing - p.passing)
        columns = np.eye(point.coef.size)[moving]
        turns = np.array(
            [inverse @ self.design.gram(skew * self.design.linear_predictor(c)) for c in columns]
        )
        size = len(turns)
        squares = turns.reshape(size, -1) @ turns.transpose(0, 2, 1).reshape(size, -1).T
        fall = self._bare_fall(point, inverse)[np.ix_(moving, moving)] + 0.5 * squares
        scale = 1.0 / np.sqrt(np.diag(point.curvature)[moving])
        values, vectors = linalg.eigh(
            fall * scale[:, None] * scale, subset_by_index=[0, 0], check_finite=False
        )
        if values[0] > -_UPWARDS:
            return None
        direction = np.zeros(moving.size)
        direction[moving] = scale * vectors[:, 0]
        return direction

    def surely_concave(self, point: Point, moving: Bools) -> bool:
        """Whether the part of the Hessian that may bend upwards does not; the other part never does."""
        inverse, _ = _inverse(point.information)
        if inverse is None:
            return False
        return (
            solve(self._bare_fall(point, inverse)[np.ix_(moving, moving)], np.ones(int(moving.sum())))
            is not None
        )

    def _bare_fall(self, point: Point, inverse: Floats) -> Floats:
        """Minus the Hessian, without the part of it that never bends upwards."""
        p = probabilities(self.design.linear_predictor(point.coef))
        weights = self.trials * p.passing * p.failing
        leverage = weights * self.design.quadratic(inverse)
        return self.design.gram(weights - 0.5 * leverage * (1.0 - 6.0 * p.passing * p.failing))


def _inverse(matrix: Floats) -> tuple[Floats | None, float]:
    """Inverse and log determinant of a positive definite matrix, scaled first."""
    diagonal = np.diag(matrix)
    if not (diagonal > 0).all() or not np.isfinite(matrix).all():
        return None, -np.inf
    scale = 1.0 / np.sqrt(diagonal)
    try:
        factor = linalg.cholesky(matrix * scale[:, None] * scale, lower=True, check_finite=False)
    except linalg.LinAlgError:
        return None, -np.inf
    log_determinant = 2.0 * float(np.log(np.diag(factor)).sum() - np.log(scale).sum())
    identity = np.eye(diagonal.size)
    inverse = linalg.cho_solve((factor, True), identity, check_finite=False)
    return inverse * scale[:, None] * scale, log_determinant


class Secants:
    """What past steps taught about the curvature, added to the matrix at hand (Nocedal 1980).

    The augmented information leaves out how leverages change, so steps with it alone converge linearly. A few
    pairs of (step, fall of the score) mend that: the L-BFGS recursion with the augmented information in
    the middle. Plain Newton steps need no mending and teach nothing here.
    """

    def __init__(self, most: int = 8) -> None:
        self._pairs: deque[tuple[Floats, Floats]] = deque(maxlen=most)

    def learn(self, step: Floats, fall: Floats) -> None:
        """Remember a step and by how much the score fell along it; only where it did fall."""
        if np.isfinite(fall).all() and step @ fall > 1e-12 * np.linalg.norm(step) * np.linalg.norm(fall):
            self._pairs.append((step, fall))

    def solve(self, curvature: Floats, right: Floats) -> Floats | None:
        """``curvature^-1 @ right`` with what was learned; None where the matrix is singular."""
        vector = right.copy()
        weights = []
        for step, fall in reversed(self._pairs):
            weight = (step @ vector) / (step @ fall)
            vector -= weight * fall
            weights.append(weight)
        solved = solve(curvature, vector)
        if solved is None:
            return None
        for (step, fall), weight in zip(self._pairs, reversed(weights), strict=True):
            solved += (weight - (fall @ solved) / (step @ fall)) * step
        return solved


@dataclass(frozen=True, slots=True)
class Maximum:
    """Where a likelihood, or a constrained likelihood, is largest.

    Attributes
    ----------
    point : Point
        The last point reached.
    converged : bool
        Whether the stopping rule was met.
    iterations : int
        Steps taken.
    """

    point: Point
    converged: bool
    iterations: int


def maximise(
    likelihood: Likelihood,
    start: Floats,
    *,
    free: Bools | None = None,
    most_iterations: int = 200,
) -> Maximum:
    """Climb to the maximum by Newton steps, halved where the likelihood would fall.

    A point without slope that is a saddle is left on both sides, and the higher maximum taken.

    Parameters
    ----------
    likelihood : BinomialLikelihood or PenalisedLikelihood
    start : ndarray, shape (n_columns,)
        First coefficients; those that are not free stay as they are.
    free : ndarray of bool, shape (n_columns,), optional
        Coefficients that may move; all by default.
    most_iterations : int
        Steps after which the answer is returned as not converged.
    """
    moving = np.ones(start.size, dtype=bool) if free is None else free
    here = likelihood.at(np.array(start, dtype=np.float64))
    found = _climb(likelihood, here, moving, most_iterations)
    if not isinstance(likelihood, PenalisedLikelihood) or not moving.any():
        return found  # a concave likelihood has no saddles
    for _ in range(_MOST_SADDLES):
        upwards = likelihood.ascent(found.point, moving) if found.converged else None
        if upwards is None:
            return found
        sides = [
            _climb(likelihood, likelihood.at(found.point.coef + side * upwards), moving, most_iterations)
            for side in (-_OFF_SADDLE, _OFF_SADDLE)
        ]
        best = max(sides, key=lambda side: side.point.value)
        found = Maximum(best.point, best.converged, found.iterations + sum(side.iterations for side in sides))
    return Maximum(found.point, converged=False, iterations=found.iterations)


def _climb(likelihood: Likelihood, here: Point, moving: Bools, most_iterations: int) -> Maximum:
    """Newton steps from one point to a point without slope."""
    memory = Secants()
    if not moving.any():
        return Maximum(here, converged=True, iterations=0)
    rounding = _rounding_of_score(likelihood)
    enough = max(SCORE_TOLERANCE, rounding)
    flat = enough if likelihood.stop == "score" else rounding  # below it the deviance may swing for ever
    before = np.inf
    for iteration in range(most_iterations):
        if np.abs(here.score[moving]).max() <= flat:
            return Maximum(here, converged=True, iterations=iteration)
        if likelihood.stop == "deviance" and abs(here.value - before) <= DEVIANCE_TOLERANCE * (
            abs(here.value) + 0.05
        ):
            return Maximum(here, converged=True, iterations=iteration)
        there = _step(likelihood, here, moving, memory)
        if there is None:
            return Maximum(here, bool(np.abs(here.score[moving]).max() <= enough), iteration)
        if likelihood.stop == "score":
            memory.learn((there.coef - here.coef)[moving], (here.score - there.score)[moving])
        before, here = here.value, there
    return Maximum(here, converged=False, iterations=most_iterations)


def _rounding_of_score(likelihood: Likelihood) -> float:
    """How large a score may be by rounding: 1e-9 at some hundred thousand people."""
    blocks = likelihood.design.blocks
    largest = max(1.0 if b.values is None else float(np.abs(b.values).max(initial=0.0)) for b in blocks)
    return 16 * float(np.finfo(float).eps) * float(likelihood.trials.sum()) * largest


def _step(likelihood: Likelihood, here: Point, moving: Bools, memory: Secants) -> Point | None:
    """The next point, or None where no step goes up."""
    every = bool(moving.all())
    curvature = here.curvature if every else here.curvature[np.ix_(moving, moving)]
    direction = memory.solve(curvature, here.score if every else here.score[moving])
    if direction is None:
        return None
    step = np.zeros(here.coef.size)
    step[moving] = direction
    step = likelihood.shortened(step, _LONGEST_STEP)
    for _ in range(_MOST_HALVINGS):
        there = likelihood.at(here.coef + step)
        if there.value >= here.value or _flatter(there, here, moving):
            return there
        step = 0.5 * step
    return None


def _flatter(there: Point, here: Point, moving: Bools) -> bool:
    """Whether the likelihood fell by rounding alone and the score is smaller, which then knows better."""
    if here.value - there.value > 1e-11 * (1.0 + abs(here.value)):
        return False
    return float(np.linalg.norm(there.score[moving])) < float(np.linalg.norm(here.score[moving]))
