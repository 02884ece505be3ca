"""A reader who runs the program: of all tables that fit a print, those that would print the same.

Which cells are hidden, or which of two multiples is printed, depends on the true counts, so it tells of them:
a number is hidden for the sake of a small one, and where only one of those hidden together can be small it is
known to be (the minimality attack; Wong, Fu, Wang & Pei 2007, VLDB, 543-554). Whoever has the program keeps,
of all tables that fit, those for which it would have printed this very release.

Each count rounded to the nearest multiple withstands that by itself: the print is a function of each count
alone, so what fits is what would print the same. Anything else is tried: every table that fits is protected
in its turn, as long as there are not too many of them; of more, tables are drawn (`witnesses`).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np

from stepup_equity.disclosure.attacker import relations
from stepup_equity.disclosure.audit import exposed_in
from stepup_equity.disclosure.bounds import addresses, printed_system, system_of
from stepup_equity.disclosure.past import past_of
from stepup_equity.disclosure.release import Release
from stepup_equity.disclosure.suppression import Settled
from stepup_equity.disclosure.system import sensitive
from stepup_equity.disclosure.witnesses import DRAWN, given_away, told_by_witnesses
from stepup_equity.statistics.solver import solver_of
from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from stepup_equity.disclosure.audit import Address
    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.job import Job
    from stepup_equity.disclosure.past import Past
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.system import Ints, System
    from stepup_equity.statistics.solver import Solver


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


def known_to_the_informed(
    job: Job, cube: Cube, past: Past, release: Release
) -> tuple[list[tuple[Address, str]], str]:
    """Cells that a reader who runs the program can tell more closely than was promised, and what was tried.

    Parameters
    ----------
    job : Job
        What was asked for.
    cube, past
        As the release was made from.
    release : Release
        It keeps its promise to readers who do sums.

    Returns
    -------
    cells : list of (address, why)
    tried : str
        A sentence: of which characteristics every table that fits was tried, and of which some were drawn.
        How many fit is a function of the print.
    """
    if job.policy.mode == "nearest":  # a function of each count alone: what fits would print the same
        report = job.audit(release, past, None, cube)
        return [(cell, _BESIDE) for cell in exposed_in(report)], ""
    if job.ledgers:
        return [(cell, _EARLIER) for cell in _small(cube, job.policy)[:1]], ""
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
    every, drawn = dict[str, None](), dict[str, None]()
    for rows in [np.arange(n)] if job.policy.shows_all else system_of(cube, past, job.policy).blocks():
        part = system.part(rows)
        tables = tables_that_fit(part, low[rows], high[rows])
        same = _Same(job, cube, release, rows).prints
        if tables is None:
            at = told_by_witnesses(part, low[rows], high[rows], same, job.policy, job.seed)
        else:
            at = given_away([table for table in tables if same(table)], part, job.policy)
        per_row = part.counted.n_cells
        places = np.array([rows[i // per_row] * per_row + i % per_row for i in at], np.int64)
        names = addresses(cube.rows, cube.layout.stages, part.counted, places)
        found += [(cell, _KNOWN if tables is not None else _NOT_FOUND) for cell in names]
        labels = {cube.rows[i].characteristic for i in rows.tolist()} & cube.labels.keys()
        (drawn if tables is None else every).update(
            (cube.labels[name].lower(), None) for name in sorted(labels)
        )
    return found, _in_words(every, drawn)


def _in_words(every: Collection[str], drawn: Collection[str]) -> str:
    """What was tried."""
    ways = ((every, "every table that fits the print"), (drawn, "tables drawn from those that fit"))
    said = [f"{enumerated(names, len(names))} by {how}" for names, how in ways if names]
    return f"Protected also from readers who run this program: {'; '.join(said)}." if said else ""


_KNOWN: Final = "of the tables that fit, those that would print the same tell too much of it"
_BESIDE: Final = "a count that stands beside it tells more of it than its own print does"
_NOT_FOUND: Final = (
    f"of up to {DRAWN} tables drawn from those that fit, the ones that would print the same tell too much "
    "of it"
)
_EARLIER: Final = "what an earlier release was made from cannot be tried again"


def _sensitive(system: System, policy: Policy) -> NDArray[np.bool_]:
    return sensitive(system.counts, system.counted, policy).ravel()


def _small(cube: Cube, policy: Policy) -> list[Address]:
    system = printed_system(cube)
    places = np.flatnonzero(_sensitive(system, policy))
    return addresses(cube.rows, cube.layout.stages, system.counted, places)


@dataclass(frozen=True)
class _Same:
    """Whether a table of some rows would print the same, all others being as they are."""

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
            found = self.job.protected(cube, past_of(cube, ()), self._elsewhere)
        return isinstance(found, Release) and found.prints_as(self.release)

    @cached_property
    def _elsewhere(self) -> Settled:
        """The pattern of all other rows, which need not be searched again."""
        hidden = np.zeros(self.cube.counts.shape, bool)
        n = len(self.cube.layout.rows)
        hidden[np.ix_(range(n), self.cube.kept)] = self.release.hides & ~self.cube.left_out
        return Settled(tuple(self.rows.tolist()), hidden)
