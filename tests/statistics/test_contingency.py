"""Tests of groups by outcome: scipy as oracle, padding, batches, edges."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.special import gammaln
from scipy.stats import chi2_contingency
from scipy.stats import fisher_exact as scipy_fisher
from scipy.stats.contingency import association as scipy_association

from stepup_equity import statistics as s

rng = np.random.default_rng(1900)
TABLES = rng.integers(1, 80, (12, 5, 3))


def test_many_tables_in_one_call_agree_with_scipy_one_by_one():
    found, g = s.chi_squared(TABLES), s.g_test(TABLES)

    for i, table in enumerate(TABLES):
        expected = chi2_contingency(table, correction=False)
        assert found.statistic[i] == pytest.approx(expected.statistic, rel=1e-12)
        assert found.p_value[i] == pytest.approx(expected.pvalue, rel=1e-9)
        assert found.df[i] == expected.dof
        assert found.smallest_expected[i] == pytest.approx(expected.expected_freq.min())
        likelihood = chi2_contingency(table, correction=False, lambda_="log-likelihood")
        assert g.statistic[i] == pytest.approx(likelihood.statistic, rel=1e-10)
        assert s.association(table).cramers_v.estimate == pytest.approx(scipy_association(table))


def test_yates_by_name_only():
    table = [[141, 1272], [27, 335]]

    assert round(float(s.chi_squared(table).statistic), 3) == 2.136
    assert s.chi_squared(table, correction=True).statistic == pytest.approx(
        chi2_contingency(table, correction=True).statistic
    )
    assert s.chi_squared(TABLES[0], correction=True).statistic == s.chi_squared(TABLES[0]).statistic


def test_groups_and_outcomes_that_hold_nobody_leave_and_df_follows():
    test = s.chi_squared([[9, 31, 0], [0, 0, 0], [2, 18, 0], [5, 5, 0]])

    assert test.df == 2
    assert test.statistic == pytest.approx(s.chi_squared([[9, 31], [2, 18], [5, 5]]).statistic)


@pytest.mark.parametrize(
    "table",
    [[[3, 4], [0, 0]], [[3, 0], [4, 0]], [[0, 0], [0, 0]]],
    ids=["one group left", "everyone passed", "nobody at all"],
)
def test_what_is_not_a_test_has_no_p(table):
    for test in (s.chi_squared(table), s.g_test(table)):
        assert test.df == 0
        assert np.isnan([test.statistic, test.p_value]).all()
    assert np.isnan(s.association(table).cramers_v.estimate)
    assert np.isnan(s.association(table).phi)
    assert np.isnan(s.exact_test(table).p_value)
    assert np.isnan(s.monte_carlo_test(table).p_value)


def test_small_p_are_not_0():
    """Upper tails by survival function: 1 - cdf would print 0.0 from 10**-16 on."""
    test = s.chi_squared([[50_600, 49_400], [49_400, 50_600]])

    assert 0 < test.p_value < 1e-6
    assert 0 < s.chi_squared_p(700, 1) < 1e-150


def test_counts_of_a_thousand_million_in_a_table():
    test = s.chi_squared([[500_010_000, 499_990_000], [10**9 // 2, 10**9 // 2]])

    assert test.statistic == pytest.approx(0.2, rel=1e-4)


def test_residuals_point_at_the_group():
    """In the evaluation's religion table those of no religion did better than expected."""
    found = s.residuals([[75, 828], [80, 599], [2, 51]])

    assert found.adjusted[:, 0] == pytest.approx([-1.9767, 2.5210, -1.4642], abs=1e-4)
    assert (found.pearson**2).sum() == pytest.approx(7.5399, abs=1e-4)
    assert np.isnan(s.residuals([[3, 0], [4, 0]]).adjusted).all()


def test_the_interval_of_v_covers_the_truth():
    """A population with V = 0.15: 2,000 samples of 400 people, seeded."""
    shares = np.array([[0.34, 0.16], [0.265, 0.235]])
    truth = s.association((shares * 10**6).round()).cramers_v.estimate
    samples = np.random.default_rng(7).multinomial(400, shares.ravel(), 2000).reshape(-1, 2, 2)

    found = s.association(samples).cramers_v

    covered = ((found.low <= truth) & (truth <= found.high)).mean()
    assert covered == pytest.approx(0.95, abs=0.02)


