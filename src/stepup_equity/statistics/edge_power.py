"""How likely a gap would have been flagged in a run of many claims, whatever the true ratio."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr, ndtri

from stepup_equity.statistics.edge_claims import FOUR_FIFTHS, last_material, lower_tails
from stepup_equity.statistics.inputs import passed_of, people
from stepup_equity.statistics.last_digits import settled
from stepup_equity.statistics.power import binomial
from stepup_equity.statistics.power_curve import (
    check_power_wanted,
    curve_of,
    enumerable,
    likely,
    runs,
    surely_seen,
    where_it_reaches,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.statistics.power_curve import Curve


_ROUNDING: Final = 1e-14
"""Share of a sum of chances that its last digits are."""


@dataclass(frozen=True, eq=False, slots=True)
class EdgePower:
    """What each table could have shown in its run.

    Attributes
    ----------
    power : ndarray, shape (n_ratios, n_tables)
        Chance of being flagged at each supposed true ratio; NaN where one of the two groups is empty.
    detectable_ratio : ndarray, shape (n_tables,)
        The ratio nearest to 1 from below that would be flagged with the wanted power; NaN where not even a
        rate of 0 would.
    exact : ndarray of bool, shape (n_tables,)
        Enumerated; otherwise a normal approximation.
    """

    power: Floats
    detectable_ratio: Floats
    exact: Bools


def edge_power(
    n: ArrayLike,
    ref_passed: ArrayLike,
    ref_n: ArrayLike,
    threshold: float,
    *,
    ratios: Sequence[float] = (0.5, 0.8),
    target: float = 0.8,
    material: Fraction = FOUR_FIFTHS,
) -> EdgePower:
    """Chance that a table would be flagged as an edge, and the ratio flagged with a wanted chance.

    Parameters
    ----------
    n : array_like, shape (n_tables,)
        People of the group who entered.
    ref_passed, ref_n : array_like
        The reference's counts.
    threshold : float
        The p-value up to which one more claim is flagged in the run, as in `EdgeClaims`.
    ratios : sequence of float
        True ratios supposed, from 0 to below 1.
    target : float
        Chance wanted at the detectable ratio.
    material : Fraction
        As in `edge_claims`.

    Returns
    -------
    EdgePower
        Where nobody of the reference passed, every ratio gives the same rate of 0: power 0.

    Raises
    ------
    StatisticError
        Counts that can't be, or a ratio or target outside its range.

    Notes
    -----
    Sizes and the reference's rate are taken as observed. Given how many passed in both groups, the most of
    the group that is still flagged follows from the hypergeometric distribution; it rises with that total, so
    that of each number of the group those of the reference are flagged from some number on. Enumerated as in
    `row_power`; else the smaller of two normal probabilities: that the gap is evident, and that it is
    material.

    Examples
    --------
    105 against 1,072, half of whom pass; a run in which p must be at most 0.0003:

    >>> seen = edge_power([105, 12], [526, 190], [1072, 402], 0.0003)
    >>> print(seen.power.round(2), seen.detectable_ratio.round(2))
    [[0.93 0.01]
     [0.05 0.  ]] [0.56  nan]
    """
    size = people(n, "n")
    passed, ref = passed_of(ref_passed, ref_n)
    n1, x2, n2 = (counts.ravel() for counts in np.broadcast_arrays(size, passed, ref))
    for ratio in ratios:
        check_power_wanted(ratio, target, min(max(threshold, 1e-300), target / 2))
    known = (n1 > 0) & (n2 > 0)
    rate = np.where(known, x2, 0.0) / np.where(known, n2, 1.0)
    lowest = np.minimum(min(ratios), surely_seen(n1, n2, rate))
    varies = known & (rate > 0) & (threshold > 0)
    exact = varies & enumerable(n1, n2, rate, lowest)
    power = np.where(known, 0.0, np.nan) * np.ones((len(ratios), 1))
    detectable = np.full(n1.shape, np.nan)
    for rows, make in ((exact, _enumerated), (varies & ~exact, _approximated)):
        if rows.any():
            start = lowest[rows]
            curve = make(n1[rows], n2[rows], rate[rows], start, threshold, material)
            power[:, rows] = [settled(curve(np.full(int(rows.sum()), ratio))) for ratio in ratios]
            detectable[rows] = where_it_reaches(curve, target, start)
    further = exact & np.isnan(detectable) & (lowest > 0)
    if further.any():
        start = np.zeros(int(further.sum()))
        curve = _enumerated(n1[further], n2[further], rate[further], start, threshold, material)
        detectable[further] = where_it_reaches(curve, target, start)
    return EdgePower(np.clip(power, 0.0, 1.0), detectable, exact | (known & ~varies))


def _enumerated(
    n1: Floats, n2: Floats, rate: Floats, lowest: Floats, threshold: float, material: Fraction
) -> Curve:
    """Power as a function of the ratio of each row."""
    first, _ = likely(n1, lowest * rate)
    _, last = likely(n1, rate)
    ref_first, ref_last = likely(n2, rate)
    row, both = runs(first + ref_first, last + ref_last)
    most = _most_flagged(n1[row], n2[row], both.astype(np.float64), threshold, material)
    # of each number of the group: from which total on it is flagged
    ends = np.cumsum(last + ref_last - first - ref_first + 1)
    at, x1 = runs(first, last)
    steps = int(max(n1.max(), 1)) + 2
    place = np.searchsorted(most + row * steps, x1 + at * steps, side="left")
    total = np.where(place < ends[at], both[np.minimum(place, len(both) - 1)], np.iinfo(np.int64).max // 2)
    # chance that so many of the reference pass
    ref_row, x2 = runs(ref_first, ref_last)
    weight = binomial(x2, n2[ref_row], rate[ref_row])
    upward = _from_here(weight, ref_row)
    needed = np.clip(total - x1, ref_first[at], ref_last[at] + 1)
    ref_ends = np.cumsum(ref_last - ref_first + 1)
    where = ref_ends[at] - (ref_last[at] - needed) - 1
    rejected = np.where(needed <= ref_last[at], upward[np.minimum(where, len(upward) - 1)], 0.0)
    return curve_of(n1, rate, first, last, rejected)


def _most_flagged(n: Floats, ref: Floats, both: Floats, threshold: float, material: Fraction) -> Floats:
    """The most of the group who may pass and still be flagged, by how many passed in both.

    One fewer than possible where no number is flagged, so that it never falls as the total rises.
    """
    last = last_material(n, ref, both, material)
    least = np.maximum(0.0, both - ref)
    if threshold >= 1:
        return np.asarray(np.maximum(last, least - 1))
    most = least - 1
    everyone = n + ref
    mean = n * (both / everyone)
    spread = np.sqrt(mean * (1 - both / everyone) * (ref / np.maximum(everyone - 1, 1)))
    depth = max(-float(ndtri(threshold)) + 4, 7.0)
    can = last >= least
    first = np.maximum(least, np.floor(np.minimum(last, mean - depth * spread - 6)))
    for rows, cdf in lower_tails(n, ref, both, first, last, can):
        above = (cdf > threshold * (1 + 1e-9)).sum(axis=1)
        most[rows] = last[rows] - above
    return np.asarray(np.maximum(most, least - 1))


def _from_here(weight: Floats, owner: Ints) -> Floats:
    """Sums of each owner's weights from each to its last; what rounding leaves of none is none."""
    backward = np.cumsum(weight[::-1])[::-1]
    ends = np.flatnonzero(np.diff(owner, append=owner[-1] + 1))
    after = np.append(backward, 0.0)[ends + 1]
    sums: Floats = backward - after[np.cumsum(np.append(0, np.diff(owner) != 0))]
    return np.where(sums < _ROUNDING * max(float(backward[0]), 1.0), 0.0, sums)


