"""Every search ends: a ledger and a second policy may ask for what cannot be, and the answer is a refusal."""

from __future__ import annotations

import contextlib
import itertools
import time
import warnings

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su

POLICIES = ("suppress10", "tre", "nhs", "ofqual", "hesa", "ofs", "publish")


def pair_ends(counts: su.StageCounts, one: str, other: str) -> float:
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(su.DisclosureError):
            su.protect(counts, other, ledgers=[su.protect(counts, one)])
    return time.process_time() - start


def test_three_rows_and_two_stages_under_two_policies_one_after_the_other():
    """This never ended: more was asked for than hiding everything could give."""
    rows = [("age", "Under 30", 56, 22), ("age", "30 to 44", 68, 33), ("age", "45 and over", 49, 23)]
    frame = pd.DataFrame(rows, columns=["characteristic", "group", "applied", "appointed"])
    counts = su.StageCounts.from_table(frame)
    for one, other in itertools.product(("nhs", "tre", "hesa"), ("ofs", "tre")):
        assert pair_ends(counts, one, other) < 20


@pytest.mark.parametrize("seed", range(6))
def test_random_tables_under_two_policies(seed):
    rng = np.random.default_rng(seed)
    rows = []
    for group in range(int(rng.integers(2, 5))):
        line = [int(rng.choice([4, 9, 25, 70])) + int(rng.integers(0, 12))]
        for _ in range(int(rng.integers(1, 3))):
            line.append(int(rng.binomial(line[-1], rng.uniform(0.3, 0.9))))
        rows.append(["x", f"g{group}", *line][:4])
    n = min(len(row) for row in rows)
    frame = pd.DataFrame([row[:n] for row in rows]).rename(columns={0: "characteristic", 1: "group"})
    counts = su.StageCounts.from_table(frame.rename(columns={2: "applied", 3: "appointed"}))
    one, other = rng.choice(POLICIES, 2)
    assert pair_ends(counts, str(one), str(other)) < 20
