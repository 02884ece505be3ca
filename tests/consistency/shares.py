"""Percentages of a page beside the people they are of, in the same row: each must follow from the others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import html

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def share_contradictions(folder: Path) -> list[str]:
    """Rows whose percentage is not that of the people who stand in the row."""
    page = html.parse(str(folder / "report.html"))
    found = []
    for table in page.xpath("//table"):
        caption = table.xpath("string(./caption)")
        rows = [
            [cell.text_content().strip() for cell in row.xpath("./th|./td")] for row in table.xpath(".//tr")
        ]
        if caption.startswith("Of 100 applicants"):
            shares = _of_applicants(rows)
        elif caption.startswith("People at each gate, and who decides"):
            shares = _at_gates(rows)
        else:
            continue
        found += [
            f"{caption}: {row}: {percent} is not {part} of {whole}"
            for row, percent, part, whole in shares
            if not _is(percent, part, whole)
        ]
    return found


def _cells(row: Any) -> list[str]:
    return [cell.text_content().strip() for cell in row.xpath("./th|./td")]


def _of_applicants(rows: list[list[str]]) -> Iterator[tuple[str, str, int, int]]:
    """Each "37.7 (100)" with those who applied."""
    for name, *cells in rows[1:]:
        for text in cells[1:]:
            said = re.fullmatch(r"([<>]?[\d.]+) \(([\d,]+)\)", text)
            if said and (applied := _people(cells[0])):
                yield name, said[1], _people(said[2]), applied


def _at_gates(rows: list[list[str]]) -> Iterator[tuple[str, str, int, int]]:
    """Each pass rate with those who passed, and those who entered less those who are in no rate."""
    heads = rows[0]
    for row in rows[1:]:
        cell: dict[str, str] = dict(zip(heads, row, strict=True))
        if not cell["Pass rate"].endswith("%") or "[" in cell["Entered"] + cell["Passed"]:
            continue
        out = sum(_people(cell[word]) for word in ("Still waiting", "Hidden in the table") if word in cell)
        yield row[0], cell["Pass rate"], _people(cell["Passed"]), _people(cell["Entered"]) - out


def _people(text: str) -> int:
    return int(text.replace(",", ""))


def _is(percent: str, part: int, whole: int) -> bool:
    """Whether a percentage is that of whole numbers as printed, halves away from zero."""
    digits = percent.strip("<>%")
    unit: Any = 10 ** len(digits.partition(".")[2])
    exact = 100 * unit * part
    if percent.startswith("<"):
        return 0 < exact < whole * unit * float(digits)
    if percent.startswith(">"):
        return exact > whole * unit * float(digits)
    return round(float(digits) * unit) == (2 * exact + whole) // (2 * whole)
