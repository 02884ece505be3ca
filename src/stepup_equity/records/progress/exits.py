"""Exit reasons that fit how far someone got."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.records.progress.words import NOT_RECORDED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems


def note_silence(problems: Problems, column: str, remedy: str, **where: Any) -> None:
    """Note people who stopped before the end and of whom nobody says why."""
    problems.add(
        "note",
        "exit_not_recorded",
        column,
        "no exit reason for applicants who did not reach the last stage; they count as not recorded.",
        remedy=remedy,
        **where,
    )


def fitting_exits(
    furthest: NDArray[np.int8],
    exits: NDArray[np.int8] | None,
    last: int,
    column: str,
    batch: Batch,
    problems: Problems,
) -> NDArray[np.int8]:
    """Exit codes that fit the furthest stage: a reason for all who left, none for who got to the end."""
    arrived = furthest == last
    if exits is None:
        return np.where(arrived, np.int8(0), np.int8(NOT_RECORDED))
    late = np.flatnonzero(arrived & (exits != 0))
    if late.size:
        problems.add(
            "warning",
            "exit_after_the_end",
            column,
            "an exit reason on applicants who reached the last stage; they count as having reached it.",
            **batch.place(late),
            remedy="If they left afterwards, add the later stage to the process.",
        )
    silent = np.flatnonzero(~arrived & (exits == 0))
    if silent.size:
        note_silence(
            problems,
            column,
            "Give rejected, withdrew or pending where known: pending people leave the denominators.",
            **batch.place(silent),
        )
    return np.where(arrived, np.int8(0), np.where(exits == 0, np.int8(NOT_RECORDED), exits))
