"""Residual map: which groups carry an association, and at which gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.findings import AssociationTests
from stepup_equity.presentation.alternatives import association_alt
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.tiles import (
    LESS,
    MORE,
    NOTHING,
    PLAIN,
    STRONG_LESS,
    STRONG_MORE,
    UNSURE,
    Fill,
    Tile,
    TilePicture,
    draw_tiles,
)
from stepup_equity.words.numbers import signed
from stepup_equity.words.sentences import association_finding

if TYPE_CHECKING:
    from matplotlib.axes import Axes


_FEWEST: Final = 5.0
"""Expected people on a side below which a residual is far from normal (Agresti 2013, section 3.3)."""

_FILLS: Final[dict[str, tuple[Fill, str]]] = {
    "far fewer": (STRONG_LESS, "Far fewer passed than expected: residual of −3 or less"),
    "fewer": (LESS, "Fewer passed than expected: residual of −2 to −3"),
    "as expected": (PLAIN, "Within 2 of what would be expected if passing did not depend on the group"),
    "more": (MORE, "More passed than expected: residual of 2 to 3"),
    "far more": (STRONG_MORE, "Far more passed than expected: residual of 3 or more"),
    "unsure": (UNSURE, "Too few people: fewer than 5 would be expected to pass, or not to pass"),
    "none": (NOTHING, "Nobody here, or no differences possible"),
}


@plot.register(AssociationTests)
def plot_residuals(result: AssociationTests, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A tile for each group and gate: the adjusted residual of those who passed."""
    frame = result.residuals
    frame = frame.assign(expected_out=frame["denominator"] - frame["expected"])
    grid = Grid(frame, look.names, whole_way=True, references={})
    fills = grid.words(
        lambda row: _fill(round(row.adjusted_residual, 1), min(row.expected, row.expected_out))
    )
    words = grid.words(lambda row: signed(row.adjusted_residual))
    picture = TilePicture(
        rows=grid.rows,
        columns=grid.heads,
        tiles=tuple(
            () if key[1] is None else tuple(map(Tile, line, row))
            for key, line, row in zip(grid.keys, words, fills, strict=True)
        ),
        fills=_FILLS,
    )
    title = look.title or association_finding(result.frame, look.names)
    face = Face(
        title,
        "Adjusted residuals: how far the number who passed lies from what would be expected if passing "
        "did not depend on the group, in standard errors.",
        (
            (
                "One residual in twenty lies beyond 2 by chance alone; the tests in the table, not single "
                "tiles, say whether there is an association."
            ),
            *result.notes,
        ),
        association_alt(frame, look.names, title),
        look.mark,
    )
    return draw_tiles(picture, face, ax)


def _fill(value: float, expected: float) -> str:
    if np.isnan(value):
        return "none"
    if expected < _FEWEST:
        return "unsure"
    if abs(value) < 2:
        return "as expected"
    size = "far " if abs(value) >= 3 else ""
    return f"{size}{'more' if value > 0 else 'fewer'}"
