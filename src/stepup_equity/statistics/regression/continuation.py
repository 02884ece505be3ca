"""The gates of a process in one model: separate effects at every gate, or effects that all gates share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.design import Block, CodedDesign

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def stack_gates(designs: Sequence[CodedDesign], by_gate: Sequence[bool]) -> CodedDesign:
    """Put the designs of all gates under each other: the continuation-ratio model.

    Outcomes at successive gates, each among those who entered it, multiply to one likelihood (Fienberg
    1980; Mare 1980), so they can be fitted as one logistic regression. A block with its own columns at
    every gate lets an effect differ between gates; a shared block holds it equal. With every block by gate
    the model is the same as one model per gate; comparing it with shared blocks tests whether a gap is the
    same at every gate.

    "Continuation ratio" means P(pass gate k | entered gate k) here; some books mean the complement.

    Parameters
    ----------
    designs : sequence of CodedDesign, one per gate
        Rows are the people who entered the gate; the same blocks in the same order.
    by_gate : sequence of bool, shape (n_blocks,)
        Whether the block gets its own columns at every gate; the intercept usually does.

    Returns
    -------
    CodedDesign
        Rows gate after gate. A block by gate has the columns of gate 1, then of gate 2, and so on.

    Raises
    ------
    StatisticError
        Designs that do not match.

    References
    ----------
    Fienberg, S. E. (1980). The Analysis of Cross-Classified Categorical Data, 2nd edition, section 6.6.
    Mare, R. D. (1980). Social background and school continuation decisions. Journal of the American
    Statistical Association 75, 295-305.

    Examples
    --------
    >>> from stepup_equity.statistics.regression import CodedDesign, intercept, stack_gates, treatment
    >>> gate = CodedDesign.of([intercept(2), treatment([0, 1], 2)])
    >>> stack_gates([gate, gate], by_gate=[True, False]).dense()
    array([[1., 0., 0.],
           [1., 0., 1.],
           [0., 1., 0.],
           [0., 1., 1.]])
    """
    widths = {tuple(block.n_columns for block in design.blocks) for design in designs}
    if len(widths) != 1 or len(next(iter(widths))) != len(by_gate):
        raise StatisticError(
            f"Gates are stacked when their designs have the same {len(by_gate)} blocks; "
            f"found widths {sorted(widths)}."
        )
    return CodedDesign.of(
        [_stacked([design.blocks[b] for design in designs], own_columns=own) for b, own in enumerate(by_gate)]
    )


def _stacked(blocks: list[Block], *, own_columns: bool) -> Block:
    width = blocks[0].n_columns
    shifts = [g * width if own_columns else 0 for g in range(len(blocks))]
    codes = [
        np.where(block.codes > 0, block.codes + shift, 0) for block, shift in zip(blocks, shifts, strict=True)
    ]
    values: NDArray[np.float64] | None = None
    if any(block.values is not None for block in blocks):
        values = np.concatenate(
            [np.ones(block.codes.size) if block.values is None else block.values for block in blocks]
        )
    return Block(np.concatenate(codes), width * len(blocks) if own_columns else width, values)
