"""Both files hold what the model says, cell by cell, and the same bytes every time."""

import os
import re
import shutil
import subprocess
import zipfile
from decimal import Decimal

import odfdo
import openpyxl
import pandas as pd
import pytest

from stepup_equity.spreadsheets import lint_workbook, render_ods, render_xlsx
from stepup_equity.spreadsheets.model import Link, printable
from stepup_equity.spreadsheets.pages import pages
from tests.presentation.workbook_examples import COUNTS, HOSTILE, RATES, example

RENDER = {"xlsx": render_xlsx, "ods": render_ods}


@pytest.fixture(params=["xlsx", "ods"])
def kind(request):
    return request.param


@pytest.fixture
def written(kind, tmp_path):
    path = tmp_path / f"tables.{kind}"
    RENDER[kind](example(), path)
    return path


def grid(path, sheet):
    """Every value of a sheet by row, read by other people's code."""
    if path.suffix == ".xlsx":
        return [list(row) for row in openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)]
    table = odfdo.Document(path).body.get_table(name=sheet)
    table.rstrip(aggressive=True)
    return [[plain(cell) for cell in row.cells] for row in table.rows]


def plain(cell):
    links = cell.get_elements("descendant::text:a")
    value = links[0].inner_text if links else cell.value
    return float(value) if isinstance(value, Decimal) else value


def expected(page):
    """Every value of a page by row, padded to a rectangle as spreadsheet libraries do."""
    rows = [[line.text] for line in page.lines]
    if page.table is not None:
        rows.append([column.header for column in page.table.columns])
        for row in range(page.table.n_rows):
            values = [column.values[row] for column in page.table.columns]
            rows.append([value.text if isinstance(value, Link) else value for value in values])
    return rows


def test_every_cell_reads_back_equal(written):
    for page in pages(example()):
        read = [[value for value in row if value is not None] for row in grid(written, page.name)]
        assert read == expected(page)


def test_numbers_are_numbers_and_labels_are_text(written):
    rows = grid(written, "Table_1")[-len(HOSTILE) :]
    assert [row[0] for row in rows] == [printable(label) for label in HOSTILE]
    assert [row[1] for row in rows] == list(COUNTS)
    assert [float(row[2]) if not isinstance(row[2], str) else row[2] for row in rows] == list(RATES)
    for row in rows:
        assert isinstance(row[0], str)
        assert isinstance(row[1], (int, float)) or row[1] in {"[c]", "[z]"}


def test_no_label_is_a_formula(written, kind):
    if kind == "xlsx":
        kinds = {c.data_type for s in openpyxl.load_workbook(written) for row in s.iter_rows() for c in row}
        assert "f" not in kinds
        with zipfile.ZipFile(written) as archive:
            assert not [n for n in archive.namelist() if b"<f>" in archive.read(n)]
    else:
        root = odfdo.Document(written).content.root
        assert root.get_elements("//@table:formula") == []
        assert "table:formula" not in root.serialize()


def test_same_workbook_same_bytes(kind, tmp_path, monkeypatch):
    first, second = tmp_path / "first", tmp_path / "second"
    RENDER[kind](example(), first)
    monkeypatch.setattr("time.time", lambda: 2e9)
    monkeypatch.setattr("time.localtime", lambda *_: (2033, 5, 18, 3, 33, 20, 2, 138, 0))
    RENDER[kind](example(), second)
    assert first.read_bytes() == second.read_bytes()


def test_another_workbook_other_bytes(kind, tmp_path):
    RENDER[kind](example(), tmp_path / "first")
    RENDER[kind](example(banner=None), tmp_path / "second")
    assert (tmp_path / "first").read_bytes() != (tmp_path / "second").read_bytes()


def test_the_files_hold_no_moment_but_the_epoch(written):
    with zipfile.ZipFile(written) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        text = b"".join(archive.read(name) for name in archive.namelist())
    assert b"1980-01-01T00:00:00" in text
    assert b"T00:00:00" in text
    assert b"202" not in text.replace(b"2020-01-02", b"").split(b"<dc:")[-1]


