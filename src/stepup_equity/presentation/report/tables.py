"""Tables of the page from tidy frames: a row a group, a column a gate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, OVERALL
from stepup_equity.findings.comparison import HIDDEN as HIDDEN_IN_TABLE
from stepup_equity.presentation.charts.cliffs import HIDDEN
from stepup_equity.presentation.report.blocks import Cell, Head, Table
from stepup_equity.process import EXIT_WORDS
from stepup_equity.words.numbers import (
    interval,
    p_figure,
    people_number,
    percent,
    probability,
    ratio,
    rounded,
    signed,
    signed_interval,
)
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from stepup_equity.words.names import Names


def people(value: float) -> Cell:
    """A count; a hidden one is NaN."""
    return Cell(people_number(value), float(value))


def number(value: float, words: str) -> Cell:
    """A number as printed, sorted by what it is; NaN sorts last."""
    return Cell(words, float(value))


def matrix(
    frame: pd.DataFrame,
    names: Names,
    caption: str,
    cell: Callable[[Any], Cell],
    *,
    row_of: Callable[[Any], str] = lambda row: str(row.group),
    gate: str = GATE,
    head: Callable[[str], str] | None = None,
    note: str = "",
    corner: str = "Group",
) -> Table:
    """A row for each group, a column for each gate; a heading for each of several characteristics.

    Parameters
    ----------
    frame : DataFrame
        Tidy, with ``characteristic`` and `gate`.
    names, caption, note, corner
        Words.
    cell : callable
        Makes the cell of a row of the frame.
    row_of : callable
        Makes the name of the row that a row of the frame belongs to.
    gate : str
        Column of the frame that says which column of the table.
    head : callable, optional
        Names a column; by default as a gate.
    """
    columns = list(dict.fromkeys(frame[gate]))
    asked = list(dict.fromkeys(frame[CHARACTERISTIC]))
    lines: dict[tuple[str, str], dict[str, Cell]] = {}
    for row in records(frame):
        lines.setdefault((row.characteristic, row_of(row)), {})[getattr(row, gate)] = cell(row)
    empty = Cell("–", float("nan"))
    rows: list[tuple[str, tuple[Cell, ...]]] = []
    for name in asked:
        if len(asked) > 1:
            rows.append((names.characteristic(name), ()))
        rows += [
            (label, tuple(cells.get(column, empty) for column in columns))
            for (owner, label), cells in lines.items()
            if owner == name
        ]
    heads = tuple(Head((head or names.gate)(column)) for column in columns)
    return Table(caption, corner, heads, tuple(rows), note)


def rate_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Pass rates with people."""
    note = (
        "Share of those who entered the gate who passed it, with people in brackets; 95% intervals "
        "are in the data."
    )
    return matrix(frame, names, caption, _rate_cell, note=note)


def _rate_cell(row: Any) -> Cell:
    if np.isnan(row.estimate):
        return number(row.estimate, f"– ({row.status})")
    return number(row.estimate, f"{percent(row.estimate)} ({row.passed:,} of {row.denominator:,})")


def ratio_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Impact ratios with intervals and adjusted p."""
    return matrix(
        frame,
        names,
        caption,
        _ratio_cell,
        note="Impact ratio with its interval; p adjusted by Holm over the gates of all characteristics. "
        "1 means equal rates. Cliff edges have a test of their own: for a flag quote p_adjusted of "
        "data/cliff_edges.csv, which may be smaller.",
    )


def _ratio_cell(row: Any) -> Cell:
    if row.status == "reference":
        return number(1.0, "reference")
    if np.isnan(row.estimate):
        return number(row.estimate, f"– ({row.status})")
    return number(
        row.estimate,
        f"{ratio(row.estimate)} ({interval(row.conf_low, row.conf_high)}), {probability(row.p_adjusted)}",
    )


def cliff_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Impact ratios with interval and verdict, or the symbol that is printed in their place."""

    def cell(row: Any) -> Cell:
        kind = row.verdict.replace(" ", "-")
        if row.verdict == HIDDEN:
            return Cell(row.word, float("nan"), "hidden-number")
        if np.isnan(row.estimate):
            return Cell(f"– ({row.verdict})", float("nan"), kind)
        limits = interval(row.conf_low, row.conf_high)
        return Cell(f"{ratio(row.estimate)} ({limits}) {row.verdict}", float(row.estimate), kind)

    return matrix(frame, names, caption, cell)


