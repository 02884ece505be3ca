"""`check --fix`: the programme, and a line to complete for all it does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main
from stepup_equity.process import load_programme

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMME = """
name = "own"
stages = [{ key = "applied" }, { key = "hired" }]
[characteristics.gender]
label = "Gender"
groups = ["Female", "Male"]
[reading.progress]
kind = "status"
column = "status"
[reading.progress.outcomes.applied]
rejected = ["Refused"]
[reading.progress.outcomes.hired]
reached = ["Hired"]
"""


def test_lines_to_complete_make_the_file_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own, fixed, data = tmp_path / "own.toml", tmp_path / "fixed.toml", tmp_path / "data.csv"
    own.write_text(PROGRAMME)
    rows = ["1,Woman,Hired", "2,Woman,Withdrew at sift", "3,Mal,Refused", "4,QQ123456C,Refused"]
    data.write_text("applicant_id,gender,status\n" + "\n".join(rows) + "\n")
    before = own.read_text()
    assert main(["check", str(data), "--programme", str(own), "--fix", str(fixed)]) == 1
    assert "with 3 line(s) to complete" in capsys.readouterr().out
    text = fixed.read_text()
    assert load_programme(fixed) == load_programme(own)
    assert own.read_text() == before
    assert '# "which group?" = ["Woman"]  # 2 rows' in text
    assert '# "Male" = ["Mal"]  # 1 row' in text
    assert '#   "Withdrew at sift",  # 1 row' in text
    assert "QQ123456C" not in text
    completed = text.replace("# [characteristics.gender.spellings]", "[characteristics.gender.spellings]")
    completed = completed.replace('# "which group?" = ["Woman"]', '"Female" = ["Woman"]')
    completed = completed.replace('# "Male" = ["Mal"]', '"Male" = ["Mal"]')
    fixed.write_text(completed)
    spellings = load_programme(fixed).characteristic("gender").spellings
    assert (spellings["woman"], spellings["mal"]) == ("Female", "Male")


def test_the_file_that_is_read_is_not_written_over(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text("applicant_id,gender,furthest_stage\n1,Male,accepted\n")
    assert main(["check", str(data), "--fix", str(data)]) == 2
    assert data.read_text().startswith("applicant_id")


def test_a_published_table_needs_no_programme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fixed, data = tmp_path / "fixed.toml", tmp_path / "table.csv"
    data.write_text("Ethnicity,Applied,Shortlisted,Appointed\nWhite,920,389,117\nBME,43,10,2\n")
    assert main(["check", str(data), "--fix", str(fixed)]) == 0
    assert not fixed.exists()
    assert "Not written: " in (said := " ".join(capsys.readouterr().out.split()))
    assert "table.csv is a published table, which needs no programme" in said


def test_where_nothing_is_missing_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data.csv"
    data.write_text("applicant_id,gender,furthest_stage\n1,Male,accepted\n2,Female,accepted\n")
    assert main(["check", str(data), "--fix", str(tmp_path / "fixed.toml")]) == 0
    assert "with nothing to complete." in capsys.readouterr().out


@pytest.mark.parametrize("above", [1, 4, 7])
def test_titles_above_the_names_are_counted(
    above: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    titles = "".join(f"Applicants of 2010 (part {i}),,,\n" for i in range(above))
    people = "".join(f"{i},{'Male' if i % 2 else 'Female'},accepted,\n" for i in range(20))
    data.write_text(f"{titles}applicant_id,gender,furthest_stage,exit_reason\n{people}")
    assert main(["check", str(data)]) == 1
    assert f"header_row = {above + 1}." in " ".join(capsys.readouterr().out.split())
