#!/usr/bin/env python3
"""Every promise that a script can judge, asked in short; says which fell short, and exits with 1 if any did.

    python benchmarks/all.py [--only speed answers] [--rows 1e6] [--seconds 300]

README.md beside this has the goals with the figures of the last long runs. Ratios and counts of wrong answers
are judged here; a short run on a busy machine may miss a goal of speed that a quiet one meets, so look at the
load before believing it. A script that fails, or runs beyond its seconds, falls short of all it promises.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Promise:
    """What is promised, and where a script's output says how it is kept.

    Attributes
    ----------
    name : str
    goal : float
    kind : {"at most", "at least"}
    found : str
        Pattern with one group, the figure; the largest (at most) or least (at least) match counts.
    """

    name: str
    goal: float
    kind: Literal["at most", "at least"]
    found: str

    def kept(self, figure: float) -> bool:
        """Whether a figure keeps it."""
        return figure <= self.goal if self.kind == "at most" else figure >= self.goal

    def figure(self, output: str) -> float | None:
        """The worst figure in an output; None where there is none."""
        figures = [float(text.replace(",", "")) for text in re.findall(self.found, output, re.MULTILINE)]
        return (max if self.kind == "at most" else min)(figures, default=None)


@dataclass(frozen=True)
class Script:
    """A script, its words for a short run, and what it is asked for."""

    name: str
    words: tuple[str, ...]
    promises: tuple[Promise, ...]
    part: Literal["speed", "answers"]


NUMBER: Final = r"([\d.,]+)"
SCRIPTS: Final = (
    Script(
        "engines.py",
        ("APPLICANTS", "--runs", "3"),
        (
            Promise("counting: its busiest thread against decoding with one, CPU", 0.75, "at most",
                    rf"^busiest thread of ours / CPU of decode {NUMBER}"),
            Promise("DuckDB against counting, CPU", 1.5, "at least", rf"^cpu: duckdb / ours {NUMBER}"),
            Promise("polars against counting, CPU", 2.0, "at least", rf"^cpu: polars / ours {NUMBER}"),
            Promise("memory of counting above imports, MB", 300, "at most", rf"^ours .*above_mb {NUMBER}"),
        ),
        "speed",
    ),
    Script(
        "report_speed.py",
        ("--runs", "2"),
        (
            Promise("report of 2,095 applicants, whole process, s", 3, "at most", rf"^report +wall {NUMBER}"),
            Promise("--help, ms", 50, "at most", rf"^--help +wall {NUMBER}"),
            Promise("import over bare Python, ms", 30, "at most", rf"^import +{NUMBER}"),
        ),
        "speed",
    ),
    Script(
        "main_job.py",
        ("APPLICANTS", "--runs", "2", "--kinds", "limit", "ours", "ours-wald", "naive"),
        (
            Promise("naive script against the main job, Wald's limits on both sides, CPU", 60, "at least",
                    rf"^naive .* cpu/ours-wald {NUMBER}"),
            Promise("naive script against the main job with limits along the likelihood, CPU", 60, "at least",
                    rf"^naive .* cpu/ours {NUMBER}"),
        ),
        "speed",
    ),
    Script(
        "report_speed.py",
        ("--runs", "1", "--vacancies", "336"),
        (
            Promise("report with 336 vacancies against none, wall clock", 3, "at most",
                    rf"^336 as \w+ / none, wall: {NUMBER}"),
        ),
        "speed",
    ),
    Script(
        "publication_times.py",
        ("three cohorts, suppress10", "eight cohorts, suppress10", "eight cohorts of 400, suppress10"),
        (
            Promise("three cohorts published, s", 20, "at most", rf"^\| three .* \| {NUMBER} \|$"),
            Promise("eight cohorts published, s", 90, "at most",
                    rf"^\| eight cohorts, .* \| {NUMBER} \|$"),
            Promise("eight cohorts refused, s", 5, "at most",
                    rf"^\| eight cohorts of 400, suppress10 \| refused.* \| {NUMBER} \|$"),
        ),
        "speed",
    ),
    Script(
        "fuzz.py",
        ("--seconds", "20"),
        (
            Promise("broken files tried, none half-loaded, no traceback", 1, "at least",
                    rf"^{NUMBER} files and programmes"),
        ),
        "answers",
    ),
    Script(
        "adjusted.py",
        ("1", "300"),
        (Promise("adjusted ratios: interval and test contradict", 0, "at most", r"; (\d+) contradictions"),),
        "answers",
    ),
    Script(
        "printed_tables.py", ("200",),
        (Promise("published tables: a number that differs in silence", 0, "at most", r"^(\d+) in silence"),),
        "answers",
    ),
    Script(
        "exports.py", ("200",),
        (Promise("exports: a number that differs in silence", 0, "at most", r"^(\d+) in silence"),),
        "answers",
    ),
    Script(
        "fuzz_readers.py", ("--seconds", "20"),
        (Promise("broken exports and tables: half-loaded, or a traceback", 0, "at most",
                 r"^(\d+) half-loaded or with a traceback"),),
        "answers",
    ),
    Script(
        "start.py",
        ("--exports", "5"),
        (
            Promise("drafts of programmes: wrong proposals", 0, "at most",
                    r"^\| all .* (\d+) \([\d.]+%\) \|$"),
        ),
        "answers",
    ),
)  # fmt: skip


def output_of(script: Script, applicants: str, seconds: float) -> tuple[str, str]:
    """What a script printed, and what was wrong with the run itself."""
    words = [applicants if word == "APPLICANTS" else word for word in script.words]
    here = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parent), os.environ.get("PYTHONPATH", "")])}
    try:
        done = subprocess.run(
            [sys.executable, HERE / script.name, *words],
            capture_output=True, text=True, check=False, timeout=seconds, env=here,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return "", f"longer than {seconds:g} s"
    last = (done.stderr.strip().splitlines() or ["no words"])[-1]
    return done.stdout, f"ended with {done.returncode}: {last}" if done.returncode else ""


def judged(script: Script, output: str, fault: str) -> list[str]:
    """Print a line for each promise of a script; return the names of those that fell short."""
    short = []
    for promise in script.promises:
        figure = promise.figure(output)
        kept = not fault and figure is not None and promise.kept(figure)
        shown = fault or ("no figure" if figure is None else f"{figure:g}")
        print(
            f"{'kept ' if kept else 'SHORT'}  {promise.name}: {shown} ({promise.kind} {promise.goal:g})",
            flush=True,
        )
        short += [] if kept else [promise.name]
    return short


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=["speed", "answers"], default=["speed", "answers"])
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--seconds", type=float, default=300, help="longest time of one script")
    chosen = parser.parse_args()
    short: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        if "speed" in chosen.only:
            from generator import generate

            generate(chosen.rows, f"{folder}/applicants")
        for script in SCRIPTS:
            if script.part in chosen.only:
                short += judged(script, *output_of(script, f"{folder}/applicants.parquet", chosen.seconds))
    load = (
        f"; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors" if hasattr(os, "getloadavg") else ""
    )
    print(f"{len(short)} fell short{load}")
    return 1 if short else 0


if __name__ == "__main__":
    raise SystemExit(main())
