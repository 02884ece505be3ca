"""Tables of rounded percentages: the whole numbers behind a row, and behind rows with their totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import DataError, StatisticError
from stepup_equity.findings.claims.judgement import (
    CONSISTENT,
    IMPOSSIBLE,
    INCONSISTENT,
    ON_ROUNDING,
    Judgement,
)
from stepup_equity.statistics import counts_behind, counts_of_percentage
from stepup_equity.words.names import capital

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.findings.claims.reading import Claim, Printed
    from stepup_equity.statistics import CountsBehind


@dataclass(frozen=True, eq=False, slots=True)
class SolvedTable:
    """Rows of percentages that belong together, and the whole numbers behind them.

    Attributes
    ----------
    rows : tuple of Claim
        Claims of kind ``row``.
    labels : tuple of str
        The columns.
    bases : tuple of int
        People in each row.
    printed : dict
        Printed percentages by (row, column).
    behind : CountsBehind or str
        The whole numbers; or why there are none, whatever the percentages.
    """

    rows: tuple[Claim, ...]
    labels: tuple[str, ...]
    bases: tuple[int, ...]
    printed: Mapping[tuple[int, int], Printed]
    behind: CountsBehind | str

    def disagreements(self, i: int) -> tuple[list[str], bool]:
        """Sentences on the cells of a row that disagree, and whether any cell is impossible by itself."""
        assert not isinstance(self.behind, str)
        sentences, impossible = [], False
        for j in np.flatnonzero(self.behind.disagrees[i]):
            printed, base, count = self.printed[i, int(j)], self.bases[i], int(self.behind.counts[i, j])
            low, high = counts_of_percentage(printed.value, base, printed.decimals)
            share = f"{count} of {base} is {100 * count / base:.{printed.decimals + 1}f} %"
            name = self.labels[j] or "one cell"
            if low > high:
                impossible = True
                sentences.append(
                    f"{name}: no whole number of {base} is {printed.percent}; the other numbers leave "
                    f"{count}, and {share}."
                )
            else:
                sentences.append(
                    f"{name}: the other numbers leave {count}, and {share}, printed {printed.percent}."
                )
        return sentences, impossible


def judge_row(claim: Claim) -> Judgement:
    """Whether whole numbers that add up to the base round to every percentage of a row."""
    solved = _solved([claim], None)
    behind = solved.behind
    if isinstance(behind, str):
        return Judgement(INCONSISTENT, behind)
    base = solved.bases[0]
    if behind.disagrees.any():
        sentences, impossible = solved.disagreements(0)
        return Judgement(IMPOSSIBLE if impossible else INCONSISTENT, capital(" ".join(sentences)))
    shown = ", ".join(
        f"{label} {count}".strip() for label, count in zip(solved.labels, behind.counts[0], strict=True)
    )
    if behind.tables == 1:
        return Judgement(CONSISTENT, f"One set of whole numbers of {base} rounds to it: {shown}.")
    how_many = "Very many" if behind.tables is None else f"{behind.tables:,}"
    return Judgement(ON_ROUNDING, f"{how_many} sets of whole numbers of {base} round to it, such as {shown}.")


def judge_table(claim: Claim, solved: SolvedTable) -> Judgement:
    """Whether whole numbers behind the rows add up to whole numbers behind their total."""
    behind = solved.behind
    if isinstance(behind, str):
        return Judgement(INCONSISTENT, behind)
    own = {claim.printed, *claim.names()}
    sentences = [
        f"{row.claim}, {sentence}"
        for i, row in enumerate(solved.rows)
        if row.claim in own
        for sentence in solved.disagreements(i)[0]
    ]
    how_many = {None: "Very many whole-number tables lie", 1: "Exactly one whole-number table lies"}.get(
        behind.tables, f"{behind.tables} whole-number tables lie"
    )
    n = int(behind.disagrees.sum())
    aside = f"{n} percentage{'s' if n > 1 else ''} set aside"
    if sentences:
        return Judgement(
            INCONSISTENT, f"{' '.join(sentences)} {how_many} behind all rows and totals with {aside}."
        )
    verdict = CONSISTENT if behind.tables == 1 else ON_ROUNDING
    elsewhere = f", with {aside} in other rows" if n else ""
    return Judgement(verdict, f"{how_many} behind the rows and totals{elsewhere}.")


def solved_tables(claims: Sequence[Claim]) -> dict[str, SolvedTable]:
    """Each table's rows and totals, by name of the table; tables that share a row are solved as one."""
    tables = [claim for claim in claims if claim.kind == "table"]
    total_of: dict[str, str] = {}
    for table in tables:
        for name in table.names():
            if name in total_of:
                raise DataError(f"Row {table.row}: the row {name!r} adds to two totals. Keep one.")
            total_of[name] = table.printed
    in_tables = [claim for claim in claims if claim.claim in {*total_of, *total_of.values()}]
    solved: dict[str, SolvedTable] = {}
    by_root: dict[str, SolvedTable] = {}
    for table in tables:
        root = _root(table.printed, total_of, table)
        if root not in by_root:
            rows = [claim for claim in in_tables if _root(claim.claim, total_of, table) == root]
            names = [claim.claim for claim in rows]
            parents = [names.index(total_of[name]) if name in total_of else -1 for name in names]
            by_root[root] = _solved(rows, parents)
        solved[table.claim] = by_root[root]
    return solved


