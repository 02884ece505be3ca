"""Logistic regression on counts: maximum likelihood and Firth's penalised likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import linalg
from scipy.special import ndtr, ndtri, stdtr, stdtrit, xlogy

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.likelihood import (
    BinomialLikelihood,
    Likelihood,
    PenalisedLikelihood,
    Point,
    checked_counts,
    maximise,
    probabilities,
    solve,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.design import CodedDesign


_FIRST_LOG_ODDS = float(np.log(3.0) + 4.0 / 3.0)
"""Working response of one pass at a fitted probability of 3/4, where `glm` starts a single success."""

_ALIASED = 1e-11
"""Share of a column's sum of squares left by the columns before it, below which it repeats them."""

_NO_SHARE = 1e-6
"""A share of one column in another below this is rounding."""


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """Coefficients of a logistic regression and what follows from them.

    Attributes
    ----------
    likelihood : BinomialLikelihood, PenalisedLikelihood or AugmentedLikelihood
        What was maximised, with its design and counts.
    method : {"ml", "firth", "flac"}
    theta : ndarray, shape (n_parameters,)
        Where the likelihood is largest: the coefficients, and for FLAC that of its indicator, last.
    theta_covariance : ndarray, shape (n_parameters, n_parameters)
        Inverse of the information at `theta`.
    covariance_augmented : ndarray, shape (n_columns, n_columns)
        For Firth fits the inverse of the augmented information, ``W = (trials + leverage) p (1 - p)``, which
        `logistf` prints; else equal to `covariance`.
    value : float
        The maximum: log-likelihood per person, penalised for Firth fits, augmented for FLAC.
    log_likelihood : float
        Log-likelihood per person without penalty.
    null_log_likelihood : float
        That of one rate for all.
    n : float
        People (trials).
    largest_score : float
        Largest absolute entry of the score at the coefficients.
    converged : bool
    iterations : int
    proven_finite : bool
        True where it is proven that no group is separated, so that a finite maximum exists; False asks for
        `separation`, not for panic.
    """

    likelihood: Likelihood
    method: Literal["ml", "firth", "flac"]
    theta: Floats
    theta_covariance: Floats
    covariance_augmented: Floats
    value: float
    log_likelihood: float
    null_log_likelihood: float
    n: float
    largest_score: float
    converged: bool
    iterations: int
    proven_finite: bool

    @property
    def design(self) -> CodedDesign:
        """The design that was fitted."""
        return self.likelihood.design

    @property
    def coef(self) -> Floats:
        """Log odds, and log odds ratios, shape (n_columns,)."""
        return self.theta[: self.design.n_columns]

    @property
    def covariance(self) -> Floats:
        """Inverse of the information about the coefficients, shape (n_columns, n_columns)."""
        return self.theta_covariance[: self.design.n_columns, : self.design.n_columns]

    @cached_property
    def peak(self) -> Point:
        """The likelihood at `theta`, from which every limit and test sets out."""
        return self.likelihood.at(self.theta)

    @cached_property
    def std_error(self) -> Floats:
        """Model-based standard errors, shape (n_columns,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)), dtype=np.float64)

    @cached_property
    def fitted(self) -> Floats:
        """Fitted pass rate of every row of the design."""
        return probabilities(self.design.linear_predictor(self.coef)).passing

    @property
    def deviance(self) -> float:
        """Minus twice the log-likelihood per person."""
        return -2.0 * self.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's criterion, per person: comparable between models of the same people."""
        return self.deviance + 2.0 * self.coef.size

    @property
    def bic(self) -> float:
        """Schwarz's criterion with n = people."""
        return self.deviance + float(np.log(self.n)) * self.coef.size

    @property
    def mcfadden(self) -> float:
        """McFadden's pseudo R squared; NaN where everyone or nobody passed."""
        if self.null_log_likelihood == 0.0:
            return float("nan")
        return 1.0 - self.log_likelihood / self.null_log_likelihood


def wald_z(coef: ArrayLike, std_error: ArrayLike) -> Floats:
    """Each coefficient in standard errors; NaN where the error is 0 or unknown."""
    b, se = np.asarray(coef, dtype=np.float64), np.asarray(std_error, dtype=np.float64)
    z = np.full(b.shape, np.nan)
    np.divide(b, se, out=z, where=se > 0)
    return z


def wald_p(coef: ArrayLike, std_error: ArrayLike, df: float = np.inf) -> Floats:
    """Two-sided p-value of each coefficient, normal or Student's; NaN where the error is 0 or unknown.

    >>> wald_p([1.0, 1.0], [0.5, 0.0]).round(4)
    array([0.0455,    nan])
    """
    z = -np.abs(wald_z(coef, std_error))
    return np.asarray(2.0 * (ndtr(z) if np.isinf(df) else stdtr(df, z)), dtype=np.float64)


def wald_interval(
    coef: ArrayLike, std_error: ArrayLike, confidence: float = 0.95, df: float = np.inf
) -> tuple[Floats, Floats]:
    """Normal limits of each coefficient, or Student's with so many degrees of freedom."""
    b, half = np.asarray(coef, dtype=np.float64), np.asarray(std_error, dtype=np.float64)
    half = quantile(confidence, df) * half
    return b - half, b + half


