"""How far each applicant got and why they left, from what a file says."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.errors import did_you_mean, listed
from stepup_equity.process import EXIT_REASONS, FurthestStage, SelectionProcess, StageColumns, normalise
from stepup_equity.process.exits import exit_code
from stepup_equity.records.labels import dictionary, text_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from stepup_equity.records.problems import Problems, Severity

__all__ = ["FurthestStageDecoder", "StageColumnsDecoder"]

_BLANK, _FAILED, _PASSED = 0, 1, 2
_PASSED_WORDS: Final = ("1", "true", "yes", "y", "passed", "pass")
_FAILED_WORDS: Final = ("0", "false", "no", "n", "failed", "fail")
_NOT_RECORDED: Final = exit_code("not_recorded")

Progress = tuple["NDArray[np.int8]", "NDArray[np.int8]"]


class _ExitWords:
    """Exit reasons from raw words."""

    def __init__(self, column: str, words: tuple[tuple[str, str], ...], problems: Problems) -> None:
        self.column, self._problems = column, problems
        self._codes = {normalise(reason.replace("_", " ")): exit_code(reason) for reason in EXIT_REASONS}
        self._codes |= {normalise(reason): exit_code(reason) for reason in EXIT_REASONS}
        self._codes |= {normalise(raw): exit_code(reason) for raw, reason in words}

    def encode(self, column: pa.Array, row: int) -> NDArray[np.int8]:
        values, positions = dictionary(column)
        lookup = np.array([self._codes.get(normalise(text_of(value)), -1) for value in values], np.int8)
        codes = lookup[positions]
        bad = np.flatnonzero(codes < 0)
        if bad.size:
            reasons = [reason for reason in EXIT_REASONS if reason]
            self._problems.add(
                "error",
                "unknown_exit_reason",
                self.column,
                "words that are not exit reasons.",
                rows=(row + int(i) for i in bad[:20]),
                count=len(bad),
                found=_found(values, positions, bad),
                possible=", ".join(reasons),
                remedy="Correct them, or map them under [reading.progress.exit_words] in the programme.",
            )
            codes = np.where(codes < 0, 0, codes)
        return codes


def _found(values: list[object], positions: NDArray[np.int64], bad: NDArray[np.intp]) -> Counter[str]:
    return Counter(
        {text_of(values[i]): int((positions[bad] == i).sum()) for i in set(positions[bad].tolist())}
    )


def _complete(
    furthest: NDArray[np.int8],
    exits: NDArray[np.int8] | None,
    last: int,
    column: str,
    row: int,
    problems: Problems,
) -> NDArray[np.int8]:
    """Exit codes that fit the furthest stage: a reason for all who left, none for who got to the end."""
    arrived = furthest == last
    if exits is None:
        return np.where(arrived, np.int8(0), np.int8(_NOT_RECORDED))
    late = np.flatnonzero(arrived & (exits != 0))
    if late.size:
        problems.add(
            "warning",
            "exit_after_the_end",
            column,
            "an exit reason on applicants who reached the last stage; they count as having reached it.",
            rows=(row + int(i) for i in late[:20]),
            count=len(late),
            remedy="If they left afterwards, add the later stage to the process.",
        )
    return np.where(arrived, np.int8(0), np.where(exits == 0, np.int8(_NOT_RECORDED), exits))


class FurthestStageDecoder:
    """One column holds the furthest stage, another may hold the reason for leaving."""

    def __init__(
        self, spec: FurthestStage, process: SelectionProcess, columns: tuple[str, ...], problems: Problems
    ) -> None:
        self._process, self._problems = process, problems
        self._column = spec.column
        self._exits = (
            _ExitWords(spec.exit_column, spec.exit_words, problems) if spec.exit_column in columns else None
        )
        self.columns = (spec.column, *((spec.exit_column,) if self._exits else ()))
        self._codes: dict[str, int] = {}
        for code, stage in enumerate(process.stages):
            for word in (stage.key, stage.key.replace("_", " "), stage.label):
                self._codes[normalise(word)] = code
        self._codes |= {normalise(raw): process.stage_keys.index(process.stage(key).key) for raw, key in spec.words}

    def decode(self, batch: pa.RecordBatch, row: int) -> Progress:
        """Furthest stage and exit code of each row, both shape (n_rows,)."""
        values, positions = dictionary(batch.column(self._column))
        lookup = np.array([self._codes.get(normalise(text_of(value)), -1) for value in values], np.int8)
        furthest = lookup[positions]
        bad = np.flatnonzero(furthest < 0)
        if bad.size:
            self._unknown(values, positions, bad, row)
            furthest = np.where(furthest < 0, 0, furthest)
        exits = None
        if self._exits is not None:
            exits = self._exits.encode(batch.column(self._exits.column), row)
        last = len(self._process.stages) - 1
        column = self._exits.column if self._exits else ""
        return furthest, _complete(furthest, exits, last, column, row, self._problems)

    def _unknown(
        self, values: list[object], positions: NDArray[np.int64], bad: NDArray[np.intp], row: int
    ) -> None:
        found = _found(values, positions, bad)
        keys = self._process.stage_keys
        hints = sorted({hint for label in found if (hint := did_you_mean(label, keys).strip())})
        self._problems.add(
            "error",
            "unknown_stage",
            self._column,
            "words that are not stages of the process.",
            rows=(row + int(i) for i in bad[:20]),
            count=len(bad),
            found=found,
            possible=", ".join(keys),
            remedy=" ".join(
                ["Correct them, or map them under [reading.progress.words] in the programme.", *hints[:1]]
            ),
        )


class StageColumnsDecoder:
    """One column for each stage. A row is read as a pattern of passed, failed and blank.

    The few thousand patterns that can occur are judged once, so that a path that goes backwards
    costs nothing to find.
    """

    def __init__(
        self, spec: StageColumns, process: SelectionProcess, columns: tuple[str, ...], problems: Problems
    ) -> None:
        self._process, self._problems = process, problems
        names = dict(spec.columns)
        self._stages = [
            (i, names.get(key, key))
            for i, key in enumerate(process.stage_keys)
            if i > 0 or names.get(key, key) in columns
        ]
        self._exits = (
            _ExitWords(spec.exit_column, spec.exit_words, problems) if spec.exit_column in columns else None
        )
        self.columns = (
            *(column for _, column in self._stages),
            *((self._exits.column,) if self._exits else ()),
        )
        self._words = {"": _BLANK}
        self._words |= dict.fromkeys(map(normalise, (*_FAILED_WORDS, *spec.failed)), _FAILED)
        self._words |= dict.fromkeys(map(normalise, (*_PASSED_WORDS, *spec.passed)), _PASSED)
        self._furthest, self._verdict = self._judge()

    def decode(self, batch: pa.RecordBatch, row: int) -> Progress:
        """Furthest stage and exit code of each row, both shape (n_rows,)."""
        pattern = np.zeros(batch.num_rows, np.int64)
        for _, column in self._stages:
            pattern *= 3
            pattern += self._states(batch.column(column), column, row)
        verdicts = self._verdict[pattern]
        for code, (severity, name, sentence, remedy) in _PATTERN_PROBLEMS.items():
            bad = np.flatnonzero(verdicts == code)
            if bad.size:
                self._problems.add(
                    severity,
                    name,
                    ", ".join(column for _, column in self._stages),
                    sentence,
                    rows=(row + int(i) for i in bad[:20]),
                    count=len(bad),
                    possible="passed up to a stage, failed there, then blank",
                    remedy=remedy,
                )
        furthest = self._furthest[pattern]
        exits = None
        if self._exits is not None:
            exits = self._exits.encode(batch.column(self._exits.column), row)
        last = len(self._process.stages) - 1
        column = self._exits.column if self._exits else ""
        return furthest, _complete(furthest, exits, last, column, row, self._problems)

    def _states(self, raw: pa.Array, column: str, row: int) -> NDArray[np.int8]:
        values, positions = dictionary(raw)
        lookup = np.array([self._words.get(normalise(text_of(value)), -1) for value in values], np.int8)
        states = lookup[positions]
        bad = np.flatnonzero(states < 0)
        if bad.size:
            self._problems.add(
                "error",
                "unknown_result",
                column,
                "values that are neither passed, failed nor blank.",
                rows=(row + int(i) for i in bad[:20]),
                count=len(bad),
                found=_found(values, positions, bad),
                possible=f"passed: {listed(_PASSED_WORDS)}; failed: {listed(_FAILED_WORDS)}; or blank",
                remedy="Correct them, or declare them under passed or failed in [reading.progress].",
            )
            states = np.where(states < 0, 0, states)
        return states

    def _judge(self) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
        """Furthest stage and verdict of every pattern."""
        size = 3 ** len(self._stages)
        furthest, verdict = np.zeros(size, np.int8), np.zeros(size, np.int8)
        for number, pattern in enumerate(product((_BLANK, _FAILED, _PASSED), repeat=len(self._stages))):
            furthest[number], verdict[number] = self._judge_one(pattern)
        return furthest, verdict

    def _judge_one(self, pattern: tuple[int, ...]) -> tuple[int, int]:
        passed = [stage for (stage, _), state in zip(self._stages, pattern, strict=True) if state == _PASSED]
        furthest = max(passed, default=0)
        blank = failed = False
        for (stage, _), state in zip(self._stages, pattern, strict=True):
            if stage == 0 and state != _PASSED:
                return furthest, 3
            if failed and state == _PASSED:
                return furthest, 1
            if failed:
                continue
            if blank and state != _BLANK:
                return furthest, 2
            failed, blank = state == _FAILED, state == _BLANK
        return furthest, 0


_PATTERN_PROBLEMS: Final[dict[int, tuple[Severity, str, str, str]]] = {
    1: (
        "error",
        "passed_after_failed",
        "a later stage is passed after an earlier one is failed.",
        "Correct the rows, or declare the order of the stages in the programme.",
    ),
    2: (
        "error",
        "stage_skipped",
        "a stage is blank though a later one has a result.",
        "Fill in the stage, or leave it out of the programme.",
    ),
    3: (
        "error",
        "not_submitted",
        "the first stage is not passed, so there is no application.",
        "Leave out rows without an application.",
    ),
}
