"""`--cohort all`: each cohort compared within itself, at every command, and in words on every output."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from tests.cohort_cases import SIMPSON, simpson, written

import stepup_equity as su
from stepup_equity.cli import main

if TYPE_CHECKING:
    from pathlib import Path

ALL = (
    "These figures are of all 2 cohorts, 2010 and 2012, each compared within itself (stratified by cohort); "
    "they are not added up."
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return written(tmp_path_factory.mktemp("cases"), simpson(), SIMPSON)


def test_the_report(files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, programme = files
    out = tmp_path / "out"
    asked = ["report", file, "--programme", programme, "--cohort", "all", "-o", str(out), "--fail-on-cliff"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "Cliff edges: 0 in 1 comparison" in said
    assert ALL in said
    page = (out / "report.html").read_text(encoding="utf-8")
    assert ALL in page
    assert "From 2010 to 2012" in page
    with (out / "data" / "cliff_edges.csv").open(encoding="utf-8", newline="") as opened:
        (row,) = list(csv.DictReader(opened))
    assert (float(row["estimate"]), row["flagged"], row["method"]) == (
        pytest.approx(1.0), "False", "Mantel-Haenszel, cohorts held equal",
    )  # fmt: skip
    assert ALL in (out / "data" / "README.txt").read_text(encoding="utf-8")
    assert ALL in json.loads((out / "manifest.json").read_text(encoding="utf-8"))["notes"]
    for name in ("tables.xlsx", "tables.ods"):
        assert len(su.lint_workbook(out / name)) == 0


def test_charts(files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, programme = files
    out = tmp_path / "out"
    asked = ["charts", file, "--programme", programme, "--cohort", "all", "-o", str(out)]
    assert main(asked) == 0
    assert {path.name for path in out.iterdir()} == {
        "alt.csv", "cliffs.png", "cliffs.svg", "cohorts.png", "cohorts.svg", "cohorts_broad.png",
        "cohorts_broad.svg", "manifest.json",
    }  # fmt: skip
    assert "they are not added up" in (out / "cliffs.svg").read_text(encoding="utf-8")
    capsys.readouterr()
    assert main([*asked, "--force", "--kind", "funnel"]) == 2
    assert capsys.readouterr().err == (
        "stepup-equity: --kind 'funnel' is not a kind of chart of all cohorts. "
        "Possible: 'cliffs', 'cohorts'.\n"
    )


def test_tables_and_counts_keep_all(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, programme = files
    kept, plain = tmp_path / "all.parquet", tmp_path / "plain.parquet"
    assert main(["count", file, "--programme", programme, "--cohort", "all", "-o", str(kept)]) == 0
    assert main(["count", file, "--programme", programme, "-o", str(plain)]) == 0
    assert su.StageCounts.read(kept) == su.StageCounts.read(plain)
    for name, more in (("a.xlsx", ["--cohort", "all"]), ("b.xlsx", [])):
        out = ["tables", file, "--programme", programme, "-o", str(tmp_path / name), "--first-release"]
        assert main([*out, *more]) == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (
        main(["report", file, "--programme", programme, "--cohort", "2021", "-o", str(tmp_path / "o")]) == 2
    )
    assert "--cohort 2021 is not a cohort of these counts. Possible: '2010', '2012', 'all'." in (
        capsys.readouterr().err
    )


def test_outside_figures_are_of_one_cohort(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, programme = files
    asked = ["report", file, "--programme", programme, "--cohort", "all", "-o", str(tmp_path / "out")]
    assert main([*asked, "--benchmark", "ucas_2010_gender_masters"]) == 2
    assert "--benchmark is of one cohort, and --cohort all asks about all." in capsys.readouterr().err
