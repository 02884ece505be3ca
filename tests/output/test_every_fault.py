"""A run stopped at any step, or told that the disk is full, leaves the earlier or the new output whole."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from stepup_equity.output.places import clear_left_over
from tests.output.test_folders import EARLIER, LATER, held, written

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.external

_RUN = """
import errno, hashlib, json, os, signal, sys
from pathlib import Path
from stepup_equity.output import check_folder, folders, system, write_file, write_folder
out, at, fault, how = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
if how != "exchange":
    system._renameat2 = lambda: None
if how == "inside":
    folders.Path.is_mount = lambda path: path == out
files = {"page": b"later", "data/a": b"b"}
files["manifest.json"] = json.dumps({"made_by": "stepup_equity", "files": {
    name: {"sha256": hashlib.sha256(text).hexdigest()} for name, text in files.items()}}).encode()
import fcntl, shutil, tempfile
seen = [0]
def watch(event, given):
    if event not in ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.listdir"):
        return
    if event == "open" and str(out.parent) not in str(given[0]):
        return
    seen[0] += 1
    if seen[0] != at:
        return
    if fault == "killed":
        os._exit(9)
    if fault == "interrupted":
        signal.raise_signal(signal.SIGINT)
        return
    raise OSError(errno.ENOSPC, "No space left on device")
sys.addaudithook(watch)
try:
    if how == "file":
        write_file(out / "page", b"later")
    else:
        write_folder(check_folder(out, force=True), files)
except BaseException:
    os._exit(7)
os._exit(0 if seen[0] >= at else 3)
"""


@pytest.mark.parametrize("fault", ["killed", "interrupted", "full"])
@pytest.mark.parametrize("how", ["exchange", "beside", "inside", "file"])
def test_a_fault_at_every_step(tmp_path: Path, fault: str, how: str) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("years of work", encoding="utf-8")
    new = EARLIER | {"page": b"later"} if how == "file" else LATER
    out, steps = tmp_path / "out", 0
    for at in range(1, 400):
        if out.exists():
            for path in sorted(out.rglob("*"), reverse=True):
                path.unlink() if path.is_file() else path.rmdir()
        written(out)
        done = subprocess.run(
            [sys.executable, "-c", _RUN, str(out), str(at), fault, how], capture_output=True, check=False
        )
        if how != "file":
            clear_left_over(tmp_path)
        clear_left_over(out)
        assert held(out) in (EARLIER, new), (at, done.returncode, done.stderr)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.txt", "out"], at
        if done.returncode == 3:
            break
        steps = at
    assert steps > 3
    assert mine.read_text(encoding="utf-8") == "years of work"
