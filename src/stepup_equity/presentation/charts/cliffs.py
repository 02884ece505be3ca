"""The cliff map: every group at every gate, its impact ratio and what may be concluded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stepup_equity.columns import OVERALL, UNJUDGED
from stepup_equity.findings.cliff_edges import CliffEdges
from stepup_equity.findings.comparison import HIDDEN as HIDDEN_IN_TABLE
from stepup_equity.presentation.alternatives import cliffs_alt
from stepup_equity.presentation.charts.comparisons import references_of
from stepup_equity.presentation.charts.drawing import BARE, Look, plot
from stepup_equity.presentation.charts.grid import Grid
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.presentation.charts.tiles import (
    COVERED,
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
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from stepup_equity.findings.cliff_rule import CliffRule


HIDDEN: Final = "hidden"
"""Verdict of a comparison that is not printed."""

TURNED: Final = "cliff edge of the reference"
"""What the map calls a cliff edge where the reference is the group that is behind."""

_MARKS: Final = {
    TURNED: "▲ ",
    "cliff edge": "▼ ",
    "behind": "↓ ",
    "ahead": "↑ ",
    "gap": "↓ ",
    "small gap": "↓ ",
    "small advantage": "↑ ",
    "advantage": "▲ ",
}


@plot.register(CliffEdges)
def plot_cliffs(result: CliffEdges, ax: Axes | None = None, look: Look = BARE) -> Axes:
    """A tile for each group and gate: the impact ratio, and what may be concluded from it."""
    import pandas as pd

    ends = result.whole_way.assign(gate=OVERALL)
    kept = [name for name in ends.columns if name in set(result.frame.columns)]
    frame = pd.concat([result.frame, ends[kept]], ignore_index=True)
    return draw_cliffs(frame, look, result.rule, result.notes, ax=ax)


def draw_cliffs(
    frame: pd.DataFrame,
    look: Look,
    rule: CliffRule,
    notes: Sequence[str],
    *,
    covered: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the map of judged comparisons, of counts or of what is printed.

    Parameters
    ----------
    frame : DataFrame
        ``characteristic, group, reference, gate, estimate, verdict``; ``word`` where a symbol is printed.
    look, rule, notes, ax
        Names and title; the thresholds; sentences below; the axes.
    covered : str
        What a tile says whose numbers are hidden; empty where none can be.
    """
    against = references_of(frame)
    whom = f" {reference_words(against, look.names)}" if len(set(frame["characteristic"])) == 1 else ""
    gates = frame[frame["gate"] != OVERALL]
    title = look.title or cliffs_finding(gates, look.names)
    face = Face(
        title,
        f"Each group's pass rate at each gate and over the whole way, divided by the reference's.{whom}",
        (f"Evident: p at most {rule.alpha:g} after adjustment over all comparisons shown.", *notes),
        cliffs_alt(gates, look.names, title),
        look.mark,
    )
    fills = verdict_fills(rule) | ({HIDDEN: (COVERED, covered)} if covered else {})
    if set(frame["verdict"]) >= _ALIKE:
        fills |= _as_one(rule)
    if "status" in frame and frame["status"].str.startswith(HIDDEN_IN_TABLE).any():
        fills["not computable"] = (NOTHING, _NOTHING_TOLD)
    return draw_cliff_map(_seen_from_the_group(frame), face, fills, look, ax)


def _seen_from_the_group(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with a verdict of its own for edges of the reference: a group that is ahead is not dark."""
    turned = (frame["verdict"] == "cliff edge") & (frame["behind"] == frame["reference"])
    return frame.assign(verdict=frame["verdict"].where(~turned, TURNED))


def _word(row: Any) -> str:
    """The ratio with the mark of its verdict, or what is printed in its place."""
    return getattr(row, "word", "") or f"{_MARKS.get(row.verdict, '')}{ratio(row.estimate)}"


def verdict_fills(rule: CliffRule) -> dict[str, tuple[Fill, str]]:
    """What a tile of each verdict looks like, and what it says."""
    material, above = f"{rule.material:g}", f"{rule.advantage:g}"
    return {
        "cliff edge": (
            STRONG_LESS,
            f"▼ Cliff edge: one pass rate below {material} times the other, and evident",
        ),
        TURNED: (
            STRONG_MORE,
            f"▲ Cliff edge of the reference: its rate is below {material} times this group's, and evident",
        ),
        "gap": (LESS, f"↓ Gap: evident, though not among the flags; ratio below {material}"),
        "small gap": (LESS, f"↓ Small gap: ratio {material} to 1, and evident"),
        "small advantage": (MORE, f"↑ Small advantage: ratio 1 to {above}, and evident"),
        "advantage": (STRONG_MORE, f"▲ Advantage: ratio above {above}, and evident"),
        "behind": (LESS, "↓ Behind over the whole way, and evident"),
        "ahead": (MORE, "↑ Ahead over the whole way, and evident"),
        UNJUDGED: (UNSURE, "Evident in these counts, and not judged: see what is not held equal"),
        "no material gap": (
            PLAIN,
            f"No material gap: even the lower limit of the ratio is at least {material}",
        ),
        "no evidence": (
            PLAIN,
            f"No evidence of a gap, though a ratio of {rule.flag_power_at:g} would likely have been flagged",
        ),
        "too few to tell": (
            UNSURE,
            f"Too few people to tell: a ratio of {rule.flag_power_at:g} could well stay unseen",
        ),
        "not computable": (
            NOTHING,
            "Nothing to compare: nobody of one of the two got here, or nobody of either passed",
        ),
    }


_NOTHING_TOLD: Final = "Nothing to compare: nobody got here, or the published table hides a number"
_ALIKE: Final = {"no material gap", "no evidence"}
"""Verdicts whose tiles look the same: both leave nothing to be seen."""


def _as_one(rule: CliffRule) -> dict[str, tuple[Fill, str]]:
    """One line of the key for tiles that nobody can tell apart."""
    said = (
        f"No material gap (lower limit at least {rule.material:g}), or no evidence of one "
        f"({rule.flag_power_at:g} would likely be flagged)"
    )
    return {"no material gap": (PLAIN, said), "no evidence": (PLAIN, "")}


def draw_cliff_map(
    frame: pd.DataFrame, face: Face, fills: dict[str, tuple[Fill, str]], look: Look, ax: Axes | None = None
) -> Axes:
    """Draw the map of a frame with ``estimate``, ``verdict`` and, where it says more, ``word``."""
    whole = bool((frame["gate"] == OVERALL).any())
    grid = Grid(frame, look.names, whole_way=whole, references=references_of(frame))
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
