"""The way through a draft, one question at a time: for the terminal and the page alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from stepup_equity.process import EventLog
from stepup_equity.process.headings import heading
from stepup_equity.start.draft import Draft  # noqa: TC001 - a field of a dataclass

if TYPE_CHECKING:
    from stepup_equity.counts import StageCounts
    from stepup_equity.start.proposals import Proposal


COLUMNS: Final = "review:column"
STATUSES: Final = "review:status"
_EARLY: Final = ("name", "column", "date", "stages")


def repeats(draft: Draft) -> str:
    """What is said first of a file in which rows stand twice: it is refused, whatever is answered.

    Empty where none does; and of logs and files without ids, whose rows may well be alike.
    """
    reading = draft.programme.reading
    ids = {heading(name) for name in (reading.applicant_id, *reading.id_parts)}
    here = ids & {heading(column.name) for column in draft.view.columns}
    if isinstance(reading.progress, EventLog) or not here or not (n := draft.view.repeated):
        return ""
    rows = "1 row repeats" if n == 1 else f"{n:,} rows repeat"
    return (
        f"{rows} another in every column. They will be refused: take them out first, in Excel with Data, "
        "Remove Duplicates."
    )


@dataclass(frozen=True)
class Way:
    """A draft and the steps taken through it; frozen, so that going back is having kept the one before.

    Attributes
    ----------
    draft : Draft
    done : tuple of str
        Steps taken, in order: keys of proposals, and the two overviews.
    before : Way or None
        The way one step ago.
    """

    draft: Draft
    done: tuple[str, ...] = ()
    before: Way | None = None

    @property
    def plan(self) -> tuple[str, ...]:
        """Every step that there is: the columns, what is in doubt, the statuses; last, what will be asked."""
        doubtful = [one for one in self.draft.proposals if not one.safe]
        early = [one.key for one in doubtful if one.kind in _EARLY]
        late = [one.key for one in doubtful if one.kind not in _EARLY]
        late += [one.key for one in self.draft.proposals if one.kind == "questions"]
        columns, review = ((step,) if reviewed(self.draft, step) else () for step in (COLUMNS, STATUSES))
        known = [one.key for one in self.draft.proposals if one.kind == "reader"]
        return (*known, *columns, *early, *review, *late)

    @property
    def step(self) -> str:
        """The next step; empty at the end."""
        return next((key for key in self.plan if key not in self.done), "")

    @property
    def place(self) -> tuple[int, int]:
        """Which step this is, of how many."""
        taken = sum(1 for key in self.plan if key in self.done)
        return taken + 1, len(self.plan)

    def answer(self, key: str, value: str) -> Way:
        """The way after a decision; the step is taken where the decision was its question."""
        draft = self.draft.answer(key, value)
        return (
            Way(draft, (*self.done, key), self)
            if key == self.step
            else replace(self, draft=draft, before=self)
        )

    def take(self) -> Way:
        """The way after Enter: the proposal taken, or an overview found right."""
        key = self.step
        if key in (COLUMNS, STATUSES):
            return Way(self.draft, (*self.done, key), self)
        return self.answer(key, self.draft.proposal(key).proposed)

    def back(self) -> Way:
        """The way one step ago; the same at the beginning."""
        return self.before or self


def reviewed(draft: Draft, step: str) -> tuple[Proposal, ...]:
    """What an overview shows: proposals that the file leaves no doubt about, the most rows first."""
    kind = step.removeprefix("review:")
    found = [one for one in draft.proposals if one.kind == kind and one.safe and one.choices]
    if kind == "column":
        return tuple(found)
    return tuple(sorted(found, key=lambda one: (-one.rows, one.subject)))


def funnel_lines(counts: StageCounts) -> list[tuple[str, int]]:
    """Stages in words, and how many people reached each."""
    stages = counts.programme.process.stages
    name = counts.programme.characteristic_names
    if not name:
        return []
    reached = counts.funnel(name[0], level="detailed", not_stated=True).reached.sum(axis=0)
    return [(stage.label, int(people)) for stage, people in zip(stages, reached, strict=True)]
