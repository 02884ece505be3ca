"""Axes that know the words of their chart, and how to draw it again where their room has changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure

from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.style import INCH, chart_style
from stepup_equity.words.unit import speaking

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.artist import Artist
    from matplotlib.backend_bases import RendererBase
    from matplotlib.gridspec import SubplotSpec
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

    from stepup_equity.presentation.charts.sketches import Painted, Sketch


@dataclass(frozen=True, slots=True)
class Room:
    """How large a chart is.

    Attributes
    ----------
    width, height : float, optional
        In points; by default as much as it needs.
    most : float
        How many times larger than on a page its words may be.
    """

    width: float | None = None
    height: float | None = None
    most: float = 1.0


NATURAL: Final = Room()

SIZES: Final = {
    "page": Room(6.9 * INCH),
    "slide": Room(13.333 * INCH, 7.5 * INCH, 2.0),
}
"""A page is A4 between its margins, as high as the chart needs; a slide is 16 to 9."""


class ChartAxes(Axes):
    """Axes of a chart's own figure, which show themselves in a notebook with alternative text."""

    face: Face = Face("")
    asked: Room = NATURAL
    room: Room | None = NATURAL
    """What the figure is to be sized to; None once it is, so that a reader may size it again."""

    def _repr_html_(self) -> str:
        from stepup_equity.presentation.charts.files import data_uri, figure_to_svg
        from stepup_equity.presentation.charts.windows import let_go

        figure = figure_of(self)
        picture = figure_to_svg(figure, self.face.title, self.face.alt)
        let_go(figure)  # else the notebook would show it a second time, without its words
        image = Markup('<img alt="{}" style="max-width:100%" src="{}">')
        return str(image.format(self.face.alt, data_uri(picture)))

    def set_title(self, label: str, *args: Any, **kwargs: Any) -> Text:
        """Put other words in the place of the finding; the chart makes room for them."""
        painter = self.get_axes_locator()
        if not isinstance(painter, Painter):
            return super().set_title(label, *args, **kwargs)
        self.room = self.asked
        painter.face = replace(painter.face, title=label)
        painter.paint()
        return self.title


def figure_of(ax: Axes) -> Figure:
    """The whole figure, also where the axes are in a part of it."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure


def room_of(ax: Axes) -> tuple[float, float]:
    """Width and height of axes in points, as their place in the figure will have it."""
    part, box = ax.get_figure(root=False), ax.get_position(original=True)
    assert part is not None
    unit = INCH / figure_of(ax).dpi
    return round(box.width * part.bbox.width * unit, 1), round(box.height * part.bbox.height * unit, 1)


def ground_of(ax: Axes) -> str:
    """The colour behind a chart: of the part of the figure that has one."""
    part: Any = ax.get_figure(root=False)
    while part is not None:
        color = to_rgba(part.get_facecolor())
        if color[3] > 0:
            return to_hex(color).upper()
        part = None if isinstance(part, Figure) else part.get_figure(root=False)
    return "#FFFFFF"


def new_axes(figure: Figure, room: Room = NATURAL) -> ChartAxes:
    """Axes that take up a whole figure."""
    ax = figure.add_axes((0.0, 0.0, 1.0, 1.0), axes_class=ChartAxes)
    assert isinstance(ax, ChartAxes)
    ax.asked = ax.room = room
    return ax


class Painter:
    """A chart on axes of somebody else: drawn again before they are shown, where their room has changed.

    Layouts settle only when a figure is drawn, and windows are resized. Matplotlib asks a locator for the
    place of axes each time; this one has the answer they had, and fits the chart into it.
    """

    def __init__(self, draw: Painted[Any], picture: Any, face: Face, ax: Axes) -> None:
        earlier = ax.get_axes_locator()
        if isinstance(earlier, Painter):
            earlier.clear()
        self.draw, self.picture, self.face = draw, picture, face
        self.before: Callable[[Any, RendererBase], Bbox] | None = (
            earlier.before if isinstance(earlier, Painter) else earlier
        )
        self.artists: list[Artist] = []
        self.ax = ax
        self.room = (0.0, 0.0)

    def clear(self) -> None:
        """Take the chart off its axes."""
        for artist in self._there():
            artist.remove()
        self.artists = []

    def _there(self) -> list[Artist]:
        """What is still on the axes: somebody may have cleared them."""
        there = set(self.ax.get_children())
        return [artist for artist in self.artists if artist in there]

    def paint(self) -> None:
        """Draw the chart in the room there is."""
        self.clear()
        before = set(self.ax.get_children())
        with chart_style():
            self.draw.__wrapped__(self.picture, self.face, self.ax)  # type: ignore[attr-defined]
        self.artists = [artist for artist in self.ax.get_children() if artist not in before]
        self.room = room_of(self.ax)

    def get_subplotspec(self) -> SubplotSpec | None:
        """The cell of a grid the axes are in, which a tight layout asks a locator for."""
        return self.ax.get_subplotspec()

    def __call__(self, ax: Any, renderer: RendererBase) -> Bbox:
        """Where the axes stand, drawn first if they are not yet."""
        place: Bbox = ax.get_position(original=True)
        if self.before is not None:
            place = self.before(ax, renderer)
        if room_of(ax) != self.room and self._there():
            self.paint()
        return place


def drawn_new(sketch: Sketch) -> ChartAxes:
    """Draw a sketch on a figure of its own, which pyplot does not know."""
    with chart_style(), speaking(sketch.unit):
        figure = Figure()
        FigureCanvasAgg(figure)
        own = new_axes(figure)
        sketch.draw.__wrapped__(sketch.picture, sketch.face, own)  # type: ignore[attr-defined]
    return own
