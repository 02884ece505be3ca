"""Databases: the query runs, and is counted, where the rows are."""

from __future__ import annotations

import re
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

import numpy as np
import pyarrow as pa

from stepup_equity.errors import ArgumentError, require
from stepup_equity.records.batches import Batch
from stepup_equity.records.problems import unreadable
from stepup_equity.records.sources.base import BATCH_ROWS, Alike, GroupedSource
from stepup_equity.records.sources.tables import arrow_column

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


_SCHEMES: Final = ("postgresql", "postgres", "sqlite", "duckdb")
_PEOPLE: Final = "stepup_equity_people"
_QUOTED: Final = re.compile(
    r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/""", re.DOTALL
)
"""Texts, names and remarks, in which a semicolon ends nothing."""

_EMPTY: Final = "stepup_equity_empty"


def is_database_url(source: object) -> bool:
    """Whether a text is the address of a database, such as ``sqlite:///applicants.db``."""
    return isinstance(source, str) and source.split("://", 1)[0] in _SCHEMES and "://" in source


def is_connection(source: object) -> bool:
    """Whether an object is a DB-API connection, or a duckdb one."""
    return callable(getattr(source, "cursor", None)) and not hasattr(source, "columns")


class DatabaseSource(GroupedSource):
    """A query of a database. Rows that are alike are counted there, so no person's row travels.

    Parameters
    ----------
    source : str, Path or connection
        ``postgresql://``, ``sqlite:///`` or ``duckdb:///`` address, path of a database file, or an open
        DB-API connection, which is left open.
    query : str
        A SELECT, or the name of a table.
    """

    def __init__(self, source: Any, query: str) -> None:
        self._source = source
        self.path = Path(source) if isinstance(source, Path) else None
        self.name = self.path.name if self.path else "the database"
        words = query.strip().rstrip(";").strip()
        if not words:
            raise ArgumentError("query='' is empty. Give a SELECT, or the name of a table.")
        if ";" in _QUOTED.sub("", words):
            raise ArgumentError("query= holds more than one statement. Give one SELECT, without a semicolon.")
        select = words if len(words.split()) > 1 else f"SELECT * FROM {words}"  # noqa: S608
        self._query = f"{select}\n" if "--" in select else select  # a remark goes to the end of its line
        with self._cursor() as cursor:
            self._run(cursor, f"SELECT * FROM ({self._query}) AS q WHERE 1 = 0")  # noqa: S608
            self.columns = tuple(str(column[0]) for column in cursor.description)

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:  # noqa: ARG002
        """The rows, for questions that need each of them (event logs, covariates)."""
        names = list(dict.fromkeys(columns))
        yield from self._pieces(f"SELECT {_quoted(names)} FROM ({self._query}) AS q", names)  # noqa: S608

    def groups(
        self,
        columns: Sequence[str],
        alike: Alike | None = None,  # noqa: ARG002
        *,
        beside: Sequence[str] = (),
    ) -> Iterator[Batch]:
        """Distinct rows of these columns, each with its number of people."""
        names = list(dict.fromkeys(columns))
        empty = f"CASE WHEN {_empty([*names, *beside])} THEN 1 ELSE 0 END"
        counted = (
            f"SELECT {_quoted(names)}, {empty} AS {_EMPTY}, COUNT(*) FROM ({self._query}) AS q "  # noqa: S608
            f"GROUP BY {_quoted(names)}, {empty}"
        )
        yield from self._pieces(counted, [*names, _EMPTY, _PEOPLE])

    def count_ids(self, column: str, cohort: str | None, columns: Sequence[str]) -> tuple[int, int, int]:
        """Numbers of rows whose id is wrong; empty rows are left out."""
        text, names = _text(column), list(dict.fromkeys(columns))
        keys = ", ".join([text, *([_quoted([cohort])] if cohort else [])])
        rows = f"FROM ({self._query}) AS q WHERE NOT ({_empty(names)}) AND COALESCE({text}, '')"
        missing = self._number(f"SELECT COUNT(*) {rows} = ''")
        again = f"SELECT COUNT(*) AS n {rows} <> '' GROUP BY {keys} HAVING COUNT(*) > 1"
        if not self._number(f"SELECT SUM(n) FROM ({again}) AS r"):  # noqa: S608
            return missing, 0, 0
        all_columns = f"{text}, {_quoted(names)}"
        alike = f"SELECT COUNT(*) AS n, {text} AS k, {_quoted(names)} {rows} <> '' GROUP BY {all_columns}"
        repeated = f"SELECT SUM(n) FROM ({alike}) AS r WHERE n > 1"  # noqa: S608
        keys = ", ".join(["k", *([_quoted([cohort])] if cohort else [])])
        several = f"SELECT SUM(n) AS n FROM ({alike}) AS r GROUP BY {keys} HAVING COUNT(*) > 1"  # noqa: S608
        twice = f"SELECT SUM(n) FROM ({several}) AS s"  # noqa: S608
        return missing, self._number(repeated), self._number(twice)

    def _number(self, statement: str) -> int:
        with self._cursor() as cursor:
            self._run(cursor, statement)
            return int(cursor.fetchone()[0] or 0)

    def _pieces(self, statement: str, names: list[str]) -> Iterator[Batch]:
        with self._cursor() as cursor:
            self._run(cursor, statement)
            while rows := self._fetched(cursor):
                columns = dict(zip(names, zip(*rows, strict=True), strict=True))
                people, empty = columns.pop(_PEOPLE, None), columns.pop(_EMPTY, None)
                yield Batch(
                    pa.RecordBatch.from_pydict(
                        {name: arrow_column(list(values)) for name, values in columns.items()}
                    ),
                    None,
                    weights=None if people is None else np.array(people, np.int64),
                    blank=None if empty is None else np.array(empty, bool),
                )

    def _fetched(self, cursor: Any) -> list[tuple[Any, ...]]:
        try:
            return list(cursor.fetchmany(BATCH_ROWS))
        except _failures(cursor):
            raise unreadable(
                self.name,
                "unreadable",
                "holds values that cannot be read.",
                "Check the table in the database, or export it as CSV UTF-8.",
            ) from None

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        if isinstance(self._source, (str, Path)):
            connection = _connect(self._source)
            try:
                yield connection.cursor()
            finally:
                connection.close()
        else:
            cursor = self._source.cursor()
            try:
                yield cursor
            finally:
                cursor.close()

    def _run(self, cursor: Any, statement: str) -> None:
        """Run a statement. The database's own words may quote data or an address, so nobody sees them."""
        try:
            cursor.execute(statement)
        except _failures(cursor) as error:
            raise unreadable(
                self.name,
                "query_refused",
                f"refuses the query ({type(error).__name__}).",
                "Try it in the database first: give a SELECT without a semicolon, or the name of a table.",
            ) from None


def _failures(cursor: Any) -> tuple[type[Exception], ...]:
    """What a cursor's driver raises."""
    driver = type(cursor).__module__.split(".", maxsplit=1)[0].lstrip("_")
    return getattr(sys.modules.get(driver), "Error", sqlite3.Error), UnicodeDecodeError


def _connect(source: str | Path) -> Any:
    kind, place = _kind_and_place(source)
    if kind == "sqlite":
        try:
            return sqlite3.connect(f"{Path(place).resolve().as_uri()}?mode=ro", uri=True)
        except sqlite3.Error:
            raise _closed(Path(place).name) from None
    if kind == "duckdb":
        duckdb: Any = require("duckdb", "databases")
        try:
            return duckdb.connect(place, read_only=True)
        except duckdb.Error:
            raise _closed(Path(place).name) from None
    psycopg: Any = require("psycopg", "databases")
    try:
        connection = psycopg.connect(place)
        connection.read_only = True
    except psycopg.Error:
        raise _closed("the database") from None
    return connection


def _kind_and_place(source: str | Path) -> tuple[str, str]:
    if isinstance(source, Path):
        with source.open("rb") as file:
            sqlite = file.read(15) == b"SQLite format 3"
        return ("sqlite" if sqlite else "duckdb"), str(source)
    kind = source.split("://", 1)[0]
    if kind in ("postgresql", "postgres"):
        return "postgresql", source
    return kind, unquote(urlsplit(source).path)[1:]


def _closed(name: str) -> Exception:
    return unreadable(
        name, "no_connection", "cannot be opened.", "Check its address, and that you may read it."
    )


def _text(column: str) -> str:
    return f"TRIM(CAST({_quoted([column])} AS VARCHAR(4000)))"


def _empty(names: list[str]) -> str:
    """Whether all of these columns are blank."""
    return " AND ".join(f"COALESCE({_text(name)}, '') = ''" for name in names)


def _quoted(names: list[str]) -> str:
    return ", ".join('"' + name.replace('"', '""') + '"' for name in names)
