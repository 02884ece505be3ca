"""Partial pooling: what a small group's rate looks like when the other groups are allowed to speak."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import digamma, gammaln, logit, zeta

from stepup_equity.statistics.inputs import normal_quantile, passed_of
from stepup_equity.statistics.intervals import Interval

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


_SIZE = np.linspace(0.0, 18.0, 91)
"""Grid of log(alpha + beta): a prior worth one person to one worth 66 million."""

_STEPS, _POINTS = 7.0, 33
"""Grid of logit(alpha / (alpha + beta)): approximate standard deviations either way, and points."""


@dataclass(frozen=True, eq=False, slots=True)
class PartialPooling:
    """Posterior of each group's rate under a prior that all groups share.

    Attributes
    ----------
    log_rate, log_rate_variance : ndarray, shape (n_groups,)
        Posterior mean and variance of the log of each rate.
    log_ratio, log_ratio_variance : ndarray, shape (n_groups,)
        The same of its difference from the reference's; 0 for the reference itself.
    prior_rate, prior_size : float
        Posterior mean of the prior's rate, and the posterior median of how many people the prior is worth.
    """

    log_rate: Floats
    log_rate_variance: Floats
    log_ratio: Floats
    log_ratio_variance: Floats
    prior_rate: float
    prior_size: float

    def ratio(self, confidence: float = 0.95) -> Interval:
        """Ratio to the reference with a normal interval on the log scale."""
        reach = normal_quantile(confidence) * np.sqrt(self.log_ratio_variance)
        return Interval(
            np.exp(self.log_ratio), np.exp(self.log_ratio - reach), np.exp(self.log_ratio + reach)
        )


def log_marginal_likelihood(
    passed: ArrayLike, entered: ArrayLike, alpha: ArrayLike, beta: ArrayLike
) -> Floats:
    """Log likelihood of a beta prior's parameters when the rates are integrated out.

    Parameters
    ----------
    passed, entered : array_like, shape (n_groups,)
        Successes and trials.
    alpha, beta : array_like, shape (...)
        Parameters of the prior that the groups share.

    Returns
    -------
    ndarray, shape (...)
        Without the binomial coefficients, which do not depend on the parameters.

    References
    ----------
    Gelman, Carlin, Stern, Dunson, Vehtari and Rubin (2013), Bayesian Data Analysis, third edition,
    equation 5.8.

    Examples
    --------
    >>> print(log_marginal_likelihood([1, 3], [4, 4], 1.0, 1.0).round(4))
    -5.9915
    """
    x, n = passed_of(passed, entered)
    a = np.asarray(alpha, dtype=np.float64)[..., None]
    b = np.asarray(beta, dtype=np.float64)[..., None]
    gained = (
        gammaln(a + x) - gammaln(a) + gammaln(b + n - x) - gammaln(b) + gammaln(a + b) - gammaln(a + b + n)
    )
    return np.asarray(gained.sum(axis=-1))


def partial_pooling(passed: ArrayLike, entered: ArrayLike, reference: int) -> PartialPooling:
    """Rates of several groups at one gate, each drawn towards the others as far as its size demands.

    Five of 10 people is weak evidence of a rate of one half when all other groups pass at one in five. A
    beta prior is learned from all groups together; its uncertainty is integrated over rather than
    estimated, so that few groups give wide intervals. The prior is never more diffuse than Jeffreys'
    (both parameters 1/2 or more): with a handful of groups the data alone would allow rates at 0 and 1.
    This is a second opinion about size, not a test: small groups with a true gap are drawn towards
    the rest as well.

    Parameters
    ----------
    passed, entered : array_like, shape (n_groups,)
        People of each group at one gate.
    reference : int
        Position of the reference among the groups.

    Returns
    -------
    PartialPooling
        NaN throughout where fewer than three groups entered, or nobody passed, or everybody did: the data
        then say nothing about how groups differ. NaN for a group nobody of which entered, and for all
        ratios where nobody of the reference entered.

    Raises
    ------
    StatisticError
        Where more passed than entered, or a count is not a whole number from 0 up.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, third edition, section 5.3 (prior: equation 5.9).

    Examples
    --------
    >>> pooled = partial_pooling([40, 18, 1], [100, 50, 10], reference=0)
    >>> print(pooled.ratio().estimate.round(2))
    [1.   0.92 0.56]

    The crude ratios are 0.9 and 0.25: one person of ten is drawn far towards the others.
    """
    x, n = passed_of(passed, entered)
    there = n > 0
    if there.sum() < 3 or x.sum() == 0 or x.sum() == n.sum():
        missing = np.full(len(x), np.nan)
        return PartialPooling(missing, missing, missing, missing, np.nan, np.nan)
    alpha, beta, weight = _hyperparameters(x[there], n[there])
    a, b = alpha[..., None] + x, beta[..., None] + n - x
    log_rate = digamma(a) - digamma(a + b)
    variance = zeta(2.0, a) - zeta(2.0, a + b)
    ratio = log_rate - log_rate[..., [reference]]
    ratio_variance = variance + variance[..., [reference]]
    ratio_variance[..., reference] = 0.0
    absent = np.where(there, 0.0, np.nan)
    size_weight = weight.sum(axis=1)
    middle = int(np.searchsorted(np.cumsum(size_weight), 0.5))
    mean, total = _mixture(log_rate, variance, weight)
    mean_ratio, total_ratio = _mixture(ratio, ratio_variance, weight)
    return PartialPooling(
        log_rate=mean + absent,
        log_rate_variance=total + absent,
        log_ratio=mean_ratio + absent + absent[reference],
        log_ratio_variance=total_ratio + absent + absent[reference],
        prior_rate=float((weight * alpha / (alpha + beta)).sum()),
        prior_size=float(np.exp(_SIZE[middle])),
    )


def _hyperparameters(x: Floats, n: Floats) -> tuple[Floats, Floats, Floats]:
    """Grid of (alpha, beta) and its posterior weights, shape (sizes, rates)."""
    size = np.exp(_SIZE)
    correlation = 1.0 / (size + 1.0)
    information = n / (1.0 + (n - 1.0) * correlation[:, None])  # people each group is worth at this size
    rate = (information * (x + 0.5) / (n + 1.0)).sum(axis=1) / information.sum(axis=1)
    spread = 1.0 / np.sqrt(information.sum(axis=1) * rate * (1.0 - rate))
    # alpha and beta are 1/2 or more: for each size the grid of rates ends there, on the point
    limit = -logit(np.minimum(0.5 / size, 0.5))
    centre = logit(rate)
    first, last = (np.clip(centre + side * _STEPS * spread, -limit, limit) for side in (-1.0, 1.0))
    place = np.linspace(0.0, 1.0, _POINTS)
    at = first[:, None] + (last - first)[:, None] * place
    mean = 1.0 / (1.0 + np.exp(-at))
    alpha, beta = size[:, None] * mean, size[:, None] * (1.0 - mean)
    # equation 5.9 gives the density in (alpha, beta); the rest is the Jacobian of (logit mean, log size)
    log_density = (
        log_marginal_likelihood(x, n, alpha, beta) - 2.5 * _SIZE[:, None] + np.log(alpha) + np.log(beta)
    )
    trapezoid = np.where((place == 0.0) | (place == 1.0), 0.5, 1.0)
    weight = np.exp(log_density - log_density.max()) * trapezoid * (last - first)[:, None]
    return alpha, beta, weight / weight.sum()


def _mixture(mean: Floats, variance: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of a mixture over the grid, by the law of total variance."""
    w = weight[..., None]
    overall = (w * mean).sum(axis=(0, 1))
    return overall, (w * (variance + (mean - overall) ** 2)).sum(axis=(0, 1))
