"""All or nothing on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

import stepup_equity as su
from stepup_equity.presentation import folder
from stepup_equity.presentation.folder import check_folder, write_folder

OURS = {"manifest.json": b'{"made_by": "stepup_equity"}', "data/a.csv": b"a\n"}


def test_files_stand_where_they_were_named(tmp_path: Path) -> None:
    out = write_folder(tmp_path / "deep" / "out", OURS)
    assert (out / "data" / "a.csv").read_bytes() == b"a\n"
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


def test_an_earlier_report_is_replaced_whole(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", OURS)
    out = write_folder(check_folder(tmp_path / "out", force=True), {"manifest.json": OURS["manifest.json"]})
    assert [path.name for path in out.iterdir()] == ["manifest.json"]


def test_an_earlier_report_is_not_replaced_without_force(tmp_path: Path) -> None:
    write_folder(tmp_path / "out", OURS)
    with pytest.raises(su.ArgumentError) as caught:
        check_folder(tmp_path / "out", force=False)
    assert str(caught.value) == (
        "The folder out holds an earlier report. Name another folder, or replace it with force=True (on the "
        "command line --force)."
    )


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"made_by": "somebody"}'])
def test_somebody_elses_folder_is_refused_even_with_force(tmp_path: Path, content: str) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(su.ArgumentError) as caught:
        check_folder(tmp_path, force=True)
    assert str(caught.value) == (
        f"The folder {tmp_path.name} holds files that are not a report. Name a new folder, or an empty one."
    )


def test_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(su.ArgumentError) as caught:
        check_folder(tmp_path / "out", force=True)
    assert str(caught.value) == "out is a file. Name a folder to write to."


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert write_folder(check_folder(tmp_path / "out", force=False), OURS).is_dir()


def test_nothing_is_left_behind_when_writing_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_folder(tmp_path / "out", OURS)

    def full(self: Path, data: bytes) -> int:
        raise OSError(f"no space left for {self.name}, {len(data)} bytes")

    monkeypatch.setattr(folder.Path, "write_bytes", full)
    with pytest.raises(OSError, match="no space left"):
        write_folder(tmp_path / "out", {"manifest.json": b"{}"})
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "data" / "a.csv").read_bytes() == b"a\n"


def test_the_old_report_comes_back_when_the_last_step_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = write_folder(tmp_path / "out", OURS)
    rename = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError("the folder is open in another program")
        return rename(self, target)

    monkeypatch.setattr(folder.Path, "replace", failing)
    with pytest.raises(OSError, match="open in another program"):
        write_folder(out, {"manifest.json": b"{}"})
    assert (out / "data" / "a.csv").read_bytes() == b"a\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
