"""What one row could have shown, whatever the true ratio: its power curve by one enumeration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln, ndtr

from stepup_equity.statistics.inputs import normal_quantile, passed_of, people
from stepup_equity.statistics.last_digits import settled
from stepup_equity.statistics.power import binomial
from stepup_equity.statistics.power_curve import (
    REACH,
    check_power_wanted,
    curve_of,
    enumerable,
    likely,
    runs,
    surely_seen,
    where_it_reaches,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.statistics.power_curve import Curve


_ROOT_2PI = float(np.sqrt(2 * np.pi))

_CELLS_AT_ONCE = 2**16
"""Tables weighed in one go."""


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
    the mean under any rate of the group. Enumerated where ``n × ref_n`` is at most 10**6, and beyond where an
    expected count is below 50 and the likely tables are at most 10**6. Else a normal approximation that takes
    skewness into account: without that it would be off by 0.02 where the groups differ much in size; with it,
    by less than 0.01.

    References
    ----------
    Hirji, Tan & Elashoff (1991), Statistics in Medicine 10, 1137-1153, for the mid-p test of two rates and
    its enumeration; Hall (1992), The Bootstrap and Edgeworth Expansion, section 2.4, for the correction.

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
    check_power_wanted(ratio, target, alpha)
    shape = size.shape
    n1, x2, n2 = (counts.ravel() for counts in (size, passed, ref))
    known = (n1 > 0) & (n2 > 0)
    rate = np.where(known, x2, 0.0) / np.where(known, n2, 1.0)
    lowest = np.minimum(ratio, surely_seen(n1, n2, rate))
    varies = known & (rate > 0)
    exact = varies & enumerable(n1, n2, rate, lowest)
    power = np.where(known, 0.0, np.nan)
    detectable = np.full(n1.shape, np.nan)
    for rows, make in ((exact, _enumerated), (varies & ~exact, _approximated)):
        if rows.any():
            curve = make(n1[rows], n2[rows], rate[rows], lowest[rows], alpha, score_from)
            power[rows] = np.clip(settled(curve(np.full(int(rows.sum()), ratio))), 0.0, 1.0)
            detectable[rows] = where_it_reaches(curve, target, lowest[rows])
    further = exact & np.isnan(detectable) & (lowest > 0)
    if further.any():
        nothing = np.zeros(int(further.sum()))
        curve = _enumerated(n1[further], n2[further], rate[further], nothing, alpha, score_from)
        detectable[further] = where_it_reaches(curve, target, nothing)
    return RowPower(
        power.reshape(shape), detectable.reshape(shape), (exact | (known & ~varies)).reshape(shape)
    )


def _approximated(
    n1: Floats, n2: Floats, rate: Floats, lowest: Floats, alpha: float, score_from: float
) -> Curve:
    """Power of the mid-p test as a function of the ratio, from the first three moments.

    Given how many passed in all, M, the test rejects a low x1 where ``x1 - n1 M / N`` lies below
    ``t sd(M)``, with t the normal quantile moved by the skewness of the hypergeometric distribution. Taken as
    linear in M, the difference of the two is a weighted sum of two binomials, whose distribution follows from
    its mean, variance and third moment.
    """
    del lowest
    z = normal_quantile(1 - alpha)
    everyone = n1 + n2

    def curve(ratio: Floats) -> Floats:
        p1 = ratio * rate
        both = n1 * p1 + n2 * rate
        spread = np.sqrt(n1 * n2 * both * (everyone - both) / (everyone**2 * (everyone - 1)))
        slope = n1 * n2 * (everyone - 2 * both) / (2 * everyone**2 * (everyone - 1) * spread)
        skewness = (everyone - 2 * both) * (n2 - n1) / (everyone * (everyone - 2) * spread)
        exact = np.minimum(n1, n2) * np.minimum(both, everyone - both) / everyone < score_from
        variance1, variance2 = n1 * p1 * (1 - p1), n2 * rate * (1 - rate)
        power = np.zeros(n1.shape)
        for side in (-1.0, 1.0):
            t = side * z + np.where(exact, (z * z - 1) * skewness / 6, 0.0)
            weight1, weight2 = n2 / everyone - t * slope, n1 / everyone + t * slope
            deviation = np.sqrt(weight1**2 * variance1 + weight2**2 * variance2)
            third = weight1**3 * variance1 * (1 - 2 * p1) - weight2**3 * variance2 * (1 - 2 * rate)
            u = (t * spread - n1 * n2 * (p1 - rate) / everyone) / deviation
            # Edgeworth's correction of the distribution below u
            below = ndtr(u) - np.exp(-u * u / 2) / _ROOT_2PI * (u * u - 1) * (third / deviation**3) / 6
            power += below if side < 0 else 1 - below
        return np.clip(power, 0.0, 1.0)

    return curve


def _enumerated(
    n1: Floats, n2: Floats, rate: Floats, lowest: Floats, alpha: float, score_from: float
) -> Curve:
    """Power as a function of the ratio of each row."""
    first, _ = likely(n1, lowest * rate)
    _, last = likely(n1, rate)
    return curve_of(n1, rate, first, last, _rejected(n1, n2, rate, first, last, alpha, score_from))


def _rejected(
    n1: Floats, n2: Floats, rate: Floats, first: Ints, last: Ints, alpha: float, score_from: float
) -> Floats:
    """P(reject | passed in the group), for `first` to `last` passed in the group of each row, end to end."""
    ref_first, ref_last = likely(n2, rate)
    row, both = runs(first + ref_first, last + ref_last)
    size, ref, everyone = n1[row], n2[row], (n1 + n2)[row]
    mean = size * (both / everyone)
    spread = np.sqrt(mean * (1 - both / everyone) * (ref / np.maximum(everyone - 1, 1)))
    least, most = np.maximum(0, both - ref), np.minimum(size, both)
    score = np.minimum(size, ref) * np.minimum(both, everyone - both) / everyone >= score_from
    # the score statistic is ((x1 - mean) / spread)², its N/(N - 1) included
    reach = normal_quantile(1 - alpha) * spread * (1 - 1e-12)
    low, high = np.maximum(np.ceil(mean - reach), least), np.minimum(np.floor(mean + reach), most)
    midp = np.flatnonzero(~score)
    if midp.size:
        start = np.maximum(np.floor(mean - REACH * spread - 4), least)[midp]
        stop = np.minimum(np.ceil(mean + REACH * spread + 4), most)[midp]
        low[midp], high[midp] = _accepted_by_midp(both[midp], size[midp], ref[midp], start, stop, alpha)
    low = np.maximum(low, np.maximum(first[row], both - ref_last[row])).astype(np.int64)
    high = np.minimum(high, np.minimum(last[row], both - ref_first[row])).astype(np.int64)
    of_total, x1 = runs(low, high)
    owner = row[of_total]
    place = np.cumsum(last - first + 1) - last - 1  # where x1 = 0 of each row would lie, end to end
    ref_place = np.cumsum(ref_last - ref_first + 1) - ref_last - 1
    ref_row, x2 = runs(ref_first, ref_last)
    weight = binomial(x2, n2[ref_row], rate[ref_row])
    accepted = np.bincount(
        place[owner] + x1,
        weights=weight[ref_place[owner] + both[of_total] - x1],
        minlength=int((last - first + 1).sum()),
    )
    return np.asarray(np.maximum(1.0 - accepted, 0.0))


def _accepted_by_midp(
    both: Ints, size: Floats, ref: Floats, start: Floats, stop: Floats, alpha: float
) -> tuple[Ints, Ints]:
    """First and last number passed in the group, by total, at which the central mid-p is above alpha."""
    widths = (stop - start).astype(np.int64) + 1
    widest = int(widths.max())
    # log x! at x + widest; infinite below 0, so that impossible tables weigh nothing
    log_factorial = np.full(int(max(size.max(), ref.max())) + 2 * widest + 1, np.inf)
    log_factorial[widest:] = gammaln(np.arange(len(log_factorial) - widest) + 1.0)
    x1 = start.astype(np.int64) + widest
    upwards = (x1, (ref - both + start).astype(np.int64) + widest)
    downwards = ((size - start).astype(np.int64) + widest, (both - start).astype(np.int64) + widest)
    low, high = np.empty(len(both), np.int64), np.empty(len(both), np.int64)
    order = np.argsort(widths, kind="stable")
    ordered = widths[order]
    done = 0
    while done < len(order):
        # totals of like width together, as many as fit the processor's cache
        alike = np.searchsorted(ordered, 1.1 * ordered[done] + 4, side="right")
        at = order[done : min(alike, done + 1 + _CELLS_AT_ONCE // ordered[done])]
        done += len(at)
        width = int(widths[at[-1]])
        log_weight = _windows(log_factorial, upwards[0][at], width)
        log_weight += _windows(log_factorial, upwards[1][at], width)
        log_weight += _windows(log_factorial, downwards[0][at], -width)
        log_weight += _windows(log_factorial, downwards[1][at], -width)
        np.subtract(log_weight.min(axis=1, keepdims=True), log_weight, out=log_weight)
        weight = np.exp(log_weight, out=log_weight)
        below = np.cumsum(weight, axis=1)
        total = below[:, -1:].copy()
        weight *= 0.5
        below -= weight
        limit = (alpha / 2) * (1 + 1e-12) * total
        first = start[at].astype(np.int64)
        low[at] = first + np.count_nonzero(below <= limit, axis=1)
        high[at] = first + np.count_nonzero(below < total - limit, axis=1) - 1
    return low, high


def _windows(values: Floats, start: Ints, width: int) -> Floats:
    """``values[start], values[start + 1], ...`` of each start; backwards where the width is negative."""
    step = values.strides[0]
    if width < 0:
        width, values, start = -width, values[::-1], len(values) - 1 - start
        step = values.strides[0]
    view = np.lib.stride_tricks.as_strided(
        values, (len(values) - width + 1, width), (step, step), writeable=False
    )
    return np.asarray(view[start])
