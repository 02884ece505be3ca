"""Records with names, addresses and ids in them, whole and spoilt, before every command and every result.

What is said of them is read by `tests.told` as all that the suite's tests say; here the people are planted.
"""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.findings.test_asked import NEEDED, VERBS
from tests.told import heard, told

import stepup_equity as su
from stepup_equity.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def people() -> pd.DataFrame:
    """A hundred and twenty people who can all be told by a mark."""
    some = random.Random(3)
    rows = range(120)
    return pd.DataFrame(
        {
            "applicant_id": [f"Zqx{i:04d}" for i in rows],
            "name": [f"Zqxana Zqxberg{i}" for i in rows],
            "email": [f"Zqxana{i}@example.org" for i in rows],
            "cohort": "2010",
            "gender": [some.choice(["Female", "Male"]) for _ in rows],
            "ethnicity": [some.choice(["White British", "Indian"]) for _ in rows],
            "furthest_stage": [some.choice(["submitted", "screened", "accepted"]) for _ in rows],
            "exit_reason": "",
        }
    )


def shifted(frame: pd.DataFrame) -> pd.DataFrame:
    """Every value one column too far to the right, as after a sort of half a sheet."""
    return frame.set_axis([*frame.columns[1:], frame.columns[0]], axis=1)


SPOILT: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "whole": lambda frame: frame,
    "columns shifted": shifted,
    "a name for a group": lambda frame: frame.assign(gender=frame["name"]),
    "one name for a group": lambda frame: frame.assign(gender=[*frame["name"][:2], *frame["gender"][2:]]),
    "an address for a stage": lambda frame: frame.assign(furthest_stage=frame["email"]),
    "ids twice": lambda frame: pd.concat([frame, frame.assign(gender="Male")]),
    "rows twice": lambda frame: pd.concat([frame, frame]),
    "no header": lambda frame: frame.set_axis(list(frame.iloc[0]), axis=1),
    "ids for cohorts": lambda frame: frame.assign(cohort=frame["applicant_id"]),
    "names for reasons": lambda frame: frame.assign(exit_reason=frame["name"]),
}


@pytest.mark.parametrize("how", SPOILT)
def test_no_command_tells_of_anybody(how: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, good = tmp_path / "a.csv", tmp_path / "good.csv"
    SPOILT[how](people()).to_csv(file, index=False)
    people().assign(cohort="2012").to_csv(good, index=False)
    for words in (
        ["check", str(file), "-o", str(tmp_path / "p.csv")],
        ["count", str(file), "-o", str(tmp_path / "c.parquet")],
        ["start", str(file), "-o", str(tmp_path / "my.toml")],
        ["tables", str(file), "-o", str(tmp_path / "t.ods")],
        ["compare", str(file), str(good)],
        ["audit", str(file)],
    ):
        with suppress(SystemExit):
            main(words)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert not told(), words


def test_no_database_tells_of_its_password_or_of_anybody(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as base:
        people().to_sql("people", base, index=False)
        shifted(people()).to_sql("shifted", base, index=False)
    for query in (
        "people",
        "shifted",
        "nobody",
        "SELECT name AS gender, * FROM people",
        "SELECT 'Zqx'; SELECT 1",
    ):
        for address in (f"sqlite:///{tmp_path}/a.db?password=s3cr3t", "postgresql://me:s3cr3t@127.0.0.1:1/x"):
            for command in ("check", "count"):
                out = [] if command == "check" else ["-o", str(tmp_path / "no" / "where")]
                with suppress(SystemExit):
                    main([command, address, "--query", query, *out])
                capsys.readouterr()
                assert not told(), (command, query)


def test_no_result_tells_of_anybody() -> None:
    applicants = su.read_applicants(people())
    counts = su.count_stages(applicants)
    for shown in (repr(applicants), repr(counts), applicants.problems.to_csv()):
        heard("a result", shown)
    for name in VERBS:
        if name not in NEEDED and not name.startswith(("protect", "write_")):
            with suppress(su.StepUpError):
                found = getattr(su, name)(counts)
                heard(name, getattr(found, "_repr_html_", found.__repr__)())
                heard(name, getattr(found, "frame", pd.DataFrame()).to_csv())
    assert not told()


def test_what_is_told_is_heard(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ears themselves: each way of saying something is heard."""
    str(su.ArgumentError("of Zqx0001"))
    assert told()
    print("S00017")
    capsys.readouterr()
    assert told()
    su.Policy().but(name="Zqx").write(tmp_path / "a.toml")
    assert told()
