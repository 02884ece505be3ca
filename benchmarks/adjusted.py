"""Coverage of adjusted ratios and rates, and whether any interval contradicts its test.

``python benchmarks/adjusted.py [RUNS]`` prints the table of `adjusted.md`; seeded, one process.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

import stepup_equity as su

RUNS = 60
SIZES, RATES, RATIOS = (5, 10, 30), (0.1, 0.3, 0.5), (1.0, 0.5, 0.25)


def people(rng, size, rate, ratio):
    """A small group in a region where fewer pass, beside a large one."""
    n = 400 + size
    group = np.repeat(["Large", "Small"], [400, size])
    far = rng.random(n) < np.where(group == "Small", 0.6, 0.3)
    base = np.where(far, 0.7 * rate, 1.15 * rate)
    passed = rng.random(n) < np.where(group == "Small", ratio * base, base)
    frame = pd.DataFrame(
        {
            "ethnicity": np.where(group == "Small", "Indian", "White British"),
            "gender": np.where(far, "Male", "Female"),
            "furthest_stage": np.where(passed, "eligible", "submitted"),
        }
    )
    return frame.assign(applicant_id=range(n)), base.mean()


def one_setting(rng, size, rate, ratio, runs):
    """Coverage of ratio and rate, contradictions and rows looked at."""
    hit_ratio, hit_rate, wrong, rows = 0, 0, 0, 0
    for _ in range(runs):
        frame, base = people(rng, size, rate, ratio)
        model = su.progression_model(su.count_stages(frame), "ethnicity + gender", gates="eligible")
        found = model.adjusted
        small = found[found["group"] == "Indian"].iloc[0]
        hit_ratio += bool(small["ratio_low"] <= ratio <= small["ratio_high"])
        hit_rate += bool(small["rate_low"] <= ratio * base <= small["rate_high"])
        told = found.dropna(subset=["ratio_low", "ratio_p_value"])
        outside = (told["ratio_low"] > 1) | (told["ratio_high"] < 1)
        wrong += int((outside != (told["ratio_p_value"] < 0.05)).sum())
        rows += len(told)
    return hit_ratio / runs, hit_rate / runs, wrong, rows


def main(runs=RUNS):
    """Print the table."""
    started, rng = time.process_time(), np.random.default_rng(20260101)
    print("| people | rate | ratio | ratio covered | rate covered | contradictions | rows |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    every, total = 0, 0
    for size in SIZES:
        for rate in RATES:
            for ratio in RATIOS:
                of_ratio, of_rate, wrong, rows = one_setting(rng, size, rate, ratio, runs)
                every, total = every + wrong, total + rows
                print(f"| {size} | {rate} | {ratio} | {of_ratio:.1%} | {of_rate:.1%} | {wrong} | {rows} |")
    spent = time.process_time() - started
    print(f"\n{runs} runs a row; {every} contradictions in {total} rows; {spent:.0f} CPU s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
