"""What groups= means: some rows of the same answer, each group once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return su.StageCounts.from_table(
        pd.DataFrame(
            {
                "characteristic": "e",
                "group": ["W", "B", "C", "Not stated"],
                "applied": [850, 100, 100, 50],
                "hired": [400, 30, 20, 10],
            }
        )
    )


def test_shares_of_some_groups_are_those_of_everybody_who_stated_one(counts: su.StageCounts) -> None:
    whole = su.composition(counts).frame
    some = su.composition(counts, groups=["C", "B"]).frame
    assert some["group"].unique().tolist() == ["C", "B"]
    assert set(some["denominator"]) == {1050, 450}
    for group in ("B", "C"):
        mine = [f[f["group"] == group].drop(columns="verdict").reset_index(drop=True) for f in (whole, some)]
        pd.testing.assert_frame_equal(*mine)
    assert some["estimate"].iloc[0] == 100 / 1050


@pytest.mark.parametrize("verb", [su.selection_rates, su.association_tests, su.composition, su.impact_ratios])
def test_a_group_is_named_once(counts: su.StageCounts, verb: object) -> None:
    assert callable(verb)
    with pytest.raises(su.ArgumentError) as refused:
        verb(counts, by="e", groups=["B", "W", "B"])
    assert str(refused.value) == "groups= names 'B' more than once. Name each group once."
    with pytest.raises(su.ArgumentError) as refused:
        verb(counts, by="e", groups=[])
    assert str(refused.value) == "groups=[] names no group of 'e'. Leave it out for all."


def waiting() -> su.StageCounts:
    people = pd.DataFrame(
        {
            "gender": ["Female"] * 60 + ["Male"] * 40 + [""] * 50,
            "furthest_stage": (
                ["submitted"] * 30 + ["eligible"] * 30 + ["submitted"] * 20 + ["eligible"] * 20
            )
            + ["submitted"] * 50,
            "exit_reason": ["rejected"] * 100 + ["pending"] * 50,
        }
    )
    return su.count_stages(su.read_applicants(people, check_ids=False))


def test_those_who_wait_have_stated_a_group_or_not() -> None:
    row = su.missingness(waiting()).frame.iloc[0]
    assert row[["entered", "stated", "not_stated"]].tolist() == [150, 100, 50]
    assert row["stated_share"] == 100 / 150
    assert np.isnan(row["not_stated_rate"])
    assert row["status"] == "everybody here who did not state a group is pending or left"


def test_bounds_say_why_there_is_no_ratio() -> None:
    table = pd.DataFrame(
        {"characteristic": "e", "group": ["W", "B", ""], "applied": [10, 9, 5], "hired": [0, 3, 2]}
    )
    bounds = su.missingness(su.StageCounts.from_table(table)).bounds
    assert np.isnan(bounds["estimate"].iloc[0])
    assert bounds["status"].tolist() == ["nobody of the reference passed"]


def test_a_table_of_people_who_wait_says_so() -> None:
    people = pd.DataFrame(
        {"gender": ["Female", "Male"] * 9, "furthest_stage": "submitted", "exit_reason": "pending"}
    )
    tests = su.association_tests(su.count_stages(su.read_applicants(people, check_ids=False))).frame
    assert tests["status"].iloc[0] == "everyone here is pending or left"
    assert tests["status"].iloc[1] == "nobody reached this gate"


def test_a_trend_counts_the_steps_over_empty_bands_and_names_them() -> None:
    people = pd.DataFrame(
        {
            "age_band": ["20-24"] * 40 + ["25-29"] * 40 + ["50 and over"] * 40,
            "furthest_stage": (["submitted"] * 8 + ["accepted"] * 32)
            + (["submitted"] * 12 + ["accepted"] * 28)
            + (["submitted"] * 30 + ["accepted"] * 10),
        }
    )
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    row = su.trend_tests(counts).frame.iloc[0]
    assert row["status"] == "nobody belongs to 30-34, 35-39, 40-44, 45-49; the steps over them are counted"
    given = su.trend_tests(counts, by="age_band", scores=[1, 2, 7]).frame.iloc[0]
    assert row["p_value"] == pytest.approx(given["p_value"], rel=1e-9)
    assert row["estimate"] == pytest.approx(given["estimate"])
    asked = su.trend_tests(counts, by="age_band", groups=["20-24", "50 and over"]).frame.iloc[0]
    assert asked["estimate"] == pytest.approx((10 / 40 - 32 / 40) / 6)  # 6 bands on
    order = ["50 and over", "20-24", "25-29"]
    turned, as_asked = (
        su.trend_tests(counts, by="age_band", groups=order, scores=scores).frame["p_value"].iloc[0]
        for scores in (None, [1, 2, 3])
    )
    assert turned == as_asked
    with pytest.raises(su.ArgumentError, match="are not all numbers"):
        su.trend_tests(counts, by="age_band", scores=["a", "b", "c"])
