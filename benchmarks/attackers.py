"""Strangers against publications: made-up tables under every policy, and pairs one after the other.

Run ``python benchmarks/attackers.py [RELEASES] [SECONDS]`` from the top of the repository. Each small count
is attacked with the arithmetic of ``tests/disclosure/stranger.py``, which shares nothing with the product.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.disclosure.stranger import Stranger, small

import stepup_equity as su
from stepup_equity.disclosure import Policy

POLICIES: dict[str, str | Policy] = {
    "publish": "publish", "hesa": "hesa", "suppress10": "suppress10", "threshold 5": Policy(threshold=5),
    "tre": "tre", "nhs": "nhs", "ofqual": "ofqual", "ofs": "ofs",
}  # fmt: skip


def table(seed: int) -> su.StageCounts:
    """Two characteristics of the same people, a few groups each, two to four stages; sometimes a flag."""
    rng = np.random.default_rng(seed)
    n_stages = int(rng.integers(2, 5))
    n_people = int(rng.choice([60, 150, 400, 1200]))
    ended = np.minimum(rng.geometric(0.45, n_people) - 1, n_stages - 1)
    columns = {"stage": ended}
    for name in ("x", "y"):
        shares = rng.dirichlet(np.ones(int(rng.integers(2, 6))))
        columns[name] = rng.choice(len(shares), n_people, p=shares)
    if rng.random() < 0.4:
        columns["flag"] = (columns["x"] > 0).astype(int)
    rows = []
    for name in [column for column in columns if column != "stage"]:
        for group in np.unique(columns[name]):
            mine = columns[name] == group
            reached = [int((mine & (ended >= s)).sum()) for s in range(n_stages)]
            rows.append((name, f"{name}{group}", *reached))
    names = ["characteristic", "group", *(f"s{s}" for s in range(n_stages))]
    return su.StageCounts.from_table(pd.DataFrame(rows, columns=names))


def safe(low: int, high: int, policy: Policy) -> bool:
    """What the policy promises."""
    if policy.shows_all:
        return high - low >= policy.width
    return high >= policy.threshold and high - low >= policy.threshold - 1


def stranger_of(*releases: su.Release) -> Stranger:
    stranger = Stranger()
    for release in releases:
        policy = release.policy
        stranger.read(
            release.frame,
            base=policy.round_base if policy.rounds else 0,
            nearest=policy.mode != "round",
            presence=not release.layout.listed,
        )
    frame = releases[-1].frame
    keys = {key[2]: key for key, _, _ in stranger.place}
    flags = [key for key in keys if key.startswith("flag")]
    if len(flags) == 2 and "x0" in keys:
        stages = list(dict.fromkeys(frame["stage"]))
        stranger.knows(keys["flag0"], [keys["x0"]], stages)
    return stranger


def main(most: int, seconds: float) -> None:
    start = time.monotonic()
    tried: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for seed in range(most):
        if time.monotonic() - start > seconds:
            break
        rng = np.random.default_rng(seed + 10**6)
        one, other = (str(name) for name in rng.choice(list(POLICIES), 2))
        counts = table(seed)
        label = one if seed % 3 else f"{one}, then {other}"
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            try:
                releases = [su.protect(counts, POLICIES[one])]
                if seed % 3 == 0:
                    releases.append(su.protect(counts, POLICIES[other], ledgers=releases))
            except (su.DisclosureError, UserWarning):
                refused["series" if seed % 3 == 0 else label] += 1
                continue
        policy = releases[-1].policy
        kind = "series" if seed % 3 == 0 else label
        tried[kind] += 1
        stranger = stranger_of(*releases)
        for cell in small(counts, policy.threshold):
            low, high = stranger.interval(cell)
            cells[kind] += 1
            if not safe(low, high, policy):
                broken[kind] += 1
                print(f"below the promise: seed {seed}, {label}: {cell} is {low} to {high}", file=sys.stderr)
    print("| policy | releases | refused | small counts attacked | below the promise |")
    print("| --- | --- | --- | --- | --- |")
    for kind in sorted(set(tried) | set(refused)):
        print(f"| {kind} | {tried[kind]} | {refused[kind]} | {cells[kind]:,} | {broken[kind]} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, float(sys.argv[2]) if len(sys.argv) > 2 else 1e9)
