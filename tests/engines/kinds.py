"""The same applicants as every kind of frame, and in every state that files arrive in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from generator import STAGES, chunk

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 3000
LABELS = ("region", "ethnicity", "gender", "religion", "disability", "orientation")


def people() -> pa.Table:
    """Generated applicants: labels with gaps, ages with gaps, stages true, false or null."""
    return plain(chunk(ROWS, 0, 2013, 0, 0.05)).drop_columns(["score"])


def plain(table: pa.Table) -> pa.Table:
    """Dictionaries as texts."""
    return table.cast(
        pa.schema([(f.name, pa.string() if pa.types.is_dictionary(f.type) else f.type) for f in table.schema])
    )


def changed(table: pa.Table, **columns: Any) -> pa.Table:
    """The table with other columns in the place of some."""
    for name, column in columns.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def texts(table: pa.Table, name: str, change: Callable[[int, str | None], str | None]) -> pa.Array:
    """A column of texts, changed by row number and text."""
    values = [change(i, value) for i, value in enumerate(table[name].to_pylist())]
    return pa.array(values, pa.string())


def spelt_freely() -> pa.Table:
    """Capitals, spaces, other words for no answer, and blanks beside nulls."""

    def freely(i: int, value: str | None) -> str | None:
        if value is None:
            return ("Prefer not to say", "", None, " ")[i % 4]
        return (value, value.upper(), f" {value}  ", value)[i % 4]

    table = people()
    return changed(table, **{name: texts(table, name, freely) for name in LABELS[1:]})


def categories() -> pa.Table:
    """Texts as dictionaries, with a label that nobody has."""
    table = people()
    return changed(
        table,
        **{
            name: pa.DictionaryArray.from_arrays(
                table[name].combine_chunks().dictionary_encode().indices,
                pa.concat_arrays(
                    [table[name].combine_chunks().dictionary_encode().dictionary, pa.array(["nobody"])]
                ),
            )
            for name in LABELS
        },
    )


def stages_as_numbers() -> pa.Table:
    """1 passed, 0 stopped here, null never got there."""
    table = people()
    return changed(table, **{name: table[name].cast(pa.int8()) for name in STAGES})


def stages_as_words() -> pa.Table:
    """Yes, no and blank, in more than one spelling."""
    table = people()

    def word(i: int, value: bool | None) -> str | None:
        if value is None:
            return ("", None)[i % 2]
        return ("Yes", "yes", "TRUE")[i % 3] if value else ("no", "0", "Failed")[i % 3]

    return changed(table, **{name: texts(table, name, word) for name in STAGES})


def one_column() -> pa.Table:
    """Furthest stage and reason for leaving, some of them missing."""
    table = people()
    reached = np.sum([pc.fill_null(table[name], False).to_numpy() for name in STAGES[1:]], axis=0)
    exits = ["rejected", "withdrew", "", "Rejected", None, "pending"]
    table = table.drop_columns(list(STAGES))
    table = table.append_column("furthest_stage", pa.array([STAGES[i] for i in reached]))
    reasons = [None if k == 6 else exits[i % 6] for i, k in enumerate(reached)]
    return table.append_column("exit_reason", pa.array(reasons, pa.string()))


def empty_rows() -> pa.Table:
    """Rows with nothing in them, and rows with nothing but words for no answer."""
    table = people()
    gap = pa.array([i % 500 == 3 for i in range(ROWS)])
    nothing = {
        name: pc.if_else(gap, pa.scalar(None, table[name].type), table[name]) for name in table.column_names
    }
    return changed(table, **nothing)


def unknown_labels() -> pa.Table:
    """Labels of no list, ages of nobody, and a stage that is neither passed nor failed."""
    table = stages_as_words()
    strange = {
        name: texts(table, name, lambda i, value: f"strange {i % 3}" if i % 97 == 5 else value)
        for name in (*LABELS[1:], "eligible")
    }
    age = [130 if i % 101 == 7 else value for i, value in enumerate(table["age"].to_pylist())]
    return changed(table, age=pa.array(age, pa.int16()), **strange)


def wrong_paths() -> pa.Table:
    """Passed after failed, skipped, never applied, and silent after a pass."""
    table = people()
    columns = {name: table[name].to_pylist() for name in STAGES}
    for i in range(0, ROWS, 50):
        columns["accepted"][i] = True
        columns["screened"][i + 1] = None
        columns["submitted"][i + 2] = (False, None)[i // 50 % 2]
        for name in STAGES[3:]:
            columns[name][i + 3] = None
    return changed(table, **{name: pa.array(values, pa.bool_()) for name, values in columns.items()})


SOUND = {
    "as generated": people,
    "spelt freely": spelt_freely,
    "categories": categories,
    "stages as numbers": stages_as_numbers,
    "stages as words": stages_as_words,
    "furthest stage and exit reason": one_column,
    "empty rows": empty_rows,
}
BROKEN = {"unknown labels": unknown_labels, "wrong paths": wrong_paths}


def as_dask(table: pa.Table) -> Any:
    dask = pytest.importorskip("dask.dataframe")
    return dask.from_pandas(table.to_pandas(), npartitions=3)


def as_duckdb(table: pa.Table) -> Any:
    duckdb = pytest.importorskip("duckdb")
    return duckdb.connect().from_arrow(table)


def as_polars(table: pa.Table) -> Any:
    return pytest.importorskip("polars").from_arrow(table)


KINDS: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow": lambda table: table,
    "pandas": lambda table: table.to_pandas(),
    "pandas with arrow types": lambda table: table.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": as_polars,
    "polars, lazy": lambda table: as_polars(table).lazy(),
    "duckdb": as_duckdb,
    "dask": as_dask,
}
ENGINES = ("polars, lazy", "duckdb", "dask")
