"""Whole sentences, read as a reader reads them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.counts import of_cohort, open_counts
from stepup_equity.disclosure import policy_of
from stepup_equity.findings.cliff_rule import DEFAULT_RULE
from stepup_equity.findings.cliff_sentences import Told, comparison_sentence, whole_way_sentence
from stepup_equity.presentation import alternatives, story
from stepup_equity.presentation.answers import Answers
from stepup_equity.presentation.report.words import GLOSSARY
from stepup_equity.presentation.source import ends_in_words, evident_ends
from stepup_equity.presentation.writing import _published
from stepup_equity.shipped import shipped
from stepup_equity.words import sentences
from stepup_equity.words.names import PLAIN, Names, people_of
from stepup_equity.words.numbers import people_lost
from tests.presentation import cases, grade
from tests.presentation.conftest import answers_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepup_equity.presentation.source import Source

NAMES = Names.of(su.step_up_to_social_work())


@pytest.mark.parametrize(
    ("group", "characteristic", "words"),
    [
        ("Black African", "Ethnicity", "Black African applicants"),
        ("20-24", "Age", "applicants aged 20-24"),
        ("Under 20", "Age", "applicants aged under 20"),
        ("50 and over", "Age", "applicants aged 50 and over"),
        ("Disability", "Disability", "applicants with a disability"),
        ("No disability", "Disability", "applicants with no disability"),
        ("No religion", "Religion or belief", "applicants with no religion"),
        ("Other", "Ethnicity", "applicants whose ethnicity is recorded as “Other”"),
        ("Gay, lesbian or bisexual", "Sexual orientation", "Gay, lesbian or bisexual applicants"),
    ],
)
def test_people_of_a_group(group: str, characteristic: str, words: str) -> None:
    assert people_of(group, characteristic) == words


def test_half_a_person_is_told_alike_everywhere() -> None:
    row = SimpleNamespace(
        characteristic="kind", group="B", reference="A", gate="hired", passed=0, denominator=5,
        reference_passed=1, reference_denominator=2, estimate=-0.005, people_lost=2.5, entered=5,
    )  # fmt: skip
    assert sentences.people_short(row, PLAIN).endswith("at the rate of A applicants 3 would have")
    told = Told("Kind", "hired", "B", "A", 0, 5, 1, 2, 0.0, 1.0)
    assert "; 3 more would have passed at the A rate." in comparison_sentence(told, PLAIN)
    assert whole_way_sentence(told, "got a place").endswith("at the A rate 3 would have.")
    assert people_lost(2.5) == "−3"
    gap = pd.DataFrame([{**vars(row), "gate": "overall"}])
    assert sentences.gap_finding(gap.assign(people_lost=6.5), PLAIN).endswith(" 7 would have")
    half = Told("Kind", "hired", "B", "A", 0, 20_001, 1, 2, 0.0, 1.0)
    assert "; 10,001 more would" in comparison_sentence(half, PLAIN)


def test_a_difference_of_less_than_a_point_is_not_told_as_none() -> None:
    row = SimpleNamespace(
        characteristic="kind",
        group="B",
        reference="A",
        gate="hired",
        estimate=-0.004,
        passed=0,
        denominator=1,
    )
    words = sentences.comparison_words(row, PLAIN, "difference")
    assert words.endswith(
        "the pass rate of B applicants lay 0.4 percentage points below that of A applicants"
    )


def test_two_rates_that_differ_are_not_told_as_one() -> None:
    row = SimpleNamespace(
        characteristic="kind", group="B", reference="A", gate="hired", passed=4300, denominator=10000,
        reference_passed=4310, reference_denominator=10000,
    )  # fmt: skip
    assert "43.0% of B applicants passed, and 43.1% of A applicants" in sentences.rates_words(row, PLAIN)


def test_gates_of_the_built_in_programme_in_words() -> None:
    assert [NAMES.gate(key) for key in ("eligible", "screened", "invited", "overall")] == [
        "Eligibility check",
        "Screening",
        "Invitation to the assessment centre",
        "Whole way",
    ]
    assert NAMES.at("assessed") == "At the assessment centre"
    assert NAMES.at("overall") == "Over the whole way"
    assert PLAIN.at("shortlisted") == "At the gate “shortlisted”"


def test_opening_of_cohort_one(cohort_answers: Answers) -> None:
    assert story.opening(cohort_answers) == (
        "2,095 people applied; 189 (9.0%) reached the last stage, “Accepted the offer”.",
        "0 of 132 Black African applicants got to the end; at the White British rate 16 would have.",
        "3 of 215 Black applicants got to the end; at the White rate 25 would have.",
        "9 of the 184 comparisons are cliff edges: wide gaps that are unlikely to be chance.",
        "In 114 of them there are too few people to tell, so nothing follows from their silence.",
    )
    assert story.besides(cohort_answers) == (
        "4 of 130 Asian applicants got to the end; at the White rate 15 would have.",
        (
            "Between broad groups 3 of the 30 comparisons are cliff edges: Black at the assessment centre "
            "(0.30), Black at screening (0.57) and Black at the invitation to the assessment centre (0.77)."
        ),
        (
            "A cliff edge is a pass rate below 0.8 times the other group's at one gate that chance is "
            "unlikely to explain. The 9 are: Black African at the assessment centre (0), Black African at "
            "screening (0.41), 50 and over at the eligibility check (0.46), 50 and over at screening (0.51), "
            "White other at the offer (0.51), 45-49 at the eligibility check (0.58), 40-44 at the "
            "eligibility check (0.70), Christian at the assessment centre (0.75) and 1 more."
        ),
    )


def whole_ways(rows: list[tuple[str, str, int, int]], reference: str) -> pd.DataFrame:
    """Evident whole ways: who is behind, by name, through, of how many; 40 of 100 of the reference."""
    frame = pd.DataFrame(rows, columns=["group", "behind", "passed", "denominator"])
    frame = frame.assign(reference=reference, reference_passed=40, reference_denominator=100)
    return frame.assign(sentence=[f"{behind}." if behind else "" for behind in frame["behind"]])


def test_the_detailed_group_furthest_behind_is_named_before_broad_groups() -> None:
    """Whatever the data: a broad group speaks for many, and hides one of which nobody came through."""
    broad = whole_ways(
        [("Black", "Black", 10, 100), ("Asian", "Asian", 20, 100), ("Mixed", "", 9, 20)], "White"
    )
    fine = [("Caribbean", "Caribbean", 4, 60), ("Arab", "", 0, 3), ("African", "African", 0, 40)]
    said = ends_in_words(broad, whole_ways(fine, "British"))
    assert said == ("African.", "Black.", "Asian.")
    assert ends_in_words(broad, whole_ways(fine[:2], "British"))[0] == "Caribbean."
    assert ends_in_words(broad, whole_ways(fine[1:2], "British")) == ("Black.", "Asian.")
    turned = whole_ways([("Men", "Women", 60, 100)], "Women")
    assert ends_in_words(broad[:0], turned) == ("Women.",)


def test_ends_are_in_the_order_of_people_short_on_the_side_that_is_behind() -> None:
    """The reference is 380 short of the small group's rate, though the group has 16 more than at its own."""
    counts = su.StageCounts.from_table(
        pd.DataFrame(
            {
                "characteristic": ["origin"] * 3 + ["route"] * 2,
                "group": ["Home", "Abroad", "Unknown origin", "Direct", "Referred"],
                "applied": [900, 40, 60, 600, 400],
                "accepted": [72, 20, 8, 80, 20],
            }
        )
    )
    ends = su.cliff_edges(counts, by=["route", "origin"], reference={"origin": "Home"}).whole_way
    assert evident_ends(ends)["behind"].tolist() == ["Home", "Referred"]
    assert ends_in_words(ends[:0], ends)[0] == (
        "72 of 900 Home applicants got to the end; at the Abroad rate 450 would have."
    )


