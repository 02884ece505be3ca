"""What a file looks like: its header, and the values of each column with how often they occur."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.errors import DataError, listed
from stepup_equity.process import Reading, normalise
from stepup_equity.process.phrases import is_refusal
from stepup_equity.records.batches import coded_values, text_of
from stepup_equity.records.sources import ReadAgain, open_source
from stepup_equity.records.sources.peek import first_rows
from stepup_equity.records.sources.titles import DATE, HEADER_WITHIN, NUMBER, header_at

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.records.sources import Source


_FORMS: Final = (
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%d/%m/%y",
    "%m/%d/%y",
)
_TIMES: Final = ("", " %H:%M", " %H:%M:%S", "T%H:%M", "T%H:%M:%S")
_LOOKED_AT: Final = 3000
_MOST_DATES: Final = 0.8
_WIDTH_OF_PEOPLE: Final = 3
"""How many columns a table has at least whose rows with one filled cell are no people."""
_IMPORT_ID: Final = '{"ImportId"'
"""How survey forms begin the ids of their questions, in the last of their header rows."""


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its distinct values, and which of them each row has.

    Attributes
    ----------
    name : str
    values : tuple of str
        Distinct values, without blanks around them.
    codes : ndarray of int32, shape (n_rows,)
        Position of each row's value; -1 where the row is blank.
    counts : ndarray of int64, shape (n_values,)
        Rows with each value.
    said : str
        The question, where a survey form wrote it into a row below the names.
    """

    name: str
    values: tuple[str, ...]
    codes: NDArray[np.int32]
    counts: NDArray[np.int64]
    said: str = ""

    @property
    def title(self) -> str:
        """What is asked in it: the question where a form wrote one below the name, else the name."""
        return self.said or self.name

    @cached_property
    def filled(self) -> NDArray[np.bool_]:
        """Rows in which something stands."""
        return self.codes >= 0

    @cached_property
    def stated(self) -> dict[str, int]:
        """Values that are answers, with their rows, the most frequent first; refusals are left out.

        Of a column with thousands of values, such as ids, some are enough, spread over all of them whatever
        the order of the rows: it holds no answers.
        """
        looked: Sequence[int] = range(len(self.values))
        if len(looked) > _LOOKED_AT:
            looked = sorted(looked, key=self.values.__getitem__)[:: len(looked) // _LOOKED_AT]
        pairs = [(self.values[i], int(self.counts[i])) for i in looked if not is_refusal(self.values[i])]
        return dict(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))

    @cached_property
    def labels(self) -> dict[str, int]:
        """Answers as they are compared, with their rows."""
        found: Counter[str] = Counter()
        for value, n in self.stated.items():
            found[normalise(value)] += n
        return dict(found)

    @cached_property
    def is_number(self) -> bool:
        """Whether nearly everything that stands in it is a number."""
        return self._share(NUMBER) >= 0.98

    @cached_property
    def numbers(self) -> NDArray[np.float64]:
        """The number of each row; NaN where there is none."""
        found = [_number(value) for value in self.values]
        return np.array([*found, np.nan])[self.codes]

    def is_one_for_each(self, identity: Column) -> bool:
        """Whether all rows of one id have the same value here."""
        both = self.filled & identity.filled
        pairs = {
            (one, two)
            for one, two in zip(identity.codes[both].tolist(), self.codes[both].tolist(), strict=True)
        }
        return len(pairs) == len({one for one, _ in pairs})

    @cached_property
    def date_forms(self) -> tuple[str, ...]:
        """Every way in which all its values can be dates; empty where they are none."""
        looked = list(self.stated)[:_LOOKED_AT]
        if not looked or self._share(DATE) < 0.95:
            return ()
        dated = [value for value in looked if DATE.fullmatch(value)]
        return tuple(form for form in _FORMS if all(_is_date(value, form) for value in dated))

    @cached_property
    def birth_forms(self) -> tuple[str, ...]:
        """`date_forms`; where a few values are no such dates, the one form that nearly all others have."""
        if self.date_forms:
            return self.date_forms
        looked = list(self.stated.items())[:_LOOKED_AT]
        fits = {form: sum(n for value, n in looked if _is_date(value, form)) for form in _FORMS}
        best = max(fits, key=fits.__getitem__)
        return (best,) if looked and fits[best] >= _MOST_DATES * sum(n for _, n in looked) else ()

    def day(self, value: str, form: str) -> dt.date | None:
        """The day that a value names in a form."""
        return _date(value, form)

    def _share(self, pattern: re.Pattern[str]) -> float:
        looked = list(self.stated.items())[:_LOOKED_AT]
        people = sum(n for _, n in looked)
        return sum(n for value, n in looked if pattern.fullmatch(value)) / people if people else 0.0


