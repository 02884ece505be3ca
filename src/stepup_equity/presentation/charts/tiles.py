"""A map of tiles: a row for each group, a column for each gate, a word and a fill in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.presentation.charts.page import LINE, Page, Row
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import (
    BODY,
    FAINT,
    GREY,
    INK,
    LESS_FACE,
    MORE_FACE,
    PINK,
    QUIET,
    SMALL,
    TEAL,
    text_width,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes


HEIGHT: Final = 22.0
BETWEEN: Final = 3.0
SWATCH: Final = 22.0
LEAST: Final = 44.0


@dataclass(frozen=True, slots=True)
class Fill:
    """How a tile looks.

    Attributes
    ----------
    face, ink : str
        Colours of the tile and of its word; on a dark ground the word is light or dark as its tile asks.
    edge : str
    hatch : str or None
        Hatching means too few people to tell, on every chart.
    bold : bool
    dashed : bool
        A dashed edge means that what is there is not shown.
    """

    face: str = "white"
    ink: str = INK
    edge: str = "none"
    hatch: str | None = None
    bold: bool = False
    dashed: bool = False


STRONG_LESS: Final = Fill(PINK, "white", bold=True)
LESS: Final = Fill(LESS_FACE, INK, edge=PINK)
MORE: Final = Fill(MORE_FACE, INK, edge=TEAL)
STRONG_MORE: Final = Fill(TEAL, INK, bold=True)
PLAIN: Final = Fill("white", INK, edge=GREY)
UNSURE: Final = Fill("white", INK, edge=GREY, hatch="/////")
NOTHING: Final = Fill(FAINT, QUIET)
COVERED: Final = Fill("white", QUIET, edge=GREY, dashed=True)


@dataclass(frozen=True, slots=True)
class Tile:
    """A word on a fill; `fill` is a key of the picture's fills."""

    word: str
    fill: str


@dataclass(frozen=True, slots=True)
class TilePicture:
    """Tiles under headings.

    Attributes
    ----------
    rows : tuple of Row
        A strong row is a heading.
    columns : tuple of str
    tiles : tuple of tuple of Tile
        One for each column; none in the row of a heading.
    fills : dict of str to (Fill, str)
        What each key looks like and what it says; only those that occur stand in the key below.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    tiles: tuple[tuple[Tile, ...], ...]
    fills: dict[str, tuple[Fill, str]]

    @property
    def used(self) -> tuple[str, ...]:
        """Keys of the fills that occur, in declared order."""
        seen = {tile.fill for tiles in self.tiles for tile in tiles}
        return tuple(key for key in self.fills if key in seen)


@painted
def draw_tiles(picture: TilePicture, face: Face, ax: Axes) -> Axes:
    """Draw the map, and under it what each fill that occurs means."""
    key = [picture.fills[name] for name in picture.used if picture.fills[name][1]]
    page = Page(
        face,
        ax,
        rows=picture.rows,
        heads=picture.columns,
        row_height=HEIGHT,
        gap=BETWEEN,
        least=max(
            [
                LEAST,
                *(text_width(tile.word, BODY, bold=True) + 8 for tiles in picture.tiles for tile in tiles),
            ]
        ),
        below=10 + len(key) * (BODY * LINE + 3),
    )
    by_fill: dict[str, list[tuple[float, float, float, float]]] = {}
    for row, cells in enumerate(picture.tiles):
        top, height = page.tops[row], page.tops[row + 1] - page.tops[row]
        for start, tile in zip(page.starts, cells, strict=False):
            box = (start, top + BETWEEN / 2, page.column - BETWEEN, height - BETWEEN)
            by_fill.setdefault(tile.fill, []).append(box)
    for name, boxes in by_fill.items():
        fill = picture.fills[name][0]
        page.bars(boxes, fill.face, edge=fill.edge, hatch=fill.hatch, dashed=fill.dashed, gid=f"tile {name}")
    _words(page, picture)
    _key(page, key)
    return page.ax


def _words(page: Page, picture: TilePicture) -> None:
    behind: list[tuple[float, float, float, float]] = []
    for row, cells in enumerate(picture.tiles):
        for start, tile in zip(page.starts, cells, strict=False):
            fill = picture.fills[tile.fill][0]
            x, y = start + (page.column - BETWEEN) / 2, page.middle(row)
            if fill.hatch:
                wide = text_width(tile.word, BODY) + 6
                behind.append((x - wide / 2, y - BODY * 0.7, wide, BODY * 1.4))
            page.text(x, y, tile.word, color=page.ink(fill.face, fill.ink), bold=fill.bold, ha="center")
    page.bars(behind, "white", gid="behind")


def _key(page: Page, key: Sequence[tuple[Fill, str]]) -> None:
    top = page.body + 10
    left = page.starts[0]
    for fill, words in key:
        box = (left, top + 1, SWATCH, BODY * LINE - 2)
        edge = fill.edge if fill.edge != "none" else fill.face
        page.bars([box], fill.face, edge=edge, hatch=fill.hatch, dashed=fill.dashed)
        page.text(left + SWATCH + 6, top + BODY * LINE / 2, words, size=SMALL)
        top += BODY * LINE + 3
