"""A workbook laid out: for each tab the rows of text, then the table, and how wide the columns are.

Both renderers read this and nothing else, so that the two files say the same in the same cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from stepup_equity.spreadsheets.model import (
    CONTENTS,
    COVER,
    NOTES,
    Column,
    Line,
    Link,
    Table,
    Value,
    printable,
)

if TYPE_CHECKING:
    from stepup_equity.spreadsheets.model import Role, Sheet, Workbook


COVER_WIDTH: Final = 90
FIRST_WIDTH: Final = 44
WIDEST: Final = 60
NARROWEST: Final = 13
HEADER_LINES: Final = 4
"""A header is wrapped into this many lines before its column grows."""
MOST_DECIMALS: Final = 6
"""Decimals that a cell shows at most."""

SIZES: Final[dict[Role, int]] = {"title": 16, "heading": 14, "strong": 12, "text": 12}
"""Of letters, in points; a table's letters are those of text."""

_LINE_HEIGHT: Final = 1.3
"""Of the size of letters. Rows are given a height for programs that don't work it out on opening."""

_MARGIN: Final = 1.5
"""Characters a cell keeps free at its edges."""

_LINK_SLACK: Final = 1.2
"""More than Arial needs, for a machine with wider letters."""

_BOLD: Final = 1.08
"""How much wider bold letters are."""

_WIDTHS: Final = (("iljtfrI.,:;!'|()[]/- ", 0.55), ("mwMW@%—…", 1.5), ("ABCDEFGHJKLNOPQRSTUVXYZ&–", 1.25))
"""Letters of Arial that are narrower or wider than a digit, and by how much."""

_WIDTH_OF: Final = {letter: width for letters, width in _WIDTHS for letter in letters}


@dataclass(frozen=True, slots=True)
class Page:
    """One tab, ready to write.

    Attributes
    ----------
    name : str
        Of the tab.
    lines : tuple of Line
        Rows 1, 2, ... of column A.
    table : Table or None
        Starts in column A of the row after the last line.
    widths : tuple of float
        Of the columns, in characters.
    heights : tuple of float
        Of the rows, in points: the lines, the header, the body.
    """

    name: str
    lines: tuple[Line, ...]
    table: Table | None
    widths: tuple[float, ...]
    heights: tuple[float, ...]


def pages(workbook: Workbook) -> tuple[Page, ...]:
    """Every tab of a workbook in order: cover, contents, notes, then a tab a table.

    >>> from stepup_equity.spreadsheets.model import Column, Sheet, Table, Workbook
    >>> columns = Column("Group", ("Black", "White")), Column("Applied", ("[c]", 61), decimals=0)
    >>> table = Table("applied", columns)
    >>> sheet = Sheet("Table_1", "Table 1: Applicants", "This worksheet contains one table.", table)
    >>> [page.name for page in pages(Workbook("Applicants", "A team", "One table.", (sheet,)))]
    ['Cover', 'Contents', 'Notes', 'Table_1']
    """
    banner = () if workbook.banner is None else (Line(workbook.banner, "strong"),)
    opening = (Line(workbook.title, "title"), Line(workbook.description))
    out = [_page(COVER, (*opening, *banner, *workbook.cover), None)]
    notes = _notes_table(workbook)
    heads = (
        Line(CONTENTS, "title"),
        Line("This worksheet contains one table. It lists the other worksheets, with a link to each."),
        *banner,
    )
    out.append(_page(CONTENTS, heads, _contents_table(workbook, with_notes=notes is not None)))
    if notes is not None:
        heads = (
            Line(NOTES, "title"),
            Line("This worksheet contains one table. It explains the notes and the shorthand of this file."),
            *banner,
            *_links(CONTENTS),
        )
        out.append(_page(NOTES, heads, notes))
    for sheet in workbook.sheets:
        lines = (Line(sheet.title, "title"), Line(sheet.description), *banner, *map(Line, sheet.lines))
        out.append(_page(sheet.name, (*lines, *_pointers(workbook, sheet)), sheet.table))
    return tuple(out)


def _links(*names: str) -> tuple[Line, ...]:
    return tuple(Line(f"Go to the {name.lower()}", target=name) for name in names)


def _pointers(workbook: Workbook, sheet: Sheet) -> tuple[Line, ...]:
    """What leads from a sheet to the explanation of its shorthand and notes, and back to the contents."""
    shorthand = workbook.used(sheet)
    if shorthand:
        names = " and ".join(filter(None, (", ".join(shorthand[:-1]), shorthand[-1])))
        text = f"This table uses the shorthand {names}. The notes worksheet explains it."
    elif sheet.markers():
        text = "This table refers to notes. The notes worksheet holds them."
    else:
        return _links(CONTENTS)
    return (Line(text), *_links(NOTES, CONTENTS))


def _contents_table(workbook: Workbook, *, with_notes: bool) -> Table:
    rows = [(COVER, workbook.title)]
    if with_notes:
        rows.append((NOTES, "Notes and shorthand"))
    rows += [(sheet.name, sheet.title) for sheet in workbook.sheets]
    return Table(
        "contents",
        (
            Column("Title", tuple(Link(title, name) for name, title in rows)),
            Column("Worksheet", tuple(name for name, _ in rows)),
        ),
    )


