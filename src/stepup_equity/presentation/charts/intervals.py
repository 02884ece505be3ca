"""A row for each group, a column for each gate, an estimate with its interval in each cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.presentation.charts.page import LINE, Page, Row
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import BLUE, GREY, INK, PINK, QUIET, SMALL, text_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.presentation.charts.scale import Scale


ROW: Final = 32.0
SIDE: Final = 5.0
"""Of the square that marks an estimate."""
UPRIGHT: Final = (2.0, 8.0)
"""Width and height of the line that marks one instead."""
LEAST: Final = 52.0
STEP: Final = 9.0
"""Between two series in one cell."""


@dataclass(frozen=True, eq=False)
class Series:
    """One estimate for each cell.

    Attributes
    ----------
    name : str
        For the key; empty where there is only one.
    estimate, low, high : ndarray, shape (n_rows, n_columns)
        NaN where there is none.
    hollow : bool
        Drawn as an outline, as adjusted estimates are.
    upright : bool
        Drawn as a short upright line, as estimates of only those people are whom a model could use.
    band : bool
        Only the room from low to high, hatched: no estimate.
    """

    name: str
    estimate: Floats
    low: Floats
    high: Floats
    hollow: bool = False
    upright: bool = False
    band: bool = False


@dataclass(frozen=True, eq=False)
class IntervalPicture:
    """Estimates with intervals, as they may be shown.

    Attributes
    ----------
    rows : tuple of Row
        A strong row is a heading.
    columns : tuple of str
    series : tuple of Series
    words : tuple of tuple of str
        What stands under each cell: the estimate as printed, or why there is none.
    scale : Scale
    lines : tuple of (float, str)
        Numbers to draw a line at and what each means; the first is solid.
    flagged : ndarray of bool, shape (n_rows, n_columns)
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    series: tuple[Series, ...]
    words: tuple[tuple[str, ...], ...]
    scale: Scale
    lines: tuple[tuple[float, str], ...]
    flagged: NDArray[np.bool_]


@painted
def draw_intervals(picture: IntervalPicture, face: Face, ax: Axes) -> Axes:
    """Draw the estimates; an arrow at the end of the scale where one, or its interval, lies beyond."""
    keys = [series for series in picture.series if series.name]
    named = [(value, words) for value, words in picture.lines if words]
    marks = sum(1 for series in picture.series if not series.band)
    row = ROW + STEP * max(marks - 1, 0)
    lines_of_key = len(keys) + len(named)
    page = Page(
        face,
        ax,
        rows=picture.rows,
        heads=picture.columns,
        row_height=row,
        gap=14,
        least=max(
            [LEAST, *(text_width(f"▼ {word}", SMALL, bold=True) for words in picture.words for word in words)]
        ),
        below=SMALL * LINE + 8 + lines_of_key * (SMALL * LINE + 2),
    )
    page.rules()
    length = page.column - page.gap
    for number, (value, _) in enumerate(picture.lines):
        at = float(picture.scale.share(value)) * length
        page.uprights(at, QUIET if number == 0 else GREY, dashed=number > 0, gid="line")
    for number, series in enumerate(picture.series):
        _series(page, picture, series, length, number, marks)
    _words(page, picture, length)
    page.ticks(picture.scale, length)
    _key(page, keys, named)
    return page.ax


def _series(
    page: Page, picture: IntervalPicture, series: Series, length: float, number: int, marks: int
) -> None:
    scale, shape = picture.scale, series.low.shape
    x = np.broadcast_to(np.array(page.starts), shape)
    middles = np.array([page.middle(row) for row in range(shape[0])])[:, None]
    lift = 5.0 if not series.band else 9.0
    first = middles - lift - STEP * max(marks - 1, 0) / 2
    y = np.broadcast_to(first + (0 if series.band else STEP * min(number, marks - 1)), shape)
    low, high = x + length * scale.share(series.low), x + length * scale.share(series.high)
    known = ~np.isnan(series.low) & ~np.isnan(series.high)
    if series.band:
        boxes = np.stack([low, y, high - low, np.full(shape, 8.0)], -1)[known]
        page.bars(boxes, "white", edge=GREY, hatch="//////", gid=f"band {series.name}")
        return
    colors = np.where(picture.flagged, PINK, BLUE)
    page.strokes(
        [[(low[cell], y[cell]), (high[cell], y[cell])] for cell in zip(*np.nonzero(known), strict=True)],
        colors[known].tolist(),
        width=1.5,
        gid=f"interval {series.name}",
    )
    far_low, far_high = scale.beyond(series.low), scale.beyond(series.high)
    outside = scale.beyond(series.estimate)
    below = (known & far_low & (series.low < scale.low)) | (outside & (series.estimate < scale.low))
    above = (known & far_high & (series.high > scale.high)) | (outside & (series.estimate > scale.high))
    page.arrows((x + length * scale.apart)[below], y[below], colors[below].tolist(), -1)
    page.arrows((x + length)[above], y[above], colors[above].tolist(), 1)
    seen = ~np.isnan(series.estimate) & ~outside
    at = x + length * scale.share(series.estimate)
    wide, high_up = UPRIGHT if series.upright else (SIDE, SIDE)
    boxes = np.stack([at - wide / 2, y - high_up / 2, np.full(shape, wide), np.full(shape, high_up)], -1)[
        seen
    ]
    if series.hollow:
        for color in dict.fromkeys(colors[seen]):
            page.bars(boxes[colors[seen] == color], "white", edge=color, gid=f"estimate {series.name}")
    else:
        page.bars(boxes, colors[seen].tolist(), gid=f"estimate {series.name}")


def _words(page: Page, picture: IntervalPicture, length: float) -> None:
    for row, col in np.ndindex(picture.flagged.shape):
        words = picture.words[row][col]
        if not words:
            continue
        low = page.tops[row + 1] - 8
        if picture.flagged[row, col]:
            words = f"▼ {words}"
        known = not np.isnan(picture.series[0].low[row, col])
        page.text(
            page.starts[col] + length / 2,
            low,
            words,
            size=SMALL,
            bold=bool(picture.flagged[row, col]),
            color=INK if known else QUIET,
            ha="center",
        )


def _key(page: Page, keys: Sequence[Series], lines: Sequence[tuple[float, str]]) -> None:
    top, left, line = page.body + SMALL * LINE + 8, page.starts[0], SMALL * LINE + 2
    for series in keys:
        y = top + line / 2
        if series.band:
            page.bars([(left, y - 4, 22, 8)], "white", edge=GREY, hatch="//////")
        else:
            page.strokes([[(left, y), (left + 22, y)]], BLUE, width=1.5)
            wide, high_up = UPRIGHT if series.upright else (SIDE, SIDE)
            page.bars(
                [(left + 11 - wide / 2, y - high_up / 2, wide, high_up)],
                "white" if series.hollow else BLUE,
                edge=BLUE,
            )
        page.text(left + 28, y, series.name, size=SMALL)
        top += line
    for number, (_, words) in enumerate(lines):
        y = top + line / 2
        page.strokes(
            [[(left + 11, y - 5), (left + 11, y + 5)]], QUIET if number == 0 else GREY, dashed=number > 0
        )
        page.text(left + 28, y, words, size=SMALL)
        top += line
