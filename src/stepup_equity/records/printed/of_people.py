"""Totals among rows that are groups of people, where a programme says what each column holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.process import is_total
from stepup_equity.records.printed.grid import text_of_cell
from stepup_equity.records.printed.judged import leave_out_sums
from stepup_equity.records.printed.lines import Line
from stepup_equity.records.printed.numbers import convention_of
from stepup_equity.records.sources import GroupedSource, Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems


_MOST_ROWS: Final = 5000
"""A table with more rows is no printed one, and nobody added up its rows."""


class _SomeRows(Source):
    """A source without some of its rows; the others keep their numbers."""

    def __init__(self, source: Source, dropped: NDArray[np.bool_]) -> None:
        self._source, self._dropped = source, dropped
        self.name, self.columns, self.path = source.name, source.columns, source.path
        self.names_are_sure, self.header_row = source.names_are_sure, source.header_row

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:
        """The rows in order, with these columns only."""
        at = 0
        for batch in self._source.batches(columns, many=many):
            yield from batch.without(self._dropped[at : at + len(batch)])
            at += len(batch)

    def notes(self) -> list[tuple[str, str, str]]:
        """What the source itself noticed."""
        return self._source.notes()


def without_totals(
    source: Source,
    questions: Sequence[str],
    others: Sequence[str],
    numbers: Sequence[str],
    problems: Problems,
    *,
    parts: bool,
) -> Source:
    """The source without rows that are totals of others; they are named.

    Parameters
    ----------
    source : Source
    questions, others, numbers : sequence of str
        Columns with characteristics, with cohort and strata, and with numbers of people.
    problems : Problems
    parts : bool
        Whether the numbers part people by how they ended, so that together they are everybody.
    """
    if isinstance(source, GroupedSource) or not questions:
        return source
    wanted = [*questions, *others, *numbers]
    rows: list[list[Any]] = []
    first: list[int] = []
    for batch in source.batches(wanted, many=wanted):
        if len(rows) + len(batch) > _MOST_ROWS:
            return source
        columns = [batch.column(name).to_pylist() for name in wanted]
        first += [int(batch.first or 0) + i for i in range(len(batch))]
        rows += map(list, zip(*columns, strict=True))
    if len(rows) < 3:
        return source
    lines, people = _lines(rows, first, questions, len(others), parts=parts)
    if (people < 0).all():
        return source
    kept, _ = leave_out_sums(lines, people, problems, crossed=len(questions) > 1)
    held = {line.row for line in kept}
    dropped = np.array([line.row not in held for line in lines], bool)
    return _SomeRows(source, dropped) if dropped.any() and not dropped.all() else source


def _lines(
    rows: list[list[Any]], first: list[int], questions: Sequence[str], others: int, *, parts: bool
) -> tuple[tuple[Line, ...], NDArray[np.int64]]:
    """Each row as a line: its answers together are its group, its cohort and strata its cohort."""
    asked, name = len(questions), " × ".join(questions)
    cells = [row[asked + others :] for row in rows]
    convention = convention_of(cell for row in cells for cell in row)
    people = np.array([[convention.people(cell) for cell in row] for row in cells], np.int64)
    if parts:
        whole = np.where((people < 0).any(axis=1), -1, people.sum(axis=1))
        people = np.column_stack([whole, people])
    lines = []
    for number, row in zip(first, rows, strict=True):
        labels = [text_of_cell(cell) for cell in row[:asked]]
        total = next((label for label in labels if is_total(label)), None)
        where = " / ".join(text_of_cell(cell) for cell in row[asked : asked + others])
        group = total or (" × ".join(labels) if any(labels) else "")
        lines.append(Line(number, name, group, (), where))
    return tuple(lines), people
