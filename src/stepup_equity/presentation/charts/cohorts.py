"""Two cohorts side by side: how each group's ratio at each gate moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.findings.cohort_trend import CohortTrend
from stepup_equity.findings.compare_cohorts import CohortComparison
from stepup_equity.presentation.alternatives import cohorts_alt
from stepup_equity.presentation.charts.comparisons import references_of
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.scale import ratio_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.slopes import SlopePicture, draw_slopes
from stepup_equity.words.numbers import enumerated, ratio
from stepup_equity.words.sentences import cohorts_finding, reference_words, trend_finding

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@plot.register(CohortComparison)
def plot_cohorts(result: CohortComparison, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A slope for each group and gate: impact ratio of the earlier cohort, then of the later one."""
    frame = result.frame
    references = references_of(frame)
    grid = Grid(frame, look.names, whole_way=True, references=references)

    def both(end: str) -> Any:
        return np.stack([grid.numbers(f"ratio_{cohort}{end}") for cohort in ("earlier", "later")], -1)

    ratios = both("")
    picture = SlopePicture(
        rows=grid.rows,
        columns=grid.heads,
        cohorts=result.cohorts,
        ratios=ratios,
        low=both("_low"),
        high=both("_high"),
        words=grid.words(lambda row: f"{ratio(row.ratio_earlier)} → {ratio(row.ratio_later)}"),
        marks=grid.words(lambda row: ("▲ " if row.estimate > 1 else "▼ ") if row.flagged else ""),
        scale=ratio_scale(ratios),
    )
    title = look.title or cohorts_finding(frame, look.names)
    earlier, later = result.cohorts
    face = Face(
        title,
        f"Impact ratio in {earlier}, then in {later}, with {result.confidence:.0%} intervals; the "
        "dashed line is "
        f"equal rates. ▲ rose or ▼ fell: evident after adjustment. {reference_words(references, look.names)}",
        result.notes,
        cohorts_alt(frame, look.names, title),
        look.mark,
    )
    return draw_slopes(picture, face, ax)


@plot.register(CohortTrend)
def plot_cohort_trend(result: CohortTrend, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """The impact ratio of every cohort, oldest at the left, for each group and gate."""
    frame, ratios = result.frame, result.ratios
    references = references_of(frame)
    grid = Grid(frame, look.names, whole_way=True, references=references)
    each = [
        Grid(ratios[ratios["cohort"] == cohort], look.names, whole_way=True, references=references)
        for cohort in result.cohorts
    ]

    def stacked(column: str) -> Any:
        return np.stack([one.numbers(column) for one in each], -1)

    values = stacked("estimate")
    picture = SlopePicture(
        rows=grid.rows,
        columns=grid.heads,
        cohorts=result.cohorts,
        ratios=values,
        low=stacked("conf_low"),
        high=stacked("conf_high"),
        words=grid.words(
            lambda row: "" if row.trend == "not computable" else f"{ratio(row.change)} a {row.step}"
        ),
        marks=grid.words(lambda row: {"rises": "▲ ", "falls": "▼ "}.get(row.trend, "")),
        scale=ratio_scale(values),
    )
    title = look.title or trend_finding(frame, result.cohorts, look.names)
    face = Face(
        title,
        f"Impact ratio in each cohort, {enumerated(result.cohorts, 8)}, with {result.confidence:.0%} "
        "intervals; "
        "the dashed line is equal rates. Under each the factor by which it changes with every "
        f"{result.step}; ▲ rises or ▼ falls: evident after adjustment. "
        f"{reference_words(references, look.names)}",
        result.notes,
        f"{title}. Impact ratios by cohort, groups by gates. The table beside the chart holds every number.",
        look.mark,
    )
    return draw_slopes(picture, face, ax)
