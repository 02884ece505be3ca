"""Which columns of a source hold what, found once from its header."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Protocol

from stepup_equity.columns import NOT_STATED, WITHOUT
from stepup_equity.errors import did_you_mean, listed, unknown_name
from stepup_equity.process import (
    EventLog,
    FurthestStage,
    PeopleCounts,
    Programme,
    StageColumns,
    StatusWords,
    normalise,
)
from stepup_equity.process.headings import question_of
from stepup_equity.records.absent import near_miss, required
from stepup_equity.records.cohorts import CohortEncoder, OneCohort
from stepup_equity.records.details import DetailEncoder
from stepup_equity.records.labels import BandEncoder, BirthEncoder, GroupEncoder, StratumEncoder
from stepup_equity.records.progress import (
    AgreeingDecoder,
    EventCollector,
    ExitWords,
    FurthestStageDecoder,
    PeopleCountsDecoder,
    StageColumnsDecoder,
    StatusDecoder,
    WordMap,
)
from stepup_equity.records.routes import ROUTE
from stepup_equity.records.ticks import TickEncoder

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from stepup_equity.process import Characteristic
    from stepup_equity.process.reading import Progress as ProgressSpec
    from stepup_equity.records.batches import Batch, Coded
    from stepup_equity.records.problems import Problems
    from stepup_equity.records.sources import Source

__all__ = [
    "Coding",
    "Header",
    "Layout",
    "not_stated_codes",
    "people_counts_decoder",
    "resolve_layout",
    "unused_columns",
]

_COLUMNS_SHOWN: Final = 30
_NAME: Final = re.compile(r"(?!.*\d{4})[^\W\d_][\w .:/()&'?%-]{0,59}")
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


class Decoder(Protocol):
    """Turns the progress columns into furthest stage and exit."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Raw columns it reads."""

    def decode(self, batch: Batch) -> Coded:
        """Outcome of each row."""

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""


Progress = Decoder | PeopleCountsDecoder | EventCollector


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


class Header:
    """Column names; a name is found whatever its case, spaces, underscores and hyphens.

    Where a file may lack its header, row 1 may be a person. It is one only where two of its fields at least
    are names that the programme knows.
    """

    def __init__(
        self, columns: tuple[str, ...], programme: Programme, problems: Problems, *, sure: bool
    ) -> None:
        self.columns, self._problems = columns, problems
        self._loose: dict[str, list[str]] = {}
        for column in columns:
            self._loose.setdefault(_loose(column), []).append(column)
        self._named = frozenset(_columns_of(programme))
        self.claimed = _claimed(programme)
        self.is_one = sure or len(self.claimed & self._loose.keys()) > 1

    @property
    def in_words(self) -> str:
        """The first columns, as long as they look like names: in a damaged header a person may follow."""
        names = list(takewhile(_NAME.fullmatch, self.columns[:_COLUMNS_SHOWN]))
        more = len(self.columns) - len(names)
        return f"{', '.join(names)} and {more:,} more" if more else ", ".join(names)

    def find(self, name: str) -> str | None:
        """The column of this name as the source spells it; a doubled one is a problem, a twin too.

        Two columns whose names differ in case or blanks alone are twins, unless the programme names each as
        it is spelt.
        """
        same = self._loose.get(_loose(name), [])
        exact = [column for column in same if column == name]
        if len(same) == 1 or (len(exact) == 1 and all(column in self._named for column in same)):
            return (exact or same)[0]
        if same:
            spelt = f", as {listed(dict.fromkeys(same))}" if len(set(same)) > 1 else ""
            self._problems.add(
                "error",
                "column_doubled",
                name,
                f"the header has this column more than once{spelt}.",
                remedy="Rename or leave out one of them.",
            )
            return same[0]
        return None

    def need(self, name: str, remedy: str) -> str | None:
        """The same, but its absence is a problem."""
        found = self.find(name)
        if found is None:
            self._problems.add(
                "error",
                "column_missing",
                name,
                "the header does not have this column.",
                possible=self.in_words,
                remedy=f"{remedy}{self.hint(name)}",
            )
        return found

    def hint(self, name: str) -> str:
        """The nearest column that nothing else in the programme claims, as a question."""
        names = filter(_NAME.fullmatch, self.columns)
        free = [column for column in names if _loose(column) not in self.claimed]
        spelt = did_you_mean(name, free).replace("Did you mean", "Is it")
        asked = question_of(name)
        kin = [column for column in free if asked and question_of(column) == asked]
        return spelt or (f" Is it {kin[0]!r}?" if len(kin) == 1 else "")

    def holds_unclaimed(self, name: str) -> bool:
        """Whether there is such a column and the programme has no other use for it."""
        return _loose(name) not in self.claimed and self.find(name) is not None


