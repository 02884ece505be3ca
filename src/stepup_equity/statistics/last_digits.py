"""Numbers that are a short decimal but for the last digits of a sum: 0.05000000000000036 is 0.05.

An exact p-value is a quotient of whole numbers, added up from logarithms. Where it is 1/20 its last digits
would decide on which side of 0.05 it lies, and they depend on what else was worked out beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


_DIGITS: Final = 6
"""Digits of a decimal that counts as short; thresholds have at most so many."""

NEAR: Final = 1e-12
"""Relative difference up to which a number is the short decimal beside it."""


def settled(values: ArrayLike) -> Floats:
    """Each number, or the short decimal that it misses only by its last digits.

    Parameters
    ----------
    values : array_like
        Any shape; zero, NaN and infinity stay as they are.

    Examples
    --------
    >>> settled([0.05000000000000036, 1 / 60, 0.9999999999999942]).tolist()
    [0.05, 0.016666666666666666, 1.0]
    """
    found = np.asarray(values, np.float64)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore"):
        scale = 10.0 ** (_DIGITS - np.ceil(np.log10(np.abs(found))))
        short = np.rint(found * scale) / scale
        return np.where(np.abs(short - found) <= NEAR * np.abs(found), short, found)


def level_of(confidence: float) -> float:
    """The level of the test that belongs to an interval.

    >>> 1 - 0.95, level_of(0.95)
    (0.050000000000000044, 0.05)
    """
    return float(settled(1 - confidence))
