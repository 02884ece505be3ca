"""p-values of a frame adjusted over the families of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.statistics import adjust

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.statistics.multiplicity import AdjustMethod


def adjusted_by_family(
    p_value: ArrayLike,
    gates: ArrayLike,
    method: AdjustMethod = "holm",
    apart: Sequence[str] = (OVERALL,),
) -> Floats:
    """p-values adjusted over the rows of single gates, and apart over those of the whole way.

    >>> adjusted_by_family([0.01, 0.04, 0.04], ["screened", "hired", "overall"])
    array([0.02, 0.04, 0.04])
    """
    p = np.asarray(p_value, np.float64)
    families = [np.asarray(gates, object) == one for one in apart]
    adjusted = np.full(p.shape, np.nan)
    for family in (*families, ~np.logical_or.reduce(families)):
        adjusted[family] = adjust(p[family], method)
    return adjusted


def with_adjusted(
    frame: pd.DataFrame,
    name: str = "p",
    method: AdjustMethod = "holm",
    apart: Sequence[str] = (OVERALL,),
    groups: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """The frame itself, with its p-values `adjusted_by_family` in a column behind them.

    With the groups of each characteristic given, of two that are each other's everyone else the comparison
    counts once.
    """
    p = frame[f"{name}_value"].to_numpy(np.float64, copy=True)
    first, again = _said_twice(frame, groups or {})
    p[again] = np.nan
    adjusted = adjusted_by_family(p, frame["gate"], method, apart)
    adjusted[again] = adjusted[first]
    frame.insert(list(frame.columns).index(f"{name}_value") + 1, f"{name}_adjusted", adjusted)
    return frame


def _said_twice(frame: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> tuple[Ints, Ints]:
    """Rows of one group of two against everyone else, and those that tell the same of the other."""
    first, again = np.empty(0, np.int64), np.empty(0, np.int64)
    for name, pair in groups.items():
        if len(pair) != 2:
            continue
        rest = (frame["characteristic"] == name) & (frame["reference"] == "rest")
        one, other = (np.flatnonzero(rest & (frame["group"] == group)) for group in pair)
        if one.size == other.size:  # each in the order of gates
            first, again = np.append(first, one), np.append(again, other)
    return first, again


def with_moves(
    frame: pd.DataFrame,
    alpha: float,
    *,
    column: str,
    still: float,
    words: tuple[str, str, str],
    method: AdjustMethod = "holm",
    groups: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """The frame `with_adjusted`, and which estimates evidently lie above `still` or below, in those words.

    The words are those for above, for below, and for neither.
    """
    frame = with_adjusted(frame, method=method, groups=groups)
    adjusted, estimate = (frame[name].to_numpy(float) for name in ("p_adjusted", "estimate"))
    with np.errstate(invalid="ignore"):
        flagged = adjusted <= alpha
    above, below, neither = words
    conditions = [np.isnan(adjusted), flagged & (estimate > still), flagged]
    told = np.select(conditions, ["not computable", above, below], neither).astype(object)
    place = list(frame.columns).index("p_adjusted") + 1
    frame.insert(place, "flagged", flagged)
    frame.insert(place + 1, column, told)
    return frame
