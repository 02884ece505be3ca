#!/usr/bin/env python3
"""The report of a cohort as a whole process, and how fast a command starts.

    python benchmarks/report_speed.py [--runs 7]
    python benchmarks/report_speed.py --vacancies 336 [--runs 3]

report   `stepup-equity report cohort_one.csv`: 2,095 applicants, every chart, page, workbooks, tables
--help   `stepup-equity --help`
import   `import stepup_equity`, less the interpreter with nothing to do

With `--vacancies`, the report of 6,000 applicants of `generator.py` for no vacancy, and for so many as strata
and as cohorts, interleaved.

Figures of the last run are in report_speed.md.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from generator import generate

if TYPE_CHECKING:
    from collections.abc import Sequence


def seconds(*words: str) -> tuple[float, float]:
    """Wall and CPU time of a process and those it started."""
    before, started = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def spread(values: Sequence[float], unit: float = 1.0) -> str:
    """Median and range."""
    middle, low, high = (f"{f(values) * unit:.2f}" for f in (statistics.median, min, max))
    return f"{middle} ({low} to {high})"


def vacancies(number: int, runs: int) -> None:
    """The report of applicants for many vacancies against that of the same people for none."""
    found: dict[str, list[tuple[float, float]]] = {"none": [], "strata": [], "cohorts": []}
    with tempfile.TemporaryDirectory() as folder:
        generate(6_000, f"{folder}/people")
        people = pq.read_table(f"{folder}/people.parquet")
        vacancy = pa.array([f"Vacancy {row % number + 1:03}" for row in range(people.num_rows)])
        bare = people.drop_columns(["region", "cohort"])
        pq.write_table(bare, f"{folder}/none.parquet")
        pq.write_table(bare.append_column("region", vacancy), f"{folder}/strata.parquet")
        pq.write_table(bare.append_column("cohort", vacancy), f"{folder}/cohorts.parquet")
        for run in range(runs):
            for name, times in found.items():
                out = f"{folder}/{name}{run}"
                times.append(seconds("-m", "stepup_equity", "report", f"{folder}/{name}.parquet", "-o", out))
    for name, times in found.items():
        walls, cpus = zip(*times, strict=True)
        print(f"{name:8} wall {spread(walls)} s  CPU {spread(cpus)} s")
    for name in ("strata", "cohorts"):
        for i, clock in enumerate(("wall", "CPU")):
            ratios = [a[i] / b[i] for a, b in zip(found[name], found["none"], strict=True)]
            print(f"{number} as {name} / none, {clock}: {spread(ratios)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--vacancies", type=int, default=0)
    arguments = parser.parse_args()
    runs = arguments.runs
    if arguments.vacancies:
        vacancies(arguments.vacancies, runs)
        return
    found: dict[str, list[tuple[float, float]]] = {"report": [], "help": [], "import": [], "nothing": []}
    with tempfile.TemporaryDirectory() as folder:
        cli = ("-m", "stepup_equity")
        seconds(*cli, "example", "cohort_one", "-o", folder)
        for run in range(runs):
            out = f"{folder}/{run}"
            found["report"].append(seconds(*cli, "report", f"{folder}/cohort_one.csv", "-o", out))
            found["help"].append(seconds(*cli, "--help"))
            found["import"].append(seconds("-c", "import stepup_equity"))
            found["nothing"].append(seconds("-c", "pass"))
        files = [path for path in Path(out).rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
    walls = {name: [wall for wall, _ in times] for name, times in found.items()}
    print(f"report  wall {spread(walls['report'])} s  CPU {spread([cpu for _, cpu in found['report']])} s")
    print(f"        {len(files)} files, {size / 1e6:.2f} MB")
    print(f"--help  wall {spread(walls['help'], 1000)} ms")
    extra = [a - b for a, b in zip(walls["import"], walls["nothing"], strict=True)]
    print(f"import  {spread(extra, 1000)} ms over bare Python")


if __name__ == "__main__":
    main()
