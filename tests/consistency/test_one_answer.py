"""One question has one answer on page, charts, workbooks, data and terminal, internal and published."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.counts import open_counts
from stepup_equity.shipped import shipped
from stepup_equity.words.names import Names as Printed

from . import reading

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Told:
    """A report folder, with what was printed beside it."""

    folder: Path
    printed: str
    names: reading.Names
    code: int

    def facts(self, folder: Path | None = None, printed: str | None = None) -> list[reading.Fact]:
        found = reading.facts_of(folder or self.folder, self.names, printed=printed or self.printed)
        return reading.settled(found, self.names)


JOBS: dict[str, tuple[str, ...]] = {
    "pending": ("pending.csv",),
    "pending published": ("pending.csv", "--policy", "publish"),
    "refside": ("refside.csv",),
    "refside published": ("refside.csv", "--policy", "publish"),
    "twelve": ("twelve.csv",),
    "nearly all": ("nearly_all.csv",),
    "west lancashire": ("examples/west_lancs_2019_20.csv",),
    "west lancashire published": ("examples/west_lancs_2019_20.csv", "--policy", "publish"),
    "cohort one": ("examples/cohort_one.csv",),
    "cohort one published": ("examples/cohort_one.csv", "--policy", "publish"),
    "civil service": ("examples/civil_service.csv", "--programme", "civil_service"),
}


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """Reports by name, each made when first asked for."""
    return {}


def report(job: str, told: dict[str, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    if job not in told:
        source, *options = JOBS[job]
        path = CASES / source if "/" not in source else shipped(source)
        programme = options[options.index("--programme") + 1] if "--programme" in options else None
        counts = open_counts(path, programme=programme).counts
        folder = tmp_path / "out"
        code = main(["report", str(path), "-o", str(folder), *options])
        names = Printed.of(counts.programme)
        told[job] = Told(
            folder,
            capsys.readouterr().out,
            reading.Names(
                {name: names.characteristic(name) for name in counts.characteristics},
                {gate: names.gate(gate) for gate in counts.process.gate_keys},
                {stage: names.stage(stage) for stage in counts.process.stage_keys},
            ),
            code,
        )
    return told[job]


ADJUSTED = (
    "Of the 12, the model could use 9 (0 passed). As counted among these 0.00 times the rate; with the rest "
    "held equal 0.12 (0.00 to 0.68): adjusting does not explain the gap."
)
"""Black African applicants at the assessment centre of the first cohort."""


@pytest.mark.parametrize("job", JOBS)
def test_no_two_outputs_differ(
    job: str, told: dict[str, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(job, told, tmp_path, capsys)
    facts = found.facts()
    places = {fact.where.split(",")[0].split(":")[0].split("/")[0] for fact in facts}
    assert {"page", "tables.xlsx", "tables.ods"} <= places
    assert len(facts) > 40
    assert reading.contradictions(facts) == []
    if job == "cohort one":
        assert ADJUSTED in found.printed
        assert ADJUSTED in (found.folder / "report.html").read_text(encoding="utf-8")


def test_a_notebook_says_what_adjusting_does() -> None:
    """In the words of page and terminal; whichever group is the reference."""
    counts = open_counts(shipped("examples/cohort_one.csv")).counts
    model = su.progression_model(
        counts, "age_band + ethnicity + gender + religion + disability + orientation", gates="assessed"
    )
    assert ADJUSTED in su.cliff_edges(counts, model=model)._repr_html_()
    assert ADJUSTED in model.crude_beside_adjusted()._repr_html_()


def test_every_output_is_heard(
    told: dict[str, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pass rate stands in five places at least, and a sentence is one of them."""
    facts = report("refside", told, tmp_path, capsys).facts()
    mine = [fact.where for fact in facts if fact.key == ("Sex", "Men", "Shortlisted", "pass rate")]
    files = {re.split(r"[,:]", where)[0] for where in mine}
    assert {"data/selection_rates.csv", "page", "tables.xlsx", "tables.ods"} <= files
    assert len(mine) > len(files)


def broken(told: Told, tmp_path: Path, file: str, old: str, new: str) -> list[str]:
    """Contradictions once one number of one file is another."""
    folder = tmp_path / "broken"
    shutil.copytree(told.folder, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return reading.contradictions(told.facts(folder))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/selection_rates.csv", ",600,600,180,0.3,", ",600,600,180,0.4,"),
        ("report.html", "30% (180 of 600)", "33% (180 of 600)"),
        ("report.html", "30 (180)", "30 (181)"),
        ("report.html", " cliff edge</td>", " no evidence</td>"),
        ("data/composition.csv", ",600,1000,0.6,", ",600,1000,0.7,"),
    ],
)
def test_a_planted_contradiction_is_found(
    file: str, old: str, new: str, told: dict[str, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert broken(report("refside", told, tmp_path, capsys), tmp_path, file, old, new)


def test_a_planted_sentence_is_found(
    told: dict[str, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report("refside", told, tmp_path, capsys)
    said = "At shortlisted 35% of Women applicants passed, and 50% of Men applicants"
    assert reading.contradictions(found.facts(printed=said))


def test_a_planted_star_is_found(
    told: dict[str, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report("refside", told, tmp_path, capsys)
    folder = tmp_path / "broken"
    shutil.copytree(found.folder, folder)
    book = openpyxl.load_workbook(folder / "tables.xlsx")
    sheet = book["Table_2"]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "[sss]":
                cell.value = "[ns]"
    book.save(folder / "tables.xlsx")
    assert reading.contradictions(found.facts(folder))


def test_a_gap_of_the_reference_sets_the_exit_code(tmp_path: Path) -> None:
    path = CASES / "refside.csv"
    assert main(["report", str(path), "-o", str(tmp_path / "out"), "--fail-on-cliff"]) == 3


def test_those_who_wait_are_said_and_open_no_gap(
    told: dict[str, Told], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for job in ("pending", "pending published"):
        page = (report(job, told, tmp_path / job, capsys).folder / "report.html").read_text(encoding="utf-8")
        assert "60 have no outcome yet and count at no gate where they wait." in page
        assert 'class="cliff-edge' not in page
