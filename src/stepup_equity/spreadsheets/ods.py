"""The workbook as an OpenDocument spreadsheet."""

from __future__ import annotations

import datetime as dt
import io
from functools import partial
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from odfdo import Document, Element, Paragraph

from stepup_equity.output import write_file
from stepup_equity.spreadsheets.archive import EPOCH, repacked
from stepup_equity.spreadsheets.model import Link, printable
from stepup_equity.spreadsheets.pages import MOST_DECIMALS, decimals_shown, pages
from stepup_equity.spreadsheets.view import address

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from stepup_equity.spreadsheets.model import Column, Line, Value, Workbook
    from stepup_equity.spreadsheets.pages import Page


_DROPPED: Final = ("Configurations2/", "Thumbnails/", "manifest.rdf")
"""Parts of the library's template that say nothing."""

_CM_PER_CHARACTER: Final = 0.24
"""Arial at 12 point: half a letter's height, and a little air."""

_FONT: Final = (
    '<style:font-face style:name="Arial" svg:font-family="Arial" style:font-family-generic="swiss" '
    'style:font-pitch="variable"/>'
)

_STYLES: Final = """
<style:default-style style:family="table-cell">
  <style:text-properties style:font-name="Arial" fo:font-size="12pt" fo:language="{language}"
    fo:country="{country}"/>
</style:default-style>
<style:style style:name="Default" style:family="table-cell">
  <style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top" fo:padding-top="0.04cm"
    fo:padding-bottom="0.04cm" fo:padding-left="0.12cm" fo:padding-right="0.12cm"/>
</style:style>
<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="table-cell"
  style:parent-style-name="Default">
  <style:text-properties fo:font-size="16pt" fo:font-weight="bold"/>
</style:style>
<style:style style:name="Heading_20_2" style:display-name="Heading 2" style:family="table-cell"
  style:parent-style-name="Default">
  <style:text-properties fo:font-size="14pt" fo:font-weight="bold"/>
</style:style>
"""

_AUTOMATIC: Final = """
<style:style style:name="strong" style:family="table-cell" style:parent-style-name="Default">
  <style:text-properties fo:font-weight="bold"/>
</style:style>
<style:style style:name="link" style:family="table-cell" style:parent-style-name="Default">
  <style:text-properties fo:color="#0000ee" style:text-underline-style="solid"/>
</style:style>
<style:style style:name="header_text" style:family="table-cell" style:parent-style-name="Default">
  <style:table-cell-properties fo:border-bottom="0.75pt solid #000000"
    style:vertical-align="bottom"/>
  <style:text-properties fo:font-weight="bold"/>
</style:style>
<style:style style:name="header_number" style:family="table-cell" style:parent-style-name="Default">
  <style:table-cell-properties fo:border-bottom="0.75pt solid #000000"
    style:vertical-align="bottom" style:text-align-source="fix"/>
  <style:paragraph-properties fo:text-align="end"/>
  <style:text-properties fo:font-weight="bold"/>
</style:style>
<number:text-style style:name="as_text"><number:text-content/></number:text-style>
<style:style style:name="label" style:family="table-cell" style:parent-style-name="Default"
  style:data-style-name="as_text"/>
<style:style style:name="symbol" style:family="table-cell" style:parent-style-name="Default">
  <style:table-cell-properties style:text-align-source="fix"/>
  <style:paragraph-properties fo:text-align="end"/>
</style:style>
<style:style style:name="sheet" style:family="table" style:master-page-name="Default">
  <style:table-properties table:display="true" style:writing-mode="lr-tb"/>
</style:style>
"""

_LAYOUT: Final = """
<style:page-layout style:name="page">
  <style:page-layout-properties fo:page-width="29.7cm" fo:page-height="21cm"
    style:print-orientation="landscape" fo:margin="1.5cm" style:scale-to-X="1" style:scale-to-Y="0"/>
</style:page-layout>
"""

_MASTER: Final = '<style:master-page style:name="Default" style:page-layout-name="page"/>'

_EMPTY: Final = b"<office:spreadsheet/>"
"""The document before its sheets are in it."""

