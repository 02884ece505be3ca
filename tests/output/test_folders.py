"""A folder is written whole or not at all, and nothing of anybody's goes with it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import stepup_equity as su
from stepup_equity.output import check_folder, folders, places, system, write_folder


def report(**files: str) -> dict[str, bytes]:
    """A folder with its manifest."""
    made = {name.replace("__", "/"): text.encode() for name, text in files.items()}
    sums = {name: {"sha256": hashlib.sha256(content).hexdigest()} for name, content in made.items()}
    return made | {"manifest.json": json.dumps({"made_by": "stepup_equity", "files": sums}).encode()}


EARLIER = report(page="earlier", data__a="a", charts__old="c")
LATER = report(page="later", data__a="b")


def written(out: Path, files: dict[str, bytes] = EARLIER, *, force: bool = False) -> Path:
    return write_folder(check_folder(out, force=force), files)


def held(out: Path) -> dict[str, bytes]:
    return {p.relative_to(out).as_posix(): p.read_bytes() for p in sorted(out.rglob("*")) if p.is_file()}


def test_files_stand_where_they_were_named(tmp_path: Path) -> None:
    out = written(tmp_path / "deep" / "out")
    assert held(out) == EARLIER
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["out"]


@pytest.mark.parametrize("known", [True, False], ids=["exchanged", "by a journal"])
def test_an_earlier_report_is_replaced_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    if not known:
        monkeypatch.setattr(system, "_renameat2", lambda: None)
    written(tmp_path / "out")
    assert held(written(tmp_path / "out", LATER, force=True)) == LATER
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_earlier_report_is_not_replaced_without_force(tmp_path: Path) -> None:
    written(tmp_path / "out")
    with pytest.raises(su.ArgumentError) as caught:
        check_folder(tmp_path / "out", force=False)
    assert str(caught.value) == (
        "The folder out holds an earlier report. Name another folder, or replace it with force=True (on the "
        "command line --force)."
    )


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"made_by": "somebody"}', '{"made_by":"stepup_equity"}']
)
def test_somebody_elses_folder_is_refused_even_with_force(tmp_path: Path, content: str) -> None:
    (tmp_path / "thesis.docx").write_text("years of work", encoding="utf-8")
    (tmp_path / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(su.ArgumentError) as caught:
        check_folder(tmp_path, force=True)
    assert str(caught.value) == (
        f"The folder {tmp_path.name} holds files that are not a report. Name a new folder, or an empty one."
    )


@pytest.mark.parametrize("name", ["notes.txt", "data/notes.txt", "mine/notes.txt", "data/link", "linked"])
def test_what_somebody_put_into_a_report_is_not_replaced_with_it(tmp_path: Path, name: str) -> None:
    out = written(tmp_path / "out")
    (out / name).parent.mkdir(exist_ok=True)
    if "link" in name:
        (tmp_path / "far").mkdir()
        (out / name).symlink_to(tmp_path / "far")
    else:
        (out / name).write_text("mine", encoding="utf-8")
    with pytest.raises(su.ArgumentError, match=f"and beside it '{name}'. Move that to another place"):
        check_folder(out, force=True)


def test_a_report_that_somebody_changed_is_not_replaced(tmp_path: Path) -> None:
    out = written(tmp_path / "out")
    (out / "page").write_text("with my remarks", encoding="utf-8")
    with pytest.raises(su.ArgumentError, match="in which 'page' was changed since it was written"):
        check_folder(out, force=True)


def test_what_a_file_manager_leaves_is_no_reason(tmp_path: Path) -> None:
    out = written(tmp_path / "out")
    (out / "data" / "Thumbs.db").write_bytes(b"")
    assert held(written(out, LATER, force=True)) == LATER


def test_a_file_or_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(su.ArgumentError, match=r"^out is a file\. Name a folder to write to\.$"):
        check_folder(tmp_path / "out", force=True)
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    with pytest.raises(su.ArgumentError, match=r"^link is a symbolic link\."):
        check_folder(tmp_path / "link", force=True)


def test_what_is_read_is_not_written_over(tmp_path: Path) -> None:
    records = tmp_path / "records"
    records.mkdir()
    (records / "a.csv").write_text("a\n", encoding="utf-8")
    with pytest.raises(su.ArgumentError, match="is what is read"):
        check_folder(records, force=True, inputs=[records])
    with pytest.raises(su.ArgumentError, match="lies in the folder records"):
        check_folder(records, force=True, inputs=[records / "a.csv"])
    with pytest.raises(su.ArgumentError, match="would lie in the folder records"):
        check_folder(records / "out", force=True, inputs=[records])
    check_folder(tmp_path / "out", force=True, inputs=[records, "postgresql://host/db", "x" * 5000, "a\0b"])


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o750)
    assert held(written(tmp_path / "out")) == EARLIER
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o750


def test_a_folder_that_changes_meanwhile_is_left_alone(tmp_path: Path) -> None:
    out = written(tmp_path / "out")
    target = check_folder(out, force=True)
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(su.ArgumentError, match="changed while this was made"):
        write_folder(target, LATER)
    absent = check_folder(tmp_path / "new", force=True)
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(su.ArgumentError, match="changed while this was made"):
        write_folder(absent, LATER)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "out"]
    assert (out / "notes.txt").exists()
    assert (tmp_path / "new" / "notes.txt").exists()


def test_what_came_in_at_the_last_moment_is_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = written(tmp_path / "out")
    exchange = system.exchange

    def late(one: Path, other: Path) -> bool:
        (out / "notes.txt").write_text("mine", encoding="utf-8")
        monkeypatch.setattr(folders, "exchange", exchange)
        return exchange(one, other)

    monkeypatch.setattr(folders, "exchange", late)
    with pytest.raises(su.ArgumentError, match="changed while this was made"):
        written(out, LATER, force=True)
    assert held(out) == EARLIER | {"notes.txt": b"mine"}


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "the disk is full. Make room, or name another place"),
        (errno.EACCES, "there is no permission to write there"),
        (errno.EIO, "the disk answered with an error"),
    ],
)
@pytest.mark.parametrize("at", ["write_synced", "sync_folder", "move", "exchange"])
def test_a_fault_leaves_what_was_there_and_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, at: str
) -> None:
    out = written(tmp_path / "out")
    target = check_folder(out, force=True)
    if at == "move":
        target = check_folder(tmp_path / "new", force=True)

    def fault(*given: object) -> None:
        raise OSError(number, os.strerror(number), "/secret/place")

    monkeypatch.setattr(folders, at, fault)
    inside = at == "exchange" and number == errno.EACCES  # then the files are exchanged, not the folder
    if inside:
        assert held(write_folder(target, LATER)) == LATER
    else:
        with pytest.raises(su.OutputError, match=words) as caught:
            write_folder(target, LATER)
        assert "secret" not in str(caught.value)
        assert caught.value.__suppress_context__
        if at != "sync_folder":
            assert held(out) == EARLIER
    assert held(out) in (EARLIER, LATER)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_an_interrupt_between_two_moves_takes_the_first_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(system, "_renameat2", lambda: None)
    out = written(tmp_path / "out")
    move, done = places.move, []

    def second(source: Path, goal: Path) -> None:
        done.append(goal)
        if len(done) == 2:
            raise KeyboardInterrupt
        move(source, goal)

    monkeypatch.setattr(places, "move", second)
    with pytest.raises(KeyboardInterrupt):
        written(out, LATER, force=True)
    assert held(out) == EARLIER
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


_KILLED = """
import os, sys
from pathlib import Path
from stepup_equity.output import check_folder, folders, places, system, write_folder
out, at = Path(sys.argv[1]), int(sys.argv[2])
system._renameat2 = lambda: None
folders.Path.is_mount = lambda path: sys.argv[3] == "inside" and path == out
move, done = places.move, []
def killed(source, goal):
    done.append(goal)
    if len(done) == at:
        os._exit(9)
    move(source, goal)
