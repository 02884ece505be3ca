"""Bands of age as people write them: 25-34, under 25, 50 and over, 35 à 44 ans."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stepup_equity.process import normalise
from stepup_equity.start.labels import group_meant

if TYPE_CHECKING:
    from stepup_equity.start.view import Column


_OLDEST: Final = 120
_BAND: Final = re.compile(
    r"(\d{1,3})\s*(?:-|to|and|until|bis|à|a)\s*(\d{1,3})(?: years?| yrs| ans| jahre)?( old)?"
)
_BELOW: Final = re.compile(
    r"(?:under|below|less than|<|younger than|unter|moins de)\s*(\d{1,3})|(\d{1,3}) (?:and"
    r"|or) (?:under|below|younger|less)"
)
_ABOVE: Final = re.compile(
    r"(?:over|above|more than|>|older than|über|plus de)\s*(\d{1,3})|(\d{1,3})\s*(?:\+|(?:and|or"
    r"|&) (?:over"
    r"|above|older|more)|plus|(?: ans)? et plus)"
)


def bands_share(column: Column) -> float:
    """Share of the rows whose answer is an age band."""
    total = sum(column.stated.values())
    known = sum(n for label, n in column.stated.items() if ends_of(label) or group_meant(label, "age_band"))
    return known / total if total else 0.0


def ends_of(label: str) -> tuple[int, int] | None:
    """Lowest and highest age of a band; None where a label is none.

    >>> ends_of("25 to 34"), ends_of("Under 25"), ends_of("50 and over"), ends_of("Oct-19")
    ((25, 34), (0, 24), (50, 120), None)
    """
    text = normalise(label).removeprefix("aged ").removeprefix("age ").removesuffix(" ans")
    if match := _BAND.fullmatch(text):
        return int(match[1]), int(match[2])
    if match := _BELOW.fullmatch(text):
        return 0, int(match[1] or int(match[2]) + 1) - 1
    if match := _ABOVE.fullmatch(text):
        return int(match[2] or int(match[1]) + 1), _OLDEST
    return None
