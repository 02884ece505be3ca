"""Groups by outcomes: whether there is any association at all, and which groups carry it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import chdtrc, chndtr, rel_entr

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import normal_quantile, people
from stepup_equity.statistics.intervals import Interval
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Floats


@dataclass(frozen=True, eq=False, slots=True)
class ChiSquared:
    """A test of association per table.

    Attributes
    ----------
    statistic, p_value : ndarray
        NaN where fewer than two rows or two columns hold anyone: that is not a test.
    df : ndarray of int
        (rows - 1)(columns - 1), counting only those that hold anyone.
    n : ndarray
        People in the table.
    smallest_expected : ndarray
        Over the rows and columns that hold anyone; NaN for an empty table.
    """

    statistic: Floats
    df: NDArray[np.int64]
    p_value: Floats
    n: Floats
    smallest_expected: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Residuals:
    """Which cells carry an association.

    Attributes
    ----------
    pearson : ndarray
        (O - E)/√E; their squares add up to chi-squared.
    adjusted : ndarray
        (O - E)/√(E(1 - row share)(1 - column share)); standard normal without association, so beyond ±2 is
        worth a look. NaN in empty rows and columns.
    """

    pearson: Floats
    adjusted: Floats


@dataclass(frozen=True, eq=False, slots=True)
class Association:
    """How strong an association is, whatever the number of people.

    Attributes
    ----------
    cramers_v : Interval
        0 none, 1 complete; with an interval from the noncentral chi-squared.
    bias_corrected : ndarray
        Cramér's V without its upward bias in small tables (Bergsma 2013).
    phi : ndarray
        Signed, for tables of two rows and two columns; NaN for others. Above 0: the first row does better.
    """

    cramers_v: Interval
    bias_corrected: Floats
    phi: Floats


def expected_counts(tables: ArrayLike) -> Floats:
    """Counts to expect without association: row total × column total / everyone.

    Parameters
    ----------
    tables : array_like, shape (..., r, c)
        Counts; any number of tables at once.

    Returns
    -------
    ndarray
        In the shape of `tables`; 0 in an empty row or column, NaN in an empty table.

    Raises
    ------
    StatisticError
        A negative or fractional count, or fewer than two axes.

    References
    ----------
    Pearson (1900), Philosophical Magazine 50, 157-175.

    Examples
    --------
    >>> expected_counts([[3, 1], [1, 3]])
    array([[2., 2.],
           [2., 2.]])
    """
    observed = _tables(tables)
    rows, columns, n = _margins(observed)
    with np.errstate(invalid="ignore", divide="ignore"):
        return rows * columns / n


def chi_squared(tables: ArrayLike, *, correction: bool = False) -> ChiSquared:
    """Pearson's chi-squared test of association, without Yates's correction unless asked.

    The test of published equality analyses. The correction makes the test too cautious; the 2013 evaluation
    of Step Up to Social Work prints uncorrected values (gender: 2.136).

    Parameters
    ----------
    tables : array_like, shape (..., r, c)
        Counts, one table or many: 6 characteristics × 6 gates is one call. Rows and columns that hold nobody
        leave their table and df follows, so tables with fewer groups may be padded with zero rows.
    correction : bool
        Yates's continuity correction, in tables with two rows and two columns that hold anyone; capped at
        the deviation itself, as in R and scipy.

    Returns
    -------
    ChiSquared
        NaN statistic and p where one row or one column is left.

    Raises
    ------
    StatisticError
        A negative or fractional count, or fewer than two axes.

    References
    ----------
    Pearson (1900), Philosophical Magazine 50, 157-175; Yates (1934), Suppl. J. R. Stat. Soc. 1, 217-235.

    Examples
    --------
    Joined or not, women and men:

    >>> test = chi_squared([[141, 1272], [27, 335]])
    >>> print(f"chi-squared {test.statistic:.3f}, df {test.df}, p {test.p_value:.4f}")
    chi-squared 2.136, df 1, p 0.1439
    """
    observed = _tables(tables)
    expected = expected_counts(observed)
    deviation = np.abs(observed - expected)
    df = _degrees(observed)
    if correction:
        two_by_two = (df == 1)[..., None, None]
        deviation = np.where(two_by_two, deviation - np.minimum(0.5, deviation), deviation)
    with np.errstate(invalid="ignore", divide="ignore"):
        cells = np.where(expected > 0, deviation * (deviation / expected), 0.0)
    return _tested(observed, expected, cells.sum((-2, -1)), df)


def g_test(tables: ArrayLike) -> ChiSquared:
    """Likelihood-ratio (G) test of association.

    Adds up over nested tables, where Pearson's does not; in small tables it rejects too often, so Pearson's
    is the default.

    Parameters
    ----------
    tables : array_like, shape (..., r, c)
        As in `chi_squared`.

    Returns
    -------
    ChiSquared
        Cells with 0 observed add 0.

    Raises
    ------
    StatisticError
        A negative or fractional count, or fewer than two axes.

    References
    ----------
    Wilks (1935), Annals of Mathematical Statistics 6, 190-196.

    Examples
    --------
    >>> print(f"{g_test([[141, 1272], [27, 335]]).statistic:.3f}")
    2.250
    """
    observed = _tables(tables)
    expected = expected_counts(observed)
    with np.errstate(invalid="ignore"):
        cells = np.where(expected > 0, rel_entr(observed, expected), 0.0)
    return _tested(observed, expected, 2 * np.maximum(cells.sum((-2, -1)), 0.0), _degrees(observed))


def residuals(tables: ArrayLike) -> Residuals:
    """Pearson and adjusted residuals: which groups carry the association.

    Parameters
    ----------
    tables : array_like, shape (..., r, c)
        As in `chi_squared`.

    Returns
    -------
    Residuals
        NaN in rows and columns that hold nobody.

    Raises
    ------
    StatisticError
        A negative or fractional count, or fewer than two axes.

    References
    ----------
    Haberman (1973), Biometrics 29, 205-220. R calls the adjusted ones `stdres`; SPSS calls the plain ones
    "standardised".

    Examples
    --------
    >>> residuals([[75, 828], [80, 599], [2, 51]]).adjusted[:, 0].round(2)
    array([-1.98,  2.52, -1.46])
    """
    observed = _tables(tables)
    rows, columns, n = _margins(observed)
    expected = expected_counts(observed)
    with np.errstate(invalid="ignore", divide="ignore"):
        pearson = (observed - expected) / np.sqrt(expected)
        adjusted = pearson / np.sqrt(((n - rows) / n) * ((n - columns) / n))
    return Residuals(
        np.where(np.isfinite(pearson), pearson, np.nan), np.where(np.isfinite(adjusted), adjusted, np.nan)
    )


_NO_ROOM: Final = 1e-9
"""Rows, columns or association, less what bias takes of them, that are nothing but rounding."""


def association(tables: ArrayLike, *, confidence: float = 0.95) -> Association:
    """Effect sizes of an association: Cramér's V with an interval, V without bias, signed phi.

    A p-value shrinks as applicants are added; V doesn't.

    Parameters
    ----------
    tables : array_like, shape (..., r, c)
        As in `chi_squared`.
    confidence : float
        Level of V's interval.

    Returns
    -------
    Association
        NaN where one row or one column is left.

    Raises
    ------
    StatisticError
        A negative or fractional count, fewer than two axes, a confidence outside (0, 1).

    Notes
    -----
    With λ the noncentrality at which the observed chi-squared is a 2.5 % or 97.5 % event, the limits are
    ``√((λ + df)/(N·min(r - 1, c - 1)))``; the lower one is 0 where no λ is small enough.

    References
    ----------
    Cramér (1946), Mathematical Methods of Statistics, section 21.9; Smithson (2003), Confidence Intervals,
    pages 39-41; Bergsma (2013), J. Korean Stat. Soc. 42, 323-328.

    Examples
    --------
    >>> strength = association([[75, 828], [80, 599], [2, 51]])
    >>> v = strength.cramers_v
    >>> print(f"{v.estimate:.3f} ({v.low:.3f} to {v.high:.3f})")
    0.068 (0.035 to 0.118)
    """
    observed = _tables(tables)
    test = chi_squared(observed)
    rows, columns = _used(observed)
    with np.errstate(invalid="ignore", divide="ignore"):
        room = test.n * np.minimum(rows - 1, columns - 1)
        v = np.minimum(np.sqrt(test.statistic / room), 1.0)
        phi2 = test.statistic / test.n - test.df / (test.n - 1)
        phi2 = np.where(phi2 < _NO_ROOM, 0.0, phi2)  # NaN stays
        fewer_rows = rows - (rows - 1) ** 2 / (test.n - 1)
        fewer_columns = columns - (columns - 1) ** 2 / (test.n - 1)
        least = np.minimum(fewer_rows - 1, fewer_columns - 1)
        corrected = np.minimum(np.sqrt(phi2 / np.where(least > _NO_ROOM, least, np.nan)), 1.0)
        low, high = _noncentrality(test, confidence)
        low = np.where(low > 0, np.sqrt((low + test.df) / room), np.where(np.isnan(low), np.nan, 0.0))
        high = np.minimum(np.sqrt((high + test.df) / room), 1.0)
    interval = Interval(v, np.minimum(low, v), np.maximum(high, v))
    return Association(interval, corrected, _signed_phi(observed, test.df))


def chi_squared_p(
    statistic: ArrayLike,
    df: ArrayLike,
    *,
    n: ArrayLike | None = None,
    rows: int | None = None,
    columns: int = 2,
) -> Floats:
    """Upper-tail p of a chi-squared that was computed elsewhere.

    Parameters
    ----------
    statistic, df : array_like
        As printed.
    n : array_like, optional
        People in the table. With it, a statistic that no table of `n` people can give is refused.
    rows, columns : int, optional
        Size of the table; without `rows`, the largest bound for `df` and `columns` holds.

    Returns
    -------
    ndarray
        NaN where df is 0.

    Raises
    ------
    StatisticError
        A negative statistic, or one above ``n × min(rows - 1, columns - 1)``.

    References
    ----------
    Cramér (1946), Mathematical Methods of Statistics, section 21.9, for the bound.

    Examples
    --------
    >>> print(f"{chi_squared_p(7.54, 2):.4f}")
    0.0231
    >>> chi_squared_p(2701.4, 4, n=1754, rows=5)
    Traceback (most recent call last):
    ...
    stepup_equity.errors.StatisticError: chi-squared 2701.4 is impossible: 1754 people in a table of
    5 rows and 2 columns give at most 1754.
    """
    value, degrees = np.broadcast_arrays(np.asarray(statistic, np.float64), np.asarray(df, np.float64))
    if (value < 0).any():
        raise StatisticError(
            f"chi-squared {value[value < 0].ravel()[0]:g} is negative; it is a sum of squares."
        )
    if n is not None:
        rows = int(degrees.max() // (columns - 1)) + 1 if rows is None else rows
        most = np.broadcast_to(people(n, "n") * min(rows - 1, columns - 1), value.shape)
        over = value > most * (1 + 1e-9)
        if over.any():
            bound = most[over].ravel()[0]
            raise StatisticError(
                f"chi-squared {value[over].ravel()[0]:.10g} is impossible: "
                f"{bound / min(rows - 1, columns - 1):.0f} people in a table of {rows} rows and "
                f"{columns} columns give at most {bound:.0f}."
            )
    return _upper_tail(degrees, value)


def _tables(tables: ArrayLike) -> Floats:
    observed = people(tables, "tables")
    if observed.ndim < 2:
        raise StatisticError(
            f"tables has shape {observed.shape}; it needs groups as rows and outcomes as columns."
        )
    return observed


def _margins(observed: Floats) -> tuple[Floats, Floats, Floats]:
    rows, columns = observed.sum(-1, keepdims=True), observed.sum(-2, keepdims=True)
    return rows, columns, observed.sum((-2, -1), keepdims=True)


def _used(observed: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return (observed.sum(-1) > 0).sum(-1), (observed.sum(-2) > 0).sum(-1)


def _degrees(observed: Floats) -> NDArray[np.int64]:
    rows, columns = _used(observed)
    return np.asarray(np.maximum(rows - 1, 0) * np.maximum(columns - 1, 0))


def _upper_tail(df: ArrayLike, statistic: Floats) -> Floats:
    degrees = np.asarray(df, np.float64)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(degrees > 0, chdtrc(np.maximum(degrees, 1), statistic), np.nan))


def _tested(observed: Floats, expected: Floats, statistic: Floats, df: NDArray[np.int64]) -> ChiSquared:
    statistic = np.where(df > 0, statistic, np.nan)
    smallest = np.where(expected > 0, expected, np.inf).min((-2, -1), initial=np.inf)
    return ChiSquared(
        statistic,
        df,
        _upper_tail(df, statistic),
        observed.sum((-2, -1)),
        np.where(np.isfinite(smallest), smallest, np.nan),
    )


def _noncentrality(test: ChiSquared, confidence: float) -> tuple[Floats, Floats]:
    """Noncentralities at which the observed statistic is a rare event on either side."""
    normal_quantile(confidence)
    tail = (1 - confidence) / 2
    made = np.isfinite(test.statistic)
    low, high = np.full(made.shape, np.nan), np.full(made.shape, np.nan)
    if made.any():
        statistic, df = test.statistic[made], test.df[made].astype(np.float64)
        below = np.array([[1 - tail], [tail]])
        low[made], high[made] = _noncentrality_at(statistic, df, below)
    return low, high


def _noncentrality_at(statistic: Floats, df: Floats, share_below: Floats) -> Floats:
    """λ with that share of the noncentral chi-squared below the statistic; 0 where even λ = 0 has less."""

    def excess(noncentrality: Floats) -> Floats:
        return np.asarray(share_below - chndtr(statistic, df, noncentrality), dtype=np.float64)

    zero = np.zeros(np.broadcast_shapes(statistic.shape, share_below.shape))
    at_zero = excess(zero)
    top = statistic + 10 + 6 * np.sqrt(statistic + df) + zero
    root = bracketed_roots(excess, zero, top, at_low=np.minimum(at_zero, 0.0))
    return np.where(at_zero >= 0, 0.0, root)


def _signed_phi(observed: Floats, df: NDArray[np.int64]) -> Floats:
    phi = np.full(df.shape, np.nan)
    if observed.shape[-2:] == (2, 2):
        a, b, c, d = observed[..., 0, 0], observed[..., 0, 1], observed[..., 1, 0], observed[..., 1, 1]
        with np.errstate(invalid="ignore", divide="ignore"):
            value = (a * d - b * c) / (np.sqrt((a + b) * (c + d)) * np.sqrt((a + c) * (b + d)))
        phi = np.where(df == 1, value, np.nan)
    return phi
