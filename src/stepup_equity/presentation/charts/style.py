"""Colours, type sizes and the measuring of text: what every chart shares.

Colours are the Government Analysis Function's categorical palette, in its order; each chart also tells
its marks apart by lightness, hatching or words, so that a greyscale print says the same.
"""

from __future__ import annotations

import re
import warnings
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import matplotlib as mpl
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "BLUE",
    "BODY",
    "DARK",
    "FAINT",
    "FONT",
    "GREY",
    "INK",
    "LIGHT",
    "LILAC",
    "MIST",
    "NAVY",
    "ORANGE",
    "PALE",
    "PINK",
    "QUIET",
    "SMALL",
    "TEAL",
    "TITLE",
    "chart_style",
    "text_width",
    "wrap",
]

NAVY: Final = "#12436D"
TEAL: Final = "#28A197"
PINK: Final = "#801650"
ORANGE: Final = "#F46A25"
DARK: Final = "#3D3D3D"
LILAC: Final = "#A285D1"
BLUE: Final = "#2073BC"
LIGHT: Final = "#6BACE6"
GREY: Final = "#BFBFBF"
PALE: Final = "#E6EDF4"
FAINT: Final = "#E3E5E6"
INK: Final = "#0B0C0C"
QUIET: Final = "#4A5257"
MIST: Final = "#8D969B"

TITLE: Final = 12.5
BODY: Final = 9.0
SMALL: Final = 8.0
"""Type sizes in points; nothing on a chart is smaller than `SMALL`."""

_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")
"""A no-break space is not among them."""

FONT: Final = "DejaVu Sans"
"""Comes with matplotlib, so a picture has the same bytes on every machine. It is wider than the fonts a
browser puts in its place, so what fits here fits there."""

_RC: Final[dict[Any, Any]] = {
    "font.family": FONT,
    "font.size": BODY,
    "text.parse_math": False,
    "text.usetex": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
    "axes.formatter.use_mathtext": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": False,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "text.hinting": "none",
    "hatch.linewidth": 0.6,
    "hatch.color": QUIET,
    "path.simplify": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "stepup_equity",
    "svg.image_inline": True,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
}


@contextmanager
def chart_style() -> Iterator[None]:
    """Draw in this library's style, whatever the user's is, and leave the user's untouched.

    A label may hold characters no bundled font has; the SVG keeps them as text, the PNG shows a box.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font", category=UserWarning)
        warnings.filterwarnings(
            "ignore", message=r"Matplotlib currently does not support", category=UserWarning
        )
        yield


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = BODY, *, bold: bool = False) -> float:
    """Width in points of one line of text.

    >>> text_width("Black African") > text_width("Black")
    True
    """
    font = FontProperties(family=FONT, size=size, weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        width: float = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
    return width


def wrap(
    text: str, width: float, size: float = BODY, *, bold: bool = False, most: int = 3
) -> tuple[str, ...]:
    """Text broken into lines of at most `width` points; a line too many ends the last one with an ellipsis.

    >>> wrap("Mixed White and Black Caribbean", 100)
    ('Mixed White and', 'Black Caribbean')
    >>> wrap("", 100)
    ('',)
    """
    lines: list[str] = []
    line = ""
    for word in _breakable(_BLANKS.sub(" ", text).strip(" "), width, size, bold=bold):
        longer = f"{line} {word}" if line else word
        if not line or text_width(longer, size, bold=bold) <= width:
            line = longer
        else:
            lines.append(line)
            line = word
    lines.append(line)
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and text_width(f"{last}…", size, bold=bold) > width:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip()}…")


def _breakable(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Words, those wider than a line cut into pieces that fit."""
    words: list[str] = []
    for word in text.split(" "):
        rest = word
        while text_width(rest, size, bold=bold) > width and len(rest) > 1:
            cut = len(rest) - 1
            while cut > 1 and text_width(rest[:cut], size, bold=bold) > width:
                cut -= 1
            words.append(rest[:cut])
            rest = rest[cut:]
        words.append(rest)
    return words
