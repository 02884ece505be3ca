"""Dates as files write them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable


DATE_EXAMPLE: Final = 'date_format = "%d/%m/%Y"'
"""The line of a programme for dates such as 31/03/1985."""

_DATES_SHOWN: Final = 2
_LIKE_A_DATE: Final = re.compile(
    r"\d{1,4}([./ -])(\d{1,2}|[^\W\d_]{3,9})\1\d{2,4}([ T]\d{1,2}[:.]\d{2}([:.]\d{2})?( ?[ap]m)?)?",
    re.IGNORECASE,
)


_UTC: Final = re.compile(r" ?(UTC|GMT|Z)$")
_TIME_BEHIND: Final = re.compile(
    r"(?P<day>.*\S)[ T,]+(?P<hour>\d{1,2}):(?P<rest>\d{2}(:\d{2}(\.\d+)?)?) ?((?P<half>[ap])\.?m\.?)?"
    r" ?(?P<zone>[+-]\d{2}:?\d{2})?",
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
    >>> instant_of("01/09/2010 02:30 pm", "%d/%m/%Y")
    datetime.datetime(2010, 9, 1, 14, 30)
    >>> instant_of("2010-02-30") is None
    True
    """
    found = _as_written(value, form)
    return None if found is None else _plain(found)


def _as_written(value: object, form: str) -> dt.datetime | None:
    """A date and time as a file writes them, in whatever zone."""
    if isinstance(value, dt.datetime):
        return value
    if isinstance(value, dt.date):
        return dt.datetime(value.year, value.month, value.day)  # noqa: DTZ001 - files have no time zone
    text = _UTC.sub("+00:00", str(value).strip())
    for one in dict.fromkeys(
        (form, form.split(" ", maxsplit=1)[0], "")
    ):  # workbooks hold real dates: ISO, whatever the form
        found = _by_form(text, one)
        if found is not None:
            return found
    return None


def _by_form(text: str, form: str) -> dt.datetime | None:
    """By a form, or by a form without a time and a time behind it."""
    try:
        return dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text)  # noqa: DTZ007
    except ValueError:
        behind = _TIME_BEHIND.fullmatch(text)
    if not form or behind is None:
        return None
    try:
        day = dt.datetime.strptime(behind["day"], form)  # noqa: DTZ007
    except ValueError:
        return None
    hour = (
        int(behind["hour"]) % 12 + 12 * (behind["half"].lower() == "p")
        if behind["half"]
        else int(behind["hour"])
    )
    try:
        time = dt.time.fromisoformat(f"{hour:02}:{behind['rest']}{behind['zone'] or ''}")
    except ValueError:
        return None
    return dt.datetime.combine(day.date(), time, time.tzinfo)


def _plain(value: dt.datetime) -> dt.datetime:
    """Without its zone, in universal time where it has one."""
    return value if value.tzinfo is None else value.astimezone(dt.UTC).replace(tzinfo=None)


def date_of(value: object, form: str = "") -> dt.date | None:
    """A day from a raw value as it is written, whatever its zone; None where it is none.

    >>> date_of("1985-03-31T00:00:00+01:00")
    datetime.date(1985, 3, 31)
    """
    found = _as_written(value, form)
    return None if found is None else found.date()
