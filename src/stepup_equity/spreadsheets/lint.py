"""Whether a spreadsheet keeps the rules for accessible spreadsheets: a finding a breach, with its remedy.

The rules are those of the Government Analysis Function, *Releasing statistics in spreadsheets* (2021),
with two of our own: a published table holds values rather than formulas, and every symbol in it is explained.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from xml.etree.ElementTree import ParseError

from stepup_equity.errors import DataError, listed
from stepup_equity.given import path_in
from stepup_equity.spreadsheets.view import address

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    import pandas as pd

    from stepup_equity.spreadsheets.view import CellView, FileView, SheetView, TableView


RULES: Final[dict[str, str]] = {
    "document-title": "Fill in the title in the document properties: a screen reader says it first.",
    "document-author": "Fill in the author in the document properties.",
    "document-language": "Set the language of the document, such as en-GB: it is read out in that language.",
    "cover-sheet": "Make the first sheet a cover that says what the file holds, who made it and whom to ask.",
    "contents-sheet": "Add a sheet named Contents that lists the other sheets.",
    "contents-links": "Link the contents to every sheet.",
    "notes-sheet": "Add a sheet named Notes that explains the shorthand and the notes.",
    "sheet-name": "Give the sheet a name that says what is on it, such as Table_1.",
    "blank-sheet": "Delete the sheet, or put its table there.",
    "hidden-sheet": "Show the sheet, or delete it: what is hidden is still published.",
    "hidden-cells": "Show the rows and columns, or delete them: what is hidden is still published.",
    "opens-in-a1": "Put the cursor in cell A1 of every sheet, go to the first sheet, and save.",
    "title-in-a1": "Put the title of the sheet in cell A1.",
    "title-unique": "Give every sheet its own title.",
    "title-style": "Give cell A1 the cell style Heading 1: big letters tell a screen reader nothing.",
    "description-in-a2": "Say in cell A2 what is on the sheet, before the table begins.",
    "table-marked-up": "Mark the cells up as a table with a header row (in ODS, a database range).",
    "table-name": "Give the table a name that says what it holds.",
    "one-table": "Put each table on a sheet of its own.",
    "table-in-column-a": "Move the table so that it begins in column A.",
    "header-row": "Give every column one header of its own, as text, in the one header row of the table.",
    "merged-cells": "Split the merged cells and repeat the text where it holds.",
    "blank-row": "Delete the row; make space by row height.",
    "blank-column": "Delete the column; make space by column width.",
    "blank-cell": "Say why there is no number: [c], [x] or [z].",
    "below-table": "Move what is below or beside the table to the rows above it.",
    "freeze-panes": "Unfreeze the panes: they trap readers who enlarge the screen.",
    "filters": "Remove the filter buttons.",
    "text-wrapped": "Wrap the text, so that all of it is seen at any size.",
    "font-size": "Use letters of 12 point or more.",
    "colour": "Remove the fill and the coloured letters; say in words or shorthand what the colour says.",
    "superscript": "Write [note 1] in the title or the header instead of raised letters.",
    "number-as-text": "Store the number as a number, with a number format.",
    "formula": "Replace the formula with its value.",
    "error-value": "Replace the error with its value, or with [x].",
    "symbol": "Use the shorthand [c], [x], [z] or [low] instead of a sign or a word of its own.",
    "shorthand-explained": "Explain the shorthand on the notes sheet.",
    "note-explained": "Put the text of the note on the notes sheet.",
    "link-text": "Let the link say where it leads instead of showing the address.",
    "link-target": "Lead the link to a sheet of this file, or remove it.",
    "objects": "Remove images, charts and drawings; publish them beside the file, with their text.",
    "header-footer": "Remove the page header and footer; put what they say in the cells.",
    "macros": "Save the file without macros.",
    "outside-data": "Replace links to other files by values.",
    "too-large": "Delete the empty rows and columns after the table, or split it.",
}
"""Every rule, with what to do about a breach."""

SMALLEST_LETTERS: Final = 12
_DEFAULT_SHEET = re.compile(r"(Sheet|Table|Feuille|Tabelle)\d*", re.IGNORECASE)
_DEFAULT_TABLE = re.compile(r"(Table|Tabelle|Tableau|Range|Import)_?\d*", re.IGNORECASE)
_NUMBER = re.compile(r"\s*[£$€]?[+\-−]?[£$€]?\d[\d,\s]*(\.\d+)?\s*%?\s*|\s*[+\-−]?\.\d+\s*%?\s*")
_YEAR = re.compile(r"(19|20)\d\d")
_SHORTHAND = re.compile(r"\[[a-z]{1,4}\]")
_NOTE = re.compile(r"\[note (\d+)\]")
_LOOSE = re.compile(r"[\-–—*.…:~#^†‡§/?]+|n/?a\.?", re.IGNORECASE)
_LOOSE_WORD = re.compile(r"nil|null|none|nan|suppressed|<\s?\d+|\(?[a-z]\)?", re.IGNORECASE)
_ADDRESS = re.compile(r"\s*(https?://|www\.|mailto:)\S*\s*", re.IGNORECASE)
_DEFAULT_AUTHORS = ("openpyxl", "Apache POI", "Microsoft Office User")
_COVERS = ("cover", "information", "about", "introduction", "read")


class Finding(NamedTuple):
    """One breach of one rule."""

    rule: str
    sheet: str
    cell: str
    found: str


def lint_workbook(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Check a spreadsheet against the rules for accessible spreadsheets.

    For any ``.xlsx`` or ``.ods``, whoever made it. Excel's own accessibility checker knows a few of these
    rules and can't be run from a script; this one reads the file alone, calculates nothing and needs no
    office program.

    Parameters
    ----------
    path : str or path
        The file; its ending says its format.

    Returns
    -------
    DataFrame
        A row a finding, in the order of the sheets: ``rule, sheet, cell, found, remedy``. Empty where the
        file keeps every rule. ``sheet`` and ``cell`` are empty where the finding is about the whole.

    Raises
    ------
    DataError
        There is no such file, or it isn't a spreadsheet of either format.

    References
    ----------
    Government Analysis Function (2021), Releasing statistics in spreadsheets; Making spreadsheets
    accessible: a brief checklist of the basics.

    Examples
    --------
    >>> import tempfile, pathlib, openpyxl
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "tables.xlsx"
    ...     book = openpyxl.Workbook()
    ...     book.active.append(["Group", "Applied"])
    ...     book.save(path)
    ...     findings = lint_workbook(path)
    >>> findings.query("rule == 'table-marked-up'").found.item()
    'cells in 2 columns, and no table'
    """
    import pandas as pd

    file = path_in(path, argument="path", what="the path of an .xlsx or .ods file")
    rows = [(*finding, RULES[finding.rule]) for finding in _findings(_read(file))]
    return pd.DataFrame(rows, columns=["rule", "sheet", "cell", "found", "remedy"], dtype="str")


