"""Whether a score predicts an outcome, alike for all groups: correlations, range restriction, regressions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import fdtrc, stdtr, stdtrit

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import normal_quantile
from stepup_equity.statistics.intervals import Interval
from stepup_equity.statistics.last_digits import settled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Bools, Floats


_NOTHING_LEFT: Final = 1e-12
"""Of the outcome's sum of squares: what is left over a line below this is rounding, and judges nothing."""


@dataclass(frozen=True, eq=False, slots=True)
class Moments:
    """Sums of a score and an outcome in each group, shape (n_groups,) each.

    Attributes
    ----------
    n : ndarray
        People with both.
    mean_x, mean_y : ndarray
    sxx, sxy, syy : ndarray
        Sums of squares and products around the group's own means.
    """

    n: Floats
    mean_x: Floats
    mean_y: Floats
    sxx: Floats
    sxy: Floats
    syy: Floats

    @property
    def slope(self) -> Floats:
        """Outcome points for each point of the score; NaN for fewer than three, or one score for all."""
        return np.where(self.n > 2, _over(self.sxy, self.sxx), np.nan)

    @property
    def intercept(self) -> Floats:
        """The line at a score of 0."""
        line: Floats = self.mean_y - self.slope * self.mean_x
        return line

    @property
    def sd_x(self) -> Floats:
        """Standard deviation of the score, divisor n − 1; NaN for fewer than two people."""
        return np.sqrt(_over(self.sxx, self.n - 1))

    @property
    def sd_y(self) -> Floats:
        """The same of the outcome."""
        return np.sqrt(_over(self.syy, self.n - 1))

    @property
    def correlation(self) -> Floats:
        """Pearson's r; NaN for fewer than three people (any two lie on a line), or where all are alike."""
        r: Floats = np.clip(_over(self.sxy, np.sqrt(self.sxx * self.syy)), -1.0, 1.0)
        return np.where(self.n > 2, r, np.nan)

    def only(self, groups: Bools) -> Moments:
        """The same for some groups."""
        return Moments(*(getattr(self, name)[groups] for name in self.__slots__))


def _over(a: Floats, b: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(b > 0, a / b, np.nan)
    return found


def moments(x: ArrayLike, y: ArrayLike, group: ArrayLike, n: ArrayLike, groups: int) -> Moments:
    """Sums by group, of records that each stand for some people.

    Parameters
    ----------
    x, y : array_like of float, shape (n_records,)
        Score and outcome; no NaN.
    group : array_like of int, shape (n_records,)
        0 to ``groups - 1``.
    n : array_like, shape (n_records,)
        People each record stands for.
    groups : int

    Raises
    ------
    StatisticError
        A value that is no number.

    Examples
    --------
    >>> moments([1, 2, 3], [2, 4, 6], [0, 0, 0], [1, 1, 1], 1).slope
    array([2.])
    """
    x, y, weight = (np.asarray(values, np.float64) for values in (x, y, n))
    place = np.asarray(group, np.int64)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise StatisticError("A score or outcome is no number. Leave out people who have none.")

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(place, weights=weight * values, minlength=groups), np.float64)

    people = total(np.ones(len(x)))
    mean_x, mean_y = _over(total(x), people), _over(total(y), people)
    dx, dy = x - mean_x[place], y - mean_y[place]
    squares = []
    for values, spread in ((dx * dx, x), (dx * dy, None), (dy * dy, y)):
        found = total(values)
        if spread is not None:  # all alike: what is left is rounding
            tiny = people * np.square(np.finfo(float).eps * 8 * np.abs(spread).max(initial=0.0))
            found = np.where(found <= tiny, 0.0, found)
        squares.append(found)
    return Moments(people, mean_x, mean_y, *squares)


