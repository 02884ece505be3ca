"""Numbers of people from a table that is already in memory, for published margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import DataError
from stepup_equity.records.layout import people_counts_decoder
from stepup_equity.records.problems import Problems
from stepup_equity.records.sources import open_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.process import Programme

__all__ = ["read_people_counts"]


def read_people_counts(frame: Any, programme: Programme) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Numbers of people of each row of a frame, by the outcomes that a programme of kind ``counts`` declares.

    Returns
    -------
    outcomes : ndarray of int32, shape (n_outcomes,)
        See `outcome_codes`.
    people : ndarray of int64, shape (n_rows, n_outcomes)

    Raises
    ------
    DataError
        Where columns are missing, or hold what are no numbers of people.
    """
    source, problems = open_source(frame), Problems()
    decoder = people_counts_decoder(source.columns, programme, problems)
    found: list[list[NDArray[np.int64]]] = []
    outcomes: list[np.int32] = []
    for batch in source.batches(decoder.columns) if decoder else ():
        assert decoder is not None
        pairs = list(decoder.outcomes(batch))
        outcomes = [column.codes[0] for column, _ in pairs]
        found.append([people for _, people in pairs])
    if problems.has_errors:
        raise DataError(problems.refusal("The table"), problems.frame())
    people = np.concatenate([np.column_stack(part) for part in found])
    return np.array(outcomes, np.int32), people
