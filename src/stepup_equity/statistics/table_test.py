"""The test of groups by outcome that a table calls for: chi-squared, or exact where counts are small."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.statistics.contingency import chi_squared, g_test
from stepup_equity.statistics.exact import ExactTest, exact_test

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats


TableMethod = Literal["auto", "chi-squared", "chi-squared (Yates)", "g", "exact"]

SMALL: Final = 5.0
"""Expected count below which chi-squared is not to be trusted."""

_NAMES: Final = {"auto": "chi-squared", "g": "G", "exact": "chi-squared"}


@dataclass(frozen=True, eq=False, slots=True)
class TableTest:
    """Tests of several tables.

    Attributes
    ----------
    statistic, p_value, smallest_expected : ndarray, shape (n_tables,)
        NaN where one row or one column is left. The statistic is chi-squared, or G, also where p is exact.
    df : ndarray of int, shape (n_tables,)
    method : tuple of str
        The name of the test behind each p; empty where there is none.
    low, high : ndarray, shape (n_tables,)
        Where p is drawn, the 99 % interval of what endless drawing would give; else p itself.
    """

    statistic: Floats
    df: NDArray[np.int64]
    p_value: Floats
    smallest_expected: Floats
    method: tuple[str, ...]
    low: Floats
    high: Floats


def table_test(
    tables: NDArray[np.int64], *, method: TableMethod = "auto", replicates: int = 9999, seed: int = 0
) -> TableTest:
    """Test tables of groups by outcome, each by what its counts allow.

    One rule for counts and for printed numbers, so that a gate has one p wherever it is told of.

    Parameters
    ----------
    tables : ndarray of int, shape (n_tables, n_groups, 2)
        Passed and not passed.
    method : {"auto", "chi-squared", "chi-squared (Yates)", "g", "exact"}
        ``"auto"`` takes the exact test where an expected count is below 5, and chi-squared elsewhere.
    replicates, seed : int
        For tables too large to enumerate.

    Raises
    ------
    ArgumentError
        An unknown method.

    References
    ----------
    Pearson (1900), Philos. Mag. 50, 157-175; Freeman and Halton (1951), Biometrika 38, 141-149; Cochran
    (1954), Biometrics 10, 417-451, for the bound of 5.

    Examples
    --------
    >>> found = table_test(np.array([[[389, 531], [10, 33]], [[117, 272], [2, 8]]]))
    >>> found.p_value.round(3), found.method
    (array([0.013, 0.73 ]), ('chi-squared', 'Fisher exact'))
    """
    if method not in get_args(TableMethod):
        raise ArgumentError(
            f"method={method!r} is not known. Possible: {', '.join(map(repr, get_args(TableMethod)))}."
        )
    test = (
        g_test(tables) if method == "g" else chi_squared(tables, correction=method == "chi-squared (Yates)")
    )
    words = [_NAMES.get(method, method)] * len(tables)
    p_value, low, high = np.stack([test.p_value] * 3)
    for i, table in enumerate(tables):
        if np.isnan(test.p_value[i]):
            words[i] = ""
        elif method == "exact" or (method == "auto" and test.smallest_expected[i] < SMALL):
            counts = tuple(map(tuple, table.tolist()))
            exact, words[i] = _exact(counts, replicates, seed)
            p_value[i], low[i], high[i] = exact.p_value, exact.low, exact.high
    return TableTest(test.statistic, test.df, p_value, test.smallest_expected, tuple(words), low, high)


@lru_cache(maxsize=256)
def _exact(counts: tuple[tuple[int, ...], ...], replicates: int, seed: int) -> tuple[ExactTest, str]:
    """The test of one table and its name; a report asks of the same table for its page and its workbook."""
    table = np.array(counts, np.int64)
    exact = exact_test(table, replicates=replicates, seed=seed)
    if exact.replicates:
        name = f"permutation, {exact.replicates:,} drawn (99 % {exact.low:.4f} to {exact.high:.4f})"
        return exact, name
    return exact, "Fisher exact" if (table.sum(1) > 0).sum() == 2 else "Freeman-Halton exact"
