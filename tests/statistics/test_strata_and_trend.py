"""Strata, trend, standardisation, outside shares: other programs, edges, the lesson of Berkeley."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chisquare
from statsmodels.stats.contingency_tables import StratifiedTable, Table

from stepup_equity import statistics as s

TABLES = json.loads((Path(__file__).parents[1] / "golden" / "reference.json").read_text("utf-8"))["tables"]
UCB = np.array(TABLES["ucb"]["counts"])


def test_pooled_estimates_agree_with_statsmodels():
    other = StratifiedTable(list(UCB.astype(float)))

    pooled = s.mh_odds_ratio(UCB)
    low, high = other.oddsratio_pooled_confint()
    assert pooled.estimate == pytest.approx(other.oddsratio_pooled)
    assert (pooled.low, pooled.high) == (pytest.approx(low), pytest.approx(high))
    test = other.test_null_odds(correction=False)
    assert s.cmh(UCB).statistic == pytest.approx(test.statistic)
    homogeneous = other.test_equal_odds(adjust=True)
    assert s.breslow_day(UCB).tarone == pytest.approx(homogeneous.statistic)
    assert s.breslow_day(UCB).p_tarone == pytest.approx(homogeneous.pvalue)


def test_berkeley_men_do_better_pooled_and_not_within_departments():
    pooled = s.score_ratio_interval(UCB[:, 0, 0].sum(), UCB[:, 0].sum(), UCB[:, 1, 0].sum(), UCB[:, 1].sum())
    stratified = s.mh_risk_ratio(UCB)

    assert pooled.low > 1.3
    assert stratified.low < 1 < stratified.high
    assert stratified.estimate < 1
    men, women = s.direct_standardised_rate(UCB[..., 0].T, UCB.sum(-1).T).rate
    assert men < women


def test_several_comparisons_at_once():
    both = s.mh_odds_ratio(np.stack([UCB, UCB[:, ::-1]]))

    assert both.estimate.shape == (2,)
    assert both.estimate[0] == pytest.approx(1 / both.estimate[1])
    assert s.cmh(np.stack([UCB, UCB])).statistic.shape == (2,)
    assert s.breslow_day(np.stack([UCB, UCB])).df.tolist() == [5, 5]
    assert s.cmh_general(np.stack([UCB, UCB])).statistic == pytest.approx(float(s.cmh(UCB).statistic))


def test_strata_that_cannot_tell_add_nothing():
    empty = np.array([[[0, 0], [3, 4]], [[2, 0], [5, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]])
    padded = np.concatenate([UCB, empty])

    for ours in (s.cmh, s.cmh_general):
        assert ours(padded).statistic == pytest.approx(ours(UCB).statistic)
        assert ours(padded).df == ours(UCB).df
    assert s.breslow_day(padded).tarone == pytest.approx(s.breslow_day(UCB).tarone)
    assert s.breslow_day(padded).df == 5
    assert s.mh_odds_ratio(padded).estimate == pytest.approx(s.mh_odds_ratio(UCB).estimate)
    with_pair = np.concatenate([UCB, empty[1:2]])  # all passed in both groups: ratio 1, difference 0
    assert s.mh_risk_difference(with_pair).estimate != s.mh_risk_difference(UCB).estimate


def test_no_stratum_can_tell():
    empty = np.array([[[0, 0], [3, 4]], [[0, 0], [0, 0]]])

    for test in (s.cmh(empty), s.cmh_general(empty)):
        assert test.df == 0
        assert np.isnan([test.statistic, test.p_value]).all()
    for pooled in (s.mh_odds_ratio(empty), s.mh_risk_ratio(empty), s.mh_risk_difference(empty)):
        assert np.isnan([pooled.estimate, pooled.low, pooled.high]).all()
    assert np.isnan(s.breslow_day(empty).p_tarone)


def test_nobody_of_the_group_passes_anywhere():
    tables = np.array([[[0, 5], [3, 4]], [[0, 2], [5, 5]]])

    assert s.mh_odds_ratio(tables).estimate == 0
    assert np.isnan([s.mh_odds_ratio(tables).low, s.mh_odds_ratio(tables).high]).all()
    assert s.mh_risk_ratio(tables).estimate == 0
    assert s.mh_risk_difference(tables).low < s.mh_risk_difference(tables).high < 0
    assert np.isnan(s.breslow_day(tables).tarone)
    assert s.cmh(tables).p_value < 0.1


def test_groups_that_never_meet_lower_the_degrees_of_freedom():
    """A and B meet in one place, C and D in another: three groups' differences, two can be seen."""
    tables = np.array([[[5, 5], [3, 9], [0, 0], [0, 0]], [[0, 0], [0, 0], [8, 2], [4, 9]]])

    test = s.cmh_general(tables)

    assert test.df == 2
    apart = s.cmh_general(tables[:1, :2]).statistic + s.cmh_general(tables[1:, 2:]).statistic
    assert test.statistic == pytest.approx(apart)


