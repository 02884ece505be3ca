"""What a path, an address, a connection or a frame is, and the source that reads it."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Any, Final

from stepup_equity.errors import ArgumentError, DataError, listed
from stepup_equity.process import Reading
from stepup_equity.records.missing_file import missing_file
from stepup_equity.records.problems import unreadable
from stepup_equity.records.sources.base import Source
from stepup_equity.records.sources.tables import STATISTICS_FILES, StatisticsSource, WorkbookSource

_BY_CONTENT: Final = (
    (b"PAR1", "parquet"),
    (b"ARROW1", "feather"),
    (b"PK\x03\x04", "zip"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"SQLite format 3\x00", "database"),
    (b"$FL2", "statistics"),
    (b"$FL3", "statistics"),
)
_BY_NAME: Final = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".feather": "feather",
    ".arrow": "feather",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "workbook",
    ".ods": "workbook",
    ".duckdb": "database",
    **dict.fromkeys(STATISTICS_FILES, "statistics"),
}
_HEAD: Final = 1 << 10
_DAMAGED_ZIP: Final = (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError)
_WITH_MARK: Final = frozenset({"parquet", "feather", "workbook", "database"})
"""Kinds whose files begin with a mark of their own: one that is text is a text table, whatever its name."""

_OF_PROGRAMS: Final = ("._", ".~lock.", "~$", ".DS_Store", ".nfs")
"""What file managers and office programs put beside an open file."""

_PACKED: Final = frozenset(
    {".zip", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst", ".lz4", ".gz", ".gpg", ".pgp"}
    | {".json", ".jsonl", ".ndjson", ".xml", ".xlsb", ".numbers", ".accdb", ".mdb", ".db", ".sqlite"}
    | {".orc", ".avro", ".rds", ".rdata", ".fods", ".dbf"}
)
_TEXTS: Final = (".csv", ".tsv", ".txt", ".tab", ".csv.gz", ".tsv.gz", ".txt.gz")


def open_source(source: Any, *, reading: Reading | None = None, query: str | None = None) -> Source:
    """A source from whatever was given.

    Parameters
    ----------
    source : str, Path, list of paths, frame or connection
        A source that is open already; a file, a folder, several files, the address of a database, an open
        connection, or a frame that narwhals knows.
    reading : Reading, optional
        Which sheet, and which row holds the column names.
    query : str, optional
        For a database: a SELECT, or the name of a table.

    Raises
    ------
    DataError
        Where the file is missing, empty, or not a table.
    ArgumentError
        Where `source` is nothing that can be read, or `query` is missing or out of place.
    """
    from stepup_equity.records.sources.databases import DatabaseSource, is_connection, is_database_url
    from stepup_equity.records.sources.frames import frame_source

    if isinstance(source, Source):
        return source
    reading = reading or Reading()
    if is_database_url(source) or is_connection(source):
        return DatabaseSource(source, _needed(query))
    if isinstance(source, str) and "://" in source:
        raise ArgumentError(
            "This is an address of a kind that is not read. Possible: files, and databases whose address "
            "begins with postgresql://, sqlite:/// or duckdb:///."
        )
    if isinstance(source, (str, Path)):
        if not str(source).strip():
            raise ArgumentError("source is blank. Give the path of a file or a folder.")
        path = Path(source)
        if _is_file(path) and _kind(path) == "database":
            return DatabaseSource(path, _needed(query))
        _not_needed(query)
        is_folder = os.path.isdir(path)  # noqa: PTH112 - false for a name that no system can hold
        return _folder(path, reading) if is_folder else _file(path, reading)
    _not_needed(query)
    if isinstance(source, (list, tuple)) and source and all(isinstance(one, (str, Path)) for one in source):
        from stepup_equity.records.sources.several import SeveralFiles

        return SeveralFiles([_file(Path(one), reading) for one in source], root=None, name="the files")
    return frame_source(source)


def is_database(source: str | Path) -> bool:
    """Whether a source needs a query: the address of a database, or a file that is one."""
    from stepup_equity.records.sources.databases import is_database_url

    if is_database_url(source):
        return True
    path = Path(source)
    return _is_file(path) and bool(path.stat().st_size) and _kind(path) == "database"


def _needed(query: str | None) -> str:
    if query is None:
        raise ArgumentError("A database needs query=: a SELECT, or the name of a table.")
    return query


def _not_needed(query: str | None) -> None:
    if query is not None:
        raise ArgumentError("query= is for databases. Leave it out for a file or a frame.")


def _file(path: Path, reading: Reading) -> Source:
    if not _is_file(path):
        raise missing_file(path)
    _refuse_name(path)
    kind = _kind(path)
    if kind == "parquet":
        from stepup_equity.records.sources.columnar import ParquetSource

        return ParquetSource(path)
    if kind == "feather":
        from stepup_equity.records.sources.columnar import FeatherSource

        return FeatherSource(path)
    if kind == "workbook":
        return WorkbookSource(
            path, sheet=reading.sheet, header_row=reading.header_row, skip_rows=reading.skip_rows
        )
    if kind == "statistics":
        return StatisticsSource(path)
    from stepup_equity.records.sources.text import TextSource

    return TextSource(path, header_row=reading.header_row, skip_rows=reading.skip_rows)


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 - false for a name that no system can hold


def _refuse_name(path: Path) -> None:
    """Refuse a name that is no text: engines that read files cannot be told of it."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise unreadable(
            path.name, "name_not_text", "has a name, or a folder on its way, that is not UTF-8.", "Rename it."
        ) from None


