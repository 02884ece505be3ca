"""Where rows are applications, each person once is counted beside them, and says what the tests rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.process import programme_from_toml

if TYPE_CHECKING:
    from stepup_equity.counts import StageCounts

PROGRAMME = programme_from_toml(
    'name = "own"\nstages = [{ key = "applied" }, { key = "interview" }, { key = "hired" }]\n'
    '[characteristics.gender]\nlabel = "Gender"\ngroups = ["Female", "Male"]\nreference = "Male"\n'
    '[strata.job]\n[reading]\napplicant_id = ["person", "job"]\nunit = "applications"\n'
)
ROWS = [
    ("P1", "J1", "Female", "applied", "2023"),
    ("P1", "J2", "Female", "hired", "2023"),
    ("P1", "J3", "Female", "interview", "2024"),
    ("P2", "J1", "Male", "interview", "2023"),
    ("P2", "J2", "Male", "applied", "2023"),
    ("P3", "J1", "Male", "applied", "2024"),
]
NAMES = ["person", "job", "gender", "furthest_stage", "cohort"]


def counted(rows: list[tuple[str, ...]]) -> StageCounts:
    frame = pd.DataFrame(rows, columns=NAMES)
    return su.count_stages(su.read_applicants(frame, programme=PROGRAMME))


def test_each_person_counts_once_in_a_cohort_by_what_got_furthest() -> None:
    for rows in (ROWS, ROWS[::-1]):
        counts = counted(rows)
        assert (counts.people, counts.each_person.people) == (6, 4)
        assert counts.each_person.funnel("gender").reached.tolist() == [[2, 2, 1], [2, 1, 0]]
        one = counts.only({"cohort": "2023"})
        assert (one.people, one.each_person.people) == (4, 2)


def test_nothing_is_said_where_everybody_applied_once() -> None:
    counts = counted([row for row in ROWS if row[1] == "J1"])
    assert counts.each_person is None


def many(times: int) -> StageCounts:
    """People of whom women apply as often as given, and always end alike."""
    rng = np.random.default_rng(1)
    rows = []
    for i in range(120):
        woman = i % 2 == 0
        end = "hired" if rng.random() < (0.3 if woman else 0.6) else "applied"
        rows += [(f"P{i}", f"J{k}", "Female" if woman else "Male", end, "2024") for k in range(times)]
    return counted(rows)


@pytest.mark.parametrize("times", [1, 6])
def test_an_edge_that_rests_on_repeats_is_named(times: int) -> None:
    counts = many(times)
    notes = " ".join(su.cliff_edges(counts, by="gender").notes)
    assert ("With each person counted once" in notes) == (times > 1)
    if times > 1:
        once = su.cliff_edges(counts.each_person, by="gender").frame["flagged"]
        all_of_them = su.cliff_edges(counts, by="gender").frame["flagged"]
        assert (
            f"{int((once & all_of_them).sum())} of the {int(all_of_them.sum())} cliff edges remain" in notes
        )
