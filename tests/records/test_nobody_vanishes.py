"""Every cell, file and row that is not taken is an error or a warning with its place."""

from __future__ import annotations

import bz2
import errno
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import xlsxwriter

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.records.applicants import check_applicants
from stepup_equity.records.sources import workbook_marks

HEAD = ("applicant_id", "gender", "furthest_stage")
ROWS = [("a", "Female", "accepted"), ("b", "Male", "eligible"), ("c", "Female", "eligible")]
CSV = "\n".join(",".join(row) for row in (HEAD, *ROWS)) + "\n"


def workbook(path: Path, change=lambda sheet: None, *, rows=ROWS) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (HEAD, *rows):
        sheet.append(row)
    change(sheet)
    book.save(path)
    return path


def refused(source: object, code: str, **settings: object) -> pd.Series:
    problems = check_applicants(source, **settings)
    row = problems[problems["code"] == code]
    assert len(row) == 1, problems["code"].tolist()
    with pytest.raises(su.DataError):
        su.read_applicants(source, **settings)
    return row.iloc[0]


def error(sheet):
    sheet["B3"] = "#REF!"
    sheet["B3"].data_type = "e"


def test_a_cell_in_error_is_not_an_answer_that_was_not_given(tmp_path: Path) -> None:
    problem = refused(workbook(tmp_path / "a.xlsx", error), "cell_error")
    assert (problem["column"], problem["rows"]) == ("gender", "3")


def test_an_error_where_nothing_is_read_is_none_of_our_business(tmp_path: Path) -> None:
    def beside(sheet):
        sheet["E1"], sheet["E3"] = "remarks", "#N/A"
        sheet["E3"].data_type = "e"

    assert len(su.read_applicants(workbook(tmp_path / "a.xlsx", beside))) == 3


