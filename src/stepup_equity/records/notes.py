"""Sentences that belong to a file and must stand on every output made from it."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.errors import DataError
from stepup_equity.text_files import text_in

if TYPE_CHECKING:
    from pathlib import Path


APPLICATIONS_NOTE: Final = (
    "Every number counts applications, and one person may stand in several. Tests and intervals take "
    "applications as independent, so they are surer of themselves than they should be."
)
"""What stands on every output of a programme that counts applications."""


def source_notes(path: Path | None) -> tuple[str, ...]:
    """Notes from ``NAME.meta.toml`` beside ``NAME.csv``; none where there is no such file.

    Raises
    ------
    DataError
        Where the file of notes is not TOML.
    """
    return tuple(str(note) for note in _beside(path).get("notes", []))


def source_cohort(path: Path | None) -> str:
    """The file's one cohort, as ``NAME.meta.toml`` beside it calls it; empty where it does not."""
    return " ".join(str(_beside(path).get("cohort_label", "")).split())


def _beside(path: Path | None) -> dict[str, Any]:
    """What ``NAME.meta.toml`` beside a file says."""
    meta = None if path is None else path.with_suffix(".meta.toml")
    if meta is None or not meta.is_file():
        return {}
    try:
        return tomllib.loads(text_in(meta))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{meta.name} is not valid TOML: {error}. Correct it or remove it.") from None
