"""Why a group's share of those who got through changed: who applied, and how each gate let people pass."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.inputs import people

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats, Ints


MOST_GATES: Final = 12
"""Every order of exchanging the gates is averaged; their number doubles with each gate."""


@dataclass(frozen=True, eq=False, slots=True)
class ShareSplit:
    """A change of shares, split exactly.

    Attributes
    ----------
    share : ndarray, shape (2, n_groups)
        Share of those at the last stage, in the earlier and the later cohort; NaN where nobody got there.
    parts : ndarray, shape (n_groups, 1 + n_gates)
        What each factor contributed: first who applied, then the pass rates of each gate. They add up to the
        change of the share.
    std_error : ndarray, shape (n_groups, 1 + n_gates)
        By the delta method.
    change, change_std_error : ndarray, shape (n_groups,)
    rates, rates_std_error : ndarray, shape (n_groups,)
        All gates together.
    borrowed : ndarray of bool, shape (n_groups, n_gates)
        Gates that nobody of a group reached in one of the cohorts: the other cohort's rate is taken for both.
    """

    share: Floats
    parts: Floats
    std_error: Floats
    change: Floats
    change_std_error: Floats
    rates: Floats
    rates_std_error: Floats
    borrowed: Bools


def share_split(reached: ArrayLike) -> ShareSplit:
    """Split the change of each group's share of the last stage: who applied, and the rates of each gate.

    The share of a group among those who got through is ``c P / Σ c P`` over groups, with c its share of those
    who applied and P the product of its pass rates. Exchanging one cohort's factor for the other's gives its
    effect, which depends on what has been exchanged before; averaged over all orders (Shapley's value) the
    effects add up to the change exactly, and no gate is favoured by coming first.

    Parameters
    ----------
    reached : array_like, shape (2, n_groups, n_stages)
        People of each group who reached each stage, the earlier cohort first.

    Returns
    -------
    ShareSplit

    Raises
    ------
    StatisticError
        Counts that grow from stage to stage, that are no whole numbers, or more than 12 gates.

    Notes
    -----
    Standard errors: delta method with binomial pass rates and Poisson numbers of applicants (a share does not
    depend on how many applied). A rate of 0 or 1 is taken as it is, so errors are small where few entered.

    References
    ----------
    Shapley (1953), Contributions to the Theory of Games 2, 307-317; Das Gupta (1993), Standardization and
    Decomposition of Rates, US Bureau of the Census P23-186, chapter 2.

    Examples
    --------
    A group's share of appointments fell from a quarter to a tenth, though as many of it applied:

    >>> split = share_split([[[100, 10], [100, 30]], [[100, 5], [100, 45]]])
    >>> print(split.share[:, 0], split.parts[0].round(3))
    [0.25 0.1 ] [ 0.   -0.15]
    """
    counts = people(reached, "reached")
    if counts.ndim != 3 or counts.shape[0] != 2 or counts.shape[2] < 2:
        raise StatisticError(
            f"reached has shape {counts.shape}; it needs two cohorts, groups, and two stages or more."
        )
    if (np.diff(counts, axis=2) > 0).any():
        raise StatisticError(
            "reached grows from one stage to the next; no more people can pass than entered."
        )
    gates = counts.shape[2] - 1
    if gates > MOST_GATES:
        raise StatisticError(f"{gates} gates are too many to try in every order; the most is {MOST_GATES}.")
    rates, variances, borrowed = _rates(counts)
    factors = np.concatenate([counts[:, :, :1], rates], axis=2)
    chosen = _choices(gates + 1)
    weight = np.ones((len(chosen), counts.shape[1]))
    for factor in range(gates + 1):
        weight = weight * factors[chosen[:, factor], :, factor]
    with np.errstate(invalid="ignore", divide="ignore"):
        share = weight / weight.sum(axis=1, keepdims=True)
        applied = np.where(counts[:, :, :1] > 0, 1.0 / counts[:, :, :1], 0.0)
    shapley = _shapley(chosen)
    whole = np.zeros((1, len(chosen)))
    whole[0, 0], whole[0, -1] = -1.0, 1.0
    every = np.concatenate([shapley, whole, shapley[1:].sum(axis=0, keepdims=True)])
    effects = every @ share
    error = _errors(every, share, chosen, np.concatenate([applied, variances], axis=2))
    return ShareSplit(
        share=share[[0, -1]],
        parts=effects[: gates + 1].T,
        std_error=error[: gates + 1].T,
        change=effects[gates + 1],
        change_std_error=error[gates + 1],
        rates=effects[gates + 2],
        rates_std_error=error[gates + 2],
        borrowed=borrowed,
    )


def _rates(counts: Floats) -> tuple[Floats, Floats, Bools]:
    """Pass rates, variances of their logs, and where one cohort's rate stands for both."""
    entered, passed = counts[:, :, :-1], counts[:, :, 1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = passed / entered
        variance = np.where(passed > 0, (entered - passed) / (entered * passed), 0.0)
    missing = entered == 0
    other = rate[::-1]
    borrowed = missing.any(axis=0)
    rate = np.where(missing, np.where(missing.all(axis=0), 0.0, other), rate)
    return rate, np.where(missing, 0.0, variance), borrowed


def _choices(factors: int) -> Ints:
    """Every way of taking each factor from the earlier (0) or the later (1) cohort; all earlier first."""
    return np.asarray(np.indices((2,) * factors).reshape(factors, -1).T, dtype=np.int64)


def _shapley(chosen: Ints) -> Floats:
    """Coefficients of the value of every choice in each factor's effect, shape (factors, choices)."""
    factors = chosen.shape[1]
    size = chosen.sum(axis=1)
    among = np.array([factorial(k) * factorial(factors - k - 1) for k in range(factors)]) / factorial(factors)
    later = chosen.T == 1
    return np.asarray(np.where(later, among[size - 1], -among[np.minimum(size, factors - 1)]))


def _errors(every: Floats, share: Floats, chosen: Ints, variances: Floats) -> Floats:
    """Delta method: the share of h moves with the log of a factor of g by share_h (1[h = g] - share_g)."""
    effects, groups = len(every), share.shape[1]
    variance = np.zeros((effects, groups))
    for factor in range(chosen.shape[1]):
        for cohort in (0, 1):
            taken = share[chosen[:, factor] == cohort]
            coefficients = every[:, chosen[:, factor] == cohort]
            own = coefficients @ taken
            mixed = np.einsum("em,mh,mg->ehg", coefficients, taken, taken)
            slope = own[:, :, None] * np.eye(groups) - mixed
            variance += (slope**2 * variances[cohort, :, factor]).sum(axis=2)
    return np.sqrt(variance)
