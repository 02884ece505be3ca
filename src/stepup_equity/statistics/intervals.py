"""The one shape every estimate with an interval comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from stepup_equity.arrays import Bools, Floats


@dataclass(frozen=True, eq=False, slots=True)
class Interval:
    """An estimate with a two-sided interval.

    Attributes
    ----------
    estimate, low, high : ndarray
        All of one shape, ``(n_groups,)`` or ``(n_groups, n_gates)`` as a rule.
        ``low <= estimate <= high``; NaN where the estimate is not defined, such as a rate of nobody.
    """

    estimate: Floats
    low: Floats
    high: Floats


def around(estimate: Floats, low: Floats, high: Floats, known: Bools) -> Interval:
    """Limits that hold their estimate to the last digit; NaN where it is not known."""
    return Interval(
        estimate,
        np.where(known, np.fmin(low, estimate), np.nan),
        np.where(known, np.fmax(high, estimate), np.nan),
    )


def log_normal(ratio: Floats, variance: Floats, z: float) -> Interval:
    """The interval of a ratio from the variance of its log; no limits where that is 0 or not finite."""
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.exp(z * np.sqrt(variance))
        computable = np.isfinite(spread) & (variance > 0)
        return Interval(
            ratio,
            np.where(computable, ratio / spread, np.nan),
            np.where(computable, ratio * spread, np.nan),
        )
