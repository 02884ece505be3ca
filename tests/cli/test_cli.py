"""The command line: what it prints, what it writes, and what it refuses."""

from __future__ import annotations

import contextlib
import hashlib
import io
from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main
from stepup_equity.examples import list_examples, write_example

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "applicant_id,ethnicity,gender,submitted,eligible,screened,invited,assessed,offered,accepted\n"
ROWS = "a1,White British,Female,1,1,0,,,,\na2,Black African,Male,1,1,1,1,0,,\n"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    """The report of the first cohort: its folder, what was printed, the exit code."""
    folder = tmp_path_factory.mktemp("report")
    path = write_example("cohort_one", folder)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = main(["report", str(path), "-o", str(folder / "out"), "--fail-on-cliff"])
    return folder / "out", printed.getvalue(), code


@pytest.fixture(scope="module")
def report(told: tuple[Path, str, int]) -> Path:
    return told[0]


def test_help_teaches_by_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "stepup-equity report cohort_one.csv -o out/" in capsys.readouterr().out


def test_usage_error_is_exit_code_2() -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["report"])
    assert stopped.value.code == 2


def test_example_lists_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example"]) == 0
    printed = capsys.readouterr().out
    assert all(example.name in printed and example.title in printed for example in list_examples())


def test_unknown_example_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["example", "cohort_on"]) == 2
    assert "Did you mean 'cohort_one'?" in capsys.readouterr().err


def test_check_of_a_sound_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text(HEADER + ROWS, encoding="utf-8")
    assert main(["check", str(path)]) == 0
    assert capsys.readouterr().out == (
        "cohort.csv: no problems found.\n"
        "No column for age_band, disability, orientation, religion: nothing is said about them.\n"
    )


def test_programme_new_writes_one_that_loads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my.toml"
    assert main(["programme", "new", str(path)]) == 0
    assert main(["programme", "show", str(path)]) == 0
    assert "[[stages]]" in capsys.readouterr().out
    assert main(["programme", "new", str(path)]) == 2
    assert "is there already" in capsys.readouterr().err


def test_programme_lists_the_shipped_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["programme"]) == 0
    assert "step_up_to_social_work" in capsys.readouterr().out


def test_check_prints_and_writes_every_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "cohort.csv"
    path.write_text(HEADER + ROWS + "a3,Blck African,Female,1,0,1,,,,\n", encoding="utf-8")
    assert main(["check", str(path), "-o", str(tmp_path / "problems.csv")]) == 1
    assert "ethnicity" in capsys.readouterr().out
    written = (tmp_path / "problems.csv").read_text(encoding="utf-8")
    assert "unknown_label" in written
    assert "passed_after_failed" in written


REFUSED = {
    "duplicate id": (HEADER + ROWS + "a1,White British,Female,1,1,0,,,,\n", ["applicant_id", "2", "4"]),
    "impossible path": (HEADER + ROWS + "a3,White British,Female,1,0,1,,,,\n", ["screened", "row 4"]),
    "unknown label": (HEADER + ROWS + "a3,Blck African,Female,1,1,0,,,,\n", ["ethnicity", "row 4"]),
    "empty": ("", ["empty", "row 1"]),
    "not a table": ("\x00\x01\x02PK\x03", ["not a text table", "Save it as CSV UTF-8"]),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_broken_file_is_refused_and_nothing_is_written(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, words = REFUSED[kind]
    path = tmp_path / "cohort.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["report", str(path), "-o", str(tmp_path / "out")]) == 1
    message = capsys.readouterr().err
    assert message.startswith("stepup-equity: cohort.csv")
    start = "If it is the export of another system: stepup-equity start"
    assert message.count(start) == (kind == "unknown label")  # start knows words; it mends no file
    assert message.count("\n") == 1 + message.count(start)
    assert all(word in message for word in words), message
    assert "a1" not in message
    assert "African" not in message
    assert sorted(tmp_path.iterdir()) == [path]


def test_report_writes_page_charts_tables_manifest(report: Path) -> None:
    assert (report / "report.html").stat().st_size > 50_000
    assert list((report / "charts").glob("*.svg"))
    assert list((report / "charts").glob("*.png"))
    assert list((report / "data").glob("*.csv"))
    assert (report / "manifest.json").is_file()


def test_report_lists_the_cliff_edges_of_the_first_cohort(told: tuple[Path, str, int]) -> None:
    _, printed, code = told
    assert code == 3
    assert "At screening 20% of the 105 eligible Black African applicants passed, against 49%" in printed
    assert "At the assessment centre 0% of the 12 invited Black African applicants passed" in printed
    assert "econstruction" in printed


@pytest.mark.docs  # of smaller reports in tests/presentation
def test_the_report_of_the_first_cohort_is_the_same_bytes_each_time(report: Path, tmp_path: Path) -> None:
    path = write_example("cohort_one", tmp_path)
    assert main(["report", str(path), "-o", str(tmp_path / "out")]) == 0
    assert _digests(tmp_path / "out") == _digests(report)


def test_an_existing_folder_is_not_overwritten(
    report: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_example("west_lancs_2019_20", tmp_path)
    before = _digests(report)
    assert main(["report", str(path), "-o", str(report)]) == 2
    assert "--force" in capsys.readouterr().err
    assert _digests(report) == before


def test_published_table_makes_a_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_example("west_lancs_2019_20", tmp_path)
    assert main(["report", str(path), "-o", str(tmp_path / "out"), "--by", "ethnicity"]) == 0
    assert "BME" in capsys.readouterr().out


def _digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_charts_of_one_kind(tmp_path: Path) -> None:
    path = write_example("west_lancs_2019_20", tmp_path)
    out = tmp_path / "charts"
    assert main(["charts", str(path), "--by", "ethnicity", "--kind", "funnel", "-o", str(out)]) == 0
    assert list(out.rglob("*funnel*.svg"))
    assert list(out.rglob("*funnel*.png"))


def test_one_stated_group_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "table.csv"
    path.write_text("characteristic,group,applied,hired\ng,F,10,5\n", encoding="utf-8")
    assert main(["report", str(path), "-o", str(tmp_path / "out")]) == 2
    assert "Fewer than two groups of 'g' are stated" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == [path]
