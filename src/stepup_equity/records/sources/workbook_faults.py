"""Workbooks that are refused: cells that hold no answer, and files that end the process that reads them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import listed
from stepup_equity.records.problems import first_rows, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stepup_equity.records.sources.workbook_marks import Marks


_TRIAL: Final = """
import sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, resource.RLIM_INFINITY))
except (ImportError, OSError, ValueError):
    print("no limit", file=sys.stderr)
import python_calamine
try:
    with open(sys.argv[1], "rb") as file:
        book = python_calamine.CalamineWorkbook.from_filelike(file)
    for number, sheet in enumerate(book.sheets_metadata):
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
            book.get_sheet_by_index(number)
except Exception:
    sys.exit(0)  # said in words where it is read
"""


def refuse_marked(name: str, marks: Marks, places: Mapping[str, int], first: int, last: int) -> None:
    """Refuse cells that are read and hold an error, a formula without a result, or one of several merged.

    Parameters
    ----------
    name : str
        Of the workbook.
    marks : Marks
    places : mapping of str to int
        Columns that are read, and where they stand.
    first, last : int
        Rows of the data.

    Raises
    ------
    DataError
    """
    kinds = (
        ("cell_error", marks.errors, "holds errors such as #REF! or #N/A where answers belong"),
        ("formula_uncached", marks.uncached, "holds formulas without a result"),
    )
    for code, cells, what in kinds:
        rows_of = {
            column: [row for row in cells.get(place, ()) if first <= row <= last]
            for column, place in places.items()
        }
        _refuse(name, code, what, rows_of)
    merged: dict[str, list[int]] = {}
    for top, left, bottom, right in marks.merged:
        if bottom < first or top > last:
            continue
        for column, place in places.items():
            if left <= place <= right:
                merged.setdefault(column, []).append(max(top, first))
    _refuse(name, "cells_merged", "holds merged cells, of which all but the first are blank", merged)


def _refuse(name: str, code: str, what: str, rows_of: Mapping[str, list[int]]) -> None:
    columns = [column for column, rows in rows_of.items() if rows]
    if not columns:
        return
    remedies = {
        "cell_error": "Mend the formulas, or paste the values in their place.",
        "formula_uncached": "Open it in a spreadsheet and save it there, so that they are worked out.",
        "cells_merged": "Split them, and write the answer into each row.",
    }
    rows = sorted({row for column in columns for row in rows_of[column]})
    raise unreadable(
        name,
        code,
        f"{what} (column {listed(columns, most=5)}, {first_rows(rows, len(rows))}).",
        f"{remedies[code]} A blank would be read as an answer that was not given.",
        column=", ".join(columns),
        rows=rows,
    )


def try_apart(path: Path) -> None:
    """Read a workbook of an older kind in a process of its own: its reader may end the one it runs in.

    Raises
    ------
    DataError
        Where it did.
    """
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, with words of our own
            [sys.executable, "-P", "-c", _TRIAL, str(path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=300,
            check=False,
        )
        ended_well = done.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        ended_well = False
    if not ended_well:
        raise unreadable(
            path.name,
            "too_large",
            "cannot be read: it is damaged, or would take more memory than any table needs.",
            "Save the sheet as CSV UTF-8.",
        )