def test_xlsx_properties_tables_and_formats(tmp_path):
    render_xlsx(example(), tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert (book.properties.title, book.properties.creator, book.properties.language) == (
        "Who got through, by group",
        "Equality analysis team",
        "en-GB",
    )
    assert [list(sheet.tables) for sheet in book] == [
        [],
        ["contents"],
        ["notes"],
        ["ethnicity_reached"],
        ["gender_reached"],
    ]
    sheet = book["Table_1"]
    table = sheet.tables["ethnicity_reached"]
    top = int(table.ref.split(":")[0][1:])
    assert table.ref == f"A{top}:D{top + len(HOSTILE)}"
    assert sheet.cell(top + 1, 2).number_format == "#,##0"
    assert sheet.cell(top + 1, 3).number_format == "#,##0.0"
    assert sheet.cell(top + 1, 1).number_format == "@"
    assert sheet["A1"].style == "Heading 1"
    assert book.active.title == "Cover"


def test_ods_properties_ranges_and_formats(tmp_path):
    render_ods(example(), tmp_path / "t.ods")
    document = odfdo.Document(tmp_path / "t.ods")
    assert (document.meta.title, document.meta.creator, document.meta.language) == (
        "Who got through, by group",
        "Equality analysis team",
        "en-GB",
    )
    letters = document.styles.root.get_element("//style:default-style/style:text-properties")
    assert (letters.get_attribute("fo:language"), letters.get_attribute("fo:country")) == ("en", "GB")
    ranges = document.content.root.get_elements("//table:database-range")
    assert [str(r.get_attribute("table:name")) for r in ranges] == [
        "contents",
        "notes",
        "ethnicity_reached",
        "gender_reached",
    ]
    first = len(pages(example())[3].lines) + 2
    shown = document.body.get_table(name="Table_1").get_cell(f"B{first}")
    assert (shown.value, shown.get_element("text:p").inner_text) == (1234, "1,234")


def test_pandas_reads_a_table(tmp_path):
    render_xlsx(example(), tmp_path / "t.xlsx")
    top = len(pages(example())[3].lines)
    frame = pd.read_excel(tmp_path / "t.xlsx", sheet_name="Table_1", skiprows=top, engine="openpyxl")
    assert frame["Ethnicity"].tolist()[:3] == list(HOSTILE)[:3]
    assert frame["Applied"].tolist()[0] == 1234


def test_control_characters_are_written_as_pictures(kind, tmp_path):
    book = example(banner="bell\x07 and half \ud800")
    RENDER[kind](book, tmp_path / f"t.{kind}")
    assert grid(tmp_path / f"t.{kind}", "Cover")[2][0] == printable("bell\x07 and half \ud800")


@pytest.mark.parametrize(
    ("kind", "part", "height"),
    [
        ("xlsx", "xl/worksheets/sheet4.xml", rb'<row [^>]*ht="[\d.]+"(?! customHeight)'),
        ("ods", "content.xml", rb'row-height="[\d.]+pt" style:use-optimal-row-height="true"'),
    ],
)
def test_rows_fit_the_letters_of_the_program_that_shows_them(kind, part, height, tmp_path):
    """A height of our own stands there, and the program is free to fit the row to wider letters."""
    RENDER[kind](example(), tmp_path / f"t.{kind}")
    with zipfile.ZipFile(tmp_path / f"t.{kind}") as archive:
        written = archive.read(part)
    assert re.search(height, written)
    assert b"customHeight" not in written
    assert b'optimal-row-height="false"' not in written


@pytest.mark.external
@pytest.mark.parametrize(("source", "target"), [("xlsx", "ods"), ("ods", "xlsx")])
def test_libreoffice_opens_converts_and_reads_back_equal(source, target, tmp_path):
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        missing_tool("LibreOffice")
    path = tmp_path / f"tables.{source}"
    RENDER[source](example(), path)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", target, "--outdir", tmp_path / "out", path]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    converted = tmp_path / "out" / f"tables.{target}"
    for page in pages(example()):
        read = [[value for value in row if value is not None] for row in grid(converted, page.name)]
        assert [row for row in read if row] == expected(page)
    assert lint_workbook(converted).empty


def missing_tool(name):
    """Skip, or fail where every tool is promised."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{name} is not installed")
    pytest.skip(f"{name} is not installed")
