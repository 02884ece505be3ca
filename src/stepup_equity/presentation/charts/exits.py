"""What became of those who entered each gate: a bar for each group, passed and every reason side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP
from stepup_equity.findings import Exits
from stepup_equity.findings.exits import once_each
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.page import LINE, Page, Row
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import (
    DARK,
    GREY,
    LIGHT,
    LILAC,
    MIST,
    NAVY,
    ORANGE,
    PINK,
    SMALL,
    TEAL,
    WHITE,
    text_width,
)
from stepup_equity.process import EXIT_WORDS
from stepup_equity.words.numbers import HIDDEN_NUMBER, enumerated, percent
from stepup_equity.words.rows import highest, records
from stepup_equity.words.sentences import small_at

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


ROW: Final = 34.0
BAR: Final = 13.0
SWATCH: Final = 22.0
PASSED: Final = "passed"

_COLORS: Final = {
    PASSED: NAVY,
    "rejected": ORANGE,
    "withdrew": LIGHT,
    "did_not_attend": LILAC,
    "declined": TEAL,
    "offer_withdrawn": PINK,
    "no_place": MIST,
    "not_recorded": DARK,
    "pending": WHITE,
    "hidden": WHITE,
}
"""Colour of each part; those who wait, or whose number is hidden, are left open."""


@dataclass(frozen=True, eq=False)
class StackPicture:
    """Parts of a whole in each cell.

    Attributes
    ----------
    rows : tuple of Row
    columns : tuple of str
    parts : tuple of (str, str, ndarray)
        What each part is called and its colour, and its share in each cell; NaN where nobody entered.
    words : tuple of tuple of str
        Under each bar.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    parts: tuple[tuple[str, str, NDArray[np.float64]], ...]
    words: tuple[tuple[str, ...], ...]


@plot.register(Exits)
def plot_exits(result: Exits, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A bar for each group and gate, from those who passed to those who left for each reason."""
    frame = result.frame
    whole = frame.drop_duplicates([CHARACTERISTIC, GROUP, GATE])
    grid = Grid(whole, look.names, whole_way=False, references=look.references)
    entered = grid.numbers("entered")
    parts = []
    left = np.zeros(entered.shape)
    for reason in dict.fromkeys(frame["reason"]):
        people = Grid(
            frame[frame["reason"] == reason], look.names, whole_way=False, references=look.references
        ).numbers("people")
        left += np.where((reason == "hidden") & (people > 0), np.nan, people)  # nor is known who passed
        parts.append((EXIT_WORDS[str(reason)], _COLORS.get(str(reason), DARK), _share(people, entered)))
    passed = _share(entered - left, entered)
    picture = StackPicture(
        rows=_rows(grid, result),
        columns=grid.heads,
        parts=(("Passed", NAVY, passed), *parts),
        words=tuple(
            tuple("" if group is None else _words(share, n) for share, n in zip(line, people, strict=True))
            for (_, group), line, people in zip(grid.keys, passed, entered, strict=True)
        ),
    )
    title = look.title or _finding(frame, look)
    face = Face(
        title,
        "What became of those who entered each gate; under each bar the share that passed, and of how many.",
        result.notes,
        f"{title}. Bars of what became of those who entered: {enumerated(_told(frame, look), 20)}.",
        look.mark,
    )
    return draw_stacks(picture, face, ax)


def _rows(grid: Grid, result: Exits) -> tuple[Row, ...]:
    """Names of the rows; everybody together are called so."""
    return grid.rows if result.by else tuple(Row("Everyone") for _ in grid.rows)


def _share(people: NDArray[np.float64], entered: NDArray[np.float64]) -> NDArray[np.float64]:
    none = np.full(entered.shape, np.nan)
    shares: NDArray[np.float64] = np.divide(people, entered, out=none, where=entered > 0)
    return shares


def _words(share: float, entered: float) -> str:
    if np.isnan(entered) or (entered > 0 and np.isnan(share)):
        return HIDDEN_NUMBER if np.isnan(entered) else f"{HIDDEN_NUMBER} of {int(entered):,}"
    return "nobody" if entered == 0 else f"{percent(share)} of {int(entered):,}"


def _finding(frame: pd.DataFrame, look: Look) -> str:
    """The reason that took most people, and at which gate."""
    frame = once_each(frame)
    told = frame[frame["reason"] != "hidden"]
    sums = told.groupby([GATE, "reason"], sort=False)["people"].sum().reset_index()
    if sums.empty or sums["people"].max() == 0:
        if (frame["people"].isna() | (frame["people"] > 0)).any():
            return "How many left at each gate is hidden in the published table"
        return "Everyone who got to a gate passed it"
    row = highest(sums, "people")
    where, why = small_at(row.gate, look.names), EXIT_WORDS[row.reason].lower()
    if frame["people"].isna().any():
        return f"At least {row.people:,.0f} leave {where}, {why}"
    return f"Most who leave do so {where}, {why}: {row.people:,.0f}"


def _told(frame: pd.DataFrame, look: Look) -> list[str]:
    frame = once_each(frame)
    sums = frame.groupby([GATE, "reason"], sort=False)["people"].sum().reset_index()
    least = "at least " if frame["people"].isna().any() else ""
    return [
        f"{EXIT_WORDS[row.reason].lower()} {small_at(row.gate, look.names)} {least}{row.people:,.0f}"
        for row in records(sums[sums["people"] > 0])
    ]


@painted
def draw_stacks(picture: StackPicture, face: Face, ax: Axes) -> Axes:
    """Draw the bars; each part has the colour the key gives it, in the same order."""
    shown = [part for part in picture.parts if np.nansum(part[2]) > 0]
    line = SMALL * LINE + 3
    words = [text_width(word, SMALL, bold=True) for row in picture.words for word in row]
    page = Page(
        face,
        ax,
        rows=picture.rows,
        heads=picture.columns,
        row_height=ROW,
        least=max([52.0, *words]),
        below=10 + len(shown) * line,
    )
    page.rules()
    length = page.column - page.gap
    shape = picture.parts[0][2].shape
    x = np.broadcast_to(np.array(page.starts), shape).copy()
    y = np.broadcast_to(np.array([[page.middle(row) - BAR + 1] for row in range(shape[0])]), shape)
    for name, color, shares in shown:
        wide = length * np.nan_to_num(shares)
        boxes = np.stack([x, y, wide, np.full(shape, BAR)], -1)[wide > 0]
        page.bars(boxes, color, edge=GREY if color == WHITE else WHITE, line=0.6, gid=f"part {name}")
        x = x + wide
    for row, column in np.ndindex(shape):
        page.text(
            page.starts[column], page.middle(row) + 9, picture.words[row][column], size=SMALL, bold=True
        )
    _key(page, [(name, color) for name, color, _ in shown], line)
    return page.ax


def _key(page: Page, parts: list[tuple[str, Any]], line: float) -> None:
    top = page.body + 10
    for name, color in parts:
        edge = GREY if color == WHITE else color
        page.bars([(page.starts[0], top + 1, SWATCH, line - 4)], color, edge=edge)
        page.text(page.starts[0] + SWATCH + 6, top + line / 2, name, size=SMALL)
        top += line
