"""Logistic regressions of all gates where some characteristics are blank: EM on counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.acceleration import Anderson
from stepup_equity.statistics.regression.blanks_model import Model, State
from stepup_equity.statistics.regression.flac import AugmentedLikelihood
from stepup_equity.statistics.regression.likelihood import (
    BinomialLikelihood,
    Likelihood,
    PenalisedLikelihood,
    Point,
    probabilities,
    solve,
)
from stepup_equity.statistics.regression.missing_information import covariance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.statistics.regression.blanks import Blanks
    from stepup_equity.statistics.regression.design import CodedDesign


GateKind = Literal["ml", "flac"]

_ENOUGH: Final = 1e-9
"""Change of any coefficient, in standard errors of complete data, at which iterations stop."""

ENOUGH_FOR_VALUE: Final = 1e-4
"""The same where only the likelihood is asked for, which is flat at its top."""

_ROUGHLY: Final = (1e-1, 1e-3)
"""The same before cells that nobody lives in are left out."""

_MOST_STEPS: Final = 600
_SLACK: Final = 1e-4
"""Fall of the log-likelihood that an extrapolation may bring: Firth's penalty is outside it."""
_LONGEST_STEP: Final = 3.0


@dataclass(frozen=True, eq=False)
class EmGate:
    """One gate of a fit.

    Attributes
    ----------
    likelihood : BinomialLikelihood or AugmentedLikelihood
        Of expected counts.
    theta : ndarray, shape (n_parameters,)
        Coefficients, and for FLAC that of its indicator, last.
    covariance : ndarray, shape (n_parameters, n_parameters)
        From the observed information of all gates and of who the people are.
    complete_covariance : ndarray
        What it would be, were nothing blank.
    """

    likelihood: Likelihood
    theta: Floats
    covariance: Floats
    complete_covariance: Floats


@dataclass(frozen=True, eq=False)
class EmFit:
    """The fit of all gates.

    Attributes
    ----------
    gates : tuple of EmGate
    people : ndarray, shape (n_cells,)
        Expected people of each complete cell.
    log_likelihood : float
        Observed, per person, without the penalties.
    cycles : int
    converged : bool
    pairs : int
        Records times the cells they may belong to.
    found : Estimated
        From which the observed likelihood can be followed (`ObservedFit`).
    """

    gates: tuple[EmGate, ...]
    people: Floats
    log_likelihood: float
    cycles: int
    converged: bool
    pairs: int
    found: Estimated


def fit_em(blanks: Blanks, cells: Ints, designs: Sequence[CodedDesign], kinds: Sequence[GateKind]) -> EmFit:
    """Fit all gates at once where characteristics are blank at random given what is stated.

    The outcome, how far somebody got, is a sequence of logistic regressions; the characteristics have a
    loglinear distribution with all two-way margins (Ibrahim 1990; Little and Rubin 2019, chapter 13). Each
    step shares out people with blanks over the complete cells they may belong to, by what the model says of
    them and of how far they got, and takes one Newton step for each gate and one cycle of proportional
    fitting for the characteristics; steps are extrapolated (Anderson 1965) and stop when no coefficient
    moves, so that the order of terms and groups leaves no trace. Errors come from the observed information
    (Louis 1982), coefficients and characteristics together.

    Parameters
    ----------
    blanks : Blanks
    cells : ndarray of int, shape (n_cells, n_characteristics)
        All complete cells, the last characteristic running fastest.
    designs : sequence of CodedDesign, one for each gate
        Rows are the cells; columns independent.
    kinds : sequence of {"ml", "flac"}
        FLAC where a group has no passes or no failures: Firth's steps first, whose leverages then stay.

    Raises
    ------
    StatisticError
        More combinations than memory holds.

    References
    ----------
    Anderson, D. G. (1965). Iterative procedures for nonlinear integral equations. JACM 12, 547-560.
    Ibrahim, J. G. (1990). Incomplete data in generalized linear models. JASA 85, 765-769.
    Louis, T. A. (1982). Finding the observed information matrix when using the EM algorithm. JRSS B 44,
    226-233.
    """
    model = Model.of(blanks, cells, designs)
    state, pairs = model.start(), int(model.agree.nnz)
    firth = tuple("firth" if kind == "flac" else "ml" for kind in kinds)
    made_up: list[Floats | None] = [None] * len(designs)
    cycles = 0
    for enough in (*_ROUGHLY, _ENOUGH):
        state, steps, converged = climb(model, state, firth, made_up, enough=enough)
        model, state = model.lived_in(state)
        cycles += steps
    if "flac" in kinds:
        counts = model.expected(state)
        for j, kind in enumerate(kinds):
            if kind == "flac":
                made_up[j] = _leverage(model.designs[j], counts.trials[j], state.theta[j])
        theta = tuple(
            np.append(t, 0.0) if kind == "flac" else t for t, kind in zip(state.theta, kinds, strict=True)
        )
        state, more, converged = climb(model, State(theta, state.log_share), kinds, made_up)
        cycles += more
    return _finished(model, designs, state, kinds, made_up, cycles, converged=converged, pairs=pairs)


