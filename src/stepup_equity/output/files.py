"""One file, written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import ArgumentError
from stepup_equity.output.faults import faults_in_words, refuse_inputs
from stepup_equity.output.places import clear_left_over, workfile
from stepup_equity.output.system import sync_folder, write_synced

if TYPE_CHECKING:
    from collections.abc import Iterable


_ALL: Final = 0o666


def check_file(path: str | os.PathLike[str], *, inputs: Iterable[str | Path] = ()) -> Path:
    """The path, if a file may be written there; an earlier file may stand there.

    Parameters
    ----------
    path : str or path
    inputs : iterable of path
        What is read: none of it may be written over.

    Raises
    ------
    ArgumentError
        Where a folder or a symbolic link is there, or what is read.
    OutputError
        Where the system says no.
    """
    goal = Path(path)
    with faults_in_words(goal):
        if goal.is_dir():
            raise ArgumentError(f"{goal.name or goal} is a folder. Name a file to write.")
        if goal.is_symlink() and (goal.is_file() or not goal.exists()):
            raise ArgumentError(f"{goal.name} is a symbolic link. Name the file that it stands for.")
        refuse_inputs(goal, inputs)
        if not stat.S_ISDIR(goal.parent.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        clear_left_over(goal.parent)
    return goal


def write_file(path: str | os.PathLike[str], content: bytes, *, inputs: Iterable[str | Path] = ()) -> Path:
    """Write a file beside, then give it its name in one step.

    Parameters
    ----------
    path : str or path
        A file that is there is replaced.
    content : bytes
    inputs : iterable of path
        As in `check_file`, which looks again.

    Returns
    -------
    Path
    """
    goal = check_file(path, inputs=inputs)
    with faults_in_words(goal):
        before = goal.stat() if goal.exists() else None
        if before is not None and not stat.S_ISREG(before.st_mode):
            goal.write_bytes(content)  # a device or a pipe
        elif before is not None and (goal.is_mount() or not os.access(goal.parent, os.W_OK)):
            _write_in_place(goal, content)
        else:
            _write_beside(goal, content, _ALL & ~_umask() if before is None else before.st_mode)
    return goal


def _write_beside(goal: Path, content: bytes, mode: int) -> None:
    with workfile(goal.parent) as work:
        write_synced(work, content)
        work.chmod(stat.S_IMODE(mode))
        work.replace(goal)
        sync_folder(goal.parent)


def _write_in_place(goal: Path, content: bytes) -> None:
    """Where only the file itself may be written, its earlier bytes are put back if that fails."""
    earlier = goal.read_bytes()
    try:
        write_synced(goal, content)
    except BaseException:
        write_synced(goal, earlier)
        raise


def _umask() -> int:
    """The permissions new files are made without; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
