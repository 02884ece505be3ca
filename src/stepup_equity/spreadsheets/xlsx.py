"""The workbook as an Excel file."""

from __future__ import annotations

import datetime as dt
import io
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from stepup_equity.output import write_file
from stepup_equity.spreadsheets.archive import EPOCH, repacked
from stepup_equity.spreadsheets.model import RESERVED, Line, Link, printable
from stepup_equity.spreadsheets.pages import SIZES, decimals_shown, pages

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    from stepup_equity.spreadsheets.model import Column, Table, Workbook
    from stepup_equity.spreadsheets.pages import Page


_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_TAGGED: Final = {SIZES["title"]: ("Heading 1", 16), SIZES["heading"]: ("Heading 2", 17)}
"""Font size -> the built-in cell style a screen reader knows it by, with Excel's number for it."""

_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": SIZES["title"]},
    "heading": {"bold": True, "font_size": SIZES["heading"]},
    "strong": {"bold": True},
    "text": {},
    "link": {"font_color": "#0000EE", "underline": 1},
    "header_text": {"bold": True, "bottom": 1, "valign": "bottom"},
    "later_header_text": {"bold": True, "bottom": 1, "valign": "bottom", "align": "left", "indent": 1},
    "header_number": {"bold": True, "bottom": 1, "valign": "bottom", "align": "right"},
    # the text format keeps a label such as =A1 a label when somebody edits the cell
    "label": {"num_format": "@"},
    # text beside a column of numbers keeps its distance
    "later_label": {"num_format": "@", "align": "left", "indent": 1},
    "symbol": {"align": "right"},
}


def render_xlsx(
    workbook: Workbook, path: str | os.PathLike[str], laid_out: Sequence[Page] | None = None
) -> None:
    """Write a workbook as an accessible xlsx file.

    Same workbook, same bytes: the document and its parts carry a fixed date.

    Parameters
    ----------
    workbook : Workbook
        What to say.
    path : str or path
        Where; an existing file is replaced.
    laid_out : sequence of Page, optional
        What `pages` gives, where it is known.

    Examples
    --------
    >>> import tempfile, pathlib, openpyxl
    >>> from stepup_equity.spreadsheets.model import Column, Sheet, Table, Workbook
    >>> columns = Column("Group", ("Black", "White")), Column("Applied", ("[c]", 61), decimals=0)
    >>> table = Table("applied", columns)
    >>> sheet = Sheet("Table_1", "Table 1: Applicants", "This worksheet contains one table.", table)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "tables.xlsx"
    ...     render_xlsx(Workbook("Applicants", "A team", "One table.", (sheet,)), path)
    ...     book = openpyxl.load_workbook(path)
    >>> book["Table_1"].tables["applied"].ref
    'A6:B8'
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "default_format_properties": {"font_name": "Arial", "font_size": SIZES["text"]},
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    book.set_properties(
        {
            "title": printable(workbook.title),
            "author": printable(workbook.author),
            "subject": printable(workbook.description),
            "status": printable(workbook.banner or ""),
            "created": dt.datetime(*EPOCH, tzinfo=dt.UTC),
        }
    )
    formats = _Formats(book)
    for page in pages(workbook) if laid_out is None else laid_out:
        _write_page(book.add_worksheet(page.name), page, formats)
    book.close()
    edit: dict[str, Callable[[bytes], bytes]] = {
        "docProps/core.xml": lambda part: _with_language(part, workbook.language),
        "xl/styles.xml": _with_headings,
    }
    edit |= {
        f"xl/worksheets/sheet{n}.xml": _heights_to_fit
        for n in range(1, len(workbook.sheets) + len(RESERVED) + 1)
    }
    write_file(path, repacked(buffer.getvalue(), edit=edit))


class _Formats:
    """The formats of one file, each made once."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._made: dict[str, Any] = {}

    def look(self, name: str) -> Any:
        return self._get(name, _LOOKS[name])

    def number(self, decimals: int) -> Any:
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return self._get(f"number {decimals}", {"num_format": pattern, "align": "right", "text_wrap": False})

    def _get(self, name: str, look: dict[str, Any]) -> Any:
        if name not in self._made:
            self._made[name] = self._book.add_format({"text_wrap": True, "valign": "top"} | look)
        return self._made[name]


