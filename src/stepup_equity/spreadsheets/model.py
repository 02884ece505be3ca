"""What a workbook says, free of any file format: one table a sheet, no blanks, every symbol explained.

The parts refuse whatever the Government Analysis Function's rules for accessible spreadsheets forbid, so
a renderer has nothing to check: what can be built can be published.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final, Literal

from stepup_equity.errors import ArgumentError, listed


@dataclass(frozen=True, slots=True)
class Shorthand:
    """What stands in a cell where a number doesn't, or beside one.

    Attributes
    ----------
    symbol : str
        As printed, such as ``[c]``.
    meaning : str
        What the notes sheet says of it.
    """

    symbol: str
    meaning: str

    def __post_init__(self) -> None:
        if not self.symbol.strip() or not self.meaning.strip() or self.symbol[:1].isdigit():
            raise ArgumentError(
                f"The shorthand {self.symbol!r} needs a symbol that is no number, and a meaning."
            )


STANDARD: Final = (
    Shorthand("[c]", "Hidden to protect people: the number is small, or would give a small number away."),
    Shorthand("[z]", "Not applicable: there is nothing to count or to divide by."),
    Shorthand("[low]", "More than zero, but rounds to zero."),
    Shorthand("[u]", "Low reliability: a percentage of too few people."),
    Shorthand("[x]", "Not available: the number could not be worked out."),
    Shorthand("[s]", "Statistically significant at the 5% level (p below 0.05)."),
    Shorthand("[ss]", "Statistically significant at the 1% level (p below 0.01)."),
    Shorthand("[sss]", "Statistically significant at the 0.1% level (p below 0.001)."),
    Shorthand("[ns]", "Not statistically significant at the 5% level (p 0.05 or above)."),
)
"""The shorthand of the Government Statistical Service that a workbook knows without being told."""

CONTENTS: Final = "Contents"
COVER: Final = "Cover"
NOTES: Final = "Notes"
RESERVED: Final = (COVER, CONTENTS, NOTES)
"""Sheets every workbook makes for itself."""

MOST_CHARACTERS: Final = 32_767
"""The most a cell of a spreadsheet holds."""

Role = Literal["title", "text", "strong", "heading"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,254}")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*[Cc][0-9]*")
_MARKER = re.compile(r"\[note (\d+)\]")
_NUMBER = re.compile(r"\s*[+\-−]?[\d.,\s]+%?\s*")
_OUTSIDE = ("https://", "mailto:")
_UNPRINTABLE = {code: chr(0x2400 + code) for code in range(0x20) if chr(code) != "\n"} | {
    0x7F: "␡",
    0xFFFE: "�",
    0xFFFF: "�",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Text in a cell that leads somewhere.

    Attributes
    ----------
    text : str
        What is shown: the name of the place, never an address.
    target : str
        The name of a sheet of the same workbook, or an address that starts with ``https://`` or ``mailto:``.
    """

    text: str
    target: str


Value = str | int | float | Link
"""What a cell may hold. There is no empty cell: shorthand says why a number is missing."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    header : str
        What the column holds, with its unit. One line.
    values : tuple
        One value a row. In a number column, numbers and shorthand.
    decimals : int or None
        ``None`` for text; ``0`` for whole numbers with thousands separators; otherwise decimals shown.

    Raises
    ------
    ArgumentError
        A header is empty or of several lines, or a value doesn't belong in a column of this kind.

    Examples
    --------
    >>> Column("Applied", (1_234, "[c]"), decimals=0).values
    (1234, '[c]')
    >>> Column("Applied", (1_234, ""), decimals=0)
    Traceback (most recent call last):
        ...
    stepup_equity.errors.ArgumentError: Row 2 of column 'Applied' is empty. Give a number, or shorthand that \
says why, such as '[c]'.
    """

    header: str
    values: tuple[Value, ...]
    decimals: int | None = None

    def __post_init__(self) -> None:
        if self.header.split() == [] or self.header != " ".join(self.header.split()):
            raise ArgumentError(
                f"A header is {self.header!r}. A header is one line of text without spaces around it."
            )
        for row, value in enumerate(self.values, start=1):
            self._check(row, value)

    def _check(self, row: int, value: Value) -> None:
        where = f"Row {row} of column {self.header!r}"
        text = value.text if isinstance(value, Link) else value
        if isinstance(text, str):
            if not text.strip():
                raise ArgumentError(
                    f"{where} is empty. Give a number, or shorthand that says why, such as '[c]'."
                )
            if len(text) > MOST_CHARACTERS:
                raise ArgumentError(
                    f"{where} has {len(text):,} characters; "
                    f"a cell holds {MOST_CHARACTERS:,}. Shorten the text."
                )
            if self.decimals is not None and _NUMBER.fullmatch(text):
                raise ArgumentError(f"{where} is a number written as text. Give the number itself.")
        elif isinstance(text, bool) or not math.isfinite(text):
            raise ArgumentError(f"{where} is {value!r}. Give a finite number, or shorthand such as '[x]'.")
        elif self.decimals is None:
            raise ArgumentError(f"{where} is a number in a column of text. Set decimals= on the column.")


