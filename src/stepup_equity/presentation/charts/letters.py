"""Words as they are drawn: lines of text whose place is known, and pictures whose letters are set at the end.

Matplotlib measures a text before it draws it, and draws each letter by itself. On a chart every line begins,
ends or is centred at a place that was worked out before, on a baseline; nothing is left to measure.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np
from matplotlib import rcParams
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import to_hex, to_rgba
from matplotlib.font_manager import findfont
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image, ImageDraw, ImageFont

from stepup_equity.presentation.charts.style import BODY, INCH, letters, stands_alone

if TYPE_CHECKING:
    from matplotlib.backend_bases import RendererBase
    from numpy.typing import NDArray

_EVERY: Final = 24.0
"""Points between the lines of a hatching that is named by one character, along the page."""

Side: TypeAlias = Literal["left", "center", "right"]
_ANCHOR: Final = {"left": "ls", "center": "ms", "right": "rs"}
_FROM: Final = {"left": "start", "center": "middle", "right": "end"}
_SHARE: Final = {"left": 0.0, "center": 0.5, "right": 1.0}


class Words(Text):
    """One line of text on its baseline, in the font of the charts.

    Somebody who turns it, gives it a box, a link or another font has it drawn as matplotlib draws any text.
    """

    def draw(self, renderer: RendererBase) -> None:
        """Draw it at its place, without laying it out first."""
        if not self.get_visible() or not self.get_text():
            return
        if not self._at_its_place():
            super().draw(renderer)
            return
        x, y = self.get_transform().transform(self.get_position())
        if not np.isfinite(x + y):
            return
        if isinstance(renderer, Sheet) or (isinstance(renderer, Picture) and stands_alone(self.get_text())):
            renderer.set_words(self, x, y)
        else:
            self._draw_at(renderer, x, y)
        self.stale = False

    def _draw_at(self, renderer: RendererBase, x: float, y: float) -> None:
        words, font = self.get_text(), self.get_fontproperties()
        if share := _SHARE[str(self.get_horizontalalignment())]:
            x -= share * renderer.get_text_width_height_descent(words, font, ismath=False)[0]
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        renderer.open_group("text", self.get_gid())
        gc = renderer.new_gc()
        gc.set_foreground(self.get_color())
        renderer.draw_text(gc, x, y, words, font, 0.0, ismath=False, mtext=self)
        gc.restore()
        renderer.close_group("text")

    def _at_its_place(self) -> bool:
        """Whether it is still as the chart has set it, but for its place, its size and its colour."""
        font = self.get_fontproperties()
        return (
            self.get_verticalalignment() == "baseline"
            and not self.get_rotation()
            and not self.get_path_effects()
            and self.get_url() is None
            and self.get_alpha() is None
            and to_rgba(self.get_color())[3] == 1.0
            and self.get_bbox_patch() is None
            and not (self.get_wrap() or self.get_clip_on() or self.get_usetex() or self.get_parse_math())
            and font == letters(font.get_size_in_points(), bold=font.get_weight() == "bold")
            and "\n" not in self.get_text()
        )


class Areas(PolyCollection):
    """Polygons; those with hatching are rectangles.

    For hatching in dots matplotlib masks the whole picture once for every rectangle. Here the lines end where
    the rectangles do.
    """

    def draw(self, renderer: RendererBase) -> None:
        """Draw them, and in a picture the hatching after them."""
        hatch = self.get_hatch()
        if hatch is None or not isinstance(renderer, Picture):
            super().draw(renderer)
            return
        self.set_hatch(None)  # type: ignore[arg-type]
        super().draw(renderer)
        self.set_hatch(hatch)
        points = Affine2D().scale(renderer.dpi / INCH)
        inside = self.get_transform() - points
        boxes = [inside.transform(path.vertices) for path in self.get_paths()]
        lines = PathCollection(
            [_hatching(box.min(0), box.max(0), _EVERY / len(hatch)) for box in boxes],
            facecolors="none",
            edgecolors=rcParams["hatch.color"],
            linewidths=rcParams["hatch.linewidth"],
            transform=points,
        )
        figure = self.get_figure(root=True)
        assert figure is not None
        lines.set_figure(figure)
        lines.draw(renderer)


def _hatching(low: NDArray[np.float64], high: NDArray[np.float64], apart: float) -> Path:
    """Rising lines between two corners of a rectangle, part of one hatching that lies under all of them.

    >>> _hatching(np.array([0.0, 0.0]), np.array([2.0, 1.0]), apart=1.0).vertices.tolist()
    [[0.0, 0.0], [1.0, 1.0], [1.0, 0.0], [2.0, 1.0]]
    """
    (left, bottom), (right, top) = low, high
    at = np.arange(np.floor((left - top) / apart) + 1, np.ceil((right - bottom) / apart)) * apart
    begin, end = np.maximum(left, at + bottom), np.minimum(right, at + top)
    places = np.stack([begin, begin - at, end, end - at], -1).reshape(-1, 2)
    return Path(places, np.tile([Path.MOVETO, Path.LINETO], len(at)))


class Picture(RendererAgg):
    """A figure in dots. Letters that stand each for itself are set when all else is drawn.

    Words stand above everything on a chart, so none is covered by what is drawn after it.
    """

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._kept: list[tuple[Words, float, float]] = []

    def set_words(self, words: Words, x: float, y: float) -> None:
        """Set a line of letters at a place from the bottom left, when all else is drawn."""
        self._kept.append((words, x, self.height - y))

    def image(self) -> Image.Image:
        """What was drawn, with its letters, in red, green and blue."""
        dots = self.buffer_rgba()  # type: ignore[no-untyped-call]
        height, width, _ = dots.shape
        image = Image.frombytes("RGB", (width, height), dots, "raw", "RGBX", 0, 1)
        for words, x, y in self._kept:
            font = words.get_fontproperties()
            dots, bold = font.get_size_in_points() * self.dpi / INCH, font.get_weight() == "bold"
            stamp = _stamp(words.get_text(), dots, _ANCHOR[str(words.get_horizontalalignment())], bold=bold)
            if stamp is not None:
                mask, left, top = stamp
                image.paste(to_hex(words.get_color()), (round(x) + left, round(y) + top), mask)
        return image


class Sheet(RendererSVG):
    """A figure in lines, whose words are set by whoever shows it, in fonts of theirs."""

    def set_words(self, words: Words, x: float, y: float) -> None:
        """Set a line of letters at a place from the bottom left."""
        font = words.get_fontproperties()
        style = _css(
            font.get_size_in_points(),
            str(words.get_horizontalalignment()),
            words.get_color(),
            bold=font.get_weight() == "bold",
        )
        place = {"style": style, "x": _short(x), "y": _short(self.height - y)}
        self.writer.element("text", words.get_text(), attrib=place)  # type: ignore[no-untyped-call]


@lru_cache(maxsize=1024)
def _css(size: float, side: str, color: Any, *, bold: bool) -> str:
    weight = "font-weight: 700; " if bold else ""
    fill = to_hex(color)
    fill = f"; fill: {fill}" if fill != "#000000" else ""
    return f"{weight}font-size: {_short(size)}px; text-anchor: {_FROM[side]}{fill}"


def _short(number: float) -> str:
    return f"{number:f}".rstrip("0").rstrip(".")


@lru_cache(maxsize=64)
def _face(dots: float, *, bold: bool) -> ImageFont.FreeTypeFont:
    """The font of the charts, so many dots high."""
    return ImageFont.truetype(findfont(letters(BODY, bold=bold)), dots, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=2048)
def _stamp(words: str, dots: float, anchor: str, *, bold: bool) -> tuple[Image.Image, int, int] | None:
    """A line of letters in shades, and where it lies from its anchor; None where it is blank.

    The same names and numbers stand on chart after chart.
    """
    face = _face(dots, bold=bold)
    left, top, right, bottom = map(int, face.getbbox(words, anchor=anchor))
    if right <= left or bottom <= top:
        return None
    mask = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(mask).text((-left, -top), words, 255, face, anchor=anchor)
    return mask, left, top
