"""What differs between a programme and the next cohort's file: columns, statuses, labels; asked or shown."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import listed
from stepup_equity.process import FurthestStage, Outcome, Programme, StageColumns, StatusWords, normalise
from stepup_equity.process.headings import QUESTIONS, heading
from stepup_equity.records.progress.words import WordMap
from stepup_equity.start.days import day_this_time
from stepup_equity.start.decisions import Decisions
from stepup_equity.start.divisions import LEFT_OUT, divided, there
from stepup_equity.start.gates import gate_named
from stepup_equity.start.labels import code_list, group_meant, group_told, unknown_answers
from stepup_equity.start.roles import assign_roles
from stepup_equity.start.statuses import meaning_of
from stepup_equity.start.told import EXITS
from stepup_equity.words.numbers import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stepup_equity.process import Characteristic
    from stepup_equity.start.proposals import Proposal
    from stepup_equity.start.view import Column, FileView


def differences(
    view: FileView, programme: Programme, answers: Mapping[str, str]
) -> tuple[Programme, tuple[Proposal, ...]]:
    """The programme as the file needs it, and every difference on the way, asked or not.

    Parameters
    ----------
    view : FileView
        The next cohort's file.
    programme : Programme
        That of the last cohort.
    answers : mapping
        Decisions taken so far, by key.
    """
    decisions = Decisions(answers)
    columns = {heading(column.name): column for column in view.columns}
    found = _layout(view, programme, decisions)
    found = _identity(view, found, columns, decisions)
    kept = [_characteristic(one, view, columns, found, decisions) for one in found.characteristics]
    cohort = columns.get(heading(found.reading.cohort))
    asked = tuple(_on_a_day(one, view, columns, cohort, decisions) for one in kept if one is not None)
    found = replace(
        found, characteristics=asked, questions=found.questions.among([one.name for one in asked])
    )
    found = _progress(found, view, columns, decisions)
    found = divided(found, view, columns, decisions)
    return found, tuple(decisions.made.values())


def _on_a_day(
    one: Characteristic,
    view: FileView,
    columns: Mapping[str, Column],
    cohort: Column | None,
    decisions: Decisions,
) -> Characteristic:
    """The characteristic with the day on which ages count, where the file has dates of birth."""
    birth = columns.get(heading(one.birth_column or ""))
    return one if birth is None else day_this_time(one, birth, view, cohort, decisions)


def _layout(view: FileView, programme: Programme, decisions: Decisions) -> Programme:
    reading = programme.reading
    if view.header_row == reading.header_row and (not reading.sheet or reading.sheet in view.sheets):
        return programme
    decisions.decide(
        "header_row",
        "layout",
        view.name,
        f"The column names stand in row {view.header_row}, not in row {reading.header_row}.",
        str(view.header_row),
        "the row that looks like column names",
    )
    sheet = reading.sheet if reading.sheet in view.sheets else view.sheet
    return replace(programme, reading=replace(reading, header_row=view.header_row, sheet=sheet))


def _identity(
    view: FileView, programme: Programme, columns: Mapping[str, Column], decisions: Decisions
) -> Programme:
    reading = programme.reading
    if reading.id_parts:
        gone = [name for name in reading.id_parts if heading(name) not in columns]
        if gone:
            _missing(gone, "which rows are whose", decisions, key="id")
        return programme
    if heading(reading.applicant_id) in columns or reading.applicant_id == "applicant_id":
        return programme
    identity = assign_roles(view, Decisions({})).identity
    name = _renamed(
        "id", reading.applicant_id, "the ids", identity, view, decisions, sure=identity is not None
    )
    return programme if name is None else replace(programme, reading=replace(reading, applicant_id=name))


def _renamed(
    key: str,
    old: str,
    what: str,
    candidate: Column | None,
    view: FileView,
    decisions: Decisions,
    *,
    sure: bool,
) -> str | None:
    """The new name of a column that the file does not have under the old one; None where it has none."""
    names = [column.name for column in view.columns]
    proposed = candidate.name if candidate is not None else ""
    value = decisions.decide(
        f"column:{key}",
        "column",
        old,
        f"{old!r} is now {proposed!r}."
        if sure
        else f"{old!r} is not in the file. Which column holds {what}?",
        proposed,
        "its name, and its answers are known" if sure else "no column answers to that name",
        choices=[
            *((name, name) for name in names if name == proposed),
            (LEFT_OUT, "None of them"),
            *((name, name) for name in names if name != proposed),
        ],
        safe=sure,
        meanwhile=LEFT_OUT,
    )
    return None if value == LEFT_OUT else value


# Characteristics ---------------------------------------------------------------------------------------


def _characteristic(
    one: Characteristic,
    view: FileView,
    columns: Mapping[str, Column],
    programme: Programme,
    decisions: Decisions,
) -> Characteristic | None:
    names = [one.column, one.number_column or "", one.birth_column or ""]
    present = next((name for name in names if name and heading(name) in columns), None)
    if one.ticked:
        return one
    if present is None:
        candidate = _candidate(one, view, programme)
        sure = candidate is not None and _knows(one, candidate) >= (0.8 if _named(one, candidate) else 0.98)
        name = _renamed(
            one.name,
            one.birth_column or one.number_column or one.column,
            one.label.lower(),
            candidate,
            view,
            decisions,
            sure=sure,
        )
        if name is None:
            return None
        column = view.column(name)
        one = _moved(one, column)
    elif present != one.column:
        return one
    else:
        column = columns[heading(present)]
    if column.name in (one.birth_column, one.number_column):
        return one
    placed = _labels(one, column, decisions)
    if placed is None or not placed.detail_column:
        return placed
    if not there(placed.detail_column, columns, decisions, f"{one.label} in detail"):
        return replace(placed, detail_column="")
    return _labels(placed, columns[heading(placed.detail_column)], decisions)


def _moved(one: Characteristic, column: Column) -> Characteristic:
    """The characteristic read from another column: of dates of birth, of numbers, or of labels."""
    if one.birth_column and column.date_forms:
        return replace(one, birth_column=column.name)
    if one.number_column and column.is_number:
        return replace(one, number_column=column.name)
    return replace(one, column=column.name)


def _candidate(one: Characteristic, view: FileView, programme: Programme) -> Column | None:
    """The column that answers the same question, by its name or its answers."""
    taken = {
        heading(name)
        for other in programme.characteristics
        for name in (other.column, other.detail_column)
        if name
    }
    free = [column for column in view.columns if heading(column.name) not in taken and column.values]
    named = [column for column in free if _named(one, column)]
    if one.birth_column or one.number_column:
        dates = (column for column in free if column.date_forms and "birth" in heading(column.name))
        numbers = (column for column in named if column.is_number)
        return next(dates if one.birth_column else numbers, next(iter(named), None))
    ranked = sorted(named or free, key=lambda column: -_knows(one, column))
    return ranked[0] if ranked and _knows(one, ranked[0]) >= 0.5 else None


def _named(one: Characteristic, column: Column) -> bool:
    """Whether a column's name asks for the characteristic."""
    asked = next((question for question in QUESTIONS if question.name == one.name), None)
    return asked is not None and asked.headings.search(heading(column.name)) is not None


