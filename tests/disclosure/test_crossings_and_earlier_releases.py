"""What crossings, protected zeros and earlier releases could give away between them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.disclosure.stranger import Stranger

import stepup_equity as su
from stepup_equity.disclosure import Policy, Release, audit
from stepup_equity.process import programme_from_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAMME = """
name = "p"
label = "P"
stages = [{key = "s0"}, {key = "s1"}, {key = "s2"}]
[characteristics.gender]
optional = true
groups = ["F", "M"]
[characteristics.disability]
optional = true
groups = ["No", "Yes"]
[characteristics.age]
optional = true
groups = ["20s", "30s", "40s", "50s"]
[characteristics.kind]
optional = true
groups = ["A", "B", "C", "D"]
"""


def counts_of(
    people: Mapping[tuple[str, ...], tuple[int, int, int]], names: Sequence[str], **also: str
) -> su.StageCounts:
    """Counts of made-up people: how many of each kind reached each stage."""
    rows = [
        dict(zip(names, kind, strict=True))
        | {"furthest_stage": "s2" if i < c else "s1" if i < b else "s0"}
        | also
        for kind, (a, b, c) in people.items()
        for i in range(a)
    ]
    programme = programme_from_toml(PROGRAMME)
    return su.count_stages(su.read_applicants(pd.DataFrame(rows), programme=programme, check_ids=False))


CROSSED = {
    ("F", "No", "20s"): (23, 15, 11),
    ("F", "No", "30s"): (20, 12, 9),
    ("F", "No", "40s"): (30, 18, 14),
    ("F", "Yes", "20s"): (3, 2, 0),
    ("M", "No", "20s"): (30, 21, 15),
    ("M", "No", "30s"): (30, 20, 15),
    ("M", "No", "50s"): (50, 31, 24),
    ("M", "Yes", "20s"): (20, 9, 0),
    ("M", "Yes", "40s"): (20, 11, 0),
}
NAMES = ("gender", "disability", "age")
SMALL = Policy(threshold=5)


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return counts_of(CROSSED, NAMES)


def together(*releases: Release) -> bool:
    """Whether somebody who reads all of them can work out nothing that the last one's policy protects."""
    return audit([release.ledger() for release in releases], releases[-1].policy).holds


def test_a_crossing_comes_with_both_its_margins(counts: su.StageCounts) -> None:
    release = su.protect(counts, SMALL, by=[("gender", "disability"), ("gender", "age")])
    assert release.characteristics == (
        "gender", "disability", "gender × disability", "age", "gender × age",
    )  # fmt: skip
    assert together(release)
    inside = su.protect(counts, "internal", by=[("gender", "disability")])
    assert inside.characteristics == ("gender × disability",)


def test_three_women_are_no_difference_of_two_crossings(counts: su.StageCounts) -> None:
    """Women aged 20 to 49 are 76; less the 73 without a disability they would be 3."""
    release = su.protect(counts, SMALL, by=[("gender", "disability"), ("gender", "age")])
    printed = release.table("gender × disability")
    applied = dict(zip(printed.groups, printed.measures["reached"].text[:, 0], strict=True))
    assert applied["F × Yes"] == "[c]"
    women = release.table("gender").measures["reached"].text[0, 0]
    assert "[c]" in (applied["F × No"], women)


WAYS = {
    "margin": ["gender"],
    "crossing": [("gender", "disability")],
    "another crossing": [("gender", "age")],
    "reversed": [("disability", "gender")],
    "all": ["gender", "age", ("gender", "disability")],
}


@pytest.mark.parametrize("first", WAYS)
@pytest.mark.parametrize("second", WAYS)
def test_two_releases_one_after_the_other(first: str, second: str, counts: su.StageCounts) -> None:
    one = su.protect(counts, SMALL, by=WAYS[first])
    other = su.protect(counts, SMALL, by=WAYS[second], ledgers=[one])
    assert together(one, other)


