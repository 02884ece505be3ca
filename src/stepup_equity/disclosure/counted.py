"""What is counted of every row: who reached each stage, who waits after it, and who left there.

``reached(s) = left(s) + pending(s) + reached(s + 1)``. Where nobody at all waits
there is no such number. A reader adds and subtracts these *cells*; the first of them, up to `n_counts`, are
printed or hidden, and ``left`` follows from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Counted:
    """The cells of a row, in order: reached at each stage, pending, left at each gate, and over several.

    Attributes
    ----------
    n_stages : int
    waiting : tuple of (int, int)
        For each number of people who wait, the stage after which and the stage before which they do. A span
        of several gates is that of a release which leaves out the stages between.
    leaving : tuple of (int, int)
        Spans of several gates of which a release tells how many left: whoever left after the first stage and
        before the second. Two small numbers may each be free, and their sum not.
    """

    n_stages: int
    waiting: tuple[tuple[int, int], ...] = ()
    leaving: tuple[tuple[int, int], ...] = ()

    @property
    def n_counts(self) -> int:
        """How many numbers of a row are printed or hidden."""
        return self.n_stages + len(self.waiting)

    @property
    def n_cells(self) -> int:
        """How many numbers a row has."""
        return self.n_counts + self.n_stages - 1 + len(self.leaving)

    @cached_property
    def single(self) -> dict[int, int]:
        """Stage -> position of those who wait at the one gate after it."""
        spans = enumerate(self.waiting, start=self.n_stages)
        return {start: at for at, (start, end) in spans if end == start + 1}

    def cells(self, counts: Ints) -> Ints:
        """Every cell of rows of which the counts are given.

        >>> Counted(3).cells(np.array([[9, 4, 4]])).tolist()
        [[9, 4, 4, 5, 0]]
        >>> Counted(3, ((1, 2),)).cells(np.array([[9, 6, 1, 3]])).tolist()
        [[9, 6, 1, 3, 3, 2]]
        >>> Counted(3, leaving=((0, 2),)).cells(np.array([[9, 4, 1]])).tolist()
        [[9, 4, 1, 5, 3, 8]]
        """
        left = counts[:, : self.n_stages - 1] - counts[:, 1 : self.n_stages]
        for stage, at in self.single.items():
            left[:, stage] -= counts[:, at]
        over = [left[:, start:end].sum(axis=1, keepdims=True) for start, end in self.leaving]
        return np.hstack([counts, left, *over])

    def left(self, stage: int) -> int:
        """Position of those who left after a stage."""
        return self.n_counts + stage

    def relations(self) -> list[tuple[int, list[int]]]:
        """``(whole, parts)``: the cells of a row that are sums of others."""
        found = []
        for stage in range(self.n_stages - 1):
            waits = [self.single[stage]] if stage in self.single else []
            found.append((stage, [self.left(stage), stage + 1, *waits]))
        for at, (start, end) in enumerate(self.waiting, start=self.n_stages):
            if end > start + 1:
                found.append((at, [self.single[s] for s in range(start, end) if s in self.single]))
        for at, (start, end) in enumerate(self.leaving, start=self.left(self.n_stages - 1)):
            found.append((at, [self.left(stage) for stage in range(start, end)]))
        return found

    def position(self, measure: str, start: int, end: int) -> int | None:
        """Where a number stands that is of the people between two stages; None where it is no cell."""
        if measure == "reached":
            return start
        waits = [at for stage, at in self.single.items() if start <= stage < end]
        if measure == "pending":
            if (start, end) in self.waiting:
                return self.n_stages + self.waiting.index((start, end))
            return waits[0] if len(waits) == 1 else None
        if (start, end) in self.leaving:
            return self.left(self.n_stages - 1) + self.leaving.index((start, end))
        return self.left(start) if end == start + 1 else None

    def address(self, cell: int) -> tuple[int, str, int]:
        """Stage and measure of a cell, and the stage before which people left or wait."""
        if cell < self.n_stages:
            return cell, "reached", self.n_stages
        if cell < self.n_counts:
            start, end = self.waiting[cell - self.n_stages]
            return start, "pending", end
        at = cell - self.n_counts
        start, end = (at, at + 1) if at < self.n_stages - 1 else self.leaving[at - self.n_stages + 1]
        return start, "left", end

    @cached_property
    def implied(self) -> tuple[int, ...]:
        """Those who wait over several gates: sums that are printed only where their parts are known."""
        spans = enumerate(self.waiting, start=self.n_stages)
        return tuple(at for at, (start, end) in spans if end > start + 1)

    def pick(self, held: Sequence[int], n_stages: int) -> Ints:
        """A matrix that makes these counts of *reached at every stage, then pending at every gate*.

        Parameters
        ----------
        held : sequence of int
            The stages of these counts among all.
        n_stages : int
            How many stages there are in all.
        """
        chosen = np.zeros((2 * n_stages - 1, self.n_counts), np.int64)
        for at, stage in enumerate(held):
            chosen[stage, at] = 1
        for at, (start, end) in enumerate(self.waiting, start=self.n_stages):
            chosen[n_stages + held[start] : n_stages + held[end], at] = 1
        return chosen
