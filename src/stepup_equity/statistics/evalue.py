"""How strong something unmeasured would have to be to explain a ratio away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


@dataclass(frozen=True, eq=False, slots=True)
class EValue:
    """E-values of a ratio.

    Attributes
    ----------
    estimate : ndarray
        For the ratio itself; 1 where it is 1 already, infinite where it is 0 or infinite.
    limit : ndarray
        For the limit of the interval nearer to 1; 1 where the interval holds 1.
    """

    estimate: Floats
    limit: Floats


def e_values(ratio: ArrayLike, low: ArrayLike, high: ArrayLike) -> EValue:
    """E-values: the association, as a ratio, that a hidden factor would need with group and with passing.

    Adjusted ratios stand beside it: 1.8 means that only something at least 1.8 times as common in one group
    and 1.8 times as good for passing, over and above all that was adjusted for, could explain the whole gap.

    Parameters
    ----------
    ratio, low, high : array_like
        Impact ratios (not odds ratios) with their intervals.

    Returns
    -------
    EValue
        NaN where the ratio is NaN.

    Raises
    ------
    StatisticError
        A negative ratio.

    References
    ----------
    VanderWeele & Ding (2017), Annals of Internal Medicine 167, 268-274.

    Examples
    --------
    >>> value = e_values(0.8, 0.65, 0.98)
    >>> print(f"{value.estimate:.2f}, limit {value.limit:.2f}")
    1.81, limit 1.16
    """
    point, below, above = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (ratio, low, high))
    )
    if (point < 0).any() or (below < 0).any():
        raise StatisticError("ratio holds a negative number; an impact ratio is 0 or more.")
    nearest = np.where(point < 1, above, below)
    with np.errstate(invalid="ignore"):
        holds_one = (below <= 1) & (above >= 1)
    return EValue(_e_value(point), np.where(holds_one, 1.0, _e_value(nearest)))


def _e_value(ratio: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        outward = np.where(ratio < 1, 1 / ratio, ratio)
        return np.where(np.isinf(outward), np.inf, outward + np.sqrt(outward * (outward - 1)))
