"""Tables that fit a print and would print the same, drawn where there are too many to try them all.

A reader who runs the program must not be able to tell a small count more closely than was promised. For that
it is enough that *some* tables print the same in which the count is as large, and lies as far apart, as the
promise says. Such tables are looked for near the true one, at random but by the seed: for each count that is
not yet shown to be safe, the cheapest way to move it far enough under costs drawn anew. Only what is found
counts, so a count is never called safe that is not; one may be refused for which no table was found.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np
import scipy.sparse as sparse

from stepup_equity.disclosure.attacker import relations
from stepup_equity.disclosure.system import sensitive
from stepup_equity.statistics.solver import solver_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.system import Ints, System
    from stepup_equity.statistics.solver import Solver

DRAWN: Final = 300
"""Tables that are drawn and protected in their turn."""

_ROUNDS: Final = 20
"""Draws for one count in one direction."""

_FAR: Final = 1e6


def given_away(alike: list[Ints], system: System, policy: Policy) -> list[int]:
    """Cells that those tables, all alike in print, tell too closely: flat positions.

    Each cell that is small in one of them must keep its promise: then the answer is one for all of them, and
    that there is a release tells nothing more.
    """
    cells = np.array([system.counted.cells(table).ravel() for table in alike])
    small = np.array([sensitive(table, system.counted, policy).ravel() for table in alike]).any(axis=0)
    low, high = cells.min(axis=0), cells.max(axis=0)
    wide = high - low >= policy.width
    safe = wide if policy.shows_all else wide & (high >= policy.threshold)
    return [int(at) for at in np.flatnonzero(small & ~safe)]


def told_by_witnesses(
    system: System, low: Ints, high: Ints, same: Callable[[Ints], bool], policy: Policy, seed: int
) -> list[int]:
    """Cells of which no table was found that keeps their promise: flat positions.

    Parameters
    ----------
    system : System
        Rows and sums, with the true counts.
    low, high : ndarray of int, shape (n_rows, n_counts)
        What the print says of each count; −1 as the largest where it says nothing.
    same : callable
        Whether a table would print the same.
    policy : Policy
    seed : int
    """
    draws = _Draws(system, low, high, np.random.default_rng(seed))
    alike, tried = [system.counts], {system.counts.tobytes()}
    for _ in range(_ROUNDS):
        for cell in given_away(alike, system, policy):
            for need in _moves(alike, cell, system, policy):
                further = int(draws.random.integers(0, policy.threshold)) * (1 if need > 0 else -1)
                table = draws.moved(cell, need + further) if len(tried) <= DRAWN else None
                if table is None or table.tobytes() in tried:
                    continue
                tried.add(table.tobytes())
                if same(table):
                    alike.append(table)
    return given_away(alike, system, policy)


def _moves(alike: list[Ints], cell: int, system: System, policy: Policy) -> list[int]:
    """How far a cell has to move from its true value, up and down, for its promise to be kept."""
    values = [int(system.counted.cells(table).ravel()[cell]) for table in alike]
    true, low, high = values[0], min(values), max(values)
    if not policy.shows_all and high < policy.threshold:
        return [policy.threshold - true]
    if high - low >= policy.width:
        return []
    return [low + policy.width - true, high - policy.width - true]


@dataclass
class _Draws:
    """Tables near the true one, under costs that are drawn for each."""

    system: System
    low: Ints
    high: Ints
    random: np.random.Generator
    solver: Solver = field(init=False)
    room: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        system, n_counts = self.system, self.system.counts.shape[1]
        value = system.cells.astype(float)
        lower, upper = np.zeros(value.shape), np.full(value.shape, _FAR)
        lower[:, :n_counts] = np.maximum(self.low, 0)
        upper[:, :n_counts] = np.where(self.high < 0, _FAR, self.high)
        self.room = np.concatenate([(upper - value).ravel(), (value - lower).ravel()])
        matrix = relations(system)
        none = np.zeros(matrix.shape[0])
        self.solver = solver_of(
            sparse.csr_array(sparse.hstack([matrix, -matrix])),
            row_lower=none,
            row_upper=none,
            lower=np.zeros(len(self.room)),
            upper=self.room,
            cost=np.zeros(len(self.room)),
            whole=True,
        )
        self.solver.setOptionValue("mip_max_nodes", 200)
        self.solver.setOptionValue("mip_rel_gap", 0.05)

    def moved(self, cell: int, need: int) -> Ints | None:
        """A table in which a cell is `need` more than in truth, or less where that is negative."""
        n = len(self.room) // 2
        there, back = (cell, n + cell) if need > 0 else (n + cell, cell)
        if self.room[there] < abs(need):
            return None
        cost = 10 ** self.random.uniform(0, 1.5, len(self.room))
        self.solver.changeColsCost(len(cost), np.arange(len(cost), dtype=np.int32), cost)
        self.solver.changeColBounds(there, float(abs(need)), self.room[there])
        self.solver.changeColBounds(back, 0.0, 0.0)
        self.solver.settle()
        found = self.solver.getInfo().primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        steps = np.rint(np.array(self.solver.getSolution().col_value)).astype(np.int64)
        for column in (there, back):
            self.solver.changeColBounds(column, 0.0, self.room[column])
        if not found:
            return None
        cells = self.system.cells + (steps[:n] - steps[n:]).reshape(self.system.cells.shape)
        return np.ascontiguousarray(cells[:, : self.system.counts.shape[1]])
