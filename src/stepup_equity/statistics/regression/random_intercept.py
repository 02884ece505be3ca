"""Logistic regression with a random intercept: partnerships, centres, crossed characteristics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import linalg
from scipy.special import chdtri, logsumexp, ndtr, ndtri

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.fits import fit_logistic
from stepup_equity.statistics.regression.likelihood import checked_counts, inner, probabilities

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.design import CodedDesign

    Ints = NDArray[np.intp]


_LATENT_VARIANCE = np.pi**2 / 3.0
"""Variance of the standard logistic distribution."""

_ZERO_SD = 1e-4
"""A standard deviation below this is the boundary: no difference between clusters was found."""


@dataclass(frozen=True, eq=False)
class RandomInterceptFit:
    """Fixed coefficients, and how much clusters differ beyond them.

    Attributes
    ----------
    coef, std_error : ndarray, shape (n_columns,)
        Given the cluster, so further from 0 than population-averaged ones.
    covariance : ndarray, shape (n_columns, n_columns)
    sd : float
        Standard deviation of the intercepts between clusters, in log odds; 0 at the boundary.
    cluster_effect, cluster_effect_se : ndarray, shape (n_clusters,)
        Shrunken intercepts (conditional modes) and their conditional standard deviations; clusters
        in the order of their codes.
    log_likelihood : float
        Marginal, per person.
    null_variance_statistic, null_variance_p : float
        Likelihood-ratio test of no variance; p is half the chi-squared tail, since a variance cannot be
        negative (Self and Liang 1987).
    quadrature_points : int
        1 is Laplace's approximation.
    converged : bool
    fitted : ndarray, shape (n_rows,)
        Pass rate of each row with its cluster's shrunken intercept.
    sd_low, sd_high : float
        Limits of the standard deviation along its profile likelihood; NaN unless they were asked for.
    """

    coef: Floats
    std_error: Floats
    covariance: Floats
    sd: float
    cluster_effect: Floats
    cluster_effect_se: Floats
    log_likelihood: float
    null_variance_statistic: float
    null_variance_p: float
    quadrature_points: int
    converged: bool
    fitted: Floats
    sd_low: float = float("nan")
    sd_high: float = float("nan")

    @property
    def variance(self) -> float:
        """Variance of the intercepts."""
        return self.sd**2

    @property
    def vpc(self) -> float:
        """Share of the latent variance that lies between clusters, ``variance / (variance + pi^2 / 3)``.

        Also called the intraclass correlation (Goldstein, Browne and Rasbash 2002).
        """
        return self.variance / (self.variance + _LATENT_VARIANCE)

    @property
    def median_odds_ratio(self) -> float:
        """Median odds ratio of two clusters picked at random, larger over smaller (Larsen and Merlo 2005)."""
        return float(np.exp(np.sqrt(2.0) * self.sd * ndtri(0.75)))


@dataclass(frozen=True, eq=False)
class Maihda:
    """Crossed characteristics as clusters: how much they differ, and how much of it is additive.

    Attributes
    ----------
    null, main : RandomInterceptFit
        Random intercept alone; with the characteristics' main effects beside it.
    strata : int
        Crossed groups with people.
    """

    null: RandomInterceptFit
    main: RandomInterceptFit
    strata: int

    @property
    def vpc_null(self) -> float:
        """Share of the latent variance that lies between crossed groups."""
        return self.null.vpc

    @property
    def vpc_main(self) -> float:
        """The same once main effects are held equal: what is left for interaction."""
        return self.main.vpc

    @property
    def pcv(self) -> float:
        """Share of the variance between crossed groups that main effects explain; NaN where there is none."""
        if self.null.variance == 0.0:
            return float("nan")
        return (self.null.variance - self.main.variance) / self.null.variance


def fit_random_intercept(
    design: CodedDesign,
    successes: ArrayLike,
    trials: ArrayLike,
    clusters: ArrayLike,
    *,
    quadrature_points: int = 1,
    sd_confidence: float | None = None,
) -> RandomInterceptFit:
    """Fit a logistic regression in which clusters differ by a normal random intercept.

    The integral over each cluster's intercept is Laplace's approximation at its mode, as `lme4::glmer` does
    by default, or adaptive Gauss-Hermite quadrature around it. Standard errors come from the Hessian over
    coefficients and standard deviation together.

    Parameters
    ----------
    design : CodedDesign
        Rows must not straddle clusters: count people by pattern and cluster.
    successes, trials : array_like, shape (n_rows,)
    clusters : array_like of int, shape (n_rows,)
        Codes 0, 1, ...; a code nobody has counts as a cluster of its own with effect 0.
    quadrature_points : int
        1 for Laplace; 9 or more where clusters are small.
    sd_confidence : float, optional
        Level of an interval for the standard deviation; none by default, since it takes some fits more.

    Raises
    ------
    StatisticError
        Fewer than two clusters with people, or what `fit_logistic` refuses.

    References
    ----------
    Breslow, N. E. and Clayton, D. G. (1993). Approximate inference in generalized linear mixed models.
    Journal of the American Statistical Association 88, 9-25.
    Pinheiro, J. C. and Chao, E. C. (2006). Efficient Laplacian and adaptive Gaussian quadrature algorithms
    for multilevel generalized linear mixed models. Journal of Computational and Graphical Statistics 15,
    58-81.

    Examples
    --------
    Four centres, 100 people each:

    >>> from stepup_equity.statistics.regression import CodedDesign, fit_random_intercept, intercept
    >>> fit = fit_random_intercept(CodedDesign.of([intercept(4)]), [30, 50, 40, 60], [100] * 4, [0, 1, 2, 3])
    >>> round(fit.sd, 2), fit.cluster_effect.round(2)
    (0.42, array([-0.5 ,  0.17, -0.16,  0.5 ]))
    """
    from scipy.optimize import minimize

    s, m = checked_counts(successes, trials, design.n_rows)
    cluster = np.asarray(clusters, dtype=np.intp)
    if np.unique(cluster[m > 0]).size < 2:
        raise StatisticError("A random intercept needs at least 2 clusters with people.")
    if quadrature_points < 1:
        raise StatisticError(f"quadrature_points is a positive number of nodes; found {quadrature_points}.")
    model = _Model(design, s, m, cluster, int(cluster.max()) + 1, quadrature_points)
    pooled = fit_logistic(design, s, m)
    if not pooled.proven_finite:
        raise StatisticError(
            "A group has no passes or no failures (separation), so the coefficients have no finite estimate. "
            "Merge such groups or leave them out of a random-intercept model."
        )
    whitener = np.asarray(linalg.cholesky(pooled.covariance, lower=True), dtype=np.float64)

    def objective(position: Floats) -> tuple[float, Floats]:
        value, slope = model.at(pooled.coef + whitener @ position[:-1], float(position[-1]))
        return -value, -np.append(whitener.T @ slope[:-1], slope[-1])

    found = minimize(
        objective, np.append(np.zeros(pooled.coef.size), 0.5), jac=True, method="BFGS", options={"gtol": 1e-6}
    )
    coef, sd = pooled.coef + whitener @ found.x[:-1], abs(float(found.x[-1]))
    if sd < _ZERO_SD:
        coef, sd = pooled.coef, 0.0
    value, slope = model.at(coef, sd)
    covariance = pooled.covariance if sd == 0.0 else _covariance(model, coef, sd, pooled.std_error)
    mode = model.modes(design.linear_predictor(coef), sd)
    statistic = max(0.0, 2.0 * (value - pooled.log_likelihood))
    limits = _NO_LIMITS
    if sd_confidence is not None:
        limits = _sd_limits(model, pooled.coef, whitener, sd, value, sd_confidence)
    flat = np.abs(np.append(whitener.T @ slope[:-1], slope[-1])).max()
    return RandomInterceptFit(
        coef,
        np.sqrt(np.diag(covariance)),
        covariance,
        sd,
        sd * mode.effect,
        sd / np.sqrt(mode.precision),
        value,
        statistic,
        0.5 * float(2.0 * ndtr(-np.sqrt(statistic))) if statistic > 0 else 1.0,
        quadrature_points,
        bool(flat < 1e-3),
        probabilities(design.linear_predictor(coef) + sd * mode.effect[cluster]).passing,
        *limits,
    )


_NO_LIMITS = (float("nan"), float("nan"))


def _sd_limits(
    model: _Model, coef: Floats, whitener: Floats, sd: float, value: float, confidence: float
) -> tuple[float, float]:
    """Where the likelihood, largest over the coefficients, has fallen as far as a test would reject.

    The lower limit is 0 where no difference between clusters is not rejected.
    """
    from scipy.optimize import brentq, minimize

    target = value - 0.5 * float(chdtri(1.0, 1.0 - confidence))
    start = np.zeros(coef.size)

    def above(at: float) -> float:
        nonlocal start

        def objective(position: Floats) -> tuple[float, Floats]:
            height, slope = model.at(coef + whitener @ position, at)
            return -height, -(whitener.T @ slope[:-1])

        found = minimize(objective, start, jac=True, method="BFGS", options={"gtol": 1e-5})
        start = found.x
        return float(-found.fun) - target

    low = 0.0 if sd == 0.0 or above(0.0) >= 0 else float(brentq(above, 0.0, sd, xtol=1e-4))
    high = max(2.0 * sd, 0.25)
    for _ in range(12):
        if above(high) < 0:
            return low, float(brentq(above, sd, high, xtol=1e-4))
        high *= 2.0
    return low, float("nan")


def maihda(
    null_design: CodedDesign,
    main_design: CodedDesign,
    successes: ArrayLike,
    trials: ArrayLike,
    strata: ArrayLike,
    *,
    quadrature_points: int = 1,
) -> Maihda:
    """Multilevel analysis of individual heterogeneity: crossed groups as clusters, shrunk to each other.

    In a table of gender by ethnicity by age the highest and lowest rates are mostly those of the smallest
    groups, by chance. Here every crossed group keeps its rate as far as its numbers support it; the null
    model says how much crossed groups differ at all, the second how much of that the separate characteristics
    explain.

    Parameters
    ----------
    null_design, main_design : CodedDesign
        Intercept (and anything to be held equal throughout); with the characteristics' main effects.
    successes, trials : array_like, shape (n_rows,)
    strata : array_like of int, shape (n_rows,)
        Crossed group of each row.
    quadrature_points : int
        As for `fit_random_intercept`.

    References
    ----------
    Evans, C. R., Williams, D. R., Onnela, J.-P. and Subramanian, S. V. (2018). A multilevel approach to
    modeling health inequalities at the intersection of multiple social identities. Social Science and
    Medicine 203, 64-73.
    """
    _, m = checked_counts(successes, trials, null_design.n_rows)
    labels, code = np.unique(np.asarray(strata), return_inverse=True)
    code = np.asarray(code, dtype=np.intp).ravel()
    fits = [
        fit_random_intercept(design, successes, trials, code, quadrature_points=quadrature_points)
        for design in (null_design, main_design)
    ]
    people = np.bincount(code, m, labels.size)
    return Maihda(fits[0], fits[1], int((people > 0).sum()))


@dataclass(frozen=True, slots=True)
class _Modes:
    effect: Floats
    precision: Floats


@dataclass(frozen=True, eq=False)
class _Model:
    """The marginal likelihood; intercepts are ``sd * u`` with u standard normal."""

    design: CodedDesign
    successes: Floats
    trials: Floats
    cluster: Ints
    n_clusters: int
    points: int

    def sums(self, rows: Floats) -> Floats:
        """Totals of row quantities by cluster."""
        return np.asarray(np.bincount(self.cluster, rows, self.n_clusters), dtype=np.float64)

    def modes(self, fixed: Floats, sd: float) -> _Modes:
        """Most likely u of each cluster, by Newton steps on a concave function."""
        u = np.zeros(self.n_clusters)
        for _ in range(100):
            p = probabilities(fixed + sd * u[self.cluster])
            precision = 1.0 + sd**2 * self.sums(self.trials * p.passing * p.failing)
            step = (sd * self.sums(self.successes - self.trials * p.passing) - u) / precision
            u = u + np.clip(step, -2.0, 2.0)
            if np.abs(step).max(initial=0.0) < 1e-12:
                break
        p = probabilities(fixed + sd * u[self.cluster])
        return _Modes(u, 1.0 + sd**2 * self.sums(self.trials * p.passing * p.failing))

    def at(self, coef: Floats, sd: float) -> tuple[float, Floats]:
        """Marginal log-likelihood and its gradient over coefficients and standard deviation."""
        fixed = self.design.linear_predictor(coef)
        mode = self.modes(fixed, sd)
        return self._laplace(fixed, sd, mode) if self.points == 1 else self._quadrature(fixed, sd, mode)

    def _laplace(self, fixed: Floats, sd: float, mode: _Modes) -> tuple[float, Floats]:
        u, precision = mode.effect, mode.precision
        eta = fixed + sd * u[self.cluster]
        p = probabilities(eta)
        value = inner(self.successes, eta) - inner(self.trials, p.log_odds_sum)
        value -= 0.5 * float(u @ u) + 0.5 * float(np.log(precision).sum())
        weight = self.trials * p.passing * p.failing
        bend = weight * (p.failing - p.passing)
        residual = self.successes - self.trials * p.passing
        total_weight, total_bend, total_residual = self.sums(weight), self.sums(bend), self.sums(residual)
        by_row = (residual - 0.5 * sd**2 * bend / precision[self.cluster]) + (
            0.5 * sd**4 * (total_bend / precision**2)[self.cluster] * weight
        )
        moved = (total_residual - sd * total_weight * u) / precision
        by_sd = total_residual * u - 0.5 / precision * (
            2.0 * sd * total_weight + sd**2 * total_bend * (u + sd * moved)
        )
        return value, np.append(self.design.total(by_row), by_sd.sum())

    def _quadrature(self, fixed: Floats, sd: float, mode: _Modes) -> tuple[float, Floats]:
        nodes, weights = np.polynomial.hermite.hermgauss(self.points)
        scale = np.sqrt(2.0 / mode.precision)
        u = mode.effect[:, None] + scale[:, None] * nodes
        inside = np.empty_like(u)
        residuals = np.empty((self.design.n_rows, self.points))
        for k in range(self.points):
            eta = fixed + sd * u[self.cluster, k]
            p = probabilities(eta)
            inside[:, k] = self.sums(self.successes * eta - self.trials * p.log_odds_sum)
            residuals[:, k] = self.successes - self.trials * p.passing
        inside += -0.5 * u**2 + np.log(weights) + nodes**2
        by_cluster = logsumexp(inside, axis=1)
        value = float((by_cluster + np.log(scale) - 0.5 * np.log(2.0 * np.pi)).sum())
        posterior = np.exp(inside - by_cluster[:, None])
        by_row = (posterior[self.cluster] * residuals).sum(axis=1)
        by_sd = ((posterior * u)[self.cluster] * residuals).sum()
        return value, np.append(self.design.total(by_row), by_sd)


def _covariance(model: _Model, coef: Floats, sd: float, scale: Floats) -> Floats:
    """Inverse Hessian over coefficients and standard deviation, the coefficients' part."""
    size = coef.size + 1
    hessian = np.empty((size, size))
    place = np.append(coef, sd)
    steps = 1e-3 * np.append(scale, max(sd, 0.05))
    for j in range(size):
        up, down = place.copy(), place.copy()
        up[j] += steps[j]
        down[j] -= steps[j]
        rise = model.at(up[:-1], float(up[-1]))[1] - model.at(down[:-1], float(down[-1]))[1]
        hessian[j] = -rise / (2.0 * steps[j])
    inverse = np.linalg.inv(0.5 * (hessian + hessian.T))
    return np.asarray(inverse[:-1, :-1], dtype=np.float64)
