"""What a fit by EM goes through at each step: who the people are, and how far they are expected to get."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from stepup_equity.statistics.regression.likelihood import probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.statistics.regression.blanks import Blanks
    from stepup_equity.statistics.regression.design import CodedDesign


_NOBODY: Final = 1e-16
"""Share of all people below which nobody lives in a cell."""


@dataclass(frozen=True, eq=False)
class State:
    """Coefficients of each gate, and the log share of people in each cell."""

    theta: tuple[Floats, ...]
    log_share: Floats


@dataclass(frozen=True, eq=False)
class Expected:
    """Expected complete counts: by outcome and cell, and by gate and cell."""

    by_outcome: Floats
    trials: Floats
    passed: Floats
    value: float


@dataclass(frozen=True, eq=False)
class Model:
    """Records, and in `agree` a row for each: 1 at every outcome and cell that agree with what it states.

    `places` says which of all cells are in it: shares of cells may shrink to nothing, and most of many do.
    """

    designs: tuple[CodedDesign, ...]
    cells: Ints
    places: Ints
    sizes: tuple[int, ...]
    agree: sparse.csr_array
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
        key = outcome.ravel()[record] * len(cells) + cell
        rows = (np.ones(key.size), key, np.append(first, record.size))
        pairs = list(combinations(range(len(blanks.sizes)), 2)) or [(0, 0)]
        return cls(
            tuple(designs),
            cells,
            np.arange(len(cells)),
            blanks.sizes,
            sparse.csr_array(rows, shape=(first.size, len(kinds) * len(cells))),
            blanks.n[record[first]],
            kinds[:, :gates].astype(np.float64),
            kinds[:, gates:].astype(np.float64),
            tuple(
                (cells[:, a] * blanks.sizes[b] + cells[:, b], blanks.sizes[a] * blanks.sizes[b])
                for a, b in pairs
            ),
        )

    def lived_in(self, state: State) -> tuple[Model, State]:
        """The same without cells whose share of people is less than the rounding of all."""
        kept = state.log_share > np.log(_NOBODY)
        everywhere = np.tile(kept, len(self.at_risk))
        smaller = replace(
            self,
            designs=tuple(design.rows(kept) for design in self.designs),
            cells=self.cells[kept],
            places=self.places[kept],
            agree=self.agree[:, np.flatnonzero(everywhere)],
            pairs=tuple((code[kept], size) for code, size in self.pairs),
        )
        return smaller, State(state.theta, state.log_share[kept])

    def start(self) -> State:
        """Characteristics as if unrelated, everybody with the same chance at a gate."""
        table = self._filled_in(self.n / self.ways)
        share, by_outcome = table.sum(axis=0), table.sum(axis=1)
        log_share = np.zeros(len(self.cells))
        for v, size in enumerate(self.sizes):
            margin = np.bincount(self.cells[:, v], share, size)
            with np.errstate(divide="ignore"):
                log_share = log_share + np.log(margin / margin.sum())[self.cells[:, v]]
        theta = []
        for j, design in enumerate(self.designs):
            tried, got = float(by_outcome @ self.at_risk[:, j]), float(by_outcome @ self.passed[:, j])
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

    def over_all(self, of_cells: Floats, n_cells: int) -> Floats:
        """A number of each cell, 0 for those that are not in it."""
        out = np.zeros(n_cells)
        out[self.places] = of_cells
        return out

    @property
    def ways(self) -> Ints:
        """In how many cells the people of each record may be."""
        return np.diff(self.agree.indptr)

    def _filled_in(self, per_way: Floats) -> Floats:
        """Sums over records of a number for each of its cells, shape (n_outcomes, n_cells)."""
        return np.asarray(self.agree.T @ per_way, np.float64).reshape(-1, len(self.cells))

    def _chances(self, state: State) -> tuple[Floats, Floats]:
        """Chance of each outcome and cell, and of what each record states."""
        chance = np.exp(state.log_share + self.log_chances(state))
        return chance, np.asarray(self.agree @ chance.ravel(), dtype=np.float64)

    def value(self, state: State) -> float:
        """The observed log-likelihood."""
        with np.errstate(divide="ignore"):
            return float(self.n @ np.log(self._chances(state)[1]))

    def expected(self, state: State) -> Expected:
        """Expected complete counts."""
        chance, total = self._chances(state)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            value = float(self.n @ np.log(total))
            table = chance * self._filled_in(self.n / total)
            return Expected(table, self.at_risk.T @ table, self.passed.T @ table, value)

    def shares(self, state: State) -> sparse.csr_array:
        """How the people of each record are shared out over the outcomes and cells of `agree`."""
        chance, total = self._chances(state)
        shared = chance.take(self.agree.indices) * np.repeat(self.n / total, self.ways)
        return sparse.csr_array((shared, self.agree.indices, self.agree.indptr), shape=self.agree.shape)

    def refit(self, log_share: Floats, people: Floats) -> Floats:
        """One cycle of proportional fitting to the expected two-way margins."""
        share = np.exp(log_share)
        total = people.sum()
        for code, size in self.pairs:
            want, have = np.bincount(code, people, size), np.bincount(code, share, size) * total
            share = share * np.divide(want, have, out=np.zeros(size), where=have > 0)[code]
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(share / share.sum()), dtype=np.float64)
