#!/usr/bin/env python3
"""The same question asked of other libraries: pass rates of each group at each gate, and their tests.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install fairlearn aequitas tableone pingouin pyarrow
    python benchmarks/generator.py 1e6 /tmp/applicants
    python benchmarks/peers.py /tmp/applicants.parquet --python /tmp/peers/bin/python [--runs 3]

Six characteristics, six gates. Each library answers the part it has:

fairlearn   MetricFrame: selection rate and count by group, ratio of the lowest to the highest
aequitas    Group: predicted positive rate by group
tableone    TableOne: counts and shares by outcome, with chi-squared p-values
pingouin    chi2_independence
ours        all of it from the file: rates, chi-squared, every group against its reference with an interval,
            six mutually adjusted regressions

The others are handed a frame that is already read and cut to those who entered the gate; only their own calls
are timed. Ours starts from the file. Every process has one BLAS thread. Rates and statistics are compared
before anything is timed. Figures of the last run are in peers.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from itertools import pairwise

STAGES = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
BY = ("age_band", "ethnicity", "gender", "religion", "disability", "orientation")
BANDS = ([0, 25, 30, 35, 40, 45, 50, 200], ["20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50+"])
LIBRARIES = ("ours", "fairlearn", "aequitas", "tableone", "pingouin")
PROBE = ("ethnicity", "screened", "Black African")


def gates(path: str):
    """People who entered each gate and have the characteristic stated, with whether they passed."""
    import pandas as pd

    frame = pd.read_parquet(path)
    frame["age_band"] = pd.cut(frame["age"], BANDS[0], right=False, labels=BANDS[1]).astype(str)
    frame["disability"] = frame["disability"].astype(object).where(frame["disability"] != "Unknown")
    for name in BY:
        frame[name] = frame[name].astype(object).where(frame[name].notna())
    for before, stage in pairwise(STAGES):
        at_risk = frame[frame[before] == True]  # noqa: E712 - a nullable column
        passed = (at_risk[stage] == True).astype(int)  # noqa: E712
        for name in BY:
            stated = at_risk[name].notna()
            yield stage, name, at_risk.loc[stated, [name]].reset_index(drop=True), passed[stated].to_numpy()


def fairlearn(asked) -> dict[str, float]:
    from fairlearn.metrics import MetricFrame, count, selection_rate

    found = {}
    for stage, name, people, passed in asked:
        frame = MetricFrame(
            metrics={"rate": selection_rate, "n": count},
            y_true=passed,
            y_pred=passed,
            sensitive_features=people[name],
        )
        frame.ratio(), frame.difference()
        if (name, stage) == PROBE[:2]:
            found["rate"] = float(frame.by_group.loc[PROBE[2], "rate"])
    return found


def aequitas(asked) -> dict[str, float]:
    from aequitas.group import Group

    found = {}
    for stage, name, people, passed in asked:
        table, _ = Group().get_crosstabs(people.assign(score=passed, label_value=passed))
        if (name, stage) == PROBE[:2]:
            row = table[table["attribute_value"] == PROBE[2]].iloc[0]
            found["rate"] = float(row["pp"] / row["group_size"])
    return found


def tableone(asked) -> dict[str, float]:
    from tableone import TableOne

    for _, name, people, passed in asked:
        TableOne(
            people.assign(passed=passed), columns=[name], categorical=[name], groupby="passed", pval=True
        )
    return {}


def pingouin(asked) -> dict[str, float]:
    import pingouin as pg

    found = {}
    for stage, name, people, passed in asked:
        *_, tests = pg.chi2_independence(people.assign(passed=passed), name, "passed", correction=False)
        if (name, stage) == PROBE[:2]:
            found["chi2"] = float(tests.loc[tests["test"] == "pearson", "chi2"].iloc[0])
    return found


def ours(path: str) -> dict[str, float]:
    import stepup_equity as su

    counts = su.count_stages(su.read_applicants(path, check_ids=False, strata=()))
    rates, tests = su.selection_rates(counts).frame, su.association_tests(counts).frame
    su.rate_differences(counts, method="newcombe")
    su.progression_model(counts, " + ".join(BY))
    here = f"characteristic == '{PROBE[0]}' and gate == '{PROBE[1]}'"
    return {
        "rate": float(rates.query(f"{here} and group == '{PROBE[2]}'")["estimate"].iloc[0]),
        "chi2": float(tests.query(here)["statistic"].iloc[0]),
    }


def one(library: str, path: str) -> dict[str, float]:
    asked = None if library == "ours" else list(gates(path))
    wall, cpu = time.perf_counter(), time.process_time()
    found = ours(path) if asked is None else globals()[library](asked)
    return found | {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def asked_of(python: str, library: str, path: str) -> dict[str, float]:
    """What a library answered in a process of its own, and how long it took."""
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    done = subprocess.run(
        [python, "-W", "ignore", __file__, path, "--one", library],
        capture_output=True, text=True, check=True, env=os.environ | threads,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument(
        "--python", default=sys.executable, help="an interpreter that has the other libraries"
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--one", choices=LIBRARIES)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one, chosen.path)))
        return
    from main_job import spread

    found: dict[str, list[dict[str, float]]] = {library: [] for library in LIBRARIES}
    for _ in range(chosen.runs):
        for library in LIBRARIES:
            python = sys.executable if library == "ours" else chosen.python
            found[library].append(asked_of(python, library, chosen.path))
    for library, answers in found.items():
        for what in {"rate", "chi2"} & set(answers[0]):
            assert abs(answers[0][what] / found["ours"][0][what] - 1) < 1e-9, (library, what)
    print("rates and chi-squared agree")
    for library, answers in found.items():
        ratios = [a["cpu"] / b["cpu"] for a, b in zip(answers, found["ours"], strict=True)]
        times = [spread([a[clock] for a in answers]) for clock in ("wall", "cpu")]
        print(f"{library:10} wall {times[0]} s  CPU {times[1]} s  CPU / ours {spread(ratios)}")


if __name__ == "__main__":
    main()
