"""Where a gap opens: the log of a cumulative ratio of pass rates, split exactly over the gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.special import ndtr

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import normal_quantile, two_groups
from stepup_equity.statistics.intervals import Interval
from stepup_equity.statistics.multiplicity import adjust
from stepup_equity.statistics.proportions import posterior_log_rate, posterior_variance

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats


Split = Literal["plain", "jeffreys"]


@dataclass(frozen=True, eq=False, slots=True)
class Decomposition:
    """A gap on the log scale, gate by gate and over the whole way.

    Attributes
    ----------
    log_ratio, variance : ndarray, shape (n_groups, n_gates)
        Each gate's part; NaN where it cannot be computed, see `computable` and `within`.
    total_log_ratio, total_variance : ndarray, shape (n_groups,)
        Sums of the parts; NaN where a part is missing from the plain split.
    within : ndarray of bool, shape (n_groups, n_gates)
        Gates that people of both groups entered.
    computable : ndarray of bool, shape (n_groups, n_gates)
        Gates whose part is a number.
    method : {"plain", "jeffreys"}
        How the parts were computed.
    """

    log_ratio: Floats
    variance: Floats
    total_log_ratio: Floats
    total_variance: Floats
    within: Bools
    computable: Bools
    method: Split


def stage_decomposition(
    passed: ArrayLike,
    entered: ArrayLike,
    reference_passed: ArrayLike,
    reference_entered: ArrayLike,
    *,
    method: Split = "plain",
) -> Decomposition:
    """The log cumulative ratio of pass rates as a sum over gates, with variances that add up too.

    The cumulative pass rate is a product of conditional pass rates, so the log of the ratio of two
    cumulative rates is the sum over gates of ``log p(group, gate) - log p(reference, gate)``. Given how many
    entered, what happens at one gate is independent of what happened before, so the delta-method variances
    ``(1 - p) / (n p)`` add up as well. The split is exact, unlike a split of the difference of rates,
    which depends on the order in which gates are exchanged.

    Parameters
    ----------
    passed, entered : array_like, shape (n_groups, n_gates)
        People of each group at each gate, gates in order.
    reference_passed, reference_entered : array_like, shape (n_gates,) or (n_groups, n_gates)
        The same of the reference.
    method : {"plain", "jeffreys"}
        ``"plain"`` takes observed rates and has no answer where nobody passed. ``"jeffreys"`` takes the
        posterior mean and variance of ``log p`` under the prior Beta(1/2, 1/2): ``digamma(x + 1/2) -
        digamma(n + 1)`` and ``trigamma(x + 1/2) - trigamma(n + 1)``. It is finite everywhere and ends at
        the last gate that anyone of both groups entered.

    Returns
    -------
    Decomposition
        Under ``"plain"`` a gate where nobody passed, or nobody entered, is NaN and so is the total. Under
        ``"jeffreys"`` a gate nobody entered is NaN and outside the total.

    Raises
    ------
    StatisticError
        Where more passed than entered, or a count is missing or not a whole number from 0 up.

    References
    ----------
    Delta-method variance of a log risk ratio: Katz, Baptista, Azen and Pike (1978), Biometrics 34,
    469-474. Prior: Jeffreys (1946), Proceedings of the Royal Society A 186, 453-461. Moments of the log of
    a beta variable: Johnson, Kotz and Balakrishnan (1995), Continuous Univariate Distributions 2,
    chapter 25.

    Examples
    --------
    Of 100 in the group 80 pass the first gate and 20 of those the second; of the reference 90 and 45 of 100.

    >>> parts = stage_decomposition([[80, 20]], [[100, 80]], [90, 45], [100, 90])
    >>> print(parts.log_ratio.round(3), parts.total_log_ratio.round(3))
    [[-0.118 -0.693]] [-0.811]

    Most of the gap opens at the second gate. As ratios: 0.889 times 0.5 is 0.444, which is 20 against 45.
    """
    if method not in ("plain", "jeffreys"):
        raise StatisticError(f"method={method!r} is not a split of the gap. Possible: 'plain', 'jeffreys'.")
    x, n, y, m = two_groups(passed, entered, reference_passed, reference_entered)
    if any(np.isnan(counts).any() for counts in (x, n, y, m)):
        raise StatisticError("A gap can be split only where every count is known; a count is missing.")
    x, n, y, m = (np.atleast_2d(counts) for counts in (x, n, y, m))
    within = (n > 0) & (m > 0)
    log_rate, variance_of = (
        (_plain, _plain_variance) if method == "plain" else (posterior_log_rate, posterior_variance)
    )
    computable = within & (x > 0) & (y > 0) if method == "plain" else within
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.where(computable, log_rate(x, n) - log_rate(y, m), np.nan)
        variance = np.where(computable, variance_of(x, n) + variance_of(y, m), np.nan)
    counted = computable if method == "jeffreys" else np.ones_like(computable)
    some = computable.any(axis=-1)
    return Decomposition(
        log_ratio=log_ratio,
        variance=variance,
        total_log_ratio=np.where(some, np.sum(log_ratio, axis=-1, where=counted), np.nan),
        total_variance=np.where(some, np.sum(variance, axis=-1, where=counted), np.nan),
        within=within,
        computable=computable,
        method=method,
    )


def _plain(x: Floats, n: Floats) -> Floats:
    return np.log(x / n)


def _plain_variance(x: Floats, n: Floats) -> Floats:
    return (n - x) / (n * x)


def fieller_interval(
    numerator: ArrayLike,
    numerator_variance: ArrayLike,
    denominator: ArrayLike,
    denominator_variance: ArrayLike,
    covariance: ArrayLike,
    *,
    confidence: float = 0.95,
) -> Interval:
    """Interval of a ratio of two normal estimates that may go together.

    The delta method pretends that the denominator is known well; Fieller's interval doesn't, and tells when
    the denominator may be zero.

    Parameters
    ----------
    numerator, denominator : array_like, shape (...)
        The two estimates.
    numerator_variance, denominator_variance, covariance : array_like, shape (...)
        Their variances and covariance.
    confidence : float
        Level of the interval.

    Returns
    -------
    Interval
        NaN throughout where the denominator's own interval holds 0: the set of ratios that the data allow is
        then unbounded.

    References
    ----------
    Fieller (1954), Journal of the Royal Statistical Society B 16, 175-185, equation 8.

    Examples
    --------
    >>> share = fieller_interval([-0.8], [0.02], [-1.0], [0.03], [0.02])
    >>> print(f"{share.estimate[0]:.2f} ({share.low[0]:.2f} to {share.high[0]:.2f})")
    0.80 (0.64 to 1.00)
    """
    a, va, b, vb, c = np.broadcast_arrays(
        *(
            np.asarray(value, dtype=np.float64)
            for value in (numerator, numerator_variance, denominator, denominator_variance, covariance)
        )
    )
    z2 = normal_quantile(confidence) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        leading = b**2 - z2 * vb
        middle = a * b - z2 * c
        constant = a**2 - z2 * va
        bounded = leading > 0
        # at the edge rounding may push the discriminant, which is never negative, just below zero
        root = np.sqrt(np.maximum(middle**2 - leading * constant, 0.0))
        estimate = np.where(bounded, a / b, np.nan)
        low = np.where(bounded, np.minimum((middle - root) / leading, estimate), np.nan)
        high = np.where(bounded, np.maximum((middle + root) / leading, estimate), np.nan)
    return Interval(estimate, low, high)


def share_of_gap(parts: Decomposition, *, confidence: float = 0.95) -> Interval:
    """Each gate's share of the whole gap, part over total, with Fieller's interval.

    A share may exceed 1 or be negative: where a later gate gives back what an earlier one took, the earlier
    one accounts for more than the whole.

    Parameters
    ----------
    parts : Decomposition
        Shape (n_groups, n_gates).
    confidence : float
        Level of the interval, and of the total's interval that decides whether there is a gap to share.

    Returns
    -------
    Interval
        Shape (n_groups, n_gates); NaN for a group whose total's interval holds 0.

    Examples
    --------
    >>> parts = stage_decomposition([[80, 20]], [[100, 80]], [90, 45], [100, 90])
    >>> print(share_of_gap(parts).estimate.round(3))
    [[0.145 0.855]]
    """
    return fieller_interval(
        parts.log_ratio,
        parts.variance,
        parts.total_log_ratio[:, None],
        parts.total_variance[:, None],
        parts.variance,  # gates are independent, so a part covaries with the total by its own variance
        confidence=confidence,
    )


@dataclass(frozen=True, eq=False, slots=True)
class Abruptness:
    """Whether a gate's part lies below that of the group's other gates.

    Attributes
    ----------
    contrast, std_error : ndarray, shape (n_groups, n_gates)
        The gate's log ratio less the precision-weighted mean of the others.
    p_value, p_adjusted : ndarray, shape (n_groups, n_gates)
        One-sided, and by Holm over the group's gates; NaN where fewer than three gates have information.
    """

    contrast: Floats
    std_error: Floats
    p_value: Floats
    p_adjusted: Floats


def abruptness(log_ratio: ArrayLike, variance: ArrayLike) -> Abruptness:
    """Test of each gate against the group's other gates: a cliff, or one step of a slope.

    Parameters
    ----------
    log_ratio, variance : array_like, shape (n_groups, n_gates)
        Parts of the gap; a gate with NaN, or with no variance, has no information.

    Returns
    -------
    Abruptness
        NaN for groups with fewer than three gates with information: with two, each gate would be
        tested against the other alone, and one of them is always the lower.

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6, 65-70. The weights are those of a fixed-effect mean,
    Cochran (1954), Biometrics 10, 101-129.

    Examples
    --------
    >>> sudden = abruptness([[-0.05, -0.9, -0.1, 0.02]], [[0.01, 0.02, 0.02, 0.04]])
    >>> print(sudden.p_adjusted.round(4))
    [[1. 0. 1. 1.]]
    """
    part = np.atleast_2d(np.asarray(log_ratio, dtype=np.float64))
    var = np.atleast_2d(np.asarray(variance, dtype=np.float64))
    informative = np.isfinite(part) & np.isfinite(var) & (var > 0)
    informative &= (informative.sum(axis=-1) >= 3)[:, None]
    others = 1.0 - np.eye(part.shape[-1])
    weight = np.where(informative, 1.0, 0.0) / np.where(informative, var, 1.0)
    # summed over the others, not by taking the gate away from the sum: one gate may outweigh all the rest
    weight_of_others = weight @ others
    with np.errstate(divide="ignore", invalid="ignore"):
        mean_of_others = ((weight * np.where(informative, part, 0.0)) @ others) / weight_of_others
        contrast = np.where(informative, part - mean_of_others, np.nan)
        std_error = np.where(informative, np.sqrt(var + 1.0 / weight_of_others), np.nan)
    p_value = np.where(informative, ndtr(contrast / std_error), np.nan)
    p_adjusted = np.array([adjust(row, "holm") for row in p_value]) if len(p_value) else p_value
    return Abruptness(contrast, std_error, p_value, p_adjusted)