@dataclass(frozen=True, slots=True)
class Table:
    """The one table of a sheet.

    Attributes
    ----------
    name : str
        What screen readers call the table and formulas refer to: letters, digits and underscores.
    columns : tuple of Column
        All of the same length; headers differ by more than case. The first names the row.

    Raises
    ------
    ArgumentError
        The name isn't one a spreadsheet takes, columns differ in length, or two headers are the same.
    """

    name: str
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or _LIKE_A_CELL.fullmatch(self.name):
            raise ArgumentError(
                f"The table name {self.name!r} is not one a spreadsheet takes. Use a letter, then letters, "
                "digits and underscores, three or more in all, and nothing like a cell, such as 'AB12'."
            )
        if not self.columns or not self.columns[0].values:
            raise ArgumentError(f"The table {self.name!r} has no rows. Leave its sheet out.")
        lengths = {column.header: len(column.values) for column in self.columns}
        if len(set(lengths.values())) > 1:
            raise ArgumentError(f"The columns of table {self.name!r} differ in length: {lengths}.")
        seen: set[str] = set()
        for column in self.columns:
            if column.header.casefold() in seen:
                raise ArgumentError(
                    f"Two columns of table {self.name!r} have the header {column.header!r}. "
                    "A screen reader can't tell them apart; name each."
                )
            seen.add(column.header.casefold())

    @property
    def n_rows(self) -> int:
        """Rows below the header."""
        return len(self.columns[0].values)

    def texts(self) -> tuple[str, ...]:
        """Every text in the table, header first."""
        headers = tuple(column.header for column in self.columns)
        body = tuple(v for column in self.columns for v in column.values if isinstance(v, str))
        return headers + body


@dataclass(frozen=True, slots=True)
class Line:
    """One row of text above a table, or on the cover.

    Attributes
    ----------
    text : str
        What it says.
    role : {"title", "text", "strong", "heading"}
        ``title`` is the sheet's first row; ``heading`` opens a part of the cover.
    target : str or None
        Where the text leads, as in `Link`.
    """

    text: str
    role: Role = "text"
    target: str | None = None

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ArgumentError("A line of text is empty. Space is made by row height, never by a blank row.")
        if len(self.text) > MOST_CHARACTERS:
            raise ArgumentError(
                f"A line has {len(self.text):,} characters; "
                f"a cell holds {MOST_CHARACTERS:,}. Split it in two."
            )


@dataclass(frozen=True, slots=True)
class Sheet:
    r"""One sheet with one table.

    Attributes
    ----------
    name : str
        The tab: 31 characters at most, without ``[ ] : * ? / \``.
    title : str
        Cell A1; no other sheet has the same.
    description : str
        Cell A2: what is here.
    table : Table
    lines : tuple of str
        What else a reader needs before the table, a sentence or two each.
    """

    name: str
    title: str
    description: str
    table: Table
    lines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= len(self.name) <= 31 or re.search(r"[\[\]:*?/\\\x00-\x1f]|^'|'$|^\s|\s$", self.name):
            raise ArgumentError(
                f"The sheet name {self.name!r} is not one a spreadsheet takes. Use 1 to 31 characters, "
                "none of them [ ] : * ? / \\, and no apostrophe or space at either end."
            )
        if not self.title.strip() or not self.description.strip():
            raise ArgumentError(f"The sheet {self.name!r} needs a title and a description of what is on it.")

    def texts(self) -> tuple[str, ...]:
        """Every text on the sheet."""
        return (self.title, self.description, *self.lines, *self.table.texts())

    def markers(self) -> tuple[int, ...]:
        """The numbers of the notes it refers to, ascending."""
        return tuple(sorted({int(n) for text in self.texts() for n in _MARKER.findall(text)}))


