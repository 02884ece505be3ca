"""Every search ends: a ledger and a second policy may ask for what cannot be, and the answer is a refusal."""

from __future__ import annotations

import ast
import contextlib
import itertools
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.process import programme_from_toml
from stepup_equity.shipped import shipped

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


REVIEWED = {
    "audit._all_at_once": "8 draws, then one cell at a time",
    "corrections._shown": "as many rounds as rows changed; each takes one back, or is the last",
    "informed.tables_that_fit": "400 tables times the counts of one; each turn fixes one or finds a table",
    "job.suppressed": "12 tries; each forbids the pattern that failed, or asks for more; all hidden ends it",
    "knowledge._one_order": "each round takes a stage off, or the releases contradict each other",
    "nesting._each_once": "5,000 steps; each ends a choice of ways or goes on with it",
    "past._deepest_first": "each round takes a sum off, all of them where none is ready",
    "search._integers": "3,000 solves; each adds a cut that the last answer violates, or ends its stage",
    "search._relax": "3,000 solves; each adds a cut, or is the last",
    "search._repaired": "as many rounds as cells; each hides one more, or all",
    "witnesses.told_by_witnesses": "20 rounds over counts not yet shown to be safe, 300 tables at most",
}
"""Every loop of the protection that is not over something fixed beforehand: its bound, and its progress."""


def test_every_loop_without_an_end_in_sight_has_been_reviewed():
    """A `while`, or a round that is only counted, has an entry above, and a line where its bounds stand."""
    folder = Path(su.__file__).parent / "disclosure"
    found = set()
    for path in sorted(folder.glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(map(endless, ast.walk(function))):
                found.add(f"{path.stem}.{function.name}")
    assert found == set(REVIEWED)
    listed = (Path(__file__).parents[2] / "benchmarks" / "disclosure.md").read_text()
    assert [name for name in REVIEWED if f"`{name}`" not in listed] == []


def endless(node: ast.AST) -> bool:
    """Whether a loop goes on until something happens: `while`, or rounds of which nobody asks the number."""
    rounds = isinstance(node, ast.For) and isinstance(node.iter, ast.Call)
    counted = rounds and getattr(node.iter.func, "id", "") == "range"
    return isinstance(node, ast.While) or (counted and getattr(node.target, "id", "") in ("_", "attempt"))


def test_a_second_release_where_a_warm_start_leads_nowhere():
    """Bounds a thousandth apart: primal simplex ended without an answer, and the release with a traceback."""
    people = {
        "b": {"F": (80, 60, 46), "M": (60, 46, 37), "X": (12, 10, 6)},
        "c": {"F": (80, 57, 42), "M": (60, 45, 27), "X": (12, 6, 2)},
    }
    rows = [
        (cohort, group, "accepted" if i < c else "shortlisted" if i < b else "submitted")
        for cohort, groups in people.items()
        for group, (a, b, c) in groups.items()
        for i in range(a)
    ]
    text = 'name = "p"\nlabel = "P"\n'
    text += 'stages = [{key = "submitted"}, {key = "shortlisted"}, {key = "accepted"}]\n'
    text += '[characteristics.g]\nlabel = "g"\ngroups = ["F", "M", "X"]\n'
    frame = pd.DataFrame(rows, columns=["cohort", "g", "furthest_stage"])
    records = su.read_applicants(frame, programme=programme_from_toml(text), check_ids=False)
    counts = su.count_stages(records)
    for policy in ("suppress10", su.Policy(threshold=5)):
        first = su.protect(counts, policy)
        assert su.protect(counts, policy, ledgers=[first]).frame.equals(first.frame)


def _crossed(**options: float) -> su.Release:
    counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    return su.protect(counts, "suppress10", by=[("gender", "orientation")], **options)


def test_a_search_out_of_time_does_not_hide_everything():
    """112 of 119: where a number could not rise by all it was to move, everything else was hidden."""
    hidden, numbers = _crossed(seconds=0.001).hidden
    assert (hidden, numbers) < (90, 119)


def test_a_search_ends_where_nobody_says_how_long(monkeypatch):
    """Three crossings of the first cohort searched on for minutes."""
    least = _crossed().hidden[0]
    monkeypatch.setattr("stepup_equity.disclosure.search._LOOKS", 0)
    first, again = _crossed(), _crossed()
    assert first.prints_as(again)
    assert least <= first.hidden[0] < 90
    assert first.gap > 0
    assert "of the least possible" in first.in_words
