"""FLAC against an implementation of its own: people as rows, made-up people as rows, dense matrices.

Written here from Puhr et al. (2017), section 2.3, and sharing no code with the library: Firth by scoring on
rows, leverages, the augmented data with the indicator, maximum likelihood, limits as roots of the profile.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import chi2

import stepup_equity as su
from stepup_equity.shipped import shipped
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.flac import AugmentedLikelihood, fit_flac
from stepup_equity.statistics.regression.functionals import Combination
from stepup_equity.statistics.regression.likelihood import maximise
from stepup_equity.statistics.regression.limits import likelihood_limits, likelihood_test
from tests.statistics.regression.designs import random_design, sparse_passes


def newton(X, y, w, free, at):
    """Weighted maximum likelihood with some coefficients held."""
    b = at.copy()
    for _ in range(200):
        p = expit(X @ b)
        score = (X.T @ (w * (y - p)))[free]
        information = (X.T * (w * p * (1 - p))) @ X
        step = np.linalg.solve(information[np.ix_(free, free)], score)
        step *= min(1.0, 3.0 / np.abs(step).max())
        b[free] += step
        if np.abs(step).max() < 1e-11:
            break
    eta = X @ b
    return b, float(w @ (y * eta - np.logaddexp(0, eta)))


def firth(X, y):
    b = np.zeros(X.shape[1])
    for _ in range(2000):
        p = expit(X @ b)
        information = (X.T * (p * (1 - p))) @ X
        h = p * (1 - p) * np.einsum("ij,jk,ik->i", X, np.linalg.inv(information), X)
        augmented = (X.T * ((1 + h) * p * (1 - p))) @ X
        step = np.linalg.solve(augmented, X.T @ (y - p + h * (0.5 - p)))
        b += step * min(1.0, 2.0 / np.abs(step).max())
        if np.abs(step).max() < 1e-12:
            break
    p = expit(X @ b)
    information = (X.T * (p * (1 - p))) @ X
    return p * (1 - p) * np.einsum("ij,jk,ik->i", X, np.linalg.inv(information), X)


def flac_on_rows(X, y):
    h = firth(X, y)
    real, made_up = np.column_stack([X, np.zeros(len(y))]), np.column_stack([X, np.ones(len(y))])
    rows = np.vstack([real, made_up, made_up])
    outcome, weight = np.concatenate([y, y, 1 - y]), np.concatenate([np.ones(len(y)), h / 2, h / 2])
    every = np.arange(rows.shape[1])
    b, value = newton(rows, outcome, weight, every, np.zeros(rows.shape[1]))
    return rows, outcome, weight, b, value


def limit_on_rows(fitted, j, side):
    rows, outcome, weight, b, value = fitted
    free = np.delete(np.arange(b.size), j)

    def fall(at):
        held = b.copy()
        held[j] = at
        return value - newton(rows, outcome, weight, free, held)[1] - chi2.isf(0.05, 1) / 2

    out = b[j] + side
    while fall(out) < 0:
        out += side * 2
    return brentq(fall, b[j], out, xtol=1e-9)


@pytest.mark.parametrize("block", range(4))
def test_agrees_with_rows_on_sparse_designs(block):
    for seed in range(25 * block, 25 * block + 25):
        rng = np.random.default_rng(seed)
        levels = [int(k) for k in rng.integers(2, 4, 2)]
        design, X = random_design(rng, int(rng.integers(25, 60)), levels)
        design, passed = sparse_passes(rng, design, X)
        X = design.dense()
        fit = fit_flac(design, passed, np.ones(len(X)))
        fitted = flac_on_rows(X, passed.astype(float))
        np.testing.assert_allclose(fit.theta, fitted[3], atol=1e-7)
        assert float(fit.fitted.sum()) == pytest.approx(float(passed.sum()), abs=1e-8)
        j = int(rng.integers(1, X.shape[1]))
        what = Combination(np.eye(fit.theta.size)[j])
        found = likelihood_limits(fit, what)
        assert found.low == pytest.approx(limit_on_rows(fitted, j, -1.0), abs=1e-5)
        assert found.high == pytest.approx(limit_on_rows(fitted, j, 1.0), abs=1e-5)
        p = likelihood_test(fit, what)[1]
        assert (found.low > 0 or found.high < 0) == (p < 0.05)


def test_agrees_with_rows_on_the_first_cohort():
    """Who got through the assessment centre, six characteristics at once: 404 people as rows."""
    counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    formula = "age_band + ethnicity + gender + religion + disability + orientation"
    fit = su.progression_model(counts, formula, gates="assessed", interval="wald").gate("assessed").fit
    tried, passed = (np.asarray(n, int) for n in (fit.likelihood.trials, fit.likelihood.successes))
    outcome = np.column_stack([passed, tried - passed]).ravel()
    y = np.repeat(np.tile([1.0, 0.0], tried.size), outcome)
    fitted = flac_on_rows(np.repeat(fit.design.dense(), tried, axis=0), y)
    np.testing.assert_allclose(fit.theta, fitted[3], atol=1e-7)
    for j in (3, 12):
        found = likelihood_limits(fit, Combination(np.eye(fit.theta.size)[j]))
        assert found.low == pytest.approx(limit_on_rows(fitted, j, -1.0), abs=1e-5)
        assert found.high == pytest.approx(limit_on_rows(fitted, j, 1.0), abs=1e-5)


def test_a_climb_ends_where_its_value_swings_by_rounding():
    """Nearly all passed, so the value is a small sum of large parts: its last digits never came to rest."""
    factors = np.array(list(np.ndindex(3, 2, 2)))
    design = CodedDesign.of([intercept(12), *(treatment(factors[:, v], n) for v, n in enumerate((3, 2, 2)))])
    trials = np.array([42.0, 5, 50, 2, 45, 7, 48, 5, 52, 2, 48, 7])
    made_up = np.array(
        [
            *(0.5324704462757303, 0.4621024764570683, 0.22173956137423464, 0.06623202007286222),
            *(0.7729763393228853, 0.7523719801034626, 0.4985501553030464, 0.3689933720832695),
            *(0.6703101763281222, 0.21390262012488423, 0.19971779062891182, 0.2406330619255241),
        ]
    )
    start = np.array(
        [4.424761797994156, 0.0, 0.0, 1.4555618912288741, -1.4057555888735935, -4.272694992027598]
    )
    passed = trials - np.isin(np.arange(12), (4, 5))
    likelihood = AugmentedLikelihood(design, passed, trials, made_up)
    found = maximise(likelihood, start, free=np.array([True, False, False, True, True, True]))
    assert found.converged
    assert found.iterations < 20
