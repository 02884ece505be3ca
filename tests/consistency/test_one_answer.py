"""One question has one answer on page, charts, workbooks, data, terminal and in notebooks, also published."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

import openpyxl
import pytest

import stepup_equity as su

from .folders import EXAMPLES, JOBS, SMALL

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .folders import Told

    Report = Callable[[str], Told]

JOBS_HERE = [pytest.param(name, marks=() if name in SMALL else pytest.mark.docs) for name in JOBS]
ADJUSTED = (
    "Of the 12, the model could use 9 (0 passed). As counted among these 0 times the rate; with the rest "
    "held equal 0.12 (0.00 to 0.68): adjusting does not explain the gap."
)
"""Black African applicants at the assessment centre of the first cohort."""


@pytest.mark.parametrize("job", JOBS_HERE)
def test_no_two_outputs_differ(job: str, told: Report) -> None:
    found = told(job)
    facts = found.facts()
    places = {re.split("[,:/]", fact.where)[0] for fact in facts}
    assert {"page", "tables.xlsx", "tables.ods", "charts"} <= places
    assert job.endswith("published") or "notebook" in places
    assert len(facts) > 40
    assert found.contradictions() == []
    if job == "cohort_one":
        assert ADJUSTED in found.printed
        assert ADJUSTED in (found.folder / "report.html").read_text(encoding="utf-8")


def test_a_notebook_says_what_adjusting_does() -> None:
    """In the words of page and terminal; whichever group is the reference."""
    counts = EXAMPLES["cohort_one"].counts()
    model = su.progression_model(
        counts, "age_band + ethnicity + gender + religion + disability + orientation", gates="assessed"
    )
    assert ADJUSTED in su.cliff_edges(counts, model=model)._repr_html_()
    assert ADJUSTED in model.crude_beside_adjusted()._repr_html_()


def test_every_example_of_a_cohort_is_read() -> None:
    assert len(EXAMPLES) >= 2 * 8
    assert {"cohort_one", "civil_service published", "west_lancs_2019_20"} <= set(EXAMPLES)


def test_every_output_is_heard(told: Report) -> None:
    """A pass rate stands in six places at least; a ratio in charts and notebook; sentences are among them."""
    facts = told("refside").facts()

    def places(measure: str) -> set[str]:
        key = ("Sex", "Men", "Shortlisted", measure)
        return {re.split(r"[,:]", fact.where)[0] for fact in facts if fact.key == key}

    tables = {"data/selection_rates.csv", "page", "tables.xlsx", "tables.ods", "notebook"}
    assert tables | {"terminal"} <= places("pass rate")
    assert {"data/impact_ratios.csv", "page", "charts/cliffs.svg", "charts/ratios_sex.svg"} <= places("ratio")
    ends = [fact for fact in facts if fact.key == ("Sex", "Women", "Appointed", "reached")]
    assert "charts/funnel_sex.svg" in {fact.where for fact in ends}


def broken(told: Told, tmp_path: Path, file: str, old: str, new: str) -> Told:
    """The same folder with one thing of one file otherwise."""
    folder = tmp_path / "broken"
    shutil.copytree(told.folder, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return told.but(folder=folder)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/selection_rates.csv", ",600,600,180,0.3,", ",600,600,180,0.4,"),
        ("report.html", "30% (180 of 600)", "33% (180 of 600)"),
        ("report.html", "30 (180)", "30 (181)"),
        ("report.html", "30 (180)", "31 (180)"),
        ("report.html", " cliff edge</td>", " no evidence</td>"),
        (
            "report.html",
            "1 of the 2 comparisons is a cliff edge",
            "None of the 2 comparisons is a cliff edge",
        ),
        ("data/composition.csv", ",600,1000,0.6,", ",600,1000,0.7,"),
        ("charts/cliffs.svg", "▲ 1.67", "▲ 1.76"),
        ("charts/cliffs.svg", "(0.60)</title>", "(0.66)</title>"),
        ("charts/funnel_sex.svg", "60 of 600", "66 of 600"),
    ],
)
def test_a_planted_contradiction_is_found(
    file: str, old: str, new: str, told: Report, tmp_path: Path
) -> None:
    assert told("refside").contradictions() == []
    assert broken(told("refside"), tmp_path, file, old, new).contradictions()


@pytest.mark.parametrize(
    "said",
    [
        "At shortlisted 35% of Women applicants passed, and 50% of Men applicants",
        "65 of 600 women got to the end; at the rate of men 102 would have.",
        "Cliff edges: 0 in 2 comparisons; too few to tell in 0.",
    ],
)
def test_a_planted_sentence_is_found(said: str, told: Report) -> None:
    assert told("refside").but(printed=said).contradictions()


def test_a_planted_cell_of_a_notebook_is_found(told: Report) -> None:
    found = told("refside")
    shown = found.shown | {"cliff_edges": found.shown["cliff_edges"].replace(">1.67<", ">1.76<")}
    assert shown != found.shown
    assert found.but(shown=shown).contradictions()


def test_a_planted_star_is_found(told: Report, tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(told("refside").folder, folder)
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    for row in book["Table_2"].iter_rows():
        for cell in row:
            if cell.value == "[sss]":
                cell.value = "[ns]"
    book.save(folder / "tables.xlsx")
    assert told("refside").but(folder=folder).contradictions()


def test_a_publication_is_read_for_contradictions_too(told: Report, tmp_path: Path) -> None:
    found = told("refside published")
    assert broken(
        found, tmp_path, "report.html", "1 of the 2 printed", "None of the 2 printed"
    ).contradictions()


def test_a_gap_of_the_reference_sets_the_exit_code(told: Report) -> None:
    assert (told("refside").code, told("nearly_all").code, told("pending").code) == (3, 3, 0)


def test_those_who_wait_are_said_and_open_no_gap(told: Report) -> None:
    for job in ("pending", "pending published"):
        page = (told(job).folder / "report.html").read_text(encoding="utf-8")
        assert "60 have no outcome yet and count at no gate where they wait." in page
        assert 'class="cliff-edge' not in page


def test_a_published_rate_stands_beside_those_it_leaves_out(told: Report, tmp_path: Path) -> None:
    """180 were offered a place and 80 accepted, 67%: without the 60 who wait the three would not agree."""
    found = told("pending published")
    page = (found.folder / "report.html").read_text(encoding="utf-8")
    assert "80 of 120 with an outcome" in page
    assert page.count("60 waiting") >= 1
    assert "In no rate: who waits." in page
    assert found.contradictions() == []
    for old, new in (("Still waiting", "Something else"), ("33.3 (40)", "66.7 (40)")):
        assert broken(found, tmp_path / new, "report.html", old, new).contradictions()


def test_the_whole_way_is_told_where_no_gate_is(told: Report) -> None:
    """Black applicants end at 0.54 times the White rate, no gate flagged: said on page and terminal."""
    for job in ("twelve", "twelve published"):
        page = (told(job).folder / "report.html").read_text(encoding="utf-8")
        assert re.search(r"65 of 500 Black applicants got to the end", page)
    assert (
        "65 of 500 Black applicants got to the end; at the White rate 120 would have."
        in told("twelve").printed
    )
    profiles = (told("twelve").folder / "data" / "profiles.csv").read_text(encoding="utf-8")
    assert "too few to tell" not in next(row for row in profiles.splitlines() if ",Black," in row)


def test_nearly_all_is_never_all(told: Report) -> None:
    for job in ("nearly_all", "nearly_all published"):
        for path in told(job).folder.rglob("*"):
            if path.suffix in {".html", ".svg"}:
                text = path.read_text(encoding="utf-8")
                assert not re.search(r"100% \(540|540 of 541 \(100%|\b0% \(2 of 541|2 of 541 \(0%", text)
    manifest = json.loads((told("nearly_all").folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"]
