"""Applicants collapsed: identical records stored once, with how many people they are."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.process import Cohorts
from stepup_equity.records.batches import Coded, looked_up, narrowest, side_by_side

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


_EXIT_BITS: Final = 4
_STAGES: Final = 128
_EXITS: Final = 1 << _EXIT_BITS
_FEW: Final = 256
_BINS: Final = 1 << 22
_BINS_PER_ROW: Final = 16
_PARTS: Final = 16


def outcome_codes(furthest: NDArray[Any], exits: NDArray[Any]) -> NDArray[np.int32]:
    """Furthest stage and exit reason as one code, shape (n_rows,)."""
    codes: NDArray[np.int32] = (furthest.astype(np.int32) << _EXIT_BITS) | exits
    return codes


def outcome_column(furthest: NDArray[Any], exits: NDArray[Any]) -> Coded:
    """Furthest stage and exit reason of each row as a coded column."""
    return Coded(np.arange(_STAGES * _EXITS, dtype=np.int32), outcome_codes(furthest, exits))


def furthest_of(outcomes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Furthest stage of outcome codes, shape (n_rows,)."""
    return outcomes >> _EXIT_BITS


def exits_of(outcomes: NDArray[np.int32]) -> NDArray[np.int32]:
    """Exit reason code of outcome codes, shape (n_rows,)."""
    return outcomes & (_EXITS - 1)


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
class PeopleByAxes:
    """People by axes, furthest stage and exit reason; a row is a cell, or a record.

    Attributes
    ----------
    axes : tuple of Axis
    codes : ndarray of int, shape (n_rows, n_axes)
        Position of each row's label in its axis.
    furthest : ndarray of int, shape (n_rows,)
        Last stage reached, 0 for the first.
    exit : ndarray of int, shape (n_rows,)
        Position in ``EXIT_REASONS``; 0 for those who got to the end.
    n : ndarray of int64, shape (n_rows,)
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
        """Number of people in all rows."""
        return int(self.n.sum())

    def column(self, name: str) -> NDArray[np.int32]:
        """Codes of one axis, shape (n_rows,)."""
        return self.codes[:, self.names.index(name)]

    def axis(self, name: str) -> Axis:
        """The axis with this name."""
        return self.axes[self.names.index(name)]


@dataclass(frozen=True, eq=False)
class CellTable(PeopleByAxes):
    """Each combination of labels, stage and exit that occurs is one row.

    Rows are sorted, so equal people have equal tables.
    """

    def in_order(self, cohorts: Cohorts) -> CellTable:
        """The same people with their cohorts in declared order, blanks last."""
        for i, axis in enumerate(self.axes):
            if axis.kind == "cohort" and (ordered := cohorts.ordered(axis.labels)) != axis.labels:
                codes = self.codes.copy()
                codes[:, i] = places_of(axis.labels, ordered)[codes[:, i]]
                axes = (*self.axes[:i], Axis(axis.name, ordered, axis.kind), *self.axes[i + 1 :])
                return collapse(axes, codes, self.furthest, self.exit, self.n)
        return self

    def onto(self, names: Sequence[str]) -> CellTable:
        """The same people with only these axes, in this order."""
        if tuple(names) == self.names:
            return self
        keep = [self.names.index(name) for name in names]
        axes = tuple(self.axes[i] for i in keep)
        return collapse(axes, self.codes[:, keep], self.furthest, self.exit, self.n)


def in_print_order(labels: Sequence[str], kind: str) -> tuple[str, ...]:
    """Labels of cohorts in their natural order, *Not stated* last; of strata by the alphabet."""
    return Cohorts().ordered(labels) if kind == "cohort" else tuple(sorted(labels))


def places_of(labels: Sequence[str], among: Sequence[str]) -> NDArray[np.int32]:
    """Where each label stands among others, shape (n_labels,)."""
    place = {label: code for code, label in enumerate(among)}
    return np.array([place[label] for label in labels], np.int32)


def collapse(
    axes: tuple[Axis, ...],
    codes: NDArray[np.int32],
    furthest: NDArray[np.int8],
    exits: NDArray[np.int8],
    n: NDArray[np.int64],
) -> CellTable:
    """Add up rows that are alike; the result is sorted, so equal people give equal arrays."""
    columns: list[NDArray[Any]] = [*(codes[:, i] for i in range(codes.shape[1])), furthest, exits]
    ends = [int(column.max(initial=0)) + 1 for column in (furthest, exits)]
    sizes = [*(len(axis.labels) for axis in axes), *ends]
    if _few(sizes, len(n)):
        people = np.zeros(math.prod(sizes), np.int64)
        np.add.at(people, _joined(columns, sizes), n)
        keys = np.flatnonzero(people)
        table = _parted(keys, sizes)
        return CellTable(
            axes, table[:, :-2], table[:, -2].astype(np.int8), table[:, -1].astype(np.int8), people[keys]
        )
    starts, order = _runs(columns, sizes)
    first = order[starts]
    totals = np.add.reduceat(n[order], starts)
    keep = totals != 0
    first = first[keep]
    return CellTable(axes, codes[first], furthest[first], exits[first], totals[keep])


def _few(sizes: Sequence[int], rows: int) -> bool:
    """Whether there are so few combinations that each may have a bin."""
    return math.prod(sizes) <= min(_BINS, max(rows, 1) * _BINS_PER_ROW)


def _joined(digits: Sequence[NDArray[Any]], sizes: Sequence[int]) -> NDArray[Any]:
    """Digits of each row as one whole number in as few bytes as hold it, shape (n_rows,)."""
    if len(digits) == 1:
        return digits[0]
    half = len(digits) // 2
    high, low = _joined(digits[:half], sizes[:half]), _joined(digits[half:], sizes[half:])
    step = math.prod(sizes[half:])
    kind = narrowest(step * math.prod(sizes[:half]))
    keys: NDArray[Any] = np.multiply(high, step, dtype=kind, casting="unsafe")
    np.add(keys, low, out=keys, casting="unsafe")
    return keys


def _parted(keys: NDArray[Any], sizes: Sequence[int]) -> NDArray[np.int32]:
    """Digits of whole numbers, shape (n_keys, n_sizes), column by column."""
    digits = np.empty((len(keys), len(sizes)), np.int32, order="F")
    keys = keys.astype(narrowest(max((int(keys.max(initial=0)), *sizes))))
    for i in range(len(sizes) - 1, -1, -1):
        rest = keys // keys.dtype.type(sizes[i])
        digits[:, i] = keys - rest * keys.dtype.type(sizes[i])
        keys = rest
    return digits


def _runs(columns: Sequence[NDArray[Any]], sizes: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Sorted order of the rows and where each run of equal rows begins."""
    rows = len(columns[0])
    if _fits(sizes, 62):
        key = _joined(columns, sizes)
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