@pytest.mark.parametrize(
    "table",
    [
        [[9, 31], [1, 5], [0, 5], [2, 2], [0, 3]],
        [[3, 2, 1], [1, 4, 6]],
        [[75, 828], [80, 599], [2, 51]],
        [[0, 9], [4, 0], [1, 1], [0, 0]],
    ],
)
def test_the_exact_test_agrees_with_adding_up_every_table(table):
    test = s.exact_test(table)

    assert test.replicates == 0
    assert test.low == test.p_value == test.high
    assert test.p_value == pytest.approx(every_table(np.array(table)), rel=1e-9)


def every_table(table):
    """Freeman-Halton by the definition, one table after another."""
    from math import comb

    table = table if table.shape[1] == 2 else table.T
    table = table[table.sum(1) > 0]
    sizes, passes = table.sum(1).tolist(), int(table[:, 0].sum())

    def ways(rest, left):
        if not rest:
            return [1] if left == 0 else []
        return [
            comb(rest[0], x) * way for x in range(min(rest[0], left) + 1) for way in ways(rest[1:], left - x)
        ]

    observed = 1
    for size, x in zip(sizes, table[:, 0].tolist(), strict=True):
        observed *= comb(size, x)
    every = ways(sizes, passes)
    return sum(way for way in every if way <= observed * (1 + 1e-7)) / comb(sum(sizes), passes)


def test_two_groups_are_fishers_test():
    table = [[3, 10], [8, 4]]

    assert s.exact_test(table).p_value == pytest.approx(scipy_fisher(table).pvalue)


def test_a_large_table_is_drawn_the_same_way_every_time():
    generator = np.random.default_rng(3)
    sizes = generator.integers(3, 300, 19)
    passed = generator.binomial(sizes, 0.3)
    table = np.stack([passed, sizes - passed], 1)

    one, again, other = (s.exact_test(table, seed=seed) for seed in (1, 1, 2))

    assert one == again
    assert one.replicates == 9999
    assert one.low < one.p_value < one.high
    assert one != other
    assert s.chi_squared(table).p_value == pytest.approx(one.p_value, abs=0.03)


def test_drawn_tables_of_several_outcomes_agree_with_every_table():
    table = np.array([[2, 1, 0], [0, 3, 1], [1, 0, 3]])
    observed = s.chi_squared(table).statistic
    every = np.array(list(tables_like(table.sum(1).tolist(), table.sum(0).tolist())))
    weights = np.exp(-gammaln(every + 1).sum((1, 2)))
    exact = weights[s.chi_squared(every).statistic >= observed * (1 - 1e-9)].sum() / weights.sum()

    test = s.monte_carlo_test(table, replicates=50_000, seed=4)

    assert test.low < exact < test.high


def tables_like(rows, columns):
    """Every table with these margins."""
    if len(rows) == 1:
        yield [columns]
        return
    for first in product(*(range(min(rows[0], most) + 1) for most in columns)):
        if sum(first) == rows[0]:
            left = [most - taken for most, taken in zip(columns, first, strict=True)]
            for rest in tables_like(rows[1:], left):
                yield [list(first), *rest]


def test_a_small_group_beside_a_thousand_million():
    test = s.exact_test([[2, 1], [10**9 - 2, 10**9 + 3], [1, 4]])

    assert 0.5 < test.p_value <= 1


@pytest.mark.parametrize(
    ("table", "p"),
    [
        # by writing out every table with the same margins
        ([[3, 1, 2, 0], [1, 4, 0, 2], [0, 2, 3, 1]], 0.12899535964551315),
        ([[2, 0, 1], [1, 3, 2], [0, 2, 4], [1, 1, 1]], 0.5119586296056869),
    ],
)
def test_several_outcomes_are_enumerated(table, p):
    found = s.exact_test(table)
    assert found.replicates == 0
    assert found.p_value == pytest.approx(p, rel=1e-10)
    assert s.exact_test(np.transpose(table)).p_value == pytest.approx(p, rel=1e-10)


def test_large_tables_of_several_outcomes_are_drawn_with_a_seed():
    table = np.full((6, 6), 40) + np.eye(6, dtype=int)
    found = s.exact_test(table, replicates=199)
    assert found.replicates == 199
    assert found == s.exact_test(table, replicates=199)


@pytest.mark.parametrize("columns", [2, 3])
def test_what_is_drawn_knows_no_order_of_groups(columns):
    rng = np.random.default_rng(columns)
    table = rng.integers(0, 9, (12, columns))
    found = s.monte_carlo_test(table, replicates=999)
    for other in (table[::-1], table[rng.permutation(12)], table[:, ::-1]):
        assert s.monte_carlo_test(other, replicates=999).p_value == found.p_value
