"""The process as a whole: at each gate the share of everybody that passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.presentation.alternatives import process_alt
from stepup_equity.presentation.charts.bars import BarPicture, draw_bars
from stepup_equity.presentation.charts.page import Row
from stepup_equity.presentation.charts.sketches import Face
from stepup_equity.words.numbers import HIDDEN_NUMBER, people_number, percent
from stepup_equity.words.sentences import everyone_leaves

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from stepup_equity.words.names import Names


def draw_process(
    frame: pd.DataFrame,
    names: Names,
    notes: Sequence[str],
    ax: Axes | None = None,
    title: str = "",
    mark: str = "",
) -> Axes:
    """Draw a bar for each gate.

    Parameters
    ----------
    frame : DataFrame
        A row for each gate: ``gate``, ``rate`` (NaN where it may not be shown), and as printed ``word``,
        ``people_word`` and ``start_word``.
    names, notes, ax
        Names of gates; sentences below; the axes.
    title : str
        By default where most people leave, as far as that is printed.
    mark : str
        What stands at the foot in any room.
    """
    hidden = frame[["denominator", "passed"]].isna().to_numpy().any()
    said = title or ("Pass rates of everybody" if hidden else everyone_leaves(frame, names))
    face = Face(
        said,
        "Share of everybody who entered each gate who passed it, and how many people passed.",
        ("Bars run from 0% to 100%.", *notes),
        process_alt(frame, names, said),
        mark,
    )
    never = np.zeros((len(frame), 1), bool)
    picture = BarPicture(
        rows=tuple(Row(names.gate(gate)) for gate in frame["gate"]),
        columns=("Passed",),
        shares=frame[["rate"]].to_numpy(float),
        words=tuple((str(word),) for word in frame["word"]),
        people=tuple((str(word),) for word in frame["people_word"]),
        ticks=np.full((len(frame), 1), np.nan),
        dark=never[:, 0],
        quiet=never[:, 0],
        flagged=never,
        lead=tuple(str(word) for word in frame["start_word"]),
        lead_name="Entered",
    )
    return draw_bars(picture, face, ax)


def process_words(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its numbers as printed."""
    return frame.assign(
        word=[
            HIDDEN_NUMBER if np.isnan(n) else percent(rate) if n else "nobody"
            for rate, n in zip(frame["rate"], frame["denominator"], strict=True)
        ],
        people_word=[
            people_number(passed)
            if n == entered or np.isnan(n)
            else f"{people_number(passed)} of {people_number(n)} with an outcome"
            for passed, n, entered in zip(
                frame["passed"], frame["denominator"], frame["entered"], strict=True
            )
        ],
        start_word=[people_number(n) for n in frame["entered"]],
    )
