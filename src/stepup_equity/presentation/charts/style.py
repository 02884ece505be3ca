"""Colours, type sizes and the measuring of text: what every chart shares.

Colours are the Government Analysis Function's categorical palette, in its order; each chart also tells
its marks apart by lightness, hatching or words, so that a greyscale print says the same.
"""

from __future__ import annotations

import re
import threading
import warnings
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final
from unicodedata import combining

from stepup_equity.spreadsheets.model import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.font_manager import FontProperties


NAVY: Final = "#12436D"
TEAL: Final = "#28A197"
PINK: Final = "#801650"
ORANGE: Final = "#F46A25"
DARK: Final = "#3D3D3D"
LILAC: Final = "#A285D1"
BLUE: Final = "#2073BC"
LIGHT: Final = "#4C93D0"
GREY: Final = "#858D92"
PALE: Final = "#E6EDF4"
FAINT: Final = "#E3E5E6"
INK: Final = "#0B0C0C"
QUIET: Final = "#4A5257"
MIST: Final = "#80888D"

HATCH: Final = "#858D92"
LESS_FACE: Final = "#E8C9DB"
MORE_FACE: Final = "#CFE9E6"
LESS_MORE: Final = "#CC8DB1"
MORE_MORE: Final = "#86CBC4"
COLORS: Final = (
    *("#FFFFFF", INK, QUIET, DARK, NAVY, BLUE, LIGHT, TEAL, PINK, ORANGE, LILAC),
    *(PALE, GREY, FAINT, MIST, HATCH, LESS_FACE, MORE_FACE, LESS_MORE, MORE_MORE),
)
"""Every colour that a chart is drawn in. All but the grounds of bars and tiles, and rules, stand out from
white by 3 to 1."""

WHITE: Final = "white"

_NIGHT: Final = {
    INK: "#F3F2F1",
    QUIET: "#C9CED1",
    DARK: "#D9D9D9",
    NAVY: "#3F7FBF",
    ORANGE: "#FFFFFF",
    BLUE: "#5FA8E8",
    LIGHT: "#7FB2E5",
    TEAL: "#4FC3B8",
    PINK: "#F08DBB",
    LILAC: "#BFA8E5",
    PALE: "#2B353C",
    FAINT: "#3A4247",
    GREY: "#9AA3A8",
    MIST: "#A9B1B5",
    LESS_FACE: "#5B1A3F",
    MORE_FACE: "#17504B",
    LESS_MORE: "#8E3A6B",
    MORE_MORE: "#2A8279",
}
"""What each colour becomes on a dark ground."""

INCH: Final = 72.0
"""Points in it."""

TITLE: Final = 12.5
BODY: Final = 9.0
SMALL: Final = 8.0
"""Type sizes in points; nothing on a chart is smaller than `SMALL`."""

_BLANKS: Final = re.compile(r"[ \t\r\n\f\v]+")
"""A no-break space is not among them."""

FONT: Final = "DejaVu Sans"
"""Comes with matplotlib, so a picture has the same bytes on every machine. It is wider than the fonts a
browser puts in its place, so what fits here fits there."""

ASCENT: Final = 0.76
"""How far its letters rise above their line, in type sizes."""

_HINTED: Final = 1.05
"""How much wider letters are where somebody's screen or style moves their edges to whole dots."""

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
    "hatch.color": HATCH,
    "path.simplify": True,
    "svg.fonttype": "none",
    "svg.hashsalt": "stepup_equity",
    "svg.image_inline": True,
    "figure.facecolor": "white",
    "axes.facecolor": "white",
    "savefig.facecolor": "white",
    "figure.dpi": 100,
}


_TURN: Final = threading.RLock()
"""Style is one for the whole process: two threads take turns, else each would restore what the other set."""

_STYLED: ContextVar[bool] = ContextVar("styled", default=False)