def _approximated(
    n1: Floats, n2: Floats, rate: Floats, lowest: Floats, threshold: float, material: Fraction
) -> Curve:
    """The smaller of the chances that a gap is evident and that it is material, each as a normal variate."""
    del lowest
    everyone = n1 + n2
    z = -float(ndtri(min(threshold, 1 - 1e-15)))
    limit = float(material)

    def curve(ratio: Floats) -> Floats:
        p1 = ratio * rate
        variance1, variance2 = n1 * p1 * (1 - p1), n2 * rate * (1 - rate)
        both = n1 * p1 + n2 * rate
        spread = np.sqrt(n1 * n2 * both * (everyone - both) / (everyone**2 * (everyone - 1)))
        slope = n1 * n2 * (everyone - 2 * both) / (2 * everyone**2 * (everyone - 1) * spread)
        weight1, weight2 = n2 / everyone + z * slope, n1 / everyone - z * slope
        deviation = np.sqrt(weight1**2 * variance1 + weight2**2 * variance2)
        evident = ndtr((-z * spread - 0.5 - n1 * n2 * (p1 - rate) / everyone) / deviation)
        apart = n1 * (limit * rate - p1)
        seen = ndtr(apart / np.sqrt(variance1 + (limit * n1 / n2) ** 2 * variance2))
        return np.asarray(np.minimum(evident, seen))

    return curve