def _notes_table(workbook: Workbook) -> Table | None:
    rows = []
    for number, text in enumerate(workbook.notes, start=1):
        where = [sheet.name for sheet in workbook.sheets if number in sheet.markers()]
        rows.append((f"[note {number}]", text, where))
    for shorthand in workbook.explained():
        where = [sheet.name for sheet in workbook.sheets if shorthand.symbol in workbook.used(sheet)]
        rows.append((shorthand.symbol, shorthand.meaning, where))
    if not rows:
        return None
    every = len(workbook.sheets)
    return Table(
        "notes",
        (
            Column("Note or shorthand", tuple(mark for mark, _, _ in rows)),
            Column("Meaning", tuple(text for _, text, _ in rows)),
            Column("Worksheets", tuple(_where(names, every) for _, _, names in rows)),
        ),
    )


def _where(names: list[str], every: int) -> str:
    if len(names) == every > 1:
        return "All tables"
    return ", ".join(names) or "No table in this file"


def _page(name: str, lines: tuple[Line, ...], table: Table | None) -> Page:
    lines = tuple(Line(printable(line.text), line.role, line.target) for line in lines)
    if table is None:
        return Page(name, lines, None, (COVER_WIDTH,), _line_heights(lines, COVER_WIDTH))
    columns = tuple(
        Column(
            printable(column.header),
            tuple(_printable(value, column.decimals) for value in column.values),
            column.decimals,
        )
        for column in table.columns
    )
    widths = [_width(column) for column in columns]
    widths[0] = max(widths[0], FIRST_WIDTH)
    heights = (*_line_heights(lines, widths[0]), *_row_heights(columns, widths))
    return Page(name, lines, Table(table.name, columns), tuple(widths), heights)


def _line_heights(lines: tuple[Line, ...], width: float) -> tuple[float, ...]:
    heights = []
    for line in lines:
        size = SIZES[line.role]
        wider = size / SIZES["text"] * (1 if line.role == "text" else _BOLD)
        heights.append(lines_needed(line.text, width / wider) * size * _LINE_HEIGHT)
    return tuple(heights)


def _row_heights(columns: tuple[Column, ...], widths: list[float]) -> tuple[float, ...]:
    """Of the header and of each row of a table."""
    header = [lines_needed(c.header, w / _BOLD) for c, w in zip(columns, widths, strict=True)]
    deepest = [max(header)]
    for row in range(len(columns[0].values)):
        shown = [_shown(c.values[row], c.decimals) for c in columns]
        deepest.append(max(lines_needed(text, w) for text, w in zip(shown, widths, strict=True)))
    return tuple(n * SIZES["text"] * _LINE_HEIGHT for n in deepest)


def _printable(value: Value, decimals: int | None) -> Value:
    if isinstance(value, Link):
        return Link(printable(value.text), value.target)
    if isinstance(value, str):
        return printable(value)
    # a spreadsheet would show -0.04 with one decimal as -0.0
    return 0.0 if value < 0 and not round(value, decimals or 0) else value + 0


def _width(column: Column) -> float:
    """Characters a column needs: its longest value up to a limit, its header in a few lines."""
    longest = max(_needed(value, column.decimals) for value in column.values)
    header = NARROWEST
    while header < WIDEST and not _fits(column.header, header / _BOLD):
        header += 1
    widest = WIDEST * _LINK_SLACK if any(isinstance(value, Link) for value in column.values) else WIDEST
    return min(max(round(longest + _MARGIN + 0.5, 1), header, NARROWEST), widest)


def _needed(value: Value, decimals: int | None) -> float:
    """Of the longest line of a cell; a link gets more, since LibreOffice doesn't wrap it."""
    longest = max(map(_advance, _shown(value, decimals).split("\n")))
    return longest * _LINK_SLACK if isinstance(value, Link) else longest


def _fits(header: str, width: float) -> bool:
    """Whether a header stands in its few lines without breaking a word."""
    longest = max(_advance(word) for word in header.split())
    return longest <= width - _MARGIN and lines_needed(header, width) <= HEADER_LINES


def lines_needed(text: str, width: float) -> int:
    r"""Rows of letters a wrapped text takes in a column of so many characters.

    >>> lines_needed("one two three", 9), lines_needed("one", 9), lines_needed("one\ntwo", 9)
    (2, 1, 2)
    """
    return sum(_lines_of(part, max(width - _MARGIN, 1.0)) for part in text.split("\n"))


def _lines_of(text: str, width: float) -> int:
    lines, used = 1, 0.0
    for word in text.split(" "):
        needed = _advance(word)
        if used and used + needed > width:
            lines, used = lines + 1, 0.0
        lines += int(needed // width) if needed > width else 0
        used += needed % width + _advance(" ")
    return lines


@lru_cache(1 << 14)
def _advance(text: str) -> float:
    """How wide a text is, in digits of Arial.

    >>> _advance("2013"), _advance("ill") < 2
    (4.0, True)
    """
    return sum(_WIDTH_OF.get(letter, 1.0) for letter in text)


def _shown(value: Value, decimals: int | None) -> str:
    if isinstance(value, Link):
        return value.text
    return value if isinstance(value, str) else f"{value:,.{decimals_shown(value, decimals)}f}"


def decimals_shown(value: float, decimals: int | None) -> int:
    """Decimals of a number in its column; more where these would show 0 or 100 that it is not.

    >>> decimals_shown(99.98, 1), decimals_shown(100, 1), decimals_shown(6.3, 1), decimals_shown(0.004, 2)
    (2, 1, 1, 3)
    """
    places = decimals or 0
    for more in range(places, MOST_DECIMALS + 1 if places and value not in (0, 100) else places):
        if round(value, more) not in (0, 100):
            return more
    return places
