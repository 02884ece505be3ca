"""Small tables that people type: claims, benchmarks, plans; in semicolons and decimal commas as well."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Final

from stepup_equity.records.printed.numbers import convention_of
from stepup_equity.text_files import encoding_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    import pandas as pd


_NUMBER: Final = re.compile(r"\d[\d.,]*")


def typed_table(path: Path) -> pd.DataFrame:
    """A small text table with every cell as text; semicolons part its columns where they part its first row.

    Raises
    ------
    pandas.errors.ParserError, pandas.errors.EmptyDataError, UnicodeDecodeError
        Where it is no table, or a row holds more than its header names.
    """
    import pandas as pd

    encoding = encoding_of(path)
    with path.open(encoding=encoding) as file:
        first = file.readline()
    delimiter = max(",;\t", key=first.count)
    wide = _wide(path, encoding, delimiter)
    return (
        pd.read_csv(  # left to itself, pandas takes a cell behind the last header for a shift of all columns
            path,
            dtype=str,
            keep_default_na=False,
            encoding=encoding,
            sep=delimiter,
            index_col=False,
            usecols=range(wide) if wide else None,
        )
    )


def _wide(path: Path, encoding: str, delimiter: str) -> int:
    """Columns of the first row; a row may go on behind it only with blanks."""
    from pandas.errors import ParserError

    with path.open(encoding=encoding, newline="") as file:
        try:
            rows = (row for row in csv.reader(file, delimiter=delimiter) if row)
            wide = len(next(rows, ()))
            longer = any(cell.strip() for row in rows for cell in row[wide:])
        except csv.Error as error:
            raise ParserError(str(error)) from error
    if longer:
        raise ParserError("A row holds more cells than the first row names.")
    return wide


def in_points(frame: pd.DataFrame, columns: Collection[str]) -> pd.DataFrame:
    """The table with decimal points, where these columns hold decimal commas; else as it is.

    A file has one way of writing numbers: where one cell shows a decimal comma, all commas are.

    Examples
    --------
    >>> import pandas as pd
    >>> in_points(pd.DataFrame({"printed": ["42,3 %"]}), ["printed"]).values.tolist()
    [['42.3 %']]
    >>> in_points(pd.DataFrame({"printed": ["1,200"]}), ["printed"]).values.tolist()
    [['1,200']]
    """
    held = [name for name in columns if name in frame.columns]
    cells = [cell for name in held for cell in frame[name] if isinstance(cell, str)]
    convention = convention_of(cells)
    if convention.decimal != "," or convention.doubt or not any(_comma(cell) for cell in cells):
        return frame
    plain = {
        name: [_pointed(cell) if isinstance(cell, str) else cell for cell in frame[name]] for name in held
    }
    return frame.assign(**plain)


def _comma(cell: str) -> bool:
    return convention_of([cell]).decimal == "," and "," in cell


def _pointed(cell: str) -> str:
    return _NUMBER.sub(lambda found: found[0].replace(".", "").replace(",", "."), cell)
