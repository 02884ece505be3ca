"""Tables of what a regression says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.presentation.report.blocks import Cell, Head, Table
from stepup_equity.presentation.report.tables import matrix, number, p_words, people
from stepup_equity.words.names import within
from stepup_equity.words.numbers import interval, probability, ratio
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.words.names import Names


def adjusted_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """The three ratios, and what became of the gap."""

    def cell(row: Any) -> Cell:
        if row.group == row.reference:
            return number(1.0, "reference")
        if np.isnan(row.adjusted_ratio):
            three = f"{ratio(row.crude_ratio)}; {ratio(row.crude_ratio_used)} → –"
            return number(row.adjusted_ratio, f"{three} ({row.status})")
        words = (
            f"{ratio(row.crude_ratio)}; {ratio(row.crude_ratio_used)} → {ratio(row.adjusted_ratio)} "
            f"({interval(row.adjusted_low, row.adjusted_high)}), {row.reading}"
        )
        return number(row.adjusted_ratio, words)

    note = (
        "Ratio as counted, of everyone; as counted, of the people the regression could use → with the other "
        "characteristics held equal, of the same people, with its interval. What becomes of a gap is said of "
        "each row by itself; a cliff edge is judged with a correction for the number of comparisons."
    )
    return matrix(frame, names, caption, cell, note=note)


def blanks_table(frame: pd.DataFrame, names: Names, caption: str) -> Table | None:
    """Where complete cases and everybody find different things; None where they nowhere do."""

    def of(entered: int, value: float, low: float, high: float) -> tuple[Cell, Cell]:
        return people(entered), number(value, f"{ratio(value)} ({interval(low, high)})")

    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for row in records(frame[frame["agreement"] == "differ"]):
        bounds = f"{ratio(row.worst)} to {ratio(row.best)}" if np.isfinite(row.worst) else "–"
        cells = (
            *of(row.complete_entered, row.complete_ratio, row.complete_low, row.complete_high),
            *of(row.em_entered, row.em_ratio, row.em_low, row.em_high),
            number(row.worst, bounds),
        )
        rows.append((f"{row.group}, {within(names.at(row.gate))}", cells))
    if not rows:
        return None
    heads = ("Complete cases", "Their ratio", "Stated it", "Ratio of everybody", "As counted, worst and best")
    return Table(caption, "Group and gate", tuple(Head(head) for head in heads), tuple(rows))


def term_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Joint test of each term at each gate."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.p_value):
            return number(row.p_value, f"– ({row.status})" if row.status else "–")
        words = (
            f"{row.statistic:.1f}, df {row.df:.0f}, {probability(row.p_value)} (adjusted "
            f"{p_words(row.p_adjusted)})"
        )
        return number(row.p_value, words)

    terms = frame.assign(characteristic="")
    return matrix(
        terms, names, caption, cell, row_of=lambda row: names.characteristic(row.term), corner="Term"
    )
