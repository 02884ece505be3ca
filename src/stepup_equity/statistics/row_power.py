"""What one row could have shown, whatever the true ratio: its power curve by one enumeration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import normal_quantile, passed_of, people
from stepup_equity.statistics.power import LARGEST_ENUMERATION, power_normal
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.statistics.inputs import Bools, Floats

    Ints = NDArray[np.int64]
    Curve = Callable[[Floats], Floats]

__all__ = ["RowPower", "row_power"]

_REACH = 6.5
"""Standard deviations of each distribution that are enumerated; beyond lies 1e-10."""

_LARGE = 200.0
"""Smallest expected count from which the normal approximation is within 0.01 of the power."""

_FEW_CELLS, _MANY_CELLS = 1e5, 1e6
"""Likely tables that are always enumerated, and those that still are where an expected count is small."""


@dataclass(frozen=True, eq=False, slots=True)
class RowPower:
    """What each row's own test, taken alone, could have shown.

    Attributes
    ----------
    power : ndarray
        Chance of p <= alpha at the supposed true ratio; NaN where one of the two groups is empty.
    detectable_ratio : ndarray
        The ratio nearest to 1 from below that would be detected with the wanted power; NaN where not even a
        rate of 0 would.
    exact : ndarray of bool
        Enumerated; otherwise a normal approximation.
    """

    power: Floats
    detectable_ratio: Floats
    exact: Bools


def row_power(
    n: ArrayLike,
    ref_passed: ArrayLike,
    ref_n: ArrayLike,
    *,
    ratio: float = 0.8,
    target: float = 0.8,
    alpha: float = 0.05,
    score_from: float = 5.0,
) -> RowPower:
    """Power of `two_group_p` at a true ratio, and the ratio it would detect with a wanted power.

    "No evidence" says nothing unless a gap would have been seen. Both sizes and the reference's rate are
    taken as observed, the gap is supposed: power at the *observed* gap would only restate the p-value.
    `power_exact` gives the same power by testing every table; this enumerates once for all ratios and is
    made for the hundreds of rows of a whole run.

    Parameters
    ----------
    n : array_like
        People of the group who entered; ``(n_rows,)`` or ``(n_groups, n_gates)``.
    ref_passed, ref_n : array_like
        The reference's counts; they broadcast against the group's.
    ratio : float
        True ratio of the group's rate to the reference's, from 0 to below 1.
    target : float
        Power wanted at the detectable ratio.
    alpha : float
        Two-sided level.
    score_from : float
        As in `two_group_p`: the test whose power this is.

    Returns
    -------
    RowPower
        NaN where nobody entered. Where nobody of the reference passed, every ratio gives the same rate of 0:
        power 0, nothing detectable.

    Raises
    ------
    StatisticError
        Counts that can't be, or a ratio, target or alpha outside its range.

    Notes
    -----
    Given how many passed in both groups together, the tables a test accepts are known. Added up over that
    total with the reference's binomial weights they give P(reject | passed in the group), of which power is
    the mean under any rate of the group. Enumerated where ``n × ref_n`` is at most 10**6, and beyond as long
    as the likely tables are at most 10**5 (10**6 where an expected count is below 200), because
    `power_normal` is still off by 0.02 there when the groups differ much in size; else by `power_normal`.

    References
    ----------
    Hirji, Tan & Elashoff (1991), Statistics in Medicine 10, 1137-1153, for the mid-p test of two rates and
    its enumeration.

    Examples
    --------
    Of 105 against 1,072, half of whom pass, a true ratio of 0.8 would be seen half of the time; of 12 against
    402, one time in ten.

    >>> seen = row_power([105, 12], [526, 190], [1072, 402], score_from=1000)
    >>> print(seen.power.round(2), seen.detectable_ratio.round(2))
    [0.49 0.09] [0.71 0.24]
    """
    size = people(n, "n")
    passed, ref = passed_of(ref_passed, ref_n)
    size, passed, ref = np.broadcast_arrays(size, passed, ref)
    _check(ratio, target, alpha)
    shape = size.shape
    n1, x2, n2 = (counts.ravel() for counts in (size, passed, ref))
    known = (n1 > 0) & (n2 > 0)
    rate = np.where(known, x2, 0.0) / np.where(known, n2, 1.0)
    lowest = np.minimum(ratio, _surely_seen(n1, n2, rate))
    varies = known & (rate > 0)
    exact = varies & _enumerable(n1, n2, rate, lowest)
    power = np.where(known, 0.0, np.nan)
    detectable = np.full(n1.shape, np.nan)
    for rows, curve_of in ((exact, _enumerated), (varies & ~exact, _approximated)):
        if rows.any():
            curve = curve_of(n1[rows], n2[rows], rate[rows], lowest[rows], alpha, score_from)
            power[rows] = curve(np.full(int(rows.sum()), ratio))
            detectable[rows] = _where_it_reaches(curve, target, lowest[rows])
    further = exact & np.isnan(detectable) & (lowest > 0)
    if further.any():
        nothing = np.zeros(int(further.sum()))
        curve = _enumerated(n1[further], n2[further], rate[further], nothing, alpha, score_from)
        detectable[further] = _where_it_reaches(curve, target, nothing)
    return RowPower(
        power.reshape(shape), detectable.reshape(shape), (exact | (known & ~varies)).reshape(shape)
    )


def _check(ratio: float, target: float, alpha: float) -> None:
    if not 0 <= ratio < 1:
        raise StatisticError(f"ratio={ratio!r} is not a gap to look for; give a ratio from 0 to below 1.")
    if not 0 < alpha < 1:
        raise StatisticError(f"alpha={alpha!r} is not between 0 and 1.")
    if not alpha < target < 1:
        raise StatisticError(f"target={target!r} must lie between alpha ({alpha!r}) and 1.")


def _where_it_reaches(curve: Curve, target: float, lowest: Floats) -> Floats:
    """Root of power = target between the lowest ratio of the curve and 1."""
    ones = np.ones(lowest.shape)
    least = curve(lowest) - target
    most = curve(ones) - target
    root = bracketed_roots(lambda r: curve(r) - target, lowest, ones, at_low=least, at_high=most, rounds=60)
    return np.where((least >= 0) & (most < 0), root, np.nan)


def _surely_seen(n1: Floats, n2: Floats, rate: Floats) -> Floats:
    """A ratio low enough to be seen almost surely, so that the enumeration need not go further down."""
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(rate * (1 - rate) * (1 / n1 + 1 / n2))
        lowest = 1 - 4 * spread / rate - 2 / (n1 * rate)
    return np.where(np.isfinite(lowest), np.maximum(lowest, 0.0), 0.0)


def _enumerable(n1: Floats, n2: Floats, rate: Floats, lowest: Floats) -> Bools:
    small = np.minimum(n1, n2) * np.minimum(rate, 1 - rate) < _LARGE
    spread = np.sqrt(rate * (1 - rate))
    totals = 2 * _REACH * spread * np.sqrt(n1 + n2) + (1 - lowest) * n1 * rate
    tables = np.minimum(np.minimum(n1, n2), 2 * _REACH * spread * np.sqrt(n1 * n2 / np.maximum(n1 + n2, 1)))
    cells = totals * tables
    return (n1 * n2 <= LARGEST_ENUMERATION) | (cells <= np.where(small, _MANY_CELLS, _FEW_CELLS))


def _approximated(
    n1: Floats, n2: Floats, rate: Floats, lowest: Floats, alpha: float, score_from: float
) -> Curve:
    del lowest, score_from  # at these sizes mid-p and score are one test
    return lambda ratio: power_normal(ratio * rate, n1, rate, n2, alpha=alpha)


def _enumerated(
    n1: Floats, n2: Floats, rate: Floats, lowest: Floats, alpha: float, score_from: float
) -> Curve:
    """Power as a function of the ratio of each row."""
    rows = [
        _rejection(int(a), int(b), float(p), float(r), alpha, score_from)
        for a, b, p, r in zip(n1, n2, rate, lowest, strict=True)
    ]
    starts = np.cumsum([0] + [len(rejected) for _, rejected in rows[:-1]])
    lengths = [len(rejected) for _, rejected in rows]
    x1 = np.concatenate([first + np.arange(len(rejected)) for first, rejected in rows])
    rejected = np.concatenate([rejected for _, rejected in rows])
    size = np.repeat(n1, lengths)
    log_choose = gammaln(size + 1) - gammaln(x1 + 1) - gammaln(size - x1 + 1)

    def curve(ratio: Floats) -> Floats:
        p = np.repeat(ratio * rate, lengths)
        weight = np.exp(log_choose + xlogy(x1, p) + xlog1py(size - x1, -p))
        return np.add.reduceat(weight * rejected, starts)

    return curve


def _rejection(
    n1: int, n2: int, rate: float, lowest: float, alpha: float, score_from: float
) -> tuple[int, Floats]:
    """P(reject | passed in the group), from the fewest likely at the lowest ratio to the most at 1."""
    first, _ = _likely(n1, lowest * rate)
    _, last = _likely(n1, rate)
    ref_first, ref_last = _likely(n2, rate)
    both = np.arange(first + ref_first, last + ref_last + 1)
    low, high = _accepted_by_midp(both, n1, n2, alpha)
    score = min(n1, n2) * (np.minimum(both, n1 + n2 - both) / (n1 + n2)) >= score_from
    if score.any():
        low[score], high[score] = _accepted_by_score(both[score], n1, n2, alpha)
    low = np.maximum(low, np.maximum(first, both - ref_last))
    high = np.minimum(high, np.minimum(last, both - ref_first))
    count = np.maximum(high - low + 1, 0)
    x1 = np.arange(count.sum()) + np.repeat(low - np.cumsum(count) + count, count)
    weight = _binomial(np.arange(ref_first, ref_last + 1), n2, rate)[np.repeat(both, count) - x1 - ref_first]
    accepted = np.bincount(x1 - first, weights=weight, minlength=last - first + 1)
    return first, np.maximum(1.0 - accepted, 0.0)


def _accepted_by_midp(both: Ints, n1: int, n2: int, alpha: float) -> tuple[Ints, Ints]:
    """First and last number passed in the group, by total, at which the central mid-p is above alpha."""
    everyone = n1 + n2
    mean = n1 * (both / everyone)
    spread = np.sqrt(mean * (1 - both / everyone) * (n2 / max(everyone - 1, 1)))
    first = np.maximum(np.maximum(0, both - n2), np.floor(mean - _REACH * spread - 4)).astype(np.int64)
    last = np.minimum(np.minimum(n1, both), np.ceil(mean + _REACH * spread + 4)).astype(np.int64)
    width = int((last - first).max()) + 1
    # row i of each window holds the logs for first[i], first[i] + 1, ...: the second group's run backwards
    log_group = _windows(n1, int(first.min()), int(first.max()) + width, width)[first - first.min()]
    rest = both - first
    backwards = _windows(n2, int(rest.min()) - width, int(rest.max()), width, backwards=True)
    log_weight = log_group + backwards[rest.max() - rest]
    log_weight -= log_weight.max(axis=1, keepdims=True)
    weight = np.exp(log_weight)
    below = np.cumsum(weight, axis=1)
    total = below[:, -1:].copy()
    below -= weight / 2
    limit = (alpha / 2) * total * (1 + 1e-12)
    return first + (below <= limit).sum(axis=1), first + (total - below > limit).sum(axis=1) - 1


def _windows(n: int, first: int, last: int, width: int, *, backwards: bool = False) -> Floats:
    """Log binomial coefficients of `n` (up to a constant) in windows; minus infinity outside 0 to n."""
    x = np.arange(first, last + 1, dtype=np.float64)
    inside = (x >= 0) & (x <= n)
    held = np.clip(x, 0, n)
    logs = np.where(inside, -gammaln(held + 1) - gammaln(n - held + 1), -np.inf)
    if backwards:
        logs = logs[::-1]
    step = logs.strides[0]
    return np.lib.stride_tricks.as_strided(
        logs, (len(logs) - width + 1, width), (step, step), writeable=False
    )


def _accepted_by_score(both: Ints, n1: int, n2: int, alpha: float) -> tuple[Ints, Ints]:
    """First and last number passed in the group, by total, at which the score test's p is above alpha."""
    everyone = n1 + n2
    mean = n1 * (both / everyone)
    spread = np.sqrt(mean * (1 - both / everyone) * (n2 / (everyone - 1)))
    # |x1 - mean| / spread is the root of the score statistic, N/(N - 1) included
    reach = normal_quantile(1 - alpha) * spread * (1 - 1e-12)
    low, high = np.ceil(mean - reach), np.floor(mean + reach)
    return (
        np.maximum(low, np.maximum(0, both - n2)).astype(np.int64),
        np.minimum(high, np.minimum(n1, both)).astype(np.int64),
    )


def _likely(n: int, rate: float) -> tuple[int, int]:
    reach = _REACH * np.sqrt(n * rate * (1 - rate)) + 8
    return max(0, int(np.floor(n * rate - reach))), min(n, int(np.ceil(n * rate + reach)))


def _binomial(x: Ints, n: int, rate: float) -> Floats:
    return np.asarray(
        np.exp(gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1) + xlogy(x, rate) + xlog1py(n - x, -rate))
    )
