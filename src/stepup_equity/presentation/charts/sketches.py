"""Charts that are yet to be drawn: what a chart shows and says, and what would draw it.

Nothing here needs matplotlib, so a process that leaves its charts to another one does not load it.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar, cast

from stepup_equity.words.unit import Unit, unit_now

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from stepup_equity.presentation.charts.axes import ChartAxes


@dataclass(frozen=True, slots=True)
class Face:
    """The words on a chart.

    Attributes
    ----------
    title : str
        What was found, as a sentence.
    subtitle : str
        What is drawn.
    notes : tuple of str
        Reference, interval, how many people, what every output must carry.
    alt : str
        The chart for someone who cannot see it, written from the numbers.
    mark : str
        What stands on it in any room: that it is not for publication, the programme and the cohort.
    """

    title: str
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    alt: str = ""
    mark: str = ""


T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Painted(Protocol[T_contra]):
    """What draws a kind of picture: on axes of the caller's, or on new ones."""

    def __call__(self, picture: T_contra, face: Face, ax: Axes | None = None) -> Axes:
        """Draw it."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """A chart that is yet to be drawn, here or in another process.

    Attributes
    ----------
    draw : Painted
    picture : object
        What it draws.
    face : Face
    unit : Unit
        What its words count.
    """

    draw: Painted[Any]
    picture: Any
    face: Face
    unit: Unit

    def axes(self) -> ChartAxes:
        """Draw it, on a figure of its own."""
        from stepup_equity.presentation.charts.axes import drawn_new

        return drawn_new(self)


class ChartFiles(NamedTuple):
    """A chart as SVG and as PNG, and how high it is in inches."""

    svg: str
    png: bytes
    height: float


_SKETCHED: ContextVar[list[Sketch] | None] = ContextVar("sketched", default=None)


def sketch_of(plot: Callable[..., Axes], *given: Any) -> Sketch:
    """What a function that plots would draw on new axes."""
    made: list[Sketch] = []
    before = _SKETCHED.set(made)
    try:
        plot(*given)
    finally:
        _SKETCHED.reset(before)
    (sketch,) = made
    return sketch


def painted(draw: Callable[[T, Face, Axes], Axes]) -> Painted[T]:
    """Draw a kind of picture in this library's style, on axes of any room that may change."""

    @wraps(draw)
    def drawn(picture: T, face: Face, ax: Axes | None = None) -> Axes:
        if ax is None:
            sketch = Sketch(drawn, picture, face, unit_now())
            wanted = _SKETCHED.get()
            if wanted is None:
                return sketch.axes()
            wanted.append(sketch)
            return cast("Axes", None)
        from stepup_equity.presentation.charts.axes import Painter

        painter = Painter(drawn, picture, face, ax)
        painter.paint()
        ax.set_axes_locator(painter)
        return ax

    return drawn
