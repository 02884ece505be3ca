"""The counts behind a table of rounded percentages."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import people
from stepup_equity.statistics.published import UNITS_OF_A_PERCENT, counts_of_percentage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Ints


MOST_TABLES = 200_000
"""Partial tables up to which all tables behind a set of percentages are counted."""


@dataclass(frozen=True, eq=False, slots=True)
class CountsBehind:
    """The whole numbers behind a table of rounded percentages.

    Attributes
    ----------
    counts : ndarray of int64, shape (rows, columns)
        A table that disagrees with as few printed percentages as any, and is nearest to them.
    disagrees : ndarray of bool, shape (rows, columns)
        Printed percentages that it does not round to.
    tables : int or None
        How many tables disagree with the same percentages only; None where there are too many to count.
    """

    counts: Ints
    disagrees: NDArray[np.bool_]
    tables: int | None


def counts_behind(
    percentages: ArrayLike,
    base: ArrayLike,
    *,
    decimals: int = 0,
    known: ArrayLike | None = None,
    total_of: Sequence[int] | None = None,
) -> CountsBehind:
    """Whole-number tables behind rounded percentages of rows with known bases.

    Each row's counts add up to its base, and rows add up to their totals. Where no table rounds to everything
    printed, the fewest printed percentages that have to be wrong are found, by mixed-integer programming.

    Parameters
    ----------
    percentages : array_like, shape (rows, columns)
        As printed; NaN where a cell is printed empty, which means nobody.
    base : array_like of int, shape (rows,)
        People in each row.
    decimals : int
        Decimals printed.
    known : array_like, shape (rows, columns), optional
        Counts that are printed too; NaN elsewhere.
    total_of : sequence of int, optional
        For each row the position of the row that it adds to, or -1.

    Returns
    -------
    CountsBehind

    Raises
    ------
    StatisticError
        Where the printed counts and bases alone contradict each other, whatever the percentages.

    References
    ----------
    Brown and Heathers (2017), Social Psychological and Personality Science 8, 363-369, for one percentage.

    Examples
    --------
    Of 26 people 11 % left, 35 % passed, 50 % did well and 4 % go on:

    >>> behind = counts_behind([[11, 35, 50, 4]], [26])
    >>> behind.counts.tolist(), behind.disagrees.tolist(), behind.tables
    ([[3, 9, 13, 1]], [[True, False, False, False]], 1)
    """
    printed = np.atleast_2d(np.asarray(percentages, np.float64))
    n = people(base, "base").astype(np.int64)
    parents = [-1] * len(n) if total_of is None else [int(parent) for parent in total_of]
    fixed = np.full(printed.shape, np.nan) if known is None else np.atleast_2d(np.asarray(known, np.float64))
    fixed = np.where(np.isnan(printed) & np.isnan(fixed), 0.0, fixed)
    low, high = _bounds(printed, n, decimals)
    counts, disagrees = _fewest_disagreements(printed, n, low, high, fixed, parents)
    free_low = np.where(disagrees, 0, low)
    free_high = np.where(disagrees, n[:, None], high)
    is_fixed = ~np.isnan(fixed)
    pinned = np.where(is_fixed, fixed, 0).astype(np.int64)
    free_low = np.where(is_fixed, np.maximum(free_low, pinned), free_low)
    free_high = np.where(is_fixed, np.minimum(free_high, pinned), free_high)
    tables = _how_many(free_low, free_high, n, parents)
    return CountsBehind(counts, disagrees, tables)


def _bounds(printed: NDArray[np.float64], n: Ints, decimals: int) -> tuple[Ints, Ints]:
    low, high = counts_of_percentage(np.where(np.isnan(printed), 0.0, printed), n[:, None], decimals)
    empty = np.isnan(printed)
    return np.where(empty, 0, low), np.where(empty, n[:, None], high)


def _fewest_disagreements(
    printed: NDArray[np.float64],
    n: Ints,
    low: Ints,
    high: Ints,
    fixed: NDArray[np.float64],
    parents: Sequence[int],
) -> tuple[Ints, NDArray[np.bool_]]:
    """Variables: the counts x, whether a cell disagrees z, and how far a count is from its percentage d."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    rows, columns = printed.shape
    cells = rows * columns
    eye, none = np.eye(cells), np.zeros((cells, cells))
    reach = np.repeat(n, columns).astype(np.float64)[:, None]
    target = np.where(np.isnan(printed), 0.0, printed * n[:, None] / UNITS_OF_A_PERCENT).ravel()
    is_sum = np.kron(np.eye(rows), np.ones((1, columns)))
    adds, zeros = _additions(rows, columns, parents), np.zeros((rows, cells))
    constraints = [
        LinearConstraint(np.hstack([is_sum, zeros, zeros]), n, n),
        LinearConstraint(np.hstack([eye, reach * eye, none]), low.ravel(), np.inf),
        LinearConstraint(np.hstack([eye, -reach * eye, none]), -np.inf, high.ravel()),
        LinearConstraint(np.hstack([eye, none, -eye]), -np.inf, target),
        LinearConstraint(np.hstack([eye, none, eye]), target, np.inf),
    ]
    if len(adds):
        constraints.append(LinearConstraint(np.hstack([adds, np.zeros((len(adds), 2 * cells))]), 0, 0))
    is_fixed = ~np.isnan(fixed)
    least = np.where(is_fixed, fixed, 0.0).ravel()
    most = np.where(is_fixed, fixed, n[:, None]).ravel()
    bounds = Bounds(
        np.concatenate([least, np.zeros(2 * cells)]),
        np.concatenate([most, np.ones(cells), np.full(cells, np.inf)]),
    )
    whole = np.concatenate([np.ones(2 * cells), np.zeros(cells)])
    # one disagreement outweighs any distance: distances add up to less than twice everyone
    cost = np.concatenate([np.zeros(cells), np.full(cells, 2.0 * float(n.sum()) + 1), np.ones(cells)])
    solved = milp(cost, constraints=constraints, bounds=bounds, integrality=whole, options={"mip_rel_gap": 0})
    if solved.x is None:
        raise StatisticError(
            "No table of whole numbers has these bases and printed counts, whatever the percentages. "
            "Check the bases, the counts and which rows add up to which."
        )
    counts = np.rint(solved.x[:cells]).astype(np.int64).reshape(rows, columns)
    return counts, ((counts < low) | (counts > high)) & ~np.isnan(printed)


