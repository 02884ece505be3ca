"""Who is left: each group's share of the pool, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GROUP, STAGE
from stepup_equity.findings.composition import Composition
from stepup_equity.presentation.alternatives import composition_alt
from stepup_equity.presentation.charts.bars import BarPicture, draw_bars
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid, not_stated_pairs
from stepup_equity.presentation.charts.scale import share_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import HIDDEN_NUMBER, percent
from stepup_equity.words.sentences import composition_finding

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@plot.register(Composition)
def plot_composition(result: Composition, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A bar for each group and stage, its share of those who reached it; the tick is its share at first."""
    frame = result.frame
    stages = frame.assign(gate=frame[STAGE])
    grid = Grid(stages, look.names, whole_way=False, references=look.references)
    shares = grid.numbers("estimate")
    cells = zip(frame[CHARACTERISTIC], frame[GROUP], frame[STAGE], strict=True)
    scale = share_scale(float(np.nanmax(shares, initial=0.0)))
    own = scale.share(shares)
    picture = BarPicture(
        rows=grid.rows,
        columns=tuple(look.names.stage(stage) for stage in grid.gates),
        shares=own,
        words=grid.words(_share),
        people=grid.words(lambda row: f"{row.reached:,.0f}" if row.reached == row.reached else ""),
        ticks=np.hstack([np.full((len(own), 1), np.nan), np.repeat(own[:, :1], own.shape[1] - 1, axis=1)]),
        dark=grid.reference_rows,
        quiet=grid.among(not_stated_pairs(frame)),
        flagged=grid.marked(look.flags),
    )
    flag = " ▼ stands behind a cliff edge." if any(cell in look.flags for cell in cells) else ""
    title = look.title or composition_finding(frame, look.names)
    quiet = " Not stated: share of everyone." if picture.quiet.any() else ""
    face = Face(
        title,
        f"Share of those at each stage who stated a group, and how many people that is.{quiet} The "
        "upright tick is "
        f"the group's share at the start.{flag}",
        (f"All bars run from 0% to {scale.words[-1]}.", *result.notes),
        composition_alt(frame, title),
        look.mark,
    )
    return draw_bars(picture, face, ax)


def _share(row: Any) -> str:
    """The share of a group, or why there is none."""
    if np.isnan(row.denominator):
        return HIDDEN_NUMBER if np.isnan(row.reached) else "–"
    return percent(row.estimate) if row.denominator else "nobody"
