"""Divisions and scores of a programme that the next file has under another name, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from stepup_equity.process import StageColumns, StatusWords
from stepup_equity.process.headings import heading
from stepup_equity.start.names import EVENT_TIME, PERSONAL, STRATUM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stepup_equity.process import Programme
    from stepup_equity.start.decisions import Decisions
    from stepup_equity.start.view import Column, FileView


LEFT_OUT: Final = "not asked"
"""The answer that no column holds it."""
_MOST: Final = 80


def there(name: str, columns: Mapping[str, Column], decisions: Decisions, label: str) -> bool:
    """Whether a column is in the file; what is not there is shown and left out."""
    if heading(name) in columns:
        return True
    decisions.decide(
        f"column:{label}",
        "column",
        name,
        f"{name!r} is not in the file; {label.lower()} is left out.",
        LEFT_OUT,
        "no column has that name",
    )
    return False


def divided(
    programme: Programme, view: FileView, columns: Mapping[str, Column], decisions: Decisions
) -> Programme:
    """The programme with its divisions and scores where the file has them.

    A division that is left out is no longer held equal, which changes what is called a cliff edge. So where
    a column that nothing else claims might be it, that is asked.
    """
    taken = {*_claimed(programme), *(heading(one.value) for one in decisions.made.values())}
    free = [column for key, column in columns.items() if key not in taken and column.values]
    labels = [one for one in free if _divides(one, view.rows)]
    numbers = [one for one in free if one.is_number and len(one.values) > 2]
    strata = [
        replace(one, column=name)
        for one in programme.strata
        if (name := _found(one.column, one.label, columns, labels, decisions))
    ]
    scores = [
        replace(one, column=name)
        for one in programme.covariates
        if (name := _found(one.column, one.label, columns, numbers, decisions))
    ]
    return replace(programme, strata=tuple(strata), covariates=tuple(scores))


def _found(
    name: str, label: str, columns: Mapping[str, Column], free: list[Column], decisions: Decisions
) -> str:
    """The column that holds it; empty where none does."""
    if heading(name) in columns or not free:
        return name if there(name, columns, decisions, label) else ""
    value = decisions.decide(
        f"column:{label}",
        "column",
        name,
        f"{name!r} is not in the file. Which column holds {label.lower()}?",
        "",
        "no column has that name, and what is left out is no longer held equal",
        choices=[
            *((one.name, one.name) for one in free),
            (LEFT_OUT, f"None of them: {label.lower()} is left out"),
        ],
        safe=False,
        meanwhile=LEFT_OUT,
    )
    return "" if value == LEFT_OUT else value


def _divides(column: Column, rows: int) -> bool:
    """Whether a column's values might be divisions: few, words, and in nearly every row."""
    name = heading(column.name)
    if not STRATUM.fullmatch(name) and (PERSONAL.search(name) or EVENT_TIME.fullmatch(name)):
        return False
    few = 2 <= len(column.values) <= min(_MOST, rows // 5)
    return few and not column.is_number and not column.date_forms and column.filled.sum() >= 0.9 * rows


def _claimed(programme: Programme) -> Iterator[str]:
    """Names of the columns that the programme has a use for."""
    reading = programme.reading
    yield from map(heading, (reading.applicant_id, reading.cohort, *reading.id_parts))
    for one in programme.characteristics:
        names = (one.column, one.number_column, one.birth_column, one.detail_column)
        yield from (heading(name) for name in (*names, *(name for name, _ in one.ticked)) if name)
    yield from (heading(one.column) for one in programme.strata)
    yield from (heading(one.column) for one in programme.covariates)
    progress = reading.progress
    if isinstance(progress, StageColumns):
        named = dict(progress.columns)
        yield from (heading(named.get(key, key)) for key in programme.process.stage_keys[1:])
    if isinstance(progress, StatusWords):
        yield from (heading(one.column) for one in progress.split)
    yield from (
        heading(str(getattr(progress, name, ""))) for name in ("column", "exit_column", "event", "time")
    )
