"""Where the gap opens: the whole gap of each group, step by step over the gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import GATE, OVERALL
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.gap_decomposition import GapDecomposition
from stepup_equity.presentation.alternatives import gap_alt
from stepup_equity.presentation.charts.comparisons import references_of
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.scale import ratio_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.steps import StepPicture, draw_steps
from stepup_equity.words.numbers import HIDDEN_NUMBER, people_lost, ratio
from stepup_equity.words.sentences import gap_finding, reference_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from numpy.typing import NDArray


@plot.register(GapDecomposition)
def plot_gap(result: GapDecomposition, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A waterfall for each group: where it stands behind each gate, as a ratio to the reference."""
    frame = result.frame
    names = look.names.of_gaps(frame["status"])
    grid = Grid(frame, names, whole_way=True, references=references_of(frame))
    ratios = _ratios(frame, grid)
    steps = ratios[:, :-1]
    after: Any = np.cumprod(steps, axis=1)
    before = np.hstack([np.where(np.isnan(steps[:, :1]), np.nan, 1.0), after[:, :-1]])
    low, high = grid.numbers("ratio_low")[:, -1], grid.numbers("ratio_high")[:, -1]
    picture = StepPicture(
        rows=grid.rows,
        columns=grid.heads,
        before=before,
        after=after,
        total=ratios[:, -1],
        low=low,
        high=high,
        words=grid.words(_step_words),
        people=grid.words(lambda row: people_lost(row.people_lost) if row.denominator else ""),
        abrupt=grid.marked(look.flags)[:, :-1],
        scale=ratio_scale(np.concatenate([after.ravel(), ratios[:, -1]])),
    )
    title = look.title or gap_finding(frame, names)
    flag = " ▼ marks a cliff edge." if picture.abrupt.any() else ""
    face = Face(
        title,
        "Each bar runs from where a group stood before a gate to where it stands behind it, as a ratio "
        "to the reference. Under it: the gate's own ratio, and people more or fewer than at the reference's "
        f"rate.{flag}",
        (
            (
                f"{reference_words(references_of(frame), names)} Ratios of the gates multiply to that of "
                f"{names.gate_in_words(OVERALL)}, shown with its {result.confidence:.0%} interval (Wald, on "
                f"the log scale).{names.apart}"
            ),
            *result.notes,
        ),
        gap_alt(frame, names, title),
        look.mark,
    )
    return draw_steps(picture, face, ax)


def _step_words(row: Any) -> str:
    if np.isnan(row.denominator) or np.isnan(row.reference_denominator):
        return HIDDEN_NUMBER
    if not row.denominator:
        return "nobody"
    own = _ratio_of(row.passed, row.denominator, row.reference_passed, row.reference_denominator, row.ratio)
    return "–" if np.isnan(own) else f"×{ratio(own)}"


def _ratio_of(passed: float, n: float, ref_passed: float, ref_n: float, ratio: float) -> float:
    """The ratio as computed; 0 where nobody passed and the reference did, which a log cannot say."""
    if np.isnan(ratio) and n > 0 and passed == 0 and ref_n > 0 and ref_passed > 0:
        return 0.0
    return ratio


def _ratios(frame: pd.DataFrame, grid: Grid) -> NDArray[np.float64]:
    five = [
        grid.numbers(name)
        for name in ("passed", "denominator", "reference_passed", "reference_denominator", "ratio")
    ]
    if OVERALL not in set(frame[GATE]):
        raise ArgumentError(
            "There is no gap to draw: fewer than two groups stated the characteristic. "
            "Leave it out of by=, or give a table with two groups or more."
        )
    with np.errstate(invalid="ignore"):
        ratios: NDArray[np.float64] = np.vectorize(_ratio_of, otypes=[float])(*five)
    return ratios
