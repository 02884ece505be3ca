"""Scores and awards, other rules, and choices: a row for each group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import GATE
from stepup_equity.findings import EligibilityRules, OffersByChoice, PredictiveValidity
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.intervals import IntervalPicture, Series, draw_intervals
from stepup_equity.presentation.charts.scale import Scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.names import capital
from stepup_equity.words.numbers import enumerated, percent, signed
from stepup_equity.words.sentences import reference_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from stepup_equity.findings.result import Result

_SHARES: Final = Scale(0.0, 1.0, (0.0, 0.5, 1.0), ("0", "50%", "100%"), is_ratio=False)
_CORRELATIONS: Final = Scale(-1.0, 1.0, (-1.0, 0.0, 1.0), ("−1", "0", "1"), is_ratio=False)


@plot.register(PredictiveValidity)
def plot_validity(result: PredictiveValidity, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """The correlation of score and award in each group, as seen and corrected."""
    grid = _grid(result, look, "gate")
    series = (
        Series("As seen, among those with both", *_three(grid, "estimate", "conf_low", "conf_high")),
        Series(
            "As it would be among all who were scored",
            *_three(grid, "corrected", "corrected_low", "corrected_high"),
            hollow=True,
        ),
    )
    what = f"Correlation of {result.score} with {result.award} in each group"
    return _drawn(result, grid, series, _CORRELATIONS, _correlations, what, ax, look)


@plot.register(EligibilityRules)
def plot_rules(result: EligibilityRules, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """The share of each group that meets each rule."""
    grid = _grid(result, look, "rule")
    series = (
        Series("Of those of whom it is known", *_three(grid, "estimate", "conf_low", "conf_high")),
        Series(
            "Should nobody, or everybody, of the others meet it",
            np.full(grid.shape, np.nan),
            grid.numbers("rate_low"),
            grid.numbers("rate_high"),
            band=True,
        ),
    )
    return _drawn(result, grid, series, _SHARES, _share, "Share of each group that meets each rule", ax, look)


@plot.register(OffersByChoice)
def plot_choices(result: OffersByChoice, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """The share of each group that was offered its first choice, its second, another, or none."""
    grid = _grid(result, look, "choice")
    series = (Series("", *_three(grid, "estimate", "conf_low", "conf_high")),)
    what = "What became of each group's choices"
    return _drawn(result, grid, series, _SHARES, _share, what, ax, look)


def _grid(result: Result, look: Look, column: str) -> Grid:
    frame = result.frame
    against = dict(zip(frame["characteristic"], frame["reference"], strict=True))
    return Grid(frame.assign(**{GATE: frame[column]}), look.names, whole_way=False, references=against)


def _three(grid: Grid, *columns: str) -> tuple[Any, Any, Any]:
    estimate, low, high = (grid.numbers(column) for column in columns)
    return estimate, low, high


def _drawn(
    result: Any,
    grid: Grid,
    series: tuple[Series, ...],
    scale: Scale,
    said: Callable[[Any], str],
    what: str,
    ax: Axes | None,
    look: Look,
) -> Axes:
    picture = IntervalPicture(
        rows=grid.rows,
        columns=grid.heads,
        series=series,
        words=grid.words(said),
        scale=scale,
        lines=(),
        flagged=np.zeros(grid.shape, bool),
    )
    title = look.title or capital(result.headline)
    told = [
        f"{group} {head}: {word}"
        for (_, group), words in zip(grid.keys, picture.words, strict=True)
        for head, word in zip(grid.heads, words, strict=True)
        if group is not None
    ]
    references = reference_words(dict(grid.references), look.names)
    face = Face(
        title,
        f"{what}, with {result.confidence:.0%} intervals. {references}",
        result.notes,
        f"{title}. {what}: {enumerated(told, 20)}.",
        look.mark,
    )
    return draw_intervals(picture, face, ax)


def _correlations(row: Any) -> str:
    seen = signed(row.estimate, 2, plus=False)
    return seen if np.isnan(row.corrected) else f"{seen}, {signed(row.corrected, 2, plus=False)}"


def _share(row: Any) -> str:
    return "–" if np.isnan(row.estimate) else percent(row.estimate)
