"""What is asked of the operating system: names exchanged in one step, locks, bytes on the disk."""

from __future__ import annotations

import ctypes
import errno
import os
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from pathlib import Path


_HERE: Final = -100
_NO_REPLACE: Final = 1
_EXCHANGE: Final = 2
_UNKNOWN: Final = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


@cache
def _renameat2() -> Any:
    """The call of Linux that exchanges two names, or None."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    return call


def _renamed(one: Path, other: Path, flag: int) -> bool:
    """Whether the system knows how; raises where it knows and may not."""
    call = _renameat2()
    if call is None:
        return False
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), flag) == 0:
        return True
    number = ctypes.get_errno()
    if number in _UNKNOWN:
        return False
    raise OSError(number, os.strerror(number), str(one), None, str(other))


def exchange(one: Path, other: Path) -> bool:
    """Let two paths take each other's names in one step; False where the system cannot."""
    return _renamed(one, other, _EXCHANGE)


def move(source: Path, goal: Path) -> None:
    """Give a path a new name that nothing has.

    Raises
    ------
    OSError
        Where something stands there.
    """
    if _renamed(source, goal, _NO_REPLACE):
        return
    if os.path.lexists(goal):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(goal))
    source.rename(goal)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file, and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Wait until the disk has the names in a folder, where the system lets us; the names hold either way."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def hold(path: Path) -> int | None:
    """Hold a path until the process ends or closes the handle; None where another does, or none can."""
    try:
        import fcntl

        handle = os.open(path, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle
