"""A number that is a threshold lies on it, whatever the last digits of a sum say."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.statistics import (
    adjust,
    exact_test,
    expected_counts,
    fisher_exact_p,
    fisher_midp_p,
    katz_ratio_interval,
    mh_risk_difference,
    mh_risk_ratio,
    score_ratio_interval,
    shortfall,
    two_group_p,
)
from stepup_equity.statistics.edge_claims import edge_claims
from stepup_equity.statistics.last_digits import level_of, settled
from stepup_equity.statistics.row_power import row_power
from stepup_equity.statistics.stratified_exact import stratified_p

LEVELS = (Fraction(1, 100), Fraction(1, 20), Fraction(1, 10), Fraction(1, 5))


def small_tables(most: int) -> np.ndarray:
    """Every pair of groups of up to so many people, with all that can pass."""
    sizes = [(n1, n2) for n1, n2 in product(range(1, most + 1), repeat=2)]
    return np.array([(x1, n1, x2, n2) for n1, n2 in sizes for x1 in range(n1 + 1) for x2 in range(n2 + 1)])


def exactly(x1: int, n1: int, x2: int, n2: int) -> tuple[Fraction, Fraction]:
    """Fisher's mid-p and exact p as fractions."""
    both = x1 + x2
    ways = {x: comb(n1, x) * comb(n2, both - x) for x in range(max(0, both - n2), min(n1, both) + 1)}
    every = comb(n1 + n2, both)
    below = Fraction(2 * sum(w for x, w in ways.items() if x < x1) + ways[x1], 2 * every)
    rare = Fraction(sum(w for w in ways.values() if w <= ways[x1]), every)
    return 2 * min(below, 1 - below), rare


def test_an_exact_p_that_is_a_level_meets_it() -> None:
    tables = small_tables(11)
    midp, fisher = fisher_midp_p(*tables.T), fisher_exact_p(*tables.T)
    met = 0
    for table, p_mid, p_exact in zip(tables.tolist(), midp, fisher, strict=True):
        for p, exact in zip((p_mid, p_exact), exactly(*table), strict=True):
            for level in LEVELS:
                assert (p <= float(level)) == (exact <= level), (table, p)
                met += exact == level
    assert met > 30


def test_an_adjusted_p_that_is_a_level_meets_it() -> None:
    for method, p, times in (("holm", 1 / 60, 3), ("BH", 1 / 140, 7), ("bonferroni", 1 / 220, 11)):
        family = np.append(p, np.ones(times - 1))
        assert adjust(family, method)[0] == 0.05


def test_a_claim_whose_q_is_the_level_is_flagged() -> None:
    # 0 of 5 against 2 of 2: P = 1/21, and 1/21 over 20/21 is 0.05
    for order in ([0, 5, 2, 2], [2, 2, 0, 5]):
        found = edge_claims(*([count] for count in order))
        assert (found.q.min(), found.flags) == (0.05, 1)
        assert found.threshold == pytest.approx(1 / 21)


def test_strata_and_several_groups() -> None:
    assert stratified_p([[[0, 3], [3, 0]]], np.array(0.5)) == 0.05
    assert fisher_midp_p(0, 3, 3, 3) == 0.05
    assert exact_test([[3, 0], [0, 3], [0, 0]]).p_value == 0.1  # an empty group leaves the table


def test_power_of_a_test_that_just_meets_its_level() -> None:
    # of 3 against 3 all of whom pass, only 0 of 3 has p = 0.05
    assert row_power([3], [3], [3], ratio=0.0, score_from=1e9).power[0] == pytest.approx(1.0)


