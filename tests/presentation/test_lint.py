"""The linter: nothing to say about our own files, and each broken one is caught for its own reason."""

import copy
import io
import re
import zipfile

import odfdo
import openpyxl
import PIL.Image
import pytest
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn

from stepup_equity.errors import DataError
from stepup_equity.spreadsheets import lint_file, lint_workbook, render_ods, render_xlsx
from stepup_equity.spreadsheets.lint import RULES
from stepup_equity.spreadsheets.pages import pages
from stepup_equity.spreadsheets.view import address, position
from tests.presentation.workbook_examples import HOSTILE, example

TOP = len(pages(example())[3].lines) + 1
"""The header row of the first table."""
BOTTOM = TOP + len(HOSTILE)


def rules(path):
    return set(lint_workbook(path)["rule"])


@pytest.mark.parametrize(("kind", "render"), [("xlsx", render_xlsx), ("ods", render_ods)])
@pytest.mark.parametrize(
    "changes",
    [{}, {"banner": None}, {"shorthand": ()}, {"cover": (), "sheets": example().sheets[1:], "notes": ()}],
)
def test_our_own_files_pass(kind, render, changes, tmp_path):
    path = tmp_path / f"tables.{kind}"
    render(example(**changes), path)
    assert lint_workbook(path).to_dict("records") == []


def test_findings_are_tidy(tmp_path):
    render_xlsx(example(), tmp_path / "t.xlsx")
    frame = lint_workbook(tmp_path / "t.xlsx")
    assert list(frame.columns) == ["rule", "sheet", "cell", "found", "remedy"]
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    book["Table_1"].cell(TOP + 1, 2).value = "1234"
    book.save(tmp_path / "t.xlsx")
    assert lint_workbook(tmp_path / "t.xlsx").to_dict("records") == [
        {
            "rule": "number-as-text",
            "sheet": "Table_1",
            "cell": f"B{TOP + 1}",
            "found": "a number stored as text",
            "remedy": "Store the number as a number, with a number format.",
        }
    ]


# --- xlsx, broken with openpyxl ----------------------------------------------------------------------------


def sheet_of(book):
    return book["Table_1"]


def drop_title(book):
    book.properties.title = None


def drop_author(book):
    book.properties.creator = None


def drop_language(book):
    book.properties.language = None


def merge(book):
    sheet_of(book).merge_cells(f"B{TOP + 1}:B{TOP + 2}")
    sheet_of(book).cell(TOP + 2, 2)


def freeze(book):
    sheet_of(book).freeze_panes = "B3"


def blank_title(book):
    sheet_of(book)["A1"].value = None


def plain_title(book):
    sheet_of(book)["A1"].style = "Normal"
    sheet_of(book)["A1"].font = Font(size=20, bold=True)
    sheet_of(book)["A1"].alignment = Alignment(wrap_text=True)


def same_title(book):
    book["Table_2"]["A1"].value = sheet_of(book)["A1"].value


def blank_description(book):
    sheet_of(book)["A2"].value = None


def blank_cell(book):
    sheet_of(book).cell(TOP + 1, 2).value = None


def blank_row(book):
    sheet_of(book)["A4"].value = None


def formula(book):
    sheet_of(book).cell(TOP + 1, 2).value = "=1+1"


def error_value(book):
    cell = sheet_of(book).cell(TOP + 1, 2)
    cell.value = "#REF!"
    cell.data_type = "e"


def sign_for_hidden(book):
    sheet_of(book).cell(TOP + 1, 2).value = "*"


def word_for_hidden(book):
    sheet_of(book).cell(TOP + 1, 2).value = "suppressed"


def unexplained(book):
    sheet_of(book).cell(TOP + 1, 2).value = "[u]"


def unexplained_note(book):
    sheet_of(book)["A2"].value += " [note 9]"


def fill(book):
    sheet_of(book).cell(TOP + 1, 2).fill = PatternFill("solid", fgColor="FFFF00")


