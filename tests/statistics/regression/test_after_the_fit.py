"""Standardised rates, diagnostics and random intercepts against definitions and other programs."""

from __future__ import annotations

import re

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.integrate import quad
from scipy.special import expit
from scipy.stats import norm

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.diagnostics import (
    calibration,
    dfbetas,
    discrimination,
    goodness_of_fit,
    influence,
)
from stepup_equity.statistics.regression.fits import fit_logistic, wald_p
from stepup_equity.statistics.regression.random_intercept import fit_random_intercept, maihda
from stepup_equity.statistics.regression.sandwich import cluster_covariance, jackknife_covariance
from stepup_equity.statistics.regression.standardisation import compare_rates, standardised_rates
from stepup_equity.statistics.regression.term_tests import Term, wald_tests
from tests.statistics.regression.designs import random_design

RNG_SEED = 8


@pytest.fixture
def fitted():
    rng = np.random.default_rng(RNG_SEED)
    _, X = random_design(rng, 60, [3, 4])
    patterns = np.unique(X, axis=0)
    trials = rng.integers(1, 40, len(patterns)).astype(float)
    passed = rng.binomial(trials.astype(int), 0.2 + 0.5 * rng.random(len(patterns))).astype(float)
    return fit_logistic(CodedDesign.from_dense(patterns), passed, trials), patterns, passed, trials


def test_standardised_rates_and_their_errors_by_brute_force(fitted):
    fit, X, _, trials = fitted
    moved = [X.copy() for _ in range(3)]
    for g, matrix in enumerate(moved):
        matrix[:, 1:3] = np.eye(3)[g, 1:]

    def rates(coef):
        return np.array([np.average(1 / (1 + np.exp(-matrix @ coef)), weights=trials) for matrix in moved])

    found = standardised_rates(
        fit.coef, fit.covariance, [CodedDesign.from_dense(matrix) for matrix in moved], trials
    )
    steps = 1e-6 * np.eye(fit.coef.size)
    slopes = np.array([(rates(fit.coef + h) - rates(fit.coef - h)) / 2e-6 for h in steps]).T
    np.testing.assert_allclose(found.rate, rates(fit.coef), rtol=1e-12)
    np.testing.assert_allclose(found.covariance, slopes @ fit.covariance @ slopes.T, rtol=1e-6)

    against = compare_rates(found, 0)
    assert against.difference[0] == against.difference_se[0] == against.log_ratio_se[0] == 0
    contrast = slopes[1] - slopes[0]
    assert against.difference_se[1] == pytest.approx(np.sqrt(contrast @ fit.covariance @ contrast), rel=1e-6)
    log_contrast = slopes[1] / found.rate[1] - slopes[0] / found.rate[0]
    expected = np.sqrt(log_contrast @ fit.covariance @ log_contrast)
    assert against.log_ratio_se[1] == pytest.approx(expected, rel=1e-6)


def test_diagnostics_agree_with_statsmodels(fitted):
    fit, X, passed, trials = fitted
    theirs = sm.GLM(np.column_stack([passed, trials - passed]), X, family=sm.families.Binomial()).fit(
        tol=1e-14
    )
    shape, found = goodness_of_fit(fit), influence(fit)
    their_influence = theirs.get_influence()

    assert shape.patterns == len(X)
    assert shape.deviance == pytest.approx(theirs.deviance, rel=1e-9)
    assert shape.pearson_chi2 == pytest.approx(theirs.pearson_chi2, rel=1e-9)
    assert shape.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)
    assert shape.df_residual == theirs.df_resid
    np.testing.assert_allclose(found.pearson_residual, theirs.resid_pearson, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.leverage, their_influence.hat_matrix_diag, rtol=1e-7)
    np.testing.assert_allclose(found.cooks_distance, their_influence.cooks_distance[0], rtol=1e-6)
    assert found.leverage.sum() == pytest.approx(fit.coef.size)


def test_dfbetas_are_one_newton_step(fitted):
    fit, X, passed, trials = fitted
    change = dfbetas(fit)

    keep = np.arange(len(X)) != 3
    residual = (passed - trials * fit.fitted)[keep]
    weight = (trials * fit.fitted * (1 - fit.fitted))[keep]
    step = np.linalg.solve(X[keep].T @ (weight[:, None] * X[keep]), X[keep].T @ residual)
    np.testing.assert_allclose(-change[3] * fit.std_error, step, rtol=1e-6, atol=1e-9)


