"""Small published tables, as counts, for the tests of gaps and cliff edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

import stepup_equity as su

if TYPE_CHECKING:
    from collections.abc import Mapping

STAGES = ("applied", "shortlisted", "interviewed", "appointed")


def published(
    table: Mapping[str, tuple[int, ...]],
    *,
    characteristic: str = "ethnicity",
    stages: tuple[str, ...] = STAGES,
) -> su.StageCounts:
    """Counts from how many of each group reached each stage."""
    rows = [
        {"characteristic": characteristic, "group": group, **dict(zip(stages, reached, strict=False))}
        for group, reached in table.items()
    ]
    return su.StageCounts.from_table(pd.DataFrame(rows))


def row(frame: pd.DataFrame, **where: str) -> pd.Series:
    """The one row that matches."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1, frame
    return frame.iloc[0]
