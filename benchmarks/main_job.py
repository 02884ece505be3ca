#!/usr/bin/env python3
"""The main job against the limit and against a naive script, interleaved, answers compared first.

    python benchmarks/generator.py 1e7 /tmp/applicants
    python benchmarks/main_job.py /tmp/applicants.parquet [--runs 5] [--kinds limit ours naive] [--json OUT]

Main job: one file of applicants -> counts -> chi-squared of 6 characteristics at 6 gates -> every group
against its reference with interval -> 6 mutually adjusted logistic regressions with errors. Each run is a
process of its own with one BLAS thread. Imports and first calls are outside the clock, because they are the
same for a file of any size: the process has read a thousand applicants before. Figures of the last run are in
main_job.md.

limit          decode the needed columns, nothing else
ours           the library, with validation and labelled results; ids apart; limits along the likelihood
ours-wald      the same with Wald's limits, asked for by `interval="wald"`
naive          pandas, scipy and statsmodels as a competent analyst writes it; Wald's limits
naive-profile  limits and tests of some coefficients at one gate along the likelihood, by statsmodels refitted
               with an offset; not in the default kinds, and not a whole job
limit-strata   decode region and cohort as well
ours-strata    the library, with region and cohort kept as strata

Each kind is compared run by run with the limit before it (naive: with `ours`, and with `ours-wald` where that
runs too). What naive-profile takes is told by coefficient, and for all of them if each took as long.
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
from typing import TYPE_CHECKING

from generator import STAGES, generate

if TYPE_CHECKING:
    import pandas as pd

RAW = ["age", "ethnicity", "gender", "religion", "disability", "orientation"]
BY = ["age_band", *RAW[1:]]
REFERENCE = {
    "age_band": "20-24", "ethnicity": "White British", "gender": "Female", "religion": "Christian",
    "disability": "No", "orientation": "Heterosexual",
}  # fmt: skip


STRATA = ("region", "cohort")
PROFILED = {"ethnicity": "Black African", "gender": "Male", "religion": "Muslim"}
COEFFICIENTS = 38 * 6
"""Groups beside a reference in the model, at six gates."""


def limit(path: str, strata: tuple[str, ...] = ()) -> dict[str, object]:
    import pyarrow.parquet as pq

    started = clock()
    file = pq.ParquetFile(path, read_dictionary=[*RAW[1:], *strata[:1]])
    for group in range(file.num_row_groups):
        file.read_row_group(group, columns=[*RAW, *STAGES, *strata])
    return measured(started)


def job(path: str, strata: tuple[str, ...], interval: str = "auto") -> dict[str, object]:
    import stepup_equity as su

    counts = su.count_stages(su.read_applicants(path, check_ids=False, strata=strata))
    return {
        "counts": counts,
        "tests": su.association_tests(counts),
        "differences": su.rate_differences(counts, method="newcombe"),
        "model": su.progression_model(counts, " + ".join(BY), interval=interval),
    }


def ours(path: str, strata: tuple[str, ...] = (), interval: str = "auto") -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        generate(1000, f"{folder}/few")
        job(f"{folder}/few.parquet", strata, interval)
    base = resident()
    started = clock()
    done = job(path, strata, interval)
    found = measured(started, base)
    frame = done["tests"].frame.query("gate != 'overall'")
    found["chi2"] = {f"{r.characteristic}/{r.gate}": r.statistic for r in frame.itertuples()}
    chosen = "group == 'Black African' and gate == 'screened'"
    found["low"] = float(done["differences"].frame.query(chosen)["conf_low"].iloc[0])
    model = done["model"].frame.query("gate == 'screened'").set_index(["characteristic", "group"])
    found["log_odds"] = float(model.loc[("ethnicity", "Black African"), "estimate"])
    found["limits"] = {
        by: model.loc[(by, group), ["conf_low", "conf_high"]].tolist() for by, group in PROFILED.items()
    }
    return found


def read_naively(path: str) -> pd.DataFrame:
    import pandas as pd

    frame = pd.read_parquet(path, columns=[*RAW, *STAGES])
    frame["disability"] = frame["disability"].cat.remove_categories(["Unknown"])
    labels = ["20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50+"]
    frame["age_band"] = pd.cut(frame["age"], [0, 25, 30, 35, 40, 45, 50, 200], right=False, labels=labels)
    return frame


def design_of(at_risk: pd.DataFrame) -> pd.DataFrame:
    import pandas as pd

    design = pd.DataFrame({"const": 1.0}, index=at_risk.index)
    for by in BY:
        dummies = pd.get_dummies(at_risk[by], prefix=by, dtype=float)
        design = design.join(dummies.drop(columns=f"{by}_{REFERENCE[by]}"))
    return design


def naive(path: str) -> dict[str, object]:
    import pandas as pd
    import statsmodels.api as sm
    from scipy.stats import chi2_contingency
    from statsmodels.stats.proportion import confint_proportions_2indep

    started = clock()
    frame = read_naively(path)
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
    log_odds, limits = 0.0, {}
    for before, stage in pairwise(STAGES):
        at_risk = complete[complete[before] == True]  # noqa: E712
        fit = sm.Logit((at_risk[stage] == True).astype(float), design_of(at_risk)).fit(disp=0)  # noqa: E712
        wald = fit.conf_int()
        if stage == "screened":
            log_odds = fit.params["ethnicity_Black African"]
            limits = {by: wald.loc[f"{by}_{group}"].tolist() for by, group in PROFILED.items()}
    found = {"chi2": chi2, "low": float(low), "log_odds": float(log_odds), "limits": limits}
    return measured(started) | found


def naive_profile(path: str) -> dict[str, object]:
    """Where twice the log-likelihood has fallen by 3.84, and the test of 0, by refits without a column.

    A secant from Wald's limit finds each end; every refit sets out from the coefficients of the fit.
    """
    import statsmodels.api as sm
    from scipy.optimize import root_scalar
    from scipy.stats import chi2

    frame = read_naively(path).dropna(subset=BY)
    at_risk = frame[frame["eligible"] == True]  # noqa: E712
    passed, design = (at_risk["screened"] == True).astype(float), design_of(at_risk)  # noqa: E712
    fit = sm.Logit(passed, design).fit(disp=0)
    started = clock()
    limits, refits = {}, 0

    def fallen(value: float, name: str) -> float:
        nonlocal refits
        refits += 1
        rest = sm.Logit(passed, design.drop(columns=name), offset=value * design[name])
        refit = rest.fit(start_params=fit.params.drop(name), disp=0)
        return 2.0 * (fit.llf - refit.llf) - chi2.isf(0.05, 1)

    for by, group in PROFILED.items():
        name = f"{by}_{group}"
        b, error = fit.params[name], fit.bse[name]
        limits[by] = [
            root_scalar(fallen, (name,), x0=b + 1.96 * side, x1=b + 2.0 * side, xtol=1e-6 * error).root
            for side in (-error, error)
        ]
        fallen(0.0, name)
    return measured(started) | {"limits": limits, "refits": refits}


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
    "ours-wald": lambda path: ours(path, interval="wald"),
    "naive": naive,
    "naive-profile": naive_profile,
    "limit-strata": lambda path: limit(path, STRATA),
    "ours-strata": lambda path: ours(path, STRATA),
}
AGAINST = {
    "ours": ("limit",),
    "ours-wald": ("limit",),
    "naive": ("ours", "ours-wald"),
    "ours-strata": ("limit-strata",),
}
ALIKE = {"naive": "ours-wald", "naive-profile": "ours"}
"""Whose limits should be those of whom."""


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
    """Stop where two kinds that answer the same question differ."""
    if {"ours", "naive"} <= set(answers):
        ours_, naive_ = answers["ours"], answers["naive"]
        for key, value in naive_["chi2"].items():
            assert abs(ours_["chi2"][key] - value) <= 1e-8 * abs(value), key
        assert abs(ours_["low"] - naive_["low"]) < 1e-9
        assert abs(ours_["log_odds"] - naive_["log_odds"]) < 1e-6
        print("answers agree: 36 chi-squared, an interval, a coefficient")
    for one, other in ALIKE.items():
        if {one, other} <= set(answers):
            for by, limits in answers[one]["limits"].items():
                apart = [abs(a - b) for a, b in zip(limits, answers[other]["limits"][by], strict=True)]
                assert max(apart) < 1e-6, (one, by, apart)
            print(f"limits of {len(PROFILED)} coefficients agree: {one} and {other}")


def told(kind: str, results: dict[str, list[dict[str, object]]]) -> str:
    """What a kind took, and against what."""
    found, line = results[kind], [f"{kind:13}"]
    for measure in ("wall", "cpu", "above_mb"):
        values = [float(f[measure]) for f in found if f[measure] is not None]
        if values:
            line.append(f"{measure} {spread(values)}")
    for against in AGAINST.get(kind, ()):
        for measure in ("wall", "cpu") if against in results else ():
            ratios = [f[measure] / g[measure] for f, g in zip(found, results[against], strict=True)]
            line.append(f"{measure}/{against} {spread(ratios)}")
    if kind == "naive-profile":
        each = statistics.median(float(f["cpu"]) for f in found) / len(PROFILED)
        line.append(
            f"{found[0]['refits']} refits; cpu of a coefficient {each:.1f}, of all {each * COEFFICIENTS:.0f}"
        )
    return "  ".join(line)


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
    answers: dict[str, dict[str, object]] = {}
    for turn in range(chosen.runs + 1):
        for kind in chosen.kinds:
            found = run(kind, chosen.path)
            if turn:
                results[kind].append(found)
            else:
                answers[kind] = found
        if not turn:
            compare(answers)
    for kind in results:
        print(told(kind, results))
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