def quantile(confidence: float, df: float = np.inf) -> float:
    """How many standard errors a limit lies away."""
    upper = 0.5 + confidence / 2.0
    return float(ndtri(upper) if np.isinf(df) else stdtrit(df, upper))


def fit_logistic(design: CodedDesign, successes: ArrayLike, trials: ArrayLike) -> LogisticFit:
    """Fit a logistic regression to counts by maximum likelihood.

    A grouped binomial likelihood has the same maximum, information and likelihood ratios as the rows behind
    it, so nothing is lost by counting first. Newton steps start where R's `glm` starts and stop by its rule
    (relative change of the deviance, here 1e-14). Where a group has no successes or no failures there may be
    no finite maximum: `proven_finite` is then False and the coefficients are where the deviance stopped
    changing; `separation` tells which of them run away, and `fit_firth` is the remedy.

    Parameters
    ----------
    design : CodedDesign
        One row per covariate pattern, columns linearly independent (see `independent_columns`).
    successes, trials : array_like, shape (n_rows,)
        Patterns with no trials change nothing.

    Raises
    ------
    StatisticError
        Counts outside 0 to trials, nobody at all, or columns that repeat each other.

    References
    ----------
    McCullagh, P. and Nelder, J. A. (1989). Generalized Linear Models, 2nd edition, chapter 4.

    Examples
    --------
    Of 100 women 40 pass, of 50 men 10:

    >>> from stepup_equity.statistics.regression import CodedDesign, fit_logistic, intercept, treatment
    >>> design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> fit = fit_logistic(design, successes=[40, 10], trials=[100, 50])
    >>> fit.coef.round(4), fit.std_error.round(4)
    (array([-0.4055, -0.9808]), array([0.2041, 0.4082]))
    """
    s, m = checked_counts(successes, trials, design.n_rows)
    likelihood = BinomialLikelihood(design, s, m)
    found = maximise(likelihood, starting_coefficients(design, s, m))
    point = found.point
    covariance = inverse_information(point.information)
    coef = point.coef
    finite = found.converged and _no_separation(likelihood, point)
    if finite:  # one step more, from numbers already at hand
        coef = coef + covariance @ point.score
    return LogisticFit(
        likelihood,
        "ml",
        coef,
        covariance,
        covariance,
        point.value,
        point.value,
        null_log_likelihood(s, m),
        float(m.sum()),
        float(np.abs(point.score).max(initial=0.0)),
        found.converged,
        found.iterations,
        finite,
    )


def fit_firth(
    design: CodedDesign, successes: ArrayLike, trials: ArrayLike, *, start: ArrayLike | None = None
) -> LogisticFit:
    """Fit a logistic regression to counts by Firth's penalised likelihood.

    Where a group has no successes, maximum likelihood runs to minus infinity and its Wald test prints p near
    1 for the widest gap in the file. The penalty, half the log determinant of the information, keeps every
    coefficient finite and removes the first-order bias of small samples. Steps use the augmented information;
    the fit stops when no entry of the modified score exceeds 1e-9.

    Parameters
    ----------
    design, successes, trials
        As for `fit_logistic`.
    start : array_like, shape (n_columns,), optional
        First coefficients; zeros by default.

    Raises
    ------
    StatisticError
        As for `fit_logistic`.

    References
    ----------
    Firth, D. (1993). Bias reduction of maximum likelihood estimates. Biometrika 80, 27-38.
    Heinze, G. and Schemper, M. (2002). A solution to the problem of separation in logistic regression.
    Statistics in Medicine 21, 2409-2419.

    Examples
    --------
    None of 8 pass, against 40 of 60:

    >>> from stepup_equity.statistics.regression import CodedDesign, fit_firth, intercept, treatment
    >>> design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> fit_firth(design, successes=[40, 0], trials=[60, 8]).coef.round(2)
    array([ 0.68, -3.51])
    """
    s, m = checked_counts(successes, trials, design.n_rows)
    likelihood = PenalisedLikelihood(design, s, m)
    first = np.zeros(design.n_columns) if start is None else np.asarray(start, dtype=np.float64)
    found = maximise(likelihood, first)
    point = found.point
    if not np.isfinite(point.value):
        raise StatisticError(_REPEATED)
    plain = BinomialLikelihood(design, s, m).at(point.coef)
    return LogisticFit(
        likelihood,
        "firth",
        point.coef,
        inverse_information(point.information),
        inverse_information(point.curvature),
        point.value,
        plain.value,
        null_log_likelihood(s, m),
        float(m.sum()),
        float(np.abs(point.score).max(initial=0.0)),
        found.converged,
        found.iterations,
        proven_finite=True,
    )


_REPEATED = (
    "Some columns of the design repeat others, so their coefficients are not determined. "
    "Drop them first; independent_columns says which can stay."
)


