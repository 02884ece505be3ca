"""Who answers for a report: its title, who publishes it, when, and where to write."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from stepup_equity.errors import ArgumentError
from stepup_equity.given import check_made
from stepup_equity.visible import visible

_MAIL: Final = re.compile(r"[^\s@,;:<>()]+@[^\s@,;:<>()]+\.[^\s@,;:<>()]+")


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a page and a workbook say of their publisher; nothing is made up where nothing is given.

    Attributes
    ----------
    title : str
        In place of the programme's name.
    author : str
        Who publishes.
    contact : str
        An address of electronic mail, or one that starts with ``https://``: these are links. Anything else,
        such as a telephone number, is printed as it is.
    date : str
        As ``YYYY-MM-DD``. Not that of today unless given: the same input gives the same bytes.

    Raises
    ------
    ArgumentError
        A date that is none.

    Examples
    --------
    >>> Imprint(author="Equality team", date="2026-11-28").sentence
    'Published by Equality team on 28 November 2026.'
    """

    title: str = ""
    author: str = ""
    contact: str = ""
    date: str = ""

    def __post_init__(self) -> None:
        for name in ("title", "author", "contact", "date"):
            check_made(getattr(self, name), str, argument=name, how="Give a text.")
            object.__setattr__(self, name, visible(getattr(self, name), keep="\n"))
        if self.date:
            try:
                dt.date.fromisoformat(self.date)
            except ValueError:
                raise ArgumentError(
                    f"date={self.date!r} is not a day. Give year, month and day, such as 2026-11-28."
                ) from None

    @property
    def sentence(self) -> str:
        """Publisher, date and contact in words; empty where nothing is given."""
        parts = []
        if self.author or self.date:
            by = f" by {self.author}" if self.author else ""
            on = f" on {self._day}" if self.date else ""
            parts.append(f"Published{by}{on}.")
        if self.contact:
            parts.append(f"Contact: {self.contact.removeprefix('mailto:')}.")
        return " ".join(parts)

    @property
    def link(self) -> str:
        """Where a click on the contact leads; empty where it is neither a page nor an address of mail."""
        if self.contact.startswith("https://"):
            return self.contact
        address = self.contact.removeprefix("mailto:")
        return f"mailto:{address}" if _MAIL.fullmatch(address) else ""

    @property
    def _day(self) -> str:
        day = dt.date.fromisoformat(self.date)
        return f"{day.day} {day:%B} {day.year}"

    @property
    def facts(self) -> dict[str, str]:
        """What was given, for the manifest."""
        given = {"title": self.title, "author": self.author, "contact": self.contact, "date": self.date}
        return {f"report_{name}": value for name, value in given.items() if value}


NOBODY = Imprint()
