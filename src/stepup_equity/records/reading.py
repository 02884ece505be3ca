"""The one pass over the rows: encode, check, add up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from stepup_equity.records.batches import blank_cells
from stepup_equity.records.cells import Tally
from stepup_equity.records.ids import IdCheck, count_ids
from stepup_equity.records.layout import not_stated_codes
from stepup_equity.records.persons import Persons
from stepup_equity.records.problems import Problems
from stepup_equity.records.progress.events import EventCollector
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder
from stepup_equity.records.routes import RouteEncoder, settled
from stepup_equity.records.sources import GroupedSource
from stepup_equity.records.strata import StratumEncoder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from stepup_equity.records.batches import Batch, Coded
    from stepup_equity.records.cells import CellTable
    from stepup_equity.records.layout import Layout
    from stepup_equity.records.sources import Source


_WARNINGS: Final = frozenset({"files_not_read", "rows_hidden"})
"""What a source notices that may be people who are missing, or too many."""


def one_pass(
    source: Source, layout: Layout, problems: Problems, progress: Callable[[int], None] | None
) -> tuple[CellTable, CellTable | None]:
    """Read the rows once and add up those that are alike; and each person once, where applications are.

    Every batch goes through the same steps: rows with nothing in them are noted and left out, each column
    becomes codes, progress becomes an outcome, ids are looked at, and all is added to one tally.
    """
    tally = Tally(layout.kinds)
    events = layout.progress if isinstance(layout.progress, EventCollector) else None
    ids = _id_check(source, layout, problems)
    persons = None
    if layout.person_column is not None and not isinstance(source, GroupedSource):
        persons = Persons(layout.person_column, layout.kinds)
    cohorts = _cohort_reader(layout, problems)
    rows = 0
    for batch in _batches(source, layout, problems):
        columns = [coding.encoder.encode(batch) for coding in layout.codings]
        if events is not None:
            events.add(batch, columns)
        elif isinstance(layout.progress, PeopleCountsDecoder):
            for outcomes, people in layout.progress.outcomes(batch):
                tally.add(columns, outcomes, people)
        else:
            outcomes = layout.progress.decode(batch)  # type: ignore[union-attr]
            tally.add(columns, outcomes, batch.weights)
            if persons is not None:
                persons.add(batch, columns, outcomes)
        if ids is not None:
            ids.add(batch, cohorts(batch, columns))
        rows += len(batch)
        if progress is not None:
            progress(rows)
    if events is not None and rows:
        names = [next(iter(coding.encoder.columns), coding.name) for coding in layout.codings]
        kinds = [coding.kind for coding in layout.codings]
        columns, outcomes = events.people(names, kinds, not_stated_codes(layout))
        tally.add(columns, outcomes, None)
    if ids is not None and rows:
        ids.judge(source, layout.columns, layout.cohort_column)
    add_notes(source, problems)
    whole = _settled(tally.table(layout.labels), layout, problems)
    each = None if persons is None else persons.table(layout.labels)
    return whole, None if each is None else _settled(each, layout, Problems())


def _settled(table: CellTable, layout: Layout, problems: Problems) -> CellTable:
    """The table with its routes decided, where people's versions of the process differ."""
    routes = [coding.encoder for coding in layout.codings if isinstance(coding.encoder, RouteEncoder)]
    return settled(table, routes[0].keys, problems) if routes else table


def add_notes(source: Source, problems: Problems) -> None:
    """Note what the source itself noticed."""
    for code, sentence, remedy in source.notes():
        problems.add("warning" if code in _WARNINGS else "note", code, "", sentence, remedy=remedy)


def _batches(source: Source, layout: Layout, problems: Problems) -> Iterator[Batch]:
    columns, ids = layout.columns, layout.id_column
    alone = ids  # where groups of rows come with columns besides, what stands in these is not seen here
    if isinstance(source, GroupedSource) and not isinstance(layout.progress, EventCollector):
        if ids is not None:
            count_ids(source, ids, layout.cohort_column, columns, problems)
        beside = [name for name in columns if name not in layout.counted]
        found = source.groups(layout.counted, layout.alike, beside=beside)
        alone = ids if beside == [ids] else None
    else:
        found = source.batches(columns, many=() if ids is None else (ids,))
    for batch in found:
        for kept in without_empty_rows(batch, problems):
            if alone is not None:
                _warn_of_ids_alone(kept, alone, problems)
            yield kept


def _id_check(source: Source, layout: Layout, problems: Problems) -> IdCheck | None:
    """Ids are looked at row by row, unless the engine counts them or an event log repeats them by nature."""
    if layout.id_column is None or isinstance(source, GroupedSource):
        return None
    return None if isinstance(layout.progress, EventCollector) else IdCheck(layout.id_column, problems)


def _cohort_reader(layout: Layout, problems: Problems) -> Callable[[Batch, Sequence[Coded]], Any]:
    """What tells the cohort of each row, whether people are counted by it or not."""
    kinds = [kind for _, kind in layout.kinds]
    if "cohort" in kinds:
        return lambda _, columns: columns[kinds.index("cohort")].rows()
    if layout.cohort_column is None:
        return lambda *_: None
    encoder = StratumEncoder(layout.cohort_column, problems)
    return lambda batch, _: encoder.encode(batch).rows()


def without_empty_rows(batch: Batch, problems: Problems) -> list[Batch]:
    """The batch without rows in which everything that is read is blank; they are noted."""
    empty = _empty_rows(batch)
    if empty is None or not empty.any():
        return [batch]
    problems.add(
        "note",
        "row_empty",
        "",
        "rows with nothing in them are left out.",
        **batch.place(np.flatnonzero(empty)),
        remedy="Nothing needs doing, unless people are missing.",
    )
    return batch.without(empty)


def _warn_of_ids_alone(batch: Batch, ids: str, problems: Problems) -> None:
    """A remark below a table stands in the column of ids, and would be somebody of whom nothing is known."""
    others = [batch.column(name) for name in batch.table.column_names if name != ids]
    rows = np.arange(len(batch) if others else 0)
    for column in sorted(others, key=lambda one: one.null_count):  # the fullest first: mostly it tells all
        rows = rows[blank_cells(column if len(rows) == len(batch) else column.take(pa.array(rows)))]
        if not rows.size:
            return
    if rows.size:
        problems.add(
            "warning",
            "id_alone",
            ids,
            "rows that hold an id and nothing else that is read: people of whom nothing is known.",
            **batch.place(rows),
            remedy="Remove what is a remark below the table; whoever applied may stay.",
        )


def _empty_rows(batch: Batch) -> NDArray[np.bool_] | None:
    """Rows in which every column is null; None where some column has no null at all."""
    columns = batch.table.columns
    if batch.blank is not None:
        return batch.blank
    if not columns or any(column.null_count == 0 for column in columns):
        return None
    empty = np.ones(len(batch), bool)
    for column in columns:
        empty &= column.is_null().to_numpy(zero_copy_only=False)
    return empty
