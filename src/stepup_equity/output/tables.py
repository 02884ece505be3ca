"""A table as CSV, in which nothing is a formula."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.visible import visible

if TYPE_CHECKING:
    import pandas as pd


_STARTS: Final = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV: UTF-8, numbers unrounded, nothing where there is no number.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    columns = [_cells(table.iloc[:, place]) for place in range(len(table.columns))]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(plain_cell, table.columns))
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue().encode()


def _cells(column: pd.Series[Any]) -> list[object]:
    """What stands in a column, None where nothing does; a zero below nothing is a zero."""
    values, absent = column.to_numpy(object).tolist(), column.isna().tolist()
    if column.dtype.kind == "f":
        return [None if nothing else value + 0.0 for value, nothing in zip(values, absent, strict=True)]
    plain = {value: plain_cell(value) for value in values if isinstance(value, str)}
    return [
        None if nothing else plain[value] if isinstance(value, str) else value
        for value, nothing in zip(values, absent, strict=True)
    ]


def plain_cell(value: object) -> object:
    """Text as text; numbers, and single signs that stand for something, as they are.

    >>> plain_cell("=1+1"), plain_cell("-5"), plain_cell("-"), plain_cell("Black African")
    ("'=1+1", '-5', '-', 'Black African')
    """
    if not isinstance(value, str):
        return value
    text = visible(value, keep="\n\t")
    if len(text) == 1 or not text.startswith(_STARTS) or text[1:].replace(".", "", 1).isdigit():
        return text
    return f"'{text}"
