"""People with blanks, and the complete cells they may belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import StatisticError

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats, Ints


MOST_PAIRS: Final = 40_000_000
"""Records times complete cells they may belong to."""


@dataclass(frozen=True, eq=False)
class Blanks:
    """People by what they stated and how far they got.

    Attributes
    ----------
    sizes : tuple of int
        Groups of each characteristic.
    codes : ndarray of int, shape (n_records, n_characteristics)
        Group of each; -1 where it is blank.
    at_risk, passed : ndarray of int, shape (n_records, n_gates)
        1 where the people of the record were at risk at a gate, and where they passed it; a gate is at risk
        only where those before it were passed.
    n : ndarray, shape (n_records,)
        People of each record.
    """

    sizes: tuple[int, ...]
    codes: Ints
    at_risk: Ints
    passed: Ints
    n: Floats

    def matched(self) -> tuple[Ints, Ints]:
        """Pairs of records and the cells that agree with what they state."""
        radix = np.append(np.cumprod(np.array(self.sizes)[::-1])[::-1][1:], 1)
        records, found = [], []
        pattern = (self.codes >= 0) @ (1 << np.arange(len(self.sizes)))
        size = 0
        for one in np.unique(pattern):
            rows = np.flatnonzero(pattern == one)
            blank = [v for v in range(len(self.sizes)) if not one >> v & 1]
            fill = np.zeros(1, np.int64)
            for v in blank:
                fill = (fill[:, None] + radix[v] * np.arange(self.sizes[v])).ravel()
            size += rows.size * fill.size
            if size > MOST_PAIRS:
                raise StatisticError(
                    f"Blanks can be filled in more than {MOST_PAIRS:,} ways. Use fewer characteristics or a "
                    "broader level."
                )
            base = np.where(self.codes[rows] >= 0, self.codes[rows], 0) @ radix
            found.append((base[:, None] + fill).ravel())
            records.append(np.repeat(rows, fill.size))
        return np.concatenate(records).astype(np.int64), np.concatenate(found).astype(np.int64)
