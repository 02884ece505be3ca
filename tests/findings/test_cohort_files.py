"""Files of several cohorts, as teams have them: the right cohort, the right order, no gap of their sum."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.process import programme_from_toml
from tests.cohort_cases import BERKELEY, SIMPSON, berkeley, resampled, simpson

EXAMPLE = Path(__file__).parents[2] / "data" / "examples" / "cohort_one.csv"
EIGHT = tuple(str(2010 + 2 * i) for i in range(8))


@pytest.fixture(scope="module")
def base() -> pd.DataFrame:
    return pd.read_csv(EXAMPLE, dtype=str, keep_default_na=False)


def counted(frame: pd.DataFrame) -> su.StageCounts:
    return su.count_stages(su.read_applicants(frame, by=["ethnicity"], strata=["cohort"]))


@pytest.fixture(scope="module")
def eight(base: pd.DataFrame) -> pd.DataFrame:
    return resampled(base, EIGHT, 8)


def test_the_trend_of_eight_cohorts_is_found(eight: pd.DataFrame) -> None:
    """Planted: 0.41 in the first and 0.90 in the last, for Black African applicants at screening alone."""
    found = su.cohort_trend(counted(eight), by="ethnicity")
    assert found.cohorts == EIGHT
    assert found.trends[["group", "gate"]].to_numpy().tolist() == [["Black African", "screened"]]
    row = found.trends.iloc[0]
    assert 0 < row["conf_low"] < row["estimate"]
    ratios = found.ratios.set_index(["group", "gate", "cohort"])
    for cohort, planted in (("2010", 0.41), ("2024", 0.90)):
        one = ratios.loc[("Black African", "screened", cohort)]
        assert one["conf_low"] < planted < one["conf_high"]


def test_the_last_cohort_s_findings_are_its_own(eight: pd.DataFrame) -> None:
    together, alone = (
        su.cliff_edges(counted(frame), by="ethnicity") for frame in (eight, eight[eight["cohort"] == "2024"])
    )
    pd.testing.assert_frame_equal(together.frame, alone.frame)
    assert together.notes[0] == (
        "These figures are of cohort 2024, the last of 8: 2010, 2012, 2014, 2016, 2018, 2020, 2022 and 2024."
    )


@pytest.mark.parametrize(
    "labels",
    [
        ("9", "10", "11"),
        ("Cohort One", "Cohort Two", "Cohort Three"),
        ("2008/09", "2009/10", "2010/11"),
        ("Spring 2010", "Autumn 2010", "Spring 2011"),
    ],
)
def test_cohorts_have_their_order_whatever_comes_first(labels: tuple[str, ...]) -> None:
    passed = dict(zip(labels, (40, 90, 140), strict=True))
    for order in (labels[::-1], (labels[1], labels[0], labels[2])):
        rows = [
            {"cohort": cohort, "characteristic": "team", "group": group, "applied": n, "hired": hired}
            for cohort in order
            for group, n, hired in (("A", 800, 400), ("B", 300, passed[cohort]))
        ]
        counts = su.StageCounts.from_table(pd.DataFrame(rows))
        assert counts.cohorts == labels
        assert su.cohort_trend(counts).trends["trend"].unique().tolist() == ["rises"]
        pair = su.compare_cohorts(counts, cohorts=counts.cohorts[-2:])
        assert pair.cohorts == labels[-2:]
        assert pair.frame["verdict"].unique().tolist() == ["rose"]


def test_from_9_to_10_is_a_rise(base: pd.DataFrame) -> None:
    found = su.compare_cohorts(counted(resampled(base, ["9", "10"], 910)), by="ethnicity")
    assert found.cohorts == ("9", "10")
    assert found.changed[["group", "gate", "verdict"]].to_numpy().tolist() == [
        ["Black African", "screened", "rose"]
    ]
    assert repr(found).startswith("<CohortComparison: ethnicity, 9 to 10; 1 change in 76 comparisons: ")


def test_blanks_are_a_row_and_never_a_cohort(base: pd.DataFrame) -> None:
    frame = resampled(base, ["2010", "2012"], 2)
    frame.iloc[::50, frame.columns.get_loc("cohort")] = ""
    counts = counted(frame)
    blank = int((frame["cohort"] == "").sum())
    assert blank == 70
    assert counts.cohorts == ("2010", "2012")
    assert counts.labels_of("cohort") == ("2010", "2012", "Not stated")
    assert su.compare_cohorts(counts, by="ethnicity").cohorts == ("2010", "2012")
    assert "70 without a cohort are left out." in su.cohort_trend(counts, by="ethnicity").notes
    assert "People without a cohort are in no cohort's figures." in su.cliff_edges(counts).notes


def test_equal_within_each_cohort_is_no_gap() -> None:
    counts = su.count_stages(su.read_applicants(simpson(), programme=programme_from_toml(SIMPSON)))
    for cohort in (None, "2010", "2012", "all"):
        found = su.cliff_edges(counts, cohort=cohort)
        assert not found.any_flagged
        assert found.frame["estimate"].tolist() == pytest.approx([1.0])
    stratified = su.stratified_tests(counts, stratum="cohort").frame
    mine = stratified[(stratified["group"] == "Black African") & (stratified["gate"] == "accepted")].iloc[0]
    assert (mine["estimate"], mine["pooled_estimate"]) == pytest.approx((1.0, 0.28 / (560 / 1200)))


def test_berkeley_with_department_held_equal() -> None:
    counts = su.count_stages(su.read_applicants(berkeley(), programme=programme_from_toml(BERKELEY)))
    found = su.cliff_edges(counts)
    row = found.frame.iloc[0]
    assert not found.any_flagged
    assert (row["estimate"], row["stratified_estimate"]) == pytest.approx((0.682, 1.058), abs=1e-3)


JOINED = {
    "Central Eastern": 6, "East": 25, "East Midlands": 26, "Greater Manchester": 15,
    "Learn Together Partnership": 38, "West London Alliance": 34, "West Midlands": 9,
    "Yorkshire & Humber": 31,
}  # fmt: skip
"""Recruits of the first cohort by partnership, as Table 4.2 prints them."""

ELEVEN = (
    "submitted", "eligible", "screened", "reviewed", "attended", "assessed", "offered", "checked", "accepted",
    "joined", "completed",
)  # fmt: skip


@pytest.mark.parametrize("stages", [ELEVEN, ELEVEN[:-1]], ids=["to completion", "to joining"])
def test_184_places_are_filled_wherever_the_process_ends(stages: tuple[str, ...]) -> None:
    text = 'name = "full"\nlabel = "Eleven stages"\n' + "".join(
        f'[[stages]]\nkey = "{key}"\nlabel = "{key.capitalize()}"\n' for key in stages
    )
    text += '[characteristics.gender]\nlabel = "Gender"\ncodelist = "gender.csv"\n'
    text += '[strata.region]\nlabel = "Regional partnership"\n[reading]\napplicant_id = "applicant_id"\n'
    rows = [
        (region, "Female" if i % 8 else "Male", furthest, reason)
        for region, n in JOINED.items()
        for furthest, reason, many in (("joined", "", n), ("assessed", "no_place", 3))
        for i in range(many)
    ]
    frame = pd.DataFrame(rows, columns=["region", "gender", "furthest_stage", "exit_reason"])
    frame.insert(0, "applicant_id", range(len(frame)))
    counts = su.count_stages(su.read_applicants(frame, programme=programme_from_toml(text)))
    found = su.places(counts).frame.set_index("region")
    assert found["filled"].drop("All").to_dict() == JOINED
    assert (found.loc["All", "filled"], found.loc["All", "no_place"]) == (184, 24)