@dataclass(frozen=True, eq=False)
class FileView:
    """A file as far as a draft needs to know it.

    Attributes
    ----------
    name : str
    source : object
        What was given, to be read again.
    sheet : str
        Sheet of a workbook; empty for the first, or where there are none.
    sheets : tuple of str
        Every sheet that holds a table.
    header_row : int
    titles : tuple of str
        What stands above the header.
    columns : tuple of Column
    rows : int
    skip_rows : int
        Rows below the column names that are headers too.
    """

    name: str
    source: Any
    sheet: str
    sheets: tuple[str, ...]
    header_row: int
    titles: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: int
    skip_rows: int = 0

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)

    @cached_property
    def repeated(self) -> int:
        """Rows that say in every column what a row above them says."""
        alike = np.zeros(self.rows, np.int64)
        for column in sorted(self.columns, key=lambda one: -len(one.values)):
            seen, alike = np.unique(alike * (len(column.values) + 1) + column.codes + 1, return_inverse=True)
            if len(seen) == self.rows:
                return 0
        return self.rows - len(seen) if self.columns else 0


def view_file(source: Any, *, progress: Callable[[int], None] | None = None) -> FileView:
    """Read a file once and keep what each column holds.

    Parameters
    ----------
    source : path, frame or whatever `read_applicants` takes
    progress : callable, optional
        Called with the number of rows read so far.

    Raises
    ------
    DataError
        Where it is no table, or no row of it can be the header.
    """
    sheet, at = "", 0
    sheets: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    skip = 0
    said: dict[str, str] = {}
    if isinstance(source, (str, Path)) and os.path.isfile(source):  # noqa: PTH113 - for any name
        tables = first_rows(Path(source))
        if tables:
            sheet, at, titles = _table(tables, Path(source).name)
            skip, said = _headers_below(tables[sheet], at)
            sheets = tuple(tables)
            sheet = "" if sheet == sheets[0] else sheet
    opened = open_source(source, reading=Reading(sheet=sheet, header_row=at + 1, skip_rows=skip))
    header_row = opened.header_row if at == 0 else at + 1
    names = [name for name in dict.fromkeys(opened.columns) if name.strip()]
    try:
        columns, rows = _columns(opened, names, progress)
    except ReadAgain:  # it has learnt its encoding
        columns, rows = _columns(opened, names, progress)
    columns, rows = _with_something(columns, rows)
    _refuse_remarks(columns, opened.name)
    columns = tuple(replace(column, said=said.get(column.name, "")) for column in columns)
    return FileView(opened.name, source, sheet, sheets, header_row, titles, columns, rows, skip)


def _columns(
    source: Source, names: Sequence[str], progress: Callable[[int], None] | None
) -> tuple[tuple[Column, ...], int]:
    """Every column in one pass, and the number of rows."""
    builders = [_Builder() for _ in names]
    rows = 0
    for batch in source.batches(names):
        for name, builder in zip(names, builders, strict=True):
            values, positions = coded_values(batch.column(name))
            builder.add(values, positions)
        rows += len(batch)
        if progress is not None:
            progress(rows)
    return tuple(builder.column(name) for name, builder in zip(names, builders, strict=True)), rows


def _with_something(columns: tuple[Column, ...], rows: int) -> tuple[tuple[Column, ...], int]:
    """The columns without rows in which nothing stands at all: they are nobody."""
    filled = np.zeros(rows, bool)
    for column in columns:
        if filled.all():
            return columns, rows
        filled |= column.filled
    return tuple(replace(column, codes=column.codes[filled]) for column in columns), int(filled.sum())


