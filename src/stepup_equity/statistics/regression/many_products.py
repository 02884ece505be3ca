"""Products of a design with many vectors at once, some rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from stepup_equity.arrays import Bools, Floats
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
    singles : csr_array, shape (n_part, n_codes)
        The same in single precision, whose products take half as long.
    """

    rows: slice
    codes: sparse.csr_array
    turned: sparse.csc_array
    singles: sparse.csr_array


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
        singles = entries.astype(np.float32)
        parts = []
        for start in range(0, design.n_rows, most_rows):
            rows = slice(start, min(start + most_rows, design.n_rows))
            ends = np.arange(0, codes[rows].size + 1, codes.shape[1], dtype=np.int32)
            own = codes[rows].ravel(), ends
            full, single = (
                sparse.csr_array((kind[rows].ravel(), *own), shape=(rows.stop - start, starts[-1]))
                for kind in (entries, singles)
            )
            parts.append(Part(rows, full, full.T, single))
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

    def within(self, coefs: Floats, most: Floats) -> Bools:
        """Whether a set moves no row further than a number of its own, by set."""
        bound = np.zeros(most.shape)
        for bundle in self.design.bundles:
            largest = 1.0 if bundle.values is None else np.abs(bundle.values).max(initial=0.0)
            bound += np.abs(bundle.by_code(coefs[bundle.columns])).max(axis=0) * largest
        far = np.flatnonzero(bound > most)
        if far.size:
            by_code = self.by_code(coefs[:, far])
            bound[far] = np.max([np.abs(part.codes @ by_code).max(axis=0) for part in self.parts], axis=0)
        return np.asarray(bound <= most, dtype=bool)
