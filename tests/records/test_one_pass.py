"""The parts of the one pass against what they stand for, by brute force."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepup_equity import count_stages
from stepup_equity.process import SelectionProcess, StageColumns
from stepup_equity.process import step_up_to_social_work as step_up
from stepup_equity.records.applicants import check_applicants
from stepup_equity.records.batches import Batch, Coded, coded_values, looked_up
from stepup_equity.records.cells import Axis, Tally, _parted, collapse, outcome_column
from stepup_equity.records.problems import Problems
from stepup_equity.records.progress.stage_columns import StageColumnsDecoder

LAW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

WHOLE = [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]


@LAW
@given(st.data())
def test_values_and_positions_give_the_column_back(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from([*WHOLE, pa.bool_(), pa.string(), pa.float64(), "dictionary"]))
    if kind == pa.bool_():
        values: Any = st.booleans()
    elif kind in WHOLE:
        bits = kind.bit_width
        signed = pa.types.is_signed_integer(kind)
        low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        near = data.draw(st.integers(low, high))
        values = st.one_of(
            st.integers(max(low, near - 300), min(high, near + 300)),
            *([st.integers(low, high)] if data.draw(st.booleans()) else []),
        )
    elif kind == pa.float64():
        values = st.floats(allow_nan=False)
    else:
        values = st.text(max_size=3)
    rows = data.draw(st.lists(st.one_of(st.none(), values), max_size=40))
    column = pa.array(rows, pa.string() if kind == "dictionary" else kind)
    if kind == "dictionary":
        column = column.dictionary_encode()
    start = data.draw(st.integers(0, len(rows)))
    piece = column.slice(start, data.draw(st.integers(0, len(rows) - start)))
    distinct, positions = coded_values(piece)
    assert [distinct[i] for i in positions.tolist()] == piece.to_pylist()


def test_what_stands_under_a_null_is_never_read() -> None:
    raw = np.array([20, 9999, 21, -9999, 22], np.int16)
    column = pa.Array.from_buffers(pa.int16(), 5, [pa.py_buffer(bytes([0b10101])), pa.py_buffer(raw)])
    distinct, positions = coded_values(column)
    assert [distinct[i] for i in positions.tolist()] == [20, None, 21, None, 22]
    assert len(distinct) == 4
    indices = pa.Array.from_buffers(
        pa.int8(), 3, [pa.py_buffer(bytes([0b101])), pa.py_buffer(np.array([0, -7, 1], np.int8))]
    )
    distinct, positions = coded_values(
        pa.DictionaryArray.from_arrays(indices, pa.array(["a", "b"]), safe=False)
    )
    assert [distinct[i] for i in positions.tolist()] == ["a", None, "b"]


@LAW
@given(st.data())
def test_bytes_are_looked_up_as_by_indexing(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 256))
    table = np.array(data.draw(st.lists(st.integers(0, 255), min_size=size, max_size=size)), np.uint8)
    positions = np.array(data.draw(st.lists(st.integers(0, size - 1), max_size=50)), np.uint8)
    assert (looked_up(table, positions) == table[positions]).all()
    assert (looked_up(table.astype(np.int32), positions) == table[positions]).all()
    assert (looked_up(np.arange(size, dtype=np.uint8), positions) == positions).all()


def path_of(results: tuple[bool | None, ...]) -> tuple[int, str]:
    """Furthest stage and the problem of one person's results, from the rules as they are written."""
    furthest = max((i for i, result in enumerate(results) if result), default=0)
    if not results[0]:
        return furthest, "not_submitted"
    stopped = silent = False
    for result in results[1:]:
        if silent and result is not None:
            return furthest, "stage_skipped"
        if stopped and result:
            return furthest, "passed_after_failed"
        stopped = stopped or (result is False and not silent)
        silent = silent or (result is None and not stopped)
    return furthest, "result_missing" if silent else ""


