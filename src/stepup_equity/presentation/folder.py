"""A folder written all or not at all."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from stepup_equity.errors import ArgumentError
from stepup_equity.presentation.manifest import MADE_BY

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_folder", "write_folder"]


def check_folder(out: str | Path, *, force: bool) -> Path:
    """The folder, if it may be written.

    Raises
    ------
    ArgumentError
        Where something is there: an earlier report without `force`, or anything else.
    """
    path = Path(out)
    if not path.exists():
        return path
    if not path.is_dir():
        raise ArgumentError(f"{path.name} is a file. Name a folder to write to.")
    if not any(path.iterdir()):
        return path
    if not _is_ours(path):
        raise ArgumentError(
            f"The folder {path.name} holds files that are not a report. Name a new folder, or an empty one."
        )
    if not force:
        raise ArgumentError(
            f"The folder {path.name} holds an earlier report. Name another folder, or replace it with "
            "force=True "
            "(on the command line --force)."
        )
    return path


def _is_ours(path: Path) -> bool:
    try:
        found = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("made_by") == MADE_BY


def write_folder(out: Path, files: Mapping[str, bytes]) -> Path:
    """Write every file into a temporary folder beside, then give it its name in one step.

    Parameters
    ----------
    out : Path
        Checked by `check_folder`; what is there is replaced.
    files : mapping of str to bytes
        Paths within the folder, with ``/``.
    """
    out = out.absolute()
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        fresh, old = work / "new", work / "old"
        for name, content in files.items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if out.exists():
            out.replace(old)
        try:
            fresh.replace(out)
        except OSError:
            if old.exists():
                old.replace(out)
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return out
