"""Logistic regressions of all gates where some characteristics are blank: EM on counts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from stepup_equity.errors import StatisticError
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

_ENOUGH: Final = 1e-4
"""Change of any coefficient, in standard errors of complete data, at which iterations stop."""

_MOST_CYCLES: Final = 300
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
    found : Estimated
        From which the observed likelihood can be followed (`ObservedFit`).
    """

    gates: tuple[EmGate, ...]
    people: Floats
    log_likelihood: float
    cycles: int
    converged: bool
    found: Estimated


def fit_em(blanks: Blanks, cells: Ints, designs: Sequence[CodedDesign], kinds: Sequence[GateKind]) -> EmFit:
    """Fit all gates at once where characteristics are blank at random given what is stated.

    The outcome, how far somebody got, is a sequence of logistic regressions; the characteristics have a
    loglinear distribution with all two-way margins (Ibrahim 1990; Little and Rubin 2019, chapter 13). Each
    step shares out people with blanks over the complete cells they may belong to, by what the model says of
    them and of how far they got, and takes one Newton step for each gate and one cycle of proportional
    fitting for the characteristics; steps are extrapolated (SQUAREM, Varadhan and Roland 2008) and stop when
    no coefficient moves. Errors come from the observed information (Louis 1982), coefficients and
    characteristics together.

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
    Ibrahim, J. G. (1990). Incomplete data in generalized linear models. JASA 85, 765-769.
    Louis, T. A. (1982). Finding the observed information matrix when using the EM algorithm. JRSS B 44,
    226-233.
    Varadhan, R. and Roland, C. (2008). Simple and globally convergent methods for accelerating the
    convergence of any EM algorithm. Scandinavian Journal of Statistics 35, 335-353.
    """
    model = Model.of(blanks, cells, designs)
    state = model.start()
    firth = tuple("firth" if kind == "flac" else "ml" for kind in kinds)
    made_up: list[Floats | None] = [None] * len(designs)
    state, cycles, converged = climb(model, state, firth, made_up)
    if "flac" in kinds:
        counts = model.expected(state)
        for j, kind in enumerate(kinds):
            if kind == "flac":
                made_up[j] = _leverage(designs[j], counts.trials[j], state.theta[j])
        theta = tuple(
            np.append(t, 0.0) if kind == "flac" else t for t, kind in zip(state.theta, kinds, strict=True)
        )
        state, more, converged = climb(model, State(theta, state.log_share), kinds, made_up)
        cycles += more
    return _finished(model, state, kinds, made_up, cycles, converged=converged)


@dataclass(frozen=True, eq=False)
class State:
    """Coefficients of each gate, and the log share of people in each cell."""

    theta: tuple[Floats, ...]
    log_share: Floats


@dataclass(frozen=True, eq=False)
class Held:
    """A linear combination of one gate's parameters that iterations leave as it is."""

    gate: int
    weights: Floats


@dataclass(frozen=True, eq=False)
class Expected:
    """Expected complete counts: by outcome and cell, and by gate and cell."""

    by_outcome: Floats
    trials: Floats
    passed: Floats
    share: Floats
    value: float


