"""Counts as a Parquet file: cells as columns, and what they mean in the metadata."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.errors import DataError
from stepup_equity.process import programme_from_toml, programme_to_toml
from stepup_equity.records.cells import Axis, CellTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from stepup_equity.process import Programme


_HEAD: Final = "stepup_equity"

_KIND: Final = b"PAR1"
"""What every file of this format begins with."""


def stored(
    programme: Programme,
    tables: Sequence[CellTable],
    notes: Sequence[str],
    declared: Sequence[str] = (),
    untold: Iterable[tuple[str, str, str]] = (),
) -> bytes:
    """The bytes of the file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns: dict[str, Any] = {}
    for number, table in enumerate(tables):
        for i, name in enumerate(table.names):
            columns[f"{number}/{name}"] = table.codes[:, i]
        columns[f"{number}//furthest"] = table.furthest
        columns[f"{number}//exit"] = table.exit
        columns[f"{number}//n"] = table.n
    longest = max(len(table.n) for table in tables)
    arrays = {
        name: pa.array(np.concatenate([values, np.full(longest - len(values), -1, values.dtype)]))
        for name, values in columns.items()
    }
    head = {
        "programme": programme_to_toml(programme),
        "notes": list(notes),
        "declared": list(declared),
        "untold": sorted(untold),
        "tables": [
            {"cells": len(table.n), "axes": [[a.name, list(a.labels), a.kind] for a in table.axes]}
            for table in tables
        ],
    }
    into = pa.BufferOutputStream()
    pq.write_table(pa.table(arrays).replace_schema_metadata({_HEAD: json.dumps(head)}), into)
    return bytes(into.getvalue().to_pybytes())


def is_stored(path: Path) -> bool:
    """Whether the file holds counts; False where it cannot be read."""
    import pyarrow as pa

    try:
        with path.open("rb") as file:
            if file.read(len(_KIND)) != _KIND:
                return False
        import pyarrow.parquet as pq

        metadata = pq.read_metadata(path).metadata
    except (OSError, pa.ArrowInvalid):
        return False
    return _HEAD.encode() in (metadata or {})


def taken_out(
    path: Path,
) -> tuple[
    Programme, tuple[CellTable, ...], tuple[str, ...], tuple[str, ...], frozenset[tuple[str, str, str]]
]:
    """Programme, tables and notes of a file, those of the notes that were declared, and groups hidden whole.

    Raises
    ------
    DataError
        Where the file holds no counts.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        read = pq.ParquetFile(path).read()
    except (OSError, pa.ArrowInvalid):
        raise DataError(f"{path.name} cannot be read as counts. Write it with counts.write(path).") from None
    meta = (read.schema.metadata or {}).get(_HEAD.encode())
    if meta is None:
        raise DataError(f"{path.name} holds no stage counts. Write it with counts.write(path).")
    head = json.loads(meta)
    tables = []
    for number, spec in enumerate(head["tables"]):
        axes = tuple(Axis(name, tuple(labels), kind) for name, labels, kind in spec["axes"])

        def column(name: str, number: int = number, cells: int = spec["cells"]) -> NDArray[Any]:
            return np.asarray(read[f"{number}/{name}"].to_numpy()[:cells])

        codes = [column(axis.name) for axis in axes]
        together = np.column_stack(codes) if codes else np.zeros((spec["cells"], 0), np.int32)
        tables.append(CellTable(axes, together, column("/furthest"), column("/exit"), column("/n")))
    programme = programme_from_toml(head["programme"])
    untold = frozenset((cohort, name, label) for cohort, name, label in head.get("untold", ()))
    return programme, tuple(tables), tuple(head["notes"]), tuple(head.get("declared", ())), untold
