#!/usr/bin/env python3
"""Reading, normalising and checking records against pyarrow's own scan of the same columns, interleaved.

    python benchmarks/generator.py 1e6 /tmp/applicants --format parquet csv
    python benchmarks/records.py /tmp/applicants.csv /tmp/applicants.parquet [--runs 5]

Each run is a process of its own; imports are outside the clock. Printed for each file: wall and CPU seconds
of
the scan, of `read_applicants` without ids, and of the column of ids decoded alone against the check of ids;
the
ratios, median with range; and the memory of each above an interpreter with its imports. Figures of the last
run are in records.md.

scan    pyarrow decodes the columns that the library reads, and nothing else
ours    read_applicants(check_ids=False): labels to groups, bands, paths, problems, cells
decode  pyarrow decodes the column of ids alone
ids     read_applicants(check_ids=True), less `ours`: the price of the check
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

STAGES = ["submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted"]
COLUMNS = ["cohort", "region", "age", "ethnicity", "gender", "religion", "disability", "orientation", *STAGES]
KINDS = ("scan", "ours", "decode", "ids")


def scan(path: str, columns: list[str]) -> int:
    """Rows of a file whose columns pyarrow has decoded, batch by batch."""
    if path.endswith(".parquet"):
        import pyarrow.parquet as pq

        file = pq.ParquetFile(path, read_dictionary=columns)
        return sum(file.read_row_group(i, columns=columns).num_rows for i in range(file.num_row_groups))
    import pyarrow.csv as pacsv

    options = pacsv.ConvertOptions(include_columns=columns)
    return sum(batch.num_rows for batch in pacsv.open_csv(path, convert_options=options))


def run(kind: str, path: str) -> dict[str, float]:
    """One measurement, in this process."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    import stepup_equity.records.sources.columnar
    import stepup_equity.records.sources.text  # noqa: F401 - outside the clock, like the small frame below
    from stepup_equity import read_applicants

    read_applicants(pa.table({"gender": ["Male"], "furthest_stage": ["accepted"]}))
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    if kind == "scan":
        rows = scan(path, COLUMNS)
    elif kind == "decode":
        rows = scan(path, ["applicant_id"])
    else:
        rows = len(read_applicants(path, check_ids=kind == "ids"))
    return {
        "rows": rows,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "memory": (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - base) / 1024,
    }


def measured(path: str, runs: int) -> dict[str, list[dict[str, float]]]:
    """Every kind in turn, several times over."""
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    for _ in range(runs):
        for kind in KINDS:
            command = [sys.executable, __file__, "--one", kind, path]
            answer = subprocess.run(command, capture_output=True, text=True, check=True)
            found[kind].append(json.loads(answer.stdout))
    rows = {one["rows"] for runs_ in found.values() for one in runs_}
    assert len(rows) == 1, f"different numbers of rows: {rows}"
    return found


def ratio(
    found: dict[str, list[dict[str, float]]], top: str, bottom: str, less: str = "", key: str = "cpu"
) -> str:
    """Median and range of a ratio, run by run."""
    tops = [one[key] for one in found[top]]
    if less:
        tops = [a - b[key] for a, b in zip(tops, found[less], strict=True)]
    ratios = [a / b[key] for a, b in zip(tops, found[bottom], strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(run(arguments.one, arguments.paths[0])))
        return
    for path in arguments.paths:
        found = measured(path, arguments.runs)
        print(f"\n{Path(path).name}: {found['scan'][0]['rows']:,.0f} rows")
        for kind in KINDS:
            wall, cpu, memory = (
                statistics.median(one[key] for one in found[kind]) for key in ("wall", "cpu", "memory")
            )
            print(f"  {kind:7} wall {wall:6.3f} s   CPU {cpu:6.3f} s   {memory:5.0f} MB")
        for key in ("cpu", "wall"):
            print(f"  ours / scan, {key}: {ratio(found, 'ours', 'scan', key=key)}")
            print(f"  ids / decode, {key}: {ratio(found, 'ids', 'decode', 'ours', key=key)}")


if __name__ == "__main__":
    main()
