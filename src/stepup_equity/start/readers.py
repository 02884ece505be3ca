"""Whether a file is an export that a shipped programme reads as it is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from stepup_equity.process import FurthestStage, StageColumns, StatusWords, load_programme, shipped_programmes
from stepup_equity.process.headings import heading
from stepup_equity.records.progress.words import WordMap
from stepup_equity.start.labels import unknown_answers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stepup_equity.process import Characteristic, Programme
    from stepup_equity.start.view import Column, FileView


_FEWEST: Final = 5
"""Columns that must have the names that the programme reads."""
_KNOWN: Final = 0.8
_OWN_COLUMNS: Final = "applicant_id"
"""A programme that reads this library's own columns is no export of another system."""


def reader_of(view: FileView) -> Programme | None:
    """The shipped programme that has every column of a file's answers, and knows nearly all its words."""
    columns = {heading(column.name): column for column in view.columns}
    return next((one for one in _readers() if _fits(one, view, columns)), None)


@cache
def _readers() -> tuple[Programme, ...]:
    found = map(load_programme, shipped_programmes())
    return tuple(one for one in found if one.reading.applicant_id != _OWN_COLUMNS or one.reading.id_parts)


def _fits(programme: Programme, view: FileView, columns: dict[str, Column]) -> bool:
    named = list(_named(programme))
    if len(set(named)) < _FEWEST or any(heading(name) not in columns for name in named):
        return False
    if programme.reading.skip_rows != view.skip_rows:
        return False
    shares = [_labels_known(one, columns[heading(one.column)]) for one in programme.characteristics]
    return min([_progress_known(programme, columns), *shares]) >= _KNOWN


def _named(programme: Programme) -> Iterator[str]:
    """Names of the columns that a file of the programme has."""
    reading, told = programme.reading, programme.reading.progress
    yield from reading.id_parts or (reading.applicant_id,)
    yield from (one.column for one in programme.characteristics if not one.optional)
    if isinstance(told, (StatusWords, FurthestStage)):
        yield told.column
    elif isinstance(told, StageColumns):
        yield from dict(told.columns).values()


def _labels_known(one: Characteristic, column: Column) -> float:
    unknown = sum(unknown_answers(one, column).values())
    return 1 - unknown / max(int(column.counts.sum()), 1)


def _progress_known(programme: Programme, columns: dict[str, Column]) -> float:
    told = programme.reading.progress
    if isinstance(told, StatusWords):
        words = WordMap((word, i) for i, outcome in enumerate(told.outcomes) for word in outcome.words)
        return _share(columns[heading(told.column)], words)
    if isinstance(told, FurthestStage):
        pairs = [(key, 0) for key in programme.process.stage_keys]
        return _share(
            columns[heading(told.column)], WordMap([*((word, 0) for word, _ in told.words), *pairs])
        )
    return float(isinstance(told, StageColumns))


def _share(column: Column, words: WordMap) -> float:
    known = sum(int(n) for word, n in zip(column.values, column.counts, strict=True) if words.code(word) >= 0)
    return known / max(int(column.counts.sum()), 1)
