"""A file that is not there is said at once, and before anything is loaded to read it with."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stepup_equity.cli import main

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = {
    "check": [],
    "report": ["-o", "out"],
    "charts": ["-o", "out"],
    "count": ["-o", "counts.parquet"],
    "tables": ["-o", "tables.ods"],
    "places": [],
    "compare": ["later.csv"],
    "reconstruct": ["--by", "gender", "ethnicity"],
    "validity": ["--gate", "hired", "--by", "gender", "--score", "test", "--award", "mark"],
    "start": [],
    "audit": [],
    "pseudonyms": ["--on", "id", "--key-file", "key.txt", "-o", "coded.csv"],
    "join": ["later.csv", "--on", "id", "-o", "joined.csv"],
}
HEAVY = ("pandas", "scipy", "pyarrow", "matplotlib")


@pytest.mark.parametrize("command", COMMANDS)
def test_it_is_named_beside_the_nearest(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cohort.csv").write_text("a,b\n1,2\n")
    assert main([command, "cohrt.csv", *COMMANDS[command]]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said == ("stepup-equity: There is no file 'cohrt.csv'. Check the path. Did you mean 'cohort.csv'?")
    assert [path.name for path in tmp_path.iterdir()] == ["cohort.csv"]


@pytest.mark.parametrize("command", ["check", "report", "audit"])
def test_nothing_is_loaded_for_it(command: str, tmp_path: Path) -> None:
    program = (
        "import sys; from stepup_equity.cli import main; "
        f"main({[command, 'none.csv', *COMMANDS[command]]!r}); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("source", ["postgresql://nowhere/none", "duckdb:///none.db"])
def test_an_address_is_no_file_to_look_for(source: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", source]) != 0
    assert "There is no file" not in capsys.readouterr().err


@pytest.mark.parametrize("ending", [".xlsx", ".tsv", ".json"])
def test_a_table_in_text_is_not_written_as_something_else(
    ending: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"id,{name[0]}\n1,x\n2,y\n")
    written = tmp_path / f"joined{ending}"
    files = [str(tmp_path / name) for name in ("a.csv", "b.csv")]
    assert main(["join", *files, "--on", "id", "-o", str(written)]) == 2
    assert "Let it end in .csv." in " ".join(capsys.readouterr().err.split())
    assert not written.exists()
