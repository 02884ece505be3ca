"""What a refusal at the terminal tells people to do can be typed at the terminal."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stepup_equity
from stepup_equity.cli import main
from stepup_equity.cli.exit_codes import DONE, REFUSED, USAGE
from stepup_equity.cli.option_words import in_option_words
from stepup_equity.disclosure import Policy

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(stepup_equity.__file__).parent


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("pool cohorts (pool=True)", "pool cohorts (--pool)"),
        ("merge groups (merge={'a': 'broad', 'b': 'broad'})", "merge groups (--merge a b)"),
        ("merge or drop stages (drop_stages=['x', 'y z'])", 'merge or drop stages (--drop-stages x "y z")'),
        (
            "hide the total (a policy with totals='hide')",
            'hide the total (totals = "hide" in the policy file of --policy)',
        ),
        ("replace it with force=True (on the command line --force).", "replace it with --force."),
        ("Leave it out of by=.", "Leave it out of --by."),
        ("A group is called 'by'.", "A group is called 'by'."),
        ("name it with ledger.with_cohort('NAME') or --ledger-label A", "name it with --ledger-label A"),
        ("Give the path of an .xlsx or .ods file.", "Give the path of an .xlsx or .ods file."),
        ("on='who' is not a column of the file.", "--on 'who' is not a column of the file."),
        ("right_on='who' is not a column.", "--later-on 'who' is not a column."),
        ("drop_stages holds 'applied', the", "--drop-stages holds 'applied', the"),
        ("drop_stages leaves fewer than two stages.", "--drop-stages leaves fewer than two stages."),
        ("drop_stages='x' is not a stage", "--drop-stages 'x' is not a stage"),
        ("merge='ethnik' is not a characteristic", "--merge 'ethnik' is not a characteristic"),
        ("level='fine' is not a level", "--level 'fine' is not a level"),
        ("reference='A' cannot be", "--reference 'A' cannot be"),
        ("gates='x' is not a gate", "--gates 'x' is not a gate"),
        ("name='nope' is not a shipped example.", "'nope' is not a shipped example."),
        ("Leave out the name (--cohort-label, cohort_label), or", "Leave out the name (--cohort-label), or"),
        ("Add it. 2 more kind(s) of error: see problems.", "Add it. There are more kinds of error."),
        ("columns= takes 'm', which", "--columns takes 'm', which"),
        ("The error's .cells names every cell.", "All of them stand below."),
        ("leave them out (leading_zeros='drop').", "leave them out (--leading-zeros drop)."),
        ("key= has 5 characters, and", "the key of --key-file has 5 characters, and"),
        ("Name one with stratum=, or count", "Name one with --stratum, or count"),
        ("Give by= as well.", "Give --by as well."),
        ("Leave out one (by=), or merge (merge=).", "Leave out one (--by), or merge (--merge)."),
        ("Leave out cohorts=, or give one set.", "Leave out --cohorts, or give one set."),
        ("round_base=5 is less than threshold=10.", "round_base = 5 is less than threshold = 10."),
        ("'protect_left'=3 must be True or False.", "'protect_left'=3 must be true or false."),
        ("Write it with counts.write(path).", "Write it with stepup-equity count FILE -o COUNTS."),
        ("Write one with release.ledger().write(path).", "A publication writes it as ledger.json."),
        ("link them: renamed={'a': 'b'}, or --same-cohort 'a=b'.", "link them: --same-cohort 'a=b'."),
    ],
)
def test_arguments_become_options(said: str, typed: str) -> None:
    assert in_option_words(said) == typed


def test_a_refused_publication_speaks_of_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = pd.DataFrame(
        {
            "characteristic": "ethnicity",
            "group": ["White", "Black", "Asian"],
            "applied": [40, 2, 3],
            "shortlisted": [20, 1, 1],
            "hired": [8, 1, 0],
        }
    )
    file = tmp_path / "small.csv"
    table.to_csv(file, index=False)
    code = main(["report", str(file), "-o", str(tmp_path / "out"), "--policy", "publish"])
    said = capsys.readouterr().err
    assert code in (DONE, REFUSED)
    for word in ("pool=True", "merge={", "drop_stages=", "totals='hide'"):
        assert word not in said


def test_what_is_offered_can_be_typed_as_it_stands(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was left out already stays out, and there is one policy."""
    table = pd.DataFrame(
        {"characteristic": "sex", "group": ["Female", "Male"], "applied": [90, 80], "longlisted": [80, 70],
         "sifted": [79, 62], "met": [59, 58], "hired": [58, 57]}
    )  # fmt: skip
    file = tmp_path / "small.csv"
    table.to_csv(file, index=False)
    line = ["report", str(file), "-o", str(tmp_path / "out"), "--policy", "suppress10", "--first-release"]
    assert main([*line, "--drop-stages", "longlisted"]) == REFUSED
    said = capsys.readouterr().err
    assert "The error's" not in said
    offers = [words.split()[1:] for words in said.splitlines() if words.startswith("  stepup-equity ")]
    assert offers
    for offer in offers:
        assert offer.count("--policy") == 1
        assert main([*offer, "--force"]) == DONE
        printed = (tmp_path / "out" / "data" / "release.csv").read_text(encoding="utf-8")
        assert "longlisted" not in printed


