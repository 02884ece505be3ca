"""Coverage of adjusted ratios and rates, and whether any interval contradicts its test.

``python benchmarks/adjusted.py [RUNS [ROWS]]`` prints the table of `adjusted.md`: the coverage with so many
runs a setting, then at least so many rows of random models in which interval and test are set beside each
other; seeded, one process. ``python benchmarks/adjusted.py enumerate`` prints the table without simulation:
every way in which a group of 5 or 10 can pass.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import pandas as pd
from scipy.stats import binom

import stepup_equity as su
from stepup_equity.statistics import score_ratio_interval

RUNS, ROWS = 400, 10_000
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


def three_points(n, p):
    """A large group's passes as three numbers with weights: mean and spread of the binomial are kept."""
    mean, reach = n * p, (3.0 * n * p * (1.0 - p)) ** 0.5
    return [(round(mean - reach), 1 / 6), (round(mean), 2 / 3), (round(mean + reach), 1 / 6)]


def counted(cells):
    """Counts of people by group and region, so many of them passed."""
    rows = [
        (ethnicity, gender, stage)
        for (ethnicity, gender), (n, passed) in cells.items()
        for stage, times in (("eligible", passed), ("submitted", n - passed))
        for _ in range(times)
    ]
    frame = pd.DataFrame(rows, columns=["ethnicity", "gender", "furthest_stage"])
    return su.count_stages(frame.assign(applicant_id=range(len(frame))))


def every_way(size, rate, ratio):
    """Chance that the interval covers, lies above and lies below the true ratio; of rates, that it covers.

    Six in ten of the group and 120 of the 400 others are in the harder region; every number of passes of the
    group counts with its chance.
    """
    bad, good, far = 0.7 * rate, 1.15 * rate, round(0.6 * size)
    harder = (120 + far) / (400 + size)
    base = ratio * (harder * bad + (1.0 - harder) * good)
    found = np.zeros(4)
    for others_far, weight_far in three_points(120, bad):
        for others_near, weight_near in three_points(280, good):
            for a in range(far + 1):
                for b in range(size - far + 1):
                    chance = binom.pmf(a, far, ratio * bad) * binom.pmf(b, size - far, ratio * good)
                    chance *= weight_far * weight_near
                    if chance < 1e-6:
                        continue
                    cells = {
                        ("Indian", "Male"): (far, a),
                        ("Indian", "Female"): (size - far, b),
                        ("White British", "Male"): (120, others_far),
                        ("White British", "Female"): (280, others_near),
                    }
                    model = su.progression_model(counted(cells), "ethnicity + gender", gates="eligible")
                    row = model.adjusted[model.adjusted["group"] == "Indian"].iloc[0]
                    above, below = row["ratio_low"] > ratio, row["ratio_high"] < ratio
                    found += chance * np.array(
                        [not above and not below, above, below, row["rate_low"] <= base <= row["rate_high"]]
                    )
    return found


def score_coverage(size, rate, ratio):
    """Chance that the score interval of the crude ratio (Miettinen and Nurminen) covers it: every table."""
    p, q = ratio * rate * (0.6 * 0.7 + 0.4 * 1.15), rate * (0.3 * 0.7 + 0.7 * 1.15)
    x, y = (axis.ravel() for axis in np.indices((size + 1, 401)))
    chance = binom.pmf(x, size, p) * binom.pmf(y, 400, q)
    some = chance > 1e-10
    found = score_ratio_interval(x[some], np.full(some.sum(), size), y[some], np.full(some.sum(), 400))
    return float(chance[some] @ ((found.low <= p / q) & (found.high >= p / q)))


def reachable(chances):
    """The coverage nearest 95 % that leaving out the lowest and the highest numbers of passes can have.

    With everything else known, an interval with limits that rise with the passes holds the true ratio for one
    run of numbers. Where no run has a chance between 92 and 98 %, no such interval is within them.
    """
    last = chances.size
    runs = [chances[low : high + 1].sum() for low in range(last) for high in range(low, last)]
    return min((run for run in runs if 0.92 <= run <= 0.98), key=lambda run: abs(run - 0.95), default=None)


def passes(size, rate, ratio):
    """Chance of each number of passes of the small group, 60 % of it in the harder region."""
    far = round(0.6 * size)
    return np.convolve(
        binom.pmf(range(far + 1), far, ratio * 0.7 * rate),
        binom.pmf(range(size - far + 1), size - far, ratio * 1.15 * rate),
    )