def solved_counts(claims: Sequence[Claim], tables: Mapping[str, SolvedTable]) -> pd.DataFrame:
    """The whole numbers behind every row of percentages, a line for each cell.

    ``count`` is of one table that fits, or that disagrees with as few printed percentages as any; it is the
    only one where ``tables`` is 1. Rows of no table are solved by themselves.
    """
    import pandas as pd

    in_tables = {row.claim for solved in tables.values() for row in solved.rows}
    alone = [
        _solved([claim], None) for claim in claims if claim.kind == "row" and claim.claim not in in_tables
    ]
    distinct = list({id(solved): solved for solved in tables.values()}.values())
    lines = [line for solved in (*distinct, *alone) for line in _lines(solved)]
    return pd.DataFrame(lines, columns=list(_SOLVED))


_SOLVED: Final = ("row", "base", "column", "printed", "count", "percentage", "agrees", "tables", "status")


def _lines(solved: SolvedTable) -> list[tuple[object, ...]]:
    lines: list[tuple[object, ...]] = []
    for i, row in enumerate(solved.rows):
        for j, label in enumerate(solved.labels):
            printed = solved.printed[i, j].text if (i, j) in solved.printed else ""
            head = (row.claim, solved.bases[i], label, printed)
            if isinstance(solved.behind, str):
                lines.append((*head, np.nan, np.nan, False, 0, solved.behind))
                continue
            count, many = int(solved.behind.counts[i, j]), solved.behind.tables
            share = 100 * count / solved.bases[i]
            agrees = not bool(solved.behind.disagrees[i, j])
            status = "" if many == 1 else "one of several tables that fit as well"
            lines.append((*head, count, share, agrees, np.nan if many is None else many, status))
    return lines


def _root(name: str, total_of: Mapping[str, str], table: Claim) -> str:
    seen = {name}
    while name in total_of:
        name = total_of[name]
        if name in seen:
            raise DataError(f"Row {table.row}: the rows add up in a circle at {name!r}.")
        seen.add(name)
    return name


def _solved(rows: Sequence[Claim], total_of: Sequence[int] | None) -> SolvedTable:
    parts = [row.labelled() for row in rows]
    if len(rows) == 1:  # columns of a single row need no labels
        labels = tuple(part.label for part in parts[0])
        places = [list(range(len(labels)))]
    else:
        labels = tuple(dict.fromkeys(part.label for row in parts for part in row))
        places = [[labels.index(part.label) for part in row] for row in parts]
    printed: dict[tuple[int, int], Printed] = {}
    known = np.full((len(rows), len(labels)), np.nan)
    for i, (claim, row) in enumerate(zip(rows, parts, strict=True)):
        if len(set(places[i])) < len(row):
            raise claim.problem("parts", "each column of the table once")
        for j, part in zip(places[i], row, strict=True):
            if part.value != "-":
                printed[i, j] = claim.number(part.value, "parts")
            if part.count is not None:
                known[i, j] = part.count
    percentages = np.full(known.shape, np.nan)
    for cell, number in printed.items():
        percentages[cell] = number.value
    bases = tuple(_base(row) for row in rows)
    decimals = max((number.decimals for number in printed.values()), default=0)
    try:
        behind: CountsBehind | str = counts_behind(
            percentages, bases, decimals=decimals, known=known, total_of=total_of
        )
    except StatisticError as error:
        behind = str(error)
    return SolvedTable(tuple(rows), labels, bases, printed, behind)


def _base(row: Claim) -> int:
    base = row.whole("base")
    if base is None or not base.known or base.low < 1:
        raise row.problem("base", "the row's number of people, 1 or more")
    return base.low
