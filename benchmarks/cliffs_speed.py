"""Time of the whole run of cliff edges from counts: verdicts, power, profiles, split of the gap.

    python benchmarks/cliffs_speed.py

CPU time and wall time, best of several, after import. The last figures lie beside this file.
"""

from __future__ import annotations

import os
import time

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

import stepup_equity as su
from stepup_equity.shipped import shipped

REPEATS = 9


_ABOUT = """\
First cohort, 2,095 applicants, 6 characteristics × 6 gates, {rows} comparisons; from counts, after import;
least of {repeats} runs, milliseconds. `cliff_edges` holds verdicts, power, detectable ratios and profiles."""


def best(call: object) -> tuple[float, float]:
    """Least CPU and wall time in milliseconds."""
    cpu, wall = [], []
    for _ in range(REPEATS):
        start, started = time.process_time(), time.perf_counter()
        call()
        cpu.append(time.process_time() - start)
        wall.append(time.perf_counter() - started)
    return 1e3 * min(cpu), 1e3 * min(wall)


def main() -> None:
    """Time the first cohort, print a table and write it beside this file."""
    counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))

    def whole() -> None:
        su.cliff_edges(counts)
        su.gap_decomposition(counts)
        su.detectable_gaps(counts)

    calls = {
        "cliff_edges": lambda: su.cliff_edges(counts),
        "gap_decomposition": lambda: su.gap_decomposition(counts),
        "detectable_gaps": lambda: su.detectable_gaps(counts),
        "all three": whole,
    }
    rows = len(su.cliff_edges(counts).frame)
    lines = [
        "# Speed of cliff edges",
        "",
        _ABOUT.format(rows=rows, repeats=REPEATS),
        "",
        "| call | CPU | wall |",
        "| --- | --- | --- |",
    ]
    for name, call in calls.items():
        cpu, wall = best(call)
        lines.append(f"| `{name}` | {cpu:.0f} | {wall:.0f} |")
    text = "\n".join(lines) + "\n"
    print(text)
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
