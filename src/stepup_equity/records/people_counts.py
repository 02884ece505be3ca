"""Numbers of people from a table that is already in memory, for published margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.records.progress_columns import people_counts_decoder
from stepup_equity.records.sources import open_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.process import Programme
    from stepup_equity.records.problems import Problems


def read_people_counts(
    frame: Any, programme: Programme, problems: Problems
) -> tuple[NDArray[np.int32], NDArray[np.int64]] | None:
    """Numbers of people of each row of a frame, by the outcomes that a programme of kind ``counts`` declares.

    Returns
    -------
    outcomes : ndarray of int32, shape (n_outcomes,)
        See `outcome_codes`.
    people : ndarray of int64, shape (n_rows, n_outcomes)
        None in place of both where columns are missing, or hold what are no numbers of people; the
        problems say so.
    """
    source = open_source(frame)
    decoder = people_counts_decoder(source.columns, programme, problems)
    if decoder is None:
        return None
    found: dict[int, NDArray[np.int64]] = {}
    rows = 0
    for batch in source.batches(decoder.columns):
        for column, people in decoder.outcomes(batch):
            own = found.setdefault(int(column.codes[0]), np.zeros(len(frame), np.int64))
            own[rows : rows + len(batch)] += people
        rows += len(batch)
    if problems.has_errors:
        return None
    return np.array(list(found), np.int32), np.column_stack(list(found.values()))