def test_a_merge_may_not_tear_a_crossing(counts: su.StageCounts) -> None:
    merge = {"age": {"young": ["20s", "30s"]}}
    with pytest.raises(su.ArgumentError) as refused:
        su.protect(counts, SMALL, by=[("age", "gender")], merge=merge)
    assert str(refused.value) == (
        "merge puts groups of 'age' together, which the crossing 'age × gender' keeps apart. Leave out the "
        "crossing or the merge."
    )


def test_a_missing_row_is_no_zero_where_zeros_are_protected() -> None:
    people = {("F", "No"): (160, 90, 60), ("F", "Yes"): (145, 80, 50), ("M", "No"): (160, 90, 60)}
    release = su.protect(counts_of(people, NAMES[:2]), "tre", by=[("gender", "disability")])
    crossing = release.table("gender × disability")
    assert len(crossing.groups) == 9
    assert crossing.measures["reached"].text[crossing.groups.index("M × Yes"), 0] == "[c]"
    gender = release.table("gender")
    assert gender.groups[-1] == "Not stated"
    assert gender.measures["reached"].text[-1, 0] == "[c]"


def test_protected_zeros_of_an_earlier_release_are_not_public() -> None:
    """Nobody is in A or D, and 7 of B leave at once."""
    counts = counts_of({("B",): (79, 72, 28), ("C",): (151, 140, 65)}, ["kind"])
    one = su.protect(counts, "tre", by=["kind"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        other = su.protect(counts, "suppress10", by=["kind"], ledgers=[one])
    table = other.table("kind")
    left = table.measures["reached"].text[table.groups.index("B")]
    assert "[c]" in left[:2]


def test_a_cohort_without_a_label_is_not_taken_for_another() -> None:
    people = {("A",): (30, 20, 10), ("B",): (40, 20, 10), ("C",): (60, 30, 15)}
    without, named = counts_of(people, ["kind"]), counts_of(people, ["kind"], cohort="2010")
    naming = "name its cohort with ledger.with_cohort('NAME') or --ledger-label NAME, "
    for first, second, words, way in (
        (without, named, "has a cohort without a label, and these counts have labels", naming),
        (named, without, "has labels of cohorts, and these counts have none", ""),
    ):
        one = su.protect(first, SMALL, by=["kind"])
        with pytest.raises(su.ArgumentError) as refused:
            su.protect(second, SMALL, by=["kind"], ledgers=[one])
        assert str(refused.value) == (
            f"The ledger of 'P' {words}, so nobody can tell whether they are the same people. Read both with "
            f"the same cohort column, {way}or leave the ledger out where they are others."
        )
    ledger = su.protect(without, SMALL, by=["kind"]).ledger()
    su.protect(named, SMALL, by=["kind"], ledgers=[ledger.with_cohort("2010")])


def test_releases_that_leave_out_different_stages(counts: su.StageCounts) -> None:
    one = su.protect(counts, SMALL, by=["gender"], drop_stages=["s1"])
    other = su.protect(counts, SMALL, by=["gender"], drop_stages=["s2"], ledgers=[one])
    assert other.layout.stages == ("s0", "s1")


def test_whoever_left_over_two_gates_of_which_one_was_printed_before():
    """Of ten people in y3 four left at each gate; two rounded tables and an exact ten made that 6 to 10."""
    rows = [("y", "y0", 21, 13, 7), ("y", "y1", 79, 44, 25), ("y", "y2", 40, 22, 14), ("y", "y3", 10, 6, 2)]
    frame = pd.DataFrame(rows, columns=["characteristic", "group", "s0", "s1", "s2"])
    counts = su.StageCounts.from_table(frame)
    first = su.protect(counts, "publish")
    with pytest.warns(UserWarning, match="have already given away"):
        second = su.protect(counts, "tre", drop_stages=["s1"], ledgers=[first])
    stranger = Stranger()
    stranger.read(first.frame, base=5, presence=False)
    stranger.read(second.frame, presence=False)
    low, high = stranger.interval((("", "y", "y3", ""), "s0", "left before s2"))
    assert high >= 10
    assert high - low >= 9
