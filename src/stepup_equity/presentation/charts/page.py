"""The page a chart is drawn on: the finding on top, names at the left, what a reader must know at the foot.

Everything is placed in points from the top left corner of the axes, and sizes are computed from the text
before anything is drawn: labels of any length and any number of rows fit. On axes that the caller made,
the same page is laid into the room those axes have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D, ScaledTranslation, TransformedPatchPath

from stepup_equity.presentation.charts.style import (
    BODY,
    FAINT,
    GREY,
    INK,
    QUIET,
    SMALL,
    TITLE,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from stepup_equity.presentation.charts.scale import Scale

__all__ = ["LINE", "PAD", "ChartAxes", "Face", "Page", "Row"]

INCH: Final = 72.0
WIDTH: Final = 8.4 * INCH
"""The column of the report; on A4, between its margins, this is shown at 88 per cent."""

PAD: Final = 8.0
LINE: Final = 1.3
"""Height of a line, in type sizes."""

WIDEST_LABEL: Final = 150.0
"""Longer names of rows are wrapped."""

LEAST_COLUMN: Final = 60.0
"""A page grows wider where it has so many columns that each would get less."""


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
    """

    title: str
    subtitle: str = ""
    notes: tuple[str, ...] = ()
    alt: str = ""


class ChartAxes(Axes):
    """Axes that know the words of their chart, and show themselves in a notebook with alternative text."""

    face: Face = Face("")

    def _repr_html_(self) -> str:
        from stepup_equity.presentation.charts.files import data_uri, figure_to_svg

        picture = figure_to_svg(_figure_of(self), self.face.title, self.face.alt)
        image = Markup('<img alt="{}" style="max-width:100%" src="{}">')
        return str(image.format(self.face.alt, data_uri(picture)))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a page: its name, and whether it is a heading, which has the width of the page."""

    label: str
    strong: bool = False
    indent: float = 0.0
    height: float = 0.0


class Page:
    """Room for a chart, with its words around it.

    Parameters
    ----------
    face : Face
    rows : sequence of str or Row
        Names at the left.
    heads : sequence of str
        Names of the columns, above.
    row_height : float
        Points, for a row whose name fits.
    gap : float
        Points between the columns.
    lead : float
        Points for the first column, where it is narrower than the others.
    below : float
        Points under the rows, for scales and a key.
    body : float, optional
        Points for what is drawn, where rows do not say it.
    ax : Axes, optional
        By default new ones, on a figure of the right size.
    """

    def __init__(
        self,
        face: Face,
        *,
        rows: Sequence[str | Row] = (),
        heads: Sequence[str] = (),
        row_height: float = 26.0,
        gap: float = 12.0,
        lead: float = 0.0,
        below: float = 0.0,
        body: float | None = None,
        ax: Axes | None = None,
    ) -> None:
        self.face, self.gap, self.lead, self.below = face, gap, lead, below
        self.rows = tuple(row if isinstance(row, Row) else Row(row) for row in rows)
        self.labels = [
            wrap(
                row.label, WIDTH - 2 * PAD if row.strong else WIDEST_LABEL - row.indent, BODY, bold=row.strong
            )
            for row in self.rows
        ]
        self.left = PAD + self._label_width()
        columns = max(len(heads) - (lead > 0), 1)
        if ax is None:
            self.width = max(WIDTH, self.left + lead + columns * (LEAST_COLUMN + gap) + PAD)
        else:
            self.width = ax.get_position().width * _figure_of(ax).get_figwidth() * INCH
        self.column = (self.width - self.left - PAD - lead) / columns
        self.starts = [k * self.column + lead for k in range(columns)]
        if lead:
            self.starts.insert(0, 0.0)
        room = [(lead if lead and k == 0 else self.column) - gap for k in range(len(heads))]
        self.heads = [
            wrap(head, width, SMALL, bold=True, most=5) for head, width in zip(heads, room, strict=True)
        ]
        self._wrap_words()
        heights = [
            row.height or max(row_height, len(lines) * BODY * LINE + 6)
            for row, lines in zip(self.rows, self.labels, strict=True)
        ]
        self.body = sum(heights) if body is None else body
        self.ax = self._new_axes() if ax is None else self._inside(ax)
        scale = self.body / sum(heights) if heights else 1.0
        self.tops = [0.0, *np.cumsum([height * scale for height in heights]).tolist()]
        self.ax.axis("off")
        # Given to every text though none is clipped: without it each would work out one of its own.
        self._clip = TransformedPatchPath(self.ax.patch)
        figure = _figure_of(self.ax)
        corner: Any = ScaledTranslation(0, 1, cast("Any", self.ax.transAxes))
        self.points = Affine2D().scale(1 / INCH, -1 / INCH) + figure.dpi_scale_trans + corner
        self._write()

    def _label_width(self) -> float:
        widths = [
            text_width(line, BODY) + row.indent
            for row, lines in zip(self.rows, self.labels, strict=True)
            for line in lines
            if not row.strong
        ]
        return max(widths) + 10 if widths else 0.0

    def _wrap_words(self) -> None:
        room = self.width - 2 * PAD
        self.title = wrap(self.face.title, room, TITLE, bold=True, most=4) if self.face.title else ()
        self.subtitle = wrap(self.face.subtitle, room, BODY, most=5) if self.face.subtitle else ()
        self.notes = tuple(line for note in self.face.notes for line in wrap(note, room, SMALL, most=8))
        lines = max((len(head) for head in self.heads), default=0)
        self.heads_height = lines * SMALL * LINE + 6 if lines else 0.0
        words = len(self.title) * TITLE * LINE + len(self.subtitle) * BODY * LINE
        self.above = PAD + words + (10 if words else 0) + self.heads_height
        self.under = self.below + (8 + len(self.notes) * SMALL * LINE if self.notes else 0) + PAD

    def _new_axes(self) -> Axes:
        height = self.above + self.body + self.under
        figure = Figure(figsize=(self.width / INCH, height / INCH))
        FigureCanvasAgg(figure)
        inner = self.width - self.left - PAD
        ax = figure.add_axes(
            (self.left / self.width, self.under / height, inner / self.width, self.body / height),
            axes_class=ChartAxes,
        )
        assert isinstance(ax, ChartAxes)
        ax.face = self.face
        return ax

    def _inside(self, ax: Axes) -> Axes:
        figure, box = _figure_of(ax), ax.get_position()
        wide, tall = figure.get_figwidth() * INCH, figure.get_figheight() * INCH
        room = box.height * tall
        self.body = max(room - self.above - self.under, 0.2 * room)
        ax.set_position(
            (
                box.x0 + self.left / wide,
                box.y0 + self.under / tall,
                (self.width - self.left - PAD) / wide,
                self.body / tall,
            )
        )
        return ax

    def _write(self) -> None:
        x, y = PAD - self.left, PAD - self.above
        y = self.lines(self.title, x, y, size=TITLE, bold=True)
        self.lines(self.subtitle, x, y, color=QUIET)
        for start, lines in zip(self.starts, self.heads, strict=False):
            self.lines(lines, start, -6 - len(lines) * SMALL * LINE, size=SMALL, bold=True)
        for number, (row, lines) in enumerate(zip(self.rows, self.labels, strict=True)):
            top = self.middle(number) - len(lines) * BODY * LINE / 2
            self.lines(lines, x + row.indent, top, bold=row.strong)
        self.lines(self.notes, x, self.body + self.below + 8, size=SMALL, color=QUIET)

    def middle(self, row: int) -> float:
        """Where the middle of a row is."""
        return float(self.tops[row] + self.tops[row + 1]) / 2

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = BODY,
        bold: bool = False,
        color: str = INK,
        ha: str = "left",
    ) -> None:
        """One line of text, centred on `y`."""
        self.ax.text(
            x,
            y,
            words,
            transform=self.points,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=color,
            ha=ha,
            va="center_baseline",
            clip_on=False,
            clip_path=self._clip,
        )

    def lines(
        self,
        lines: Sequence[str],
        x: float,
        top: float,
        *,
        size: float = BODY,
        bold: bool = False,
        color: str = INK,
        ha: str = "left",
    ) -> float:
        """Lines of text under `top`; return where the next one would begin.

        Each line is an artist of its own, so an SVG keeps its place whatever font shows it.
        """
        for line in lines:
            self.text(x, top + size * LINE / 2, line, size=size, bold=bold, color=color, ha=ha)
            top += size * LINE
        return top

    def bars(
        self,
        boxes: ArrayLike,
        color: str | Sequence[str],
        *,
        edge: str = "none",
        hatch: str | None = None,
        gid: str = "",
    ) -> None:
        """Rectangles, each ``x, y, width, height``."""
        array = np.asarray(boxes, float).reshape(-1, 4)
        if not len(array):
            return
        x, y, width, height = array.T
        corners = np.stack(
            [
                np.stack([x, y], -1),
                np.stack([x + width, y], -1),
                np.stack([x + width, y + height], -1),
                np.stack([x, y + height], -1),
            ],
            1,
        )
        self.areas(list(corners), color, edge=edge, hatch=hatch, gid=gid)

    def areas(
        self,
        corners: Sequence[ArrayLike],
        color: str | Sequence[str],
        *,
        edge: str = "none",
        hatch: str | None = None,
        opacity: float | None = None,
        gid: str = "",
    ) -> None:
        """Polygons, each an array of ``x, y``."""
        if not len(corners):
            return
        shapes = PolyCollection(
            [np.asarray(corner, float) for corner in corners],
            facecolors=color,
            edgecolors=edge,
            linewidths=0.8 if edge != "none" else 0,
            hatch=hatch,
            alpha=opacity,
            transform=self.points,
            clip_on=False,
            zorder=1,
        )
        shapes.set_gid(gid)
        self.ax.add_collection(shapes, autolim=False)

    def strokes(
        self,
        paths: Sequence[ArrayLike],
        color: str | Sequence[str] = INK,
        *,
        width: float = 0.8,
        dashed: bool = False,
        above: bool = True,
        gid: str = "",
    ) -> None:
        """Lines, each an array of ``x, y``."""
        if not len(paths):
            return
        lines = LineCollection(
            [np.asarray(path, float) for path in paths],
            colors=color,
            linewidths=width,
            linestyles=[(0, (3, 2))] if dashed else "solid",
            transform=self.points,
            clip_on=False,
            zorder=2 if above else 0.5,
        )
        lines.set_gid(gid)
        self.ax.add_collection(lines, autolim=False)

    def ticks(self, scale: Scale, length: float) -> None:
        """The numbers of a scale under every column; a number that would touch the last one is left out."""
        y = self.body + SMALL * LINE / 2 + 4
        ends = [[(start, self.body), (start + length, self.body)] for start in self.starts]
        self.strokes(ends, GREY, above=False)
        for start in self.starts:
            free = -np.inf
            for place, word in zip(scale.share(scale.ticks) * length, scale.words, strict=True):
                wide = text_width(word, SMALL)
                left = min(max(start + place - wide / 2, start), start + length - wide)
                if left >= free + 3:
                    self.text(left, y, word, size=SMALL, color=QUIET)
                    free = left + wide

    def uprights(self, at: float, color: str, *, dashed: bool = False, gid: str = "") -> None:
        """A line in every cell, `at` points from its left, that leaves room for the words below it."""
        cells = [
            [(start + at, top + 3), (start + at, bottom - 15)]
            for row, top, bottom in zip(self.rows, self.tops, self.tops[1:], strict=False)
            if not row.strong
            for start in self.starts
        ]
        self.strokes(cells, color, dashed=dashed, above=False, gid=gid)

    def arrows(self, x: ArrayLike, y: ArrayLike, color: str | Sequence[str], side: int) -> None:
        """Heads of arrows: something goes on beyond the scale, to the left (-1) or to the right (1)."""
        places = zip(np.atleast_1d(np.asarray(x, float)), np.atleast_1d(np.asarray(y, float)), strict=True)
        tips = [[(a + 4 * side, b), (a - side, b - 3), (a - side, b + 3)] for a, b in places]
        self.areas(tips, color, gid="beyond")

    def rules(self, strong: Sequence[int] = (0,)) -> None:
        """A line across the page above each row."""
        ends = PAD - self.left, self.width - self.left - PAD
        for heavy in (False, True):
            tops = [self.tops[row] for row in range(len(self.rows)) if (row in strong) == heavy]
            self.strokes([[(ends[0], y), (ends[1], y)] for y in tops], QUIET if heavy else FAINT, above=False)


def _figure_of(ax: Axes) -> Figure:
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    return figure
