"""Six gates of main effects from counts: speed, and the same numbers as the rows.

    OPENBLAS_NUM_THREADS=1 python benchmarks/regression.py [--rows 1000000 10000000] [--check 1000000]

Prints CPU seconds of `progression_model` from counts (median of 7 calls): the six gates of six
characteristics, the same with the whole way, and the frame with adjusted rates. `--check` also fits every
gate to the rows with statsmodels' Logit and prints the largest differences (0 leaves it out).

Last figures, one BLAS thread of a shared two-core machine:

| rows | patterns | six gates | with whole way | frame |
| --- | --- | --- | --- | --- |
| 1 M, six characteristics held | 6,707 | 0.043 s | 0.050 s | 0.046 s |
| 1 M, region and cohort held too | 6,707 | 0.058 s | 0.064 s | 0.048 s |
| 10 M, six characteristics held | 12,882 | 0.079 s | 0.089 s | 0.061 s |
| 10 M, region and cohort held too | 12,882 | 0.129 s | 0.146 s | 0.066 s |

Beside statsmodels' Logit on the 735 thousand complete of 1 M rows: coefficients within 2e-15, errors 2e-16.
"""

from __future__ import annotations

import argparse
import statistics as timing
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import generator
import numpy as np
import pandas as pd
import pyarrow.parquet as pq

import stepup_equity as su
from stepup_equity.process import normalise

RUNS = 7


def cpu(call) -> tuple[float, object]:
    seconds, answer = [], None
    for _ in range(RUNS):
        start = time.process_time()
        answer = call()
        seconds.append(time.process_time() - start)
    return timing.median(seconds), answer


def speed(counts: su.StageCounts) -> str:
    formula = " + ".join(counts.characteristics)
    gates = counts.process.gate_keys
    single, _ = cpu(lambda: su.progression_model(counts, formula, gates=gates))
    whole, model = cpu(lambda: su.progression_model(counts, formula))
    start = time.process_time()
    _ = model.frame
    frame = time.process_time() - start
    patterns = model.whole.design.n_rows
    return f"{patterns:,} patterns | {single:.3f} s | {whole:.3f} s | {frame:.3f} s"


def differences(path: Path, counts: su.StageCounts) -> tuple[float, float]:
    """Largest difference of coefficients and of errors from statsmodels on the rows, over the six gates."""
    import statsmodels.api as sm

    names = list(counts.characteristics)
    model = su.progression_model(counts, " + ".join(names), method="ml")
    stages = list(counts.process.stage_keys)
    rows = labelled(path, stages, names)
    worst = [0.0, 0.0]
    for before, gate in pairwise(stages):
        entered = rows[rows[before].fillna(value=False).astype(bool)]
        X = pd.DataFrame({"Intercept": np.ones(len(entered))}, index=entered.index)
        for variable in model.whole.data.variables:
            for group in variable.groups[1:]:
                X[f"{variable.name}[T.{group}]"] = (entered[variable.name] == group).astype(float)
        theirs = sm.Logit(entered[gate].astype(float), X).fit(disp=0, tol=1e-13, maxiter=50)
        ours = model.coefficients[model.coefficients["gate"] == gate].set_index("name")
        if set(ours.index) != set(theirs.params.index) or ours["estimate"].isna().any():
            raise SystemExit(f"coefficients of {gate} do not match by name")
        worst[0] = max(worst[0], float((ours["estimate"] - theirs.params).abs().max()))
        worst[1] = max(worst[1], float((ours["std_error"] - theirs.bse).abs().max()))
    return worst[0], worst[1]


def labelled(path: Path, stages: list[str], names: list[str]) -> pd.DataFrame:
    """Complete rows with the labels that the counts have."""
    programme = su.step_up_to_social_work()
    frame = pq.read_table(path, columns=["age", *(n for n in names if n != "age_band"), *stages]).to_pandas()
    for name in names:
        characteristic = programme.characteristic(name)
        if name == "age_band":
            age = frame["age"].to_numpy(dtype=float)
            column = pd.Series(np.full(len(frame), None, object))
            for group in characteristic.groups:
                low = -np.inf if group.lowest is None else group.lowest
                high = np.inf if group.highest is None else group.highest
                column[(age >= low) & (age <= high)] = group.label
            frame[name] = column
        else:
            spelt = {raw: characteristic.spellings.get(normalise(raw)) for raw in frame[name].cat.categories}
            frame[name] = frame[name].map(spelt).astype(object)
    return frame.dropna(subset=names)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", nargs="+", type=int, default=[1_000_000, 10_000_000])
    parser.add_argument("--check", type=int, default=1_000_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for rows in asked.rows:
            path = Path(folder) / f"{rows}.parquet"
            generator.generate(rows, str(path.with_suffix("")), ("parquet",), 2013, 0.05)
            applicants = su.read_applicants(path, check_ids=False)
            for strata, words in (([], "six characteristics held"), (None, "region and cohort held too")):
                counts = su.count_stages(applicants, strata=strata)
                print(f"{rows:,} rows, {words}: {speed(counts)}")
            if rows == asked.check:
                coef, error = differences(path, counts)
                print(
                    f"{rows:,} rows beside Logit on rows: coefficients within {coef:.0e}, errors {error:.0e}"
                )


if __name__ == "__main__":
    main()
