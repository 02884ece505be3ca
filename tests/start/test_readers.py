"""Exports that the library knows: read as such; and never a wrong proposal where nobody knows them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from stepup_equity.counts import open_counts
from stepup_equity.process import load_programme
from stepup_equity.shipped import shipped
from stepup_equity.start import draft_programme

if TYPE_CHECKING:
    from pathlib import Path

PATHS = {path.stem: path for path in shipped("examples").glob("*.csv")}
HARMLESS = {"unused", "stratum"}
COLUMNS = {
    "hesa": {"OWNSTU": "id", "APPLIED": "progress", "OFFER": "progress", "FIRM": "progress"}
    | {"ENROLLED": "progress"},
    "qualtrics": {"ExternalReference": "id", "Q1": "gender", "Q2": "ethnicity", "Q3": "disability"}
    | {"Outcome": "progress"},
    "judicial_appointments": {"reference": "id", "status": "progress", "gender": "gender"}
    | {"ethnic-group": "ethnicity", "disability": "disability", "state-or-fee-school": "school_type"},
    "civil_service_jobs": {"Candidate ID": "id", "Application status": "progress", "Gender": "gender"}
    | {"Ethnic origin": "ethnicity", "Disability": "disability", "Sexual orientation": "orientation"},
    "greenhouse": {"Candidate ID": "id", "Stage and status": "progress", "Gender": "gender"}
    | {"Race": "ethnicity", "Disability Status": "disability"},
    "nhs_jobs": {"Applicant": "id", "Status": "progress", "Gender": "gender", "Religion": "religion"}
    | {"Ethnic Origin": "ethnicity", "Disability": "disability"},
}
"""What each column holds; of all others nobody needs to know more."""
STATUSES = {
    "hesa": {},
    "qualtrics": {
        "Rejected at sift": "applied/rejected",
        "Rejected at interview": "sifted/rejected",
        "Interview booked": "sifted/pending",
        "Offered": "offered/reached",
    },
    "judicial_appointments": {
        "failed-sift": "tested/rejected",
        "failed-first-test": "eligible/rejected",
        "rejected-as-ineligible": "applied/rejected",
    },
    "civil_service_jobs": {
        "Reject - Sift": "applied/rejected",
        "Reject - Interview 1": "sifted/rejected",
        "Interview 1 - Scheduled": "sifted/pending",
        "Reject - Did not attend interview": "sifted/did_not_attend",
        "Offer declined by candidate": "offered/declined",
        "Formal Offer - Accepted": "accepted/reached",
    },
    "greenhouse": {
        "Application Review: Rejected - not qualified": "applied/rejected",
        "Application Review: Active": "applied/pending",
        "Phone Interview: Rejected - other": "screened/rejected",
        "Onsite Interview: Rejected - other": "phoned/rejected",
        "Offer: Declined": "offered/declined",
        "Hired": "started/reached",
    },
    "nhs_jobs": {
        "Not Shortlisted": "applied/rejected",
        "Interviewed - not appointed": "shortlisted/rejected",
        "Appointed": "started/reached",
    },
}
"""What each status says for certain; of every other one, a person must decide."""


@pytest.mark.parametrize("name", COLUMNS)
def test_a_known_export_is_read_as_its_programme_reads_it(name: str) -> None:
    draft = draft_programme(PATHS[name])
    assert draft.open == ()
    assert draft.proposal("reader").value == name
    assert draft.programme.questions.characteristics == draft.programme.characteristic_names
    by_programme = open_counts(PATHS[name], programme=name).counts
    counts = draft.counts()
    for characteristic in by_programme.programme.characteristic_names:
        one, two = (
            found.funnel(characteristic, level="detailed", not_stated=True).frame
            for found in (counts, by_programme)
        )
        pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize("name", COLUMNS)
def test_as_a_file_that_nobody_knows_nothing_is_proposed_wrong(name: str) -> None:
    draft = draft_programme(PATHS[name]).answer("reader", "none")
    safe = [one for one in draft.proposals if one.safe]
    columns = {one.subject: one.value for one in safe if one.key.startswith("column:")}
    wrong = {
        column: role
        for column, role in columns.items()
        if role != COLUMNS[name].get(column, role if role in HARMLESS else "unused")
    }
    assert wrong == {}
    statuses = {one.subject: one.value for one in safe if one.kind == "status"}
    assert statuses == STATUSES[name]
    lists = load_programme(name)
    for one in draft.programme.characteristics:
        known = next((each for each in lists.characteristics if each.column == one.column), None)
        if known is None:
            continue
        for spelling, group in known.spellings.items():
            read = one.spellings.get(spelling)
            if spelling in one.spellings and group in one.labels:
                assert read == group, (one.name, spelling)


def test_a_column_of_cohorts_is_not_overruled_by_the_name_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "cohort5_candidates.csv"
    shutil.copyfile(PATHS["judicial_appointments"], file)
    draft = draft_programme(file)
    assert draft.cohort == ""
    assert draft.counts().cohorts == ("00123",)


def test_the_same_columns_with_other_words_are_asked_about() -> None:
    frame = pd.read_csv(PATHS["civil_service_jobs"], dtype=str).assign(
        **{"Application status": lambda rows: rows["Application status"] + " (panel)"}
    )
    assert "reader" not in {one.key for one in draft_programme(frame).proposals}


def test_what_a_known_export_has_beside_its_words_is_asked() -> None:
    frame = pd.read_csv(PATHS["nhs_jobs"], dtype=str)
    frame.loc[:4, "Status"] = "Panel hold"
    frame.loc[5:7, "Religion"] = "Jedi"
    frame.loc[8:9, "Status"] = None
    draft = draft_programme(frame)
    assert draft.proposal("reader").value == "nhs_jobs"
    assert {one.question for one in draft.open} == {
        "Status 'Panel hold' (5) is new. What does it mean?",
        "2 rows have no status. What became of them?",
        "'Jedi' (3) is new under religion or belief. Which group is it?",
    }
    assert "# OPEN: 'Jedi' (3) is new" in draft.to_toml()
    taken = draft.take()
    assert len(taken.open) == 3
    answers = {
        "label:religion:Jedi": "Other",
        "status:": "applied/not_recorded",
        "status:Panel hold": "shortlisted/pending",
    }
    for key, value in answers.items():
        taken = taken.answer(key, value)
    assert taken.counts().people == 243


def test_rows_without_a_status_are_asked_about() -> None:
    ends = ("Hired", "Rejected at interview", "", "Rejected at sift")
    frame = pd.DataFrame(
        {
            "Ref": [f"a{i}" for i in range(40)],
            "Sex": [("F", "M")[i // 4 % 2] for i in range(40)],
            "Status": [ends[i % 4] for i in range(40)],
        }
    )
    draft = draft_programme(frame)
    assert [one.question for one in draft.open] == ["10 rows have no status: what became of them?"]
    waiting = draft.answer("status:", "interviewed/pending").counts()
    frame = waiting.funnel("sex").frame
    assert frame.loc[frame["gate"] == "started", "pending"].sum() == 10
