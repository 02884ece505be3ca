"""Whatever file is given becomes counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity import DataError, StageCounts, read_applicants
from stepup_equity.counts import check_file, open_counts
from stepup_equity.process import load_programme
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path

WEST_LANCS = shipped("examples/west_lancs_2019_20.csv")


def test_records_tables_and_counts(tmp_path: Path) -> None:
    records = open_counts(shipped("examples/cohort_one.csv"))
    assert records.counts.people == 2095
    assert records.problems.empty
    written = records.counts.write(tmp_path / "counts.parquet")
    assert open_counts(written).counts == records.counts
    table = open_counts(WEST_LANCS)
    assert table.counts.people == 970
    assert table.counts.characteristics == ("ethnicity", "religion")


@pytest.mark.parametrize("kind", ["xlsx", "semicolons", "parquet", "frame"])
def test_a_published_table_of_any_kind(kind: str, tmp_path: Path) -> None:
    frame = pd.read_csv(WEST_LANCS, keep_default_na=False)
    expected = StageCounts.from_table(frame)
    source: object = frame
    if kind == "xlsx":
        source = tmp_path / "table.xlsx"
        frame.to_excel(source, index=False, engine="xlsxwriter")
    elif kind == "semicolons":
        source = tmp_path / "table.csv"
        frame.to_csv(source, index=False, sep=";")
    elif kind == "parquet":
        source = tmp_path / "table.parquet"
        frame.to_parquet(source)
    assert open_counts(source).counts == expected


def test_exits_counted_per_gate() -> None:
    counts = open_counts(shipped("examples/fire_service.csv"), programme="fire_service").counts
    programme = load_programme("fire_service")
    assert len(programme.process.gates) == 7
    everyone = counts.overall()
    assert everyone.reached[0, 0] == 1480
    assert everyone.reached[0, -1] == 186
    assert everyone.rejected.tolist() == [[163, 502, 258, 246, 33, 81, 0]]
    assert everyone.withdrew.tolist() == [[0, 0, 0, 0, 0, 0, 11]]
    gender = counts.funnel("gender", not_stated=True)
    assert gender.groups == ("Female", "Male", "Not stated")
    assert gender.reached[:, 0].tolist() == [253, 1186, 41]
    assert gender.withdrew[:, -1].tolist() == [0, 11, 0]


def test_numbers_that_do_not_add_up() -> None:
    frame = pd.read_csv(shipped("examples/fire_service.csv"))
    frame.loc[3, "applied"] += 1
    with pytest.raises(DataError) as error:
        StageCounts.from_table(frame, load_programme("fire_service"))
    assert str(error.value) == (
        "The table is refused: numbers that are not the sum of those who left there or later "
        "(column 'applied', row 4). Correct them, or name the missing columns under "
        "[reading.progress.outcomes]."
    )


def test_a_group_the_programme_does_not_know() -> None:
    frame = pd.read_csv(shipped("examples/fire_service.csv"))
    frame.loc[1, "group"] = "Womn"
    with pytest.raises(DataError) as error:
        StageCounts.from_table(frame, load_programme("fire_service"))
    assert str(error.value) == (
        "Characteristic 'gender' has a group that the programme does not know, in row 2. "
        "Groups: 'Female', 'Male', 'Other'. Correct it, or declare the spelling under synonyms."
    )


def test_checking_a_file_never_raises_for_its_data(tmp_path: Path) -> None:
    assert check_file(WEST_LANCS).empty
    assert check_file(shipped("examples/cohort_one.csv")).empty
    path = tmp_path / "broken.csv"
    path.write_text("characteristic,group,applied,appointed\nsex,Male,5,6\n")
    problems = check_file(path)
    assert problems[["severity", "code", "problem"]].to_numpy().tolist() == [
        [
            "error",
            "numbers_grow",
            (
                "Group 'Male' has more people who reached 'appointed' than 'applied'. Each stage holds those "
                "who reached it, so numbers never grow."
            ),
        ]
    ]
    (tmp_path / "empty.csv").write_text("")
    assert check_file(tmp_path / "empty.csv")["code"].tolist() == ["file_empty"]


def test_what_a_file_and_a_programme_do_not_share_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(
        "applicant_id,Where from,age_band,gender,religion,disability,orientation,furthest_stage\n"
        "a1,Arab,20-24,Female,Sikh,No disability,Heterosexual,accepted\n"
    )
    wanted = [
        [
            "characteristic_absent",
            "ethnicity",
            "There is no such column, so nothing is said about ethnicity.",
            "Where from",
            "If it has another name, name it under [characteristics.ethnicity] in the programme.",
        ],
        [
            "columns_not_read",
            "",
            "Columns that the programme has no use for are not read.",
            "Where from",
            "Nothing needs doing, unless one of them holds a characteristic or a stage.",
        ],
    ]
    for problems in (check_file(path), open_counts(path).problems):
        assert problems[["code", "column", "problem", "possible", "remedy"]].to_numpy().tolist() == wanted
        assert set(problems["severity"]) == {"note"}
    assert read_applicants(path).problems.empty
    assert open_counts(shipped("examples/cohort_one.csv")).problems.empty
