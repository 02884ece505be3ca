"""Places to work in beside what is written, and what is left of them when a run was killed.

A run works under a name that nobody else gives, and holds a lock on it. Another run that finds such a place
unlocked knows that its owner is gone: it takes back what a journal says was half done, and clears the place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import OutputError
from stepup_equity.output.system import hold, move, sync_folder, write_synced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


PREFIX: Final = ".stepup-equity-"
_NAME: Final = re.compile(r"\.stepup-equity-[a-z0-9_]{8}")
_PARTS: Final = frozenset({"new", "old", "journal.json", "journal.part"})
_JOURNAL: Final = "journal.json"
_DAY: Final = 86_400
_OURS: Final[set[str]] = set()
"""Names of the places this process works in."""


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """A folder of our own in `parent`; at the end, what was half done is taken back, and the folder goes."""
    while True:
        work = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        held = hold(work)
        if work.exists():
            break
        _let_go(held)  # another run took it for left over
    _OURS.add(work.name)
    try:
        yield work
    finally:
        _OURS.discard(work.name)
        _clear(work)
        _let_go(held)


@contextmanager
def workfile(parent: Path) -> Iterator[Path]:
    """An empty file of our own in `parent`; at the end it goes, where it was not given another name."""
    while True:
        handle, name = tempfile.mkstemp(prefix=PREFIX, dir=parent)
        os.close(handle)
        work = Path(name)
        held = hold(work)
        if work.exists():
            break
        _let_go(held)
    try:
        yield work
    finally:
        work.unlink(missing_ok=True)
        _let_go(held)


def _let_go(held: int | None) -> None:
    if held is not None:
        os.close(held)


def is_workplace(name: str) -> bool:
    """Whether only a run of ours gives such a name."""
    return _NAME.fullmatch(name) is not None


def is_ours(name: str) -> bool:
    """Whether this process works in a place of this name."""
    return name in _OURS


def clear_left_over(parent: Path) -> None:
    """Take back and clear what runs that were killed left in a folder.

    Raises
    ------
    OutputError
        Where an earlier output cannot be put back, because something else stands in its place.
    """
    try:
        found = [path for path in parent.iterdir() if is_workplace(path.name) and not path.is_symlink()]
    except OSError:
        return
    for work in found:
        if _abandoned(work):
            _clear(work)


def _abandoned(work: Path) -> bool:
    """Whether the run that made it is gone, and nothing else lies there."""
    try:
        held = hold(work)
        if held is None and time.time() - work.stat().st_mtime < _DAY:
            return False
        _let_go(held)
        return not work.is_dir() or {path.name for path in work.iterdir()} <= _PARTS
    except OSError:
        return False


def _clear(work: Path) -> None:
    if work.is_dir():
        _take_back(work)
        shutil.rmtree(work, ignore_errors=True)
        return
    work.unlink(missing_ok=True)


def move_all(work: Path, moves: Sequence[tuple[Path, Path]]) -> None:
    """Give each path its new name, all of them or none.

    What is to be done is written down first, so that a later run can take it back where this one is killed.

    Parameters
    ----------
    work : Path
        Our `workplace`.
    moves : sequence of (Path, Path)
        From and to; nothing stands at the latter.
    """
    names = [
        [os.path.relpath(source, work.parent), os.path.relpath(goal, work.parent)] for source, goal in moves
    ]
    write_synced(work / "journal.part", json.dumps(names).encode())
    (work / "journal.part").rename(work / _JOURNAL)
    sync_folder(work)
    for source, goal in moves:
        move(source, goal)
    sync_folder(work.parent)
    (work / _JOURNAL).unlink()
    sync_folder(work)


def _take_back(work: Path) -> None:
    """Undo what the journal says was begun."""
    try:
        names = json.loads((work / _JOURNAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return  # nothing was begun
    moves = [(work.parent / source, work.parent / goal) for source, goal in names]
    for source, goal in reversed(moves):
        if os.path.lexists(goal) and not os.path.lexists(source):
            move(goal, source)
    for source, goal in moves:
        if work in goal.parents and os.path.lexists(goal):
            raise OutputError(
                f"An earlier run was stopped, and something else now stands where {source.name} was. "
                f"What was there before is kept as {goal.relative_to(work.parent)}. Move one of the two."
            )
    (work / _JOURNAL).unlink()
    sync_folder(work.parent)