def lint_file(path: str | os.PathLike[str]) -> tuple[int, str]:
    """What a command prints about a file, and the status it ends with.

    Parameters
    ----------
    path : str or path
        As in `lint_workbook`.

    Returns
    -------
    (int, str)
        0 and a sentence where the file keeps every rule; 1 and a line a finding where it doesn't.
    """
    findings = lint_workbook(path)
    name = Path(path).name
    if findings.empty:
        return 0, f"{name}: keeps all {len(RULES)} rules for accessible spreadsheets."
    lines = []
    for row in findings.itertuples():
        place = " ".join(filter(None, (str(row.sheet), str(row.cell)))) or "whole file"
        lines.append(f"{name}: {place}: {row.found} ({row.rule}). {row.remedy}")
    rules = findings["rule"].nunique()
    count = "1 finding" if len(findings) == 1 else f"{len(findings)} findings"
    kinds = "1 rule" if rules == 1 else f"{rules} rules"
    return 1, "\n".join([*lines, f"{name}: {count} against {kinds}."])


def _read(path: Path) -> FileView:
    if not path.is_file():
        raise DataError(f"There is no file {str(path)!r}. Give the path of an .xlsx or .ods file.")
    reader: Callable[[Path], FileView]
    if path.suffix.lower() in {".xlsx", ".xlsm"}:
        from stepup_equity.spreadsheets.read_xlsx import read_xlsx as reader
    elif path.suffix.lower() == ".ods":
        from stepup_equity.spreadsheets.read_ods import read_ods as reader
    else:
        raise DataError(
            f"{path.name!r} is not a spreadsheet that can be checked. Possible: {listed(['.xlsx', '.ods'])}. "
            "Save it in one of these formats first."
        )
    try:
        return reader(path)
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, ParseError, SyntaxError) as error:
        raise DataError(
            f"{path.name!r} can't be read as {path.suffix.lower()}: {error}. Open it in an office program "
            "and save it again in that format."
        ) from None


