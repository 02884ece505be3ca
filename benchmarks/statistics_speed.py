"""All chi-squared tests and all pairwise intervals of six characteristics at six gates, from counts.

    python benchmarks/statistics_speed.py

Prints the best and the median of 200 runs after import. The sizes are those of a first cohort: 1,750 who
stated a group, 16 ethnic groups, 9 religions, 7 age bands, 4 orientations and two pairs.

Last figures, one thread of a shared two-core machine: best 7.9 ms, median 8.3 ms.
"""

from __future__ import annotations

import statistics as timing
import time

import numpy as np

from stepup_equity import statistics as s

GROUPS = {"age_band": 7, "ethnicity": 16, "gender": 2, "religion": 9, "disability": 2, "orientation": 4}
PASS_RATES = (0.85, 0.45, 0.75, 0.42, 0.80, 0.94)


def counts() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Entered and passed of every group at every gate, and the row of each group's reference."""
    rng = np.random.default_rng(2010)
    entered, passed, reference = [], [], []
    for groups in GROUPS.values():
        people = rng.multinomial(1750, rng.dirichlet(np.r_[20.0, np.full(groups - 1, 1.0)]))
        first = len(entered)
        for n in people:
            reached = [n]
            for rate in PASS_RATES:
                reached.append(int(rng.binomial(reached[-1], rate)))
            entered.append(reached[:-1])
            passed.append(reached[1:])
            reference.append(first)
    return np.array(entered), np.array(passed), np.array(reference)


def everything(entered: np.ndarray, passed: np.ndarray, reference: np.ndarray) -> None:
    tables = np.zeros((len(GROUPS), len(PASS_RATES), max(GROUPS.values()), 2))
    first = 0
    for i, groups in enumerate(GROUPS.values()):
        rows = slice(first, first + groups)
        tables[i, :, :groups, 0] = passed[rows].T
        tables[i, :, :groups, 1] = (entered[rows] - passed[rows]).T
        first += groups
    s.chi_squared(tables)
    s.wilson_interval(passed, entered)
    four = (passed, entered, passed[reference], entered[reference])
    s.score_ratio_interval(*four)
    s.score_difference_interval(*four)
    s.score_odds_ratio_interval(*four)
    s.two_group_p(*four)


def main() -> None:
    data = counts()
    everything(*data)
    seconds = []
    for _ in range(200):
        start = time.perf_counter()
        everything(*data)
        seconds.append(time.perf_counter() - start)
    rows = data[0].size
    print(
        f"36 chi-squared tests; {rows} rates, ratios, differences and odds ratios with intervals, and their "
        f"tests: best {1000 * min(seconds):.1f} ms, median {1000 * timing.median(seconds):.1f} ms"
    )


if __name__ == "__main__":
    main()
