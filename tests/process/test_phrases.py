"""Phrases people print: each list is what public tables and exports were found to write."""

from __future__ import annotations

import csv

import pytest

from stepup_equity.process.phrases import (
    is_hidden,
    is_refusal,
    is_total,
    looks_like_refusal,
    looks_like_total,
    no_stage,
    plain_label,
)
from stepup_equity.shipped import shipped

REFUSALS = """
Missing/Unknown | I do not wish to disclose my religion/belief | Decline to self identify | Undefined
Decline To Self-Identify | I don't wish to answer | I DO NOT WANT TO ANSWER | I don’t wish to answer
Prefer not to say [note 1] | I choose not to disclose | Choose not to self-identify | Not Stated (2)
Gender not known | Ethnicity unknown | Not disclosed/declined | Unknown / not provided | Not known2 x
I would prefer not to answer this question | Applicant did not answer | No response given | Refused to say
Ne souhaite pas répondre | Non renseigné | Je ne souhaite pas répondre | Prefiero no decirlo | No consta
keine Angabe | nicht angegeben | Rather not say | Not asked | No data | Race unknown | Unable to say
Does not wish to disclose | Do not wish to specify | I prefer not to disclose my disability | Not captured
Declined to respond | Did not disclose | Preferred not to say | Not yet declared | Opted not to declare
"""

ANSWERS = """
White | Other | None | No | No religion | No disability | I do not have a disability | Not disabled
I am not a protected veteran | Prefer to self-describe | Prefer to self describe | Other or unknown
I do not have any of these disabilities or health conditions | Not listed | Non-binary | Non-UK national
Declined the offer | None of these | Other (not specified above) | Any other ethnic group | Not Hispanic
No, I don't have a disability | Does not identify as transgender | Not shortlisted | Unknown soldier
At least 1 disability or health condition declared | Identify in another way | Mixed | Undergraduate
"""


def each(text: str) -> list[str]:
    return [label.strip() for line in text.strip().splitlines() for label in line.split("|")]


@pytest.mark.parametrize("label", [label for label in each(REFUSALS) if label != "Not known2 x"])
def test_refusals(label: str) -> None:
    assert is_refusal(label)
    assert not looks_like_refusal(label)


@pytest.mark.parametrize("label", each(ANSWERS))
def test_answers_are_no_refusals(label: str) -> None:
    assert not is_refusal(label)


def test_no_group_of_a_shipped_code_list_is_a_refusal_or_a_total() -> None:
    for path in shipped("schema/codelists").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                label = row.get("label")
                if label and label != "Not stated":
                    assert not is_refusal(label), (path.name, label)
                    assert not is_total(label), (path.name, label)
                    assert not looks_like_refusal(label), (path.name, label)


@pytest.mark.parametrize(
    "label", ["Other or unknown", "White / not stated", "Other, undisclosed", "Other (incl. not known)"]
)
def test_mixtures_are_a_question(label: str) -> None:
    assert looks_like_refusal(label)


@pytest.mark.parametrize(
    "label",
    each("""
    Total | TOTAL: | Total² | Total [note 3] | Grand Total | All ethnic groups | All applicants | Overall
    Total applicants | Sub-total | All | Everyone | All staff | Both sexes | Ensemble | Insgesamt | Suma
    Total (all ethnicities) | Total number of applicants | All genders | All groups combined | Sum
    """),
)
def test_totals(label: str) -> None:
    assert is_total(label)
    assert looks_like_total(label)


@pytest.mark.parametrize(
    "label",
    ["All other ethnic groups", "Any other background", "Allied", "White", "Totally blind", "Alley", "Sumer"],
)
def test_groups_are_no_totals(label: str) -> None:
    assert not is_total(label)


def test_subtotals_are_told_by_words_only_in_part() -> None:
    assert looks_like_total("BME total")
    assert looks_like_total("All White")
    assert not is_total("BME total")


@pytest.mark.parametrize(
    "cell",
    each(
        "* | ** | c | [c] | [C] | <5 | < 10 | fewer than 5 | .. | - | – | ~ | less than 10 | # | 1-4"
        " | [low] | [u] | [fewer than 5] | up to 4 people | n<5 | 0~ | secondary suppression | DPA"
    ),
)
def test_hidden_cells(cell: str) -> None:
    assert is_hidden(cell)


@pytest.mark.parametrize(
    "cell", ["0", "5", "1,200", "", "12%", "48,2", "White", "12 of 20", "2-3 weeks", "w", "(30)"]
)
def test_numbers_are_not_hidden(cell: str) -> None:
    assert not is_hidden(cell)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("% appointed", "percentage"),
        ("Percentage of applicants", "percentage"),
        ("proportion appointed", "percentage"),
        ("Part des femmes", "percentage"),
        ("Success rate", "percentage"),
        ("shortlisted (%)", "percentage"),
        ("Average age", "average"),
        ("mean score", "average"),
        ("Number failing assessment centre", "exit"),
        ("Withdrawn", "exit"),
        ("Unsuccessful", "exit"),
        ("Rejected at sift", "exit"),
        ("Not shortlisted", "exit"),
        ("Total", "total"),
        ("Total applicants", None),
        ("Took part in interview", None),
        ("Scored 6 or above and progressed", None),
        ("Assessment days", None),
        ("Successful candidates", None),
        ("Shortlisted", None),
        ("Attended Interview", None),
        ("Passed", None),
        ("stage_2", None),
    ],
)
def test_columns_that_are_no_stages(header: str, kind: str | None) -> None:
    assert no_stage(header) == kind


def test_labels_without_their_marks() -> None:
    assert plain_label("White British [note 12]") == "White British"
    assert plain_label("Black (b)") == "Black (b)"
    assert plain_label("25-34") == "25-34"
    assert plain_label("Group 2") == "Group 2"