def test_calibration_counts_everybody_and_sums_to_the_passes(fitted):
    fit, _, passed, trials = fitted
    bands = calibration(fit, 5)

    assert bands.n.sum() == trials.sum()
    assert bands.observed.sum() == passed.sum()
    assert bands.expected.sum() == pytest.approx(passed.sum())
    assert bands.df == bands.n.size - 2
    assert 0 <= bands.p_value <= 1


def test_calibration_of_one_rate_is_no_test():
    bands = calibration(fit_logistic(CodedDesign.of([intercept(2)]), [40, 10], [100, 50]))

    assert bands.n.tolist() == [150]
    assert np.isnan(bands.p_value)


def test_discrimination_is_the_share_of_pairs():
    fit = fit_logistic(CodedDesign.of([intercept(2), treatment([0, 1], 2)]), [40, 10], [100, 50])

    pairs = 40 * 40 + 0.5 * (40 * 60 + 10 * 40)
    assert discrimination(fit) == pytest.approx(pairs / (50 * 100))


@pytest.mark.parametrize("points", [1, 15])
def test_random_intercept_maximises_the_integral(points):
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(12), 2)
    group = np.tile([0, 1], 12)
    effects = rng.normal(0, 0.8, 12)
    trials = rng.integers(20, 60, 24).astype(float)
    passed = rng.binomial(
        trials.astype(int), 1 / (1 + np.exp(-(0.3 - 0.6 * group + effects[cluster])))
    ).astype(float)
    design = CodedDesign.of([intercept(24), treatment(group, 2)])

    fit = fit_random_intercept(design, passed, trials, cluster, quadrature_points=points)

    def integral(coef, sd):
        total = 0.0
        for c in range(12):
            rows = cluster == c
            eta = design.dense()[rows] @ coef
            at = fit.cluster_effect[c] / sd

            def density(u, eta=eta, rows=rows):
                return np.exp(
                    passed[rows] @ (eta + sd * u) - trials[rows] @ np.logaddexp(0, eta + sd * u)
                ) * norm.pdf(u)

            total += np.log(quad(density, at - 8, at + 8, points=[at], epsabs=0, epsrel=1e-10)[0])
        return total

    assert fit.converged
    assert fit.log_likelihood == pytest.approx(integral(fit.coef, fit.sd), abs=0.05 if points == 1 else 1e-6)
    best = integral(fit.coef, fit.sd)
    for step in (-0.1, 0.1):
        assert integral(fit.coef + step * np.eye(2)[0], fit.sd) < best
        assert integral(fit.coef, fit.sd + step) < best
    assert fit.null_variance_p < 0.001
    assert fit.vpc == pytest.approx(fit.sd**2 / (fit.sd**2 + np.pi**2 / 3))
    assert fit.median_odds_ratio > 1


def test_clusters_that_do_not_differ_have_no_variance():
    design = CodedDesign.of([intercept(4)])

    fit = fit_random_intercept(design, [50] * 4, [100] * 4, [0, 1, 2, 3])

    assert fit.sd == 0
    assert fit.cluster_effect.tolist() == [0, 0, 0, 0]
    assert fit.null_variance_p == 1
    assert fit.median_odds_ratio == 1
    assert fit.coef[0] == pytest.approx(0, abs=1e-12)


def test_crossed_groups_that_are_additive_leave_nothing_for_interaction():
    gender, age = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    trials = np.full(6, 400.0)
    passed = trials / (1 + np.exp(-(0.8 - 1.0 * gender - 0.7 * age)))
    null = CodedDesign.of([intercept(6)])
    main = CodedDesign.of([intercept(6), treatment(gender, 2), treatment(age, 3)])

    found = maihda(null, main, passed, trials, [10, 20, 30, 40, 50, 60])

    assert found.strata == 6
    assert found.pcv == pytest.approx(1)
    assert found.vpc_null > 0.1
    assert found.vpc_main == 0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: fit_random_intercept(CodedDesign.of([intercept(2)]), [1, 2], [3, 4], [0, 0]),
            "A random intercept needs at least 2 clusters with people.",
        ),
        (
            lambda: fit_random_intercept(
                CodedDesign.of([intercept(2)]), [1, 2], [3, 4], [0, 1], quadrature_points=0
            ),
            "quadrature_points is a positive number of nodes; found 0.",
        ),
        (
            lambda: fit_random_intercept(CodedDesign.of([intercept(2)]), [0, 0], [3, 4], [0, 1]),
            (
                "A group has no passes or no failures (separation), so the coefficients have no finite "
                "estimate. Merge such groups or leave them out of a random-intercept model."
            ),
        ),
        (
            lambda: standardised_rates([0.0], [[1.0]], [CodedDesign.of([intercept(1)])], [0.0]),
            "Standardised rates need people to average over; all weights are 0.",
        ),
        (
            lambda: calibration(fit_logistic(CodedDesign.of([intercept(1)]), [1], [3]), 1),
            "Calibration needs at least 2 bands; found bands=1.",
        ),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(StatisticError, match=f"^{re.escape(sentence)}$"):
        call()


