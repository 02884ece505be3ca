"""The page a chart is drawn on: the finding on top, names at the left, what a reader must know at the foot.

Everything is placed in points from the top left corner of the axes, and sizes are computed from the text
before anything is drawn: labels of any length and any number of rows fit. On axes that the caller made,
the same page is laid into the room those axes have.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np

from stepup_equity.presentation.charts.style import (
    ASCENT,
    BODY,
    FAINT,
    GREY,
    INCH,
    INK,
    QUIET,
    SMALL,
    TITLE,
    contrast,
    letters,
    on_ground,
    text_width,
    wrap,
)
from stepup_equity.words.unit import in_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from stepup_equity.presentation.charts.axes import Room
    from stepup_equity.presentation.charts.letters import Side
    from stepup_equity.presentation.charts.scale import Scale
    from stepup_equity.presentation.charts.sketches import Face


WIDTH: Final = 8.4 * INCH
"""The column of the report; on A4, between its margins, this is shown at 88 per cent."""

PAD: Final = 8.0
LINE: Final = 1.3
"""Height of a line, in type sizes."""

WIDEST_LABEL: Final = 150.0
"""Longer names of rows are wrapped."""

WIDEST_WORD: Final = 90.0
"""Words in the name of a column are broken where they are longer."""

LEAST_COLUMN: Final = 60.0
"""A page grows wider where it has so many columns that each would get less."""

SMALLEST: Final = 0.75
"""In room that would make words smaller than this, what a caption can say is left to it."""

READABLE: Final = 4.5
"""Contrast of words (WCAG 2.2)."""

_VANISHING: Final = 0.02
"""Words this much smaller are not seen; axes of no height have no room for anything."""

STRETCH: Final = 1.5
"""How much higher than it needs to be a chart becomes where there is room."""


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
    ax : Axes
        New ones of ours are given a figure of the right size; the chart is fitted into any others.
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
    least : float
        Points that a column needs.
    below : float
        Points under the rows, for scales and a key.
    body : callable, optional
        Points for what is drawn, from the points across, where rows do not say it.
    """

    def __init__(
        self,
        face: Face,
        ax: Axes,
        *,
        rows: Sequence[str | Row] = (),
        heads: Sequence[str] = (),
        row_height: float = 26.0,
        gap: float = 12.0,
        lead: float = 0.0,
        least: float = LEAST_COLUMN,
        below: float = 0.0,
        body: Callable[[float], float] | None = None,
    ) -> None:
        from matplotlib.transforms import Affine2D, ScaledTranslation, TransformedPatchPath

        from stepup_equity.presentation.charts.axes import ChartAxes, figure_of, ground_of

        self.face, self.gap, self.lead, self.below, self.least = face, gap, lead, below, least
        self.rows = tuple(row if isinstance(row, Row) else Row(row) for row in rows)
        self.ax, self.ground = ax, ground_of(ax)
        self._row_height, self._need, self._names = row_height, body, tuple(heads)
        self._heights: list[float] = []
        self.body = 0.0
        self._fit()
        if isinstance(ax, ChartAxes):
            ax.face = face
        self.tops = [0.0, *np.cumsum(self._heights).tolist()]
        self.ax.axis("off")
        # Given to every text though none is clipped: without it each would work out one of its own.
        self._clip = TransformedPatchPath(self.ax.patch)
        unit = self.scale / INCH
        corner: Any = ScaledTranslation(0, 1, cast("Any", self.ax.transAxes))
        place = Affine2D().translate(self.left, self.above).scale(unit, -unit)
        self.points = place + figure_of(ax).dpi_scale_trans + corner
        self._write()

    def _fit(self) -> None:
        """Choose how large words are, and how wide and high everything is, for the room there is."""
        from stepup_equity.presentation.charts.axes import ChartAxes, Room, figure_of, room_of

        ours = self.ax if isinstance(self.ax, ChartAxes) else None
        room = ours.room if ours is not None else None
        if room is None:
            room = Room(*room_of(self.ax))
        self._compact = False
        self.scale = self._scale(room)
        if self.scale < SMALLEST * min(room.most, 1.0):
            self._compact = True
            self.scale = self._scale(room)
        height = self.above + self.body + self.under
        if room.height is not None:
            spare = min(self.body * STRETCH, room.height / self.scale - height + self.body)
            self._heights = [part * spare / self.body for part in self._heights]
            self.body = max(spare, self.body)
            height = room.height / self.scale
        if ours is not None and ours.room is not None:
            figure_of(ours).set_size_inches(self.width * self.scale / INCH, height * self.scale / INCH)
            ours.room = None

    def _scale(self, room: Room) -> float:
        least = self._least_width()
        if room.width is None:
            self._lay(max(WIDTH, least))
            return 1.0
        if room.height is None:
            scale = min(1.0, room.width / least)
            self._lay(room.width / scale)
            return scale
        scale = min(room.most, room.width / least)
        while self._lay(room.width / scale) * scale > room.height and scale > _VANISHING:
            scale *= 0.96
        return scale

    def _least_width(self) -> float:
        widest = WIDEST_LABEL * (0.7 if self._compact else 1.0)
        self.labels = [
            () if row.strong else wrap(row.label, widest - row.indent, BODY, most=5) for row in self.rows
        ]
        self.left = PAD + self._label_width()
        self._columns = max(len(self._names) - (self.lead > 0), 1)
        own = self._names[1:] if self.lead else self._names
        words = [text_width(word, SMALL, bold=True) for name in own for word in name.split()]
        least = max(self.least, min(max(words, default=0.0), WIDEST_WORD) + 1)
        return self.left + self.lead + self._columns * (least + self.gap) + PAD

    def _lay(self, width: float) -> float:
        """Lay everything out in this width; return the height it needs."""
        self.width = width
        self.labels = [
            wrap(row.label, width - 2 * PAD, BODY, bold=True) if row.strong else lines
            for row, lines in zip(self.rows, self.labels, strict=True)
        ]
        self.column = (width - self.left - PAD - self.lead) / self._columns
        self.starts = [k * self.column + self.lead for k in range(self._columns)]
        if self.lead:
            self.starts.insert(0, 0.0)
        room = [
            (self.lead if self.lead and k == 0 else self.column) - self.gap for k in range(len(self._names))
        ]
        self.heads = [
            wrap(head, space, SMALL, bold=True, most=5) for head, space in zip(self._names, room, strict=True)
        ]
        self._wrap_words()
        self._heights = [
            row.height or max(self._row_height, len(lines) * BODY * LINE + 6)
            for row, lines in zip(self.rows, self.labels, strict=True)
        ]
        self.body = sum(self._heights) if self._need is None else self._need(width)
        return float(self.above + self.body + self.under)

    def _label_width(self) -> float:
        widths = [
            text_width(line, BODY) + row.indent
            for row, lines in zip(self.rows, self.labels, strict=True)
            for line in lines
        ]
        return max(widths) + 10 if widths else 0.0

    def _wrap_words(self) -> None:
        face, room = self.face, self.width - 2 * PAD
        subtitle = "" if self._compact else face.subtitle
        notes = (face.mark,) if self._compact else (*face.notes, face.mark)
        self.title = wrap(face.title, room, TITLE, bold=True, most=4) if face.title else ()
        self.subtitle = wrap(subtitle, room, BODY, most=5) if subtitle else ()
        self.notes = tuple(line for note in notes if note for line in wrap(note, room, SMALL, most=8))
        lines = max((len(head) for head in self.heads), default=0)
        self.heads_height = lines * SMALL * LINE + 6 if lines else 0.0
        words = len(self.title) * TITLE * LINE + len(self.subtitle) * BODY * LINE
        self.above = PAD + words + (10 if words else 0) + self.heads_height
        self.under = self.below + (8 + len(self.notes) * SMALL * LINE if self.notes else 0) + PAD

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

    def color(self, colors: str | Sequence[str]) -> Any:
        """Colours as they are drawn on the ground there is."""
        if isinstance(colors, str):
            return colors if colors == "none" else on_ground(colors, self.ground)
        return [on_ground(color, self.ground) for color in colors]

    def ink(self, face: str, wanted: str) -> str:
        """The colour for words on a face: the wanted one where it stands out, else light or dark."""
        drawn = self.color(face)
        if contrast(drawn, self.color(wanted)) >= READABLE:
            return wanted
        return max(("#FFFFFF", "#000000"), key=lambda color: contrast(drawn, color))

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
        ha: Side = "left",
    ) -> None:
        """One line of text, centred on `y`."""
        from stepup_equity.presentation.charts.letters import Words

        if not words:
            return
        line = Words(
            x,
            y + size * ASCENT / 2,
            in_unit(words),
            color=self.color(color),
            horizontalalignment=ha,
            fontproperties=letters(size * self.scale, bold=bold),
        )
        line.set_transform(self.points)
        line.set_clip_on(False)
        line.set_clip_path(self._clip)
        self.ax.add_artist(line)

    def lines(
        self,
        lines: Sequence[str],
        x: float,
        top: float,
        *,
        size: float = BODY,
        bold: bool = False,
        color: str = INK,
    ) -> float:
        """Lines of text under `top`; return where the next one would begin.

        Each line is an artist of its own, so an SVG keeps its place whatever font shows it.
        """
        for line in lines:
            self.text(x, top + size * LINE / 2, line, size=size, bold=bold, color=color)
            top += size * LINE
        return top

    def bars(
        self,
        boxes: ArrayLike,
        color: str | Sequence[str],
        *,
        edge: str = "none",
        hatch: str | None = None,
        line: float = 0.8,
        dashed: bool = False,
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
        self.areas(list(corners), color, edge=edge, hatch=hatch, width=line, dashed=dashed, gid=gid)

    def areas(
        self,
        corners: Sequence[ArrayLike],
        color: str | Sequence[str],
        *,
        edge: str = "none",
        hatch: str | None = None,
        opacity: float | None = None,
        width: float = 0.8,
        dashed: bool = False,
        gid: str = "",
    ) -> None:
        """Polygons, each an array of ``x, y``."""
        from stepup_equity.presentation.charts.letters import Areas

        if not len(corners):
            return
        shapes = Areas(
            [np.asarray(corner, float) for corner in corners],
            facecolors=self.color(color),
            edgecolors=self.color(edge),
            linewidths=width * self.scale if edge != "none" else 0,
            linestyles=[(0, (2, 1.5))] if dashed else "solid",
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
        from matplotlib.collections import LineCollection

        if not len(paths):
            return
        lines = LineCollection(
            [np.asarray(path, float) for path in paths],
            colors=self.color(color),
            linewidths=width * self.scale,
            linestyles=[(0, (3, 2))] if dashed else "solid",
            transform=self.points,
            clip_on=False,
            zorder=2 if above else 0.5,
        )
        lines.set_gid(gid)
        self.ax.add_collection(lines, autolim=False)

    def ticks(self, scale: Scale, length: float) -> None:
        """The numbers of a scale under every column; of two that touch, the one that matters more stays."""
        y = self.body + SMALL * LINE / 2 + 4
        begin = scale.apart * length
        ends = [[(start + begin, self.body), (start + length, self.body)] for start in self.starts]
        self.strokes(ends, GREY, above=False)
        if begin:
            self.strokes([[(start, self.body - 2), (start, self.body + 2)] for start in self.starts], GREY)
        taken: list[tuple[float, float, str]] = []
        for tick in scale.by_weight:
            word, place = scale.words[tick], float(scale.share(scale.ticks[tick])) * length
            wide = text_width(word, SMALL)
            left = min(max(place - wide / 2, 0.0), length - wide)
            if all(left >= right + 3 or left + wide + 3 <= other for other, right, _ in taken):
                taken.append((left, left + wide, word))
        for start in self.starts:
            for left, _, word in taken:
                self.text(start + left, y, word, size=SMALL, color=QUIET)

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
