"""Rows that are groups of people: columns hold numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.process.exits import exit_code
from stepup_equity.records.batches import Coded, coded_values, text_of
from stepup_equity.records.cells import outcome_codes
from stepup_equity.records.labels import bad_rows
from stepup_equity.records.progress.words import NOT_RECORDED

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from numpy.typing import NDArray

    from stepup_equity.process import PeopleCounts, SelectionProcess
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems

__all__ = ["PeopleCountsDecoder"]

_PERCENTAGE: Final = re.compile(r"\s*\d*[.,]?\d+\s*(%|per ?cent)\s*|\s*\d*\.\d+\s*", re.IGNORECASE)

_MOST_PEOPLE: Final = 1 << 53  # beyond it whole numbers are no longer exact
_DIGITS: Final = 16


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

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        return (value,)

    def outcomes(self, batch: Batch) -> Iterator[tuple[Coded, NDArray[np.int64]]]:
        """Outcome of each row, and how many of its people had it; one pair for each outcome."""
        reached = [self._numbers(batch, column) for _, column in self._reached]
        if self._ended:
            ended = [self._numbers(batch, column) for column, _ in self._ended]
            self._agreeing(batch, reached, ended)
            for (_, at), people in zip(self._ended, ended, strict=True):
                yield self._constant(*self._outcomes[at], len(batch)), people
            return
        self._growing(batch, reached)
        for (stage, _), here, further in zip(
            self._reached, reached, [*reached[1:], np.zeros(len(batch), np.int64)], strict=True
        ):
            yield self._constant(stage, 0, len(batch)), np.maximum(here - further, 0)

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
        values, positions = coded_values(batch.column(column))
        codes = np.array([_whole(value) for value in values], np.int64)
        if (bad := bad_rows(codes, positions)).size:
            percentages = any(_PERCENTAGE.fullmatch(text_of(values[i])) for i in np.unique(positions[bad]))
            self._problems.add(
                "error",
                "not_a_number_of_people",
                column,
                "values that are not a whole number of people"
                f"{': counts of people are needed, not percentages' if percentages else ''}.",
                **batch.place(bad),
                possible="0, 1, 2, ...",
                remedy="Write 0 for nobody. Leave out groups with hidden numbers: a blank is not a zero.",
            )
        people: NDArray[np.int64] = np.maximum(codes, 0).take(positions)
        return people if batch.weights is None else people * batch.weights

    def _growing(self, batch: Batch, numbers: list[NDArray[np.int64]]) -> None:
        for (_, before), (_, after), first, second in zip(
            self._reached[:-1], self._reached[1:], numbers[:-1], numbers[1:], strict=True
        ):
            if (bad := np.flatnonzero(second > first)).size:
                self._problems.add(
                    "error",
                    "numbers_grow",
                    after,
                    f"more people than in {before!r}, the stage before.",
                    **batch.place(bad),
                    possible="numbers that never grow from stage to stage",
                    remedy="Each column holds those who reached its stage. Check their order.",
                )


def _whole(value: object) -> int:
    text = text_of(value).strip().replace(",", "")
    if not text.isascii() or not text.isdecimal() or len(text) > _DIGITS or int(text) > _MOST_PEOPLE:
        return -1
    return int(text)
