"""Whether an odds ratio is the same in small strata: the exact form keeps its level and finds what is."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from stepup_equity.statistics import breslow_day, homogeneity


def small_strata(rng, strata=50, ratio_of=lambda k: 1.0):
    tables = np.zeros((strata, 2, 2))
    for k in range(strata):
        odds = ratio_of(k)
        chance = 0.5 * odds / (0.5 * odds + 0.5)
        a, c = rng.binomial(2, chance), rng.binomial(2, 0.5)
        tables[k] = [[a, 2 - a], [c, 2 - c]]
    return tables


def test_fifty_strata_of_four_people_alarm_as_often_as_promised():
    rng = np.random.default_rng(5)
    drawn, plain = [], []
    for _ in range(120):
        tables = small_strata(rng)
        found = homogeneity(tables, replicates=199)
        assert found.method == "exact, drawn"
        drawn.append(float(found.p_value))
        plain.append(float(breslow_day(tables).p_tarone))
    assert np.mean(np.array(plain) < 0.05) > 0.3
    assert np.mean(np.array(drawn) <= 0.05) < 0.12


def test_a_difference_between_small_strata_is_found():
    rng = np.random.default_rng(6)
    tables = np.array([[[5, 1], [1, 5]]] * 5 + [[[1, 5], [5, 1]]] * 5) + rng.integers(0, 2, (10, 2, 2))
    found = homogeneity(tables)
    assert found.method == "exact, drawn"
    assert found.p_value < 0.01


def test_large_strata_keep_breslow_and_day():
    tables = np.array([[[120, 80], [90, 110]], [[60, 140], [100, 100]]])
    found = homogeneity(tables)
    assert found.method == "Breslow-Day"
    assert found.p_value == breslow_day(tables).p_tarone


def test_the_drawn_p_is_that_of_all_sets_of_tables():
    """Three strata small enough to write out every set with the same margins and sum."""
    tables = np.array([[[0, 5], [2, 3]], [[1, 4], [3, 2]], [[2, 1], [4, 1]]])
    psi = float(breslow_day(tables).odds_ratio)
    weights, far = [], []
    for (a, b), (c, d) in tables:
        n, m, t = a + b, c + d, a + c
        x = np.arange(max(0, t - m), min(n, t) + 1)
        w = np.array([math.comb(n, int(i)) * math.comb(m, int(t - i)) for i in x], float)
        p = w * psi**x / (w * psi**x).sum()
        mean = p @ x
        weights.append(dict(zip(x.tolist(), w, strict=True)))
        far.append(dict(zip(x.tolist(), (x - mean) ** 2 / (p @ (x - mean) ** 2), strict=True)))
    seen = sum(f[int(t[0, 0])] for f, t in zip(far, tables, strict=True))
    beyond = every = 0.0
    for xs in itertools.product(*weights):
        if sum(xs) == tables[:, 0, 0].sum():
            weight = math.prod(w[x] for w, x in zip(weights, xs, strict=True))
            every += weight
            beyond += weight * (sum(f[x] for f, x in zip(far, xs, strict=True)) >= seen - 1e-9)
    assert homogeneity(tables, replicates=9999).p_value == pytest.approx(beyond / every, abs=0.015)


def test_one_stratum_or_a_ratio_of_nought_has_no_test():
    assert np.isnan(homogeneity([[[3, 2], [1, 4]]]).p_value)
    nought = homogeneity([[[0, 5], [2, 3]], [[0, 4], [3, 2]]])
    assert np.isnan(nought.p_value)
    assert nought.method == ""


def test_what_is_drawn_knows_no_order_of_strata_and_no_side():
    """Two of three regions by other names, or the groups the other way round, and p had moved by .02."""
    rng = np.random.default_rng(5)
    for _ in range(5):
        n = rng.integers(2, 9, (6, 2))
        tables = np.stack([rng.binomial(n, 0.4), n], axis=-1)
        tables[..., 1] -= tables[..., 0]
        found = homogeneity(tables)
        if not np.isfinite(found.p_value):
            continue
        assert found.method == "exact, drawn"
        for other in (tables[::-1], tables[rng.permutation(6)], tables[:, ::-1]):
            assert homogeneity(other).p_value == found.p_value
