"""Pass marks drawn: what each would do to every group's impact ratio, and where the actual one stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.findings.pass_marks import PassMarks
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.page import LINE, PAD, Page
from stepup_equity.presentation.charts.panels import Panels
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import (
    BLUE,
    BODY,
    DARK,
    FAINT,
    GREY,
    INK,
    LIGHT,
    QUIET,
    SMALL,
    wrap,
)
from stepup_equity.words.numbers import enumerated, ratio
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


_TALL: Final = 110.0
_LEAST_ACROSS: Final = 190.0
_TOP: Final = 1.5
"""Ratios above this are drawn at the edge."""

_LEAST: Final = 10
"""Marks that fewer of the reference have are left out: their ratios are single people."""


@plot.register(PassMarks)
def plot_pass_marks(result: PassMarks, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A panel for each group: its impact ratio by pass mark with a band, and the actual mark."""
    frame = result.frame
    reference = frame[frame["group"] == result.reference]
    drawn = reference[(reference["passed"] >= _LEAST) | reference["actual"]]["mark"]
    others = frame[(frame["group"] != result.reference) & frame["mark"].isin(drawn)]
    title = look.title or _finding(result, others)
    face = Face(
        title,
        f"Impact ratio against {result.reference} if the pass mark of {frame['score'].iloc[0]} stood "
        f"elsewhere, "
        f"with {result.confidence:.0%} intervals. Solid line: equal rates; dashed: 0.8"
        + ("." if result.mark is None else f"; upright: the actual mark, {result.mark:g}.")
        + f" Marks that fewer than {_LEAST} of the reference have are left out.",
        result.notes,
        f"{title}. Curves of impact ratio by pass mark, one panel for each group: "
        f"{enumerated(list(dict.fromkeys(others['group'])), 20)}. The table beside the chart holds "
        f"every number.",
        look.mark,
    )
    return _draw((result, others), face, ax)


def _finding(result: PassMarks, others: pd.DataFrame) -> str:
    actual = others[others["actual"]].dropna(subset=["impact_ratio"])
    if actual.empty:
        return f"Impact ratios by pass mark at {result.gate}"
    low = actual.iloc[lowest_at(actual["impact_ratio"])]
    words = (
        f"At the mark of {result.mark:g}, {low['group']} pass at {ratio(low['impact_ratio'])} times the rate"
    )
    return f"{words} of {result.reference}"


@painted
def _draw(picture: tuple[PassMarks, pd.DataFrame], face: Face, ax: Axes) -> Axes:
    result, others = picture
    groups = list(dict.fromkeys(others["group"]))
    head, foot = 2 * BODY * LINE + 4, SMALL * LINE + 12
    panels = Panels(len(groups), _LEAST_ACROSS, head, _TALL, foot)
    page = Page(face, ax, least=_LEAST_ACROSS, body=lambda width: panels.height(width - 2 * PAD))
    across = panels.across(page.width - 2 * PAD)
    wide = (page.width - 2 * PAD) / across
    tall = page.body / panels.down(page.width - 2 * PAD) - head - foot
    for number, group in enumerate(groups):
        left = (number % across) * wide + 26.0
        top = (number // across) * (head + tall + foot) + head
        _panel(page, result, others[others["group"] == group], left, top, wide - 60.0, tall)
    return page.ax


def _panel(
    page: Page, result: PassMarks, rows: pd.DataFrame, left: float, top: float, wide: float, tall: float
) -> None:
    marks = rows["mark"].to_numpy(float)
    span = max(marks[-1] - marks[0], 1e-12)
    x = left + wide * (marks - marks[0]) / span

    def height(values: pd.Series[float]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray(top + tall * (1 - np.minimum(values.to_numpy(float), _TOP) / _TOP), np.float64)

    name = f"{rows['group'].iloc[0]} (n\u00a0=\u00a0{int(rows['denominator'].iloc[0]):,})"
    lines = wrap(name, wide + 30, BODY, bold=True, most=2)
    page.lines(lines, left, top - 4 - len(lines) * BODY * LINE, bold=True)
    for value, color, dashed in ((0.0, FAINT, False), (0.8, GREY, True), (1.0, QUIET, False)):
        at = top + tall * (1 - value / _TOP)
        page.strokes([[(left, at), (left + wide, at)]], color, dashed=dashed, gid=f"line {value:g}")
        page.text(left - 4, at, f"{value:g}", size=SMALL, color=QUIET, ha="right")
    for value, side in ((marks[0], left), (marks[-1], left + wide)):
        page.text(side, top + tall + SMALL * LINE / 2 + 3, f"{value:g}", size=SMALL, color=QUIET, ha="center")
    known = rows["impact_ratio"].notna().to_numpy()
    low, high = height(rows["ratio_low"]), height(rows["ratio_high"])
    group = rows["group"].iloc[0]
    if known.sum() > 1:
        there, back = np.stack([x, low], -1)[known], np.stack([x, high], -1)[known][::-1]
        page.areas([np.vstack([there, back])], LIGHT, opacity=0.45, gid=f"band {group}")
        curve = np.stack([x, height(rows["impact_ratio"])], -1)[known]
        page.strokes([curve], BLUE, width=2.0, gid=f"ratio {group}")
    actual = rows[rows["actual"]]
    if len(actual) and result.mark is not None:
        at = left + wide * (float(actual["mark"].iloc[0]) - marks[0]) / span
        page.strokes([[(at, top), (at, top + tall)]], DARK, width=1.2, gid="mark")
        words = ratio(float(actual["impact_ratio"].iloc[0]))
        page.text(left + wide + 4, top + BODY, words, size=BODY, bold=True, color=INK)
