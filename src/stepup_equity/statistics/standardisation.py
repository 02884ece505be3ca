"""Rates of groups that applied to different places, as if they had applied to the same ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import passed_of
from stepup_equity.statistics.proportions import wilson_interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


@dataclass(frozen=True, eq=False, slots=True)
class StandardisedRate:
    """Standardised rates.

    Attributes
    ----------
    rate : ndarray, shape (n_groups,)
        NaN where a group has nobody in a stratum that carries weight.
    crude : ndarray, shape (n_groups,)
        Passed / entered over all strata.
    std_error : ndarray, shape (n_groups,)
        Of `rate`, from the binomial variance in each stratum; 0 where all strata have rates of 0 or 1.
    low, high : ndarray, shape (n_groups,)
        Limits put together from Wilson's score limits in each stratum: none of 21 leaves room above 0.
    """

    rate: Floats
    crude: Floats
    std_error: Floats
    low: Floats
    high: Floats


def direct_standardised_rate(
    passed: ArrayLike,
    entered: ArrayLike,
    weights: ArrayLike | None = None,
    *,
    confidence: float = 0.95,
) -> StandardisedRate:
    """Directly standardised rates: each group's stratum rates, weighted as all applicants are spread.

    Answers "what if every group had applied to the same regions?". A Mantel-Haenszel ratio answers a
    narrower question but needs nobody in every stratum.

    Parameters
    ----------
    passed, entered : array_like, shape (n_groups, n_strata)
        Counts.
    weights : array_like, shape (n_strata,), optional
        Weight of each stratum; all groups' entrants together unless given.
    confidence : float
        Level of the limits.

    Returns
    -------
    StandardisedRate
        One rate per group.

    Raises
    ------
    StatisticError
        More passed than entered, a count that is not a whole number, weights that are negative, all zero or
        of the wrong number.

    References
    ----------
    Fleiss, Levin & Paik (2003), Statistical Methods for Rates and Proportions, section 19.2; Zou & Donner
    (2008), Statistics in Medicine 27, 1693-1702, for limits of sums from limits of their parts.

    Examples
    --------
    Two groups, two regions; the gap is one of where they applied:

    >>> direct_standardised_rate([[8, 10], [40, 2]], [[10, 50], [50, 10]]).rate
    array([0.5, 0.5])

    None of 21 in one stratum has Wilson's own limits:

    >>> none = direct_standardised_rate([[35], [0]], [[75], [21]])
    >>> float(none.low[1]), float(none.high[1].round(4))
    (0.0, 0.1546)
    """
    x, n = passed_of(passed, entered)
    if x.ndim != 2:
        raise StatisticError(f"passed has shape {x.shape}; it needs groups by strata.")
    weight = n.sum(axis=0) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != x.shape[1:] or not (weight >= 0).all() or not weight.sum() > 0:
        raise StatisticError(
            f"weights must be {x.shape[1]} numbers, one for each stratum, none negative and not all zero."
        )
    share = weight / weight.sum()
    counted = share > 0
    x_in, n_in, share = x[:, counted], n[:, counted], share[counted]
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = x_in / n_in
        error = np.sqrt((share**2 * rates * (1 - rates) / n_in).sum(axis=1))
        crude = x.sum(axis=1) / n.sum(axis=1)
        limits = wilson_interval(x_in, n_in, confidence=confidence)
        rate = (share * rates).sum(axis=1)
        below = np.sqrt((share**2 * (rates - limits.low) ** 2).sum(axis=1))
        above = np.sqrt((share**2 * (limits.high - rates) ** 2).sum(axis=1))
    return StandardisedRate(rate, crude, error, np.maximum(rate - below, 0.0), np.minimum(rate + above, 1.0))