def test_a_policy_is_begun_shown_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = tmp_path / "team.toml"
    assert main(["policy", "new", str(mine)]) == DONE
    policy = Policy.load(mine)
    assert (policy.name, policy.threshold, policy.publishable) == ("our team", 10, True)
    text = mine.read_text(encoding="utf-8").replace("#: ", "")
    assert Policy.from_toml(text).totals == "hide"
    assert main(["policy", "new", str(mine)]) == USAGE
    assert main(["policy"]) == DONE
    assert "hesa" in capsys.readouterr().out
    assert main(["policy", "show", "hesa"]) == DONE
    assert 'name = "hesa"' in capsys.readouterr().out


_PYTHON = re.compile(
    r"(?<![\w.\['\"`-])[a-z_]+=(?=True|False|None|[(\[{'\"]|[ .,;:)]|$)"
    r"|\.[a-z_]+\(|\bsu\.|\b(True|False|None)\b"
)
_UNREACHABLE = ("by=()", "where=")
"""What no option can ask for: a characteristic without a name, and a choice of people by label."""


def _raised(file: Path) -> Iterator[str]:
    """Sentences of a file's refusals; a name stands for what is filled in."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            for part in ast.walk(node.exc):
                if isinstance(part, ast.JoinedStr):
                    yield "".join(
                        str(one.value) if isinstance(one, ast.Constant) else "'x'" for one in part.values
                    )


@pytest.mark.parametrize("room", ["cli", "disclosure", "output", "process", "records", "start"])
def test_no_refusal_that_reaches_a_terminal_speaks_python(room: str) -> None:
    found = [
        said
        for file in sorted((SOURCE / room).rglob("*.py"))
        for said in map(in_option_words, _raised(file))
        if _PYTHON.search(said) and not any(words in said for words in _UNREACHABLE)
    ]
    assert found == []


def test_a_ledger_that_names_no_cohort_is_given_one_and_nothing_is_issued_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, first, second = (tmp_path / name for name in ("all.csv", "first.xlsx", "second.xlsx"))
    pd.DataFrame(
        {
            "characteristic": "ethnicity",
            "group": ["White", "Black", "Asian"],
            "applied": [400, 200, 300],
            "hired": [80, 40, 60],
        }
    ).to_csv(file, index=False)
    assert main(["tables", str(file), "-o", str(first), "--save-ledger", str(tmp_path / "one.json")]) == DONE
    again = ["tables", str(file), "-o", str(second), "--cohort-label", "2010"]
    again += ["--save-ledger", str(tmp_path / "two.json"), "--ledger", str(tmp_path / "one.json")]
    assert main(again) == USAGE
    assert "name its cohort with --ledger-label NAME" in capsys.readouterr().err
    assert main([*again, "--ledger-label", "2010"]) == DONE


def test_a_column_of_ids_with_another_name_is_asked_for_by_its_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of two files the refusal says which one lacks the column, and how to name it there."""
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text("Candidate ref,x\n1,2\n", encoding="utf-8")
    second.write_text("Candidate,mark\n1,9\n", encoding="utf-8")
    out = ["-o", str(tmp_path / "c.csv")]
    assert main(["join", str(first), str(second), "--on", "Candidate ref", *out]) == USAGE
    said = capsys.readouterr().err
    assert "--later-on 'Candidate ref' is not a column of the second file. Possible: 'Candidate'" in said
    assert main(["join", str(second), str(first), "--on", "Candidate ref", *out]) == USAGE
    assert "--on 'Candidate ref' is not a column of the first file." in capsys.readouterr().err


def test_counts_are_not_written_under_the_ending_of_another_format(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("applicant_id,gender,furthest_stage,exit_reason\n1,Female,accepted,\n", encoding="utf-8")
    assert main(["count", str(file), "-o", str(tmp_path / "counts.csv")]) == USAGE
    assert "counts are written as Parquet" in capsys.readouterr().err
    assert not (tmp_path / "counts.csv").exists()


def test_a_workbook_of_claims_is_refused_without_words_of_python(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "claims.xlsx"
    file.write_bytes(b"PK\x03\x04\xa4\xff")
    assert main(["audit", str(file)]) == REFUSED
    said = capsys.readouterr().err
    assert "Save it as CSV UTF-8." in said
    assert "codec" not in said
