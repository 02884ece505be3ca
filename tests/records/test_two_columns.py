"""Statuses that another column splits, and answers with a second column that says more."""

from __future__ import annotations

import pandas as pd
import pytest

from stepup_equity.counts import count_stages
from stepup_equity.errors import DataError, ProgrammeError
from stepup_equity.process import Programme, programme_from_toml, programme_to_toml
from stepup_equity.records.applicants import read_applicants

HEAD = """
[[stages]]
key = "applied"
[[stages]]
key = "sifted"
[[stages]]
key = "offered"
[characteristics.sex]
codelist = "sex.csv"
synonyms = "sex_synonyms.csv"
[characteristics.disability]
codelist = "disability.csv"
synonyms = ["disability_synonyms.csv", "not_stated.csv"]
column = "Disabled?"
detail_column = "Impairment(s)"
separator = ";"
several = "Multiple disabilities"
[reading]
applicant_id = "id"
[reading.progress]
kind = "status"
column = "Status"
[reading.progress.outcomes.applied]
withdrew = ["Withdrawn*"]
rejected = ["Sift no"]
[reading.progress.outcomes.offered]
reached = ["Offer"]
"""
SPLIT = """
[[reading.progress.split]]
words = ["Withdrawn*"]
column = "Score"
stage = "sifted"
"""


def programme(more: str = SPLIT) -> Programme:
    return programme_from_toml(HEAD + more)


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": list("abcdefg"),
            "sex": ["F", "M", "F", "M", "F", "F", "M"],
            "Status": ["Withdrawn", "Withdrawn late", "withdrawn ", "Sift no", "Offer", "Offer", "Sift no"],
            "Score": [None, 61, "n/a", 40, 70, 71, None],
            "Disabled?": ["No", "Yes", "Yes", "Prefer not to say", "Yes", "", "No"],
            "Impairment(s)": [None, "Deaf", "Deaf; Blind", "", "", "Autism", None],
        }
    )


def test_only_the_split_words_go_further_and_only_where_something_stands() -> None:
    cells = read_applicants(frame().astype({"Score": object}), programme=programme()).cells
    assert cells.people == 7
    counts = count_stages(read_applicants(frame(), programme=programme()))
    funnel = counts.funnel("sex").frame.groupby("gate").sum(numeric_only=True)
    assert funnel.loc["sifted", ["entered", "passed", "withdrew", "rejected"]].tolist() == [7, 3, 2, 2]
    assert funnel.loc["offered", ["entered", "passed", "withdrew"]].tolist() == [3, 2, 1]


def test_a_list_beside_yes_says_more_and_nobody_counts_twice() -> None:
    table = (
        count_stages(read_applicants(frame(), programme=programme()))
        .funnel("disability", level="detailed", not_stated=True)
        .frame
    )
    people = table[table["gate"] == "sifted"].set_index("group")["entered"]
    assert people[people > 0].to_dict() == {
        "No disability": 2,
        "Hearing impairment": 1,
        "Autism or social or communication condition": 1,
        "Multiple disabilities": 1,
        "Disability": 1,
        "Not stated": 1,
    }


def test_no_beside_an_impairment_is_refused() -> None:
    wrong = frame()
    wrong.loc[0, "Impairment(s)"] = "Deaf"
    with pytest.raises(DataError, match="answers in two columns that exclude each other in 'disability'"):
        read_applicants(wrong, programme=programme())


def test_a_programme_with_both_comes_back_equal() -> None:
    assert programme_from_toml(programme_to_toml(programme())) == programme()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(DataError) as refused:
        read_applicants(frame().drop(columns="Score"), programme=programme())
    assert "[[reading.progress.split]]" in str(refused.value)
    with pytest.raises(DataError, match="take detail_column out of the programme"):
        read_applicants(frame().drop(columns="Impairment(s)"), programme=programme())


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            'words = ["Withdrawn*"]\ncolumn',
            'words = ["Gone"]\ncolumn',
            "'Gone', which stands under no outcome",
        ),
        ('stage = "sifted"', 'stage = "offered"', "whoever got there has arrived"),
        ('stage = "sifted"', 'stage = "sieved"', "which 'programme' does not have"),
        ('column = "Score"', 'column = ""', "needs words, the column that splits them"),
    ],
)
def test_a_split_that_contradicts_is_refused(old: str, new: str, sentence: str) -> None:
    with pytest.raises(ProgrammeError, match=sentence.replace("[", r"\[")):
        programme(SPLIT.replace(old, new))