def test_a_publication_without_a_whole_way_behind_names_the_widest_gap() -> None:
    source = _published(cases.cohort_one(), policy_of("publish"), None)
    assert source.whole_way == ()
    said = story.opening(source)
    assert said[1] == (
        "At screening 19% of the 105 Black African applicants passed, against 49% of the 1,070 White British "
        "applicants."
    )
    assert story.foremost(source) == "ethnicity"


def civil_service() -> su.StageCounts:
    return open_counts(shipped("examples/civil_service.csv"), programme="civil_service").counts


@pytest.mark.parametrize("make", [cases.cohort_one, cases.west_lancashire, civil_service, cases.two_cohorts])
@pytest.mark.parametrize("policy", ["internal", "publish"])
def test_the_opening_is_short_and_plain(make: Callable[[], su.StageCounts], policy: str) -> None:
    counts = make()
    one = of_cohort(counts) if counts.cohorts else counts
    source: Source = (
        Answers(one, one.characteristics, regression=False, every=counts)
        if policy == "internal"
        else _published(counts, policy_of(policy), None)
    )
    said = story.opening(source)
    text = " ".join(said)
    assert len(said) == len(grade.sentences(text)) <= 5
    assert max(len(grade.words(sentence)) for sentence in said) <= 20
    assert grade.grade(text) <= 9
    if len(counts.cohorts) > 1:
        assert said[1] == (
            "Of 6 gaps at single gates 1 changed evidently from 2010 to 2012."
            if policy == "internal"
            else "That is 2012, the last of 2 cohorts, as is what is compared here."
        )


