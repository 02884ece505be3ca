"""A column of ids is no column of cohorts: its labels would stand on every page."""

import pandas as pd
import pytest

import stepup_equity as su


def people(cohorts: list[str]) -> pd.DataFrame:
    return pd.DataFrame(
        {"cohort": cohorts, "gender": "Female", "furthest_stage": "submitted", "exit_reason": ""}
    )


def test_ids_for_cohorts_are_refused() -> None:
    with pytest.raises(su.DataError) as error:
        su.read_applicants(people([f"Q{i}" for i in range(40)]), check_ids=False)
    assert str(error.value) == (
        "The frame is refused: 40 cohorts, 40 of them of one person: they look like ids or names (column "
        "'cohort'). Name the column of the cohort under [reading], or leave the column out."
    )


def test_many_vacancies_and_a_few_people_are_cohorts() -> None:
    many = su.read_applicants(people([f"Q{i // 2}" for i in range(80)]), check_ids=False)
    few = su.read_applicants(people([f"Q{i}" for i in range(19)]), check_ids=False)
    assert (su.count_stages(many).people, su.count_stages(few).people) == (80, 19)
