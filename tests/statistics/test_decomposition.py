"""The split of a gap over gates, Fieller shares and the test of abruptness."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.decomposition import (
    abruptness,
    fieller_interval,
    share_of_gap,
    stage_decomposition,
)


def chain(reached: list[int]) -> tuple[list[int], list[int]]:
    """Passed and entered of a funnel nobody is left out of."""
    return reached[1:], reached[:-1]


AFRICAN = chain([132, 105, 21, 12, 0, 0, 0])
WHITE_BRITISH = chain([1217, 1072, 526, 402, 190, 154, 146])


def test_plain_parts_and_variances_add_up_to_the_whole_gap() -> None:
    group, reference = chain([120, 80, 30, 12]), chain([900, 700, 400, 200])
    parts = stage_decomposition([group[0]], [group[1]], *reference)
    assert parts.total_log_ratio[0] == pytest.approx(np.log((12 / 120) / (200 / 900)), abs=1e-12)
    variance = (1 / 12 - 1 / 120) + (1 / 200 - 1 / 900)  # Katz of the whole way, when nobody is left out
    assert parts.total_variance[0] == pytest.approx(variance, abs=1e-12)
    assert parts.log_ratio.sum() == pytest.approx(parts.total_log_ratio[0], abs=1e-12)


def test_plain_split_is_undefined_at_a_zero_cell_and_says_which_gates() -> None:
    parts = stage_decomposition([AFRICAN[0]], [AFRICAN[1]], *WHITE_BRITISH)
    assert parts.computable.tolist() == [[True, True, True, False, False, False]]
    assert parts.within.tolist() == [[True, True, True, True, False, False]]
    assert np.isnan(parts.total_log_ratio[0])
    assert np.isnan(parts.total_variance[0])
    assert np.isfinite(parts.log_ratio[0, :3]).all()


def test_jeffreys_split_ends_at_the_last_gate_anyone_entered() -> None:
    parts = stage_decomposition([AFRICAN[0]], [AFRICAN[1]], *WHITE_BRITISH, method="jeffreys")
    assert np.isfinite(parts.log_ratio[0, :4]).all()
    assert np.isnan(parts.log_ratio[0, 4:]).all()
    assert parts.total_log_ratio[0] == pytest.approx(np.nansum(parts.log_ratio[0]), abs=1e-12)
    assert parts.total_variance[0] == pytest.approx(np.nansum(parts.variance[0]), abs=1e-12)


@pytest.mark.parametrize(("x", "n"), [(0, 12), (12, 12), (3, 40), (1, 1)])
def test_jeffreys_moments_are_those_of_the_log_of_a_beta_variable(x: int, n: int) -> None:
    beta = stats.beta(x + 0.5, n - x + 0.5)

    # on the log-odds scale the integrand has no poles
    def moment(power: int) -> float:
        def integrand(t: float) -> float:
            p = 1 / (1 + np.exp(-t))
            return np.log(p) ** power * beta.pdf(p) * p * (1 - p)

        return integrate.quad(integrand, -80, 30, limit=400, epsabs=1e-12)[0]

    one = stage_decomposition([[x]], [[n]], [[7]], [[9]], method="jeffreys")
    other = stage_decomposition([[7]], [[9]], [[7]], [[9]], method="jeffreys")
    mean = one.log_ratio[0, 0]
    reference = stats.beta(7.5, 2.5)
    reference_mean = reference.expect(np.log)
    assert mean == pytest.approx(moment(1) - reference_mean, rel=1e-6)
    variance = one.variance[0, 0] - other.variance[0, 0] / 2
    assert variance == pytest.approx(moment(2) - moment(1) ** 2, rel=1e-6)


def test_jeffreys_approaches_the_plain_split_as_counts_grow() -> None:
    group, reference = chain([120, 80, 30, 12]), chain([900, 700, 400, 200])
    scale = 10_000
    big = [[[scale * v for v in side] for side in pair] for pair in (group, reference)]
    plain = stage_decomposition([big[0][0]], [big[0][1]], *big[1])
    posterior = stage_decomposition([big[0][0]], [big[0][1]], *big[1], method="jeffreys")
    np.testing.assert_allclose(posterior.log_ratio, plain.log_ratio, atol=1e-5)
    np.testing.assert_allclose(posterior.variance, plain.variance, rtol=1e-4)


def test_a_group_that_nobody_entered_has_no_total() -> None:
    for method in ("plain", "jeffreys"):
        parts = stage_decomposition([[0, 0]], [[0, 0]], [5, 3], [10, 5], method=method)  # type: ignore[arg-type]
        assert np.isnan(parts.total_log_ratio).all()
        assert not parts.within.any()


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(StatisticError, match="no more people can pass a gate than entered it"):
        stage_decomposition([[5]], [[4]], [[1]], [[2]])
    with pytest.raises(StatisticError, match="a count is missing"):
        stage_decomposition([[np.nan]], [[4]], [[1]], [[2]])
    with pytest.raises(StatisticError) as refused:
        stage_decomposition([[1]], [[4]], [[1]], [[2]], method="shapley")  # type: ignore[arg-type]
    assert str(refused.value) == "method='shapley' is not a split of the gap. Possible: 'plain', 'jeffreys'."


def test_fieller_limits_are_where_the_standardised_difference_equals_the_quantile() -> None:
    a, va, b, vb, c = -0.8, 0.02, -1.0, 0.03, 0.02
    share = fieller_interval(a, va, b, vb, c)
    for limit in (share.low, share.high):
        z = (a - limit * b) / np.sqrt(va - 2 * limit * c + limit**2 * vb)
        assert abs(z) == pytest.approx(stats.norm.ppf(0.975), abs=1e-10)


def test_a_share_needs_a_gap_and_may_exceed_one() -> None:
    large = stage_decomposition([[300, 150], [480, 400]], [[1000, 300], [500, 480]], [500, 250], [1000, 500])
    share = share_of_gap(large)
    assert share.estimate[0].sum() == pytest.approx(1.0)
    gained_back = stage_decomposition([[300, 250]], [[1000, 300]], [600, 300], [1000, 600])
    taken = share_of_gap(gained_back)
    assert taken.estimate[0, 0] > 1 > 0 > taken.estimate[0, 1]
    none = share_of_gap(stage_decomposition([[30, 15]], [[60, 30]], [500, 250], [1000, 500]))
    assert np.isnan(none.estimate).all()
    assert np.isnan(none.low).all()


def test_share_intervals_cover_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20)
    runs, n, m = 4000, 800, 3000
    rates, reference = np.array([0.4, 0.35]), np.array([0.5, 0.6])
    truth = np.log(rates / reference) / np.log(rates / reference).sum()
    first, ref_first = rng.binomial(n, rates[0], runs), rng.binomial(m, reference[0], runs)
    second, ref_second = rng.binomial(first, rates[1]), rng.binomial(ref_first, reference[1])
    parts = stage_decomposition(
        np.column_stack([first, second]),
        np.column_stack([np.full(runs, n), first]),
        np.column_stack([ref_first, ref_second]),
        np.column_stack([np.full(runs, m), ref_first]),
    )
    share = share_of_gap(parts)
    covered = ((share.low <= truth) & (truth <= share.high)).mean(axis=0)
    assert (np.abs(covered - 0.95) < 0.015).all()


def test_abruptness_is_the_gate_against_the_weighted_mean_of_the_others() -> None:
    part, variance = np.array([-0.1, -0.9, -0.2, 0.1]), np.array([0.01, 0.03, 0.02, 0.05])
    sudden = abruptness([part], [variance])
    others = [0, 2, 3]
    mean = np.average(part[others], weights=1 / variance[others])
    contrast = part[1] - mean
    spread = np.sqrt(variance[1] + 1 / (1 / variance[others]).sum())
    assert sudden.contrast[0, 1] == pytest.approx(contrast)
    assert sudden.p_value[0, 1] == pytest.approx(stats.norm.cdf(contrast / spread))
    assert sudden.p_adjusted[0, 1] == pytest.approx(min(4 * sudden.p_value[0, 1], 1))


def test_abruptness_needs_three_gates_with_information() -> None:
    two = abruptness([[-0.1, -2.0, np.nan, 0.0]], [[0.01, 0.01, np.nan, 0.0]])
    assert np.isnan(two.p_value).all()
    three = abruptness([[-0.1, -2.0, 0.1]], [[0.01, 0.01, 0.01]])
    assert three.p_adjusted[0, 1] < 1e-6


def test_one_precise_gate_does_not_swamp_the_others() -> None:
    sudden = abruptness([[-1.0, 0.2, 0.3, 0.1]], [[1e-18, 0.01, 0.01, 0.01]])
    assert sudden.contrast[0, 0] == pytest.approx(-1.2)


def test_slopes_and_equal_rates_are_rarely_called_abrupt() -> None:
    rng = np.random.default_rng(21)
    runs, gates = 4000, 5
    variance = np.broadcast_to(np.array([0.01, 0.03, 0.02, 0.05, 0.08]), (runs, gates))
    for slope in (0.0, -0.2):
        part = slope + rng.normal(0, np.sqrt(variance))
        called = (abruptness(part, variance).p_adjusted <= 0.05).any(axis=1).mean()
        assert called <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / runs)