def _fits(sizes: Sequence[int], bits: int) -> bool:
    return math.prod(sizes) < 1 << bits


def merge_cells(tables: Sequence[CellTable]) -> CellTable:
    """Several cell tables of the same axes as one; labels that only some hold are added in order.

    Characteristics must have the same labels everywhere; cohorts and strata may differ.
    """
    first = tables[0]
    axes, remapped = [], [table.codes.copy() for table in tables]
    for i, axis in enumerate(first.axes):
        labels = tuple(dict.fromkeys(label for table in tables for label in table.axes[i].labels))
        if axis.kind != "characteristic":
            labels = in_print_order(labels, axis.kind)
        for table, codes in zip(tables, remapped, strict=True):
            codes[:, i] = places_of(table.axes[i].labels or labels[:1], labels)[codes[:, i]]
        axes.append(Axis(axis.name, labels, axis.kind))
    return collapse(
        tuple(axes),
        np.concatenate(remapped),
        np.concatenate([table.furthest for table in tables]),
        np.concatenate([table.exit for table in tables]),
        np.concatenate([table.n for table in tables]),
    )


class Tally:
    """Adds up rows that are alike while they stream by.

    A row becomes one whole number: its codes as digits, each digit as large as the codes that were met so
    far. Where few numbers are possible, each has a bin. Where many are, they are sorted and counted batch by
    batch, and a few batches' counts are merged at a time. So memory follows the number of different records,
    not of rows. Only where a batch brings a code that was not met before do the digits change, and what was
    counted is put aside under the old ones.
    """

    def __init__(self, kinds: Sequence[tuple[str, str]]) -> None:
        self._kinds = kinds
        self._met: list[list[int]] = [[] for _ in (*kinds, "outcome")]
        self._seen: list[NDArray[np.int32]] = [np.zeros(0, np.int32) for _ in self._met]
        self._digits: list[NDArray[Any] | None] = [None for _ in self._met]
        self._bins: NDArray[np.int32] | None = None
        self._room = 0
        self._keys: list[NDArray[Any]] = []
        self._counts: list[NDArray[np.int64]] = []
        self._aside: list[tuple[NDArray[np.int32], NDArray[np.int64]]] = []

    def add(self, columns: Sequence[Coded], outcomes: Coded, weights: NDArray[np.int64] | None) -> None:
        """Add rows: a coded column for each axis, their outcomes (see `outcome_codes`), and their weights."""
        rows = len(outcomes.positions)
        if not rows:
            return
        coded = [*columns, outcomes]
        self._learn(coded)
        if not _fits(self._sizes, 62):
            self._add_slowly(coded, weights)
            return
        keys = self._keys_of(coded)
        if weights is not None:
            order = np.argsort(keys, kind="stable")
            self._keep(*_counted(keys[order], weights[order]))
        elif not self._put_in_bins(keys):
            self._keep(*_counted(np.sort(keys), None))

    @property
    def _sizes(self) -> list[int]:
        return [len(met) for met in self._met]

    def _learn(self, columns: Sequence[Coded]) -> None:
        """Give every code that is new a digit; often the same arrays of codes come with every batch."""
        changed = [
            i
            for i, column in enumerate(columns)
            if column.codes is not self._seen[i] or len(column.codes) > _FEW
        ]
        present = {i: set(_present(columns[i]).tolist()) for i in changed}
        new = [i for i in changed if not present[i] <= set(self._met[i])]
        if new:
            self._put_aside()
            for i in new:
                self._met[i] = sorted(present[i].union(self._met[i]))
        for i in changed:
            self._seen[i] = columns[i].codes
            self._digits[i] = _digits(columns[i].codes, self._met[i])

    def _keys_of(self, columns: Sequence[Coded]) -> NDArray[Any]:
        """Codes of each row as one number, shape (n_rows,)."""
        digits = [
            column.positions if table is None else looked_up(table, column.positions)
            for column, table in zip(columns, self._digits, strict=True)
        ]
        return _joined(digits, self._sizes)

    def _put_in_bins(self, keys: NDArray[Any]) -> bool:
        """Count rows into bins where these are few; each holds two thousand million people."""
        if self._bins is not None and len(keys) > self._room:
            self._put_aside()
        if self._bins is None:
            if self._keys or not _few(self._sizes, len(keys)):
                return False
            self._bins, self._room = np.zeros(math.prod(self._sizes), np.int32), np.iinfo(np.int32).max
        np.add.at(self._bins, keys.astype(np.intp), np.int32(1))  # faster than to let it change them
        self._room -= len(keys)
        return True

    def _add_slowly(self, columns: Sequence[Coded], weights: NDArray[np.int64] | None) -> None:
        """Where the digits fill more than a number holds: sort by each code in turn."""
        codes = side_by_side(columns, len(columns[-1].positions))
        people = np.ones(len(codes), np.int64) if weights is None else weights
        starts, order = _runs([codes[:, i] for i in range(codes.shape[1])], [1 << 31] * codes.shape[1])
        self._aside.append((codes[order[starts]], np.add.reduceat(people[order], starts)))

    def _keep(self, keys: NDArray[Any], counts: NDArray[np.int64]) -> None:
        self._keys.append(keys)
        self._counts.append(counts)
        if len(self._keys) >= _PARTS:
            self._merge()

    def _merge(self) -> None:
        keys = np.concatenate(self._keys)
        order = np.argsort(keys, kind="stable")
        keys, counts = _counted(keys[order], np.concatenate(self._counts)[order])
        self._keys, self._counts = [keys], [counts]

    def _put_aside(self) -> None:
        """Keep what was counted as codes, since the digits are about to change."""
        if self._bins is not None:
            keys = np.flatnonzero(self._bins != 0)
            self._keep_codes(keys, self._bins[keys].astype(np.int64))
            self._bins = None
        if self._keys:
            self._merge()
            self._keep_codes(self._keys.pop(), self._counts.pop())

    def _keep_codes(self, keys: NDArray[Any], counts: NDArray[np.int64]) -> None:
        codes = _parted(keys, self._sizes)
        for i, met in enumerate(self._met):
            codes[:, i] = np.array(met, np.int32).take(codes[:, i])
        self._aside.append((codes, counts))
        if len(self._aside) >= _PARTS:
            self._collapse_aside()

    def _collapse_aside(self) -> None:
        codes = np.concatenate([codes for codes, _ in self._aside])
        counts = np.concatenate([counts for _, counts in self._aside])
        sizes = [int(column.max()) + 1 for column in codes.T]
        starts, order = _runs(list(codes.T), sizes)
        self._aside = [(codes[order[starts]], np.add.reduceat(counts[order], starts))]

    def table(self, labels: Sequence[tuple[str, ...]]) -> CellTable:
        """Everything that was added; `labels` are those of each axis. Cohorts and strata are sorted."""
        self._put_aside()
        axes = [Axis(name, own, kind) for (name, kind), own in zip(self._kinds, labels, strict=True)]
        in_order = len(self._aside) == 1
        empty = (np.zeros((0, len(axes) + 1), np.int32), np.zeros(0, np.int64))
        codes, n = (
            self._aside[0]
            if in_order
            else (
                np.concatenate([codes for codes, _ in (*self._aside, empty)]),
                np.concatenate([counts for _, counts in (*self._aside, empty)]),
            )
        )
        for i, axis in enumerate(axes):
            ordered = axis.labels if axis.kind == "characteristic" else in_print_order(axis.labels, axis.kind)
            if axis.labels != ordered:
                codes[:, i] = places_of(axis.labels, ordered)[codes[:, i]]
                axes[i] = Axis(axis.name, ordered, axis.kind)
                in_order = False
        outcomes = codes[:, -1]
        furthest, exits = furthest_of(outcomes).astype(np.int8), exits_of(outcomes).astype(np.int8)
        table = CellTable(tuple(axes), codes[:, :-1], furthest, exits, n)
        return table if in_order and n.all() else collapse(table.axes, table.codes, furthest, exits, n)


def _present(column: Coded) -> NDArray[np.int32]:
    """Codes that may occur: those of all values, or of the rows' values where the former are many."""
    if len(column.codes) <= _FEW:
        return np.unique(column.codes)
    return np.unique(column.codes[np.flatnonzero(np.bincount(column.positions))])


def _digits(codes: NDArray[Any], met: list[int]) -> NDArray[Any] | None:
    """Digit of each code among those that were met; None where every position is its own digit."""
    digit = np.zeros(max(int(codes.max()), met[-1]) + 1, narrowest(len(met)))
    digit[met] = np.arange(len(met))
    found = digit[codes]
    return None if np.array_equal(found, np.arange(len(codes))) else found


def _counted(keys: NDArray[Any], counts: NDArray[np.int64] | None) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Distinct values of sorted keys, and how many people each is."""
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    if counts is None:
        people = np.diff(starts, append=len(keys)).astype(np.int64)
    else:
        people = np.add.reduceat(counts, starts)
    return keys[starts], people
