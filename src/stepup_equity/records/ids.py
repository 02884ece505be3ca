"""Applicant ids: present, and once in each cohort. The ids themselves are never kept or printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.records.problems import Problems

__all__ = ["IdCheck"]


class IdCheck:
    """Collects ids while a source is read and judges them at the end."""

    def __init__(self, column: str, problems: Problems) -> None:
        self._column, self._problems = column, problems
        self._ids: list[pa.Array] = []
        self._cohorts: list[NDArray[np.int32]] = []

    def add(self, ids: pa.Array, cohorts: NDArray[np.int32] | None, row: int) -> None:
        """Ids of one batch, with each row's cohort where the file has cohorts."""
        text = ids.cast(pa.string()) if not pa.types.is_string(ids.type) else ids
        blank = pc.fill_null(pc.equal(pc.utf8_trim_whitespace(text), ""), True)  # noqa: FBT003
        if (gaps := pc.sum(blank).as_py() or 0) > 0:
            rows = np.flatnonzero(blank.to_numpy(zero_copy_only=False))
            self._problems.add(
                "error",
                "id_missing",
                self._column,
                "no id.",
                rows=(row + int(i) for i in rows[:20]),
                count=gaps,
                remedy="Give every row the id of its applicant.",
            )
            text = pc.if_else(blank, pa.scalar(None, pa.string()), text)
        self._ids.append(text)
        self._cohorts.append(np.zeros(len(text), np.int32) if cohorts is None else cohorts)

    def judge(self, first_row: int) -> None:
        """Report ids that occur twice in a cohort."""
        if not self._ids:
            return
        ids = pa.chunked_array(self._ids).drop_null().combine_chunks()
        if pc.count_distinct(ids).as_py() == len(ids):
            return
        table = pa.table(
            {
                "id": pa.chunked_array(self._ids),
                "cohort": np.concatenate(self._cohorts),
                "row": np.arange(first_row, first_row + sum(map(len, self._ids))),
            }
        )
        table = table.filter(pc.is_valid(table["id"]))
        groups = table.group_by(["id", "cohort"]).aggregate([("row", "count"), ("row", "min"), ("row", "max")])
        twice = groups.filter(pc.greater(groups["row_count"], 1))
        if not twice.num_rows:
            return
        rows = sorted({*twice["row_min"].to_pylist(), *twice["row_max"].to_pylist()})
        extra = pc.sum(twice["row_count"]).as_py() or 0
        self._problems.add(
            "error",
            "id_duplicate",
            self._column,
            "an id that stands in more than one row of its cohort.",
            rows=rows,
            count=int(extra),
            remedy="Keep one row for each applicant and cohort.",
        )
