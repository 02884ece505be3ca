"""A folder, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from stepup_equity.errors import ArgumentError, listed
from stepup_equity.given import check_made
from stepup_equity.output.faults import faults_in_words, refuse_closed, refuse_inputs
from stepup_equity.output.places import clear_left_over, is_ours, is_workplace, move_all, workplace
from stepup_equity.output.system import exchange, move, sync_folder, write_synced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


MADE_BY: Final = "stepup_equity"
_MANIFEST: Final = "manifest.json"
_LITTER: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What file managers leave in every folder."""

_NOT_BESIDE: Final = frozenset({errno.EXDEV, errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS})
"""What the system says of a folder that may be written in, but not be exchanged for another."""

_Seen: TypeAlias = dict[str, tuple[int, int, int]]


@dataclass(frozen=True, slots=True)
class Target:
    """A folder that may be written, and what stood there when that was decided.

    Attributes
    ----------
    path : Path
    seen : dict or None
        Its files, each with what tells whether it is still the same; None where there was no folder.
    """

    path: Path
    seen: _Seen | None = field(repr=False)


def check_folder(out: str | Path, *, force: bool, inputs: Iterable[str | Path] = ()) -> Target:
    """The folder, if it may be written.

    Parameters
    ----------
    out : str or Path
    force : bool
        Whether an earlier output may be replaced.
    inputs : iterable of path
        What is read: none of it may be written over.

    Raises
    ------
    ArgumentError
        Where something is there: an earlier output without `force`, or anything else, a file that was put
        into an earlier output or changed there among it.
    OutputError
        Where the system says no.
    """
    check_made(out, str, Path, argument="out", how="Give the path of a folder to write.")
    asked = Path(out)
    with faults_in_words(asked):
        if asked.is_symlink():
            raise ArgumentError(f"{asked.name} is a symbolic link. Name the folder that it stands for.")
        path = asked.resolve()
        refuse_inputs(path, inputs)
        refuse_closed(path)
        clear_left_over(path.parent)
        clear_left_over(path)
        if not path.exists():
            return Target(path, None)
        if not path.is_dir():
            raise ArgumentError(f"{path.name} is a file. Name a folder to write to.")
        seen = _look(path)
        if seen:
            _refuse_foreign(path, seen)
            if not force:
                raise ArgumentError(
                    f"The folder {path.name} holds an earlier report. Name another folder, or replace it "
                    "with force=True (on the command line --force)."
                )
        return Target(path, seen)


def _look(path: Path) -> _Seen:
    """Every file in a folder, with what tells whether it is still the same."""
    found = {}
    for name in _names(path):
        now = (path / name).lstat()
        found[name] = (now.st_size, now.st_mtime_ns, now.st_ino)
    return found


def _names(path: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(path):
        folders[:] = [name for name in folders if not is_ours(name)]
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        for name in (*files, *links):
            if name not in _LITTER:
                yield (Path(folder) / name).relative_to(path).as_posix()


def _refuse_foreign(path: Path, seen: _Seen) -> None:
    """Raise where a folder holds anything but an earlier output as it was written."""
    if any(is_workplace(name.split("/", maxsplit=1)[0]) for name in seen):
        raise ArgumentError(f"Another run is writing the folder {path.name}. Wait for it, or name another.")
    written = _written_files(path)
    if written is None:
        raise ArgumentError(
            f"The folder {path.name} holds files that are not a report. Name a new folder, or an empty one."
        )
    other = sorted(set(seen) - set(written) - {_MANIFEST})
    if other:
        raise ArgumentError(
            f"The folder {path.name} holds an earlier report, and beside it {listed(other, most=5)}. "
            "Move that to another place, or name another folder."
        )
    changed = [name for name in sorted(set(seen) & set(written)) if _checksum(path / name) != written[name]]
    if changed:
        raise ArgumentError(
            f"The folder {path.name} holds an earlier report in which {listed(changed, most=5)} was changed "
            "since it was written. Move the changed report to another place, or name another folder."
        )


def _written_files(path: Path) -> dict[str, str] | None:
    """The checksums of an earlier output by its own account; None where it gives none."""
    try:
        found = json.loads((path / _MANIFEST).read_text(encoding="utf-8"))
        if found["made_by"] != MADE_BY:
            return None
        return {str(name): str(facts["sha256"]) for name, facts in found["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _checksum(path: Path) -> str:
    if path.is_symlink():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_folder(target: Target, files: Mapping[str, bytes]) -> Path:
    """Write every file into a folder of our own, then let it take the target's place in one step.

    Where the target cannot be exchanged for another folder, since it is a mounted volume or where the command
    runs, its files are: one by one, by a journal that a later run takes back if this one is killed.

    Parameters
    ----------
    target : Target
        From `check_folder`. Nothing is written where it has changed since.
    files : mapping of str to bytes
        Paths within the folder, with ``/``.

    Returns
    -------
    Path
    """
    path = target.path
    with faults_in_words(path), _parents(path.parent):
        if _must_stay(path):
            _write_inside(target, files)
            return path
        try:
            _write_beside(target, files)
        except OSError as error:
            if error.errno not in _NOT_BESIDE or not path.is_dir():
                raise
            _write_inside(target, files)
    return path


class _parents:  # noqa: N801 - reads as a word
    """The folders on the way, which go again where nothing came of it."""

    def __init__(self, parent: Path) -> None:
        self._parent = parent
        self._made = [path for path in (parent, *parent.parents) if not path.exists()]

    def __enter__(self) -> None:
        self._parent.mkdir(parents=True, exist_ok=True)

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        for path in self._made if kind is not None else ():
            try:
                path.rmdir()
            except OSError:
                return


def _must_stay(path: Path) -> bool:
    """Whether the folder itself has to stay: a mounted volume, where we are, or in a place of others."""
    if not path.is_dir():
        return False
    return path.is_mount() or path.samefile(Path.cwd()) or not os.access(path.parent, os.W_OK | os.X_OK)


def _write_beside(target: Target, files: Mapping[str, bytes]) -> None:
    path = target.path
    with workplace(path.parent) as work:
        fresh, old = work / "new", work / "old"
        _fill(fresh, files)
        _look_again(target, path)
        if target.seen is None:
            move(fresh, path)
            sync_folder(path.parent)
            return
        shutil.copymode(path, fresh)
        if not exchange(fresh, path):
            move_all(work, [(path, old), (fresh, path)])
            return
        try:
            _look_again(target, fresh)  # what came out is what was decided about
        except BaseException:
            exchange(fresh, path)
            raise
        sync_folder(path.parent)


def _write_inside(target: Target, files: Mapping[str, bytes]) -> None:
    path = target.path
    with workplace(path) as work:
        fresh, old = work / "new", work / "old"
        _fill(fresh, files)
        old.mkdir()
        _look_again(target, path)
        leave = [(one, old / one.name) for one in sorted(path.iterdir()) if not is_ours(one.name)]
        enter = [(one, path / one.name) for one in sorted(fresh.iterdir()) if one.name != _MANIFEST]
        enter += [(one, path / one.name) for one in fresh.iterdir() if one.name == _MANIFEST]
        move_all(work, leave + enter)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    made = {folder}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_synced(path, content)
        made.add(path.parent)
    for one in made:
        sync_folder(one)


def _look_again(target: Target, where: Path) -> None:
    """Raise where the target is no longer what it was when it was checked."""
    now = _look(where) if where.exists() else None
    if now != target.seen:
        raise ArgumentError(
            f"The folder {target.path.name} changed while this was made, so it was left as it is. "
            "See what is there, and run this again."
        )