def test_trend_agrees_with_statsmodels():
    counts = np.array([[12, 48], [10, 45], [6, 34], [3, 25], [2, 20], [1, 14], [0, 9]])
    ordinal = Table(counts, shift_zeros=False).test_ordinal_association(np.arange(7), np.array([1, 0]))

    found = s.linear_by_linear(counts)

    assert abs(found.statistic) == pytest.approx(abs(ordinal.zscore), rel=1e-9)
    trend = s.cochran_armitage(counts[:, 0], counts.sum(1))
    assert trend.chi2 / counts.sum() == pytest.approx(found.chi2 / (counts.sum() - 1))
    assert trend.slope == pytest.approx(
        np.polyfit(np.repeat(np.arange(7), counts.sum(1)), outcomes(counts), 1)[0]
    )


def outcomes(counts):
    return np.concatenate([np.repeat([1.0, 0.0], row) for row in counts])


def test_trend_at_every_gate_in_one_call_and_without_one():
    passed = np.array([[12, 5, 0, 9], [10, 5, 0, 0], [6, 5, 0, 0]])
    entered = np.array([[60, 5, 8, 20], [55, 5, 8, 0], [40, 5, 8, 0]])

    found = s.cochran_armitage(passed, entered)

    assert found.statistic[0] == s.cochran_armitage(passed[:, 0], entered[:, 0]).statistic
    assert np.isnan(found.p_value[1:]).all()
    assert found.slope[1] == 0
    assert np.isnan(found.slope[3])
    assert np.isnan(s.trend_departure(passed, entered).p_value[1:]).all()


def test_scores_only_matter_by_their_spacing():
    passed, entered = [12, 10, 6], [60, 55, 40]

    a = s.cochran_armitage(passed, entered, [1, 2, 3])
    b = s.cochran_armitage(passed, entered, [22, 27, 32])

    assert a.statistic == pytest.approx(b.statistic)
    assert a.slope == pytest.approx(5 * b.slope)


def test_standardised_rates():
    found = s.direct_standardised_rate([[8, 10], [40, 2]], [[10, 50], [50, 10]], [1, 1])

    assert found.rate.tolist() == [0.5, 0.5]
    assert found.crude == pytest.approx([0.3, 0.7])
    assert found.std_error[0] == pytest.approx(np.sqrt((0.16 / 10 + 0.16 / 50) / 4))
    gap = s.direct_standardised_rate([[0, 10], [40, 2]], [[0, 50], [50, 10]])
    assert np.isnan(gap.rate[0])
    assert gap.crude[0] == 0.2
    unweighted = s.direct_standardised_rate([[0, 10], [40, 2]], [[0, 50], [50, 10]], [0, 1])
    assert unweighted.rate.tolist() == [0.2, 0.2]


def test_goodness_of_fit_agrees_with_scipy():
    counts, shares = [132, 63, 226, 0], np.array([0.2, 0.1, 0.7, 0.0])
    expected = chisquare(counts[:3], shares[:3] * 421)

    found = s.goodness_of_fit(counts, shares)

    assert found.statistic == pytest.approx(expected.statistic)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert found.df == 2
    assert np.isnan(found.adjusted[3])


def test_goodness_of_fit_edges():
    impossible = s.goodness_of_fit([5, 1], [1, 0])
    assert (impossible.statistic, impossible.p_value, impossible.df) == (
        np.nan,
        np.nan,
        0,
    ) or impossible.df == 0
    forbidden = s.goodness_of_fit([5, 4, 1], [0.5, 0.5, 0])
    assert (forbidden.statistic, forbidden.p_value) == (np.inf, 0)
    nobody = s.goodness_of_fit([0, 0], [0.5, 0.5])
    assert np.isnan(nobody.p_value)


def test_binomial_p():
    assert np.isnan(s.binomial_p(0, 0, 0.5))
    assert s.binomial_p([5, 0], [10, 10], 0.5) == pytest.approx([1.0, 2 / 1024])


def test_e_values_of_the_edges():
    value = s.e_values([0, 1, 2, np.nan, 0.5], [0, 0.9, 1.5, np.nan, 0.4], [0.5, 1.1, 2.5, np.nan, 0.9])

    assert value.estimate[[0, 1]].tolist() == [np.inf, 1]
    assert value.limit[1] == 1
    assert value.limit[2] == pytest.approx(1.5 + np.sqrt(0.75))
    assert np.isnan(value.estimate[3])
    assert value.estimate[4] == pytest.approx(2 + np.sqrt(2))


def test_half_of_the_reference_is_as_strong_as_twice_it():
    assert s.e_values(0.5, 0.4, 0.6).estimate == s.e_values(2, 5 / 3, 2.5).estimate


def test_the_error_of_the_slope_agrees_with_robust_least_squares():
    import statsmodels.api as sm

    counts = np.array([[12, 48], [10, 45], [6, 34], [3, 25], [2, 20], [1, 14], [0, 9]])
    design = sm.add_constant(np.repeat(np.arange(7.0), counts.sum(1)))
    # A group's own mean in place of the line: residuals within groups, not from the line.
    means = np.repeat(counts[:, 0] / counts.sum(1), counts.sum(1))
    bread = np.linalg.inv(design.T @ design)
    meat = design.T @ (design * ((outcomes(counts) - means) ** 2)[:, None])

    found = s.cochran_armitage(counts[:, 0], counts.sum(1))

    assert found.std_error == pytest.approx(np.sqrt((bread @ meat @ bread)[1, 1]))
