"""A figure as a file: the same bytes each run, no clock, no trace of the machine."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from markupsafe import escape

from stepup_equity.presentation.charts.style import FONT, chart_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["figure_to_png", "figure_to_svg"]

_STACK: Final = f"Arial, Helvetica, 'Liberation Sans', '{FONT}', sans-serif"
_HEAD: Final = re.compile(r"\A.*?(<svg [^>]*>)\s*(<metadata>.*?</metadata>)?", re.DOTALL)
_DPI: Final = 144
_COLOURS: Final = 64


def figure_to_svg(figure: Figure, title: str, alt: str) -> str:
    """A figure as SVG, with its title and its alternative text inside.

    Text stays text: it can be searched, and is shown in the reader's own fonts.
    """
    buffer = io.StringIO()
    with chart_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = _HEAD.sub(lambda found: found[1], buffer.getvalue(), count=1)
    start, _, rest = text.partition(">")
    words = f"<title>{escape(title)}</title><desc>{escape(alt)}</desc>"
    body = _compact(rest).replace(f"'{FONT}'", _STACK)
    return f'{start} role="img">{words}{body}'


def _compact(svg: str) -> str:
    """Drop the names of groups, which nothing refers to, and say each style once."""
    svg = re.sub(r'<g id="[^"]*">', "<g>", svg)
    svg = re.sub(r' transform="rotate\(-?0 [^)]*\)"', "", svg)
    svg = re.sub(r"(\d\.\d\d)\d+", r"\1", svg)
    svg = re.sub(r" *\n\s*", " ", svg)
    styles: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = styles.setdefault(found[1], f"s{len(styles)}")
        return f'class="{name}"'

    svg = re.sub(r'style="([^"]*)"', named, svg)
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
