"""Chance of being flagged in a run, against the sum over every table."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

import stepup_equity.statistics.power_curve as power_curve
from stepup_equity.errors import StatisticError
from stepup_equity.statistics.edge_power import edge_power


def over_every_table(n: int, passed: int, m: int, threshold: float, ratio: float) -> float:
    rate = passed / m
    x, y = np.meshgrid(np.arange(n + 1), np.arange(m + 1), indexing="ij")
    flagged = (5 * x * m < 4 * y * n) & (hypergeom.cdf(x, n + m, x + y, n) <= threshold * (1 + 1e-9))
    return float((binom.pmf(x, n, ratio * rate) * binom.pmf(y, m, rate) * flagged).sum())


def test_power_is_the_sum_over_every_table() -> None:
    rng = np.random.default_rng(5)
    for _ in range(40):
        n, m = int(rng.integers(1, 60)), int(rng.integers(1, 160))
        passed, threshold = int(rng.integers(0, m + 1)), float(10 ** rng.uniform(-6, -0.4))
        seen = edge_power([n], [passed], [m], threshold)
        expected = [over_every_table(n, passed, m, threshold, ratio) for ratio in (0.5, 0.8)]
        np.testing.assert_allclose(seen.power[:, 0], expected, atol=1e-8)
        assert seen.exact.all()


def test_power_at_the_detectable_ratio_is_the_target() -> None:
    n, passed, m = np.array([105, 60, 400]), np.array([526, 526, 190]), np.array([1072, 1072, 402])
    ratio = edge_power(n, passed, m, 3e-4).detectable_ratio
    assert ((ratio > 0) & (ratio < 0.8)).all()
    for i in range(3):
        again = edge_power(n[i : i + 1], passed[i : i + 1], m[i : i + 1], 3e-4, ratios=(float(ratio[i]),))
        assert again.power[0, 0] == pytest.approx(0.8, abs=1e-6)


def test_the_approximation_is_near_where_it_takes_over(monkeypatch: pytest.MonkeyPatch) -> None:
    n, m = np.array([1100, 2793, 929, 3000]), np.array([1100, 31_447, 43_097, 2000])
    passed = (np.array([0.3, 0.072, 0.218, 0.5]) * m).astype(int)
    near = edge_power(n, passed, m, 1e-3)
    monkeypatch.setattr(power_curve, "LARGEST_ENUMERATION", 1e9)
    exact = edge_power(n, passed, m, 1e-3)
    assert not near.exact.any()
    assert exact.exact.all()
    np.testing.assert_allclose(near.power, exact.power, atol=0.05)
    np.testing.assert_allclose(near.detectable_ratio, exact.detectable_ratio, atol=0.01)


def test_nothing_can_be_flagged_where_the_threshold_is_none_or_nobody_passed() -> None:
    assert edge_power([50], [40], [80], 0.0).power.tolist() == [[0.0], [0.0]]
    assert edge_power([50], [0], [80], 0.01).power.tolist() == [[0.0], [0.0]]
    assert np.isnan(edge_power([0], [40], [80], 0.01).power).all()


def test_whatever_is_material_is_flagged_where_the_threshold_is_one() -> None:
    seen = edge_power([2_000_000], [900_000], [2_000_000], 1.0)
    np.testing.assert_allclose(seen.power[:, 0], [1.0, 0.5], atol=1e-3)


def test_a_ratio_that_is_no_gap_is_refused() -> None:
    with pytest.raises(StatisticError, match="ratio=1 is not a gap"):
        edge_power([50], [40], [80], 0.01, ratios=(1,))
