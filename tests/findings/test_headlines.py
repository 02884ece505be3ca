"""A headline speaks of characteristics by their names, not by their keys."""

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.presentation.comparing import beside
from stepup_equity.process import programme_from_toml

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


KEYS = """
label = "Team"
[[stages]]
key = "zq_in"
label = "Applied"
[[stages]]
key = "zq_sift"
label = "Sifted in"
gate = "the sift"
[[stages]]
key = "zq_talk"
label = "Interviewed well"
gate = "the interview"
[[stages]]
key = "zq_end"
label = "Appointed"
gate = "the appointment"
fills_place = true
[characteristics.zq_sex]
label = "Sex"
groups = ["Women", "Men"]
reference = "Men"
[characteristics.zq_age]
label = "Age"
groups = ["20-29", "30-39", "40 and over"]
ordered = true
[strata.zq_wish]
label = "First wish"
[strata.zq_got]
label = "Offered by"
[covariates.zq_score]
label = "Test score"
[covariates.zq_mark]
label = "Final mark"
[reading]
cohort = "zq_year"
"""
"""Every key is one that nobody would print."""


@pytest.fixture(scope="module")
def applicants() -> su.Applicants:
    rng = np.random.default_rng(4)
    n = 3000
    sex, wish = rng.integers(0, 2, n), rng.integers(0, 3, n)
    # women apply where few get in, so together and within offices differ
    low = (wish == 0) ^ (rng.random(n) < 0.15 + 0.7 * sex)
    stage = np.where(rng.random(n) < np.where(low, 0.35, 0.7), rng.integers(1, 4, n), 0)
    wishes = np.where(low, "North", np.where(wish == 1, "South", "East"))
    frame = pd.DataFrame({
        "applicant_id": range(n), "zq_year": np.where(rng.random(n) < 0.5, "2010", "2012"),
        "zq_sex": np.array(["Men", "Women"])[sex],
        "zq_age": np.array(["20-29", "30-39", "40 and over"])[rng.integers(0, 3, n)],
        "zq_wish": wishes,
        "zq_got": np.where(stage > 1, np.where(rng.random(n) < 0.7, wishes, "South"), ""),
        "zq_score": (50 + 10 * rng.normal(size=n) + 4 * stage).round(1),
        "furthest_stage": np.array(["zq_in", "zq_sift", "zq_talk", "zq_end"])[stage],
    })  # fmt: skip
    frame["zq_mark"] = np.where(stage > 1, (frame["zq_score"] / 2 + rng.normal(size=n)).round(1), np.nan)
    return su.read_applicants(frame, programme=programme_from_toml(KEYS))


ASKED = {
    "pass_marks": {"score": "zq_score", "gate": "zq_sift", "by": "zq_sex", "mark": 50.0},
    "predictive_validity": {"score": "zq_score", "award": "zq_mark", "gate": "zq_sift", "by": "zq_sex"},
    "eligibility_rules": {"rules": {"lower": {"zq_score": 40}}, "gate": "zq_sift", "by": "zq_sex"},
    "offers_by_choice": {"first": "zq_wish", "offered": "zq_got", "gate": "zq_talk", "by": "zq_sex"},
    "places": {"stratum": "zq_got", "gate": "zq_talk"},
    "stratified_tests": {"stratum": "zq_wish"},
    "intersections": {"by": ["zq_sex", "zq_age"]},
    "progression_model": {"formula": "zq_sex + zq_age"},
    "exits": {},
    "compare_cohorts": {},
    **{verb.__name__: {} for verb in VERBS if verb is not su.stratified_tests},
}
OF_RECORDS = ("pass_marks", "predictive_validity", "eligibility_rules")


@pytest.mark.parametrize("verb", ASKED)
def test_no_key_stands_in_words(verb: str, applicants: su.Applicants) -> None:
    source = applicants if verb in OF_RECORDS else su.count_stages(applicants)
    found = getattr(su, verb)(source, **ASKED[verb])
    frame = found.frame
    said = [found.headline, *found.sentences, *found.notes]
    said += [text for name in ("sentence", "status", "reading") if name in frame for text in frame[name]]
    assert not [text for text in said if "zq" in text.replace(getattr(found, "formula", ""), "")]


def test_models_speak_of_gates_by_their_names(applicants: su.Applicants) -> None:
    model = su.progression_model(su.count_stages(applicants), "zq_sex + zq_age")
    tests = model.tests()
    assert "at the " in tests.headline
    assert "zq sift" not in f"{model.headline} {tests.headline} {model.crude_beside_adjusted().headline}"


def test_ties_do_not_turn_on_the_order_of_groups() -> None:
    tables = {
        "largest": {"A": (25, 25, 10), "B": (10, 2, 0), "C": (25, 12, 2)},
        "same": {"A": (28, 14, 8), "B": (28, 14, 8)},
        "huge": {"A": (2462, 359, 100), "B": (2860, 2319, 2000), "C": (2703, 1991, 1500)},
        "two": {"A": (20, 16, 16), "B": (100, 40, 40)},
    }
    for name, table in tables.items():
        for order in (list(table), list(table)[::-1]):
            rows = [
                {"characteristic": "kind", "group": group, "applied": n, "sifted": m, "hired": k}
                for group, (n, m, k) in ((group, table[group]) for group in order)
            ]
            counts = su.StageCounts.from_table(pd.DataFrame(rows))
            assert (
                su.selection_rates(counts).headline
                == {
                    "largest": "kind; over the whole way 0% (B) to 40% (A)",
                    "same": "kind; over the whole way 29% in every group",
                    "huge": "kind; over the whole way 4.1% (A) to 70% (B)",
                    "two": "kind; over the whole way 40% (B) to 80% (A)",
                }[name]
            )
            if name == "largest":
                assert set(su.cliff_edges(counts).frame["reference"]) == {"A"}
            if name == "huge":
                headline = su.impact_ratios(counts, reference="A").headline
                assert headline.startswith("kind; most evident ratio 5.56")
            if name == "two":
                found = su.impact_ratios(counts, reference="rest")
                assert (
                    found.headline == "kind; most evident ratio 0.50 (0.37 to 0.73), B against rest, sifted"
                )
            assert su.composition(counts).headline.startswith(
                "kind; no share is lower" if name == "same" else "kind; "
            )