def _findings(file: FileView) -> Iterator[Finding]:
    yield from _document(file)
    yield from _structure(file)
    notes = _sheet_named(file, "note")
    explaining = [sheet for sheet in (notes, *file.sheets[:1]) if sheet is not None]
    explained = " ".join(c.text for sheet in explaining for c in sheet.cells.values() if c.text)
    unexplained: list[Finding] = []
    titles = Counter(title for sheet in file.sheets if (title := sheet.text("A1")))
    for sheet in file.sheets:
        if sheet.too_large is not None:
            yield Finding("too-large", sheet.name, "", f"cells up to {sheet.too_large}")
            continue
        if not sheet.cells:
            yield Finding("blank-sheet", sheet.name, "", "nothing on the sheet")
            continue
        yield from _heads(sheet, titles)
        yield from _layout(sheet)
        yield from _tables(sheet)
        yield from _texts(sheet)
        for table in sheet.tables:
            yield from _body(sheet, table)
        if sheet not in explaining:
            unexplained += _explained(sheet, explained)
        yield from _links(sheet, {other.name for other in file.sheets})
    if notes is not None:
        yield from unexplained
    elif unexplained:
        marks = listed(dict.fromkeys(finding.found.split(" is ")[0] for finding in unexplained))
        yield Finding("notes-sheet", "", "", f"no notes sheet, and nothing explains {marks}")


def _document(file: FileView) -> Iterator[Finding]:
    for rule, value in (
        ("document-title", file.title),
        ("document-author", file.author),
        ("document-language", file.language),
    ):
        if not value.strip() or value in _DEFAULT_AUTHORS:
            yield Finding(rule, "", "", f"no {rule.removeprefix('document-')} in the document properties")
    if file.macros:
        yield Finding("macros", "", "", "macros")
    if file.outside:
        yield Finding("outside-data", "", "", "links to data outside the file")
    for sheet, what in file.objects:
        yield Finding("objects", sheet, "", what)


def _structure(file: FileView) -> Iterator[Finding]:
    first = file.sheets[0] if file.sheets else None
    if first is None or (first.tables and not first.name.casefold().startswith(_COVERS)):
        yield Finding(
            "cover-sheet", "" if first is None else first.name, "", "the first sheet is not a cover"
        )
    elif file.active != first.name:
        yield Finding("opens-in-a1", file.active, "", f"the file opens on {file.active!r}")
    with_tables = [sheet for sheet in file.sheets if sheet.tables]
    contents = _sheet_named(file, "contents")
    if contents is not None:
        linked = {cell.link for cell in contents.cells.values()}
        for sheet in file.sheets:
            if sheet is not contents and f"#{sheet.name}" not in linked:
                yield Finding("contents-links", contents.name, "", f"no link to {sheet.name!r}")
    elif len(with_tables) > 1:
        yield Finding("contents-sheet", "", "", f"{len(with_tables)} sheets with tables and no contents")


def _sheet_named(file: FileView, word: str) -> SheetView | None:
    return next((sheet for sheet in file.sheets if word in sheet.name.casefold()), None)


