"""Who publishes, and whom rates are of: the same on page, in workbook, data and manifest."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.presentation.answers import Answers
from stepup_equity.presentation.imprint import Imprint
from stepup_equity.presentation.workbook.tables import workbook_of
from stepup_equity.shipped import shipped

if TYPE_CHECKING:
    from pathlib import Path


def people() -> pd.DataFrame:
    """Of 40 women 10 withdrew and 15 passed; of 40 men 20 passed."""
    return pd.DataFrame(
        {
            "applicant_id": range(80),
            "gender": ["Female"] * 40 + ["Male"] * 40,
            "furthest_stage": ["eligible"] * 15 + ["submitted"] * 25 + ["eligible"] * 20 + ["submitted"] * 20,
            "exit_reason": ["rejected"] * 15
            + ["withdrew"] * 10
            + ["rejected"] * 15
            + ["rejected"] * 20
            + ["rejected"] * 20,
        }
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    counts = su.count_stages(su.read_applicants(people()))
    return su.write_report(
        tmp_path_factory.mktemp("imprint") / "out",
        counts,
        denominator="decided",
        title="Cohort 5",
        author="Equality team",
        contact="team@example.org",
        date="2026-11-28",
    )


def test_page_workbook_and_manifest_say_who_publishes(folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h1>Cohort 5</h1>" in page
    assert "Published by Equality team on 28 November 2026. Contact: team@example.org." in page
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    cover = [cell.value for row in book["Cover"] for cell in row if cell.value]
    assert cover[0] == "Cohort 5"
    assert {"Equality team", "Published on 28 November 2026."} <= set(cover)
    told = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (told["report_author"], told["report_date"], told["denominator"]) == (
        "Equality team",
        "2026-11-28",
        "decided",
    )


def test_those_decided_are_the_denominator_everywhere(folder: Path) -> None:
    rates = pd.read_csv(folder / "data" / "selection_rates.csv").set_index(["group", "gate"])["estimate"]
    assert rates["Female", "eligible"] == 0.5
    assert "50% (15 of 30)" in (folder / "report.html").read_text(encoding="utf-8")
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    rows = {row[:2]: row[2:5] for row in book["Table_1"].iter_rows(values_only=True)}
    assert (rows["Eligible", "Female"], rows["Eligible", "Male"]) == ((30, 15, 50), (40, 20, 50))


def test_shares_of_the_pool_bear_the_verdicts_of_the_report_s_own_cliff_edges() -> None:
    people = su.read_applicants(shipped("examples/cohort_one.csv"))
    counts, by = su.count_stages(people), ("gender", "age_band")
    told = Answers(counts, by, regression=False, denominator="decided").pool
    alone = su.composition(counts, by=list(by), denominator="decided")
    pd.testing.assert_frame_equal(told.frame, alone.frame)
    assert told.question is not None
    assert told.question.again(level="broad").frame.equals(
        su.composition(counts, by=list(by), denominator="decided", level="broad").frame
    )


def test_a_publication_of_those_decided_is_of_them_too() -> None:
    counts = su.count_stages(su.read_applicants(people()))
    release = su.protect(counts.decided(), "suppress10", by=["gender"])
    assert release.table("gender").measures["pass_rate"].text[:, 0].tolist() == ["50.0", "50.0"]
    assert any(note.startswith("Rates are of those on whom the programme decided") for note in release.notes)


def test_a_date_that_is_none() -> None:
    with pytest.raises(su.ArgumentError) as caught:
        Imprint(date="28/11/2026")
    assert (
        str(caught.value) == "date='28/11/2026' is not a day. Give year, month and day, such as 2026-11-28."
    )


def test_nothing_is_made_up() -> None:
    assert (Imprint().sentence, Imprint(author="A").sentence) == ("", "Published by A.")


@pytest.mark.parametrize(
    ("contact", "words", "link"),
    [
        ("team@example.org", "team@example.org", "mailto:team@example.org"),
        ("mailto:team@example.org", "team@example.org", "mailto:team@example.org"),
        ("https://example.org/team", "example.org/team", "https://example.org/team"),
        ("http://example.org/team", "http://example.org/team", None),
        ("01234 567890", "01234 567890", None),
        ("Equality team, Town Hall", "Equality team, Town Hall", None),
        ("team@example", "team@example", None),
    ],
)
def test_only_an_address_is_a_link(contact: str, words: str, link: str | None) -> None:
    counts = su.count_stages(su.read_applicants(people()))
    cover = workbook_of(su.protect(counts, "internal"), contact=contact).cover
    lines = [line for line in cover if line.text.startswith("Contact")]
    assert [(line.text, line.target) for line in lines] == [(f"Contact: {words}", link)]
