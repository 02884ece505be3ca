"""Zip files that come out the same for the same input, whenever and wherever they are written."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest moment a zip file can name: every part, and the document itself, is dated so."""


def repacked(
    data: bytes, *, edit: Mapping[str, Callable[[bytes], bytes]], drop: Collection[str] = ()
) -> bytes:
    """The same archive with every part dated `EPOCH`, some edited, some left out.

    Parameters
    ----------
    data : bytes
        A zip file.
    edit : mapping of str to function
        Part name to what becomes of its bytes.
    drop : collection of str
        Prefixes of the parts to leave out.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            if part.filename.startswith(tuple(drop)):
                continue
            content = old.read(part)
            change = edit.get(part.filename)
            entry = zipfile.ZipInfo(part.filename, EPOCH)
            entry.compress_type = part.compress_type
            entry.create_system = 3  # else the platform that wrote it would show
            entry.external_attr = 0o644 << 16
            new.writestr(entry, content if change is None else change(content))
    return out.getvalue()
