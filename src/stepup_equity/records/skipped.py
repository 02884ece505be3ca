"""Rows below the column names that a programme says are headers too: none of them may be a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from stepup_equity.columns import NOT_STATED
from stepup_equity.records.batches import Batch
from stepup_equity.records.layout import resolve_layout
from stepup_equity.records.problems import Problems
from stepup_equity.records.progress.events import EventCollector
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder

if TYPE_CHECKING:
    from stepup_equity.process import Programme
    from stepup_equity.records.sources import Source


def judge_skipped(source: Source, programme: Programme, problems: Problems) -> None:
    """Note the rows that are skipped as headers; refuse them where one can be read as a person.

    Parameters
    ----------
    source : Source
    programme : Programme
    problems : Problems
    """
    if not source.further_names:
        return
    people = sum(_is_person(cells, source, programme) for cells in source.further_names)
    if people:
        problems.add(
            "error",
            "people_skipped",
            "",
            f"{people} of the rows that skip_rows takes for headers can be read as a person.",
            count=people,
            remedy="Correct skip_rows under [reading] in the programme: it counts the rows below the column "
            "names that are headers too, and a file that was tidied has none.",
        )
        return
    problems.add(
        "note",
        "headers_skipped",
        "",
        "rows below the column names are left out as headers, as skip_rows in the programme says.",
        count=len(source.further_names),
        remedy="Nothing needs doing.",
    )


def _is_person(cells: dict[str, str], source: Source, programme: Programme) -> bool:
    """Whether a row says something about a person and nothing of it is unknown."""
    problems = Problems()
    layout = resolve_layout(
        source.columns, programme, problems, by=None, strata=(), check_ids=False, source=source
    )
    if layout is None:
        return False
    arrays = {name: pa.array([cells.get(name) or None], pa.string()) for name in layout.columns}
    batch = Batch(pa.RecordBatch.from_pydict(arrays))
    stated = False
    for coding in layout.codings:
        code = int(coding.encoder.encode(batch).rows()[0])
        stated = stated or coding.encoder.labels[code] != NOT_STATED
    if not isinstance(layout.progress, (EventCollector, PeopleCountsDecoder)):
        layout.progress.decode(batch)
    return stated and not problems.has_errors
