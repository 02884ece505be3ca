"""Rows that are groups of people: columns hold numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.process.exits import exit_code
from stepup_equity.records.batches import Coded, coded_values
from stepup_equity.records.cells import outcome_codes
from stepup_equity.records.labels import bad_rows
from stepup_equity.records.printed.numbers import (
    BAD_CELLS,
    FRACTION,
    HIDDEN,
    WHOLE_OR_HIDDEN,
    WORDS,
    Convention,
    convention_of,
)
from stepup_equity.records.progress.words import NOT_RECORDED

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from numpy.typing import NDArray

    from stepup_equity.process import PeopleCounts, SelectionProcess
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems


_UNTOLD: Final = exit_code("hidden")


class PeopleCountsDecoder:
    """Numbers of people by how far they got, as several weighted outcomes of each row."""

    def __init__(
        self,
        reached: list[tuple[int, str]],
        ended: list[tuple[str, int]],
        spec: PeopleCounts,
        process: SelectionProcess,
        problems: Problems,
    ) -> None:
        self._reached, self._ended, self._problems = reached, ended, problems
        self._last, keys = len(process.stages) - 1, process.stage_keys
        self._outcomes = [
            (keys.index(str(outcome.stage)), exit_code(outcome.exit)) for outcome in spec.outcomes
        ]
        self.columns = (*(column for _, column in reached), *(column for column, _ in ended))
        self._texts: set[str] = set()
        self._convention = Convention()

    @property
    def parts_people(self) -> bool:
        """Whether the columns part people by how they ended."""
        return bool(self._ended) and not self._reached

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        return (value,)

    def outcomes(self, batch: Batch) -> Iterator[tuple[Coded, NDArray[np.int64]]]:
        """Outcome of each row, and how many of its people had it; one pair for each outcome."""
        self._learn(batch)
        reached = [self._numbers(batch, column) for _, column in self._reached]
        if self._ended:
            ended = [self._numbers(batch, column) for column, _ in self._ended]
            self._agreeing(batch, reached, ended)
            for (_, at), people in zip(self._ended, ended, strict=True):
                yield self._constant(*self._outcomes[at], len(batch)), people
            return
        shown = self._until_hidden(batch, reached)
        self._growing(batch, reached, shown)
        nobody = np.zeros(len(batch), np.int64)
        for (stage, _), here, further, known, seen in zip(
            self._reached,
            reached,
            [*reached[1:], nobody],
            shown,
            [*shown[1:], np.ones(len(batch), bool)],
            strict=True,
        ):
            yield self._constant(stage, 0, len(batch)), np.where(known & seen, here - further, 0).clip(0)
            if (known & ~seen).any():
                untold = outcome_codes(np.array([stage], np.int8), np.array([_UNTOLD], np.int8))
                yield Coded(untold, np.zeros(len(batch), np.uint8)), np.where(known & ~seen, here, 0)

    def untold(self, batch: Batch) -> NDArray[np.bool_]:
        """Rows of which nothing is known, since their first number is hidden."""
        if not self._reached or self._ended:
            return np.zeros(len(batch), bool)
        values, positions = coded_values(batch.column(self._reached[0][1]))
        hidden = np.array([self._convention.people(value) == HIDDEN for value in values], bool)
        return np.asarray(hidden[positions])

    def _learn(self, batch: Batch) -> None:
        """Find out how the file writes numbers, from all of its cells so far."""
        values = {
            value
            for column in self.columns
            for value in coded_values(batch.column(column))[0]
            if isinstance(value, str)
        }
        if values <= self._texts:
            return
        self._texts |= values
        self._convention = convention_of(self._texts)
        if self._convention.doubt:
            self._problems.add(
                "error",
                "numbers_two_ways",
                "",
                "numbers that can be read in two ways, such as "
                f"{' and '.join(map(repr, sorted(self._convention.doubt)))}.",
                possible="1,234 or 1.234 or 1 234 or 1234, one way throughout",
                remedy="Write numbers of people without marks: 1234.",
            )

    def _until_hidden(self, batch: Batch, reached: list[NDArray[np.int64]]) -> list[NDArray[np.bool_]]:
        """Which numbers stand before the first hidden one of their row."""
        known = np.logical_and.accumulate([here >= 0 for here in reached])
        for code, rows, sentence in (
            (
                "group_hidden",
                ~known[0],
                "rows whose first number is hidden are left out, and totals may be without them.",
            ),
            (
                "numbers_hidden",
                known[0] & ~known[-1],
                (
                    "hidden numbers: of these rows is counted what is shown before them, and neither a rate "
                    "nor a total is worked out from what is hidden."
                ),
            ),
        ):
            if (bad := np.flatnonzero(rows)).size and not self._problems.has_errors:
                self._problems.add(
                    "warning",
                    code,
                    self.columns[0],
                    sentence,
                    **batch.place(bad),
                    remedy="Nothing needs doing: what is hidden stays unknown.",
                )
        return list(known)

    def _agreeing(
        self, batch: Batch, reached: list[NDArray[np.int64]], ended: list[NDArray[np.int64]]
    ) -> None:
        """Numbers said to have reached a stage must be those who ended there or beyond."""
        for (stage, column), said in zip(self._reached, reached, strict=True):
            beyond = [
                people
                for (_, at), people in zip(self._ended, ended, strict=True)
                if self._outcomes[at][0] >= stage
            ]
            if (bad := np.flatnonzero(said != sum(beyond, np.zeros(len(batch), np.int64)))).size:
                self._problems.add(
                    "error",
                    "numbers_disagree",
                    column,
                    "numbers that are not the sum of those who left there or later.",
                    **batch.place(bad),
                    remedy="Correct them, or name the missing columns under [reading.progress.outcomes].",
                )

    def _constant(self, furthest: int, reason: int, rows: int) -> Coded:
        code = NOT_RECORDED if reason == 0 and furthest < self._last else reason
        outcome = outcome_codes(np.array([furthest], np.int8), np.array([code], np.int8))
        return Coded(outcome, np.zeros(rows, np.uint8))

    def _numbers(self, batch: Batch, column: str) -> NDArray[np.int64]:
        """Numbers of people; -1 where one is hidden."""
        values, positions = coded_values(batch.column(column))
        codes = np.array([self._convention.people(value) for value in values], np.int64)
        for code in dict.fromkeys(codes[codes < 0].tolist()):
            if (code != HIDDEN or self._ended) and (bad := bad_rows(codes, positions, code)).size:
                found = BAD_CELLS.get(code, BAD_CELLS[WORDS])
                self._problems.add(
                    "error",
                    found.kind,
                    column,
                    found.sentence,
                    **batch.place(bad),
                    possible="0, 1, 2, ..." if self._ended else WHOLE_OR_HIDDEN,
                    remedy="Write 0 for nobody. Leave out groups with hidden numbers: a blank is not a zero."
                    if self._ended and code != FRACTION
                    else found.remedy,
                )
        people: NDArray[np.int64] = np.maximum(codes, HIDDEN).take(positions)
        return people if batch.weights is None else np.where(people < 0, people, people * batch.weights)

    def _growing(
        self, batch: Batch, numbers: list[NDArray[np.int64]], shown: list[NDArray[np.bool_]]
    ) -> None:
        for (_, before), (_, after), first, second, known in zip(
            self._reached[:-1], self._reached[1:], numbers[:-1], numbers[1:], shown[1:], strict=True
        ):
            if (bad := np.flatnonzero((second > first) & known)).size:
                self._problems.add(
                    "error",
                    "numbers_grow",
                    after,
                    f"more people than in {before!r}, the stage before.",
                    **batch.place(bad),
                    possible="numbers that never grow from stage to stage",
                    remedy="Each column holds those who reached its stage. Check their order.",
                )
