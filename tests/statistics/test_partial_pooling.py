"""Partial pooling of small groups."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import digamma

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.partial_pooling import log_marginal_likelihood, partial_pooling

# Tumours in 70 historical groups of rats, Tarone (1982), Biometrics 38, 215-220, as printed in Gelman et
# al. (2013), table 5.1; the 71st is the current experiment.
TUMOURS = [
    *[0] * 14, *[1] * 8, *[2] * 9, 1, 5, 2, 5, 3, 2, 7, 7, 3, 3, 2, 9, 10, *[4] * 7, 10, 4, 4, 4, 5, 11, 12,
    5, 5, 6, 5, *[6] * 4, 16, 15, 15, 9, 4,
]  # fmt: skip
RATS = [
    *[20] * 7, *[19] * 4, 18, 18, 17, 20, 20, 20, 20, 19, 19, 18, 18, 25, 24, 23, *[20] * 6, 10, 49, 19, 46,
    27, 17, 49, 47, 20, 20, 13, 48, 50, *[20] * 7, 48, 19, 19, 19, 22, 46, 49, 20, 20, 23, 19, 22, 20, 20, 20,
    52, 46, 47, 24, 14,
]  # fmt: skip


def test_marginal_likelihood_peaks_where_published() -> None:
    # alpha = 2.304768, beta = 14.079707: maximum likelihood on the 70 historical groups, as printed in the
    # vignette of the R package BayesGOF (function gMLE.bb)
    def loss(at: np.ndarray) -> float:
        return -float(log_marginal_likelihood(TUMOURS[:70], RATS[:70], *np.exp(at)))

    best = minimize(loss, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
    np.testing.assert_allclose(np.exp(best.x), [2.304768, 14.079707], rtol=1e-5)


def test_prior_rate_of_the_rats_is_the_published_one() -> None:
    # Gelman et al. (2013), section 5.3: E(alpha | y) = 2.4 and E(beta | y) = 14.3, a rate of 0.144
    pooled = partial_pooling(TUMOURS, RATS, reference=70)
    assert pooled.prior_rate == pytest.approx(2.4 / (2.4 + 14.3), abs=0.002)


def test_posterior_is_that_of_a_brute_force_grid() -> None:
    x, n = np.array([190, 0, 9, 12]), np.array([402, 12, 20, 25])
    pooled = partial_pooling(x, n, reference=0)
    log_a, log_b = np.meshgrid(*[np.linspace(np.log(0.5), 17, 900)] * 2, indexing="ij")
    a, b = np.exp(log_a), np.exp(log_b)
    # equation 5.9 as a density of (log alpha, log beta), each 1/2 or more
    log_weight = log_marginal_likelihood(x, n, a, b) - 2.5 * np.log(a + b) + log_a + log_b
    edge = np.where(np.arange(900) == 0, 0.5, 1.0)
    weight = np.exp(log_weight - log_weight.max()) * edge[:, None] * edge
    weight /= weight.sum()
    rate = digamma(a[..., None] + x) - digamma(a[..., None] + b[..., None] + n)
    mean = (weight[..., None] * rate).sum(axis=(0, 1))
    np.testing.assert_allclose(pooled.log_rate, mean, atol=0.006)


def test_small_groups_are_drawn_further_than_large_ones() -> None:
    pooled = partial_pooling([400, 100, 3, 100], [1000, 500, 15, 250], reference=0)
    crude = np.array([0.4, 0.2, 0.2, 0.4])
    moved = np.abs(pooled.log_rate - np.log(crude))
    assert moved[2] > 3 * moved[1]
    ratio = pooled.ratio()
    assert ratio.estimate[0] == 1.0
    assert ratio.low[2] < 0.5 < ratio.estimate[2] < 1


def test_a_group_without_anyone_is_nan_and_does_not_disturb_the_rest() -> None:
    with_empty = partial_pooling([40, 18, 0, 5], [100, 50, 0, 10], reference=0)
    without = partial_pooling([40, 18, 5], [100, 50, 10], reference=0)
    assert np.isnan(with_empty.log_ratio[2])
    np.testing.assert_allclose(with_empty.log_ratio[[0, 1, 3]], without.log_ratio)
    assert np.isnan(partial_pooling([0, 18, 3], [0, 50, 9], reference=0).log_ratio).all()


@pytest.mark.parametrize(
    ("passed", "entered"), [([3, 4], [10, 10]), ([0, 0, 0], [5, 6, 7]), ([5, 6, 7], [5, 6, 7]), ([1], [2])]
)
def test_nothing_to_learn_from_is_nan(passed: list[int], entered: list[int]) -> None:
    pooled = partial_pooling(passed, entered, reference=0)
    assert np.isnan(pooled.log_rate).all()
    assert np.isnan(pooled.prior_rate)


def test_zero_of_many_stays_finite_and_below() -> None:
    ratio = partial_pooling([190, 0, 9, 12], [402, 12, 20, 25], reference=0).ratio()
    assert 0 < ratio.low[1] < ratio.estimate[1] < 0.7
    assert np.isfinite(ratio.high).all()


def test_more_passed_than_entered_is_refused() -> None:
    with pytest.raises(StatisticError, match="no more people can pass a gate than entered it"):
        partial_pooling([3, 1, 1], [2, 5, 5], reference=0)
