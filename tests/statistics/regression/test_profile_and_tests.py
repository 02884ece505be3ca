"""Profile limits lie where the likelihood ratio says; tests of terms agree with dropping them."""

from __future__ import annotations

import re

import numpy as np
import pytest
from firthmodels import FirthLogisticRegression
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import chi2

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression import profile
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.fits import fit_firth, fit_logistic, wald_interval, wald_p
from stepup_equity.statistics.regression.likelihood import maximise
from stepup_equity.statistics.regression.profile import profile_intervals
from stepup_equity.statistics.regression.sandwich import cluster_covariance, robust_covariance
from stepup_equity.statistics.regression.term_tests import Term, constrained_maximum, term_tests, wald_tests
from tests.statistics.regression.designs import random_design, sparse_passes

TWO = CodedDesign.of([intercept(2), treatment([0, 1], 2)])


def rejected_by(fit, j, value):
    """The likelihood-ratio statistic of one coefficient at one value."""
    held = np.arange(fit.coef.size) == j
    return 2 * (fit.value - constrained_maximum(fit, held, value).point.value)


@pytest.mark.parametrize("seed", range(60))
def test_firth_limits_are_where_the_test_turns(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, int(rng.integers(30, 120)), [int(k) for k in rng.integers(2, 5, 2)])
    design, passed = sparse_passes(rng, design, X)
    fit = fit_firth(design, passed, np.ones(len(X)))

    limits = profile_intervals(fit)

    assert limits.low_converged.all()
    assert limits.high_converged.all()
    edge = chi2.isf(0.05, 1)
    for j in range(fit.coef.size):
        assert limits.low[j] < fit.coef[j] < limits.high[j]
        assert rejected_by(fit, j, limits.low[j]) == pytest.approx(edge, abs=1e-6)
        assert rejected_by(fit, j, limits.high[j]) == pytest.approx(edge, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_firth_limits_agree_with_firthmodels(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, 60, [3])
    design, passed = sparse_passes(rng, design, X)

    limits = profile_intervals(fit_firth(design, passed, np.ones(60)))

    theirs = FirthLogisticRegression(backend="numpy", fit_intercept=False, gtol=1e-8, xtol=1e-8, max_iter=500)
    their_limits = theirs.fit(design.dense(), passed).conf_int(method="pl", tol=1e-9, max_iter=500)
    np.testing.assert_allclose(np.column_stack([limits.low, limits.high]), their_limits, atol=1e-6)


def test_the_bracketed_search_finds_the_same_limits(monkeypatch):
    fit = fit_firth(TWO, [40, 0], [60, 8])
    fast = profile_intervals(fit)

    monkeypatch.setattr(profile, "_venzon_moolgavkar", lambda *_: None)
    slow = profile_intervals(fit)

    assert not fast.low_bracketed.any()
    assert slow.low_bracketed.all()
    assert slow.high_bracketed.all()
    np.testing.assert_allclose(slow.low, fast.low, atol=1e-8)
    np.testing.assert_allclose(slow.high, fast.high, atol=1e-8)
    assert fast.low[1].round(2) == -8.39
    assert fast.high[1].round(2) == -1.35


SHARED_SEPARATION = np.array(
    # Asian, Black, Male, No religion, Muslim, entered, passed
    [
        [1, 0, 0, 0, 1, 1, 0],
        [1, 0, 0, 1, 0, 1, 0],
        [1, 0, 1, 0, 0, 1, 1],
        [0, 1, 0, 0, 0, 2, 2],
        [0, 1, 0, 1, 0, 5, 1],
        [0, 1, 1, 0, 0, 1, 1],
        [0, 1, 1, 1, 0, 2, 2],
        [0, 0, 0, 0, 0, 3, 3],
    ]
)
"""Sixteen people. Seen from Male held far out, White and Muslim balance at a saddle of the likelihood."""


def highest_from_many_starts(fit, j, value, starts):
    """The constrained penalised maximum by scipy alone."""
    others = np.arange(fit.coef.size) != j

    def falls(free):
        coef = np.empty(fit.coef.size)
        coef[j], coef[others] = value, free
        point = fit.likelihood.at(coef)
        if not np.isfinite(point.value):
            return 1e6, np.zeros(free.size)
        return -point.value, -point.score[others]

    return -min(minimize(falls, start[others], jac=True, method="BFGS").fun for start in starts)


def test_a_saddle_is_no_limit():
    """A flat point at the target that is not the constrained maximum gave 6.256, at a deviance of 2.652."""
    table = SHARED_SEPARATION
    X = np.column_stack([np.ones(len(table)), table[:, :5]])
    fit = fit_firth(CodedDesign.from_dense(X), table[:, 6], table[:, 5])

    limits = profile_intervals(fit, [3, 4])

    np.testing.assert_allclose(limits.low, [-0.495465, -7.480318], atol=2e-6)
    np.testing.assert_allclose(limits.high, [7.480318, 0.495465], atol=2e-6)
    rng = np.random.default_rng(1)
    starts = fit.coef + rng.normal(0, 3, (30, fit.coef.size))
    for j, value in ((3, limits.high[0]), (4, limits.low[1])):
        deviance = 2 * (fit.value - highest_from_many_starts(fit, j, value, starts))
        assert deviance == pytest.approx(chi2.isf(0.05, 1), abs=1e-6)


def test_constrained_maxima_leave_saddles():
    table = SHARED_SEPARATION
    X = np.column_stack([np.ones(len(table)), table[:, :5]])
    fit = fit_firth(CodedDesign.from_dense(X), table[:, 6], table[:, 5])
    starts = fit.coef + np.random.default_rng(2).normal(0, 3, (20, fit.coef.size))

    for value in (4.0, 6.2558, 8.0):
        found = constrained_maximum(fit, np.arange(6) == 3, value)
        assert found.converged
        assert found.point.value == pytest.approx(highest_from_many_starts(fit, 3, value, starts), abs=1e-7)


@pytest.mark.parametrize(
    "block", [pytest.param(i, marks=pytest.mark.docs if i else ()) for i in range(5)]
)  # twenty designs each time, all hundred beside the documentation
def test_firth_limits_of_few_people_are_constrained_maxima(block):
    """A hundred sparse designs: wherever one starts, the highest likelihood at each limit is its target."""
    for seed in range(20 * block, 20 * block + 20):
        rng = np.random.default_rng(seed)
        levels = [int(k) for k in rng.integers(2, 4, 2)]
        design, X = random_design(rng, int(rng.integers(8, 16)), levels)
        design, passed = sparse_passes(rng, design, X)
        fit = fit_firth(design, passed, np.ones(len(X)))
        target = fit.value - chi2.isf(0.05, 1) / 2

        limits = profile_intervals(fit)

        for j in range(fit.coef.size):
            for limit in (limits.low[j], limits.high[j]):
                others = np.arange(fit.coef.size) != j
                for start in fit.coef + rng.normal(0, 3, (1, fit.coef.size)):
                    start[j] = limit
                    assert maximise(fit.likelihood, start, free=others).point.value <= target + 1e-6, seed
                held = constrained_maximum(fit, ~others, limit)
                assert held.point.value == pytest.approx(target, abs=1e-6), seed


@pytest.mark.parametrize("seed", range(20))
def test_plain_limits_of_few_people_are_constrained_maxima(seed):
    """The plain likelihood is concave: a flat point is its maximum, and limits out of reach are NaN."""
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, int(rng.integers(8, 40)), [3, 3])
    design, passed = sparse_passes(rng, design, X)
    fit = fit_logistic(design, passed, np.ones(len(X)))

    limits = profile_intervals(fit)

    for j in range(fit.coef.size):
        for limit in (limits.low[j], limits.high[j]):
            if np.isfinite(limit):
                start = np.clip(fit.coef, -5, 5)
                highest = highest_from_many_starts(fit, j, limit, [start])
                assert highest == pytest.approx(fit.value - chi2.isf(0.05, 1) / 2, abs=1e-4)
                assert abs(limit) < 100


