"""Text files that people write by hand or by a shell: UTF-8, or UTF-16 as PowerShell's ``>`` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path


_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")


def encoding_of(path: Path) -> str:
    """How a text file is encoded, by its first two bytes; what does not say so is UTF-8.

    Raises
    ------
    OSError
        Where the file cannot be read.
    """
    with path.open("rb") as file:
        return "utf-16" if file.read(2) in _UTF16 else "utf-8-sig"


def text_in(path: Path) -> str:
    """The text of a file, without a mark at its beginning.

    Raises
    ------
    OSError
        Where the file cannot be read.
    UnicodeDecodeError
        Where it is text in neither encoding.
    """
    return path.read_text(encoding=encoding_of(path))
