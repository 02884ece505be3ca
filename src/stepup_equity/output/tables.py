"""A table as CSV, in which nothing is a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepup_equity.visible import visible

if TYPE_CHECKING:
    import pandas as pd


_STARTS: Final = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def csv_bytes(table: pd.DataFrame) -> bytes:
    """A table as CSV: UTF-8, numbers unrounded, nothing where there is no number.

    Text that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    import pandas as pd

    safe = table.rename(columns=plain_cell)
    for place, kind in enumerate(safe.dtypes):
        if pd.api.types.is_float_dtype(kind):
            safe.isetitem(place, (safe.iloc[:, place] + 0.0).array)  # a zero below nothing is a zero
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_bool_dtype(kind)):
            name = safe.columns[place]
            safe[name] = pd.Series(
                [plain_cell(value) for value in safe[name]], index=safe.index, dtype=object
            )
    text: str = safe.to_csv(index=False, lineterminator="\n")
    return text.encode()


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
