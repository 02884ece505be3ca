"""Does `compare_cohorts` find a planted improvement, at its gate and nowhere else?

Two cohorts of the first cohort's size and pass rates. In the later one the impact ratio of one group at
screening rises from 0.5 to 0.95; nothing else changes but the number and mix of applicants. 500 seeds, and
500 without the improvement.

    python benchmarks/cohorts.py [SEEDS]

Last figures, 500 seeds, in `cohorts.md` beside this file.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

import stepup_equity as su

GROUPS = ("White", "Mixed", "Asian", "Black", "Other")
EARLIER, LATER = (1333, 90, 116, 215, 30), (1450, 130, 170, 280, 40)
STAGES = ("submitted", "eligible", "screened", "invited", "assessed", "offered", "accepted")
RATES = np.array([0.85, 0.46, 0.75, 0.42, 0.80, 0.93])
PLANTED = ("Black", "screened")
BEFORE, AFTER = 0.5, 0.95


def one_cohort(name: str, sizes: tuple[int, ...], ratio: float, rng: np.random.Generator) -> pd.DataFrame:
    """Reached at each stage, by group."""
    rates = np.tile(RATES, (len(GROUPS), 1))
    rates[GROUPS.index(PLANTED[0]), STAGES.index(PLANTED[1]) - 1] *= ratio
    reached = [rng.poisson(sizes)]
    for gate in range(len(RATES)):
        reached.append(rng.binomial(reached[-1], rates[:, gate]))
    table = pd.DataFrame(dict(zip(STAGES, reached, strict=True)))
    return table.assign(cohort=name, characteristic="ethnicity", group=GROUPS)


def compared(seed: int, after: float) -> object:
    """Two cohorts of one seed, compared."""
    rng = np.random.default_rng(seed)
    table = pd.concat([one_cohort("1", EARLIER, BEFORE, rng), one_cohort("2", LATER, after, rng)])
    return su.compare_cohorts(su.StageCounts.from_table(table))


def share(found: list[bool]) -> str:
    """A proportion of seeds with its Monte Carlo error."""
    p = float(np.mean(found))
    return f"{100 * p:5.1f} % (± {100 * np.sqrt(p * (1 - p) / len(found)):.1f})"


def main(seeds: int) -> None:
    """Print the figures."""
    hit, other, covered, false_share, three_way = [], [], [], [], []
    for seed in range(seeds):
        result = compared(seed, AFTER)
        frame = result.frame[result.frame["gate"] != "overall"]
        planted = (frame["group"] == PLANTED[0]) & (frame["gate"] == PLANTED[1])
        row = frame[planted].iloc[0]
        wrong = int(frame[~planted]["flagged"].sum())
        hit.append(row["verdict"] == "rose")
        other.append(wrong > 0)
        false_share.append(wrong / max(int(frame["flagged"].sum()), 1))
        covered.append(row["conf_low"] <= AFTER / BEFORE <= row["conf_high"])
        tests = result.tests.set_index("test")["p_value"]
        three_way.append(float(tests["cohort × group × gate"]) <= 0.05)
    print(f"planted improvement, {seeds} seeds, {frame['p_value'].notna().sum()} comparisons each")
    print(f"  found at its gate                        {share(hit)}")
    print(f"  any change found elsewhere               {share(other)}")
    print(f"  false discovery rate                     {100 * np.mean(false_share):5.1f} %")
    print(f"  95 % interval holds the true change      {share(covered)}")
    print(f"  cohort × group × gate test below 0.05    {share(three_way)}")
    any_flag, three_way, per_row, covered = [], [], [], []
    for seed in range(seeds, 2 * seeds):
        result = compared(seed, BEFORE)
        frame = result.frame[result.frame["gate"] != "overall"]
        any_flag.append(bool(frame["flagged"].any()))
        tests = result.tests.set_index("test")["p_value"]
        three_way.append(float(tests["cohort × group × gate"]) <= 0.05)
        per_row += (frame["p_value"].dropna() <= 0.05).tolist()
        known = frame.dropna(subset=["estimate"])
        covered += ((known["conf_low"] <= 1) & (known["conf_high"] >= 1)).tolist()
    print(f"no change, {seeds} seeds")
    print(f"  any change found                         {share(any_flag)}")
    print(f"  single rows with unadjusted p below 0.05 {share(per_row)}")
    print(f"  95 % interval holds 1                    {share(covered)}")
    print(f"  cohort × group × gate test below 0.05    {share(three_way)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