@pytest.mark.parametrize("clusters", [8, 20])
def test_clusters_that_differ_do_not_alarm_where_there_is_nothing(clusters):
    """Centres differ at random, groups do not: with t and clusters - 1 about one run in twenty is starred."""
    rng = np.random.default_rng(clusters)
    region = np.repeat(np.arange(clusters), 2)
    group = np.tile([0, 1], clusters)
    design = CodedDesign.of([intercept(2 * clusters), treatment(group, 2)])
    alarms, runs = 0, 600
    for _ in range(runs):
        chance = 1 / (1 + np.exp(-rng.normal(0, 0.8, clusters)[region]))
        people = rng.integers(10, 25, 2 * clusters)
        fit = fit_logistic(design, rng.binomial(people, chance), people)
        error = np.sqrt(cluster_covariance(fit, region)[1, 1])
        alarms += bool(wald_p(fit.coef[1], error, clusters - 1) < 0.05)
    assert alarms / runs <= 0.07 + 2 * np.sqrt(0.07 * 0.93 / runs)


def uneven_clusters(rng, clusters, groups):
    """Counts by cluster and group: clusters differ in size, level and mix, groups do not differ."""
    shares = rng.dirichlet(np.ones(groups), clusters)
    size = rng.integers(40, 300, clusters)
    trials = np.array([rng.multinomial(n, share) for n, share in zip(size, shares, strict=True)])
    level = rng.normal(0.0, 0.5, (clusters, 1)) + rng.normal(0.0, 0.2, (clusters, groups))
    return trials.ravel(), rng.binomial(trials, expit(level - 0.5)).ravel()


def test_the_jackknife_of_clusters_is_one_newton_step_without_each():
    """By brute force: each cluster taken out of information and score, dense matrices."""
    trials, passed = uneven_clusters(np.random.default_rng(8), 6, 3)
    cluster, group = (axis.ravel() for axis in np.indices((6, 3)))
    fit = fit_logistic(CodedDesign.of([intercept(18), treatment(group, 3)]), passed, trials)
    X, p = fit.design.dense(), fit.fitted
    information = (X.T * (trials * p * (1 - p))) @ X
    middle = np.zeros((3, 3))
    for g in range(6):
        own = cluster == g
        score = X[own].T @ (passed - trials * p)[own]
        held = (X[own].T * (trials * p * (1 - p))[own]) @ X[own]
        change = np.linalg.solve(information - held, score)
        middle += np.outer(change, change)
    np.testing.assert_allclose(jackknife_covariance(fit, cluster), middle * 5 / 6, rtol=1e-9)


@pytest.mark.parametrize("clusters", [8, 20])
def test_few_uneven_clusters_keep_their_level(clusters):
    """One group and all four of them, where none differs; 300 cohorts, so 5 % is 5 ± 1.3."""
    rng = np.random.default_rng(9)
    cluster, group = (axis.ravel() for axis in np.indices((clusters, 4)))
    design = CodedDesign.of([intercept(cluster.size), treatment(group, 4)])
    term = Term(np.arange(4) > 0, np.zeros(4, dtype=bool))
    found = []
    for _ in range(300):
        trials, passed = uneven_clusters(rng, clusters, 4)
        fit = fit_logistic(design, passed, trials)
        covariance = jackknife_covariance(fit, cluster)
        one = wald_p(fit.coef[1], np.sqrt(covariance[1, 1]), clusters - 1.0)
        found.append((one, wald_tests(fit.coef, covariance, [term], df=clusters - 1.0).p_value[0]))
    assert (np.mean(np.array(found) < 0.05, axis=0) <= 0.07).all()