def _additions(rows: int, columns: int, parents: Sequence[int]) -> NDArray[np.float64]:
    """One line for each total and column: its rows less the total are 0."""
    lines = []
    for total in sorted({parent for parent in parents if parent >= 0}):
        for column in range(columns):
            line = np.zeros((rows, columns))
            line[[i for i, parent in enumerate(parents) if parent == total], column] = 1.0
            line[total, column] = -1.0
            lines.append(line.ravel())
    return np.array(lines)


def _how_many(low: Ints, high: Ints, n: Ints, parents: Sequence[int]) -> int | None:
    """Tables within these bounds, by adding rows up to their totals one after another."""
    total = 1
    for root in [i for i, parent in enumerate(parents) if parent < 0]:
        ways = _ways_of(root, low, high, n, parents)
        if ways is None:
            return None
        total *= sum(ways.values())
    return total


def _ways_of(
    row: int, low: Ints, high: Ints, n: Ints, parents: Sequence[int]
) -> Counter[tuple[int, ...]] | None:
    children = [i for i, parent in enumerate(parents) if parent == row]
    if not children:
        return _compositions(low[row].tolist(), high[row].tolist(), int(n[row]))
    ways: Counter[tuple[int, ...]] = Counter({(0,) * low.shape[1]: 1})
    for child in children:
        more = _ways_of(child, low, high, n, parents)
        if more is None or len(ways) * len(more) > MOST_TABLES:
            return None
        longer: Counter[tuple[int, ...]] = Counter()
        for a, times in ways.items():
            for b, again in more.items():
                longer[tuple(p + q for p, q in zip(a, b, strict=True))] += times * again
        ways = longer
    fits = {
        counts: times
        for counts, times in ways.items()
        if all(low[row, j] <= value <= high[row, j] for j, value in enumerate(counts))
    }
    return Counter(fits)


def _compositions(low: list[int], high: list[int], n: int) -> Counter[tuple[int, ...]] | None:
    """All rows within bounds that add up to n."""
    partial: list[tuple[int, ...]] = [()]
    for j, (least, most) in enumerate(zip(low, high, strict=True)):
        least_later, most_later = sum(low[j + 1 :]), sum(high[j + 1 :])
        longer = []
        for start in partial:
            left = n - sum(start)
            for value in range(max(least, left - most_later), min(most, left - least_later) + 1):
                longer.append((*start, value))
                if len(longer) > MOST_TABLES:
                    return None
        partial = longer
    return Counter(partial)
