"""Which columns say how far someone got, as the programme declares it or as the header shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.errors import listed
from stepup_equity.process import EventLog, FurthestStage, PeopleCounts, Programme, StageColumns, StatusWords
from stepup_equity.records.header import Header, Progress
from stepup_equity.records.progress.both import AgreeingDecoder
from stepup_equity.records.progress.events import EventCollector
from stepup_equity.records.progress.furthest import FurthestStageDecoder
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder
from stepup_equity.records.progress.stage_columns import StageColumnsDecoder
from stepup_equity.records.progress.status import StatusDecoder
from stepup_equity.records.progress.words import ExitWords, WordMap

if TYPE_CHECKING:
    from stepup_equity.records.header import Progress
    from stepup_equity.records.problems import Problems


def progress_of(header: Header, programme: Programme, problems: Problems) -> Progress | None:
    """What decodes progress; None where nothing says how far anyone got."""
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