def test_the_opening_counts_what_changed() -> None:
    frame = pd.DataFrame(
        {
            "gate": ["a", "b", "c", "overall"],
            "cohort_earlier": "9",
            "cohort_later": "10",
            "p_value": [0.001, 0.6, float("nan"), 0.001],
            "flagged": [True, False, False, True],
        }
    )
    assert sentences.change_words(frame) == "Of 2 gaps at single gates 1 changed evidently from 9 to 10."
    assert sentences.change_words(frame[3:]) == ""


def test_who_has_no_outcome_yet_is_said_below_the_opening() -> None:
    people = pd.DataFrame(
        {
            "applicant_id": range(60),
            "gender": ["Female", "Male"] * 30,
            "furthest_stage": ["submitted"] * 20 + ["eligible"] * 20 + ["accepted"] * 20,
            "exit_reason": ["rejected"] * 20 + ["pending"] * 20 + [""] * 20,
        }
    )
    answers = answers_of(su.count_stages(su.read_applicants(people)))
    assert (
        story.opening(answers)[0]
        == "60 people applied; 20 (33%) reached the last stage, “Accepted the offer”."
    )
    assert story.besides(answers)[0] == "20 have no outcome yet and count at no gate where they wait."


def test_who_waits_is_among_all_of_whom_a_share_is_told_in_print_too() -> None:
    people = pd.DataFrame(
        {
            "gender": ["Female", "Male"] * 150,
            "furthest_stage": ["submitted"] * 120 + ["eligible"] * 100 + ["accepted"] * 80,
            "exit_reason": ["rejected"] * 120 + ["pending"] * 40 + ["rejected"] * 60 + [""] * 80,
        }
    )
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    assert story.opening(answers_of(counts))[0].startswith("300 people applied; 80 (27%) reached")
    for policy in ("publish", "suppress10"):
        told = story.opening(_published(counts, policy_of(policy), None))[0]
        assert told.removeprefix("About ").replace("about ", "").startswith("300 people applied; 80 (26.7%)")


def test_opening_of_west_lancashire() -> None:
    answers = answers_of(cases.west_lancashire())
    assert story.opening(answers) == (
        "970 people applied; 119 (12%) reached the last stage, “Appointed”.",
        "None of the 13 comparisons is a cliff edge (a wide gap that is unlikely to be chance).",
        "In 10 of them there are too few people to tell, so nothing follows from their silence.",
    )
    assert story.besides(answers) == (
        (
            "A cliff edge is a pass rate below 0.8 times the other group's at one gate that chance is "
            "unlikely to explain."
        ),
    )
    assert story.untold(answers)[1] == (
        "At no gate can anything be told about: BME, Muslim, Hindu, Buddhist, Jewish and Sikh."
    )  # nobody came to some gates of Hindu applicants: nothing can be told there either


def test_what_silence_means_is_one_ratio_everywhere() -> None:
    """A verdict asks whether half the rate would have been flagged; page and glossary say that ratio."""
    at = f"{DEFAULT_RULE.flag_power_at:g}"
    told = dict(GLOSSARY)
    assert f"though a true ratio of {at} would have been flagged in at least 80%" in told["No evidence"]
    assert f"even a true ratio of {at} would have been missed in more than 20%" in told["Too few to tell"]
    assert f"were {at} times the reference's" in story.untold(answers_of(cases.west_lancashire()))[0]
    big = pd.DataFrame({"characteristic": "gender", "group": ["Female", "Male"], "a": 90_000, "b": 45_000})
    seen = story.untold(answers_of(su.StageCounts.from_table(big)))
    assert seen == (f"Every comparison would likely have shown a ratio of {at}, had there been one.",)


def test_gates_that_can_tell_say_nothing_of_a_whole_way_that_cannot() -> None:
    """Every gate has power, and the whole way has none: the opening and the table beside it must agree."""
    reached = {"a": [300, 1410], "b": [135, 634], "c": [61, 286], "d": [27, 128]}
    table = pd.DataFrame({"characteristic": "gender", "group": ["Female", "Male"]} | reached)
    answers = answers_of(su.StageCounts.from_table(table))
    assert "too few to tell" not in set(answers.cliffs.frame["verdict"])
    assert set(answers.ends["verdict"]) == {"too few to tell"}
    few = "over the whole way there are too few people to tell in 1 of 1 comparison."
    assert (
        story.opening(answers)[-1] == f"Each comparison at a gate would likely have shown a wide gap; {few}"
    )
    assert story.untold(answers)[0].endswith(f"had there been one; {few}")


def test_cliffs_of_west_lancashire_asked_about_ethnicity_alone() -> None:
    frame = su.cliff_edges(cases.west_lancashire(), by="ethnicity").frame
    assert (
        sentences.cliffs_finding(frame, PLAIN)
        == "1 cliff edge in 2 comparisons: BME at the gate “shortlisted” (0.55)"
    )


