"""Laws that every statistic keeps, whatever the counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from stepup_equity import statistics as s

RATES = [s.wilson_interval, s.clopper_pearson_interval, s.jeffreys_interval]
RATIOS = [s.score_ratio_interval, s.koopman_ratio_interval, s.katz_ratio_interval]
DIFFERENCES = [s.score_difference_interval, s.newcombe_difference_interval]
ODDS = [s.score_odds_ratio_interval, s.wald_odds_ratio_interval]
TWO_GROUPS = [*RATIOS, *DIFFERENCES, *ODDS]

TWO, TWO_TO_SIX = st.just(2), st.integers(2, 6)
sizes = st.one_of(st.integers(1, 60), st.integers(1, 5_000), st.sampled_from([262_144, 10**6, 10**9]))


@st.composite
def rates(draw, size=sizes):
    n = draw(size)
    passed = st.integers(0, n) | st.sampled_from([0, n, n // 2, min(1, n), max(n - 1, 0)])
    return draw(passed), n


@st.composite
def tables(draw, rows=TWO_TO_SIX, columns=TWO, most=200):
    shape = draw(rows), draw(columns)
    return np.array(
        draw(st.lists(st.integers(0, most), min_size=shape[0] * shape[1], max_size=shape[0] * shape[1]))
    ).reshape(shape)


def name_of(function):
    return function.__name__


@pytest.mark.parametrize("interval", RATES, ids=name_of)
@given(rate=rates(), confidence=st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.9999]))
@example(rate=(262_144, 262_144), confidence=0.95)
@example(rate=(0, 1), confidence=0.95)
@example(rate=(10**9, 10**9), confidence=0.95)
@example(rate=(1, 10**9), confidence=0.95)
def test_a_rate_lies_in_its_interval_within_0_and_1(interval, rate, confidence):
    found = interval(*rate, confidence=confidence)

    assert 0 <= found.low <= found.estimate <= found.high <= 1


@pytest.mark.parametrize("interval", [*RATIOS, *ODDS], ids=name_of)
@given(group=rates(), reference=rates())
@example(group=(262_144, 262_144), reference=(262_144, 262_144))
@example(group=(0, 5), reference=(0, 7))
def test_a_ratio_lies_in_its_interval_above_0(interval, group, reference):
    found = interval(*group, *reference)

    if interval in (s.katz_ratio_interval, s.wald_odds_ratio_interval):
        assume(not np.isnan(found.low))
    if np.isnan(found.estimate):
        assert (found.low, found.high) == (0, np.inf)
    else:
        assert 0 <= found.low <= found.estimate <= found.high <= np.inf


@pytest.mark.parametrize("interval", DIFFERENCES, ids=name_of)
@given(group=rates(), reference=rates())
@example(group=(262_144, 262_144), reference=(262_144, 262_144))
@example(group=(5, 5), reference=(0, 7))
def test_a_difference_lies_in_its_interval_between_minus_1_and_1(interval, group, reference):
    found = interval(*group, *reference)

    assert -1 <= found.low <= found.estimate <= found.high <= 1


@pytest.mark.parametrize("interval", TWO_GROUPS, ids=name_of)
@given(group=rates(), reference=rates())
def test_swapping_the_groups_turns_the_interval_round(interval, group, reference):
    one, other = interval(*group, *reference), interval(*reference, *group)

    turned = s.inverted(other)
    if interval in DIFFERENCES:
        turned = s.Interval(-other.estimate, -other.high, -other.low)
    for a, b in [(one.estimate, turned.estimate), (one.low, turned.low), (one.high, turned.high)]:
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-14)


@given(group=rates(), reference=rates(), confidence=st.sampled_from([0.8, 0.95, 0.99]))
def test_the_score_test_rejects_exactly_where_the_score_intervals_leave_out_equality(
    group, reference, confidence
):
    four = (*group, *reference)
    p = s.score_test(*four)
    assume(abs(p - (1 - confidence)) > 1e-9)

    rejected = p < 1 - confidence

    for interval, null in [
        (s.score_difference_interval, 0),
        (s.score_ratio_interval, 1),
        (s.score_odds_ratio_interval, 1),
    ]:
        found = interval(*four, confidence=confidence)
        assert (found.low > null or found.high < null) == rejected, interval.__name__


@given(group=rates(st.integers(1, 400)), reference=rates(st.integers(1, 400)))
def test_two_group_p_says_which_rows_keep_that_promise(group, reference):
    test = s.two_group_p(*group, *reference)

    expected = s.smallest_expected(*group, *reference)
    assert test.method == ("score" if expected >= 5 else "mid-p")
    midp, score = s.fisher_midp_p(*group, *reference), s.score_test(*group, *reference)
    assert test.p_value == (score if expected >= 5 else midp)


@given(table=tables(rows=st.just(2)))
def test_one_stratum_of_cmh_is_the_two_by_two_test(table):
    plain = s.chi_squared(table)
    assume(plain.df == 1)

    stratified, general = s.cmh([table]), s.cmh_general([table])

    expected = (plain.n - 1) / plain.n * plain.statistic
    np.testing.assert_allclose(stratified.statistic, expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(general.statistic, expected, rtol=1e-9, atol=1e-12)
    score = s.score_test(table[0, 0], table[0].sum(), table[1, 0], table[1].sum())
    np.testing.assert_allclose(stratified.p_value, score, rtol=1e-9)


@given(table=tables(columns=st.integers(2, 5)))
def test_chi_squared_has_its_bound(table):
    test = s.chi_squared(table)
    assume(test.df > 0)

    rows, columns = (table.sum(1) > 0).sum(), (table.sum(0) > 0).sum()
    assert test.df == (rows - 1) * (columns - 1)
    assert 0 <= test.statistic <= test.n * min(rows - 1, columns - 1) * (1 + 1e-12)
    strength = s.association(table)
    assert 0 <= strength.cramers_v.low <= strength.cramers_v.estimate <= strength.cramers_v.high <= 1
    assert 0 <= strength.bias_corrected <= 1


@given(table=tables(columns=st.integers(2, 4)), seed=st.integers(0, 1000))
def test_relabelling_groups_and_outcomes_changes_nothing(table, seed):
    rng = np.random.default_rng(seed)
    rows, columns = rng.permutation(table.shape[0]), rng.permutation(table.shape[1])
    shuffled = table[rows][:, columns]

    for test in (s.chi_squared, s.g_test):
        np.testing.assert_allclose(test(shuffled).statistic, test(table).statistic, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(test(shuffled).p_value, test(table).p_value, rtol=1e-8)
    np.testing.assert_allclose(
        s.residuals(shuffled).adjusted, s.residuals(table).adjusted[rows][:, columns], atol=1e-9
    )


@given(table=tables(most=25), seed=st.integers(0, 1000))
def test_relabelling_changes_no_exact_p(table, seed):
    rng = np.random.default_rng(seed)
    shuffled = table[rng.permutation(table.shape[0])][:, rng.permutation(2)]

    one, other = s.exact_test(table, replicates=1), s.exact_test(shuffled, replicates=1)

    assert one.replicates == other.replicates
    if one.replicates == 0:
        np.testing.assert_allclose(one.p_value, other.p_value, rtol=1e-9)


@pytest.mark.parametrize("interval", RATES, ids=name_of)
@given(rate=rates(st.integers(1, 3_000)), times=st.integers(2, 50))
def test_multiplying_counts_never_widens_the_interval_of_a_rate(interval, rate, times):
    passed, n = rate

    one, many = interval(passed, n), interval(passed * times, n * times)

    assert many.high - many.low <= (one.high - one.low) * (1 + 1e-12)


@pytest.mark.parametrize("interval", TWO_GROUPS, ids=name_of)
@given(group=rates(st.integers(1, 3_000)), reference=rates(st.integers(1, 3_000)), times=st.integers(2, 50))
def test_multiplying_counts_never_widens_the_interval_of_a_comparison(interval, group, reference, times):
    one = interval(*group, *reference)
    many = interval(*(times * count for count in (*group, *reference)))
    assume(not np.isnan(one.low))

    assert many.low >= one.low * (1 - 1e-12) - 1e-15 if one.low >= 0 else many.low >= one.low * (1 + 1e-12)
    assert many.high <= one.high + abs(one.high) * 1e-12 + 1e-15


@given(
    p=st.lists(st.one_of(st.floats(0, 1), st.just(float("nan"))), min_size=1, max_size=30),
    method=st.sampled_from(["holm", "hochberg", "hommel", "bonferroni", "BH", "BY"]),
)
def test_adjusted_p_is_never_smaller_keeps_the_order_and_skips_what_was_not_tested(p, method):
    p = np.array(p)
    adjusted = s.adjust(p, method)

    tested = ~np.isnan(p)
    assert (np.isnan(adjusted) == ~tested).all()
    assert (adjusted[tested] >= p[tested]).all()
    assert (adjusted[tested] <= 1).all()
    order = np.argsort(p[tested], kind="stable")
    assert (np.diff(adjusted[tested][order]) >= 0).all()
    np.testing.assert_array_equal(s.adjust(p[tested], method), adjusted[tested])


@given(group=rates(st.integers(1, 80)), reference=rates(st.integers(1, 80)))
@example(group=(0, 22), reference=(21, 22))  # one side is 5e-12, and the other is not 1
def test_midp_lies_below_the_doubled_exact_p_and_its_sides_add_up(group, reference):
    four = (*group, *reference)
    less, greater = (s.fisher_midp_p(*four, alternative=side) for side in ("less", "greater"))

    assert less + greater == pytest.approx(1, abs=1e-12)
    assert s.fisher_midp_p(*four) == pytest.approx(2 * min(less, greater), rel=1e-12)
    assert 0 <= s.fisher_midp_p(*four) <= 1


@given(table=tables(rows=st.integers(2, 5)))
def test_rows_of_nobody_leave_the_table(table):
    padded = np.vstack([table, np.zeros((3, 2), int)])

    one, other = s.chi_squared(table), s.chi_squared(padded)

    np.testing.assert_array_equal(one.df, other.df)
    np.testing.assert_allclose(one.statistic, other.statistic, rtol=1e-12)


@settings(max_examples=25)
@given(rate=st.floats(0.02, 0.98), n=st.integers(5, 60), ref_n=st.integers(5, 200), ratio=st.floats(0.3, 1.0))
def test_power_is_a_chance_and_no_larger_than_the_level_under_equal_rates(rate, n, ref_n, ratio):
    power = s.power_exact(rate * ratio, n, rate, ref_n, score_from=np.inf)

    assert 0 <= power <= 1
    if ratio == 1:
        assert power < 0.08  # the mid-p may exceed its level a little, never by much


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.2])
@pytest.mark.parametrize(
    ("sizes", "rate"), [((10, 10), 0.3), ((7, 40), 0.1), ((30, 12), 0.5), ((25, 400), 0.03)]
)
def test_fishers_test_never_rejects_too_often(sizes, rate, alpha):
    """P(p <= alpha) <= alpha under equal rates: summed over every outcome, no simulation needed."""
    n1, n2 = sizes
    x1, x2 = np.meshgrid(np.arange(n1 + 1), np.arange(n2 + 1), indexing="ij")
    weight = binomial(x1, n1, rate) * binomial(x2, n2, rate)

    rejected = s.fisher_exact_p(x1, n1, x2, n2) <= alpha

    assert weight[rejected].sum() <= alpha + 1e-12


@pytest.mark.docs
@pytest.mark.parametrize("sizes", [(40, 6, 5, 4), (15, 15, 15), (60, 3, 3)])
def test_the_exact_test_of_several_groups_never_rejects_too_often(sizes):
    """P(p <= alpha) <= alpha + 2 Monte Carlo errors under equal rates."""
    rng = np.random.default_rng(20130601)
    runs, n = 2_000, np.array(sizes)
    passed = rng.binomial(n, 0.25, size=(runs, n.size))
    p = np.array([s.exact_test(np.stack([x, n - x], axis=1)).p_value for x in passed])
    p = np.where(np.isnan(p), 1.0, p)

    for alpha in (0.01, 0.05, 0.1, 0.2):
        error = np.sqrt(alpha * (1 - alpha) / runs)
        assert (p <= alpha).mean() <= alpha + 2 * error


def binomial(x, n, rate):
    from scipy.stats import binom

    return binom.pmf(x, n, rate)
