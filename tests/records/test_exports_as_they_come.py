"""Exports as systems and people make them: several applications of a person, pieces, dates, bands, remarks.

Made after exports of French, English and American systems; people and figures are invented.
"""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity import DataError, count_stages, read_applicants
from stepup_equity.counts import check_file, open_counts
from stepup_equity.errors import ProgrammeError
from stepup_equity.process import Programme, programme_from_toml, programme_to_toml

if TYPE_CHECKING:
    from pathlib import Path

STAGES = 'name = "own"\nstages = [{ key = "applied" }, { key = "interview" }, { key = "hired" }]\n'
GENDER = '[characteristics.gender]\nlabel = "Gender"\ngroups = ["Female", "Male"]\n'
STATUS = (
    '[reading.progress]\nkind = "status"\ncolumn = "status"\n'
    '[reading.progress.outcomes.applied]\nrejected = ["Refused"]\npending = ["New"]\n'
    '[reading.progress.outcomes.hired]\nreached = ["Hired"]\n'
)
EVENTS = (
    '[reading.progress]\nkind = "events"\nevent = "event"\ntime = "when"\nunfinished = "pending"\n{form}'
    '[reading.progress.outcomes.applied]\nreached = ["Applied"]\n'
    '[reading.progress.outcomes.interview]\nreached = ["Interview"]\n'
    '[reading.progress.outcomes.hired]\nreached = ["Hired"]\n'
    '[reading.progress.outcomes.any]\nrejected = ["Rejected"]\nwithdrew = ["Withdrawn"]\n'
)


def own(text: str) -> Programme:
    return programme_from_toml(STAGES + text)


def test_applications_of_several_people_by_a_composite_id(tmp_path: Path) -> None:
    reading = '[reading]\napplicant_id = ["candidat", "offre"]\nunit = "applications"\n'
    programme = own(GENDER + reading + STATUS)
    path = tmp_path / "candidatures.csv"
    path.write_text(
        "candidat;offre;gender;status\nC1;D1;Female;New\nC1;D2;Female;Refused\nC2;D1;Male;Hired\nC3;D1;;New\n",
        encoding="cp1252",
    )
    assert check_file(path, programme=programme)["problem"].tolist() == [
        "The rows are 4 applications of 3 people."
    ]
    opened = open_counts(path, programme=programme)
    assert opened.counts.people == 4
    assert opened.counts.notes[0].startswith(
        "Every number counts applications, and one person may stand in several."
    )
    assert not any(letter.isdigit() for letter in opened.counts.notes[0])
    assert programme_from_toml(programme_to_toml(programme)) == programme
    twice = path.read_text() + "C1;D2;Female;Hired\n"
    path.write_text(twice)
    assert check_file(path, programme=programme)["code"].tolist() == ["id_duplicate"]
    assert check_file(path, programme=programme)["rows"].tolist() == ["3, 6"]


def test_applications_are_counted_where_a_database_holds_them(tmp_path: Path) -> None:
    rows = [("C1", "D1", "Female", "New"), ("C1", "D2", "Female", "Refused"), ("C2", "D1", "Male", "Hired")]
    with closing(sqlite3.connect(tmp_path / "people.db")) as base:
        base.execute("CREATE TABLE applications (person, vacancy, gender, status)")
        base.executemany("INSERT INTO applications VALUES (?, ?, ?, ?)", rows)
        base.commit()
    once = GENDER + '[reading]\napplicant_id = "person"\n' + STATUS
    with pytest.raises(DataError, match=r'unit = "applications" and applicant_id = \["person", "vacancy"\]'):
        read_applicants(tmp_path / "people.db", query="applications", programme=own(once))
    each = once.replace('"person"', '["person", "vacancy"]\nunit = "applications"')
    applicants = read_applicants(tmp_path / "people.db", query="applications", programme=own(each))
    assert applicants.problems["problem"].tolist() == ["The rows are 3 applications of 2 people."]
    assert count_stages(applicants).people == 3


def test_people_in_several_rows_are_told_of_applications() -> None:
    frame = pd.DataFrame({"applicant_id": ["a", "a"], "gender": ["Male"] * 2, "status": ["New", "Hired"]})
    with pytest.raises(DataError, match=r'unit = "applications" and applicant_id = \["person", "vacancy"\]'):
        read_applicants(frame, programme=own(GENDER + STATUS))


def test_parts_of_an_id_that_the_header_lacks() -> None:
    programme = own(GENDER + '[reading]\napplicant_id = ["person", "vacancy"]\n' + STATUS)
    frame = pd.DataFrame({"person": ["a"], "gender": ["Male"], "status": ["New"]})
    with pytest.raises(DataError, match="column 'vacancy'"):
        read_applicants(frame, programme=programme)
    with pytest.raises(ProgrammeError, match="unit = 'rows'"):
        own(GENDER + '[reading]\nunit = "rows"\n' + STATUS)


