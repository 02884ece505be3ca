"""Pass rates as dumbbells: each group's beside its reference's, the widest gaps first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP, OVERALL
from stepup_equity.findings import SelectionRates
from stepup_equity.presentation.alternatives import rates_alt
from stepup_equity.presentation.charts.drawing import BARE, Look, alternative
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.page import LINE, Page, Row
from stepup_equity.presentation.charts.scale import share_scale
from stepup_equity.presentation.charts.sketches import Face, painted
from stepup_equity.presentation.charts.style import BLUE, GREY, ORANGE, PINK, SMALL
from stepup_equity.words.numbers import HIDDEN_NUMBER, percent
from stepup_equity.words.sentences import reference_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


ROW: Final = 30.0
DOT: Final = 7.0


@dataclass(frozen=True, eq=False)
class DumbbellPicture:
    """Two rates in each cell.

    Attributes
    ----------
    rows : tuple of Row
    columns : tuple of str
    own, other : ndarray, shape (n_rows, n_columns)
        The group's rate and its reference's; NaN where there is none.
    words : tuple of tuple of str
    flagged : ndarray of bool, shape (n_rows, n_columns)
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    own: NDArray[np.float64]
    other: NDArray[np.float64]
    words: tuple[tuple[str, ...], ...]
    flagged: NDArray[np.bool_]


@alternative("dumbbell", SelectionRates)
def plot_dumbbells(result: SelectionRates, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A dot for each group's rate joined to its reference's; groups with the lowest whole way first."""
    frame = _sorted(result.frame)
    grid = Grid(frame, look.names, whole_way=True, references=look.references)
    own = grid.numbers("estimate")
    picture = DumbbellPicture(
        rows=grid.rows,
        columns=grid.heads,
        own=own,
        other=_others(grid, own),
        words=grid.words(_rate),
        flagged=grid.marked(look.flags),
    )
    title = look.title or _finding(frame, look)
    named = {name: group for name, group in look.references.items() if name in grid.characteristics}
    against = f" Open square: the reference's. {reference_words(named, look.names)}" if named else ""
    flag = " ▼ marks a cliff edge." if picture.flagged.any() else ""
    face = Face(
        title,
        "Pass rate of each group at each gate, on a scale from 0% to 100%; lowest over the whole way first."
        f"{against}{flag}",
        result.notes,
        rates_alt(frame, look.names, title),
        look.mark,
    )
    return draw_dumbbells(picture, face, ax)


def _rate(row: Any) -> str:
    """A rate, or why there is none."""
    if np.isnan(row.denominator):
        return HIDDEN_NUMBER
    return percent(row.estimate) if row.denominator else "nobody"


def _sorted(frame: pd.DataFrame) -> pd.DataFrame:
    """Within each characteristic groups by their rate over the whole way, *Not stated* and nobody last."""
    whole = frame[frame[GATE] == OVERALL]
    pairs = zip(whole[CHARACTERISTIC], whole[GROUP], strict=True)
    rank = {
        pair: (not stated, np.isnan(rate), rate, pair[1])
        for pair, stated, rate in zip(pairs, whole["stated"], whole["estimate"], strict=True)
    }
    place = {name: k for k, name in enumerate(dict.fromkeys(frame[CHARACTERISTIC]))}
    keys = [(place[pair[0]], *rank[pair]) for pair in zip(frame[CHARACTERISTIC], frame[GROUP], strict=True)]
    return frame.iloc[sorted(range(len(keys)), key=keys.__getitem__)]


def _finding(frame: pd.DataFrame, look: Look) -> str:
    whole = frame[(frame[GATE] == OVERALL) & frame["stated"].astype(bool)].dropna(subset=["estimate"])
    first = whole[whole[CHARACTERISTIC] == frame[CHARACTERISTIC].iloc[0]]
    if first.empty:
        return "No rate over the whole way can be computed"
    low, high = first.iloc[0], first.iloc[-1]
    label = look.names.characteristic(str(low[CHARACTERISTIC]))
    rates = percent(low["estimate"]), percent(high["estimate"])
    if rates[0] == rates[1]:
        return f"{label}: over the whole way {rates[0]}{' in every group' if len(first) > 1 else ''}"
    return f"{label}: over the whole way from {rates[0]} ({low[GROUP]}) to {rates[1]} ({high[GROUP]})"


def _others(grid: Grid, own: NDArray[np.float64]) -> NDArray[np.float64]:
    """The reference's rates in the rows of the groups compared with it."""
    others = np.full(own.shape, np.nan)
    for name in grid.characteristics:
        mine = np.array([row == name and group is not None for row, group in grid.keys])
        reference = mine & grid.reference_rows
        if reference.any():
            others[mine & ~reference] = own[reference][0]
    return others


@painted
def draw_dumbbells(picture: DumbbellPicture, face: Face, ax: Axes) -> Axes:
    """Draw the dots: filled for the group, open for the reference, a line from one to the other."""
    page = Page(
        face,
        ax,
        rows=picture.rows,
        heads=picture.columns,
        row_height=ROW,
        gap=14,
        least=52.0,
        below=SMALL * LINE + 8,
    )
    page.rules()
    scale, length = share_scale(), page.column - page.gap
    shape = picture.own.shape
    x = np.broadcast_to(np.array(page.starts), shape)
    y = np.broadcast_to(np.array([[page.middle(row) - 6.0] for row in range(shape[0])]), shape)
    own, other = (x + length * scale.share(rates) for rates in (picture.own, picture.other))
    colors = np.where(picture.flagged, PINK, BLUE)
    known = ~np.isnan(own)
    both = known & ~np.isnan(other)
    cells = list(zip(*np.nonzero(both), strict=True))
    page.strokes(
        [[(x[c], y[c]), (x[c] + length, y[c])] for c in zip(*np.nonzero(known), strict=True)], GREY, width=0.5
    )
    page.strokes(
        [[(own[c], y[c]), (other[c], y[c])] for c in cells], colors[both].tolist(), width=2.0, gid="gap"
    )
    page.bars(_squares(other, y)[both], "white", edge=ORANGE, line=1.4, gid="reference")
    page.bars(_squares(own, y)[known], colors[known].tolist(), gid="rate")
    for row, column in np.ndindex(shape):
        words = picture.words[row][column]
        hot = bool(picture.flagged[row, column])
        page.text(
            page.starts[column] + length / 2,
            page.tops[row + 1] - 8,
            f"▼ {words}" if hot else words,
            size=SMALL,
            bold=hot,
            ha="center",
        )
    page.ticks(scale, length)
    return page.ax


def _squares(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    side = np.full(x.shape, DOT)
    return np.stack([x - DOT / 2, y - DOT / 2, side, side], -1)
