"""Every pair of publications ends: a policy, its ledger, and another policy of the same people.

    python benchmarks/publication_pairs.py [PAIRS] [DONE.csv]

Tables are toys, drawn by seed: two to four groups, two or three stages, counts from 4 to 80. A pair ends in a
release or in a refusal. Printed are the pairs that ended, the longest of them in seconds of processor time,
and how they ended; the script fails where one takes more than a minute. With a second argument each pair is
noted there as it ends, and a later run goes on from it.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

import stepup_equity as su
from stepup_equity.disclosure import Policy

POLICIES: tuple[str | Policy, ...] = (
    "publish", "hesa", "suppress10", "tre", "nhs", "ofqual", "ofs",
    Policy(threshold=5), Policy(threshold=3, zeros="protect"), Policy(threshold=5, protect_left=False),
    Policy(threshold=5, width=9), Policy(threshold=10, mode="round"), Policy(threshold=5, totals="hide"),
)  # fmt: skip


def table(rng: np.random.Generator) -> su.StageCounts:
    """Two to four groups, two or three stages."""
    n_stages = int(rng.integers(2, 4))
    rows = []
    for group in range(int(rng.integers(2, 5))):
        line = [int(rng.choice([4, 9, 25, 70])) + int(rng.integers(0, 12))]
        for _ in range(n_stages - 1):
            line.append(int(rng.binomial(line[-1], rng.uniform(0.3, 0.9))))
        rows.append(("x", f"g{group}", *line))
    return su.StageCounts.from_table(
        pd.DataFrame(rows, columns=["characteristic", "group", *(f"s{i}" for i in range(n_stages))])
    )


def pair(seed: int) -> tuple[str, float]:
    """How a pair ends, and its seconds of processor time."""
    rng = np.random.default_rng(seed)
    counts = table(rng)
    one, other = (POLICIES[i] for i in rng.integers(0, len(POLICIES), 2))
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            first = su.protect(counts, one)
        except su.DisclosureError:
            return "first refused", time.process_time() - start
        try:
            su.protect(counts, other, ledgers=[first])
        except su.DisclosureError:
            return "second refused", time.process_time() - start
    return "both released", time.process_time() - start


def noted(done: Path) -> list[tuple[int, str, float]]:
    """Pairs of an earlier run: seed, how it ended, seconds."""
    lines = done.read_text().splitlines() if done.exists() else []
    return [(int(seed), how, float(took)) for seed, how, took in (line.split(",") for line in lines)]


def main(pairs: int, done: Path | None) -> None:
    known = {seed: (how, took) for seed, how, took in (noted(done) if done else []) if seed < pairs}
    for seed in range(pairs):
        if seed in known:
            continue
        known[seed] = pair(seed)
        if done:
            with done.open("a") as file:
                file.write(f"{seed},{known[seed][0]},{known[seed][1]:.3f}\n")
    ended = Counter(how for how, _ in known.values())
    slowest = max(known, key=lambda seed: known[seed][1])
    longest = known[slowest][1]
    print("| pairs | both released | second refused | first refused | longest, seconds (seed) | all |")
    print("| --- | --- | --- | --- | --- | --- |")
    print(
        f"| {len(known):,} | {ended['both released']:,} | {ended['second refused']:,} | "
        f"{ended['first refused']:,} | {longest:.1f} ({slowest}) | {sum(t for _, t in known.values()):,.0f} |"
    )
    if longest > 60:
        raise SystemExit("A pair took more than a minute.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
