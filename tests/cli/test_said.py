"""What is said on a terminal, in a notebook and in an error does nothing there and tells of nobody."""

from __future__ import annotations

import io
import re
import sys
import traceback
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.cli.terminal import any_console, ask, say
from stepup_equity.start.proposals import Proposal
from stepup_equity.visible import visible

if TYPE_CHECKING:
    from pathlib import Path

BAD = "\x1b]0;pwned\x07\x1b[31mRED\x1b[0m\u202eevil\u2066"
WORKS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


WRITES = {
    "report": [],
    "tables": [],
    "charts": [],
    "count": [],
    "compare": ["second.csv"],
    "start": [],
    "check": [],
    "places": [],
    "audit": [],
    "reconstruct": ["--by", "a", "b"],
    "validity": ["--score", "a", "--award", "b", "--gate", "c", "--by", "d"],
    "rules": ["--gate", "a", "--rule", "b: c>=3", "--by", "d"],
    "choices": ["--first", "a", "--offered", "b", "--by", "c"],
    "pseudonyms": ["--on", "a", "--key-file", "key.txt"],
    "join": ["second.csv", "--on", "a"],
    "next": ["--programme", "team.toml", "--last", "before"],
}


@pytest.mark.parametrize("command", WRITES)
def test_an_output_that_cannot_be_is_refused_before_anything_is_read(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No file of the command is there: whoever is told of the output first was told before the work."""
    (tmp_path / "taken").touch()
    out = tmp_path / "taken" / ("out.xlsx" if command == "tables" else "out")
    assert main([command, "absent.csv", *WRITES[command], "-o", str(out)]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"stepup-equity: {out.name} was not written: a part of the way there is a file. Name another place. "
        "Whatever stood there before still does."
    )


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    rows = [
        f"p{i},{BAD if i % 2 else 'plain'},{gender},{'accepted' if i % 4 else 'eligible'}"
        for i, gender in enumerate(["Female", "Male", "Female", "Male", "Male"] * 16)
    ]
    path = tmp_path / "a.csv"
    path.write_text("applicant_id,cohort,gender,furthest_stage\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_labels_of_a_file_do_nothing_anywhere(
    hostile: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["check", str(hostile), "-o", str(tmp_path / "p.csv")])
    assert main(["report", str(hostile), "-o", str(tmp_path / "out")]) == 0
    assert main(["compare", str(hostile), "-o", str(tmp_path / "two")]) == 0
    main(["report", str(hostile), "-o", str(tmp_path / "out")])
    said = capsys.readouterr()
    assert not WORKS.search(said.out + said.err)
    texts = [path for path in tmp_path.rglob("*") if path.suffix in {".csv", ".html", ".txt"}]
    for path in texts:
        if path != hostile:
            assert not WORKS.search(path.read_text(encoding="utf-8").replace("\t", "")), path.name


def test_a_result_in_a_notebook_does_nothing_there(hostile: Path) -> None:
    counts = su.count_stages(su.read_applicants(hostile))
    for found in (su.selection_rates(counts), su.impact_ratios(counts), su.cliff_edges(counts)):
        assert not WORKS.search(repr(found) + found._repr_html_())


def test_an_error_does_nothing_where_it_is_shown() -> None:
    assert str(su.ArgumentError(BAD)) == visible(BAD)
    assert not WORKS.search(visible(BAD))


def test_a_traceback_holds_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("applicant_id,gender,furthest_stage\nSECRET7,Female,accepted,x,y\nb,Male,eligible\n")
    with pytest.raises(su.DataError) as caught:
        su.read_applicants(path)
    shown = "".join(traceback.format_exception(caught.value))
    assert "SECRET7" not in shown
    assert "direct cause" not in shown
    assert "During handling" not in shown


def test_a_label_of_few_people_is_told_by_its_row_alone(tmp_path: Path) -> None:
    people = [("Famale", 6), ("Jane Doe", 1), ("John Roe", 4), ("Female", 9)]
    rows = [f"p{label}{i},{label},accepted" for label, number in people for i in range(number)]
    path = tmp_path / "a.csv"
    path.write_text("applicant_id,gender,furthest_stage\n" + "\n".join(rows) + "\n")
    problem = su.read_applicants
    with pytest.raises(su.DataError) as caught:
        problem(path)
    row = caught.value.problems.iloc[0]
    assert row["found"] == "'Famale' (6), 2 labels of fewer than 5 rows, not shown: see the rows"
    assert row["rows"].startswith("2, 3, 4")
    assert "Doe" not in str(row.to_dict())


def test_a_console_that_lacks_letters_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="cp1252"))
    any_console()
    say("≥ 5 people – ≠ ")
    sys.stdout.flush()
    assert raw.getvalue() == b"? 5 people \x96 ? \n"


def test_published_tables_with_formulas_are_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"characteristic": "sex", "group": ["=1+1", "M"], "a": [90, 80], "b": [40, 50]})
    release = su.protect(su.StageCounts.from_table(frame), "publish")
    assert "'=1+1" in release.to_csv(tmp_path / "a.csv").read_text(encoding="utf-8")


def test_what_the_system_refuses_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(path: object) -> None:
        raise OSError("no place for temporary files")

    monkeypatch.setattr("stepup_equity.spreadsheets.lint_file", refuse)
    assert main(["lint", "tables.ods"]) == 2
    assert capsys.readouterr().err.startswith(
        "stepup-equity: the system refuses what is needed: no place for temporary files.\n"
    )


def test_a_reason_that_asks_keeps_its_mark(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "")
    for reason, said in (
        ("which comes first?", "Which comes first?"),
        ("no list knows it", "No list knows it."),
    ):
        ask(Proposal("k", "label", "s", "What?", "a", "a", reason))
        assert f"      {said}\n" in capsys.readouterr().out