def test_a_limit_that_does_not_exist_is_not_made_up():
    """Maximum likelihood of a group without passes: the likelihood never falls again to the left."""
    limits = profile_intervals(fit_logistic(TWO, [40, 0], [60, 8]), [1])

    assert np.isnan(limits.low[0])
    assert not limits.low_converged[0]


@given(seed=st.integers(0, 10_000))
def test_dropping_a_term_gives_its_likelihood_ratio(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, 300, [3, 2])
    passed = (rng.random(300) < 0.4).astype(float)
    ones = np.ones(300)
    fit = fit_logistic(design, passed, ones)
    column = np.arange(X.shape[1])
    factor, other = np.isin(column, (1, 2)), np.isin(column, (3,))
    nothing = np.zeros(X.shape[1], dtype=bool)

    tests = term_tests(fit, [Term(factor, nothing), Term(other, nothing), Term(factor, other)])

    dropped = fit_logistic(design.columns(~factor), passed, ones)
    alone = fit_logistic(design.columns(~other), passed, ones)
    nobody = fit_logistic(design.columns(~(factor | other)), passed, ones)
    expected = [fit.value - dropped.value, fit.value - alone.value, alone.value - nobody.value]
    np.testing.assert_allclose(tests.statistic, 2 * np.array(expected), atol=1e-7)
    assert tests.df.tolist() == [2, 1, 2]
    np.testing.assert_allclose(tests.p_value, chi2.sf(tests.statistic, tests.df))


