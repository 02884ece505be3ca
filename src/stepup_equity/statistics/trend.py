"""Ordered groups, such as age bands: whether the rate rises or falls along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import erfc

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.contingency import ChiSquared, chi_squared, chi_squared_p
from stepup_equity.statistics.inputs import passed_of, people

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


@dataclass(frozen=True, eq=False, slots=True)
class TrendTest:
    """A test for a straight-line trend.

    Attributes
    ----------
    statistic : ndarray
        Standard normal without a trend; above 0 where the outcome rises with the score.
    p_value : ndarray
        Two-sided; NaN where there is nothing to compare: one group, or everyone passed.
    slope : ndarray
        Rise of the rate per step of the score (least squares).
    std_error : ndarray
        Of the slope, from the spread within each group, whether or not the trend is a straight line.
    """

    statistic: Floats
    p_value: Floats
    slope: Floats
    std_error: Floats

    @property
    def chi2(self) -> Floats:
        """The statistic squared, chi-squared with one degree of freedom."""
        return np.asarray(self.statistic**2)


def cochran_armitage(passed: ArrayLike, entered: ArrayLike, scores: ArrayLike | None = None) -> TrendTest:
    """Cochran-Armitage test for a trend of the rate along ordered groups.

    Chi-squared treats age bands as if they had no order and spreads its power over every kind of difference;
    this test asks one question, whether the rate rises or falls along the bands.

    Parameters
    ----------
    passed, entered : array_like, shape (n_groups,) or (n_groups, n_gates)
        Counts; groups along the first axis, in order. Empty groups take no part.
    scores : array_like, shape (n_groups,), optional
        Positions of the groups; 1, 2, 3, … unless given, such as midpoints of age bands.

    Returns
    -------
    TrendTest
        z² is N·r², r the correlation of score and outcome over all people.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, scores of the wrong number.

    References
    ----------
    Cochran (1954), Biometrics 10, 417-451; Armitage (1955), Biometrics 11, 375-386. R's `prop.trend.test`.

    Examples
    --------
    >>> test = cochran_armitage([12, 10, 6, 3, 2, 1, 0], [60, 55, 40, 28, 22, 15, 9])
    >>> print(f"z {test.statistic:.2f}, p {test.p_value:.3f}, {100 * test.slope:.1f} points a band")
    z -2.22, p 0.026, -3.0 points a band
    """
    x, n = passed_of(passed, entered)
    tables = np.moveaxis(np.stack([x, n - x], axis=-1), 0, -2)
    return _correlated(tables, _scores(scores, x.shape[0], "scores"), np.array([1.0, 0.0]), fewer=0.0)


def linear_by_linear(
    tables: ArrayLike, row_scores: ArrayLike | None = None, column_scores: ArrayLike | None = None
) -> TrendTest:
    """Linear-by-linear association of two ordered classifications, such as age band by stage reached.

    Cochran-Armitage takes one outcome, passed or not; this takes ordered outcomes too. For two columns the
    two differ by (N - 1)/N only.

    Parameters
    ----------
    tables : array_like, shape (..., r, c)
        Counts, one table or many.
    row_scores, column_scores : array_like, optional
        Positions of rows and columns; 1, 2, 3, … unless given.

    Returns
    -------
    TrendTest
        z² is (N - 1)·r²; ``slope`` is the rise of the column score per step of the row score.

    Raises
    ------
    StatisticError
        A negative or fractional count, scores of the wrong number.

    References
    ----------
    Mantel (1963), J. Am. Stat. Assoc. 58, 690-700; Agresti (2013), Categorical Data Analysis, section 3.4.1.
    R's `coin::lbl_test`.

    Examples
    --------
    >>> test = linear_by_linear([[4, 2, 0, 1], [0, 3, 5, 0], [1, 0, 2, 6]])
    >>> print(f"z {test.statistic:.2f}, p {test.p_value:.4f}")
    z 3.04, p 0.0024
    """
    counts = people(tables, "tables")
    if counts.ndim < 2:
        raise StatisticError(f"tables has shape {counts.shape}; it needs ordered rows and ordered columns.")
    return _correlated(
        counts,
        _scores(row_scores, counts.shape[-2], "row_scores"),
        _scores(column_scores, counts.shape[-1], "column_scores"),
        fewer=1.0,
    )


def trend_departure(passed: ArrayLike, entered: ArrayLike, scores: ArrayLike | None = None) -> ChiSquared:
    """What chi-squared sees beyond a straight line: rates that rise and fall again, or one band apart.

    Parameters
    ----------
    passed, entered, scores : array_like
        As in `cochran_armitage`.

    Returns
    -------
    ChiSquared
        Chi-squared less the trend's z²; one degree of freedom fewer. NaN with two groups or fewer.

    Raises
    ------
    StatisticError
        As `cochran_armitage`.

    References
    ----------
    Armitage (1955), Biometrics 11, 375-386.

    Examples
    --------
    >>> test = trend_departure([12, 10, 6, 3, 2, 1, 0], [60, 55, 40, 28, 22, 15, 9])
    >>> print(f"chi-squared {test.statistic:.2f}, df {test.df}, p {test.p_value:.2f}")
    chi-squared 0.12, df 5, p 1.00
    """
    x, n = passed_of(passed, entered)
    whole = chi_squared(np.moveaxis(np.stack([x, n - x], axis=-1), 0, -2))
    trend = cochran_armitage(x, n, scores)
    df = np.maximum(whole.df - 1, 0)
    statistic = np.where(df > 0, np.maximum(whole.statistic - trend.statistic**2, 0.0), np.nan)
    p = np.full(statistic.shape, np.nan)
    made = np.isfinite(statistic)
    p[made] = chi_squared_p(statistic[made], df[made])
    return ChiSquared(statistic, df, p, whole.n, whole.smallest_expected)


def _scores(scores: ArrayLike | None, count: int, name: str) -> Floats:
    if scores is None:
        return np.arange(1.0, count + 1)
    positions = np.asarray(scores, dtype=np.float64)
    if positions.shape != (count,) or not np.isfinite(positions).all():
        raise StatisticError(f"{name} must be {count} numbers, one for each group in order.")
    return positions


def _correlated(tables: Floats, row_scores: Floats, column_scores: Floats, *, fewer: float) -> TrendTest:
    """Root of (N - fewer)·r², with the sign of r."""
    rows, columns = tables.sum(-1), tables.sum(-2)
    n = tables.sum((-2, -1))
    with np.errstate(divide="ignore", invalid="ignore"):
        along = row_scores - ((rows @ row_scores) / n)[..., None]
        across = column_scores - ((columns @ column_scores) / n)[..., None]
        both = (along[..., :, None] * tables * across[..., None, :]).sum((-2, -1))
        of_rows, of_columns = (rows * along**2).sum(-1), (columns * across**2).sum(-1)
        statistic = np.sqrt(n - fewer) * both / np.sqrt(of_rows * of_columns)
        slope = both / of_rows
        mean = (tables @ column_scores) / rows
        within = np.maximum((tables @ column_scores**2) / rows - mean**2, 0.0)
        error = np.sqrt(np.nansum(rows * along**2 * within, axis=-1)) / of_rows
    made = ((rows > 0).sum(-1) > 1) & ((columns > 0).sum(-1) > 1) & (of_rows > 0) & (of_columns > 0)
    statistic = np.where(made, statistic, np.nan)
    told = of_rows > 0
    return TrendTest(
        statistic,
        np.asarray(erfc(np.abs(statistic) / np.sqrt(2))),
        np.where(told, slope, np.nan),
        np.where(told, error, np.nan),
    )
