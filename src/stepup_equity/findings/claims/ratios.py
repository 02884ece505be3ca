"""One number said to be so many times another: shares, counts, and ratios of ratios."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from stepup_equity.findings.claims.judgement import (
    CONSISTENT,
    INCONSISTENT,
    NOT_CHECKABLE,
    ON_ROUNDING,
    Judgement,
)

if TYPE_CHECKING:
    from stepup_equity.findings.claims.reading import Claim


_RATIO: Final = re.compile(
    r"^(?P<label>.*?)\s*(?P<over>[\d.,]+%?)\s*(?:/|:|\bin\b|\bto\b)\s*(?P<under>[\d.,]+%?)$"
)
_PLAIN: Final = re.compile(r"^(?P<label>.*?)\s*(?P<value>[\d.,]+%?)$")


@dataclass(frozen=True, slots=True)
class _Between:
    """A number that lies between two, both included where printed digits were rounded."""

    text: str
    low: float
    value: float
    high: float

    def over(self, other: _Between) -> _Between:
        """The one divided by another; at least 0."""
        return _Between(
            f"{self.text} over {other.text}",
            max(self.low, 0.0) / other.high,
            self.value / other.value,
            self.high / max(other.low, 1e-12),
        )


def judge_ratio(claim: Claim) -> Judgement:
    """Whether the first part over the second is the printed ratio, as far as rounding lets them be known.

    A part is a number, a percentage, a fraction (``26/132``), or a ratio itself (``1 in 4``, ``1:4``).
    """
    texts = [text.strip() for text in claim.parts.split(";")]
    if len(texts) != 2:
        raise claim.problem("parts", "two numbers between a semicolon, the one that is divided first")
    first, second = (_part(claim, text) for text in texts)
    if second.value == 0:
        return Judgement(NOT_CHECKABLE, f"{second.text} is 0, and nothing can be divided by it.")
    found = first.over(second)
    said = f"{found.text} is {found.value:.3f}"
    if (is_ratio := _RATIO.match(claim.printed)) is not None and not is_ratio["label"]:
        over, under = (claim.number(is_ratio[name], "printed") for name in ("over", "under"))
        low, high = over.value / (under.value + under.half), over.value / max(under.value - under.half, 1e-12)
        holds, overlaps = low <= found.value <= high, low <= found.high and found.low <= high
    else:
        printed = claim.printed_number()
        holds, overlaps = printed.holds(found.value), printed.overlaps(found.low, found.high)
    exact = found.low == found.high
    if holds:
        return Judgement(CONSISTENT if exact else ON_ROUNDING, f"{said}.", found.value)
    if overlaps:
        return Judgement(
            ON_ROUNDING, f"{said}; rounding allows {found.low:.3f} to {found.high:.3f}.", found.value
        )
    room = "" if exact else f" (with rounding {found.low:.3f} to {found.high:.3f})"
    return Judgement(INCONSISTENT, f"{said}{room}, printed {claim.printed}.", found.value)


def _part(claim: Claim, text: str) -> _Between:
    if (ratio := _RATIO.match(text)) is not None:
        over, under = (_number(claim, ratio[name]) for name in ("over", "under"))
        if under.value == 0:
            raise claim.problem("parts", "fractions of 1 person or more")
        found = over.over(under)
        return _Between(text, found.low, found.value, found.high)
    if (plain := _PLAIN.match(text)) is None:
        raise claim.problem("parts", "two numbers between a semicolon: Black African 20%; White British 49%")
    found = _number(claim, plain["value"])
    return _Between(text, found.low, found.value, found.high)


def _number(claim: Claim, text: str) -> _Between:
    """A number; a percentage and one with decimals was rounded, a whole one is a count."""
    number = claim.number(text, "parts")
    half = number.half if "%" in text or number.decimals else 0.0
    return _Between(text, number.value - half, number.value, number.value + half)
