"""Reading the next piece of a file while the last one is worked on, its columns by several threads."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


_WAITING: Final = 2
_END: Final = object()


def read_ahead(
    *parts: Callable[[], Iterator[pa.RecordBatch]],
    own: Callable[[], Iterator[pa.RecordBatch]] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The same tables, the next one being read while the last one is worked on.

    Parameters
    ----------
    *parts : callable
        What reads the tables. Several read some columns each of the same rows, each in a thread of its own;
        the tables that come have all columns, and the rows stand in the order they have in each part.
    own : callable, optional
        What reads further columns here, in the thread that works on the tables, when the next is asked for.

    Raises
    ------
    pyarrow.ArrowInvalid
        Where one part has fewer rows than another.
    """
    stopped = threading.Event()
    started = [_started(tables, stopped) for tables in parts]
    try:
        taken = [_taken(waiting) for _, waiting in started]
        if own is not None:
            taken.insert(0, own())  # so that it is read while the others are
        yield from taken[0] if len(taken) == 1 else _joined(taken)
    finally:
        stopped.set()
        for thread, _ in started:
            thread.join()


def _started(
    tables: Callable[[], Iterator[pa.RecordBatch]], stopped: threading.Event
) -> tuple[threading.Thread, queue.Queue[Any]]:
    """A thread that reads tables, and the queue that it puts a few of them in."""
    waiting: queue.Queue[Any] = queue.Queue(maxsize=_WAITING)

    def read() -> None:
        try:
            for table in tables():
                if not _put(waiting, table, stopped):
                    return
            _put(waiting, _END, stopped)
        except BaseException as error:  # noqa: BLE001 - handed to the reader's thread
            _put(waiting, error, stopped)

    thread = threading.Thread(target=read, name="read-ahead", daemon=True)
    thread.start()
    return thread, waiting


def _taken(waiting: queue.Queue[Any]) -> Iterator[pa.RecordBatch]:
    while (table := waiting.get()) is not _END:
        if isinstance(table, BaseException):
            raise table
        yield table


def _joined(parts: Sequence[Iterator[pa.RecordBatch]]) -> Iterator[pa.RecordBatch]:
    """Columns of all parts side by side; pieces are cut where any part was cut."""
    tables: list[pa.RecordBatch | None] = [next(part, None) for part in parts]
    while whole := [table for table in tables if table is not None]:
        if len(whole) < len(tables):
            raise pa.ArrowInvalid("Columns of different lengths")
        rows = min(table.num_rows for table in whole)
        columns = [column for table in whole for column in table.slice(0, rows).columns]
        yield pa.RecordBatch.from_arrays(columns, [name for table in whole for name in table.schema.names])
        tables = [
            next(part, None) if table.num_rows == rows else table.slice(rows)
            for part, table in zip(parts, whole, strict=True)
        ]


def _put(waiting: queue.Queue[Any], item: object, stopped: threading.Event) -> bool:
    while not stopped.is_set():
        try:
            waiting.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
