"""A file that is not there, said before anything is loaded to read it with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from stepup_equity.errors import DataError, did_you_mean

_NAME_LENGTH: Final = 80


def refuse_missing(source: str | Path) -> None:
    """Refuse the path of a file or folder that is not there; an address, or a blank, is nothing to look for.

    Raises
    ------
    DataError
        Where nothing of that name is there.
    """
    path = Path(source)
    if str(source).strip() and "://" not in str(source) and not os.path.exists(path):  # noqa: PTH110 - any name
        raise missing_file(path)


def missing_file(path: Path) -> DataError:
    """The error for a file that is not there, with the nearest name beside it."""
    folder, name = (
        path.parent,
        path.name if len(path.name) <= _NAME_LENGTH else f"{path.name[:_NAME_LENGTH]}…",
    )
    is_folder = os.path.isdir(folder)  # noqa: PTH112 - false for a name that no system can hold
    names = [file.name for file in folder.iterdir()] if is_folder else []
    return DataError(f"There is no file {name!r}. Check the path.{did_you_mean(name, names)}")
