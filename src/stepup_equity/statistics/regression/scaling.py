"""Numbers centred and scaled: the same model, whatever the origin and unit of a covariate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.statistics.regression.design import Block, CodedDesign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from stepup_equity.arrays import Floats

    Ints = NDArray[np.intp]


_NONE = -1


@dataclass(frozen=True, eq=False)
class Scaling:
    """How each block of a design is centred and scaled, and the way back to the numbers as given.

    A number is centred where the design also holds the same columns without it (the intercept for a
    covariate; a characteristic for its interaction with one), since only then is the model the same.

    Attributes
    ----------
    shift, scale : ndarray, shape (n_blocks,)
        ``(x - shift) / scale`` is fitted.
    anchor : ndarray of int, shape (n_blocks,)
        The block that takes up the shift; -1 where there is none.
    """

    shift: Floats
    scale: Floats
    anchor: Ints

    def apply(self, design: CodedDesign) -> CodedDesign:
        """The design with its numbers scaled; blocks without numbers stay the ones they are."""
        return CodedDesign.of(self.blocks(design.blocks, slice(None)))

    def blocks(self, given: Sequence[Block], which: slice) -> list[Block]:
        """Some of the blocks, scaled."""
        return [
            block if block.values is None else Block(block.codes, block.n_columns, (block.values - m) / s)
            for block, m, s in zip(given, self.shift[which], self.scale[which], strict=True)
        ]

    def undo(self, design: CodedDesign) -> CodedDesign:
        """The design with the numbers as given."""
        blocks = [
            block
            if block.values is None
            else Block(block.codes, block.n_columns, block.values * scale + shift)
            for block, shift, scale in zip(design.blocks, self.shift, self.scale, strict=True)
        ]
        return CodedDesign.of(blocks)

    def way_back(self, design: CodedDesign) -> Floats:
        """The matrix that turns coefficients of the scaled design into those of the numbers as given."""
        matrix = np.eye(design.n_columns)
        for b, at in enumerate(design.slices):
            matrix[at, at] /= self.scale[b]
            if self.anchor[b] != _NONE:
                held = design.slices[self.anchor[b]]
                own = np.arange(at.start, at.stop)
                matrix[np.arange(held.start, held.stop), own] -= self.shift[b] / self.scale[b]
        return matrix


def scaling_of(design: CodedDesign, people: ArrayLike) -> Scaling:
    """Centre and scale the numbers of a design by the mean and spread among people.

    Parameters
    ----------
    design : CodedDesign
    people : array_like, shape (n_rows,)
        How many each row stands for.
    """
    n = np.asarray(people, dtype=np.float64)
    size = len(design.blocks)
    shift, scale, anchor = np.zeros(size), np.ones(size), np.full(size, _NONE, dtype=np.intp)
    for b, block in enumerate(design.blocks):
        if block.values is None:
            continue
        used = (block.codes > 0) & (n > 0)
        if not used.any():
            continue
        held = _anchor(design, block)
        values, weights = block.values[used], n[used]
        if held is not None:
            anchor[b], shift[b] = held, float(np.average(values, weights=weights))
        spread = float(np.sqrt(np.average((values - shift[b]) ** 2, weights=weights)))
        if spread > 1e-12 * float(np.abs(values).max()):
            scale[b] = spread
    return Scaling(shift, scale, anchor)


def _anchor(design: CodedDesign, block: Block) -> int | None:
    for b, other in enumerate(design.blocks):
        if other.values is None and np.array_equal(other.codes, block.codes):
            return b
    return None
