"""Labels as a sheet can hold them: one line, distinct, fit for the name of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.spreadsheets.model import printable
from stepup_equity.words.names import capital

if TYPE_CHECKING:
    from collections.abc import Sequence


def sentence(words: str) -> str:
    """Words as a sentence.

    >>> sentence("nobody reached this gate")
    'Nobody reached this gate.'
    """
    return f"{capital(words).rstrip('.')}."


def distinct(labels: Sequence[str]) -> list[str]:
    """Labels, with a number after one that has been used before.

    >>> distinct(["Eligible", "Screened", "eligible"])
    ['Eligible', 'Screened', 'eligible (2)']
    """
    seen: dict[str, int] = {}
    out = []
    for label in labels:
        seen[label.casefold()] = seen.get(label.casefold(), 0) + 1
        times = seen[label.casefold()]
        out.append(label if times == 1 else f"{label} ({times})")
    return out


def one_line(text: str) -> str:
    """A text without breaks, and with marks for what cannot be printed."""
    return " ".join(printable(text).split()) or "(no label)"


def identifier(name: str) -> str:
    """A name as part of a table's name: ASCII letters, digits and underscores.

    >>> identifier("ethnicity × religion")
    'ethnicity_religion'
    """
    words = "".join(c if c.isascii() and c.isalnum() else " " for c in name).split()
    return "_".join(words)[:100] or "characteristic"
