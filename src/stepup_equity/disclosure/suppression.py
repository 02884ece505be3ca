"""Which cells to hide in each independent part, and which cannot be protected whatever is hidden.

Parts are independent, so they are searched side by side, on as many threads as there are processors. Where
cohorts and all of them together are printed, each cohort is searched by itself first (see `by_cohort`).
"""

from __future__ import annotations

import os
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from stepup_equity.disclosure.attacker import Attacker
from stepup_equity.disclosure.search import SLACK, Search, short_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from stepup_equity.disclosure.system import Bools, Floats, Ints, Requirements, System

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class BlockSearch:
    """How the search for one independent block ended.

    Attributes
    ----------
    rows : tuple of int
        The rows of the block.
    hidden : int
        Cells hidden.
    least : float
        A proven lower limit of the weight of what must be hidden.
    """

    rows: tuple[int, ...]
    hidden: int
    least: float


@dataclass(frozen=True, slots=True)
class Settled:
    """A pattern that is known already but for some rows, which are to be searched.

    Attributes
    ----------
    rows : tuple of int
    hidden : ndarray of bool, shape (n_rows, n_counts)
    """

    rows: tuple[int, ...]
    hidden: Bools

    def blocks(self, system: System) -> dict[tuple[int, ...], tuple[Bools, BlockSearch]]:
        """What is known of each block without those rows."""
        others = [rows for rows in system.blocks() if not set(rows.tolist()) & set(self.rows)]
        return {
            tuple(rows.tolist()): (
                self.hidden[rows],
                BlockSearch(tuple(rows.tolist()), int(self.hidden[rows].sum()), 0.0),
            )
            for rows in others
        }

    def of(self, system: System, needs: Requirements) -> Requirements:
        """The requirements of those rows."""
        return needs.take(np.flatnonzero(np.isin(needs.cell // system.counted.n_cells, self.rows)))


def unprotectable(system: System, needs: Requirements) -> NDArray[np.intp]:
    """Positions, among the requirements, of those that fail even with everything hidden that may be."""
    asked = (needs.up > 0) | (needs.width > 0)
    close = pinned(system, needs)
    if len(close):  # no need to look further
        return close
    failed: list[int] = []
    outside = np.ones(len(needs.cell), bool)
    for rows in system.blocks():
        chosen, inside = _needs_of(system, needs, rows)
        outside[chosen] = False
        attacker = Attacker(system.part(rows))
        short = short_of(attacker, inside, np.ones(len(attacker.choice)), tight=False)
        failed += [int(chosen[i]) for i in short]
    failed += np.flatnonzero(outside & asked).tolist()
    return np.array(sorted(failed), np.intp)


def pinned(system: System, needs: Requirements) -> NDArray[np.intp]:
    """Positions of those that fail by the totals alone that are printed in any case."""
    low, high = (ends.ravel()[needs.cell] for ends in (system.lower, system.upper))
    close = (high - system.cells.ravel()[needs.cell] < needs.up) | (high - low < needs.width)
    return np.flatnonzero(((needs.up > 0) | (needs.width > 0)) & close)


def still_possible(system: System, needs: Requirements) -> Requirements:
    """The requirements, lowered to what holds when nothing but what is known already is printed."""
    up, width = needs.up.copy(), needs.width.copy()
    per_row = system.lower.shape[1]
    closed = np.isin(needs.cell // per_row, np.flatnonzero(system.known))
    up[closed] = width[closed] = 0.0
    for rows in system.blocks():
        if not np.isfinite(system.upper[rows]).any():
            continue
        chosen, inside = _needs_of(system, needs, rows)
        attacker = Attacker(system.part(rows))
        attacker.look(np.ones(len(attacker.choice)), np.inf)
        for i, cell in zip(chosen, inside.cell, strict=True):
            above, below = (np.floor(attacker.push(int(cell), sign) + SLACK) for sign in (1.0, -1.0))
            up[i], width[i] = min(up[i], above), min(width[i], above + below)
    return replace(needs, up=up, width=width, whole=(up == needs.up) & (width == needs.width))


def hide(
    system: System,
    needs: Requirements,
    weights: Floats,
    forbidden: Iterable[tuple[tuple[int, ...], Bools]] = (),
    *,
    cohorts: Ints | None = None,
    deadline: float = np.inf,
    done: Mapping[tuple[int, ...], tuple[Bools, BlockSearch]] | None = None,
) -> tuple[Bools, tuple[BlockSearch, ...]]:
    """The cheapest cells to hide.

    Parameters
    ----------
    system : System
        Rows, sums, and what may be decided.
    needs : Requirements
        All of which can be met by hiding everything (see `unprotectable`).
    weights : ndarray, shape (n_rows, n_counts)
        What it costs to hide each cell.
    forbidden : iterable of (rows, hidden)
        Patterns of a block that have been found wanting over the integers; something more must be hidden.
    cohorts : ndarray of int, shape (n_rows,), optional
        The cohort of each row, −1 for all of them together. Then each cohort is searched by itself.
    deadline : float
        When to stop, by the monotonic clock; what is found until then is made safe and returned.
    done : mapping, optional
        Rows of a block -> what an earlier call found; it is not searched again.

    Returns
    -------
    hidden : ndarray of bool, shape (n_rows, n_counts)
    searches : tuple of BlockSearch
    """
    patterns = defaultdict(list)
    for known, pattern in forbidden:
        patterns[known].append(pattern)
    apart = None if cohorts is None else _apart(system, cohorts)

    def found(rows: NDArray[np.intp]) -> tuple[Bools, BlockSearch]:
        key = tuple(rows.tolist())
        if done is not None and key in done:
            return done[key]
        bound = [pattern[rows] for pattern in patterns[key]]
        inside = _needs_of(system, needs, rows)[1]
        one = Search(system.part(rows), inside, weights[rows], bound, deadline)
        parts = [] if apart is None else [own for own in apart.blocks() if np.isin(own, rows).all()]
        few = len(parts) < _MANY or int(system.choice[rows].sum()) < _LARGE
        if apart is None or cohorts is None or few:
            chosen, least = one.run(), one.least
        else:
            hidden, least = _by_cohort(apart, needs, weights, cohorts, parts, deadline)
            chosen = _summed(system, cohorts, hidden)[rows]
            if not (chosen <= one.system.choice).all() or deadline < np.inf:
                chosen = one.mended(chosen & one.system.choice)
            elif any((chosen <= pattern).all() for pattern in bound):
                chosen = one.system.choice.copy()
        return chosen, BlockSearch(key, int(chosen.sum()), least)

    blocks = system.blocks()
    hidden = np.zeros(system.counts.shape, bool)
    results = _side_by_side(found, blocks)
    for rows, (chosen, _) in zip(blocks, results, strict=True):
        hidden[rows] = chosen
    return hidden, tuple(result for _, result in results)


_MANY: Final = 3
"""Parts of a block, one of them of all cohorts together, from which on each may be searched by itself."""

_LARGE: Final = 120
"""Numbers to be decided in a block, from which on cohorts are searched by themselves."""


def _side_by_side(work: Callable[[NDArray[np.intp]], _Found], blocks: list[NDArray[np.intp]]) -> list[_Found]:
    """Blocks on as many threads as there are processors, the largest first."""
    if len(blocks) < 2:
        return [work(rows) for rows in blocks]
    order = sorted(range(len(blocks)), key=lambda i: -len(blocks[i]))
    with ThreadPoolExecutor(max(1, len(os.sched_getaffinity(0)))) as pool:
        waiting = {i: pool.submit(work, blocks[i]) for i in order}
        return [waiting[i].result() for i in range(len(blocks))]


def _apart(system: System, cohorts: Ints) -> System:
    """The system without the sums over cohorts: what a reader of one cohort's tables knows."""
    own = (way for way in system.sums if len({int(cohorts[i]) for i in (way[0], *way[1])}) == 1)
    return replace(system, sums=tuple(own))


def _by_cohort(
    apart: System,
    needs: Requirements,
    weights: Floats,
    cohorts: Ints,
    parts: list[NDArray[np.intp]],
    deadline: float,
) -> tuple[Bools, float]:
    """A pattern for each cohort, one after the other, and a lower limit of all of them.

    What one cohort hides must be hidden in all of them together, so where a cohort before has hidden a number
    the next may do so for its own weight alone.
    """
    hidden = np.zeros(apart.counts.shape, bool)
    together = np.concatenate([rows for rows in parts if cohorts[rows[0]] == -1])
    least, taken = 0.0, np.zeros((0, apart.counts.shape[1]), bool)
    for rows in parts:
        inside, part = _needs_of(apart, needs, rows)[1], apart.part(rows)
        alone = Search(part, inside, weights[rows], [], deadline)
        least += alone.limit()
        if cohorts[rows[0]] == -1:
            continue
        if len(rows) != len(together):
            hidden[rows] = Search(part, inside, weights[rows], [], deadline).run()
            continue
        taken = taken if len(taken) else np.zeros(hidden[rows].shape, bool)
        dearer = weights[rows] + np.where(taken, 0.0, weights[together])
        hidden[rows] = Search(part, inside, dearer, [], deadline).run()
        taken |= hidden[rows]
    return hidden, least


def _summed(system: System, cohorts: Ints, hidden: Bools) -> Bools:
    """The patterns of single cohorts, and all of them together hidden wherever one of them is.

    Then nothing more need be looked at. Whatever else a cohort may be, given its own tables, all of them
    together may be with it, since the sum is hidden at every number that moves; and a sum that is small is
    that of small numbers, each of which may be large.
    """
    found = hidden.copy()
    untold = np.zeros(hidden.shape, bool)
    untold |= ~system.choice & (system.lower < system.upper)[:, : hidden.shape[1]]  # never printed
    for row, members in system.sums:
        if cohorts[row] == -1 and all(cohorts[i] >= 0 for i in members):
            found[row] |= (hidden | untold)[list(members)].any(axis=0)
    return found & system.choice


def _needs_of(
    system: System, needs: Requirements, rows: NDArray[np.intp]
) -> tuple[NDArray[np.intp], Requirements]:
    """The requirements of one block, with cells counted inside it."""
    per_row = system.lower.shape[1]
    chosen = np.flatnonzero(np.isin(needs.cell // per_row, rows))
    inside = needs.take(chosen)
    place = np.full(len(system.counts), -1)
    place[rows] = np.arange(len(rows))
    cell = place[inside.cell // per_row] * per_row + inside.cell % per_row
    return chosen, replace(inside, cell=cell)
