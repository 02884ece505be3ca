"""Dates as files write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DATE_EXAMPLE", "date_of", "dates_in_words", "instant_of", "possible_dates"]

DATE_EXAMPLE: Final = 'date_format = "%d/%m/%Y"'
"""The line of a programme for dates such as 31/03/1985."""

_DATES_SHOWN: Final = 2
_LIKE_A_DATE: Final = re.compile(
    r"\d{1,4}([./ -])(\d{1,2}|[^\W\d_]{3,9})\1\d{2,4}([ T]\d{1,2}[:.]\d{2}([:.]\d{2})?( ?[ap]m)?)?",
    re.IGNORECASE,
)


def dates_in_words(values: Iterable[object]) -> str:
    """The first two of some dates that could not be read; what is nothing like a date is not shown.

    >>> dates_in_words(["03/01/2024", None, "13 Jan 2024 14:30", "QQ123456C"])
    "'03/01/2024', a blank, ..."
    >>> dates_in_words(["QQ123456C"])
    'something that is no date'
    """
    words = list(dict.fromkeys(map(_date_in_words, values)))
    return ", ".join([*words[:_DATES_SHOWN], *(["..."] if len(words) > _DATES_SHOWN else [])])


def possible_dates(form: str) -> str:
    """Dates that can be read where they are written in this form, or in none.

    >>> possible_dates("%d/%m/%Y")
    'dates such as 03/01/2024 or 2024-01-03'
    """
    day = dt.date(2024, 1, 3)
    return f"dates such as {f'{day.strftime(form)} or ' if form else ''}{day}"


def _date_in_words(value: object) -> str:
    text = "" if value is None else str(value).strip()
    if not text:
        return "a blank"
    return repr(text) if _LIKE_A_DATE.fullmatch(text) else "something that is no date"


def instant_of(value: object, form: str = "") -> dt.datetime | None:
    """A point in time from a raw value, or None where it is none.

    Parameters
    ----------
    value : object
        A date, a datetime or a text.
    form : str
        As in `strptime`; empty for ISO 8601, with or without a time.

    Examples
    --------
    >>> instant_of("2010-09-01 14:30")
    datetime.datetime(2010, 9, 1, 14, 30)
    >>> instant_of("01/09/2010", "%d/%m/%Y")
    datetime.datetime(2010, 9, 1, 0, 0)
    >>> instant_of("2010-02-30") is None
    True
    """
    if isinstance(value, dt.datetime):
        return _plain(value)
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - files have no time zone
    text = str(value).strip()
    try:
        return _plain(dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text))  # noqa: DTZ007
    except ValueError:
        if form:
            return instant_of(text)  # workbooks hold real dates, which come as ISO whatever the form says
        return None


def _plain(value: dt.datetime) -> dt.datetime:
    """Without its zone, in universal time where it has one."""
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


def date_of(value: object, form: str = "") -> dt.date | None:
    """A day from a raw value, or None where it is none.

    >>> date_of("1985-03-31")
    datetime.date(1985, 3, 31)
    """
    instant = instant_of(value, form)
    return None if instant is None else instant.date()
