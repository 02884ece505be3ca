"""Every question is of one cohort, the last unless named; all of them are held equal, never added up."""

import inspect

import pandas as pd
import pytest

import stepup_equity as su

SIMPSON = {
    "2010": {"White": (800, 480), "Black": (100, 60)},
    "2012": {"White": (400, 80), "Black": (400, 80)},
}


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    """Within each cohort groups pass alike; together the ratio would be 0.6."""
    rows = [
        {"cohort": cohort, "characteristic": "ethnicity", "group": group, "applied": n, "accepted": passed}
        for cohort, groups in SIMPSON.items()
        for group, (n, passed) in groups.items()
    ]
    return su.StageCounts.from_table(pd.DataFrame(rows))


VERBS = [
    su.selection_rates,
    su.impact_ratios,
    su.rate_differences,
    su.odds_ratios,
    su.association_tests,
    su.composition,
    su.detectable_gaps,
    su.gap_decomposition,
    su.missingness,
    su.exits,
    su.cliff_edges,
]
ALL = (su.impact_ratios, su.rate_differences, su.odds_ratios, su.cliff_edges)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_the_last_cohort_unless_named(verb, counts):
    last, named, first = verb(counts), verb(counts, cohort="2012"), verb(counts, cohort="2010")
    pd.testing.assert_frame_equal(last.frame, named.frame)
    assert not last.frame.equals(first.frame)
    assert "These figures are of cohort 2012, the last of 2: 2010 and 2012." in last.notes
    assert "These figures are of cohort 2010, one of 2: 2010 and 2012." in first.notes
    by_where = verb(counts, where={"cohort": "2010"})
    pd.testing.assert_frame_equal(first.frame, by_where.frame)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_all_cohorts_are_never_added_up(verb, counts):
    if verb not in ALL:
        with pytest.raises(su.ArgumentError, match="would add cohorts up here"):
            verb(counts, cohort="all")
        return
    found = verb(counts, cohort="all")
    black = found.frame[found.frame["group"] == "Black"]
    assert black["estimate"].tolist() == pytest.approx(
        [0.0 if verb is su.rate_differences else 1.0] * len(black)
    )
    assert any("they are not added up" in note for note in found.notes)


def test_edges_within_all_cohorts():
    rows = [
        {"cohort": cohort, "characteristic": "ethnicity", "group": group, "applied": n, "accepted": passed}
        for cohort, groups in {
            "2010": {"White": (800, 480), "Black": (400, 120)},
            "2012": {"White": (400, 80), "Black": (100, 10)},
        }.items()
        for group, (n, passed) in groups.items()
    ]
    found = su.cliff_edges(su.StageCounts.from_table(pd.DataFrame(rows)), cohort="all")
    edge = found.frame.iloc[0]
    assert (edge["flagged"], edge["behind"], edge["verdict"]) == (True, "Black", "cliff edge")
    assert edge["sentence"].startswith(
        "At the gate “accepted”, with the 2 cohorts held equal, Black applicants"
    )
    assert found.whole_way["verdict"].tolist() == ["behind"]


def test_beside_each_other_cohorts_are_not_sliced(counts):
    assert su.selection_rates(counts, by="cohort").frame["group"].unique().tolist() == ["2010", "2012"]
    pooled = su.stratified_tests(counts).frame
    assert pooled["stratum"].unique().tolist() == ["cohort"]
    assert "1.00 with cohort held equal" in su.stratified_tests(counts).headline


def test_every_question_of_counts_takes_a_cohort():
    for name in su.__all__:
        verb = getattr(su, name)
        if inspect.isfunction(verb) and {"counts", "applicants"} & set(
            names := inspect.signature(verb).parameters
        ):
            several = {
                "cohort_trend",
                "compare_cohorts",
                "count_stages",
                "protect",
                "publication_plan",
                "write_workbook",
            }
            assert "cohort" in names or name in several, name
