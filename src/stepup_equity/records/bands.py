"""Bands of a number as people write them: by any dash or words, open below or above."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stepup_equity.process import normalise

if TYPE_CHECKING:
    from stepup_equity.process import Characteristic


Band = tuple[int | None, int | None]
"""Lowest and highest whole number, both ends included; None where it is open."""

_AGED: Final = re.compile(
    r"^(aged?|from|between|de|entre) |( years?( old| of age)?| yrs?| ans| a[nñ]os| jahre)\b"
)
_BETWEEN: Final = re.compile(r"(\d{1,3}) ?(?:-|to|and|a|à|bis|et|y|/) ?(\d{1,3})")
_ABOVE: Final = re.compile(
    r"(\d{1,3}) ?(?:\+|(?:and|or|&) (?:over|above|older|more)|plus|et plus|y más|und älter|ou plus)"
    r"|(?:≥|>=) ?(\d{1,3})"
)
_OVER: Final = re.compile(r"(?:over|above|older than|more than|plus de|más de|über|>) ?(\d{1,3})")
_UNDER: Final = re.compile(
    r"(?:under|below|younger than|less than|moins de|menos de|menor de|unter|<) ?(\d{1,3})"
)
_UP_TO: Final = re.compile(
    r"(?:up to|≤|<=|jusqu'à) ?(\d{1,3})|(\d{1,3}) ?(?:and|or) (?:under|below|younger|less)|(\d{1,3}) et moins"
)


def band_of(text: str) -> Band | None:
    """The band that a label writes; None where it is none.

    >>> band_of("16 - 24"), band_of("35-44 years"), band_of("65+"), band_of("Under 25")
    ((16, 24), (35, 44), (65, None), (None, 24))
    >>> band_of("Oct-19") is None
    True
    """
    plain = " ".join(_AGED.sub(" ", normalise(text)).split())
    if found := _BETWEEN.fullmatch(plain):
        return int(found[1]), int(found[2])
    if found := _ABOVE.fullmatch(plain):
        return int(found[1] or found[2]), None
    if found := _OVER.fullmatch(plain):
        return int(found[1]) + 1, None
    if found := _UNDER.fullmatch(plain):
        return None, int(found[1]) - 1
    if found := _UP_TO.fullmatch(plain):
        return None, int(found[1] or found[2] or found[3])
    return None


def bands_of(characteristic: Characteristic) -> dict[Band, int]:
    """Code of each declared band, the lowest and the highest one open as well; empty where there are none."""
    own = [
        (group.lowest, group.highest, code)
        for code, group in enumerate(characteristic.groups)
        if group.lowest is not None or group.highest is not None
    ]
    if not own:
        return {}
    found: dict[Band, int] = {(low, high): code for low, high, code in own}
    first = min(own, key=lambda band: -1 if band[0] is None else band[0])
    last = max(own, key=lambda band: 1 << 30 if band[1] is None else band[1])
    found.setdefault((None, first[1]), first[2])
    found.setdefault((last[0], None), last[2])
    return found