def test_a_remark_below_a_table_is_not_somebody_in_silence(tmp_path: Path) -> None:
    """A person of whom nothing is known may stay; a source that stands in the column of ids should go."""
    head = ("applicant_id", "gender", *su.step_up_to_social_work().process.stage_keys[1:])
    rows = [("a", "Female", 1, 0), ("b", "", 0), ("Source: the system",)]
    path = tmp_path / "people.csv"
    lines = [",".join(map(str, (*row, *[""] * (len(head) - len(row))))) for row in (head, *rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    problems = check_applicants(path)
    (row,) = problems[problems["code"] == "id_alone"].to_dict("records")
    assert (row["severity"], str(row["rows"]), row["column"]) == ("warning", "4", "applicant_id")
    assert row["problem"] == (
        "Rows that hold an id and nothing else that is read: people of whom nothing is known."
    )
    assert "Source" not in " ".join(map(str, row.values()))
    frame = pd.read_csv(path, dtype=str)
    assert check_applicants(frame)["code"].tolist() == problems["code"].tolist()
    assert "id_alone" not in check_applicants(frame.assign(gender="Male"))["code"].tolist()


def test_a_formula_that_was_never_worked_out_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda sheet: sheet.__setitem__("B4", "=B2"))
    assert refused(path, "formula_uncached")["rows"] == "4"


def test_merged_cells_are_refused_where_they_hide_answers(tmp_path: Path) -> None:
    problem = refused(workbook(tmp_path / "a.xlsx", lambda sheet: sheet.merge_cells("B2:B3")), "cells_merged")
    assert (problem["column"], problem["rows"]) == ("gender", "2")
    title = workbook(tmp_path / "b.xlsx", lambda sheet: sheet.merge_cells("E1:F1"))
    assert len(su.read_applicants(title)) == 3


def test_the_first_sheet_that_is_shown_is_read_and_hidden_ones_are_named(tmp_path: Path) -> None:
    def hide(sheet):
        sheet.title = "old"
        shown = sheet.parent.create_sheet("shown")
        for row in (HEAD, *ROWS[:2]):
            shown.append(row)
        sheet.sheet_state = "hidden"
        sheet.parent.active = 1

    found = su.read_applicants(workbook(tmp_path / "a.xlsx", hide))
    assert len(found) == 2
    note = found.problems.set_index("code").loc["other_sheets", "problem"]
    assert "of these hidden: 'old'" in note


def test_hidden_rows_are_read_and_said(tmp_path: Path) -> None:
    def hide(sheet):
        sheet.row_dimensions[3].hidden = True

    found = su.read_applicants(workbook(tmp_path / "a.xlsx", hide))
    assert len(found) == 3
    assert "1 hidden or filtered rows" in found.problems.set_index("code").loc["rows_hidden", "problem"]


_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
_BEFORE = (
    f'<office:document-content xmlns:office="{_OFFICE}office:1.0" xmlns:table="{_OFFICE}table:1.0" '
    f'xmlns:text="{_OFFICE}text:1.0"><office:body><office:spreadsheet><table:table table:name="S">'
)
_AFTER = "</table:table></office:spreadsheet></office:body></office:document-content>"


def cell(text: str, more: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {more}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def ods(path: Path, *rows: str) -> Path:
    first = row(*map(cell, HEAD)) + row(*map(cell, ROWS[0]))
    manifest = f'<manifest:manifest xmlns:manifest="{_OFFICE}manifest:1.0"/>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", _BEFORE + first + "".join(rows) + _AFTER)
    return path


@pytest.mark.parametrize(
    ("code", "bad"),
    [
        ("cell_error", cell("#REF!", 'table:formula="of:=[.Z1]" office:value-type="string"')),
        ("cell_error", cell("Err:508", 'table:formula="of:=(" office:value-type="float"')),
        ("formula_uncached", '<table:table-cell table:formula="of:=[.B2]"/>'),
        ("cells_merged", cell("Male", 'office:value-type="string" table:number-rows-spanned="2"')),
    ],
)
def test_the_same_in_an_opendocument_sheet(tmp_path: Path, code: str, bad: str) -> None:
    path = ods(tmp_path / "a.ods", row(cell("b"), bad, cell("eligible")))
    problem = refused(path, code)
    assert (problem["column"], problem["rows"]) == ("gender", "3")


def test_repeated_blanks_are_no_people_and_cost_nothing(tmp_path: Path) -> None:
    blank = '<table:table-cell table:number-columns-repeated="16384"/>'
    path = ods(tmp_path / "a.ods", row(blank, more='table:number-rows-repeated="1048574"'))
    assert len(su.read_applicants(path)) == 1


@pytest.mark.parametrize("times", [4_000_000, 4_000_000_000])
def test_a_small_file_of_many_people_is_refused_before_it_is_unpacked(tmp_path: Path, times: int) -> None:
    path = ods(tmp_path / "a.ods", row(*map(cell, ROWS[1]), more=f'table:number-rows-repeated="{times}"'))
    assert refused(path, "too_large")["problem"].endswith(
        f"at most {workbook_marks.MOST_CELLS:,} cells are read."
    )


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b'r="C4"', b'r="XFD1048576"'),
        ("xl/worksheets/sheet1.xml", b'r="C4"', b"r='ZZZZZZ99999999999'"),
        ("xl/sharedStrings.xml", b'uniqueCount="', b'uniqueCount="99999999999'),
    ],
)
def test_a_workbook_that_would_end_the_process_is_refused(
    tmp_path: Path, part: str, old: bytes, new: bytes
) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEAD, *ROWS)):
            sheet.write_row(number, 0, row)
    whole, out = zipfile.ZipFile(tmp_path / "a.xlsx"), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            content = whole.read(name)
            assert name != part or old in content
            archive.writestr(name, content.replace(old, new) if name == part else content)
    (tmp_path / "b.xlsx").write_bytes(out.getvalue())
    refused(tmp_path / "b.xlsx", "too_large")


def test_a_cell_that_has_a_look_and_nothing_in_it_takes_no_room(tmp_path: Path) -> None:
    def look(sheet):
        sheet.cell(1_048_576, 16_384).font = openpyxl.styles.Font(bold=True)

    assert len(su.read_applicants(workbook(tmp_path / "a.xlsx", look))) == 3


def folder(path: Path, **files: str | bytes) -> Path:
    path.mkdir()
    for name, content in files.items():
        file = path / name.replace("__", "/").replace("_dot_", ".")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", ["b_dot_csv_dot_bz2", "b_dot_zip", "in__b_dot_csv_dot_old", "b_dot_json"])
def test_a_file_that_may_hold_people_is_not_left_out_in_silence(tmp_path: Path, name: str) -> None:
    place = folder(tmp_path / "all", a_dot_csv=CSV, **{name: bz2.compress(CSV.encode())})
    assert (
        repr(name.rsplit("__", maxsplit=1)[-1].replace("_dot_", "."))
        in refused(place, "files_packed")["problem"]
    )


