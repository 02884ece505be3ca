"""Numbers as people print them: one way of writing a file, found from all its cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.process.phrases import is_hidden, plain_label

if TYPE_CHECKING:
    from collections.abc import Iterable


HIDDEN: Final = -1
"""A number that the table does not show."""
BLANK: Final = -2
FRACTION: Final = -3
"""A percentage, or a number that is not whole: no number of people."""
WORDS: Final = -4


@dataclass(frozen=True, slots=True)
class BadCell:
    """What is said of cells that hold no number of people.

    Attributes
    ----------
    kind, sentence, remedy : str
        The problem's code, what was found, and what to do.
    """

    kind: str
    sentence: str
    remedy: str


BAD_CELLS: Final = {
    FRACTION: BadCell(
        "not_a_number_of_people",
        "values that are not a whole number of people: counts of people are needed, not percentages.",
        "Give the numbers of people.",
    ),
    WORDS: BadCell(
        "not_a_number_of_people",
        "values that are not a whole number of people.",
        "Write 0 for nobody, and * where the number is hidden.",
    ),
    BLANK: BadCell(
        "number_blank",
        "blanks in place of a number of people.",
        "Write 0 for nobody, and * where the number is hidden: a blank is neither.",
    ),
}
"""By what `Convention.people` makes of them, wherever numbers of people are read."""
WHOLE_OR_HIDDEN: Final = "0, 1, 2, ... or a mark such as * for a hidden number"

_MOST_PEOPLE: Final = 1 << 53
"""Beyond it whole numbers are no longer exact."""
_SPACES: Final = " \u00a0\u202f\u2009"
_NUMBER: Final = re.compile(rf"[+-]?\d[\d.,'’{_SPACES}]*|[+-]?[.,]\d+")
_WITH_SHARE: Final = re.compile(rf"(\d[\d.,'’{_SPACES}]*?)\s*\(\s*<?\s*[\d.,]+\s*(%|per ?cent)?\s*\)")
_SHARE: Final = re.compile(r"[+-]?[\d.,]+\s*(%|per ?cent|pct|p\.? ?c\.?)", re.IGNORECASE)
_GROUPED: Final = {
    ",": re.compile(r"[1-9]\d{0,2}(,\d{3})+"),
    ".": re.compile(r"[1-9]\d{0,2}(\.\d{3})+"),
    " ": re.compile(rf"[1-9]\d{{0,2}}([{_SPACES}]\d{{3}})+"),
    "'": re.compile(r"[1-9]\d{0,2}(['’]\d{3})+"),
}


@dataclass(frozen=True, slots=True)
class Convention:
    """How a file writes its numbers.

    Attributes
    ----------
    thousands : frozenset of str
        What may stand between thousands: ``","``, ``"."``, ``" "`` or ``"'"``.
    decimal : str
        The decimal mark; ``"."`` where none occurs.
    doubt : tuple of str
        Cells that cannot be read in one way, as they are printed; empty where all can.
    """

    thousands: frozenset[str] = frozenset({",", " ", "'"})
    decimal: str = "."
    doubt: tuple[str, ...] = ()

    def number(self, text: str) -> float:
        """The number of a cell, NaN where it is none; a share in brackets behind it does not count.

        >>> Convention().number("1,200"), Convention().number("117 (12.7%)")
        (1200.0, 117.0)
        """
        core = _core(text)
        if core is None:
            return np.nan
        for mark in self.thousands:
            if _GROUPED[mark].fullmatch(core.split(self.decimal)[0]):
                core = re.sub(rf"[{_SPACES}'’]" if mark in " '" else re.escape(mark), "", core)
                break
        try:
            return float(core.replace(self.decimal, ".", 1) if self.decimal != "." else core)
        except ValueError:
            return np.nan

    def people(self, value: object) -> int:
        """A whole number of people, or why there is none: hidden, blank, a fraction, or words.

        >>> found = Convention()
        >>> found.people("1,200"), found.people("*") == HIDDEN, found.people("48.2") == FRACTION
        (1200, True, True)
        """
        if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
            return int(value) if 0 <= value <= _MOST_PEOPLE else WORDS
        if isinstance(value, (float, np.floating)):
            return _whole(float(value)) if value == value else BLANK
        text = "" if value is None else str(value).strip()
        if not text or text.casefold() == "nan":
            return BLANK
        if _SHARE.fullmatch(text):
            return FRACTION
        if is_hidden(text):
            return HIDDEN
        number = self.number(text)
        return WORDS if number != number else _whole(number)


def _whole(number: float) -> int:
    if not 0 <= number < _MOST_PEOPLE:  # from there on a float no longer knows its neighbours
        return WORDS
    return int(number) if number.is_integer() else FRACTION


def _core(text: str) -> str | None:
    """The digits and marks of a number, without footnotes and a share behind it."""
    text = plain_label(text.strip())
    with_share = _WITH_SHARE.fullmatch(text)
    if with_share:
        text = with_share[1]
    return text.strip() if _NUMBER.fullmatch(text.strip()) else None


def is_number(value: object) -> bool:
    """Whether a cell prints a number of any kind, a share too.

    >>> is_number("1.234,5"), is_number("12 %"), is_number("16-29"), is_number("*")
    (True, True, False, False)
    """
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        return value == value
    text = "" if value is None else str(value).strip()
    return bool(text) and (_core(text) is not None or _SHARE.fullmatch(text) is not None)


def convention_of(cells: Iterable[object]) -> Convention:
    """The one way in which all these cells write numbers.

    A mark that stands before anything but three digits is a decimal mark; one that comes twice in a number
    parts thousands. Where a mark stands before three digits only, it parts thousands, since numbers of
    people have no decimals; but a point does so only where numbers below a thousand stand without one.

    Examples
    --------
    >>> convention_of(["2.000", "1.000", "1"]).people("2.000")
    2000
    >>> convention_of(["48,2", "51,8"]).people("48,2") == FRACTION
    True
    >>> convention_of(["2.000", "1.000"]).doubt
    ('2.000',)
    """
    texts = [text for cell in cells if isinstance(cell, str) and (text := _core_of_share(cell)) is not None]
    comma, point = _evidence(texts, ",", "."), _evidence(texts, ".", ",")
    doubt = [*comma.contradiction, *point.contradiction]
    if comma.decimal and point.decimal:
        doubt += [comma.decimal[0], point.decimal[0]]
    if comma.decimal:
        return Convention(frozenset({".", " ", "'"}), ",", tuple(doubt[:2]))
    usual = frozenset({",", " ", "'"})
    if point.decimal:
        return Convention(usual, ".", tuple(doubt[:2]))
    if point.grouped:
        if comma.grouped or comma.sure:
            doubt += [(comma.grouped or comma.sure)[0], point.grouped[0]]
        elif not point.sure and not _points_part_thousands(texts):
            doubt.append(point.grouped[0])
        return Convention(frozenset({".", " ", "'"}), ",", tuple(doubt[:2]))
    return Convention(usual, ".", tuple(doubt[:2]))


def _core_of_share(cell: str) -> str | None:
    share = _SHARE.fullmatch(cell.strip())
    return _core(re.split(r"[%a-zA-Z]", cell.strip())[0].strip()) if share else _core(cell)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What numbers say of one mark: where it can only part thousands, where only decimals, where both."""

    sure: list[str]
    decimal: list[str]
    grouped: list[str]

    @property
    def contradiction(self) -> list[str]:
        return [self.sure[0], self.decimal[0]] if self.sure and self.decimal else []