def gap_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Each gate's part of the gap: ratio with interval, share of the whole, people lost."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.ratio):
            why = row.status.partition("; method=")[0]  # arguments of Python mean nothing on a page
            return number(row.ratio, f"– ({why})" if why else "–")
        told = not np.isnan(row.share) and row.gate != OVERALL
        share = f", {signed(100 * row.share, 0, plus=False)}% of the gap" if told else ""
        lost = "" if np.isnan(row.people_lost) else f", {_people_short(row.people_lost)}"
        return number(
            row.ratio, f"{ratio(row.ratio)} ({interval(row.ratio_low, row.ratio_high)}){share}{lost}"
        )

    own = names.of_gaps(frame["status"])
    note = (
        f"The ratios of the gates multiply to that of {own.gate_in_words(OVERALL)}.{own.apart} People: "
        "fewer or more of the group than would have passed at the reference's rate."
    )
    return matrix(frame, own, caption, cell, note=note)


def _people_short(shortfall: float) -> str:
    whole = rounded(abs(shortfall))
    if whole == 0:
        return "as many people"
    return f"{whole:,} {'fewer' if shortfall > 0 else 'more'}"


def composition_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Shares of the pool at each stage."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.denominator):
            return number(row.estimate, f"– ({people_number(row.reached)})")
        if not row.denominator:
            return number(row.estimate, "–")
        return number(row.estimate, f"{percent(row.estimate)} ({row.reached:,.0f})")

    note = "Share of those at the stage who stated a group; not stated: share of everyone there."
    if frame["denominator"].isna().any():
        note += " Where a number is hidden in the published table, no share of the stage is known."
    return matrix(frame, names, caption, cell, gate="stage", head=names.stage, note=note)


def residual_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Adjusted residuals with passes and expected passes."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.adjusted_residual):
            return number(row.adjusted_residual, "–")
        words = f"{signed(row.adjusted_residual)} ({row.passed:,}, expected {row.expected:,.1f})"
        return number(row.adjusted_residual, words)

    return matrix(frame, names, caption, cell)


def detectable_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Smallest detectable ratio and power."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.power):
            return number(row.power, f"– ({row.status})" if row.status else "–")
        seen = "none" if np.isnan(row.detectable_ratio) else ratio(row.detectable_ratio)
        return number(row.detectable_ratio, f"{seen} (power {percent(row.power)})")

    return matrix(
        frame, names, caption, cell, note="Smallest gap seen with 80% power; power at a ratio of 0.8."
    )


def missing_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Share stated, and the ratio of those who did not state to those who did."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.stated_share):
            return number(row.stated_share, f"– ({row.status})" if row.status == HIDDEN_IN_TABLE else "–")
        against = (
            "" if np.isnan(row.estimate) else f"; ratio {ratio(row.estimate)}, {probability(row.p_value)}"
        )
        return number(row.stated_share, f"{percent(row.stated_share)} ({row.stated:,.0f}){against}")

    note = (
        "Share that stated the characteristic; ratio: pass rate of those who did not, divided by "
        "that of those who did."
    )
    short = frame.assign(
        group=[names.characteristic(name) for name in frame[CHARACTERISTIC]], characteristic=""
    )
    return matrix(short, names, caption, cell, note=note, corner="Characteristic")


def association_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """A test a row."""
    rows = [
        (
            names.gate(row.gate),
            (
                people(row.n),
                number(row.statistic, "–" if np.isnan(row.statistic) else f"{row.statistic:.3f}"),
                Cell("–" if np.isnan(row.p_value) else f"{row.df:.0f}", float(row.df)),
                number(row.p_value, p_words(row.p_value)),
                number(row.p_adjusted, p_words(row.p_adjusted)),
                number(row.cramers_v, "–" if np.isnan(row.cramers_v) else f"{row.cramers_v:.2f}"),
                Cell(row.method or "–"),
                Cell(row.status or "–"),
            ),
        )
        for row in records(frame)
    ]
    heads = ("People", "Chi-squared", "df", "p", "Adjusted p", "Cramér's V")
    return Table(
        caption,
        "Gate",
        (*(Head(word) for word in heads), Head("Test", number=False), Head("Status", number=False)),
        tuple(rows),
        "Only those who stated a group. Adjusted by Holm: gates as one family, whole ways as another.",
    )


