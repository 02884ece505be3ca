"""Controlled rounding: every printed count is a multiple of the base, and everything still adds up.

Each cell is rounded to one of the two multiples beside it, a multiple stays as it is (*zero-restricted*), and
the rounded table solves M y = 0 as the true one does, totals included. Among all such tables the one nearest
to the truth is taken; ties are broken by a seed. There are no holes, so nothing can be unpicked: whoever
would work out a count more closely than the base would first have to take one of many solutions for the only
one.

Cox (1987), A constructive procedure for unbiased controlled rounding, J. Am. Stat. Assoc. 82, 520-524;
Salazar-González (2005), Controlled rounding and cell perturbation, Mathematical Programming 105, 583-603.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import highspy
import numpy as np

from stepup_equity.disclosure.attacker import relations
from stepup_equity.statistics.solver import solver_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.disclosure.system import System
    from stepup_equity.statistics.solver import Solver


_FEASIBLE: Final = 2
"""What the solver calls a point that meets every condition."""

_NODES: Final = 20_000
"""Where the search for the nearest table stops and takes the nearest found."""
_MANY: Final = 3_000
"""With more cells, as of four cohorts, a table nearly the nearest is taken: the last bit costs minutes."""
_NEARLY: Final = 0.02
"""By so much of itself may what is saved over rounding everything down be less than the most it can be."""

_TIE: Final = 1e-3
"""Weight of the seeded tie-break; the sum of all of them stays below one unit of distance per cell."""


def round_nearest(counts: Ints, base: int) -> Ints:
    """Each count to the nearest multiple, halves up; sums are not kept.

    >>> round_nearest(np.array([2, 3, 7, 12]), 5).tolist()
    [0, 5, 5, 10]
    """
    return (counts + base // 2) // base * base


def round_controlled(
    system: System, base: int, seed: int, *, somebody: NDArray[np.intp] | None = None
) -> Ints | NDArray[np.intp]:
    """The nearest additive table of multiples; of many cohorts one nearly as near.

    Parameters
    ----------
    system : System
        All rows that are printed, and how they add up.
    base : int
        What counts become multiples of.
    seed : int
        Breaks ties.
    somebody : ndarray of int, optional
        Flat positions of cells that hold somebody, as a reader can tell without their numbers. They are never
        printed as zero, which would tell more of them than of others.

    Returns
    -------
    ndarray
        Rounded counts, shape (n_rows, n_counts); or, where no additive table keeps every cell beside its true
        value, the positions of the cells that stand in the way, a flat array.
    """
    value = system.cells.ravel()
    below = value // base
    loose = (value % base) > 0
    raised = np.zeros(len(value), bool)
    raised[[] if somebody is None else somebody] = True
    raised &= (below == 0) & loose
    below, loose = below + raised, loose & ~raised
    up_costs = base - 2 * (value % base)  # what a step up adds to the distance
    noise = np.random.default_rng(seed).uniform(0, _TIE, len(value))
    solver = _program(system, below, loose, np.where(loose, up_costs + noise, 0.0))
    solver.settle()
    if solver.getInfo().primal_solution_status == _FEASIBLE:
        steps = np.rint(np.array(solver.getSolution().col_value)).astype(np.int64)
        cells = (steps * base).reshape(system.cells.shape)
        rounded: Ints = cells[:, : system.counts.shape[1]]
        return rounded
    return _in_the_way(system, below, loose)


def _program(system: System, below: Ints, loose: NDArray[np.bool_], cost: Floats) -> Solver:
    matrix = relations(system)
    solver = solver_of(
        matrix,
        row_lower=np.zeros(matrix.shape[0]),
        row_upper=np.zeros(matrix.shape[0]),
        lower=below.astype(float),
        upper=(below + loose).astype(float),
        cost=cost,
        whole=True,
    )
    solver.setOptionValue("mip_max_nodes", _NODES)
    if len(below) > _MANY:
        solver.setOptionValue("mip_rel_gap", _NEARLY)
    return solver


def _in_the_way(system: System, below: Ints, loose: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The fewest cells that would have to go beyond the two multiples beside them."""
    n = len(below)
    solver = _program(system, below, loose, np.zeros(n))
    everything = np.arange(n, dtype=np.int32)
    solver.changeColsBounds(
        n, everything, np.maximum(below - 1, 0).astype(float), (below + loose + 1).astype(float)
    )
    for i in range(n):
        for sign, limit in ((1.0, below[i] + loose[i]), (-1.0, -below[i])):
            solver.addCol(1.0, 0.0, 1.0, 0, np.zeros(0, np.int32), np.zeros(0))
            index = np.array([i, solver.getNumCol() - 1], np.int32)
            solver.addRow(-highspy.kHighsInf, float(limit), 2, index, np.array([sign, -1.0]))
    solver.settle()
    if solver.getInfo().primal_solution_status != _FEASIBLE:
        return np.flatnonzero(loose)
    beyond = np.array(solver.getSolution().col_value)[n:].reshape(n, 2).sum(axis=1)
    return np.flatnonzero(beyond > 0.5)