@contextmanager
def chart_style() -> Iterator[None]:
    """Draw in this library's style, whatever the user's is, and leave the user's untouched.

    A label may hold characters no bundled font has; the SVG keeps them as text, the PNG shows a box.
    """
    import matplotlib as mpl

    if _STYLED.get():
        yield
        return
    with _TURN, mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        warnings.filterwarnings("ignore", message=r"Glyph .* missing from font", category=UserWarning)
        warnings.filterwarnings(
            "ignore", message=r"Matplotlib currently does not support", category=UserWarning
        )
        before = _STYLED.set(True)
        try:
            yield
        finally:
            _STYLED.reset(before)


def on_ground(color: str, ground: str) -> str:
    """A colour of this library's as it is drawn on a ground: lighter where that is dark.

    >>> on_ground(INK, "#FFFFFF"), on_ground(INK, "#000000"), on_ground("white", "#000000")
    ('#0B0C0C', '#F3F2F1', '#000000')
    """
    if color == WHITE:
        return ground
    return _NIGHT.get(color, color) if is_dark(ground) else color


def is_dark(ground: str) -> bool:
    """Whether words on this ground have to be light."""
    return contrast(ground, "#FFFFFF") > contrast(ground, INK)


@lru_cache(maxsize=1024)
def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2).

    >>> round(contrast("#FFFFFF", "#000000"))
    21
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    from matplotlib.colors import to_rgb

    parts = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(color))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@lru_cache(maxsize=256)
def letters(size: float, *, bold: bool) -> FontProperties:
    """The font of the charts, so many points high, whatever the user's is."""
    from matplotlib.font_manager import FontProperties

    return FontProperties(
        family=FONT,
        style="normal",
        variant="normal",
        weight="bold" if bold else "normal",
        stretch="normal",
        size=size,
        math_fontfamily="dejavusans",
    )


@lru_cache(maxsize=8192)
def text_width(text: str, size: float = BODY, *, bold: bool = False) -> float:
    """Width in points of one line of text.

    Letters that stand each for itself are added up; anything else is set as a whole, since its letters join.

    >>> text_width("Black African") > text_width("Black")
    True
    """
    parts = text if stands_alone(text) else (text,)
    return size * _HINTED * sum(_unit_width(part, bold=bold) for part in parts)


@lru_cache(maxsize=2048)
def _unit_width(text: str, *, bold: bool) -> float:
    """Width of a letter, or of letters that join, in a type of one point; it grows with the type."""
    from matplotlib.textpath import text_to_path

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        font = letters(1.0, bold=bold)
        return float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def stands_alone(words: str) -> bool:
    r"""Whether no letter joins its neighbours or changes the way they run: Latin, Greek, Cyrillic and signs.

    >>> stands_alone("Señor ≥ 5 %"), stands_alone("عربي"), stands_alone("e\u0301")
    (True, False, False)
    """
    return words.isascii() or all(
        (letter < "\u0530" or "\u2010" <= letter < "\u2028" or "\u202f" <= letter < "\u2c00")
        and not combining(letter)
        for letter in words
    )


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
    for word in _breakable(_BLANKS.sub(" ", printable(text)).strip(" "), width, size, bold=bold):
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
    kept = last[: _longest(last, "…", width, size, bold=bold)]
    return (*lines[: most - 1], f"{kept.rstrip()}…")


def _breakable(text: str, width: float, size: float, *, bold: bool) -> list[str]:
    """Words, those wider than a line cut into pieces that fit."""
    words: list[str] = []
    for word in text.split(" "):
        rest = word
        while len(rest) > 1 and text_width(rest, size, bold=bold) > width:
            fits = max(_longest(rest, "", width, size, bold=bold), 1)
            words.append(rest[:fits])
            rest = rest[fits:]
        words.append(rest)
    return words


def _longest(text: str, end: str, width: float, size: float, *, bold: bool) -> int:
    """How many letters of `text`, with `end` behind them, fit into `width`."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if text_width(text[:middle] + end, size, bold=bold) <= width:
            low = middle
        else:
            high = middle - 1
    return low