def red_letters(book):
    sheet_of(book).cell(TOP + 1, 2).font = Font(name="Arial", size=12, color="FF0000")


def colour_scale(book):
    rule = ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color="FF0000")
    sheet_of(book).conditional_formatting.add(f"B{TOP + 1}:B{BOTTOM}", rule)


def small_letters(book):
    sheet_of(book).cell(TOP + 1, 2).font = Font(name="Arial", size=8)


def raised_letters(book):
    sheet_of(book)["A3"].font = Font(name="Arial", size=12, vertAlign="superscript")


def not_wrapped(book):
    sheet_of(book)["A2"].alignment = Alignment(wrap_text=False)


def hidden_row(book):
    sheet_of(book).row_dimensions[TOP + 1].hidden = True


def hidden_sheet(book):
    book["Table_2"].sheet_state = "hidden"


def table_filter(book):
    table = sheet_of(book).tables["ethnicity_reached"]
    table.autoFilter = AutoFilter(ref=table.ref)


def loose_filter(book):
    book["Cover"].auto_filter.ref = "A1:A3"


def no_table(book):
    del book["Table_2"].tables["gender_reached"]


def second_table(book):
    sheet = book["Table_2"]
    sheet.cell(8, 1).value = "Group"
    sheet.cell(9, 1).value = "Women"
    for row in (8, 9):
        sheet.cell(row, 1).font = Font(size=12)
    sheet.add_table(Table(displayName="second_one", ref="A8:A9"))
    sheet.tables["second_one"].autoFilter = None
    sheet.tables["second_one"].tableColumns = [TableColumn(id=1, name="Group")]


def default_table_name(book):
    sheet = book["Table_2"]
    table = sheet.tables.pop("gender_reached")
    table.name = table.displayName = "Table7"
    sheet.tables.add(table)


def no_header_row(book):
    book["Table_2"].tables["gender_reached"].headerRowCount = 0


def same_header(book):
    sheet_of(book).cell(TOP, 2).value = sheet_of(book).cell(TOP, 1).value.upper()


def below_table(book):
    cell = sheet_of(book).cell(BOTTOM + 1, 1)
    cell.value = "Source: us"
    cell.font = Font(size=12)


def in_column_b(book):
    sheet = book["Table_2"]
    sheet.insert_cols(1)
    table = sheet.tables["gender_reached"]
    table.ref = table.ref.replace("B", "C").replace("A", "B")
    for row in range(1, TOP):
        sheet.cell(row, 1).value = sheet.cell(row, 2).value
        sheet.cell(row, 1)._style = copy.copy(sheet.cell(row, 2)._style)
        if sheet.tables and row < int(table.ref[1]):
            sheet.cell(row, 2).value = None
        else:
            sheet.cell(row, 1).value = None
    sheet.column_dimensions["A"].width = 80


def cursor_elsewhere(book):
    sheet_of(book).sheet_view.selection[0].activeCell = "C7"
    sheet_of(book).sheet_view.selection[0].sqref = "C7"


def opens_elsewhere(book):
    book.active = 3


def page_header(book):
    sheet_of(book).oddHeader.center.text = "Draft"


def default_sheet_name(book):
    book["Table_2"].title = "Sheet2"
    book["Contents"]["A8"].hyperlink.location = "Sheet2!A1"


def broken_link(book):
    sheet_of(book)[f"A{TOP - 1}"].hyperlink.location = "'Elsewhere'!A1"


def bare_address(book):
    book["Cover"]["A6"].value = "https://example.org/page"


def no_contents(book):
    del book["Contents"]
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.hyperlink is not None and "Contents" in (cell.hyperlink.location or ""):
                    cell.hyperlink = None


def contents_without_link(book):
    book["Contents"]["A8"].hyperlink = None
    book["Contents"]["A8"].font = Font(name="Arial", size=12)


def no_notes(book):
    del book["Notes"]


def no_cover(book):
    del book["Cover"]
    book.active = 0


