"""Tables of what a regression says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.findings.models.fit_check import FEWEST_SHOWN
from stepup_equity.presentation.report.blocks import Cell, Head, Table
from stepup_equity.presentation.report.tables import matrix, number, p_words, people
from stepup_equity.words.names import within
from stepup_equity.words.numbers import interval, percent, probability, ratio, signed
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


def fit_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """People, cells, dispersion, calibration and discrimination of each gate's fit."""
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for row in records(frame):
        if row.status or np.isnan(row.dispersion):
            why = row.status or "the model fits every cell by itself"
            cells = (number(np.nan, f"– ({why})"), *(number(np.nan, "–") for _ in range(4)))
        else:
            cells = (
                people(int(row.people)),
                people(int(row.patterns)),
                number(row.dispersion, f"{row.dispersion:.2f}"),
                number(row.hosmer_lemeshow_p, p_words(row.hosmer_lemeshow_p)),
                number(row.c_statistic, f"{row.c_statistic:.2f}"),
            )
        rows.append((names.gate(row.gate), cells))
    heads = ("People", "Cells", "Dispersion", "Calibration, p", "Discrimination, c")
    note = (
        "Dispersion: Pearson's residuals squared over their degrees of freedom, about 1 where people of one "
        "cell fare as chance has it. Calibration: Hosmer and Lemeshow's test. c: how often somebody who "
        "passed had the higher fitted rate than somebody who did not."
    )
    return Table(caption, "Gate", tuple(Head(head) for head in heads), tuple(rows), note)


def band_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Passed and expected in bands of fitted rate, gate by gate."""
    placed = frame.assign(characteristic="", band=frame.groupby("gate", sort=False).cumcount() + 1)

    def cell(row: Any) -> Cell:
        return number(row.observed, f"{row.observed:,} of {row.people:,} (expected {row.expected:.1f})")

    return matrix(
        placed, names, caption, cell, row_of=lambda row: f"Band {row.band}", corner="Band of fitted rate"
    )


def dispersion_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Dispersion of each group's cells at each gate, and its share of all influence."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.dispersion):
            return number(np.nan, "few" if row.entered < FEWEST_SHOWN else f"– ({row.status})")
        return number(row.dispersion, f"{row.dispersion:.2f} ({percent(row.influence)})")

    note = (
        "Well above 1: people of the group differ among themselves more than the regression says. few: fewer "
        f"than {FEWEST_SHOWN} people, of whom nothing is said."
    )
    return matrix(frame, names, caption, cell, note=note)


def crossed_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Crossed groups whose passes are not those the terms of the model give."""
    rows = tuple(
        (
            f"{row.group} × {row.other_group}, {within(names.at(row.gate))}",
            (
                people(row.entered),
                people(row.passed),
                number(row.expected, f"{row.expected:.1f}"),
                number(row.p_adjusted, p_words(row.p_adjusted)),
            ),
        )
        for row in records(frame)
    )
    heads = ("Entered", "Passed", "Expected to pass", "Adjusted p")
    return Table(caption, "Crossed group and gate", tuple(Head(head) for head in heads), rows)


def cell_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Cells by how far the fit would move without them."""
    rows = tuple(
        (
            f"{row.cell}, {within(names.at(row.gate))}",
            (
                people(row.entered),
                people(row.passed),
                number(row.expected, f"{row.expected:.1f}"),
                number(row.deviance_residual, signed(row.deviance_residual)),
                number(row.cooks_distance, f"{row.cooks_distance:.3f}"),
            ),
        )
        for row in records(frame)
    )
    heads = ("Entered", "Passed", "Expected to pass", "Deviance residual", "Cook's distance")
    return Table(caption, "Cell and gate", tuple(Head(head) for head in heads), rows)
