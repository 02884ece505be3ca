"""Applicant records: read once, checked as they are read, kept only as distinct records with their number."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stepup_equity.columns import WITHOUT
from stepup_equity.errors import DataError, listed
from stepup_equity.given import check_made, names_in
from stepup_equity.process import EventLog, Programme, load_programme, step_up_to_social_work
from stepup_equity.process.toml_out import toml_key, toml_text
from stepup_equity.records.cohorts import judge_cohorts, missing_gates
from stepup_equity.records.fixing import programme_to_complete
from stepup_equity.records.layout import Layout, resolve_layout
from stepup_equity.records.notes import APPLICATIONS_NOTE, source_cohort, source_notes
from stepup_equity.records.printed.of_people import without_totals
from stepup_equity.records.problems import Problems, framed, unreadable
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder
from stepup_equity.records.reading import add_notes, one_pass
from stepup_equity.records.skipped import judge_skipped
from stepup_equity.records.sources import ReadAgain, Source, open_source
from stepup_equity.records.sources.joined import JoinedIds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from stepup_equity.records.cells import CellTable
    from stepup_equity.records.covariates import CovariateTable
    from stepup_equity.records.problems import Row


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
    source : Source
        Where they came from; read again only for covariates.
    ids_checked : bool
        Whether duplicate ids were looked for.
    notes : tuple of str
        Sentences that every output made from these records must carry.
    each_person : CellTable or None
        Each person once, by the application that got furthest, where rows are applications and somebody made
        several.
    """

    programme: Programme
    cells: CellTable
    source: Source
    ids_checked: bool
    notes: tuple[str, ...]
    _problems: tuple[Row, ...]
    each_person: CellTable | None = None

    @property
    def problems(self) -> pd.DataFrame:
        """Warnings and notes, tidy; empty when all is well. Errors refuse the file before this exists."""
        return framed(self._problems)

    @property
    def source_name(self) -> str:
        """Name of the file or frame."""
        return self.source.name

    def with_covariates(self, names: Sequence[str], *, by: Sequence[str] | None = None) -> CovariateTable:
        """The same people with declared numbers beside their groups, from a second pass over the source.

        Parameters
        ----------
        names : sequence of str
            Covariates declared under ``[covariates]`` in the programme, such as ``["score"]``.
        by : sequence of str, optional
            Characteristics, strata or ``"cohort"`` to keep; by default all that were read.

        Returns
        -------
        CovariateTable
            Distinct records with their values and multiplicity. A value that is not known is NaN.

        Raises
        ------
        ArgumentError
            Where a name is not declared, or was not read.
        DataError
            Where the source lacks a column, or holds values that are no numbers.

        Examples
        --------
        >>> import pandas as pd
        >>> from stepup_equity.process import programme_from_toml, programme_to_toml
        >>> text = programme_to_toml(step_up_to_social_work()) + '[covariates.score]'
        >>> frame = pd.DataFrame({
        ...     "applicant_id": ["a", "b", "c"], "gender": ["Female", "Male", "Male"],
        ...     "furthest_stage": ["accepted", "eligible", "eligible"], "score": [71.5, None, 60],
        ... })
        >>> records = read_applicants(frame, programme=programme_from_toml(text))
        >>> records.with_covariates(["score"], by=["gender"]).values[:, 0].tolist()
        [71.5, 60.0, nan]
        """
        from stepup_equity.records.covariates import read_covariates

        return read_covariates(self, names, by=by)

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
    query: str | None = None,
    by: Sequence[str] | None = None,
    strata: Sequence[str] | None = None,
    check_ids: bool = True,
    cohort_label: str | None = None,
    progress: Callable[[int], None] | None = None,
) -> Applicants:
    """Read applicant records and check them; refuse what cannot be right.

    Parameters
    ----------
    source : path, list of paths, frame, connection or database address
        A CSV, XLSX, ODS, Parquet, Feather, SPSS, Stata or SAS file; a folder or list of them; a pandas,
        polars, pyarrow, duckdb, dask or PySpark frame; a DB-API or duckdb connection; or an address such as
        ``"postgresql://host/recruitment"``, ``"sqlite:///applicants.db"`` or
        ``"duckdb:///applicants.duckdb"``.
    programme : Programme, name or path, optional
        By default Step Up to Social Work.
    query : str, optional
        For a database: a SELECT, or the name of a table.
    by : sequence of str, optional
        Characteristics to read; by default all that the source has.
    strata : sequence of str, optional
        ``"cohort"`` and declared strata to read; by default all that the source has.
    check_ids : bool
        Look for missing and duplicate ids. Without it the column is not read.
    cohort_label : str, optional
        Name of the one cohort of a source that names none, such as ``"Cohort 5"``. By default the
        ``cohort_label`` of ``NAME.meta.toml`` beside the file, else of ``[reading]`` in the programme.
    progress : callable, optional
        Called with the number of rows read so far, after each batch.

    Returns
    -------
    Applicants

    Raises
    ------
    DataError
        Where a problem is an error; its ``problems`` holds all of them with row numbers.
        A row number counts the header of a text file or sheet as row 1.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "applicant_id": ["a", "b"], "gender": ["Female", "Male"],
    ...     "furthest_stage": ["accepted", "eligible"],
    ...     "exit_reason": ["", "rejected"],
    ... })
    >>> read_applicants(frame)
    <Applicants: 2 in the frame, Step Up to Social Work; gender; ids checked; 0 problem(s)>
    """
    by = None if by is None else names_in(by, argument="by")
    strata = None if strata is None else names_in(strata, argument="strata")
    for name, value in (("query", query), ("cohort_label", cohort_label)):
        check_made(value, str, type(None), argument=name, how="Give a text.")
    chosen = _programme(programme)
    opened = open_source(source, reading=chosen.reading, query=query)
    chosen = with_cohort_label(chosen, cohort_label, opened.path)
    applicants, problems = _read(opened, chosen, by=by, strata=strata, check_ids=check_ids, progress=progress)
    if applicants is None:
        raise DataError(problems.refusal(opened.name), problems.frame())
    return applicants