def correlation_interval(r: ArrayLike, n: ArrayLike, *, confidence: float = 0.95) -> Interval:
    """Pearson's r with its interval by Fisher's z.

    Parameters
    ----------
    r : array_like
        NaN stays NaN. At −1 and 1 there is no scatter to judge by: both limits are NaN.
    n : array_like
        People; for fewer than four there is no interval, and both limits are NaN.
    confidence : float

    References
    ----------
    Fisher (1921), Metron 1, 3-32.

    Examples
    --------
    >>> found = correlation_interval(0.5, 28)
    >>> round(float(found.low), 3), round(float(found.high), 3)
    (0.156, 0.736)
    """
    value, people = np.broadcast_arrays(np.asarray(r, np.float64), np.asarray(n, np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.arctanh(np.where(np.abs(settled(value)) == 1, np.nan, value))
        half = normal_quantile(confidence) / np.sqrt(np.where(people > 3, people - 3, np.nan))
        low, high = np.tanh(z - half), np.tanh(z + half)
    return Interval(value.copy(), low, high)


def unrestricted(r: ArrayLike, ratio: ArrayLike) -> Floats:
    r"""A correlation among those selected, as it would be among all who were scored: Thorndike's case II.

    People were selected by the score itself, so their scores spread less and the correlation is smaller. With
    u the standard deviation of all over that of those selected, it is r·u / √(1 + r²(u² − 1)). Right where
    the line is straight and its scatter the same throughout, and the score alone decided.

    Parameters
    ----------
    r : array_like
    ratio : array_like
        u: 1 changes nothing, below 1 shrinks. NaN gives NaN.

    References
    ----------
    Thorndike (1949), Personnel Selection, 173; Pearson (1903), Phil. Trans. R. Soc. A 200, 1-66.

    Examples
    --------
    >>> float(unrestricted(0.3, 2).round(4))
    0.5324
    """
    value, u = np.broadcast_arrays(np.asarray(r, np.float64), np.asarray(ratio, np.float64))
    with np.errstate(invalid="ignore"):
        # as a hypotenuse, in which nothing cancels: a correlation of 1 stays 1
        found: Floats = value * u / np.hypot(value * u, np.sqrt((1 - value) * (1 + value)))
    return found


@dataclass(frozen=True, eq=False, slots=True)
class LineTests:
    """Whether one line serves all groups.

    Attributes
    ----------
    names : tuple of str
        ``slopes``, ``intercepts``, ``lines``.
    statistic, df, df_residual, p_value : ndarray, shape (3,)
        F tests; NaN where fewer than two groups have a line.
    used : ndarray of bool, shape (n_groups,)
        Groups in the tests: three people or more, whose scores differ.
    """

    names: tuple[str, ...]
    statistic: Floats
    df: Floats
    df_residual: Floats
    p_value: Floats
    used: Bools


def line_tests(of: Moments) -> LineTests:
    """Cleary's regression tests: whether groups share one slope, one intercept, one line.

    Parameters
    ----------
    of : Moments

    Returns
    -------
    LineTests
        ``slopes``: a slope for each group against one for all, each group with its own intercept;
        ``intercepts``: one slope, an intercept for each group against one for all; ``lines``: a line for each
        group against one for all.

    References
    ----------
    Cleary (1968), Journal of Educational Measurement 5, 115-124; Gulliksen and Wilks (1950), Psychometrika
    15, 91-114.

    Examples
    --------
    >>> found = line_tests(moments([1, 2, 3, 1, 2, 3], [1, 2, 4, 2, 4, 4], [0, 0, 0, 1, 1, 1], [1] * 6, 2))
    >>> found.statistic.round(3).tolist()
    [0.6, 4.154, 2.1]
    """
    used: NDArray[np.bool_] = (of.n >= 3) & (of.sxx > 0)
    some = of.only(used)
    k, people = int(used.sum()), float(some.n.sum())
    nothing = np.full(3, np.nan)
    names = ("slopes", "intercepts", "lines")
    if k < 2:
        return LineTests(names, nothing, nothing, nothing, nothing, used)
    own = float((some.syy - _over(some.sxy**2, some.sxx)).sum())
    one_slope = float(some.syy.sum() - some.sxy.sum() ** 2 / some.sxx.sum())
    share = some.n / people
    dx, dy = some.mean_x - share @ some.mean_x, some.mean_y - share @ some.mean_y
    sxx, sxy, syy = (
        float(within.sum() + (some.n * between).sum())
        for within, between in ((some.sxx, dx * dx), (some.sxy, dx * dy), (some.syy, dy * dy))
    )
    one_line = syy - sxy**2 / sxx
    rest = np.array([people - 2 * k, people - k - 1, people - 2 * k], np.float64)
    df = np.array([k - 1, k - 1, 2 * (k - 1)], np.float64)
    more = np.array([one_slope - own, one_line - one_slope, one_line - own])
    left = np.array([own, one_slope, own])
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(rest > 0, np.maximum(more, 0.0) / df / (left / rest), np.nan)
    statistic = np.where(left > _NOTHING_LEFT * syy, statistic, np.nan)
    return LineTests(names, statistic, df, rest, np.asarray(fdtrc(df, rest, statistic), np.float64), used)


@dataclass(frozen=True, eq=False, slots=True)
class AboveLine:
    """How much better groups do than the line of their reference says.

    Attributes
    ----------
    points : Interval
        At the group's mean score, in points of the outcome; above 0 where the line promises too little.
    p_value : ndarray, shape (n_groups,)
    """

    points: Interval
    p_value: Floats


def above_line(of: Moments, reference: int, *, confidence: float = 0.95) -> AboveLine:
    """Each group's mean outcome less what the reference's line says of its mean score.

    Parameters
    ----------
    of : Moments
    reference : int
        Position of the reference, whose own row is NaN.
    confidence : float

    Returns
    -------
    AboveLine
        t with n₁ + n₂ − 4 degrees of freedom, the scatter around both lines taken together. NaN where one of
        the two has no line. Where everybody lies on the two lines there is no scatter to judge a distance
        by: limits and p are NaN.

    References
    ----------
    Johnson and Neyman (1936), Statistical Research Memoirs 1, 57-93.

    Examples
    --------
    >>> of = moments([1, 2, 3, 4] * 2, [1, 2, 2, 4, 2, 3, 3, 5], [0] * 4 + [1] * 4, [1] * 8, 2)
    >>> above_line(of, 0).points.estimate.round(3).tolist()
    [nan, 1.0]
    """
    has = (of.n >= 3) & (of.sxx > 0)
    own = of.syy - _over(of.sxy**2, of.sxx)
    df = of.n + of.n[reference] - 4
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.maximum(own + own[reference], 0.0) / df
        gap = of.mean_x - of.mean_x[reference]
        points = of.mean_y - (of.mean_y[reference] + of.slope[reference] * gap)
        error = np.sqrt(variance * (1 / of.n + 1 / of.n[reference] + gap**2 / of.sxx[reference]))
        known = has & has[reference] & (df > 0) & (np.arange(len(of.n)) != reference)
        scatter = own + own[reference] > _NOTHING_LEFT * (of.syy + of.syy[reference])
        points = np.where(known, points, np.nan)
        error, df = (np.where(known & scatter, values, np.nan) for values in (error, df))
        half = stdtrit(df, 0.5 + confidence / 2) * error
        p_value = 2 * stdtr(df, -np.abs(points / error))
    return AboveLine(Interval(points, points - half, points + half), p_value)
