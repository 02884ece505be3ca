"""What every statistic asks of the numbers it is handed: whole people, no more passed than entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from stepup_equity.errors import StatisticError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


def people(values: ArrayLike, name: str) -> Floats:
    """Counts of people as floats; NaN stays NaN, anything else must be a whole number from 0 up.

    Parameters
    ----------
    values : array_like
        Counts; any shape.
    name : str
        The argument's name, for the sentence of the error.

    Returns
    -------
    ndarray of float64
        Exact for counts up to 2**53.

    Raises
    ------
    StatisticError
        A negative or fractional count.

    Examples
    --------
    >>> people([3, 0], "passed")
    array([3., 0.])
    """
    counts = np.asarray(values, dtype=np.float64)
    wrong = (counts < 0) | (counts != np.floor(counts)) | np.isinf(counts)
    wrong &= ~np.isnan(counts)
    if wrong.any():
        found = counts[wrong].ravel()[0]
        raise StatisticError(
            f"{name} holds {found:g}, which is not a count of people. Counts are whole numbers, 0 or more."
        )
    return counts


def passed_of(passed: ArrayLike, entered: ArrayLike) -> tuple[Floats, Floats]:
    """Passed and entered, checked against each other and broadcast to one shape.

    Parameters
    ----------
    passed, entered : array_like
        Counts; shapes that broadcast.

    Returns
    -------
    tuple of ndarray
        Both as float64 in the common shape.

    Raises
    ------
    StatisticError
        More passed than entered, or shapes that don't fit.

    Examples
    --------
    >>> passed_of([3, 0], 10)
    (array([3., 0.]), array([10., 10.]))
    """
    x, n = people(passed, "passed"), people(entered, "entered")
    try:
        x, n = np.broadcast_arrays(x, n)
    except ValueError:
        raise StatisticError(
            f"passed has shape {x.shape} and entered has shape {n.shape}; the two must fit together."
        ) from None
    more = x > n
    if more.any():
        raise StatisticError(
            f"passed={x[more].ravel()[0]:.0f} of entered={n[more].ravel()[0]:.0f}: "
            "no more people can pass a gate than entered it."
        )
    return x, n


def two_groups(
    passed: ArrayLike, entered: ArrayLike, ref_passed: ArrayLike, ref_entered: ArrayLike
) -> tuple[Floats, Floats, Floats, Floats]:
    """Counts of groups and of their references, each checked by `passed_of`, broadcast to one shape.

    Raises
    ------
    StatisticError
        As `passed_of`, and groups and references whose shapes don't fit.

    Examples
    --------
    >>> two_groups([3, 0], 10, 5, 20)[2]
    array([5., 5.])
    """
    x1, n1 = passed_of(passed, entered)
    x2, n2 = passed_of(ref_passed, ref_entered)
    try:
        x1, n1, x2, n2 = np.broadcast_arrays(x1, n1, x2, n2)
    except ValueError:
        raise StatisticError(
            f"passed has shape {x1.shape} and ref_passed has shape {x2.shape}; the two must fit together."
        ) from None
    return x1, n1, x2, n2


def normal_quantile(confidence: float) -> float:
    """Two-sided normal quantile, 1.96 for 95 %.

    Raises
    ------
    StatisticError
        A confidence outside (0, 1), such as 95 for 95 %.

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96
    """
    if not 0 < confidence < 1:
        raise StatisticError(
            f"confidence={confidence!r} is not between 0 and 1. Write 0.95 for a 95 % interval."
        )
    return float(-ndtri((1 - confidence) / 2))


def positive_count(value: int, name: str) -> int:
    """A whole number from 1 up, such as a number of replicates.

    Raises
    ------
    StatisticError
        Zero, a negative or a fractional number.

    Examples
    --------
    >>> positive_count(999, "replicates")
    999
    """
    if value != int(value) or value < 1:
        raise StatisticError(f"{name}={value!r} must be a whole number, 1 or more.")
    return int(value)
