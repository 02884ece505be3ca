"""A job run again and again, each time with another call of the system failing.

Started by `test_every_call.py` with the shim of `faults.c` loaded before the C library:
``python -m tests.output.one_fault JOB PLACE``. Prints how many calls there were and faults tried, and a line
for each fault after which something was lost, half written or told badly.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import os
import shutil
import signal
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stepup_equity.cli import main
from stepup_equity.output import check_folder, folders, system, write_file, write_folder
from stepup_equity.output.places import clear_left_over, is_workplace
from tests.output.test_folders import EARLIER, LATER

if TYPE_CHECKING:
    from collections.abc import Callable

COUNT, ERROR, HALF, BEFORE, AFTER = range(5)
FAULTS: Final = {
    "the disk is full": (ERROR, errno.ENOSPC),
    "the disk answers with an error": (ERROR, errno.EIO),
    "the disk is full in the middle": (HALF, 0),
    "killed before": (BEFORE, signal.SIGKILL),
    "killed after": (AFTER, signal.SIGKILL),
    "Ctrl-C": (BEFORE, signal.SIGINT),
    "told to end": (AFTER, signal.SIGTERM),
}
SHIM = ctypes.CDLL(None)
HEAD = "applicant_id,cohort,gender,ethnicity,furthest_stage,exit_reason\n"
MINE = {"mine/thesis.txt": "years of work", "mine/out of the way/notes.txt": "more of it"}


def people(cohort: str, first: int) -> str:
    rows = (
        f"{first + i},{cohort},{'Female' if i % 3 else 'Male'},{'White British' if i % 4 else 'Indian'},"
        f"{'accepted' if i % 5 == 0 else 'screened'},{'' if i % 5 == 0 else 'rejected'}\n"
        for i in range(120)
    )
    return HEAD + "".join(rows)


@dataclass(frozen=True)
class Job:
    """What is run, over what.

    Attributes
    ----------
    run : callable
        Gives an exit code.
    outputs : tuple of str
        Files and folders that it writes; all else is somebody's.
    before : tuple of callable
        Make what stands there before.
    journal : bool
        Whether what was begun is taken back by the next run, where this one was killed.
    each : int
        Every which call is tried.
    faults : tuple of str
        What is tried at each.
    """

    run: Callable[[], int]
    outputs: tuple[str, ...]
    before: tuple[Callable[[], object], ...] = ()
    journal: bool = False
    each: int = 1
    faults: tuple[str, ...] = tuple(FAULTS)


def folder() -> int:
    write_folder(check_folder("out", force=True), LATER)
    return 0


def journal() -> int:
    system._renameat2 = lambda: None
    return folder()


def volume() -> int:
    folders.Path.is_mount = lambda path: path.name == "out"
    return folder()


def file() -> int:
    write_file("page", b"later" * 1000)
    return 0


def cli(*words: str) -> Callable[[], int]:
    return lambda: main(list(words))


def text(name: str, content: str) -> Callable[[], object]:
    return lambda: Path(name).write_text(content, encoding="utf-8")


def earlier_folder() -> object:
    return write_folder(check_folder("out", force=True), EARLIER)


FEW: Final = ("the disk is full", "killed after", "Ctrl-C")
OLD, NEW = text("old.csv", people("2010", 0)), text("new.csv", people("2012", 500))
REPORT = ("report", "new.csv", "-o", "out", "--force")
JOBS: Final = {
    "a folder exchanged": Job(folder, ("out",), (earlier_folder,)),
    "a folder where none was": Job(folder, ("out",)),
    "a folder by a journal": Job(journal, ("out",), (earlier_folder,), journal=True),
    "a volume written inside": Job(volume, ("out",), (earlier_folder,), journal=True),
    "a file": Job(file, ("page",), (text("page", "earlier"),)),
    "check -o": Job(
        cli("check", "new.csv", "-o", "p.csv"), ("p.csv",), (NEW, text("p.csv", "earlier\n")), faults=FEW
    ),
    "count --add": Job(
        cli("count", "new.csv", "--add", "c.parquet", "-o", "c.parquet"),
        ("c.parquet",),
        (OLD, NEW, cli("count", "old.csv", "-o", "c.parquet")),
        faults=FEW,
    ),
    "compare -o": Job(
        cli("compare", "old.csv", "new.csv", "-o", "out", "--force"),
        ("out",),
        (OLD, NEW, earlier_folder),
        each=9,
        faults=FEW,
    ),
    "report": Job(cli(*REPORT), ("out",), (NEW, earlier_folder), each=149, faults=FEW),
    "a publication and its ledger": Job(
        cli(*REPORT, "--policy", "publish"), ("out",), (NEW, earlier_folder), each=151, faults=FEW
    ),
}


def held() -> dict[str, bytes]:
    """Every file here, but not what a run that was killed left of its own."""
    files = (path for path in sorted(Path().rglob("*")) if path.is_file())
    return {str(path): path.read_bytes() for path in files if not any(map(is_workplace, path.parts))}


def put(files: dict[str, bytes]) -> None:
    for path in Path().iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    for name, content in files.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(content)


def once(job: Job, at: int, kind: int, number: int) -> tuple[int, int, str]:
    """Run the job in a child of its own: its status, the calls it made, and what it said."""
    said, tell = Path.cwd().with_suffix(".said"), os.pipe()
    child = os.fork()
    if child == 0:
        code = 99
        signal.signal(signal.SIGINT, signal.default_int_handler)
        with said.open("w", encoding="utf-8") as stream:
            os.dup2(stream.fileno(), 1)
            os.dup2(stream.fileno(), 2)
        SHIM.fault_at(os.fsencode(Path.cwd()), at, kind, number)
        try:
            code = job.run()
        except BaseException:  # noqa: BLE001 - what is looked for
            code = 98
            sys.stderr.write(traceback.format_exc(limit=-1))
        finally:
            os.write(tell[1], str(SHIM.faults_seen()).encode())
            sys.stderr.flush()
            os._exit(code)
    os.close(tell[1])
    status = os.waitpid(child, 0)[1]
    calls = os.read(tell[0], 20)
    os.close(tell[0])
    return os.waitstatus_to_exitcode(status), int(calls or 0), said.read_text(encoding="utf-8")


def part(files: dict[str, bytes], names: tuple[str, ...]) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if Path(name).parts[0] in names}


def wrong(job: Job, before: dict[str, bytes], after: dict[str, bytes], status: int, said: str) -> str:
    """What is not as promised; nothing where all is."""
    now = held()
    for name in job.outputs:
        one, old, new = (part(files, (name,)) for files in (now, before, after))
        if one != old and one != new:
            return f"{name} is neither as before nor new: {sorted(one)}"
        if status == 0 and one != new:
            return f"{name} is said to be written, and is as before"
    others = {name: content for name, content in now.items() if Path(name).parts[0] not in job.outputs}
    if others != {n: content for n, content in before.items() if Path(n).parts[0] not in job.outputs}:
        return f"what is somebody's has changed: {sorted(others)}"
    if "Traceback" in said and not is_ours(said):
        return said
    return ""


def is_ours(said: str) -> bool:
    """Whether the functions that are no commands raised what they promise to."""
    return said.splitlines()[-1].startswith(("stepup_equity.errors.", "KeyboardInterrupt"))


def judged(job: Job, before: dict[str, bytes], after: dict[str, bytes], at: int, fault: str) -> str:
    put(before)
    status, _, said = once(job, at, *FAULTS[fault])
    if job.journal and status < 0:
        clear_left_over(Path())
        clear_left_over(Path("out"))
    found = wrong(job, before, after, status, said)
    if found or not fault.startswith("killed"):
        return found
    status, _, said = once(job, 0, COUNT, 0)  # may find that all is done already
    left = [path.name for path in Path().rglob("*") if is_workplace(path.name)]
    if held() != after or left:
        return f"the next run ended with {status}, left {left}: {said}"
    return ""


def run(name: str, place: Path) -> int:
    job = JOBS[name]
    os.chdir(place)
    for file_name, content in MINE.items():
        Path(file_name).parent.mkdir(parents=True, exist_ok=True)
        Path(file_name).write_text(content, encoding="utf-8")
    for step in job.before:
        once(Job(lambda step=step: 0 * bool(step()), ()), 0, COUNT, 0)
    before = held()
    status, calls, said = once(job, 0, COUNT, 0)
    after = held()
    if status != 0:
        print(f"without a fault: {status}: {said}")
        return 1
    tried = bad = 0
    for at in range(1, calls + 1, job.each):
        for fault in job.faults:
            tried += 1
            found = judged(job, before, after, at, fault)
            if found:
                bad += 1
                print(f"call {at} of {calls}, {fault}: {found}", flush=True)
    print(f"{name}: {calls} calls, {tried} faults, {bad} wrong")
    return min(bad, 1)


if __name__ == "__main__":
    for module in ("pandas", "pyarrow.parquet", "matplotlib.figure", "stepup_equity.presentation.writing"):
        importlib.import_module(module)

    raise SystemExit(run(sys.argv[1], Path(sys.argv[2])))
