"""Places wanted and filled, one bar for each partnership."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.findings import Places
from stepup_equity.presentation.charts.bars import BarPicture, draw_bars
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import enumerated
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_ALL = "All"


@plot.register(Places)
def plot_places(result: Places, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Bars of one scale: places filled, the target as a tick, and who passed without a place."""
    frame = result.frame
    frame = frame[frame[result.stratum] != _ALL].rename(columns={result.stratum: "label"})
    numbers = frame[["filled", "no_place"]].to_numpy(float)
    targets = frame["target"].to_numpy(float)
    most = max(np.nanmax(np.concatenate([numbers.ravel(), targets, [1.0]])), 1.0)
    never = np.zeros(numbers.shape, bool)
    picture = BarPicture(
        rows=tuple(Row(str(label)) for label in frame["label"]),
        columns=("Places filled", "Passed without a place"),
        shares=numbers / most,
        words=tuple((_filled(row), f"{int(row.no_place):,}") for row in records(frame)),
        people=tuple(("", "") for _ in range(len(frame))),
        ticks=np.stack([targets / most, np.full(len(targets), np.nan)], -1),
        dark=never[:, 0],
        quiet=never[:, 0],
        flagged=never,
    )
    title = look.title or f"{result.headline[:1].upper()}{result.headline[1:]}"
    tick = " The upright tick is the number of places wanted." if np.isfinite(targets).any() else ""
    face = Face(
        title,
        f"People by {look.names.characteristic(result.stratum).lower()}; all bars have one scale.{tick}",
        result.notes,
        f"{title}. {enumerated([f'{row.label} {_filled(row)}' for row in records(frame)], 40)}.",
        look.mark,
    )
    return draw_bars(picture, face, ax)


def _filled(row: Any) -> str:
    return f"{int(row.filled):,}" if np.isnan(row.target) else f"{int(row.filled):,} of {int(row.target):,}"
