"""An OpenDocument spreadsheet as the linter sees it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from odfdo import Document, Element

from stepup_equity.spreadsheets.view import (
    HEADING_STYLE,
    MOST_CELLS,
    CellView,
    FileView,
    SheetView,
    TableView,
    address,
    position,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_CM: Final = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6}
_CM_PER_CHARACTER: Final = 0.22
_BLACK: Final = (None, "#000000", "transparent")
_WHITE: Final = (None, "#ffffff", "transparent")
_ROW_GROUPS: Final = (
    "table:table-header-rows",
    "table:table-row-group",
    "table:table-rows",
)
_COLUMN_GROUPS: Final = (
    "table:table-header-columns",
    "table:table-column-group",
    "table:table-columns",
)


@dataclass(frozen=True, slots=True)
class _Style:
    """What a cell style says, its ancestors included."""

    wrapped: bool = False
    background: str | None = None
    colour: str | None = None
    points: float | None = None
    raised: bool = False
    heading: bool = False


def read_ods(path: Path) -> FileView:
    """Read an ods file with everything a reader meets; values only, nothing is calculated."""
    document = Document(path)
    settings = _Settings(document)
    styles = _Styles(document)
    ranges = _ranges(document)
    tables = [child for child in document.body.children if child.tag == "table:table"]
    sheets = tuple(_sheet(table, styles, settings, ranges) for table in tables)
    parts = document.parts
    return FileView(
        title=document.meta.title or "",
        author=document.meta.creator or document.meta.initial_creator or "",
        language=document.meta.language or "",
        sheets=sheets,
        active=settings.active or (sheets[0].name if sheets else ""),
        macros=any(part.startswith(("Basic/", "Scripts/")) for part in parts),
        outside=bool(document.content.root.get_elements("//table:table-source | //table:dde-link")),
        objects=tuple(
            (str(table.get_attribute("table:name")), "an image, chart or drawing")
            for table in tables
            if table.get_elements("descendant::draw:*")
        ),
    )


class _Settings:
    """Where the file opens, and which panes are frozen."""

    def __init__(self, document: Document) -> None:
        root = document.settings.root if "settings.xml" in document.parts else None
        self._root: Element | None = root
        found = self._items("//config:config-item[@config:name='ActiveTable']")
        self.active = found[0].text if found else ""
        self._views = {
            str(entry.get_attribute("config:name")): {
                str(item.get_attribute("config:name")): item.text for item in entry.children
            }
            for entry in self._items(
                "//config:config-item-map-named[@config:name='Tables']/config:config-item-map-entry"
            )
        }

    def _items(self, xpath: str) -> list[Element]:
        return [] if self._root is None else self._root.get_elements(xpath)

    def frozen(self, sheet: str) -> bool:
        view = self._views.get(sheet, {})
        return any(view.get(f"{way}SplitMode", "0") != "0" for way in ("Horizontal", "Vertical"))

    def cursor(self, sheet: str) -> str:
        view = self._views.get(sheet, {})
        return address(int(view.get("CursorPositionY", 0)) + 1, int(view.get("CursorPositionX", 0)) + 1)


class _Styles:
    """The styles of one document, looked up by name."""

    def __init__(self, document: Document) -> None:
        self._elements: dict[tuple[str, str], Element] = {}
        self._cells: dict[str, _Style] = {}
        self._masters: dict[str, bool] = {}
        for part in (document.styles, document.content):
            for element in part.root.get_elements("//style:style"):
                key = (str(element.get_attribute("style:family")), str(element.get_attribute("style:name")))
                self._elements[key] = element
        base = document.styles.root.get_element("//style:default-style[@style:family='table-cell']")
        self._base = _Style() if base is None else _read_style(base, _Style())
        for master in document.styles.root.get_elements("//style:master-page"):
            shown = [
                place
                for place in master.get_elements("style:header | style:footer")
                if place.get_attribute("style:display") is not False and place.text_recursive.strip()
            ]
            self._masters[str(master.get_attribute("style:name"))] = bool(shown)

    def cell(self, name: str) -> _Style:
        if name not in self._cells:
            element = self._elements.get(("table-cell", name))
            if element is None:
                return self._base
            parent = element.get_attribute("style:parent-style-name")
            inherited = self._base if parent is None or parent == name else self.cell(str(parent))
            self._cells[name] = _read_style(element, inherited)
        return self._cells[name]

    def width(self, name: str) -> float | None:
        """Of a column, in characters."""
        properties = self._child(("table-column", name), "style:table-column-properties")
        length = None if properties is None else properties.get_attribute("style:column-width")
        match = re.fullmatch(r"([\d.]+)(cm|mm|in|pt|pc)", str(length))
        return None if match is None else float(match[1]) * _CM[match[2]] / _CM_PER_CHARACTER

    def hidden(self, name: str) -> bool:
        properties = self._child(("table", name), "style:table-properties")
        return properties is not None and properties.get_attribute("table:display") is False

    def header_footer(self, name: str) -> bool:
        element = self._elements.get(("table", name))
        master = None if element is None else element.get_attribute("style:master-page-name")
        return self._masters.get(str(master), False)

    def raises(self, name: str) -> bool:
        """Whether a style of letters sets them above or below the line."""
        properties = self._child(("text", name), "style:text-properties")
        place = None if properties is None else properties.get_attribute("style:text-position")
        return place is not None and not str(place).startswith("0")

    def _child(self, key: tuple[str, str], tag: str) -> Element | None:
        element = self._elements.get(key)
        return None if element is None else element.get_element(tag)


def _read_style(element: Element, inherited: _Style) -> _Style:
    cell = element.get_element("style:table-cell-properties")
    text = element.get_element("style:text-properties")

    def said(properties: Element | None, attribute: str) -> str | None:
        value = None if properties is None else properties.get_attribute(attribute)
        return None if value is None else str(value).lower()

    wrap = said(cell, "fo:wrap-option")
    size = re.fullmatch(r"([\d.]+)pt", said(text, "fo:font-size") or "")
    raised = said(text, "style:text-position")
    name = element.get_attribute("style:display-name") or element.get_attribute("style:name") or ""
    return replace(
        inherited,
        wrapped=inherited.wrapped if wrap is None else wrap == "wrap",
        background=said(cell, "fo:background-color") or inherited.background,
        colour=said(text, "fo:color") or inherited.colour,
        points=inherited.points if size is None else float(size[1]),
        raised=inherited.raised if raised is None else not raised.startswith("0"),
        heading=inherited.heading or bool(HEADING_STYLE.match(str(name))),
    )


def _ranges(document: Document) -> list[tuple[str, TableView]]:
    """Every marked-up range with its sheet."""
    found = []
    for element in document.content.root.get_elements("//table:database-range"):
        where = str(element.get_attribute("table:target-range-address") or "")
        match = re.fullmatch(r"\$?('(?:[^']|'')*'|[^.]*)\.([^:]+)(?::(?:.*\.)?([^.:]+))?", where)
        if match is None:
            continue
        top, left = position(match[2])
        bottom, right = position(match[3] or match[2])
        view = TableView(
            name=str(element.get_attribute("table:name") or ""),
            top=top,
            left=left,
            bottom=bottom,
            right=right,
            header=element.get_attribute("table:contains-header") is not False,
            filters=element.get_attribute("table:display-filter-buttons") is True,
        )
        found.append((_unquoted(match[1]), view))
    return found


def _unquoted(sheet: str) -> str:
    return sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet


@dataclass(slots=True)
class _Grid:
    """What has been read of a sheet so far."""

    cells: dict[tuple[int, int], CellView]
    merged: list[str]
    hidden_rows: list[int]
    full: bool = False


def _sheet(
    table: Element, styles: _Styles, settings: _Settings, ranges: list[tuple[str, TableView]]
) -> SheetView:
    name = str(table.get_attribute("table:name"))
    look = str(table.get_attribute("table:style-name"))
    columns = list(_columns(table, styles))
    grid = _Grid({}, [], [])
    row_number = 1
    for row in _rows(table):
        repeated = _repeats(row, "table:number-rows-repeated")
        _read_row(row, row_number, repeated, columns, styles, grid)
        row_number += repeated
    mine = [view for sheet, view in ranges if sheet == name]
    anonymous = [view for view in mine if view.name.startswith("__Anonymous")]
    return SheetView(
        name=name,
        cells=grid.cells,
        widths={number: column.width for column in columns for number in column.numbers if column.width},
        tables=tuple(view for view in mine if view not in anonymous),
        merged=tuple(grid.merged),
        hidden=styles.hidden(look),
        frozen=settings.frozen(name),
        header_footer=styles.header_footer(look),
        filters=next((address(view.top, view.left) for view in anonymous if view.filters), None),
        hidden_rows=tuple(grid.hidden_rows),
        hidden_columns=tuple(number for column in columns if column.hidden for number in column.numbers),
        colour_scales=tuple(
            str(element.get_attribute("calcext:target-range-address"))
            for element in table.get_elements("descendant::calcext:conditional-format")
        ),
        cursor=settings.cursor(name),
        too_large=f"more than {MOST_CELLS:,} cells" if grid.full else None,
    )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Neighbouring columns that look alike."""

    numbers: range
    width: float | None
    hidden: bool
    cell_style: str