def _loose(name: str) -> str:
    return normalise(name.replace("_", " ").replace("-", " "))


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
            possible=", ".join(_columns_of(programme)),
            remedy=f"Put the column names there, or name the columns in the programme. {source.elsewhere}",
        )
        return None
    codings = [
        *_characteristics(header, programme, problems, by),
        *_strata(header, programme, problems, strata),
    ]
    progress = _progress(header, programme, problems)
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


def _claimed(programme: Programme) -> frozenset[str]:
    """Loose names of every column that the programme has a use for."""
    return frozenset(map(_loose, _columns_of(programme)))


def unused_columns(columns: tuple[str, ...], programme: Programme) -> tuple[str, list[Characteristic]]:
    """Columns that the programme has no use for, in words, and characteristics that have no column."""
    held = set(map(_loose, columns))
    claimed = _claimed(programme)
    free = [column for column in columns if column.strip() and _loose(column) not in claimed]
    shown = [column for column in free if _NAME.fullmatch(column)][:_COLUMNS_SHOWN]
    more = f" and {len(free) - len(shown):,} more" if len(free) > len(shown) else ""
    absent = [
        one
        for one in programme.characteristics
        if not held.intersection(map(_loose, filter(None, (one.column, one.number_column, one.birth_column))))
        and not held.intersection(_loose(column) for column, _ in one.ticked)
    ]
    return f"{', '.join(shown)}{more}".strip(), absent


def _columns_of(programme: Programme) -> list[str]:
    """Every column that the programme names."""
    reading = programme.reading
    names = [reading.applicant_id, *reading.id_parts, reading.cohort]
    names += [one.column for one in programme.strata]
    names += [one.column for one in programme.covariates]
    for one in programme.characteristics:
        names += filter(None, (one.column, one.detail_column, one.number_column, one.birth_column))
        names += [column for column, _ in one.ticked]
    return [*names, *_progress_columns(reading.progress, programme.process.stage_keys)]


def _progress_columns(spec: ProgressSpec | None, stages: tuple[str, ...]) -> list[str]:
    """Columns that may tell how far people got."""
    if spec is None:
        return [FurthestStage().column, FurthestStage().exit_column, *stages]
    if isinstance(spec, FurthestStage):
        return [spec.column, spec.exit_column]
    if isinstance(spec, StageColumns):
        return [*(dict(spec.columns).get(key, key) for key in stages), spec.exit_column]
    if isinstance(spec, StatusWords):
        return [spec.column, *(split.column for split in spec.split)]
    if isinstance(spec, EventLog):
        return [spec.event, spec.time]
    counted = [word for outcome in spec.outcomes for word in outcome.words if "*" not in word]
    return [*(column for _, column in spec.reached), *counted]


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
        if name not in known:
            raise unknown_name(name, known, argument="strata", of=f"declared by {programme.name!r}")
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


def _progress(header: Header, programme: Programme, problems: Problems) -> Progress | None:
    spec = programme.reading.progress
    if spec is None:
        return _undeclared(header, programme, problems)
    if isinstance(spec, FurthestStage):
        return _furthest(header, spec, programme, problems)
    if isinstance(spec, StageColumns):
        return _stage_columns(header, spec, programme, problems)
    if isinstance(spec, StatusWords):
        return _status(header, spec, programme, problems)
    if isinstance(spec, EventLog):
        return _events(header, spec, programme, problems)
    return _people_counts(header, spec, programme, problems)


