"""Ratios, differences and odds ratios of two groups: edges, other programs, the definitions themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact
from scipy.stats.contingency import odds_ratio, relative_risk
from statsmodels.stats.proportion import confint_proportions_2indep
from statsmodels.stats.proportion import test_proportions_2indep as score_test_2indep

from stepup_equity import statistics as s

rng = np.random.default_rng(1985)
N1, N2 = rng.integers(5, 300, 40), rng.integers(5, 3_000, 40)
X1, X2 = rng.binomial(N1, 0.3), rng.binomial(N2, 0.4)
X1, X2 = np.clip(X1, 1, N1 - 1), np.clip(X2, 1, N2 - 1)
FOUR = (X1, N1, X2, N2)


def test_the_score_ratio_agrees_with_statsmodels_away_from_zero_cells():
    expected = np.array(
        [
            confint_proportions_2indep(*four, method="score", compare="ratio")
            for four in zip(*FOUR, strict=True)
        ]
    )

    found = s.score_ratio_interval(*FOUR)

    np.testing.assert_allclose(np.stack([found.low, found.high], 1), expected, rtol=1e-6)


def test_statsmodels_score_test_of_our_odds_ratio_limits_has_p_005():
    """Its own interval breaks off for some of these tables, its test does not."""
    found = s.score_odds_ratio_interval(*FOUR)

    for limits in (found.low, found.high):
        p = [
            score_test_2indep(*four, method="score", value=limit, compare="odds-ratio").pvalue
            for *four, limit in zip(*FOUR, limits, strict=True)
        ]
        np.testing.assert_allclose(p, 0.05, rtol=1e-6)


def test_newcombe_katz_and_woolf_agree_with_statsmodels_and_scipy():
    for ours, method, compare in [
        (s.newcombe_difference_interval, "newcomb", "diff"),
        (s.katz_ratio_interval, "log", "ratio"),
        (s.wald_odds_ratio_interval, "logit", "odds-ratio"),
    ]:
        expected = np.array(
            [
                confint_proportions_2indep(*four, method=method, compare=compare)
                for four in zip(*FOUR, strict=True)
            ]
        )
        found = ours(*FOUR)
        np.testing.assert_allclose(np.stack([found.low, found.high], 1), expected, rtol=1e-8)
    katz = relative_risk(int(X1[0]), int(N1[0]), int(X2[0]), int(N2[0])).confidence_interval()
    found = s.katz_ratio_interval(X1[0], N1[0], X2[0], N2[0])
    assert (found.low, found.high) == (pytest.approx(katz.low), pytest.approx(katz.high))


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99])
def test_the_limits_of_the_difference_solve_the_published_equation(confidence):
    """Miettinen & Nurminen (1985), equations 8 and 9, with the restricted estimate found by brute force.

    statsmodels 0.15.0 is no oracle here: its score interval of a difference is wrong (#10269).
    """
    z = s.inputs.normal_quantile(confidence)
    for x1, n1, x2, n2 in [(7, 34, 1, 34), (0, 10, 5, 10), (10, 43, 389, 920), (5, 5, 0, 7), (3, 3, 9, 9)]:
        found = s.score_difference_interval(x1, n1, x2, n2, confidence=confidence)
        for limit in (float(found.low), float(found.high)):
            if abs(limit) == 1:
                continue
            p2 = restricted(x1, n1, x2, n2, limit)
            p1 = p2 + limit
            variance = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * (n1 + n2) / (n1 + n2 - 1)
            assert abs(x1 / n1 - x2 / n2 - limit) / np.sqrt(variance) == pytest.approx(z, rel=1e-6)


def restricted(x1, n1, x2, n2, difference):
    """Maximum likelihood of the reference's rate given the difference, by bisection of the score."""
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)

    def slope(p):
        with np.errstate(divide="ignore", invalid="ignore"):
            parts = [
                x1 / np.float64(p + difference) if x1 else 0.0,
                -(n1 - x1) / np.float64(1 - p - difference) if x1 < n1 else 0.0,
                x2 / np.float64(p) if x2 else 0.0,
                -(n2 - x2) / np.float64(1 - p) if x2 < n2 else 0.0,
            ]
        return sum(parts)

    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2


