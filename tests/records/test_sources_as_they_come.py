"""What a file holds decides, not its name; and what cannot be read is said in one sentence."""

from __future__ import annotations

import os
import sqlite3
import uuid
from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import stepup_equity as su
from stepup_equity.cli import main

if TYPE_CHECKING:
    from pathlib import Path

FRAME = pd.DataFrame(
    {
        "applicant_id": [str(1234567890123456789 + i) for i in range(30)],
        "gender": ["Female", "Male"] * 15,
        "furthest_stage": ["accepted", "eligible", "eligible"] * 10,
    }
)
TEXT = FRAME.to_csv(index=False)
BOM = b"\xef\xbb\xbf"


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", BOM + BOM + TEXT.encode()),
        ("a.csv", TEXT.encode("utf-32")),
        ("a.csv", b"\x00\x00\xfe\xff" + TEXT.encode("utf-32-be")),
        ("a.xls", TEXT.encode()),
        ("a.xls", TEXT.replace(",", "\t").encode("utf-16")),
        ("a.xlsx", TEXT.encode()),
        ("a.parquet", TEXT.encode()),
        ("a.feather", TEXT.encode()),
    ],
)
def test_text_is_read_whatever_it_is_called(tmp_path: Path, name: str, content: bytes) -> None:
    found = su.read_applicants(written(tmp_path / name, content))
    assert len(found) == 30
    assert found.problems["code"].tolist() == ([] if name.endswith(".csv") else ["text_renamed"])


@pytest.mark.parametrize("name", ["a.xls", "a.ods", "a.csv", "a.parquet"])
def test_a_workbook_is_read_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    FRAME.to_excel(tmp_path / "a.xlsx", index=False)
    path = (tmp_path / "a.xlsx").rename(tmp_path / name)
    found = su.read_applicants(path)
    assert len(found) == 30
    assert found.problems["code"].tolist() == ["workbook_renamed"]


@pytest.mark.parametrize(
    "page",
    [
        b"<html><table><tr><td>applicant_id</td></tr></table></html>",
        BOM + b"\n <table><tr><td>applicant_id</td></tr></table>",
        b"<!-- made by a system --><html><table></table></html>",
        b"<div><table><tr><td>applicant_id</td></tr></table></div>",
    ],
)
def test_a_web_page_with_a_table_is_said_to_be_one(tmp_path: Path, page: bytes) -> None:
    with pytest.raises(su.DataError, match=r"a\.xls is a web page with a table in it, whatever its ending\."):
        su.read_applicants(written(tmp_path / "a.xls", page))


@pytest.mark.parametrize("content", [TEXT.replace("Male", "Ma\0le", 1), TEXT + "\0" * 100])
def test_text_with_what_is_no_text_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(su.DataError, match="holds bytes that are no text"):
        su.read_applicants(written(tmp_path / "a.csv", content.encode()))


def test_a_name_that_is_no_text_is_refused_in_words(tmp_path: Path) -> None:
    name = os.fsdecode(b"n\xe4me.csv")
    path = written(tmp_path / name, TEXT.encode())
    for source in (path, tmp_path):
        with pytest.raises(su.DataError) as caught:
            su.read_applicants(source)
        assert (
            str(caught.value) == "n�me.csv has a name, or a folder on its way, that is not UTF-8. Rename it."
        )


@pytest.mark.parametrize("source", ["", " ", "a\0b", "x" * 5000, "mysql://u:s3cr3t@h/x?password=s3cr3t"])
def test_a_source_that_is_none_is_said_in_a_short_sentence(source: str) -> None:
    with pytest.raises(su.StepUpError) as caught:
        su.read_applicants(source)
    assert len(str(caught.value)) < 250
    assert "s3cr3t" not in str(caught.value)


