"""Cohort slopes: how each group's ratio at each gate moved from cohort to cohort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.presentation.charts.page import LINE, Page, Row
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import BLUE, GREY, LIGHT, PINK, QUIET, SMALL, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from stepup_equity.arrays import Floats
    from stepup_equity.presentation.charts.scale import Scale


ROW: Final = 60.0
AXIS: Final = 30.0
LEAST: Final = 60.0
DOT: Final = 4.0


@dataclass(frozen=True, eq=False)
class SlopePicture:
    """Ratios by cohort.

    Attributes
    ----------
    rows : tuple of Row
        A strong row is a heading.
    columns, cohorts : tuple of str
    ratios, low, high : ndarray, shape (n_rows, n_columns, n_cohorts)
    words : tuple of tuple of str
        Under each cell.
    marks : tuple of tuple of str
        In front of the words, where a change is evident.
    scale : Scale
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    cohorts: tuple[str, ...]
    ratios: Floats
    low: Floats
    high: Floats
    words: tuple[tuple[str, ...], ...]
    marks: tuple[tuple[str, ...], ...]
    scale: Scale


@painted
def draw_slopes(picture: SlopePicture, face: Face, ax: Axes) -> Axes:
    """Draw in each cell a dot with its interval for each cohort, oldest at the left, joined by a line."""
    page = Page(
        face,
        ax,
        rows=picture.rows,
        heads=("", *picture.columns),
        row_height=ROW,
        gap=16,
        lead=AXIS,
        least=max([LEAST, *(text_width(f"▼ {word}", SMALL) for words in picture.words for word in words)]),
        below=SMALL * LINE + 8,
    )
    page.rules()
    starts = page.starts[1:]
    length = page.column - page.gap
    n = len(picture.cohorts)
    across = np.linspace(0.12, 0.88, n) * length if n > 1 else np.array([length / 2])
    for row, start in enumerate(page.tops[:-1]):
        if picture.rows[row].strong:
            continue
        tall = page.tops[row + 1] - start - 22
        level = start + 3 + tall * (1 - float(picture.scale.share(1.0)))
        _axis(page, picture.scale, start + 3, tall)
        page.strokes([[(x, level), (x + length, level)] for x in starts], GREY, dashed=True, above=False)
        for col, left in enumerate(starts):
            color = PINK if bool(picture.marks[row][col]) else BLUE
            x = left + across
            y, low, high = (
                start + 3 + tall * (1 - picture.scale.share(values[row, col]))
                for values in (picture.ratios, picture.low, picture.high)
            )
            known = ~np.isnan(y)
            ends = known & ~np.isnan(low) & ~np.isnan(high)
            page.strokes(
                [[(x[k], low[k]), (x[k], high[k])] for k in np.flatnonzero(ends)],
                LIGHT,
                width=1.2,
                above=False,
            )
            if known.sum() > 1:
                page.strokes([np.stack([x, y], -1)[known]], color, width=1.6, gid="slope")
            page.bars(
                [(x[k] - DOT / 2, y[k] - DOT / 2, DOT, DOT) for k in np.flatnonzero(known)],
                color,
                gid="ratio",
            )
            words = f"{picture.marks[row][col]}{picture.words[row][col]}"
            page.text(left + length / 2, page.tops[row + 1] - 8, words, size=SMALL, ha="center")
    _cohorts(page, picture.cohorts, across, length)
    return page.ax


def _axis(page: Page, scale: Scale, top: float, tall: float) -> None:
    """The numbers of the scale beside a row; of two that touch, the one that matters more stays."""
    free: list[float] = []
    for tick in scale.by_weight:
        y = top + tall * (1 - float(scale.share(scale.ticks[tick])))
        y = min(max(y, top + SMALL / 2), top + tall - SMALL / 2)
        if all(abs(y - other) >= SMALL * LINE for other in free):
            page.text(AXIS - 14, y, scale.words[tick], size=SMALL, color=QUIET, ha="right")
            free.append(y)
    page.strokes([[(AXIS - 10, top), (AXIS - 10, top + tall)]], GREY, above=False)


def _cohorts(page: Page, cohorts: tuple[str, ...], across: Floats, length: float) -> None:
    """First and last cohort under every column, where there is room for both."""
    if not cohorts:
        return
    y = page.body + SMALL * LINE / 2 + 4
    first, last = cohorts[0], cohorts[-1]
    room = text_width(first, SMALL) + text_width(last, SMALL) + 6 <= length
    for left in page.starts[1:]:
        if len(cohorts) == 1 or not room:
            page.text(
                left + length / 2,
                y,
                first if len(cohorts) == 1 else "…",
                size=SMALL,
                color=QUIET,
                ha="center",
            )
        else:
            page.text(left, y, first, size=SMALL, color=QUIET)
            page.text(left + length, y, last, size=SMALL, color=QUIET, ha="right")
    assert len(across) == len(cohorts)
