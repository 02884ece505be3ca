"""Outside comparisons drawn: each class's share or rate over the benchmark's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.findings.benchmark import BenchmarkComparison
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.intervals import IntervalPicture, Series, draw_intervals
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.scale import ratio_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import enumerated, percent, ratio
from stepup_equity.words.rows import highest_at, records

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@plot.register(BenchmarkComparison)
def plot_benchmark(result: BenchmarkComparison, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """The index of each class with its interval; 1 is the benchmark. Cautions stand under it."""
    frame = result.frame.rename(columns={"index": "over"})  # `index` is a method of named tuples
    what = "rate" if result.against.measure == "rate" else "share"
    index, low, high = (frame[[name]].to_numpy(float) for name in ("over", "index_low", "index_high"))
    words = [
        (f"{percent(row.estimate)} against {percent(row.benchmark_value)}: {ratio(row.over)}",)
        for row in records(frame)
    ]
    picture = IntervalPicture(
        rows=tuple(
            Row(f"{group} ({count:,})") for group, count in zip(frame["group"], frame["count"], strict=True)
        ),
        columns=(f"{what.capitalize()} here over {what} in the benchmark",),
        series=(Series("", index, low, high),),
        words=tuple(words),
        scale=ratio_scale(index),
        lines=((1.0, "As in the benchmark"),),
        flagged=np.zeros(index.shape, bool),
    )
    title = look.title or _finding(result)
    face = Face(
        title,
        f"Compared with {result.against.base}, {result.against.year}; "
        f"{frame['confidence'].iloc[0]:.0%} intervals.",
        (*result.notes, f"Source: {result.against.source}."),
        f"{title}. Each class's {what} over the benchmark's: "
        f"{enumerated([f'{row.group} {ratio(row.over)}' for row in records(frame)], 20)}.",
        look.mark,
    )
    return draw_intervals(picture, face, ax)


def _finding(result: BenchmarkComparison) -> str:
    """The class farthest from the benchmark among those that are evidently apart from it."""
    what = "rate" if result.against.measure == "rate" else "share"
    frame = result.frame.dropna(subset=["index"])
    evident = frame[(frame["p_adjusted"] <= 0.05) & (frame["index"] > 0)]
    if evident.empty:
        return f"No {what} is evidently apart from the benchmark's"
    row = evident.iloc[highest_at(np.abs(np.log(evident["index"].to_numpy(float))))]
    return (
        f"{row['group']}: {percent(row['estimate'])} here, {percent(row['benchmark_value'])} in the benchmark"
    )