def test_the_limits_of_the_ratio_solve_the_published_equation():
    """Miettinen & Nurminen (1985), equations 9 and 10, with the restricted estimate found by brute force."""
    z = s.inputs.normal_quantile(0.95)
    for x1, n1, x2, n2 in [(7, 34, 1, 34), (0, 10, 5, 10), (10, 43, 389, 920), (5, 5, 0, 7), (3, 3, 9, 9)]:
        found = s.score_ratio_interval(x1, n1, x2, n2)
        for limit in (float(found.low), float(found.high)):
            if limit in (0, np.inf):
                continue
            p2 = restricted_ratio(x1, n1, x2, n2, limit)
            p1 = limit * p2
            variance = p1 * (1 - p1) / n1 + limit**2 * p2 * (1 - p2) / n2
            variance *= (n1 + n2) / (n1 + n2 - 1)
            assert abs(x1 / n1 - limit * x2 / n2) / np.sqrt(variance) == pytest.approx(z, rel=1e-5)


def restricted_ratio(x1, n1, x2, n2, ratio):
    def slope(p):
        return (
            ((x1 + x2) / p)
            - ((n1 - x1) * ratio / (1 - ratio * p) if x1 < n1 else 0.0)
            - ((n2 - x2) / (1 - p) if x2 < n2 else 0.0)
        )

    low, high = 0.0, min(1.0, 1 / ratio)
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2


ANY = object()


@pytest.mark.parametrize(
    ("four", "ratio", "difference", "odds"),
    [
        ((0, 10, 5, 10), (0, 0, ANY), (-0.5, ANY, ANY), (0, 0, ANY)),
        ((5, 10, 0, 10), (np.inf, ANY, np.inf), (0.5, ANY, ANY), (np.inf, ANY, np.inf)),
        ((0, 8, 0, 12), (np.nan, 0, np.inf), (0, ANY, ANY), (np.nan, 0, np.inf)),
        ((8, 8, 12, 12), (1, ANY, ANY), (0, ANY, ANY), (np.nan, 0, np.inf)),
        ((0, 6, 7, 7), (0, 0, ANY), (-1, -1, ANY), (0, 0, ANY)),
        ((6, 6, 0, 7), (np.inf, ANY, np.inf), (1, ANY, 1), (np.inf, ANY, np.inf)),
        ((0, 0, 5, 9), (np.nan,) * 3, (np.nan,) * 3, (np.nan,) * 3),
        ((5, 9, 0, 0), (np.nan,) * 3, (np.nan,) * 3, (np.nan,) * 3),
    ],
)
def test_edges(four, ratio, difference, odds):
    for interval, expected in [
        (s.score_ratio_interval, ratio),
        (s.score_difference_interval, difference),
        (s.score_odds_ratio_interval, odds),
    ]:
        found = interval(*four)
        for value, wanted in zip((found.estimate, found.low, found.high), expected, strict=True):
            if wanted is ANY:
                assert np.isfinite(value), interval.__name__
            else:
                np.testing.assert_equal(float(value), wanted, interval.__name__)


def test_counts_of_a_thousand_million():
    """Nothing cancels: the intervals of 10**9 are those of 10**5 drawn together by the factor 100."""
    small = (50_010, 100_000, 50_000, 100_000)
    large = tuple(10**4 * count for count in small)
    for interval, null in [(s.score_ratio_interval, 1), (s.score_difference_interval, 0)]:
        a, b = interval(*small), interval(*large)
        assert b.estimate == a.estimate
        assert (b.high - b.low) == pytest.approx((a.high - a.low) / 100, rel=1e-4)
        assert a.low < null < b.low
    assert 0 < s.score_test(*large) < 1e-5
    assert s.fisher_midp_p(*large) == pytest.approx(s.score_test(*large), rel=1e-3)


def test_everybody_of_a_thousand_million_passes():
    found = s.score_difference_interval(10**9, 10**9, 10**9, 10**9)

    assert found.estimate == 0
    assert found.high == pytest.approx(3.8414588e-9, rel=1e-6)


@pytest.mark.parametrize("alternative", ["two-sided"])
def test_fishers_exact_p_agrees_with_scipy(alternative):
    tables = [
        *zip(*FOUR, strict=True),
        (0, 10, 5, 10),
        (0, 8, 0, 12),
        (4, 4, 4, 4),
        (1, 1, 0, 1),
        (500, 1000, 520, 1000),
    ]
    expected = [fisher_exact([[x1, n1 - x1], [x2, n2 - x2]], alternative).pvalue for x1, n1, x2, n2 in tables]

    found = s.fisher_exact_p(*np.array(tables).T)

    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_fishers_exact_p_of_every_small_table_agrees_with_scipy():
    x1, n1, x2, n2 = np.array(
        [(a, m, b, k) for m in range(1, 6) for k in range(1, 8) for a in range(m + 1) for b in range(k + 1)]
    ).T
    expected = [
        fisher_exact([[a, m - a], [b, k - b]]).pvalue for a, m, b, k in zip(x1, n1, x2, n2, strict=True)
    ]

    np.testing.assert_allclose(s.fisher_exact_p(x1, n1, x2, n2), expected, rtol=1e-9)


