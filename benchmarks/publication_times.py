"""How long a publication takes: one cohort, three, eight, a refusal, crossed characteristics.

    python benchmarks/publication_times.py [CASE ...]

Made-up cohorts of 1,787 applicants each (seed 1), seven stages. Printed are seconds of processor time and of
wall clock, and how near to the least what is hidden is. Cases are named by their row; by default all.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

import stepup_equity as su

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.disclosure.cubes import ETHNICITY, RATES, STAGES, counts

CROSSED = ["ethnicity", "gender", ("ethnicity", "gender")]
CASES: dict[str, tuple[int, int, str, bool]] = {
    "one cohort, publish": (1787, 1, "publish", False),
    "one cohort, suppress10": (1787, 1, "suppress10", False),
    "three cohorts, publish": (1787, 3, "publish", False),
    "three cohorts, suppress10": (1787, 3, "suppress10", False),
    "eight cohorts, suppress10": (1787, 8, "suppress10", False),
    "eight cohorts of 400, suppress10": (400, 8, "suppress10", False),
    "ethnicity × gender, suppress10": (1787, 1, "suppress10", True),
    "ethnicity × gender of three cohorts, suppress10": (1787, 3, "suppress10", True),
    "eight cohorts, publish": (1787, 8, "publish", False),
}


def people(n: int, seed: int, cohorts: int) -> su.StageCounts:
    """Records with ethnicity and gender."""
    rng = np.random.default_rng([n, seed])
    labels = [group for groups in ETHNICITY.values() for group in groups]
    shares = np.array([share for groups in ETHNICITY.values() for share in groups.values()])
    frames = []
    for cohort in range(cohorts):
        furthest = np.cumprod(rng.random((n, 6)) < RATES, axis=1).sum(axis=1)
        frames.append(
            pd.DataFrame(
                {
                    "applicant_id": [f"{cohort}-{i}" for i in range(n)],
                    "cohort": str(2010 + 2 * cohort),
                    "ethnicity": rng.choice(labels, n, p=shares / shares.sum()),
                    "gender": rng.choice(["Female", "Male"], n, p=[0.78, 0.22]),
                    "furthest_stage": [STAGES[stage] for stage in furthest],
                }
            )
        )
    return su.count_stages(su.read_applicants(pd.concat(frames)))


def main(chosen: list[str]) -> None:
    print("| case | outcome | processor, s | wall, s |")
    print("| --- | --- | --- | --- |")
    su.protect(counts(250, 1, only=("gender",)), "publish")  # what is loaded once is not counted
    for name, (n, cohorts, policy, crossed) in CASES.items():
        if chosen and name not in chosen:
            continue
        table = people(n, 1, cohorts) if crossed else counts(n, 1, cohorts)
        start, wall = time.process_time(), time.perf_counter()
        try:
            outcome = su.protect(table, policy, by=CROSSED if crossed else None).in_words
        except su.DisclosureError as refused:
            outcome = f"refused: {len(refused.cells)} cells"
        took = time.process_time() - start
        print(f"| {name} | {outcome} | {took:.1f} | {time.perf_counter() - wall:.1f} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
