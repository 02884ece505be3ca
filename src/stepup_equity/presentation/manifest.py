"""What a report was made of: counts of rows, programme, policy, versions, and a checksum of every file."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import stepup_equity
from stepup_equity.output import MADE_BY
from stepup_equity.presentation.in_units import files_in_unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


_PACKAGES: Final = ("matplotlib", "numpy", "pandas", "pyarrow", "scipy")


def manifest(facts: Mapping[str, Any], files: Mapping[str, bytes]) -> bytes:
    """The manifest as JSON.

    Parameters
    ----------
    facts : mapping
        Rows, programme, policy and the like.
    files : mapping of str to bytes
        Every other file of the folder.
    """
    whole = {
        "made_by": MADE_BY,
        "version": stepup_equity.__version__,
        **facts,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in sorted(files.items())
        },
    }
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def with_manifest(files: Mapping[str, bytes], facts: Mapping[str, Any]) -> dict[str, bytes]:
    """The files of a folder in the words of what is counted, and their manifest."""
    told = files_in_unit(files)
    return told | {"manifest.json": manifest(facts, told)}


def checksum_of(path: Path) -> str:
    """SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
