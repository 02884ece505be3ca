"""What power of two rates has in common, whatever the test: likely tables, and where it reaches a target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import xlog1py, xlogy

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.hypergeometric import log_choose
from stepup_equity.statistics.last_digits import settled
from stepup_equity.statistics.power import LARGEST_ENUMERATION
from stepup_equity.statistics.roots import bracketed_roots

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats, Ints

    Curve = Callable[[Floats], Floats]


REACH = 6.5
"""Standard deviations of each distribution that are enumerated; beyond lies 1e-10."""

_LARGE = 50.0
"""Smallest expected count from which the approximation is within 0.01 of the power."""

_MANY_CELLS = 1e6
"""Likely tables up to which rows with a smaller expected count are still enumerated."""


def check_power_wanted(ratio: float, target: float, alpha: float) -> None:
    """Refuse a ratio that is no gap, or a level or target that is none."""
    if not 0 <= ratio < 1:
        raise StatisticError(f"ratio={ratio!r} is not a gap to look for; give a ratio from 0 to below 1.")
    if not 0 < alpha < 1:
        raise StatisticError(f"alpha={alpha!r} is not between 0 and 1.")
    if not alpha < target < 1:
        raise StatisticError(f"target={target!r} must lie between alpha ({alpha!r}) and 1.")


def curve_of(n1: Floats, rate: Floats, first: Ints, last: Ints, rejected: Floats) -> Curve:
    """Power as a function of the ratio of each row, from P(reject | passed in the group).

    `rejected` holds it for `first` to `last` passed in the group of each row, end to end; so its last digits
    depend on the rows beside it.
    """
    row, x1 = runs(first, last)
    size, share = n1[row], rate[row]
    ways = log_choose(size, x1)
    starts = np.flatnonzero(np.diff(row, prepend=-1))

    def curve(ratio: Floats) -> Floats:
        p = ratio[row] * share
        return np.add.reduceat(np.exp(ways + xlogy(x1, p) + xlog1py(size - x1, -p)) * rejected, starts)

    return curve


def where_it_reaches(curve: Curve, target: float, lowest: Floats) -> Floats:
    """Root of power = target between the lowest ratio of the curve and 1; NaN where there is none."""
    ones = np.ones(lowest.shape)
    least = settled(curve(lowest)) - target
    most = settled(curve(ones)) - target
    root = bracketed_roots(lambda r: curve(r) - target, lowest, ones, at_low=least, at_high=most, rounds=60)
    return np.where((least >= 0) & (most < 0), root, np.nan)


def surely_seen(n1: Floats, n2: Floats, rate: Floats) -> Floats:
    """A ratio low enough to be seen almost surely, so that the enumeration need not go further down."""
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.sqrt(rate * (1 - rate) * (1 / n1 + 1 / n2))
        lowest = 1 - 4 * spread / rate - 2 / (n1 * rate)
    return np.where(np.isfinite(lowest), np.maximum(lowest, 0.0), 0.0)


def enumerable(n1: Floats, n2: Floats, rate: Floats, lowest: Floats) -> Bools:
    """Where every likely table can be weighed, and must be since the approximation would be off."""
    small = np.minimum(n1, n2) * np.minimum(rate, 1 - rate) < _LARGE
    spread = np.sqrt(rate * (1 - rate))
    totals = 2 * REACH * spread * np.sqrt(n1 + n2) + (1 - lowest) * n1 * rate
    tables = np.minimum(np.minimum(n1, n2), 2 * REACH * spread * np.sqrt(n1 * n2 / np.maximum(n1 + n2, 1)))
    cells = totals * tables
    return (n1 * n2 <= LARGEST_ENUMERATION) | (small & (cells <= _MANY_CELLS))


def runs(first: NDArray[np.number], last: NDArray[np.number]) -> tuple[Ints, Ints]:
    """``first[i], ..., last[i]`` end to end, and the i of each; nothing where last is below first."""
    count = np.maximum(last - first + 1, 0).astype(np.int64)
    row = np.repeat(np.arange(len(count)), count)
    return row, np.arange(len(row)) + (first.astype(np.int64) - np.cumsum(count) + count)[row]


def likely(n: Floats, rate: Floats) -> tuple[Ints, Ints]:
    """Ends of the outcomes that hold all but 1e-10 of a binomial."""
    reach = REACH * np.sqrt(n * rate * (1 - rate)) + 8
    first, last = np.maximum(0, np.floor(n * rate - reach)), np.minimum(n, np.ceil(n * rate + reach))
    return first.astype(np.int64), last.astype(np.int64)
