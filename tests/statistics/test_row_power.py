"""Power of a row's own test and the smallest gap it would detect, by one enumeration."""

from __future__ import annotations

import numpy as np
import pytest

import stepup_equity.statistics.power_curve as power_curve_module
from stepup_equity.errors import StatisticError
from stepup_equity.statistics.power import power_exact
from stepup_equity.statistics.row_power import row_power
from stepup_equity.statistics.two_by_two import two_group_p


@pytest.mark.parametrize("score_from", [0.0, 5.0, np.inf])
def test_power_is_the_sum_over_every_table(score_from: float) -> None:
    rng = np.random.default_rng(30)
    n1, n2 = rng.integers(1, 70, 60), rng.integers(1, 250, 60)
    passed = rng.binomial(n2, rng.random(60))
    seen = row_power(n1, passed, n2, score_from=score_from)
    every_table = power_exact(0.8 * passed / n2, n1, passed / n2, n2, score_from=score_from)
    np.testing.assert_allclose(seen.power, every_table, atol=1e-9)
    assert seen.exact.all()


def test_power_at_the_detectable_ratio_is_the_target() -> None:
    n1, passed, n2 = (
        np.array([132, 60, 20, 400]),
        np.array([1072, 526, 402, 190]),
        np.array([1217, 1072, 526, 402]),
    )
    for target in (0.5, 0.8, 0.9):
        ratio = row_power(n1, passed, n2, target=target, score_from=np.inf).detectable_ratio
        assert ((ratio > 0) & (ratio < 1)).all()
        reached = power_exact(ratio * passed / n2, n1, passed / n2, n2, score_from=np.inf)
        np.testing.assert_allclose(reached, target, atol=1e-9)


def test_simulation_of_the_test_itself_agrees() -> None:
    rng = np.random.default_rng(31)
    runs = 20_000
    for n1, n2, rate in ((105, 1072, 0.49), (12, 402, 0.47), (300, 4000, 0.2), (900, 3000, 0.06)):
        seen = row_power(n1, round(rate * n2), n2, score_from=1000)
        rate = round(rate * n2) / n2
        x1, x2 = rng.binomial(n1, 0.8 * rate, runs), rng.binomial(n2, rate, runs)
        p = two_group_p(x1, n1, x2, n2, score_from=1000).p_value
        rejected = (p <= 0.05).mean()
        error = np.sqrt(seen.power * (1 - seen.power) / runs)
        assert abs(rejected - seen.power) <= 3 * error


def test_the_approximation_agrees_with_the_enumeration_where_it_takes_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    n1, n2 = np.array([300, 600, 1100, 1000, 2793, 929]), np.array([4000, 2000, 1100, 10_000, 31_447, 43_097])
    passed = (np.array([0.2, 0.1, 0.05, 0.06, 0.072, 0.218]) * n2).astype(int)
    approximate = row_power(n1, passed, n2, score_from=np.inf)
    monkeypatch.setattr(power_curve_module, "LARGEST_ENUMERATION", 1e9)
    exact = row_power(n1, passed, n2, score_from=np.inf)
    assert not approximate.exact.any()
    assert exact.exact.all()
    np.testing.assert_allclose(approximate.power, exact.power, atol=0.01)
    np.testing.assert_allclose(approximate.detectable_ratio, exact.detectable_ratio, atol=0.003)


def test_large_tables_are_approximated_and_say_so() -> None:
    seen = row_power([8_000_000, 40], [3_000_000, 200], [5_000_000, 900], score_from=1000)
    assert seen.exact.tolist() == [False, True]
    assert seen.power[0] == pytest.approx(1.0)
    assert 0.995 < seen.detectable_ratio[0] < 1


def test_nothing_detectable_is_nan() -> None:
    seen = row_power([1, 3, 50], [1, 100, 0], [20, 1000, 60])
    assert np.isnan(seen.detectable_ratio).all()
    assert seen.power[2] == 0.0


def test_empty_groups_are_nan_and_shapes_are_kept() -> None:
    seen = row_power([[10, 0], [5, 8]], [[20, 5], [20, 0]], [[50, 9], [50, 0]])
    assert np.isnan(seen.power).tolist() == [[False, True], [False, True]]
    assert seen.detectable_ratio.shape == (2, 2)


def test_everyone_of_the_reference_passing_is_a_rate_of_one() -> None:
    seen = row_power(30, 100, 100, score_from=np.inf)
    assert seen.power == pytest.approx(float(power_exact(0.8, 30, 1.0, 100, score_from=np.inf)), abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"ratio": 1.0}, "ratio=1.0 is not a gap to look for; give a ratio from 0 to below 1."),
        ({"alpha": 5}, "alpha=5 is not between 0 and 1."),
        ({"target": 0.01}, "target=0.01 must lie between alpha (0.05) and 1."),
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, float], sentence: str) -> None:
    with pytest.raises(StatisticError) as refused:
        row_power(10, 20, 50, **arguments)
    assert str(refused.value) == sentence
