"""A figure as a file: the same bytes each run, no clock, no trace of the machine."""

from __future__ import annotations

import io
import re
import zlib
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from markupsafe import Markup, escape
from PIL import Image

from stepup_equity.presentation.charts.axes import ChartAxes, figure_of
from stepup_equity.presentation.charts.letters import Picture, Sheet
from stepup_equity.presentation.charts.sketches import ChartFiles, Sketch
from stepup_equity.presentation.charts.style import (
    BLUE,
    COLORS,
    FONT,
    INCH,
    INK,
    LESS_FACE,
    LIGHT,
    PINK,
    QUIET,
    TEAL,
    chart_style,
)
from stepup_equity.spreadsheets.model import printable
from stepup_equity.words.unit import in_unit, speaking

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure


_STACK: Final = f"Arial, Helvetica, 'Liberation Sans', '{FONT}', sans-serif"
_FAMILY: Final = f"'{FONT}'"
_HEAD: Final = re.compile(r"\A.*?(<svg [^>]*>)\s*(<metadata>.*?</metadata>)?", re.DOTALL)
_DPI: Final = 200


def files_of(chart: Sketch | ChartAxes) -> ChartFiles:
    """The files of a chart, made here and now."""
    if isinstance(chart, Sketch):
        with chart_style(), speaking(chart.unit):
            return files_of(chart.axes())
    figure, face = figure_of(chart), chart.face
    return ChartFiles(
        figure_to_svg(figure, face.title, face.alt), figure_to_png(figure), figure.get_figheight()
    )


@contextmanager
def at_dpi(figure: Figure, dpi: float) -> Iterator[None]:
    """Draw a figure in this library's style with so many dots to an inch; it has its own again afterwards."""
    before = figure.dpi
    with chart_style():
        figure.set_dpi(dpi)
        try:
            yield
        finally:
            figure.set_dpi(before)


