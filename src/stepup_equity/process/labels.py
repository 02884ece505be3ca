"""How raw labels are compared: case, spaces, ampersands and unicode forms never matter."""

from __future__ import annotations

import unicodedata

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
