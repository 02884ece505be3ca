"""What could have been seen: the gaps that each comparison would likely have missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import GATE, OVERALL
from stepup_equity.findings.detectable_gaps import DetectableGaps
from stepup_equity.presentation.alternatives import detectable_alt
from stepup_equity.presentation.charts.comparisons import references_of
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.intervals import IntervalPicture, Series, draw_intervals
from stepup_equity.presentation.charts.scale import Scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import ratio
from stepup_equity.words.sentences import detectable_finding, reference_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_SCALE = Scale(0.0, 1.0, (0.0, 0.5, 1.0), ("0", "0.5", "1"), is_ratio=False)


@plot.register(DetectableGaps)
def plot_detectable(result: DetectableGaps, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A strip for each group and gate, from the smallest detectable gap to parity: what could hide there."""
    frame = result.frame
    grid = Grid(
        frame, look.names, whole_way=bool((frame[GATE] == OVERALL).any()), references=references_of(frame)
    )
    smallest, power = grid.numbers("detectable_ratio"), grid.numbers("power")
    low = np.where(np.isnan(smallest) & ~np.isnan(power), 0.0, smallest)
    nothing = np.full(low.shape, np.nan)
    hidden = Series(
        f"Ratios that would stay unseen more than {1 - result.rule.power:.0%} of the time",
        nothing,
        low,
        np.where(np.isnan(low), np.nan, 1.0),
        band=True,
    )
    picture = IntervalPicture(
        rows=grid.rows,
        columns=grid.heads,
        series=(hidden,),
        words=grid.words(
            lambda row: (
                ratio(row.detectable_ratio)
                if not np.isnan(row.detectable_ratio)
                else ("any ratio" if not np.isnan(row.power) else "–")
            )
        ),
        scale=_SCALE,
        lines=((1.0, "Equal rates"), (result.rule.power_at, f"A ratio of {result.rule.power_at:g}")),
        flagged=np.zeros(grid.shape, bool),
    )
    title = look.title or detectable_finding(frame, result.rule.power, result.rule.power_at)
    face = Face(
        title,
        f"The smallest gap each comparison would show with {result.rule.power:.0%} power, taken alone, "
        "as an impact "
        f"ratio. Anything hatched could be there unseen. {reference_words(references_of(frame), look.names)}",
        result.notes,
        detectable_alt(frame, look.names, title),
        look.mark,
    )
    return draw_intervals(picture, face, ax)