def check_applicants(
    source: Any,
    *,
    programme: Programme | str | Path | None = None,
    query: str | None = None,
    check_ids: bool = True,
    cohort_label: str | None = None,
) -> pd.DataFrame:
    """Every problem of a source, errors included, without raising for them.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"gender": ["Female", "Mail"], "furthest_stage": ["accepted", "eligible"]})
    >>> problems = check_applicants(frame, check_ids=False)
    >>> problems[["code", "column", "rows", "found"]].iloc[0].tolist()
    ['unknown_label', 'gender', '2', "'Mail' (1)"]
    """
    chosen = _programme(programme)
    try:
        opened = open_source(source, reading=chosen.reading, query=query)
        chosen = with_cohort_label(chosen, cohort_label, opened.path)
        _, problems = _read(opened, chosen, by=None, strata=None, check_ids=check_ids, progress=None)
    except DataError as error:
        if error.problems.empty:
            raise
        return error.problems
    return problems.frame()


def what_to_complete(
    source: Any,
    *,
    programme: Programme | str | Path | None = None,
    query: str | None = None,
    cohort_label: str | None = None,
) -> str:
    """The programme as TOML, with a line to complete for all that the source has and it does not know.

    Raises
    ------
    DataError
        Where the source is no table of applicants at all.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"gender": ["Female", "Womman"], "furthest_stage": ["accepted", "eligible"]})
    >>> print(what_to_complete(frame).splitlines()[-1])
    # "which group?" = ["Womman"]  # 1 row
    """
    chosen = _programme(programme)
    opened = open_source(source, reading=chosen.reading, query=query)
    named = with_cohort_label(chosen, cohort_label, opened.path)
    _, problems = _read(opened, named, by=None, strata=None, check_ids=False, progress=None)
    return programme_to_complete(chosen, problems)


def with_cohort_label(programme: Programme, label: str | None, path: Path | None) -> Programme:
    """The programme, reading a source without cohorts as this one; else as its file says."""
    named = " ".join((label or "").split()) or source_cohort(path)
    return replace(programme, reading=replace(programme.reading, cohort_label=named)) if named else programme


def _of_groups(source: Source, layout: Layout, problems: Problems) -> Source:
    """A source whose rows are groups of people, without the totals among them; any other as it is."""
    if not isinstance(layout.progress, PeopleCountsDecoder):
        return source
    asked = [coding for coding in layout.codings if coding.kind == "characteristic"]
    beside = [coding for coding in layout.codings if coding.kind != "characteristic"]
    return without_totals(
        source,
        [column for coding in asked for column in coding.encoder.columns],
        [column for coding in beside for column in coding.encoder.columns],
        layout.progress.columns,
        problems,
        parts=layout.progress.parts_people,
    )


def _programme(programme: Programme | str | Path | None) -> Programme:
    if programme is None:
        return step_up_to_social_work()
    return programme if isinstance(programme, Programme) else load_programme(programme)


