"""Crossed characteristics as a map: one down, the other across, a rate in each tile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import GATE, GROUP, OVERALL
from stepup_equity.findings import CrossedGroups, Intersections
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.style import (
    GREY,
    LESS_FACE,
    LESS_MORE,
    MORE_FACE,
    MORE_MORE,
    PINK,
    TEAL,
)
from stepup_equity.presentation.charts.tiles import (
    NOTHING,
    PLAIN,
    UNSURE,
    Fill,
    Tile,
    TilePicture,
    draw_tiles,
)
from stepup_equity.words.names import within
from stepup_equity.words.numbers import count, enumerated, percent
from stepup_equity.words.rows import records
from stepup_equity.words.sentences import small_at

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


_CROSS: Final = " × "
_FEW: Final = 10
_MOST_ROWS: Final = 40
"""With more rows than this the map shows the whole way alone."""

_FILLS: Final[dict[str, tuple[Fill, str]]] = {
    "far lower": (Fill(LESS_MORE, edge=PINK), "Less than half the rate of everyone here"),
    "lower": (Fill(LESS_FACE, edge=PINK), "0.5 to 0.8 times the rate of everyone here"),
    "near": (PLAIN, "0.8 to 1.25 times the rate of everyone here"),
    "higher": (Fill(MORE_FACE, edge=TEAL), "1.25 to 2 times the rate of everyone here"),
    "far higher": (Fill(MORE_MORE, edge=TEAL), "Twice the rate of everyone here, or more"),
    "few": (UNSURE, f"Fewer than {_FEW} people: too few to tell"),
    "none": (NOTHING, "Nobody"),
    "flat": (Fill("white", edge=GREY), ""),
}


@plot.register(Intersections)
def plot_intersections(result: Intersections, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A tile for each crossed group: its rate as far as its numbers bear it, of how many people."""
    frame = result.frame
    apart = frame[frame["verdict"] == "apart from its parts"]
    told = [f"{row.group} {small_at(row.gate, look.names)}" for row in records(apart)]
    known = count(int(frame["estimate"].notna().sum()), "crossed rate")
    title = (
        f"{len(apart):,} of {known} stand apart from what their parts say: {enumerated(told, 3)}"
        if told
        else f"None of {known} stands apart from what its parts say"
    )
    gates = list(dict.fromkeys(frame[GATE]))
    first = [OVERALL] if OVERALL in gates else gates[:1]
    return _draw(
        frame, [*first, *(gate for gate in gates if gate not in first)], title, result.notes, ax, look
    )


@plot.register(CrossedGroups)
def plot_crossed(result: CrossedGroups, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A tile for each crossed group at one gate: its rate as far as its numbers bear it."""
    frame = result.frame.rename(columns={"entered": "denominator"}).assign(verdict="")
    title = f"{result.headline[:1].upper()}{result.headline[1:]}"
    return _draw(frame, list(dict.fromkeys(frame[GATE])), title, result.notes, ax, look)


def _draw(
    frame: pd.DataFrame, gates: list[Any], title: str, notes: tuple[str, ...], ax: Axes | None, look: Look
) -> Axes:
    down, across = _axes_of(list(dict.fromkeys(frame[GROUP])))
    if len(gates) * (len(down) + 1) > _MOST_ROWS:
        gates = gates[:1]
    rows: list[Row] = []
    tiles: list[tuple[Tile, ...]] = []
    for gate in gates:
        mine = frame[frame[GATE] == gate]
        everyone = mine["passed"].sum() / max(mine["denominator"].sum(), 1)
        found = {row.group: row for row in records(mine)}
        if len(gates) > 1:
            rows.append(
                Row(f"{look.names.gate(str(gate))}: {percent(everyone)} of everyone", strong=True, height=28)
            )
            tiles.append(())
        for one in down:
            rows.append(Row(one, indent=8.0 if len(gates) > 1 else 0.0))
            crossed = [
                found.get(f"{one}{_CROSS}{other}") or found.get(f"{other}{_CROSS}{one}") for other in across
            ]
            tiles.append(tuple(_tile(row, everyone) for row in crossed))
    picture = TilePicture(tuple(rows), tuple(across), tuple(tiles), _FILLS)
    where = "" if len(gates) > 1 else f" {look.names.at(str(gates[0]))}."
    what = within(look.names.characteristic(str(frame["characteristic"].iloc[0])))
    marks = " ▲▼ stand apart from their parts." if (frame["verdict"] == "apart from its parts").any() else ""
    face = Face(
        look.title or title,
        f"Pass rates by {what}, each drawn towards what its parts say as far as its numbers ask, and of how "
        f"many people.{where}{marks}",
        notes,
        f"{look.title or title}. A map of rates by {what}: "
        f"{enumerated([_told(row) for row in records(frame[frame[GATE] == gates[0]])], 20)}.",
        look.mark,
    )
    return draw_tiles(picture, face, ax)


def _axes_of(groups: list[str]) -> tuple[list[str], list[str]]:
    """Labels down and across: the last characteristic across, or the first where it has fewer groups."""
    pairs = [group.rsplit(_CROSS, 1) for group in groups]
    firsts = list(dict.fromkeys(first for first, _ in pairs))
    lasts = list(dict.fromkeys(last for _, last in pairs))
    two = all(_CROSS not in first for first in firsts)
    return (lasts, firsts) if two and len(lasts) > len(firsts) else (firsts, lasts)


def _tile(row: Any, everyone: float) -> Tile:
    if row is None or not row.denominator:
        return Tile("–", "none")
    rate = row.rate if np.isnan(row.estimate) else row.estimate
    mark = ""
    if row.verdict == "apart from its parts":
        mark = "▲ " if row.interaction > 0 else "▼ "
    words = f"{mark}{percent(rate)} of {row.denominator:,}"
    if row.denominator < _FEW:
        return Tile(words, "few")
    over = rate / everyone if everyone > 0 else np.nan
    if np.isnan(over):
        return Tile(words, "flat")
    ends = (("far lower", 0.5), ("lower", 0.8), ("near", 1.25), ("higher", 2.0))
    return Tile(words, next((fill for fill, end in ends if over < end), "far higher"))


def _told(row: Any) -> str:
    return (
        f"{row.group} {percent(row.rate if np.isnan(row.estimate) else row.estimate)} of {row.denominator:,}"
    )