def test_a_comparison_three_ways() -> None:
    row = SimpleNamespace(
        characteristic="ethnicity",
        group="Black African",
        reference="White British",
        gate="screened",
        estimate=0.4076,
        passed=21,
        denominator=105,
        reference_passed=526,
        reference_denominator=1072,
    )
    assert sentences.comparison_words(row, NAMES) == (
        "At screening Black African applicants passed at 0.41 times the rate of White British applicants"
    )
    assert sentences.comparison_words(row, NAMES, "odds") == (
        "At screening Black African applicants passed at 0.41 times the odds of White British applicants"
    )
    row.estimate = -0.29
    assert sentences.comparison_words(row, NAMES, "difference") == (
        "At screening the pass rate of Black African applicants lay 29 percentage points below that of "
        "White British "
        "applicants"
    )
    assert sentences.rates_words(row, NAMES) == (
        "At screening 20% of Black African applicants passed, and 49% of White British applicants"
    )
    assert sentences.people_short(row, NAMES) == (
        "At screening 21 of 105 Black African applicants passed; at the rate of White British "
        "applicants 52 would have"
    )
    row.reference = "rest"
    assert (
        sentences.rates_words(row, NAMES)
        == "At screening 20% of Black African applicants passed, and 49% of everyone else"
    )


def test_no_gap_is_called_evident_without_adjusted_evidence() -> None:
    frame = su.impact_ratios(cases.cases()["two groups"]).frame
    assert sentences.comparisons_finding(frame, NAMES) == (
        "At no gate is a group's pass rate evidently below the reference's (adjusted p above 0.05)"
    )


def test_gap_of_a_group_of_whom_nobody_got_to_the_end_comes_first() -> None:
    frame = su.gap_decomposition(cases.cohort_one(), by="ethnicity").frame
    assert sentences.gap_finding(frame, NAMES) == (
        "None of the 132 Black African applicants got to the end; at the rate of White British "
        "applicants 16 would have"
    )
    age = su.gap_decomposition(cases.cohort_one(), by="age_band").frame
    assert sentences.gap_finding(age, NAMES) == (
        "The widest gap over the whole way is that of applicants aged 50 and over, who got to the end "
        "at 0.17 times the "
        "rate of applicants aged 20-24; the largest part of it opens at the eligibility check"
    )
    gender = su.gap_decomposition(cases.cohort_one(), by="gender").frame
    assert (
        sentences.gap_finding(gender, NAMES)
        == "Over the whole way no group lies behind by more than chance allows"
    )


def test_association_and_missingness_of_cohort_one(cohort_answers: object) -> None:
    tests = cohort_answers.tests.frame  # type: ignore[attr-defined]
    assert sentences.association_finding(tests[tests["characteristic"] == "gender"], NAMES) == (
        "No association of passing with gender is evident (adjusted p above 0.05)"
    )
    missing = cohort_answers.missing.frame  # type: ignore[attr-defined]
    assert (
        sentences.missing_finding(missing, NAMES)
        == "Sexual orientation was stated least: by 81% of applicants"
    )


def test_nobody_and_everybody() -> None:
    counts = cases.cases()["empty stages"]
    assert (
        sentences.composition_finding(su.composition(counts).frame, NAMES)
        == "Nobody reached the stage “Accepted the offer”"
    )
    everyone = pd.DataFrame({"characteristic": "a", "gate": "x", "denominator": [3], "passed": [3]})
    assert sentences.most_leave(everyone, PLAIN) == "Everyone who got to a gate passed it"


def test_alternative_text_is_written_from_the_numbers() -> None:
    counts = cases.cases()["two groups"]
    frame = su.selection_rates(counts).frame
    assert alternatives.rates_alt(frame, NAMES, "Title") == (
        "Title. Bar chart of pass rates, 3 groups by 6 gates. Lowest and highest: Eligibility check: "
        "85% (Male) to 86% "
        "(Female); Screening: 43% (Male) to 46% (Female); Invitation to the assessment centre: 73% "
        "(Male) to 74% "
        "(Female); Assessment centre: 38% (Male) to 45% (Female); Offer: 80% (Female) to 81% (Male); "
        "Acceptance: 90% "
        "(Male) to 94% (Female). The table beside the chart holds every number."
    )


def test_no_sentence_speaks_of_discrimination_or_cause(cohort_answers: object) -> None:
    answers = cohort_answers
    said = [*story.opening(answers), *story.besides(answers), *story.untold(answers)]  # type: ignore[arg-type]
    said += list(answers.cliffs.frame["sentence"])  # type: ignore[attr-defined]
    for word in ("discriminat", "caused", "because of their", "bias"):
        assert not [sentence for sentence in said if word in sentence.casefold()]
