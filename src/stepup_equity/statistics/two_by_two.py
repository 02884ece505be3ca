"""Is a group's rate different from its reference's? Tests of one 2 × 2 table, many at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import erfc

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.hypergeometric import log_pmf, upper_tail
from stepup_equity.statistics.inputs import two_groups
from stepup_equity.statistics.last_digits import settled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats, Strings


Alternative = Literal["two-sided", "less", "greater"]

_TIE = 1e-7
"""Tables whose probability is within this share of the observed one count as equally likely, as in R."""


@dataclass(frozen=True, eq=False, slots=True)
class TwoGroupTest:
    """A p-value per pair of groups, and the test it comes from.

    Attributes
    ----------
    p_value : ndarray
        Two-sided; NaN where one of the two groups is empty.
    method : ndarray of str
        ``"score"``, ``"mid-p"``, or ``""`` where there was nothing to test.
    """

    p_value: Floats
    method: Strings


def score_test(
    passed: ArrayLike, entered: ArrayLike, ref_passed: ArrayLike, ref_entered: ArrayLike
) -> Floats:
    """Two-sided p of equal rates by the score test that belongs to the Miettinen-Nurminen intervals.

    p < 0.05 exactly where the 95 % score interval of the difference leaves out 0, and those of the ratio and
    the odds ratio leave out 1: under equal rates the three statistics are one, (N - 1)/N times Pearson's
    chi-squared.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        Counts that broadcast; ``(n_groups,)`` or ``(n_groups, n_gates)`` as a rule.

    Returns
    -------
    ndarray
        1 where everyone or nobody passed in both groups; NaN where one group is empty.

    Raises
    ------
    StatisticError
        More passed than entered, or a count that is not a whole number.

    References
    ----------
    Miettinen & Nurminen (1985), Statistics in Medicine 4, 213-226, equation 9 at equal rates.

    Examples
    --------
    >>> print(f"{score_test(10, 43, 389, 920):.4f}")
    0.0133
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    return _score_p(x1, n1, x2, n2)


def fisher_exact_p(
    passed: ArrayLike, entered: ArrayLike, ref_passed: ArrayLike, ref_entered: ArrayLike
) -> Floats:
    """Two-sided p of Fisher's exact test: every table no more likely than the observed one.

    Never rejects more often than it says, and therefore too rarely in small groups; `fisher_midp_p` is the
    default there. scipy's `fisher_exact` gives the same numbers, one table at a time.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        Counts that broadcast.

    Returns
    -------
    ndarray
        NaN where one group is empty.

    Raises
    ------
    StatisticError
        More passed than entered, or a count that is not a whole number.

    References
    ----------
    Fisher (1935), J. Royal Stat. Soc. 98, 39-82. Two-sided by likelihood with R's tie tolerance of 1e-7.

    Examples
    --------
    Shortlisting in one council, 10 of 43 against 389 of 920:

    >>> print(f"{fisher_exact_p(10, 43, 389, 920):.4f}")
    0.0166
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    both = x1 + x2
    known = (n1 > 0) & (n2 > 0)
    p = np.where(known, 1.0, np.nan)
    p[known] = _minlike(x1[known], n1[known], n2[known], both[known])
    return p


def fisher_midp_p(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    alternative: Alternative = "two-sided",
) -> Floats:
    """Fisher's exact test with half the weight of the observed table (mid-p).

    For small groups: close to its level where Fisher's test is far below it and the score test can be above.
    Two-sided it is twice the smaller one-sided mid-p (the central definition), so it is 1 where only one
    table is possible, and its verdict always has a direction. Programs that subtract half the observed
    table's weight from Fisher's two-sided p print a different number.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        Counts that broadcast; any size, 10**9 included.
    alternative : {"two-sided", "less", "greater"}
        ``"less"``: the group's rate is below the reference's.

    Returns
    -------
    ndarray
        NaN where one group is empty.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, an unknown alternative.

    References
    ----------
    Lancaster (1961), J. Am. Stat. Assoc. 56, 223-234; Berry & Armitage (1995), The Statistician 44, 417-423.
    Two-sided as in Rothman's and the epitools programs.

    Examples
    --------
    >>> print(f"{fisher_midp_p(10, 43, 389, 920):.4f}")
    0.0120
    """
    if alternative not in ("two-sided", "less", "greater"):
        raise StatisticError(
            f"alternative={alternative!r} is not known. Possible: 'two-sided', 'less', 'greater'."
        )
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    p = np.full(x1.shape, np.nan)
    known = (n1 > 0) & (n2 > 0)
    p[known] = _midp(x1[known], n1[known], n2[known], (x1 + x2)[known], alternative)
    return p


def smallest_expected(
    passed: ArrayLike, entered: ArrayLike, ref_passed: ArrayLike, ref_entered: ArrayLike
) -> Floats:
    """Smallest of the four expected counts under equal rates; what chooses between score and mid-p.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        Counts that broadcast.

    Returns
    -------
    ndarray
        NaN where both groups are empty.

    Raises
    ------
    StatisticError
        More passed than entered, or a count that is not a whole number.

    References
    ----------
    Cochran (1954), Biometrics 10, 417-451, on the least expected count for chi-squared.

    Examples
    --------
    >>> print(f"{smallest_expected(0, 132, 154, 1333):.2f}")
    13.88
    """
    return expected_least(*two_groups(passed, entered, ref_passed, ref_entered))


def two_group_p(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    score_from: float = 5.0,
) -> TwoGroupTest:
    """Two-sided p of a group against its reference: score test, or Fisher's mid-p where counts are small.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like
        Counts that broadcast; ``(n_groups,)`` or ``(n_groups, n_gates)`` as a rule.
    score_from : float
        The score test is used where all four expected counts are at least this; 0 for always, infinity for
        never.

    Returns
    -------
    TwoGroupTest
        p-values and the name of the test of each.

    Raises
    ------
    StatisticError
        More passed than entered, or a count that is not a whole number.

    References
    ----------
    See `score_test` and `fisher_midp_p`.

    Examples
    --------
    >>> test = two_group_p([10, 2], [43, 10], [389, 117], [920, 389])
    >>> for p, method in zip(test.p_value, test.method):
    ...     print(f"{p:.4f} {method}")
    0.0133 score
    0.5338 mid-p
    """
    x1, n1, x2, n2 = two_groups(passed, entered, ref_passed, ref_entered)
    known = (n1 > 0) & (n2 > 0)
    with np.errstate(invalid="ignore"):
        score = known & (expected_least(x1, n1, x2, n2) >= score_from)
    p = _score_p(x1, n1, x2, n2)
    exact = known & ~score
    if exact.any():
        p[exact] = _midp(x1[exact], n1[exact], n2[exact], (x1 + x2)[exact], "two-sided")
    method = np.where(score, "score", np.where(known, "mid-p", ""))
    return TwoGroupTest(p, method)


def expected_least(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    """`smallest_expected` on counts that are known to be good."""
    both, everyone = x1 + x2, n1 + n2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.minimum(n1, n2) * np.minimum(both, everyone - both) / everyone


def score_statistic(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    """(N - 1)/N times Pearson's chi-squared; 0 where the rates are equal, NaN where one group is empty."""
    everyone = n1 + n2
    both = x1 + x2
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = x1 / n1 - x2 / n2
        share = both / everyone
        spread = share * ((everyone - both) / everyone) * (1 / n1 + 1 / n2) * everyone / (everyone - 1)
        statistic = np.where(gap == 0, 0.0, gap * gap / spread)
        return np.where((n1 > 0) & (n2 > 0), statistic, np.nan)


