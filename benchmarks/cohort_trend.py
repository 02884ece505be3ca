"""How often a trend over five cohorts is found where there is none: python benchmarks/cohort_trend.py [RUNS]

Five cohorts of about 1,600 people in six groups that all pass alike at six gates; a run is false where any
group has an evident trend at any gate or over the whole way. Beside it the share of single rows whose
interval leaves out 0, and of runs with a planted trend that is found. The last figures stand in
cohort_trend.md.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

import stepup_equity as su

SIZES = {
    "White": 1300,
    "Black African": 130,
    "Black Caribbean": 63,
    "Indian": 55,
    "Pakistani": 40,
    "Mixed": 25,
}
STAGES = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
RATES = (0.85, 0.45, 0.75, 0.42, 0.80, 0.93)
COHORTS = 5


def cohorts(rng: np.random.Generator, ratios: np.ndarray) -> su.StageCounts:
    """Counts of all cohorts; the ratios are those of one group at screening, by cohort."""
    rows = []
    for cohort in range(COHORTS):
        for group, size in SIZES.items():
            reached = [size]
            for stage, rate in zip(STAGES[1:], RATES, strict=True):
                here = ratios[cohort] if (stage, group) == ("screened", "Black African") else 1.0
                reached.append(int(rng.binomial(reached[-1], rate * here)))
            rows.append(
                {"cohort": str(2010 + cohort), "group": group, **dict(zip(STAGES, reached, strict=True))}
            )
    return su.StageCounts.from_table(pd.DataFrame(rows).assign(characteristic="ethnicity"))


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rng = np.random.default_rng(19)
    false = rows = apart = 0
    started = time.perf_counter()
    for _ in range(runs):
        frame = su.cohort_trend(cohorts(rng, np.ones(COHORTS)), by="ethnicity", reference="White").frame
        false += bool(frame["flagged"].any())
        rows += int(frame["p_value"].notna().sum())
        apart += int((frame["p_value"] < 0.05).sum())
    error = (false / runs * (1 - false / runs) / runs) ** 0.5
    print(f"no trend, {runs} runs: a false one in {false / runs:.1%} (± {error:.1%}) of runs")
    print(f"intervals that leave out 0: {apart / rows:.1%} of {rows:,} rows")
    planted = np.linspace(0.41, 0.90, COHORTS)
    found = sum(
        bool(
            su.cohort_trend(cohorts(rng, planted), by="ethnicity", reference="White")
            .frame.query("gate == 'screened' and group == 'Black African'")["flagged"]
            .any()
        )
        for _ in range(runs // 5)
    )
    print(f"0.41 to 0.90 planted, {runs // 5} runs: found in {found / (runs // 5):.0%}")
    print(f"{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