@dataclass(frozen=True, eq=False)
class Held:
    """A linear combination of one gate's parameters that iterations leave as it is."""

    gate: int
    weights: Floats


@dataclass(frozen=True, eq=False)
class Estimated:
    """Where the iterations ended, with all that the likelihood there is made of."""

    model: Model
    state: State
    kinds: tuple[str, ...]
    made_up: tuple[Floats | None, ...]

    def value(self, state: State) -> float:
        """The observed log-likelihood, with what FLAC's made-up people add."""
        out = self.model.value(state)
        for design, theta, made_up in zip(self.model.designs, state.theta, self.made_up, strict=True):
            if made_up is not None:
                out += AugmentedLikelihood(design, 0.0 * made_up, 0.0 * made_up, made_up).added(theta)
        return out


def _likelihood(
    design: CodedDesign, passed: Floats, trials: Floats, kind: str, made_up: Floats | None
) -> Likelihood:
    if kind == "firth":
        return PenalisedLikelihood(design, passed, trials)
    if kind == "flac" and made_up is not None:
        return AugmentedLikelihood(design, passed, trials, made_up)
    return BinomialLikelihood(design, passed, trials)


def _step(
    model: Model,
    state: State,
    kinds: Sequence[str],
    made_up: Sequence[Floats | None],
    held: Held | None = None,
) -> tuple[State, float, list[Floats]]:
    """One EM step; the value before it, and the curvature of each gate."""
    counts = model.expected(state)
    theta, curvatures = [], []
    for j, design in enumerate(model.designs):
        likelihood = _likelihood(design, counts.passed[j], counts.trials[j], kinds[j], made_up[j])
        point = likelihood.at(state.theta[j])
        fixed = held.weights if held is not None and held.gate == j else None
        step = _newton_step(point, fixed)
        theta.append(state.theta[j] + likelihood.shortened(step, _LONGEST_STEP))
        curvatures.append(np.diag(point.curvature))
    log_share = model.refit(state.log_share, counts.by_outcome.sum(axis=0))
    return State(tuple(theta), log_share), counts.value, curvatures


def _newton_step(point: Point, fixed: Floats | None) -> Floats:
    """The step to the top of a parabola, of its slice where a combination is held."""
    right = point.score if fixed is None else np.column_stack([point.score, fixed])
    solved = solve(point.curvature, right)
    if solved is None:
        raise StatisticError("A gate's coefficients are not determined, blanks filled in or not.")
    if fixed is None:
        return solved
    up, along = solved.T
    return np.asarray(up - along * (float(fixed @ up) / float(fixed @ along)), dtype=np.float64)