def blank_column(book):
    sheet = book["Cover"]
    sheet["C1"].value = "aside"
    sheet["C1"].font = Font(size=12)


def far_away(book):
    sheet_of(book)["XFD1048576"].value = "lost"


def image(book):
    picture = io.BytesIO()
    PIL.Image.new("RGB", (8, 8)).save(picture, "png")
    sheet_of(book).add_image(Image(picture), "F2")


def blank_sheet(book):
    book.create_sheet("Spare")
    link = copy.copy(book["Contents"]["A8"].hyperlink)
    book["Table_2"]["A2"].hyperlink = link
    book["Contents"]["A2"].hyperlink = copy.copy(link)
    book["Contents"]["A2"].hyperlink.location = "Spare!A1"


BREAKS_XLSX = [
    (drop_title, {"document-title"}),
    (drop_author, {"document-author"}),
    (drop_language, {"document-language"}),
    (merge, {"merged-cells", "blank-cell"}),
    (freeze, {"freeze-panes"}),
    (blank_title, {"title-in-a1", "blank-row"}),
    (plain_title, {"title-style"}),
    (same_title, {"title-unique"}),
    (blank_description, {"description-in-a2", "blank-row"}),
    (blank_cell, {"blank-cell"}),
    (blank_row, {"blank-row"}),
    (formula, {"formula"}),
    (error_value, {"error-value"}),
    (sign_for_hidden, {"symbol"}),
    (word_for_hidden, {"symbol"}),
    (unexplained, {"shorthand-explained"}),
    (unexplained_note, {"note-explained"}),
    (fill, {"colour"}),
    (red_letters, {"colour"}),
    (colour_scale, {"colour"}),
    (small_letters, {"font-size"}),
    (raised_letters, {"superscript"}),
    (not_wrapped, {"text-wrapped"}),
    (hidden_row, {"hidden-cells"}),
    (hidden_sheet, {"hidden-sheet"}),
    (table_filter, {"filters"}),
    (loose_filter, {"filters"}),
    (no_table, {"table-marked-up"}),
    (second_table, {"one-table"}),
    (default_table_name, {"table-name"}),
    (no_header_row, {"header-row"}),
    (same_header, {"header-row"}),
    (below_table, {"below-table"}),
    (in_column_b, {"table-in-column-a"}),
    (cursor_elsewhere, {"opens-in-a1"}),
    (opens_elsewhere, {"opens-in-a1"}),
    (page_header, {"header-footer"}),
    (default_sheet_name, {"sheet-name"}),
    (broken_link, {"link-target"}),
    (bare_address, {"link-text"}),
    (no_contents, {"contents-sheet"}),
    (contents_without_link, {"contents-links"}),
    (no_notes, {"notes-sheet", "link-target"}),
    (no_cover, {"cover-sheet", "link-target"}),
    (blank_sheet, {"blank-sheet"}),
    (blank_column, {"blank-column", "table-marked-up"}),
    (far_away, {"too-large"}),
    (image, {"objects"}),
]


@pytest.fixture(scope="module")
def xlsx(tmp_path_factory):
    path = tmp_path_factory.mktemp("lint") / "tables.xlsx"
    render_xlsx(example(), path)
    return path


@pytest.mark.parametrize(("broken", "reasons"), BREAKS_XLSX, ids=lambda value: getattr(value, "__name__", ""))
def test_each_broken_xlsx_is_caught_for_its_reason(xlsx, broken, reasons, tmp_path):
    book = openpyxl.load_workbook(xlsx)
    broken(book)
    path = tmp_path / "broken.xlsx"
    book.save(path)
    assert rules(path) == reasons