def enumerated():
    """Print the coverage of small groups without simulation."""
    started = time.process_time()
    print(
        "| people | rate | ratio | covered | missed, above | missed, below | nobody passes | rate covered | "
        "score interval, crude | any interval within 92 to 98 % |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for size in SIZES[:2]:
        for rate in RATES:
            for ratio in RATIOS:
                covered, above, below, of_rate = every_way(size, rate, ratio)
                chances = passes(size, rate, ratio)
                numbers = (covered, above, below, chances[0], of_rate, score_coverage(size, rate, ratio))
                told = " | ".join(f"{x:.1%}" for x in numbers)
                nearest = reachable(chances)
                could = "**none**" if nearest is None else f"{nearest:.1%}"
                print(f"| {size} | {rate} | {ratio} | {told} | {could} |", flush=True)
    print(f"\n{time.process_time() - started:.0f} CPU s")


def random_model(rng):
    """Two to four characteristics of two to five groups, 30 to 600 people, rates from near 0 to near 1."""
    n = int(rng.integers(30, 600))
    groups = {
        "ethnicity": ("White British", "White Irish", "Indian", "Pakistani", "Chinese"),
        "religion": ("Christian", "No religion", "Muslim", "Hindu"),
        "gender": ("Female", "Male"),
        "age_band": ("20-24", "25-29", "30-34"),
    }
    chosen = list(rng.permutation(list(groups))[: int(rng.integers(2, 5))])
    eta, frame = np.full(n, rng.normal(0.0, 1.5)), {"applicant_id": np.arange(n)}
    for name in chosen:
        labels = groups[name]
        code = rng.choice(len(labels), n, p=rng.dirichlet(np.full(len(labels), 0.8)))
        frame[name] = np.array(labels)[code]
        eta = eta + rng.normal(0.0, 0.8, len(labels))[code]
    passed = rng.random(n) < 1.0 / (1.0 + np.exp(-eta))
    frame["furthest_stage"] = np.where(passed, "eligible", "submitted")
    told = [name for name in chosen if len(set(frame[name])) > 1]
    if len(told) < 2:
        return None
    return su.progression_model(su.count_stages(pd.DataFrame(frame)), " + ".join(told), gates="eligible")


def random_rows(rng, wanted):
    """Rows with an interval and a test, those that contradict each other, and those without limits."""
    rows = wrong = unfound = 0
    while rows < wanted:
        model = random_model(rng)
        if model is None:
            continue
        for frame, low, high, p_value, null in (
            (model.frame, "conf_low", "conf_high", "p_value", 0.0),
            (model.adjusted, "ratio_low", "ratio_high", "ratio_p_value", 1.0),
        ):
            tested = frame.dropna(subset=[p_value])
            found = tested.dropna(subset=[low, high], how="all")
            outside = (found[low] > null) | (found[high] < null)
            wrong += int((outside != (found[p_value] < 0.05)).sum())
            rows, unfound = rows + len(found), unfound + len(tested) - len(found)
    return rows, wrong, unfound


def main(runs=RUNS, wanted=ROWS):
    """Print the tables."""
    started, rng = time.process_time(), np.random.default_rng(20260101)
    print("| people | rate | ratio | ratio covered | rate covered | contradictions | rows |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    every, total = 0, 0
    for size in SIZES:
        for rate in RATES:
            for ratio in RATIOS:
                of_ratio, of_rate, wrong, rows = one_setting(rng, size, rate, ratio, runs)
                every, total = every + wrong, total + rows
                print(
                    f"| {size} | {rate} | {ratio} | {of_ratio:.1%} | {of_rate:.1%} | {wrong} | {rows} |",
                    flush=True,
                )
    spent = time.process_time() - started
    print(f"\n{runs} runs a row; {every} contradictions in {total} rows; {spent:.0f} CPU s", flush=True)
    rows, wrong, unfound = random_rows(rng, wanted)
    spent = time.process_time() - started
    print(
        f"{wrong} contradictions in {rows} rows of random models; {unfound} more rows have a test and no "
        f"limits; {spent:.0f} CPU s together"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["enumerate"]:
        enumerated()
    else:
        main(*(int(word) for word in sys.argv[1:3]))