def _undeclared(header: Header, programme: Programme, problems: Problems) -> Progress | None:
    """A furthest-stage column, one column for each stage, or both where they agree."""
    furthest, stages = FurthestStage(), StageColumns()
    wanted = programme.process.stage_keys[1:]
    present = [key for key in wanted if header.find(key) is not None]
    if header.find(furthest.column) is not None:
        one = _furthest(header, furthest, programme, problems)
        if len(present) < len(wanted):
            return one
        all_stages = _stage_columns(header, stages, programme, problems)
        return None if one is None or all_stages is None else AgreeingDecoder(all_stages, one, problems)
    if present:
        return _stage_columns(header, stages, programme, problems)
    problems.add(
        "error",
        "column_missing",
        furthest.column,
        f"the header has neither a furthest_stage column nor one column for each stage ({listed(wanted)}).",
        possible=header.in_words,
        remedy="Add one of them, or describe the file under [reading.progress] in the programme.",
    )
    return None


def _status(
    header: Header, spec: StatusWords, programme: Programme, problems: Problems
) -> StatusDecoder | None:
    column = header.need(spec.column, "Add it, or name another under [reading.progress].")
    remedy = "Add it, or name another under [[reading.progress.split]]."
    splitting = [header.need(split.column, remedy) for split in spec.split]
    if column is None or None in splitting:
        return None
    return StatusDecoder(column, spec, programme.process, problems, [name for name in splitting if name])


def _exits(header: Header, spec: FurthestStage | StageColumns, problems: Problems) -> ExitWords | None:
    column = header.find(spec.exit_column)
    return None if column is None else ExitWords(column, spec.exit_words, problems)


def _furthest(
    header: Header, spec: FurthestStage, programme: Programme, problems: Problems
) -> FurthestStageDecoder | None:
    column = header.need(spec.column, "Add it, or name another under [reading.progress].")
    if column is None:
        return None
    return FurthestStageDecoder(column, _exits(header, spec, problems), spec, programme.process, problems)


def _stage_columns(
    header: Header, spec: StageColumns, programme: Programme, problems: Problems
) -> StageColumnsDecoder | None:
    names = dict(spec.columns)
    columns = []
    for stage, key in enumerate(programme.process.stage_keys):
        name = names.get(key, key)
        column = (
            header.find(name)
            if stage == 0
            else header.need(name, "Add it, or name another under [reading.progress.columns].")
        )
        if column is not None:
            columns.append((stage, column))
    if len([stage for stage, _ in columns if stage]) < len(programme.process.gates):
        return None
    return StageColumnsDecoder(columns, _exits(header, spec, problems), spec, programme.process, problems)


def _events(
    header: Header, spec: EventLog, programme: Programme, problems: Problems
) -> EventCollector | None:
    remedy = "Add it, or name another under [reading]."
    id_column = header.need(programme.reading.applicant_id, remedy)
    event, time = header.need(spec.event, remedy), header.need(spec.time, remedy)
    if id_column is None or event is None or time is None:
        return None
    return EventCollector(spec, (id_column, event, time), programme.process, problems)


def _people_counts(
    header: Header, spec: PeopleCounts, programme: Programme, problems: Problems
) -> PeopleCountsDecoder | None:
    keys = programme.process.stage_keys
    named = dict(spec.reached)
    reached = []
    for stage, key in enumerate(keys):
        if key in named:
            column = header.need(named[key], "Add it, or name another under [reading.progress.reached].")
            reached += [(stage, column)] if column is not None else []
    ended = [
        (column, at)
        for at, outcome in enumerate(spec.outcomes)
        for word in outcome.words
        for column in _counting(word, header)
    ]
    if problems.has_errors:
        return None
    return PeopleCountsDecoder(reached, ended, spec, programme.process, problems)


def people_counts_decoder(
    columns: tuple[str, ...], programme: Programme, problems: Problems
) -> PeopleCountsDecoder | None:
    """What reads numbers of people under these columns; None (and problems) where they cannot be matched."""
    spec = programme.reading.progress
    assert isinstance(spec, PeopleCounts)
    return _people_counts(Header(columns, programme, problems, sure=True), spec, programme, problems)


def _counting(word: str, header: Header) -> list[str]:
    """Columns that a word of an outcome names."""
    if "*" in word:
        named = WordMap([(word, 0)])
        return [column for column in header.columns if named.code(column) == 0]
    found = header.need(word, "Add it, or correct its name under [reading.progress.outcomes].")
    return [] if found is None else [found]


def not_stated_codes(layout: Layout) -> list[int]:
    """Code of *Not stated* in each axis; -1 where no label says so."""
    return [labels.index(NOT_STATED) if NOT_STATED in labels else -1 for labels in layout.labels]