def figure_to_svg(figure: Figure, title: str, alt: str) -> str:
    """A figure as SVG, with its title and its alternative text inside.

    Text stays text: it can be searched, and is shown in the reader's own fonts.
    """
    buffer = io.StringIO()
    with at_dpi(figure, INCH):
        width, height = figure.get_size_inches() * INCH
        sheet: Any = Sheet(width, height, buffer, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
        figure.draw(sheet)
        sheet.finalize()
    text = _HEAD.sub(lambda found: found[1], buffer.getvalue(), count=1)
    start, _, rest = text.partition(">")
    words = (
        f"<title>{escape(printable(in_unit(title)))}</title><desc>{escape(printable(in_unit(alt)))}</desc>"
    )
    return f'{start} role="img">{words}{_compact(rest)}'


_UNSAFE: Final = re.compile(r"[^\w !$'()*+,./:;=?@~-]+", re.ASCII)
"""Runs of characters that may not stand as they are in an address between double quotes."""


def data_uri(svg: str) -> Markup:
    """A picture as an address that holds it, to stand between double quotes in HTML.

    Words and numbers stay as they are, so it is shorter than in base64; nothing in it ends the attribute.
    """
    body = re.sub(r"<[^>]*>", lambda tag: tag[0] if "'" in tag[0] else tag[0].replace('"', "'"), svg)
    return Markup("data:image/svg+xml," + _UNSAFE.sub(lambda run: quote(run[0]), body))  # noqa: S704 - quoted


def _compact(svg: str) -> str:
    """Shorter, and the same to look at; words between the tags are left alone.

    Names of groups go, since nothing refers to them, and places on the page keep one decimal; each style is
    said once, at the start, and lines of one style that follow each other are one path.
    """
    styles: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        name = styles.setdefault(found[1].replace(f"font-family: {_FAMILY}; ", ""), f"s{len(styles)}")
        return f'class="{name}"'

    def shorter(found: re.Match[str]) -> str:
        tag = found[0]
        if _GROUP.fullmatch(tag):
            return "<g>"
        tag = _FINE.sub("", " ".join(tag.split()))
        if " transform=" in tag:
            tag = _NOT_TURNED.sub("", tag)
        if " d=" in tag:
            tag = _PATH.sub(_short_path, tag)
        return _STYLE.sub(named, tag)

    svg = _OPENING.sub(shorter, svg)
    svg = re.sub(r">\s*\n\s*<", "><", svg)
    svg = re.sub(r"<g>(<(?:path|text|use)\b[^>]*?(?:/>|>[^<]*</text>))</g>", r"\1", svg)
    lines = "|".join(name for style, name in styles.items() if "fill: none" in style)
    svg = re.sub(rf'(?:<path d="[^"]*" class="({lines})"/>)(?:<path d="[^"]*" class="\1"/>)+', _one_path, svg)
    rules = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    return svg.replace("</style>", f"text{{font-family: {_STACK}}}{rules}</style>", 1)


_OPENING: Final = re.compile(r"<[^/>][^>]*>")
_GROUP: Final = re.compile(r'<g id="[^"]*">')
_FINE: Final = re.compile(r"(?<=\d\.\d)\d+")
_NOT_TURNED: Final = re.compile(r' transform="rotate\(-?0 [^)]*\)"')
_PATH: Final = re.compile(r' d="([^"]*)"')
_STYLE: Final = re.compile(r'style="([^"]*)"')


def _one_path(found: re.Match[str]) -> str:
    steps = "".join(re.findall(r' d="([^"]*)"', found[0]))
    return f'<path d="{steps}" class="{found[1]}"/>'


def _short_path(found: re.Match[str]) -> str:
    """A path with its level and upright lines said by one number each."""
    out, last = [], ("", "")
    for step in re.findall(r"[A-Za-z][^A-Za-z]*", found[1]):
        letter, numbers = step[0], step[1:].split()
        if letter not in "MLz" or len(numbers) not in (0, 2):
            return f' d="{found[1].strip()}"'
        if letter == "L" and numbers[1] == last[1]:
            out.append(f"H{numbers[0]}")
        elif letter == "L" and numbers[0] == last[0]:
            out.append(f"V{numbers[1]}")
        else:
            out.append(letter + " ".join(numbers))
        last = (numbers[0], numbers[1]) if numbers else last
    return f' d="{"".join(out)}"'


def figure_to_png(figure: Figure) -> bytes:
    """A figure as PNG, in the few colours it has."""
    with at_dpi(figure, _DPI):
        picture = Picture(*figure.canvas.get_width_height(), _DPI)
        figure.draw(picture)
    image = picture.image()
    out = io.BytesIO()
    image.quantize(palette=_palette(), dither=Image.Dither.NONE).save(
        out, format="PNG", dpi=(_DPI, _DPI), compress_level=4, compress_type=zlib.Z_DEFAULT_STRATEGY
    )
    return out.getvalue()


@cache
def _palette() -> Image.Image:
    """The colours of the charts, and those halfway to what they stand on, for smooth edges."""
    pairs = [("#FFFFFF", ink) for ink in (INK, QUIET, BLUE, PINK, TEAL)]
    mixed = [_between(*pair, share) for pair in pairs for share in (0.25, 0.5, 0.75)]
    mixed += [_between("#FFFFFF", LIGHT, 0.45), _between(TEAL, INK, 0.5), _between(LESS_FACE, INK, 0.5)]
    colors = dict.fromkeys([*(_between(color, color, 0.0) for color in COLORS), *mixed])
    image = Image.new("P", (1, 1))
    image.putpalette([part for color in colors for part in color])
    return image


def _between(one: str, other: str, share: float) -> tuple[int, int, int]:
    """The colour part of the way from one to another."""
    parts = ((int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    red, green, blue = (round(a + (b - a) * share) for a, b in parts)
    return red, green, blue