def _knows(one: Characteristic, column: Column) -> float:
    """Share of a column's answers that a characteristic's spellings know."""
    total = sum(column.labels.values())
    known = sum(n for label, n in column.labels.items() if one.spellings.get(label) is not None)
    return known / total if total else 0.0


def _labels(one: Characteristic, column: Column, decisions: Decisions) -> Characteristic | None:
    """The characteristic with the labels of the file that it does not know yet; None where it is left out."""
    for label, rows in unknown_answers(one, column).items():
        placed = _label(one, label, rows, decisions)
        if placed is None:
            return None
        one = placed
    return one


def _label(one: Characteristic, label: str, rows: int, decisions: Decisions) -> Characteristic | None:
    known = _known_group(one, label)
    near = difflib.get_close_matches(normalise(label), list(one.spellings), n=3, cutoff=0.5)
    likely = [group for text in near if (group := one.spellings[text]) is not None]
    told = group_told(label, one.spellings)
    first = list(dict.fromkeys([*filter(None, (known, told)), *likely]))
    others = [group for group in (*one.labels, NOT_STATED) if group not in first]
    gone = f"None of these: {one.label.lower()} is left out, its groups are others now"
    value = decisions.decide(
        f"label:{one.name}:{label}",
        "label",
        label,
        f"{label!r} ({rows:,}) is new under {one.label.lower()}.{'' if known else ' Which group is it?'}",
        known or told,
        "a code list has it" if known else "the programme does not know this label",
        choices=[
            *((group, group) for group in first),
            (LEFT_OUT, gone),
            *((group, group) for group in others),
        ],
        safe=known is not None,
        meanwhile="",
        rows=rows,
    )
    if not value:
        return one
    if value == LEFT_OUT:
        return None
    if value == NOT_STATED:
        return replace(one, not_stated=(*one.not_stated, label))
    return replace(
        one,
        groups=tuple(
            replace(group, synonyms=(*group.synonyms, label)) if group.label == value else group
            for group in one.groups
        ),
    )


def _known_group(one: Characteristic, label: str) -> str | None:
    """The group that a shipped list gives a label, where the characteristic has it."""
    asked = next((question for question in QUESTIONS if question.name == one.name and question.lists), None)
    for name in asked.lists if asked else ():
        if set(one.labels) & set(code_list(name).labels):
            group = group_meant(label, name)
            if group in one.labels:
                return group
    return None


