"""Products of a design with many vectors at once, some rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.design import CodedDesign


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a design.

    Attributes
    ----------
    rows : slice
    codes : csr_array, shape (n_part, n_codes)
        The codes that each row has in the bundles of the design.
    turned : csc_array, shape (n_codes, n_part)
        The same, turned.
    """

    rows: slice
    codes: sparse.csr_array
    turned: sparse.csc_array


@dataclass(frozen=True, eq=False)
class ManyProducts:
    """A design for products with many vectors, held as the codes of its bundles.

    A product with one vector is a few array operations whatever the rows; with dozens of vectors it is
    memory that takes the time, so rows are gone through in parts that stay near the processor, and what
    comes of one part is used before the next is looked at.

    Attributes
    ----------
    design : CodedDesign
    parts : tuple of Part
    """

    design: CodedDesign
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, design: CodedDesign, most_rows: int) -> ManyProducts:
        """A design in parts of at most so many rows."""
        starts = np.cumsum([0, *(bundle.size for bundle in design.bundles)]).tolist()
        held = [bundle.codes + start for bundle, start in zip(design.bundles, starts, strict=False)]
        codes = np.stack(held, axis=1).astype(np.int32)
        ones = np.ones(design.n_rows)
        entries = np.stack([bundle.entries(ones) for bundle in design.bundles], axis=1)
        parts = []
        for start in range(0, design.n_rows, most_rows):
            rows = slice(start, min(start + most_rows, design.n_rows))
            ends = np.arange(0, codes[rows].size + 1, codes.shape[1], dtype=np.int32)
            used = sparse.csr_array(
                (entries[rows].ravel(), codes[rows].ravel(), ends), shape=(rows.stop - start, starts[-1])
            )
            parts.append(Part(rows, used, used.T))
        return cls(design, tuple(parts))

    def by_code(self, coefs: Floats) -> Floats:
        """What each code's columns add up to; ``part.codes @`` it is ``X @ coefs``, by set."""
        found = [bundle.by_code(coefs[bundle.columns]) for bundle in self.design.bundles]
        return np.ascontiguousarray(np.concatenate(found))

    def by_column(self, by_code: Floats) -> Floats:
        """Sums by column from sums by code, ``part.turned @ weights`` added up, by set."""
        ends = np.cumsum([bundle.size for bundle in self.design.bundles])
        sums = np.split(by_code, ends[:-1])
        return np.concatenate(
            [bundle.by_column(own) for bundle, own in zip(self.design.bundles, sums, strict=True)]
        )