def _evidence(texts: list[str], mark: str, other: str) -> _Evidence:
    sure: list[str] = []
    decimal: list[str] = []
    grouped: list[str] = []
    for text in texts:
        if mark not in text:
            continue
        whole, _, rest = text.rpartition(mark)
        if text.count(mark) > 1 or (other in rest):
            (sure if _GROUPED[mark].fullmatch(text.split(other)[0]) else decimal).append(text)
        elif other in whole or not _GROUPED[mark].fullmatch(text):
            decimal.append(text)
        else:
            grouped.append(text)
    return _Evidence(sure, decimal, grouped)


def _points_part_thousands(texts: list[str]) -> bool:
    """Whether numbers below a thousand have no point, and none above lacks it."""
    plain = [text for text in texts if text.isdecimal() and text != "0"]
    return bool(plain) and all(len(text) <= 3 for text in plain)


def decimal_of(text: str, convention: Convention | None = None) -> float:
    """A number, percentages too, in whichever of the two ways it is written; NaN where it is none.

    Parameters
    ----------
    text : str
    convention : Convention, optional
        How its file writes numbers; by default what the text itself shows, where a lone point before three
        digits is a decimal mark.

    Examples
    --------
    >>> decimal_of("42,3 %"), decimal_of("1,200"), decimal_of("5.7")
    (42.3, 1200.0, 5.7)
    """
    core = _core_of_share(text)
    if core is None:
        return np.nan
    negative = core.startswith("-")
    found = convention or convention_of([core])
    number = (Convention() if found.doubt and convention is None else found).number(core.lstrip("+-"))
    return -number if negative else number