def _refuse_remarks(columns: Sequence[Column], name: str) -> None:
    """Refuse lines below the table: the last rows, with words in one column that holds single words above."""
    only = next((column for column in columns if column.filled[-1:].any()), None)
    if only is None or len(columns) < _WIDTH_OF_PEOPLE:
        return
    beside = np.sum([column.filled for column in columns], axis=0)
    people = np.flatnonzero((beside > 1) | ~only.filled)
    first = int(people[-1]) + 1 if len(people) else 0
    words = np.array([" " in value for value in only.values] or [False])[only.codes] & only.filled
    lines = len(beside) - first
    if not first or not words[first:].any() or words[:first].any():
        return
    which = "the last row" if lines == 1 else f"the last {lines} rows"
    raise DataError(
        f"{name} has lines below its table ({which}), such as remarks or a total. "
        "Take them away: every row behind the column names is an applicant."
    )


class _Builder:
    """One column, batch by batch."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._parts: list[NDArray[np.int32]] = []

    def add(self, values: Sequence[object], positions: NDArray[Any]) -> None:
        texts = [" ".join(text_of(value).split()) for value in values]
        codes = [self._codes.setdefault(text, len(self._codes)) if text else -1 for text in texts]
        self._parts.append(np.array(codes, np.int32)[positions])

    def column(self, name: str) -> Column:
        codes = np.concatenate(self._parts) if self._parts else np.zeros(0, np.int32)
        counts = np.bincount(codes[codes >= 0], minlength=len(self._codes)).astype(np.int64)
        met = np.flatnonzero(counts)
        names = tuple(self._codes)
        if len(met) == len(names):
            return Column(name, names, codes, counts)
        again = np.full(len(names) + 1, -1, np.int32)
        again[met] = np.arange(len(met), dtype=np.int32)
        return Column(name, tuple(names[i] for i in met), again[codes], counts[met])


# The header -------------------------------------------------------------------------------------------


def _table(tables: dict[str, list[list[str]]], name: str) -> tuple[str, int, tuple[str, ...]]:
    """The first sheet that is a table, where its header stands, and what stands above it."""
    for sheet, rows in tables.items():
        at = header_at(rows)
        if at is not None:
            above = [" ".join(filter(None, row)) for row in rows[:at]]
            return sheet, at, tuple(filter(None, above))
    raise DataError(_without_header([row for rows in tables.values() for row in rows], name))


def _without_header(rows: list[list[str]], name: str) -> str:
    """Why no row can be the header, and what to do."""
    filled = [[cell for cell in row if cell] for row in rows[:HEADER_WITHIN]]
    if not any(filled):
        return f"{name} is empty. Export it again with its column names and its applicants."
    if sum(map(bool, filled)) == 1:
        return f"{name} has one row and nothing below it. Export it again with its applicants."
    for row in filled:
        twice = [cell for cell, n in Counter(row).items() if n > 1]
        words = not any(NUMBER.fullmatch(cell) or DATE.fullmatch(cell) for cell in row)
        if twice and words and len(row) >= _WIDTH_OF_PEOPLE:
            return (
                f"{name} has column names that stand more than once in their row: {listed(twice)}. Give each "
                "column a name of its own, such as with the heading above it, then start again."
            )
    return (
        f"{name} has no row that looks like column names: two names or more, each of its own, above rows "
        "that are filled. Put the column names above the columns, then start again."
    )


def _headers_below(rows: list[list[str]], at: int) -> tuple[int, dict[str, str]]:
    """How many rows of a survey form below the names are headers too, and the question of each column."""
    below = rows[at + 1 : at + 3]
    ids = [
        i for i, row in enumerate(below) if sum(cell.startswith(_IMPORT_ID) for cell in row) > len(row) / 2
    ]
    if not ids:
        return 0, {}
    questions = below[0] if ids[0] else []
    return ids[0] + 1, dict(zip(rows[at], (" ".join(one.split()) for one in questions), strict=False))


# Values -----------------------------------------------------------------------------------------------


def _number(value: str) -> float:
    return float(value.replace(",", ".")) if NUMBER.fullmatch(value) else np.nan


def _is_date(value: str, form: str) -> bool:
    return _date(value, form) is not None


@lru_cache(maxsize=1 << 16)
def _date(value: str, form: str) -> dt.date | None:
    if form == _FORMS[0]:
        try:
            return dt.datetime.fromisoformat(value).date()
        except ValueError:
            return None
    for time in _TIMES:
        try:
            return dt.datetime.strptime(value, form + time).date()  # noqa: DTZ007 - files have no time zone
        except ValueError:
            continue
    return None
