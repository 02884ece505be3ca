"""Everything a reader could reason about: one non-negative integer vector and the sums that bind it.

A *cell* is ``reached``, ``pending`` or ``left`` of one row at one stage (see `counted`). The system M x = 0
says ``reached(s) = left(s) + pending(s) + reached(s + 1)``, that groups add up to totals, detailed groups to
broad ones, and cohorts to all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.disclosure.counted import Counted
    from stepup_equity.disclosure.policy import Policy

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]


def sensitive(counts: Ints, counted: Counted, policy: Policy) -> Bools:
    """Which cells may not be known to be as small as they are, shape (n_rows, n_cells)."""
    cells = counted.cells(counts)
    small = (cells < policy.threshold) & (cells >= (0 if policy.zeros == "protect" else 1))
    if not policy.protect_left:
        small[:, counted.n_counts :] = False
    return small


@dataclass(frozen=True, eq=False)
class Requirements:
    """What must stay possible, whatever a reader works out.

    Attributes
    ----------
    cell : ndarray of int, shape (n,)
        Positions in the flattened cells.
    up : ndarray, shape (n,)
        The cell must possibly be this much larger than it is.
    width : ndarray, shape (n,)
        Its largest and smallest possible value must lie this far apart.
    whole : ndarray of bool, shape (n,)
        False where earlier releases leave less to protect than the policy promises.
    """

    cell: Ints
    up: Floats
    width: Floats
    whole: Bools

    @classmethod
    def of(cls, counts: Ints, counted: Counted, policy: Policy) -> Requirements:
        """Every sensitive cell must possibly be `threshold`, and `width` apart at its ends."""
        cell = np.flatnonzero(sensitive(counts, counted, policy))
        up = policy.threshold - counted.cells(counts).ravel()[cell].astype(float)
        return cls(cell, up, np.full(len(cell), float(policy.width)), np.ones(len(cell), bool))

    def take(self, chosen: NDArray[np.intp] | Bools) -> Requirements:
        """Some of them."""
        return Requirements(self.cell[chosen], self.up[chosen], self.width[chosen], self.whole[chosen])


@dataclass(frozen=True, eq=False)
class System:
    """Rows that are bound by sums, with what a reader knows of each cell before anything else is printed.

    Attributes
    ----------
    counts : ndarray of int64, shape (n_rows, n_counts)
        The true counts.
    counted : Counted
        What they are.
    sums : tuple of (int, tuple of int)
        ``(row, parts)`` at every stage.
    choice : ndarray of bool, shape (n_rows, n_counts)
        Which counts are either printed or hidden: the decision. Others are known (`lower` = `upper`) or never
        printed.
    lower, upper : ndarray, shape (n_rows, n_cells)
        What a reader knows anyway: zero and infinity, or what totals and earlier releases say.
    """

    counts: Ints
    counted: Counted
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    choice: Bools
    lower: Floats
    upper: Floats

    @cached_property
    def cells(self) -> Ints:
        """The true value of every cell."""
        return self.counted.cells(self.counts)

    @cached_property
    def known(self) -> Bools:
        """Rows of which every cell is known exactly; they cut the system into independent blocks."""
        return np.asarray((self.lower == self.upper).all(axis=1))

    def blocks(self) -> list[NDArray[np.intp]]:
        """Rows that depend on each other, one array for each independent part."""
        import scipy.sparse as sparse

        n = len(self.counts)
        linked = sparse.lil_array((n, n), dtype=np.int8)
        for row, parts in self.sums:
            bound = [i for i in (row, *parts) if not self.known[i]]
            for other in bound[1:]:
                linked[bound[0], other] = 1
        _, label = sparse.csgraph.connected_components(linked.tocsr(), directed=False)
        free = np.flatnonzero(~self.known)
        return [free[label[free] == part] for part in dict.fromkeys(label[free].tolist())]

    def part(self, rows: NDArray[np.intp]) -> System:
        """The system of some rows; rows left out are known and do not move."""
        place = {int(row): i for i, row in enumerate(rows)}
        sums = []
        for row, parts in self.sums:
            inside = tuple(place[i] for i in parts if i in place)
            if row in place:
                sums.append((place[row], inside))
            elif inside:
                sums.append((-1, inside))
        return System(
            self.counts[rows],
            self.counted,
            tuple(sums),
            self.choice[rows],
            self.lower[rows],
            self.upper[rows],
        )
