"""Trends along ordered groups, and gaps with a stratum held equal, as forests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP, OVERALL, REFERENCE
from stepup_equity.errors import ArgumentError
from stepup_equity.findings import StratifiedTests, TrendTests
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.intervals import IntervalPicture, Series, draw_intervals
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.scale import difference_scale, ratio_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.names import within
from stepup_equity.words.numbers import enumerated, ratio, rounded, signed
from stepup_equity.words.rows import highest, records
from stepup_equity.words.sentences import small_at

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


@plot.register(TrendTests)
def plot_trends(result: TrendTests, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """The rise or fall of the pass rate from one group to the next, with its interval."""
    frame = result.frame
    if frame.empty:
        raise ArgumentError("There is no trend to draw: no characteristic asked about has an order.")
    ordered = frame.assign(group=frame[CHARACTERISTIC], characteristic="")
    grid = Grid(ordered, look.names, whole_way=True, references={})
    ends = frame[["estimate", "conf_low", "conf_high"]].to_numpy(float)
    picture = IntervalPicture(
        rows=tuple(Row(look.names.characteristic(str(name))) for _, name in grid.keys),
        columns=grid.heads,
        series=(_series("", grid, "estimate", "conf_low", "conf_high"),),
        words=grid.words(lambda row: _points(row.estimate)),
        scale=difference_scale(ends),
        lines=((0.0, "No trend"),),
        flagged=np.zeros(grid.shape, bool),
    )
    title = look.title or _trend_finding(frame, look)
    told = [
        f"{look.names.characteristic(row.characteristic)} {small_at(row.gate, look.names)} "
        f"{_points(row.estimate)}"
        for row in records(frame)
    ]
    face = Face(
        title,
        f"Change of the pass rate from one group to the next in their order, in percentage points, with "
        f"{frame['confidence'].iloc[0]:.0%} intervals.",
        result.notes,
        f"{title}. Points a step: {enumerated(told, 30)}.",
        look.mark,
    )
    return draw_intervals(picture, face, ax)


def _series(name: str, grid: Grid, estimate: str, low: str, high: str) -> Series:
    return Series(name, grid.numbers(estimate), grid.numbers(low), grid.numbers(high))


def _points(share: float) -> str:
    """Percentage points with a sign."""
    return signed(100 * share)


def _trend_finding(frame: pd.DataFrame, look: Look) -> str:
    """The steepest evident trend at a gate, or that there is none."""
    gates = frame[(frame[GATE] != OVERALL) & (frame["p_adjusted"] <= 0.05)]
    if gates.empty:
        return "At no gate does the pass rate evidently rise or fall along the groups (adjusted p above 0.05)"
    row = highest(gates.assign(size=gates["estimate"].abs()), "size")
    way = "rises" if row.estimate > 0 else "falls"
    label = within(look.names.characteristic(row.characteristic))
    points = rounded(abs(100 * row.estimate), 1)
    return (
        f"{look.names.at(row.gate)} the pass rate {way} by {points} percentage points "
        f"from one group by {label} to the next"
    )


@plot.register(StratifiedTests)
def plot_stratified(result: StratifiedTests, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Impact ratios with a stratum held equal, beside those without."""
    frame = result.frame
    others = frame[frame[GROUP] != frame[REFERENCE]]
    frame = others if len(others) else frame
    name = [
        f"{look.names.characteristic(str(row.characteristic))}, {look.names.other(row.stratum)} held equal"
        for row in records(frame)
    ]
    headed = frame.assign(characteristic=name)
    grid = Grid(headed, look.names, whole_way=bool((frame[GATE] == OVERALL).any()), references={})
    stratum = look.names.other(result.strata[0]) if len(result.strata) == 1 else "the stratum"
    series = (
        _series(f"With {stratum} held equal", grid, "estimate", "conf_low", "conf_high"),
        replace(_series("Without", grid, "pooled_estimate", "pooled_low", "pooled_high"), hollow=True),
    )
    picture = IntervalPicture(
        rows=grid.rows,
        columns=grid.heads,
        series=series,
        words=grid.words(lambda row: ratio(row.estimate)),
        scale=ratio_scale(headed[["estimate", "pooled_estimate"]].to_numpy(float)),
        lines=((1.0, "Equal rates"), (0.8, "Four-fifths of the reference's rate")),
        flagged=np.zeros(grid.shape, bool),
    )
    title = look.title or _stratified_finding(frame, look, stratum)
    face = Face(
        title,
        f"Pass rate of each group divided by the reference's, with {stratum} held equal (Mantel-Haenszel), "
        f"and without; {frame['confidence'].iloc[0]:.0%} intervals. Under each: with {stratum} held equal.",
        (*_references(frame), *result.notes),
        f"{title}. {enumerated([_told(row, look) for row in records(frame)], 20)}.",
        look.mark,
    )
    return draw_intervals(picture, face, ax)


def _references(frame: pd.DataFrame) -> tuple[str, ...]:
    named = dict.fromkeys(zip(frame[CHARACTERISTIC], frame[REFERENCE], strict=True))
    return (f"Reference: {enumerated([group for _, group in named], 10)}.",)


def _told(row: Any, look: Look) -> str:
    place = f"{row.group} {small_at(row.gate, look.names)}"
    return f"{place} {ratio(row.estimate)}, without {ratio(row.pooled_estimate)}"


def _stratified_finding(frame: pd.DataFrame, look: Look, stratum: str) -> str:
    """Where the two ratios disagree, else that they agree."""
    told = frame[frame["reading"] != ""].dropna(subset=["estimate", "pooled_estimate"])
    told = told[(told["estimate"] > 0) & (told["pooled_estimate"] > 0)]
    if told.empty:
        return f"With {stratum} held equal, no gap moves by a tenth or more"
    moved = np.abs(np.log(told["estimate"].to_numpy(float) / told["pooled_estimate"].to_numpy(float)))
    row = highest(told.assign(moved=moved), "moved")
    return (
        f"{look.names.at(row.gate)} the ratio of {row.group} is {ratio(row.estimate)} with {stratum} held "
        f"equal, and {ratio(row.pooled_estimate)} without"
    )
