"""PySpark on two cores of this machine: the same counts, and nothing but counts leaves the engine."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from stepup_equity import DataError, StageCounts, count_stages, read_applicants
from stepup_equity.cli import main
from stepup_equity.records.sources import spark_frame
from stepup_equity.records.sources.frames import LazyFrameSource
from stepup_equity.records.sources.opening import open_source
from tests.engines.checks import counted, digest, fetched, refused
from tests.engines.kinds import BROKEN, SOUND, people, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.external,
    pytest.mark.filterwarnings(
        "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning"
    ),
]


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    if shutil.which("java") is None:
        if os.environ.get("CI"):
            pytest.fail("Java is not installed; .ci/run should have installed it.")
        pytest.skip("Java is not installed.")
    sql = pytest.importorskip("pyspark.sql")
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
    }
    session = sql.SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def as_spark(spark: Any, table: pa.Table) -> Any:
    """Texts, numbers and booleans with their nulls; Spark has no categories."""
    table = plain(table)
    names, kinds = table.column_names, {pa.string(): "string", pa.bool_(): "boolean"}
    schema = ", ".join(f"{f.name} {kinds.get(f.type, 'int')}" for f in table.schema)
    rows = list(zip(*(table[name].to_pylist() for name in names), strict=True))
    return spark.createDataFrame(rows, schema)


@pytest.mark.parametrize("state", SOUND)
def test_counts_are_identical(spark: Any, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = SOUND[state]()
    expected = counted(table)
    rows = fetched(monkeypatch)
    frame = as_spark(spark, table)
    assert counted(frame) == expected
    assert 0 < sum(rows) <= len(count_stages(table).tables[0].n) + (state == "empty rows")


@pytest.mark.parametrize("state", BROKEN)
def test_problems_are_identical(spark: Any, state: str) -> None:
    table = BROKEN[state]()
    assert refused(as_spark(spark, table)) == refused(table)


def test_the_plan_counts_before_it_collects(spark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows are counted in each partition, counts are exchanged and added up; nothing else is collected."""
    from stepup_equity.records.sources import frames

    plans = []
    original = frames._pieces

    def noted(frame: Any) -> Iterator[Any]:
        plans.append(plan_of(frame.to_native()))
        yield from original(frame)

    monkeypatch.setattr(frames, "_pieces", noted)
    source = open_source(as_spark(spark, people()))
    assert isinstance(source, LazyFrameSource)
    assert count_stages(read_applicants(as_spark(spark, people()))).people == people().num_rows
    (plan,) = plans
    steps = [line.lstrip(" +-:*()0123456789") for line in plan.splitlines() if "(" in line]
    order = [step.split("(")[0].split(" ")[0] for step in steps]
    assert [step for step in order if step in ("HashAggregate", "Exchange")] == [
        "HashAggregate",
        "Exchange",
        "HashAggregate",
    ]
    assert "partial_count(1)" in plan


def plan_of(frame: Any) -> str:
    """The physical plan, before it runs."""
    words = io.StringIO()
    with contextlib.redirect_stdout(words):
        frame.explain()
    return words.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "csv", "folder", "table"])
def test_the_command_line_counts_in_spark(
    spark: Any, kind: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    expected = digest(count_stages(people()))
    source = str(tmp_path / f"applicants.{kind}")
    if kind == "csv":
        pacsv.write_csv(people(), source)
    elif kind == "folder":
        (tmp_path / "applicants.folder").mkdir()
        for part in (0, 1):
            pq.write_table(people().slice(1000 * part, (1000, 5000)[part]), f"{source}/{part}.parquet")
    elif kind == "table":
        as_spark(spark, people()).createOrReplaceTempView("applicants")
        source = "applicants"
    else:
        pq.write_table(people(), source)
    written = tmp_path / "counts.parquet"
    assert main(["count", source, "--engine", "spark", "-o", str(written)]) == 0
    assert digest(StageCounts.read(written)) == expected
    assert "3,000 applicants counted by" in capfd.readouterr().out


def test_a_table_that_spark_does_not_know_is_refused(spark: Any) -> None:
    with pytest.raises(DataError) as refusal:
        spark_frame("nowhere.applicants")
    assert str(refusal.value) == (
        "nowhere.applicants is no file or table that Spark knows. "
        "Check its path or name, and that the session sees its storage or catalogue."
    )
