"""Selection rates drawn: the funnel by group, and the curves of progression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP, OVERALL
from stepup_equity.findings import SelectionRates
from stepup_equity.presentation.alternatives import curves_alt, rates_alt
from stepup_equity.presentation.charts.bars import BarPicture, draw_bars
from stepup_equity.presentation.charts.curves import CurvePicture, draw_curves
from stepup_equity.presentation.charts.drawing import BARE, Look, alternative
from stepup_equity.presentation.charts.grid import Grid, not_stated_pairs
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.names import people_of, whom, within
from stepup_equity.words.numbers import HIDDEN_NUMBER, enumerated, people_number, percent
from stepup_equity.words.sentences import curves_finding, most_leave, stated_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


@alternative("rates", SelectionRates)
def plot_rates(result: SelectionRates, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A bar for each group and gate: the share that passed."""
    frame = result.frame
    stated = stated_share(frame, look.names)
    return draw_rates(rates_as_printed(frame), look, (stated, *result.notes) if stated else result.notes, ax)


def rates_as_printed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame of selection rates with its numbers as printed."""
    anybody, hidden = frame["denominator"] > 0, frame["denominator"].isna()
    words = [percent(rate) for rate in frame["estimate"]]
    return frame.assign(
        word=np.select([anybody, hidden], [np.array(words, object), HIDDEN_NUMBER], "nobody"),
        people_word=np.where(anybody, [people_number(n) for n in frame["passed"]], ""),
        start_word=[people_number(n) for n in frame["entered"]],
    )


def draw_rates(
    frame: pd.DataFrame, look: Look, notes: Sequence[str], ax: Axes | None = None, symbols: str = ""
) -> Axes:
    """Draw the funnel of pass rates that are printed, of counts or of a release.

    Parameters
    ----------
    frame : DataFrame
        As for `draw_funnel`.
    look, notes, ax
        Names, references, flags and title; sentences below; the axes.
    symbols : str
        What the shorthand among the words means.
    """
    known = {"denominator", "passed"} <= set(frame.columns) and frame["denominator"].notna().all()
    title = look.title or (most_leave(frame, look.names) if known else _of_what(frame, look))
    face = Face(
        title,
        f"{funnel_words(frame, look)}{symbols}",
        ("Bars run from 0% to 100%.", *notes),
        rates_alt(frame, look.names, title),
        look.mark,
    )
    return draw_funnel(frame, look, face, ax)


def _of_what(frame: pd.DataFrame, look: Look) -> str:
    asked = dict.fromkeys(frame[CHARACTERISTIC])
    return f"Pass rates by {enumerated(within(look.names.characteristic(name)) for name in asked)}"


def funnel_words(frame: pd.DataFrame, look: Look) -> str:
    """What a funnel shows, and what its marks mean."""
    against = _compared_with(frame, look)
    tick = f" The upright tick is the rate of {against}."
    cells = zip(frame[CHARACTERISTIC], frame[GROUP], frame[GATE], strict=True)
    flag = " ▼ marks a cliff edge." if any(cell in look.flags for cell in cells) else ""
    return f"Share of those who entered each gate who passed it, and how many people passed.{tick}{flag}"


def draw_funnel(frame: pd.DataFrame, look: Look, face: Face, ax: Axes | None = None) -> Axes:
    """Draw the funnel of a tidy frame that says how each number is printed.

    Parameters
    ----------
    frame : DataFrame
        ``characteristic, group, stated, gate, estimate``, and as printed ``word``, ``people_word`` and
        ``start_word``; an estimate that may not be shown is NaN.
    look, face, ax
        Names, references and flags; the words; the axes.
    """
    grid = Grid(frame, look.names, whole_way=False, references=look.references)
    first = frame[frame[GATE] == grid.gates[0]]
    starts = dict(
        zip(zip(first[CHARACTERISTIC], first[GROUP], strict=True), first["start_word"], strict=True)
    )
    rates = grid.numbers("estimate")
    picture = BarPicture(
        rows=grid.rows,
        columns=grid.heads,
        shares=rates,
        words=grid.words(lambda row: str(row.word)),
        people=grid.words(lambda row: str(row.people_word)),
        ticks=_ticks(grid, rates),
        dark=grid.reference_rows,
        quiet=grid.among(not_stated_pairs(frame)),
        flagged=grid.marked(look.flags),
        lead=tuple(starts.get(key, "") for key in grid.keys),
        lead_name=look.names.start,
    )
    return draw_bars(picture, face, ax)


def _compared_with(frame: pd.DataFrame, look: Look) -> str:
    """Whose rate the ticks are."""
    names = list(dict.fromkeys(frame[CHARACTERISTIC]))
    if all(name in look.references for name in names):
        if len(names) > 1:
            return "the reference"
        people = people_of(whom(look.references[names[0]]), look.names.characteristic(names[0]))
        return f"{people}, the reference"
    return "all applicants together"


def _ticks(grid: Grid, rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rate each bar is compared with: the reference's, or everyone's where there is none."""
    ticks = np.full(rates.shape, np.nan)
    for name in grid.characteristics:
        mine = np.array([row == name and group is not None for row, group in grid.keys])
        reference = mine & grid.reference_rows
        if reference.any():
            ticks[mine & ~reference] = rates[reference][0]
        elif name not in grid.references and {"denominator", "passed"} <= set(grid.frame.columns):
            passed, n = grid.numbers("passed")[mine].sum(0), grid.numbers("denominator")[mine].sum(0)
            ticks[mine] = np.divide(passed, n, out=np.full(len(n), np.nan), where=n > 0)
    return ticks


@alternative("curves", SelectionRates)
def plot_curves(result: SelectionRates, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Draw the share of each group still there at every stage, one panel a group, with intervals.

    Of several characteristics the groups follow one another. Arguments are those of `plot`.
    """
    frame = result.frame
    frame = frame[frame[GATE] != OVERALL]
    grid = Grid(frame, look.names, whole_way=False, references=look.references)
    groups = [row for row, key in enumerate(grid.keys) if key[1] is not None]
    entered = grid.numbers("entered")[groups, 0]
    ones = np.where(entered > 0, 1.0, np.nan)[:, None]
    shares, low, high = (
        np.hstack([ones, grid.numbers(name)[groups]])
        for name in ("cumulative", "cumulative_low", "cumulative_high")
    )
    reference = [k for k, row in enumerate(groups) if grid.reference_rows[row]]
    several = len(grid.characteristics) > 1
    labels = [grid.keys[row] for row in groups]
    picture = CurvePicture(
        groups=tuple(
            f"{look.names.characteristic(name)}: {group}"
            if several
            else f"{group} (n\u00a0=\u00a0{people_number(n)})"
            for (name, group), n in zip(labels, entered, strict=True)
        ),
        stages=(look.names.start, *(look.names.stage(gate) for gate in grid.gates)),
        shares=shares,
        low=low,
        high=high,
        reference=reference[0] if reference and not several else None,
        ends=tuple(percent(share) for share in shares[:, -1]),
    )
    title = look.title or curves_finding(frame, look.names, look.references)
    line = ""
    if picture.reference is not None:
        line = (
            " Dashed: "
            f"{people_of(str(labels[picture.reference][1]), look.names.characteristic(labels[0][0]))}."
        )
    face = Face(
        title,
        f"Share of each group's applicants who reached each stage, with {result.confidence:.0%} Wilson "
        f"intervals.{line}",
        (stated_share(frame, look.names), *result.notes),
        curves_alt(frame, title),
        look.mark,
    )
    return draw_curves(picture, face, ax)
