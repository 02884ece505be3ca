#!/usr/bin/env python3
"""Counting applicants against decoding the file, and against DuckDB and polars asked for the same counts.

    python benchmarks/generator.py 1e7 /tmp/applicants
    python benchmarks/engines.py /tmp/applicants.parquet [--runs 5]

decode  pyarrow decodes the needed columns with one thread, and nothing else
spread  the same with all processors
ours    read_applicants: checked, labels normalised, paths judged, collapsed; ids and strata apart
duckdb  SELECT age band, five characteristics, stages passed, count(*) GROUP BY ALL
polars  the same, streaming

Every count of every combination agrees before anything is timed. Each run is a process of its own; imports,
a first call on a thousand applicants, and the way from an engine's own table to Python are outside the clock.
BLAS has one thread; every engine chooses its own number. *Busiest* is the CPU time of the busiest thread of
ours: no wall clock can be less, and unlike a wall clock it can be measured while others use the machine.
Figures of the last run are in engines.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from generator import STAGES, generate
from main_job import RAW, clock, measured, resident, spread

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("decode", "spread", "ours", "duckdb", "polars")
GROUPS = RAW[1:]
BANDS = {24: "20-24", 29: "25-29", 34: "30-34", 39: "35-39", 44: "40-44", 49: "45-49", 125: "50 and over"}
NOBODY = "Not stated"

Cells = Iterable[tuple[object, ...]]


def decode(path: str) -> Callable[[], Cells]:
    """Decode and count nothing; the pool of pyarrow has as many threads as `prepared` gave it."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path, read_dictionary=GROUPS)
    for group in range(file.num_row_groups):
        file.read_row_group(group, columns=[*RAW, *STAGES])
    return tuple


def ours(path: str) -> Callable[[], Cells]:
    import stepup_equity as su

    cells = su.read_applicants(path, check_ids=False, strata=()).cells

    def rows() -> Cells:
        names = ("age_band", *GROUPS)
        labels = [[cells.axis(name).labels[code] for code in cells.column(name)] for name in names]
        return zip(*labels, (cells.furthest + 1).tolist(), cells.n.tolist(), strict=True)

    return rows


def duckdb(path: str) -> Callable[[], Cells]:
    import duckdb

    band = " ".join(f"WHEN age <= {top} THEN {top}" for top in BANDS)
    passed = " + ".join(f"coalesce({stage}::TINYINT, 0)" for stage in STAGES)
    found = duckdb.sql(
        f"SELECT (CASE {band} END)::TINYINT AS band, {', '.join(GROUPS)}, {passed} AS passed, count(*) AS n "
        f"FROM '{path}' GROUP BY ALL"
    ).to_arrow_table()
    return lambda: zip(*(column.to_pylist() for column in found.columns), strict=True)


def polars(path: str) -> Callable[[], Cells]:
    import polars as pl

    age = pl.when(False).then(pl.lit(0, pl.Int8))
    for top in BANDS:
        age = age.when(pl.col("age") <= top).then(pl.lit(top, pl.Int8))
    passed = pl.sum_horizontal(pl.col(stage).cast(pl.Int8).fill_null(0) for stage in STAGES)
    keys = [age.alias("band"), *GROUPS, passed.alias("passed")]
    asked = pl.scan_parquet(path).select(keys)
    return asked.group_by("band", *GROUPS, "passed").agg(pl.len()).collect(engine="streaming").iter_rows


def digest(cells: Cells) -> str:
    """What was counted, in the words of the programme, whatever the order of the cells."""
    from stepup_equity.process import normalise, step_up_to_social_work

    of = {one.name: one.spellings for one in step_up_to_social_work().characteristics}
    total: Counter[tuple[object, ...]] = Counter()
    for band, *answers, passed, n in cells:
        words = [raw and of[name].get(normalise(raw), raw) for name, raw in zip(GROUPS, answers, strict=True)]
        total[(BANDS.get(band, band) or NOBODY, *(word or NOBODY for word in words), passed)] += n
    return hashlib.sha256("\n".join(sorted(map(repr, total.items()))).encode()).hexdigest()


def busy(times: list[float]) -> Callable[..., None]:
    """`threading.Thread.run`, noting how long each thread computed."""
    plain = threading.Thread.run

    def run(thread: threading.Thread) -> None:
        before = time.thread_time()
        plain(thread)
        times.append(time.thread_time() - before)

    return run


def prepared(kind: str) -> Callable[[str], Callable[[], Cells]]:
    """What counts, with its imports and first call behind it."""
    import pyarrow as pa

    pa.set_cpu_count(1 if kind == "decode" else os.cpu_count() or 1)
    count = decode if kind == "spread" else globals()[kind]
    with tempfile.TemporaryDirectory() as folder:
        generate(1000, f"{folder}/few")
        list(count(f"{folder}/few.parquet")())
    return count


def one(kind: str, path: str, *, answer: bool) -> dict[str, object]:
    count, times = prepared(kind), []
    threading.Thread.run = busy(times)
    base, own, started = resident(), time.thread_time(), clock()
    rows = count(path)
    found = measured(started, base) | {"busiest": max([time.thread_time() - own, *times])}
    return found | ({"digest": digest(rows())} if answer else {})


def asked_of(kind: str, path: str, *more: str) -> dict[str, object]:
    """A measurement in a process of its own."""
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, __file__, path, "--one", kind, *more],
        capture_output=True, text=True, check=True, env=environment | {"OPENBLAS_NUM_THREADS": "1"},
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", choices=KINDS)
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one, chosen.path, answer=chosen.answer)))
        return
    answers = {asked_of(kind, chosen.path, "--answer")["digest"] for kind in ("ours", "duckdb", "polars")}
    assert len(answers) == 1, "the counts differ"
    print("every count agrees")
    found: dict[str, list[dict[str, object]]] = {kind: [] for kind in KINDS}
    for _ in range(chosen.runs):
        for kind in KINDS:
            found[kind].append(asked_of(kind, chosen.path))
    for kind, runs in found.items():
        told = ("wall", "cpu", "above_mb", *(["busiest"] if kind == "ours" else []))
        spreads = [f"{measure} {spread([float(run[measure]) for run in runs])}" for measure in told]
        print("  ".join([f"{kind:7}", *spreads]))
    for measure, top, bottom in (
        ("wall", "ours", "decode"),
        ("cpu", "ours", "decode"),
        ("wall", "spread", "decode"),
        ("cpu", "duckdb", "ours"),
        ("wall", "duckdb", "ours"),
        ("cpu", "polars", "ours"),
        ("wall", "polars", "ours"),
    ):
        ratios = [a[measure] / b[measure] for a, b in zip(found[top], found[bottom], strict=True)]
        print(f"{measure}: {top} / {bottom} {spread(ratios)}")
    busiest = [a["busiest"] / b["cpu"] for a, b in zip(found["ours"], found["decode"], strict=True)]
    print(f"busiest thread of ours / CPU of decode {spread(busiest)}")


if __name__ == "__main__":
    main()
