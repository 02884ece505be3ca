"""Limits and tests by power series against the climb along the likelihood, and against what defines them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import chi2

from stepup_equity.statistics.regression import series
from stepup_equity.statistics.regression.fits import fit_firth, fit_logistic, independent_columns
from stepup_equity.statistics.regression.flac import fit_flac
from stepup_equity.statistics.regression.functionals import Combination
from stepup_equity.statistics.regression.limits import likelihood_limits, likelihood_test
from tests.statistics.regression.designs import random_design

FITS = {"ml": fit_logistic, "flac": fit_flac}


def fitted(seed, method, people, *, numbers=0):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, 300, [4, 6, 3], numbers=numbers)
    design = design.columns(independent_columns(design, np.ones(300)))
    trials = rng.integers(1, 2 * people, 300).astype(float)
    log_odds = 0.4 + (X - X.mean(0)) @ (rng.normal(0, 0.15, X.shape[1]) / np.where(X.std(0) > 1, X.std(0), 1))
    return FITS[method](design, rng.binomial(trials.astype(int), expit(log_odds)).astype(float), trials)


def combinations(fit, rng):
    """Every parameter, and some sums of several."""
    size = fit.theta.size
    return np.vstack([np.eye(size), rng.normal(0, 0.3, (4, size))])


def told(known):
    """The limits and the tests that are known."""
    return [one.limits for one in known], [one.test for one in known]


@pytest.mark.parametrize("method", FITS)
@pytest.mark.parametrize(("seed", "numbers"), [(1, 0), (2, 1), (3, 0)])
def test_a_series_and_the_climb_find_the_same(method, seed, numbers):
    fit = fitted(seed, method, 400, numbers=numbers)
    weights = combinations(fit, np.random.default_rng(seed))
    known = series.known_by_series(fit, weights, 0.95)
    assert sum(one.limits is not None for one in known) > len(weights) // 2
    assert any(one.test is not None for one in known)
    for row, found, test in zip(weights, *told(known), strict=True):
        what = Combination(row)
        spread = np.sqrt(row @ fit.theta_covariance @ row)
        if found is not None:
            climbed = likelihood_limits(fit, what)
            assert abs(found.low - climbed.low) < 2e-7 * spread
            assert abs(found.high - climbed.high) < 2e-7 * spread
            np.testing.assert_allclose(found.at_low, climbed.at_low, atol=2e-6)
            np.testing.assert_allclose(found.at_high, climbed.at_high, atol=2e-6)
        if test is not None:
            np.testing.assert_allclose(test, likelihood_test(fit, what), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("method", FITS)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_a_limit_is_where_the_likelihood_has_fallen_and_is_flat(method, confidence):
    fit = fitted(4, method, 2000)
    weights = combinations(fit, np.random.default_rng(4))
    limits, _ = told(series.known_by_series(fit, weights, confidence))
    drop = chi2.isf(1 - confidence, 1) / 2
    settled = [(row, found) for row, found in zip(weights, limits, strict=True) if found is not None]
    assert settled
    for row, found in settled:
        for value, theta in ((found.low, found.at_low), (found.high, found.at_high)):
            assert abs(row @ theta - value) < 1e-12 + 1e-10 * abs(value)
            point = fit.likelihood.at(theta)
            assert abs(fit.value - point.value - drop) < 1e-6
            lift = row * (point.score @ row) / (row @ row)
            sideways = point.score - lift
            assert sideways @ np.linalg.solve(point.curvature, sideways) < 1e-9


@pytest.mark.parametrize("method", FITS)
@pytest.mark.parametrize("people", [2, 6, 20])
def test_where_few_stand_behind_a_coefficient_the_climb_sets_out_from_the_series(method, people):
    fit = fitted(5, method, people)
    weights = np.eye(fit.theta.size)
    known = series.known_by_series(fit, weights, 0.95)
    assert any(one.limits is None and one.ends[0] is not None for one in known)
    for row, one in zip(weights, known, strict=True):
        what = Combination(row)
        from_the_fit, from_there = likelihood_limits(fit, what), likelihood_limits(fit, what, starts=one.ends)
        spread = np.sqrt(row @ fit.theta_covariance @ row)
        assert abs(from_the_fit.low - from_there.low) < 1e-6 * spread
        assert abs(from_the_fit.high - from_there.high) < 1e-6 * spread
        tests = likelihood_test(fit, what), likelihood_test(fit, what, start=one.level)
        np.testing.assert_allclose(*tests, rtol=1e-7, atol=1e-9)


def test_a_likelihood_that_is_not_one_of_counts_has_no_series():
    fit = fitted(6, "ml", 400)
    firth = fit_firth(fit.design, fit.likelihood.successes, fit.likelihood.trials)
    assert (
        series.known_by_series(firth, np.eye(firth.theta.size), 0.95) == [series.NOTHING] * firth.theta.size
    )


def test_of_a_combination_of_nothing_nothing_is_said():
    fit = fitted(8, "ml", 400)
    weights = np.vstack([np.zeros(fit.theta.size), np.eye(fit.theta.size)[1]])
    nothing, one = series.known_by_series(fit, weights, 0.95)
    assert nothing is series.NOTHING
    assert one.limits is not None


def test_of_no_combinations_nothing_is_said():
    fit = fitted(8, "ml", 400)
    assert series.known_by_series(fit, np.zeros((0, fit.theta.size)), 0.95) == []


def test_many_combinations_go_in_pieces(monkeypatch):
    fit = fitted(7, "ml", 400)
    whole = series.known_by_series(fit, np.eye(fit.theta.size), 0.95)
    monkeypatch.setattr(series, "_AT_ONCE", 4)
    monkeypatch.setattr(series, "_ENTRIES", 64)
    pieces = series.known_by_series(fit, np.eye(fit.theta.size), 0.95)
    for a, b in zip(told(whole)[0], told(pieces)[0], strict=True):
        assert (a is None) == (b is None)
        if a is not None:
            np.testing.assert_allclose((a.low, a.high), (b.low, b.high), rtol=1e-10)
