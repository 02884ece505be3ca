"""The command ``start``: one short question at a time, and a file that says what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main
from stepup_equity.cli.exit_codes import DONE, REFUSED, USAGE
from stepup_equity.cli.terminal import ask
from stepup_equity.process import load_programme
from stepup_equity.start.proposals import Choice, Proposal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lines that a person types; then nothing more."""

    def give(*lines: str) -> None:
        rest = iter(lines)

        def answer(prompt: str) -> str:
            print(prompt)
            try:
                return next(rest)
            except StopIteration:
                raise EOFError from None

        monkeypatch.setattr("builtins.input", answer)

    return give


def test_accept_takes_what_is_safe_and_lists_what_is_open(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my.toml"
    assert main(["start", str(export), "--accept", "-o", str(out)]) == REFUSED
    said = capsys.readouterr().out
    assert "4 question(s) left open, marked OPEN in it:\n  On which day do ages count?" in said
    assert "Accepted the offer" in said
    assert load_programme(out).process.stage_keys[-1] == "accepted"


def test_nothing_open_is_done_and_leads_on(
    last: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "last.toml"
    assert main(["start", str(last), "--accept", "-o", str(out)]) == DONE
    assert f'report {last} --programme {out} --cohort-label "Cohort 4" -o out/' in capsys.readouterr().out


def test_enter_takes_every_proposal(
    export: Path, tmp_path: Path, typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    typed(*[""] * 7)
    out = tmp_path / "my.toml"
    assert main(["start", str(export), "-o", str(out)]) == DONE
    text = out.read_text(encoding="utf-8")
    assert "# OPEN" not in text
    assert text.count("[[reading.progress.split]]") == 3
    assert load_programme(out).questions.levels == ("broad", "detailed")
    said = capsys.readouterr().out
    assert "1 of 7  What the columns hold" in said
    assert "6 of 7  Neurodivergent condition" in said


def test_numbers_choose_back_goes_back_and_quit_saves(
    export: Path, tmp_path: Path, typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    typed("10", "more", "99", "10", "unused", "", "nonsense", "2024-09-01", "back", "2", "", "2", "2", "quit")
    out = tmp_path / "my.toml"
    assert main(["start", str(export), "-o", str(out)]) == REFUSED
    text = out.read_text(encoding="utf-8")
    assert "[strata" not in text
    assert 'reference_date = "2025-01-01"' in text
    assert 'no_place = ["Reserve list"]' in text
    assert "[[reading.progress.split]]" not in text
    said = capsys.readouterr().out
    assert "'nonsense' is not a day. Write it as 2025-09-01" in said
    assert "1 question(s) left open" in said


def test_a_file_that_is_there_is_not_replaced(
    last: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "my.toml"
    out.write_text("mine", encoding="utf-8")
    assert main(["start", str(last), "--accept", "-o", str(out)]) == USAGE
    assert "my.toml is there already. Give another name with -o, or add --force." in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "mine"
    assert main(["start", str(last), "--accept", "--force", "-o", str(out)]) == DONE


@pytest.mark.parametrize("command", [["check"], ["report", "-o", "out"], ["count", "-o", "five.counts"]])
def test_a_file_of_another_system_leads_to_start(
    export: Path,
    tmp_path: Path,
    command: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    sentence = f"stepup-equity start {export} finds out what its columns and words mean."
    assert main([command[0], str(export), *command[1:]]) == REFUSED
    assert sentence in capsys.readouterr().err
    assert main([command[0], str(export), *command[1:], "--programme", "greenhouse"]) == REFUSED
    assert sentence not in capsys.readouterr().err


def test_enter_is_no_answer_where_nothing_is_proposed(
    typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    choices = (Choice("applied/withdrew", "Applied: withdrew"), Choice("sifted/withdrew", "Sifted: withdrew"))
    asked = "Gone (3): what does it mean?"
    one = Proposal("status:Gone", "status", "Gone", asked, "", "", "no word", "", choices)
    typed("", "more", "", "2")
    assert ask(one) == "sifted/withdrew"
    said = capsys.readouterr().out
    assert said.count("Nothing is proposed here: give a number, or quit.") == 2
    assert "nothing is proposed: give a number" in said
    typed("")
    assert ask(one) is None


def test_a_published_table_needs_no_programme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out = tmp_path / "table.csv", tmp_path / "my.toml"
    rows = ["2022/23,Sex,Female,900,300,12%", "2022/23,Sex,Male,700,[c],[c]", "2023/24,Sex,Female,800,300,9%"]
    head = "Year,Characteristic,Group,Applicants,Appointed,% appointed"
    file.write_text("\n".join(["Recruitment by sex", "", head, *rows]) + "\n", encoding="utf-8")
    assert main(["start", str(file), "-o", str(out)]) == DONE
    assert capsys.readouterr().out == (
        "table.csv is a published table: it is read as it is printed, without a programme.\n"
        f"Next: stepup-equity report {file} -o out/\n"
    )
    assert not out.exists()


def test_a_published_table_of_whole_stages_needs_no_programme(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its columns look like those of an export, and its rows are no applicants."""
    file, out = tmp_path / "table.csv", tmp_path / "my.toml"
    rows = ['White,"1,204",512,81', "Asian,241,88,12", "Mixed / multiple,61,22,3", '"Total","1,506",622,96']
    head = "Ethnic origin,Applications received,Shortlisted,Appointed"
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert main(["start", str(file), "-o", str(out), "--accept"]) == DONE
    assert "is a published table" in capsys.readouterr().out
    assert not out.exists()


def test_what_is_left_open_is_led_back_to(
    export: Path, tmp_path: Path, typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever was asked is not told to leave out an option that was not given."""
    typed("quit")
    assert main(["start", str(export), "-o", str(tmp_path / "my.toml")]) == REFUSED
    assert "Answer them: run start again, with --force; or edit the file." in capsys.readouterr().out
    assert main(["start", str(export), "-o", str(tmp_path / "b.toml"), "--accept"]) == REFUSED
    assert "Answer them: run start without --accept; or edit the file." in capsys.readouterr().out


def test_rows_that_stand_twice_are_said_before_the_first_question_and_lead_to_check(
    last: Path, tmp_path: Path, typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    lines = last.read_text(encoding="utf-8").splitlines()
    file, out = tmp_path / "my export.csv", tmp_path / "my.toml"
    file.write_text("\n".join([*lines, *lines[1:3]]) + "\n", encoding="utf-8")
    typed(*[""] * 30)
    main(["start", str(file), "-o", str(out)])
    said = capsys.readouterr().out
    assert said.index("2 rows repeat another in every column. They will be refused") < said.index("1 of ")
    assert "Next: mend the file, then look whether it can be counted." in said
    assert f'check "{file}" --programme {out}' in said
    assert "Next: stepup-equity report" not in said


def test_enter_never_takes_an_answer_that_is_not_shown(
    typed: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    choices = tuple(Choice(f"v{i}", f"Answer {i}") for i in range(12))
    one = Proposal("k", "column", "s", "Which?", "v11", "v11", "why", choices=choices, safe=False)
    typed("", "2")
    assert ask(one) == "v11"
    assert "1  Answer 11  (proposed)" in capsys.readouterr().out
    assert ask(one) == "v0"
