"""A piece of a source: some rows, what they are called, and how many people each stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray


_ROWS_NAMED = 20
_LUT_RANGE = 1 << 16


class Place(TypedDict):
    """Where a problem is: names of its first rows, and the number of people."""

    rows: list[int | str]
    count: int


@dataclass(frozen=True, eq=False)
class Batch:
    """Some rows of a source.

    Attributes
    ----------
    table : pyarrow.RecordBatch
    first : int or None
        Number of its first row; None where the source aggregated rows that were alike.
    file : str
        Name of the file, where the source is several.
    weights : ndarray of int64 or None, shape (n_rows,)
        People of each row; None means one each.
    blank : ndarray of bool or None, shape (n_rows,)
        Rows with nothing in them, where the source tells; None where its columns do.
    """

    table: pa.RecordBatch
    first: int | None = 1
    file: str = ""
    weights: NDArray[np.int64] | None = None
    blank: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def column(self, name: str) -> pa.Array:
        """One raw column."""
        return self.table.column(name)

    def row(self, position: int) -> int | str:
        """What a row is called in messages."""
        number = (self.first or 0) + position
        return f"{self.file}: {number}" if self.file else number

    def place(self, bad: NDArray[np.intp]) -> Place:
        """Row names and number of people at these positions."""
        people = len(bad) if self.weights is None else int(self.weights[bad].sum())
        rows = [] if self.first is None else [self.row(int(i)) for i in bad[:_ROWS_NAMED]]
        return {"rows": rows, "count": people}

    def people(self, chosen: NDArray[np.bool_]) -> int:
        """Number of people in the chosen rows."""
        return int(chosen.sum() if self.weights is None else self.weights[chosen].sum())

    def without(self, dropped: NDArray[np.bool_]) -> list[Batch]:
        """The same rows but some, as pieces whose rows keep their numbers."""
        keep = np.flatnonzero(~dropped)
        if not keep.size:
            return []
        cuts = np.flatnonzero(np.diff(keep) > 1) + 1
        return [
            Batch(
                self.table.slice(int(run[0]), len(run)),
                None if self.first is None else self.first + int(run[0]),
                self.file,
                None if self.weights is None else self.weights[run],
            )
            for run in np.split(keep, cuts)
        ]


@dataclass(frozen=True, eq=False)
class Coded:
    """A column as codes, kept apart as code of each distinct value and each row's value.

    Attributes
    ----------
    codes : ndarray of int32, shape (n_values,)
    positions : ndarray of int, shape (n_rows,)
    """

    codes: NDArray[np.int32]
    positions: NDArray[Any]

    def rows(self) -> NDArray[np.int32]:
        """Code of each row."""
        found: NDArray[np.int32] = self.codes.take(self.positions)
        return found


class CodesOf:
    """Codes of distinct values, worked out once for a list that comes again with the next batch."""

    def __init__(self, code: Callable[[Any], int]) -> None:
        self._code = code
        self._values: list[Any] = []
        self._codes: NDArray[np.int32] = np.zeros(0, np.int32)

    def __call__(self, values: list[Any]) -> NDArray[np.int32]:
        """Code of each value; the same array for the same list."""
        if values != self._values:
            self._values, self._codes = values, np.array([self._code(value) for value in values], np.int32)
        return self._codes


def side_by_side(columns: Sequence[Coded], rows: int) -> NDArray[np.int32]:
    """Code of each row in each column, shape (n_rows, n_columns)."""
    table = np.empty((rows, len(columns)), np.int32)
    for i, column in enumerate(columns):
        table[:, i] = column.rows()
    return table


def coded_values(column: pa.Array) -> tuple[list[Any], NDArray[Any]]:
    """Distinct values of a column, and the position of each row's value; a null has the last position.

    Returns
    -------
    values : list
        Distinct values, then None. For whole numbers of a short range, every number of the range; some may
        stand in no row.
    positions : ndarray of int, shape (n_rows,)
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _from_dictionary(column)
    if pa.types.is_boolean(kind):
        return _from_booleans(column)
    if pa.types.is_integer(kind) and len(column):
        found = _from_short_range(column)
        if found is not None:
            return found
    if pa.types.is_string_view(kind):
        column = column.cast(pa.large_string())
    if pa.types.is_nested(kind):
        column = pa.array([None if item is None else str(item) for item in column.to_pylist()], pa.string())
    return _from_dictionary(pc.dictionary_encode(column))


def _from_dictionary(column: pa.DictionaryArray) -> tuple[list[Any], NDArray[Any]]:
    dictionary = column.dictionary
    if pa.types.is_string_view(dictionary.type):
        dictionary = dictionary.cast(pa.large_string())
    values = dictionary.to_pylist()
    return [*values, None], _filled(column.indices, len(values))


def _filled(numbers: pa.Array, null: int, *, less: int = 0) -> NDArray[Any]:
    """Whole numbers less a number, in as few bytes as hold them; a null becomes the number given for it.

    Straight from the buffers, since this runs on every row.
    """
    kind = narrowest(null)
    if not len(numbers):
        return np.zeros(0, kind)
    found = _raw(numbers).astype(kind, copy=False)
    if less:
        found = found - kind(less % (1 << 8 * kind().itemsize))  # wraps round, and so back again
    return _gaps_filled(found, numbers, null)


