"""The reader who does sums: how far one cell could be from what it is, given what is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np
import scipy.sparse as sparse

from stepup_equity.statistics.solver import solver_of

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats
    from stepup_equity.disclosure.system import System
    from stepup_equity.statistics.solver import Solver


_FAR = 1e5
"""Stands for "no limit" in a linear programme; every distance asked for is below a threshold."""


class Moves:
    """How far each cell has been seen to move, up and down, while one set of cells is hidden."""

    def __init__(self, n: int) -> None:
        self.up: Floats = np.zeros(n)
        self.down: Floats = np.zeros(n)

    def see(self, deviations: Floats) -> None:
        """Take note of one way in which everything may be otherwise."""
        np.maximum(self.up, deviations, out=self.up)
        np.maximum(self.down, -deviations, out=self.down)


class Attacker:
    """Linear programmes over the deviations d of every cell from its true value: M d = 0, d within bounds.

    One model is kept and warm-started; only bounds and the objective change.

    Parameters
    ----------
    system : System
        One block.
    """

    def __init__(self, system: System) -> None:
        n_rows, n_counts = system.counts.shape
        self._per_row = system.counted.n_cells
        self._n = n_rows * self._per_row
        value = system.cells.ravel().astype(float)
        self.room_up: Floats = system.upper.ravel() - value
        self.room_down: Floats = value - system.lower.ravel()
        choice = np.zeros((n_rows, self._per_row), bool)
        choice[:, :n_counts] = system.choice
        self.choice = np.flatnonzero(choice)
        self._free = np.ones(self._n, bool)
        self._free[self.choice] = False
        self._solver = _model(relations(system))
        self._all = np.arange(self._n, dtype=np.int32)
        self._pushed: int | None = None
        self.effort = 0
        """Simplex iterations of all pushes so far."""

    def look(self, hidden: Floats, reach: float) -> None:
        """Let the attacker see everything but what is hidden.

        Parameters
        ----------
        hidden : ndarray, shape (n_choices,)
            1 hidden, 0 printed; fractions in a relaxation.
        reach : float
            No cell that may be printed needs to move further than this; infinity for no such limit.
        """
        up = np.minimum(self.room_up, _FAR)
        down = np.minimum(self.room_down, _FAR)
        up[self.choice] = np.minimum(up[self.choice], reach) * hidden
        down[self.choice] = np.minimum(down[self.choice], reach) * hidden
        self._solver.changeColsBounds(self._n, self._all, -down, up)

    def at_rest(self) -> Moves:
        """A record of moves, of which there are none yet."""
        return Moves(self._n)

    def push(self, cell: int, sign: float) -> float:
        """How far a cell can move up (`sign` 1) or down (−1)."""
        if self._pushed is not None and self._pushed != cell:
            self._solver.changeColCost(self._pushed, 0.0)
        self._solver.changeColCost(cell, -sign)
        self._pushed = cell
        status = self._solver.settle()
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"The attacker's linear programme ended as {status}.")
        info = self._solver.getInfo()
        self.effort += max(0, info.simplex_iteration_count)
        return float(-info.objective_function_value)

    def deviations(self) -> Floats:
        """How every cell moved in the last push."""
        return np.array(self._solver.getSolution().col_value)

    def proof(self) -> tuple[Floats, float]:
        """Coefficients of the choices, and a constant, that bound the last push by linear duality.

        For every choice z the distance is at most ``constant + coefficients · z``.
        """
        reduced = np.array(self._solver.getSolution().col_dual)
        up, down = np.maximum(-reduced, 0.0), np.maximum(reduced, 0.0)
        up[up < 1e-9] = 0.0
        down[down < 1e-9] = 0.0
        with np.errstate(invalid="ignore"):
            paid = np.where(up > 0, up * self.room_up, 0.0) + np.where(down > 0, down * self.room_down, 0.0)
        return paid[self.choice], float(paid[self._free].sum())


class Router:
    """Cheapest ways to move one cell, where every move of a printed cell costs its weight.

    The deviations are split in two, d = d⁺ − d⁻, so that a move costs the same either way.

    Parameters
    ----------
    system : System
        One block.
    attacker : Attacker
        Of the same block.
    """

    def __init__(self, system: System, attacker: Attacker) -> None:
        matrix = relations(system)
        self._n = matrix.shape[1]
        self._choice = attacker.choice
        self._room = np.minimum(np.concatenate([attacker.room_up, attacker.room_down]), _FAR)
        self._all = np.arange(2 * self._n, dtype=np.int32)
        self._solver = _model(sparse.csr_array(sparse.hstack([matrix, -matrix])))
        self._solver.changeColsBounds(2 * self._n, self._all, np.zeros(2 * self._n), self._room)

    def route(self, cell: int, sign: float, distance: float, cost: Floats) -> Floats | None:
        """Deviations that move `cell` at least this far at the least cost; None where nothing can.

        `cost` has shape (n_choices,).
        """
        paid = np.zeros(self._n)
        paid[self._choice] = cost
        self._solver.changeColsCost(2 * self._n, self._all, np.concatenate([paid, paid]))
        there, back = (cell, self._n + cell) if sign > 0 else (self._n + cell, cell)
        self._solver.changeColBounds(there, distance, max(distance, self._room[there]))
        self._solver.changeColBounds(back, 0.0, 0.0)
        found = self._solver.settle() == highspy.HighsModelStatus.kOptimal
        moved = np.array(self._solver.getSolution().col_value)
        for column in (there, back):
            self._solver.changeColBounds(column, 0.0, self._room[column])
        return moved[: self._n] - moved[self._n :] if found else None


def _model(matrix: sparse.csr_array) -> Solver:
    n_rows, n_columns = matrix.shape
    none = np.zeros(n_columns)
    return solver_of(
        matrix,
        row_lower=np.zeros(n_rows),
        row_upper=np.zeros(n_rows),
        lower=none,
        upper=none,
        cost=none,
        warm=True,
    )


def relations(system: System) -> sparse.csr_array:
    """M, with a row for each sum: cells of a row, then rows at each stage."""
    n_rows, per_row = len(system.counts), system.counted.n_cells
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []

    def relation(number: int, plus: list[int], minus: list[int]) -> None:
        rows.extend([number] * (len(plus) + len(minus)))
        columns.extend(plus + minus)
        values.extend([1.0] * len(plus) + [-1.0] * len(minus))

    number = 0
    for row in range(n_rows):
        at = row * per_row
        for whole, parts in system.counted.relations():
            relation(number, [at + whole], [at + part for part in parts])
            number += 1
    for row, members in system.sums:
        for count in range(system.counted.n_counts):
            whole_row = [] if row < 0 else [row * per_row + count]
            relation(number, whole_row, [part * per_row + count for part in members])
            number += 1
    return sparse.csr_array((values, (rows, columns)), shape=(number, n_rows * per_row))