@pytest.mark.parametrize("kind", ["boolean", "text", "number", "sliced"])
@pytest.mark.parametrize("stages", [2, 5, 7, 9])
def test_every_path_is_judged_by_the_rules(stages: int, kind: str) -> None:
    states: tuple[bool | None, ...] = (None, False, True)
    if 3**stages <= 3**7:
        everyone = [tuple(states[(n // 3**i) % 3] for i in range(stages)) for n in range(3**stages)]
    else:
        rng = np.random.default_rng(stages)
        everyone = [tuple(states[i] for i in rng.integers(0, 3, stages)) for _ in range(2000)]
        everyone += [
            (True,) * k + (False,) * (k < stages) + (None,) * (stages - k - 1) for k in range(1, stages + 1)
        ]
    right = [path for path in everyone if not path_of(path)[1]]
    for paths in (right, everyone):
        columns = list(zip(*paths, strict=True))
        if kind == "text":
            words = {None: None, True: "Yes", False: "no"}
            arrays = [pa.array([words[value] for value in column]) for column in columns]
        elif kind == "number":
            arrays = [
                pa.array([None if v is None else int(v) for v in column], pa.int8()) for column in columns
            ]
        else:
            arrays = [pa.array(column, pa.bool_()) for column in columns]
        if kind == "sliced":
            arrays = [pa.concat_arrays([pa.array([True] * 3), array]).slice(3) for array in arrays]
        names = [f"s{i}" for i in range(stages)]
        process = SelectionProcess.from_keys(names)
        problems = Problems()
        decoder = StageColumnsDecoder(list(enumerate(names)), None, StageColumns(), process, problems)
        outcomes = decoder.decode(Batch(pa.RecordBatch.from_arrays(arrays, names=names))).rows()
        expected = [path_of(path) for path in paths]
        assert (outcomes >> 4).tolist() == [furthest for furthest, _ in expected]
        found = {row.code: row.count for row in problems.frame().itertuples()}
        assert found == dict(Counter(code for _, code in expected if code))


@pytest.mark.parametrize(
    "limits", [{}, {"_BINS": 0}, {"_fits": lambda *_: False}], ids=["bins", "sorted", "slow"]
)
@LAW
@given(data=st.data())
def test_the_tally_adds_up_rows_that_are_alike(limits: dict[str, Any], data: st.DataObject) -> None:
    sizes = data.draw(st.lists(st.sampled_from([1, 2, 5, 300]), min_size=1, max_size=4))
    tally = Tally([(f"a{i}", "characteristic") for i in range(len(sizes))])
    expected: Counter[tuple[int, ...]] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(f"stepup_equity.records.cells.{name}", value)
        for _ in range(data.draw(st.integers(0, 20))):
            rows = data.draw(st.integers(1, 6))
            numbers = {
                size: st.lists(st.integers(0, size - 1), min_size=rows, max_size=rows) for size in sizes
            }
            codes = [np.array(data.draw(numbers[size]), np.int32) for size in sizes]
            furthest = np.array(data.draw(st.lists(st.integers(0, 6), min_size=rows, max_size=rows)), np.int8)
            people = data.draw(st.lists(st.integers(0, 9), min_size=rows, max_size=rows))
            weights = np.array(people) if data.draw(st.booleans()) else None
            tally.add(
                [own(code) for code in codes], outcome_column(furthest, np.zeros(rows, np.int8)), weights
            )
            for row in zip(*codes, furthest, np.ones(rows, int) if weights is None else people, strict=True):
                expected[tuple(map(int, row[:-1]))] += int(row[-1])
        table = tally.table([tuple(map(str, range(size))) for size in sizes])
    expected = +expected
    found = [(*map(int, codes), int(f)) for codes, f in zip(table.codes, table.furthest, strict=True)]
    assert found == sorted(expected)
    assert table.n.tolist() == [expected[key] for key in found]


def own(codes: np.ndarray) -> Coded:
    """A column as its own distinct codes and where each stands."""
    distinct, positions = np.unique(codes, return_inverse=True)
    return Coded(distinct.astype(np.int32), positions.astype(np.uint8))


@pytest.mark.parametrize("rows", [3, 5000])
def test_cells_collapse_alike_with_bins_and_by_sorting(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(rows)
    axes = (Axis("a", ("x", "y", "z"), "characteristic"), Axis("b", ("1", "2"), "stratum"))
    codes = np.column_stack([rng.integers(0, 3, rows), rng.integers(0, 2, rows)]).astype(np.int32)
    furthest, exits = rng.integers(0, 7, rows).astype(np.int8), rng.integers(0, 8, rows).astype(np.int8)
    n = rng.integers(0, 4, rows)
    binned = collapse(axes, codes, furthest, exits, n)
    monkeypatch.setattr("stepup_equity.records.cells._BINS", 0)
    by_sorting = collapse(axes, codes, furthest, exits, n)
    for name in ("codes", "furthest", "exit", "n"):
        assert (getattr(binned, name) == getattr(by_sorting, name)).all()
    assert int(binned.n.sum()) == int(n.sum())


def test_a_label_that_turns_up_late_changes_nothing_before_it() -> None:
    """The digits of the key change when a batch brings a new label; what was counted keeps its own."""
    rng = np.random.default_rng(4)
    rows = 700_000  # more than two batches of a frame
    keys = step_up().process.stage_keys
    frame = pd.DataFrame(
        {
            "gender": rng.choice(["Female", "Male"], rows),
            "ethnicity": np.repeat(["White British", "Indian", "Chinese"], [300_000, 300_000, 100_000]),
            "cohort": np.repeat(["2012", "2010"], [650_000, 50_000]),
            "furthest_stage": rng.choice(keys, rows),
        }
    )
    counts = count_stages(frame.assign(applicant_id=np.arange(rows)))
    assert counts.cohorts == ("2010", "2012")
    expected = frame.groupby(["ethnicity", "furthest_stage"]).size()
    funnel = counts.funnel("ethnicity")
    for i, group in enumerate(funnel.groups):
        by_stage = [int(expected.get((group, key), 0)) for key in keys]
        assert funnel.reached[i].tolist() == np.cumsum(by_stage[::-1])[::-1].tolist()
    where = counts.funnel("ethnicity", where={"cohort": "2010"}).reached[:, 0]
    assert where.tolist() == [50_000]


def test_a_number_that_only_stands_under_a_null_is_no_problem() -> None:
    age = pa.Array.from_buffers(
        pa.int16(), 3, [pa.py_buffer(bytes([0b101])), pa.py_buffer(np.array([25, 0, 30], np.int16))]
    )
    table = pa.table({"age": age, "furthest_stage": ["accepted"] * 3})
    assert check_applicants(table, check_ids=False).empty


def test_few_rows_of_many_labels_are_taken_apart() -> None:
    """All keys that were met fit into a byte, and the number of labels does not."""
    assert _parted(np.array([0, 5, 200]), [2, 300]).tolist() == [[0, 0], [0, 5], [0, 200]]
