"""Inputs that were once answered differently by different doors: what the findings must say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.counts import open_counts
from stepup_equity.findings.comparison import Groups
from stepup_equity.shipped import shipped
from tests.findings.funnels import published, row

if TYPE_CHECKING:
    from stepup_equity.findings import CliffEdges

TWELVE = {
    "White": (3000, 2605, 2300, 2019, 1772, 1558, 1367, 1194, 1058, 918, 816, 721),
    "Asian": (800, 697, 630, 532, 421, 348, 299, 238, 217, 195, 165, 141),
    "Black": (500, 444, 377, 282, 213, 183, 158, 125, 107, 90, 79, 65),
    "Mixed": (200, 183, 169, 154, 136, 122, 111, 95, 89, 78, 71, 61),
    "Other": (100, 94, 84, 65, 54, 45, 39, 32, 30, 26, 25, 21),
}


def both_sides(reference: str | None) -> CliffEdges:
    counts = published(
        {"Women": (600, 180, 60), "Men": (400, 200, 68)},
        characteristic="sex",
        stages=("applied", "shortlisted", "appointed"),
    )
    return su.cliff_edges(counts, reference=reference)


@pytest.mark.parametrize("reference", [None, "Women", "Men"])
def test_the_larger_group_may_be_the_one_behind(reference: str | None) -> None:
    cliffs = both_sides(reference)
    edge = cliffs.flagged.iloc[0]
    assert (len(cliffs.flagged), edge["gate"], edge["behind"]) == (1, "shortlisted", "Women")
    assert edge["p_adjusted"] == edge["q"] <= 0.05
    assert edge["sentence"] == (
        "At the gate “shortlisted” 30% of the 600 women passed, against 50% of the 400 men: 0.60 times the "
        "rate "
        "(0.51 to 0.70); 120 more would have passed at the rate of men."
    )
    assert cliffs.headline == (
        "sex; over the whole way Women at 0.59 times the rate of men; 1 cliff edge in 2 comparisons: Women "
        "at "
        "the gate “shortlisted” (0.60)"
    )
    assert cliffs.any_flagged
    whole = cliffs.whole_way.iloc[0]
    assert (whole["behind"], whole["verdict"]) == ("Women", "behind" if reference == "Men" else "ahead")
    assert whole["sentence"] == "60 of 600 women got to the end; at the rate of men 102 would have."


@pytest.mark.parametrize("reference", [None, "Women", "Men"])
def test_both_sides_of_the_shipped_admissions_are_told_from_whoever_is_behind(reference: str | None) -> None:
    """Men fall behind at admission, women at enrolment and over the whole way: whoever is the reference."""
    counts = open_counts(shipped("examples/ipeds_adm2021_sex.csv")).counts
    cliffs = su.cliff_edges(counts, reference=reference)
    frame = cliffs.frame
    assert frame["behind"].tolist() == ["Men", "Women"]
    assert frame["verdict"].tolist() == (
        ["small advantage", "small gap"] if reference == "Men" else ["small gap", "small advantage"]
    )
    assert frame["sentence"].tolist() == [
        (
            "At the gate “admitted” 57% of the 5,178,299 men passed, against 62% of the 7,048,620 women: "
            "0.91 times the rate (0.91 to 0.92); 276,932 more would have passed at the rate of women."
        ),
        (
            "At the gate “enrolled” 21% of the 4,398,220 women passed, against 24% of the 2,954,239 men: "
            "0.87 times the rate (0.87 to 0.87); 139,456 more would have passed at the rate of men."
        ),
    ]
    assert cliffs.whole_way["sentence"].tolist() == [
        "917,866 of 7,048,620 women got to the end; at the rate of men 966,702 would have."
    ]
    assert cliffs.headline == (
        "sex; over the whole way Women at 0.95 times the rate of men; no cliff edge in 2 comparisons"
    )


def test_a_slope_of_many_small_gaps_is_a_finding_without_a_flag() -> None:
    stages = ("applied", *(f"step {i}" for i in range(1, 12)))
    cliffs = su.cliff_edges(published(TWELVE, stages=stages), reference="White")
    assert not cliffs.any_flagged
    black = row(cliffs.whole_way, group="Black")
    assert black["estimate"] == pytest.approx(0.5409, abs=1e-4)
    assert black["p_value"] < 1e-6
    assert (black["verdict"], black["behind"], round(black["shortfall"])) == ("behind", "Black", 55)
    assert black["sentence"] == "65 of 500 Black applicants got to the end; at the White rate 120 would have."
    assert row(cliffs.profiles, group="Black")["profile"] in ("slope", "behind")
    assert cliffs.headline.startswith("ethnicity; over the whole way Black at 0.54 times the White rate")
    ends = dict(zip(cliffs.whole_way["group"], cliffs.whole_way["behind"], strict=True))
    told = dict(zip(cliffs.profiles["group"], cliffs.profiles["profile"], strict=True))
    assert all(told[group] != "too few to tell" for group, behind in ends.items() if behind)


def test_nearly_all_is_never_all() -> None:
    counts = published({"White": (541, 540), "BME": (541, 2)}, stages=("applied", "appointed"))
    sentence = su.cliff_edges(counts).frame.iloc[0]["sentence"]
    assert "0.4% of the 541 BME applicants passed, against 99.8% of the 541 White applicants" in sentence


def test_people_still_waiting_are_in_no_rate() -> None:
    last = [("Female", "accepted", "")] * 40 + [("Female", "offered", "declined")] * 20
    last += [("Male", "accepted", "")] * 40 + [("Male", "offered", "declined")] * 20
    last += [("Male", "offered", "pending")] * 60
    frame = pd.DataFrame(last, columns=["gender", "furthest_stage", "exit_reason"])
    cliffs = su.cliff_edges(su.count_stages(su.read_applicants(frame, check_ids=False)), by="gender")
    accepted = row(cliffs.frame, gate="accepted")
    assert (accepted["passed"], accepted["denominator"], accepted["entered"]) == (40, 60, 120)
    assert accepted["estimate"] == 1
    assert not cliffs.any_flagged
    assert not cliffs.whole_way["behind"].any()
    assert "67% of the 60 offered Male applicants with an outcome passed, against 67%" in accepted["sentence"]


def test_zero_of_many_is_told_in_people(cohort: su.StageCounts) -> None:
    cliffs = su.cliff_edges(cohort, by="ethnicity")
    told = row(cliffs.whole_way, group="Black African")["sentence"]
    assert told == (
        "0 of 132 Black African applicants got to the end; at the White British rate 16 would have."
    )
    assert "Black African at 0 times the White British rate" in cliffs.headline
    assert "between broad groups" in cliffs.headline


@pytest.fixture(scope="module")
def cohort() -> su.StageCounts:
    return su.count_stages(su.read_applicants("data/examples/cohort_one.csv"))


def test_printed_counts_are_compared_by_the_same_object() -> None:
    """As a publication does, which has arrays and no counts behind them."""
    made = Groups.from_arrays(["Women", "Men"], ["shortlisted"], [[600], [400]], [[180], [200]])
    beside = made.against("Women").others()
    columns = beside.columns()
    assert (columns["group"][0], columns["reference"][0], columns["reference_passed"][0]) == (
        "Men",
        "Women",
        180,
    )
    frame = both_sides("Women").frame.iloc[0]
    np.testing.assert_array_equal(
        np.concatenate(beside.flat),
        [frame[name] for name in ("passed", "denominator", "reference_passed", "reference_denominator")],
    )
