"""A headline speaks of characteristics by their names, not by their keys."""

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.presentation.comparing import beside

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
    su.cliff_edges,
    su.trend_tests,
    su.stratified_tests,
    su.cohort_trend,
]


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    rows = [
        (cohort, band, religion, stage)
        for cohort, extra in (("2010", 0), ("2012", 5))
        for band, religion, passed in (("20-24", "Christian", 30), ("25-29", "No religion", 12))
        for stage, n in (("eligible", passed + extra), ("submitted", 40))
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=["cohort", "age_band", "religion", "furthest_stage"])
    return su.count_stages(su.read_applicants(frame, check_ids=False))


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_names_stand_in_headlines(verb, counts):
    said = repr(verb(counts, by="age_band"))
    assert "age_band" not in said
    assert "age" in said


def test_two_cohorts_and_crossed_groups(counts):
    assert repr(su.compare_cohorts(counts)).startswith(
        "<CohortComparison: age, religion or belief, 2010 to 2012; "
    )
    crossed = su.intersections(counts, by=["age_band", "religion"], cohort="2012")
    assert repr(crossed).startswith("<Intersections: age × religion or belief; ")


def test_characteristics_of_a_page_are_not_crossed(counts):
    told = beside(counts, by=("age_band", "religion"))
    assert told.pair.by == ("age_band", "religion")
    assert told.edges.by == ("age_band", "religion")
