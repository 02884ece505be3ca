#!/usr/bin/env python3
"""Counting many applicants on a local cluster of Spark and of Dask, against the library's own reader.

    python benchmarks/generator.py 1e8 /tmp/applicants
    python benchmarks/on_a_cluster.py /tmp/applicants.parquet --cut 50 /tmp/people
    python benchmarks/on_a_cluster.py /tmp/people [--kinds ours spark dask] [--runs 1]

ours   read_applicants of the folder of Parquet files
spark  read_applicants of spark.read.parquet(folder): a driver and two executors with a core and 3 GB each
dask   read_applicants of dask.dataframe.read_parquet(folder): a scheduler and two workers with a thread each

The cluster runs on this machine, each worker a process of its own, as under a real one. Every count agrees
before a time is told. Each run is a process of its own; its cluster is started, and a thousand applicants are
counted on it, before the clock. CPU and memory are those of all its processes together: memory is the most
that they held at any of the moments that were looked at, five a second. Dask's cluster comes with the package
`distributed`. Figures of the last run are in on_a_cluster.md.
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
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow.parquet as pq
from generator import generate
from main_job import RAW, STAGES, spread

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = ("ours", "spark", "dask")
_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE") / 1e6


def cut(path: str, parts: int, folder: Path) -> None:
    """The row groups of a file, dealt in order to so many files of a folder."""
    folder.mkdir(parents=True)
    file = pq.ParquetFile(path)
    for part in range(parts):
        first, last = (at * file.num_row_groups // parts for at in (part, part + 1))
        with pq.ParquetWriter(folder / f"part-{part:05d}.parquet", file.schema_arrow) as out:
            for group in range(first, last):
                out.write_table(file.read_row_group(group))


class Processes:
    """What this process and all that it started take, while it is looked at."""

    def __init__(self) -> None:
        self.peak, self._stopped = 0.0, threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._cpu, self._started = self._taken()[0], time.perf_counter()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.wall, self.cpu = time.perf_counter() - self._started, self._taken()[0] - self._cpu
        self._stopped.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._stopped.wait(0.2):
            self.peak = max(self.peak, self._taken()[1])

    @staticmethod
    def _taken() -> tuple[float, float]:
        """Seconds of CPU so far, and megabytes now."""
        told = {}
        for place in Path("/proc").iterdir():
            if place.name.isdecimal():
                try:
                    fields = (place / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                except OSError:
                    continue  # it has ended
                told[int(place.name)] = fields
        own = {os.getpid()}
        while more := {pid for pid, fields in told.items() if int(fields[1]) in own} - own:
            own |= more
        ticks = sum(int(told[pid][field]) for pid in own for field in (11, 12, 13, 14))
        return ticks / _TICK, sum(int(told[pid][21]) for pid in own) * _PAGE


def ours() -> Callable[[str], Any]:
    return lambda folder: folder


def spark() -> Callable[[str], Any]:
    import pyspark
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_HOME", str(Path(pyspark.__file__).parent))
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.memory": "1g",
        "spark.executor.memory": "3g",
        "spark.sql.shuffle.partitions": "4",
    }
    session = SparkSession.builder.master("local-cluster[2,1,3072]").config(map=settings).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session.read.parquet


def dask() -> Callable[[str], Any]:
    import dask.dataframe as dd
    from distributed import Client, LocalCluster

    cluster = LocalCluster(n_workers=2, threads_per_worker=1, memory_limit="4GB", dashboard_address=None)
    client = Client(cluster)
    assert client.scheduler_info()["workers"]
    return lambda folder: dd.read_parquet(folder, columns=[*RAW, *STAGES])


def one(kind: str, folder: str) -> dict[str, Any]:
    import stepup_equity as su

    source_of = globals()[kind]()
    with tempfile.TemporaryDirectory() as few:
        generate(1000, f"{few}/few")
        su.read_applicants(source_of(f"{few}/few.parquet"), check_ids=False, strata=())
    with Processes() as taken:
        cells = su.read_applicants(source_of(folder), check_ids=False, strata=()).cells
    digest = hashlib.sha256(repr(cells.axes).encode())
    for part in (cells.codes, cells.furthest, cells.exit, cells.n):
        digest.update(part.tobytes())
    return {
        "wall": taken.wall,
        "cpu": taken.cpu,
        "peak_gb": taken.peak / 1e3,
        "people": cells.people,
        "records": len(cells.n),
        "digest": digest.hexdigest(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--cut", nargs=2, metavar=("PARTS", "FOLDER"))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--one", choices=KINDS)
    chosen = parser.parse_args()
    if chosen.cut:
        cut(chosen.path, int(chosen.cut[0]), Path(chosen.cut[1]))
        return
    if chosen.one:
        print("\n" + json.dumps(one(chosen.one, chosen.path)), flush=True)
        return
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in chosen.kinds}
    for _ in range(chosen.runs):
        for kind in chosen.kinds:
            command = [sys.executable, __file__, chosen.path, "--one", kind]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            told = next(line for line in reversed(done.stdout.splitlines()) if line.startswith("{"))
            found[kind].append(json.loads(told))
    everything = [run for runs in found.values() for run in runs]
    assert len({run["digest"] for run in everything}) == 1, "the counts differ"
    print(f"every count agrees: {everything[0]['people']:,} people, {everything[0]['records']:,} records")
    for kind, runs in found.items():
        spreads = [f"{name} {spread([run[name] for run in runs])}" for name in ("wall", "cpu", "peak_gb")]
        print("  ".join([f"{kind:6}", *spreads]))


if __name__ == "__main__":
    main()