@pytest.mark.parametrize(
    ("part", "rule"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "outside-data"),
        ("xl/charts/chart1.xml", "objects"),
    ],
)
def test_parts_that_do_not_belong(xlsx, part, rule, tmp_path):
    path = tmp_path / "broken.xlsx"
    path.write_bytes(xlsx.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(part, b"")
    assert rules(path) == {rule}


# --- ods, broken in its XML --------------------------------------------------------------------------------


def swap(part, old, new, *, count=1, regular=False):
    """Replace text in one part of the file, which must be there."""

    def change(parts):
        before = parts[part].decode()
        pattern = old if regular else re.escape(old)
        after, n = re.subn(
            pattern, new if regular else new.replace("\\", r"\\"), before, count=count, flags=re.DOTALL
        )
        assert n
        parts[part] = after.encode()

    return change


def both(*changes):
    def change(parts):
        for one in changes:
            one(parts)

    return change


def styled(name, properties):
    """A cell style of that name with more properties, used by the first number of the first table."""
    style = f'<style:style style:name="odd" style:family="table-cell">{properties}'
    return both(
        swap("content.xml", "</office:automatic-styles>", f"{style}</style:style></office:automatic-styles>"),
        swap("content.xml", 'table:style-name="number0"', 'table:style-name="odd"'),
    )


ENTRY = '<config:config-item-map-entry config:name="Table_1">'
ONE = 'office:value="1234" calcext:value="1234" table:style-name="number0"><text:p>1,234</text:p>'
A1 = "Table 1: Applicants by ethnicity"

BREAKS_ODS = {
    "title": (swap("meta.xml", "<dc:title>Who got through, by group</dc:title>", ""), {"document-title"}),
    "author": (
        swap("meta.xml", r"<(meta:initial-creator|dc:creator)>[^<]*</\1>", "", count=2, regular=True),
        {"document-author"},
    ),
    "language": (swap("meta.xml", "<dc:language>en-GB</dc:language>", ""), {"document-language"}),
    "merged": (
        swap("content.xml", ONE, 'table:number-columns-spanned="2" ' + ONE),
        {"merged-cells"},
    ),
    "frozen": (
        swap(
            "settings.xml",
            ENTRY,
            ENTRY + '<config:config-item config:name="VerticalSplitMode">2</config:config-item>',
        ),
        {"freeze-panes"},
    ),
    "cursor": (
        swap(
            "settings.xml",
            ENTRY + '<config:config-item config:name="CursorPositionX" config:type="int">0',
            ENTRY + '<config:config-item config:name="CursorPositionX" config:type="int">3',
        ),
        {"opens-in-a1"},
    ),
    "opens elsewhere": (
        swap(
            "settings.xml",
            '"ActiveTable" config:type="string">Cover',
            '"ActiveTable" config:type="string">Notes',
        ),
        {"opens-in-a1"},
    ),
    "plain title": (swap("content.xml", '"Heading_20_1"', '"strong"', count=9), {"title-style"}),
    "no description": (
        swap(
            "content.xml",
            r"(<text:p>)This worksheet contains one table: how many[^<]*(</text:p>)",
            r"\1\2",
            regular=True,
        ),
        {"description-in-a2", "blank-row"},
    ),
    "formula": (swap("content.xml", ONE, 'table:formula="of:=1+1" ' + ONE), {"formula"}),
    "number as text": (
        swap(
            "content.xml",
            'office:value-type="float" calcext:value-type="float" ' + ONE,
            'office:value-type="string" table:style-name="number0"><text:p>1,234</text:p>',
        ),
        {"number-as-text"},
    ),
    "blank cell": (
        swap("content.xml", 'office:value-type="float" calcext:value-type="float" ' + ONE, ">"),
        {"blank-cell"},
    ),
    "sign": (
        swap(
            "content.xml",
            'office:value-type="float" calcext:value-type="float" ' + ONE,
            'office:value-type="string" table:style-name="number0"><text:p>–</text:p>',
        ),
        {"symbol"},
    ),
    "unexplained": (
        swap(
            "content.xml",
            'office:value-type="float" calcext:value-type="float" ' + ONE,
            'office:value-type="string" table:style-name="number0"><text:p>[u]</text:p>',
        ),
        {"shorthand-explained"},
    ),
    "fill": (styled("odd", '<style:table-cell-properties fo:background-color="#ffff00"/>'), {"colour"}),
    "letters": (styled("odd", '<style:text-properties fo:color="#ff0000"/>'), {"colour"}),
    "small": (styled("odd", '<style:text-properties fo:font-size="8pt"/>'), {"font-size"}),
    "raised": (styled("odd", '<style:text-properties style:text-position="super 58%"/>'), {"superscript"}),
    "wrap": (swap("styles.xml", 'fo:wrap-option="wrap"', 'fo:wrap-option="no-wrap"'), {"text-wrapped"}),
    "hidden sheet": (swap("content.xml", 'table:display="true"', 'table:display="false"'), {"hidden-sheet"}),
    "hidden row": (
        swap("content.xml", "<table:table-row ", '<table:table-row table:visibility="collapse" '),
        {"hidden-cells"},
    ),
    "hidden column": (
        swap("content.xml", "<table:table-column ", '<table:table-column table:visibility="collapse" '),
        {"hidden-cells"},
    ),
    "no range": (
        swap("content.xml", r'<table:database-range table:name="gender_reached"[^>]*/>', "", regular=True),
        {"table-marked-up"},
    ),
    "range name": (swap("content.xml", '"gender_reached"', '"Range1"'), {"table-name"}),
    "filters": (swap("content.xml", 'filter-buttons="false"', 'filter-buttons="true"'), {"filters"}),
    "no header": (swap("content.xml", 'contains-header="true"', 'contains-header="false"'), {"header-row"}),
    "same header": (
        swap("content.xml", "<text:p>Result</text:p>", "<text:p>APPLIED</text:p>"),
        {"header-row"},
    ),
    "column B": (
        both(
            swap("content.xml", r"('Table_2'\.)A(\d+:'Table_2'\.)B", r"\1B\2B", regular=True),
        ),
        {"table-in-column-a", "below-table"},
    ),
    "sheet name": (
        swap("content.xml", "Table_2", "Sheet2", count=99),
        {"sheet-name"},
    ),
    "broken link": (
        swap("content.xml", "#'Notes'.A1", "#'Elsewhere'.A1", count=99),
        {"link-target", "contents-links"},
    ),
    "address": (swap("content.xml", "Write to the team", "mailto:team@example.org"), {"link-text"}),
    "same title": (swap("content.xml", "Table 2: It's gender", A1, count=99), {"title-unique"}),
    "header": (
        swap(
            "styles.xml",
            r"(<style:master-page[^>]*)/>",
            r"\1><style:header><text:p>Draft</text:p></style:header></style:master-page>",
            regular=True,
        ),
        {"header-footer"},
    ),
    "condition": (
        swap(
            "content.xml",
            '<table:table table:name="Table_2" table:style-name="sheet">',
            '<table:table table:name="Table_2" table:style-name="sheet"><calcext:conditional-formats>'
            '<calcext:conditional-format calcext:target-range-address="Table_2.B6:Table_2.B7"/>'
            "</calcext:conditional-formats>",
        ),
        {"colour"},
    ),
    "drawing": (
        swap(
            "content.xml",
            "<text:p>Source: applicant records.</text:p>",
            "<text:p>Source: applicant records.</text:p><draw:frame><draw:image/></draw:frame>",
        ),
        {"objects"},
    ),
    "macros": (lambda parts: parts.update({"Basic/Standard/Module1.xml": b""}), {"macros"}),
}


@pytest.fixture(scope="module")
def ods(tmp_path_factory):
    path = tmp_path_factory.mktemp("lint") / "tables.ods"
    render_ods(example(), path)
    return path


@pytest.mark.parametrize("name", BREAKS_ODS)
def test_each_broken_ods_is_caught_for_its_reason(ods, name, tmp_path):
    broken, reasons = BREAKS_ODS[name]
    with zipfile.ZipFile(ods) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    broken(parts)
    path = tmp_path / "broken.ods"
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    assert rules(path) == reasons


def test_repeated_cells_and_rows_count_as_many(tmp_path, ods):
    """LibreOffice writes equal neighbours once, and a sheet's empty rest as a million repeats."""
    document = odfdo.Document(ods)
    table = document.body.get_table(name="Table_2")
    row = odfdo.Row(repeated=1_048_000)
    row.append(odfdo.Cell(repeated=16_384))
    table.append(row)
    document.save(tmp_path / "long.ods")
    assert rules(tmp_path / "long.ods") == set()
    row = odfdo.Row()
    row.append(odfdo.Cell("same", repeated=3))
    table.append(row)
    document.save(tmp_path / "far.ods")
    findings = lint_workbook(tmp_path / "far.ods").query("rule == 'blank-row'")
    assert findings["found"].tolist() == ["rows 8 to 1048007 are blank"]
    row = odfdo.Row(repeated=1_500_000)
    row.append(odfdo.Cell("same", repeated=3))
    table.append(row)
    document.save(tmp_path / "full.ods")
    assert rules(tmp_path / "full.ods") == {"too-large"}


# --- what it says ------------------------------------------------------------------------------------------


def test_every_rule_is_broken_by_some_test():
    tried = set().union(
        *(reasons for _, reasons in BREAKS_XLSX), *(reasons for _, reasons in BREAKS_ODS.values())
    )
    assert set(RULES) - tried == {"outside-data"}


def test_lint_file_says_all_is_well(xlsx):
    assert lint_file(xlsx) == (0, f"tables.xlsx: keeps all {len(RULES)} rules for accessible spreadsheets.")


def test_lint_file_says_what_to_do(xlsx, tmp_path):
    book = openpyxl.load_workbook(xlsx)
    freeze(book)
    drop_title(book)
    book.save(tmp_path / "broken.xlsx")
    assert lint_file(tmp_path / "broken.xlsx") == (
        1,
        (
            "broken.xlsx: whole file: no title in the document properties (document-title). Fill in the "
            "title in the document properties: a screen reader says it first.\n"
            "broken.xlsx: Table_1: frozen or split panes (freeze-panes). Unfreeze the panes: they trap "
            "readers who enlarge the screen.\n"
            "broken.xlsx: 2 findings against 2 rules."
        ),
    )


def test_missing_file_and_other_formats_are_refused(tmp_path):
    with pytest.raises(DataError) as caught:
        lint_workbook(tmp_path / "none.xlsx")
    assert str(caught.value) == (
        f"There is no file {str(tmp_path / 'none.xlsx')!r}. Give the path of an .xlsx or .ods file."
    )
    (tmp_path / "t.csv").write_text("a,b")
    with pytest.raises(DataError) as caught:
        lint_workbook(tmp_path / "t.csv")
    assert str(caught.value) == (
        "'t.csv' is not a spreadsheet that can be checked. Possible: '.xlsx', '.ods'. "
        "Save it in one of these formats first."
    )


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("content", [b"", b"not a zip file"])
def test_files_that_are_something_else_are_refused(kind, content, tmp_path):
    (tmp_path / f"t.{kind}").write_bytes(content)
    with pytest.raises(DataError, match=rf"^'t\.{kind}' can't be read as \.{kind}: "):
        lint_workbook(tmp_path / f"t.{kind}")


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_zip_file_of_something_else_is_refused(kind, tmp_path):
    with zipfile.ZipFile(tmp_path / f"t.{kind}", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(DataError, match=rf"^'t\.{kind}' can't be read as \.{kind}: "):
        lint_workbook(tmp_path / f"t.{kind}")


def test_addresses_go_back_and_forth():
    for row, column in ((1, 1), (9, 26), (10, 27), (7, 702), (7, 703), (1_048_576, 16_384)):
        assert position(address(row, column)) == (row, column)
