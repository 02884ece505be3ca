"""Each person once, where rows are applications: by the application that got furthest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stepup_equity.records.batches import Coded
from stepup_equity.records.cells import Tally, furthest_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.records.batches import Batch
    from stepup_equity.records.cells import CellTable


class Persons:
    """Keeps rows until all are there, and then of each person, within a cohort, the one that got furthest.

    Of applications that got as far, the first by exit, then by group, so that the order of rows says nothing.

    Parameters
    ----------
    column : str
        The column that names the person.
    kinds : sequence of (str, str)
        Name and kind of each axis.
    """

    def __init__(self, column: str, kinds: Sequence[tuple[str, str]]) -> None:
        self._column, self._kinds = column, kinds
        self._names: list[pa.Array] = []
        self._rows: list[NDArray[np.int32]] = []

    def add(self, batch: Batch, columns: Sequence[Coded], outcomes: Coded) -> None:
        """Add the rows of a batch."""
        raw = batch.column(self._column)
        plain = raw.dictionary_decode() if pa.types.is_dictionary(raw.type) else raw
        self._names.append(pc.utf8_trim_whitespace(plain.cast(pa.string())))
        self._rows.append(np.column_stack([*(one.rows() for one in columns), outcomes.rows()]))

    def table(self, labels: Sequence[tuple[str, ...]]) -> CellTable | None:
        """The people; None where nobody applied more than once."""
        if not self._rows:
            return None
        rows = np.concatenate(self._rows)
        names = pa.chunked_array(self._names).combine_chunks().dictionary_encode()
        person = names.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        cohort = next((rows[:, i] for i, (_, kind) in enumerate(self._kinds) if kind == "cohort"), None)
        if cohort is not None:
            person = person * (int(cohort.max(initial=0)) + 1) + cohort
        outcome = rows[:, -1]
        order = np.lexsort((*reversed(rows[:, :-1].T), outcome, -furthest_of(outcome), person))
        first = np.ones(len(order), bool)
        first[1:] = person[order][1:] != person[order][:-1]
        if first.all():
            return None
        chosen = rows[order[first]]
        tally = Tally(self._kinds)
        columns = [_coded(column) for column in chosen.T]
        tally.add(columns[:-1], columns[-1], None)
        return tally.table(labels)


def _coded(column: NDArray[np.int32]) -> Coded:
    codes, positions = np.unique(column, return_inverse=True)
    return Coded(codes.astype(np.int32), positions.ravel())
