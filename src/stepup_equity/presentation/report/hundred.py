"""Of a hundred applicants of each group, how many get how far: the table in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import CHARACTERISTIC, GATE, GROUP, OVERALL
from stepup_equity.presentation.charts.cliffs import HIDDEN
from stepup_equity.presentation.report.blocks import Cell, Head, Table
from stepup_equity.words.names import within
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.presentation.source import Source


def per_hundred(source: Source, name: str) -> Table:
    """The broadest groups of a characteristic: per hundred who applied, how many reached each stage.

    Beside each number are the people it is of; last stands whether the whole way differs from the
    reference's, or whether there are too few people to tell.
    """
    frame = source.people_printed(name)
    frame = frame[frame[GATE] != OVERALL]
    gates = list(dict.fromkeys(frame[GATE]))
    reference = str(frame["reference"].iloc[0])
    verdicts = _verdicts(source, name)
    rows = []
    for group, mine in frame.groupby(GROUP, sort=False):
        at = {row.gate: row for row in records(mine)}
        first = at[gates[0]]
        applied = getattr(first, "here", first.entered)  # some may have had no first gate
        ends = Cell("reference") if group == reference else verdicts.get(str(group), Cell("–"))
        cells = (
            Cell(_people(first, "start_word", applied), float(applied)),
            *(_share(at[gate]) for gate in gates),
            ends,
        )
        rows.append((str(group), cells))
    heads = (Head("Applied"), *(Head(source.names.stage(gate)) for gate in gates))
    last = Head(f"Whole way, beside {reference}" if reference else "Whole way", number=False)
    return Table(
        f"Of 100 applicants, how many got how far, by {within(source.label(name))}",
        "Group",
        (*heads, last),
        tuple(rows),
        f"In brackets: people.{source.symbols(name)}",
    )


def _share(row: Any) -> Cell:
    people = _people(row, "people_word", getattr(row, "there", row.passed))
    share = str(row.through_word).removesuffix("%")
    if not share[-1:].isdigit():
        return Cell(share if share == people else f"{share} ({people})", float(row.through), "hidden-number")
    return Cell(f"{share} ({people})", float(row.through))


def _people(row: Any, word: str, value: float) -> str:
    """A count as printed."""
    return str(getattr(row, word, "")) or ("–" if np.isnan(value) else f"{value:,.0f}")


def _verdicts(source: Source, name: str) -> dict[str, Cell]:
    """What the whole way of each group says: that of broad groups where there are any."""
    for frame in (source.broad_ends, source.ends):
        mine: pd.DataFrame = frame[frame[CHARACTERISTIC] == name] if len(frame) else frame
        if len(mine):
            return {str(row.group): _verdict(row) for row in records(mine)}
    return {}


def _verdict(row: Any) -> Cell:
    if row.verdict == HIDDEN:
        return Cell(str(row.word), None, "hidden-number")
    return Cell(row.verdict, None, row.verdict.replace(" ", "-"))