_IN_QUOTES: Final = {'"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}

_LOOKS: Final = {"title": "Heading_20_1", "heading": "Heading_20_2", "strong": "strong", "text": "Default"}


def render_ods(
    workbook: Workbook, path: str | os.PathLike[str], laid_out: Sequence[Page] | None = None
) -> None:
    """Write a workbook as an accessible OpenDocument spreadsheet.

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
    >>> import tempfile, pathlib, odfdo
    >>> from stepup_equity.spreadsheets.model import Column, Sheet, Table, Workbook
    >>> columns = Column("Group", ("Black", "White")), Column("Applied", ("[c]", 61), decimals=0)
    >>> table = Table("applied", columns)
    >>> sheet = Sheet("Table_1", "Table 1: Applicants", "This worksheet contains one table.", table)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "tables.ods"
    ...     render_ods(Workbook("Applicants", "A team", "One table.", (sheet,)), path)
    ...     book = odfdo.Document(path)
    ...     book.body.get_table(name="Table_1").get_value("B8")
    61
    """
    document = Document("spreadsheet")
    _write_metadata(document, workbook)
    laid_out = pages(workbook) if laid_out is None else laid_out
    widths = sorted({width for page in laid_out for width in page.widths})
    heights = sorted({height for page in laid_out for height in page.heights})
    _write_styles(document, workbook.language, widths, heights)
    document.body.clear()
    sheets = "".join(_sheet(page, widths, heights) for page in laid_out)
    ranges = "".join(_database_range(page) for page in laid_out if page.table is not None)
    body = f"{sheets}<table:database-ranges>{ranges}</table:database-ranges>"
    document.set_part("settings.xml", _settings([page.name for page in laid_out]))
    for part in _DROPPED:
        for known in document.manifest.get_paths():
            if str(known).startswith(part):
                document.manifest.del_full_path(known)
    buffer = io.BytesIO()
    document.save(buffer)
    filled = {"content.xml": partial(_filled, body=body)}
    write_file(path, repacked(buffer.getvalue(), edit=filled, drop=_DROPPED))


def _filled(content: bytes, body: str) -> bytes:
    """The document with its sheets: written as they stand, they need not become a tree of elements first."""
    assert content.count(_EMPTY) == 1
    tag = _EMPTY.decode().strip("</>")
    return content.replace(_EMPTY, f"<{tag}>{body}</{tag}>".encode())


def _write_metadata(document: Document, workbook: Workbook) -> None:
    _refill(document.meta.root, "office:meta", "")
    epoch = dt.datetime(*EPOCH)  # noqa: DTZ001 - the file format names no zone
    document.meta.title = printable(workbook.title)
    document.meta.subject = printable(workbook.description)
    document.meta.language = workbook.language
    document.meta.initial_creator = printable(workbook.author)
    document.meta.creator = printable(workbook.author)
    document.meta.creation_date = epoch
    document.meta.date = epoch


def _write_styles(
    document: Document, language: str, widths: Iterable[float], heights: Iterable[float]
) -> None:
    tongue, country = language.split("-")
    common = _STYLES.format(language=tongue, country=country)
    styles = document.styles.root
    for tag, content in (
        ("office:font-face-decls", _FONT),
        ("office:styles", common),
        ("office:automatic-styles", _LAYOUT),
        ("office:master-styles", _MASTER),
    ):
        _refill(styles, tag, content)
    columns = "".join(
        f'<style:style style:name="col{number}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width * _CM_PER_CHARACTER:.2f}cm"/>'
        "</style:style>"
        for number, width in enumerate(widths)
    )
    # programs that can work the height out themselves do so: only they know which letters they show
    rows = "".join(
        f'<style:style style:name="row{number}" style:family="table-row">'
        f'<style:table-row-properties style:row-height="{height:.1f}pt" '
        'style:use-optimal-row-height="true"/>'
        "</style:style>"
        for number, height in enumerate(heights)
    )
    numbers = "".join(
        f'<number:number-style style:name="n{d}"><number:number number:decimal-places="{d}" '
        f'number:min-decimal-places="{d}" number:min-integer-digits="1" number:grouping="true"/>'
        f'</number:number-style><style:style style:name="number{d}" style:family="table-cell" '
        f'style:parent-style-name="Default" style:data-style-name="n{d}"/>'
        for d in range(MOST_DECIMALS + 1)
    )
    content = document.content.root
    _refill(content, "office:font-face-decls", _FONT)
    _refill(content, "office:automatic-styles", _AUTOMATIC + columns + rows + numbers)


def _refill(root: Element, tag: str, content: str) -> None:
    """Replace everything under a tag."""
    place = root.get_element(f"//{tag}")
    assert place is not None
    place.clear()
    holder = Element.from_tag(f"<{tag}>{content}</{tag}>")
    for child in holder.children:
        child.tail = None
        place.append(child)


def _sheet(page: Page, widths: list[float], heights: list[float]) -> str:
    """The mark-up of a sheet."""
    columns = "".join(
        f'<table:table-column table:default-cell-style-name="Default" '
        f'table:style-name="col{widths.index(width)}"/>'
        for width in page.widths
    )
    rows = [[_line_cell(line)] for line in page.lines]
    top = len(rows)
    if page.table is not None:
        rows.append([_header_cell(column) for column in page.table.columns])
        cells = [[_cell(value, column.decimals) for value in column.values] for column in page.table.columns]
        rows += map(list, zip(*cells, strict=True))
    written = [
        f'<table:table-row table:style-name="row{heights.index(height)}">{"".join(row)}</table:table-row>'
        for row, height in zip(rows, page.heights, strict=False)
    ]
    if page.table is not None:
        written[top] = f"<table:table-header-rows>{written[top]}</table:table-header-rows>"
    return (
        f'<table:table table:name={_quoted(page.name)} table:style-name="sheet">{columns}'
        f"{''.join(written)}</table:table>"
    )


def _line_cell(line: Line) -> str:
    if line.target is not None:
        return _text_cell(line.text, "link", line.target)
    return _text_cell(line.text, _LOOKS[line.role])


def _header_cell(column: Column) -> str:
    return _text_cell(column.header, "header_text" if column.decimals is None else "header_number")


def _cell(value: Value, decimals: int | None) -> str:
    if isinstance(value, Link):
        return _text_cell(value.text, "link", value.target)
    if isinstance(value, str):
        return _text_cell(value, "label" if decimals is None else "symbol")
    places = decimals_shown(value, decimals)
    return (
        f'<table:table-cell office:value-type="float" calcext:value-type="float" office:value="{value}" '
        f'calcext:value="{value}" table:style-name="number{places}"><text:p>{value:,.{places}f}</text:p>'
        "</table:table-cell>"
    )


def _text_cell(text: str, style: str, target: str | None = None) -> str:
    """A cell of text, each of its lines a paragraph; never a formula, whatever it starts with."""
    where = None if target is None else _quoted(_address(target))
    paragraphs = "".join(
        _paragraph(part)
        if where is None
        else f"<text:p><text:a xlink:href={where}>{escape(part)}</text:a></text:p>"
        for part in text.split("\n")
    )
    look = f'table:style-name="{style}" office:value-type="string"'
    return f"<table:table-cell {look}>{paragraphs}</table:table-cell>"


def _paragraph(text: str) -> str:
    """A line; spaces that the format would lose become marks of their own."""
    if text != " ".join(text.split()):
        return str(Paragraph(text).serialize())
    return f"<text:p>{escape(text)}</text:p>" if text else "<text:p/>"


def _quoted(text: str) -> str:
    """Text as the value of an attribute."""
    return f'"{escape(text, _IN_QUOTES)}"'


def _address(target: str) -> str:
    """Where a link leads: outside, or to the first cell of a sheet."""
    if target.startswith(("https://", "mailto:")):
        return target
    quoted = target.replace("'", "''")
    return f"#'{quoted}'.A1"


def _database_range(page: Page) -> str:
    """The mark-up of a sheet's table: its name, where it lies, and that its first row is a header."""
    assert page.table is not None
    top = len(page.lines) + 1
    last = address(top + page.table.n_rows, len(page.table.columns))
    quoted = page.name.replace("'", "''")
    where = f"'{quoted}'.A{top}:'{quoted}'.{last}"
    return (
        f"<table:database-range table:name={_quoted(page.table.name)} "
        f"table:target-range-address={_quoted(where)} "
        'table:contains-header="true" table:display-filter-buttons="false"/>'
    )


def _settings(names: list[str]) -> bytes:
    """Where the file opens: on the cover, and on every sheet in cell A1."""
    cursors = "".join(
        f"<config:config-item-map-entry config:name={_quoted(name)}>"
        '<config:config-item config:name="CursorPositionX" config:type="int">0</config:config-item>'
        '<config:config-item config:name="CursorPositionY" config:type="int">0</config:config-item>'
        "</config:config-item-map-entry>"
        for name in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<office:document-settings xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" '
        'xmlns:ooo="http://openoffice.org/2004/office" office:version="1.4"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        f'<config:config-item-map-named config:name="Tables">{cursors}</config:config-item-map-named>'
        f'<config:config-item config:name="ActiveTable" config:type="string">{escape(names[0])}'
        "</config:config-item></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    ).encode()
