"""An Excel file as the linter sees it."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from typing import TYPE_CHECKING, Any, Final

import openpyxl
from openpyxl.xml.functions import fromstring

from stepup_equity.spreadsheets.view import (
    HEADING_STYLE,
    MOST_CELLS,
    CellView,
    FileView,
    SheetView,
    TableView,
    position,
)

if TYPE_CHECKING:
    from pathlib import Path


_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_BLACK_THEME: Final = 1
_WHITE_THEME: Final = 0
_AUTOMATIC_INDEXES: Final = (8, 64)
"""Places of black and of the automatic colour in the old palette."""
_DEFAULT_WIDTH: Final = 8.43
_OBJECTS: Final = {"xl/media/": "an image", "xl/charts/chart": "a chart", "xl/drawings/drawing": "a drawing"}


def read_xlsx(path: Path) -> FileView:
    """Read an xlsx file with everything a reader meets; values only, nothing is calculated."""
    with warnings.catch_warnings():
        # extensions that openpyxl doesn't know say nothing about the rules
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(path, rich_text=True)
    with zipfile.ZipFile(path) as archive:
        parts = archive.namelist()
        headings = _heading_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in parts else set()
    return FileView(
        title=book.properties.title or "",
        author=book.properties.creator or "",
        language=book.properties.language or "",
        sheets=tuple(_sheet(sheet, headings) for sheet in book.worksheets),
        active="" if book.active is None else book.active.title,
        macros=any(part.endswith("vbaProject.bin") for part in parts),
        outside=any(part.startswith(("xl/externalLinks/", "xl/connections")) for part in parts),
        objects=_objects(parts),
    )


def _objects(parts: list[str]) -> tuple[tuple[str, str], ...]:
    kinds = (what for start, what in _OBJECTS.items() if any(part.startswith(start) for part in parts))
    return tuple(("", what) for what in kinds)


def _heading_styles(styles: bytes) -> set[int]:
    """The numbers of the heading styles: openpyxl takes a style's place in the list for its number."""
    return {
        int(style.get("xfId"))
        for style in fromstring(styles).iter(f"{{{_MAIN}}}cellStyle")
        if HEADING_STYLE.match(style.get("name") or "")
    }


def _sheet(sheet: Any, headings: set[int]) -> SheetView:
    too_large = sheet.max_row * sheet.max_column > MOST_CELLS
    cells = {}
    if not too_large:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value not in (None, ""):
                    cells[cell.row, cell.column] = _cell(cell, headings)
    selection = sheet.sheet_view.selection
    return SheetView(
        name=sheet.title,
        cells=cells,
        widths=_widths(sheet),
        tables=tuple(_table(table) for table in sheet.tables.values()),
        merged=tuple(sorted(str(area) for area in sheet.merged_cells.ranges)),
        hidden=sheet.sheet_state != "visible",
        frozen=sheet.sheet_view.pane is not None,
        header_footer=_prints_header_or_footer(sheet),
        filters=sheet.auto_filter.ref,
        hidden_rows=tuple(sorted(row for row, look in sheet.row_dimensions.items() if look.hidden)),
        hidden_columns=tuple(
            sorted(
                number
                for look in sheet.column_dimensions.values()
                if look.hidden
                for number in range(look.min, look.max + 1)
            )
        ),
        colour_scales=tuple(str(area.sqref) for area in sheet.conditional_formatting),
        cursor=selection[0].activeCell or "A1" if selection else "A1",
        too_large=sheet.dimensions if too_large else None,
    )


def _widths(sheet: Any) -> dict[int, float]:
    default = sheet.sheet_format.defaultColWidth or _DEFAULT_WIDTH
    widths = {} if sheet.max_column > MOST_CELLS else dict.fromkeys(range(1, sheet.max_column + 1), default)
    for look in sheet.column_dimensions.values():
        for number in range(look.min or 1, min(look.max or 1, sheet.max_column) + 1):
            widths[number] = look.width
    return widths


def _table(table: Any) -> TableView:
    first, _, last = table.ref.partition(":")
    top, left = position(first)
    bottom, right = position(last or first)
    return TableView(
        name=table.displayName,
        top=top,
        left=left,
        bottom=bottom,
        right=right,
        header=table.headerRowCount != 0,
        filters=table.autoFilter is not None,
    )


def _prints_header_or_footer(sheet: Any) -> bool:
    places = (
        sheet.oddHeader,
        sheet.oddFooter,
        sheet.evenHeader,
        sheet.evenFooter,
        sheet.firstHeader,
        sheet.firstFooter,
    )
    return any(part.text for place in places for part in (place.left, place.center, place.right))


def _cell(cell: Any, headings: set[int]) -> CellView:
    value = cell.value
    runs = [run.font for run in value if hasattr(run, "font")] if isinstance(value, list) else []
    if isinstance(value, (list, dt.date, dt.time, dt.timedelta)) or not isinstance(value, (str, int, float)):
        value = str(value)
    fonts = [cell.font, *runs]
    return CellView(
        value=value,
        formula=cell.data_type == "f",
        error=cell.data_type == "e",
        wrapped=bool(cell.alignment.wrap_text),
        filled=_filled(cell.fill),
        coloured=any(_coloured(font.color) for font in fonts),
        raised=any(font.vertAlign in {"superscript", "subscript"} for font in fonts),
        heading=cell._style.xfId in headings,  # noqa: SLF001 - the public name is wrong, see _heading_styles
        points=None if cell.font.sz is None else float(cell.font.sz),
        link=_link(cell.hyperlink),
    )


def _link(hyperlink: Any) -> str | None:
    """The address, or ``#`` and the sheet a link inside the file leads to."""
    if hyperlink is None:
        return None
    if hyperlink.location and not hyperlink.target:
        sheet = hyperlink.location.removeprefix("#").rpartition("!")[0] or hyperlink.location
        return "#" + re.sub(r"^'(.*)'$", r"\1", sheet).replace("''", "'")
    return str(hyperlink.target)


def _filled(fill: Any) -> bool:
    if fill.fill_type is None:
        return False
    if fill.fill_type != "solid":
        return True
    return not _is(fill.fgColor, _WHITE_THEME, "FFFFFF")


def _coloured(color: Any) -> bool:
    return color is not None and not _is(color, _BLACK_THEME, "000000")


def _is(color: Any, theme: int, rgb: str) -> bool:
    if color.type == "theme":
        return bool(color.theme == theme)
    if color.type == "indexed":
        return color.indexed in _AUTOMATIC_INDEXES
    return color.type == "auto" or str(color.rgb)[-6:].upper() == rgb
