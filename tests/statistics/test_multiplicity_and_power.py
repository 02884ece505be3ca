"""Adjusted p-values against statsmodels; power against brute force and simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.stats.multitest import multipletests

from stepup_equity import statistics as s

NAMES = {
    "holm": "holm",
    "hochberg": "simes-hochberg",
    "hommel": "hommel",
    "bonferroni": "bonferroni",
    "BH": "fdr_bh",
    "BY": "fdr_by",
}


@pytest.mark.parametrize("method", NAMES)
def test_adjusted_p_agree_with_statsmodels(method):
    rng = np.random.default_rng(1995)
    for size in (1, 2, 7, 40):
        p = rng.uniform(size=size) ** 3
        expected = multipletests(p, method=NAMES[method])[1]
        np.testing.assert_allclose(s.adjust(p, method), expected, rtol=1e-9)


def test_tests_that_were_not_made_do_not_count():
    p = np.array([[0.01, np.nan], [0.04, 0.03]])

    assert s.adjust(p, "bonferroni").shape == (2, 2)
    np.testing.assert_allclose(s.adjust(p, "bonferroni"), [[0.03, np.nan], [0.12, 0.09]])
    assert np.isnan(s.adjust([np.nan, np.nan])).all()
    assert s.adjust([]).shape == (0,)
    np.testing.assert_array_equal(s.adjust(p, "none"), p)


@pytest.mark.parametrize("score_from", [0, 5, np.inf])
@pytest.mark.parametrize(
    "design",
    [(0.2, 20, 0.6, 25), (0.3, 7, 0.4, 150), (0.02, 40, 0.1, 40), (0, 5, 0.5, 7), (0.3, 60, 0.5, 50)],
)
def test_exact_power_agrees_with_testing_every_outcome(design, score_from):
    rate, n, ref_rate, ref_n = design
    x1, x2 = np.meshgrid(np.arange(n + 1), np.arange(ref_n + 1), indexing="ij")
    p = s.two_group_p(x1, n, x2, ref_n, score_from=score_from).p_value
    weight = np.outer(binom.pmf(np.arange(n + 1), n, rate), binom.pmf(np.arange(ref_n + 1), ref_n, ref_rate))

    power = s.power_exact(rate, n, ref_rate, ref_n, score_from=score_from)

    assert power == pytest.approx(weight[p <= 0.05].sum(), abs=1e-11)


def test_the_normal_approximation_meets_the_exact_power_in_large_groups():
    exact = s.power_exact(0.32, 1000, 0.4, 1000, score_from=0)

    assert s.power_normal(0.32, 1000, 0.4, 1000) == pytest.approx(float(exact), abs=0.002)


def test_power_edges():
    assert np.isnan(s.power_exact(0.2, 0, 0.3, 10))
    assert np.isnan(s.power_normal(0.2, 0, 0.3, 10))
    assert s.power_normal(0.0, 50, 1.0, 50) == 1
    assert s.power_normal(1.0, 5, 1.0, 5) == 0


def test_the_smallest_group_can_show_nothing():
    found = s.minimum_detectable_rates([0.1, 0.5], 1000, [3, 3])

    assert np.isnan(found.low[0])
    assert found.high[0] < 1
    assert np.isnan(s.minimum_detectable_rates(0.5, 1000, 0).estimate)


@pytest.mark.parametrize(
    ("sizes", "ref_n"),
    [([100] * 6, None), ([100] * 5, 100), ([10, 40, 200], None), ([7, 30], 50), ([25, 0, 25], None)],
)
def test_the_four_fifths_rule_by_chance_agrees_with_simulation(sizes, ref_n):
    rng = np.random.default_rng(80)
    sizes, rate, runs = np.array(sizes), 0.3, 40_000
    groups = sizes[sizes > 0]
    rates = rng.binomial(groups, rate, (runs, groups.size)) / groups
    against = rates.max(1) if ref_n is None else rng.binomial(ref_n, rate, runs) / ref_n
    flagged = (rates < 0.8 * against[:, None] - 1e-12).any(1).mean()

    assert s.four_fifths_by_chance(sizes, rate, ref_n=ref_n) == pytest.approx(flagged, abs=0.012)


def test_the_four_fifths_rule_needs_someone_to_compare():
    assert np.isnan(s.four_fifths_by_chance([10], 0.3))
    assert np.isnan(s.four_fifths_by_chance([], 0.3, ref_n=10))
    assert s.four_fifths_by_chance([10, 10], 1.0) == 0
    assert s.four_fifths_by_chance([10, 10], 0.0) == 0
