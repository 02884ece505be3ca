"""How far people got and how they left, as a model needs it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.given import check_choice
from stepup_equity.process import EXIT_REASONS, ExitKind
from stepup_equity.records.routes import gates_without

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.counts import Denominator
    from stepup_equity.records.cells import CellTable
    from stepup_equity.records.covariates import CovariateTable


_KIND_OF_EXIT = np.array([int(kind) for kind in EXIT_REASONS.values()], np.int8)


@dataclass(frozen=True, eq=False)
class Fates:
    """How far the people of each cell got, and at which gate they do not count."""

    furthest: NDArray[np.int8]
    n: Ints
    out: Bools
    n_stages: int
    past: Bools | None = None
    hidden: Bools | None = None

    @classmethod
    def of(
        cls, table: CellTable | CovariateTable, stages: tuple[str, ...], denominator: Denominator
    ) -> Fates:
        """Fates of the people of a table; who went past a gate that was not there is not at risk at it."""
        check_choice(denominator, ("entered", "decided"), argument="denominator")
        kind = _KIND_OF_EXIT[table.exit]
        out = (kind == ExitKind.PENDING) | (kind == ExitKind.HIDDEN)
        if denominator == "decided":
            out |= kind == ExitKind.WITHDREW
        return cls(
            table.furthest,
            table.n,
            out & (table.furthest < len(stages) - 1),
            len(stages),
            gates_without(table, stages[1:]),
            kind == ExitKind.HIDDEN if (kind == ExitKind.HIDDEN).any() else None,
        )

    @cached_property
    def _stage_and_people(self) -> tuple[Ints, Floats]:
        return self.furthest.astype(np.int64), self.n.astype(np.float64)

    def _ended(self, rows: Bools, pattern: Ints, size: int) -> Ints:
        stage, people = self._stage_and_people
        total = np.bincount(pattern * self.n_stages + stage, people * rows, size * self.n_stages)
        return total.astype(np.int64).reshape(size, self.n_stages)

    def people(self, rows: Bools, pattern: Ints, size: int) -> tuple[Ints, Ints]:
        """People at risk and passed of some rows, by pattern, at each gate and over the whole way.

        Rows that are left out have any pattern.
        """
        reached = self._ended(rows, pattern, size)
        backwards = np.flip(reached, 1)
        np.cumsum(backwards, 1, out=backwards)
        at_risk, passed = reached.copy(), reached
        at_risk[:, -1] = reached[:, 0]
        passed[:, :-1] = reached[:, 1:]
        if self.out.any():
            out = self._ended(rows & self.out, pattern, size)
            at_risk[:, -1] -= out.sum(1)
            at_risk[:, :-1] -= out[:, :-1]
        return self._met(at_risk, rows, pattern, size), self._met(passed, rows, pattern, size)

    def _met(self, people: Ints, rows: Bools, pattern: Ints, size: int) -> Ints:
        """The people without those whose version had no such gate; nobody where a number is hidden."""
        if self.past is not None:
            for gate in range(self.n_stages - 1):
                here = rows & self.past[:, gate]
                people[:, gate] -= np.bincount(pattern[here], self.n[here], size).astype(np.int64)
        if self.hidden is not None:
            gone = self._ended(rows & self.hidden, pattern, size)[:, :-1]
            unknown = np.cumsum(gone, axis=1) > 0
            people[np.hstack([unknown, unknown[:, -1:]])] = 0
        return people


def patterns(
    codes: list[NDArray[np.int32]], numbers: list[Floats], complete: Bools
) -> tuple[NDArray[np.intp], Ints]:
    """A row that shows each pattern, and the pattern of every complete row (0 elsewhere)."""
    rows = np.flatnonzero(complete)
    stated = [column[rows] for column in codes]
    first, row = alike([*stated, *(values[rows] for values in numbers)], rows.size)
    pattern = np.zeros(complete.size, np.int64)
    pattern[rows] = row
    return rows[first], pattern


def alike(
    columns: Sequence[Ints | NDArray[np.int32] | Floats], size: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """One row for each combination of values that occurs, and the combination of every row."""
    key = np.zeros(size, np.int64)
    width = 1
    for column in columns:
        if np.issubdtype(column.dtype, np.floating):
            codes = np.unique(column, return_inverse=True)[1].astype(np.int64)
        else:
            codes = column.astype(np.int64)
        own = int(codes.max(initial=0)) + 1
        if width * own >= 2**62:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            width = int(key.max(initial=0)) + 1
        key = key * own + codes
        width *= own
    _, first, row = np.unique(key, return_index=True, return_inverse=True)
    return first, row