def _columns(table: Element, styles: _Styles) -> Iterator[_Columns]:
    number = 1
    for element in _flattened(table, "table:table-column", _COLUMN_GROUPS):
        repeated = _repeats(element, "table:number-columns-repeated")
        yield _Columns(
            numbers=range(number, number + repeated),
            width=styles.width(str(element.get_attribute("table:style-name"))),
            hidden=_is_hidden(element),
            cell_style=str(element.get_attribute("table:default-cell-style-name") or "Default"),
        )
        number += repeated


def _rows(table: Element) -> Iterator[Element]:
    return _flattened(table, "table:table-row", _ROW_GROUPS)


def _flattened(element: Element, tag: str, groups: tuple[str, ...]) -> Iterator[Element]:
    for child in element.children:
        if child.tag == tag:
            yield child
        elif child.tag in groups:
            yield from _flattened(child, tag, groups)


def _repeats(element: Element, attribute: str) -> int:
    return int(element.get_attribute_integer(attribute) or 1)


def _is_hidden(element: Element) -> bool:
    return element.get_attribute("table:visibility") in {"collapse", "filter"}


def _read_row(
    row: Element, number: int, repeated: int, columns: list[_Columns], styles: _Styles, grid: _Grid
) -> None:
    row_style = row.get_attribute("table:default-cell-style-name")
    at = 1
    filled = False
    for cell in row.children:
        if cell.tag not in {"table:table-cell", "table:covered-table-cell"}:
            continue
        across = _repeats(cell, "table:number-columns-repeated")
        wide = _repeats(cell, "table:number-columns-spanned")
        high = _repeats(cell, "table:number-rows-spanned")
        if wide > 1 or high > 1:
            grid.merged.append(f"{address(number, at)}:{address(number + high - 1, at + wide - 1)}")
        name = cell.get_attribute("table:style-name") or row_style
        if name is None:
            name = next((c.cell_style for c in columns if at in c.numbers), "Default")
        view = _cell(cell, styles.cell(str(name)), styles)
        if view is not None:
            filled = True
            if len(grid.cells) + across * repeated > MOST_CELLS:
                grid.full = True
                return
            for down in range(repeated):
                for right in range(across):
                    grid.cells[number + down, at + right] = view
        at += across
    if filled and _is_hidden(row):
        grid.hidden_rows.extend(range(number, number + repeated))


