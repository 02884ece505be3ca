"""A reader who runs the program: of all tables that fit a print, those that would print the same.

Which cells are hidden, or which of two multiples is printed, depends on the true counts, so it tells of them:
a number is hidden for the sake of a small one, and where only one of those hidden together can be small it is
known to be (the minimality attack; Wong, Fu, Wang & Pei 2007, VLDB, 543-554). Whoever has the program keeps,
of all tables that fit, those for which it would have printed this very release.

Each count rounded to the nearest multiple withstands that by itself: the print is a function of each count
alone, so what fits is what would print the same. Anything else is tried: every table that fits is protected
in its turn, as long as there are not too many of them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np

from stepup_equity.disclosure.attacker import relations
from stepup_equity.disclosure.audit import exposed_in
from stepup_equity.disclosure.bounds import addresses, printed_system, system_of
from stepup_equity.disclosure.past import past_of
from stepup_equity.disclosure.release import Release
from stepup_equity.disclosure.solver import solver_of
from stepup_equity.disclosure.system import sensitive

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stepup_equity.disclosure.audit import Address
    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.job import Job
    from stepup_equity.disclosure.past import Past
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.solver import Solver
    from stepup_equity.disclosure.system import Ints, System


MOST: Final = 400
"""Tables that are tried before there are too many."""


def tables_that_fit(system: System, low: Ints, high: Ints, *, most: int = MOST) -> list[Ints] | None:
    """Every table of whole numbers that fits a print; None where there are more than can be tried.

    Parameters
    ----------
    system : System
        Rows and sums.
    low, high : ndarray of int, shape (n_rows, n_counts)
        What the print says of each count; −1 as the largest where it says nothing.
    most : int
    """
    n_counts, n_cells = system.counts.shape[1], system.counted.n_cells
    matrix = relations(system)
    lower, upper = np.zeros(system.cells.shape), np.full(system.cells.shape, highspy.kHighsInf)
    lower[:, :n_counts] = np.maximum(low, 0)
    upper[:, :n_counts] = np.where(high < 0, highspy.kHighsInf, high)
    sums = matrix @ system.cells.ravel().astype(float)  # zero, or what a printed total says
    solver = solver_of(
        matrix,
        row_lower=sums,
        row_upper=sums,
        lower=lower.ravel(),
        upper=upper.ravel(),
        cost=np.zeros(system.cells.size),
        warm=True,
    )
    order = [row * n_cells + count for row in range(len(system.counts)) for count in range(n_counts)]
    found: list[Ints] = []
    waiting: list[tuple[tuple[int, int], ...]] = [()]
    for _ in range(most * len(order)):  # each turn fixes one count of one table, or finds a table
        if not waiting or len(found) > most:
            break
        fixed = waiting.pop()
        _fix(solver, fixed, lower.ravel(), upper.ravel(), order)
        for at in order[len(fixed) :]:
            ends = _ends(solver, at)
            if ends is None:
                break
            fixed = (*fixed, (at, ends[0]))
            waiting += [(*fixed[:-1], (at, value)) for value in range(ends[0] + 1, ends[1] + 1)]
            solver.changeColBounds(at, float(ends[0]), float(ends[0]))
            if len(waiting) > most * len(order):
                return None
        else:
            values = np.array([value for _, value in fixed], np.int64)
            found.append(values.reshape(system.counts.shape))
    return None if waiting or len(found) > most else found


def _fix(
    solver: Solver,
    fixed: tuple[tuple[int, int], ...],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    order: list[int],
) -> None:
    for at in order:
        solver.changeColBounds(at, lower[at], upper[at])
    for at, value in fixed:
        solver.changeColBounds(at, float(value), float(value))


def _ends(solver: Solver, at: int) -> tuple[int, int] | None:
    """Smallest and largest whole number that one count can be; None where nothing fits."""
    ends = []
    for sign in (1.0, -1.0):
        solver.changeColCost(at, sign)
        status = solver.settle()
        value = sign * solver.getInfo().objective_function_value
        solver.changeColCost(at, 0.0)
        if status != highspy.HighsModelStatus.kOptimal:
            return None
        ends.append(value)
    low, high = int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6))
    return (low, high) if low <= high else None


def known_to_the_informed(job: Job, cube: Cube, past: Past, release: Release) -> list[tuple[Address, str]]:
    """Cells that a reader who runs the program can tell more closely than was promised, and why.

    Parameters
    ----------
    job : Job
        What was asked for.
    cube, past
        As the release was made from.
    release : Release
        It keeps its promise to readers who do sums.
    """
    if job.policy.mode == "nearest":  # a function of each count alone: what fits would print the same
        report = job.audit(release, past, None, cube)
        return [(cell, _BESIDE) for cell in exposed_in(report)]
    if job.ledgers:
        return [(cell, _EARLIER) for cell in _small(cube, job.policy)[:1]]
    system = printed_system(cube)
    low, high = release.ends
    n = len(system.counts)
    low, high = (
        np.vstack([side, np.full((n - len(side), side.shape[1]), empty)])
        for side, empty in ((low, 0), (high, -1))
    )
    if not cube.layout.listed:
        last = [i for i, row in enumerate(cube.layout.rows) if row.cohort == cube.layout.cohorts[-1]]
        low[last, 0] = np.maximum(low[last, 0], np.minimum(system.counts[last, 0], 1))
    found: list[tuple[Address, str]] = []
    for rows in [np.arange(n)] if job.policy.shows_all else system_of(cube, past, job.policy).blocks():
        part = system.part(rows)
        tables = tables_that_fit(part, low[rows], high[rows])
        if tables is None:
            own = [rows[at // part.counted.n_cells] for at in np.flatnonzero(_sensitive(part, job.policy))]
            found += [
                (cell, _TOO_MANY) for cell in _small(cube, job.policy) if cube.rows.index(cell[0]) in own
            ]
            continue
        same = _Same(job, cube, release, rows)
        at = _given_away(tables, same.prints, part, job.policy)
        per_row = part.counted.n_cells
        places = np.array([rows[i // per_row] * per_row + i % per_row for i in at], np.int64)
        names = addresses(cube.rows, cube.layout.stages, part.counted, places)
        found += [(cell, _KNOWN) for cell in names]
    return found


_KNOWN: Final = "of the tables that fit, those that would print the same tell too much of it"
_BESIDE: Final = "a count that stands beside it tells more of it than its own print does"
_TOO_MANY: Final = f"more than {MOST} tables fit, too many to try whether they would print the same"
_EARLIER: Final = "what an earlier release was made from cannot be tried again"


def _sensitive(system: System, policy: Policy) -> NDArray[np.bool_]:
    return sensitive(system.counts, system.counted, policy).ravel()


def _small(cube: Cube, policy: Policy) -> list[Address]:
    system = printed_system(cube)
    places = np.flatnonzero(_sensitive(system, policy))
    return addresses(cube.rows, cube.layout.stages, system.counted, places)


@dataclass(frozen=True)
class _Same:
    """Whether a table of some rows would print the same."""

    job: Job
    cube: Cube
    release: Release
    rows: NDArray[np.intp]

    def prints(self, counts: Ints) -> bool:
        """Protect the table in its turn."""
        whole = self.cube.counts.copy()
        whole[np.ix_(self.rows, np.array(self.cube.kept))] = counts
        cube = replace(self.cube, counts=whole)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = self.job.protected(cube, past_of(cube, ()))
        return isinstance(found, Release) and found.prints_as(self.release)


def _given_away(
    tables: list[Ints], same: Callable[[Ints], bool], system: System, policy: Policy
) -> list[int]:
    """Cells that a reader who runs the program knows too closely: flat positions.

    Of every table that would print the same, each cell that is small in it must keep its promise: then the
    answer is one for all of them, and that there is a release tells nothing more.

    Parameters
    ----------
    tables : list of ndarray
        All that fit the print.
    same : callable
        Whether a table would print the same.
    system : System
    policy : Policy
    """
    alike = [table for table in tables if same(table)]
    cells = np.array([system.counted.cells(table).ravel() for table in alike])
    small = np.array([sensitive(table, system.counted, policy).ravel() for table in alike]).any(axis=0)
    low, high = cells.min(axis=0), cells.max(axis=0)
    wide = high - low >= policy.width
    safe = wide if policy.shows_all else wide & (high >= policy.threshold)
    return [int(at) for at in np.flatnonzero(small & ~safe)]
