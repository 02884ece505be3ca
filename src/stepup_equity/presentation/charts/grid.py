"""A tidy frame laid out as rows of groups and columns of gates."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP, OVERALL
from stepup_equity.presentation.charts.page import Row
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.words.names import Names


INDENT = 8.0


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows and columns of a chart, and where each row of the frame goes.

    Attributes
    ----------
    frame : DataFrame
        Tidy, a row for each characteristic, group and gate.
    names : Names
    whole_way : bool
        Whether the whole way is a column, the last.
    references : mapping of str to str
        Reference of each characteristic, for the names of rows and headings.
    """

    frame: pd.DataFrame
    names: Names
    whole_way: bool
    references: Mapping[str, str]

    @cached_property
    def characteristics(self) -> tuple[str, ...]:
        """Names, in order of appearance."""
        return tuple(dict.fromkeys(self.frame[CHARACTERISTIC]))

    @cached_property
    def gates(self) -> tuple[str, ...]:
        """Keys of the columns."""
        found = [gate for gate in dict.fromkeys(self.frame[GATE]) if gate != OVERALL]
        return (*found, OVERALL) if self.whole_way else tuple(found)

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(self.names.gate(gate) for gate in self.gates)

    @cached_property
    def keys(self) -> tuple[tuple[str, str | None], ...]:
        """Characteristic and group of each row; no group in the row of a heading."""
        several = len(self.characteristics) > 1
        keys: list[tuple[str, str | None]] = []
        pairs = dict.fromkeys(zip(self.frame[CHARACTERISTIC], self.frame[GROUP], strict=True))
        for name in self.characteristics:
            if several:
                keys.append((name, None))
            keys += [pair for pair in pairs if pair[0] == name]
        return tuple(keys)

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Names of the rows: a heading for each characteristic where there are several."""
        several = len(self.characteristics) > 1
        rows = []
        for name, group in self.keys:
            if group is None:
                against = self.references.get(name)
                label = self.names.characteristic(name)
                rows.append(
                    Row(f"{label}, against {against}" if against else label, strong=True, height=30.0)
                )
            else:
                word = " (reference)" if group == self.references.get(name) else ""
                rows.append(Row(f"{group}{word}", indent=INDENT if several else 0.0))
        return tuple(rows)

    @cached_property
    def _place(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
        row_of = {key: row for row, key in enumerate(self.keys)}
        column_of = {gate: column for column, gate in enumerate(self.gates)}
        pairs = zip(self.frame[CHARACTERISTIC], self.frame[GROUP], strict=True)
        rows = np.array([row_of[pair] for pair in pairs], np.int64)
        columns = np.array([column_of.get(gate, -1) for gate in self.frame[GATE]], np.int64)
        return rows, columns, columns >= 0

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows, headings among them, and of columns."""
        return len(self.keys), len(self.gates)

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A column of numbers; NaN in the rows of headings."""
        rows, columns, kept = self._place
        out = np.full(self.shape, np.nan)
        out[rows[kept], columns[kept]] = self.frame[column].to_numpy(float)[kept]
        return out

    def words(self, make: Callable[[Any], str]) -> tuple[tuple[str, ...], ...]:
        """A word for each cell, made from the frame's row; empty in the rows of headings."""
        rows, columns, kept = self._place
        out = np.full(self.shape, "", object)
        for row, column, keep, record in zip(rows, columns, kept, records(self.frame), strict=True):
            if keep:
                out[row, column] = make(record)
        return tuple(tuple(line) for line in out)

    def marked(self, cells: frozenset[tuple[str, str, str]]) -> NDArray[np.bool_]:
        """Which cells are among these, each characteristic, group and gate."""
        return np.array(
            [[(name, group, gate) in cells for gate in self.gates] for name, group in self.keys], bool
        ).reshape(self.shape)

    def among(self, pairs: Collection[tuple[str, str]]) -> NDArray[np.bool_]:
        """Which rows are of one of these groups, each a characteristic and a group."""
        return np.array([group is not None and (name, group) in pairs for name, group in self.keys], bool)

    @cached_property
    def reference_rows(self) -> NDArray[np.bool_]:
        """Which rows are a reference."""
        return self.among(set(self.references.items()))


def not_stated_pairs(frame: pd.DataFrame) -> set[tuple[str, str]]:
    """Characteristic and group of the rows that are *Not stated*."""
    apart = frame[~frame["stated"].astype(bool)]
    return set(zip(apart[CHARACTERISTIC], apart[GROUP], strict=True))
