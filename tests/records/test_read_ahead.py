"""Columns read by several threads are the rows that one thread reads, however the file is cut."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stepup_equity import read_applicants
from stepup_equity.errors import DataError
from stepup_equity.records.applicants import check_applicants
from stepup_equity.records.sources import columnar
from stepup_equity.records.sources.ahead import read_ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def piecewise(table: pa.Table, *rows: int) -> Callable[[], Iterator[pa.RecordBatch]]:
    """What yields a table in pieces of so many rows."""

    def pieces() -> Iterator[pa.RecordBatch]:
        at = 0
        for n in rows:
            yield from table.slice(at, n).combine_chunks().to_batches()
            at += n

    return pieces


def test_parts_that_are_cut_differently_stand_side_by_side() -> None:
    table = pa.table({"a": range(10), "b": [str(i) for i in range(10)], "c": [i % 2 == 0 for i in range(10)]})
    found = read_ahead(
        piecewise(table.select(["a"]), 10),
        piecewise(table.select(["b"]), 3, 4, 3),
        piecewise(table.select(["c"]), 5, 5),
    )
    pieces = list(found)
    assert [piece.num_rows for piece in pieces] == [3, 2, 2, 3]
    assert pa.Table.from_batches(pieces) == table


def test_columns_read_where_the_rows_are_worked_on_stand_beside_the_others() -> None:
    table = pa.table({"a": range(10), "b": [str(i) for i in range(10)]})
    here: list[int] = []

    def own() -> Iterator[pa.RecordBatch]:
        here.append(threading.get_ident())
        yield from piecewise(table.select(["a"]), 4, 6)()

    pieces = list(read_ahead(piecewise(table.select(["b"]), 3, 7), own=own))
    assert pa.Table.from_batches(pieces) == table
    assert here == [threading.get_ident()]
    with pytest.raises(pa.ArrowInvalid):
        list(read_ahead(piecewise(table.select(["b"]), 3, 6), own=own))


def test_parts_of_different_lengths_are_damage() -> None:
    table = pa.table({"a": range(6), "b": range(6)})
    with pytest.raises(pa.ArrowInvalid):
        list(read_ahead(piecewise(table.select(["a"]), 3, 3), piecewise(table.select(["b"]), 3, 2)))


def test_a_fault_in_one_part_ends_all() -> None:
    def broken() -> Iterator[pa.RecordBatch]:
        yield from table.to_batches()
        raise OSError

    table = pa.table({"a": [1]})
    before = threading.active_count()
    with pytest.raises(OSError, match=r"^$"):
        list(read_ahead(piecewise(table, *[1] * 50), broken))
    given_up = read_ahead(piecewise(table, *[1] * 50), piecewise(table, *[1] * 50))
    next(given_up)
    given_up.close()
    assert threading.active_count() == before


@pytest.fixture(scope="module")
def people() -> pa.Table:
    rng, rows = np.random.default_rng(22), 130_000
    stages = [np.ones(rows, bool)]
    for share in (0.8, 0.6, 0.7):
        stages.append(stages[-1] & (rng.random(rows) < share))
    frame = pd.DataFrame(
        {
            "applicant_id": [f"A{i}" for i in range(rows)],
            "age": pd.array(rng.integers(20, 60, rows), "Int16"),
            "ethnicity": rng.choice(["White British", "Indian", "Chinese"], rows),
            "gender": rng.choice(["Female", "Male", None], rows),
            "region": [f"Region {i // 50_000}" for i in range(rows)],
        }
    )
    frame.loc[[70_001, 120_000], "gender"] = "Femmale"
    reached = np.sum(stages, axis=0) - 1
    frame["furthest_stage"] = np.array(["submitted", "eligible", "screened", "accepted"])[reached]
    return pa.Table.from_pandas(frame)


@pytest.mark.parametrize("group", [130_000, 33_333, 9_999])
def test_the_answer_is_the_same_whatever_the_number_of_threads(
    group: int, people: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, right = tmp_path / "people.parquet", people.filter(pa.compute.invert(wrong(people)))
    answers, problems = [], []
    for threads in (1, 2, 3, 8):
        monkeypatch.setattr(columnar, "_threads", lambda n=threads: n)
        pq.write_table(right, path, row_group_size=group, data_page_size=5_000)
        cells = read_applicants(path, check_ids=threads == 2).cells
        answers.append((cells.axes, *(getattr(cells, name).tolist() for name in ("codes", "furthest", "n"))))
        pq.write_table(people, path, row_group_size=group, data_page_size=5_000)
        problems.append(check_applicants(path))
    assert all(answer == answers[0] for answer in answers)
    assert answers[0] == of_the_frame(right)
    for found in problems:
        pd.testing.assert_frame_equal(found, problems[0])
    assert problems[0]["rows"].iloc[0] == "70002, 120001"


def wrong(people: pa.Table) -> pa.ChunkedArray:
    return pa.compute.fill_null(pa.compute.equal(people["gender"], "Femmale"), False)


def of_the_frame(people: pa.Table) -> tuple[object, ...]:
    cells = read_applicants(people, check_ids=False).cells
    return (cells.axes, *(getattr(cells, name).tolist() for name in ("codes", "furthest", "n")))


def test_a_damaged_page_of_one_column_refuses_the_file(
    people: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columnar, "_threads", lambda: 2)
    path = tmp_path / "people.parquet"
    pq.write_table(people, path, compression="snappy")
    raw = bytearray(path.read_bytes())
    column = pq.read_metadata(path).row_group(0).column(2)
    start = column.data_page_offset
    raw[start : start + 200] = b"\xff" * 200
    path.write_bytes(raw)
    with pytest.raises(DataError, match="not a readable Parquet file"):
        read_applicants(path, check_ids=False)
