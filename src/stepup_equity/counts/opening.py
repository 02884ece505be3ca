"""Counts from whatever is given: applicant records, a published table, or counts written before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.counts.counting import count_stages
from stepup_equity.counts.published import counts_from_grid
from stepup_equity.counts.stage_counts import StageCounts
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.process import Programme, load_programme, step_up_to_social_work
from stepup_equity.records.applicants import Applicants, check_applicants, read_applicants, with_cohort_label
from stepup_equity.records.notes import source_notes
from stepup_equity.records.printed.recognise import (
    SeveralTablesError,
    grid_of_file,
    on_another_sheet,
    published_grid,
)
from stepup_equity.records.problems import PROBLEM_COLUMNS, Problems
from stepup_equity.records.reading import add_notes
from stepup_equity.records.sources import Source, open_source
from stepup_equity.records.sources.tables import WorkbookSource
from stepup_equity.records.unread import unread_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from stepup_equity.records.printed.grid import Grid


@dataclass(frozen=True, eq=False)
class OpenedCounts:
    """Counts and the problems met on the way to them.

    Attributes
    ----------
    counts : StageCounts
    problems : pandas.DataFrame
        Warnings and notes of the records or the table; empty for counts.
    """

    counts: StageCounts
    problems: pd.DataFrame


def open_counts(
    source: Any,
    *,
    programme: Programme | str | Path | None = None,
    query: str | None = None,
    check_ids: bool = True,
    cohort_label: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> OpenedCounts:
    """Counts from records, a published table, or a file that `StageCounts.write` wrote.

    Parameters
    ----------
    source : path, list of paths, frame, connection or database address
        A table with the columns ``characteristic`` and ``group`` is a published one, and so is a small one
        of groups with their numbers of people; anything else is read as `read_applicants` reads it.
    programme : Programme, name or path, optional
        For records, by default Step Up to Social Work; for a published table, by default its own stages.
    query : str, optional
        For a database.
    check_ids : bool
        Whether ids of records are checked.
    cohort_label : str, optional
        Name of the one cohort of a source that names none.
    progress : callable, optional
        Called with the number of rows read so far.

    Raises
    ------
    DataError
        Where the source is refused.
    """
    if isinstance(source, (str, Path)) and StageCounts.wrote(Path(source)):
        if cohort_label:
            raise ArgumentError(
                f"{Path(source).name} holds counts, which keep the cohorts they were counted by. "
                "Name the cohort where records are counted."
            )
        return OpenedCounts(StageCounts.read(source), _no_problems())
    chosen = load_programme(programme) if isinstance(programme, (str, Path)) else programme
    opened, grid = _opened(source, chosen, query)
    if grid is not None:
        problems = _noticed(opened)
        counts = counts_from_grid(
            grid, chosen, problems, cohort_label=_cohort(chosen, cohort_label, grid.path)
        )
        if counts is None:
            raise DataError(problems.refusal(grid.name), problems.frame())
        said = source_notes(grid.path)
        noted = replace(counts, notes=(*said, *counts.notes), declared=(*said, *counts.declared))
        return OpenedCounts(noted, problems.frame())
    assert opened is not None
    applicants = read_applicants(
        opened, programme=chosen, check_ids=check_ids, cohort_label=cohort_label, progress=progress
    )
    return OpenedCounts(count_stages(applicants), _with_unread(applicants.problems, opened.columns, chosen))


def open_records(
    source: Any,
    *,
    programme: Programme | str | Path | None = None,
    query: str | None = None,
    check_ids: bool = True,
    cohort_label: str | None = None,
) -> Applicants:
    """Records for a question about each person's own numbers; what is counted already is refused by name.

    Raises
    ------
    DataError
        Where the source holds counts or is a published table, or is refused as records.
    """
    need = "This question is about numbers of each applicant, which no count holds. Give the records."
    if isinstance(source, (str, Path)) and StageCounts.wrote(Path(source)):
        raise DataError(f"{Path(source).name} holds counts that were written. {need}")
    chosen = load_programme(programme) if isinstance(programme, (str, Path)) else programme
    opened, grid = _opened(source, chosen, query)
    if grid is not None:
        raise DataError(f"{grid.name} is a published table of numbers of people. {need}")
    return read_applicants(opened, programme=chosen, check_ids=check_ids, cohort_label=cohort_label)


def holds_published_table(source: Any) -> bool:
    """Whether `open_counts` would read a source as a published table, and not as records.

    Raises
    ------
    DataError
        Where the source is no table.
    """
    try:
        return _opened(source, None, None)[1] is not None
    except SeveralTablesError:
        return True


def check_file(
    source: Any,
    *,
    programme: Programme | str | Path | None = None,
    query: str | None = None,
    check_ids: bool = True,
    cohort_label: str | None = None,
) -> pd.DataFrame:
    """Every problem of what `open_counts` would open, errors included, without raising for them."""
    chosen = load_programme(programme) if isinstance(programme, (str, Path)) else programme
    try:
        if isinstance(source, (str, Path)) and StageCounts.wrote(Path(source)):
            return _no_problems()
        opened, grid = _opened(source, chosen, query)
        if grid is not None:
            problems = _noticed(opened)
            counts_from_grid(grid, chosen, problems, cohort_label=_cohort(chosen, cohort_label, grid.path))
            return problems.frame()
    except DataError as error:
        return error.problems if len(error.problems) else _one_problem(error)
    assert opened is not None
    found = check_applicants(opened, programme=chosen, check_ids=check_ids, cohort_label=cohort_label)
    return _with_unread(found, opened.columns, chosen)


def _cohort(programme: Programme | None, label: str | None, path: Path | None) -> str:
    """The one cohort of a published table, where it was given or stands beside the file."""
    return with_cohort_label(programme or step_up_to_social_work(), label, path).reading.cohort_label


def _opened(source: Any, programme: Programme | None, query: str | None) -> tuple[Source | None, Grid | None]:
    """The source, and its cells where it is a published table and not one of people."""
    try:
        opened = open_source(source, reading=programme.reading if programme else None, query=query)
    except DataError as error:
        if programme is None and _no_names(error) and (grid := grid_of_file(source)) is not None:
            return None, grid
        raise
    grid = published_grid(opened, programme)
    return on_another_sheet(opened) if grid is None and programme is None else (opened, grid)


def _noticed(opened: Source | None) -> Problems:
    """What a workbook notices of itself, such as other sheets: the beginning of a table's problems."""
    problems = Problems()
    if isinstance(opened, WorkbookSource):
        add_notes(opened, problems)
    return problems


def _no_names(error: DataError) -> bool:
    """Whether a file was refused because its first row holds no column names: a title may stand there."""
    return len(error.problems) > 0 and error.problems["code"].iloc[0] == "not_a_table"


def _with_unread(
    problems: pd.DataFrame, columns: tuple[str, ...], programme: Programme | None
) -> pd.DataFrame:
    """The problems, and behind them what was not read; nothing more where the file is refused."""
    import pandas as pd

    if (problems["severity"] == "error").any():
        return problems
    unread = unread_notes(columns, programme or step_up_to_social_work())
    return pd.concat([problems, unread], ignore_index=True) if len(unread) else problems


def _no_problems() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(PROBLEM_COLUMNS))


def _one_problem(error: DataError) -> pd.DataFrame:
    import pandas as pd

    row = dict.fromkeys(PROBLEM_COLUMNS, "") | {
        "severity": "error",
        "code": "table_refused",
        "count": 0,
        "problem": str(error),
    }
    return pd.DataFrame([row])
