"""The one shape every estimate with an interval comes in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats


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
