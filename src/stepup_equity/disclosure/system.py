"""Everything a reader could reason about: one non-negative integer vector and the sums that bind it.

A *cell* is ``reached`` or ``left`` of one row at one stage. With S stages a row has 2S − 1 cells: ``reached``
at each stage, then ``left`` after each but the last. The system M x = 0 says ``reached(s) = left(s) +
reached(s + 1)``, that groups add up to totals, detailed groups to broad ones, and cohorts to all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.disclosure.policy import Policy

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Requirements", "System", "cells_of", "sensitive"]


def cells_of(reached: Ints) -> Ints:
    """``reached`` and ``left`` of each row side by side, shape (n_rows, 2 n_stages − 1).

    >>> cells_of(np.array([[9, 4, 4]])).tolist()
    [[9, 4, 4, 5, 0]]
    """
    return np.hstack([reached, reached[:, :-1] - reached[:, 1:]])


def sensitive(reached: Ints, policy: Policy) -> Bools:
    """Which cells may not be known to be as small as they are, shape (n_rows, 2 n_stages − 1)."""
    cells = cells_of(reached)
    small = (cells < policy.threshold) & (cells >= (0 if policy.zeros == "protect" else 1))
    if not policy.protect_left:
        small[:, reached.shape[1] :] = False
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
    def of(cls, reached: Ints, policy: Policy) -> Requirements:
        """Every sensitive cell must possibly be `threshold`, and `width` apart at its ends."""
        cell = np.flatnonzero(sensitive(reached, policy))
        up = policy.threshold - cells_of(reached).ravel()[cell].astype(float)
        return cls(cell, up, np.full(len(cell), float(policy.width)), np.ones(len(cell), bool))

    def take(self, chosen: NDArray[np.intp] | Bools) -> Requirements:
        """Some of them."""
        return Requirements(self.cell[chosen], self.up[chosen], self.width[chosen], self.whole[chosen])


@dataclass(frozen=True, eq=False)
class System:
    """Rows that are bound by sums, with what a reader knows of each cell before anything else is printed.

    Attributes
    ----------
    reached : ndarray of int64, shape (n_rows, n_stages)
        The true counts.
    sums : tuple of (int, tuple of int)
        ``(row, parts)`` at every stage.
    choice : ndarray of bool, shape (n_rows, n_stages)
        Where `reached` is either printed or hidden: the decision. Elsewhere it is known (`lower` = `upper`)
        or never printed.
    lower, upper : ndarray, shape (n_rows, 2 n_stages − 1)
        What a reader knows anyway: zero and infinity, or what totals and earlier releases say.
    """

    reached: Ints
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    choice: Bools
    lower: Floats
    upper: Floats

    @cached_property
    def cells(self) -> Ints:
        """The true value of every cell."""
        return cells_of(self.reached)

    @cached_property
    def known(self) -> Bools:
        """Rows of which every cell is known exactly; they cut the system into independent blocks."""
        return np.asarray((self.lower == self.upper).all(axis=1))

    def blocks(self) -> list[NDArray[np.intp]]:
        """Rows that depend on each other, one array for each independent part."""
        import scipy.sparse as sparse

        n = len(self.reached)
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
        return System(self.reached[rows], tuple(sums), self.choice[rows], self.lower[rows], self.upper[rows])
