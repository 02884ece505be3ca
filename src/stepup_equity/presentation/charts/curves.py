"""Progression curves: the share of each group still there at every stage, beside the reference."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.presentation.charts.page import LINE, PAD, Page
from stepup_equity.presentation.charts.panels import Panels
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import (
    BLUE,
    BODY,
    DARK,
    FAINT,
    INK,
    LIGHT,
    QUIET,
    SMALL,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from stepup_equity.arrays import Floats


TALL: Final = 96.0
LEAST: Final = 140.0


@dataclass(frozen=True, eq=False)
class CurvePicture:
    """Shares of a group's applicants by stage.

    Attributes
    ----------
    groups, stages : tuple of str
    shares, low, high : ndarray, shape (n_groups, n_stages)
        Cumulative shares with a band; NaN where none may be shown.
    reference : int or None
        Its curve is repeated in every panel.
    ends : tuple of str
        What stands at the end of each group's curve.
    """

    groups: tuple[str, ...]
    stages: tuple[str, ...]
    shares: Floats
    low: Floats
    high: Floats
    reference: int | None
    ends: tuple[str, ...]


@painted
def draw_curves(picture: CurvePicture, face: Face, ax: Axes) -> Axes:
    """Draw a panel for each group: its curve with a band, and the reference's as a dashed line."""
    shown = [row for row in range(len(picture.groups)) if row != picture.reference] or [0]
    stages = " · ".join(f"{k + 1} {name}" for k, name in enumerate(picture.stages))
    head, foot = 2 * BODY * LINE + 4, SMALL * LINE + 12
    panels = Panels(len(shown), LEAST, head, TALL, foot)
    page = Page(
        replace(face, notes=(f"Stages: {stages}.", *face.notes)),
        ax,
        least=LEAST,
        body=lambda width: panels.height(width - 2 * PAD),
    )
    across = panels.across(page.width - 2 * PAD)
    wide = (page.width - 2 * PAD) / across
    tall = page.body / panels.down(page.width - 2 * PAD) - head - foot
    scale = 30.0
    for number, row in enumerate(shown):
        left = (number % across) * wide + scale
        top = (number // across) * (head + tall + foot) + head
        _panel(page, picture, row, left, top, wide - scale - 36, tall)
    return page.ax


def _panel(
    page: Page, picture: CurvePicture, row: int, left: float, top: float, wide: float, tall: float
) -> None:
    lines = wrap(picture.groups[row], wide + 30, BODY, bold=True, most=2)
    page.lines(lines, left, top - 4 - len(lines) * BODY * LINE, bold=True)
    marks = [0.0, 0.5, 1.0]
    page.strokes(
        [[(left, top + tall * (1 - mark)), (left + wide, top + tall * (1 - mark))] for mark in marks], FAINT
    )
    for mark in marks:
        page.text(left - 4, top + tall * (1 - mark), f"{mark:.0%}", size=SMALL, color=QUIET, ha="right")
    n = picture.shares.shape[1]
    x = left + wide * np.arange(n) / max(n - 1, 1)
    for k in _numbered(n, wide):
        page.text(x[k], top + tall + SMALL * LINE / 2 + 3, str(k + 1), size=SMALL, color=QUIET, ha="center")
    place = {r: top + tall * (1 - picture.shares[r]) for r in {row, picture.reference} if r is not None}
    low, high = top + tall * (1 - picture.low[row]), top + tall * (1 - picture.high[row])
    known = ~np.isnan(low)
    if known.any():
        there, back = np.stack([x, low], -1)[known], np.stack([x, high], -1)[known][::-1]
        page.areas([np.vstack([there, back])], LIGHT, opacity=0.45, gid=f"band {row}")
    if picture.reference is not None and picture.reference != row:
        _curve(page, x, place[picture.reference], DARK, dashed=True, gid="reference")
    _curve(page, x, place[row], BLUE, dashed=False, gid=f"share {row}")
    end = place[row][-1]
    if np.isnan(end):
        page.text(left + wide + 4, top + tall, picture.ends[row], size=SMALL, color=QUIET)
        return
    other = place[picture.reference][-1] if picture.reference is not None else np.nan
    mine, theirs = _apart(end, other, top + tall)
    page.text(left + wide + 4, mine, picture.ends[row], size=SMALL, bold=True, color=BLUE)
    if picture.reference not in (None, row) and not np.isnan(other):
        page.text(left + wide + 4, theirs, picture.ends[picture.reference], size=SMALL, color=INK)


def _numbered(n: int, wide: float) -> list[int]:
    """Which stages have room for their number: the first, the last, and others at even steps from the last.

    >>> _numbered(7, 150.0), _numbered(12, 120.0)
    ([0, 1, 2, 3, 4, 5, 6], [0, 3, 5, 7, 9, 11])
    """
    room = text_width(str(n), SMALL) + 4
    step = max(1, int(np.ceil(room * (n - 1) / wide)))
    others = [k for k in range(n - 1, 0, -step) if k >= step]
    return [0, *reversed(others)]


def _apart(mine: float, theirs: float, floor: float) -> tuple[float, float]:
    """Two labels at the same height moved so that they do not touch."""
    least = SMALL * LINE
    if np.isnan(theirs) or abs(mine - theirs) >= least:
        return mine, theirs
    middle = min((mine + theirs) / 2, floor - least / 2)
    side = 1 if mine >= theirs else -1
    return middle + side * least / 2, middle - side * least / 2


def _curve(page: Page, x: Floats, y: Floats, color: str, *, dashed: bool, gid: str) -> None:
    known = ~np.isnan(y)
    path = np.stack([x, y], -1)[known]
    if len(path) > 1:
        page.strokes([path], color, width=1.2 if dashed else 2.0, dashed=dashed, gid=gid)
