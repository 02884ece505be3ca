"""Which columns of a source hold what, found once from its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from stepup_equity.columns import NOT_STATED, WITHOUT
from stepup_equity.given import check_known
from stepup_equity.records.absent import near_miss, required
from stepup_equity.records.cohorts import CohortEncoder, OneCohort
from stepup_equity.records.details import DetailEncoder
from stepup_equity.records.header import COLUMNS_SHOWN, NAME, Header, Progress, claimed_by, columns_of, loose
from stepup_equity.records.labels import BandEncoder, BirthEncoder, GroupEncoder
from stepup_equity.records.progress.events import EventCollector
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder
from stepup_equity.records.progress.stage_columns import StageColumnsDecoder
from stepup_equity.records.progress_columns import progress_of
from stepup_equity.records.routes import ROUTE
from stepup_equity.records.strata import StratumEncoder
from stepup_equity.records.ticks import TickEncoder

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from stepup_equity.process import Characteristic, Programme
    from stepup_equity.records.batches import Batch, Coded
    from stepup_equity.records.problems import Problems
    from stepup_equity.records.sources import Source


_BOX: Final = "Add it, or take it out of ticked in the programme."


class Encoder(Protocol):
    """Turns raw columns into codes."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Raw columns it reads."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Label of each code."""

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch."""

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""


@dataclass(frozen=True)
class Coding:
    """One axis: its name, its kind (characteristic, cohort or stratum), and what encodes it."""

    name: str
    kind: str
    encoder: Encoder


@dataclass(frozen=True)
class Layout:
    """How a source is read.

    Attributes
    ----------
    codings : tuple of Coding
    progress : decoder of furthest stage and exit
    id_column : str or None
        None where ids are not to be read, or there are none.
    cohort_column : str or None
    person_column : str or None
        Who applied, where rows are applications and may be several of one person.
    """

    codings: tuple[Coding, ...]
    progress: Progress
    id_column: str | None
    cohort_column: str | None
    person_column: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that must be read, once; ids are looked at within each cohort."""
        ids = (self.id_column, self.cohort_column) if self.id_column else ()
        return tuple(dict.fromkeys((*filter(None, (*ids, self.person_column)), *self.counted)))

    @property
    def counted(self) -> tuple[str, ...]:
        """Every column that people are counted by, once."""
        own = (name for coding in self.codings for name in coding.encoder.columns)
        return tuple(dict.fromkeys((*own, *self.progress.columns)))

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values of a column share where everything reads them alike."""
        readers = (*(coding.encoder for coding in self.codings), self.progress)
        return tuple(reader.alike(column, value) for reader in readers if column in reader.columns)

    @property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """Name and kind of each axis."""
        return tuple((coding.name, coding.kind) for coding in self.codings)

    @property
    def labels(self) -> list[tuple[str, ...]]:
        """Labels of each axis, as far as they have been met."""
        return [coding.encoder.labels for coding in self.codings]


def resolve_layout(
    columns: tuple[str, ...],
    programme: Programme,
    problems: Problems,
    *,
    by: Sequence[str] | None,
    strata: Sequence[str] | None,
    check_ids: bool,
    source: Source | None = None,
) -> Layout | None:
    """Match a header with a programme; None (and problems) where it cannot be matched.

    Parameters
    ----------
    columns : tuple of str
        The header.
    by, strata : sequence of str or None
        Names wanted; None takes all that the source has.
    check_ids : bool
        Whether the id column is wanted.
    source : Source, optional
        Where the header comes from: its row may be the first person of a file without a header.
    """
    header = Header(columns, programme, problems, sure=source is None or source.names_are_sure)
    if source is not None and not header.is_one:
        row = "first row" if source.header_row == 1 else f"row {source.header_row}"
        problems.add(
            "error",
            "header_missing",
            "",
            f"fewer than two of the columns that the programme knows stand in its {row}.",
            possible=", ".join(columns_of(programme)),
            remedy=f"Put the column names there, or name the columns in the programme. {source.elsewhere}",
        )
        return None
    codings = [
        *_characteristics(header, programme, problems, by),
        *_strata(header, programme, problems, strata),
    ]
    progress = progress_of(header, programme, problems)
    if by is None and not any(coding.kind == "characteristic" for coding in codings):
        names = ", ".join(c.column for c in programme.characteristics)
        problems.add(
            "error",
            "column_missing",
            names,
            "the header has none of the columns with characteristics.",
            possible=names,
            remedy="Rename a column, or name it under [characteristics] in the programme.",
        )
    if progress is None or problems.has_errors:
        return None
    if isinstance(progress, StageColumnsDecoder) and progress.route is not None:
        codings.append(Coding(WITHOUT, ROUTE, progress.route))
    id_column: str | None = None
    if isinstance(progress, EventCollector):
        id_column = progress.columns[0]
    elif check_ids and not isinstance(progress, PeopleCountsDecoder):
        id_column = _id_column(header, programme, problems)
    person = None
    if id_column is not None and not isinstance(progress, EventCollector):
        person = _person_column(header, programme)
    return Layout(tuple(codings), progress, id_column, header.find(programme.reading.cohort), person)


