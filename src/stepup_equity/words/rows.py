"""Rows of a tidy frame, as what sentences are made of."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


def records(frame: pd.DataFrame) -> list[Any]:
    """The rows of a frame, each with its columns by name.

    Column by column into plain lists first: several times faster than ``itertuples`` where text is in Arrow.
    """
    row = _row_type(tuple(frame.columns))
    return [row(*values) for values in zip(*(frame[name].tolist() for name in frame.columns), strict=True)]


@cache
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("row", columns)  # noqa: PYI024 - columns vary


def lowest(frame: pd.DataFrame, column: str = "estimate") -> Any:
    """The row with the smallest number, the first of several."""
    at = int(frame[column].to_numpy(float).argmin())
    return records(frame.iloc[at : at + 1])[0]


def highest(frame: pd.DataFrame, column: str = "estimate") -> Any:
    """The row with the largest number, the first of several."""
    at = int(frame[column].to_numpy(float).argmax())
    return records(frame.iloc[at : at + 1])[0]


def compared(frame: pd.DataFrame) -> pd.Series[bool]:
    """Which comparisons of a frame could be made: counted, and somebody passed in one of the two groups."""
    return frame["p_value"].notna() & (frame["verdict"] != "not computable")
