"""Limits of crossed groups: what the printed margins leave open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import GATE, OVERALL
from stepup_equity.findings import Reconstruction
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.intervals import IntervalPicture, Series, draw_intervals
from stepup_equity.presentation.charts.scale import Scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import enumerated, percent
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import small_at

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_SCALE = Scale(0.0, 1.0, (0.0, 0.5, 1.0), ("0", "50%", "100%"), is_ratio=False)


@plot.register(Reconstruction)
def plot_limits(result: Reconstruction, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A strip for each crossed group and gate, from the least to the greatest pass rate that fits."""
    frame = result.frame
    grid = Grid(frame, look.names, whole_way=bool((frame[GATE] == OVERALL).any()), references={})
    low, high = grid.numbers("rate_low"), grid.numbers("rate_high")
    strip = Series(
        "Pass rates that fit every printed number", np.full(low.shape, np.nan), low, high, band=True
    )
    picture = IntervalPicture(
        rows=grid.rows,
        columns=grid.heads,
        series=(strip,),
        words=grid.words(_printed),
        scale=_SCALE,
        lines=(),
        flagged=np.zeros(grid.shape, bool),
    )
    title = look.title or f"{result.headline[:1].upper()}{result.headline[1:]}"
    told = [f"{row.group} {small_at(row.gate, look.names)} {_printed(row)}" for row in records(frame)]
    face = Face(
        title,
        "Least and greatest pass rate of each crossed group, from what is printed of each characteristic.",
        result.notes,
        f"{title}. Strips from the least to the greatest pass rate: {enumerated(told, 20)}.",
        look.mark,
    )
    return draw_intervals(picture, face, ax)


def _printed(row: Any) -> str:
    if np.isnan(row.rate_low):
        return "–"
    low, high = percent(row.rate_low), percent(row.rate_high)
    return low if low == high else f"{low} to {high}"
