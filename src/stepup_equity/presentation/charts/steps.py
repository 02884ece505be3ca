"""The gap as it opens: each step from where a group stood before a gate to where it stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.presentation.charts.page import LEAST_COLUMN, LINE, Page, Row
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import DARK, INK, PINK, QUIET, SMALL, TEAL, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.presentation.charts.scale import Scale


ROW: Final = 32.0
BAR: Final = 8.0


@dataclass(frozen=True, eq=False)
class StepPicture:
    """A waterfall for each group, on a scale of ratios to the reference.

    Attributes
    ----------
    rows : tuple of Row
        A strong row is a heading.
    columns : tuple of str
        The last column is the whole way.
    before, after : ndarray, shape (n_rows, n_gates)
        Cumulative ratio before and behind each gate; NaN where undefined.
    total, low, high : ndarray, shape (n_rows,)
        Ratio over the whole way with its interval.
    words, people : tuple of tuple of str
        Under each cell: the gate's own ratio, and people lost or gained there.
    abrupt : ndarray of bool, shape (n_rows, n_gates)
    scale : Scale
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    before: Floats
    after: Floats
    total: Floats
    low: Floats
    high: Floats
    words: tuple[tuple[str, ...], ...]
    people: tuple[tuple[str, ...], ...]
    abrupt: NDArray[np.bool_]
    scale: Scale


@painted
def draw_steps(picture: StepPicture, face: Face, ax: Axes) -> Axes:
    """Draw the steps: dark to the left where a gap opens, lighter to the right where it closes."""
    page = Page(
        face,
        ax,
        rows=picture.rows,
        heads=picture.columns,
        row_height=ROW,
        gap=14,
        least=max(
            [LEAST_COLUMN, *(_wide(*cells) for cells in zip(picture.words, picture.people, strict=True))]
        ),
        below=SMALL * LINE + 8,
    )
    page.rules()
    length, scale = page.column - page.gap, picture.scale
    page.uprights(float(scale.share(1.0)) * length, QUIET, gid="line")
    shape = picture.before.shape
    x = np.broadcast_to(np.array(page.starts[: shape[1]]), shape)
    y = np.broadcast_to(np.array([[page.middle(row) - BAR - 1] for row in range(shape[0])]), shape)
    start, end = x + length * scale.share(picture.before), x + length * scale.share(picture.after)
    known = ~np.isnan(start) & ~np.isnan(end)
    boxes = np.stack([np.minimum(start, end), y, np.abs(end - start), np.full(shape, BAR)], -1)
    opens = known & (end <= start)
    page.bars(boxes[opens], PINK, gid="opens")
    page.bars(boxes[known & ~opens], TEAL, gid="closes")
    page.strokes(
        [
            [(end[cell], y[cell] - 2), (end[cell], y[cell] + BAR + 2)]
            for cell in zip(*np.nonzero(known), strict=True)
        ],
        INK,
        width=1.4,
        gid="stands",
    )
    _total(page, picture, length)
    for row, col in np.ndindex(shape[0], len(picture.columns)):
        words = picture.words[row][col]
        if not words:
            continue
        if col < shape[1] and picture.abrupt[row, col]:
            words = f"▼ {words}"
        low = page.middle(row) + 8
        page.text(page.starts[col], low, words, size=SMALL, bold=True)
        if picture.people[row][col]:
            wide = text_width(words, SMALL, bold=True)
            page.text(page.starts[col] + wide + 5, low, picture.people[row][col], size=SMALL, color=QUIET)
    page.ticks(scale, length)
    return page.ax


def _wide(words: tuple[str, ...], people: tuple[str, ...]) -> float:
    """Points that the widest words of a row need."""
    both = zip(words, people, strict=True)
    return max(
        (text_width(f"▼ {a}", SMALL, bold=True) + text_width(b, SMALL) + 5 for a, b in both), default=0.0
    )


def _total(page: Page, picture: StepPicture, length: float) -> None:
    start = page.starts[-1]
    low, high = (start + length * picture.scale.share(end) for end in (picture.low, picture.high))
    at = start + length * picture.scale.share(picture.total)
    rows: list[int] = np.flatnonzero(~np.isnan(picture.total)).tolist()
    ys = {row: page.middle(row) - BAR / 2 - 1 for row in rows}
    whiskers = [row for row in rows if not np.isnan(low[row]) and not np.isnan(high[row])]
    page.strokes(
        [[(low[row], ys[row]), (high[row], ys[row])] for row in whiskers], DARK, width=1.5, gid="interval"
    )
    ends = np.array(list(ys.values()))
    for side, end, outside in (
        (-1, low, picture.low < picture.scale.low),
        (1, high, picture.high > picture.scale.high),
    ):
        page.arrows(end[rows][outside[rows]], ends[outside[rows]], DARK, side)
    page.bars([(at[row] - 2.5, ys[row] - 2.5, 5, 5) for row in rows], DARK, gid="total")
