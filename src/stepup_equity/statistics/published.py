"""What printed numbers allow: the counts behind a rounded percentage, the tables behind a chi-squared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.contingency import chi_squared
from stepup_equity.statistics.inputs import passed_of, people

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Ints = NDArray[np.int64]

__all__ = [
    "CountsBehind",
    "GroupSets",
    "TableShape",
    "bases_of_percentages",
    "counts_behind",
    "counts_of_percentage",
    "group_sets",
    "smallest_base",
    "table_shapes",
]

MOST_SETS = 200_000
"""Ways of choosing groups up to which all are tried."""

MOST_TABLES = 200_000
"""Partial tables up to which all tables behind a set of percentages are counted."""

_UNITS_OF_A_PERCENT = 100


def counts_of_percentage(
    percentage: ArrayLike, base: ArrayLike, decimals: ArrayLike = 0
) -> tuple[Ints, Ints]:
    """Lowest and highest count that a base can have behind a rounded percentage (GRIM).

    Few whole numbers of few people round to a given percentage, and of small bases often none does: 3 of 26
    is 12 %, 2 of 26 is 8 %, so 11 % of 26 people cannot be. Exact halves count for both neighbours, since
    both ways of rounding them are in use.

    Parameters
    ----------
    percentage : array_like
        As printed, 12 for 12 %.
    base : array_like of int
        People it is of.
    decimals : array_like of int
        Decimals printed.

    Returns
    -------
    tuple of ndarray
        Lowest and highest count; where lowest is above highest no count rounds to it.

    Raises
    ------
    StatisticError
        A base that is not a whole number from 1 up, a percentage below 0 or with more decimals than said.

    References
    ----------
    Brown and Heathers (2017), Social Psychological and Personality Science 8, 363-369.

    Examples
    --------
    >>> low, high = counts_of_percentage([2, 11, 12], [53, 26, 26])
    >>> low.tolist(), high.tolist()
    ([1, 3, 3], [1, 2, 3])
    """
    units, scale = _in_units(percentage, decimals)
    n = people(base, "base").astype(np.int64)
    if (n < 1).any():
        raise StatisticError("base holds 0; a percentage is of 1 person or more.")
    whole = 2 * _UNITS_OF_A_PERCENT * scale
    low = -((-n * (2 * units - 1)) // whole)
    high = (n * (2 * units + 1)) // whole
    return np.maximum(low, 0), np.minimum(high, n)


def bases_of_percentages(
    percentages: ArrayLike, lowest: int, highest: int, *, decimals: ArrayLike = 0
) -> Ints:
    """Bases that a set of rounded percentages can share.

    Parameters
    ----------
    percentages : array_like, shape (k,)
        As printed.
    lowest, highest : int
        Bases to try, both included.
    decimals : array_like of int
        Decimals printed.

    Returns
    -------
    ndarray of int64
        Every base of which each percentage is a whole number of people; empty where there is none.

    Raises
    ------
    StatisticError
        As in `counts_of_percentage`, or a lowest base above the highest.

    References
    ----------
    Brown and Heathers (2017), Social Psychological and Personality Science 8, 363-369.

    Examples
    --------
    >>> bases_of_percentages([37.6, 60.0], 160, 172, decimals=1)
    array([165, 170])
    """
    if lowest > highest:
        raise StatisticError(f"lowest={lowest} is above highest={highest}. Give the smaller base first.")
    bases = np.arange(lowest, highest + 1)
    places = np.asarray(decimals)
    low, high = counts_of_percentage(
        np.asarray(percentages, np.float64).ravel()[:, None],
        bases,
        places.ravel()[:, None] if places.ndim else places,
    )
    return bases[(low <= high).all(axis=0)]


def smallest_base(percentage: float, decimals: int = 0) -> int:
    """Fewest people a rounded percentage can be of.

    Parameters
    ----------
    percentage : float
        As printed, from 0 to 100.
    decimals : int
        Decimals printed.

    Returns
    -------
    int

    Raises
    ------
    StatisticError
        A percentage outside 0 to 100.

    References
    ----------
    Brown and Heathers (2017), Social Psychological and Personality Science 8, 363-369.

    Examples
    --------
    >>> smallest_base(63), smallest_base(47), smallest_base(37.6, 1)
    (8, 15, 85)
    """
    if not 0 <= percentage <= _UNITS_OF_A_PERCENT:
        raise StatisticError(f"percentage={percentage!r} is not between 0 and 100.")
    # a base of 100 with as many zeros as there are decimals gives every percentage
    return int(bases_of_percentages([percentage], 1, 100 * 10**decimals, decimals=decimals)[0])


@dataclass(frozen=True, slots=True)
class TableShape:
    """A size of table with given degrees of freedom.

    Attributes
    ----------
    rows, columns : int
        ``rows <= columns``.
    most : float
        The largest chi-squared that so many people in such a table can give.
    """

    rows: int
    columns: int
    most: float


def table_shapes(df: int, n: int) -> tuple[TableShape, ...]:
    """Sizes of table that have these degrees of freedom, with the bound of chi-squared in each.

    Parameters
    ----------
    df : int
        Degrees of freedom, 1 or more.
    n : int
        People in the table.

    Returns
    -------
    tuple of TableShape
        From the longest table to the squarest; the bound is ``n × (rows - 1)``.

    Raises
    ------
    StatisticError
        ``df`` below 1.

    References
    ----------
    Cramér (1946), Mathematical Methods of Statistics, section 21.9.

    Examples
    --------
    >>> [(shape.rows, shape.columns, shape.most) for shape in table_shapes(4, 1754)]
    [(2, 5, 1754.0), (3, 3, 3508.0)]
    """
    if df < 1:
        raise StatisticError(f"df={df!r} must be 1 or more: a table needs two rows and two columns.")
    sizes = [(short, df // short) for short in range(1, int(df**0.5) + 1) if df % short == 0]
    return tuple(TableShape(short + 1, long + 1, float(n * short)) for short, long in sizes)


@dataclass(frozen=True, eq=False, slots=True)
class GroupSets:
    """Sets of groups that give a printed chi-squared.

    Attributes
    ----------
    sets : tuple
        Each set is a tuple of groups, each group a tuple of positions; several positions are put together.
    statistic : ndarray, shape (n_sets,)
        Chi-squared of each.
    tried : int
        How many sets there were to try.
    """

    sets: tuple[tuple[tuple[int, ...], ...], ...]
    statistic: NDArray[np.float64]
    tried: int


def group_sets(passed: ArrayLike, entered: ArrayLike, low: float, high: float, *, groups: int) -> GroupSets:
    """Sets of groups whose chi-squared (groups by passed or not) lies between two values.

    A report prints a chi-squared and not its table. Every way of taking some of the groups is tried, each on
    its own, or two or more of them put together as one.

    Parameters
    ----------
    passed, entered : array_like, shape (k,)
        Counts of the groups that are known.
    low, high : float
        The printed statistic with its rounding.
    groups : int
        Groups in the table; df + 1.

    Returns
    -------
    GroupSets

    Raises
    ------
    StatisticError
        More ways than can be tried, or more passed than entered.

    References
    ----------
    Pearson (1900), Philosophical Magazine 50, 157-175.

    Examples
    --------
    Christian, no religion, Muslim, Sikh; printed 7.5 with df 2:

    >>> found = group_sets([75, 80, 2, 0], [903, 679, 53, 15], 7.45, 7.55, groups=3)
    >>> found.sets, found.tried
    ((((0,), (1,), (2,)),), 10)
    """
    x, n = passed_of(passed, entered)
    candidates = list(_ways_to_group(len(x), groups))
    tables = np.zeros((len(candidates), groups, 2))
    for i, chosen in enumerate(candidates):
        for j, members in enumerate(chosen):
            taken = list(members)
            tables[i, j] = x[taken].sum(), (n - x)[taken].sum()
    statistic = chi_squared(tables).statistic if candidates else np.zeros(0)
    with np.errstate(invalid="ignore"):
        hits = np.flatnonzero((statistic >= low) & (statistic <= high))
    return GroupSets(tuple(candidates[i] for i in hits), statistic[hits], len(candidates))


def _ways_to_group(k: int, groups: int) -> Iterator[tuple[tuple[int, ...], ...]]:
    """Each known group on its own, left out, or with others in one last group of two or more."""
    if 3**k > MOST_SETS:
        raise StatisticError(
            f"{k} groups can be put together in {3**k} ways, more than {MOST_SETS}. Give fewer groups."
        )
    for place in product((0, 1, 2), repeat=k):
        alone = tuple((i,) for i in range(k) if place[i] == 1)
        together = tuple(i for i in range(k) if place[i] == 2)
        if len(together) == 1:
            continue
        chosen = (*alone, together) if together else alone
        if len(chosen) == groups:
            yield chosen


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


def _in_units(percentage: ArrayLike, decimals: ArrayLike) -> tuple[Ints, Ints]:
    """Percentages as whole numbers of the last printed digit."""
    printed = np.asarray(percentage, np.float64)
    scale = 10 ** np.asarray(decimals, np.int64)
    units = np.rint(printed * scale)
    if (np.abs(printed * scale - units) > 1e-6).any() or (printed < 0).any():
        wrong = printed[(np.abs(printed * scale - units) > 1e-6) | (printed < 0)].ravel()[0]
        raise StatisticError(
            f"percentage holds {wrong:g}, which is below 0 or has more decimals than were printed."
        )
    return units.astype(np.int64), scale


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
    target = np.where(np.isnan(printed), 0.0, printed * n[:, None] / _UNITS_OF_A_PERCENT).ravel()
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
