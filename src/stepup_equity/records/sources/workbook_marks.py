"""What a workbook says beside its values: errors, formulas without a result, merged cells, hidden rows.

The reader of values gives a blank for a cell in error and for a formula that was never worked out; a person
would become *Not stated* without a word. And it takes as much memory as the furthest filled cell asks for,
however small the file. So the sheets are looked through first, piece by piece.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from xml.parsers import expat

from stepup_equity.errors import DataError
from stepup_equity.records.problems import unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


MOST_CELLS: Final = 10_000_000
"""As many cells as a sheet may span, blanks among them."""

_MOST_BYTES: Final = 1 << 30
_PIECE: Final = 1 << 20
_OVERLAP: Final = 64
_REFERENCE: Final = re.compile(rb"""\sr\s*=\s*["']\$?([A-Za-z]{1,9})\$?(\d{1,20})["']""")
_TELLING: Final = re.compile(
    rb"""\st\s*=\s*["']e["']|[<:]f[\s/>]|[<:]mergeCell\s|\shidden\s*=\s*["'](?:1|true)"""
)
_CLAIM: Final = re.compile(rb"""\s(?:uniqueC|c)ount\s*=\s*["'](\d+)["']""")
_ERRORS: Final = re.compile(r"#[A-Z/0]+[!?A]|Err:\d+|#[A-Z]+!")
_DAMAGED: Final = (
    *(zipfile.BadZipFile, expat.ExpatError, zlib.error),
    *(OSError, EOFError, ValueError, NotImplementedError, KeyError),
)
_SMALLER: Final = "Save the sheet as CSV UTF-8, or as a Parquet file."


@dataclass
class Marks:
    """What was found on one sheet; rows and columns count from 1.

    Attributes
    ----------
    errors, uncached : dict of int to list of int
        Column and the rows in which a cell holds an error, or a formula without a result.
    merged : list of (int, int, int, int)
        First row, first column, last row, last column of cells that are one.
    hidden_rows : int
    """

    errors: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    uncached: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: int = 0


def marks_of(path: Path) -> dict[str, Marks] | None:
    """Marks of every sheet by its name; None for a format that is not looked through.

    Raises
    ------
    DataError
        Where the workbook would take more than the stated limits.
    """
    if not zipfile.is_zipfile(path):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > _MOST_BYTES:
                raise _too_large(path.name, f"would unpack to more than {_MOST_BYTES >> 20:,} MB")
            names = archive.namelist()
            if "content.xml" in names:
                return _of_ods(archive, path.name)
            if "xl/workbook.xml" in names:
                return _of_xlsx(archive, path.name)
            return None
    except DataError:
        raise
    except _DAMAGED:
        return None  # the reader of values says what is wrong with it


def _too_large(name: str, what: str) -> Exception:
    return unreadable(name, "too_large", f"{what}.", _SMALLER)


def _refuse_span(name: str, rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise _too_large(
            name,
            f"has a sheet of {rows:,} rows by {columns:,} columns, blanks among them, and at most "
            f"{MOST_CELLS:,} cells are read",
        )


def _pieces(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    with archive.open(part) as file:
        while piece := file.read(_PIECE):
            yield piece


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _of_xlsx(archive: zipfile.ZipFile, name: str) -> dict[str, Marks]:
    for part in archive.infolist():
        if part.filename.endswith(".xml"):
            with archive.open(part) as file:
                claims = _CLAIM.findall(file.read(_PIECE >> 4))
            if any(int(claim) > max(part.file_size, 1 << 16) for claim in claims):
                raise _too_large(name, "claims to hold more than it does")
    return {sheet: _of_sheet(archive, part, name) for sheet, part in _sheets(archive).items()}


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Name and part of each sheet."""
    targets: dict[str, str] = {}
    found: dict[str, str] = {}

    def relation(tag: str, values: dict[str, str]) -> None:
        if tag == "Relationship":
            targets[values.get("Id", "")] = values.get("Target", "")

    def sheet(tag: str, values: dict[str, str]) -> None:
        if tag == "sheet":
            identity = next((value for key, value in values.items() if key.endswith("}id")), "")
            found[values.get("name", "")] = targets.get(identity, "")

    _parse(archive, "xl/_rels/workbook.xml.rels", start=relation)
    _parse(archive, "xl/workbook.xml", start=sheet)
    parts = set(archive.namelist())
    places = {
        name: target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        for name, target in found.items()
    }
    return {name: place for name, place in places.items() if place in parts}


def _parse(archive: zipfile.ZipFile, part: str, *, start: Any, end: Any = None, text: Any = None) -> None:
    """Go through a part; tags come without their namespace, names of attributes with theirs, in braces."""
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def local(name: str) -> str:
        return name.rsplit("}", 1)[-1]

    parser.StartElementHandler = lambda name, values: start(local(name), values)
    if end is not None:
        parser.EndElementHandler = lambda name: end(local(name))
    if text is not None:
        parser.CharacterDataHandler = text
    for piece in _pieces(archive, part):
        parser.Parse(piece, False)
    parser.Parse(b"", True)


def _of_sheet(archive: zipfile.ZipFile, part: str, name: str) -> Marks:
    rows = columns = 1
    telling, tail = False, b""
    for piece in _pieces(archive, part):
        whole = tail + piece
        for letters, number in set(_REFERENCE.findall(whole)):
            rows, columns = max(rows, int(number)), max(columns, _column_number(letters.decode()))
        telling = telling or _TELLING.search(whole) is not None
        tail = whole[-_OVERLAP:]
    reader = _SheetReader()
    if telling or rows * columns > MOST_CELLS:
        _parse(archive, part, start=reader.start, end=reader.end, text=reader.text)
        _refuse_span(name, reader.lowest, reader.widest)  # a cell may have a look, and nothing in it
    return reader.marks


class _SheetReader:
    """Follows the cells of an XLSX sheet."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.lowest = self.widest = 0
        self._row = self._column = 0
        self._kind = ""
        self._formula = self._in_value = self._has_value = False

    def start(self, tag: str, values: dict[str, str]) -> None:
        if tag == "row":
            self._row = int(values.get("r", self._row + 1))
            self._column = 0
            self.marks.hidden_rows += values.get("hidden") in ("1", "true")
        elif tag == "c":
            at = re.fullmatch(r"([A-Za-z]+)(\d+)", values.get("r", ""))
            self._column = _column_number(at[1]) if at else self._column + 1
            self._row = int(at[2]) if at else self._row
            self._kind, self._formula, self._has_value = values.get("t", ""), False, False
        elif tag == "f":
            self._formula = True
        elif tag == "v":
            self._in_value = True
        elif tag == "mergeCell":
            at = re.fullmatch(r"([A-Za-z]+)(\d+):([A-Za-z]+)(\d+)", values.get("ref", ""))
            if at:
                first, last = (int(at[2]), _column_number(at[1])), (int(at[4]), _column_number(at[3]))
                self.marks.merged.append((*first, *last))

    def text(self, text: str) -> None:
        if self._in_value and text.strip():
            self._has_value = True

    def end(self, tag: str) -> None:
        if tag == "v":
            self._in_value = False
        if tag == "c" and (self._has_value or self._formula or self._kind == "inlineStr"):
            self.lowest, self.widest = max(self.lowest, self._row), max(self.widest, self._column)
        if tag == "c" and self._kind == "e":
            self.marks.errors[self._column].append(self._row)
        elif tag == "c" and self._formula and not self._has_value and self._kind != "str":
            self.marks.uncached[self._column].append(self._row)


def _of_ods(archive: zipfile.ZipFile, name: str) -> dict[str, Marks]:
    reader = _TablesReader(name)
    _parse(archive, "content.xml", start=reader.start, end=reader.end, text=reader.text)
    return reader.marks


class _TablesReader:
    """Follows the cells of an ODS document, each as often as it is repeated."""

    def __init__(self, name: str) -> None:
        self.marks: dict[str, Marks] = {}
        self._name = name
        self._own = Marks()
        self._row = self._column = self._widest = self._lowest = 0
        self._repeat = 1
        self._cell: dict[str, str] = {}
        self._words = ""
        self._filled = self._note = False

    def start(self, tag: str, raw: dict[str, str]) -> None:
        values = {name.rsplit("}", 1)[-1]: value for name, value in raw.items()}
        if tag == "table":
            self._own = self.marks[values.get("name", "")] = Marks()
            self._row = self._widest = self._lowest = 0
        elif tag == "table-row":
            self._repeat = int(values.get("number-rows-repeated", 1))
            self._column, self._filled = 0, False
            hidden = values.get("visibility") in ("collapse", "filter")
            self._own.hidden_rows += hidden and self._repeat < 1000
        elif tag in ("table-cell", "covered-table-cell"):
            self._cell, self._words = values, ""
        elif tag == "annotation":
            self._note = True

    def text(self, text: str) -> None:
        if not self._note:
            self._words += text

    def end(self, tag: str) -> None:
        if tag == "annotation":
            self._note = False
        elif tag == "table-row":
            if self._filled:
                self._lowest = self._row + self._repeat
                _refuse_span(self._name, self._lowest, self._widest)
            self._row += self._repeat
        elif tag in ("table-cell", "covered-table-cell"):
            self._end_of_cell(tag)

    def _end_of_cell(self, tag: str) -> None:
        values, words = self._cell, self._words.strip()
        repeated = int(values.get("number-columns-repeated", 1))
        row, column = self._row + 1, self._column + 1
        self._column += repeated
        if words or values.get("value-type"):
            self._filled = True
            self._widest = max(self._widest, self._column)
        if _ERRORS.fullmatch(words) and (values.get("formula") or values.get("value-type") != "string"):
            self._own.errors[column].append(row)
        elif values.get("formula") and not words and "value-type" not in values:
            self._filled = True
            self._own.uncached[column].append(row)
        down = int(values.get("number-rows-spanned", 1))
        across = int(values.get("number-columns-spanned", 1))
        if tag == "table-cell" and (down > 1 or across > 1):
            self._own.merged.append((row, column, row + down - 1, column + across - 1))