def _person_column(header: Header, programme: Programme) -> str | None:
    """Who applied, where applications are counted and the first part of their id says so."""
    reading = programme.reading
    several = reading.unit == "applications" and len(reading.id_parts) > 1
    return header.find(reading.id_parts[0]) if several else None


def _id_column(header: Header, programme: Programme, problems: Problems) -> str | None:
    name = programme.reading.applicant_id
    found = header.find(name)
    if found is None and programme.reading.id_parts:
        for part in programme.reading.id_parts:
            header.need(part, "Add it, or correct applicant_id under [reading] in the programme.")
    elif found is None:
        problems.add(
            "warning",
            "ids_not_checked",
            name,
            "the header has no column with ids, so nobody knows whether a person stands in it twice.",
            remedy=f"Name the id column under [reading] in the programme.{header.hint(name)}",
        )
    return found


def _characteristics(
    header: Header, programme: Programme, problems: Problems, by: Sequence[str] | None
) -> list[Coding]:
    for name in by or ():
        programme.characteristic(name)
    found = []
    for characteristic in programme.characteristics:
        if by is not None and characteristic.name not in by:
            continue
        encoder = _encoder(characteristic, header, programme, problems)
        if encoder is not None:
            found.append(Coding(characteristic.name, "characteristic", encoder))
        elif by is not None:
            header.need(characteristic.column, "Add it, or leave it out of by=.")
        elif characteristic.optional:
            near_miss(header, characteristic, problems)
        elif not characteristic.ticked and header.find(characteristic.column) is None:
            required(header, characteristic, problems)  # a missing box or detail is named already
    return found


def unused_columns(columns: tuple[str, ...], programme: Programme) -> tuple[str, list[Characteristic]]:
    """Columns that the programme has no use for, in words, and characteristics that have no column."""
    held = set(map(loose, columns))
    claimed = claimed_by(programme)
    free = [column for column in columns if column.strip() and loose(column) not in claimed]
    shown = [column for column in free if NAME.fullmatch(column)][:COLUMNS_SHOWN]
    more = f" and {len(free) - len(shown):,} more" if len(free) > len(shown) else ""
    absent = [
        one
        for one in programme.characteristics
        if not held.intersection(map(loose, filter(None, (one.column, one.number_column, one.birth_column))))
        and not held.intersection(loose(column) for column, _ in one.ticked)
    ]
    return f"{', '.join(shown)}{more}".strip(), absent


def _encoder(
    characteristic: Characteristic, header: Header, programme: Programme, problems: Problems
) -> Encoder | None:
    """By its boxes where it has any; else by its labels, a number, or a date of birth, the first there is."""
    if characteristic.ticked:
        boxes = [header.need(column, _BOX) for column, _ in characteristic.ticked]
        return TickEncoder(characteristic, [box for box in boxes if box], problems) if all(boxes) else None
    labelled = header.find(characteristic.column)
    if labelled is not None and characteristic.detail_column:
        detail = header.need(
            characteristic.detail_column, "Add it, or take detail_column out of the programme."
        )
        return None if detail is None else DetailEncoder(characteristic, labelled, detail, problems)
    if labelled is not None:
        return GroupEncoder(characteristic, labelled, problems)
    number = header.find(characteristic.number_column) if characteristic.number_column else None
    if number is not None:
        return BandEncoder(characteristic, number, problems)
    birth = header.find(characteristic.birth_column) if characteristic.birth_column else None
    if birth is None:
        return None
    return BirthEncoder(
        characteristic,
        birth,
        _cohort_of_birthdays(characteristic, header, programme),
        programme.cohorts,
        problems,
        named=programme.reading.cohort_label,
    )


def _cohort_of_birthdays(characteristic: Characteristic, header: Header, programme: Programme) -> str | None:
    """The column whose year ages count in; None where the file's one cohort tells it."""
    cohort, named = programme.reading.cohort, programme.reading.cohort_label
    if len(characteristic.reference_date) == len("2010-09-01"):
        return cohort
    if header.find(cohort) is None and programme.cohorts.year_of(named) is not None:
        return None
    return header.need(cohort, "Add it: ages count on a day of the cohort's year.") or cohort


def _strata(
    header: Header, programme: Programme, problems: Problems, strata: Sequence[str] | None
) -> list[Coding]:
    known = {
        "cohort": programme.reading.cohort,
        **{stratum.name: stratum.column for stratum in programme.strata},
    }
    found = []
    for name in known if strata is None else strata:
        check_known([name], known, argument="strata", of=f"declared by {programme.name!r}")
        column, named = header.find(known[name]), programme.reading.cohort_label
        if name == "cohort" and column is not None:
            found.append(Coding(name, name, CohortEncoder(column, programme.cohorts, named, problems)))
        elif name == "cohort" and named:
            found.append(Coding(name, name, OneCohort(named)))
        elif column is not None:
            found.append(Coding(name, "stratum", StratumEncoder(column, problems)))
        elif strata is not None:
            header.need(known[name], "Add it, or leave it out of strata=.")
    return found


def not_stated_codes(layout: Layout) -> list[int]:
    """Code of *Not stated* in each axis; -1 where no label says so."""
    return [labels.index(NOT_STATED) if NOT_STATED in labels else -1 for labels in layout.labels]