def _score_p(x1: Floats, n1: Floats, x2: Floats, n2: Floats) -> Floats:
    return np.asarray(erfc(np.sqrt(score_statistic(x1, n1, x2, n2) / 2)))


def _midp(x1: Floats, n1: Floats, n2: Floats, both: Floats, alternative: Alternative) -> Floats:
    """Mid-p from the tail that lies away from the mean, so that small p keep all their digits."""
    above = x1 * (n1 + n2) >= n1 * both
    near = np.where(above, x1, both - x1)
    tail, weight = upper_tail(near, np.where(above, n1, n2), np.where(above, n2, n1), both)
    outward = np.clip(tail - weight / 2, 0.0, 1.0)
    if alternative == "two-sided":
        return settled(2 * np.minimum(outward, 1 - outward))
    return settled(np.where(above == (alternative == "greater"), outward, 1 - outward))


def _minlike(x1: Floats, n1: Floats, n2: Floats, both: Floats) -> Floats:
    """Probability of all tables no more likely than the observed one."""
    mode = np.floor((n1 + 1) * (both + 1) / (n1 + n2 + 2))
    above = x1 >= mode
    x, m, k = np.where(above, x1, both - x1), np.where(above, n1, n2), np.where(above, n2, n1)
    mode = np.where(above, mode, both - mode)
    near, _ = upper_tail(x, m, k, both)
    least = np.maximum(both - k, 0.0)
    limit = log_pmf(x, m, k, both) + np.log1p(_TIE)
    all_of_them = log_pmf(mode, m, k, both) <= limit
    low, high = least - 1, np.maximum(mode, least)  # the last table of the far side lies in [low, high)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        rare = (middle < least) | (log_pmf(np.maximum(middle, least), m, k, both) <= limit)
        low, high = (
            np.where(rare & (high - low > 1), middle, low),
            np.where(rare, high, np.maximum(middle, low + 1)),
        )
    far, _ = upper_tail(np.where(low < least, both, both - low), k, m, both)
    p = near + np.where(low < least, 0.0, far)
    return settled(np.where(all_of_them, 1.0, np.minimum(p, 1.0)))
