"""Parquet and Feather files, whose columns come as they are needed, a piece ahead."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from stepup_equity.records.batches import Batch
from stepup_equity.records.problems import unreadable
from stepup_equity.records.sources.ahead import read_ahead
from stepup_equity.records.sources.base import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path


_PIECE: Final = 300_000  # rows; with a third of them, what is done once a piece is a tenth of the work
_MANY: Final = 100_000
"""Rows that are worth a second thread."""
_STREAMED: Final = 1 << 20
_THREADS: Final = 4  # more decode faster than one counts
_TEXT: Final = 2.0  # decoding a text or its code takes twice as long as a number or a result
_COUNTING: Final = 0.3  # what it takes to count a column, in that measure
_DAMAGED: Final = (pa.ArrowException, OSError, EOFError, MemoryError, UnicodeDecodeError)


class ParquetSource(Source):
    """A Parquet file, read a piece ahead; texts come as dictionaries, as they are stored.

    Each processor decodes some of the columns, so all have work whatever the file's row groups are, the rows
    keep their order, and no more than a few pieces are in memory. The one that counts decodes fewer: one
    thread more than there are processors would have the others wait for each other.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name
        try:
            found = pq.read_metadata(path)
            schema = found.schema.to_arrow_schema()
        except _DAMAGED:
            raise _damaged(self.name, "Parquet") from None
        self._rows = found.num_rows
        self.columns = tuple(schema.names)
        self._texts = {
            field.name
            for field in schema
            if pa.types.is_string(field.type)
            or pa.types.is_large_string(field.type)
            or pa.types.is_dictionary(field.type)
        }

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:
        """The rows in order, with these columns only."""
        first, names = 1, list(dict.fromkeys(columns))
        own, *others = self._dealt(names, _threads() if self._rows > _MANY else 1)
        here = partial(self._tables, own, many) if own else None
        try:
            for table in read_ahead(*(partial(self._tables, part, many) for part in others), own=here):
                yield Batch(table, first)
                first += table.num_rows
        except _DAMAGED:
            raise _damaged(self.name, "Parquet") from None

    def _dealt(self, names: list[str], threads: int) -> list[list[str]]:
        """Columns to decode where rows are counted, and in each thread besides, so that all take as long."""
        if threads == 1 or len(names) < 2:
            return [[], names]
        dealt: list[list[str]] = [[] for _ in range(threads)]
        taken = [_COUNTING * len(names), *(0.0 for _ in range(threads - 1))]
        for name in sorted(names, key=lambda name: name not in self._texts):
            least = taken.index(min(taken))
            dealt[least].append(name)
            taken[least] += _TEXT if name in self._texts else 1.0
        return [dealt[0], *(part for part in dealt[1:] if part)]

    def _tables(self, columns: list[str], many: Collection[str]) -> Iterator[pa.RecordBatch]:
        codes = [name for name in columns if name in self._texts and name not in many]
        flat = {"pre_buffer": False, "buffer_size": _STREAMED}  # memory does not follow the size of the file
        with pq.ParquetFile(self.path, read_dictionary=codes, **flat) as file:
            yield from file.iter_batches(batch_size=_PIECE, columns=columns, use_threads=False)


def _threads() -> int:
    """How many threads decode a file: one for each processor that this process may use, up to four."""
    allowed = getattr(os, "sched_getaffinity", None)
    return min(_THREADS, len(allowed(0)) if allowed else os.cpu_count() or 1)


class FeatherSource(Source):
    """A Feather (Arrow IPC) file or stream."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name
        try:
            with self._open() as reader:
                self.columns = tuple(reader.schema.names)
        except _DAMAGED:
            raise _damaged(self.name, "Feather") from None

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:  # noqa: ARG002
        """The rows in order, with these columns only."""
        first, names = 1, list(dict.fromkeys(columns))
        try:
            with self._open() as reader:
                for number in range(reader.num_record_batches):
                    table = reader.get_batch(number).select(names)
                    table.validate(full=True)  # a damaged file may point outside its own memory
                    yield Batch(table, first)
                    first += table.num_rows
        except _DAMAGED:
            raise _damaged(self.name, "Feather") from None

    def _open(self) -> pa.ipc.RecordBatchFileReader:
        return pa.ipc.open_file(pa.memory_map(str(self.path)))


def _damaged(name: str, kind: str) -> Exception:
    return unreadable(name, "unreadable", f"is not a readable {kind} file.", "Export it again.")
