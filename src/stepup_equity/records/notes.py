"""Sentences that belong to a file and must stand on every output made from it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from stepup_equity.errors import DataError
from stepup_equity.text_files import text_in

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["source_notes"]


def source_notes(path: Path | None) -> tuple[str, ...]:
    """Notes from ``NAME.meta.toml`` beside ``NAME.csv``; none where there is no such file.

    Raises
    ------
    DataError
        Where the file of notes is not TOML.
    """
    if path is None:
        return ()
    meta = path.with_suffix(".meta.toml")
    if not meta.is_file():
        return ()
    try:
        notes = tomllib.loads(text_in(meta)).get("notes", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{meta.name} is not valid TOML: {error}. Correct it or remove it.") from error
    return tuple(str(note) for note in notes)
