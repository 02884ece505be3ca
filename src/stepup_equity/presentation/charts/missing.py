"""Who did not say: the share that stated each characteristic, gate by gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC
from stepup_equity.findings import Missingness
from stepup_equity.presentation.alternatives import missing_alt
from stepup_equity.presentation.charts.bars import BarPicture, draw_bars
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import HIDDEN_NUMBER, percent
from stepup_equity.words.sentences import missing_finding

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@plot.register(Missingness)
def plot_missing(result: Missingness, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A bar for each characteristic and gate: the share of those who entered that stated it."""
    frame = result.frame
    asked = frame.assign(group=frame[CHARACTERISTIC], characteristic="")
    grid = Grid(asked, look.names, whole_way=False, references={})
    shares = grid.numbers("stated_share")
    rows = tuple(Row(look.names.characteristic(str(group))) for _, group in grid.keys)
    never = np.zeros(grid.shape, bool)
    picture = BarPicture(
        rows=rows,
        columns=grid.heads,
        shares=shares,
        words=grid.words(_share),
        people=grid.words(lambda row: f"{row.stated:,.0f}" if row.entered > 0 else ""),
        ticks=np.full(grid.shape, np.nan),
        dark=never[:, 0],
        quiet=never[:, 0],
        flagged=never,
    )
    title = look.title or missing_finding(frame, look.names)
    face = Face(
        title,
        "Share of those who entered each gate who had stated each characteristic, and how many people "
        "that is.",
        ("Bars run from 0% to 100%.", *result.notes),
        missing_alt(frame, look.names, title),
        look.mark,
    )
    return draw_bars(picture, face, ax)


def _share(row: Any) -> str:
    """The share that stated it, or why there is none."""
    if np.isnan(row.entered):
        return HIDDEN_NUMBER
    return percent(row.stated_share) if row.entered else "nobody"