def test_a_ratio_that_is_a_threshold_is_that_number() -> None:
    tables = small_tables(40)[::7]
    x1, n1, x2, n2 = tables[tables[:, 2] > 0].T
    found = score_ratio_interval(x1, n1, x2, n2).estimate
    for threshold in (Fraction(4, 5), Fraction(1), Fraction(5, 4)):
        at = threshold.numerator * x2 * n1 == threshold.denominator * x1 * n2
        assert at.any()
        assert ((found == float(threshold)) == at).all()
        assert (
            (found < float(threshold)) == (x1 * n2 * threshold.denominator < threshold.numerator * x2 * n1)
        ).all()
    assert score_ratio_interval(76, 119, 95, 119).estimate == 0.8


def test_people_short_of_a_ratio_that_is_met_are_none() -> None:
    assert shortfall(1, 49, 3, 147) == 0
    assert shortfall(76, 119, 95, 119, ratio=0.8) == 0


def test_an_expected_count_of_five_is_five() -> None:
    # 77 × 10 / 154, and 77 × (10 / 154) is 4.999999999999999
    assert two_group_p(3, 77, 7, 77).method == "score"
    assert expected_counts([[3, 74], [7, 70]])[0, 0] == 5


def test_no_interval_without_width() -> None:
    for found in (
        katz_ratio_interval([6], [6], [4], [4]),
        mh_risk_ratio([[[6, 0], [4, 0]], [[3, 0], [2, 0]]]),
        mh_risk_difference([[[6, 0], [4, 0]], [[3, 0], [2, 0]]]),
    ):
        assert np.isnan(found.low).all()
        assert np.isnan(found.high).all()


def test_settled_leaves_other_numbers_alone() -> None:
    numbers = np.random.default_rng(1).random(1000)
    assert (settled(numbers) == numbers).all()
    odd = np.array([0.0, np.inf, -np.inf, np.nan, 5e-324, 1e300, -0.05000000000000001])
    np.testing.assert_array_equal(settled(odd), [0.0, np.inf, -np.inf, np.nan, 5e-324, 1e300, -0.05])
    assert [level_of(c) for c in (0.9, 0.95, 0.99, 0.999)] == [0.1, 0.05, 0.01, 0.001]
    # a p of 1e-11 is not 0, and what it leaves is not 1
    assert fisher_midp_p(0, 10, 48, 48, alternative="greater") < 1


def published(table: dict[str, tuple[int, int]]) -> su.StageCounts:
    rows = [
        {"characteristic": "kind", "group": group, "applied": n, "hired": x}
        for group, (n, x) in table.items()
    ]
    return su.StageCounts.from_table(pd.DataFrame(rows))


def test_what_is_said_of_a_p_that_is_the_level() -> None:
    row = su.cliff_edges(published({"A": (3, 3), "B": (3, 0)}), reference="A").frame.iloc[0]
    assert (row["p_adjusted"], row["behind"], row["verdict"], row["status"]) == (0.05, "B", "gap", "")
    row = (
        su.impact_ratios(published({"A": (3, 3), "B": (3, 0)}), reference="A")
        .frame.query("group == 'B'")
        .iloc[0]
    )
    assert (row["p_value"], row["status"]) == (0.05, "")


def test_a_status_names_the_interval_it_is_about() -> None:
    none, every = published({"A": (10, 0), "B": (5, 5)}), published({"A": (10, 10), "B": (5, 5)})
    for counts, verb, method, status in (
        (none, su.impact_ratios, "katz", "no limits: nobody of the group passed"),
        (every, su.impact_ratios, "katz", "no limits: everybody of a group passed"),
        (none, su.odds_ratios, "wald", "no limits: nobody of the group passed"),
        (every, su.gap_decomposition, "plain", "everybody passed, which leaves chance out of the error"),
    ):
        row = verb(counts, reference="B", method=method).frame.query("group == 'A'").iloc[0]
        assert np.isnan(row["conf_low"])
        assert row["status"].startswith(status)


def test_a_bound_that_is_four_fifths_does_not_stay_below_it() -> None:
    bounds = su.missingness(published({"A": (119, 95), "B": (119, 76)})).bounds
    assert bounds["best"].tolist() == [0.8]
