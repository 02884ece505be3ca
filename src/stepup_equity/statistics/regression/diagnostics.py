"""What a referee asks of a fitted model: does it fit, is it calibrated, does anyone carry it alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, gammaln, xlogy

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.likelihood import probabilities

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.fits import LogisticFit


_LARGEST_DFBETA = 20_000_000


@dataclass(frozen=True, slots=True)
class GoodnessOfFit:
    """A model of counts against the counts themselves.

    Attributes
    ----------
    patterns : int
        Covariate patterns with people.
    log_likelihood, aic : float
        Of the counts: with binomial coefficients, so not those of the rows.
    deviance, pearson_chi2 : float
        Against one rate for each pattern.
    df_residual : int
    dispersion : float
        Pearson chi-squared over its degrees of freedom; well above 1 says that people of one pattern resemble
        each other or that the model lacks something. NaN where no degrees are left.
    """

    patterns: int
    log_likelihood: float
    aic: float
    deviance: float
    pearson_chi2: float
    df_residual: int
    dispersion: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """People sorted by fitted rate, in bands: expected passes beside observed ones.

    Attributes
    ----------
    n, observed, expected : ndarray, shape (n_bands,)
        People, passes, sum of fitted rates.
    statistic, p_value : float
        Hosmer and Lemeshow's chi-squared; NaN with fewer than three bands.
    df : int
        Bands - 2.
    """

    n: Floats
    observed: Floats
    expected: Floats
    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, slots=True)
class Influence:
    """What the model would lose with one covariate pattern.

    Attributes
    ----------
    leverage : ndarray, shape (n_rows,)
        Diagonal of the hat matrix; sums to the number of coefficients.
    pearson_residual, standardised_residual : ndarray, shape (n_rows,)
        The second divided by ``sqrt(1 - leverage)``.
    cooks_distance : ndarray, shape (n_rows,)
        One-step change of all coefficients, in standard errors squared over their number.
    """

    leverage: Floats
    pearson_residual: Floats
    standardised_residual: Floats
    cooks_distance: Floats


@dataclass(frozen=True, slots=True)
class Carried:
    """Every covariate pattern in the fit that gave the coefficients, with what that added to the counts.

    Attributes
    ----------
    weights : ndarray, shape (n_rows,)
        ``trials p (1 - p)``; for Firth's estimate with half a pass and half a failure for each unit of
        leverage among the trials.
    leverage : ndarray, shape (n_rows,)
    pearson, deviance : ndarray, shape (n_rows,)
        Residuals, not standardised; their squares add up to Pearson's chi-squared and to the deviance.
    cooks_distance : ndarray, shape (n_rows,)
        Infinite or NaN where the leverage is 1.
    """

    weights: Floats
    leverage: Floats
    pearson: Floats
    deviance: Floats
    cooks_distance: Floats


def goodness_of_fit(fit: LogisticFit) -> GoodnessOfFit:
    """Deviance, Pearson chi-squared and dispersion over covariate patterns.

    Rows of the design are taken as the patterns; rows without people do not count.

    Examples
    --------
    >>> from stepup_equity.statistics.regression import CodedDesign, fit_logistic, goodness_of_fit, intercept
    >>> fit = fit_logistic(CodedDesign.of([intercept(2)]), [40, 10], [100, 50])
    >>> found = goodness_of_fit(fit)
    >>> round(found.pearson_chi2, 3), found.df_residual
    (6.0, 1)
    """
    m, s = fit.likelihood.trials, fit.likelihood.successes
    patterns = int((m > 0).sum())
    coefficients = float((gammaln(m + 1.0) - gammaln(s + 1.0) - gammaln(m - s + 1.0)).sum())
    share = np.divide(s, m, out=np.zeros_like(s), where=m > 0)
    saturated = float((xlogy(s, share) + xlogy(m - s, 1.0 - share)).sum())
    pearson = float((_pearson_residual(fit) ** 2).sum())
    df = patterns - fit.coef.size
    value = fit.log_likelihood + coefficients
    return GoodnessOfFit(
        patterns,
        value,
        2.0 * fit.coef.size - 2.0 * value,
        2.0 * (saturated - fit.log_likelihood),
        pearson,
        df,
        pearson / df if df > 0 else float("nan"),
    )


def calibration(fit: LogisticFit, bands: int = 10) -> Calibration:
    """Observed against expected passes in bands of fitted rate, with Hosmer and Lemeshow's test.

    Bands hold about equally many people; a pattern is never split, so bands can be fewer than asked for.

    Parameters
    ----------
    fit : LogisticFit
    bands : int
        At least 2.

    References
    ----------
    Hosmer, D. W. and Lemeshow, S. (1980). Goodness of fit tests for the multiple logistic regression model.
    Communications in Statistics A 9, 1043-1069.
    """
    if bands < 2:
        raise StatisticError(f"Calibration needs at least 2 bands; found bands={bands}.")
    m, s = fit.likelihood.trials, fit.likelihood.successes
    rates, position = np.unique(fit.fitted[m > 0].round(12), return_inverse=True)
    n = np.bincount(position, m[m > 0], rates.size)
    passed = np.bincount(position, s[m > 0], rates.size)
    middle = (np.cumsum(n) - 0.5 * n) / n.sum()
    _, band = np.unique(np.minimum((middle * bands).astype(np.intp), bands - 1), return_inverse=True)
    people, observed, expected = (
        np.asarray(np.bincount(band, weights), dtype=np.float64) for weights in (n, passed, n * rates)
    )
    df = int(people.size) - 2
    if df < 1:
        return Calibration(people, observed, expected, float("nan"), max(df, 0), float("nan"))
    spread = expected * (1.0 - expected / people)
    certain = spread == 0  # separated: a fitted rate of 0 or 1, and nobody who fares otherwise
    parts = np.divide((observed - expected) ** 2, spread, out=np.zeros(people.size), where=~certain)
    statistic = float(parts.sum())
    return Calibration(people, observed, expected, statistic, df, float(chdtrc(df, statistic)))


def discrimination(fit: LogisticFit) -> float:
    """The c-statistic: chance that who passed had a higher fitted rate than who did not (ties count half).

    NaN where everyone or nobody passed.
    """
    m, s = fit.likelihood.trials, fit.likelihood.successes
    rates, position = np.unique(fit.fitted.round(12), return_inverse=True)
    passed = np.bincount(position, s, rates.size)
    failed = np.bincount(position, m - s, rates.size)
    pairs = float(passed.sum() * failed.sum())
    if pairs == 0:
        return float("nan")
    return float(passed @ (np.cumsum(failed) - 0.5 * failed)) / pairs


def influence(fit: LogisticFit) -> Influence:
    """Leverage, residuals and Cook's distance of every covariate pattern.

    All people of a pattern are taken out together, since the counts do not tell them apart.

    References
    ----------
    Pregibon, D. (1981). Logistic regression diagnostics. Annals of Statistics 9, 705-724.
    """
    leverage = _leverage(fit)
    residual = _pearson_residual(fit)
    left = np.maximum(1.0 - leverage, np.finfo(float).eps)
    cooks = residual**2 * leverage / (left**2 * fit.coef.size)
    return Influence(leverage, residual, residual / np.sqrt(left), cooks)


def carried(fit: LogisticFit) -> Carried:
    """Residuals and influence in the data whose maximum likelihood estimate the fit is.

    Firth's estimate is that of counts to which half a pass and half a failure were added for each unit of a
    pattern's leverage; FLAC's has one coefficient more, and its made-up people are patterns of their own,
    which are left out here. For maximum likelihood the leverage is that of `influence`.

    References
    ----------
    Pregibon, D. (1981). Logistic regression diagnostics. Annals of Statistics 9, 705-724.

    Examples
    --------
    >>> from stepup_equity.statistics.regression import CodedDesign, fit_logistic, intercept
    >>> found = carried(fit_logistic(CodedDesign.of([intercept(2)]), [40, 10], [100, 50]))
    >>> found.pearson.round(3), found.deviance.round(3)
    (array([ 1.414, -2.   ]), array([ 1.394, -2.09 ]))
    """
    tried, passed = fit.likelihood.trials, fit.likelihood.successes
    if fit.method == "firth":
        added = _leverage(fit)
        tried, passed = tried + added, passed + 0.5 * added
    p = probabilities(fit.design.linear_predictor(fit.coef))
    weights = tried * p.passing * p.failing
    leverage = weights * fit.design.quadratic(fit.covariance_augmented)
    raw = passed * p.failing - (tried - passed) * p.passing
    pearson = np.divide(raw, np.sqrt(weights), out=np.zeros_like(raw), where=weights > 0)
    apart = _apart(passed, tried * p.passing) + _apart(tried - passed, tried * p.failing)
    deviance = np.copysign(np.sqrt(2.0 * np.maximum(apart, 0.0)), raw)
    with np.errstate(divide="ignore", invalid="ignore"):
        cooks = pearson**2 * leverage / ((1.0 - leverage) ** 2 * fit.theta.size)
    return Carried(weights, leverage, pearson, deviance, cooks)


def dfbetas(fit: LogisticFit) -> Floats:
    """One-step change of each coefficient when a pattern is left out, in standard errors.

    Returns
    -------
    ndarray, shape (n_rows, n_columns)

    Raises
    ------
    StatisticError
        More than 20 million entries; `influence` gives one number per pattern at any size.
    """
    rows, columns = fit.design.n_rows, fit.design.n_columns
    if rows * columns > _LARGEST_DFBETA:
        raise StatisticError(
            f"dfbetas of {rows} patterns and {columns} coefficients exceed {_LARGEST_DFBETA} entries. "
            "Use influence(), which gives one number per pattern."
        )
    m, s = fit.likelihood.trials, fit.likelihood.successes
    raw = (s - m * fit.fitted) / np.maximum(1.0 - _leverage(fit), np.finfo(float).eps)
    change = (fit.design.sparse() @ fit.covariance) * raw[:, None]
    return np.asarray(change / fit.std_error, dtype=np.float64)


def _apart(seen: Floats, expected: Floats) -> Floats:
    """Each count times the log of its share of what was expected; 0 where nobody was seen."""
    share = np.divide(seen, expected, out=np.ones_like(seen), where=seen > 0)
    return np.asarray(xlogy(seen, share), dtype=np.float64)


def _weights(fit: LogisticFit) -> Floats:
    p = probabilities(fit.design.linear_predictor(fit.coef))
    return np.asarray(fit.likelihood.trials * p.passing * p.failing, dtype=np.float64)


def _leverage(fit: LogisticFit) -> Floats:
    return np.asarray(_weights(fit) * fit.design.quadratic(fit.covariance), dtype=np.float64)


def _pearson_residual(fit: LogisticFit) -> Floats:
    spread = np.sqrt(_weights(fit))
    raw = fit.likelihood.successes - fit.likelihood.trials * fit.fitted
    return np.divide(raw, spread, out=np.zeros_like(raw), where=spread > 0)
