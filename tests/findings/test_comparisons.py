"""Impact ratios, rate differences and odds ratios: published numbers, references, silence explained."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import stepup_equity as su
from stepup_equity.errors import ArgumentError
from stepup_equity.statistics import fisher_exact_p, score_test

VERBS = [su.impact_ratios, su.rate_differences, su.odds_ratios]


def rows(result, group):
    frame = result.frame
    return frame[frame["group"] == group].set_index("gate")


def test_west_lancashire_as_published(west_lancashire):
    """Shortlisting 0.55 (Fisher p .017), the whole way 0.37 (p .15)."""
    bme = rows(su.impact_ratios(west_lancashire, by="ethnicity"), "BME")

    assert round(bme.loc["shortlisted", "estimate"], 2) == 0.55
    assert round(bme.loc["overall", "estimate"], 2) == 0.37
    assert round(float(fisher_exact_p(10, 43, 389, 920)), 3) == 0.017
    assert round(float(fisher_exact_p(2, 43, 117, 920)), 2) == 0.15
    assert bme.loc["shortlisted", "p_value"] == pytest.approx(score_test(10, 43, 389, 920))
    assert bme.loc["shortlisted", "test"] == "score"
    assert bme.loc["appointed", "test"] == "mid-p"
    assert bme.loc["shortlisted", "conf_high"] < 1


def test_shortfall_in_people(west_lancashire):
    bme = rows(su.impact_ratios(west_lancashire, by="ethnicity"), "BME").loc["shortlisted"]

    assert bme["shortfall"] == pytest.approx(43 * 389 / 920 - 10)
    assert bme["shortfall_four_fifths"] == pytest.approx(0.8 * 43 * 389 / 920 - 10)


@pytest.mark.parametrize("verb", VERBS)
def test_the_reference_keeps_its_row_without_a_test(verb, west_lancashire):
    white = rows(verb(west_lancashire, by="ethnicity"), "White")

    assert set(white["status"]) == {"reference"}
    assert white[["p_value", "p_adjusted", "conf_low", "conf_high"]].isna().all(axis=None)
    assert set(white["estimate"]) == {0.0 if verb is su.rate_differences else 1.0}


@pytest.mark.parametrize("verb", VERBS)
def test_without_a_declared_reference_the_largest_group_is_it(verb, typed):
    frame = verb(typed(Small=[10, 5], Large=[50, 25])).frame

    assert set(frame["reference"]) == {"Large"}


def test_references_by_name(typed):
    counts = typed(A=[50, 10], B=[40, 20], C=[10, 3])

    assert set(su.impact_ratios(counts, reference="C").frame["reference"]) == {"C"}
    highest = su.impact_ratios(counts, reference="highest")
    assert set(highest.frame["reference"]) == {"B"}
    rest = rows(su.impact_ratios(counts, reference="rest"), "A")
    assert rest.loc["stage_1", ["reference_passed", "reference_denominator"]].tolist() == [23, 50]


def test_ten_who_did_not_say_never_set_the_benchmark(typed):
    """Their rate is the highest of all; the highest among groups is B."""
    counts = typed(A=[50, 10], B=[40, 20], Prefer_not_to_say=[10, 10])

    frame = su.impact_ratios(counts, reference="highest").frame

    assert set(frame["reference"]) == {"B"}
    assert frame["estimate"].max() == 1
    sentence = "reference='Not stated' cannot be a reference: it is not a group. Name a group."
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.impact_ratios(counts, reference="Not stated")


def test_a_misspelt_reference_is_met_with_the_right_one(typed):
    sentence = (
        "reference='Groop A' is not a group of 'team'. Possible: 'Group A', 'Group B', 'largest', 'highest', "
        "'rest'. Did you mean 'Group A'?"
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.impact_ratios(typed(Group_A=[5, 2], Group_B=[5, 2]), reference="Groop A")


@pytest.mark.parametrize(
    ("groups", "status"),
    [
        ({"A": [0, 0], "B": [9, 4]}, "nobody reached this gate"),
        ({"A": [5, 1], "B": [9, 0]}, "nobody of the reference passed"),
        ({"A": [5, 0], "B": [9, 0]}, "nobody of the reference passed"),
        ({"A": [5, 5], "B": [9, 9]}, ""),
        ({"A": [5, 0], "B": [9, 9]}, ""),
    ],
)
def test_a_ratio_that_cannot_be_computed_says_why(typed, groups, status):
    row = rows(su.impact_ratios(typed(**groups), reference="B"), "A").loc["stage_1"]

    assert row["status"] == status
    assert np.isfinite(row["estimate"]) == (status == "")


def test_odds_of_everybody(typed):
    row = rows(su.odds_ratios(typed(A=[5, 5], B=[9, 9]), reference="B"), "A").loc["stage_1"]

    assert np.isnan(row["estimate"])
    assert row["status"] == "everybody passed in both groups"


def test_a_group_declared_and_absent_keeps_its_row(west_lancashire):
    """Jewish applicants: none of 970; the published table has the line."""
    row = rows(su.impact_ratios(west_lancashire, by="religion"), "Jewish").loc["shortlisted"]

    assert row["entered"] == 0
    assert np.isnan(row["estimate"])
    assert row["status"] == "nobody reached this gate"


@pytest.mark.parametrize(
    ("group", "reference", "status"),
    [
        ([8, 1], [12, 7], "the exact test and the score interval disagree"),
        ([8, 1], [12, 11], ""),
        ([43, 10], [920, 389], ""),
    ],
)
def test_an_exact_row_that_disagrees_with_its_interval_says_so(typed, group, reference, status):
    row = rows(su.impact_ratios(typed(A=group, B=reference)), "A").loc["stage_1"]

    assert row["status"] == status
    outside = row["conf_low"] > 1 or row["conf_high"] < 1
    assert (outside != (row["p_value"] < 0.05)) == (status != "")


def test_gates_and_the_whole_way_are_two_families(applicants):
    frame = su.impact_ratios(applicants, by="gender").frame
    tested = frame.dropna(subset=["p_value"])
    whole = tested[tested["gate"] == "overall"]

    assert (whole["p_adjusted"] == whole["p_value"]).all()
    gates = tested[tested["gate"] != "overall"]
    assert gates["p_adjusted"].min() == pytest.approx(min(1, 6 * gates["p_value"].min()))


def test_the_relative_likelihood_of_the_workforce_standard(west_lancashire):
    ratios = su.impact_ratios(west_lancashire, by="ethnicity")
    turned = ratios.relative_likelihood

    bme = turned[(turned["group"] == "BME") & (turned["gate"] == "shortlisted")].iloc[0]
    assert bme["relative_likelihood"] == pytest.approx(389 / 920 / (10 / 43))
    assert bme["conf_low"] < bme["relative_likelihood"] < bme["conf_high"]


def test_the_four_fifths_rule_comes_with_its_chance(typed):
    counts = typed(**{f"G{i}": [100, 30] for i in range(6)})

    fixed = su.impact_ratios(counts, reference="G0").four_fifths.set_index("gate").loc["stage_1"]
    highest = su.impact_ratios(counts, reference="highest").four_fifths.set_index("gate").loc["stage_1"]

    assert fixed["below"] == highest["below"] == 0
    assert fixed["by_chance"] == pytest.approx(0.4235, abs=1e-4)
    assert highest["by_chance"] == pytest.approx(0.9002, abs=1e-4)
    assert np.isnan(su.impact_ratios(counts, reference="rest").four_fifths["by_chance"]).all()


def test_exactly_four_fifths_is_no_flag(typed):
    ratios = su.impact_ratios(typed(A=[15, 12], B=[10, 10]), reference="B")

    assert ratios.four_fifths["below"].tolist() == [0, 0]


def test_the_other_intervals_by_name(typed):
    counts = typed(A=[43, 10], B=[920, 389])
    katz = rows(su.impact_ratios(counts, method="katz"), "A").loc["stage_1"]
    newcombe = rows(su.rate_differences(counts, method="newcombe"), "A").loc["stage_1"]
    exact = rows(su.odds_ratios(counts, method="conditional"), "A").loc["stage_1"]

    assert (katz["conf_low"], katz["conf_high"]) == pytest.approx((0.3179, 0.9516), abs=5e-5)
    assert (newcombe["conf_low"], newcombe["conf_high"]) == pytest.approx((-0.2959, -0.0420), abs=5e-4)
    assert exact["conf_low"] < exact["estimate"] < exact["conf_high"] < 1
    assert katz["method"] == "katz"


@pytest.mark.parametrize("verb", VERBS)
def test_crossed_characteristics(verb, applicants):
    frame = verb(applicants, by=("gender", "disability")).frame

    assert set(frame["characteristic"]) == {"gender × disability"}
    assert set(frame["reference"]) == {"Female × No disability"}


def test_statuses_of_cohorts_held_equal_are_about_their_own_limits() -> None:
    rows = [
        {"cohort": cohort, "characteristic": "kind", "group": group, "applied": 20, "hired": hired}
        for cohort in ("2010", "2012")
        for group, hired in (("A", 10), ("B", 0), ("C", 20))
    ]
    counts = su.StageCounts.from_table(pd.DataFrame(rows))
    ratios, differences, odds = (
        verb(counts, reference="A", cohort="all").frame.query("gate == 'hired'").set_index("group")
        for verb in (su.impact_ratios, su.rate_differences, su.odds_ratios)
    )
    none, every = (
        "no limits: none of the group passed",
        "no limits: of one of the two groups everybody passed or nobody",
    )
    assert ratios["status"].tolist() == ["reference", none, ""]
    assert differences["status"].tolist() == ["reference", "", ""]
    assert differences["conf_low"].notna().tolist() == [False, True, True]
    assert odds["status"].tolist() == ["reference", none, every]


def test_few_people_of_several_cohorts_have_one_p_whoever_is_asked() -> None:
    """Exact where the chi-squared approximation does not serve: 0 of 10 in all."""
    rows = [
        {"cohort": cohort, "characteristic": "kind", "group": group, "applied": n, "hired": hired}
        for cohort in ("2010", "2012")
        for group, n, hired in (("A", 40, 20), ("B", 5, 0), ("C", 60, 12))
    ]
    counts = su.StageCounts.from_table(pd.DataFrame(rows))
    edges = su.cliff_edges(counts, reference="A", cohort="all").frame.set_index("group")["p_value"]
    for verb in (su.impact_ratios, su.rate_differences, su.odds_ratios):
        frame = verb(counts, reference="A", cohort="all").frame.query("gate == 'hired'").set_index("group")
        assert frame["test"].tolist() == ["", "mid-p", "Cochran-Mantel-Haenszel"]
        np.testing.assert_allclose(frame.loc[["B", "C"], "p_value"], edges[["B", "C"]])
    few = stats.hypergeom(45, 20, 5)  # of each cohort
    both = np.convolve(few.pmf(range(6)), few.pmf(range(6)))
    assert edges["B"] == pytest.approx(both[0])


@pytest.mark.parametrize("verb", [su.impact_ratios, su.rate_differences, su.odds_ratios, su.cliff_edges])
def test_a_test_and_an_interval_that_disagree_say_so_whatever_else_there_is_to_say(typed, verb) -> None:
    """Such as that nobody of the reference passed."""
    rng = np.random.default_rng(8)
    seen = 0
    for _ in range(40):
        n = rng.integers(2, 20, 4)
        passed = rng.binomial(n, [0.0, 0.15, 0.3, 0.6])
        counts = typed(**{name: [int(a), int(b)] for name, a, b in zip("ABCD", n, passed, strict=True)})
        frame = verb(counts, reference="A").frame
        frame = frame[(frame.get("gate") != "overall") & frame["conf_low"].notna() & frame["p_value"].notna()]
        null = 0.0 if verb is su.rate_differences else 1.0
        outside = (frame["conf_low"] > null) | (frame["conf_high"] < null)
        exact = (frame["test"] if "test" in frame else frame["method"]) == "mid-p"
        disagree = exact & (outside != (frame["p_value"] <= 0.05))
        assert (frame["status"].str.contains("disagree") == disagree).all()
        seen += int((disagree & frame["status"].str.contains("nobody of the reference")).sum())
    assert seen > 0 or verb in (su.rate_differences, su.odds_ratios)


def test_strata_and_whole_ways_say_so_too() -> None:
    rng = np.random.default_rng(3)
    groups = (("A", 40, 0.5), ("B", 9, 0.2), ("C", 12, 0.3), ("D", 7, 0.1))
    seen = [0, 0, 0]
    for _ in range(15):
        rows = [
            {
                "cohort": cohort,
                "characteristic": "kind",
                "group": group,
                "applied": n,
                "hired": rng.binomial(n, p),
            }
            for cohort in ("2010", "2012")
            for group, n, p in groups
        ]
        counts = su.StageCounts.from_table(pd.DataFrame(rows))
        edges = su.cliff_edges(counts, reference="A", cohort="all")
        frames = (
            su.stratified_tests(counts, reference="A").frame,
            pd.concat([edges.frame, edges.whole_way]),
            su.cliff_edges(counts, reference="A").whole_way,
        )
        for i, frame in enumerate(frames):
            outside = (frame["conf_low"] > 1) | (frame["conf_high"] < 1)
            known = frame["conf_low"].notna() & frame["p_value"].notna()
            disagree = known & (outside != (frame["p_value"] <= 0.05))
            assert (frame["status"].str.contains("disagree") == disagree).all()
            seen[i] += int(disagree.sum())
    assert min(seen) > 0


def test_a_trend_without_scatter_has_no_interval() -> None:
    rows = [
        {"characteristic": "kind", "group": group, "applied": 4, "hired": hired}
        for group, hired in (("A", 4), ("B", 4), ("C", 0))
    ]
    counts = su.StageCounts.from_table(pd.DataFrame(rows))
    found = su.trend_tests(counts, by="kind", groups=["A", "B", "C"])
    row = found.frame.iloc[0]
    assert (row["estimate"], np.isnan(row["conf_low"]), np.isnan(row["conf_high"])) == (-0.5, True, True)
    assert row["status"] == "no limits: in each group everybody passed or nobody"
    assert "(no limits)" in found.headline
