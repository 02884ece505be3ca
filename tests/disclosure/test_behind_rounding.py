"""Tests of a publication find nothing that rounding alone could have made."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.special import chdtrc

import stepup_equity as su
from stepup_equity.disclosure.behind_rounding import nearest_table
from stepup_equity.statistics import chi_squared

PUBLISH = su.Policy.preset("publish")
GATES = ("applied", "shortlisted", "appointed")


def _possible(printed, base=5):
    """All tables that a printed one may stand for: each number between the multiples beside it."""
    spans = []
    for passed, failed in printed:
        of = passed + failed
        own = [
            (x, n - x)
            for x in range(max(0, passed - base + 1), passed + base)
            for n in range(max(0, of - base + 1), of + base)
            if x <= n and n
        ]
        spans.append(own)
    return product(*spans)


@pytest.mark.parametrize("printed", [[(10, 20), (30, 5)], [(5, 25), (30, 10)], [(25, 0), (5, 30)]])
def test_no_possible_table_lies_nearer_to_equal_rates(printed):
    found = nearest_table(np.array(printed), PUBLISH)
    least = np.nanmin([chi_squared(np.array(one)).statistic for one in _possible(printed)])
    assert chi_squared(found).statistic == pytest.approx(least, abs=0.05)


def test_rates_that_may_be_equal_have_no_table():
    assert nearest_table(np.array([[25, 0], [0, 5], [10, 10]]), PUBLISH) is None


def test_exact_counts_stand_for_themselves():
    table = np.array([[25, 0], [0, 5]])
    assert nearest_table(table, su.Policy.preset("suppress10")) is table


def test_small_groups_that_rounding_moves_show_no_association():
    """Eight small groups and a large one with the same rates: every count is one that rounds up or down."""
    groups = [f"Group {letter}" for letter in "ABCDEFGH"]
    table = pd.DataFrame(
        {
            "characteristic": "ethnicity",
            "group": [*groups, "Everyone else"],
            "applied": [7, 8, 9, 7, 8, 9, 7, 8, 640],
            "shortlisted": [4, 3, 4, 3, 4, 5, 3, 4, 320],
            "appointed": [3, 2, 3, 2, 3, 4, 2, 3, 230],
        }
    )
    counts = su.StageCounts.from_table(table)
    assert su.association_tests(counts).frame["p_adjusted"].min() > 0.9
    tests = su.protect(counts, policy="publish").tests
    assert not (tests["p_adjusted"] < 1).any()
    assert set(tests["band"]) == {"[x]"}
    assert set(tests["status"]) <= {
        "the rounded counts may stand for equal rates",
        "cannot be told from rounded counts",
    }


def test_what_rounding_cannot_have_made_is_told_and_what_it_may_have_is_not():
    """With exact counts both gates are evident; behind the rounded ones, the second may be chance."""
    table = pd.DataFrame(
        {
            "characteristic": "gender",
            "group": ["Women", "Men"],
            "applied": [400, 300],
            "shortlisted": [100, 150],
            "appointed": [10, 35],
        }
    )
    counts = su.StageCounts.from_table(table)
    exact = su.association_tests(counts).frame.set_index("gate")["p_adjusted"]
    tests = su.protect(counts, policy="publish").tests.set_index("gate")
    assert (exact[["shortlisted", "appointed"]] < 0.05).all()
    assert tests.loc["shortlisted", ["band", "status"]].tolist() == [
        "p < .001",
        "p of the counts nearest to equal rates",
    ]
    assert tests.loc["appointed", ["band", "status"]].tolist() == [
        "[x]",
        "cannot be told from rounded counts",
    ]
    assert tests.loc["appointed", ["p_value", "p_adjusted"]].isna().all()


def test_groups_of_nobody_are_not_counted_among_those_compared():
    table = pd.DataFrame(
        {
            "characteristic": "gender",
            "group": ["Women", "Men", "Others"],
            "applied": [400, 300, 2],
            "shortlisted": [100, 150, 0],
            "appointed": [50, 70, 0],
        }
    )
    tests = su.protect(su.StageCounts.from_table(table), policy="publish").tests.set_index("gate")
    assert tests.loc["shortlisted", "p_adjusted"] < 0.001
    assert (tests.loc["appointed", "groups"], tests.loc["appointed", "df"]) == (2, 1)


def test_what_is_not_evident_has_the_p_of_its_statistic():
    """Whoever audits the file finds nothing that contradicts."""
    table = pd.DataFrame(
        {"characteristic": "gender", "group": ["Women", "Men"], "applied": [400, 300], "hired": [100, 90]}
    )
    row = su.protect(su.StageCounts.from_table(table), policy="publish").tests.iloc[0]
    assert row["p_value"] == pytest.approx(chdtrc(1, row["statistic"]))
    assert (row["band"], row["status"], row["p_adjusted"]) == ("p ≥ .05", "", row["p_value"])
