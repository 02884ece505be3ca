"""`stepup-equity compare`: two files or two cohorts of one, what it prints and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.cli import main

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "cohort,characteristic,group,applied,screened,accepted\n"
EARLIER = "2010,ethnicity,White,1300,630,180\n2010,ethnicity,Black,215,45,12\n"
LATER = "2012,ethnicity,White,1250,620,175\n2012,ethnicity,Black,230,92,25\n"


def write(path: Path, *texts: str) -> str:
    path.write_text("".join(texts), encoding="utf-8")
    return str(path)


def test_two_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    earlier = write(tmp_path / "a.csv", HEAD, EARLIER)
    later = write(tmp_path / "b.csv", HEAD, LATER)
    changes = write(tmp_path / "changes.csv", "gate,change\nscreened,names are hidden\n")
    out = tmp_path / "out"
    assert main(["compare", earlier, later, "--changes", changes, "-o", str(out)]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed == [
        "Declared change of the process between 2010 and 2012, at gate 'screened': names are hidden.",
        "ethnicity, 2010 to 2012; 1 change in 2 comparisons: Black at screened (1.87); cliff edges: 1 gone.",
        (
            "- At screened, Black against White: 0.43 times the rate in 2010, 0.81 in 2012, a change "
            "by a factor of "
            "1.87 (1.37 to 2.58). Declared change of the process: names are hidden. The cliff "
            "edge of 2010 is gone in 2012: 0.43 in 2010, 0.81 in 2012, and the change is evident."
        ),
        f"Written: {out} (internal: not for publication)",
    ]
    data = out / "data"
    assert len(pd.read_csv(data / "cohorts.csv")) == 3
    assert {"composition", "change"} < set(pd.read_csv(data / "cohort_shares.csv")["factor"])
    assert "cohort × group × gate" in set(pd.read_csv(data / "cohort_tests.csv")["test"])
    assert {path.name for path in out.iterdir()} == {
        "charts", "data", "manifest.json", "report.html", "tables.ods", "tables.xlsx",
    }  # fmt: skip
    assert "names are hidden" in (out / "report.html").read_text(encoding="utf-8")
    for name in ("tables.xlsx", "tables.ods"):
        assert len(su.lint_workbook(out / name)) == 0


def test_two_cohorts_of_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = write(tmp_path / "both.csv", HEAD, EARLIER, LATER)
    assert main(["compare", both, "--cohorts", "2012", "2010", "--by", "ethnicity"]) == 0
    assert capsys.readouterr().out.startswith(
        "ethnicity, 2012 to 2010; 1 change in 2 comparisons: Black at screened (0.54); cliff edges: 1 new.\n"
    )


def test_one_cohort_is_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", write(tmp_path / "a.csv", HEAD, EARLIER)]) == 2
    assert "These counts hold only '2010', and a comparison needs two." in capsys.readouterr().err


def test_changes_need_their_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = write(tmp_path / "both.csv", HEAD, EARLIER, LATER)
    wrong = write(tmp_path / "changes.csv", "stage,change\nscreened,x\n")
    assert main(["compare", both, "--changes", wrong]) == 1
    assert "changes.csv needs the columns 'gate' and 'change'" in capsys.readouterr().err
    assert main(["compare", both, "--changes", str(tmp_path / "none.csv")]) == 1
    assert "none.csv is not a file." in capsys.readouterr().err


def test_three_files_are_set_beside_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for cohort, passed in (("9", 20), ("10", 30), ("11", 40)):
        rows = [f"{cohort}-{i},Female,{'eligible' if i < 40 else 'submitted'},rejected" for i in range(80)]
        rows += [
            f"{cohort}-m{i},Male,{'eligible' if i < passed else 'submitted'},rejected" for i in range(80)
        ]
        text = "\n".join(["applicant_id,gender,furthest_stage,exit_reason", *rows])
        (tmp_path / f"{cohort}.csv").write_text(f"{text}\n", encoding="utf-8")
    files = [str(tmp_path / f"{cohort}.csv") for cohort in ("9", "10", "11")]
    assert main(["compare", *files]) == 0
    out = capsys.readouterr().out
    assert "gender, 10 to 11;" in out
    assert "gender, 3 cohorts, 9 to 11;" in out
    assert main(["compare", files[0], files[0], files[1]]) == 1
    assert capsys.readouterr().err == (
        "stepup-equity: 9.csv holds the cohort '9', and an earlier file does too. Give each cohort once.\n"
    )


def test_two_files_are_called_by_their_own_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = HEAD.removeprefix("cohort,")
    files = [
        write(tmp_path / f"{name}.csv", head, rows.replace(f"{year},", ""))
        for name, year, rows in (("autumn", "2010", EARLIER), ("winter", "2012", LATER))
    ]
    assert main(["compare", *files]) == 0
    assert "ethnicity, autumn to winter; 1 change" in capsys.readouterr().out
    assert main(["compare", *files, "--cohort-label", "mine"]) == 2
    assert "compare is of several" in capsys.readouterr().err


def test_a_file_of_several_cohorts_is_never_added_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    both = write(tmp_path / "both.csv", HEAD, EARLIER, LATER)
    third = write(tmp_path / "third.csv", HEAD, LATER.replace("2012", "2014"))
    assert main(["compare", both, third]) == 0
    said = capsys.readouterr().out
    assert "ethnicity, 2012 to 2014; no evident change" in said
    assert "ethnicity, 3 cohorts, 2010 to 2014" in said
    counts, later = (
        su.StageCounts.from_table(pd.read_csv(file, dtype={"cohort": str})) for file in (both, third)
    )
    with pytest.raises(su.ArgumentError, match="which would be added up"):
        su.compare_cohorts(counts, later)


def test_declared_changes_of_the_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tests.cohort_cases import SIMPSON, simpson, written

    more = '[cohorts.changes.2012]\naccepted = "names are hidden"\n'
    file, programme = written(tmp_path, simpson(), SIMPSON + more)
    assert main(["compare", file, "--programme", programme]) == 0
    assert "Declared change of the process between 2010 and 2012, at gate 'accepted': names are hidden." in (
        capsys.readouterr().out
    )
