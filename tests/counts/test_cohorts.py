"""Cohorts of counts: in order, named, and blanks in none of them."""

import numpy as np
import pandas as pd
import pytest

from stepup_equity.counts import StageCounts, count_stages, of_cohort, open_counts, slices_of_cohorts
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.findings import selection_rates
from stepup_equity.process import programme_from_toml, programme_to_toml, step_up_to_social_work
from stepup_equity.records.applicants import read_applicants


def records(*cohorts: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "applicant_id": [f"P{i}" for i in range(len(cohorts))],
            "cohort": cohorts,
            "gender": "Female",
            "furthest_stage": "eligible",
        }
    )


def test_records_have_cohorts_in_their_natural_order():
    counts = count_stages(records("10", "9", "", "N/A", "9"))
    assert counts.cohorts == ("9", "10")
    assert counts.labels_of("cohort") == ("9", "10", "Not stated")
    assert counts.funnel("cohort", not_stated=True).reached[:, 0].tolist() == [2, 1, 2]
    assert counts.people == 5


def test_a_published_table_has_cohorts_in_their_natural_order():
    frame = pd.DataFrame(
        {
            "cohort": ["Cohort Two", "Cohort One", None],
            "characteristic": "gender",
            "group": "Female",
            "applied": [20, 10, 3],
            "hired": [2, 1, 1],
        }
    )
    counts = StageCounts.from_table(frame)
    assert counts.cohorts == ("Cohort One", "Cohort Two")
    assert counts.funnel("cohort", not_stated=True).reached[:, 0].tolist() == [10, 20, 3]


def test_adding_counts_keeps_the_order():
    ten, nine = (count_stages(records(label)) for label in ("10", "9"))
    assert (ten + nine).cohorts == ("9", "10")
    assert ten + nine == nine + ten


def test_the_programme_orders_and_names_cohorts(tmp_path):
    text = programme_to_toml(step_up_to_social_work()) + (
        '[cohorts]\norder = ["b", "a"]\nlabels = { a = "Main intake", b = "Pilot" }\n'
    )
    counts = count_stages(read_applicants(records("a", "B ", "a"), programme=programme_from_toml(text)))
    assert counts.cohorts == ("Pilot", "Main intake")
    assert counts.funnel("cohort").reached[:, 0].tolist() == [1, 2]
    assert StageCounts.read(counts.write(tmp_path / "counts.parquet")).cohorts == counts.cohorts


def test_one_name_for_a_file_without_cohorts(tmp_path):
    frame = records("", "").drop(columns="cohort")
    assert count_stages(frame, cohort_label="Cohort 5").cohorts == ("Cohort 5",)
    assert count_stages(records("", ""), cohort_label="Cohort 5").cohorts == ("Cohort 5",)
    path = tmp_path / "c5.csv"
    frame.to_csv(path, index=False)
    assert open_counts(path, cohort_label="Cohort 5").counts.cohorts == ("Cohort 5",)
    path.with_suffix(".meta.toml").write_text('cohort_label = "Cohort 4"')
    assert open_counts(path).counts.cohorts == ("Cohort 4",)
    assert open_counts(path, cohort_label="Cohort 5").counts.cohorts == ("Cohort 5",)