def test_ids_may_be_uuids(tmp_path: Path) -> None:
    ids = [uuid.UUID(int=number) for number in range(30)]
    table = pa.table(
        {
            "applicant_id": pa.array([one.bytes for one in ids], pa.uuid()),
            "gender": FRAME["gender"].tolist(),
            "furthest_stage": FRAME["furthest_stage"].tolist(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    for source in (FRAME.assign(applicant_id=ids), table, tmp_path / "a.parquet"):
        assert su.read_applicants(source).ids_checked
    with pytest.raises(su.DataError, match="stands in more than one row"):
        su.read_applicants(FRAME.assign(applicant_id=ids[:15] * 2))


def test_ids_of_19_digits_are_kept_or_said_to_be_rounded(tmp_path: Path) -> None:
    whole = FRAME.assign(applicant_id=FRAME["applicant_id"].astype("int64"))
    assert len(su.read_applicants(whole)) == 30
    whole.to_excel(tmp_path / "a.xlsx", index=False)
    for source in (tmp_path / "a.xlsx", whole.assign(applicant_id=whole["applicant_id"].astype(float))):
        with pytest.raises(su.DataError, match="kept as numbers, they lose the digits beyond"):
            su.read_applicants(source)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "people.db"
    with sqlite3.connect(path) as connection:
        FRAME.to_sql("people", connection, index=False)
    connection.close()
    return path


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("people", True),
        ("SELECT * FROM people;", True),
        ("SELECT ';' AS mark, * FROM people -- all; of them", True),
        ("SELECT * FROM people; DELETE FROM people", False),
        ("people) AS q; DROP TABLE people; --", False),
        ("DELETE FROM people", False),
    ],
)
def test_a_query_is_one_statement_that_changes_nothing(database: Path, query: str, reads: bool) -> None:
    before = database.read_bytes()
    if reads:
        assert len(su.read_applicants(database, query=query)) == 30
    else:
        with pytest.raises(su.StepUpError, match=r"more than one statement|refuses the query"):
            su.read_applicants(database, query=query)
    assert database.read_bytes() == before


def test_every_command_reads_a_database_and_a_folder(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = f"sqlite:///{database}?password=s3cr3t"
    folder = tmp_path / "folder"
    folder.mkdir()
    written(folder / "a.csv", TEXT.encode())
    query = ["--query", "people"]
    assert main(["check", address, *query]) == 0
    assert main(["count", address, *query, "-o", str(tmp_path / "c.parquet")]) == 0
    assert main(["report", address, *query, "-o", str(tmp_path / "one")]) == 0
    assert main(["report", str(folder), "-o", str(tmp_path / "two")]) == 0
    assert main(["compare", address, str(folder), *query]) == 0
    assert main(["compare", str(folder), address, "--later-query", "people"]) == 0
    said = capsys.readouterr()
    assert "s3cr3t" not in said.out + said.err
    for path in (tmp_path / "one").rglob("*"):
        assert not path.is_file() or b"s3cr3t" not in path.read_bytes()


@pytest.mark.parametrize(
    ("label", "differs"),
    [
        ("Fema\u200ble", "U+200B (zero width space)"),
        ("F\u0435male", "U+0435 (cyrillic small letter ie)"),
        ("Fe\u00admale", "U+00AD (soft hyphen)"),
        ("\ufeffFemale", "U+FEFF (zero width no-break space)"),
    ],
)
def test_letters_that_only_look_alike_are_named_where_they_decide(label: str, differs: str) -> None:
    frame = pd.DataFrame({"gender": [label, "Male"] * 6, "furthest_stage": "accepted"})
    said = f"Did you mean 'Female'? The two look alike, and differ by {differs}."
    with pytest.raises(su.DataError) as caught:
        su.read_applicants(frame, check_ids=False)
    assert said in caught.value.problems["remedy"].item()


def test_a_column_that_only_looks_like_one_is_named() -> None:
    frame = pd.DataFrame({"gender": ["Female"], "religi\u043en": ["Sikh"], "furthest_stage": ["accepted"]})
    problems = su.read_applicants(frame, check_ids=False).problems.set_index("column")
    assert problems.loc["religion", "remedy"].endswith(
        "The two look alike, and differ by U+043E (cyrillic small letter o)."
    )
