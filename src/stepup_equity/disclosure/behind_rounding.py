"""What counts may stand behind rounded ones, and which of them lie nearest to equal rates.

A printed 5 may be anything from 1 to 9. A test of the printed counts would take what rounding has done for
what happened to people; a test of the counts nearest to equal rates finds nothing that rounding alone could
have made.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.disclosure.ledger import count_range
from stepup_equity.statistics import chi_squared

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.disclosure.policy import Policy

_FAR: Final = 1_000_000
"""Far from zero, where rounding has room on both sides."""


def moved(passed: Floats, of: Floats, policy: Policy, *, rise: bool) -> tuple[Floats, Floats]:
    """The counts that printed ones may stand for with the highest rate, or the lowest."""
    lowest, highest = count_range(_FAR, policy.mode, policy.round_base)
    down, up = _FAR - lowest, highest - _FAR
    if rise:
        fewer = np.maximum(of - down, np.minimum(of, 1))
        return np.minimum(passed + up, fewer), fewer
    return np.maximum(passed - down, 0), of + up


def nearest_table(table: Ints, policy: Policy) -> Ints | None:
    """The table, among all that a printed one may stand for, whose rates lie nearest together.

    Parameters
    ----------
    table : ndarray of int, shape (n_groups, 2)
        Passed and not passed, as printed. Groups of nobody leave the table.

    Returns
    -------
    ndarray of int, shape (n_groups, 2), or None
        None where all rates may be equal. The table itself where the policy does not round.
    """
    if not policy.rounds:
        return table
    table = table[table.sum(axis=1) > 0]
    passed, of = table[:, 0].astype(float), table.sum(axis=1).astype(float)
    high, low = (moved(passed, of, policy, rise=which) for which in (True, False))
    top, bottom = high[0] / high[1], low[0] / low[1]
    if bottom.max() <= top.min():
        return None
    tried = [
        _of_rate(rate, of, high, low) for rate in _rates(np.unique([top, bottom]), high, low, top, bottom)
    ]
    statistics = [float(chi_squared(one).statistic) for one in tried]
    return tried[int(np.nanargmin(statistics))]


def _rates(
    ends: Floats, high: tuple[Floats, Floats], low: tuple[Floats, Floats], top: Floats, bottom: Floats
) -> NDArray[np.float64]:
    """Rates to try: where a group's range begins or ends, and between these that of the groups outside."""
    best = list(ends)
    for left, right in pairwise(ends):
        middle = (left + right) / 2
        below, above = top < middle, bottom > middle
        people = high[1][below].sum() + low[1][above].sum()
        if people:
            best.append(np.clip((high[0][below].sum() + low[0][above].sum()) / people, left, right))
    return np.unique(best)


def _of_rate(rate: float, of: Floats, high: tuple[Floats, Floats], low: tuple[Floats, Floats]) -> Ints:
    """Each group as near to a rate as it may lie."""
    (most, fewer), (fewest, more) = high, low
    part = np.clip(np.round(rate * of), fewest, most)
    whole = np.clip(np.round(part / rate if rate else of), np.maximum(fewer, part), more)
    below, above = most < rate * fewer, fewest > rate * more
    part, whole = np.where(below, most, part), np.where(below, fewer, whole)
    part, whole = np.where(above, fewest, part), np.where(above, more, whole)
    return np.column_stack([part, whole - part]).astype(np.int64)
