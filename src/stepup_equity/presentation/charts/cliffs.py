"""The cliff map: every group at every gate, its impact ratio and what may be concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stepup_equity.findings.cliff_edges import CliffEdges
from stepup_equity.presentation.alternatives import cliffs_alt
from stepup_equity.presentation.charts.comparisons import references_of
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.page import Face
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
from stepup_equity.words.numbers import ratio
from stepup_equity.words.sentences import cliffs_finding, reference_words

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from stepup_equity.findings.cliff_rule import CliffRule

__all__ = ["draw_cliff_map", "verdict_fills"]

_MARKS: Final = {"cliff edge": "▼ ", "small gap": "↓ ", "small advantage": "↑ ", "advantage": "▲ "}


@plot.register(CliffEdges)
def plot_cliffs(result: CliffEdges, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A tile for each group and gate: the impact ratio, and what may be concluded from it."""
    frame = result.frame
    against = "" if len(result.by) > 1 else f" {reference_words(references_of(frame), look.names)}"
    title = look.title or cliffs_finding(frame, look.names)
    face = Face(
        title,
        f"Each group's pass rate at each gate, divided by the reference's.{against}",
        (
            f"Evident: p at most {result.rule.alpha:g} after adjustment over all comparisons shown.",
            *result.notes,
        ),
        cliffs_alt(frame, look.names, title),
    )
    return draw_cliff_map(frame, face, verdict_fills(result.rule), look, ax)


def _word(row: Any) -> str:
    """The ratio with the mark of its verdict, or what is printed in its place."""
    return getattr(row, "word", "") or f"{_MARKS.get(row.verdict, '')}{ratio(row.estimate)}"


def verdict_fills(rule: CliffRule) -> dict[str, tuple[Fill, str]]:
    """What a tile of each verdict looks like, and what it says."""
    material, above = f"{rule.material:g}", f"{rule.advantage:g}"
    return {
        "cliff edge": (STRONG_LESS, f"▼ Cliff edge: ratio below {material}, and evident"),
        "small gap": (LESS, f"↓ Small gap: ratio {material} to 1, and evident"),
        "small advantage": (MORE, f"↑ Small advantage: ratio 1 to {above}, and evident"),
        "advantage": (STRONG_MORE, f"▲ Advantage: ratio above {above}, and evident"),
        "no evidence": (
            PLAIN,
            f"No evidence of a gap, though a ratio of {rule.power_at:g} would likely have shown",
        ),
        "too few to tell": (
            UNSURE,
            f"Too few people to tell: a ratio of {rule.power_at:g} could well stay unseen",
        ),
        "not computable": (NOTHING, "Nothing to compare: nobody of the group, or of the reference, got here"),
    }


def draw_cliff_map(
    frame: pd.DataFrame, face: Face, fills: dict[str, tuple[Fill, str]], look: Look, ax: Axes | None = None
) -> Axes:
    """Draw the map of a frame with ``estimate``, ``verdict`` and, where it says more, ``word``."""
    grid = Grid(frame, look.names, whole_way=False, references=references_of(frame))
    words = grid.words(_word)
    verdicts = grid.words(lambda row: str(row.verdict))
    picture = TilePicture(
        rows=grid.rows,
        columns=grid.heads,
        tiles=tuple(
            ()
            if key[1] is None
            else tuple(
                Tile(word, verdict) for word, verdict in zip(line, verdict_line, strict=True) if verdict
            )
            for key, line, verdict_line in zip(grid.keys, words, verdicts, strict=True)
        ),
        fills=fills,
    )
    return draw_tiles(picture, face, ax)
