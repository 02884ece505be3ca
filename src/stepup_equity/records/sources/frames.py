"""Frames: what is in memory is handed on as it is, what is lazy is counted by its own engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.records.batches import Batch
from stepup_equity.records.problems import unreadable
from stepup_equity.records.sources.base import BATCH_ROWS, Alike, GroupedSource, Source
from stepup_equity.records.sources.tables import arrow_column

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterator, Sequence

    import narwhals as nw


_PEOPLE, _EMPTY, _ID = "stepup_equity_people", "stepup_equity_empty", "stepup_equity_id"
_RECORDS = "stepup_equity_records"
_VALUES_TOLD_APART = 2000


class FrameSource(Source):
    """A pandas, polars, pyarrow or other eager frame."""

    def __init__(self, frame: nw.DataFrame[Any]) -> None:
        self._frame, self.name = frame, "the frame"
        self.columns = tuple(str(name) for name in frame.columns)
        self._given = dict(zip(self.columns, frame.columns, strict=True))

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:  # noqa: ARG002
        """The rows in order, with these columns only."""
        names = list(dict.fromkeys(columns))
        arrays = {name: self._column(self._given[name]) for name in names}
        first = 1
        for table in pa.table(arrays).to_batches(max_chunksize=BATCH_ROWS):
            yield Batch(table, first)
            first += table.num_rows

    def _column(self, name: Any) -> pa.ChunkedArray | pa.Array:
        series = self._frame.get_column(name)
        try:
            return series.to_arrow()
        except (pa.ArrowTypeError, pa.ArrowInvalid, pa.ArrowNotImplementedError, TypeError):
            return arrow_column(series.to_list())  # numbers beside texts, or objects that only Python knows


class LazyFrameSource(GroupedSource):
    """A duckdb, lazy polars, dask, ibis or PySpark frame: its engine counts, one small table comes back."""

    def __init__(self, frame: nw.LazyFrame[Any]) -> None:
        self._frame, self.name = frame, "the frame"
        self.columns = tuple(frame.collect_schema().names())

    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:  # noqa: ARG002
        """The rows, for questions that need each of them (event logs, covariates)."""
        yield from _pieces(self._frame.select(*dict.fromkeys(columns)))

    def groups(
        self, columns: Sequence[str], alike: Alike | None = None, *, beside: Sequence[str] = ()
    ) -> Iterator[Batch]:
        """Distinct rows of these columns, each with its number of people.

        The engine is first asked for the distinct values of each column. Where several are read alike, it
        then counts them as one, so that no more rows travel than there are different records.
        """
        import narwhals as nw

        names = list(dict.fromkeys(columns))
        empty = _empty([*names, *beside])
        frame = self._frame.select(*names, empty.alias(_EMPTY))
        if alike is not None:
            frame = self._with_one_value_for_all_alike(frame, alike)
        yield from _pieces(frame.group_by(*names, _EMPTY).agg(nw.len().alias(_PEOPLE)))

    def _with_one_value_for_all_alike(self, frame: nw.LazyFrame[Any], alike: Alike) -> nw.LazyFrame[Any]:
        import narwhals as nw

        schema = frame.collect_schema()
        # Dask says that a column is whole and reads its pieces as floats where they have blanks
        whole = nw.Float64 if frame.implementation.is_dask() else nw.Int64
        spoken = []
        for kind in (nw.String, nw.Int64, nw.Float64):
            names = [name for name, own in schema.items() if _spoken_as(own, whole=whole) is kind]
            for name, values in _distinct_values(frame, names, kind).items():
                groups: dict[Hashable, list[Any]] = {}
                for value in values:
                    groups.setdefault(alike(name, value), []).append(value)
                several = [group for group in groups.values() if len(group) > 1]
                if several and len(values) <= _VALUES_TOLD_APART:
                    spoken.append(_spoken(nw.col(name), several, kind).alias(name))
        return frame.with_columns(*spoken) if spoken else frame

    def count_ids(self, column: str, cohort: str | None, columns: Sequence[str]) -> tuple[int, int, int]:
        """Numbers of rows whose id is wrong; empty rows are left out."""
        import narwhals as nw

        names = list(dict.fromkeys(columns))
        text = nw.col(column).cast(nw.String).str.strip_chars()
        blank = nw.col(_ID).is_null() | (nw.col(_ID) == "")
        rows = self._frame.select(*names, text.alias(_ID)).filter(~_empty(names))
        missing = _number(rows.filter(blank).select(nw.len().alias(_PEOPLE)))
        keys = [_ID, *([cohort] if cohort else [])]
        people, records = nw.col(_PEOPLE), rows.filter(~blank)
        again = records.group_by(*keys).agg(nw.len().alias(_PEOPLE)).filter(people > 1)
        if not _number(again.select(people.sum())):
            return missing, 0, 0
        alike = records.group_by(_ID, *names).agg(nw.len().alias(_PEOPLE))
        repeated = alike.filter(people > 1).select(people.sum())
        several = alike.group_by(*keys).agg(people.sum(), people.len().alias(_RECORDS))
        twice = several.filter(nw.col(_RECORDS) > 1).select(people.sum())
        return missing, _number(repeated), _number(twice)


def _spoken_as(kind: Any, *, whole: Any) -> Any:
    """Text, whole number or number; None for other kinds, whose values are few or all different."""
    import narwhals as nw

    if kind in (nw.String, nw.Categorical, nw.Enum):
        return nw.String
    if kind.is_integer():
        return whole
    return nw.Float64 if kind.is_float() else None


def _distinct_values(frame: nw.LazyFrame[Any], names: list[str], kind: Any) -> dict[str, list[Any]]:
    """Distinct values of columns of one kind, sorted, a null last; one question for all of them."""
    import narwhals as nw

    if not names:
        return {}
    parts = [
        frame.select(nw.lit(name).alias("column"), nw.col(name).cast(kind).alias("value")) for name in names
    ]
    counted = nw.concat(parts).group_by("column", "value").agg(nw.len().alias(_PEOPLE))
    table = counted.collect(backend="pyarrow").to_arrow()
    found: dict[str, list[Any]] = {}
    for name, value in zip(
        table.column("column").to_pylist(), table.column("value").to_pylist(), strict=True
    ):
        if value == value:  # NaN is no value that an engine finds again
            found.setdefault(name, []).append(value)
    return {name: sorted(values, key=lambda value: (value is None, value)) for name, values in found.items()}


def _spoken(column: nw.Expr, groups: list[list[Any]], kind: Any) -> nw.Expr:
    """The column with the first value of each group for all of it."""
    import narwhals as nw

    given = found = column.cast(kind)
    for first, *others in groups:
        stated = [value for value in others if value is not None]
        if stated:
            found = nw.when(given.is_in(stated)).then(nw.lit(first, dtype=kind)).otherwise(found)
        if len(stated) < len(others):
            found = nw.when(given.is_null()).then(nw.lit(first, dtype=kind)).otherwise(found)
    return found


def _empty(names: list[str]) -> nw.Expr:
    import narwhals as nw

    return nw.all_horizontal(*(nw.col(name).is_null() for name in names), ignore_nulls=False)


def _number(frame: nw.LazyFrame[Any]) -> int:
    table = frame.collect(backend="pyarrow").to_arrow()
    return int(sum(value or 0 for value in table.column(0).to_pylist()))


def _pieces(frame: nw.LazyFrame[Any]) -> Iterator[Batch]:
    """What the engine returned; it has no order, so its rows have no numbers."""
    table = frame.collect(backend="pyarrow").to_arrow()
    for piece in table.to_batches(max_chunksize=BATCH_ROWS):
        if _PEOPLE not in piece.schema.names:
            yield Batch(piece, None)
            continue
        people, blank = (piece.column(name).to_numpy(zero_copy_only=False) for name in (_PEOPLE, _EMPTY))
        rows = piece.drop_columns([_PEOPLE, _EMPTY])
        yield Batch(rows, None, weights=people.astype(np.int64), blank=blank.astype(bool))


def frame_source(frame: Any) -> Source:
    """A source from any frame that narwhals knows.

    Raises
    ------
    ArgumentError
        Where it is no frame.
    DataError
        Where column names repeat.
    """
    import narwhals as nw
    from narwhals.exceptions import DuplicateError

    if isinstance(frame, pa.RecordBatch):
        frame = pa.table(frame)
    try:
        native = nw.from_native(frame)
        return LazyFrameSource(native) if isinstance(native, nw.LazyFrame) else FrameSource(native)
    except TypeError:
        raise ArgumentError(
            f"source is of the type {type(frame).__name__}. Give the path of a file, a database connection "
            f"with query=, "
            "or a pandas, polars, pyarrow, duckdb, dask or PySpark frame."
        ) from None
    except (DuplicateError, ValueError):
        raise _doubled(frame) from None


def _doubled(frame: Any) -> DataError:
    names = [str(name) for name in getattr(frame, "columns", getattr(frame, "column_names", []))]
    twice = sorted({name for name in names if names.count(name) > 1})
    return unreadable(
        "The frame",
        "column_doubled",
        f"has columns of the same name: {', '.join(map(repr, twice))}.",
        "Rename or leave out one of them.",
    )
