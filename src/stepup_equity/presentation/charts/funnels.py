"""A funnel for each group: who is still there at each stage, beside where the reference would be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.presentation.charts.page import LINE, PAD, Page
from stepup_equity.presentation.charts.sketches import painted
from stepup_equity.presentation.charts.style import (
    BODY,
    GREY,
    INK,
    MIST,
    NAVY,
    ORANGE,
    PINK,
    QUIET,
    SMALL,
    TEAL,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from stepup_equity.presentation.charts.sketches import Face


BAR: Final = 11.0
STEP: Final = 13.0
"""Between two bars: room for the rate from one to the other."""
WIDEST_STAGE: Final = 108.0
LEAST_BAR: Final = 54.0
LONGEST_BAR: Final = 220.0
STUB: Final = 18.0
"""A dashed stub stands where a number is hidden; its length says nothing."""
GAP: Final = 16.0
BEHIND: Final = "▼ "
AHEAD: Final = "▲ "


@dataclass(frozen=True, eq=False)
class Funnel:
    """One group, as it may be shown.

    Attributes
    ----------
    name, whole_way : str
        Its name, and what became of all who applied.
    shares : ndarray, shape (n_stages,)
        Share of its applicants still there at each stage; NaN where it may not be shown.
    people : tuple of str
        How many that is, as printed.
    steps : tuple of (str, str)
        From each stage to the next: the rate, and who did not go on.
    marks : tuple of int
        At each gate -1 for an edge at which the group is behind, 1 where its reference is, else 0.
    outline : ndarray, shape (n_stages,)
        The reference's shares; NaN for none.
    quiet : bool
        *Not stated*.
    """

    name: str
    whole_way: str
    shares: NDArray[np.float64]
    people: tuple[str, ...]
    steps: tuple[tuple[str, str], ...]
    marks: tuple[int, ...]
    outline: NDArray[np.float64]
    quiet: bool = False


@dataclass(frozen=True, eq=False)
class FunnelPicture:
    """Funnels of several groups over the same stages.

    Attributes
    ----------
    stages : tuple of str
    funnels : tuple of Funnel
    parts : tuple of (str, int)
        Headings, and how many funnels stand under each; one without words for no headings.
    """

    stages: tuple[str, ...]
    funnels: tuple[Funnel, ...]
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, eq=False)
class _Plan:
    """Where the panels of a picture go in a width.

    Attributes
    ----------
    left, wide : float
        Points for the names of the stages, and for a panel.
    rows : list of (str, list of Funnel, list of lines, float)
        A heading or none, funnels side by side, the words above each, points for these words.
    """

    left: float
    wide: float
    rows: list[tuple[str, list[Funnel], list[tuple[tuple[str, ...], tuple[str, ...]]], float]]

    def height(self, own: float) -> float:
        """Points that everything needs, each funnel `own`."""
        return sum(own + head + (HEADING if heading else 0.0) for heading, _, _, head in self.rows)


HEADING: Final = 24.0


@painted
def draw_funnels(picture: FunnelPicture, face: Face, ax: Axes) -> Axes:
    """Draw the panels: bars of one scale, the reference as an outline, rates between them."""
    names = [wrap(stage, WIDEST_STAGE, SMALL, most=4) for stage in picture.stages]
    left = max(text_width(line, SMALL) for lines in names for line in lines) + 10
    pitch = max(BAR + STEP, max(len(lines) for lines in names) * SMALL * LINE + 2)
    own = len(names) * pitch
    least = max(_least(funnel) for funnel in picture.funnels)

    def plan(width: float) -> _Plan:
        return _plan(picture, left, least, width - 2 * PAD)

    page = Page(face, ax, least=left + least, gap=0.0, body=lambda width: plan(width).height(own))
    placed = plan(page.width)
    spare = (page.body - placed.height(own)) / len(placed.rows)
    pitch += spare / len(names)
    room = max(text_width(people, SMALL, bold=True) for funnel in picture.funnels for people in funnel.people)
    length = min(placed.wide - room - 6, LONGEST_BAR)
    top = 0.0
    for heading, funnels, heads, head in placed.rows:
        if heading:
            page.text(0, top + 10, heading, bold=True)
            top += HEADING
        first = top + head
        for stage, lines in enumerate(names):
            middle = first + stage * pitch + BAR / 2
            page.lines(lines, 0, middle - len(lines) * SMALL * LINE / 2, size=SMALL)
        for number, (funnel, words) in enumerate(zip(funnels, heads, strict=True)):
            x = left + number * (placed.wide + GAP)
            below = page.lines(words[0], x, first - _head(words), bold=True)
            page.lines(words[1], x, below, size=SMALL)
            _panel(page, funnel, x, first, length, pitch)
        top = first + len(names) * pitch
    return page.ax


def _least(funnel: Funnel) -> float:
    """Points that a group's panel needs across."""
    bars = LEAST_BAR + max(text_width(people, SMALL, bold=True) for people in funnel.people) + 6
    steps = [
        text_width(f"{BEHIND}{rate}", SMALL, bold=True) + text_width(out, SMALL) + 8
        for rate, out in funnel.steps
    ]
    return max(bars, *steps)


