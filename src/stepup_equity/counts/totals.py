"""Totals among the groups of a published table, whose people would count twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import DataError, listed
from stepup_equity.process import normalise

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["refuse_totals", "sum_notes"]

_TOTALS: Final = frozenset(
    map(
        normalise,
        (
            "Total", "Totals", "Grand total", "Sub-total", "Subtotal", "Sum", "Overall", "All", "All groups",
            "All people", "All applicants", "All candidates", "Everyone", "Everybody",
        ),
    )
)  # fmt: skip
_FEW: Final = 30
"""Below so many people, a group may be the sum of others by chance."""


def refuse_totals(table: pd.DataFrame) -> None:
    """Refuse a row that says it is a total.

    Raises
    ------
    DataError
        With the first such row.
    """
    for row, group in enumerate(table["group"]):
        if normalise(group) in _TOTALS:
            raise DataError(
                f"Row {row + 1} (group {group!r}) is a total, whose people would count twice. Leave it out; "
                "totals are made from the groups."
            )


def sum_notes(table: pd.DataFrame, people: NDArray[np.int64]) -> tuple[str, ...]:
    """A sentence for each group that is the sum of others beside it, which is how subtotals look.

    Parameters
    ----------
    table : DataFrame
        Columns ``characteristic`` and ``group``, and ``cohort`` where there are several.
    people : ndarray of int64, shape (n_rows, n_outcomes)
    """
    keys = [name for name in ("cohort", "characteristic") if name in table.columns]
    notes = []
    for rows in table.groupby(keys, sort=False).indices.values():
        groups = table["group"].to_numpy()[rows]
        characteristic = str(table["characteristic"].iloc[rows[0]])
        for whole, parts in _sums(people[rows]):
            some = "all others" if len(parts) == len(rows) - 1 else listed(groups[parts], most=6)
            notes.append(
                f"In {characteristic!r} the group {groups[whole]!r} has as many people as {some} together, "
                "at every stage. If it is a subtotal, its people count twice: leave it out."
            )
    return tuple(dict.fromkeys(notes))


def _sums(people: NDArray[np.int64]) -> list[tuple[int, list[int]]]:
    """Rows that are the sum of all others, or of the rows next to them on one side."""
    found = []
    for row, own in enumerate(people):
        if own.sum() < _FEW:
            continue
        others = [i for i in range(len(people)) if i != row]
        for parts in (others, _run(people, row, 1), _run(people, row, -1)):
            if len(parts) > 1 and np.array_equal(people[parts].sum(axis=0), own):
                found.append((row, parts))
                break
    return found


def _run(people: NDArray[np.int64], row: int, step: int) -> list[int]:
    """Rows next to a row, one after the other, until they are as many people."""
    parts, left = [], int(people[row].sum())
    place = row + step
    while 0 <= place < len(people) and left > 0:
        parts.append(place)
        left -= int(people[place].sum())
        place += step
    return sorted(parts)
