"""Applicants collapsed: identical records stored once, with how many people they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Axis", "CellTable", "merge_cells"]


@dataclass(frozen=True, slots=True)
class Axis:
    """One way people are divided.

    Attributes
    ----------
    name : str
        ``"ethnicity"``, ``"cohort"``, ``"region"`` ...
    labels : tuple of str
        Label of each code. For a characteristic the last one is *Not stated*.
    kind : str
        ``"characteristic"``, ``"cohort"`` or ``"stratum"``.
    """

    name: str
    labels: tuple[str, ...]
    kind: str


@dataclass(frozen=True, eq=False)
class CellTable:
    """People by axes, furthest stage and exit reason; a row is a combination that occurs.

    Attributes
    ----------
    axes : tuple of Axis
    codes : ndarray of int, shape (n_cells, n_axes)
        Position of each cell's label in its axis.
    furthest : ndarray of int, shape (n_cells,)
        Last stage reached, 0 for the first.
    exit : ndarray of int, shape (n_cells,)
        Position in ``EXIT_REASONS``; 0 for those who got to the end.
    n : ndarray of int64, shape (n_cells,)
        Number of people.
    """

    axes: tuple[Axis, ...]
    codes: NDArray[np.int32]
    furthest: NDArray[np.int8]
    exit: NDArray[np.int8]
    n: NDArray[np.int64]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the axes."""
        return tuple(axis.name for axis in self.axes)

    @property
    def people(self) -> int:
        """Number of people in all cells."""
        return int(self.n.sum())

    def column(self, name: str) -> NDArray[np.int32]:
        """Codes of one axis, shape (n_cells,)."""
        return self.codes[:, self.names.index(name)]

    def axis(self, name: str) -> Axis:
        """The axis with this name."""
        return self.axes[self.names.index(name)]

    def onto(self, names: Sequence[str]) -> CellTable:
        """The same people with only these axes, in this order."""
        keep = [self.names.index(name) for name in names]
        axes = tuple(self.axes[i] for i in keep)
        return collapse(axes, self.codes[:, keep], self.furthest, self.exit, self.n)


def collapse(
    axes: tuple[Axis, ...],
    codes: NDArray[np.int32],
    furthest: NDArray[np.int8],
    exits: NDArray[np.int8],
    n: NDArray[np.int64],
) -> CellTable:
    """Add up rows that are alike; the result is sorted, so equal people give equal arrays."""
    columns = [*(codes[:, i] for i in range(codes.shape[1])), furthest, exits]
    sizes = [*(len(axis.labels) for axis in axes), 128, 16]
    starts, order = _runs(columns, sizes)
    if order.size == 0:
        return CellTable(axes, codes[:0], furthest[:0], exits[:0], n[:0])
    first = order[starts]
    totals = np.add.reduceat(n[order], starts)
    keep = totals != 0
    first = first[keep]
    return CellTable(axes, codes[first], furthest[first], exits[first], totals[keep])


def _runs(
    columns: Sequence[NDArray[np.int32] | NDArray[np.int8]], sizes: Sequence[int]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sorted order of the rows and where each run of equal rows begins."""
    rows = len(columns[0])
    if np.prod([float(size) for size in sizes]) < 2.0**62:
        key = np.zeros(rows, np.int64)
        for column, size in zip(columns, sizes, strict=True):
            key *= size
            key += column
        order = np.argsort(key, kind="stable")
        key = key[order]
        changes = key[1:] != key[:-1]
    else:
        order = np.lexsort(tuple(reversed(columns)))
        changes = np.zeros(max(rows - 1, 0), bool)
        for column in columns:
            ordered = column[order]
            changes |= ordered[1:] != ordered[:-1]
    starts = np.flatnonzero(np.concatenate([[True], changes])) if rows else np.zeros(0, np.intp)
    return starts, order


def merge_cells(tables: Sequence[CellTable]) -> CellTable:
    """Several cell tables of the same axes as one; labels that only some hold are added in order.

    Characteristics must have the same labels everywhere; cohorts and strata may differ.
    """
    first = tables[0]
    axes, remapped = [], [table.codes.copy() for table in tables]
    for i, axis in enumerate(first.axes):
        labels = tuple(dict.fromkeys(label for table in tables for label in table.axes[i].labels))
        if axis.kind != "characteristic":
            labels = tuple(sorted(labels))
        place = {label: code for code, label in enumerate(labels)}
        for table, codes in zip(tables, remapped, strict=True):
            lookup = np.array([place[label] for label in table.axes[i].labels] or [0], np.int32)
            codes[:, i] = lookup[codes[:, i]]
        axes.append(Axis(axis.name, labels, axis.kind))
    return collapse(
        tuple(axes),
        np.concatenate(remapped),
        np.concatenate([table.furthest for table in tables]),
        np.concatenate([table.exit for table in tables]),
        np.concatenate([table.n for table in tables]),
    )
