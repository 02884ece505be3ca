"""Dates as files write them."""

from __future__ import annotations

import datetime as dt

__all__ = ["date_of", "instant_of"]


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
