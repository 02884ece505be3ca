"""Room for temporary files where the system offers none, as in a container whose root can only be read."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stepup_equity.output.places import workplace

if TYPE_CHECKING:
    from collections.abc import Iterator


_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_SAYS_WHERE: Final = ("TMPDIR", "MPLCONFIGDIR")


@contextmanager
def room_beside(out: Path) -> Iterator[None]:
    """Let temporary files go to memory, or else to where the output goes, if they have no other place.

    Parameters
    ----------
    out : Path
        Of the output; need not be there.
    """
    place = None if _has_room() else _next_best(out)
    if place is None:
        yield
        return
    earlier = {name: os.environ.get(name) for name in _SAYS_WHERE}
    with workplace(place) as work:
        room = work / "new"
        room.mkdir()
        os.environ |= dict.fromkeys(_SAYS_WHERE, str(room))
        tempfile.tempdir = None  # to be looked for again
        try:
            yield
        finally:
            tempfile.tempdir = None
            for name, value in earlier.items():
                os.environ.pop(name)
                if value is not None:
                    os.environ[name] = value


def _has_room() -> bool:
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        return False
    return True


def _next_best(out: Path) -> Path | None:
    there = (place for place in (_MEMORY, out, *out.parents) if place.is_dir())
    return next((place for place in there if os.access(place, os.W_OK | os.X_OK)), None)
