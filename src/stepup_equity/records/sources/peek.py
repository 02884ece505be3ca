"""The first rows of a file as they stand, before anybody knows which of them is the header."""

from __future__ import annotations

import csv
import gzip
import io
from itertools import islice
from typing import TYPE_CHECKING, Final

from stepup_equity.records.batches import text_of

if TYPE_CHECKING:
    from pathlib import Path


FIRST_ROWS: Final = 40
_HEAD: Final = 1 << 18
_DELIMITERS: Final = ",;\t|"
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def first_rows(path: Path) -> dict[str, list[list[str]]]:
    """Cells of the first rows of each sheet that holds any; a text table is one sheet without a name.

    What is neither a workbook nor a text table has its column names inside: no rows are given.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_WORKBOOKS):
        return _of_workbook(path)
    if head.startswith(b"\x1f\x8b"):
        with gzip.open(path) as file:
            head = file.read(_HEAD)
    if b"\x00" in head and not head.startswith(_UTF16):
        return {}
    return {"": _of_text(head)}


def _of_workbook(path: Path) -> dict[str, list[list[str]]]:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_path(path)
    table = python_calamine.SheetTypeEnum.WorkSheet
    found = {}
    for name in [one.name for one in book.sheets_metadata if one.typ == table]:
        rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=FIRST_ROWS)
        texts = [[text_of(cell).strip() for cell in row] for row in rows]
        if any(any(row) for row in texts):
            found[name] = texts
    return found


def _of_text(head: bytes) -> list[list[str]]:
    encoding = "utf-16" if head.startswith(_UTF16) else "utf-8-sig"
    text = head.decode(encoding, errors="replace")
    if "\ufffd" in text[:-8]:
        text = head.decode("cp1252", errors="replace")
    whole = text if len(head) < _HEAD else text[: text.rfind("\n") + 1]
    tables = [_parsed(whole, delimiter) for delimiter in _DELIMITERS]
    return max(tables, key=lambda rows: sum(len(row) - 1 for row in rows))


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return [[cell.strip() for cell in row] for row in islice(rows, FIRST_ROWS)]
    except csv.Error:
        return []
