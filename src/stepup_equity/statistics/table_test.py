"""The test of groups by outcome that a table calls for: chi-squared, or exact where counts are small."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.statistics.contingency import chi_squared, g_test
from stepup_equity.statistics.exact import exact_test

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
    """

    statistic: Floats
    df: NDArray[np.int64]
    p_value: Floats
    smallest_expected: Floats
    method: tuple[str, ...]


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
    p_value, words = test.p_value.copy(), [_NAMES.get(method, method)] * len(tables)
    for i, table in enumerate(tables):
        if np.isnan(test.p_value[i]):
            words[i] = ""
        elif method == "exact" or (method == "auto" and test.smallest_expected[i] < SMALL):
            counts = tuple(map(tuple, table.tolist()))
            p_value[i], words[i] = _exact(counts, replicates, seed)
    return TableTest(test.statistic, test.df, p_value, test.smallest_expected, tuple(words))


@lru_cache(maxsize=256)
def _exact(counts: tuple[tuple[int, ...], ...], replicates: int, seed: int) -> tuple[float, str]:
    """The p of one table and its name; a report asks of the same table for its page and its workbook."""
    table = np.array(counts, np.int64)
    exact = exact_test(table, replicates=replicates, seed=seed)
    if exact.replicates:
        name = f"permutation, {exact.replicates:,} drawn (99 % {exact.low:.4f} to {exact.high:.4f})"
        return exact.p_value, name
    return exact.p_value, "Fisher exact" if (table.sum(1) > 0).sum() == 2 else "Freeman-Halton exact"
