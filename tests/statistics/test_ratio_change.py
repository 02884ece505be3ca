"""Changes of impact ratios: against a general optimiser, by law, at the edges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import xlogy
from scipy.stats import chi2

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.ratio_change import (
    RatioChange,
    change_between_gates,
    change_of_groups,
    change_of_ratio,
)


def log_likelihood(log_rates: np.ndarray, x: np.ndarray, n: np.ndarray) -> float:
    p = np.exp(np.minimum(log_rates, -1e-12))
    return float((xlogy(x, p) + xlogy(n - x, 1 - p)).sum())


def deviance_by_optimiser(x: np.ndarray, n: np.ndarray) -> float:
    """Columns: group earlier, group later, reference earlier, reference later; log-binomial model."""

    def minus(beta: np.ndarray) -> float:
        rates = np.array([beta[0] + beta[2], beta[1] + beta[2], beta[0], beta[1]])
        if (rates >= 0).any():
            return 1e10 + rates.max()
        return -log_likelihood(rates, x, n)

    start = np.array([np.log(x[2] / n[2]), np.log(x[3] / n[3]), -0.5])
    best = min(minimize(minus, start + d, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-12,
               "maxiter": 4000}).fun for d in (0, np.array([-0.1, -0.1, 0.2])))  # fmt: skip
    return 2 * (log_likelihood(np.log(x / n), x, n) + best)


@pytest.mark.parametrize(
    ("passed", "entered"),
    [
        ([26, 50, 630, 640], [130, 130, 1300, 1300]),
        ([12, 9, 40, 61], [30, 35, 90, 100]),
        ([80, 60, 300, 310], [90, 95, 330, 340]),
    ],
)
def test_likelihood_ratio_against_a_general_optimiser(passed: list[int], entered: list[int]) -> None:
    x, n = np.array(passed, float), np.array(entered, float)
    found = change_of_ratio(x[:2], n[:2], x[2:], n[2:])
    assert found.method == "likelihood ratio"
    assert float(found.p_value) == pytest.approx(chi2.sf(deviance_by_optimiser(x, n), 1), rel=1e-5)


counts = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))
tables = st.lists(st.tuples(counts, counts, counts, counts), min_size=30, max_size=30).map(np.array)
"""Thirty tables: group earlier, group later, reference earlier, reference later; passed and entered."""


def all_changed(cells: np.ndarray) -> RatioChange:
    passed, entered = np.moveaxis(cells, 2, 0)
    return change_of_ratio(passed[:, :2].T, entered[:, :2].T, passed[:, 2:].T, entered[:, 2:].T)


@settings(deadline=None, max_examples=8)
@given(tables)
def test_interval_holds_the_estimate_and_agrees_with_the_test(cells: np.ndarray) -> None:
    found = all_changed(cells)
    known = ~np.isnan(found.estimate)
    assert np.isnan([found.low[~known], found.high[~known], found.p_value[~known]]).all()
    assert (found.method[~known] == "").all()
    low, estimate, high, p = (v[known] for v in (found.low, found.estimate, found.high, found.p_value))
    assert ((low >= 0) & (low <= estimate) & (estimate <= high)).all()
    clear = (found.method[known] == "likelihood ratio") & (np.abs(p - 0.05) > 1e-6)
    assert ((p < 0.05) == ((low > 1) | (high < 1)))[clear].all()


@settings(deadline=None, max_examples=4)
@given(tables)
def test_swapping_cohorts_or_groups_inverts_the_change(cells: np.ndarray) -> None:
    found = all_changed(cells)
    for order in ([1, 0, 3, 2], [2, 3, 0, 1]):
        other = all_changed(cells[:, order])
        with np.errstate(invalid="ignore", divide="ignore"):
            both = np.isfinite(np.log(found.estimate)) & np.isfinite(np.log(other.estimate))
            assert other.estimate[both] == pytest.approx(1 / found.estimate[both])
            assert other.low[both] == pytest.approx(1 / found.high[both], rel=1e-6, abs=1e-12)
            assert other.high[both] == pytest.approx(1 / found.low[both], rel=1e-6)
        assert other.p_value[both] == pytest.approx(found.p_value[both], rel=1e-6, abs=1e-9)


@settings(deadline=None, max_examples=4)
@given(tables)
def test_no_change_is_no_change(cells: np.ndarray) -> None:
    found = all_changed(cells[:, [0, 0, 2, 2]])
    known = ~np.isnan(found.estimate)
    assert found.estimate[known] == pytest.approx(1)
    assert ((found.low <= 1 + 1e-12) & (found.high >= 1 - 1e-12))[known].all()
    assert found.p_value[known] == pytest.approx(1, abs=1e-6)


def changed(cells: tuple[tuple[int, int], ...], **options: float) -> tuple[float, float, float, float, str]:
    (a, na), (b, nb), (c, nc), (d, nd) = cells
    found = change_of_ratio([a, b], [na, nb], [c, d], [nc, nd], **options)
    return (*(float(v) for v in (found.estimate, found.low, found.high, found.p_value)), str(found.method))


def test_zero_cells() -> None:
    fell_to_none = changed(((5, 40), (0, 40), (200, 400), (200, 400)))
    assert fell_to_none[:2] == (0, 0)
    assert 0 < fell_to_none[2] < 3
    assert fell_to_none[4] == "posterior"
    rose_from_none = changed(((0, 40), (5, 40), (200, 400), (200, 400)))
    assert rose_from_none[0] == rose_from_none[2] == np.inf
    assert 0.4 < rose_from_none[1] < 1  # and so is not evident, as its test says
    assert rose_from_none[3] > 0.05
    assert np.isnan(changed(((0, 40), (0, 40), (200, 400), (200, 400)))[0])
    assert np.isnan(changed(((4, 40), (4, 40), (0, 400), (200, 400)))[0])
    assert np.isnan(changed(((0, 0), (4, 40), (9, 400), (200, 400)))[0])
    assert changed(((40, 40), (40, 40), (400, 400), (400, 400)))[0] == 1


def test_everybody_passing_keeps_an_interval() -> None:
    estimate, low, high, p, _ = changed(((40, 40), (30, 40), (400, 400), (400, 400)))
    assert (estimate, low < 0.75 < high <= 1.0 + 1e-9, p < 0.05) == (0.75, True, True)


def test_small_cells_use_the_cautious_test() -> None:
    assert changed(((1, 12), (6, 12), (120, 300), (120, 300)))[4] == "posterior"
    assert changed(((1, 12), (6, 12), (120, 300), (120, 300)), likelihood_from=0)[4] == "likelihood ratio"


def test_two_groups_test_is_the_squared_posterior_contrast() -> None:
    """With one group and its reference, Cochran's Q is the square of the row's posterior z."""
    test = change_of_groups([[1, 120], [6, 120]], [[12, 300], [12, 300]])
    row = changed(((1, 12), (6, 12), (120, 300), (120, 300)))
    assert (test.df, test.p_value) == (1, pytest.approx(row[3]))


def test_groups_missing_from_a_cohort_leave_the_test() -> None:
    with_empty = change_of_groups([[5, 0, 120], [6, 3, 120]], [[12, 0, 300], [12, 9, 300]])
    without = change_of_groups([[5, 120], [6, 120]], [[12, 300], [12, 300]])
    assert (with_empty.df, with_empty.statistic) == (without.df, pytest.approx(without.statistic))
    nothing = change_of_groups([[0, 120], [6, 120]], [[0, 300], [12, 300]])
    assert (nothing.df, np.isnan(nothing.p_value)) == (0, True)


def test_change_at_every_gate_alike_is_not_a_change_between_gates() -> None:
    entered = np.array([[[1000] * 3, [1000] * 3]] * 2)
    passed = np.array([[[300] * 3, [600] * 3], [[450] * 3, [600] * 3]])
    alike = change_between_gates(passed, entered)
    assert (alike.df, alike.statistic) == (2, pytest.approx(0, abs=1e-9))
    passed[1, 0] = [450, 300, 300]
    assert change_between_gates(passed, entered).p_value < 1e-4


def test_between_gates_by_least_squares() -> None:
    rng = np.random.default_rng(4)
    entered = rng.integers(30, 400, (2, 3, 4))
    passed = rng.binomial(entered, 0.4)
    from scipy.special import digamma, polygamma

    y = np.diff(digamma(passed + 0.5) - digamma(entered + 1), axis=0)[0]
    v = (polygamma(1, passed + 0.5) - polygamma(1, entered + 1)).sum(axis=0)

    def squares(beta: np.ndarray) -> float:
        fitted = np.append(0, beta[:2])[:, None] + beta[2:][None, :]
        return float(((y - fitted) ** 2 / v).sum())

    best = minimize(squares, np.zeros(6), options={"gtol": 1e-10}).fun
    test = change_between_gates(passed, entered)
    assert (test.df, test.statistic) == (6, pytest.approx(best, rel=1e-6))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: change_of_ratio([1, 2, 3], [9, 9, 9], [4, 4, 4], [9, 9, 9]),
            "passed has shape (3,); its first axis holds two cohorts.",
        ),
        (
            lambda: change_of_ratio([[1, 2]] * 2, 9, [[4, 4, 4]] * 2, 9),
            "passed has shape (2, 2) and ref_passed has shape (2, 3); the two must fit together.",
        ),
        (
            lambda: change_of_groups([1, 2], [9, 9]),
            "passed has shape (2,); its first axis holds two cohorts, the next groups.",
        ),
        (
            lambda: change_of_groups([[[1]], [[2]]], [[[9]], [[9]]]),
            "passed has 3 axes; one gate has two: cohorts and groups.",
        ),
        (
            lambda: change_between_gates([[1], [2]], [[9], [9]]),
            "passed has 2 axes; it needs cohorts, groups and gates.",
        ),
    ],
)
def test_refusals(call: object, sentence: str) -> None:
    with pytest.raises(StatisticError) as error:
        call()  # type: ignore[operator]
    assert str(error.value) == sentence


def test_interval_and_test_agree_in_small_cells_too():
    """None of 12 against 4 of 15, later 5 of 12 against 4 of 15: 1.49 to infinity once stood beside p .16."""
    found = change_of_ratio([[0], [5]], [[12], [12]], [[4], [4]], [[15], [15]])
    assert found.method[0] == "posterior"
    assert (found.low[0] > 1 or found.high[0] < 1) == (found.p_value[0] < 0.05)
    rng = np.random.default_rng(8)
    entered, reference = rng.integers(5, 40, (2, 400)), rng.integers(10, 80, (2, 400))
    passed, theirs = rng.binomial(entered, 0.3), rng.binomial(reference, 0.5)
    change = change_of_ratio(passed, entered, theirs, reference)
    known = np.isfinite(change.p_value)
    outside = (change.low > 1) | (change.high < 1)
    assert (outside == (change.p_value < 0.05))[known].all()
    assert (change.low <= change.estimate)[known].all()
    assert (change.estimate <= change.high)[known].all()