def _cell(cell: Element, style: _Style, styles: _Styles) -> CellView | None:
    kind = cell.get_attribute("office:value-type")
    formula = cell.get_attribute("table:formula")
    text = "\n".join(_text(paragraph) for paragraph in cell.get_elements("text:p"))
    if kind in {None, "string"} and not text and formula is None:
        return None
    value: str | int | float | bool = text
    if formula is not None:
        value = str(formula)
    elif kind in {"float", "percentage", "currency"}:
        value = float(str(cell.get_attribute("office:value")))
    elif kind == "boolean":
        value = cell.get_attribute("office:boolean-value") is True
    link = cell.get_element("descendant::text:a")
    return CellView(
        value=value,
        formula=formula is not None,
        error=cell.get_attribute("calcext:value-type") == "error"
        or text.startswith(("#REF!", "#N/A", "Err:")),
        wrapped=style.wrapped,
        filled=style.background not in _WHITE,
        coloured=style.colour not in _BLACK,
        raised=style.raised
        or any(
            styles.raises(str(span.get_attribute("text:style-name")))
            for span in cell.get_elements("descendant::text:span")
        ),
        heading=style.heading,
        points=style.points,
        link=None if link is None else _link(str(link.get_attribute("xlink:href"))),
    )


def _text(paragraph: Element) -> str:
    """Its text without the addresses of its links."""
    parts = [paragraph.text]
    for child in paragraph.children:
        own = (
            child.inner_text if child.tag == "text:a" else child.text_recursive.removesuffix(child.tail or "")
        )
        parts += [own, child.tail or ""]
    return "".join(parts)


def _link(href: str) -> str:
    """The address, or ``#`` and the sheet a link inside the file leads to."""
    if not href.startswith("#"):
        return href
    return "#" + _unquoted(href[1:].removeprefix("$").rpartition(".")[0] or href[1:])
