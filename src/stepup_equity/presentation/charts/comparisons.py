"""Comparisons with a reference drawn as forest plots: ratios, differences, odds, crude and adjusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP, OVERALL, REFERENCE
from stepup_equity.findings import ImpactRatios, OddsRatios, RateDifferences
from stepup_equity.presentation.alternatives import comparisons_alt
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.intervals import IntervalPicture, Series, draw_intervals
from stepup_equity.presentation.charts.scale import Scale, difference_scale, ratio_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import difference, ratio
from stepup_equity.words.sentences import comparisons_finding, reference_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


_FOUR_FIFTHS = (0.8, "Four-fifths of the reference's rate")


@plot.register(ImpactRatios)
def plot_ratios(result: ImpactRatios, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Impact ratio of each group at each gate, with its interval, on a scale of ratios."""
    return _forest(
        result,
        "ratio",
        "pass rate divided by the reference's",
        ((1.0, "Equal rates"), _FOUR_FIFTHS),
        ax,
        look,
    )


@plot.register(OddsRatios)
def plot_odds(result: OddsRatios, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Odds ratio of each group at each gate, with its interval, on a scale of ratios."""
    return _forest(
        result, "odds", "odds of passing divided by the reference's", ((1.0, "Equal odds"),), ax, look
    )


@plot.register(RateDifferences)
def plot_differences(result: RateDifferences, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Difference of pass rates in percentage points, with its interval."""
    words = "pass rate minus the reference's, in percentage points"
    return _forest(result, "difference", words, ((0.0, "Equal rates"),), ax, look)


def _forest(
    result: ImpactRatios | OddsRatios | RateDifferences,
    kind: str,
    words: str,
    lines: tuple[tuple[float, str], ...],
    ax: Axes | None,
    look: Look,
) -> Axes:
    frame = _without_references(result.frame)
    is_difference = kind == "difference"
    make = difference if is_difference else ratio
    ends = np.concatenate([frame[name].to_numpy(float) for name in ("estimate", "conf_low", "conf_high")])
    scale = difference_scale(ends) if is_difference else ratio_scale(frame["estimate"])
    title = look.title or comparisons_finding(frame, look.names, kind)
    face = Face(
        title,
        f"Each group's {words}, with {result.confidence:.0%} intervals. "
        f"{reference_words(references_of(frame), look.names)}",
        result.notes,
        comparisons_alt(frame, look.names, title, make),
        look.mark,
    )
    return draw_comparisons(frame, face, look, scale=scale, lines=lines, make=make, ax=ax)


def plot_adjusted(
    crude: pd.DataFrame, beside: pd.DataFrame, face: Face, look: Look = BARE, ax: Axes | None = None
) -> Axes:
    """Three ratios one below the other: of everyone, of whom a model could use, and adjusted.

    Parameters
    ----------
    crude : DataFrame
        ``characteristic, group, reference, gate, estimate, conf_low, conf_high``, of everyone; rows without
        an adjusted ratio keep their crude one.
    beside : DataFrame
        That of `CrudeBesideAdjusted`.
    face, look, ax
        The words, names and flags, the axes.
    """
    keys = [CHARACTERISTIC, GROUP, GATE]
    used = ("crude_ratio_used", "crude_low_used", "crude_high_used")
    adjusted = ("adjusted_ratio", "adjusted_low", "adjusted_high")
    both = _without_references(crude).merge(beside[[*keys, *used, *adjusted]], on=keys, how="left")
    series = (
        _Columns("As counted, everyone", "estimate", "conf_low", "conf_high"),
        _Columns("As counted, the people the model could use", *used, upright=True),
        _Columns("These, with the other characteristics held equal", *adjusted, hollow=True),
    )
    scale = ratio_scale(both[["estimate", used[0], adjusted[0]]].to_numpy(float))
    lines = ((1.0, "Equal rates"), _FOUR_FIFTHS)
    return draw_comparisons(both, face, look, series=series, scale=scale, lines=lines, make=ratio, ax=ax)


class _Columns:
    """Which columns of a frame make a series."""

    def __init__(
        self, name: str, estimate: str, low: str, high: str, *, hollow: bool = False, upright: bool = False
    ) -> None:
        self.name, self.estimate, self.low, self.high = name, estimate, low, high
        self.hollow, self.upright = hollow, upright

    def of(self, grid: Grid) -> Series:
        estimate, low, high = (grid.numbers(column) for column in (self.estimate, self.low, self.high))
        return Series(self.name, estimate, low, high, hollow=self.hollow, upright=self.upright)


def draw_comparisons(
    frame: pd.DataFrame,
    face: Face,
    look: Look,
    *,
    series: tuple[_Columns, ...] = (_Columns("", "estimate", "conf_low", "conf_high"),),
    scale: Scale,
    lines: tuple[tuple[float, str], ...],
    make: Any,
    ax: Axes | None = None,
) -> Axes:
    """Draw estimates with intervals of a tidy frame; under each stands the first series' number."""
    grid = Grid(
        frame, look.names, whole_way=bool((frame[GATE] == OVERALL).any()), references=references_of(frame)
    )
    picture = IntervalPicture(
        rows=grid.rows,
        columns=grid.heads,
        series=tuple(columns.of(grid) for columns in series),
        words=grid.words(lambda row: make(row.estimate)),
        scale=scale,
        lines=lines,
        flagged=grid.marked(look.flags),
    )
    return draw_intervals(picture, face, ax)


def references_of(frame: pd.DataFrame) -> dict[str, str]:
    """Reference of each characteristic of a frame of comparisons; none where it changes from gate to gate."""
    pairs = frame[[CHARACTERISTIC, REFERENCE]].drop_duplicates()
    single = ~pairs[CHARACTERISTIC].duplicated(keep=False)
    return dict(pairs[single].itertuples(index=False, name=None))


def _without_references(frame: pd.DataFrame) -> pd.DataFrame:
    """Without the groups that are the reference at every gate; their ratio is 1 by definition."""
    against = references_of(frame)
    itself = [
        against.get(name) == group for name, group in zip(frame[CHARACTERISTIC], frame[GROUP], strict=True)
    ]
    kept = frame[~np.array(itself, bool)]
    return kept if len(kept) else frame