def test_other_files_of_a_folder_are_named(tmp_path: Path) -> None:
    place = folder(tmp_path / "all", a_dot_csv=CSV, README_dot_md="words", _b_dot_csv=CSV, _SUCCESS="")
    (place / "~$a.xlsx").write_bytes(b"x")
    found = su.read_applicants(place)
    assert len(found) == 3
    problem = found.problems.set_index("code").loc["files_not_read"]
    assert problem["severity"] == "warning"
    assert problem["problem"].endswith("are not read: 'README.md', '_b.csv'.")


def test_a_folder_that_cannot_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system itself says no, since nothing is closed to a test that runs as root."""
    place = folder(tmp_path / "all", a_dot_csv=CSV, closed__b_dot_csv=CSV)
    opened = os.scandir

    def closed(path: str = ".") -> object:
        if Path(path).name == "closed":
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return opened(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert "'closed', which cannot be read" in refused(place, "folder_closed")["problem"]


def test_a_folder_named_like_a_column_does_not_override_it(tmp_path: Path) -> None:
    place = folder(tmp_path / "all", **{"gender=Male__a_dot_csv": CSV})
    assert refused(place, "column_in_path")["column"] == "gender"


def test_a_folder_gives_a_column_that_no_file_has(tmp_path: Path) -> None:
    place = folder(
        tmp_path / "all",
        **{"cohort=2010%2F11__a_dot_csv": CSV, "cohort=__HIVE_DEFAULT_PARTITION____b_dot_csv": CSV},
    )
    (place / "cohort=__HIVE_DEFAULT_PARTITION__").mkdir(exist_ok=True)
    (place / "cohort=__HIVE_DEFAULT_PARTITION__" / "b.csv").write_text(CSV, encoding="utf-8")
    counts = su.count_stages(su.read_applicants(place, check_ids=False))
    assert counts.cohorts == ("2010/11",)


def test_twin_columns_are_one_too_many(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("applicant_id,gender,Gender,furthest_stage\na,Female,Male,accepted\nb,Male,,eligible\n")
    assert refused(path, "column_doubled")["problem"].endswith("as 'gender', 'Gender'.")


def test_one_delimiter_more_in_every_row_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CSV.replace("accepted\n", "accepted,\n").replace("eligible\n", "eligible,\n"))
    problem = refused(path, "row_uneven")
    assert problem["count"] == 3
    assert "take the delimiter at the end of each row away" in problem["remedy"]


@pytest.mark.parametrize("number", [2**53 + 1, 2**63, 10**400, -1, -(2**70)])
@pytest.mark.parametrize("kind", [int, str])
def test_a_number_that_no_people_can_be_is_refused(number: int, kind: type) -> None:
    frame = pd.DataFrame(
        {
            "characteristic": "sex",
            "group": ["F", "M"],
            "applied": [kind(number), kind(9)],
            "hired": [kind(2), kind(3)],
        },
        dtype=object,
    )
    with pytest.raises(su.DataError, match=r"row 1|column 'applied'"):
        su.StageCounts.from_table(frame)


def test_people_are_not_added_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "b.csv").write_text(
        CSV.replace("applicant_id", "applicant_id,cohort").replace(",F", ",2010,F").replace(",M", ",2010,M")
    )
    (tmp_path / "c.csv").write_text((tmp_path / "b.csv").read_text().replace("2010", "2011"))
    (tmp_path / "d.csv").write_text((tmp_path / "b.csv").read_text().replace("c,2010,Female,eligible\n", ""))
    a, b, c, d = (str(tmp_path / f"{name}.csv") for name in "abcd")
    kept = str(tmp_path / "kept.parquet")
    assert main(["count", a, "-o", kept]) == 0
    assert main(["count", a, "--add", kept, "-o", kept]) == 1
    assert "everybody would count twice" in capsys.readouterr().err
    assert main(["count", b, "-o", kept]) == 0
    assert main(["count", b, "--add", kept, "-o", kept]) == 1
    assert main(["count", b, "--same-cohort", "--add", kept, "-o", kept]) == 1
    assert main(["count", c, "--add", kept, "-o", kept]) == 0
    assert main(["count", d, "--add", kept, "-o", kept]) == 1
    assert "cohort '2010' stands" in capsys.readouterr().err
    assert su.StageCounts.read(kept).people == 6
    assert main(["count", d, "--add", kept, "--same-cohort", "-o", kept]) == 0
    assert su.StageCounts.read(kept).people == 8
