"""What a programme declares will be asked, and characteristics that a file may lack."""

from __future__ import annotations

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.process import programme_from_toml, programme_to_toml

OWN = """
name = "own"
[[stages]]
key = "applied"
[[stages]]
key = "hired"
[characteristics.ethnicity]
label = "Ethnicity"
column = "Ethnic origin"
groups = [
  { label = "White British", parent = "White" }, { label = "White other", parent = "White" },
  { label = "Black African", parent = "Black" }, { label = "Black Caribbean", parent = "Black" },
]
[characteristics.sex]
label = "Sex"
groups = ["Women", "Men"]
"""

QUESTIONS = """
[questions]
characteristics = ["ethnicity"]
levels = ["broad", "detailed"]
[questions.references]
ethnicity = "White other"
"""


def people() -> pd.DataFrame:
    rows = [
        (group, sex, "hired" if i < hired else "applied")
        for group, hired in (
            ("White British", 30),
            ("White other", 20),
            ("Black African", 5),
            ("Black Caribbean", 8),
        )
        for sex in ("Women", "Men")
        for i in range(40)
    ]
    return pd.DataFrame(rows, columns=["Ethnic origin", "sex", "furthest_stage"])


def counts(text: str) -> su.StageCounts:
    return su.count_stages(su.read_applicants(people(), programme=programme_from_toml(text), check_ids=False))


def test_declared_questions_are_what_is_asked_by_default() -> None:
    cliffs = su.cliff_edges(counts(OWN + QUESTIONS))
    assert cliffs.by == ("ethnicity",)
    assert set(cliffs.frame["reference"]) == {"White other"}
    assert set(cliffs.broad["reference"]) == {"White"}
    assert (
        "The programme declares what is asked: ethnicity, broad groups and detailed ones; ethnicity against "
        "White other."
    ) in cliffs.notes
    assert su.cliff_edges(counts(OWN)).by == ("ethnicity", "sex")


def test_one_declared_level_is_the_only_one_asked() -> None:
    broad = su.cliff_edges(counts(OWN + '[questions]\nlevels = ["broad"]\n'), by="ethnicity")
    assert set(broad.frame["group"]) | set(broad.frame["reference"]) == {"White", "Black"}
    detailed = su.cliff_edges(counts(OWN + '[questions]\nlevels = ["detailed"]\n'), by="ethnicity")
    assert len(detailed.frame) == 3
    assert detailed.broad.empty


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"by": "sex"}, "about sex alone"),
        ({"level": "broad"}, "of broad groups alone"),
        ({"reference": {"ethnicity": "Black African"}}, "ethnicity against Black African"),
    ],
)
def test_a_run_that_asks_otherwise_says_so(asked: dict[str, object], words: str) -> None:
    notes = su.cliff_edges(counts(OWN + QUESTIONS), **asked).notes  # type: ignore[arg-type]
    assert any(f"This run asks otherwise: {words}." in note for note in notes)


def test_the_same_question_by_name_is_not_otherwise() -> None:
    notes = su.cliff_edges(counts(OWN + QUESTIONS), by=["ethnicity"]).notes
    assert not any("otherwise" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            '[questions]\ncharacteristics = ["etnicity"]\n',
            (
                "[questions] characteristics names 'etnicity', which is no characteristic of the programme. "
                "Possible: 'ethnicity', 'sex'. Did you mean 'ethnicity'?"
            ),
        ),
        (
            '[questions]\nlevels = ["board"]\n',
            "[questions] levels names 'board'. Possible: 'broad', 'detailed'. Did you mean 'broad'?",
        ),
        (
            '[questions.references]\nsex = "Woman"\n',
            (
                "[questions] references compares 'sex' with 'Woman', which is not one of its groups. "
                "Possible: 'Women', 'Men', 'largest', 'rest'. Did you mean 'Women'?"
            ),
        ),
    ],
)
def test_questions_about_what_is_not_there_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(su.ProgrammeError) as refused:
        programme_from_toml(OWN + text)
    assert sentence in str(refused.value)


def test_questions_survive_writing_and_reading() -> None:
    programme = programme_from_toml(OWN + QUESTIONS)
    assert programme_from_toml(programme_to_toml(programme)) == programme
    assert programme.study == programme_from_toml(OWN).study


def test_a_declared_characteristic_that_the_file_lacks_stops_the_run() -> None:
    lacking = people().rename(columns={"Ethnic origin": "Ethnic group"})
    with pytest.raises(su.DataError) as refused:
        su.read_applicants(lacking, programme=programme_from_toml(OWN), check_ids=False)
    assert "the file has no column 'Ethnic origin', and the programme asks about Ethnicity" in str(
        refused.value
    )
    assert "Is it 'Ethnic group'?" in str(refused.value)


def test_a_heading_of_the_same_question_is_named_however_it_is_spelt() -> None:
    text = OWN.replace('label = "Sex"', 'label = "Religion"\ncolumn = "Religion"').replace(
        "characteristics.sex", "characteristics.religion"
    )
    lacking = people().rename(columns={"sex": "Faith"})
    with pytest.raises(su.DataError, match=r"no column 'Religion'.*Is it 'Faith'\?"):
        su.read_applicants(lacking, programme=programme_from_toml(text), check_ids=False)


def test_an_optional_characteristic_may_be_lacking() -> None:
    optional = programme_from_toml(OWN.replace('label = "Sex"', 'label = "Sex"\noptional = true'))
    read = su.read_applicants(people().drop(columns="sex"), programme=optional, check_ids=False)
    assert su.count_stages(read).characteristics == ("ethnicity",)
    asked = su.read_applicants(
        people().drop(columns="sex"), programme=programme_from_toml(OWN), by=["ethnicity"], check_ids=False
    )
    assert su.count_stages(asked).characteristics == ("ethnicity",)
