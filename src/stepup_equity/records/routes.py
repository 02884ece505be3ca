"""Gates that some people's version of the process did not have, as words such as ``n/a`` tell.

A stage that is said not to apply, with a result behind it, was not there for that person: they went past its
gate, and are in no figure of it. Where nothing but such words follows, they may mean as well that the person
never came so far: that is read as a blank. Where blanks follow, it depends on whether the file has anyone who
certainly went past that gate.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import WITHOUT
from stepup_equity.process import normalise
from stepup_equity.records.batches import Coded, coded_values, text_of
from stepup_equity.records.cells import Axis, collapse

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.cells import CellTable
    from stepup_equity.records.covariates import CovariateTable
    from stepup_equity.records.problems import Problems


ROUTE: Final = "route"
"""Kind of the axis that tells which gates people's version of the process lacked."""

_CERTAIN, _PERHAPS, _NOT_REACHED = 1, 2, 3
_MARKS: Final = {_CERTAIN: "", _PERHAPS: "?", _NOT_REACHED: "~"}


class Routes:
    """Which gates each row's version of the process did not have.

    Parameters
    ----------
    columns : list of (int, str)
        Stage number and column, in order.
    words : sequence of str
        Words that say a stage does not apply.
    """

    def __init__(self, columns: list[tuple[int, str]], words: Sequence[str]) -> None:
        self.stages = columns
        self._words = frozenset(normalise(word) for word in words) - {""}

    def __bool__(self) -> bool:
        return bool(self._words)

    def alike(self, value: object) -> Hashable:
        """A key that raw values share where they say the same about a gate."""
        text = normalise(text_of(value))
        return "none" if text in self._words else text == ""

    def of(self, batch: Batch, passed: Bools) -> NDArray[np.uint8]:
        """What each row says of each gate, shape (n_rows, n_columns): 1 certainly none, 2 or 3 perhaps none.

        Parameters
        ----------
        batch : Batch
        passed : ndarray of bool, shape (n_rows, n_columns)
        """
        absent, blank = (np.zeros(passed.shape, bool) for _ in range(2))
        for i, (stage, column) in enumerate(self.stages):
            values, positions = coded_values(batch.column(column))
            texts = [normalise(text_of(value)) for value in values]
            absent[:, i] = np.array([stage > 0 and text in self._words for text in texts], bool)[positions]
            blank[:, i] = np.array([text == "" for text in texts], bool)[positions]
        kinds = np.zeros(passed.shape, np.uint8)
        result, something = (np.zeros(len(passed), bool) for _ in range(2))
        for i in reversed(range(passed.shape[1])):
            kinds[:, i] = np.select(
                [absent[:, i] & result, absent[:, i] & something, absent[:, i]],
                [_CERTAIN, _PERHAPS, _NOT_REACHED],
            )
            result |= ~absent[:, i] & ~blank[:, i]
            something |= blank[:, i]
        going = np.ones(len(passed), bool)
        for i in range(passed.shape[1]):
            kinds[~going, i] = 0
            going &= passed[:, i] | (kinds[:, i] > 0)
        return kinds