def _write_page(sheet: Any, page: Page, formats: _Formats) -> None:
    for column, width in enumerate(page.widths):
        sheet.set_column(column, column, width)
    for row, height in enumerate(page.heights):
        sheet.set_row(row, height)
    for row, line in enumerate(page.lines):
        if line.target is None:
            sheet.write_string(row, 0, line.text, formats.look(line.role))
        else:
            _write_link(sheet, row, 0, line, formats)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    if page.table is not None:
        _write_table(sheet, page.table, len(page.lines), formats)


def _write_table(sheet: Any, table: Table, top: int, formats: _Formats) -> None:
    headers = [
        {
            "header": column.header,
            "header_format": formats.look(_look("header_text", "header_number", at, column)),
        }
        for at, column in enumerate(table.columns)
    ]
    options = {"name": table.name, "columns": headers, "autofilter": False, "style": None}
    sheet.add_table(top, 0, top + table.n_rows, len(headers) - 1, options)
    sheet.repeat_rows(top)
    for at, column in enumerate(table.columns):
        for row, value in enumerate(column.values, start=top + 1):
            if isinstance(value, Link):
                _write_link(sheet, row, at, value, formats)
            elif isinstance(value, str):
                # write_string, never write: text that starts with = stays text
                sheet.write_string(row, at, value, formats.look(_look("label", "symbol", at, column)))
            else:
                sheet.write_number(row, at, value, formats.number(decimals_shown(value, column.decimals)))


def _look(text: str, number: str, at: int, column: Column) -> str:
    """The name of the look a cell of text has in a column of text or of numbers."""
    if column.decimals is not None:
        return number
    return f"later_{text}" if at else text


def _write_link(sheet: Any, row: int, at: int, link: Link | Line, formats: _Formats) -> None:
    target = str(link.target)
    outside = target.startswith(("https://", "mailto:"))
    quoted = target.replace("'", "''")
    url = target if outside else f"internal:'{quoted}'!A1"
    sheet.write_url(row, at, url, formats.look("link"), link.text)


def _heights_to_fit(sheet: bytes) -> bytes:
    """A sheet whose row heights are ours until a program works out its own, as Excel writes fitted rows.

    Only the program that shows the file knows its letters; where Arial is missing they are wider.
    """
    return sheet.replace(b' customHeight="1"', b"")


def _with_language(core: bytes, language: str) -> bytes:
    """The document properties with the language, which XlsxWriter doesn't write."""
    for prefix, uri in (
        ("cp", "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"),
        ("dc", _DC),
        ("dcterms", "http://purl.org/dc/terms/"),
        ("xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    ):
        ET.register_namespace(prefix, uri)
    root = ET.fromstring(core)  # noqa: S314 - written a moment ago by XlsxWriter
    ET.SubElement(root, f"{{{_DC}}}language").text = language
    return _serialised(root)


def _with_headings(styles: bytes) -> bytes:
    """The styles with titles and headings tagged as such, which XlsxWriter can't.

    Excel tells a heading from big letters by the named cell style behind a format.
    """
    ET.register_namespace("", _MAIN)
    root = ET.fromstring(styles)  # noqa: S314 - written a moment ago by XlsxWriter
    fonts = root.findall(f"{{{_MAIN}}}fonts/{{{_MAIN}}}font")
    sizes = [int(float(font.find(f"{{{_MAIN}}}sz").get("val"))) for font in fonts]  # type: ignore[union-attr, arg-type]
    bases = root.find(f"{{{_MAIN}}}cellStyleXfs")
    names = root.find(f"{{{_MAIN}}}cellStyles")
    assert bases is not None
    assert names is not None
    for xf in root.findall(f"{{{_MAIN}}}cellXfs/{{{_MAIN}}}xf"):
        tag = _TAGGED.get(sizes[int(xf.get("fontId", "0"))])
        if tag is None:
            continue
        number = str(len(bases))
        xf.set("xfId", number)
        base = ET.SubElement(bases, f"{{{_MAIN}}}xf", {"numFmtId": "0", "fontId": xf.get("fontId", "0")})
        base.set("applyFont", "1")
        ET.SubElement(
            names, f"{{{_MAIN}}}cellStyle", {"name": tag[0], "xfId": number, "builtinId": str(tag[1])}
        )
    bases.set("count", str(len(bases)))
    names.set("count", str(len(names)))
    return _serialised(root)


def _serialised(root: ET.Element) -> bytes:
    part: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return part