def starting_coefficients(design: CodedDesign, successes: Floats, trials: Floats) -> Floats:
    """Where R's `glm` stands after its first step on the rows behind the counts."""
    if not trials.sum() > 0:
        raise StatisticError("Nobody is at risk: every row has 0 trials.")
    first = solve(design.gram(trials), design.total(_FIRST_LOG_ODDS * (2.0 * successes - trials)))
    if first is None:
        raise StatisticError(_REPEATED)
    return first


def independent_columns(design: CodedDesign, trials: ArrayLike, *, last: ArrayLike | None = None) -> Bools:
    """Columns that do not repeat the columns to their left, among people at risk.

    An interaction of groups that nobody belongs to is a column of zeros; religion and ethnicity may coincide
    where few are left. Such columns have no coefficient; R prints NA for the same ones, since both go from
    left to right.

    Parameters
    ----------
    design : CodedDesign
    trials : array_like, shape (n_rows,)
        Rows with no trials do not count.
    last : array_like of int, shape (n_columns,), optional
        Columns with a larger number here come after those with a smaller one, so that they are the ones
        found to repeat.

    Returns
    -------
    ndarray of bool, shape (n_columns,)
    """
    present = np.asarray(np.asarray(trials, dtype=np.float64) > 0, dtype=np.float64)
    gram = design.gram(present)
    kept = np.diag(gram) > 0
    places = np.flatnonzero(kept)
    if last is not None:
        places = places[np.argsort(np.asarray(last)[places], kind="stable")]
    scale = 1.0 / np.sqrt(np.diag(gram)[places])
    matrix = gram[np.ix_(places, places)] * scale[:, None] * scale
    try:
        left = np.diag(linalg.cholesky(matrix, lower=True, check_finite=False)) ** 2
    except linalg.LinAlgError:
        left = np.zeros(places.size)
    if left.size == 0 or left.min() > _ALIASED:
        return np.asarray(kept, dtype=bool)
    for j in range(places.size):  # left to right, passing over what repeats
        if matrix[j, j] <= _ALIASED:
            kept[places[j]] = False
            continue
        row = matrix[j] / np.sqrt(matrix[j, j])
        row[: j + 1] = 0.0
        matrix -= np.outer(row, row)
    return np.asarray(kept, dtype=bool)


def repeated_columns(design: CodedDesign, trials: ArrayLike, kept: ArrayLike) -> Floats:
    """What the columns that are not kept repeat.

    Parameters
    ----------
    design : CodedDesign
    trials : array_like, shape (n_rows,)
    kept : array_like of bool, shape (n_columns,)
        From `independent_columns`.

    Returns
    -------
    ndarray, shape (n_columns, n_repeated)
        For each of them the direction in which coefficients can move without moving anybody's log odds:
        1 at the column itself, minus its share at those it repeats, 0 elsewhere.
    """
    keep = np.asarray(kept, dtype=bool)
    out = np.eye(keep.size)[:, ~keep]
    if keep.all() or not keep.any():
        return out
    present = np.asarray(np.asarray(trials, dtype=np.float64) > 0, dtype=np.float64)
    gram = design.gram(present)
    shares = solve(gram[np.ix_(keep, keep)], gram[np.ix_(keep, ~keep)])
    if shares is None:
        raise StatisticError(_REPEATED)
    out[keep] = -np.where(np.abs(shares) > _NO_SHARE, shares, 0.0)
    return out


def inverse_information(information: Floats) -> Floats:
    """Covariance; NaN where the fit ran so far away that no information is left."""
    inverse = solve(information, np.eye(information.shape[0]))
    return np.full(information.shape, np.nan) if inverse is None else inverse


def _no_separation(likelihood: BinomialLikelihood, point: Point) -> bool:
    """Whether a small score proves that the likelihood has a finite maximum.

    Along a direction d that separates, every person counted on its side adds at least
    ``min(p, 1 - p) |x'd|`` to ``d'score``. With people as whole numbers the sum of ``|x'd|`` is at least
    ``sqrt(d'X'NXd)``, and ``X'NX`` is at least four times the information, so a score shorter than
    ``min(p, 1 - p) sqrt(4 * smallest eigenvalue)`` leaves no such direction.
    """
    at_risk = likelihood.trials >= 1.0
    if not at_risk.any() or (likelihood.trials[~at_risk] > 0).any():
        return False
    p = probabilities(likelihood.design.linear_predictor(point.coef))
    nearest = float(np.minimum(p.passing, p.failing)[at_risk].min())
    scale = np.sqrt(np.diag(point.information))
    if not (scale > 0).all():
        return False
    scaled = point.information / scale[:, None] / scale
    smallest = float(linalg.eigvalsh(scaled, subset_by_index=[0, 0], check_finite=False)[0])
    return bool(np.linalg.norm(point.score / scale) < nearest * 2.0 * np.sqrt(max(smallest, 0.0)))


def null_log_likelihood(successes: Floats, trials: Floats) -> float:
    """Log-likelihood per person of one rate for all."""
    passed, n = float(successes.sum()), float(trials.sum())
    if n == 0:
        return 0.0
    return float(xlogy(passed, passed / n) + xlogy(n - passed, (n - passed) / n))
