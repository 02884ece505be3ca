"""Strangers against publications: made-up tables under every policy, and pairs one after the other.

Run ``python benchmarks/attackers.py [RELEASES] [SERIES] [SECONDS]`` from the top of the repository. Each
small count is attacked with the arithmetic of ``tests/disclosure/stranger.py``, which shares nothing with the
product. ``python benchmarks/attackers.py informed [TABLES]`` is the reader who runs the product: of tables
drawn from those that fit a print, it keeps those that print the same.
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


def informed(tables: int) -> None:
    """What a reader who runs the product gains under each policy; rounded tables are tried near by alone."""
    print("| policy | tables | small counts | of them shown to stay protected |")
    print("| --- | --- | --- | --- |")
    policies = {**POLICIES, "informed, nearest 5": Policy(threshold=5, mode="nearest", reader="informed")}
    policies["informed, threshold 3"] = Policy(threshold=3, reader="informed")
    for name, given in policies.items():
        policy = su.Policy.preset(given) if isinstance(given, str) else given
        made = small_ones = kept = 0
        for seed in range(10 * tables):
            if made == tables:
                break
            rng = np.random.default_rng([seed, 17])
            rows = _toy(rng)
            own = _values(rows, policy)
            if own is None:
                continue
            cells = [(at, s) for at in (0, 1) for s in (0, 1) if 0 < rows[at][s] < policy.threshold]
            if not cells:
                continue
            alike = [rows, *(other for other in _near(rows, policy, rng) if _values(other, policy) == own)]
            made += 1
            for at, s in cells:
                values = [table[at][s] for table in alike]
                small_ones += 1
                kept += safe(min(values), max(values), policy)
        print(f"| {name} | {made} | {small_ones} | {kept} |", flush=True)


Toy = tuple[tuple[int, int], tuple[int, int]]


def _toy(rng: np.random.Generator) -> Toy:
    """Two groups, two stages, some numbers small."""
    first, second = (int(n) for n in rng.integers(12, 60, 2))
    return (first, int(rng.integers(1, first))), (second, int(rng.integers(1, min(second, 9))))


def _near(rows: Toy, policy: Policy, rng: np.random.Generator) -> list[Toy]:
    """Tables that may fit: every one that keeps the totals, or near ones where counts are rounded."""
    (a, x), (b, y) = rows
    if not policy.rounds:
        return [((a, i), (b, x + y - i)) for i in range(x + y + 1) if i <= a and x + y - i <= b]
    steps = np.arange(1 - policy.round_base, policy.round_base)
    one = np.vstack([np.outer(steps, axis) for axis in np.eye(4, dtype=int)])
    two = one[rng.integers(0, len(one), 60)] + one[rng.integers(0, len(one), 60)]
    moves = np.unique(np.vstack([one, two]), axis=0)
    found = [((a + p, x + q), (b + r, y + s)) for p, q, r, s in moves.tolist()]
    return [table for table in found if all(n >= m >= 0 and n > 0 for n, m in table)]


def _values(rows: Toy, policy: Policy) -> tuple[str, ...] | None:
    frame = pd.DataFrame([("x", "g0", *rows[0]), ("x", "g1", *rows[1])])
    frame.columns = pd.Index(["characteristic", "group", "s0", "s1"])
    try:
        return tuple(su.protect(su.StageCounts.from_table(frame), policy).frame["value"])
    except su.DisclosureError:
        return None


def main(many: int, pairs: int, seconds: float) -> None:
    start = time.monotonic()
    tried: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    for seed in range(10 * (many + pairs)):
        alone = tried.total() - tried["series"]
        if time.monotonic() - start > seconds or (alone >= many and tried["series"] >= pairs):
            break
        if (tried["series"] >= pairs) if seed % 3 == 0 else (alone >= many):
            continue
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
    if sys.argv[1:2] == ["informed"]:
        informed(int(sys.argv[2]) if len(sys.argv) > 2 else 10)
    else:
        numbers = [float(text) for text in sys.argv[1:]]
        many, pairs, limit = [*numbers, *[1000.0, 500.0, 1e9][len(numbers) :]]
        main(int(many), int(pairs), limit)
