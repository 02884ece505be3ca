"""A draft of a programme from a file: what is proposed, why, and what a person must decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.errors import ArgumentError, listed, unknown_name
from stepup_equity.process import Programme, load_programme, programme_from_toml
from stepup_equity.process.headings import heading
from stepup_equity.start.asked import draft_characteristics
from stepup_equity.start.decisions import Decisions
from stepup_equity.start.differences import differences
from stepup_equity.start.names import cohort_named, key_of, without_cohort
from stepup_equity.start.progress import draft_progress, speaks_of_progress
from stepup_equity.start.questions import draft_questions, with_questions
from stepup_equity.start.readers import reader_of
from stepup_equity.start.roles import UNUSED, assign_roles
from stepup_equity.start.told_by_counts import published_roles
from stepup_equity.start.units import draft_unit
from stepup_equity.start.view import FileView, view_file
from stepup_equity.start.written import write_draft, write_read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stepup_equity.counts import StageCounts
    from stepup_equity.start.proposals import Proposal


_FREE: Final = ("date", "name")
_DATE: Final = re.compile(r"(\d{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_TITLE: Final = re.compile(r"(?:programme|scheme|campaign|vacancy)\s*:\s*(.+)", re.IGNORECASE)


@dataclass(frozen=True, eq=False, repr=False)
class Draft:
    """A programme drafted from a file; frozen, so that every answer gives a new one.

    Attributes
    ----------
    view : FileView
        What the file looks like.
    answers : tuple of (str, str)
        Decisions that a person took, by key.
    proposals : tuple of Proposal
        Every decision: what is proposed, why, what else it could be.
    """

    view: FileView
    answers: tuple[tuple[str, str], ...]
    proposals: tuple[Proposal, ...]
    _text: str

    @property
    def open(self) -> tuple[Proposal, ...]:
        """What a person must still decide, in the order of the file's parts."""
        return tuple(one for one in self.proposals if one.open)

    def proposal(self, key: str) -> Proposal:
        """The proposal with this key."""
        for one in self.proposals:
            if one.key == key:
                return one
        raise unknown_name(
            key, [one.key for one in self.proposals], argument="key", of="a decision of this draft"
        )

    def answer(self, key: str, value: str) -> Draft:
        """The same draft with one more decision taken.

        Parameters
        ----------
        key : str
            As in `Proposal.key`.
        value : str
            One of the proposal's choices, by value or in words.

        Raises
        ------
        ArgumentError
            Where there is no such decision, or it cannot be answered so.
        """
        value = _checked(self.proposal(key), value)
        answers = {**dict(self.answers), key: value}
        return _drafted(self.view, answers)

    def take(self) -> Draft:
        """The same draft with every proposal taken, the open ones too; what has none stays open."""
        draft = self
        for _ in range(len(self.proposals) + 1000):
            one = next((one for one in draft.open if one.proposed), None)
            if one is None:
                return draft
            draft = draft.answer(one.key, one.proposed)
        return draft

    def to_toml(self) -> str:
        """The programme as commented TOML; what is open is marked."""
        return self._text

    @property
    def cohort(self) -> str:
        """What the cohort is called by the titles or the name of the file; empty where they do not say.

        It is no part of the programme, which serves the next cohort too; where the file has a column of
        cohorts, that tells.
        """
        told = {one.value for one in self.proposals if one.kind == "column"}
        names = {heading(column.name) for column in self.view.columns}
        reader = next((one.value for one in self.proposals if one.key == "reader"), "none")
        kept_in = "cohort" if reader == "none" else load_programme(reader).reading.cohort
        if "cohort" in told or names & {"cohort", heading(kept_in)}:
            return ""
        return next(filter(None, map(cohort_named, (*self.view.titles, self.view.name))), "")

    @cached_property
    def programme(self) -> Programme:
        """The programme as it stands now.

        Raises
        ------
        ProgrammeError
            Where the file does not tell how far people got.
        """
        return programme_from_toml(self._text)

    def counts(self) -> StageCounts:
        """The file counted by the programme as it stands now.

        Raises
        ------
        DataError
            Where the file holds a word or a label that nobody has placed yet.
        """
        from stepup_equity.counts import open_counts

        return open_counts(
            self.view.source, programme=self.programme, cohort_label=self.cohort or None
        ).counts

    def __repr__(self) -> str:
        return (
            f"<Draft: {self.view.name}, {self.view.rows:,} rows; {len(self.proposals)} decisions, "
            f"{len(self.open)} open>"
        )