def p_words(value: float) -> str:
    """A p-value in a column of its own."""
    return p_figure(value)


def cohort_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Ratio in the earlier and in the later cohort, and the verdict on the change."""

    def cell(row: Any) -> Cell:
        if np.isnan(row.estimate):
            return number(
                row.estimate, f"{ratio(row.ratio_earlier)} → {ratio(row.ratio_later)} ({row.status})"
            )
        change = f"{ratio(row.ratio_earlier)} → {ratio(row.ratio_later)}"
        words = f"{change}, {row.verdict} ({p_words(row.p_adjusted)})"
        return number(row.estimate, words)

    note = (
        "Earlier → later impact ratio, what became of it, and adjusted p. Sorted by later divided by earlier."
    )
    return matrix(frame, names, caption, cell, note=note)


def trend_table(frame: pd.DataFrame, names: Names, caption: str) -> Table:
    """Change of the pass rate from one group to the next, in order."""
    rows = tuple(
        (
            names.gate(row.gate),
            (
                people(row.n),
                number(row.estimate, _points(row.estimate)),
                number(
                    row.conf_low,
                    "–"
                    if np.isnan(row.conf_low)
                    else signed_interval(100 * row.conf_low, 100 * row.conf_high),
                ),
                number(row.p_value, p_words(row.p_value)),
                number(row.p_adjusted, p_words(row.p_adjusted)),
                number(row.departure_p_value, p_words(row.departure_p_value)),
                Cell(row.status or "–"),
            ),
        )
        for row in records(frame)
    )
    heads = ("People", "Points a step", "Interval", "p", "Adjusted p", "p of departure")
    note = (
        "Cochran-Armitage test for a trend along the groups. A small p of departure says that a "
        "straight line does "
        "not describe it."
    )
    columns = (*(Head(word) for word in heads), Head("Status", number=False))
    return Table(caption, "Gate", columns, rows, note)


def _points(value: float) -> str:
    return signed(100 * value)


def profile_table(frame: pd.DataFrame, caption: str) -> Table:
    """The shape of each group's way, with its reason."""
    rows = tuple((row.group, (Cell(row.profile), Cell(row.reason))) for row in records(frame))
    return Table(caption, "Group", (Head("Profile", number=False), Head("Why", number=False)), rows)


def process_table(frame: pd.DataFrame, leaving: pd.DataFrame, names: Names, caption: str) -> Table:
    """What happened at each gate, why people left there, and who decides.

    Parameters
    ----------
    frame : DataFrame
        ``gate, entered, passed, denominator, rate``.
    leaving : DataFrame
        ``gate, reason, people`` of everybody.
    """
    reasons = list(dict.fromkeys(leaving["reason"]))
    left = {(row.gate, row.reason): row.people for row in records(leaving)}
    rows = tuple(
        (
            names.gate(row.gate),
            (
                Cell(names.owners.get(row.gate) or "not stated"),
                people(row.entered),
                people(row.passed),
                number(row.rate, percent(row.rate)),
                *(people(left.get((row.gate, reason), 0)) for reason in reasons),
            ),
        )
        for row in records(frame)
    )
    heads = ("Entered", "Passed", "Pass rate", *(EXIT_WORDS[reason] for reason in reasons))
    return Table(caption, "Gate", (Head("Who decides", number=False), *(Head(word) for word in heads)), rows)


def problem_table(problems: pd.DataFrame, caption: str) -> Table:
    """Problems of the records, the most harmful first."""
    rows = tuple(
        (
            row.severity.capitalize(),
            (
                Cell(row.problem),
                Cell(row.column or "–"),
                people(row.affected) if row.affected else Cell("–", 0.0),
                Cell(row.rows or "–"),
                Cell(row.found or (row.possible if row.code == "columns_not_read" else "") or "–"),
                Cell(row.remedy or "–"),
            ),
        )
        for row in records(problems.rename(columns={"count": "affected"}))
    )
    heads: Sequence[Head] = (
        Head("Problem", number=False),
        Head("Column", number=False),
        Head("Rows affected"),
        Head("First rows", number=False),
        Head("Found", number=False),
        Head("What to do", number=False),
    )
    return Table(caption, "Severity", tuple(heads), rows)
