"""Rates of one group: edges, and statsmodels and scipy where they are right."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, binomtest
from statsmodels.stats.proportion import proportion_confint

from stepup_equity import statistics as s

METHODS = {"wilson": s.wilson_interval, "beta": s.clopper_pearson_interval}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.999])
def test_agrees_with_statsmodels_away_from_the_edges(method, confidence):
    n = np.array([2, 9, 40, 1413, 10**6])[:, None]
    passed = np.maximum(1, (n * [0.02, 0.3, 0.5, 0.97]).astype(int)).clip(max=n - 1)
    low, high = proportion_confint(passed, n, alpha=1 - confidence, method=method)

    found = METHODS[method](passed, n, confidence=confidence)

    np.testing.assert_allclose(found.low, low, rtol=1e-9)
    np.testing.assert_allclose(found.high, high, rtol=1e-9)


@pytest.mark.parametrize(("passed", "n"), [(0, 10), (10, 10), (262_144, 262_144), (0, 262_144), (1, 2)])
def test_agrees_with_scipy_at_the_edges(passed, n):
    expected = binomtest(passed, n).proportion_ci(method="wilson")

    found = s.wilson_interval(passed, n)

    np.testing.assert_allclose([found.low, found.high], expected, rtol=1e-12, atol=1e-16)


def test_all_of_262144_ends_at_1_exactly():
    """The textbook formula gives 1.0000000000000002 here."""
    found = s.wilson_interval([262_144, 0], 262_144)

    assert found.high[0] == 1
    assert found.low[1] == 0
    assert found.low[0] == pytest.approx(1 - found.high[1], rel=1e-15)


def test_a_rate_of_nobody_is_nan_and_its_neighbours_are_not():
    for interval in (s.wilson_interval, s.clopper_pearson_interval, s.jeffreys_interval):
        found = interval([[0, 3]], [[0, 10]])

        assert np.isnan([found.estimate[0, 0], found.low[0, 0], found.high[0, 0]]).all()
        assert found.estimate[0, 1] == 0.3


def test_jeffreys_ends_at_0_and_1_where_the_raw_quantiles_would_leave_out_the_estimate():
    found = s.jeffreys_interval([0, 10], 10)

    assert found.low[0] == 0
    assert found.high[1] == 1
    assert found.high[0] == pytest.approx(0.217196267509211)


def test_small_rates_of_many_keep_their_digits():
    """One of 10**9: the limits by the plain formula lose eight digits."""
    found = s.wilson_interval(1, 10**9)

    z2 = 1.959963984540054**2
    exact_high = (1 + z2 / 2 + np.sqrt(z2) * np.sqrt(1 - 1e-9 + z2 / 4)) / (10**9 + z2)
    assert found.high == pytest.approx(exact_high, rel=1e-14)
    assert found.low * found.high == pytest.approx(1e-18 / (1 + z2 / 1e9), rel=1e-14)


def test_clopper_pearson_covers_at_least_as_often_as_it_says():
    n, rates = 30, np.linspace(0.01, 0.99, 99)
    found = s.clopper_pearson_interval(np.arange(n + 1), n)

    holds = (found.low[:, None] <= rates) & (rates <= found.high[:, None])
    coverage = (binom.pmf(np.arange(n + 1)[:, None], n, rates) * holds).sum(0)

    assert coverage.min() >= 0.95