def _plan(picture: FunnelPicture, left: float, least: float, width: float) -> _Plan:
    most = max(1, int((width - left + GAP) // (least + GAP)))
    largest = max(number for _, number in picture.parts)
    across = -(-largest // -(-largest // most))
    wide = (width - left - (across - 1) * GAP) / across
    rows = []
    begin = 0
    for heading, number in picture.parts:
        for start in range(begin, begin + number, across):
            funnels = list(picture.funnels[start : min(start + across, begin + number)])
            words = [
                (
                    wrap(funnel.name, wide, BODY, bold=True, most=5),
                    wrap(funnel.whole_way, wide, SMALL, most=4),
                )
                for funnel in funnels
            ]
            head = max(map(_head, words))
            rows.append((heading if start == begin else "", funnels, words, head))
        begin += number
    return _Plan(left, wide, rows)


def _head(words: tuple[tuple[str, ...], tuple[str, ...]]) -> float:
    """Points that the words above a funnel need."""
    return len(words[0]) * BODY * LINE + len(words[1]) * SMALL * LINE + 6


def _panel(page: Page, funnel: Funnel, x: float, top: float, length: float, pitch: float) -> None:
    tops = top + pitch * np.arange(len(funnel.people))
    known = ~np.isnan(funnel.shares)
    boxes = np.stack(
        [np.full_like(tops, x), tops, length * np.nan_to_num(funnel.shares), np.full_like(tops, BAR)], -1
    )
    page.bars(boxes[known], MIST if funnel.quiet else NAVY, gid="share")
    page.strokes([[(x, tops[0]), (x, tops[-1] + BAR)]], QUIET, width=1.0, gid="base")
    covered = ~known & ~np.array([people[:1].isdigit() for people in funnel.people])
    stubs = np.stack([boxes[:, 0], tops, np.full_like(tops, STUB), boxes[:, 3]], -1)
    page.bars(stubs[covered], "none", edge=GREY, dashed=True, gid="hidden")
    beside = ~np.isnan(funnel.outline)
    frames = np.stack([boxes[:, 0], tops - 1, length * np.nan_to_num(funnel.outline), boxes[:, 3] + 2], -1)
    page.bars(frames[beside], "none", edge=ORANGE, line=1.4, gid="reference")
    ends = np.where(known, boxes[:, 2], np.where(covered, STUB, 0.0))
    ends = np.fmax(ends, np.where(beside, frames[:, 2], 0.0))
    for stage, people in enumerate(funnel.people):
        page.text(x + ends[stage] + 4, tops[stage] + BAR / 2, people, size=SMALL, bold=True)
    for gate, ((rate, out), mark) in enumerate(zip(funnel.steps, funnel.marks, strict=True)):
        y = tops[gate] + (BAR + pitch) / 2
        words = f"{BEHIND if mark < 0 else AHEAD if mark > 0 else ''}{rate}"
        color = PINK if mark < 0 else TEAL if mark > 0 else INK
        page.text(x + 3, y, words, size=SMALL, bold=mark != 0, color=color)
        page.text(x + 3 + text_width(words, SMALL, bold=mark != 0) + 5, y, out, size=SMALL, color=QUIET)
