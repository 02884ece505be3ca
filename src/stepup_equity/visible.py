"""Text made visible: what a label of a file might do to a terminal, a page or a reader, it only shows."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
"""Control characters, those that turn the direction of writing or end a line, and halves of a character."""

_ALIKE: Final = str.maketrans(
    "АВЕКМНОРСТХІЈЅаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ",
    "ABEKMHOPCTXIJSaeopcyxijshdqwABEZHIKMNOPTYXovp",
)
"""Cyrillic and Greek letters, and the Latin ones that a reader takes them for."""


def looks_like(text: str) -> str:
    r"""What a reader sees of a text: without what is not seen, with Latin letters for those that look so.

    >>> looks_like("Fem\u0430le") == looks_like("Fe\u200bmale") == looks_like("female")
    True
    """
    seen = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(unicodedata.normalize("NFKC", seen).translate(_ALIKE).casefold().split())


def not_seen(*texts: str) -> str:
    r"""The characters by which texts differ though they look alike, in words; empty where there are none.

    >>> not_seen("Fem\u0430le", "Female")
    'U+0430 (cyrillic small letter a)'
    """
    odd = dict.fromkeys(letter for text in texts for letter in text if _is_odd(letter))
    return ", ".join(f"U+{ord(c):04X} ({unicodedata.name(c, 'no name').lower()})" for c in odd)


def _is_odd(letter: str) -> bool:
    return unicodedata.category(letter) == "Cf" or letter.translate(_ALIKE) != letter


def visible(text: str, *, keep: str = "") -> str:
    r"""Text in which every character that controls something is a mark.

    A control character becomes its picture (␛), another its number (‹U+202E›), half a character of two parts
    the replacement character.

    Parameters
    ----------
    text : str
    keep : str
        Characters that may stay, such as the end of a line.

    Examples
    --------
    >>> visible("\x1b[31mRED"), visible("a\u202eb"), visible("one\ntwo", keep="\n")
    ('␛[31mRED', 'a‹U+202E›b', 'one\ntwo')
    """
    if _HIDDEN.search(text) is None:
        return text
    return _HIDDEN.sub(lambda found: found[0] if found[0] in keep else _mark(found[0]), _whole(text))


def _whole(text: str) -> str:
    """Text in which two halves of a character are that character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _mark(letter: str) -> str:
    """What stands in the place of a character that controls something."""
    number = ord(letter)
    if number < 0x20:
        return chr(0x2400 + number)
    return "␡" if number == 0x7F else f"‹U+{number:04X}›"
