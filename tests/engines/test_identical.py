"""The same applicants through every kind of frame: identical counts, identical problems."""

from __future__ import annotations

import contextlib
import sqlite3
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stepup_equity import DataError, count_stages, read_applicants
from stepup_equity.records.applicants import check_applicants
from stepup_equity.records.sources import GroupedSource, open_source
from tests.engines.checks import counted, fetched, refused
from tests.engines.kinds import BROKEN, ENGINES, KINDS, SOUND, changed

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

EVERY = [pytest.param(kind, marks=pytest.mark.external if kind == "dask" else ()) for kind in KINDS]
LAZY = [pytest.param(kind, marks=pytest.mark.external if kind == "dask" else ()) for kind in ENGINES]


@cache
def table(state: str) -> pa.Table:
    return (SOUND | BROKEN)[state]()


@cache
def expected(state: str) -> Any:
    return refused(table(state)) if state in BROKEN else counted(table(state))


@pytest.mark.parametrize("state", SOUND)
def test_what_is_noticed(state: str) -> None:
    problems = read_applicants(table(state)).problems
    found = {row.code: row.count for row in problems.itertuples()}
    if state == "furthest stage and exit reason":
        people = table(state).to_pandas().fillna({"exit_reason": ""})
        silent = (people["furthest_stage"] != "accepted") & (people["exit_reason"] == "")
        assert found == {"exit_not_recorded": silent.sum()}
    else:
        assert found == ({"row_empty": 6} if state == "empty rows" else {})


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("state", SOUND)
def test_counts_are_identical(state: str, kind: str) -> None:
    assert counted(KINDS[kind](table(state))) == expected(state)


@pytest.mark.external
@pytest.mark.parametrize("state", [*SOUND, *BROKEN])
def test_dask_reads_files_whose_whole_numbers_have_blanks(state: str, tmp_path: Path) -> None:
    dask = pytest.importorskip("dask.dataframe")
    people = table(state)
    for number, start in enumerate(range(0, people.num_rows, 700)):
        pq.write_table(people.slice(start, 700), tmp_path / f"{number}.parquet")
    frame = dask.read_parquet(tmp_path)
    assert (refused if state in BROKEN else counted)(frame) == expected(state)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("state", BROKEN)
def test_problems_are_identical(state: str, kind: str) -> None:
    assert refused(KINDS[kind](table(state))) == expected(state)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ENGINES])
@pytest.mark.parametrize("state", BROKEN)
def test_frames_with_an_order_name_the_same_rows(state: str, kind: str) -> None:
    expected = check_applicants(table(state))
    assert (expected["rows"] != "").all()
    assert check_applicants(KINDS[kind](table(state)))["rows"].tolist() == expected["rows"].tolist()


def test_other_ways_to_say_the_same_change_nothing() -> None:
    people, _ = expected("as generated")
    for state in ("spelt freely", "categories", "stages as numbers", "stages as words"):
        assert expected(state) == (people, [])


@pytest.mark.parametrize("kind", LAZY)
@pytest.mark.parametrize("state", SOUND)
def test_no_more_rows_travel_than_there_are_cells(
    state: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = KINDS[kind](table(state))
    assert isinstance(open_source(frame), GroupedSource)
    rows = fetched(monkeypatch)
    counts = count_stages(read_applicants(frame))
    empty = 1 if state == "empty rows" else 0
    assert 0 < sum(rows) <= len(counts.tables[0].n) + empty


DOUBLED = {
    "rows twice": [0, 1, 2, 2, 3, 3, 3],
    "ids twice": [0, 1, 2, 3],
    "ids missing": [0, 1, 2, 3],
}
FOUND = {
    "rows twice": {"row_repeated": 7 + 4},
    "ids twice": {"id_duplicate": 3},
    "ids missing": {"id_missing": 3},
}


def doubled(state: str) -> pa.Table:
    """Forty people, and some of them again: whole rows, an id in other rows, or no id."""
    people = table("as generated").slice(0, 40).take([*range(40), *DOUBLED[state]])
    ids, cohorts = people["applicant_id"].to_pylist(), people["cohort"].to_pylist()
    if state == "ids twice":
        ids[20:24] = ["same", " same ", "same", "same"]
        cohorts[20:24] = [2010, 2010, 2012, 2010]
        ids[40:] = [f"new{i}" for i in range(4)]
    if state == "ids missing":
        ids[40:] = [None, "", "  ", "new"]
    return changed(people, applicant_id=pa.array(ids), cohort=pa.array(cohorts, pa.int16()))


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("strata", [None, ()], ids=["all strata", "no strata"])
@pytest.mark.parametrize("state", DOUBLED)
def test_wrong_ids_are_counted_alike(state: str, strata: tuple[str, ...] | None, kind: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_applicants(KINDS[kind](doubled(state)), strata=strata)
    assert {row.code: row.count for row in refusal.value.problems.itertuples()} == FOUND[state]


@pytest.mark.parametrize("state", DOUBLED)
def test_a_database_counts_wrong_ids_alike(state: str) -> None:
    with contextlib.closing(sqlite3.connect(":memory:")) as database:
        doubled(state).to_pandas().to_sql("people", database, index=False)
        problems = check_applicants(database, query="people")
    assert {row.code: row.count for row in problems.itertuples()} == FOUND[state]
