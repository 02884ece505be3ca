"""Coded designs: the same products as the matrix they stand for."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression import bundles
from stepup_equity.statistics.regression.continuation import stack_gates
from stepup_equity.statistics.regression.design import Block, CodedDesign, intercept, numeric, treatment
from tests.statistics.regression.designs import random_design


@given(seed=st.integers(0, 10_000), numbers=st.integers(0, 2))
def test_products_are_those_of_the_matrix(seed, numbers):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, int(rng.integers(1, 30)), [2, 4], numbers=numbers)
    w = rng.random(len(X))
    beta = rng.normal(size=X.shape[1])
    half = rng.normal(size=(X.shape[1], X.shape[1]))
    clusters = rng.integers(0, 3, len(X))

    np.testing.assert_allclose(design.dense(), X)
    np.testing.assert_allclose(design.linear_predictor(beta), X @ beta, atol=1e-9)
    np.testing.assert_allclose(design.total(w), X.T @ w, rtol=1e-12)
    np.testing.assert_allclose(design.gram(w), X.T @ (w[:, None] * X), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(
        design.quadratic(half + half.T),
        np.einsum("ij,jk,ik->i", X, half + half.T, X),
        rtol=1e-9,
        atol=1e-9,
    )
    np.testing.assert_allclose(
        design.totals(w, clusters, 3),
        np.stack([X[clusters == g].T @ w[clusters == g] for g in range(3)]),
        atol=1e-12,
    )


@given(seed=st.integers(0, 10_000))
def test_rows_and_columns_can_be_taken_out(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, 12, [3, 2], numbers=1)
    rows, kept = rng.random(12) < 0.6, rng.random(X.shape[1]) < 0.6
    kept[0] = True

    taken = design.rows(rows).columns(kept)

    np.testing.assert_allclose(taken.dense(), X[rows][:, kept])
    np.testing.assert_allclose(taken.gram(np.ones(rows.sum())), X[rows][:, kept].T @ X[rows][:, kept])


def test_an_interaction_has_one_column_for_each_combination():
    both = Block(np.array([0, 1, 2, 0]), 2, np.array([5.0, 6.0, 7.0, 8.0]))

    design = CodedDesign.of([intercept(4), both])

    assert design.dense().tolist() == [[1, 0, 0], [1, 6, 0], [1, 0, 7], [1, 0, 0]]
    assert design.members([1, 10, 100, 1000]).tolist() == [1111, 10, 100]


def test_a_matrix_can_be_coded():
    X = np.array([[1.0, 0.0, 2.5], [1.0, 1.0, -1.0]])

    assert CodedDesign.from_dense(X).dense().tolist() == X.tolist()


def test_gates_share_columns_or_have_their_own():
    first = CodedDesign.of([intercept(2), treatment([0, 1], 2), numeric([3.0, 4.0])])
    second = CodedDesign.of([intercept(1), treatment([1], 2), numeric([5.0])])

    stacked = stack_gates([first, second], by_gate=[True, False, True])

    assert stacked.dense().tolist() == [
        [1, 0, 0, 3, 0],
        [1, 0, 1, 4, 0],
        [0, 1, 1, 0, 5],
    ]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: CodedDesign.of([intercept(2), treatment([0], 2)]),
            "The blocks of a design need the same number of rows; found [1, 2].",
        ),
        (lambda: treatment([0, 3], 3), "A level lies outside 0 to 2: 0 to 3 found."),
        (
            lambda: numeric([1.0, np.nan, np.inf]),
            "A numeric covariate must be finite; 2 values are not.",
        ),
        (
            lambda: stack_gates([CodedDesign.of([intercept(1)])], by_gate=[True, False]),
            "Gates are stacked when their designs have the same 2 blocks; found widths [(1,)].",
        ),
    ],
)
def test_what_cannot_be_a_design_is_refused(make, sentence):
    with pytest.raises(StatisticError, match=f"^{re.escape(sentence)}$"):
        make()


@given(seed=st.integers(0, 10_000))
def test_blocks_that_share_a_code_give_the_same_products(seed):
    rng = np.random.default_rng(seed)
    rows = int(rng.integers(1, 40))
    blocks = [
        intercept(rows),
        treatment(rng.integers(0, 3, rows), 3),
        numeric(rng.normal(size=rows)),
        treatment(rng.integers(0, 4, rows), 4),
        treatment(rng.integers(0, 2, rows), 2),
    ]
    X = CodedDesign.of(blocks).dense()
    w, m = rng.random(rows), rng.normal(size=(X.shape[1], X.shape[1]))
    for most in (0, 64, 10_000):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(bundles, "_CODES_FOR_ANY", most)
            design = CodedDesign.of(blocks)
            if most:  # a block of numbers stands alone, between two bundles
                assert [bundle.size for bundle in design.bundles] == [6, 2, 8]
            np.testing.assert_allclose(design.linear_predictor(m[0]), X @ m[0], atol=1e-12)
            np.testing.assert_allclose(design.gram(w), X.T @ (w[:, None] * X), atol=1e-12)
            np.testing.assert_allclose(design.members(w), (X != 0).T @ w, atol=1e-12)
            np.testing.assert_allclose(
                design.quadratic(m + m.T), np.einsum("ij,jk,ik->i", X, m + m.T, X), atol=1e-10
            )
