"""One-sided claims that a rate is materially below another, adjusted over all claims of a run at once.

Each 2 × 2 table makes two claims: the group is behind, and the reference is. A claim's p-value is
P(X <= x) with the margins given where the ratio seen is material, else 1. Since whole people give few
possible p-values, each claim can reach a small one only so often; the adjustment counts with that, where one
for continuous p-values would spend a fifth of its level.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.hypergeometric import log_pmf, upper_tail
from stepup_equity.statistics.inputs import passed_of
from stepup_equity.statistics.last_digits import settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats, Ints


FOUR_FIFTHS: Final = Fraction(4, 5)

_FLOOR: Final = 1e-16
"""p-values below this are met by every claim as often as by a continuous one."""

_UNSEEN: Final = np.log(1e-18)
"""Tables less likely than this are left out of a claim's distribution."""

_TIE: Final = 1e-9
"""Relative difference up to which two p-values of the same table, reached on two ways, are one."""

_CELLS_AT_ONCE: Final = 2**20


@dataclass(frozen=True, eq=False, slots=True)
class EdgeClaims:
    """Two claims of every table: the group is behind, the reference is behind.

    Attributes
    ----------
    p_value : ndarray, shape (2, n_tables)
        First that the group is behind, then that the reference is; NaN where one of the two is empty.
    q : ndarray, shape (2, n_tables)
        Adjusted over all claims.
    flags : int
        Claims with q at most `alpha`.
    threshold : float
        The p-value up to which one more claim would be flagged in this run; 0 where none could be.
    """

    p_value: Floats
    q: Floats
    flags: int
    threshold: float


def edge_claims(
    passed: ArrayLike,
    entered: ArrayLike,
    ref_passed: ArrayLike,
    ref_entered: ArrayLike,
    *,
    material: Fraction = FOUR_FIFTHS,
    alpha: float = 0.05,
    unseen: int = 0,
) -> EdgeClaims:
    """Test both sides of every table and adjust over all of them: one call is one run.

    Parameters
    ----------
    passed, entered, ref_passed, ref_entered : array_like, shape (n_tables,)
        Counts of the groups and of their references.
    material : Fraction
        A claim needs a ratio seen below this; compared in whole numbers, so that 40 of 100 against 50 of 100
        is not below 4/5.
    alpha : float
        Share of false flags among the flags that is allowed.
    unseen : int
        Further tables of the run whose counts are not known: their claims count as continuous ones, which can
        reach every p-value, and show nothing.

    Returns
    -------
    EdgeClaims

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, or a level outside 0 to 1.

    Notes
    -----
    With F the distribution of each p-value under equal rates and p(1) <= p(2) <= … those seen, the step-down
    of Döhler, Durand and Roquain is ``q(k) = max over j <= k of 1/j × sum of F(p(j)) / (1 - F(p(j)))``, the
    sum over all claims. It bounds the false discovery rate by `alpha` for claims that depend on each other
    only positively or not at all.

    References
    ----------
    Döhler, Durand and Roquain (2018), Electronic Journal of Statistics 12, 1867-1900.

    Examples
    --------
    10 of 43 against 389 of 920, and 2 of 10 against 117 of 389:

    >>> found = edge_claims([10, 2], [43, 10], [389, 117], [920, 389])
    >>> print(found.p_value.round(4), found.q.round(4), found.flags)
    [[0.0087 0.3851]
     [1.     1.    ]] [[0.0181 0.6995]
     [1.     1.    ]] 1
    """
    if not 0 < alpha < 1:
        raise StatisticError(f"alpha={alpha!r} is not between 0 and 1.")
    x1, n1, x2, n2 = np.broadcast_arrays(*passed_of(passed, entered), *passed_of(ref_passed, ref_entered))
    rows = x1.size
    x, n = np.concatenate([x1.ravel(), x2.ravel()]), np.concatenate([n1.ravel(), n2.ravel()])
    ref = np.concatenate([n2.ravel(), n1.ravel()])
    both = np.concatenate([(x1 + x2).ravel()] * 2)
    last = last_material(n, ref, both, material)
    p = np.where((n > 0) & (ref > 0), 1.0, np.nan)
    seen = np.flatnonzero((n > 0) & (ref > 0) & (x <= last))
    if seen.size:  # P(X <= x) is P(M - X >= M - x), summed away from the mean
        tail, _ = upper_tail((both - x)[seen], ref[seen], n[seen], both[seen])
        p[seen] = settled(np.minimum(tail, 1.0))
    family = _Family.of(n, ref, both, last, 2 * unseen)
    q = family.adjusted(p)
    flags = int((q <= alpha).sum())
    return EdgeClaims(p.reshape(2, rows), q.reshape(2, rows), flags, family.threshold(alpha * (flags + 1)))


def last_material(n: Floats, ref: Floats, both: Floats, material: Fraction) -> Floats:
    """The most of `n` who may pass for the ratio to be below `material`, by how many passed in both groups.

    >>> last_material(np.array([100.0]), np.array([100.0]), np.array([90.0]), Fraction(4, 5))
    array([39.])
    """
    above, below = material.numerator, material.denominator
    largest = int(max(float(values.max(initial=0)) for values in (n, ref, both)))
    kind = np.int64 if above * largest**2 < 2**62 else object  # whole numbers of any size
    whole, others, passed = (values.astype(np.int64).astype(kind) for values in (n, ref, both))
    # x below / (M - x) < above: x (below ref + above n) < above M n
    limit = (above * passed * whole - 1) // np.maximum(below * others + above * whole, 1)
    return np.asarray(limit, np.float64)