def test_whoever_applied_again_waits_and_has_not_left() -> None:
    frame = pd.DataFrame(
        [
            ("P1", "V1", "Applied", "2023-01-01T09:00:00Z"),
            ("P1", "V1", "Withdrawn", "2023-01-02T09:00:00Z"),
            ("P1", "V2", "Applied", "2023-06-01T09:00:00+01:00"),
            ("P2", "V1", "Applied", "2023-01-01 UTC"),
            ("P2", "V1", "Rejected", "2023-01-05T10:00:00"),
        ],
        columns=["person", "vacancy", "event", "when"],
    ).assign(gender="Female")
    reading = '[reading]\napplicant_id = "person"\n'
    applicants = read_applicants(frame, programme=own(GENDER + reading + EVENTS.format(form="")))
    funnel = count_stages(applicants).overall()
    assert (funnel.pending[0, 0], funnel.withdrew[0, 0], funnel.rejected[0, 0]) == (1, 0, 1)
    assert applicants.problems["code"].tolist() == ["applied_again"]
    apart = '[reading]\napplicant_id = ["person", "vacancy"]\nunit = "applications"\n'
    each = count_stages(read_applicants(frame, programme=own(GENDER + apart + EVENTS.format(form=""))))
    assert each.people == 3
    assert each.overall().withdrew[0, 0] == 1


@pytest.mark.parametrize(
    "when", ["31/03/2024 14:05", "31/03/2024", "31/03/2024 02:05 PM", "2024-03-31", "31/03/2024 14:05:09 UTC"]
)
def test_a_format_without_a_time_reads_dates_with_one(when: str) -> None:
    frame = pd.DataFrame({"applicant_id": ["a"], "event": ["Applied"], "when": [when], "gender": ["Male"]})
    programme = own(GENDER + EVENTS.format(form='date_format = "%d/%m/%Y"\n'))
    assert count_stages(read_applicants(frame, programme=programme)).people == 1


def test_a_birthday_is_a_date_whatever_its_offset() -> None:
    bands = (
        '[characteristics.age]\nlabel = "Age"\nordered = true\nbirth_column = "dob"\n'
        'reference_date = "2010-09-01"\n'
        'groups = [{ label = "up to 19", lowest = 0, highest = 19 }, { label = "20 up", lowest = 20 }]\n'
    )
    frame = pd.DataFrame(
        {
            "applicant_id": ["a", "b", "c"],
            "dob": ["1990-09-02T00:00:00+01:00", "1990-09-02", "1990-09-01T00:00:00+01:00"],
            "furthest_stage": "applied",
        }
    )
    counts = count_stages(read_applicants(frame, programme=own(bands)))
    assert counts.funnel("age").reached[:, 0].tolist() == [2, 1]


AGES = (
    '[characteristics.age_band]\nlabel = "Age"\nordered = true\nsynonyms = ["not_stated.csv"]\n'
    'groups = [{ label = "16-24", lowest = 16, highest = 24 }, '
    '{ label = "25-34", lowest = 25, highest = 34 }, '
    '{ label = "35 and over", lowest = 35, highest = 120 }]\n'
)


@pytest.mark.parametrize(
    ("label", "group"),
    [
        ("16 - 24", "16-24"),
        ("25 to 34", "25-34"),
        ("25–34 years", "25-34"),
        ("Under 25", "16-24"),
        ("24 and under", "16-24"),
        ("35+", "35 and over"),
        ("Over 34", "35 and over"),
        ("35 plus", "35 and over"),
        ("Aged 25-34", "25-34"),
        ("moins de 25 ans", "16-24"),
    ],
)
def test_bands_by_any_dash_or_words(label: str, group: str) -> None:
    frame = pd.DataFrame({"applicant_id": ["a"], "age_band": [label], "furthest_stage": ["applied"]})
    funnel = count_stages(read_applicants(frame, programme=own(AGES))).funnel("age_band")
    assert funnel.groups == (group,)


@pytest.mark.parametrize("label", ["16-25", "26 to 34", "Under 30", "40+", "Oct-19"])
def test_other_bands_are_no_band_of_the_list(label: str) -> None:
    frame = pd.DataFrame({"applicant_id": list("abcde"), "age_band": label, "furthest_stage": "applied"})
    with pytest.raises(DataError) as refused:
        read_applicants(frame, programme=own(AGES))
    remedy = refused.value.problems["remedy"].iloc[0]
    assert ("a spreadsheet makes one of a band such as 10-19" in remedy) == (label == "Oct-19")
    assert refused.value.problems["found"].iloc[0] == f"{label!r} (5)"