class RouteEncoder:
    """The gates that each row's version did not have, as a coded column.

    Parameters
    ----------
    routes : Routes
    keys : tuple of str
        Keys of the stages.
    read : callable
        What `Routes.of` gives for a batch.
    """

    def __init__(
        self, routes: Routes, keys: tuple[str, ...], read: Callable[[Batch], NDArray[np.uint8]]
    ) -> None:
        self._routes, self.keys, self._read = routes, keys, read
        self._codes: dict[str, int] = {"": 0}
        self.columns = tuple(column for _, column in routes.stages)

    @property
    def labels(self) -> tuple[str, ...]:
        """Label of each code: the keys of the gates, each with a mark where it is not certain."""
        return tuple(self._codes)

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        return self._routes.alike(value)

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch."""
        found, positions = np.unique(self._read(batch), axis=0, return_inverse=True)
        return Coded(np.array([self._code(row) for row in found.tolist()], np.int32), positions.ravel())

    def _code(self, row: list[int]) -> int:
        marked = [
            f"{self.keys[stage]}{_MARKS[kind]}"
            for (stage, _), kind in zip(self._routes.stages, row, strict=True)
            if kind
        ]
        return self._codes.setdefault(",".join(marked), len(self._codes))


def settled(table: CellTable, keys: Sequence[str], problems: Problems) -> CellTable:
    """What was not certain row by row, decided by all of them; without the axis where all had all gates.

    Parameters
    ----------
    table : CellTable
        Routes as they were read.
    keys : sequence of str
        Keys of the stages.
    problems : Problems
        Takes a warning of people who may have lacked a gate, or may never have come to it.
    """
    axis, at = table.axis(WITHOUT), table.names.index(WITHOUT)
    labels, place, further, doubts = decided_routes(axis.labels, keys)
    codes, furthest = table.codes.copy(), table.furthest + further[table.codes[:, at]]
    for gate in keys:
        doubted = np.array([gate in one for one in doubts], bool)[table.codes[:, at]]
        _note_doubts(gate, int(table.n[doubted].sum()), problems)
    codes[:, at] = place[codes[:, at]]
    axes = (*table.axes[:at], Axis(WITHOUT, labels, ROUTE), *table.axes[at + 1 :])
    whole = collapse(axes, codes, furthest.astype(np.int8), table.exit, table.n)
    return whole if any(labels) else whole.onto([name for name in whole.names if name != WITHOUT])


def decided_routes(
    read: Sequence[str], keys: Sequence[str]
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.int8], list[set[str]]]:
    """Routes without marks; and of each that was read its place, stages further, and gates in doubt."""
    every = [[part for part in label.split(",") if part] for label in read]
    certain = {part for parts in every for part in parts if part in keys}
    routes, further, doubts = [], [], []
    for parts in every:
        perhaps = [part[:-1] for part in parts if part.endswith(_MARKS[_PERHAPS])]
        perhaps = list(takewhile(certain.__contains__, perhaps))
        gates = {part for part in parts if part in keys}
        routes.append(",".join(sorted(gates | set(perhaps), key=list(keys).index)))
        further.append(len(perhaps))
        doubts.append({part[:-1] for part in parts if part.endswith(_MARKS[_NOT_REACHED])} & certain)
    labels = tuple(sorted(set(routes)))
    place = np.array([labels.index(route) for route in routes], np.int32)
    return labels, place, np.array(further, np.int8), doubts


def _note_doubts(gate: str, people: int, problems: Problems) -> None:
    if people:
        problems.add(
            "warning",
            "gate_may_be_missing",
            gate,
            f"at {gate!r} some people's version of the process had no such gate; of others the same word "
            "stands there with nothing behind it, and they are read as not having passed it.",
            count=people,
            remedy="Where they never came so far, leave the field blank; where their version had no such "
            "gate, leave the fields behind it blank.",
        )


def gates_without(table: CellTable | CovariateTable, gates: Sequence[str]) -> Bools | None:
    """Whether the version of each cell lacked each gate, shape (n_cells, n_gates); None where all had all."""
    axis = next((one for one in table.axes if one.kind == ROUTE), None)
    if axis is None:
        return None
    lacks = np.array([[gate in label.split(",") for gate in gates] for label in axis.labels])
    return np.asarray(lacks[table.column(WITHOUT)])


def with_routes(
    one: Sequence[CellTable], other: Sequence[CellTable]
) -> tuple[tuple[CellTable, ...], tuple[CellTable, ...]]:
    """Two sets of tables with routes in both where either has them: whoever has none had every gate."""
    if not any(WITHOUT in table.names for table in (*one, *other)):
        return tuple(one), tuple(other)
    return tuple(map(_with_route, one)), tuple(map(_with_route, other))


def _with_route(table: CellTable) -> CellTable:
    if WITHOUT in table.names:
        return table
    codes = np.column_stack([table.codes, np.zeros(len(table.n), np.int32)]).astype(np.int32)
    return replace(table, axes=(*table.axes, Axis(WITHOUT, ("",), ROUTE)), codes=codes)
