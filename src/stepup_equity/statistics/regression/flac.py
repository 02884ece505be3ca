"""FLAC: Firth's estimate once more as maximum likelihood, so that fitted passes add up to those counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from stepup_equity.statistics.regression.design import Block, CodedDesign
from stepup_equity.statistics.regression.fits import (
    LogisticFit,
    fit_firth,
    inverse_information,
    null_log_likelihood,
)
from stepup_equity.statistics.regression.likelihood import (
    BinomialLikelihood,
    Likelihood,
    Point,
    checked_counts,
    inner,
    maximise,
    probabilities,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from stepup_equity.arrays import Floats


@dataclass(frozen=True, eq=False)
class AugmentedLikelihood(Likelihood):
    """Log-likelihood of the people, and of made-up ones told apart by an indicator.

    Every pattern stands there a second time, with as many made-up people as its leverage in Firth's fit, half
    of whom passed; their log odds are those of the pattern plus the indicator's coefficient, which comes
    last. The leverages stay as they are, so the likelihood is an ordinary concave one.

    Attributes
    ----------
    made_up : ndarray, shape (n_rows,)
        Made-up people of each pattern.
    """

    made_up: Floats
    stop: ClassVar[Literal["deviance", "score"]] = "deviance"

    @property
    def apart(self) -> BinomialLikelihood:
        """Made-up people in rows of their own below the others, with their indicator as the last column."""
        n_rows = self.design.n_rows
        indicator = Block(np.repeat([0, 1], n_rows), 1)
        both = CodedDesign.of([*self.design.above(self.design).blocks, indicator])
        passed = np.concatenate([self.successes, 0.5 * self.made_up])
        return BinomialLikelihood(both, passed, np.concatenate([self.trials, self.made_up]))

    def at(self, coef: Floats) -> Point:
        """Value, score and information over the coefficients and the indicator's."""
        eta = self.design.linear_predictor(coef[:-1])
        p = probabilities(np.concatenate([eta, eta + coef[-1]]))
        passing, passing_other = p.passing.reshape(2, -1)
        failing, failing_other = p.failing.reshape(2, -1)
        log_sum, log_sum_other = p.log_odds_sum.reshape(2, -1)
        passed = self.successes + 0.5 * self.made_up
        value = inner(passed, eta) - inner(self.trials, log_sum)
        value += float(0.5 * coef[-1] * self.made_up.sum()) - inner(self.made_up, log_sum_other)
        of_real = self.successes * failing - (self.trials - self.successes) * passing
        of_other = 0.5 * self.made_up * (failing_other - passing_other)
        weight = self.made_up * passing_other * failing_other
        size = self.design.n_columns
        information = np.empty((size + 1, size + 1))
        information[:-1, :-1] = self.design.gram(self.trials * passing * failing + weight)
        information[-1, :-1] = information[:-1, -1] = self.design.total(weight)
        information[-1, -1] = weight.sum()
        score = np.append(self.design.total(of_real + of_other), of_other.sum())
        return Point(coef, value, score, information, information)

    def added(self, coef: Floats) -> float:
        """What the made-up people add to the value."""
        eta = self.design.linear_predictor(coef[:-1]) + coef[-1]
        return inner(self.made_up, 0.5 * eta - probabilities(eta).log_odds_sum)

    def reach(self, step: Floats) -> float:
        """The furthest that a step moves anybody's log odds, made-up people included."""
        moved = self.design.linear_predictor(step[:-1])
        return float(max(np.abs(moved).max(initial=0.0), np.abs(moved + step[-1]).max(initial=0.0)))


def fit_flac(design: CodedDesign, successes: ArrayLike, trials: ArrayLike) -> LogisticFit:
    """Fit a logistic regression to counts by FLAC, Firth's correction with an added covariate.

    Firth's estimates of log odds ratios are good, but its fitted rates are pulled towards one half. FLAC fits
    Firth's augmented data by maximum likelihood with an indicator for what was made up: coefficients stay
    finite where a group has no passes, fitted passes add up to those counted, and one concave likelihood
    gives every estimate, limit and p-value.

    Parameters
    ----------
    design, successes, trials
        As for `fit_logistic`.

    Raises
    ------
    StatisticError
        As for `fit_logistic`.

    References
    ----------
    Puhr, R., Heinze, G., Nold, M., Lusa, L. and Geroldinger, A. (2017). Firth's logistic regression with rare
    events: accurate effect estimates and predictions? Statistics in Medicine 36, 2302-2317.

    Examples
    --------
    None of 8 pass, against 40 of 60; the fitted passes add up to 40:

    >>> from stepup_equity.statistics.regression import CodedDesign, fit_flac, intercept, treatment
    >>> design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> fit = fit_flac(design, successes=[40, 0], trials=[60, 8])
    >>> fit.coef.round(2), round(float(fit.fitted @ [60, 8]), 6)
    (array([ 0.67, -3.71]), 40.0)
    """
    s, m = checked_counts(successes, trials, design.n_rows)
    firth = fit_firth(design, s, m)
    p = probabilities(design.linear_predictor(firth.coef))
    leverage = m * p.passing * p.failing * design.quadratic(firth.covariance)
    likelihood = AugmentedLikelihood(design, s, m, leverage)
    found = maximise(likelihood, np.append(firth.coef, 0.0))
    point = found.point
    covariance = inverse_information(point.information)
    theta = point.coef + covariance @ point.score if found.converged else point.coef
    plain = BinomialLikelihood(design, s, m).at(theta[:-1])
    return LogisticFit(
        likelihood,
        "flac",
        theta,
        covariance,
        covariance[:-1, :-1],
        point.value,
        plain.value,
        null_log_likelihood(s, m),
        float(m.sum()),
        float(np.abs(point.score).max(initial=0.0)),
        found.converged and firth.converged,
        firth.iterations + found.iterations,
        proven_finite=True,
    )
