"""Exact tests of groups by outcome where cells are small: enumerated, or drawn with a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.contingency import chi_squared
from stepup_equity.statistics.exact_tables import share_of_tables
from stepup_equity.statistics.hypergeometric import log_choose
from stepup_equity.statistics.inputs import people, positive_count
from stepup_equity.statistics.last_digits import settled
from stepup_equity.statistics.proportions import clopper_pearson_interval
from stepup_equity.statistics.two_by_two import fisher_exact_p

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


MOST_OUTCOMES = 400_000
"""Part-tables up to which the exact test is enumerated; about 50 ms."""

_TIE = 1e-7
"""Tables whose probability is within this share of the observed one count as equally likely, as in R."""

_SAME = 1e-9
"""Drawn tables whose chi-squared is within this share of the observed one count as equal to it."""


@dataclass(frozen=True, slots=True)
class ExactTest:
    """p of a table given its margins.

    Attributes
    ----------
    p_value : float
        NaN where fewer than two rows or two columns hold anyone.
    low, high : float
        99 % interval of a p that was drawn; both equal `p_value` where it was enumerated.
    replicates : int
        Tables drawn; 0 where all were enumerated.
    """

    p_value: float
    low: float
    high: float
    replicates: int


def exact_test(table: ArrayLike, *, replicates: int = 9999, seed: int = 0) -> ExactTest:
    """Exact test of groups by outcome: Fisher-Freeman-Halton where it can be enumerated, else drawn.

    For tables with an expected count below 5, where chi-squared is not to be trusted. Two columns are
    enumerated by meeting in the middle: all outcomes of one half of the groups are matched with those of the
    other, so seven groups take milliseconds; several columns likewise, where that takes less than a second.
    Tables too large for that are drawn: see `monte_carlo_test`.

    Parameters
    ----------
    table : array_like, shape (r, c)
        Counts of one table. Rows and columns that hold nobody leave it.
    replicates : int
        Tables to draw where enumeration is too long.
    seed : int
        Seed of the draw; the same seed gives the same p.

    Returns
    -------
    ExactTest
        ``replicates`` is 0 where the p is exact.

    Raises
    ------
    StatisticError
        A negative or fractional count, or a table without two axes.

    References
    ----------
    Freeman & Halton (1951), Biometrika 38, 141-149.

    Examples
    --------
    >>> test = exact_test([[9, 31], [1, 5], [0, 5], [2, 2], [0, 3]])
    >>> print(f"p {test.p_value:.4f}, drawn: {test.replicates}")
    p 0.4392, drawn: 0
    """
    used = _used(table)
    if used.shape[0] < 2 or used.shape[1] < 2:
        return ExactTest(np.nan, np.nan, np.nan, 0)
    if used.shape == (2, 2):
        p = float(fisher_exact_p(used[0, 0], used[0].sum(), used[1, 0], used[1].sum()))
        return ExactTest(p, p, p, 0)
    if used.shape[0] == 2:
        used = used.T
    enumerated = _freeman_halton(used) if used.shape[1] == 2 else share_of_tables(used)
    if enumerated is not None:
        p = float(settled(enumerated))
        return ExactTest(p, p, p, 0)
    return monte_carlo_test(used, replicates=replicates, seed=seed)


def monte_carlo_test(table: ArrayLike, *, replicates: int = 9999, seed: int = 0) -> ExactTest:
    """Permutation test of Pearson's chi-squared: tables with the same margins, drawn at random.

    Parameters
    ----------
    table : array_like, shape (r, c)
        Counts of one table.
    replicates : int
        Tables to draw; p can't be below 1/(replicates + 1).
    seed : int
        Seed of the draw.

    Returns
    -------
    ExactTest
        p is (1 + as extreme)/(1 + replicates), which never rejects too often; ``low`` and ``high`` are the
        99 % interval of the p that endless drawing would give.

    Raises
    ------
    StatisticError
        A negative or fractional count, a table without two axes, fewer than one replicate.

    References
    ----------
    Hope (1968), J. R. Stat. Soc. B 30, 582-598; Patefield (1981), Applied Statistics 30, 91-97, for drawing.

    Examples
    --------
    >>> test = monte_carlo_test([[3, 1], [1, 3]], replicates=9999, seed=1)
    >>> print(f"between {test.low:.2f} and {test.high:.2f}")
    between 0.47 and 0.49
    """
    count = positive_count(replicates, "replicates")
    used = _used(table)
    if used.shape[0] < 2 or used.shape[1] < 2:
        return ExactTest(np.nan, np.nan, np.nan, 0)
    observed = float(chi_squared(used).statistic)
    rng = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, count, 50_000):
        drawn = _drawn_statistics(used, min(50_000, count - start), rng)
        extreme += int((drawn >= observed * (1 - _SAME)).sum())
    interval = clopper_pearson_interval(extreme, count, confidence=0.99)
    p = (1 + extreme) / (1 + count)
    return ExactTest(p, min(float(interval.low), p), max(float(interval.high), p), count)


def _used(table: ArrayLike) -> Floats:
    """The table without rows and columns that hold nobody."""
    counts = people(table, "table")
    if counts.ndim != 2:
        raise StatisticError(
            f"table has shape {counts.shape}; an exact test takes one table of groups by outcomes."
        )
    used: Floats = counts[np.ix_(counts.sum(axis=1) > 0, counts.sum(axis=0) > 0)]
    return used


def _drawn_statistics(table: Floats, count: int, rng: np.random.Generator) -> Floats:
    """Chi-squared of random tables with the margins of this one, the same in whatever order these stand."""
    rows, columns = (np.sort(table.sum(axis=axis))[::-1] for axis in (1, 0))
    if len(columns) == 2 and table.sum() < 10**9:
        drawn: Floats = rng.multivariate_hypergeometric(
            rows.astype(np.int64), int(columns[0]), size=count, method="marginals"
        ).astype(np.float64)
        expected = rows * columns[0] / table.sum()
        return np.asarray(((drawn - expected) ** 2 / expected).sum(axis=1) * (table.sum() / columns[1]))
    from scipy.stats import random_table

    draw = random_table(rows.astype(np.int64), columns.astype(np.int64), seed=rng).rvs(size=count)
    expected = np.outer(rows, columns) / table.sum()
    return np.asarray(((draw - expected) ** 2 / expected).sum(axis=(1, 2)))


def _freeman_halton(table: Floats) -> float | None:
    """Probability of all tables no more likely than this one; None where there are too many.

    The groups are split in two halves. For every number of passes of the first half, the outcomes of both
    halves are sorted by likelihood, and those whose product is small enough are added up.
    """
    rows = table.sum(axis=1)
    column = int(np.argmin(table.sum(axis=0)))
    passes, everyone = int(table[:, column].sum()), int(rows.sum())
    sizes = np.sort(rows)[::-1].astype(np.int64).tolist()
    ranges = [(max(0, passes - (everyone - size)), min(size, passes)) for size in sizes]
    if max(high - low for low, high in ranges) > MOST_OUTCOMES:
        return None
    first, second = _halves(ranges)
    if _outcomes([ranges[i] for i in first]) + _outcomes([ranges[i] for i in second]) > MOST_OUTCOMES:
        return None
    limit = float(np.sum(log_choose(rows, table[:, column]))) + np.log1p(_TIE)
    of_first = _weights([sizes[i] for i in first], [ranges[i] for i in first])
    of_second = _weights([sizes[i] for i in second], [ranges[i] for i in second])
    scale = float(log_choose(everyone, passes))
    total = 0.0
    for passed, left in of_first.items():
        right = of_second.get(passes - passed)
        if right is None:
            continue
        short, long = (left, right) if left.size < right.size else (right, left)
        long = np.sort(long)
        up_to = np.concatenate([[0.0], np.cumsum(np.exp(long - long[-1]))])
        taken = np.searchsorted(long, limit - short, side="right")
        total += float(np.sum(np.exp(short + long[-1] - scale) * up_to[taken]))
    return min(total, 1.0)


def _halves(ranges: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    """Split the groups so that both halves have about as many outcomes."""
    halves: tuple[list[int], list[int]] = ([], [])
    sizes = [0.0, 0.0]
    for i in sorted(range(len(ranges)), key=lambda i: ranges[i][0] - ranges[i][1]):
        smaller = int(sizes[1] < sizes[0])
        halves[smaller].append(i)
        sizes[smaller] += np.log(ranges[i][1] - ranges[i][0] + 1)
    return halves


def _outcomes(ranges: list[tuple[int, int]]) -> float:
    return float(np.prod([high - low + 1.0 for low, high in ranges]))


def _weights(sizes: list[int], ranges: list[tuple[int, int]]) -> dict[int, Floats]:
    """Log number of ways of every outcome of some groups, by how many pass in all of them."""
    totals, ways = np.zeros(1, np.int64), np.zeros(1)
    for size, (low, high) in zip(sizes, ranges, strict=True):
        passed = np.arange(low, high + 1)
        totals = (totals[:, None] + passed).ravel()
        order = np.argsort(totals, kind="stable")
        totals, ways = totals[order], (ways[:, None] + log_choose(size, passed)).ravel()[order]
    found, starts = np.unique(totals, return_index=True)
    return dict(zip(found.tolist(), np.split(ways, starts[1:]), strict=True))
