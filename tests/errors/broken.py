"""Broken inputs: each a small file (or frame) with one thing wrong, and the programme it is read with."""

from __future__ import annotations

import gzip
import io
import sqlite3
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq

from stepup_equity.process import Programme, programme_from_toml, programme_to_toml, step_up_to_social_work

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEAD = "applicant_id,cohort,ethnicity,gender,furthest_stage,exit_reason\n"
GOOD = "a1,2010,White British,Female,accepted,\na2,2010,Indian,Male,eligible,rejected\n"
STAGES = step_up_to_social_work().process.stage_keys
STAGE_HEAD = f"applicant_id,gender,{','.join(STAGES)}\n"


@dataclass(frozen=True)
class Broken:
    """How to make the input, and what else `read_applicants` is called with."""

    make: Callable[[Path], Any]
    programme: Programme | None = None
    options: tuple[tuple[str, Any], ...] = ()


def csv(text: str, name: str = "file.csv", encoding: str = "utf-8") -> Callable[[Path], Path]:
    return binary(text.encode(encoding), name)


def binary(content: bytes, name: str = "file.csv") -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def row(**changes: str) -> str:
    """A file of two good people and a third, changed."""
    person = {
        "applicant_id": "a3",
        "cohort": "2010",
        "ethnicity": "Chinese",
        "gender": "Female",
        "furthest_stage": "screened",
        "exit_reason": "withdrew",
    }
    return HEAD + GOOD + ",".join((person | changes).values()) + "\n"


def stages(*results: str) -> str:
    """A file with one column for each stage."""
    rows = "".join(
        f"a{i},Male,{','.join(result.split())}\n".replace("-", "") for i, result in enumerate(results)
    )
    return STAGE_HEAD + rows


def progress(text: str) -> Programme:
    """Step Up, read another way."""
    return programme_from_toml(programme_to_toml(step_up_to_social_work()) + "\n[reading.progress]\n" + text)


def characteristic(text: str) -> Programme:
    """A programme of three stages with one characteristic of one's own."""
    return programme_from_toml(
        'name = "own"\nstages = [{key = "applied"}, {key = "seen"}, {key = "hired"}]\n' + text
    )


BIRTH = """
[characteristics.age_band]
codelist = "age_band.csv"
birth_column = "born"
reference_date = "{day}"
possible = [16, 100]
"""
SEVERAL = """
[characteristics.disability]
codelist = "disability.csv"
synonyms = ["disability_synonyms.csv", "not_stated.csv"]
separator = ";"
several = "Multiple disabilities"
"""
STATUS = 'kind = "status"\n[reading.progress.outcomes.submitted]\nrejected = ["Not eligible"]\n'
EVENTS = (
    'kind = "events"\n[reading.progress.outcomes.submitted]\nreached = ["Applied"]\n'
    '[reading.progress.outcomes.any]\nrejected = ["Rejected"]\n'
)
EVENT_HEAD = "applicant_id,gender,event,date\n"
COUNTS = 'kind = "counts"\n[reading.progress.reached]\n' + "".join(f'{key} = "{key}"\n' for key in STAGES)
DATES = 'kind = "stage_columns"\ndates = true\n'


