"""Reading the next piece of a file while the last one is worked on."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

__all__ = ["read_ahead"]

_WAITING: Final = 2
_END: Final = object()


def read_ahead(tables: Callable[[], Iterator[pa.RecordBatch]]) -> Iterator[pa.RecordBatch]:
    """The same tables, the next one being read while the last one is worked on."""
    waiting: queue.Queue[Any] = queue.Queue(maxsize=_WAITING)
    stopped = threading.Event()

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
    try:
        while (table := waiting.get()) is not _END:
            if isinstance(table, BaseException):
                raise table
            yield table
    finally:
        stopped.set()
        thread.join()


def _put(waiting: queue.Queue[Any], item: object, stopped: threading.Event) -> bool:
    while not stopped.is_set():
        try:
            waiting.put(item, timeout=0.1)
        except queue.Full:
            continue
        return True
    return False
