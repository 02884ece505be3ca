"""How raw labels are compared: case, spaces, ampersands and unicode forms never matter."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
_QUOTES = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})


def normalise(raw: str) -> str:
    """The form in which two spellings of one label are equal.

    Examples
    --------
    >>> normalise("  Mixed White & Asian ")
    'mixed white and asian'
    >>> normalise("20–24")
    '20-24'
    """
    text = unicodedata.normalize("NFKC", raw).translate(_DASHES).translate(_QUOTES)
    return " ".join(text.replace("&", " and ").casefold().split())


def by_their_words(labels: Sequence[str], parents: Mapping[str, str | None] | None = None) -> list[str]:
    """Labels by number, or by the alphabet: a file's own order may be that of how many people they are.

    Parameters
    ----------
    labels : sequence of str
    parents : mapping of str to str or None, optional
        The broad group of each, beside which it stays.

    Examples
    --------
    >>> by_their_words(["Wales", "Scotland"]), by_their_words(["30 to 44", "45 or more", "under 30"])
    (['Scotland', 'Wales'], ['under 30', '30 to 44', '45 or more'])
    """
    numbered = all(re.search(r"\d", label) for label in labels)

    def key(label: str) -> tuple[int, bool, str]:
        number = re.search(r"\d+", label) if numbered else None
        first = int(number[0]) if number else 0
        return first, not re.match(r"(?i)\s*(under|below|less|up to|younger|fewer)", label), label.casefold()

    parent = parents or {}
    return sorted(labels, key=lambda label: (key(parent.get(label) or label), key(label)))