def test_a_published_table_takes_the_name(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("characteristic,group,applied,hired\ngender,Female,10,5\ngender,Male,10,4\n")
    assert open_counts(path, cohort_label="2010").counts.cohorts == ("2010",)


def test_a_name_for_a_file_with_cohorts_is_refused():
    with pytest.raises(DataError, match="beside the name 'Cohort 5'"):
        read_applicants(records("2010", ""), cohort_label="Cohort 5")


def test_ages_count_in_the_year_of_the_name():
    text = """
    stages = [{key = "submitted"}, {key = "eligible"}, {key = "accepted"}]
    [characteristics.age_band]
    codelist = "age_band.csv"
    birth_column = "born"
    reference_date = "09-01"
    """
    frame = records("", "").drop(columns="cohort").assign(born=["1985-08-31", "1985-09-02"])
    counts = count_stages(frame, programme=programme_from_toml(text), cohort_label="2010/11")
    funnel = counts.funnel("age_band")
    assert dict(zip(funnel.groups, funnel.reached[:, 0], strict=True)) == {"20-24": 1, "25-29": 1}


TWO_PROCESSES = """
stages = [{key = "applied"}, {key = "tested"}, {key = "interviewed"}, {key = "hired"}]
[characteristics.gender]
codelist = "gender.csv"
"""


def two_processes() -> pd.DataFrame:
    """2010 had no test: 140 applied, 70 passed the interview and 35 were hired. 2012 had one: 100 of 200."""
    rows = [("2010", "applied", 0)] + [
        (cohort, furthest, n)
        for cohort, furthest, n in (
            ("2010", "tested", 70),
            ("2010", "interviewed", 35),
            ("2010", "hired", 35),
            ("2012", "applied", 100),
            ("2012", "tested", 50),
            ("2012", "interviewed", 25),
            ("2012", "hired", 25),
        )
    ]
    people = [(cohort, furthest) for cohort, furthest, n in rows for _ in range(n)]
    frame = pd.DataFrame(people, columns=["cohort", "furthest_stage"])
    return frame.assign(gender=["Female", "Male"] * (len(frame) // 2) + ["Female"] * (len(frame) % 2))


def test_a_gate_that_a_cohort_lacks_is_not_passed_by_all():
    programme = programme_from_toml(TWO_PROCESSES + '[cohorts.without]\n2010 = ["tested"]\n')
    counts = count_stages(read_applicants(two_processes(), programme=programme, check_ids=False))
    together = counts.overall()
    assert together.entered.tolist() == [[200, 240, 120]]
    assert together.passed.tolist() == [[100, 120, 60]]
    by_cohort = counts.funnel("cohort")
    assert by_cohort.entered.tolist() == [[0, 140, 70], [200, 100, 50]]
    rates = selection_rates(counts, by="cohort").frame.set_index(["group", "gate"])
    lacking = rates.loc[("2010", "tested")]
    assert (lacking["status"], np.isnan(lacking["cumulative"])) == ("not a gate of theirs", True)
    assert rates.loc[("2010", "hired"), "cumulative"] == 35 / 140
    assert counts.funnel("gender").entered.sum(0).tolist() == [200, 240, 120]
    earlier = of_cohort(counts, "2010")
    assert earlier.process.stage_keys == ("applied", "interviewed", "hired")
    assert earlier.overall().reached.tolist() == [[140, 70, 35]]
    assert earlier.notes[-1] == "Cohort 2010 had no tested."
    assert of_cohort(counts).overall().reached.tolist() == [[200, 100, 50, 25]]


def test_those_recorded_before_a_missing_gate_left_at_the_next():
    programme = programme_from_toml(TWO_PROCESSES + '[cohorts.without]\n2010 = ["tested"]\n')
    frame = two_processes()
    frame.loc[(frame["cohort"] == "2010") & (frame["furthest_stage"] == "tested"), "furthest_stage"] = (
        "applied"
    )
    counts = count_stages(read_applicants(frame, programme=programme, check_ids=False))
    assert counts.funnel("cohort").entered.tolist() == [[0, 140, 70], [200, 100, 50]]
    assert of_cohort(counts, "2010").overall().reached.tolist() == [[140, 70, 35]]


def test_a_gate_that_all_of_one_cohort_passed_is_questioned():
    programme = programme_from_toml(TWO_PROCESSES)
    problems = read_applicants(two_processes(), programme=programme, check_ids=False).problems
    found = problems[problems["code"] == "gate_missing_in_cohort"]
    assert len(found) == 1
    assert "'2010', of which all 140 who came to 'tested' passed it" in found["problem"].iloc[0]
    assert '[cohorts.without] 2010 = ["tested"]' in found["remedy"].iloc[0]


def test_one_cohort_is_the_last_unless_named():
    counts = count_stages(records("10", "9", "", "10"))
    assert of_cohort(counts).people == 2
    assert of_cohort(counts).cohorts == ("10",)
    assert of_cohort(counts).notes == (
        "These figures are of cohort 10, the last of 2: 9 and 10.",
        "People without a cohort are in no cohort's figures.",
    )
    assert of_cohort(counts, "9").people == 1
    assert of_cohort(counts, "all") is counts
    assert of_cohort(counts, where={"cohort": "9"}) is counts
    assert of_cohort(counts, beside=["gender", "cohort"]) is counts
    assert of_cohort(of_cohort(counts)).notes == of_cohort(counts).notes
    assert [part.people for part in slices_of_cohorts(counts)] == [1, 2]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"cohort": "11"}, "cohort='11' is not a cohort of these counts. Possible: '9', '10', 'all'."),
        ({"cohort": "Not stated"}, "cohort='Not stated' is not a cohort of these counts."),
        ({"cohort": "9", "where": {"cohort": "10"}}, "name two cohorts. Leave out one of the two."),
    ],
)
def test_no_such_cohort(choices, said):
    with pytest.raises(ArgumentError) as error:
        of_cohort(count_stages(records("10", "9", "", "10")), **choices)
    assert said in str(error.value)


def test_counts_without_cohorts_are_their_own():
    counts = count_stages(records("", "").drop(columns="cohort"))
    assert of_cohort(counts) is counts
    with pytest.raises(ArgumentError, match="these counts name no cohort"):
        of_cohort(counts, "2010")