# Progress ----------------------------------------------------------------------------------------------


def _progress(
    programme: Programme, view: FileView, columns: Mapping[str, Column], decisions: Decisions
) -> Programme:
    spec = programme.reading.progress
    if isinstance(spec, StageColumns):
        named = [dict(spec.columns).get(key, key) for key in programme.process.stage_keys[1:]]
        gone = [name for name in named if heading(name) not in columns]
        if gone:
            _missing(gone, "who reached a stage", decisions)
        return programme
    if isinstance(spec, FurthestStage) and heading(spec.column) not in columns:
        _missing([spec.column], "the furthest stage", decisions)
    if not isinstance(spec, StatusWords):
        return programme
    if heading(spec.column) not in columns:
        now = _renamed("status", spec.column, "the statuses", _speaking(view), view, decisions, sure=False)
        if now is None:
            return programme
        spec = replace(spec, column=now)
    column = columns[heading(spec.column)]
    words = WordMap((word, i) for i, outcome in enumerate(spec.outcomes) for word in outcome.words)
    blank = int((~column.filled).sum())
    pairs = [*zip(column.values, map(int, column.counts), strict=True), *([("", blank)] if blank else [])]
    for value, n in pairs:
        if words.code(value) < 0:
            spec = _status(spec, value, n, programme, decisions)
    return replace(programme, reading=replace(programme.reading, progress=spec))


def _missing(names: Sequence[str], what: str, decisions: Decisions, *, key: str = "progress") -> None:
    """Columns that are gone, and no answer can put another in their place."""
    one = len(names) == 1
    decisions.decide(
        key,
        "column",
        names[0],
        f"{listed(names)} {'is' if one else 'are'} not in the file: {what} would not be known. "
        "This file tells it in another way. Run start with it, then next with the programme "
        "that start writes.",
        "",
        "no column has that name" if one else "no columns have these names",
        safe=False,
    )


def _speaking(view: FileView) -> Column | None:
    """The column whose words speak most of gates and of leaving."""

    def told(column: Column) -> int:
        if len(column.values) > 100:
            return 0
        pairs = zip(column.values, column.counts, strict=True)
        return sum(int(n) for value, n in pairs if meaning_of(value).exit or meaning_of(value).gate)

    best = max(view.columns, key=told)
    return best if told(best) else None


def _status(
    spec: StatusWords, word: str, rows: int, programme: Programme, decisions: Decisions
) -> StatusWords:
    keys, labels = (
        programme.process.stage_keys,
        {stage.key: stage.label for stage in programme.process.stages},
    )
    meaning = meaning_of(word)
    at = next(
        (
            i
            for i, stage in enumerate(programme.process.stages)
            if stage.key == meaning.gate or ((gate := gate_named(stage.label)) and gate.key == meaning.gate)
        ),
        None,
    )
    place = ""
    likely = meaning.sure or meaning.likely
    if meaning.gate and at is not None:
        at = at if meaning.passed else max(at - 1, 0)
        place = f"{keys[at]}/{'reached' if at == len(keys) - 1 else meaning.exit or 'pending'}"
    exits = [reason for reason in EXITS if reason != "reached"]
    places = [f"{key}/{reason}" for key in keys[:-1] for reason in exits] + [f"{keys[-1]}/reached"]
    value = decisions.decide(
        f"status:{word}",
        "status",
        word or "(blank)",
        f"Status {word!r} ({rows:,}) is new.{'' if meaning.sure and place else ' What does it mean?'}"
        if word
        else f"{count(rows, 'row')} {'has' if rows == 1 else 'have'} no status. What became of them?",
        place if likely else "",
        meaning.reason,
        choices=[
            (one, f"{labels[one.split('/')[0]]}: {EXITS[one.split('/')[1]]}")
            for one in dict.fromkeys([*([place] if place else []), *places])
        ],
        safe=meaning.sure and bool(place),
        meanwhile="",
        rows=rows,
    )
    return _with_word(spec, word, value) if value else spec


def _with_word(spec: StatusWords, word: str, place: str) -> StatusWords:
    stage, _, reason = place.partition("/")
    exit_ = "" if reason == "reached" else reason
    outcomes = list(spec.outcomes)
    for i, outcome in enumerate(outcomes):
        if (outcome.stage, outcome.exit) == (stage, exit_):
            outcomes[i] = replace(outcome, words=(*outcome.words, word))
            break
    else:
        outcomes.append(Outcome((word,), stage, exit_))
    return replace(spec, outcomes=tuple(outcomes))


# Counts ------------------------------------------------------------------------------------------------
