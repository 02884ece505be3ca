#!/usr/bin/env python3
"""The main job against the limit and against a naive script, interleaved, answers compared first.

    python benchmarks/generator.py 1e7 /tmp/applicants
    python benchmarks/main_job.py /tmp/applicants.parquet [--runs 5] [--kinds limit ours naive] [--json OUT]

Main job: one file of applicants -> counts -> chi-squared of 6 characteristics at 6 gates -> every group
against its reference with interval -> 6 mutually adjusted logistic regressions with errors. Each run is a
process of its own with one BLAS thread. Imports and first calls are outside the clock, because they are the
same for a file of any size: the process has read a thousand applicants before. Figures of the last run are in
main_job.md.

limit         decode the needed columns, nothing else
ours          the library, with validation and labelled results; ids apart
naive         pandas, scipy and statsmodels as a competent analyst writes it
limit-strata  decode region and cohort as well
ours-strata   the library, with region and cohort kept as strata

Each kind is compared run by run with the limit before it (naive: with `ours`).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from generator import STAGES, generate

RAW = ["age", "ethnicity", "gender", "religion", "disability", "orientation"]
BY = ["age_band", *RAW[1:]]
REFERENCE = {
    "age_band": "20-24", "ethnicity": "White British", "gender": "Female", "religion": "Christian",
    "disability": "No", "orientation": "Heterosexual",
}  # fmt: skip


STRATA = ("region", "cohort")


def limit(path: str, strata: tuple[str, ...] = ()) -> dict[str, object]:
    import pyarrow.parquet as pq

    started = clock()
    file = pq.ParquetFile(path, read_dictionary=[*RAW[1:], *strata[:1]])
    for group in range(file.num_row_groups):
        file.read_row_group(group, columns=[*RAW, *STAGES, *strata])
    return measured(started)


def job(path: str, strata: tuple[str, ...]) -> dict[str, object]:
    import stepup_equity as su

    counts = su.count_stages(su.read_applicants(path, check_ids=False, strata=strata))
    return {
        "counts": counts,
        "tests": su.association_tests(counts),
        "differences": su.rate_differences(counts, method="newcombe"),
        "model": su.progression_model(counts, " + ".join(BY)),
    }


def ours(path: str, strata: tuple[str, ...] = ()) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        generate(1000, f"{folder}/few")
        job(f"{folder}/few.parquet", strata)
    base = resident()
    started = clock()
    done = job(path, strata)
    found = measured(started, base)
    frame = done["tests"].frame.query("gate != 'overall'")
    found["chi2"] = {f"{r.characteristic}/{r.gate}": r.statistic for r in frame.itertuples()}
    chosen = "group == 'Black African' and gate == 'screened'"
    found["low"] = float(done["differences"].frame.query(chosen)["conf_low"].iloc[0])
    found["log_odds"] = float(done["model"].frame.query(chosen)["estimate"].iloc[0])
    return found


def naive(path: str) -> dict[str, object]:
    import pandas as pd
    import statsmodels.api as sm
    from scipy.stats import chi2_contingency
    from statsmodels.stats.proportion import confint_proportions_2indep

    started = clock()
    frame = pd.read_parquet(path, columns=[*RAW, *STAGES])
    frame["disability"] = frame["disability"].cat.remove_categories(["Unknown"])
    labels = ["20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50+"]
    frame["age_band"] = pd.cut(frame["age"], [0, 25, 30, 35, 40, 45, 50, 200], right=False, labels=labels)
    chi2, low = {}, 0.0
    for before, stage in pairwise(STAGES):
        at_risk = frame[frame[before] == True]  # noqa: E712 - a nullable column
        passed = at_risk[stage] == True  # noqa: E712
        for by in BY:
            table = pd.crosstab(at_risk[by], passed)
            chi2[f"{by}/{stage}"] = chi2_contingency(table, correction=False).statistic
            ref = table.loc[REFERENCE[by]]
            for level in table.index.drop(REFERENCE[by]):
                row = table.loc[level]
                found = confint_proportions_2indep(
                    row[True], row.sum(), ref[True], ref.sum(), method="newcomb"
                )
                low = found[0] if (level, stage) == ("Black African", "screened") else low
    complete = frame.dropna(subset=BY)
    log_odds = 0.0
    for before, stage in pairwise(STAGES):
        at_risk = complete[complete[before] == True]  # noqa: E712
        design = pd.DataFrame({"const": 1.0}, index=at_risk.index)
        for by in BY:
            dummies = pd.get_dummies(at_risk[by], prefix=by, dtype=float)
            design = design.join(dummies.drop(columns=f"{by}_{REFERENCE[by]}"))
        fit = sm.Logit((at_risk[stage] == True).astype(float), design).fit(disp=0)  # noqa: E712
        log_odds = fit.params["ethnicity_Black African"] if stage == "screened" else log_odds
    return measured(started) | {"chi2": chi2, "low": float(low), "log_odds": float(log_odds)}


def clock() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def resident() -> float:
    """Memory of this process now, in MB."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def measured(started: tuple[float, float], base: float | None = None) -> dict[str, object]:
    now = clock()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    above = None if base is None else peak - base
    return {"wall": now[0] - started[0], "cpu": now[1] - started[1], "peak_mb": peak, "above_mb": above}


KINDS = {
    "limit": limit,
    "ours": ours,
    "naive": naive,
    "limit-strata": lambda path: limit(path, STRATA),
    "ours-strata": lambda path: ours(path, STRATA),
}
AGAINST = {"ours": "limit", "naive": "ours", "ours-strata": "limit-strata"}


def run(kind: str, path: str) -> dict[str, object]:
    threads = dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1")
    done = subprocess.run(
        [sys.executable, __file__, path, "--one", kind],
        capture_output=True, text=True, check=True, env=os.environ | threads,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def spread(values: list[float]) -> str:
    """Median and range."""
    return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def compare(answers: dict[str, dict[str, object]]) -> None:
    ours_, naive_ = answers["ours"], answers["naive"]
    for key, value in naive_["chi2"].items():
        assert abs(ours_["chi2"][key] - value) <= 1e-8 * abs(value), key
    assert abs(ours_["low"] - naive_["low"]) < 1e-9
    assert abs(ours_["log_odds"] - naive_["log_odds"]) < 1e-6
    print("answers agree: 36 chi-squared, an interval, a coefficient")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path")
    parser.add_argument("--one", choices=list(KINDS))
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--kinds", nargs="+", choices=list(KINDS), default=["limit", "ours", "limit-strata", "ours-strata"]
    )
    parser.add_argument("--json")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(KINDS[chosen.one](chosen.path)))
        return
    results: dict[str, list[dict[str, object]]] = {kind: [] for kind in chosen.kinds}
    for turn in range(chosen.runs + 1):
        for kind in chosen.kinds:
            found = run(kind, chosen.path)
            if turn:
                results[kind].append(found)
        if turn == 0 and {"ours", "naive"} <= set(chosen.kinds):
            compare({kind: run(kind, chosen.path) for kind in ("ours", "naive")})
    for kind, found in results.items():
        line = [f"{kind:12}"]
        for measure in ("wall", "cpu", "above_mb"):
            values = [float(f[measure]) for f in found if f[measure] is not None]
            if values:
                line.append(f"{measure} {spread(values)}")
        other = results.get(AGAINST.get(kind, ""))
        for measure in ("wall", "cpu") if other else ():
            ratios = [f[measure] / g[measure] for f, g in zip(found, other, strict=True)]
            line.append(f"{measure}/{AGAINST[kind]} {spread(ratios)}")
        print("  ".join(line))
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
