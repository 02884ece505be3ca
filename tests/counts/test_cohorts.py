"""Cohorts of counts: in order, named, and blanks in none of them."""

import pandas as pd
import pytest

from stepup_equity.counts import StageCounts, count_stages, open_counts
from stepup_equity.errors import DataError
from stepup_equity.process import programme_from_toml, programme_to_toml, step_up_to_social_work
from stepup_equity.records import read_applicants


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
