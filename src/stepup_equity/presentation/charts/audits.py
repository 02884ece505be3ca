"""Claims and plans that were checked, as maps: what was found for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepup_equity.findings import ClaimAudit, CriteriaCoverage
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.style import LESS_FACE, NAVY, PINK
from stepup_equity.presentation.charts.tiles import (
    NOTHING,
    PLAIN,
    STRONG_LESS,
    Fill,
    Tile,
    TilePicture,
    draw_tiles,
)
from stepup_equity.words.numbers import enumerated
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_VERDICTS: Final[dict[str, tuple[Fill, str]]] = {
    "impossible": (STRONG_LESS, "Impossible: no data can give this number"),
    "inconsistent": (Fill(LESS_FACE, edge=PINK), "Inconsistent: other printed numbers give another one"),
    "other": (PLAIN, ""),
    "none": (NOTHING, ""),
}

_HELD: Final[dict[str, tuple[Fill, str]]] = {
    "held": (Fill(NAVY, "white", bold=True), "Assessed in this exercise"),
    "not": (NOTHING, "Not assessed there"),
    "fewer": (STRONG_LESS, "Fewer exercises than were meant"),
    "enough": (PLAIN, ""),
}


@plot.register(ClaimAudit)
def plot_audit(result: ClaimAudit, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """How many claims of each kind have which verdict."""
    frame = result.frame
    kinds = sorted(dict.fromkeys(frame["kind"]))
    verdicts = list(dict.fromkeys(frame["verdict"].sort_values(kind="stable")))
    tally = frame.groupby(["kind", "verdict"]).size().to_dict()
    tiles = tuple(
        tuple(
            Tile(f"{n:,}", verdict if verdict in _VERDICTS else "other") if n else Tile("0", "none")
            for verdict, n in ((verdict, int(tally.get((kind, verdict), 0))) for verdict in verdicts)
        )
        for kind in kinds
    )
    title = look.title or result.headline
    told = [f"{row.claim} ({row.verdict})" for row in records(result.objections)]
    face = Face(
        title,
        "Printed numbers recomputed: how many claims of each kind have each verdict.",
        result.notes,
        f"{title}. Objections: {enumerated(told, 40)}." if told else f"{title}. No objections.",
        look.mark,
    )
    rows = tuple(Row(f"{kind[:1].upper()}{kind[1:]}".replace("_", " ")) for kind in kinds)
    columns = tuple(f"{verdict[:1].upper()}{verdict[1:]}" for verdict in verdicts)
    return draw_tiles(TilePicture(rows, columns, tiles, _VERDICTS), face, ax)


@plot.register(CriteriaCoverage)
def plot_coverage(result: CriteriaCoverage, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """Criteria down, exercises across: where each is assessed, and how often."""
    grid, frame = result.grid, result.frame
    tiles = tuple(
        (
            *(Tile("✓" if held else "·", "held" if held else "not") for held in line),
            Tile(f"{n:,}", "fewer" if n < result.times else "enough"),
        )
        for line, n in zip(grid.to_numpy(bool), frame["exercises"], strict=True)
    )
    title = look.title or f"{result.headline[:1].upper()}{result.headline[1:]}"
    told = [f"{row.criterion}: {row.assessed_in or 'none'}" for row in records(frame)]
    face = Face(
        title,
        f"Where each criterion is assessed; {result.times:,} exercises were meant for each.",
        result.notes,
        f"{title}. {'; '.join(told)}.",
        look.mark,
    )
    rows = tuple(Row(str(name)) for name in frame["criterion"])
    columns = (*(str(name) for name in grid.columns), "Exercises")
    return draw_tiles(TilePicture(rows, columns, tiles, _HELD), face, ax)
