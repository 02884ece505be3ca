"""What printed numbers allow: the counts behind a rounded percentage, the tables behind a chi-squared."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.contingency import chi_squared
from stepup_equity.statistics.inputs import passed_of, people

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Ints


MOST_SETS = 200_000
"""Ways of choosing groups up to which all are tried."""


UNITS_OF_A_PERCENT = 100


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
    whole = 2 * UNITS_OF_A_PERCENT * scale
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
    if not 0 <= percentage <= UNITS_OF_A_PERCENT:
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
