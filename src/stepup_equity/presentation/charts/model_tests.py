"""Tests of whole terms of a model as a map: which matter, and at which gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import GATE, OVERALL
from stepup_equity.findings import RandomInterceptModel, StackedModel, TermTests
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.intervals import IntervalPicture, Series, draw_intervals
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.scale import ratio_scale
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.style import NAVY
from stepup_equity.presentation.charts.tiles import NOTHING, PLAIN, Fill, Tile, TilePicture, draw_tiles
from stepup_equity.words.numbers import enumerated, percent, probability, ratio
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import small_at

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


_EVIDENT: Final = 0.05

_FILLS: Final[dict[str, tuple[Fill, str]]] = {
    "evident": (Fill(NAVY, "white", bold=True), "Evident: p at most 0.05"),
    "not": (PLAIN, "Not evident"),
    "none": (NOTHING, "Could not be tested"),
}


@plot.register(TermTests)
def plot_terms(result: TermTests, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A tile for each term and gate: its p after adjustment."""
    frame = result.frame
    gates = frame[(frame[GATE] != OVERALL) & (frame["p_adjusted"] <= _EVIDENT)]
    told = [f"{_term(row.term, look)} {small_at(row.gate, look.names)}" for row in records(gates)]
    title = f"Evident beside the others: {enumerated(told, 3)}" if told else "No term is evident at any gate"
    columns = {gate: look.names.gate(str(gate)) for gate in dict.fromkeys(frame[GATE])}
    subtitle = "Does a characteristic matter at a gate, the others held equal? p after adjustment by Holm."
    return _map(frame, columns, GATE, "p_adjusted", Face(title, subtitle, result.notes), ax, look)


@plot.register(StackedModel)
def plot_stacked(result: StackedModel, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A tile for each term and question: whether it matters, and whether its effect differs between gates."""
    frame = result.frame
    columns = {question: question[:1].upper() + question[1:] for question in dict.fromkeys(frame["question"])}
    joint = frame[(frame["term"] == "all terms") & (frame["question"] == "differs between gates")]
    p = float(joint["p_value"].iloc[0]) if len(joint) else np.nan
    differ = "Effects differ" if p <= _EVIDENT else "No evidence that effects differ"
    title = f"{differ} between gates ({probability(p)})"
    subtitle = "All gates in one model: p of each question, the other terms held equal."
    return _map(frame, columns, "question", "p_value", Face(title, subtitle, result.notes), ax, look)


def _term(term: str, look: Look) -> str:
    return " × ".join(look.names.characteristic(part) for part in term.split(":"))


def _map(
    frame: pd.DataFrame,
    columns: dict[str, str],
    across: str,
    p_value: str,
    face: Face,
    ax: Axes | None,
    look: Look,
) -> Axes:
    terms = list(dict.fromkeys(frame["term"]))
    p = {(row.term, getattr(row, across)): getattr(row, p_value) for row in records(frame)}
    title = look.title or face.title
    tiles = tuple(tuple(_tile(p.get((term, key), np.nan)) for key in columns) for term in terms)
    told = [f"{_term(term, look)}, {columns[key]}, {probability(value)}" for (term, key), value in p.items()]
    words = Face(
        title, face.subtitle, face.notes, f"{title}. A map of p-values: {enumerated(told, 40)}.", look.mark
    )
    rows = tuple(Row(_term(term, look)) for term in terms)
    return draw_tiles(TilePicture(rows, tuple(columns.values()), tiles, _FILLS), words, ax)


def _tile(p: float) -> Tile:
    if np.isnan(p):
        return Tile("–", "none")
    return Tile(probability(p), "evident" if p <= _EVIDENT else "not")


@plot.register(RandomInterceptModel)
def plot_clusters(result: RandomInterceptModel, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """The odds of each partnership or centre over those of a middling one, lowest first."""
    clusters = result.clusters.sort_values(["effect", "cluster"], kind="stable")
    odds = {
        name: np.exp(clusters[[name]].to_numpy(float)) for name in ("effect", "effect_low", "effect_high")
    }
    picture = IntervalPicture(
        rows=tuple(Row(f"{row.cluster} ({row.entered:,})") for row in records(clusters)),
        columns=("Odds of passing over those of a middling one",),
        series=(Series("", odds["effect"], odds["effect_low"], odds["effect_high"]),),
        words=tuple((_cluster_words(row),) for row in records(clusters)),
        scale=ratio_scale(odds["effect"]),
        lines=((1.0, "A middling one"),),
        flagged=np.zeros((len(clusters), 1), bool),
    )
    title = look.title or f"{result.headline[:1].upper()}{result.headline[1:]}"
    face = Face(
        title,
        f"Shrunken intercepts as odds ratios, with {clusters['confidence'].iloc[0]:.0%} limits given the "
        "model; in brackets how many entered.",
        result.notes,
        f"{title}. {enumerated([_odds(row) for row in records(clusters)], 30)}.",
        look.mark,
    )
    return draw_intervals(picture, face, ax)


def _odds(row: Any) -> str:
    return f"{row.cluster} {ratio(float(np.exp(row.effect)))}"


def _cluster_words(row: Any) -> str:
    return f"{ratio(float(np.exp(row.effect)))}; {percent(row.rate)} passed"
