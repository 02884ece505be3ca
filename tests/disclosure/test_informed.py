"""A reader who runs the program keeps, of all tables that fit a print, those that would print the same."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.disclosure import Policy
from stepup_equity.shipped import shipped

Rows = tuple[tuple[str, int, int], ...]


def counts(rows: Rows) -> su.StageCounts:
    frame = pd.DataFrame([("gender", *row) for row in rows])
    return su.StageCounts.from_table(frame.set_axis(["characteristic", "group", "applied", "hired"], axis=1))


def printed(rows: Rows, policy: Policy) -> tuple[str, ...] | None:
    try:
        return tuple(su.protect(counts(rows), policy).frame["value"])
    except su.DisclosureError:
        return None


def alike(rows: Rows, policy: Policy) -> list[Rows]:
    """Tables of as many people that print the same, each run through the program."""
    people = sum(row[1] for row in rows)
    hired = sum(row[2] for row in rows)
    (first, a, x), (second, *_) = rows
    own = printed(rows, policy)
    assert own is not None
    moves = [(0, women - x) for women in range(hired + 1)]
    if policy.rounds:
        moves = list(itertools.product(range(-3, 4), repeat=2))
    tables = [((first, a + i, x + j), (second, people - a - i, hired - x - j)) for i, j in moves]
    possible = [table for table in tables if all(row[1] >= row[2] >= 0 for row in table)]
    return [table for table in possible if printed(table, policy) == own]


def test_hidden_numbers_withstand_a_reader_who_runs_the_program_or_are_refused():
    """Men 2 and women 7 of 9: had it been men 4 and women 5, nothing would be hidden."""
    policy = Policy(threshold=3, reader="informed")
    kept = alike((("Women", 12, 7), ("Men", 10, 2)), policy)
    values = [table[1][2] for table in kept]
    assert max(values) >= 3
    assert max(values) - min(values) >= policy.width


def test_what_the_program_gives_away_is_refused_with_what_withstands_it():
    rows = (("Women", 20, 11), ("Men", 17, 8), ("Other", 9, 4))
    with pytest.raises(su.DisclosureError) as caught:
        su.protect(counts(rows), Policy(threshold=10, mode="round", reader="informed"))
    said = str(caught.value)
    assert "from a reader who runs this program" in said
    assert "mode = 'nearest'" in said
    assert len(caught.value.cells)


def test_the_nearest_multiple_withstands_by_itself():
    policy = Policy(threshold=5, mode="nearest", reader="informed")
    rows = (("Women", 44, 21), ("Men", 39, 14))
    kept = alike(rows, policy)
    for at, stage in itertools.product((0, 1), (1, 2)):
        values = [table[at][stage] for table in kept]
        assert max(values) - min(values) >= policy.width
    people = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    assert su.protect(people, policy).publishable


def test_a_reader_is_one_of_two():
    with pytest.raises(su.ArgumentError, match=r"^reader='clever' is not known"):
        Policy(reader="clever")  # type: ignore[arg-type]
    assert 'reader = "informed"' in Policy(threshold=5, reader="informed").to_toml()
