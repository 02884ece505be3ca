"""What the system says when something cannot be written, as a sentence."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from stepup_equity.errors import ArgumentError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


_NO_ENTRY: Final = "there is no permission to write there. Name another place, or ask who owns it"
_FULL: Final = "the disk is full. Make room, or name another place"
_WORDS: Final = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: "the quota of this account is used up. Make room, or name another place",
    errno.EACCES: _NO_ENTRY,
    errno.EPERM: _NO_ENTRY,
    errno.EROFS: "that place can only be read. Name another place",
    errno.ENAMETOOLONG: "the name is too long for this system. Name a shorter one",
    errno.ENOENT: "a folder on the way there is missing. Make it, or name another place",
    errno.ENOTDIR: "a part of the way there is a file. Name another place",
    errno.EFBIG: "a file may not be so large there. Name another place",
    errno.EIO: "the disk answered with an error. Name another place",
    errno.EEXIST: "something else was put there meanwhile. See what it is, and run this again",
    errno.EILSEQ: "this system cannot hold such a name. Name another",
}


@contextmanager
def faults_in_words(path: Path) -> Iterator[None]:
    """Say in a sentence why `path` was not written.

    Raises
    ------
    OutputError
        In place of what the system raised, and without its traceback.
    """
    try:
        yield
    except OutputError:
        raise
    except (OSError, ValueError) as error:
        if isinstance(error, ArgumentError):
            raise
        number = error.errno if isinstance(error, OSError) else None
        if number is None and not isinstance(error, OSError):
            why = "this system cannot hold such a name. Name another"
        else:
            why = _WORDS.get(number or 0) or str(getattr(error, "strerror", "") or error).lower()
        raise OutputError(
            f"{_short(path)} was not written: {why}. Whatever stood there before still does."
        ) from None


def _short(path: Path) -> str:
    name = path.name or str(path)
    return name if len(name) <= 80 else f"{name[:60]}… ({len(name)} characters)"


def refuse_closed(path: Path) -> None:
    """Nothing is worked out for a place that cannot be written.

    Raises
    ------
    OSError
        Where neither the folder nor what it lies in may be written, or a file is on the way there.
    """
    there = next(place for place in (path, *path.parents) if place.exists())
    if there != path and not there.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(there))
    if any(os.access(place, os.W_OK | os.X_OK) for place in {there, path.parent if there == path else there}):
        return
    closed = hasattr(os, "statvfs") and os.statvfs(there).f_flag & os.ST_RDONLY
    number = errno.EROFS if closed else errno.EACCES
    raise OSError(number, os.strerror(number), str(there))


def refuse_inputs(path: Path, inputs: Iterable[str | Path]) -> None:
    """Nothing may be written over, around or into what is being read.

    Parameters
    ----------
    path : Path
        Of the output; need not be there.
    inputs : iterable of path
        What the command reads. What is no file or folder, such as the address of a database, is passed over.

    Raises
    ------
    ArgumentError
        Where the output is an input, holds one, or lies in a folder that is read.
    """
    goal = path.resolve()
    for given in inputs:
        source = type(path)(given)
        try:
            if not source.exists():
                continue
            same = path.exists() and path.samefile(source)
            there = source.resolve()
        except (OSError, ValueError):
            continue
        if same or goal == there:
            raise ArgumentError(
                f"{path.name} is what is read, and would be written over. Give the output another name."
            )
        if goal in there.parents:
            raise ArgumentError(
                f"{source.name}, which is read, lies in the folder {path.name}, which would be written over. "
                "Name another folder."
            )
        if there.is_dir() and there in goal.parents:
            raise ArgumentError(
                f"{path.name} would lie in the folder {source.name}, which is read, and be read with it the "
                "next time. Name a place outside it."
            )
