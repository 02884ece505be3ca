"""A figure as a file: the same bytes each run, no clock, no trace of the machine."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from markupsafe import escape
from matplotlib.figure import Figure

from stepup_equity.presentation.charts.page import ChartAxes
from stepup_equity.presentation.charts.style import FONT, chart_style
from stepup_equity.presentation.workbook.model import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Drawn", "drawn", "figure_to_png", "figure_to_svg"]

_STACK: Final = f"Arial, Helvetica, 'Liberation Sans', '{FONT}', sans-serif"
_HEAD: Final = re.compile(r"\A.*?(<svg [^>]*>)\s*(<metadata>.*?</metadata>)?", re.DOTALL)
_DPI: Final = 120
_COLOURS: Final = 64


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as files.

    Attributes
    ----------
    name : str
        Stem of the file names.
    title, alt : str
        The finding, and the picture in words.
    svg : str
    png : bytes
    height : float
        In inches.
    """

    name: str
    title: str
    alt: str
    svg: str
    png: bytes
    height: float


def drawn(name: str, ax: Axes) -> Drawn:
    """The files of a chart that was drawn on new axes."""
    assert isinstance(ax, ChartAxes)
    figure = ax.figure
    assert isinstance(figure, Figure)
    face = ax.face
    svg = figure_to_svg(figure, face.title, face.alt)
    return Drawn(name, face.title, face.alt, svg, figure_to_png(figure), figure.get_figheight())


def figure_to_svg(figure: Figure, title: str, alt: str) -> str:
    """A figure as SVG, with its title and its alternative text inside.

    Text stays text: it can be searched, and is shown in the reader's own fonts.
    """
    buffer = io.StringIO()
    with chart_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = _HEAD.sub(lambda found: found[1], buffer.getvalue(), count=1)
    start, _, rest = text.partition(">")
    words = f"<title>{escape(printable(title))}</title><desc>{escape(printable(alt))}</desc>"
    body = _compact(rest).replace(f"'{FONT}'", _STACK)
    return f'{start} role="img">{words}{body}'


def _compact(svg: str) -> str:
    """Shorter, and the same to look at; words between the tags are left alone.

    Names of groups go, since nothing refers to them, and places on the page keep two decimals; each style is
    said once, at the start.
    """
    styles: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = styles.setdefault(found[1], f"s{len(styles)}")
        return f'class="{name}"'

    def shorter(found: re.Match[str]) -> str:
        tag = re.sub(r"\s+", " ", found[0])
        tag = re.sub(r'^<g id="[^"]*">', "<g>", tag)
        tag = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", tag)
        tag = re.sub(r"(\d\.\d\d)\d+", r"\1", tag)
        return re.sub(r'style="([^"]*)"', named, tag)

    svg = re.sub(r"<[^>]+>", shorter, svg)
    svg = re.sub(r">\s*\n\s*<", "><", svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    return svg.replace("</style>", rules + "</style>", 1)


def figure_to_png(figure: Figure) -> bytes:
    """A figure as PNG, sharp on a good screen, in as few colours as it has."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    before = figure.dpi
    with chart_style():
        canvas: Any = FigureCanvasAgg(figure)
        figure.set_dpi(_DPI)
        canvas.draw()
        pixels = np.asarray(canvas.buffer_rgba())[:, :, :3]
        figure.set_dpi(before)
    out = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(pixels)).quantize(
        _COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
    )
    image.save(out, format="PNG", dpi=(_DPI, _DPI))
    return out.getvalue()
