"""Blanks: complete cases, *Not stated* as a level and EM, by why people leave a box blank.

``python benchmarks/blanks.py [RUNS]`` prints the table of `blanks.md`; seeded, one process.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd

import stepup_equity as su

RUNS = 25
EFFECT = -0.8
"""Log odds ratio of the small group."""


def mechanisms(u, small, passed):
    """Who leaves a box blank: that of religion; last that of ethnicity itself, which no method can know."""
    return {
        "at random": u < 0.3,
        "outcome": u < np.where(passed, 0.15, 0.4),
        "group and outcome": u < np.where(small & ~passed, 0.55, 0.15),
        "its own group and outcome": u < np.where(small & ~passed, 0.55, 0.15),
    }


def people(rng, n=2095):
    """One recruitment with two further characteristics that go with the group."""
    small = rng.random(n) < 0.08
    religion = np.where(small, rng.random(n) < 0.7, rng.random(n) < 0.2)
    eta = -0.2 + EFFECT * small + 0.3 * religion
    return small, religion, rng.random(n) < 1 / (1 + np.exp(-eta))


def main(runs=RUNS):
    """Print the table."""
    rng = np.random.default_rng(20260102)
    found = {}
    for _ in range(runs):
        small, religion, passed = people(rng)
        for why, blank in mechanisms(rng.random(small.size), small, passed).items():
            own = why.startswith("its own")
            hidden, unsaid = blank & own, blank & ~own
            frame = pd.DataFrame(
                {
                    "applicant_id": range(small.size),
                    "ethnicity": np.where(hidden, "", np.where(small, "Black African", "White British")),
                    "religion": np.where(unsaid, "", np.where(religion, "Muslim", "Christian")),
                    "furthest_stage": np.where(passed, "eligible", "submitted"),
                }
            )
            counts = su.count_stages(frame)
            for missing in ("complete", "level", "em"):
                started = time.process_time()
                model = su.progression_model(
                    counts, "ethnicity + religion", gates="eligible", missing=missing
                )
                row = model.frame[model.frame["group"] == "Black African"].iloc[0]
                numbers = (row["estimate"], row["conf_low"], row["conf_high"], row["p_value"])
                found.setdefault((why, missing), []).append((*numbers, time.process_time() - started))
    print("| blank depends on | method | bias | covered | found | CPU s |")
    print("| --- | --- | --- | --- | --- | --- |")
    for (why, missing), rows in found.items():
        estimate, low, high, p_value, spent = np.array(rows).T
        covered = np.mean((low <= EFFECT) & (high >= EFFECT))
        print(
            f"| {why} | {missing} | {np.mean(estimate) - EFFECT:+.2f} | {covered:.0%} | "
            f"{np.mean(p_value < 0.05):.0%} | {np.mean(spent):.2f} |"
        )
    print(f"\n{runs} runs a row; one standard error of the bias is about {np.std(estimate) / runs**0.5:.2f}.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
