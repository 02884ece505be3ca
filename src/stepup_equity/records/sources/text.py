"""Text tables: comma, semicolon, tab or bar; UTF-8, Windows-1252 or UTF-16; plain or gzipped."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter, deque
from contextlib import contextmanager
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from stepup_equity.records.batches import Batch
from stepup_equity.records.problems import first_rows, unreadable
from stepup_equity.records.sources.ahead import read_ahead
from stepup_equity.records.sources.base import ReadAgain, Source, no_further_names
from stepup_equity.records.sources.encodings import BOM, HEAD, UTF8, encoding_of
from stepup_equity.records.sources.titles import further_down

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from stepup_equity.errors import DataError


_BLOCK: Final = 1 << 22
_SCAN: Final = 1 << 18
_DELIMITERS: Final = ",;\t|"
_SEPARATOR_LINE: Final = re.compile(r'"?sep=(?P<delimiter>[,;\t|])"?\s*[\r\n]', re.IGNORECASE)
_NOT_IN_CP1252: Final = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_OF_OTHERS: Final = frozenset({".xls", ".xlsx", ".xlsm", ".ods", ".parquet", ".pq", ".feather", ".arrow"})
_END: Final = "\x01"
_CODES: Final = pa.dictionary(pa.int32(), pa.string())


class TextSource(Source):
    """A text table. Every column is read as text: "None" and "NA" are answers here, not gaps."""

    names_are_sure = False

    def __init__(self, path: Path, *, header_row: int = 1, skip_rows: int = 0) -> None:
        self.path, self.name = path, path.name
        self.header_row, self._skip = header_row, skip_rows
        with path.open("rb") as file:
            self._gzipped = file.read(2) == b"\x1f\x8b"
        head = self._head()
        self._skipped = 0  # marks of UTF-8 beyond the first, as programs add that do not look for one
        while head.startswith(BOM + BOM):
            head, self._skipped = head[len(BOM) :], self._skipped + len(BOM)
        self._encoding = encoding_of(head, self.name)
        text = head.decode(self._encoding, errors="replace").lstrip("\ufeff")
        hint = _SEPARATOR_LINE.match(text) if header_row == 1 else None
        if hint is not None:  # Excel writes its delimiter above the header
            self.header_row = header_row = 2
        self._delimiter, header = _header(text, header_row, path, hint["delimiter"] if hint else "")
        self.columns = tuple(header)
        if skip_rows:
            self.further_names = self._further_names()

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:
        """The rows in order, with these columns only."""
        first, marks, quotes = self.header_row + 1 + self._skip, 0, self._quotes()
        try:
            for table in read_ahead(lambda: self._tables(columns, many)):
                yield Batch(_coded(table, many), first)
                first += table.num_rows
                marks += sum(islice(quotes, _BLOCK // _SCAN))  # while the next rows are being read
        except (pa.ArrowInvalid, UnicodeDecodeError, EOFError, OSError) as error:
            if "Empty CSV file" in str(error):
                return
            if self._is_windows(error):
                self._encoding = "cp1252"
                raise ReadAgain from None
            raise self._diagnosis(error) from None
        if (marks + sum(quotes)) % 2 and (row := self._open_quote()):
            raise self._unclosed(row)

    def printed(self, most: int) -> list[list[Any]] | None:
        """Every cell from the first row on, titles and notes too; None where there are more rows."""
        assert self.path is not None
        return None if self._gzipped else printed_text(self.path, most)

    def notes(self) -> list[tuple[str, str, str]]:
        """Say which encoding was taken, where it was not the one to expect, and what a name hides."""
        found = []
        if self._encoding == "cp1252":
            found.append(
                (
                    "encoding_windows",
                    "the file is not UTF-8; it was read as Windows-1252, as older spreadsheets write it.",
                    "Check that names with accents are right, or save it as CSV UTF-8.",
                )
            )
        if self.path is not None and self.path.suffix.lower() in _OF_OTHERS:
            found.append(
                (
                    "text_renamed",
                    f"the file is a text table, whatever its name {self.name!r} says; it was read as one.",
                    "Rename it as .csv, so that other programs read it too.",
                )
            )
        return found

    def _tables(self, columns: Sequence[str], many: Collection[str]) -> Iterator[pa.RecordBatch]:
        with self._open() as raw:
            yield from self._reader(raw, columns, many)

    def _reader(
        self, raw: pa.NativeFile, columns: Sequence[str], many: Collection[str]
    ) -> pacsv.CSVStreamingReader:
        skipped = self.header_row - 1
        names = list(dict.fromkeys(columns))
        # Half of the columns are coded in this thread and half in the one that waits for them (`_coded`):
        # then both have as much to do, and neither waits long for the other.
        here = [name for name in names if name not in many][::2]
        return pacsv.open_csv(
            raw,
            read_options=pacsv.ReadOptions(
                block_size=_BLOCK,
                skip_rows=skipped,
                skip_rows_after_names=self._skip,
                encoding=self._encoding,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=self._delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()) | dict.fromkeys(here, _CODES),
                include_columns=names,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )

    @contextmanager
    def _open(self) -> Iterator[pa.NativeFile]:
        with pa.OSFile(str(self.path)) as file:
            if not self._gzipped:
                file.seek(self._skipped)
                yield file
                return
            with pa.CompressedInputStream(file, "gzip") as unpacked:
                unpacked.read(self._skipped)
                yield unpacked

    def _bytes(self) -> IO[bytes]:
        assert self.path is not None
        if self._gzipped:
            return cast("IO[bytes]", gzip.open(self.path))
        return self.path.open("rb")

    def _head(self) -> bytes:
        try:
            with self._bytes() as file:
                return file.read(HEAD)
        except (OSError, EOFError):
            raise unreadable(
                self.name, "unreadable", "cannot be unpacked: the gzip file is damaged.", "Export it again."
            ) from None

    @contextmanager
    def _records(self) -> Iterator[Iterator[tuple[int, list[str]]]]:
        """Row number and fields of every record, slowly; only to say where a broken file is broken.

        A last record of ``_END`` alone shows that no quotation mark was left open: it would have swallowed
        it.
        """
        before = csv.field_size_limit(1 << 30)
        try:
            with (
                self._bytes() as raw,
                io.TextIOWrapper(raw, encoding=self._encoding, errors="replace", newline="") as text,
            ):
                for _ in range(self.header_row - 1):
                    text.readline()
                rows = csv.reader(chain(text, [_END]), delimiter=self._delimiter)
                yield enumerate(rows, self.header_row)
        finally:
            csv.field_size_limit(before)

    def _further_names(self) -> tuple[dict[str, str], ...]:
        """The headers below the column names, or the reason why there are none."""
        with self._records() as records:
            below = [fields for _, fields in islice(records, 1, self._skip + 1) if fields != [_END]]
        if len(below) < self._skip:
            raise no_further_names(self.name, self._skip)
        return tuple(dict(zip(self.columns, fields, strict=False)) for fields in below)

    def _uneven(self) -> DataError:
        width, rows, only_ends, last = len(self.columns), [], True, 0
        remarks = True
        with self._records() as records:
            for number, fields in records:
                last = number if len(fields) == width else last
                if fields and len(fields) != width and fields != [_END]:
                    rows.append(number)
                    remarks = remarks and sum(map(bool, fields)) < 2 and len(fields) < width
                    only_ends = only_ends and len(fields) == width + 1 and not fields[-1]
        some = first_rows(rows, len(rows))
        if rows and remarks and rows[0] > last > self.header_row:
            return unreadable(
                self.name,
                "lines_below",
                f"has lines below its table ({some}), such as remarks or a total.",
                "Take them away: every row behind the column names is an applicant.",
                rows=rows,
            )
        return unreadable(
            self.name,
            "row_uneven",
            f"has rows with more or fewer fields than the {width} of its header ({some}).",
            "Their last field is blank: take the delimiter at the end of each row away, or give one to row 1."
            if only_ends
            else "Put quotation marks around texts that hold the delimiter, or export the file again.",
            rows=rows,
        )

    def _diagnosis(self, error: Exception) -> DataError:
        """What is wrong with a file that pyarrow gave up on. Its words quote the row: nobody sees them."""
        words = str(error)
        if "UTF8" in words or isinstance(error, UnicodeDecodeError):
            return self._mixed()
        if row := self._open_quote():
            return self._unclosed(row)
        if "columns, got" in words:
            return self._uneven()
        if "straddling" in words:
            return unreadable(
                self.name,
                "row_too_long",
                "has a row of more than four million letters.",
                "Leave out the columns with documents and long texts, then export it again.",
            )
        return unreadable(
            self.name,
            "unreadable",
            "breaks off or is damaged: it cannot be read to its end.",
            "Export it again.",
        )

    def _mixed(self) -> DataError:
        good, bad = self._lines_by_encoding()
        if self._encoding == UTF8 and good and bad:
            return unreadable(
                self.name,
                "encoding_mixed",
                f"mixes encodings: row {good} is UTF-8, row {bad} is not.",
                "Save each of its sources as CSV UTF-8 before joining them.",
                rows=[bad],
            )
        return unreadable(
            self.name,
            "encoding_unknown",
            "is neither UTF-8 nor Windows-1252 text.",
            "Save it as CSV UTF-8.",
        )

    def _lines_by_encoding(self) -> tuple[int, int]:
        """First row beyond ASCII that is UTF-8, and first row that is not; 0 where there is none."""
        good = bad = 0
        with self._bytes() as raw:
            for number, line in enumerate(raw, 1):
                if line.isascii():
                    continue
                try:
                    line.decode("utf-8")
                    good = good or number
                except UnicodeDecodeError:
                    bad = bad or number
                if good and bad:
                    break
        return good, bad

    def _is_windows(self, error: Exception) -> bool:
        """Whether a file taken for UTF-8 is Windows-1252: no line is UTF-8, no byte is unknown there."""
        if self._encoding != UTF8 or "UTF8" not in str(error):
            return False
        good, bad = self._lines_by_encoding()
        if good or not bad:
            return False
        with self._bytes() as raw:
            return not any(_NOT_IN_CP1252.search(block) for block in iter(lambda: raw.read(_SCAN), b""))

    def _quotes(self) -> Iterator[int]:
        """How many quotation marks each piece of the file holds."""
        with self._bytes() as raw:
            while block := raw.read(_SCAN):
                yield int(np.count_nonzero(np.frombuffer(block, np.uint8) == ord('"')))

    def _open_quote(self) -> int:
        """Row whose quotation mark is never closed; 0 where there is none."""
        with self._records() as records:
            number, fields = deque(records, 1)[0]
        return number if fields != [_END] else 0

    def _unclosed(self, row: int) -> DataError:
        return unreadable(
            self.name,
            "quote_open",
            f"has a quotation mark that is never closed, opened in row {row}.",
            "Close it or take it out: everything behind it would be lost.",
            rows=[row],
        )


def _coded(table: pa.RecordBatch, many: Collection[str]) -> pa.RecordBatch:
    """Each text once and a code for each row, but for the columns that hold many texts."""
    return pa.RecordBatch.from_arrays(
        [
            column if name in many or column.type == _CODES else column.dictionary_encode()
            for name, column in zip(table.schema.names, table.columns, strict=True)
        ],
        table.schema.names,
    )


def printed_text(path: Path, most: int) -> list[list[Any]] | None:
    """Every cell of a small text table, whose titles may stand above its columns; None where it is not small.

    The delimiter is the one that most lines have.
    """
    with path.open("rb") as file:
        raw = file.read(HEAD + 1)
    if len(raw) > HEAD or not raw.strip():
        return None
    text = raw.decode(encoding_of(raw, path.name), errors="replace").lstrip("\ufeff")
    hint = _SEPARATOR_LINE.match(text)
    lines = [line for line in io.StringIO(text) if line.strip()]
    found = Counter(
        mark
        for line in lines
        for mark in _DELIMITERS
        if 0 < _unquoted(line).count(mark) == max(map(_unquoted(line).count, _DELIMITERS))
    )  # a tie counts for both: as many decimal commas as semicolons stand in a row, and none in the header
    delimiter = hint["delimiter"] if hint else max(_DELIMITERS, key=lambda mark: found[mark])
    try:
        rows = [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error:
        return None
    if hint:
        rows[0] = []
    return rows if len(rows) <= most else None


def _header(text: str, header_row: int, path: Path, delimiter: str = "") -> tuple[str, list[str]]:
    """Delimiter and column names, or the reason why there are none."""
    lines = list(io.StringIO(text, newline=""))
    if len(lines) < header_row:
        raise unreadable(
            path.name,
            "header_missing",
            f"has {len(lines)} rows, but its header is said to stand in row {header_row}.",
            "Correct header_row under [reading] in the programme.",
        )
    rest = lines[header_row - 1 :]
    delimiter = delimiter or max(_DELIMITERS, key=_unquoted(rest[0]).count)
    try:
        header = next(csv.reader(rest, delimiter=delimiter), [])
    except csv.Error:
        header = []
    if len(header) < 2:
        raise unreadable(
            path.name,
            "not_a_table",
            f"is not a table: row {header_row} does not hold two column names or more.",
            "A table of applicants has a header with commas, semicolons or tabs between names. "
            f"{further_down(path, header_row)}",
        )
    return delimiter, header


def _unquoted(line: str) -> str:
    """The line without what stands in quotation marks."""
    return re.sub(r'"[^"]*"', "", line)