@dataclass(frozen=True, eq=False)
class Model:
    """Records matched with the cells they may belong to, all pairs of a record side by side."""

    designs: tuple[CodedDesign, ...]
    cells: Ints
    sizes: tuple[int, ...]
    record: Ints
    cell: Ints
    outcome: Ints
    key: Ints
    first: Ints
    ways: Ints
    n: Floats
    at_risk: Floats
    passed: Floats
    pairs: tuple[tuple[Ints, int], ...]

    @classmethod
    def of(cls, blanks: Blanks, cells: Ints, designs: Sequence[CodedDesign]) -> Model:
        """The patterns of gates and passes that occur, and the designs at their cells."""
        kinds, outcome = np.unique(np.hstack([blanks.at_risk, blanks.passed]), axis=0, return_inverse=True)
        gates = blanks.at_risk.shape[1]
        record, cell = blanks.matched()
        first = np.flatnonzero(np.diff(record, prepend=-1))
        pairs = []
        for a, b in combinations(range(len(blanks.sizes)), 2) if len(blanks.sizes) > 1 else [(0, 0)]:
            pairs.append((cells[:, a] * blanks.sizes[b] + cells[:, b], blanks.sizes[a] * blanks.sizes[b]))
        return cls(
            tuple(designs),
            cells,
            blanks.sizes,
            record,
            cell,
            outcome.ravel()[record],
            outcome.ravel()[record] * len(cells) + cell,
            first,
            np.diff(np.append(first, record.size)),
            blanks.n[record[first]],
            kinds[:, :gates].astype(np.float64),
            kinds[:, gates:].astype(np.float64),
            tuple(pairs),
        )

    def start(self) -> State:
        """Characteristics as if unrelated, everybody with the same chance at a gate."""
        weights = np.repeat(self.n / self.ways, self.ways)
        share = np.bincount(self.cell, weights, len(self.cells))
        log_share = np.zeros(len(self.cells))
        for v, size in enumerate(self.sizes):
            margin = np.bincount(self.cells[:, v], share, size)
            with np.errstate(divide="ignore"):
                log_share = log_share + np.log(margin / margin.sum())[self.cells[:, v]]
        theta = []
        for j, design in enumerate(self.designs):
            tried = float(weights @ self.at_risk[self.outcome, j])
            got = float(weights @ self.passed[self.outcome, j])
            first = np.zeros(design.n_columns)
            first[0] = np.log((got + 0.5) / (tried - got + 0.5))
            theta.append(first)
        return State(tuple(theta), log_share)

    def log_chances(self, state: State) -> Floats:
        """Log chance of each outcome in each cell, shape (n_outcomes, n_cells)."""
        out = np.zeros((self.at_risk.shape[0], len(self.cells)))
        for j, (design, theta) in enumerate(zip(self.designs, state.theta, strict=True)):
            eta = design.linear_predictor(theta[: design.n_columns])
            log_sum = probabilities(eta).log_odds_sum
            out += self.passed[:, j, None] * eta - self.at_risk[:, j, None] * log_sum
        return out

    def posterior(self, state: State) -> tuple[Floats, float]:
        """How each record's people are shared out over its cells, and the observed log-likelihood."""
        weight = np.exp(state.log_share + self.log_chances(state)).ravel().take(self.key)
        total = np.add.reduceat(weight, self.first)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(self.n @ np.log(total))
            weight *= np.repeat(self.n / total, self.ways)
        return weight, value

    def expected(self, state: State) -> Expected:
        """Expected complete counts."""
        share, value = self.posterior(state)
        shape = (self.at_risk.shape[0], len(self.cells))
        table = np.asarray(np.bincount(self.key, share, shape[0] * shape[1]), np.float64).reshape(shape)
        return Expected(table, self.at_risk.T @ table, self.passed.T @ table, share, value)

    def refit(self, log_share: Floats, people: Floats) -> Floats:
        """One cycle of proportional fitting to the expected two-way margins."""
        share = np.exp(log_share)
        total = people.sum()
        for code, size in self.pairs:
            want, have = np.bincount(code, people, size), np.bincount(code, share, size) * total
            share = share * np.divide(want, have, out=np.zeros(size), where=have > 0)[code]
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(share / share.sum()), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Estimated:
    """Where the iterations ended, with all that the likelihood there is made of."""

    model: Model
    state: State
    kinds: tuple[str, ...]
    made_up: tuple[Floats | None, ...]

    def value(self, state: State) -> float:
        """The observed log-likelihood, with what FLAC's made-up people add."""
        out = self.model.posterior(state)[1]
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
) -> tuple[State, int, bool]:
    """Pairs of EM steps and an extrapolation, until no coefficient moves."""
    for cycle in range(1, _MOST_CYCLES + 1):
        once, _, _ = _step(model, state, kinds, made_up, held)
        twice, value, curvature = _step(model, once, kinds, made_up, held)
        moved = max(
            float((np.abs(b - a) * np.sqrt(c)).max(initial=0.0))
            for a, b, c in zip(once.theta, twice.theta, curvature, strict=True)
        )
        if moved <= _ENOUGH:
            return twice, cycle, True
        state = _extrapolated(model, state, once, twice, curvature, value)
    return state, _MOST_CYCLES, False


def _extrapolated(
    model: Model, state: State, once: State, twice: State, curvature: list[Floats], value: float
) -> State:
    """The SQUAREM step, or the second EM step where it would fall."""
    weight = np.concatenate([np.sqrt(c) for c in curvature])
    first = np.concatenate(once.theta) - np.concatenate(state.theta)
    bend = np.concatenate(twice.theta) - np.concatenate(once.theta) - first
    length = float(np.linalg.norm(bend * weight))
    stretch = -float(np.linalg.norm(first * weight)) / length if length > 0 else -1.0
    stretch = float(np.clip(stretch, -16.0, -1.0))
    if stretch == -1.0:
        return twice
    theta = tuple(
        a - 2.0 * stretch * (b - a) + stretch**2 * (c - 2.0 * b + a)
        for a, b, c in zip(state.theta, once.theta, twice.theta, strict=True)
    )
    some = np.isfinite(twice.log_share)
    a, b, c = (s.log_share[some] for s in (state, once, twice))
    log_share = np.full(some.size, -np.inf)
    log_share[some] = a - 2.0 * stretch * (b - a) + stretch**2 * (c - 2.0 * b + a)
    log_share[some] -= log_share[some].max()
    log_share[some] -= np.log(np.exp(log_share[some]).sum())
    far = State(theta, log_share)
    return far if model.posterior(far)[1] >= value - 1.0 else twice


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
    state: State,
    kinds: Sequence[str],
    made_up: Sequence[Floats | None],
    cycles: int,
    *,
    converged: bool,
) -> EmFit:
    counts = model.expected(state)
    likelihoods = [
        _likelihood(design, counts.passed[j], counts.trials[j], kinds[j], made_up[j])
        for j, design in enumerate(model.designs)
    ]
    complete = [
        likelihood.at(theta).information for likelihood, theta in zip(likelihoods, state.theta, strict=True)
    ]
    together = covariance(model, state, counts, complete)
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
    return EmFit(tuple(gates), counts.by_outcome.sum(axis=0), counts.value, cycles, converged, found)