places.move = killed
import json, hashlib
files = {"page": b"later", "data/a": b"b"}
files["manifest.json"] = json.dumps({"made_by": "stepup_equity", "files": {
    name: {"sha256": hashlib.sha256(text).hexdigest()} for name, text in files.items()}}).encode()
write_folder(check_folder(out, force=True), files)
"""


@pytest.mark.parametrize(
    ("how", "at"), [("beside", 1), ("beside", 2), *(("inside", at) for at in range(1, 8))]
)
def test_a_run_that_was_killed_is_taken_back_by_the_next(tmp_path: Path, how: str, at: int) -> None:
    out = written(tmp_path / "out")
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(out), str(at), how], check=False)
    assert killed.returncode == 9
    check_folder(out, force=True)
    assert held(out) == EARLIER
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_stands_in_the_way_of_taking_back_is_named(tmp_path: Path) -> None:
    out = written(tmp_path / "out")
    subprocess.run([sys.executable, "-c", _KILLED, str(out), "2", "beside"], check=False)
    assert not out.exists()
    out.mkdir()
    (out / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(su.OutputError, match=r"What was there before is kept as \.stepup-equity-"):
        check_folder(out, force=True)
    kept = next(path for path in tmp_path.iterdir() if path.name.startswith(places.PREFIX)) / "old"
    assert held(kept) == EARLIER


def test_the_place_of_a_living_run_and_files_of_others_are_left_alone(tmp_path: Path) -> None:
    others = tmp_path / ".stepup-equity-abcdefgh"
    (others / "thesis").mkdir(parents=True)
    (tmp_path / ".stepup-equity-notes.txt").write_text("mine", encoding="utf-8")
    with places.workplace(tmp_path) as work:
        written(tmp_path / "out")
        assert work.exists()
    assert not work.exists()
    assert (others / "thesis").exists()
    assert (tmp_path / ".stepup-equity-notes.txt").exists()


def test_without_locks_only_old_places_are_cleared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "hold", lambda path: None)
    left = tmp_path / ".stepup-equity-abcdefgh"
    left.mkdir()
    check_folder(tmp_path / "out", force=False)
    assert left.exists()
    os.utime(left, (time.time() - 90_000,) * 2)
    check_folder(tmp_path / "out", force=False)
    assert not left.exists()


def test_a_volume_is_written_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = written(tmp_path / "out")
    monkeypatch.setattr(Path, "is_mount", lambda path: path == out)
    before = out.stat().st_ino
    assert held(written(out, LATER, force=True)) == LATER
    assert out.stat().st_ino == before
    assert sorted(path.name for path in out.iterdir()) == ["data", "manifest.json", "page"]


def test_the_folder_we_are_in_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    before = tmp_path.stat().st_ino
    assert held(written(Path())) == EARLIER
    assert tmp_path.stat().st_ino == before


@pytest.mark.parametrize("name", ["x" * 300, "a\0b", "ä" * 200])
def test_a_name_that_cannot_be_is_said_in_a_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(su.OutputError, match=r"^.* was not written: .*name.*\.$"):
        check_folder(tmp_path / name, force=False)


def test_the_folders_on_the_way_go_where_nothing_came_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(folders, "write_synced", full)
    with pytest.raises(su.OutputError, match="the disk is full"):
        written(tmp_path / "a" / "b" / "out")
    assert not list(tmp_path.iterdir())
