"""The columns of a file by the names that a programme may give them."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Protocol

from stepup_equity.errors import did_you_mean, listed
from stepup_equity.process import EventLog, FurthestStage, Programme, StageColumns, StatusWords, normalise
from stepup_equity.process.headings import question_of
from stepup_equity.records.progress.events import EventCollector
from stepup_equity.records.progress.people_counts import PeopleCountsDecoder
from stepup_equity.visible import looks_like

if TYPE_CHECKING:
    from collections.abc import Hashable

    from stepup_equity.process.reading import Progress as ProgressSpec
    from stepup_equity.records.batches import Batch, Coded
    from stepup_equity.records.problems import Problems


COLUMNS_SHOWN: Final = 30


NAME: Final = re.compile(r"(?!.*\d{4})[^\W\d_][\w .:/()&'?%-]{0,59}")


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
            self._loose.setdefault(loose(column), []).append(column)
        self._named = frozenset(columns_of(programme))
        self.claimed = claimed_by(programme)
        self.is_one = sure or len(self.claimed & self._loose.keys()) > 1

    @property
    def in_words(self) -> str:
        """The first columns, as long as they look like names: in a damaged header a person may follow."""
        names = list(takewhile(NAME.fullmatch, self.columns[:COLUMNS_SHOWN]))
        more = len(self.columns) - len(names)
        return f"{', '.join(names)} and {more:,} more" if more else ", ".join(names)

    def find(self, name: str) -> str | None:
        """The column of this name as the source spells it; a doubled one is a problem, a twin too.

        Two columns whose names differ in case or blanks alone are twins, unless the programme names each as
        it is spelt.
        """
        same = self._loose.get(loose(name), [])
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
        seen = looks_like(name)
        names = [one for one in self.columns if NAME.fullmatch(one) or looks_like(one) == seen]
        free = [column for column in names if loose(column) not in self.claimed]
        spelt = did_you_mean(name, free).replace("Did you mean", "Is it")
        asked = question_of(name)
        kin = [column for column in free if asked and question_of(column) == asked]
        return spelt or (f" Is it {kin[0]!r}?" if len(kin) == 1 else "")

    def holds_unclaimed(self, name: str) -> bool:
        """Whether there is such a column and the programme has no other use for it."""
        return loose(name) not in self.claimed and self.find(name) is not None


def loose(name: str) -> str:
    """A name as it is compared: without case, spaces and marks."""
    return normalise(name.replace("_", " ").replace("-", " "))


def claimed_by(programme: Programme) -> frozenset[str]:
    """Loose names of every column that the programme has a use for."""
    return frozenset(map(loose, columns_of(programme)))


def columns_of(programme: Programme) -> list[str]:
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