def _raw(numbers: pa.Array) -> NDArray[Any]:
    raw = np.frombuffer(numbers.buffers()[1], numbers.type.to_pandas_dtype())
    return raw[numbers.offset : numbers.offset + len(numbers)]


def _gaps_filled(found: NDArray[Any], column: pa.Array, null: int) -> NDArray[Any]:
    """The numbers, with what stands under a null exchanged: bit by bit, which is faster than a choice."""
    if not column.null_count:
        return found
    gaps = unpacked(packed(column.buffers()[0], column.offset, len(column)), len(column))
    gaps = gaps.astype(found.dtype, copy=False)
    gaps -= 1  # all bits set where there is a null, else none
    filled: NDArray[Any] = found ^ found.dtype.type(null)
    filled &= gaps
    filled ^= found
    return filled


def narrowest(largest: int) -> type[np.unsignedinteger[Any]]:
    """The smallest type of whole numbers from 0 to `largest`."""
    if largest < 1 << 8:
        return np.uint8
    if largest < 1 << 16:
        return np.uint16
    return np.uint32 if largest < 1 << 32 else np.uint64


def looked_up(table: NDArray[Any], positions: NDArray[Any]) -> NDArray[Any]:
    """``table[positions]``; bytes go by way of ``bytes.translate``, in a third of the time."""
    if table.dtype == np.uint8 and positions.dtype == np.uint8:
        return np.frombuffer(positions.tobytes().translate(table.tobytes().ljust(256, b"\0")), np.uint8)
    found: NDArray[Any] = table.take(positions, mode="clip")
    return found


def packed(buffer: pa.Buffer, start: int, rows: int) -> NDArray[np.uint8]:
    """Bits of some rows of a buffer, eight to a byte; those behind the last row may be anything."""
    raw = np.frombuffer(buffer, np.uint8)[start // 8 : (start + rows + 7) // 8]
    if start % 8 == 0:
        return raw
    return np.packbits(np.unpackbits(raw, bitorder="little")[start % 8 : start % 8 + rows], bitorder="little")


def unpacked(bits: NDArray[np.uint8], rows: int) -> NDArray[np.uint8]:
    """Bits as one byte each, shape (n_rows,)."""
    return np.unpackbits(bits, count=rows, bitorder="little")


def packed_results(column: pa.Array) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Which rows of a boolean column are true, and which are known, eight rows to a byte."""
    valid, values = column.buffers()
    start, rows = column.offset, len(column)
    true = packed(values, start, rows)
    known = packed(valid, start, rows) if column.null_count else np.full(len(true), 255, np.uint8)
    return true & known, known


def _from_booleans(column: pa.Array) -> tuple[list[Any], NDArray[Any]]:
    rows = len(column)
    if not rows:
        return [None], np.zeros(0, np.uint8)
    values = unpacked(packed(column.buffers()[1], column.offset, rows), rows)
    return [False, True, None], _gaps_filled(values, column, 2)


def _from_short_range(column: pa.Array) -> tuple[list[Any], NDArray[Any]] | None:
    if column.null_count == len(column):
        return [None], np.zeros(len(column), np.uint8)
    raw = _raw(column)
    low, high = int(raw.min()), int(raw.max())
    if high - low > 1 << 8 and column.null_count:  # what stands under nulls may be anything
        ends = pc.min_max(column)
        low, high = ends["min"].as_py(), ends["max"].as_py()
    if high - low >= _LUT_RANGE:
        return None
    return [*range(low, high + 1), None], _filled(column, high - low + 1, less=low)


def blank_cells(column: pa.Array) -> NDArray[np.bool_]:
    """Cells with nothing in them, or with spaces alone, shape (n_rows,)."""
    if pa.types.is_dictionary(column.type):
        blank = np.append(blank_cells(column.dictionary), True)
        if not column.null_count and not blank[:-1].any():
            return np.zeros(len(column), bool)
        return looked_up(blank, _filled(column.indices, blank.size - 1))
    text = pa.types.is_string(column.type) or pa.types.is_large_string(column.type)
    found = pc.equal(pc.utf8_trim_whitespace(column), "") if text else column.is_null(nan_is_null=True)
    return np.asarray(pc.fill_null(found, True).to_numpy(zero_copy_only=False), bool)


def without_point(text: str) -> str:
    """A whole number as programs write it that know no other: "1.0" is "1".

    >>> without_point("1.0"), without_point("2.50"), without_point("v1.0")
    ('1', '2.50', 'v1.0')
    """
    whole, point, rest = text.partition(".")
    return whole if point and whole.isdecimal() and rest.strip("0") == "" and rest else text


def text_of(value: object) -> str:
    """A raw value as the text its owner typed: 1.0 is "1", True is "true", NaN is blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:
            return ""
        return str(int(value)) if value.is_integer() else repr(float(value))
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    return str(value)
