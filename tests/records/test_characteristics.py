"""Ages, code lists and their traps, several answers in one field, sex and gender, and what is not stated."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity import DataError, count_stages, read_applicants, step_up_to_social_work
from stepup_equity.process import Programme, programme_from_toml, programme_to_toml
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

STAGES = 'name = "own"\nstages = [{key = "applied"}, {key = "hired"}]\n'


def own(text: str) -> Programme:
    return programme_from_toml(STAGES + text)


def groups(
    frame: pd.DataFrame, name: str, programme: Programme | None = None, **options: object
) -> dict[str, int]:
    """Number of people in each group that occurs."""
    frame = frame.assign(furthest_stage="applied") if programme else frame.assign(furthest_stage="submitted")
    funnel = count_stages(read_applicants(frame, programme=programme, check_ids=False)).funnel(
        name, not_stated=True, **options
    )
    return dict(zip(funnel.groups, funnel.reached[:, 0].tolist(), strict=True))


BORN = """
[characteristics.age_band]
codelist = "age_band.csv"
synonyms = ["age_band_synonyms.csv", "not_stated.csv"]
number_column = "age"
birth_column = "born"
reference_date = "{day}"
birth_format = "{form}"
possible = [10, 100]
"""


def test_age_in_years() -> None:
    ages = pd.DataFrame({"age": ["19", "20", "24.9", "25", "49", "50", "83", "", "prefer not to say"]})
    assert groups(ages, "age_band") == {
        "Under 20": 1,
        "20-24": 2,
        "25-29": 1,
        "45-49": 1,
        "50 and over": 2,
        "Not stated": 2,
    }
    for other in (
        pd.to_numeric(ages["age"], errors="coerce"),
        pd.to_numeric(ages["age"], errors="coerce").astype("Float64"),
    ):
        assert groups(other.to_frame(), "age_band")["Not stated"] == 2


def test_a_band_in_the_file_comes_before_a_number() -> None:
    assert groups(pd.DataFrame({"age_band": ["20 to 24"], "age": ["31"]}), "age_band") == {"20-24": 1}


def test_age_on_the_reference_date() -> None:
    born = pd.DataFrame({"born": ["1985-09-01", "1985-09-02", "1980-02-29", "", "unknown"]})
    programme = own(BORN.format(day="2010-09-01", form=""))
    assert groups(born, "age_band", programme) == {"20-24": 1, "25-29": 1, "30-34": 1, "Not stated": 2}
    dates = born.assign(born=[dt.date(1985, 9, 1), dt.date(1985, 9, 2), dt.date(1980, 2, 29), None, None])
    assert groups(dates, "age_band", programme) == {"20-24": 1, "25-29": 1, "30-34": 1, "Not stated": 2}
    stamps = dates.assign(born=pd.to_datetime(dates["born"]))
    assert groups(stamps, "age_band", programme) == {"20-24": 1, "25-29": 1, "30-34": 1, "Not stated": 2}
    written = pd.DataFrame({"born": ["01/09/1985", "02/09/1985"]})
    programme = own(BORN.format(day="2010-09-01", form="%d/%m/%Y"))
    assert groups(written, "age_band", programme) == {"20-24": 1, "25-29": 1}


def test_a_day_of_each_cohorts_year() -> None:
    """The same programme serves the next cohort."""
    frame = pd.DataFrame({"born": ["1986-01-01"] * 3, "cohort": [2010, 2011, 2016]})
    assert groups(frame, "age_band", own(BORN.format(day="09-01", form=""))) == {
        "20-24": 1,
        "25-29": 1,
        "30-34": 1,
    }


def test_declared_bands() -> None:
    programme = own(
        "[characteristics.age]\nnumber_column = 'years'\n"
        "groups = [{label = 'Young', lowest = 16, highest = 29}, {label = 'Older', lowest = 30}]\n"
    )
    assert groups(pd.DataFrame({"years": [16, 29, 30, 99]}), "age", programme) == {"Young": 2, "Older": 2}


def ethnicity(codelist: str) -> Programme:
    return own(
        f'[characteristics.ethnicity]\ncodelist = "{codelist}.csv"\n'
        f'synonyms = ["{codelist}_synonyms.csv", "not_stated.csv"]\n'
    )


def test_chinese_moved_between_broad_groups() -> None:
    people = pd.DataFrame({"ethnicity": ["Chinese", "Indian", "Any other"]})
    assert groups(people, "ethnicity", ethnicity("ethnicity_19"), level="broad") == {"Asian": 2, "Other": 1}
    assert groups(people, "ethnicity", ethnicity("ethnicity_18"), level="broad") == {"Asian": 2, "Other": 1}
    old = groups(people, "ethnicity", ethnicity("ethnicity_16"), level="broad")
    assert sorted(old.values()) == [1, 2]
    assert old["Asian"] == 1


def test_roma_exists_since_2021_only(tmp_path: Path) -> None:
    people = pd.DataFrame({"ethnicity": ["Roma"]})
    assert groups(people, "ethnicity", ethnicity("ethnicity_19"), level="broad") == {"White": 1}
    for older in ("ethnicity_18", "ethnicity_16"):
        with pytest.raises(ValueError, match="labels that are not in the code list of 'ethnicity'") as error:
            groups(people, "ethnicity", ethnicity(older))
        assert "It is in the code list 'ethnicity_19.csv'" in error.value.problems["remedy"].iloc[0]  # type: ignore[attr-defined]


def test_the_2001_level_follows_the_crosswalk() -> None:
    """Every group that existed in 2001 is where the 2001 census had it; the others have a place too."""
    programme = step_up_to_social_work().characteristic("ethnicity")
    labels, positions, reference = programme.at_level("census_2001")
    assert reference == "White"
    assert min(positions) >= 0
    place = dict(zip(programme.labels, positions, strict=True))
    with (shipped("schema/codelists") / "ethnicity_crosswalk.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["broad_2001"]:
                assert labels[place[row["label"]]] == row["broad_2001"]
            assert programme.parent_of(row["label"]) == row["broad_2021"]


def test_cohorts_coded_by_different_lists_do_not_add() -> None:
    frame = pd.DataFrame({"ethnicity": ["Chinese"], "furthest_stage": ["applied"]})
    old, new = (
        count_stages(read_applicants(frame, programme=ethnicity(name), check_ids=False))
        for name in ("ethnicity_16", "ethnicity_19")
    )
    with pytest.raises(ValueError, match="the programmes differ"):
        old + new


def test_a_broad_answer_in_a_detailed_column_stays_broad() -> None:
    people = pd.DataFrame({"ethnicity": ["Asian", "Indian", "Mixed", "White"]})
    assert groups(people, "ethnicity") == {"White": 1, "Mixed": 1, "Indian": 1, "Asian": 1}
    assert groups(people, "ethnicity", level="broad") == {"White": 1, "Mixed": 1, "Asian": 2}


def test_none_is_an_answer() -> None:
    people = pd.DataFrame({"religion": ["None", "none", "No religion", None, "", "nan", "Not known"]})
    assert groups(people, "religion") == {"No religion": 3, "Not stated": 4}
    assert groups(pd.DataFrame({"disability": ["None", "No", "Yes", "Unknown"]}), "disability") == {
        "No disability": 2,
        "Disability": 1,
        "Not stated": 1,
    }


def test_none_is_an_answer_in_a_file_too(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "religion,furthest_stage\nNone,submitted\nNA,submitted\n,submitted\nN/A,submitted\n"
    )
    funnel = count_stages(read_applicants(tmp_path / "f.csv", check_ids=False)).funnel(
        "religion", not_stated=True
    )
    assert dict(zip(funnel.groups, funnel.reached[:, 0].tolist(), strict=True)) == {
        "No religion": 1,
        "Not stated": 3,
    }


SEVERAL = """
[characteristics.disability]
codelist = "disability.csv"
synonyms = ["disability_synonyms.csv", "not_stated.csv"]
reference = "No disability"
test_level = "broad"
multiple = true
separator = ";"
several = "Multiple disabilities"
"""


def test_several_impairments_count_once() -> None:
    people = pd.DataFrame(
        {
            "disability": [
                "Hearing impairment",
                "Hearing impairment; Sight impairment",
                "sight impairment;Sight Impairment",
                "No disability",
                "prefer not to say; Hearing impairment",
                "prefer not to say",
                "",
            ]
        }
    )
    programme = own(SEVERAL)
    assert groups(people, "disability", programme, level="detailed") == {
        "No disability": 1,
        "Hearing impairment": 2,
        "Sight impairment": 1,
        "Multiple disabilities": 1,
        "Not stated": 2,
    }
    tested = count_stages(
        read_applicants(people.assign(furthest_stage="applied"), programme=programme, check_ids=False)
    ).funnel("disability")
    assert (tested.level, tested.groups) == ("broad", ("No disability", "Disability"))
    assert tested.reached[:, 0].tolist() == [1, 4]


BOXES = """
[characteristics.disability]
codelist = "disability.csv"
synonyms = ["disability_synonyms.csv", "not_stated.csv"]
reference = "No disability"
test_level = "broad"
several = "Multiple disabilities"
none_ticked = "No disability"
[characteristics.disability.ticked]
"Hearing Y/N" = "Hearing impairment"
"Sight Y/N" = "Sight impairment"
"No known disability" = "No disability"
"""


def test_a_box_for_each_impairment() -> None:
    people = pd.DataFrame(
        [
            ("Y", "N", ""),
            ("yes", "1", ""),
            ("n", "n", ""),
            ("", "", "x"),
            ("no", "", None),
            ("", "", ""),
            ("prefer not to say", "", ""),
            ("", "TRUE", "0"),
        ],
        columns=["hearing y/n", "Sight Y/N", "No known disability"],
    )
    assert groups(people, "disability", own(BOXES), level="detailed") == {
        "No disability": 3,
        "Hearing impairment": 1,
        "Sight impairment": 1,
        "Multiple disabilities": 1,
        "Not stated": 2,
    }


def test_boxes_that_exclude_each_other_or_hold_no_answer() -> None:
    people = pd.DataFrame(
        {
            "Hearing Y/N": ["Y", "perhaps"],
            "Sight Y/N": ["", ""],
            "No known disability": ["Y", ""],
            "furthest_stage": "applied",
        }
    )
    with pytest.raises(DataError) as refused:
        read_applicants(people, programme=own(BOXES), check_ids=False)
    problems = refused.value.problems
    assert problems[["code", "column", "rows", "problem", "found"]].to_numpy().tolist() == [
        [
            "answers_contradict",
            "Hearing Y/N, Sight Y/N, No known disability",
            "1",
            "Boxes ticked together that exclude each other in 'disability'.",
            "",
        ],
        [
            "unknown_label",
            "Hearing Y/N",
            "2",
            "Answers that are neither yes nor no to a box of 'disability'.",
            "a label of fewer than 5 rows, not shown: see the rows",
        ],
    ]


def test_a_box_that_is_not_there() -> None:
    people = pd.DataFrame({"Hearing Y/N": ["Y"], "furthest_stage": "applied"})
    with pytest.raises(DataError) as refused:
        read_applicants(people, programme=own(BOXES), check_ids=False)
    problems = refused.value.problems.query("code == 'column_missing'")
    assert set(problems["column"]) >= {"Sight Y/N", "No known disability"}
    assert set(problems["remedy"].iloc[:2]) == {"Add it, or take it out of ticked in the programme."}


def test_boxes_go_to_a_programme_file_and_back() -> None:
    assert programme_from_toml(programme_to_toml(own(BOXES))) == own(BOXES)


def test_sex_and_gender_are_two_questions() -> None:
    both = own(
        "[characteristics.sex]\ncodelist = 'sex.csv'\nsynonyms = 'sex_synonyms.csv'\n"
        "[characteristics.gender]\ncodelist = 'gender.csv'\nsynonyms = 'gender_synonyms.csv'\n"
    )
    people = pd.DataFrame({"sex": ["F", "M"], "gender": ["Man", "Man"], "furthest_stage": "applied"})
    counts = count_stages(read_applicants(people, programme=both, check_ids=False))
    assert counts.funnel("sex").reached[:, 0].tolist() == [1, 1]
    assert counts.funnel("gender").groups == ("Male",)
    problems = read_applicants(
        pd.DataFrame({"sex": ["F"], "religion": ["Sikh"], "furthest_stage": ["accepted"]}), check_ids=False
    ).problems
    assert problems[["severity", "code", "problem", "remedy"]].to_numpy().tolist() == [
        [
            "warning",
            "characteristic_missing",
            "The header does not have this column, so 'gender' is not read.",
            (
                "The column 'sex' answers another question; declare it as [characteristics.sex] with "
                'codelist = "sex.csv".'
            ),
        ]
    ]


def test_a_near_miss_among_columns_is_a_warning() -> None:
    frame = pd.DataFrame(
        {"gender": ["Male"], "etnicity": ["Indian"], "region": ["East"], "furthest_stage": ["accepted"]}
    )
    problems = read_applicants(frame, check_ids=False).problems
    assert problems[["column", "remedy"]].to_numpy().tolist() == [
        ["ethnicity", "Rename the column, or name it under [characteristics.ethnicity]. Is it 'etnicity'?"]
    ]


def test_a_file_without_ids_is_read_with_a_warning() -> None:
    frame = pd.DataFrame({"gender": ["Male"], "furthest_stage": ["accepted"]})
    applicants = read_applicants(frame)
    assert not applicants.ids_checked
    assert repr(applicants) == (
        "<Applicants: 1 in the frame, Step Up to Social Work; gender; ids not checked; 1 problem(s)>"
    )
    assert applicants.problems["code"].tolist() == ["ids_not_checked"]
    assert read_applicants(frame, check_ids=False).problems.empty


def test_the_same_id_in_two_cohorts_is_two_applications() -> None:
    frame = pd.DataFrame(
        {"applicant_id": [1, 1], "cohort": ["2010", "2011"], "gender": "Male", "furthest_stage": "accepted"}
    )
    assert len(read_applicants(frame)) == 2


def test_labels_with_hostile_text_come_through_unchanged() -> None:
    labels = ["=cmd|'/c calc'!A0", "<script>alert(1)</script>", "a;b", "+1", "@x"]
    programme = own(
        f"[characteristics.hostile]\ngroups = {labels!r}\n".replace(
            "\"=cmd|'/c calc'!A0\"", "\"=cmd|'/c calc'!A0\""
        )
    )
    assert groups(pd.DataFrame({"hostile": labels}), "hostile", programme) == dict.fromkeys(labels, 1)


def test_every_label_of_the_evaluation_loads() -> None:
    tables = pd.read_csv(shipped("examples/cohort_one_tables.csv"), dtype=str, keep_default_na=False)
    columns = {"age": "age_band", "sexual_orientation": "orientation"}
    for name, part in tables[tables["characteristic"] != "all"].groupby("characteristic"):
        column = columns.get(str(name), str(name))
        if column in step_up_to_social_work().characteristic_names:
            frame = pd.DataFrame({column: part["group"], "furthest_stage": "accepted"})
            assert read_applicants(frame, check_ids=False).problems.empty


def test_a_refusal_in_any_phrase_is_not_stated_and_said() -> None:
    frame = pd.DataFrame(
        {
            "applicant_id": ["a", "b", "c"],
            "religion": ["Christian", "I do not wish to disclose my religion/belief", "Missing/Unknown"],
            "furthest_stage": ["accepted"] * 3,
        }
    )
    applicants = read_applicants(frame)
    assert count_stages(applicants).funnel("religion", not_stated=True).reached[:, 0].tolist() == [1, 2]
    note = applicants.problems.iloc[0]
    assert note[["severity", "code", "rows", "count"]].tolist() == ["note", "refusal_read", "2, 3", 2]
    assert note["found"] == "'I do not wish to disclose my religion...' (1), 'Missing/Unknown' (1)"


FLAT = (
    '[characteristics.need]\nlabel = "Need"\ngroups = ["Sight", "Hearing", "None", "Several"]\n'
    'several = "Several"\nnone_ticked = "None"\n[characteristics.need.ticked]\n'
    '"See" = "Sight"\n"Hear" = "Hearing"\n"Nothing" = "None"\n'
)


@pytest.mark.parametrize(
    ("ticks", "group"),
    [
        ("YN-", "Sight"),
        ("YYN", "Several"),
        ("NNN", "None"),
        ("--Y", "None"),
        ("---", "Not stated"),
        ("YNY", None),
    ],
)
def test_boxes_of_flat_groups_may_be_ticked_together(ticks: str, group: str | None) -> None:
    cells = {name: [mark.strip("-")] for name, mark in zip(("See", "Hear", "Nothing"), ticks, strict=True)}
    people = pd.DataFrame({**cells, "applicant_id": ["a"], "furthest_stage": "applied"})
    if group is None:
        with pytest.raises(DataError, match="boxes ticked together that exclude each other"):
            read_applicants(people, programme=own(FLAT))
        return
    found = count_stages(read_applicants(people, programme=own(FLAT))).funnel("need", not_stated=True)
    assert found.groups == (group,)
