"""Maximum likelihood and Firth on counts: the same as rows, the same as other programs, refusals."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from firthmodels import FirthLogisticRegression
from hypothesis import given
from hypothesis import strategies as st

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.fits import fit_firth, fit_logistic, independent_columns, wald_p
from stepup_equity.statistics.regression.term_tests import coefficient_tests
from tests.statistics.regression.designs import random_design, sparse_passes

TWO = CodedDesign.of([intercept(2), treatment([0, 1], 2)])


def grouped(X, passed):
    """Distinct rows of a matrix, passes and people of each."""
    patterns, row = np.unique(X, axis=0, return_inverse=True)
    row = row.ravel()
    return patterns, np.bincount(row, passed), np.bincount(row)


@pytest.mark.parametrize("seed", range(20))
def test_agrees_with_statsmodels_on_rows(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, 400, [3, 4], numbers=1)
    coef = rng.normal(0, 0.4, X.shape[1]) * np.r_[np.ones(X.shape[1] - 1), 0.02]
    passed = (rng.random(400) < 1 / (1 + np.exp(-X @ coef))).astype(float)

    fit = fit_logistic(design, passed, np.ones(400))
    theirs = sm.GLM(passed, X, family=sm.families.Binomial()).fit(tol=1e-14)

    assert fit.converged
    assert fit.proven_finite
    np.testing.assert_allclose(fit.coef, theirs.params, atol=1e-8)
    np.testing.assert_allclose(fit.std_error, theirs.bse, rtol=1e-7)
    assert fit.log_likelihood == pytest.approx(theirs.llf, rel=1e-10)
    assert fit.aic == pytest.approx(theirs.aic, rel=1e-10)
    assert fit.null_log_likelihood == pytest.approx(theirs.llnull, rel=1e-10)


@given(seed=st.integers(0, 10_000))
def test_counts_and_rows_give_the_same_fit(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, 150, [3, 2])
    design, passed = sparse_passes(rng, design, X)
    patterns, s, m = grouped(design.dense(), passed)
    coded = CodedDesign.from_dense(patterns)

    for fit in (fit_logistic, fit_firth):
        by_row, by_count = fit(design, passed, np.ones(150)), fit(coded, s, m)
        if by_row.proven_finite:
            np.testing.assert_allclose(by_count.coef, by_row.coef, atol=1e-8)
            np.testing.assert_allclose(by_count.std_error, by_row.std_error, rtol=1e-7)
        assert by_count.value == pytest.approx(by_row.value, abs=1e-8)


@pytest.mark.parametrize("seed", range(40))
def test_firth_agrees_with_firthmodels(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, int(rng.integers(30, 120)), [int(k) for k in rng.integers(2, 5, 2)])
    design, passed = sparse_passes(rng, design, X)

    fit = fit_firth(design, passed, np.ones(len(X)))

    assert fit.converged
    assert fit.largest_score <= 1e-9
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = FirthLogisticRegression(
            backend="numpy", fit_intercept=False, gtol=1e-9, xtol=1e-8, max_iter=500
        ).fit(design.dense(), passed)
    np.testing.assert_allclose(fit.coef, theirs.coef_, atol=1e-8 if theirs.converged_ else 1e-6)
    augmented = np.sqrt(np.diag(fit.covariance_augmented))
    np.testing.assert_allclose(augmented, theirs.bse_, rtol=1e-5)


def test_firth_where_nobody_of_a_group_passes():
    fit = fit_firth(TWO, [40, 0], [60, 8])

    test = coefficient_tests(fit, [1])
    assert fit.coef[1].round(2) == -3.51
    assert test.p_value[0] == pytest.approx(0.00028, abs=5e-6)
    ml = fit_logistic(TWO, [40, 0], [60, 8])
    assert not ml.proven_finite
    assert wald_p(ml.coef, ml.std_error)[1] > 0.99, "what plain maximum likelihood prints for the widest gap"
    assert ml.log_likelihood == pytest.approx(40 * np.log(40 / 60) + 20 * np.log(20 / 60), abs=1e-6)


def test_one_rate_for_all():
    fit = fit_logistic(CodedDesign.of([intercept(2)]), [40, 10], [100, 50])

    assert fit.fitted.tolist() == pytest.approx([1 / 3, 1 / 3])
    assert fit.mcfadden == pytest.approx(0, abs=1e-12)
    assert fit.n == 150


def test_patterns_without_people_change_nothing():
    wider = CodedDesign.of([intercept(3), treatment([0, 1, 1], 2)])

    with_nobody = fit_logistic(wider, [40, 10, 0], [100, 50, 0])

    np.testing.assert_allclose(with_nobody.coef, fit_logistic(TWO, [40, 10], [100, 50]).coef, rtol=1e-12)


@given(seed=st.integers(0, 10_000))
def test_columns_kept_are_independent_and_span_the_rest(seed):
    rng = np.random.default_rng(seed)
    _, X = random_design(rng, 20, [3, 4])
    X = np.column_stack([X, X[:, 1] + X[:, 2], np.zeros(20), X[:, -1] * X[:, 1]])

    kept = independent_columns(CodedDesign.from_dense(X), np.ones(20))

    rank = np.linalg.matrix_rank(X)
    assert kept.sum() == rank
    assert np.linalg.matrix_rank(X[:, kept]) == rank
    for j in range(X.shape[1]):
        left = X[:, : j + 1]
        assert kept[j] == (
            np.linalg.matrix_rank(left) > np.linalg.matrix_rank(X[:, :j]) if j else X[:, 0].any()
        )


@pytest.mark.parametrize(
    ("successes", "trials", "sentence"),
    [
        ([3, 9], [5, 8], "Row 1 has 9 successes in 8 trials; successes lie between 0 and trials."),
        ([-1, 0], [5, 8], "Row 0 has -1 successes in 5 trials; successes lie between 0 and trials."),
        ([1, np.nan], [5, 8], "Successes and trials must be finite counts."),
        ([0, 0], [0, 0], "Nobody is at risk: every row has 0 trials."),
        (
            [1, 2, 3],
            [5, 8],
            (
                "Successes and trials need one count for each of the 2 rows of the design; "
                "found shapes (3,) and (2,)."
            ),
        ),
        (
            [0, 3],
            [0, 8],
            (
                "Some columns of the design repeat others, so their coefficients are not determined. "
                "Drop them first; independent_columns says which can stay."
            ),
        ),
    ],
)
def test_impossible_counts_are_refused(successes, trials, sentence):
    with pytest.raises(StatisticError, match=f"^{re.escape(sentence)}$"):
        fit_logistic(TWO, successes, trials)


def test_firth_refuses_repeated_columns():
    twice = CodedDesign.of([intercept(2), intercept(2)])

    with pytest.raises(StatisticError, match=r"^Some columns of the design repeat others"):
        fit_firth(twice, [1, 2], [5, 8])