def test_the_conditional_odds_ratio_agrees_with_scipy():
    for a, b, c, d in [(3, 1, 1, 3), (10, 33, 389, 531), (0, 6, 7, 1), (5, 0, 3, 4), (15, 126, 153, 1469)]:
        expected = odds_ratio(np.array([[a, b], [c, d]]), kind="conditional")
        limits = expected.confidence_interval()

        found = s.conditional_odds_ratio_interval(a, a + b, c, c + d)

        np.testing.assert_allclose(found.estimate, expected.statistic, rtol=1e-9)
        np.testing.assert_allclose([found.low, found.high], [limits.low, limits.high], rtol=1e-9)


def test_the_conditional_odds_ratio_of_many_is_the_plain_one():
    four = (300_000, 10**6, 290_000, 10**6)
    exact, plain = s.conditional_odds_ratio_interval(*four), s.wald_odds_ratio_interval(*four)

    for a, b in [(exact.estimate, plain.estimate), (exact.low, plain.low), (exact.high, plain.high)]:
        assert a == pytest.approx(float(b), rel=1e-5)


def test_the_plain_intervals_invent_no_cells():
    """Zero cells have no Katz and no Woolf interval; statsmodels' tables would add a half in silence."""
    for interval in (s.katz_ratio_interval, s.wald_odds_ratio_interval):
        found = interval([0, 5], [10, 10], [5, 0], [10, 10])
        assert found.estimate.tolist() == [0, np.inf]
        assert np.isnan([found.low, found.high]).all()


def test_midp_of_the_tail_keeps_its_digits():
    """Nobody of 2,000 against half of 2,000: p is 10**-411, below what a float holds; of 1,000 it is not."""
    p = s.fisher_midp_p(0, [1000, 2000], [500, 1000], [1000, 2000])

    assert 0 < p[0] < 1e-180
    assert p[1] == 0
    assert s.fisher_exact_p(0, 1000, 500, 1000) == pytest.approx(
        fisher_exact([[0, 1000], [500, 500]]).pvalue, rel=1e-9
    )


def test_one_possible_table_has_p_1():
    assert s.fisher_midp_p(0, 8, 0, 12) == 1
    assert s.fisher_exact_p(8, 8, 12, 12) == 1
    assert s.score_test(0, 8, 0, 12) == 1


def test_an_empty_group_has_no_p_and_no_test():
    test = s.two_group_p([0, 1], [0, 5], [3, 0], [10, 0])

    assert np.isnan(test.p_value).all()
    assert test.method.tolist() == ["", ""]


def test_the_score_test_starts_where_it_is_told():
    four = (10, 43, 389, 920)

    assert s.two_group_p(*four).method == "score"
    assert s.two_group_p(*four, score_from=1000).method == "mid-p"
    assert s.two_group_p(*four, score_from=1000).p_value == s.fisher_midp_p(*four)


def test_groups_by_gates_in_one_call():
    passed, entered = np.array([[10, 2], [389, 117]]), np.array([[43, 10], [920, 389]])

    found = s.score_ratio_interval(passed, entered, passed[1], entered[1])

    assert found.estimate.shape == (2, 2)
    assert found.estimate[0] == pytest.approx([0.550, 0.665], abs=5e-4)
    assert found.estimate[1].tolist() == [1, 1]
    assert (found.low[1] < 1).all()


def test_shortfall_is_people():
    assert s.shortfall(10, 43, 389, 920) == pytest.approx(43 * 389 / 920 - 10)
    assert s.shortfall(10, 43, 389, 920, ratio=0.8) == pytest.approx(0.8 * 43 * 389 / 920 - 10)
    assert np.isnan(s.shortfall(1, 2, 0, 0))


def test_relative_likelihood_is_the_ratio_the_other_way_up():
    ratio = s.score_ratio_interval([10, 0], [43, 10], [389, 5], [920, 10])

    turned = s.inverted(ratio)

    assert turned.estimate == pytest.approx([1 / ratio.estimate[0], np.inf])
    assert turned.low[1] == pytest.approx(1 / ratio.high[1])
    assert turned.high[1] == np.inf
