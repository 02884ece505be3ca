"""What a reader of a spreadsheet file meets, the same for every file format: the linter's words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MOST_CELLS: Final = 3_000_000
"""Cells of one sheet read at most; past that the file isn't a published table."""

HEADING_STYLE: Final = re.compile(r"(Excel Built-in )?(Heading|Title)\b")
"""Names of the styles that tell a screen reader of a heading; LibreOffice renames Excel's."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell that holds something.

    Attributes
    ----------
    value : str, int, float or bool
        As stored; for a formula its text.
    formula, error : bool
        A formula; an error value such as ``#REF!``.
    wrapped : bool
        Its text goes on in a new line where the column ends.
    filled, coloured : bool
        It has a background other than white; its letters have a colour other than the automatic one or black.
    raised : bool
        Part of its text is a superscript or a subscript.
    heading : bool
        Its style is one of the named heading or title styles.
    points : float or None
        Size of its letters, ``None`` where the file doesn't say.
    link : str or None
        Where it leads.
    """

    value: str | int | float | bool
    formula: bool = False
    error: bool = False
    wrapped: bool = False
    filled: bool = False
    coloured: bool = False
    raised: bool = False
    heading: bool = False
    points: float | None = None
    link: str | None = None

    @property
    def text(self) -> str | None:
        """Its text, or None for anything else."""
        return self.value if isinstance(self.value, str) and not self.formula else None


@dataclass(frozen=True, slots=True)
class TableView:
    """A marked-up table: rows and columns are counted from 1, the header row included."""

    name: str
    top: int
    left: int
    bottom: int
    right: int
    header: bool = True
    filters: bool = False

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet.

    Attributes
    ----------
    name : str
        Of the tab.
    cells : dict
        (row, column) counted from 1 to what is there; empty cells are left out.
    widths : dict
        Column to its width in characters.
    tables : tuple of TableView
    merged : tuple of str
        Ranges of merged cells.
    hidden, frozen, header_footer : bool
        The sheet is hidden; panes are frozen or split; it prints a header or a footer.
    filters : str or None
        A range with filter buttons outside any table.
    hidden_rows, hidden_columns : tuple of int
    colour_scales : tuple of str
        Ranges with conditional formatting.
    cursor : str
        The cell the sheet opens in.
    too_large : str or None
        The range, where the sheet holds more than can be read.
    """

    name: str
    cells: dict[tuple[int, int], CellView]
    widths: dict[int, float]
    tables: tuple[TableView, ...] = ()
    merged: tuple[str, ...] = ()
    hidden: bool = False
    frozen: bool = False
    header_footer: bool = False
    filters: str | None = None
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    colour_scales: tuple[str, ...] = ()
    cursor: str = "A1"
    too_large: str | None = None

    def text(self, where: str) -> str | None:
        """The text of a cell given as in ``A1``; None where there is none."""
        cell = self.cells.get(position(where))
        return None if cell is None or cell.text is None or not cell.text.strip() else cell.text


@dataclass(frozen=True, slots=True)
class FileView:
    """One file: its properties, and its sheets in order.

    Attributes
    ----------
    title, author, language : str
        Document properties; empty where not filled in.
    sheets : tuple of SheetView
    active : str
        The sheet the file opens on.
    macros, outside : bool
        It holds programs, or takes data from other files.
    objects : tuple of (str, str)
        What lies on top of the cells, with its sheet where known: images, charts, text boxes.
    """

    title: str
    author: str
    language: str
    sheets: tuple[SheetView, ...]
    active: str
    macros: bool = False
    outside: bool = False
    objects: tuple[tuple[str, str], ...] = ()


def address(row: int, column: int) -> str:
    """A cell's address.

    >>> address(7, 28)
    'AB7'
    """
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


def position(where: str) -> tuple[int, int]:
    """Row and column of an address, dollars and all.

    >>> position("$AB$7")
    (7, 28)
    """
    match = re.fullmatch(r"\$?([A-Za-z]+)\$?(\d+)", where)
    if match is None:
        return (0, 0)
    column = 0
    for letter in match[1].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column
