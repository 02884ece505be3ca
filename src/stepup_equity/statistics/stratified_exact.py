"""One comparison across strata where these are small: the exact conditional test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.hypergeometric import log_pmf
from stepup_equity.statistics.last_digits import NEAR, settled

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Floats


_ENOUGH = 5.0
"""Mantel and Fleiss's criterion: below it the chi-squared approximation does not serve."""


def stratified_p(tables: ArrayLike, p_value: ArrayLike) -> Floats:
    """Cochran-Mantel-Haenszel p-values, in small tables those of the exact conditional distribution.

    With all margins fixed, the number passed of the group is a sum of hypergeometric numbers, one for each
    stratum. The p-value is twice the smaller one-sided mid-p, as for one table. It replaces the given one
    where the sum can lie less than 5 below or above what is expected (Mantel and Fleiss's criterion).

    Parameters
    ----------
    tables : array_like of int, shape (..., n_strata, 2, 2)
        Passed and not passed of the group, then of the reference, in each stratum.
    p_value : array_like, shape (...)
        By the chi-squared approximation; NaN stays NaN.

    Returns
    -------
    ndarray of float64, shape (...)

    References
    ----------
    Mantel and Fleiss (1980), American Journal of Epidemiology 112, 129-134; Lancaster (1961), J. Am. Stat.
    Assoc. 56, 223-234.

    Examples
    --------
    One stratum is Fisher's mid-p:

    >>> stratified_p([[[0, 6], [40, 60]]], np.array(0.05)).round(4)
    np.float64(0.0533)
    """
    cells = np.asarray(tables, np.int64)
    found: Floats = np.array(p_value, np.float64)
    if cells.shape[-2:] != (2, 2) or cells.shape[:-3] != found.shape:
        raise StatisticError(
            f"tables has shape {cells.shape}, p_value {found.shape}: one p for each comparison."
        )
    flat = cells.reshape(-1, *cells.shape[-3:])
    out = found.reshape(-1)
    for i in np.flatnonzero(~np.isnan(out)):
        if _room(flat[i]) < _ENOUGH * (1 - NEAR):
            out[i] = _mid_p(flat[i])
    return out.reshape(found.shape)[()]


def _margins(strata: NDArray[np.int64]) -> tuple[NDArray[np.int64], ...]:
    """People, people of the group, and people who passed, in each stratum."""
    return strata.sum((1, 2)), strata[:, 0].sum(1), strata[:, :, 0].sum(1)


def _room(strata: NDArray[np.int64]) -> float:
    """How far the number passed of the group can lie from what is expected, on the narrower side."""
    n, group, passed = _margins(strata)
    expected = (group * passed / np.maximum(n, 1)).sum()
    least, most = np.maximum(0, group + passed - n).sum(), np.minimum(group, passed).sum()
    return float(min(expected - least, most - expected))


def _mid_p(strata: NDArray[np.int64]) -> float:
    """Twice the smaller one-sided mid-p of the number passed of the group."""
    weights, least = np.ones(1), 0
    for n, group, passed in zip(*_margins(strata), strict=True):
        low, high = max(0, group + passed - n), min(group, passed)
        chance = np.exp(log_pmf(np.arange(low, high + 1.0), *np.array([group, n - group, passed], float)))
        weights = np.convolve(weights, chance)
        least += low
    at = int(strata[:, 0, 0].sum()) - least
    here = 0.5 * weights[at]
    both_sides = 2 * min(weights[:at].sum() + here, weights[at + 1 :].sum() + here)
    return float(settled(min(1.0, both_sides)))
