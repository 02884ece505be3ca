"""Products of a design with many vectors at once, some rows at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.statistics.regression.design import CodedDesign


@dataclass(frozen=True, eq=False)
class Part:
    """Some rows of a design.

    Attributes
    ----------
    rows : slice
    codes : tuple of (ndarray, ndarray or None), each of shape (n_part,)
        For each bundle of the design the code of each row, and its entries where they are not 1.
    turned : csc_array, shape (n_codes, n_part)
        The entry of each row at its codes.
    """

    rows: slice
    codes: tuple[tuple[NDArray[np.intp], Floats | None], ...]
    turned: sparse.csc_array

    def moved(self, by_code: NDArray[Any]) -> NDArray[Any]:
        """``X @ coefs`` from what each code's columns add up to, by set; as precise as that is."""
        found: NDArray[Any] | None = None
        for codes, entries in self.codes:
            own = by_code.take(codes, axis=0)
            if entries is not None:
                own *= entries[:, None].astype(own.dtype)
            found = own if found is None else np.add(found, own, out=found)
        assert found is not None
        return found


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
        bundles = design.bundles
        starts = np.cumsum([0, *(bundle.size for bundle in bundles)]).tolist()
        held = [bundle.codes + start for bundle, start in zip(bundles, starts[:-1], strict=True)]
        codes, entries = np.stack(held, axis=1).astype(np.int32), np.ones((design.n_rows, len(bundles)))
        for i, bundle in enumerate(bundles):
            entries[:, i] = 1.0 if bundle.values is None else bundle.values
        parts = []
        for start in range(0, design.n_rows, most_rows):
            rows = slice(start, min(start + most_rows, design.n_rows))
            ends = np.arange(0, codes[rows].size + 1, len(bundles), dtype=np.int32)
            turned = sparse.csc_array(
                (entries[rows].ravel(), codes[rows].ravel(), ends), shape=(starts[-1], rows.stop - start)
            )
            own = tuple(
                (of_rows[rows], None if bundle.values is None else bundle.values[rows])
                for of_rows, bundle in zip(held, bundles, strict=True)
            )
            parts.append(Part(rows, own, turned))
        return cls(design, tuple(parts))

    def by_code(self, coefs: Floats) -> Floats:
        """What each code's columns add up to, by set; `Part.moved` makes ``X @ coefs`` of it."""
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
            bound[far] = np.max([np.abs(part.moved(by_code)).max(axis=0) for part in self.parts], axis=0)
        return np.asarray(bound <= most, dtype=bool)
