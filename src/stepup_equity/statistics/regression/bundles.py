"""Neighbouring blocks of a design under one code, so that one scatter-add serves them all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.design import Block

    Ints = NDArray[np.intp]


_CODES_FOR_ANY = 64
"""Codes that a bundle may have however few rows there are: below this, counting costs less than calling."""


@dataclass(frozen=True, eq=False)
class Bundle:
    """Columns of some neighbouring blocks; each row has one code for what it uses of all of them.

    Attributes
    ----------
    codes : ndarray of int, shape (n_rows,)
    size : int
        Number of codes.
    columns : slice
        The columns in the design.
    uses : ndarray or None, shape (n_columns, size)
        1 where a code uses a column. None for a single block: code k + 1 uses column k, code 0 none.
    values : ndarray or None, shape (n_rows,)
        The entries, where they are not 1. Such a block is a bundle of its own.
    """

    codes: Ints
    size: int
    columns: slice
    uses: Floats | None
    values: Floats | None

    def entries(self, weights: Floats) -> Floats:
        """Weights times entries, shape (n_rows,)."""
        return weights if self.values is None else weights * self.values

    def by_column(self, by_code: Floats) -> Floats:
        """Sums by column from sums by code, shape (n_columns, ...)."""
        return by_code[1:] if self.uses is None else self.uses @ by_code

    def by_code(self, by_column: Floats) -> Floats:
        """What a code's columns add up to, shape (size, ...)."""
        if self.uses is None:
            return np.concatenate([np.zeros((1, *by_column.shape[1:])), by_column])
        return self.uses.T @ by_column

    def products(self, by_code: Floats) -> Floats:
        """Sums by pair of its own columns from sums by code, shape (n_columns, n_columns)."""
        return np.diag(by_code[1:]) if self.uses is None else (self.uses * by_code) @ self.uses.T

    def forms(self, matrix: Floats) -> Floats:
        """``x @ matrix @ x`` for the columns that each code uses, shape (size,)."""
        if self.uses is None:
            return np.concatenate([[0.0], np.diag(matrix)])
        return np.asarray((self.uses * (matrix @ self.uses)).sum(0), dtype=np.float64)


def bundled(blocks: Sequence[Block], most: int) -> tuple[Bundle, ...]:
    """Neighbouring blocks together, as long as a bundle has no more codes than that.

    A scatter-add over some rows and a few times as many bins costs about as much as over the rows alone, and
    bundles are several times fewer than blocks.
    """
    most = max(_CODES_FOR_ANY, most)
    groups: list[list[Block]] = []
    for block in blocks:
        together = math.prod(other.n_columns + 1 for other in (*(groups[-1] if groups else []), block))
        plain = block.values is None and bool(groups) and groups[-1][-1].values is None
        if plain and together <= most:
            groups[-1].append(block)
        else:
            groups.append([block])
    starts = np.cumsum([0, *(sum(block.n_columns for block in group) for group in groups)]).tolist()
    return tuple(
        _bundle(group, slice(start, stop))
        for group, start, stop in zip(groups, starts[:-1], starts[1:], strict=True)
    )


def _bundle(blocks: list[Block], columns: slice) -> Bundle:
    sizes = [block.n_columns + 1 for block in blocks]
    if len(blocks) == 1:
        return Bundle(blocks[0].codes, sizes[0], columns, None, blocks[0].values)
    codes = blocks[0].codes
    for block, size in zip(blocks[1:], sizes[1:], strict=True):
        codes = codes * size + block.codes
    digits = np.indices(sizes).reshape(len(sizes), -1)
    uses = np.concatenate(
        [digit == np.arange(1, size)[:, None] for digit, size in zip(digits, sizes, strict=True)]
    )
    return Bundle(codes, math.prod(sizes), columns, uses.astype(np.float64), None)