def _read(
    source: Source,
    programme: Programme,
    *,
    by: Sequence[str] | None,
    strata: Sequence[str] | None,
    check_ids: bool,
    progress: Callable[[int], None] | None,
) -> tuple[Applicants | None, Problems]:
    problems = Problems()
    reading = programme.reading
    if reading.id_parts and (check_ids or isinstance(reading.progress, EventLog)):
        source = JoinedIds(source, reading.applicant_id, reading.id_parts)

    def layout_of() -> Layout | None:
        return resolve_layout(
            source.columns,
            programme,
            problems,
            by=by,
            strata=strata,
            check_ids=check_ids,
            source=source,
        )

    layout = layout_of()
    if layout is None:
        add_notes(source, problems)
        return None, problems
    try:
        cells, each = one_pass(_of_groups(source, layout, problems), layout, problems, progress)
    except ReadAgain:
        problems = Problems()
        layout = layout_of()
        assert layout is not None
        cells, each = one_pass(_of_groups(source, layout, problems), layout, problems, progress)
    except UnicodeDecodeError:
        raise unreadable(
            source.name, "not_text", "holds texts that are no UTF-8: it is damaged.", "Export it again."
        ) from None
    if not cells.people and not problems.has_errors:
        problems.add(
            "error",
            "no_rows",
            "",
            "it has a header but no rows.",
            remedy="Export it again with its applicants.",
        )
    _refuse_parts(cells, problems)
    judge_skipped(source, programme, problems)
    judge_cohorts(cells, programme, problems)
    if problems.has_errors:
        return None, problems
    _note_cohorts(cells, programme, problems)
    notes = (
        *source_notes(source.path),
        *_unit_note(source, cells, programme, problems),
        *_version_note(cells, programme),
        *(sentence for _, code, *_, sentence, _, _, _ in problems.rows() if code == "group_hidden"),
    )
    checked = layout.id_column is not None
    return Applicants(programme, cells, source, checked, notes, problems.rows(), each), problems


def _refuse_parts(cells: CellTable, problems: Problems) -> None:
    """Refuse crossed groups of which some are hidden whole: how many their groups are is then not known."""
    crossed = [axis.name for axis in cells.axes if axis.kind == "characteristic"]
    hidden = [row for row in problems.rows() if row[1] == "group_hidden"]
    if len(crossed) > 1 and hidden:
        problems.add(
            "error",
            "crossed_group_hidden",
            hidden[0][2],
            f"the first number of some rows is hidden, and rows cross {listed(crossed)}: how many people "
            "their groups have is not known.",
            remedy="Give a table for each characteristic, or write the numbers.",
        )


def _unit_note(source: Source, cells: CellTable, programme: Programme, problems: Problems) -> tuple[str, ...]:
    """What must be said wherever rows are applications; numbers stand in the problems, never in a release."""
    if programme.reading.unit != "applications":
        return ()
    if isinstance(source, JoinedIds):
        problems.add(
            "note",
            "applications_counted",
            programme.reading.id_parts[0],
            f"the rows are {cells.people:,} applications of {source.people:,} people.",
            remedy="Nothing needs doing: one person may stand in several, and every output says so.",
        )
    return (APPLICATIONS_NOTE,)


def _version_note(cells: CellTable, programme: Programme) -> tuple[str, ...]:
    """What must be said wherever some people's version of the process had fewer gates."""
    if WITHOUT not in cells.names:
        return ()
    lacked = {gate for label in cells.axis(WITHOUT).labels for gate in label.split(",") if gate}
    gates = [gate.label for gate in programme.process.gates if gate.key in lacked]
    return (
        (
            f"Some people's version of the process did not have {listed(gates)}: they are in no figure of "
            "it, and where people are counted by stage they count as having come past it."
        ),
    )


def _note_cohorts(cells: CellTable, programme: Programme, problems: Problems) -> None:
    """Note cohorts that the declared order does not name, and gates that one seems not to have had."""
    held = next((axis.labels for axis in cells.axes if axis.kind == "cohort"), ())
    for cohort, gate, people in missing_gates(cells, programme) if len(held) > 1 else ():
        problems.add(
            "warning",
            "gate_missing_in_cohort",
            programme.reading.cohort,
            f"a cohort, {cohort!r}, of which all {people:,} who came to {gate!r} passed it, as in no other "
            "cohort.",
            remedy="If this cohort had no such gate, say so, so that it is not read as passed by all: under "
            f"[cohorts.without] {toml_key(cohort)} = [{toml_text(gate)}].",
        )
    beyond = programme.cohorts.beyond(held)
    if beyond:
        problems.add(
            "note",
            "cohort_not_in_order",
            programme.reading.cohort,
            f"cohorts that [cohorts] order does not name, so they come after the others: {listed(beyond)}.",
            remedy="Add them to order in the programme.",
        )