def _heads(sheet: SheetView, titles: Counter[str]) -> Iterator[Finding]:
    """The tab, and what a sheet says before its table."""
    if _DEFAULT_SHEET.fullmatch(sheet.name):
        yield Finding("sheet-name", sheet.name, "", f"the name {sheet.name!r} says nothing")
    title = sheet.text("A1")
    in_table = [table for table in sheet.tables if table.top <= 2]
    if title is None or any(table.top == 1 for table in in_table):
        yield Finding("title-in-a1", sheet.name, "A1", "no title")
    else:
        if titles[title] > 1:
            yield Finding("title-unique", sheet.name, "A1", f"{titles[title]} sheets have this title")
        if not sheet.cells[1, 1].heading:
            yield Finding("title-style", sheet.name, "A1", "the title is not in a heading style")
    if sheet.text("A2") is None or in_table:
        yield Finding("description-in-a2", sheet.name, "A2", "no description of what is on the sheet")
    if sheet.cursor != "A1":
        yield Finding("opens-in-a1", sheet.name, sheet.cursor, f"the sheet opens in {sheet.cursor}")


def _layout(sheet: SheetView) -> Iterator[Finding]:
    if sheet.hidden:
        yield Finding("hidden-sheet", sheet.name, "", "the sheet is hidden")
    if sheet.hidden_rows or sheet.hidden_columns:
        rows, columns = len(sheet.hidden_rows), len(sheet.hidden_columns)
        yield Finding("hidden-cells", sheet.name, "", f"hidden rows: {rows}, hidden columns: {columns}")
    if sheet.frozen:
        yield Finding("freeze-panes", sheet.name, "", "frozen or split panes")
    if sheet.header_footer:
        yield Finding("header-footer", sheet.name, "", "a page header or footer")
    for area in sheet.merged:
        yield Finding("merged-cells", sheet.name, area, "merged cells")
    for area in sheet.colour_scales:
        yield Finding("colour", sheet.name, area, "colours set by a condition")
    for first, last in _gaps({row for row, _ in sheet.cells}):
        found = f"row {first} is blank" if first == last else f"rows {first} to {last} are blank"
        yield Finding("blank-row", sheet.name, address(first, 1), found)
    for first, last in _gaps({column for _, column in sheet.cells}):
        found = f"column {first} is blank" if first == last else f"columns {first} to {last} are blank"
        yield Finding("blank-column", sheet.name, address(1, first), found)


