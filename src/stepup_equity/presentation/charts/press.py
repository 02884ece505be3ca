"""What is made beside: a second process draws charts while this one goes on asking questions.

Drawing takes longer than all else about a chart. The other process gets sketches, before them the model of
people with blanks and after them a workbook laid out; it gives back the same bytes and numbers that would be
made here. What it has not begun when it is needed is made here, so both are busy to the end. Where it cannot
be started, or stops, all is made here.
"""

from __future__ import annotations

import gc
import os
import pickle
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import IO, TYPE_CHECKING, Any, Final, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from types import TracebackType

    from stepup_equity.presentation.charts.axes import ChartAxes
    from stepup_equity.presentation.charts.sketches import ChartFiles, Face, Sketch
    from stepup_equity.spreadsheets.model import Workbook


Made = TypeVar("Made")

_SIZE: Final = struct.Struct("<Q")
_FEW: Final = 4
"""Charts that are drawn in the time in which what draws them would be loaded here."""

_WORKER: Final = "from stepup_equity.presentation.charts.press import work; work()"

_KEEPS: Final = dict.fromkeys(("MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"), str(1 << 30))
"""Room for one picture is kept for the next; where the C library is not GNU's, this says nothing."""


class Press:
    """Makes files, here and beside.

    Parameters
    ----------
    beside : bool
        Whether to start the other process, at once, so that it is ready when the first sketch is. For a few
        charts it is not worth waiting for.
    """

    def __init__(self, *, beside: bool = True) -> None:
        self._worker = _started() if beside and (os.cpu_count() or 1) > 1 else None
        self._hand = ThreadPoolExecutor(1)
        self._ordered: list[Future[tuple[Any] | None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for order in self._ordered:
            order.cancel()
        if self._worker is not None:
            self._worker.kill()
            self._hand.submit(self._worker.communicate)  # its end is not waited for
            self._worker = None
        self._hand.shutdown(wait=False)

    def files(self, chart: Sketch | ChartAxes) -> Callable[[], ChartFiles]:
        """Begin the files of a chart; what is returned waits for them."""
        return self.begin(partial(_files_of, chart), few=0 if "matplotlib" in sys.modules else _FEW)

    def workbooks(self, book: Workbook) -> Callable[[], dict[str, bytes]]:
        """Begin a workbook in both formats."""
        return self.begin(partial(_rendered, book))

    def begin(self, make: Callable[[], Made], *, few: int = 0) -> Callable[[], Made]:
        """Order something there; it is made here where that was not begun when it is needed, or failed.

        It is waited for where no more than a `few` orders are left there.
        """
        here = cache(make)
        if self._worker is None:
            return here
        coming = self._hand.submit(_asked, self._worker, pickle.dumps(make))
        self._ordered.append(coming)

        def made() -> Made:
            left = sum(not (order.running() or order.done()) for order in self._ordered)
            there = None if left > few and coming.cancel() else coming.result()
            return here() if there is None else there[0]

        return cache(made)


def _files_of(chart: Sketch | ChartAxes) -> ChartFiles:
    from stepup_equity.presentation.charts.files import files_of

    return files_of(chart)


def _rendered(book: Workbook) -> dict[str, bytes]:
    from stepup_equity.spreadsheets.rendered import rendered

    return rendered(book)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as files; they may be in the making, and are waited for.

    Attributes
    ----------
    name : str
        Stem of the file names.
    face : Face
        Its words.
    """

    name: str
    face: Face
    _files: Callable[[], ChartFiles]

    @property
    def svg(self) -> str:
        """The SVG file."""
        return self._files().svg

    @property
    def png(self) -> bytes:
        """The PNG file."""
        return self._files().png

    @property
    def height(self) -> float:
        """How high it is, in inches."""
        return self._files().height

    @property
    def notes(self) -> tuple[str, ...]:
        """What stands below it, its mark last."""
        return tuple(note for note in (*self.face.notes, self.face.mark) if note)


def drawn(name: str, chart: Sketch | ChartAxes, press: Press | None = None) -> Drawn:
    """The files of a chart.

    Parameters
    ----------
    name : str
        Stem of the file names.
    chart : Sketch or ChartAxes
        To be drawn, or drawn on axes of its own.
    press : Press, optional
        Makes the files beside; by default they are made when one is first asked for.
    """
    return Drawn(name, chart.face, cache(partial(_files_of, chart)) if press is None else press.files(chart))


def _started() -> subprocess.Popen[bytes] | None:
    """The other process, with the modules this one sees."""
    places = os.pathsep.join(place for place in sys.path if place)
    try:
        return subprocess.Popen(  # noqa: S603 - this interpreter, with words of our own
            [sys.executable, "-P", "-c", _WORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _KEEPS | {"PYTHONPATH": places, "MPLBACKEND": "agg"},
        )
    except OSError:
        return None


def _asked(worker: subprocess.Popen[bytes], order: bytes) -> tuple[Any] | None:
    """What was ordered; nothing where the other process has stopped."""
    assert worker.stdin is not None
    assert worker.stdout is not None
    try:
        _send(worker.stdin, order)
    except OSError:
        return None
    made = _received(worker.stdout)
    return pickle.loads(made) if made else None  # noqa: S301 - from the process we started


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
    """Be the other process: what is to be made in, and what was made out, until there is no more."""
    gc.set_threshold(200_000)  # modules and figures are many small objects, and the process soon ends
    from stepup_equity.presentation.charts import files  # noqa: F401 - asked for next, and slow to load
    from stepup_equity.presentation.charts.style import chart_style
    from stepup_equity.statistics.regression import missing_em  # noqa: F401 - the same as of files

    with chart_style():  # once, not for each chart
        while order := _received(sys.stdin.buffer):
            make = pickle.loads(order)  # noqa: S301 - from the process that started this one
            try:
                made = pickle.dumps((make(),))
            except Exception:  # noqa: BLE001 - made again where it was ordered, and said there
                made = b""
            _send(sys.stdout.buffer, made)