def cut_short(path: Path) -> Path:
    """The first half of a file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path


def parquet(folder: Path) -> Path:
    table = pa.table(
        {"gender": ["Male"] * 5000, "furthest_stage": ["accepted"] * 5000, "applicant_id": range(5000)}
    )
    pq.write_table(table, folder / "file.parquet")
    return folder / "file.parquet"


def feather(folder: Path) -> Path:
    pyarrow.feather.write_feather(pd.DataFrame({"gender": ["Male"] * 99}), str(folder / "file.feather"))
    return folder / "file.feather"


def workbook(folder: Path, frame: pd.DataFrame | None = None) -> Path:
    data = pd.DataFrame({"gender": ["Male"], "furthest_stage": ["accepted"]}) if frame is None else frame
    data.to_excel(folder / "book.xlsx", index=False, sheet_name="People", engine="xlsxwriter")
    return folder / "book.xlsx"


def headless(folder: Path) -> Path:
    """A sheet whose first row is a person."""
    rows = pd.DataFrame([line.split(",") for line in GOOD.splitlines()])
    rows.to_excel(folder / "book.xlsx", index=False, header=False, engine="xlsxwriter")
    return folder / "book.xlsx"


def archive(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "file.zip", "w") as packed:
        packed.writestr("people.csv", HEAD + GOOD)
    return folder / "file.zip"


def sqlite(folder: Path) -> Path:
    with sqlite3.connect(folder / "people.db") as connection:
        pd.read_csv(io.StringIO(HEAD + GOOD)).to_sql("people", connection, index=False)
    connection.close()
    return folder / "people.db"


def export(folder: Path) -> Path:
    (folder / "export").mkdir()
    return folder / "export"


def differing(parent: Path) -> Path:
    folder = export(parent)
    csv(HEAD + GOOD, "one.csv")(folder)
    csv(HEAD.replace("gender", "sex") + GOOD, "two.csv")(folder)
    return folder


def broken_in_a_folder(parent: Path) -> Path:
    folder = export(parent)
    csv(HEAD + GOOD, "one.csv")(folder)
    csv(row(gender="Mail", applicant_id="b1").replace("a1,", "b2,").replace("a2,", "b3,"), "two.csv")(folder)
    return folder


def empty_folder(folder: Path) -> Path:
    (folder / "reports").mkdir()
    (folder / "reports" / "readme.md").write_text("nothing here")
    return folder / "reports"


def sav(folder: Path) -> Path:
    (folder / "file.sav").write_bytes(b"$FL2" + b"\x00" * 50)
    return folder / "file.sav"


def sheet(name: str = "", header_row: int = 1) -> Programme:
    from dataclasses import replace

    from stepup_equity.process import Reading

    return replace(step_up_to_social_work(), reading=Reading(sheet=name, header_row=header_row))


def frame(**columns: list[Any]) -> Callable[[Path], pd.DataFrame]:
    return lambda _: pd.DataFrame(columns)


BROKEN: dict[str, Broken] = {
    # files that are no table
    "no such file": Broken(lambda folder: folder / "cohort_onne.csv"),
    "empty": Broken(csv("")),
    "blank lines only": Broken(csv("\n\n  \n")),
    "header only": Broken(csv(HEAD)),
    "header without line end": Broken(csv(HEAD.strip())),
    "one column": Broken(csv("applicant_id\na1\n")),
    "binary": Broken(binary(bytes(range(256)) * 20)),
    "a picture named csv": Broken(binary(b"\x89PNG\r\n\x1a\n" + bytes(100))),
    "a web page": Broken(csv("<!DOCTYPE html><html><table></table></html>")),
    "a damaged gzip": Broken(binary(gzip.compress((HEAD + GOOD * 50).encode())[:60], "file.csv.gz")),
    "an archive": Broken(archive),
    "a damaged archive": Broken(binary(b"PK\x03\x04" + bytes(50), "file.xlsx")),
    "not parquet": Broken(binary(bytes(range(256)), "file.parquet")),
    "parquet cut short": Broken(lambda folder: cut_short(parquet(folder))),
    "feather cut short": Broken(lambda folder: cut_short(feather(folder))),
    "workbook cut short": Broken(lambda folder: cut_short(workbook(folder))),
    "workbook without the sheet": Broken(workbook, sheet("Peple")),
    "workbook without a header": Broken(workbook, sheet(header_row=9)),
    "not SPSS": Broken(sav),
    "folder without tables": Broken(empty_folder),
    "folder of differing files": Broken(differing),
    "folder with a bad file": Broken(broken_in_a_folder),
    "database without a query": Broken(sqlite),
    "database without the table": Broken(sqlite, options=(("query", "applicants"),)),
    "query of a file": Broken(csv(HEAD + GOOD), options=(("query", "SELECT 1"),)),
    "query that is empty": Broken(sqlite, options=(("query", " ; "),)),
    "no database": Broken(lambda folder: f"sqlite:///{folder}/none.db", options=(("query", "applicants"),)),
    "not a source": Broken(lambda _: 42),
    # text that breaks
    "quotation mark never closed": Broken(
        csv(
            HEAD + GOOD + 'a3,2010,Chinese,"Female,screened,withdrew\na4,2010,Indian,Male,eligible,rejected\n'
        )
    ),
    "rows with more fields": Broken(csv(HEAD + GOOD + "a3,2010,Chinese,or other,Female,screened,withdrew\n")),
    "row that breaks off": Broken(csv(HEAD + GOOD + "a3,2010,Chi")),
    "mixed encodings": Broken(
        binary(
            (HEAD + GOOD).encode()
            + "a3,2010,Métis,Female,screened,withdrew\n".encode("cp1252")
            + "a4,2010,Métis,Male,screened,withdrew\n".encode()
        )
    ),
    "unknown encoding": Broken(
        binary((HEAD + GOOD).encode() + b"a3,2010,M\x81tis,Female,screened,withdrew\n")
    ),
    "a row of nine megabytes": Broken(
        csv(HEAD.strip() + ",notes\n" + "a1,2010,Indian,Male,eligible,rejected," + "x" * 9_000_000 + "\n")
    ),
    "header below the end": Broken(csv(HEAD + GOOD), sheet(header_row=40)),
    # columns
    "no header": Broken(csv(GOOD)),
    "no header in a workbook": Broken(headless),
    "no progress": Broken(csv("applicant_id,gender\na1,Male\n")),
    "no characteristic": Broken(csv("applicant_id,furthest_stage\na1,accepted\n")),
    "a stage is missing": Broken(csv(stages("1 1 1 0 - - -").replace("invited,", "", 1))),
    "a column twice": Broken(csv("applicant_id,gender,gender,furthest_stage\na1,Male,Female,accepted\n")),
    "a column twice but for case": Broken(
        csv("applicant_id,Gender,GENDER,furthest_stage\na1,Male,Female,accepted\n")
    ),
    "frame with a column twice": Broken(
        lambda _: pd.DataFrame(
            [["a", "Male", "Male", "accepted"]],
            columns=["applicant_id", "gender", "gender", "furthest_stage"],
        )
    ),
    "ten thousand columns": Broken(csv(",".join(f"c{i}" for i in range(10_000)) + "\n" + "," * 9_999 + "\n")),
    "by a column that is not there": Broken(csv(HEAD + GOOD), options=(("by", ["religion"]),)),
    "by what is not declared": Broken(csv(HEAD + GOOD), options=(("by", ["religon"]),)),
    "strata that are not there": Broken(csv(HEAD + GOOD), options=(("strata", ["region"]),)),
    "strata that are not declared": Broken(csv(HEAD + GOOD), options=(("strata", ["regoin"]),)),
    # people
    "an id twice": Broken(csv(row(applicant_id="a1"))),
    "a row twice": Broken(csv(HEAD + GOOD + GOOD)),
    "ids missing": Broken(csv(row(applicant_id=" "))),
    "an id twice among numbers": Broken(
        frame(
            applicant_id=[7, 8, 7], gender=["Male"] * 3, furthest_stage=["eligible", "accepted", "accepted"]
        )
    ),
    # labels
    "unknown ethnicity": Broken(csv(row(ethnicity="Chinesse"))),
    "a total among the groups": Broken(csv(row(ethnicity="All"))),
    "BME in a detailed column": Broken(csv(row(ethnicity="BME"))),
    "an id in the wrong column": Broken(csv(row(gender="a3"))),
    "a date of birth in the wrong column": Broken(csv(row(gender="1985-03-31"))),
    "an address in the wrong column": Broken(csv(row(gender="jo@example.org"))),
    "a formula as a label": Broken(csv(row(gender="=1+1"))),
    "Roma in the list of 2011": Broken(
        csv("ethnicity,furthest_stage\nRoma,seen\n"),
        characteristic(
            '[characteristics.ethnicity]\ncodelist = "ethnicity_18.csv"\nsynonyms = '
            '"ethnicity_18_synonyms.csv"\n'
        ),
        (("check_ids", False),),
    ),
    "a number for a label": Broken(
        frame(gender=[1.0, 2.0], furthest_stage=["accepted"] * 2), options=(("check_ids", False),)
    ),
    "answers that contradict": Broken(
        csv("disability,furthest_stage\nNo disability;Hearing impairment,seen\n"),
        characteristic(SEVERAL),
        (("check_ids", False),),
    ),
    "one unknown answer of several": Broken(
        csv("disability,furthest_stage\nHearing impairment;Sihgt impairment,seen\n"),
        characteristic(SEVERAL),
        (("check_ids", False),),
    ),
    "free text as a stratum": Broken(
        lambda _: pd.DataFrame(
            {"gender": "Male", "furthest_stage": "accepted", "region": [f"r{i}" for i in range(10_001)]}
        ),
        options=(("check_ids", False),),
    ),
    # ages
    "an age of 210": Broken(
        csv("age,furthest_stage\n31,accepted\n210,eligible\n"), options=(("check_ids", False),)
    ),
    "an age of -3": Broken(csv("age,furthest_stage\n-3,accepted\n"), options=(("check_ids", False),)),
    "an age in words": Broken(csv("age,furthest_stage\nthirty,accepted\n"), options=(("check_ids", False),)),
    "born in the future": Broken(
        csv("born,furthest_stage\n2031-01-01,seen\n1990-01-01,seen\n"),
        characteristic(BIRTH.format(day="2010-09-01")),
        (("check_ids", False),),
    ),
    "born on no day": Broken(
        csv("born,furthest_stage\n1990-02-30,seen\n"),
        characteristic(BIRTH.format(day="2010-09-01")),
        (("check_ids", False),),
    ),
    "cohort that is no year": Broken(
        csv("born,cohort,furthest_stage\n1990-02-03,Spring,seen\n"),
        characteristic(BIRTH.format(day="09-01")),
        (("check_ids", False),),
    ),
    "reference day without cohorts": Broken(
        csv("born,furthest_stage\n1990-02-03,seen\n"),
        characteristic(BIRTH.format(day="09-01")),
        (("check_ids", False),),
    ),
    # progress
    "unknown stage": Broken(csv(row(furthest_stage="screend"))),
    "blank stage": Broken(csv(row(furthest_stage=""))),
    "unknown exit reason": Broken(csv(row(exit_reason="rejcted"))),
    "passed after failed": Broken(csv(stages("1 1 0 1 - - -", "1 0 - - - - -"))),
    "a stage skipped": Broken(csv(stages("1 1 - 1 0 - -"))),
    "never submitted": Broken(csv(stages("0 - - - - - -"))),
    "a result that means nothing": Broken(csv(stages("1 1 maybe - - - -"))),
    "failed and yet pending": Broken(csv(STAGE_HEAD.strip() + ",exit_reason\na1,Male,1,0,,,,,,pending\n")),
    "furthest stage against columns": Broken(
        csv(STAGE_HEAD.strip() + ",furthest_stage\na1,Male,1,0,,,,,,screened\n")
    ),
    "no date": Broken(
        csv(stages("2010-01-01 soon - - - - -").replace("20100101", "2010-01-01")), progress(DATES)
    ),
    "a bare rejected": Broken(
        csv("gender,status\nMale,Rejected\n"), progress(STATUS), (("check_ids", False),)
    ),
    "a status not explained": Broken(
        csv("gender,status\nMale,Not elgible\n"), progress(STATUS), (("check_ids", False),)
    ),
    "no status column": Broken(
        csv("gender,cohort,state\nMale,2010,Not eligible\n"), progress(STATUS), (("check_ids", False),)
    ),
    "an event not explained": Broken(csv(EVENT_HEAD + "a1,Male,Aplied,2010-01-01\n"), progress(EVENTS)),
    "an event without a date": Broken(
        csv(EVENT_HEAD + "a1,Male,Applied,\na1,Male,Rejected,2010-01-02\n"), progress(EVENTS)
    ),
    "an event of nobody": Broken(csv(EVENT_HEAD + ",Male,Applied,2010-01-01\n"), progress(EVENTS)),
    "a log that contradicts itself": Broken(
        csv(EVENT_HEAD + "a1,Male,Applied,2010-01-01\na1,Female,Rejected,2010-01-02\n"), progress(EVENTS)
    ),
    "a log without ids": Broken(csv("gender,event,date\nMale,Applied,2010-01-01\n"), progress(EVENTS)),
    "numbers that grow": Broken(csv(f"gender,{','.join(STAGES)}\nMale,9,8,7,6,5,4,5\n"), progress(COUNTS)),
    "a number that is hidden": Broken(
        csv(f"gender,{','.join(STAGES)}\nMale,9,8,7,6,5,c,\n"), progress(COUNTS)
    ),
    "a column of numbers is missing": Broken(csv("gender,submitted\nMale,9\n"), progress(COUNTS)),
    "many things at once": Broken(
        csv(row(gender="Mail", ethnicity="Martian", furthest_stage="moon", applicant_id=""))
    ),
}
