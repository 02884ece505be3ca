#!/usr/bin/env python3
"""The report of a cohort as a whole process, and how fast a command starts.

    python benchmarks/report_speed.py [--runs 7]

report   `stepup-equity report cohort_one.csv`: 2,095 applicants, every chart, page, workbooks, tables
--help   `stepup-equity --help`
import   `import stepup_equity`, less the interpreter with nothing to do

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


def seconds(*words: str) -> tuple[float, float]:
    """Wall and CPU time of a process and those it started."""
    before, started = os.times(), time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, cpu


def spread(values: list[float], unit: float = 1.0) -> str:
    """Median and range."""
    middle, low, high = (f"{f(values) * unit:.2f}" for f in (statistics.median, min, max))
    return f"{middle} ({low} to {high})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
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
