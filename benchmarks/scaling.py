#!/usr/bin/env python3
"""How time and memory follow the number of rows: the main job on files of 1 to 50 million applicants.

    for n in 1e6 2e6 5e6 1e7 2e7 5e7; do python benchmarks/generator.py $n /tmp/a$n; done
    python benchmarks/scaling.py /tmp/a*.parquet [--runs 3]

The files take turns, so that a slow minute of the machine falls on all. Each run is a process of its own, as
in main_job.py. Figures of the last run are in scaling.md.
"""

from __future__ import annotations

import argparse

import pyarrow.parquet as pq
from main_job import run, spread


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    paths = sorted(chosen.paths, key=rows)
    found: dict[str, list[tuple[dict, dict]]] = {path: [] for path in paths}
    for turn in range(chosen.runs + 1):
        for path in paths:
            pair = run("limit", path), run("ours", path)
            if turn:
                found[path].append(pair)
    print("rows         limit s              ours s               s per million        MB above imports")
    for path, pairs in found.items():
        limits, ours = zip(*pairs, strict=True)
        walls = [float(one["wall"]) for one in ours]
        each = [wall / rows(path) * 1e6 for wall in walls]
        columns = [
            [float(one["wall"]) for one in limits],
            walls,
            each,
            [float(one["above_mb"]) for one in ours],
        ]
        print(f"{rows(path):<12,} " + " ".join(f"{spread(values):20}" for values in columns))


def rows(path: str) -> int:
    """Rows of a Parquet file."""
    return int(pq.ParquetFile(path).metadata.num_rows)


if __name__ == "__main__":
    main()
