"""A file is written whole or not at all, and nothing in a table is a formula."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.cli import main
from stepup_equity.output import check_file, csv_bytes, files, write_file
from stepup_equity.output.tables import plain_cell
from stepup_equity.shipped import shipped


def test_a_file_is_written_and_replaced_with_its_permissions(tmp_path: Path) -> None:
    path = write_file(tmp_path / "a.csv", b"one")
    assert path.stat().st_mode & 0o777 == 0o666 & ~files._umask()
    path.chmod(0o640)
    assert write_file(path, b"two").read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "the quota"), (errno.EROFS, "only be read")],
)
def test_a_fault_leaves_the_earlier_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    path = write_file(tmp_path / "a.csv", b"one")

    def fault(handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fault)
    with pytest.raises(su.OutputError, match=f"^a.csv was not written: .*{words}"):
        write_file(path, b"two")
    assert path.read_bytes() == b"one"
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_an_interrupt_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_file(tmp_path / "a.csv", b"one")

    def stop(*given: object) -> None:
        raise KeyboardInterrupt

    for at in ("write_synced", "sync_folder"):
        with monkeypatch.context() as patch:
            patch.setattr(files, at, stop)
            with pytest.raises(KeyboardInterrupt):
                write_file(path, b"two")
        assert path.read_bytes() in (b"one", b"two")
        assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_a_file_that_alone_may_be_written_gets_its_bytes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_file(tmp_path / "a.csv", b"one")
    monkeypatch.setattr(Path, "is_mount", lambda one: one == path)
    assert write_file(path, b"two").read_bytes() == b"two"
    real, calls = files.write_synced, []

    def full(one: Path, content: bytes) -> None:
        calls.append(content)
        if len(calls) == 1:
            one.write_bytes(content[:1])
            raise OSError(errno.ENOSPC, "full")
        real(one, content)

    monkeypatch.setattr(files, "write_synced", full)
    with pytest.raises(su.OutputError, match="the disk is full"):
        write_file(path, b"three")
    assert path.read_bytes() == b"two"


def test_folders_links_inputs_and_missing_folders_are_refused(tmp_path: Path) -> None:
    data = write_file(tmp_path / "data.csv", b"people")
    with pytest.raises(su.ArgumentError, match=r"is a folder\. Name a file"):
        check_file(tmp_path)
    (tmp_path / "link.csv").symlink_to(data)
    with pytest.raises(su.ArgumentError, match="is a symbolic link"):
        check_file(tmp_path / "link.csv")
    (tmp_path / "hard.csv").hardlink_to(data)
    with pytest.raises(su.ArgumentError, match="is what is read"):
        check_file(tmp_path / "hard.csv", inputs=[data])
    with pytest.raises(su.OutputError, match="a folder on the way there is missing"):
        check_file(tmp_path / "no" / "a.csv")
    with pytest.raises(su.OutputError, match="a part of the way there is a file"):
        check_file(data / "a.csv")
    with pytest.raises(
        su.OutputError, match=r"xxx… \(304 characters\) was not written: the name is too long"
    ):
        check_file(tmp_path / ("x" * 300 + ".csv"))


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    write_file(pipe, b"problems")
    reader.join(timeout=5)
    assert got == [b"problems"]


def test_counts_do_not_take_the_place_of_other_data(tmp_path: Path) -> None:
    frame = pd.DataFrame({"characteristic": "sex", "group": ["F", "M"], "a": [9, 8], "b": [4, 5]})
    counts = su.StageCounts.from_table(frame)
    path = tmp_path / "people.parquet"
    frame.to_parquet(path)
    with pytest.raises(su.ArgumentError, match=r"people\.parquet is there already and holds no counts"):
        counts.write(path)
    assert counts.write(counts.write(tmp_path / "c.parquet")).exists()


@pytest.mark.parametrize(
    "command",
    [
        "check {data} -o {data}",
        "count {data} -o {data}",
        "tables {data} -o {data}",
        "tables {data} -o t.ods --save-ledger {data}",
        "audit {claims} -o {claims}",
        "report {data} -o .",
        "charts {data} -o .",
        "compare {data} {data} -o .",
    ],
)
def test_no_command_writes_over_what_it_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, source in (("data.csv", "cohort_one"), ("claims.csv", "evaluation_2013_claims")):
        (tmp_path / name).write_bytes(shipped(f"examples/{source}.csv").read_bytes())
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert main(command.format(data="data.csv", claims="claims.csv").split()) == 2
    assert "is read" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_ctrl_c_has_its_own_exit_code_and_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(path: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("stepup_equity.spreadsheets.lint_file", stop)
    assert main(["lint", "tables.ods"]) == 130
    assert capsys.readouterr().err == "stepup-equity: stopped. What stood at the output before still does.\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(start: str) -> None:
    table = pd.DataFrame({f"{start}A1": [f"{start}cmd|' /c calc'!A0"], "n": [-1.5], "flagged": [True]})
    read = pd.read_csv(pd.io.common.BytesIO(csv_bytes(table)), dtype=str)
    assert read.iloc[0, 0].startswith(("'", "␍"))
    assert read.columns[0].startswith(("'", "␍"))
    assert read.iloc[0].tolist()[1:] == ["-1.5", "True"]


def test_numbers_and_signs_that_stand_for_something_stay() -> None:
    assert [plain_cell(text) for text in ("-5", "+0.3", "-", "–", "[c]")] == ["-5", "+0.3", "-", "–", "[c]"]