def _gaps(filled: set[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of numbers that is missing, counted from 1.

    >>> list(_gaps({2, 5, 6}))
    [(1, 1), (3, 4)]
    """
    before = 0
    for number in sorted(filled):
        if number > before + 1:
            yield before + 1, number - 1
        before = number


def _tables(sheet: SheetView) -> Iterator[Finding]:
    if sheet.filters is not None:
        yield Finding("filters", sheet.name, sheet.filters, "filter buttons")
    if not sheet.tables:
        columns = len({column for _, column in sheet.cells})
        if columns > 1:
            yield Finding("table-marked-up", sheet.name, "", f"cells in {columns} columns, and no table")
        return
    if len(sheet.tables) > 1:
        yield Finding("one-table", sheet.name, "", f"{len(sheet.tables)} tables")
    for table in sheet.tables:
        where = address(table.top, table.left)
        if _DEFAULT_TABLE.fullmatch(table.name):
            yield Finding("table-name", sheet.name, where, f"the name {table.name!r} says nothing")
        if table.left != 1:
            yield Finding("table-in-column-a", sheet.name, where, f"the table begins in {where}")
        if table.filters:
            yield Finding("filters", sheet.name, where, "filter buttons")
        yield from _header(sheet, table)
    for row, column in sorted(sheet.cells):
        outside = not any(table.holds(row, column) for table in sheet.tables)
        if outside and (row >= min(table.top for table in sheet.tables) or column > 1):
            yield Finding("below-table", sheet.name, address(row, column), "text outside the table")


def _header(sheet: SheetView, table: TableView) -> Iterator[Finding]:
    if not table.header:
        yield Finding("header-row", sheet.name, address(table.top, table.left), "the table has no header row")
        return
    seen: dict[str, str] = {}
    for column in range(table.left, table.right + 1):
        where = address(table.top, column)
        cell = sheet.cells.get((table.top, column))
        text = None if cell is None else cell.text
        if text is None or not text.strip():
            found = "a column without a header" if cell is None else "a header that is not text"
            yield Finding("header-row", sheet.name, where, found)
        elif text.casefold() in seen:
            yield Finding("header-row", sheet.name, where, f"the same header as {seen[text.casefold()]}")
        else:
            seen[text.casefold()] = where


def _texts(sheet: SheetView) -> Iterator[Finding]:
    """What holds for every cell, in a table or not."""
    for (row, column), cell in sorted(sheet.cells.items()):
        where = address(row, column)
        if cell.formula:
            yield Finding("formula", sheet.name, where, "a formula")
        if cell.error:
            yield Finding("error-value", sheet.name, where, "an error value")
        if cell.points is not None and cell.points < SMALLEST_LETTERS:
            yield Finding("font-size", sheet.name, where, f"letters of {cell.points:g} point")
        if cell.filled:
            yield Finding("colour", sheet.name, where, "a background fill")
        if cell.raised:
            yield Finding("superscript", sheet.name, where, "raised or lowered letters")
        if cell.text and not cell.wrapped and len(cell.text) > sheet.widths.get(column, 0):
            yield Finding("text-wrapped", sheet.name, where, f"{len(cell.text)} characters that don't wrap")


def _body(sheet: SheetView, table: TableView) -> Iterator[Finding]:
    """What holds for the cells of a table below its header."""
    for column in range(table.left, table.right + 1):
        cells: dict[int, CellView | None] = {
            row: sheet.cells.get((row, column)) for row in range(table.top + table.header, table.bottom + 1)
        }
        numeric = any(cell is not None and not cell.formula and cell.text is None for cell in cells.values())
        texts = [cell.text for cell in cells.values() if cell is not None and cell.text]
        plain = [text for text in texts if not _SHORTHAND.fullmatch(text)]
        labels = column == table.left or not plain or all(map(_YEAR.fullmatch, plain))
        numeric = numeric or (not labels and all(map(_NUMBER.fullmatch, plain)))
        for row, cell in cells.items():
            where = address(row, column)
            if cell is None or (cell.text is not None and not cell.text.strip()):
                yield Finding("blank-cell", sheet.name, where, "a blank cell")
                continue
            if cell.coloured and cell.link is None:
                yield Finding("colour", sheet.name, where, "coloured letters")
            if cell.text is None:
                continue
            if numeric and _NUMBER.fullmatch(cell.text):
                yield Finding("number-as-text", sheet.name, where, "a number stored as text")
            word = cell.text.strip()
            if (numeric and _LOOSE_WORD.fullmatch(word)) or (column > table.left and _LOOSE.fullmatch(word)):
                yield Finding("symbol", sheet.name, where, f"the sign {word!r}")


def _explained(sheet: SheetView, explained: str) -> Iterator[Finding]:
    """Shorthand and note markers without their explanation, each at its first place."""
    seen: set[str] = set()
    for (row, column), cell in sorted(sheet.cells.items()):
        marks = [("shorthand-explained", symbol) for symbol in _SHORTHAND.findall(cell.text or "")]
        marks += [("note-explained", f"[note {number}]") for number in _NOTE.findall(cell.text or "")]
        for rule, mark in marks:
            if mark not in explained and mark not in seen:
                seen.add(mark)
                yield Finding(rule, sheet.name, address(row, column), f"{mark} is not on the notes sheet")


def _links(sheet: SheetView, names: set[str]) -> Iterator[Finding]:
    for (row, column), cell in sorted(sheet.cells.items()):
        if cell.link is None:
            continue
        where = address(row, column)
        if cell.link.startswith("#") and cell.link[1:] not in names:
            yield Finding("link-target", sheet.name, where, f"a link to {cell.link[1:]!r}, which is not here")
        if cell.text and _ADDRESS.fullmatch(cell.text):
            yield Finding("link-text", sheet.name, where, "a link that shows its address")
