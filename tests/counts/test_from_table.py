"""Counts typed in from published tables: tidy, wide, with cohorts, parents and gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from stepup_equity import StageCounts, step_up_to_social_work
from stepup_equity.errors import ArgumentError, DataError
from stepup_equity.shipped import shipped

STAGES = ["applied", "shortlisted", "appointed"]


def wide(rows: list[tuple[object, ...]], columns: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=columns or ["characteristic", "group", *STAGES])


ETHNICITY = wide([("ethnicity", "BME", 43, 10, 2), ("ethnicity", "White", 920, 389, 117)])


def test_wide_and_tidy_are_the_same_table() -> None:
    tidy = ETHNICITY.melt(["characteristic", "group"], var_name="stage", value_name="reached")
    assert StageCounts.from_table(tidy) == StageCounts.from_table(ETHNICITY)


def test_stages_and_reference_come_from_the_table() -> None:
    funnel = StageCounts.from_table(ETHNICITY).funnel("ethnicity")
    assert funnel.stages == ("applied", "shortlisted", "appointed")
    assert funnel.gates == ("shortlisted", "appointed")
    assert funnel.groups == ("BME", "White")
    assert funnel.reference == "White"
    assert funnel.reached.tolist() == [[43, 10, 2], [920, 389, 117]]
    assert funnel.entered.tolist() == [[43, 10], [920, 389]]
    assert funnel.passed.tolist() == [[10, 2], [389, 117]]
    assert funnel.not_recorded.tolist() == [[33, 8], [531, 272]]


def test_not_stated_spellings_apply_without_a_programme() -> None:
    table = pd.concat([ETHNICITY, wide([("ethnicity", "Unknown", 7, 4, 0)])])
    counts = StageCounts.from_table(table)
    assert counts.funnel("ethnicity").groups == ("BME", "White")
    shown = counts.funnel("ethnicity", not_stated=True)
    assert shown.groups == ("BME", "White", "Not stated")
    assert shown.stated.tolist() == [True, True, False]
    assert shown.reached[2].tolist() == [7, 4, 0]
    assert counts.people == 970


def test_groups_nobody_belongs_to_keep_their_row() -> None:
    table = pd.concat([ETHNICITY, wide([("ethnicity", "Roma", 0, 0, 0)])])
    assert StageCounts.from_table(table).funnel("ethnicity").reached.tolist()[-1] == [0, 0, 0]


def test_several_characteristics_agree_once_not_stated_fills_the_gap() -> None:
    table = pd.concat(
        [ETHNICITY, wide([("sex", "Female", 700, 300, 90), ("sex", "Male", 260, 98, 29)])], ignore_index=True
    )
    counts = StageCounts.from_table(table)
    assert counts.characteristics == ("ethnicity", "sex")
    assert counts.people == 963
    assert counts.funnel("sex", not_stated=True).reached[-1].tolist() == [3, 1, 0]
    assert not counts.is_joint
    with pytest.raises(ArgumentError) as error:
        counts.funnel(("ethnicity", "sex"))
    assert str(error.value) == (
        "These counts hold each characteristic on its own, so 'ethnicity', 'sex' cannot be crossed. "
        "Count applicant records to cross characteristics."
    )


def test_cohorts_and_parents() -> None:
    table = pd.DataFrame(
        [
            ("2010", "ethnicity", "Indian", "Asian", 30, 3),
            ("2010", "ethnicity", "Chinese", "Asian", 10, 2),
            ("2010", "ethnicity", "White", None, 100, 20),
            ("2011", "ethnicity", "White", None, 50, 5),
            ("2011", "ethnicity", "Indian", "Asian", 20, 1),
        ],
        columns=["cohort", "characteristic", "group", "parent", "applied", "appointed"],
    )
    counts = StageCounts.from_table(table)
    assert counts.cohorts == ("2010", "2011")
    assert counts.funnel("ethnicity").reached.tolist() == [[50, 4], [10, 2], [150, 25]]
    assert counts.funnel("ethnicity").parents == ("Asian", "Asian", None)
    broad = counts.funnel("ethnicity", level="broad")
    assert (broad.groups, broad.reached.tolist()) == (("Asian", "White"), [[60, 6], [150, 25]])
    one = counts.funnel("ethnicity", where={"cohort": "2011"})
    assert one.reached.tolist() == [[20, 1], [0, 0], [50, 5]]
    tidy = table.melt(["cohort", "characteristic", "group", "parent"], var_name="stage", value_name="reached")
    assert StageCounts.from_table(tidy) == counts


def test_with_a_programme_its_spellings_and_reference_apply() -> None:
    stages = step_up_to_social_work().process.stage_keys
    table = pd.DataFrame(
        [("gender", "F", *range(70, 63, -1)), ("gender", "m", *range(30, 23, -1))],
        columns=["characteristic", "group", *stages],
    )
    funnel = StageCounts.from_table(table, step_up_to_social_work()).funnel("gender")
    assert funnel.groups == ("Female", "Male")
    assert funnel.reference == "Female"
    assert StageCounts.from_table(table, step_up_to_social_work().process).process.stage_keys == stages


def test_the_shipped_west_lancashire_table() -> None:
    counts = StageCounts.from_table(
        pd.read_csv(shipped("examples/west_lancs_2019_20.csv"), keep_default_na=False)
    )
    assert counts.people == 970
    assert counts.funnel("ethnicity").reached.tolist() == [[43, 10, 2], [920, 389, 117]]
    assert counts.overall().reached.tolist() == [[970, 403, 119]]


ONE = ["characteristic", "group", "applied", "appointed"]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (
            pd.DataFrame({"characteristc": ["x"], "group": ["a"], "what": ["b"], "more": ["c"]}),
            (
                "The table is laid out in a way that is not understood. It has 'characteristc', 'group', "
                "'what', 'more'. Needed: 'characteristic', 'group', then 'stage' and 'reached', or "
                "one column "
                "for each stage. For example: characteristic = 'characteristc', group = 'x', and columns "
                "such as 'group', 'what', 'more' with numbers of people. Did you mean 'characteristc'?"
            ),
        ),
        (wide([], ONE), "The table has no rows. Give one row for each group."),
        (
            wide([("x", "a", 5)], ONE[:3]),
            (
                "The table has 1 stage: 'applied'. A selection needs two or more: "
                "columns 'stage' and 'reached', or one column for each stage."
            ),
        ),
        (
            wide([("x", "a", 5, 6)], ONE),
            (
                "The table is refused: group 'a' has more people who reached 'appointed' than "
                "'applied'. Each "
                "stage holds those who reached it, so numbers never grow (column 'appointed', row 1). Check "
                "the order of the stages."
            ),
        ),
        (
            wide([("x", "a", 5, 4), ("x", "b", 5.5, 4)], ONE),
            (
                "The table is refused: values that are not a whole number of people: counts of people are "
                "needed, not percentages (column 'applied', row 2). Give the numbers of people."
            ),
        ),
        (
            wide([("x", "a", 5, 4), ("x", "b", 5, "few")], ONE),
            (
                "The table is refused: values that are not a whole number of people (column 'appointed', row "
                "2). Write 0 for nobody, and * where the number is hidden."
            ),
        ),
        (
            wide([("x", "a", 5, 4), ("x", "b", 5, None)], ONE),
            (
                "The table is refused: blanks in place of a number of people (column 'appointed', row 2). "
                "Write 0 for nobody, and * where the number is hidden: a blank is neither."
            ),
        ),
        (
            wide([("x", "a", 5, -4)], ONE),
            (
                "The table is refused: values that are not a whole number of people (column 'appointed', row "
                "1). Write 0 for nobody, and * where the number is hidden."
            ),
        ),
        (
            wide([("x", "a", 5, 4), ("x", "a", 5, 4)], ONE),
            "The table has a group twice, second in row 2 (group 'a'). Keep one row for each.",
        ),
        (
            pd.DataFrame(
                {"characteristic": "x", "group": ["a", "a"], "stage": ["s", "s"], "reached": [1, 1]}
            ),
            "The table has a group and stage twice, first in row 2. Keep one row for each.",
        ),
        (
            wide([(None, "a", 5, 4)], ONE),
            "Column 'characteristic' is blank in row 1. Fill it in.",
        ),
        (
            wide([("sex", "a", 9, 4), ("age", "b", 8, 4), ("age", "c", 1, 1)], ONE),
            (
                "The table is refused: 'age' and 'sex' cannot describe the same people: 'sex' has more who "
                "got no further than 'applied', so a 'Not stated' group cannot fill the difference "
                "(column 'sex'). Check the numbers there, or load the characteristics one at a time."
            ),
        ),
    ],
)
def test_refused_tables(table: pd.DataFrame, sentence: str) -> None:
    with pytest.raises(DataError) as error:
        StageCounts.from_table(table)
    assert str(error.value) == sentence


def test_stages_a_process_does_not_have() -> None:
    with pytest.raises(DataError) as error:
        StageCounts.from_table(wide([("x", "a", 5, 4)], [*ONE[:3], "acepted"]), step_up_to_social_work())
    assert str(error.value) == (
        "The table has stages that 'Step Up to Social Work' does not: 'applied', 'acepted'. Its stages: "
        "'submitted', 'eligible', 'screened', 'invited', 'assessed', 'offered', 'accepted'."
    )


def test_not_a_frame() -> None:
    with pytest.raises(ArgumentError) as error:
        StageCounts.from_table([1, 2])  # type: ignore[arg-type]
    assert str(error.value) == "frame is a list. Give a pandas DataFrame."


def test_thousands_may_have_commas() -> None:
    table = wide([("x", "a", "1,200", "1,001"), ("x", "b", "34", "0")], ONE)
    assert StageCounts.from_table(table).funnel("x").reached.tolist() == [[1200, 1001], [34, 0]]


def test_the_callers_frame_is_not_changed() -> None:
    table = ETHNICITY.assign(applied=ETHNICITY["applied"].astype(float))
    before = table.copy()
    StageCounts.from_table(table)
    pd.testing.assert_frame_equal(table, before)
    assert StageCounts.from_table(table).funnel("ethnicity").reached.dtype == np.int64


def test_a_group_with_two_parents_is_refused() -> None:
    frame = pd.DataFrame(
        {
            "characteristic": "c",
            "group": ["A1", "A1"],
            "parent": ["A", "B"],
            "stage": ["applied", "hired"],
            "reached": [10, 5],
        }
    )
    with pytest.raises(DataError) as refused:
        StageCounts.from_table(frame)
    assert str(refused.value) == (
        "Characteristic 'c': group 'A1' has more than one parent: 'A', 'B'. "
        "Give the same one in all its rows."
    )
