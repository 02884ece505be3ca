"""Models drawn as forest plots: odds ratios with everything else held equal, crude beside adjusted ratios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.findings.models.crude_beside_adjusted import CrudeBesideAdjusted
from stepup_equity.findings.models.progression_model import ProgressionModel
from stepup_equity.presentation.alternatives import comparisons_alt
from stepup_equity.presentation.charts.comparisons import draw_comparisons, plot_adjusted, references_of
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.scale import ratio_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import ratio
from stepup_equity.words.sentences import comparisons_finding, reference_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@plot.register(ProgressionModel)
def plot_model(result: ProgressionModel, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Odds ratio of each group at each gate, other terms held equal; interactions stay in the frame."""
    frame = result.frame
    frame = frame[(frame["reference"] != "") & ~frame["term"].str.contains(":", regex=False)]
    frame = frame[frame["group"] != frame["reference"]].drop(columns=["estimate", "conf_low", "conf_high"])
    frame = frame.rename(
        columns={"odds_ratio": "estimate", "odds_ratio_low": "conf_low", "odds_ratio_high": "conf_high"}
    )
    title = look.title or comparisons_finding(frame, look.names, "odds")
    interact = any(len(term.factors) > 1 for term in result.whole.formula.terms)
    where = " Where terms interact, odds are within the reference of the other term." if interact else ""
    face = Face(
        title,
        f"Odds of passing divided by the reference's, the terms of {result.formula} held equal, with "
        f"{result.confidence:.0%} intervals.{where} {reference_words(references_of(frame), look.names)}",
        result.notes,
        comparisons_alt(frame, look.names, title, ratio),
        look.mark,
    )
    return draw_comparisons(
        frame,
        face,
        look,
        scale=ratio_scale(frame["estimate"]),
        lines=((1.0, "Equal odds"),),
        make=ratio,
        ax=ax,
    )


@plot.register(CrudeBesideAdjusted)
def plot_crude_beside_adjusted(
    result: CrudeBesideAdjusted, ax: Axes | None = None, look: Look = BARE
) -> Axes:
    """Impact ratio of each group at each gate of everyone, of whom the model could use, and adjusted."""
    frame = result.frame
    keys = ["characteristic", "group", "reference", "gate", "entered", "passed", "status"]
    crude = frame[keys].assign(
        estimate=frame["crude_ratio"], conf_low=frame["crude_low"], conf_high=frame["crude_high"]
    )
    told = frame.assign(
        estimate=frame["adjusted_ratio"], conf_low=frame["adjusted_low"], conf_high=frame["adjusted_high"]
    )
    title = look.title or f"{result.headline[:1].upper()}{result.headline[1:]}"
    face = Face(
        title,
        f"Pass rate divided by the reference's, with {result.confidence:.0%} intervals. Under each: as "
        f"counted, of everyone. {reference_words(references_of(frame), look.names)}",
        result.notes,
        comparisons_alt(told, look.names, title, ratio),
        look.mark,
    )
    return plot_adjusted(crude, frame, face, look, ax)
