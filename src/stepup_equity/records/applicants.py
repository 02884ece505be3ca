"""Applicant records: read once, checked as they are read, kept only as distinct records with their number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import DataError
from stepup_equity.process import Programme, load_programme, step_up_to_social_work
from stepup_equity.records.cells import Axis, CellTable, collapse, merge_cells
from stepup_equity.records.ids import IdCheck
from stepup_equity.records.layout import Layout, resolve_layout
from stepup_equity.records.notes import source_notes
from stepup_equity.records.problems import Problems
from stepup_equity.records.sources import Source, open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Applicants", "check_applicants", "read_applicants"]


@dataclass(frozen=True, eq=False, repr=False)
class Applicants:
    """Records of one file or frame, read and checked.

    Rows are not kept: people who are alike in everything that was read are one cell with a number.

    Attributes
    ----------
    programme : Programme
        What the records were read against.
    cells : CellTable
        Distinct records and how many people each stands for.
    problems : pandas.DataFrame
        Warnings and notes; errors refuse the file before this exists.
    source_name : str
        Name of the file or frame.
    ids_checked : bool
        Whether duplicate ids were looked for.
    notes : tuple of str
        Sentences that every output made from these records must carry.
    """

    programme: Programme
    cells: CellTable
    source: Source
    ids_checked: bool
    notes: tuple[str, ...]
    _problems: pd.DataFrame

    @property
    def problems(self) -> pd.DataFrame:
        """Warnings and notes, tidy; empty when all is well."""
        return self._problems.copy()

    @property
    def source_name(self) -> str:
        """Name of the file or frame."""
        return self.source.name

    def __len__(self) -> int:
        return self.cells.people

    def __repr__(self) -> str:
        ids = "ids checked" if self.ids_checked else "ids not checked"
        return (
            f"<Applicants: {len(self):,} in {self.source_name}, {self.programme.label}; "
            f"{', '.join(self.cells.names)}; {ids}; {len(self._problems)} problem(s)>"
        )


def read_applicants(
    source: Any,
    *,
    programme: Programme | str | Path | None = None,
    by: Sequence[str] | None = None,
    strata: Sequence[str] | None = None,
    check_ids: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Applicants:
    """Read applicant records and check them; refuse what cannot be right.

    Parameters
    ----------
    source : path or frame
        A CSV or Parquet file, or a pandas, polars, pyarrow, duckdb, dask or PySpark frame;
        one row for each applicant and cohort.
    programme : Programme, name or path, optional
        By default Step Up to Social Work.
    by : sequence of str, optional
        Characteristics to read; by default all that the source has.
    strata : sequence of str, optional
        ``"cohort"`` and declared strata to read; by default all that the source has.
    check_ids : bool
        Look for missing and duplicate ids. Without it the column is not read.
    progress : callable, optional
        Called with the number of rows read so far, after each batch.

    Returns
    -------
    Applicants

    Raises
    ------
    DataError
        Where a problem is an error; its ``problems`` holds all of them with row numbers.
        A row number counts the header of a text file as row 1.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "applicant_id": ["a", "b"], "gender": ["Female", "Male"], "furthest_stage": ["accepted", "eligible"],
    ... })
    >>> read_applicants(frame)
    <Applicants: 2 in the frame, Step Up to Social Work; gender; ids checked; 0 problem(s)>
    """
    applicants, problems = _read(
        source, programme, by=by, strata=strata, check_ids=check_ids, progress=progress
    )
    if applicants is None:
        name = source if isinstance(source, str) else getattr(source, "name", "the frame")
        raise DataError(problems.refusal(str(name).rsplit("/", 1)[-1]), problems.frame())
    return applicants


def check_applicants(
    source: Any, *, programme: Programme | str | Path | None = None, check_ids: bool = True
) -> pd.DataFrame:
    """Every problem of a file, errors included, without raising for them.

    Raises
    ------
    DataError
        Where the source is no table at all.
    """
    return _read(source, programme, by=None, strata=None, check_ids=check_ids, progress=None)[1].frame()


def _read(
    source: Any,
    programme: Programme | str | Path | None,
    *,
    by: Sequence[str] | None,
    strata: Sequence[str] | None,
    check_ids: bool,
    progress: Callable[[int], None] | None,
) -> tuple[Applicants | None, Problems]:
    if programme is None:
        programme = step_up_to_social_work()
    elif not isinstance(programme, Programme):
        programme = load_programme(programme)
    opened, problems = open_source(source), Problems()
    layout = resolve_layout(
        opened.columns, programme, problems, by=by, strata=strata, check_ids=check_ids
    )
    if layout is None:
        return None, problems
    cells = _one_pass(opened, layout, problems, progress)
    if not cells.people:
        problems.add(
            "error",
            "no_rows",
            "",
            "it has a header but no rows.",
            remedy="Export it again with its applicants.",
        )
    if problems.has_errors:
        return None, problems
    notes = source_notes(opened.path)
    return Applicants(programme, cells, opened, check_ids, notes, problems.frame()), problems


def _one_pass(
    source: Source, layout: Layout, problems: Problems, progress: Callable[[int], None] | None
) -> CellTable:
    """Read the rows once: encode, check, collapse batch by batch, merge."""
    ids = IdCheck(layout.id_column, problems) if layout.id_column else None
    tables: list[CellTable] = []
    row = source.first_row
    for batch in source.batches(layout.columns):
        codes: dict[str, NDArray[np.int32]] = {
            name: encoder.encode(batch.column(encoder.column), row) for name, _, encoder in layout.encoders
        }
        furthest, exits = layout.progress.decode(batch, row)
        if ids is not None:
            ids.add(batch.column(layout.id_column), codes.get("cohort"), row)
        stacked = np.column_stack([*codes.values()]).astype(np.int32)
        axes = tuple(Axis(name, encoder.labels, kind) for name, kind, encoder in layout.encoders)
        tables.append(collapse(axes, stacked, furthest, exits, np.ones(batch.num_rows, np.int64)))
        row += batch.num_rows
        if len(tables) > 32:
            tables = [merge_cells(tables)]
        if progress is not None:
            progress(row - source.first_row)
    if ids is not None:
        ids.judge(source.first_row)
    if tables:
        return merge_cells(tables)
    axes = tuple(Axis(name, encoder.labels, kind) for name, kind, encoder in layout.encoders)
    empty = np.zeros((0, len(axes)), np.int32)
    none = np.zeros(0, np.int8)
    return CellTable(axes, empty, none, none, np.zeros(0, np.int64))
