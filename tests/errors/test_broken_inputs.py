"""Every broken input is refused with one sentence that ends the search; the whole of it is read here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity import ArgumentError, DataError, read_applicants
from stepup_equity.counts import check_file
from stepup_equity.records.problems import PROBLEM_COLUMNS
from tests.errors.broken import BROKEN, GOOD, HEAD

if TYPE_CHECKING:
    from pathlib import Path

CALLS = {
    "database without a query",
    "query of a file",
    "query that is empty",
    "not a source",
    "by what is not declared",
    "strata that are not declared",
}
"""Mistakes in the call rather than in the data."""

SENTENCES = {
    "no such file": ("There is no file 'cohort_onne.csv'. Check the path."),
    "empty": ("file.csv is empty: it has no header in row 1. Export it again with its column names."),
    "blank lines only": (
        "file.csv is empty: it has no header in row 1. Export it again with its column names."
    ),
    "header only": ("file.csv is refused: it has a header but no rows. Export it again with its applicants."),
    "header without line end": (
        "file.csv is refused: it has a header but no rows. Export it again with its applicants."
    ),
    "one column": (
        "file.csv is not a table: row 1 does not hold two column names or more. A table of applicants has"
        " a header with commas, semicolons or tabs between names. If they stand in another row, write its "
        "number under [reading] in the programme, such as header_row = 3."
    ),
    "binary": (
        "file.csv is not a text table: it holds bytes that are no text. Save it as CSV UTF-8, or give a "
        "workbook or a Parquet file."
    ),
    "a picture named csv": (
        "file.csv is not a text table: it holds bytes that are no text. Save it as CSV UTF-8, or give a "
        "workbook or a Parquet file."
    ),
    "a web page": (
        "file.csv is a web page with a table in it, whatever its ending. Open it in a spreadsheet and save "
        "it as CSV UTF-8."
    ),
    "a damaged gzip": ("file.csv.gz cannot be unpacked: the gzip file is damaged. Export it again."),
    "an archive": ("file.zip is an archive, not a table. Unpack it and give the file inside."),
    "a damaged archive": ("file.xlsx is a damaged workbook or archive. Export it again."),
    "not parquet": ("file.parquet is not a readable Parquet file. Export it again."),
    "parquet cut short": ("file.parquet is not a readable Parquet file. Export it again."),
    "feather cut short": ("file.feather is not a readable Feather file. Export it again."),
    "workbook cut short": ("book.xlsx is a damaged workbook or archive. Export it again."),
    "workbook without the sheet": (
        "book.xlsx has no sheet 'Peple'. Its sheets: 'People'. Did you mean 'People'? Correct sheet under"
        " [reading] in the programme."
    ),
    "workbook without a header": (
        "book.xlsx has no header in row 9 of its sheet. Put the column names there. Row 1 looks like "
        "column names: if it is, write it under [reading] in the programme: header_row = 1."
    ),
    "not SPSS": (
        "file.sav is not a readable file of SPSS, Stata or SAS. Save it again, or save it as CSV UTF-8."
    ),
    "folder without tables": (
        "The folder 'reports' holds no tables. Give a folder of CSV, Parquet, Feather or workbook files."
    ),
    "folder of differing files": (
        "export holds files with different columns: two.csv differs from one.csv in 'gender', 'sex'. Give"
        " files of one export together, or read them one by one."
    ),
    "folder with a bad file": (
        "export is refused: labels that are not in the code list of 'gender' (column 'gender', row "
        "two.csv: 4). Correct them, or declare each spelling under [characteristics.gender.spellings] "
        'in the programme, such as "Female" = ["as the file writes it"].'
    ),
    "database without a query": ("A database needs query=: a SELECT, or the name of a table."),
    "database without the table": (
        "people.db refuses the query (OperationalError). Try it in the database first: give a SELECT "
        "without a semicolon, or the name of a table."
    ),
    "query of a file": ("query= is for databases. Leave it out for a file or a frame."),
    "query that is empty": ("query='' is empty. Give a SELECT, or the name of a table."),
    "no database": ("none.db cannot be opened. Check its address, and that you may read it."),
    "not a source": (
        "source is of the type int. Give the path of a file, a database connection with query=, or a "
        "pandas, polars, pyarrow, duckdb, dask or PySpark frame."
    ),
    "quotation mark never closed": (
        "file.csv has a quotation mark that is never closed, opened in row 4. Close it or take it out: "
        "everything behind it would be lost."
    ),
    "rows with more fields": (
        "file.csv has rows with more or fewer fields than the 6 of its header (row 4). Put quotation "
        "marks around texts that hold the delimiter, or export the file again."
    ),
    "row that breaks off": (
        "file.csv has rows with more or fewer fields than the 6 of its header (row 4). Put quotation "
        "marks around texts that hold the delimiter, or export the file again."
    ),
    "mixed encodings": (
        "file.csv mixes encodings: row 5 is UTF-8, row 4 is not. Save each of its sources as CSV UTF-8 "
        "before joining them."
    ),
    "unknown encoding": ("file.csv is neither UTF-8 nor Windows-1252 text. Save it as CSV UTF-8."),
    "a row of nine megabytes": (
        "file.csv has a row of more than four million letters. Leave out the columns with documents and "
        "long texts, then export it again."
    ),
    "header below the end": (
        "file.csv has 3 rows, but its header is said to stand in row 40. Correct header_row under "
        "[reading] in the programme."
    ),
    "no header": (
        "file.csv is refused: fewer than two of the columns that the programme knows stand in its first "
        "row. Put the column names there, or name the columns in the programme. If they stand in another "
        "row, write its number under [reading] in the programme, such as "
        "header_row = 3."
    ),
    "no header in a workbook": (
        "book.xlsx is refused: fewer than two of the columns that the programme knows stand in its first "
        "row. Put the column names there, or name the columns in the programme. If they stand in another "
        "row, write its number under [reading] in the programme, such as "
        "header_row = 3."
    ),
    "no progress": (
        "file.csv is refused: the header has neither a furthest_stage column nor one column for each "
        "stage ('eligible', 'screened', 'invited', 'assessed', 'offered', 'accepted') (column "
        "'furthest_stage'). Add one of them, or describe the file under [reading.progress] in the "
        "programme."
    ),
    "no characteristic": (
        "file.csv is refused: the header has none of the columns with characteristics (column 'age_band, "
        "ethnicity, gender, religion, disability, orientation'). Rename a column, or name it under "
        "[characteristics] in the programme."
    ),
    "a stage is missing": (
        "file.csv is refused: the header does not have this column (column 'invited'). Add it, or name "
        "another under [reading.progress.columns]."
    ),
    "a column twice": (
        "file.csv is refused: the header has this column more than once (column 'gender'). Rename or "
        "leave out one of them."
    ),
    "a column twice but for case": (
        "file.csv is refused: the header has this column more than once, as 'Gender', 'GENDER' "
        "(column 'gender'). Rename or leave out one of them."
    ),
    "frame with a column twice": (
        "The frame has columns of the same name: 'gender'. Rename or leave out one of them."
    ),
    "ten thousand columns": (
        "file.csv is refused: fewer than two of the columns that the programme knows stand in its first "
        "row. Put the column names there, or name the columns in the programme. If they stand in another "
        "row, write its number under [reading] in the programme, such as "
        "header_row = 3."
    ),
    "by a column that is not there": (
        "file.csv is refused: the header does not have this column (column 'religion'). Add it, or leave "
        "it out of by=."
    ),
    "by what is not declared": (
        "characteristic='religon' is not declared by 'step_up_to_social_work'. Possible: 'age_band', "
        "'ethnicity', 'gender', 'religion', 'disability', 'orientation'. Did you mean 'religion'?"
    ),
    "strata that are not there": (
        "file.csv is refused: the header does not have this column (column 'region'). Add it, or leave it"
        " out of strata=."
    ),
    "strata that are not declared": (
        "strata='regoin' is not declared by 'step_up_to_social_work'. Possible: 'cohort', 'region'. Did "
        "you mean 'region'?"
    ),
    "an id twice": (
        "file.csv is refused: an id that stands in more than one row of its cohort (column "
        "'applicant_id', rows 2, 4). Keep one row for each applicant and cohort. Where each row is an "
        'application, say so under [reading] in the programme: unit = "applications" and applicant_id = '
        '["person", "vacancy"].'
    ),
    "a row twice": (
        "file.csv is refused: rows that stand more than once, alike in everything that is read (column "
        "'applicant_id', rows 2, 3, 4, 5). Remove the repeated rows: the same export may have been joined"
        " twice."
    ),
    "ids missing": (
        "file.csv is refused: no id (column 'applicant_id', row 4). Give every row the id of its applicant."
    ),
    "an id twice among numbers": (
        "The frame is refused: an id that stands in more than one row of its cohort (column "
        "'applicant_id', rows 1, 3). Keep one row for each applicant and cohort. Where each row is an "
        'application, say so under [reading] in the programme: unit = "applications" and applicant_id = '
        '["person", "vacancy"].'
    ),
    "unknown ethnicity": (
        "file.csv is refused: labels that are not in the code list of 'ethnicity' (column 'ethnicity', "
        "row 4). Correct them, or declare each spelling under [characteristics.ethnicity.spellings] "
        'in the programme, such as "White British" = ["as the file writes it"].'
    ),
    "a total among the groups": (
        "file.csv is refused: labels that are not in the code list of 'ethnicity' (column 'ethnicity', "
        "row 4). Correct them, or declare each spelling under [characteristics.ethnicity.spellings] "
        'in the programme, such as "White British" = ["as the file writes it"].'
    ),
    "BME in a detailed column": (
        "file.csv is refused: labels that are not in the code list of 'ethnicity' (column 'ethnicity', "
        "row 4). Correct them, or declare each spelling under [characteristics.ethnicity.spellings] "
        'in the programme, such as "White British" = ["as the file writes it"].'
    ),
    "an id in the wrong column": (
        "file.csv is refused: labels that are not in the code list of 'gender' (column 'gender', row 4). "
        "Correct them, or declare each spelling under [characteristics.gender.spellings] "
        'in the programme, such as "Female" = ["as the file writes it"].'
    ),
    "a date of birth in the wrong column": (
        "file.csv is refused: labels that are not in the code list of 'gender' (column 'gender', row 4). "
        "Correct them, or declare each spelling under [characteristics.gender.spellings] "
        'in the programme, such as "Female" = ["as the file writes it"].'
    ),
    "an address in the wrong column": (
        "file.csv is refused: labels that are not in the code list of 'gender' (column 'gender', row 4). "
        "Correct them, or declare each spelling under [characteristics.gender.spellings] "
        'in the programme, such as "Female" = ["as the file writes it"].'
    ),
    "a formula as a label": (
        "file.csv is refused: labels that are not in the code list of 'gender' (column 'gender', row 4). "
        "Correct them, or declare each spelling under [characteristics.gender.spellings] "
        'in the programme, such as "Female" = ["as the file writes it"].'
    ),
    "Roma in the list of 2011": (
        "file.csv is refused: labels that are not in the code list of 'ethnicity' (column 'ethnicity', "
        "row 2). Correct them, or declare each spelling under [characteristics.ethnicity.spellings] "
        'in the programme, such as "White British" = ["as the file writes it"].'
    ),
    "a number for a label": (
        "The frame is refused: labels that are not in the code list of 'gender' (column 'gender', rows 1,"
        " 2). Correct them, or declare each spelling under [characteristics.gender.spellings] "
        'in the programme, such as "Female" = ["as the file writes it"].'
    ),
    "answers that contradict": (
        "file.csv is refused: several answers in one field that exclude each other in 'disability' "
        "(column 'disability', row 2). Correct them, or give the groups no broad groups: then whoever "
        "gives several answers counts as 'Multiple disabilities'."
    ),
    "one unknown answer of several": (
        "file.csv is refused: labels that are not in the code list of 'disability' (column 'disability', "
        "row 2). Correct them, or declare each spelling under [characteristics.disability.spellings] "
        'in the programme, such as "No disability" = ["as the file writes it"].'
    ),
    "free text as a stratum": (
        "The frame is refused: more than 10,000 different labels, so it divides nobody into groups "
        "(column 'region'). Name another column under [strata] in the programme, or leave it out with "
        "strata=."
    ),
    "an age of 210": (
        "file.csv is refused: values that are not in any band of 'age_band' (column 'age', row 3). "
        "Correct them, or leave the field blank where the number is not known."
    ),
    "an age of -3": (
        "file.csv is refused: values that are not in any band of 'age_band' (column 'age', row 2). "
        "Correct them, or leave the field blank where the number is not known."
    ),
    "an age in words": (
        "file.csv is refused: values that are not in any band of 'age_band' (column 'age', row 2). "
        "Correct them, or leave the field blank where the number is not known."
    ),
    "born in the future": (
        "file.csv is refused: dates of birth that are no dates, or give an impossible age (column 'born',"
        " row 2). Correct them or leave them blank. Where they are written in another way, say so in the "
        'programme: birth_format = "%d/%m/%Y".'
    ),
    "born on no day": (
        "file.csv is refused: dates of birth that are no dates, or give an impossible age (column 'born',"
        " row 2). Correct them or leave them blank. Where they are written in another way, say so in the "
        'programme: birth_format = "%d/%m/%Y".'
    ),
    "cohort that is no year": (
        "file.csv is refused: cohorts that are no year, so that nobody's age on the reference date is "
        "known (column 'cohort', row 2). Write reference_date with its year in the programme, or give each "
        "cohort its day under dates in [cohorts]."
    ),
    "reference day without cohorts": (
        "file.csv is refused: the header does not have this column (column 'cohort'). Add it: ages count "
        "on a day of the cohort's year."
    ),
    "unknown stage": (
        "file.csv is refused: words that are not stages of the process (column 'furthest_stage', row 4). "
        "Correct them, or map them under [reading.progress.words] in the programme."
    ),
    "blank stage": (
        "file.csv is refused: words that are not stages of the process (column 'furthest_stage', row 4). "
        "Correct them, or map them under [reading.progress.words] in the programme."
    ),
    "unknown exit reason": (
        "file.csv is refused: words that are not exit reasons (column 'exit_reason', row 4). Correct "
        "them, or map them under [reading.progress.exit_words] in the programme."
    ),
    "passed after failed": (
        "file.csv is refused: a later stage is passed after an earlier one is failed (column 'submitted, "
        "eligible, screened, invited, assessed, offered, accepted', row 2). Correct the rows, or declare "
        "the order of the stages in the programme."
    ),
    "a stage skipped": (
        "file.csv is refused: a stage is blank though a later one has a result (column 'submitted, "
        "eligible, screened, invited, assessed, offered, accepted', row 2). Fill in the stage. Where "
        "some people's version of the process did not have it, write a word there, such as n/a, and name it "
        'under [reading.progress] in the programme: blank = ["n/a"]. Such people are in no figure of that '
        "gate."
    ),
    "never submitted": (
        "file.csv is refused: the first stage is not passed, so there is no application (column "
        "'submitted, eligible, screened, invited, assessed, offered, accepted', row 2). Leave out rows "
        "without an application."
    ),
    "a result that means nothing": (
        "file.csv is refused: values that are neither passed, failed nor blank (column 'screened', row "
        "2). Correct them, or declare them under passed or failed in [reading.progress]."
    ),
    "failed and yet pending": (
        "file.csv is refused: applicants said to be pending have failed a stage (column 'exit_reason', "
        "row 2). Blank the stage they wait for, or give the reason they left."
    ),
    "furthest stage against columns": (
        "file.csv is refused: the furthest stage is not the one that the stage columns tell (column "
        "'furthest_stage', row 2). Correct the rows, or name the one to read under [reading.progress]."
    ),
    "no date": (
        "file.csv is refused: values that are no dates (column 'eligible', row 2). Correct them. Where "
        'they are written in another way, say so under [reading.progress]: date_format = "%d/%m/%Y".'
    ),
    "a bare rejected": (
        "file.csv is refused: statuses that say why people left, but not how far they had got (column "
        "'status', row 2). Export the log of statuses (kind = 'events') or the furthest stage."
    ),
    "a status not explained": (
        "file.csv is refused: statuses that the programme does not explain (column 'status', row 2). Add "
        "them under [reading.progress.outcomes] by stage and exit reason: rejected, withdrew, "
        "did_not_attend, declined, offer_withdrawn, no_place, not_recorded, pending or reached."
    ),
    "no status column": (
        "file.csv is refused: the header does not have this column (column 'status'). Add it, or name "
        "another under [reading.progress]. Is it 'state'?"
    ),
    "an event not explained": (
        "file.csv is refused: events that the programme does not explain (column 'event', row 2). Add "
        "them there, under ignored where they say nothing about progress."
    ),
    "an event without a date": (
        "file.csv is refused: events without a date, or with one that is none (column 'date', row 2). "
        "Fill them in: without dates nobody knows which came last. Where they are written in another way, "
        'say so under [reading.progress]: date_format = "%d/%m/%Y".'
    ),
    "an event of nobody": (
        "file.csv is refused: no id (column 'applicant_id', row 2). Give every event the id of its applicant."
    ),
    "a log that contradicts itself": (
        "file.csv is refused: people whose rows give different answers (column 'gender', 1 person). "
        "Correct them: one person has one answer in all rows of a cohort."
    ),
    "a log without ids": (
        "file.csv is refused: the header does not have this column (column 'applicant_id'). Add it, or "
        "name another under [reading]."
    ),
    "numbers that grow": (
        "file.csv is refused: more people than in 'offered', the stage before (column 'accepted', row 2)."
        " Each column holds those who reached its stage. Check their order."
    ),
    "a number that is hidden": (
        "file.csv is refused: blanks in place of a number of people (column 'accepted', row 2). "
        "Write 0 for nobody, and * where the number is hidden: a blank is neither."
    ),
    "a column of numbers is missing": (
        "file.csv is refused: the header does not have this column (column 'accepted'). Add it, or name "
        "another under [reading.progress.reached]. 5 more kind(s) of error: see problems."
    ),
    "many things at once": (
        "file.csv is refused: no id (column 'applicant_id', row 4). Give every row the id of its "
        "applicant. 3 more kind(s) of error: see problems."
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_one_sentence(name: str, tmp_path: Path) -> None:
    broken = BROKEN[name]
    kind = ArgumentError if name in CALLS else DataError
    with pytest.raises(kind) as error:
        read_applicants(broken.make(tmp_path), programme=broken.programme, **dict(broken.options))
    assert str(error.value) == SENTENCES[name]


def test_there_are_at_least_sixty() -> None:
    assert len(BROKEN) == len(SENTENCES) >= 60


@pytest.mark.parametrize("name", [name for name in BROKEN if name not in CALLS and name != "no such file"])
def test_the_same_as_a_table(name: str, tmp_path: Path) -> None:
    """`check` shows errors in place of raising them, whatever is wrong."""
    broken = BROKEN[name]
    options = {key: value for key, value in broken.options if key in ("query", "check_ids")}
    problems = check_file(broken.make(tmp_path), programme=broken.programme, **options)
    if dict(broken.options).keys() & {"by", "strata"}:
        assert set(problems["code"]) <= {"characteristic_absent", "columns_not_read"}
        return
    assert tuple(problems.columns) == PROBLEM_COLUMNS
    assert problems["severity"].iloc[0] == "error"
    assert (problems["problem"].str.len() > 0).all()
    assert not problems["problem"].str.contains("White British|Chinese|Martian|Mail").any()


def test_no_sentence_tells_what_a_person_answered(tmp_path: Path) -> None:
    """Labels stand in the table of problems with their number; ids, dates and addresses not even there."""
    for name, personal in {
        "unknown ethnicity": "Chinesse",
        "an id in the wrong column": "a3",
        "a date of birth in the wrong column": "1985",
        "an address in the wrong column": "example",
        "an id twice": "a1",
        "rows with more fields": "or other",
    }.items():
        broken = BROKEN[name]
        with pytest.raises(DataError) as error:
            read_applicants(broken.make(tmp_path))
        assert personal not in str(error.value)
        shown = error.value.problems.to_csv()
        assert (personal in shown) == (name == "unknown ethnicity")


@pytest.mark.parametrize(
    ("label", "hint"),
    [
        ("Chinesse", "Did you mean 'Chinese'?"),
        ("White britsh", "Did you mean 'White British'?"),
        ("BME", "It is in the code list 'ethnicity_2.csv': declare that one, if the whole file uses it."),
    ],
)
def test_hints_stand_in_the_table(label: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEAD + GOOD + f"a3,2010,{label},Female,screened,withdrew\n")
    with pytest.raises(DataError) as error:
        read_applicants(path)
    (problem,) = error.value.problems.to_dict("records")
    rare = "a label of fewer than 5 rows, not shown: see the rows"
    assert problem["found"] == (rare if label == "BME" else f"{label!r} (1)")
    assert problem["rows"] == "4"
    assert problem["remedy"] == (
        f"Correct them, or declare each spelling under [characteristics.ethnicity.spellings] "
        f'in the programme, such as "White British" = ["as the file writes it"]. {hint}'
    )


def test_problems_are_sorted_by_harm() -> None:
    frame = pd.DataFrame(
        {
            "applicant_id": ["a", "b", "c", "c"],
            "cohort": "2010",
            "gender": ["Femle", "Mle", "Male", "Male"],
            "religion": ["Jedi", "None", "None", "None"],
            "furthest_stage": ["accepted", "accepted", "accepted", "eligible"],
            "exit_reason": ["rejected", "", "", ""],
        }
    )
    with pytest.raises(DataError) as error:
        read_applicants(frame)
    assert error.value.problems[["severity", "code", "count"]].to_numpy().tolist() == [
        ["error", "id_duplicate", 2],
        ["error", "unknown_label", 2],
        ["error", "unknown_label", 1],
        ["warning", "exit_after_the_end", 1],
        ["note", "exit_not_recorded", 1],
    ]


def test_a_wrong_column_shows_no_labels() -> None:
    frame = pd.DataFrame({"gender": [f"Person {'abcdefghij'[i % 10]}{'klmnop'[i // 10]}" for i in range(60)]})
    frame["furthest_stage"] = "accepted"
    problems = check_file(frame, check_ids=False)
    assert problems["found"].tolist() == ["60 different labels, not shown: is this the right column?"]


def spelling(i: int) -> str:
    return f"Spelling {'abcdefghij'[i % 10]}{'klmnopqrstuvwxyzABCD'[i // 10]}"


@pytest.mark.parametrize(("labels", "times"), [(40, 5), (200, 6)])
def test_all_unknown_labels_stand_in_the_table(labels: int, times: int) -> None:
    """One round is enough to declare them; the exception stays short."""
    frame = pd.DataFrame({"gender": [spelling(i) for i in range(labels)] * times})
    frame["furthest_stage"] = "accepted"
    with pytest.raises(DataError) as error:
        read_applicants(frame, check_ids=False)
    (found,) = error.value.problems["found"]
    assert found == ", ".join(f"'{spelling(i)}' ({times})" for i in range(labels))
    assert "Spelling" not in str(error.value)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(("labels", "times"), [(41, 2), (190, 2), (201, 3)])
def test_labels_as_many_as_names_are_not_shown(labels: int, times: int) -> None:
    frame = pd.DataFrame({"gender": [f"{spelling(i // 2)} {'xy'[i % 2]}" for i in range(labels)] * times})
    frame["furthest_stage"] = "accepted"
    problems = check_file(frame, check_ids=False)
    assert problems["found"].tolist() == [f"{labels} different labels, not shown: is this the right column?"]


def test_a_megabyte_in_a_cell_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(HEAD + f"a1,2010,{'x' * 1_000_000},Female,screened,withdrew\n")
    row = path.read_text().removeprefix(HEAD)
    path.write_text(HEAD + "".join(row.replace("a1", f"a{i}") for i in range(5)))
    (found,) = check_file(path)["found"]
    assert found == f"'{'x' * 37}...' (5)"


def test_control_characters_are_not_printed(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    rows = (f'a{i},2010,"red\x1b[m\n",Female,screened,withdrew\n' for i in range(5))
    path.write_text(HEAD + "".join(rows))
    (found,) = check_file(path)["found"]
    assert found == "'red [m ' (5)"
