"""Counts from whatever is given: applicant records, a published table, or counts written before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.counts.stage_counts import StageCounts, count_stages
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.process import Programme, load_programme, step_up_to_social_work
from stepup_equity.records import (
    PROBLEM_COLUMNS,
    check_applicants,
    open_source,
    read_applicants,
    read_frame,
    unread_notes,
    with_cohort_label,
)
from stepup_equity.records.notes import source_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ["OpenedCounts", "check_file", "open_counts"]

_TABLE_COLUMNS: Final = frozenset({"characteristic", "group"})


@dataclass(frozen=True, eq=False)
class OpenedCounts:
    """Counts and the problems met on the way to them.

    Attributes
    ----------
    counts : StageCounts
    problems : pandas.DataFrame
        Warnings and notes of the records; empty for counts and tables.
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
        A table with the columns ``characteristic`` and ``group`` is a published one; anything else is
        read as `read_applicants` reads it.
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
    opened = open_source(source, reading=chosen.reading if chosen else None, query=query)
    table = read_frame(opened, _TABLE_COLUMNS)
    if table is not None:
        counts = StageCounts.from_table(_with_cohort(table, chosen, cohort_label, opened.path), chosen)
        said = source_notes(opened.path)
        return OpenedCounts(replace(counts, notes=(*said, *counts.notes), declared=said), _no_problems())
    applicants = read_applicants(
        opened, programme=chosen, check_ids=check_ids, cohort_label=cohort_label, progress=progress
    )
    return OpenedCounts(count_stages(applicants), _with_unread(applicants.problems, opened.columns, chosen))


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
        opened = open_source(source, reading=chosen.reading if chosen else None, query=query)
        table = read_frame(opened, _TABLE_COLUMNS)
        if table is not None:
            StageCounts.from_table(_with_cohort(table, chosen, cohort_label, opened.path), chosen)
            return _no_problems()
    except DataError as error:
        return error.problems if len(error.problems) else _one_problem(error)
    problems = check_applicants(opened, programme=chosen, check_ids=check_ids, cohort_label=cohort_label)
    return _with_unread(problems, opened.columns, chosen)


def _with_cohort(
    table: pd.DataFrame, programme: Programme | None, label: str | None, path: Path | None
) -> pd.DataFrame:
    """A published table of one cohort that has no column for it, with the name that was given."""
    named = with_cohort_label(programme or step_up_to_social_work(), label, path).reading.cohort_label
    if not named:
        return table
    held = [column for column in table.columns if str(column).strip().casefold() == "cohort"]
    if held:
        raise DataError(
            f"The table has a column {str(held[0])!r}, and the name {named!r} was given for all of it. "
            "Leave out one of the two."
        )
    return table.assign(cohort=named)


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
