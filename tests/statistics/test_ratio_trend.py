"""A line through the log ratios of several cohorts."""

import numpy as np
import pytest

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.ratio_trend import ratio_trend


def test_large_cohorts_give_the_weighted_least_squares_line():
    n = m = np.full((4, 1), 1_000_000)
    ratio = np.array([0.5, 0.6, 0.72, 0.864])[:, None]
    found = ratio_trend(0.3 * ratio * n, n, 0.3 * m, m, times=[2010, 2011, 2012, 2013])
    assert found.slope == pytest.approx(np.log(1.2), abs=1e-4)
    assert found.first == pytest.approx(0.5, abs=1e-3)
    assert found.last == pytest.approx(0.864, abs=1e-3)
    variance = (0.7 / 0.3 + (1 - 0.3 * ratio) / (0.3 * ratio)) / 1_000_000
    weight = 1 / variance[:, 0]
    t = np.arange(4) - np.average(np.arange(4), weights=weight)
    assert found.std_error == pytest.approx((weight * t**2).sum() ** -0.5, rel=1e-3)
    assert found.heterogeneity_df.tolist() == [3]


def test_time_has_no_origin_and_a_scale():
    counts = ([[4], [9], [11]], [[30]] * 3, [[50], [55], [60]], [[100]] * 3)
    years, steps = (ratio_trend(*counts, times=t) for t in ([2010, 2012, 2014], [0, 1, 2]))
    assert years.slope * 2 == pytest.approx(steps.slope)
    assert years.p_value == pytest.approx(steps.p_value)
    backwards = ratio_trend(*(c[::-1] for c in counts), times=[2, 1, 0])
    assert backwards.slope == pytest.approx(steps.slope)


def test_cohorts_that_only_differ_make_no_trend():
    found = ratio_trend([[400], [700], [400], [700]], [[1000]] * 4, [[600]] * 4, [[1000]] * 4, times=range(4))
    assert found.heterogeneity_p_value < 1e-10
    assert found.scatter_p_value < 1e-10
    assert found.p_value > 0.3


def test_empty_cells():
    found = ratio_trend(
        [[0, 0, 5], [0, 0, 6], [0, 3, 7]],
        [[10, 0, 10], [10, 0, 10], [10, 10, 10]],
        [[50, 50, 0], [50, 50, 0], [50, 50, 0]],
        [[90, 90, 0], [90, 90, 0], [90, 90, 0]],
        times=[0, 1, 2],
    )
    assert found.cohorts.tolist() == [3, 1, 0]
    assert np.isfinite(found.slope).tolist() == [True, False, False]
    assert found.low[0] < 0 < found.high[0]
    assert np.isnan(found.p_value[1:]).all()


@pytest.mark.parametrize(("n", "m", "p"), [(300, 1300, 0.45), (30, 800, 0.4), (8, 300, 0.1), (40, 40, 0.95)])
def test_false_trends_are_at_most_one_in_twenty(n, m, p):
    rng = np.random.default_rng(19)
    x, y = (rng.binomial(size, p, (5, 4000)) for size in (n, m))
    found = ratio_trend(x, np.full_like(x, n), y, np.full_like(y, m), times=range(5))
    assert (found.p_value < 0.05).mean() < 0.05 + 2 * (0.05 * 0.95 / 4000) ** 0.5
    assert (found.heterogeneity_p_value < 0.05).mean() < 0.05 + 2 * (0.05 * 0.95 / 4000) ** 0.5


def test_interval_and_test_agree():
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 20, (3, 500)), rng.integers(20, 90, (3, 500))
    found = ratio_trend(x, np.full_like(x, 20), y, np.full_like(y, 90), times=range(3))
    assert (((found.low > 0) | (found.high < 0)) == (found.p_value < 0.05)).all()


def test_refused():
    with pytest.raises(StatisticError, match="two cohorts or more"):
        ratio_trend([[1]], [[2]], [[1]], [[2]], times=[0])
