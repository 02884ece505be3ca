"""Small multiples: as many panels side by side as there is room for."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Panels:
    """Panels of one size in rows.

    Attributes
    ----------
    number : int
    least : float
        Points that a panel needs across.
    head, tall, foot : float
        Points for its name, for what is drawn, and for the scale below.
    """

    number: int
    least: float
    head: float
    tall: float
    foot: float

    def across(self, width: float) -> int:
        """How many stand side by side; two alone have the room of two."""
        return max(1, min(max(self.number, 2), int(width // self.least)))

    def down(self, width: float) -> int:
        """How many rows there are.

        >>> Panels(5, 140, 20, 96, 20).down(600)
        2
        """
        return max(1, math.ceil(self.number / self.across(width)))

    def height(self, width: float) -> float:
        """Points that all rows need."""
        return self.down(width) * (self.head + self.tall + self.foot)
