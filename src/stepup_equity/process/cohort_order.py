"""The natural order of cohort labels: 9 before 10, One before Two, Spring 2010 before Autumn 2010."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


Key = tuple[tuple[int, float, str], ...]

_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_ORDINALS: Final = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
]
_TENS: Final = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBERS: Final[dict[str, int]] = {
    **{word: i for i, word in enumerate(_ONES)},
    **{word: i for i, word in enumerate(_ORDINALS)},
    **{word: 10 * (i + 2) for i, word in enumerate(_TENS)},
    **{f"{word[:-1]}ieth": 10 * (i + 2) for i, word in enumerate(_TENS)},
}
_MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_SEASONS: Final = {"spring": 4, "summer": 7, "autumn": 10, "fall": 10, "winter": 12.5}
_PARTS: Final[dict[str, float]] = {
    **{month: i + 1 for i, month in enumerate(_MONTHS)},
    **{month[:3]: i + 1 for i, month in enumerate(_MONTHS)},
    "sept": 9,
    **_SEASONS,
}
"""Where in a year a month or season lies, in months; winter ends the year that it is named with."""

_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+")
_DAY_FIRST: Final = re.compile(r"(?<!\d)(\d{1,2})[./-](\d{1,2})[./-]((?:19|20)\d\d)(?!\d)")
_SPAN: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*[-/–—]\s*(\d{4}|\d\d)(?!\d)")
_SHORT_SPAN: Final = re.compile(r"(?<!\d)(\d\d)\s*[-/–—]\s*(\d\d)(?!\d)")
_YEAR: Final = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SHORT_YEAR: Final = re.compile(r"(?:\bfy|\bay|['’])\s*(\d\d)(?!\d)")
_ROMAN: Final = re.compile(r"(x{0,3})(ix|iv|v?i{0,3})")
_TURN: Final = 70
"""Two digits from here on are of the twentieth century."""


def natural_order(labels: Iterable[str]) -> tuple[str, ...]:
    """Labels of cohorts, the earliest first; the order they come in changes nothing.

    Years come first (four digits, 2009/10, FY10), then the month, season or rest of the label; numbers
    count as numbers, whether in digits, words or Roman. In a span of two years autumn comes before spring.

    Examples
    --------
    >>> natural_order(["10", "9"])
    ('9', '10')
    >>> natural_order(["Cohort Two", "Cohort One", "Cohort Three"])
    ('Cohort One', 'Cohort Two', 'Cohort Three')
    >>> natural_order(["Autumn 2010", "Spring 2011", "Spring 2010"])
    ('Spring 2010', 'Autumn 2010', 'Spring 2011')
    >>> natural_order(["2000/01", "1999/00", "2009-10"])
    ('1999/00', '2000/01', '2009-10')
    """
    once = sorted(set(labels))
    roman = _all_roman(once)
    keys = {label: (_key(label, roman), label) for label in once}
    return tuple(sorted(once, key=keys.__getitem__))


def year_in(label: str) -> int | None:
    """The year that a label names, the first of a span; None where it names none.

    Examples
    --------
    >>> year_in("2009/10"), year_in("Cohort 5"), year_in("Autumn 2010"), year_in("99/00")
    (2009, None, 2010, 1999)
    """
    return _dated(_plain(label))[0]


def _plain(label: str) -> str:
    return unicodedata.normalize("NFKC", label).casefold()


def _key(label: str, roman: bool) -> Key:
    """What a label is sorted by: its year and place in the year, then its numbers and words."""
    year, part, rest = _dated(_plain(label))
    tokens = _tokens(rest)
    if roman:
        tokens = [*tokens[:-1], *((_roman_value(token) or token) for token in tokens[-1:])]
    behind = tuple((0, float(token), "") if isinstance(token, int) else (1, 0.0, token) for token in tokens)
    first = (1, 0.0, "") if year is None else (0, float(year), "")
    return (first, (0, part, ""), *behind)


def _dated(text: str) -> tuple[int | None, float, str]:
    """The year a text names, the month in it (0 where none is named), and the rest of the text."""
    if day := _DAY_FIRST.search(text):
        numbers = [int(number) for number in day.groups()]
        return numbers[2], numbers[1] + numbers[0] / 100, _without(text, day)
    span = _span(text)
    found = span or _YEAR.search(text) or _SHORT_YEAR.search(text)
    year = None if found is None else _full(found[1])
    rest = text if found is None else _without(text, found)
    part = 0.0
    for word in re.findall(r"[^\W\d_]+", rest):
        if word in _PARTS and (year is not None or word in _SEASONS or word in _MONTHS):
            part = _PARTS[word]
            rest = re.sub(rf"\b{word}\b", " ", rest, count=1)
            break
    if span is not None and 0 < part < _FIRST_OF_SPAN:
        part += 12
    return year, part, rest


_FIRST_OF_SPAN: Final = 8
"""Months before August belong to the second year of a span."""


def _span(text: str) -> re.Match[str] | None:
    """A span of two years that follow each other, such as 2009/10 or 09/10."""
    for pattern in (_SPAN, _SHORT_SPAN):
        for found in pattern.finditer(text):
            if (_full(found[1]) + 1) % 100 == int(found[2]) % 100:
                return found
    return None


def _full(digits: str) -> int:
    number = int(digits)
    if len(digits) == 4:
        return number
    return number + (1900 if number >= _TURN else 2000)


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _tokens(text: str) -> list[int | str]:
    """Words and numbers of a text; number words are numbers, and "twenty-one" is one of them."""
    tokens: list[int | str] = []
    open_tens = False
    for token in _TOKEN.findall(text):
        number = int(token) if token.isdecimal() else _NUMBERS.get(token)
        if number is not None and open_tens and 0 < number < 10:
            tokens[-1] = int(tokens[-1]) + number
            open_tens = False
            continue
        tokens.append(token if number is None else number)
        open_tens = token in _TENS
    return [token for token in tokens if token not in ("st", "nd", "rd", "th")]


def _all_roman(labels: list[str]) -> bool:
    """Whether the last words of all labels are Roman numerals, one of them of two letters or more."""
    last = [tokens[-1] if (tokens := _tokens(_dated(_plain(label))[2])) else "" for label in labels]
    valid: Callable[[int | str], bool] = lambda word: isinstance(word, str) and _roman_value(word) is not None  # noqa: E731
    return len(last) > 1 and all(map(valid, last)) and any(len(str(word)) > 1 for word in last)


def _roman_value(word: int | str) -> int | None:
    found = _ROMAN.fullmatch(word) if isinstance(word, str) and word else None
    if found is None:
        return None
    units = {"ix": 9, "iv": 4}.get(found[2])
    if units is None:
        units = 5 * found[2].startswith("v") + found[2].count("i")
    return 10 * len(found[1]) + units
