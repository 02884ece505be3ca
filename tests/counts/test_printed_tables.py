"""Tables as people publish them: what is read, what is left out, and what is said of it.

Made after releases of councils, health services, police and fire services, departments and audits; most
figures are invented. Each is read by its path and as a frame that pandas read, and both must agree.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from stepup_equity import ArgumentError, DataError, StageCounts, protect
from stepup_equity.counts import check_file, holds_published_table, open_counts

if TYPE_CHECKING:
    from pathlib import Path

COUNTS_PROGRAMME = """
name = "own"
[[stages]]
key = "applied"
[[stages]]
key = "shortlisted"
[[stages]]
key = "appointed"
[characteristics.ethnicity]
label = "Ethnicity"
codelist = "ethnicity_19.csv"
synonyms = ["ethnicity_19_synonyms.csv", "not_stated.csv"]
reference = "White British"
[reading.progress]
kind = "counts"
reached = { applied = "applied", shortlisted = "shortlisted", appointed = "appointed" }
"""

PLAIN = "ethnicity,applied,shortlisted,appointed\nWhite,920,389,117\nBME,43,10,2\n"
OVERLAP = """characteristic,group,Applied,Offered,Recruited
Sex,Female,310,140,100
Sex,Male,180,70,45
Sex,Prefer not to say,10,4,2
Disability,At least 1 disability or health condition declared,120,45,30
Disability,Autistic spectrum condition,30,10,6
Disability,Learning difference,60,24,17
Disability,Mental health condition,55,20,14
Disability,I do not have any of these disabilities or health conditions,360,164,113
Disability,Prefer not to say,20,5,4
"""
STAGES_IN_ROWS = """Stage,16-29,30-39,40-49,50-59,60+,Prefer not to say,Unknown
Applied,625,515,278,101,27,14,72
Attended Interview,29,32,35,17,*,*,15
Successful Candidates,11,8,10,*,*,*,8
"""
DROPPED = """characteristic,group,Applied,Attended Interview,Successful Candidates
gender,Female,825,80,24
gender,Male,728,38,11
gender,Unknown,64,14,7
age_band,16-29,625,29,11
age_band,30-39,515,32,8
age_band,40-49,278,35,10
age_band,Unknown,72,15,8
"""
SUBTOTALS = """ethnicity,applied,shortlisted,appointed
White,1000,300,90
White British,850,260,80
White Irish,30,10,3
White other,120,30,7
Asian,400,80,15
Indian,200,45,9
Pakistani,150,25,4
Bangladeshi,50,10,2
Black,300,50,8
Black African,220,35,5
Black Caribbean,80,15,3
Not stated,60,15,4
"""
ROUNDED = """characteristic,group,Registrations Number,Applications Number,Recommended for appointment Number
Gender,Male,"34,513","33,754",371
Gender,Female,"37,411","36,400",358
Gender,Identify in another way [note 2],727,710,11
Gender,Not known,"11,352","1,827",14
Ethnicity,White,"31,200","30,500",560
Ethnicity,BME total,"40,805","39,900",190
Ethnicity,Asian,"22,000","21,600",101
Ethnicity,Black,"13,800","13,400",32
Ethnicity,Mixed,"3,600","3,500",46
Ethnicity,Other,"1,400","1,400",8
Ethnicity,Not known,"12,003","2,291",7
Disability,Yes,"11,000","10,800",150
Disability,No,"61,000","59,900",590
Disability,Not known,"12,003","1,991",14
"""
FAILURES = """characteristic,group,applicants,Number failing application,Number failing vetting,Recruited
gender,Male,2000,900,40,30
gender,Female,900,350,12,8
"""
ALL_HUNDRED = """characteristic,group,applied,shortlisted,appointed
disability,Disabled,100,24,6
disability,Not disabled,100,27,19
disability,Not disclosed,100,70,31
"""
FRENCH = """characteristic;group;candidatures;retenues;embauches
genre;Femme;48,2;41,3;40,1
genre;Homme;51,8;38,7;36,9
"""
SPANISH = """characteristic;group;solicitudes;preseleccionados;contratados
género;Mujer;2.000;1.000;1
género;Hombre;3.000;1.000;1
"""


def written(text: str, tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def both(text: str, tmp_path: Path, **reading: object) -> StageCounts:
    """The counts of a table, alike through both doors."""
    opened = open_counts(written(text, tmp_path))
    reading.setdefault("keep_default_na", False)
    from_frame = StageCounts.from_table(pd.read_csv(io.StringIO(text), **reading))  # type: ignore[call-overload]
    assert opened.counts == from_frame
    assert opened.counts.notes == from_frame.notes
    return from_frame


def reached(counts: StageCounts, name: str) -> dict[str, list[int]]:
    funnel = counts.funnel(name, not_stated=True)
    return dict(zip(funnel.groups, funnel.reached.tolist(), strict=True))


def codes(text: str, tmp_path: Path) -> dict[str, str]:
    """Codes of what `check` says, each with its sentence."""
    problems = check_file(written(text, tmp_path))
    return dict(zip(problems["code"], problems["problem"], strict=True))


def test_the_table_of_the_guide_as_it_is_printed(tmp_path: Path) -> None:
    assert reached(both(PLAIN, tmp_path), "ethnicity") == {"White": [920, 389, 117], "BME": [43, 10, 2]}
    assert codes(PLAIN, tmp_path) == {}


def test_overlapping_answers_are_never_the_number_of_people(tmp_path: Path) -> None:
    counts = both(OVERLAP, tmp_path)
    assert counts.people == 500
    assert reached(counts, "Sex")["Not stated"] == [10, 4, 2]
    assert reached(counts, "Disability") == {
        "At least 1 disability or health condition declared": [120, 45, 30],
        "I do not have any of these disabilities or health conditions": [360, 164, 113],
        "Not stated": [20, 5, 4],
    }
    assert codes(OVERLAP, tmp_path) == {
        "answers_overlap": (
            "The answers in 'Disability' overlap: they add up to 645, where there are 500 people. "
            "Left out, as "
            "answers within others: 'Autistic spectrum condition', 'Learning difference', 'Mental health "
            "condition'."
        )
    }


def test_overlapping_answers_that_no_rows_explain_are_refused(tmp_path: Path) -> None:
    text = "\n".join(line for line in OVERLAP.splitlines() if "I do not have" not in line) + "\n"
    text += "Disability,Physical,300,90,60\n"
    assert list(codes(text, tmp_path)) == ["answers_overlap"]
    with pytest.raises(DataError, match=r"adds up to 585 people, where 'Sex' has 500"):
        open_counts(written(text, tmp_path))


def test_hidden_cells_are_hidden_and_what_is_known_counts(tmp_path: Path) -> None:
    counts = both(STAGES_IN_ROWS, tmp_path)
    assert counts.people == 1632
    assert reached(counts, "age_band")["Not stated"][0] == 86
    funnel = counts.funnel("age_band")
    assert funnel.reached[:, 0].tolist() == [625, 515, 278, 101, 27]
    assert funnel.hidden[funnel.groups.index("60+")].tolist() == [27, 0]
    assert funnel.hidden[funnel.groups.index("50-59")].tolist() == [0, 17]
    assert list(codes(STAGES_IN_ROWS, tmp_path)) == ["numbers_hidden"]


@pytest.mark.parametrize("mark", ["*", "c", "[c]", "<5", "fewer than 5", "..", "-", "~"])
def test_marks_of_hidden_cells(mark: str, tmp_path: Path) -> None:
    text = f"ethnicity,applied,shortlisted,appointed\nWhite,920,389,117\nBME,43,10,{mark}\n"
    funnel = both(text, tmp_path).funnel("ethnicity")
    assert funnel.reached.tolist() == [[920, 389, 117], [43, 10, 0]]
    assert funnel.hidden.tolist() == [[0, 0], [0, 10]]


def test_a_group_whose_applicants_are_hidden_is_left_out_and_named(tmp_path: Path) -> None:
    text = PLAIN + "Roma,*,*,*\n"
    assert both(text, tmp_path).people == 963
    assert codes(text, tmp_path) == {
        "group_hidden": (
            "Groups whose number at 'applied' the published table hides are left out, and totals may be "
            "without them: 'Roma'."
        )
    }


def test_numbers_behind_a_hidden_one_make_no_rate(tmp_path: Path) -> None:
    funnel = both(PLAIN.replace("43,10,2", "43,*,2"), tmp_path).funnel("ethnicity")
    assert funnel.reached.tolist()[1] == [43, 0, 0]
    assert funnel.hidden.tolist()[1] == [43, 0]


def test_people_of_dropped_rows_are_not_not_stated(tmp_path: Path) -> None:
    counts = both(DROPPED, tmp_path)
    assert counts.people == 1617
    assert reached(counts, "age_band")["Not stated"] == [72, 15, 8]
    assert codes(DROPPED, tmp_path) == {
        "totals_differ": (
            "'age_band' has 1,490 people, 'gender' 1,617, so groups of it may be hidden or dropped, "
            "or answers "
            "overlap in the other. Each is counted as it stands; nobody was added."
        )
    }


def test_who_is_added_as_not_stated_is_said(tmp_path: Path) -> None:
    text = (
        "characteristic,group,applied,appointed\nsex,Female,80,8\nsex,Male,20,1\n"
        "religion,None,60,6\nreligion,Sikh,30,2\n"
    )
    assert reached(both(text, tmp_path), "religion")["Not stated"] == [10, 1]
    assert codes(text, tmp_path) == {
        "not_stated_added": (
            "'religion' has 90 people, 'sex' 100: 10 people were added to 'religion' as 'Not "
            "stated'. That is "
            "wrong where they stand in groups that the table hides or drops, or where answers in "
            "'sex' overlap."
        )
    }


@pytest.mark.parametrize(
    ("label", "rest"),
    [
        ("Missing/Unknown", "Male"),
        ("I do not wish to disclose my religion/belief", "Male"),
        ("Decline to self identify", "Male"),
        ("Undefined", "Male"),
    ],
)
def test_refusals_to_answer_are_not_stated(label: str, rest: str, tmp_path: Path) -> None:
    text = (
        f"characteristic,group,applicants,selected\nsex,Female,500,90\nsex,{rest},400,80\nsex,{label},43,0\n"
    )
    counts = both(text, tmp_path)
    assert reached(counts, "sex")["Not stated"] == [43, 0]
    assert counts.funnel("sex").groups == ("Female", "Male")


def test_a_label_that_may_be_a_refusal_is_a_question(tmp_path: Path) -> None:
    assert list(codes(PLAIN + "Other or unknown,30,5,1\n", tmp_path)) == ["perhaps_not_stated"]


def test_subtotals_of_the_rows_under_them(tmp_path: Path) -> None:
    counts = both(SUBTOTALS, tmp_path)
    assert counts.people == 1760
    assert "White" not in reached(counts, "ethnicity")
    programme = tmp_path / "own.toml"
    programme.write_text(COUNTS_PROGRAMME)
    path = written(SUBTOTALS, tmp_path)
    declared = open_counts(path, programme=programme)
    assert declared.counts.people == 1760
    assert declared.counts.overall().reached.tolist() == [[1760, 445, 117]]
    assert declared.problems["code"].tolist() == ["subtotal_left_out"]
    assert check_file(path, programme=programme)["rows"].tolist() == ["2, 6, 10"]


def test_a_subtotal_to_within_rounding(tmp_path: Path) -> None:
    counts = both(ROUNDED, tmp_path)
    assert counts.people == 84_003
    assert "BME total" not in counts.funnel("Ethnicity").groups
    unknown = reached(counts, "Gender")["Not stated"][0]
    assert round(100 * unknown / counts.people) == 14
    assert set(codes(ROUNDED, tmp_path)) == {"subtotal_left_out", "total_disagrees"}


def test_the_last_row_without_labels_is_the_total(tmp_path: Path) -> None:
    programme = tmp_path / "own.toml"
    programme.write_text(
        'name = "own"\n[[stages]]\nkey = "sat"\n[[stages]]\nkey = "progressed"\n'
        '[characteristics.gender]\nlabel = "Gender"\ncodelist = "gender.csv"\n'
        'synonyms = ["gender_synonyms.csv", "not_stated.csv"]\n'
        '[characteristics.ethnicity]\nlabel = "Ethnicity"\ncodelist = "ethnicity_2.csv"\n'
        'synonyms = ["ethnicity_2_synonyms.csv", "not_stated.csv"]\n'
        '[reading.progress]\nkind = "counts"\n[reading.progress.outcomes.sat]\nrejected = ["below"]\n'
        '[reading.progress.outcomes.progressed]\nreached = ["above"]\n'
    )
    path = written(
        "gender,ethnicity,above,below\nMale,White,245,449\nFemale,White,56,103\nMale,BAME,49,150\n"
        "Female,BAME,5,26\n,,355,728\n",
        tmp_path,
    )
    opened = open_counts(path, programme=programme)
    assert opened.counts.people == 1083
    assert opened.problems["code"].tolist() == ["total_left_out"]


def test_people_who_failed_are_no_stage(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        both(FAILURES, tmp_path)
    assert str(refused.value).startswith(
        "table.csv is refused: 'Number failing application', 'Number failing vetting' count people who left"
    )
    assert list(codes(FAILURES, tmp_path)) == ["column_of_exits"]


def test_columns_that_part_the_first_are_no_stages(tmp_path: Path) -> None:
    text = "sex,total candidates,sent home,went on\nFemale,100,60,40\nMale,220,100,120\n"
    assert list(codes(text, tmp_path)) == ["columns_add_up"]


@pytest.mark.parametrize("other", ["0,0,0", "10,10,0"])
def test_one_row_that_happens_to_add_up_is_no_partition(tmp_path: Path, other: str) -> None:
    text = f"sex,applied,sifted,hired\nFemale,30,21,9\nMale,{other}\n"
    assert both(text, tmp_path).process.stage_keys == ("applied", "sifted", "hired")


def test_proportions_are_no_stage(tmp_path: Path) -> None:
    text = PLAIN.replace("appointed\n", "appointed,proportion appointed\n", 1)
    text = text.replace("117\n", "117,12\n").replace(",2\n", ",2,5\n")
    assert both(text, tmp_path).process.stage_keys == ("applied", "shortlisted", "appointed")
    assert list(codes(text, tmp_path)) == ["column_left_out"]


@pytest.mark.parametrize(
    "text",
    [
        ALL_HUNDRED,
        "sex,applied,shortlisted,appointed\nFemale,48,41,40\nMale,52,59,60\n",
    ],
)
def test_percentages_that_look_like_counts_are_questioned(text: str, tmp_path: Path) -> None:
    assert list(codes(text, tmp_path)) == ["perhaps_percentages"]
    with pytest.raises(DataError, match="seem to be percentages"):
        StageCounts.from_table(pd.read_csv(io.StringIO(text)))


def test_two_groups_of_a_hundred_may_be_people(tmp_path: Path) -> None:
    counts = both("sex,applied,shortlisted\nFemale,100,41\nMale,100,59\n", tmp_path)
    assert counts.notes == (
        "Every group starts at 100, so these seem to be percentages and not numbers of people.",
    )


def test_decimal_commas_are_percentages(tmp_path: Path) -> None:
    assert set(codes(FRENCH, tmp_path)) == {"not_a_number_of_people"}
    programme = tmp_path / "own.toml"
    programme.write_text(
        'name = "own"\n[[stages]]\nkey = "c"\n[[stages]]\nkey = "r"\n[characteristics.genre]\nlabel '
        '= "Genre"\n'
        'groups = ["Femme", "Homme"]\n[reading.progress]\nkind = "counts"\n'
        'reached = { c = "candidatures", r = "retenues" }\n'
    )
    path = written("genre;candidatures;retenues\nFemme;48,2;41,3\nHomme;51,8;38,7\n", tmp_path)
    with pytest.raises(DataError, match="counts of people are needed, not percentages"):
        open_counts(path, programme=programme)
    with pytest.raises(DataError, match="not percentages"):
        StageCounts.from_table(pd.read_csv(io.StringIO(FRENCH), sep=";"))


def test_points_between_thousands(tmp_path: Path) -> None:
    counts = both(SPANISH, tmp_path, sep=";", dtype=str)
    assert counts.overall().reached.tolist() == [[5000, 2000, 2]]
    assert codes(SPANISH, tmp_path) == {
        "points_part_thousands": "Points stand between thousands: '2.000' was read as 2,000."
    }
    with pytest.raises(DataError, match=r"where the file prints 2\.000 for two thousand"):
        StageCounts.from_table(pd.read_csv(io.StringIO(SPANISH), sep=";"))


@pytest.mark.parametrize("style", ["1,234", "1.234", "1 234", "1'234", "1\u00a0234"])
def test_one_way_of_writing_thousands(style: str, tmp_path: Path) -> None:
    text = f'ethnicity;applied;appointed\nWhite;"{style}";117\nBME;43;2\n'
    assert both(text, tmp_path, sep=";", dtype=str).overall().reached.tolist() == [[1277, 119]]


@pytest.mark.parametrize("cells", [("2.000", "1.000"), ("1,200", "2.000"), ("1250", "2.000")])
def test_numbers_in_two_ways_are_refused(cells: tuple[str, str], tmp_path: Path) -> None:
    text = f"ethnicity;applied;appointed\nWhite;{cells[0]};{cells[1]}\nBME;{cells[1]};{cells[1]}\n"
    assert "numbers_two_ways" in codes(text, tmp_path)


LAYOUTS = {
    "cover sheet": (
        "Table 3: recruitment\nby ethnic group\n\nEthnicity,Applied,Hired\nWhite,150,15\nBME,40,4\n"
        "Source: human resources\nCounts are exact.\n"
    ),
    "stages in rows": "Stage,White,BME\nApplied,150,40\nHired,15,4\n",
    "long by step": (
        "Ethnic group,Step,Number\nWhite,Applied,150\nWhite,Hired,15\nBME,Applied,40\nBME,Hired,4\n"
    ),
    "numbers and percentages below": (
        ",Applied,,Hired,\nEthnicity,Number,%,Number,%\nWhite,150,79%,15,79%\nBME,40,21%,4,21%\n"
    ),
    "a section": "Group,Applied,Hired\nEthnicity,,\nWhite,150,15\nBME,40,4\nTotal,190,19\n",
    "merged cells": "Characteristic,Category,Applied,Hired\nEthnicity,White,150,15\n,BME,40,4\n",
    "all in one column": "Ethnicity,Applied,% of all,Hired\nWhite,150,79,15\nBME,40,21,4\nTotal,190,100,19\n",
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_layouts_as_printed(layout: str, tmp_path: Path) -> None:
    counts = open_counts(written(LAYOUTS[layout], tmp_path)).counts
    (name,) = counts.characteristics
    assert name in {"ethnicity", "ethnic_group"}
    assert reached(counts, name) == {"White": [150, 15], "BME": [40, 4]}
    assert [stage.casefold() for stage in counts.process.stage_keys] == ["applied", "hired"]


def test_years_side_by_side(tmp_path: Path) -> None:
    text = ",2019,,2020,\nEthnicity,Applied,Hired,Applied,Hired\nWhite,100,10,200,30\nBME,50,4,60,7\n"
    counts = both(text, tmp_path)
    assert counts.cohorts == ("2019", "2020")
    assert counts.funnel("ethnicity", where={"cohort": "2020"}).reached.tolist() == [[200, 30], [60, 7]]


def test_sections_one_below_the_other(tmp_path: Path) -> None:
    text = "Group,Applied,Hired\nGender,,\nFemale,100,10\nMale,90,8\nEthnicity,,\nWhite,150,15\nBME,40,3\n"
    counts = both(text, tmp_path)
    assert counts.characteristics == ("gender", "ethnicity")
    assert counts.people == 190


def test_groups_in_columns_under_their_questions(tmp_path: Path) -> None:
    text = ",Gender,,Ethnicity,\nStage,Female,Male,White,BME\nApplied,100,90,150,40\nHired,10,9,15,4\n"
    counts = both(text, tmp_path)
    assert reached(counts, "gender") == {"Female": [100, 10], "Male": [90, 9]}
    assert reached(counts, "ethnicity") == {"White": [150, 15], "BME": [40, 4]}


def test_a_layout_that_is_not_understood_shows_the_columns_to_make(tmp_path: Path) -> None:
    frame = pd.DataFrame([("White", "many", "few")], columns=["Ethnicity", "Applied", "Hired"])
    with pytest.raises(DataError) as refused:
        StageCounts.from_table(frame)
    assert (
        "For example: characteristic = 'Ethnicity', group = 'White', and columns such as 'Applied', 'Hired'"
        in str(refused.value)
    )


def test_records_stay_records(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("gender,furthest_stage,score\nFemale,accepted,12\nMale,eligible,10\nMale,accepted,9\n")
    assert open_counts(path).counts.people == 3


def test_tables_of_different_people_are_reported_and_never_published(tmp_path: Path) -> None:
    counts = open_counts(written(DROPPED, tmp_path)).counts
    assert len(protect(counts, "internal", by=["gender", "age_band"]).frame) > 0
    with pytest.raises(ArgumentError, match="hides numbers cannot be published again"):
        protect(counts, "publish", by=["gender", "age_band"])


SHARES = (
    "Application category,% Shortlisted 2021/22,% Shortlisted 2020/21,% Appointed 2021/22\n"
    "Disabled,24.4,8.0,5.9\nNot disabled,26.9,5.8,19.1\nNot disclosed,31.1,2.9,69.7\nTotal,26.8,5.8,20.0\n"
)


def test_a_table_of_percentages_alone_has_no_stage(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"The table has no stage\. .* Taken for no stage: '% Short"):
        open_counts(written(SHARES, tmp_path))


SEVERAL = (
    "Ethnic group,Applied,Offered\nEuropean,4520,2310\nMāori,1230,560\nAsian,2010,905\nTotal,{total},3655\n"
)


def test_groups_of_more_people_than_their_total_overlap(tmp_path: Path) -> None:
    assert list(codes(SEVERAL.format(total=6685), tmp_path)) == ["groups_exceed_total"]
    with pytest.raises(DataError, match="'Total' says 6,685, its groups add up to 7,760"):
        open_counts(written(SEVERAL.format(total=6685), tmp_path))
    assert set(codes(SEVERAL.format(total=7755), tmp_path)) == {"total_disagrees", "total_left_out"}


def test_percentages_under_one_sign_beside_each_number_are_left_out(tmp_path: Path) -> None:
    """As reports print them: a number, then "%", again and again."""
    path = tmp_path / "old.csv"
    path.write_text(
        "Table 4: Recruitment by ethnic origin\n\nEthnic origin,Applied,%,Shortlisted,%,Appointed,%\n"
        'White,"1,204",77.0,512,79.5,81,81.0\nBlack,173,11.1,61,9.5,7,7.0\nAsian,187,12.0,71,11.0,12,12.0\n',
        encoding="utf-8",
    )
    opened = open_counts(path)
    assert opened.counts.process.stage_keys == ("Applied", "Shortlisted", "Appointed")
    assert opened.counts.people == 1_564
    assert "'%' holds percentages" in opened.problems["problem"].str.cat()


@pytest.mark.parametrize("mark", [".", ","])
def test_a_plain_table_of_percentages_is_refused_as_such(tmp_path: Path, mark: str) -> None:
    """Its headings are no column names of records, and its decimal commas part no columns."""
    path = tmp_path / "shares.csv"
    rows = ["White;68.4;72.1;77.1", "Black;9.8;8.6;6.7", "Asian;21.8;19.3;16.2"]
    text = "\n".join(["Ethnicity;Applied;Shortlisted;Appointed", *rows]).replace(".", mark)
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(DataError, match="counts of people are needed, not percentages"):
        open_counts(path)


def test_as_many_decimal_commas_as_semicolons_part_no_columns(tmp_path: Path) -> None:
    path = tmp_path / "semicolons.csv"
    path.write_text("Ethnicity;Applied;Shortlisted\nWhite;241,0;88,0\nBlack;173,0;61,0\n", encoding="utf-8")
    assert open_counts(path).counts.people == 414


def test_a_row_of_two_years_is_named_once(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(
        ",2019/20,2019/20,2019/20,2020/21,2020/21,2020/21\n"
        "Ethnicity,Applied,Shortlisted,Appointed,Applied,Shortlisted,Appointed\n"
        "White,920,389,117,820,349,107\nBlack,143,30,*,133,40,*\nAsian,200,50,15,210,*,*\n"
        "Total,1263,469,134,1163,395,109\n"
    )
    problems = check_file(path).set_index("code")
    assert problems["rows"].to_dict() == {"numbers_hidden": "4, 5", "total_left_out": "6"}
    assert problems["count"].to_dict() == {"numbers_hidden": 2, "total_left_out": 1}


def workbook(folder: Path, **sheets: list[list[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(folder / "tables.xlsx")
    return folder / "tables.xlsx"


COVER = [["Equality in recruitment 2023/24"], [], ["Contents"], ["Ethnicity"]]
ETHNICITY = [
    ["Table 1"],
    [],
    ["Ethnicity", "Applicants", "Appointed"],
    ["White", 920, 117],
    ["Black", 143, "[c]"],
]
SEX = [["Sex", "Applicants", "Appointed"], ["Female", 700, 80], ["Male", 363, 50]]


def test_the_one_table_behind_a_cover_is_read_and_named(tmp_path: Path) -> None:
    opened = open_counts(workbook(tmp_path, Cover=COVER, Ethnicity=ETHNICITY))
    assert opened.counts.funnel("ethnicity").reached[:, 0].tolist() == [920, 143]
    assert "Only the sheet 'Ethnicity' is read. Other sheets of tables.xlsx with content: 'Cover'." in set(
        opened.problems["problem"]
    )


def test_several_tables_behind_a_cover_are_asked_about(tmp_path: Path) -> None:
    path = workbook(tmp_path, Cover=COVER, Ethnicity=ETHNICITY, Sex=SEX)
    with pytest.raises(DataError, match=r"published tables on several sheets: 'Ethnicity', 'Sex'\. Save"):
        open_counts(path)
    assert holds_published_table(path)


def test_a_second_table_is_not_left_out_in_silence(tmp_path: Path) -> None:
    problems = check_file(workbook(tmp_path, Sex=SEX, Ethnicity=ETHNICITY))
    assert problems["code"].tolist() == ["other_sheets"]
