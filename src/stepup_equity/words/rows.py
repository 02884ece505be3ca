"""Rows of a tidy frame, as what sentences are made of."""

from __future__ import annotations

from collections import namedtuple
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import column
from stepup_equity.statistics.last_digits import NEAR

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


def records(frame: pd.DataFrame) -> list[Any]:
    """The rows of a frame, each with its columns by name.

    Column by column into plain lists first: several times faster than ``itertuples`` where text is in Arrow.
    A whole number stays one beside others that are not known, which make floats of the column.
    """
    row = _row_type(tuple(frame.columns))
    columns = (plain_values(str(name), frame[name]) for name in frame.columns)
    return [row(*values) for values in zip(*columns, strict=True)]


def plain_values(name: str, values: pd.Series[Any]) -> list[Any]:
    """The values of a column of results; numbers of people are whole, NaN where they are not known."""
    known = column(name) if values.dtype.kind == "f" else None
    if known is None or known.type != "whole number":
        return values.tolist()
    return [int(value) if value.is_integer() else value for value in values.tolist()]


@cache
def _row_type(columns: tuple[str, ...]) -> Any:
    return namedtuple("row", columns)  # noqa: PYI024 - columns vary


def lowest(frame: pd.DataFrame, by: str = "estimate") -> Any:
    """The row with the smallest number, the first of several."""
    at = lowest_at(frame[by])
    return records(frame.iloc[at : at + 1])[0]


def highest(frame: pd.DataFrame, by: str = "estimate") -> Any:
    """The row with the largest number, the first of several."""
    at = highest_at(frame[by])
    return records(frame.iloc[at : at + 1])[0]


def lowest_at(numbers: ArrayLike) -> int:
    """Place of the smallest number; the first of those that differ in their last digits alone.

    >>> lowest_at([0.3, 0.1 + 0.2 - 0.1, 0.2, float("nan")])
    1
    """
    return int(alike_to_least(numbers)[0])


def alike_to_least(numbers: ArrayLike) -> NDArray[np.int64]:
    """Places of the smallest number and of those that differ from it in their last digits alone."""
    values = np.asarray(numbers, np.float64)
    least = np.nanmin(values)
    with np.errstate(invalid="ignore"):
        alike = (values == least) | (values <= least + NEAR * np.abs(least))
    return np.flatnonzero(alike).astype(np.int64)


def highest_at(numbers: ArrayLike) -> int:
    """Place of the largest number, likewise."""
    return lowest_at(-np.asarray(numbers, np.float64))


def widest_first(edges: pd.DataFrame) -> pd.DataFrame:
    """Gaps by their ratio as the side sees it that is behind; last digits alone change no order."""
    seen = edges["estimate"].astype(float)
    ratio = seen.where(edges["behind"] == edges["group"], 1 / seen)
    return edges.iloc[ratio.round(12).argsort(kind="stable")]


def compared(frame: pd.DataFrame) -> pd.Series[bool]:
    """Which comparisons of a frame could be made: counted, and somebody passed in one of the two groups."""
    return frame["p_value"].notna() & (frame["verdict"] != "not computable")
