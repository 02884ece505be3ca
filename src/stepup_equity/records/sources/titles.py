"""Titles above a table: which of the first rows of a file is its header."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from stepup_equity.records.sources.peek import first_rows

if TYPE_CHECKING:
    from pathlib import Path


NUMBER: Final = re.compile(r"-?\d+([.,]\d+)?")
DATE: Final = re.compile(r"\d{1,4}[./-](\d{1,2}|[A-Za-z]{3})[./-]\d{2,4}([ T]\d{1,2}:\d{2}(:\d{2})?)?.*")
HEADER_WITHIN: Final = 20
"""How far down a header is looked for."""
_PEOPLE_REPEAT: Final = 0.25


def further_down(path: Path | None, looked_in: int, sheet: str = "") -> str:
    """What to do about a header that is not where it is looked for: the row that looks like one, by number.

    Parameters
    ----------
    path : Path or None
        The file, where it is one.
    looked_in : int
        The row in which it was looked for.
    sheet : str
        Name of a sheet; by default the first that holds anything.
    """
    rows = {} if path is None else first_rows(path)
    at = header_at(rows.get(sheet) or next(iter(rows.values()), []))
    if at is not None and at + 1 != looked_in:
        return (
            f"Row {at + 1} looks like column names: if it is, write it under [reading] in the programme: "
            f"header_row = {at + 1}."
        )
    return (
        "If they stand in another row, write its number under [reading] in the programme, such as "
        "header_row = 3."
    )


def header_at(rows: list[list[str]]) -> int | None:
    """Where the header stands: as wide as what is below it, no number in it, nothing that people repeat."""
    widths = [sum(map(bool, row)) for row in rows]
    usual = max(Counter(filter(None, widths)).items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))[0]
    for at, row in enumerate(rows[:HEADER_WITHIN]):
        cells = [cell for cell in row if cell]
        if len(cells) < max(2, 0.6 * usual) or at + 1 == len(rows):
            continue
        distinct = len({cell.casefold() for cell in cells}) >= 0.9 * len(cells)
        numbers = sum(1 for cell in cells if NUMBER.fullmatch(cell) or DATE.fullmatch(cell))
        if distinct and numbers <= 0.2 * len(cells) and not _is_person(row, rows[at + 1 :]):
            return at
        return None
    return None


def _is_person(row: list[str], below: list[list[str]]) -> bool:
    """Whether the values of a row stand again and again in the rows below it."""
    again = sum(1 for i, cell in enumerate(row) if cell and any(cell == r[i] for r in below if i < len(r)))
    return bool(below) and again >= max(1, _PEOPLE_REPEAT * sum(map(bool, row)))