def _kind(path: Path) -> str:
    """What a file is: by its first bytes where they tell, else by its name."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise DataError(
            f"{path.name} cannot be opened: {error.strerror}. Check that you may read it."
        ) from None
    if not head:
        raise unreadable(
            path.name,
            "file_empty",
            "is empty: it has no header in row 1.",
            "Export it again with its column names.",
        )
    found = next((kind for magic, kind in _BY_CONTENT if head.startswith(magic)), None)
    if found == "zip":
        return _zip(path)
    if found is None:
        from stepup_equity.records.sources.encodings import is_text, refuse_web_page

        refuse_web_page(head, path.name)
    named = _BY_NAME.get(path.suffix.lower(), "text")
    if found is None and named in _WITH_MARK and is_text(head):
        return "text"
    return found or named


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except _DAMAGED_ZIP:
        raise unreadable(
            path.name, "unreadable", "is a damaged workbook or archive.", "Export it again."
        ) from None
    if any(name.startswith("xl/") or name == "content.xml" for name in names):
        return "workbook"
    raise unreadable(
        path.name, "archive", "is an archive, not a table.", "Unpack it and give the file inside."
    )


def _folder(path: Path, reading: Reading) -> Source:
    from stepup_equity.records.sources.several import SeveralFiles

    files = [file for file in _files_under(path) if not _is_of_programs(file.name)]
    tables = [file for file in files if _is_table(file)]
    known = [file for file in tables if file.name[0] not in "._"]
    if packed := [file.name for file in files if file not in tables and _may_hold_tables(file)]:
        raise unreadable(
            path.name,
            "files_packed",
            f"holds files that cannot be read, and may hold people: {listed(packed, most=5)}.",
            "Unpack them, or export them as CSV UTF-8; or move them to another folder.",
        )
    if not known:
        raise DataError(
            f"The folder {path.name!r} holds no tables. Give a folder of CSV, Parquet, Feather or workbook "
            f"files."
        )
    left_out = [file.relative_to(path).as_posix() for file in files if file not in known]
    return SeveralFiles(
        [_file(file, reading) for file in known], root=path, name=path.name, left_out=left_out
    )


def _files_under(path: Path) -> list[Path]:
    """Every file of a folder and its folders, in order.

    Raises
    ------
    DataError
        Where one of the folders cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise unreadable(
            path.name,
            "folder_closed",
            f"holds the folder {Path(error.filename).name!r}, which cannot be read.",
            "Check that you may read it, or move it to another place.",
        )

    found = os.walk(path, onerror=refuse, followlinks=True)
    return sorted(Path(folder) / name for folder, _, names in found for name in names)


def _is_of_programs(name: str) -> bool:
    """Whether a file manager, an office program or an engine that writes folders left it."""
    return name.startswith(_OF_PROGRAMS) or name.endswith(".crc") or (name[0] == "_" and "." not in name)


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in _BY_NAME or file.name.lower().endswith(_TEXTS)


def _may_hold_tables(file: Path) -> bool:
    """Whether a file is packed, or of another program's kind of table."""
    endings = {ending.lower() for ending in file.suffixes}
    return not endings.isdisjoint(_PACKED) or (len(endings) > 1 and not endings.isdisjoint(_TEXTS))
