"""A small table as a grid of cells: everything that is printed, titles and notes too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.process.phrases import is_hidden
from stepup_equity.records.printed.numbers import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd


_UNNAMED: Final = re.compile(r"Unnamed: \d+(_level_\d+)?")
_AGAIN: Final = re.compile(r"(?P<name>.+)\.\d+")
_YEAR: Final = re.compile(r"(19|20)\d\d(\s*([/–-]|to)\s*((19|20)?\d\d))?")


def text_of_cell(cell: object) -> str:
    """A cell as text; blank for nothing and NaN.

    >>> text_of_cell(None), text_of_cell(2010.0), text_of_cell(" White  British ")
    ('', '2010', 'White British')
    """
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number, and its cells.

    Attributes
    ----------
    number : int
        What messages call it.
    cells : tuple
        As the source holds them.
    """

    number: int
    cells: tuple[Any, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The cells as texts."""
        return tuple(map(text_of_cell, self.cells))

    @property
    def filled(self) -> int:
        """How many cells hold anything."""
        return sum(text != "" for text in self.texts)

    @property
    def is_data(self) -> bool:
        """Whether some cell behind the first is a number, or hides one."""
        behind = list(zip(self.cells, self.texts, strict=True))[1:]
        return any(is_number(cell) or is_hidden(text) for cell, text in behind)

    @property
    def years(self) -> tuple[str, ...]:
        """The years behind the first cell, where there are several and no other numbers; else none."""
        numbers = [text for cell, text in zip(self.cells[1:], self.texts[1:], strict=True) if is_number(cell)]
        all_years = len(numbers) > 1 and all(_YEAR.fullmatch(text) for text in numbers)
        return tuple(numbers) if all_years else ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows from the first on, all of one width.

    Attributes
    ----------
    rows : tuple of Row
    name : str
        What messages call the table.
    path : Path or None
        The file, where it is one.
    """

    rows: tuple[Row, ...]
    name: str = "the table"
    path: Path | None = None


def grid_of_rows(
    rows: Sequence[Sequence[Any]], *, first: int = 1, name: str = "the table", path: Path | None = None
) -> Grid:
    """A grid of rows whose first has this number; short ones are filled up."""
    width = max(map(len, rows), default=0)
    filled = [
        Row(number, (*cells, *[None] * (width - len(cells)))) for number, cells in enumerate(rows, first)
    ]
    return Grid(tuple(filled), name, path)


def grid_of_frame(frame: pd.DataFrame, *, first: int = 1, name: str = "the table") -> Grid:
    """A frame as a grid, its column names on top; its own first row has the number `first`.

    The names that pandas gives to blank and repeated headings are taken back.
    """
    names: list[str] = []
    for column in map(str, frame.columns):
        again = _AGAIN.fullmatch(column)
        plain = "" if _UNNAMED.fullmatch(column) else column
        names.append(again["name"] if again and again["name"] in names else plain)
    columns = [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
    rows = [names, *map(list, zip(*columns, strict=True))]
    return grid_of_rows(rows, first=first - 1, name=name)
