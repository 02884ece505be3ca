"""Sources that come as a whole: workbooks, and the files of statistics packages."""

from __future__ import annotations

import datetime as dt
import zipfile
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from stepup_equity.errors import did_you_mean, listed, require
from stepup_equity.process.toml_out import toml_text
from stepup_equity.records.batches import Batch, text_of
from stepup_equity.records.problems import unreadable
from stepup_equity.records.sources.base import BATCH_ROWS, Source, no_further_names
from stepup_equity.records.sources.titles import further_down
from stepup_equity.records.sources.workbook_faults import refuse_marked, try_apart
from stepup_equity.records.sources.workbook_marks import Marks, marks_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path


STATISTICS_FILES: Final = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
    ".sas7bdat": "read_sas7bdat",
    ".xpt": "read_xport",
}
"""Ending of a file -> the function of pyreadstat that reads it."""
_WITHOUT_LABELS: Final = (".sas7bdat", ".xpt")


class WorkbookSource(Source):
    """One sheet of an XLSX, ODS or XLS workbook."""

    names_are_sure = False
    exact_numbers = False

    def __init__(self, path: Path, *, sheet: str = "", header_row: int = 1, skip_rows: int = 0) -> None:
        import python_calamine

        self.path, self.name, self.header_row = path, path.name, header_row
        marks = marks_of(path)
        if marks is None:
            try_apart(path)
        table, visible = python_calamine.SheetTypeEnum.WorkSheet, python_calamine.SheetVisibleEnum.Visible
        try:
            book = _opened(path)
            sheets = [one for one in book.sheets_metadata if one.typ == table]
            names = [one.name for one in sheets]
            hidden = {one.name for one in sheets if one.visible != visible}
            if sheet and sheet not in names:
                raise unreadable(
                    self.name,
                    "sheet_missing",
                    f"has no sheet {sheet!r}. Its sheets: {listed(names)}.{did_you_mean(sheet, names)}",
                    "Correct sheet under [reading] in the programme.",
                )
            self._sheet = sheet or next((one for one in names if one not in hidden), next(iter(names), ""))
            rows = book.get_sheet_by_name(self._sheet).to_python(skip_empty_area=False) if names else []
            others = [name for name in names if name != self._sheet]
            self._chosen = bool(sheet)
            self._others = [name for name in others if sheet or book.get_sheet_by_name(name).height]
            self._hidden = [name for name in self._others if name in hidden]
            self._marks = None if marks is None else marks.get(self._sheet, Marks())
        except (python_calamine.CalamineError, python_calamine.PasswordError, OSError):
            raise unreadable(
                self.name,
                "unreadable",
                "is not a readable workbook; it may be protected by a password.",
                "Save it again without one, or save the sheet as CSV UTF-8.",
            ) from None
        if len(rows) < header_row or not any(map(text_of, rows[header_row - 1])):
            raise unreadable(
                self.name,
                "file_empty",
                f"has no header in row {header_row} of its sheet.",
                f"Put the column names there. {self.elsewhere}",
            )
        header = [text_of(cell) for cell in rows[header_row - 1]]
        self._at = {name: i for i, name in reversed([*enumerate(header)]) if name.strip()}
        self.columns = tuple(name for name in header if name.strip())
        if len(rows) < header_row + skip_rows:
            raise no_further_names(self.name, skip_rows)
        below = header_row + skip_rows
        self._rows, self._first, self._titles = rows[below:], below + 1, rows[:below]
        self.further_names = tuple(
            {name: text_of(row[at]) for name, at in self._at.items()} for row in rows[header_row:below]
        )

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:  # noqa: ARG002
        """The rows in order, with these columns only."""
        if self._marks is not None:
            places = {name: self._at[name] + 1 for name in columns}
            refuse_marked(self.name, self._marks, places, self._first, self._first + len(self._rows) - 1)
        for start in range(0, len(self._rows), BATCH_ROWS):
            rows = self._rows[start : start + BATCH_ROWS]
            arrays = {name: arrow_column([row[self._at[name]] for row in rows]) for name in columns}
            yield Batch(pa.RecordBatch.from_pydict(arrays), self._first + start)

    def printed(self, most: int) -> list[list[Any]] | None:
        """Every cell of the sheet, titles and notes too; None where it has more rows than that."""
        return [*self._titles, *self._rows] if len(self._titles) + len(self._rows) <= most else None

    def other_sheets(self) -> list[WorkbookSource]:
        """The visible sheets with content beside this one, as if they were read in its place."""
        assert self.path is not None
        found = [WorkbookSource(self.path, sheet=name) for name in self._others if name not in self._hidden]
        for sheet in found:
            sheet._chosen = False  # noqa: SLF001 - of its own kind
        return found

    @property
    def sheet(self) -> str:
        """Name of the sheet that is read."""
        return self._sheet

    @property
    def elsewhere(self) -> str:
        """Where else the column names may stand: another row, another sheet."""
        further = further_down(self.path, self.header_row, self._sheet)
        if not self._others:
            return further
        return (
            f"{further} If they stand on another sheet, name it there: "
            f"sheet = {toml_text(self._others[0])}. Other sheets: {listed(self._others)}."
        )

    def notes(self) -> list[tuple[str, str, str]]:
        """Say which sheet was read, where nobody chose one of several; and that a file is no text table."""
        found = []
        if self._others and not self._chosen:
            found.append(
                (
                    "other_sheets",
                    (
                        f"only the sheet {self._sheet!r} is read. Other sheets of {self.name} with content: "
                        f"{listed(self._others)}"
                        f"{f'; of these hidden: {listed(self._hidden)}' if self._hidden else ''}."
                    ),
                    (
                        f"To read another, name it under [reading] as sheet = {toml_text(self._others[0])}, "
                        "or give each sheet its own file."
                    ),
                )
            )
        if self._marks is None:
            found.append(
                (
                    "cells_not_checked",
                    "blanks of such a workbook may be errors or formulas without a result: it does not tell.",
                    "Save it as .xlsx to have them found.",
                )
            )
        elif self._marks.hidden_rows:
            found.append(
                (
                    "rows_hidden",
                    f"{self._marks.hidden_rows:,} hidden or filtered rows are read like the others.",
                    "Delete them where they are not to be counted.",
                )
            )
        if self.path is not None and not _fits(self.path):
            found.append(
                (
                    "workbook_renamed",
                    f"the file is a workbook, whatever its name {self.name!r} says; it was read as one.",
                    "Rename it, so that other programs read it too: as .xlsx, .xls or .ods.",
                )
            )
        return found


