"""A row for each group, a column for each gate or stage, a bar in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.presentation.charts.page import LEAST_COLUMN, Page, Row
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import (
    BLUE,
    BODY,
    DARK,
    GREY,
    INK,
    MIST,
    PALE,
    PINK,
    QUIET,
    SMALL,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


BAR: Final = 9.0
ROW: Final = 31.0


@dataclass(frozen=True, eq=False)
class BarPicture:
    """Bars as they may be shown: a length where there is a number, words everywhere.

    Attributes
    ----------
    rows : tuple of Row
        A strong row is a heading: its cells stay empty.
    columns : tuple of str
    shares : ndarray, shape (n_rows, n_columns)
        Length of each bar, from 0 to 1; NaN where there is none, or none may be shown.
    words : tuple of tuple of str
        What stands under each bar.
    people : tuple of tuple of str
        What stands beside the words.
    ticks : ndarray, shape (n_rows, n_columns)
        What each bar is compared with; NaN for nothing.
    dark, quiet : ndarray of bool, shape (n_rows,)
        Rows of a reference group; rows of *Not stated*.
    flagged : ndarray of bool, shape (n_rows, n_columns)
    lead : tuple of str
        A first column of plain words, under the name `lead_name`; empty for none.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    shares: NDArray[np.float64]
    words: tuple[tuple[str, ...], ...]
    people: tuple[tuple[str, ...], ...]
    ticks: NDArray[np.float64]
    dark: NDArray[np.bool_]
    quiet: NDArray[np.bool_]
    flagged: NDArray[np.bool_]
    lead: tuple[str, ...] = ()
    lead_name: str = ""


@painted
def draw_bars(picture: BarPicture, face: Face, ax: Axes) -> Axes:
    """Draw the bars: dark for the reference, pink and ▼ for a flag, dashed where there is no number."""
    lead = 0.0
    if picture.lead:
        widest = max(text_width(words, BODY) for words in picture.lead)
        lead = max(widest, *(text_width(word, SMALL, bold=True) for word in picture.lead_name.split())) + 16
    page = Page(
        face,
        ax,
        rows=picture.rows,
        heads=(picture.lead_name, *picture.columns) if lead else picture.columns,
        row_height=ROW,
        lead=lead,
        least=max(LEAST_COLUMN, *(_wide(picture, cell) for cell in np.ndindex(picture.flagged.shape))),
    )
    heading = np.array([row.strong for row in picture.rows])
    page.rules()
    starts = page.starts[1:] if lead else page.starts
    for row, words in enumerate(picture.lead):
        page.text(0, page.middle(row), words)
    middles = np.array([page.middle(row) for row in range(len(picture.rows))])
    x = np.broadcast_to(np.array(starts), picture.shares.shape)
    y = np.broadcast_to(middles[:, None] - BAR - 1, picture.shares.shape)
    length = page.column - page.gap
    known = ~np.isnan(picture.shares)
    full = np.stack([x, y, np.full_like(picture.shares, length), np.full_like(picture.shares, BAR)], -1)
    page.bars(full[known], PALE, gid="track")
    page.bars(full[~known & ~heading[:, None]], "none", edge=GREY, dashed=True, gid="hidden")
    drawn = full.copy()
    drawn[..., 2] *= picture.shares
    page.bars(drawn[known], [_color(picture, row, col) for row, col in np.argwhere(known)], gid="share")
    marked = ~np.isnan(picture.ticks) & known
    at = x + length * picture.ticks
    page.strokes(
        [
            [(at[cell], y[cell] - 2), (at[cell], y[cell] + BAR + 2)]
            for cell in zip(*np.nonzero(marked), strict=True)
        ],
        INK,
        width=1.6,
        gid="compared",
    )
    for row, col in np.ndindex(picture.shares.shape):
        if heading[row]:
            continue
        _words(page, picture, row, col, starts[col], float(middles[row]) + 8)
    return page.ax


def _wide(picture: BarPicture, cell: tuple[int, int]) -> float:
    """Points that the words of a cell need."""
    row, column = cell
    own = text_width(f"▼ {picture.words[row][column]}", SMALL, bold=True)
    return own + text_width(picture.people[row][column], SMALL) + 5 if picture.words[row] else 0.0


def _color(picture: BarPicture, row: int, column: int) -> str:
    if picture.flagged[row, column]:
        return PINK
    if picture.quiet[row]:
        return MIST
    return DARK if picture.dark[row] else BLUE


def _words(page: Page, picture: BarPicture, row: int, column: int, x: float, y: float) -> None:
    words = picture.words[row][column]
    if picture.flagged[row, column]:
        words = f"▼ {words}"
    page.text(x, y, words, size=SMALL, bold=True)
    if picture.people[row][column]:
        page.text(
            x + text_width(words, SMALL, bold=True) + 5,
            y,
            picture.people[row][column],
            size=SMALL,
            color=QUIET,
        )
