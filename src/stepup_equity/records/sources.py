"""Where applicant records come from: files and frames, handed on in batches of named columns."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from stepup_equity.errors import ArgumentError, DataError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Source", "open_source"]


class Source(ABC):
    """Something that holds one row for each applicant.

    Attributes
    ----------
    name : str
        What messages call it.
    columns : tuple of str
        Column names as given.
    first_row : int
        Number of the first record as its reader sees it: 2 where a header stands in row 1, else 1.
    path : Path or None
        The file, where it is one.
    """

    name: str
    columns: tuple[str, ...]
    first_row: int = 1
    path: Path | None = None

    @abstractmethod
    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """The rows in order, with these columns only."""


class _ParquetSource(Source):
    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name
        try:
            schema = pq.ParquetFile(path).schema_arrow
        except (pa.ArrowInvalid, OSError) as error:
            raise DataError(f"{path.name} is not a readable Parquet file. Export it again.") from error
        self.columns = tuple(schema.names)
        self._text = [
            field.name
            for field in schema
            if pa.types.is_string(field.type)
            or pa.types.is_large_string(field.type)
            or pa.types.is_dictionary(field.type)
        ]

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        file = pq.ParquetFile(self.path, read_dictionary=[name for name in self._text if name in columns])
        yield from file.iter_batches(batch_size=1 << 18, columns=list(columns))


class _CsvSource(Source):
    """A text table. Every column is read as text: "None" and "NA" are answers here, not gaps."""

    first_row = 2

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name
        self._delimiter, header = _sniff(path)
        self.columns = tuple(header)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        reader = pacsv.open_csv(
            self.path,
            read_options=pacsv.ReadOptions(block_size=1 << 22),
            parse_options=pacsv.ParseOptions(delimiter=self._delimiter, newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()),
                include_columns=list(columns),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
        try:
            yield from reader
        except pa.ArrowInvalid as error:
            raise DataError(f"{self.name} breaks off or has uneven rows: {error}. Export it again.") from error


def _sniff(path: Path) -> tuple[str, list[str]]:
    """Delimiter and header of a text table, or the reason why it is none."""
    try:
        with path.open("rb") as file:
            head = file.read(1 << 16)
    except OSError as error:
        raise DataError(f"{path.name} cannot be opened: {error.strerror}. Check the path.") from error
    if not head.strip():
        raise DataError(
            f"{path.name} is empty: it has no header in row 1. Export it again with its column names."
        )
    try:
        text = head.decode("utf-8-sig", errors="strict" if len(head) < 1 << 16 else "ignore")
    except UnicodeDecodeError:
        text = ""
    if not text or "\x00" in text:
        raise DataError(
            f"{path.name} is not a text table: row 1 holds bytes that are not UTF-8 text. "
            "Save it as CSV UTF-8, or give a Parquet file."
        )
    first = text.splitlines()[0]
    delimiter = max(",;\t|", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter))
    if len(header) < 2:
        raise DataError(
            f"{path.name} is not a table: row 1 holds one column. "
            "A table of applicants has a header with commas, semicolons or tabs between names."
        )
    return delimiter, [name.strip() for name in header]


class _FrameSource(Source):
    def __init__(self, table: pa.Table, name: str) -> None:
        self._table, self.name = table, name
        self.columns = tuple(str(column) for column in table.column_names)

    def batches(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        yield from self._table.select(list(columns)).to_batches(max_chunksize=1 << 18)


def open_source(source: Any) -> Source:
    """A source from a path or a frame.

    Parameters
    ----------
    source : str, Path, or a frame that narwhals knows (pandas, polars, pyarrow, duckdb ...)

    Raises
    ------
    DataError
        Where the file is missing, empty, or not a table.
    ArgumentError
        Where `source` is neither a path nor a frame.
    """
    if isinstance(source, (str, Path)):
        path = Path(source)
        if not path.exists():
            raise DataError(f"There is no file {path.name!r}. Check the path.")
        if path.suffix.lower() in {".parquet", ".pq"}:
            return _ParquetSource(path)
        return _CsvSource(path)
    if isinstance(source, pa.Table):
        return _FrameSource(source, "the table")
    return _FrameSource(_to_arrow(source), "the frame")


def _to_arrow(frame: Any) -> pa.Table:
    import narwhals as nw

    try:
        native = nw.from_native(frame)
    except TypeError:
        raise ArgumentError(
            f"source is a {type(frame).__name__}. Give the path of a file, or a pandas, polars, pyarrow, "
            "duckdb, dask or PySpark frame."
        ) from None
    eager = native.collect(backend="pyarrow") if isinstance(native, nw.LazyFrame) else native
    try:
        return eager.to_arrow()
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        return pa.table({name: _mixed_column(eager[name].to_list()) for name in eager.columns})


def _mixed_column(values: list[Any]) -> pa.Array:
    """A column of mixed Python objects (numbers beside text) as text, blanks as null."""
    try:
        return pa.array(values, from_pandas=True)
    except (pa.ArrowTypeError, pa.ArrowInvalid):
        blank = [value is None or value != value for value in values]  # noqa: PLR0124 - NaN differs from itself
        return pa.array([None if gap else str(value) for value, gap in zip(values, blank, strict=True)])