RACES = (
    '[characteristics.race]\nlabel = "Race"\nseparator = ","\nseveral = "Two or more"\n'
    'groups = ["White", "Black, African or Caribbean", "Asian", "Two or more"]\n'
)


@pytest.mark.parametrize(
    ("field", "group"),
    [
        ("White", "White"),
        ("White,Asian", "Two or more"),
        ("Asian, White", "Two or more"),
        ("Black, African or Caribbean", "Black, African or Caribbean"),
        ("Asian,Black, African or Caribbean", "Two or more"),
        ("White,I do not wish to answer", "White"),
        ("I do not wish to answer", "Not stated"),
    ],
)
def test_several_answers_of_flat_groups(field: str, group: str) -> None:
    frame = pd.DataFrame({"applicant_id": ["a"], "race": [field], "furthest_stage": ["applied"]})
    funnel = count_stages(read_applicants(frame, programme=own(RACES))).funnel("race", not_stated=True)
    assert funnel.groups == (group,)


def test_an_unknown_piece_is_shown_whole() -> None:
    frame = pd.DataFrame(
        {"applicant_id": list("abcde"), "race": "White,Martian", "furthest_stage": "applied"}
    )
    with pytest.raises(DataError) as refused:
        read_applicants(frame, programme=own(RACES))
    assert refused.value.problems["found"].iloc[0] == "'White,Martian' (5)"


def test_lines_below_a_table_are_named_as_such(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text("applicant_id,gender,status\na,Male,New\nb,Female,Hired\nTotal: 2\n")
    with pytest.raises(DataError) as refused:
        open_counts(path, programme=own(GENDER + STATUS))
    assert str(refused.value) == (
        "export.csv has lines below its table (row 4), such as remarks or a total. Take them away: every row "
        "behind the column names is an applicant."
    )


SURVEY = (
    '[characteristics.gender]\nlabel = "Gender"\ncolumn = "Q1"\ngroups = ["Female", "Male"]\n'
    '[reading]\napplicant_id = "ResponseId"\n{skip}[reading.progress]\nkind = "status"\ncolumn = "Outcome"\n'
    '[reading.progress.outcomes.applied]\nrejected = ["Refused"]\n'
    '[reading.progress.outcomes.hired]\nreached = ["Hired"]\n'
)
HEADERS = 'ResponseId,Q1,Outcome\nResponse ID,"Which, if any,\nis yours?",Outcome\n{a},{b},{c}\n'
PEOPLE = "R1,Male,Refused\nR2,Female,Hired\nR3,Male,Hired\n"


def _sheet(text: str) -> bytes:
    import csv

    from openpyxl import Workbook

    book, file = Workbook(), io.BytesIO()
    for row in csv.reader(io.StringIO(text)):
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_headers_below_the_column_names_are_no_people(ending: str, tmp_path: Path) -> None:
    path, text = tmp_path / f"survey.{ending}", HEADERS + PEOPLE + "R4,Neither,Hired\n"
    path.write_bytes(text.encode() if ending == "csv" else _sheet(text))
    programme = own(SURVEY.format(skip="skip_rows = 2\n"))
    assert check_file(path, programme=programme)["rows"].tolist()[0] == "7"
    path.write_bytes((HEADERS + PEOPLE).encode() if ending == "csv" else _sheet(HEADERS + PEOPLE))
    assert open_counts(path, programme=programme).counts.people == 3
    assert check_file(path, programme=programme)["code"].tolist() == ["headers_skipped"]
    assert programme_from_toml(programme_to_toml(programme)) == programme
    found = check_file(path, programme=own(SURVEY.format(skip="")))
    assert set(found["severity"]) == {"error"}


def test_a_person_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "tidied.csv"
    path.write_text("ResponseId,Q1,Outcome\n" + PEOPLE)
    with pytest.raises(DataError, match="2 of the rows that skip_rows takes for headers can be read as a"):
        open_counts(path, programme=own(SURVEY.format(skip="skip_rows = 2\n")))
    path.write_text("ResponseId,Q1,Outcome\nResponse ID,Question,Outcome\n")
    with pytest.raises(DataError, match="fewer rows below its column names than the 2"):
        open_counts(path, programme=own(SURVEY.format(skip="skip_rows = 2\n")))
    with pytest.raises(ProgrammeError, match="skip_rows is -1"):
        own(SURVEY.format(skip="skip_rows = -1\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_nul_in_a_header_costs_nobody_their_row(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "survey.csv"
    path.write_bytes((HEADERS.replace("{c}\n", "{c}\0\n") + PEOPLE).encode(encoding))
    with pytest.raises(DataError, match="it holds bytes that are no text"):
        open_counts(path, programme=own(SURVEY.format(skip="skip_rows = 2\n")))
