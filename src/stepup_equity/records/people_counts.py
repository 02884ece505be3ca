"""Numbers of people from a table that is already in memory, for published margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.records.batches import Batch
from stepup_equity.records.progress_columns import people_counts_decoder
from stepup_equity.records.sources import open_source

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.process import Programme
    from stepup_equity.records.problems import Problems


@dataclass(frozen=True)
class _PrintedRows(Batch):
    """Rows of a published table, called by their numbers there."""

    numbers: tuple[int, ...] = ()

    def row(self, position: int) -> int | str:
        """What a row is called in messages."""
        return self.numbers[position]


def read_people_counts(
    frame: Any, programme: Programme, problems: Problems
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.bool_]] | None:
    """Numbers of people of each row of a frame, by the outcomes that a programme of kind ``counts`` declares.

    Parameters
    ----------
    frame : DataFrame
        Its index holds the numbers of the rows.
    programme : Programme
    problems : Problems

    Returns
    -------
    outcomes : ndarray of int32, shape (n_outcomes,)
        See `outcome_codes`.
    people : ndarray of int64, shape (n_rows, n_outcomes)
    untold : ndarray of bool, shape (n_rows,)
        Rows whose first number is hidden.
        None in place of all where columns are missing, or hold what are no numbers of people; the
        problems say so.
    """
    source = open_source(frame)
    decoder = people_counts_decoder(source.columns, programme, problems)
    if decoder is None:
        return None
    found: dict[int, NDArray[np.int64]] = {}
    untold = [np.zeros(0, bool)]
    rows = 0
    for batch in source.batches(decoder.columns):
        numbers = tuple(frame.index[rows : rows + len(batch)].tolist())
        printed = _PrintedRows(batch.table, batch.first, batch.file, batch.weights, batch.blank, numbers)
        for column, people in decoder.outcomes(printed):
            own = found.setdefault(int(column.codes[0]), np.zeros(len(frame), np.int64))
            own[rows : rows + len(batch)] += people
        untold.append(decoder.untold(printed))
        rows += len(batch)
    if problems.has_errors:
        return None
    outcomes = np.array(list(found), np.int32)
    return outcomes, np.column_stack(list(found.values())), np.concatenate(untold)
