"""Whether an odds ratio is the same in strata so small that chi-squared cannot say."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.statistics.hypergeometric import log_choose
from stepup_equity.statistics.inputs import people
from stepup_equity.statistics.last_digits import NEAR
from stepup_equity.statistics.stratified import breslow_day, fitted_under

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Floats, Ints


SMALL: Final = 5.0
"""An expected count below this makes a stratum small."""

SHARE_OF_SMALL: Final = 0.2
"""Share of small strata from which chi-squared is not trusted."""

_LARGEST: Final = 4_000_000
"""Drawn numbers that one step may hold at once."""


@dataclass(frozen=True, slots=True)
class SameRatio:
    """Tests that the odds ratio is the same in every stratum.

    Attributes
    ----------
    statistic, p_value : ndarray
        NaN with fewer than two strata that can tell, or an odds ratio of 0 or infinity.
    df : ndarray of int
    method : ndarray of str
        ``"Breslow-Day"`` or ``"exact, drawn"``; empty where there is no test.
    """

    statistic: Floats
    p_value: Floats
    df: Ints
    method: NDArray[np.object_]


def homogeneity(
    tables: ArrayLike, *, replicates: int = 1999, seed: int = 0, asked: ArrayLike = True
) -> SameRatio:
    """Breslow-Day test with Tarone's correction; where strata are small, its exact conditional form.

    Given the margins of every stratum and how many of the group passed in all of them, the chance of each
    set of tables does not depend on the common odds ratio (Zelen 1971). Where more than a fifth of the strata
    have an expected count below 5, such sets are drawn, and p is the share of them that differ from a common
    ratio at least as much as the one seen. With 50 strata of four people the chi-squared form finds a
    difference in nearly every run where there is none.

    Parameters
    ----------
    tables : array_like, shape (..., n_strata, 2, 2)
        As for `breslow_day`.
    replicates, seed : int
        Of the drawn form.
    asked : array_like of bool
        Sets of strata whose p is wanted; of all others it is NaN.

    References
    ----------
    Breslow & Day (1980), Statistical Methods in Cancer Research I, section 4.4; Tarone (1985), Biometrika 72,
    91-95; Zelen (1971), Biometrika 58, 129-137.

    Examples
    --------
    >>> found = homogeneity([[[0, 5], [2, 3]], [[1, 4], [3, 2]], [[2, 1], [4, 1]]])
    >>> print(f"{found.statistic:.3f}, {found.method}, p {found.p_value:.2f}")
    0.985, exact, drawn, p 1.00
    """
    counts = people(tables, "tables")
    found = breslow_day(counts)
    p_value = np.where(asked, found.p_tarone, np.nan)
    method = np.where(np.isfinite(p_value), "Breslow-Day", "").astype(object)
    for at in np.ndindex(p_value.shape):
        if not np.isfinite(p_value[at]):
            continue
        strata = _telling(counts[at])
        ratio = float(np.asarray(found.odds_ratio)[at])
        expected = _expected(strata, ratio)
        if np.mean(expected.min(axis=(1, 2)) < SMALL * (1 - NEAR)) > SHARE_OF_SMALL:
            ordered, turned = _in_order(strata)
            p_value[at] = _drawn_p(ordered.tobytes(), 1 / ratio if turned else ratio, replicates, seed)
            method[at] = "exact, drawn"
    return SameRatio(found.tarone, p_value, found.df, method)


def _telling(tables: Floats) -> Floats:
    """Strata in which both groups and both outcomes occur."""
    told = (tables.sum(axis=1) > 0).all(axis=1) & (tables.sum(axis=2) > 0).all(axis=1)
    return np.asarray(tables[told], dtype=np.float64)


def _in_order(strata: Floats) -> tuple[Floats, bool]:
    """The strata in an order of their own, and whether groups changed sides.

    What is drawn is then the same whatever order strata come in and whichever group is the reference.
    """
    sides = [np.array(sorted(side.reshape(-1, 4).tolist())) for side in (strata, strata[:, ::-1])]
    turned = sides[1].tolist() < sides[0].tolist()
    return sides[int(turned)], turned


def _expected(tables: Floats, ratio: float) -> Floats:
    """Tables with these margins and the common odds ratio."""
    ours, theirs = tables.sum(axis=2).T
    passed = tables[:, :, 0].sum(axis=1)
    a = fitted_under(ratio, ours, theirs, passed)
    return np.stack(
        [np.stack([a, ours - a], axis=1), np.stack([passed - a, theirs - passed + a], axis=1)], axis=1
    )


@lru_cache(maxsize=256)
def _drawn_p(cells: bytes, ratio: float, replicates: int, seed: int) -> float:
    """Share of drawn sets at least as far from a common ratio as the one seen, itself among them.

    A report asks of the same strata for its tests and for its reserve list.
    """
    tables, rng = np.frombuffer(cells).reshape(-1, 2, 2), np.random.default_rng(seed)
    ours, theirs = tables.sum(axis=2).T
    passed = tables[:, :, 0].sum(axis=1)
    low, high = np.maximum(0.0, passed - theirs).astype(int), np.minimum(ours, passed).astype(int)
    values = [np.arange(a, b + 1) for a, b in zip(low, high, strict=True)]
    weights = [
        log_choose(n, x) + log_choose(m, t - x)
        for n, m, t, x in zip(ours, theirs, passed, values, strict=True)
    ]
    far = [_distance(x, w, ratio) for x, w in zip(values, weights, strict=True)]
    total = int(tables[:, 0, 0].sum() - low.sum())
    after = _totals(weights, total)
    seen = sum(d[int(table[0, 0]) - a] for d, table, a in zip(far, tables, low, strict=True))
    longest = max(w.size for w in weights)
    size = max(1, min(replicates, _LARGEST // longest))
    beyond = drawn = 0
    while drawn < replicates:
        now = min(size, replicates - drawn)
        left, distance = np.full(now, total), np.zeros(now)
        for k, log_weight in enumerate(weights):
            chosen = _choose(log_weight, after[k + 1], left, rng)
            distance += far[k][chosen]
            left = left - chosen
        beyond += int((distance >= seen * (1.0 - 1e-9) - 1e-12).sum())
        drawn += now
    return (1.0 + beyond) / (1.0 + replicates)


def _distance(x: Ints, log_weight: Floats, ratio: float) -> Floats:
    """Squared distance of each count from its mean under the common ratio, in variances."""
    log_chance = log_weight + x * np.log(ratio)
    chance = np.exp(log_chance - np.logaddexp.reduce(log_chance))
    mean = float(chance @ x)
    variance = float(chance @ (x - mean) ** 2)
    return np.asarray((x - mean) ** 2 / variance if variance > 0 else np.zeros(x.size), dtype=np.float64)


def _totals(weights: list[Floats], total: int) -> list[Floats]:
    """Log weight of every remaining sum up to the total, from each stratum on."""
    after = np.full(total + 1, -np.inf)
    after[0] = 0.0
    found = [after]
    for log_weight in reversed(weights):
        shifted = np.full((min(log_weight.size, total + 1), total + 1), -np.inf)
        for k in range(shifted.shape[0]):
            shifted[k, k:] = log_weight[k] + after[: total + 1 - k]
        after = np.logaddexp.reduce(shifted, axis=0)
        found.append(after)
    return found[::-1]


def _choose(log_weight: Floats, after: Floats, left: Ints, rng: np.random.Generator) -> Ints:
    """A count for one stratum, given what must still be reached in it and those behind it."""
    if after.size == 1 or not np.isfinite(after[1:]).any():  # nothing behind it: it takes what is left
        rng.random(left.size)
        return left
    there = np.bincount(left) > 0
    sums, place = np.flatnonzero(there), (np.cumsum(there) - 1)[left]
    rest = sums[:, None] - np.arange(log_weight.size)
    log_chance = np.where(rest >= 0, log_weight + after[np.maximum(rest, 0)], -np.inf)
    chance = np.exp(log_chance - log_chance.max(axis=1, keepdims=True))
    below = np.cumsum(chance, axis=1)
    draw = rng.random(left.size) * below[place, -1]
    if sums.size == 1:
        return np.asarray(np.searchsorted(below[0], draw), dtype=np.int64)
    return np.asarray((below[place] < draw[:, None]).sum(axis=1), dtype=np.int64)
