"""How hard a text is to read: words to a sentence, and the grade of Flesch and Kincaid (1975)."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9“])")
_WORD = re.compile(r"[^\W_](?:[\w.,%'’-]*[\w%])?")


def sentences(text: str) -> list[str]:
    """Sentences of a text.

    >>> sentences("189 (9.0%) got a place. In 114 of them nothing follows.")
    ['189 (9.0%) got a place.', 'In 114 of them nothing follows.']
    """
    return [part for part in _SENTENCE.split(text.strip()) if part]


def words(text: str) -> list[str]:
    """Words of a text; a number is one.

    >>> words("2,095 people applied; 189 (9.0%) got in.")
    ['2,095', 'people', 'applied', '189', '9.0%', 'got', 'in']
    """
    return _WORD.findall(text)


def syllables(word: str) -> int:
    """Syllables of an English word, near enough: groups of vowels, a silent e left out.

    >>> [syllables(word) for word in ("people", "applied", "rate", "comparisons", "2,095")]
    [2, 2, 1, 4, 1]
    """
    plain = re.sub(r"[^a-z]", "", word.casefold())
    if not plain:
        return 1
    found = len(re.findall(r"[aeiouy]+", plain))
    silent = plain.endswith("e") and not plain.endswith(("le", "ee", "ie"))
    silent |= plain.endswith("ed") and plain[-3:-2] not in ("t", "d", "i") and found > 1
    return max(1, found - silent)


def grade(text: str) -> float:
    """The school grade that a text asks for.

    >>> round(grade("The cat sat on the mat."), 1)
    -1.4
    """
    said = words(text)
    per_sentence = len(said) / len(sentences(text))
    per_word = sum(map(syllables, said)) / len(said)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59