def _opened(path: Path) -> Any:
    """The workbook, by its content where its ending is another's."""
    import python_calamine

    if _fits(path):
        return python_calamine.CalamineWorkbook.from_path(path)
    with path.open("rb") as file:
        return python_calamine.CalamineWorkbook.from_filelike(file)


def _fits(path: Path) -> bool:
    """Whether the ending of a workbook says what it is."""
    ending = path.suffix.lower()
    if not zipfile.is_zipfile(path):
        return ending == ".xls"
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return ending in ((".ods",) if "content.xml" in names else (".xlsx", ".xlsm", ".xlsb"))


class StatisticsSource(Source):
    """A file of SPSS, Stata or SAS. Value labels are read as the answers they name."""

    def __init__(self, path: Path) -> None:
        self._package: Any = require("pyreadstat", "stats-files")
        self.path, self.name = path, path.name
        ending = path.suffix.lower()
        self._read = getattr(self._package, STATISTICS_FILES.get(ending, "read_sav"))
        self._labelled = {} if ending in _WITHOUT_LABELS else {"apply_value_formats": True}
        with self._refusing():
            _, meta = self._read(str(path), metadataonly=True)
        self.columns = tuple(meta.column_names)
        self._rows: int | None = meta.number_rows

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:  # noqa: ARG002
        """The rows in order, with these columns only."""
        names, first = list(dict.fromkeys(columns)), 1
        while self._rows is None or first <= self._rows:
            with self._refusing():
                frame, _ = self._read(
                    str(self.path),
                    usecols=names,
                    **self._labelled,
                    row_offset=first - 1,
                    row_limit=BATCH_ROWS,
                )
            if not len(frame):
                return
            yield Batch(
                pa.RecordBatch.from_pydict({name: arrow_column(frame[name].tolist()) for name in names}),
                first,
            )
            first += len(frame)

    def _refusing(self) -> _Refusing:
        return _Refusing(
            self.name, (self._package.ReadstatError, self._package.PyreadstatError, OSError, ValueError)
        )


class _Refusing:
    """Turns a reader's own errors into the one sentence of a damaged file."""

    def __init__(self, name: str, errors: tuple[type[Exception], ...]) -> None:
        self._name, self._errors = name, errors

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, self._errors):
            raise unreadable(
                self._name,
                "unreadable",
                "is not a readable file of SPSS, Stata or SAS.",
                "Save it again, or save it as CSV UTF-8.",
            ) from None


def arrow_column(values: list[Any]) -> pa.Array:
    """A column of Python values as texts; blanks are null, whole days have no time, 1.0 is 1."""
    return pa.array([_cell(value) for value in values], pa.string())


def _cell(value: object) -> str | None:
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    text = "" if value is None or str(value) in ("NaT", "<NA>") else text_of(value)
    return text or None