def draft_programme(source: Any, *, progress: Callable[[int], None] | None = None) -> Draft:
    """Draft a programme from a file: its columns, stages, statuses and labels, with what must be asked.

    Nothing is guessed in silence: what the file leaves in doubt is an open question, and until it is
    answered the programme says what claims least.

    Parameters
    ----------
    source : path, frame or whatever `read_applicants` takes
    progress : callable, optional
        Called with the number of rows read so far.

    Returns
    -------
    Draft

    Raises
    ------
    DataError
        Where the file is no table.

    Examples
    --------
    >>> import pandas as pd
    >>> draft = draft_programme(pd.DataFrame({
    ...     "Candidate": ["a1", "a2", "a3", "a4"],
    ...     "Gender": ["Female", "Male", "Male", "Female"],
    ...     "Status": ["Sift - unsuccessful", "Interview - unsuccessful", "Appointed", "Withdrawn"],
    ... }))
    >>> draft.programme.process.stage_keys
    ('applied', 'sifted', 'interviewed', 'started')
    >>> [proposal.question for proposal in draft.open]
    ['Withdrawn (1): how far had they got?']
    >>> draft.answer("status:Withdrawn", "sifted/withdrew").open
    ()
    """
    return _drafted(view_file(source, progress=progress), {})


def _drafted(view: FileView, answers: Mapping[str, str]) -> Draft:
    decisions = Decisions(answers)
    reader = reader_of(view)
    if reader is not None and _is_read_by(reader, view, decisions):
        found, made = differences(view, reader, answers)
        found = with_questions(found, decisions)
        first, *last = decisions.made.values()
        proposals = (first, *made, *last)
        return Draft(view, tuple(answers.items()), proposals, write_read(found, view, proposals))
    label = decisions.decide(
        "name", "name", view.name, "What is the selection called?", _label(view), _why(view), choices=()
    )
    roles = published_roles(view) or assign_roles(view, decisions)
    told = draft_progress(view, roles, decisions)
    roles.strata = [column for column in roles.strata if column.name not in told.columns]
    if told.table.get("kind") == "events" and roles.identity is not None:
        roles.strata = [column for column in roles.strata if column.is_one_for_each(roles.identity)]
    for column in roles.rest:
        if column.name in told.columns:
            decisions.settle(f"column:{column.name}", "progress", "its words speak of stages and of leaving")
        else:
            decisions.settle(f"column:{column.name}", UNUSED, "nothing says that it is needed")
            if speaks_of_progress(column):
                decisions.doubt(
                    f"column:{column.name}", "it speaks of stages too, beside the column that tells them"
                )
    draft_unit(view, roles, told, decisions)
    drafted = draft_characteristics(view, roles, decisions)
    questions = draft_questions(drafted, decisions)
    if not told.table:
        decisions.decide(
            "progress",
            "column",
            view.name,
            "Which column tells how far people got?",
            "",
            "no column speaks of stages or of leaving"
            if roles.rest
            else "every column holds something else; give the file one, or change what a column holds",
            choices=[(column.name, column.name) for column in roles.rest],
            safe=False,
        )
    text = write_draft(key_of(label), label, view, roles, told, drafted, questions, decisions.made)
    ordered = sorted(decisions.made.values(), key=lambda one: _ORDER.index(one.kind))
    return Draft(view, tuple(answers.items()), tuple(ordered), text)


def _is_read_by(reader: Programme, view: FileView, decisions: Decisions) -> bool:
    """Whether the file is read as an export that the library knows."""
    value = decisions.decide(
        "reader",
        "reader",
        view.name,
        f"This looks like an export that is known: {reader.label}. Read it so?",
        reader.name,
        "it has every column of one, and nearly all its words and labels are known",
        rests_on=f"Its stages: {', '.join(stage.label for stage in reader.process.stages)}",
        choices=[(reader.name, "Yes"), ("none", "No, ask about each column")],
    )
    return value == reader.name


_ORDER: Final = ("reader", "name", "column", "date", "stages", "status", "label", "questions")


def _label(view: FileView) -> str:
    for title in view.titles:
        if match := _TITLE.search(title):
            said = re.split(r"\s{2,}|\s*\|\s*", match[1].split(" Run by")[0])[0]
            return without_cohort(said.strip(" ."))
    name = without_cohort(Path(view.name).stem if "." in view.name else view.name)
    return " ".join(re.split(r"[_\s]+", name)).strip().capitalize() or "Selection"


def _why(view: FileView) -> str:
    return (
        "the title above the table" if any(_TITLE.search(t) for t in view.titles) else "the name of the file"
    )


def _checked(one: Proposal, value: str) -> str:
    """The value as it is kept, or a refusal in words."""
    for choice in one.choices:
        if value in (choice.value, choice.label):
            return choice.value
    if not value.strip() and one.kind not in _FREE:
        raise ArgumentError(f"Nothing is proposed here, and an answer is needed: {one.question}")
    if one.key == "reference_date" and not _DATE.fullmatch(value):
        raise ArgumentError(
            f"{value!r} is not a day. Write it as 2025-09-01, or 09-01 for each cohort's year."
        )
    if one.kind == "stages":
        keys = sorted(part.strip() for part in one.value.split(","))
        if sorted(part.strip() for part in value.split(",")) != keys:
            raise ArgumentError(f"{value!r} does not name each stage once. Stages: {listed(keys)}.")
        return value
    if one.kind in _FREE and value.strip():
        return value.strip()
    words = [choice.value for choice in one.choices]
    raise unknown_name(value, words, argument="value", of=f"an answer to {one.question!r}")