def climb(
    model: Model,
    state: State,
    kinds: Sequence[str],
    made_up: Sequence[Floats | None],
    held: Held | None = None,
    enough: float = _ENOUGH,
) -> tuple[State, int, bool]:
    """EM steps, extrapolated, until no coefficient moves by more than `enough`.

    An extrapolation that lowers the likelihood is taken back. Shares of cells move on the log scale, so that
    they keep to the loglinear model.
    """
    memory, last, highest, moved = Anderson(), state, -np.inf, np.inf
    for step in range(1, _MOST_STEPS + 1):
        try:
            with np.errstate(all="ignore"):  # what was led too far is taken back below
                there, value, curvature = _step(model, state, kinds, made_up, held)
        except StatisticError:
            if state is last:
                raise
            value = np.nan
        if state is last:
            highest = value
        elif not value >= highest - _SLACK:  # led too far
            state = last
            memory.forget()
            continue
        highest = max(highest, value)
        scale = np.sqrt(np.concatenate(curvature))
        way = np.concatenate(there.theta) - np.concatenate(state.theta)
        moved = float(np.abs(way * scale).max(initial=0.0))
        if moved <= enough:
            return there, step, True
        last, state = there, _extrapolated(model, memory, state, there, scale)
    return last, _MOST_STEPS, moved <= ENOUGH_FOR_VALUE


def _extrapolated(model: Model, memory: Anderson, state: State, there: State, scale: Floats) -> State:
    """Where the EM steps so far lead to; cells that nobody can be in stay so."""
    some = np.isfinite(there.log_share)
    weights = np.append(scale, np.sqrt(model.n.sum() * np.exp(there.log_share)))
    here, image = (
        np.append(np.concatenate(s.theta), np.where(some, s.log_share, 0.0)) for s in (state, there)
    )
    ends = np.cumsum([theta.size for theta in there.theta])
    *theta, shares = np.split(memory.onwards(here, image, weights), ends)
    log_share = np.where(some, shares - shares[some].max(), -np.inf)
    return State(tuple(theta), log_share - np.log(np.exp(log_share).sum()))


def _leverage(design: CodedDesign, trials: Floats, theta: Floats) -> Floats:
    """Each cell's leverage at Firth's estimate."""
    p = probabilities(design.linear_predictor(theta))
    weight = trials * p.passing * p.failing
    inverse = solve(design.gram(weight), np.eye(design.n_columns))
    if inverse is None:
        raise StatisticError("A gate's coefficients are not determined, blanks filled in or not.")
    return np.asarray(weight * design.quadratic(inverse), dtype=np.float64)


def _finished(
    model: Model,
    designs: Sequence[CodedDesign],
    state: State,
    kinds: Sequence[str],
    made_up: Sequence[Floats | None],
    cycles: int,
    *,
    converged: bool,
    pairs: int,
) -> EmFit:
    counts = model.expected(state)
    complete = [
        _likelihood(design, passed, trials, kind, added).at(theta).information
        for design, passed, trials, kind, added, theta in zip(
            model.designs, counts.passed, counts.trials, kinds, made_up, state.theta, strict=True
        )
    ]
    together = covariance(model, state, complete)
    n_cells = designs[0].n_rows
    likelihoods = [
        _likelihood(
            design,
            model.over_all(passed, n_cells),
            model.over_all(trials, n_cells),
            kind,
            None if added is None else model.over_all(added, n_cells),
        )
        for design, passed, trials, kind, added in zip(
            designs, counts.passed, counts.trials, kinds, made_up, strict=True
        )
    ]
    gates, start = [], 0
    for likelihood, theta, information in zip(likelihoods, state.theta, complete, strict=True):
        at = slice(start, start + theta.size)
        own = solve(information, np.eye(theta.size))
        gates.append(
            EmGate(
                likelihood,
                theta,
                together[at, at],
                np.full(information.shape, np.nan) if own is None else own,
            )
        )
        start += theta.size
    found = Estimated(model, state, tuple(kinds), tuple(made_up))
    people = model.over_all(counts.by_outcome.sum(axis=0), n_cells)
    return EmFit(tuple(gates), people, counts.value, cycles, converged, pairs, found)
