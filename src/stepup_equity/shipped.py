"""Where the shipped schema and examples lie: inside the wheel, or in the repository."""

from __future__ import annotations

from pathlib import Path


def shipped(relative: str) -> Path:
    """Path of a file or folder under ``data/``, such as ``"schema/codelists"``."""
    package = Path(__file__).parent
    for root in (package / "_data", package.parents[1] / "data"):
        if (root / relative).exists():
            return root / relative
    raise FileNotFoundError(f"The installation lacks its own file {relative!r}. Install stepup-equity again.")
