"""The plain way to type in a table: columns ``characteristic`` and ``group``, then stages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stepup_equity.errors import DataError, did_you_mean, listed
from stepup_equity.process import normalise
from stepup_equity.records.printed.layouts import understood
from stepup_equity.records.printed.lines import Line, Printed
from stepup_equity.records.printed.words import kind_of_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.records.printed.grid import Grid, Row


KEYS: Final = ("characteristic", "group")
_OPTIONAL: Final = ("cohort", "parent")
_TITLES: Final = 15


def header_of(grid: Grid) -> int | None:
    """Position of the row with the names ``characteristic`` and ``group``; None where there is none."""
    for i, row in enumerate(grid.rows[:_TITLES]):
        if set(KEYS) <= {normalise(text) for text in row.texts}:
            return i
    return None


def is_plain(columns: Sequence[str]) -> bool:
    """Whether a header has the names of a table of counts."""
    return set(KEYS) <= {normalise(name) for name in columns}


def printed_of(grid: Grid) -> Printed:
    """The lines of a table in the plain way, or in another layout that is known.

    Raises
    ------
    DataError
        Where it is none of them: the message shows the columns to make, in the table's own words.
    """
    head = header_of(grid)
    if head is not None:
        names = _keys(grid.rows[head].texts)
        rows = _without_remarks([row for row in grid.rows[head + 1 :] if row.filled])
        if not rows:
            raise DataError("The table has no rows. Give one row for each group.")
        if "stage" not in names:
            return _wide(names, rows)
        if "reached" in names:
            return _tidy(names, rows)
    found = understood(grid)
    if found is None:
        raise DataError(_not_understood(grid))
    return found


def _without_remarks(rows: list[Row]) -> list[Row]:
    """The rows without those below the table that hold a remark in their first cell and nothing else."""
    last = max((i for i, row in enumerate(rows) if row.filled > 1), default=-1)
    return [row for i, row in enumerate(rows) if i <= last or not row.texts[0]]


def _keys(texts: Sequence[str]) -> list[str]:
    """Headings, those that say what a column is by one name each: a year beside no cohort is the cohort."""
    names = [_key(text) for text in texts]
    for key in _OPTIONAL:
        alike = [i for i, text in enumerate(texts) if kind_of_key(text) == key]
        if key not in names and len(alike) == 1:
            names[alike[0]] = key
    return names


def _key(text: str) -> str:
    plain = text.strip().casefold()
    return plain if plain in (*KEYS, *_OPTIONAL, "stage", "reached") else text


def _wide(names: list[str], rows: list[Row]) -> Printed:
    taken = (*KEYS, *_OPTIONAL)
    columns = [i for i, name in enumerate(names) if name not in taken and _filled(i, name, rows)]
    lines = [
        Line(
            row.number,
            _text(names, row, "characteristic"),
            _text(names, row, "group"),
            tuple(row.cells[i] for i in columns),
            _text(names, row, "cohort"),
            _text(names, row, "parent"),
        )
        for row in rows
    ]
    return Printed(tuple(names[i] for i in columns), tuple(lines))


def _filled(column: int, name: str, rows: list[Row]) -> bool:
    """Whether a column is there at all: a nameless one with nothing in it is not."""
    return bool(name) or any(row.texts[column] for row in rows)


def _tidy(names: list[str], rows: list[Row]) -> Printed:
    stage, reached = names.index("stage"), names.index("reached")
    stages = tuple(dict.fromkeys(row.texts[stage] for row in rows))
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    first: dict[tuple[str, str, str], tuple[int, str]] = {}
    for place, row in enumerate(rows, 1):
        key = (
            _text(names, row, "cohort"),
            _text(names, row, "characteristic"),
            _text(names, row, "group"),
        )
        cells = found.setdefault(key, {})
        parent = _text(names, row, "parent")
        _, known = first.setdefault(key, (row.number, parent))
        if parent != known:
            raise DataError(
                f"Characteristic {key[1]!r}: group {key[2]!r} has more than one parent: "
                f"{listed(sorted((parent, known)))}. Give the same one in all its rows."
            )
        if row.texts[stage] in cells:
            raise DataError(
                f"The table has a group and stage twice, first in row {place}. Keep one row for each."
            )
        cells[row.texts[stage]] = row.cells[reached]
    lines = [
        Line(
            first[key][0],
            key[1],
            key[2],
            tuple(cells.get(one) for one in stages),
            key[0],
            first[key][1],
        )
        for key, cells in found.items()
    ]
    return Printed(stages, tuple(lines))


def _text(names: list[str], row: Row, name: str) -> str:
    return row.texts[names.index(name)] if name in names else ""


def _not_understood(grid: Grid) -> str:
    """Which columns to make, with the words of the table."""
    rows = [row for row in grid.rows if row.filled > 1] or list(grid.rows)
    names = [text for text in (rows[0].texts if rows else ()) if text]
    if len(names) == 1 and names[0].count(";") > 1:
        return (
            "The table has one column, whose name has semicolons in it. Read the file with sep=';', or give "
            "its path to stepup-equity check."
        )
    data = next((row for row in rows[1:] if row.is_data), None)
    label = data.texts[0] if data else "White"
    question = names[0] if names else "Ethnicity"
    stages = names[1:4] or ["applied", "appointed"]
    missing = next((key for key in KEYS if key not in map(normalise, names)), KEYS[0])
    return (
        f"The table is laid out in a way that is not understood. It has {listed(names)}. "
        "Needed: 'characteristic', 'group', then 'stage' and 'reached', or one column for each stage. "
        f"For example: characteristic = {question!r}, group = {label!r}, and columns such as "
        f"{listed(stages)} with numbers of people.{did_you_mean(missing, names)}"
    )