@pytest.mark.parametrize("seed", [19, 20, 32, 43, 45])
def test_terms_of_separated_people_are_tested_in_any_order(seed):
    """The fit runs away, its likelihood does not: the parabola through it is no place to start from."""
    rng = np.random.default_rng(seed)
    sizes = (4, 2, 5)
    codes = np.column_stack([rng.integers(0, k, 30) for k in sizes])
    passed = (rng.random(30) < 0.6).astype(float)
    passed[codes[:, 0] == 1] = 1.0
    passed[(codes[:, 2] == 3) & (codes[:, 0] != 1)] = 0.0
    statistics = []
    for order in ((0, 1, 2), (2, 0, 1)):
        design = CodedDesign.of([intercept(30), *(treatment(codes[:, v], sizes[v]) for v in order)])
        fit = fit_logistic(design, passed, np.ones(30))
        columns = [np.isin(np.arange(design.n_columns), np.arange(30)[at]) for at in design.slices[1:]]
        tests = term_tests(fit, [Term(column, np.zeros_like(column)) for column in columns])
        assert tests.converged.all()
        statistics.append(tests.statistic[np.argsort(order)])
    np.testing.assert_allclose(*statistics, atol=1e-6)


def test_a_term_without_columns_is_no_test():
    fit = fit_logistic(TWO, [40, 10], [100, 50])
    nothing = np.zeros(2, dtype=bool)

    tests = term_tests(fit, [Term(nothing, nothing)])

    assert np.isnan(tests.statistic[0])
    assert np.isnan(tests.p_value[0])


def test_wald_test_of_one_column_is_z_squared():
    fit = fit_logistic(TWO, [40, 10], [100, 50])
    term = Term(np.array([False, True]), np.zeros(2, dtype=bool))

    test = wald_tests(fit.coef, fit.covariance, [term])

    assert test.statistic[0] == pytest.approx((fit.coef[1] / fit.std_error[1]) ** 2)
    assert test.p_value[0] == pytest.approx(wald_p(fit.coef, fit.std_error)[1])
    low, high = wald_interval(fit.coef, fit.std_error)
    assert (low < fit.coef).all()
    assert (fit.coef < high).all()


@given(seed=st.integers(0, 10_000))
def test_sandwiches_are_those_of_single_people(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, 200, [3, 2])
    passed, clusters = (rng.random(200) < 0.5).astype(float), rng.integers(0, 6, 200)
    fit = fit_logistic(design, passed, np.ones(200))

    scores = X * (passed - fit.fitted)[:, None]
    bread = np.linalg.inv(X.T @ ((fit.fitted * (1 - fit.fitted))[:, None] * X))
    totals = np.stack([scores[clusters == g].sum(0) for g in np.unique(clusters)])
    G, k = len(totals), X.shape[1]

    np.testing.assert_allclose(
        robust_covariance(fit, small_sample=False), bread @ scores.T @ scores @ bread, rtol=1e-7, atol=1e-12
    )
    np.testing.assert_allclose(
        cluster_covariance(fit, clusters),
        bread @ totals.T @ totals @ bread * G / (G - 1) * 199 / (200 - k),
        rtol=1e-7,
        atol=1e-12,
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda fit: cluster_covariance(fit, [3, 3]),
            "Cluster-robust errors need at least 2 clusters with people; found 1.",
        ),
        (
            lambda fit: wald_tests([1.0, 2.0], np.eye(3), []),
            "A covariance of shape (2, 2) is needed; found (3, 3).",
        ),
    ],
)
def test_refusals(call, sentence):
    with pytest.raises(StatisticError, match=f"^{re.escape(sentence)}$"):
        call(fit_logistic(TWO, [40, 10], [100, 50]))


def test_robust_errors_need_more_people_than_coefficients():
    fit = fit_logistic(TWO, [0.5, 0.5], [1, 1])

    with pytest.raises(
        StatisticError, match=r"^Robust errors need more people than coefficients; found 2 and 2\.$"
    ):
        robust_covariance(fit)
