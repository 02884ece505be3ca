"""PNG files made beside: a second process makes them while this one goes on drawing.

Making a PNG takes as long as all else about a chart. The other process gets a finished figure and gives back
its file, the same bytes as here. Where it cannot be started, or stops, the files are made here.
"""

from __future__ import annotations

import os
import pickle
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Final, Self

from stepup_equity.presentation.charts.files import figure_to_png

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from matplotlib.figure import Figure

__all__ = ["Press", "work"]

WORTH_IT: Final = 8
"""Charts from which a second process earns the time it takes to start."""

_SIZE: Final = struct.Struct("<Q")
_WORKER: Final = "from stepup_equity.presentation.charts.press import work; work()"


class Press:
    """Makes PNG files, here or beside.

    Parameters
    ----------
    charts : int
        How many there will be.
    """

    def __init__(self, charts: int) -> None:
        beside = charts >= WORTH_IT and (os.cpu_count() or 1) > 1
        self._worker = _started() if beside else None
        self._hand = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hand.shutdown(cancel_futures=True)
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()

    def png(self, figure: Figure) -> Callable[[], bytes]:
        """Begin the PNG of a figure; what is returned waits for it."""
        if self._worker is None:
            made = figure_to_png(figure)
            return lambda: made
        coming = self._hand.submit(_asked, self._worker, pickle.dumps(figure))
        return lambda: coming.result() or figure_to_png(figure)


def _started() -> subprocess.Popen[bytes] | None:
    """The other process, with the modules this one sees."""
    places = os.pathsep.join(place for place in sys.path if place)
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, with words of our own
            [sys.executable, "-P", "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": places, "MPLBACKEND": "agg"},
        )
    except OSError:
        return None


def _asked(worker: subprocess.Popen[bytes], figure: bytes) -> bytes:
    """The PNG of a packed figure; nothing where the other process has stopped."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        _send(worker.stdin, figure)
    except OSError:
        return b""
    return _received(worker.stdout)


def _send(pipe: IO[bytes], content: bytes) -> None:
    pipe.write(_SIZE.pack(len(content)) + content)
    pipe.flush()


def _received(pipe: IO[bytes]) -> bytes:
    """One message; nothing at the end."""
    head = pipe.read(_SIZE.size)
    if len(head) < _SIZE.size:
        return b""
    (size,) = _SIZE.unpack(head)
    content = pipe.read(size)
    return content if len(content) == size else b""


def work() -> None:
    """Be the other process: figures in, PNG files out, until there are no more."""
    while figure := _received(sys.stdin.buffer):
        _send(sys.stdout.buffer, figure_to_png(pickle.loads(figure)))  # noqa: S301 - from the process that started this one
