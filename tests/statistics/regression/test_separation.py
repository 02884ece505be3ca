"""Separation: the infinite coefficients are those that a linear programme for each of them finds."""

from __future__ import annotations

import highspy
import numpy as np
import pytest
from scipy.optimize import linprog

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.design import CodedDesign, intercept, numeric, treatment
from stepup_equity.statistics.regression.fits import fit_logistic, independent_columns
from stepup_equity.statistics.regression.separation import find_separation, null_space
from stepup_equity.statistics.solver import Solver
from tests.statistics.regression.designs import random_design, sparse_passes


def infinite_one_by_one(X, passed):
    """Coefficients that some direction without losses moves, one linear programme for each side of each."""
    A = -(2 * passed - 1)[:, None] * X / np.abs(X).max(0)
    bounds, zero = [(-1, 1)] * X.shape[1], np.zeros(len(X))
    reach = [
        abs(linprog(sign * np.eye(X.shape[1])[j], A_ub=A, b_ub=zero, bounds=bounds).fun)
        for j in range(X.shape[1])
        for sign in (1, -1)
    ]
    return np.reshape(reach, (-1, 2)).max(1) > 1e-6


@pytest.mark.parametrize("seed", range(60))
def test_infinite_coefficients_are_found(seed):
    rng = np.random.default_rng(seed)
    design, X = random_design(rng, int(rng.integers(8, 60)), [2, 3], numbers=int(rng.integers(0, 2)))
    design, passed = sparse_passes(rng, design, X)
    ones = np.ones(len(X))

    found = find_separation(design, passed, ones)

    assert found.infinite.tolist() == infinite_one_by_one(design.dense(), passed).tolist()
    assert fit_logistic(design, passed, ones).proven_finite == (not found.separated)
    assert ((found.sign == 0) == ~found.infinite).all()


def test_a_group_without_passes_is_named():
    design = CodedDesign.of([intercept(3), treatment([0, 1, 2], 3)])

    found = find_separation(design, [40, 0, 5], [60, 8, 20])

    assert found.sign.tolist() == [0, -1, 0]
    assert found.overlap.tolist() == [True, False, True]
    assert not found.complete


def test_a_reference_without_passes_takes_its_whole_factor():
    design = CodedDesign.of([intercept(3), treatment([0, 1, 2], 3)])

    assert find_separation(design, [0, 4, 5], [60, 8, 20]).sign.tolist() == [-1, 1, 1]


def test_complete_separation_by_a_number():
    design = CodedDesign.of([intercept(4), numeric([1.0, 2.0, 3.0, 4.0])])

    found = find_separation(design, [0, 0, 1, 1], [1, 1, 1, 1])

    assert found.complete
    assert found.infinite.all()
    assert found.sign.tolist() == [-1, 1]


def test_a_second_direction_behind_the_first():
    """The third group is separated only once the rows of the second are set aside."""
    design = CodedDesign.of([intercept(5), treatment([0, 0, 1, 2, 2], 3), numeric([0.0, 1.0, 0.0, 5.0, 6.0])])
    passed, trials = np.array([3.0, 4.0, 0.0, 0.0, 1.0]), np.array([5.0, 9.0, 4.0, 1.0, 1.0])

    found = find_separation(design, passed, trials)

    assert found.infinite.tolist() == [False, True, False, False]


def test_rows_with_both_outcomes_everywhere_need_no_search():
    design = CodedDesign.of([intercept(2), treatment([0, 1], 2)])

    assert not find_separation(design, [1, 1], [2, 2]).separated
    assert not find_separation(design, [0, 0], [0, 0]).overlap.any()


def test_null_space_holds_what_rows_do_not_determine():
    design = CodedDesign.of([intercept(3), treatment([0, 1, 2], 3)])

    directions = null_space(design, np.array([True, True, False]))

    assert np.abs(directions).round(9).tolist() == [[0], [0], [1]]
    assert independent_columns(design, [5, 5, 0]).tolist() == [True, True, False]


def test_a_presolve_that_gives_up_is_not_the_end(monkeypatch):
    # seen once in 700 simulated gates: HiGHS status 15, "model_status is Unknown", though 0 is feasible
    design = CodedDesign.of([intercept(3), treatment([0, 1, 2], 3)])
    expected = find_separation(design, [40, 0, 5], [60, 8, 20])

    settle, tried = Solver.settle, []

    def without_presolve_only(self):
        tried.append(self.getOptionValue("presolve")[1])
        status = settle(self)
        return status if tried[-1] == "off" else highspy.HighsModelStatus.kUnknown

    monkeypatch.setattr(Solver, "settle", without_presolve_only)
    found = find_separation(design, [40, 0, 5], [60, 8, 20])

    assert found.sign.tolist() == expected.sign.tolist()
    assert tried[:2] == ["choose", "off"]

    monkeypatch.setattr(Solver, "settle", lambda _: highspy.HighsModelStatus.kUnknown)
    with pytest.raises(StatisticError, match="did not finish: Unknown"):
        find_separation(design, [40, 0, 5], [60, 8, 20])
