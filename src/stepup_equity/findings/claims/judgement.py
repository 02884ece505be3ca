"""What can be said of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

CONSISTENT: Final = "consistent"
ON_ROUNDING: Final = "consistent on rounding"
INCONSISTENT: Final = "inconsistent"
IMPOSSIBLE: Final = "impossible"
NOT_CHECKABLE: Final = "not checkable"

VERDICTS: Final = (CONSISTENT, ON_ROUNDING, INCONSISTENT, IMPOSSIBLE, NOT_CHECKABLE)
"""*Inconsistent*: printed numbers contradict each other. *Impossible*: no data can give the number."""

GRAVITY: Final = (NOT_CHECKABLE, CONSISTENT, ON_ROUNDING, INCONSISTENT, IMPOSSIBLE)
"""Where several checks speak about one claim, the last of these counts."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict on one claim.

    Attributes
    ----------
    verdict : str
        One of `VERDICTS`.
    computation : str
        How it was reached, in words with numbers.
    recomputed : float
        The number that should have been printed; NaN where there is no one number.
    """

    verdict: str
    computation: str
    recomputed: float = float("nan")
