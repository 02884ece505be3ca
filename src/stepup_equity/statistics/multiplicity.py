"""Many tests at once: p-values adjusted within a declared family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from stepup_equity.errors import StatisticError, did_you_mean, listed
from stepup_equity.statistics.last_digits import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


AdjustMethod = Literal["holm", "hochberg", "hommel", "bonferroni", "BH", "BY", "none"]


def adjust(p_values: ArrayLike, method: AdjustMethod = "holm") -> Floats:
    """p-values adjusted for the number of tests in their family.

    The whole array is one family. Holm controls the chance of any false alarm and needs no assumption; BH
    (Benjamini-Hochberg) controls the share of false alarms among the alarms and finds more.

    Parameters
    ----------
    p_values : array_like
        Any shape. NaN is a test that was not made: it stays NaN and does not count.
    method : {"holm", "hochberg", "hommel", "bonferroni", "BH", "BY", "none"}
        BY is BH for tests that depend on each other in any way.

    Returns
    -------
    ndarray
        In the shape of `p_values`, at most 1.

    Raises
    ------
    StatisticError
        A p-value outside [0, 1], or an unknown method.

    References
    ----------
    Holm (1979), Scand. J. Stat. 6, 65-70; Hochberg (1988), Biometrika 75, 800-802; Hommel (1988), Biometrika
    75, 383-386; Benjamini & Hochberg (1995), J. R. Stat. Soc. B 57, 289-300; Benjamini & Yekutieli (2001),
    Annals of Statistics 29, 1165-1188. Wright (1992), Biometrics 48, 1005-1013, for the adjusted values.

    Examples
    --------
    >>> adjust([0.01, 0.04, float("nan"), 0.03], "holm")
    array([0.03, 0.06,  nan, 0.06])
    """
    p = np.asarray(p_values, dtype=np.float64)
    if method not in _METHODS:
        raise StatisticError(
            f"method={method!r} is not a way to adjust p-values. Possible: {listed(_METHODS)}."
            f"{did_you_mean(str(method), _METHODS)}"
        )
    made = ~np.isnan(p)
    tested = p[made]
    if ((tested < 0) | (tested > 1)).any():
        raise StatisticError(f"p_values holds {tested[(tested < 0) | (tested > 1)][0]:g}, outside 0 to 1.")
    adjusted = np.full(p.shape, np.nan)
    if tested.size:
        order = np.argsort(tested, kind="stable")
        result = np.empty(tested.size)
        result[order] = np.minimum(_METHODS[method](tested[order]), 1.0)
        adjusted[made] = settled(result)
    return adjusted


def _holm(p: Floats) -> Floats:
    return np.maximum.accumulate(p * np.arange(p.size, 0, -1))


def _hochberg(p: Floats) -> Floats:
    return _least_from_here(p * np.arange(p.size, 0, -1))


def _bonferroni(p: Floats) -> Floats:
    return p * p.size


def _benjamini_hochberg(p: Floats) -> Floats:
    return _least_from_here(p * (p.size / np.arange(1, p.size + 1)))


def _benjamini_yekutieli(p: Floats) -> Floats:
    ranks = np.arange(1, p.size + 1)
    return _least_from_here(p * (np.sum(1 / ranks) * p.size / ranks))


def _hommel(p: Floats) -> Floats:
    """Wright's algorithm (his appendix); quadratic in the number of tests."""
    n = p.size
    ranks = np.arange(1, n + 1)
    q = np.full(n, np.min(n * p / ranks))
    adjusted = q.copy()
    for m in range(n - 1, 1, -1):
        first, rest = slice(0, n - m + 1), slice(n - m + 1, n)
        smallest = np.min(m * p[rest] / np.arange(2, m + 1))
        q[first] = np.minimum(m * p[first], smallest)
        q[rest] = q[n - m]
        adjusted = np.maximum(adjusted, q)
    return np.maximum(adjusted, p)


def _least_from_here(values: Floats) -> Floats:
    return np.minimum.accumulate(values[::-1])[::-1]


_METHODS: dict[str, Callable[[Floats], Floats]] = {
    "holm": _holm,
    "hochberg": _hochberg,
    "hommel": _hommel,
    "bonferroni": _bonferroni,
    "BH": _benjamini_hochberg,
    "BY": _benjamini_yekutieli,
    "none": np.copy,
}