@dataclass(frozen=True, slots=True)
class Workbook:
    """Everything a workbook says.

    Attributes
    ----------
    title : str
        The document's title, and cell A1 of the cover.
    author : str
        Who answers for it.
    description : str
        Cell A2 of the cover: what the file holds.
    sheets : tuple of Sheet
        The tables, in the order of the tabs. Cover, contents and notes are made from the rest.
    cover : tuple of Line
        The rest of the cover.
    notes : tuple of str
        Texts of ``[note 1]``, ``[note 2]``, ...
    shorthand : tuple of Shorthand
        What the notes explain even where no table uses it, so that a series of releases reads alike.
        Takes the place of a symbol of the same name in `STANDARD`.
    banner : str or None
        A sentence on every sheet, such as "Not for publication."
    language : str
        Of the text, as in ``en-GB``.

    Raises
    ------
    ArgumentError
        A name or title occurs twice, a note is missing, or a link leads nowhere.

    Examples
    --------
    >>> columns = Column("Group", ("Black", "White")), Column("Applied", ("[c]", 61), decimals=0)
    >>> table = Table("applied", columns)
    >>> workbook = Workbook(
    ...     title="Applicants by ethnicity",
    ...     author="Equality analysis team",
    ...     description="This file holds one table.",
    ...     sheets=(Sheet("Table_1", "Table 1: Applicants", "This worksheet contains one table.", table),),
    ... )
    >>> [shorthand.symbol for shorthand in workbook.explained()]
    ['[c]']
    """

    title: str
    author: str
    description: str
    sheets: tuple[Sheet, ...]
    cover: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    shorthand: tuple[Shorthand, ...] = ()
    banner: str | None = None
    language: str = "en-GB"

    def __post_init__(self) -> None:
        for field in ("title", "author", "description"):
            if not getattr(self, field).strip():
                raise ArgumentError(f"{field}='' says nothing. A published file needs its {field}.")
        if not re.fullmatch(r"[a-z]{2,3}-[A-Z]{2}", self.language):
            raise ArgumentError(f"language={self.language!r} is not of the form 'en-GB'.")
        if not self.sheets:
            raise ArgumentError("The workbook has no tables.")
        self._check_unique()
        self._check_markers()
        self._check_shorthand()
        for line in self.cover:
            self._check_target(line.target)
        for sheet in self.sheets:
            for column in sheet.table.columns:
                for value in column.values:
                    self._check_target(value.target if isinstance(value, Link) else None)

    def _check_unique(self) -> None:
        for what, taken, words in (
            ("sheet name", RESERVED, [sheet.name for sheet in self.sheets]),
            ("sheet title", (*RESERVED, self.title), [sheet.title for sheet in self.sheets]),
            ("table name", RESERVED, [sheet.table.name for sheet in self.sheets]),
        ):
            seen = {word.casefold() for word in taken}
            for word in words:
                if word.casefold() in seen:
                    raise ArgumentError(f"The {what} {word!r} is taken. Each {what} occurs once.")
                seen.add(word.casefold())

    def _check_markers(self) -> None:
        for sheet in self.sheets:
            missing = [number for number in sheet.markers() if not 1 <= number <= len(self.notes)]
            if missing:
                raise ArgumentError(
                    f"Sheet {sheet.name!r} refers to [note {missing[0]}], but the number of notes is "
                    f"{len(self.notes)}."
                )

    def _check_shorthand(self) -> None:
        for sheet in self.sheets:
            for column in sheet.table.columns:
                if column.decimals is None:
                    continue
                for row, value in enumerate(column.values, start=1):
                    if isinstance(value, str) and value not in self._known:
                        raise ArgumentError(
                            f"Row {row} of column {column.header!r} on sheet {sheet.name!r} is text "
                            f"that is no shorthand. Possible: a number, or {listed(self._known)}."
                        )

    def _check_target(self, target: str | None) -> None:
        names = (*RESERVED, *(sheet.name for sheet in self.sheets))
        if target is not None and target not in names and not target.startswith(_OUTSIDE):
            raise ArgumentError(
                f"A link leads to {target!r}. Possible: a sheet ({listed(names)}), or an address that starts "
                f"with {listed(_OUTSIDE)}."
            )

    @property
    def _known(self) -> dict[str, Shorthand]:
        return {one.symbol: one for one in (*self.shorthand, *STANDARD)} | {
            one.symbol: one for one in self.shorthand
        }

    def used(self, sheet: Sheet) -> tuple[str, ...]:
        """The symbols in the cells of a sheet's table."""
        cells = {v for column in sheet.table.columns for v in column.values if isinstance(v, str)}
        return tuple(symbol for symbol in self._known if symbol in cells)

    def explained(self) -> tuple[Shorthand, ...]:
        """What the notes sheet explains: what is asked for and what the tables use."""
        needed = {one.symbol for one in self.shorthand}.union(*(self.used(sheet) for sheet in self.sheets))
        return tuple(one for symbol, one in self._known.items() if symbol in needed)


def printable(text: str) -> str:
    r"""Text with what no spreadsheet file can hold made visible, so that nothing is lost unseen.

    A control character becomes its picture (␀), half a surrogate pair the replacement character.

    >>> printable("a\x00b")
    'a␀b'
    """
    halves = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return halves.replace("\r\n", "\n").translate(_UNPRINTABLE)