@dataclass(frozen=True, eq=False, slots=True)
class _Family:
    """How often the claims of a run reach each p-value if all rates are equal.

    Attributes
    ----------
    claims : int
        Claims that can be made at all.
    continuous : int
        Claims that reach every p-value.
    p_value : ndarray
        Every p-value that any claim may have, in order, each once.
    total : ndarray
        Sum of F/(1 - F) up to it, over the claims that are not continuous.
    """

    claims: int
    continuous: int
    p_value: Floats
    total: Floats

    @classmethod
    def of(cls, n: Floats, ref: Floats, both: Floats, last: Floats, continuous: int) -> _Family:
        least = np.maximum(0.0, both - ref)
        can = np.flatnonzero((n > 0) & (ref > 0) & (last >= least))
        n, ref, both, last, least = (values[can] for values in (n, ref, both, last, least))
        there = log_pmf(last, n, ref, both) >= _UNSEEN
        first = _first_seen(n, ref, both, last, least)
        values, steps = [np.empty(0)], [np.empty(0)]
        for _, cdf in lower_tails(n, ref, both, first, last, there):
            weight = cdf / (1 - cdf)
            step = np.diff(weight, axis=1, prepend=0.0)
            values.append(cdf[step > 0])
            steps.append(step[step > 0])
        p, step = np.concatenate(values), np.concatenate(steps)
        order = np.lexsort((step, p))
        p, total = p[order], np.cumsum(step[order])
        whole = np.append(p[1:] > p[:-1] * (1 + _TIE), True)[: p.size]  # claims may share a p: all or none
        return cls(len(can), continuous, p[whole], total[whole])

    def at(self, p: Floats) -> Floats:
        """Sum over all claims of F(p)/(1 - F(p))."""
        place = np.searchsorted(self.p_value, p * (1 + _TIE), side="right")
        known = np.concatenate([[0.0], self.total])[place]
        return np.where(p < _FLOOR, self.claims * p, known) + self.continuous * (p / (1 - p))

    def adjusted(self, p: Floats) -> Floats:
        """The step-down's q of every claim; equal p have equal q."""
        q = np.where(np.isnan(p), np.nan, 1.0)
        made = np.flatnonzero(p < 1)
        order = made[np.argsort(p[made], kind="stable")]
        ordered = p[order]
        rank = np.searchsorted(ordered, ordered * (1 - _TIE), side="left") + 1
        q[order] = settled(np.minimum(np.maximum.accumulate(self.at(ordered) / rank), 1.0))
        return q

    def threshold(self, most: float) -> float:
        """The largest possible p-value at which the sum is at most this.

        Where it never is more, a claim that others leave all room has at least its own p to answer for.
        """
        total = self.total + self.continuous * (self.p_value / (1 - self.p_value))
        place = int(np.searchsorted(total, most * (1 + _TIE), side="right"))
        if place == len(total):
            room = max(most - (self.total[-1] if place else 0.0), 0.0) if self.continuous else most
            return float(room / (max(self.continuous, 1) + room))
        return float(self.p_value[place - 1]) if place else 0.0


def _first_seen(n: Floats, ref: Floats, both: Floats, last: Floats, least: Floats) -> Floats:
    """The least number passed that is likely enough to count, by halving between `least` and `last`."""
    low, high = np.minimum(least, last) - 1, last.copy()
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        seen = log_pmf(np.maximum(middle, least), n, ref, both) >= _UNSEEN
        halve = high - low > 1
        high, low = np.where(halve & seen, middle, high), np.where(halve & ~seen, middle, low)
    return high


def _alike(width: Floats) -> list[Ints]:
    """Claims with windows of like width together, a bounded number of tables at a time."""
    order = np.argsort(width, kind="stable")
    parts, done = [], 0
    while done < len(order):
        end = int(np.searchsorted(width[order], 1.5 * width[order[done]] + 8, side="right"))
        end = min(end, done + max(1, int(_CELLS_AT_ONCE / width[order[end - 1]])))
        parts.append(order[done:end])
        done = end
    return parts


def lower_tails(
    n: Floats, ref: Floats, both: Floats, first: Floats, last: Floats, there: Bools
) -> Iterator[tuple[Ints, Floats]]:
    """P(X <= x) for every x from `first` or before to `last`, a few claims at a time.

    Yields the claims, and their probabilities, shape (n_claims, width), the last column that of `last`; 0
    before the first possible number. Mass below `first` is left out. Each table is
    ``x (ref - M + x) / ((n - x + 1)(M - x + 1))`` times as likely one below x as at x.
    """
    rows = np.flatnonzero(there)
    width = (last - first)[rows] + 1
    for part in _alike(width):
        at = rows[part]
        m, k, total, end = (values[at, None] for values in (n, ref, both, last))
        x = end - np.arange(int(width[part].max()) - 1)
        ratios = np.maximum(x, 0) * np.maximum(k - total + x, 0) / ((m - x + 1) * (total - x + 1))
        top = np.exp(log_pmf(last[at], n[at], ref[at], both[at]))[:, None]
        weight = np.hstack([top, top * np.cumprod(ratios, axis=1)])
        yield at, np.cumsum(weight[:, ::-1], axis=1)
