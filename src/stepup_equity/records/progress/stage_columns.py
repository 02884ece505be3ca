"""One column for each stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from stepup_equity.errors import listed
from stepup_equity.process import EXIT_REASONS
from stepup_equity.records.batches import bits, coded_values
from stepup_equity.records.cells import outcome_codes
from stepup_equity.records.dates import instant_of
from stepup_equity.records.labels import bad_rows
from stepup_equity.records.progress.exits import fitting_exits
from stepup_equity.records.progress.words import NOT_RECORDED, PENDING, ExitWords, WordMap, add_unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.process import SelectionProcess, StageColumns
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems, Severity

__all__ = ["StageColumnsDecoder", "judged"]

_BLANK, _FAILED, _PASSED = 0, 1, 2
_PASSED_WORDS: Final = ("1", "true", "yes", "y", "passed", "pass")
_FAILED_WORDS: Final = ("0", "false", "no", "n", "failed", "fail")
_BLOCK: Final = 7

# How a path stands after some columns: going on, stopped (failed or blank), or wrong in one of three ways.
_GOING, _STOPPED, _SILENT, _AFTER_FAILED, _SKIPPED, _NOT_SUBMITTED = range(6)
_STANDINGS: Final = 6

_PATH_PROBLEMS: Final[dict[int, tuple[Severity, str, str, str]]] = {
    _AFTER_FAILED: (
        "error",
        "passed_after_failed",
        "a later stage is passed after an earlier one is failed.",
        "Correct the rows, or declare the order of the stages in the programme.",
    ),
    _SKIPPED: (
        "error",
        "stage_skipped",
        "a stage is blank though a later one has a result.",
        "Fill in the stage, or leave it out of the programme.",
    ),
    _NOT_SUBMITTED: (
        "error",
        "not_submitted",
        "the first stage is not passed, so there is no application.",
        "Leave out rows without an application.",
    ),
}


def judged(stages: tuple[int, ...], states: NDArray[np.int64]) -> NDArray[np.int64]:
    """How a path stands after each next column, for every standing and result.

    Parameters
    ----------
    stages : tuple of int
        Stage of each column.
    states : ndarray of int, shape (n_paths, n_columns)
        Results: 0 blank, 1 failed, 2 passed.

    Returns
    -------
    ndarray of int, shape (n_paths,)
        ``furthest * 6 + standing``.
    """
    furthest = np.zeros(len(states), np.int64)
    standing = np.full(len(states), _GOING)
    for stage, state in zip(stages, states.T, strict=True):
        furthest, standing = _step(stage, furthest, standing, state)
    paths: NDArray[np.int64] = furthest * _STANDINGS + standing
    return paths


def _step(
    stage: int, furthest: NDArray[np.int64], standing: NDArray[np.int64], state: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """One column further."""
    passed, wrong = state == _PASSED, standing > _SILENT
    after = np.select(
        [
            wrong,
            (stage == 0) & ~passed,
            (standing == _STOPPED) & passed,
            standing == _STOPPED,
            (standing == _SILENT) & (state != _BLANK),
            passed,
            state == _FAILED,
        ],
        [standing, _NOT_SUBMITTED, _AFTER_FAILED, _STOPPED, _SKIPPED, _GOING, _STOPPED],
        _SILENT,
    )
    return np.where(passed, np.maximum(furthest, stage), furthest), after


class StageColumnsDecoder:
    """One column for each stage. Seven columns make one number, looked up in a table of all paths."""

    def __init__(
        self,
        columns: list[tuple[int, str]],
        exits: ExitWords | None,
        spec: StageColumns,
        process: SelectionProcess,
        problems: Problems,
    ) -> None:
        self._stages, self._exits, self._problems = columns, exits, problems
        self._last, self._spec = len(process.stages) - 1, spec
        self.columns = (*(column for _, column in columns), *((exits.column,) if exits else ()))
        self._passed = spec.passed or _PASSED_WORDS
        self._failed = spec.failed or _FAILED_WORDS
        own = {*spec.passed, *spec.failed, *spec.blank}
        self._words = WordMap(
            [
                ("", _BLANK),
                *((word, _BLANK) for word in spec.blank),
                *((word, _FAILED) for word in self._failed if spec.failed or word not in own),
                *((word, _PASSED) for word in self._passed if spec.passed or word not in own),
            ]
        )
        self._tables = self._path_tables()

    def decode(self, batch: Batch) -> NDArray[np.int16]:
        """Outcome code of each row, shape (n_rows,)."""
        paths = self._paths(batch)
        self._judge(batch, paths)
        if self._exits is None:
            return self._outcomes_without_reason().take(paths)
        furthest = (paths // _STANDINGS).astype(np.int8)
        exits = self._exits.encode(batch)
        self._contradictions(batch, paths % _STANDINGS, exits)
        return outcome_codes(
            furthest, fitting_exits(furthest, exits, self._last, self._exits.column, batch, self._problems)
        )

    def furthest(self, batch: Batch) -> NDArray[np.int8]:
        """Furthest stage of each row, shape (n_rows,)."""
        paths = self._paths(batch)
        self._judge(batch, paths)
        return (paths // _STANDINGS).astype(np.int8)

    def _paths(self, batch: Batch) -> NDArray[Any]:
        """``furthest * 6 + standing`` of each row."""
        paths: NDArray[Any] | None = None
        times: list[NDArray[np.int64]] = []
        for block, table in self._tables:
            number = np.zeros(len(batch), np.int16)
            for _, column in block:
                number *= 3
                number += (
                    self._dates(batch, column, times) if self._spec.dates else self._states(batch, column)
                )
            paths = table[0].take(number) if paths is None else table[paths, number]
        if self._spec.dates:
            self._order_of(batch, times)
        assert paths is not None
        return paths

    def _path_tables(self) -> list[tuple[list[tuple[int, str]], NDArray[np.int16]]]:
        """For each seven columns: the path after them, by path before (rows) and their results (columns)."""
        tables = []
        for start in range(0, len(self._stages), _BLOCK):
            block = self._stages[start : start + _BLOCK]
            results = np.indices((3,) * len(block)).reshape(len(block), -1).T
            before = np.arange((self._last + 1) * _STANDINGS) if start else np.zeros(1, np.int64)
            furthest = np.repeat(before // _STANDINGS, len(results))
            standing = np.repeat(before % _STANDINGS, len(results))
            for (stage, _), state in zip(block, np.tile(results, (len(before), 1)).T, strict=True):
                furthest, standing = _step(stage, furthest, standing, state)
            after = (furthest * _STANDINGS + standing).astype(np.int16)
            tables.append((block, after.reshape(len(before), len(results))))
        return tables

    def _outcomes_without_reason(self) -> NDArray[np.int16]:
        furthest = (np.arange((self._last + 1) * _STANDINGS) // _STANDINGS).astype(np.int8)
        return outcome_codes(furthest, np.where(furthest == self._last, 0, NOT_RECORDED).astype(np.int8))

    def _judge(self, batch: Batch, paths: NDArray[Any]) -> None:
        met = np.flatnonzero(np.bincount(paths, minlength=_STANDINGS))
        for standing in sorted(set((met % _STANDINGS).tolist()) & set(_PATH_PROBLEMS)):
            severity, code, sentence, remedy = _PATH_PROBLEMS[standing]
            self._problems.add(
                severity,
                code,
                ", ".join(column for _, column in self._stages),
                sentence,
                **batch.place(np.flatnonzero(paths % _STANDINGS == standing)),
                possible="passed up to a stage, failed there, then blank",
                remedy=remedy,
            )
        self._silent(batch, paths, met)

    def _silent(self, batch: Batch, paths: NDArray[Any], met: NDArray[np.intp]) -> None:
        """Note passed stages with nothing behind them: nobody says whether these people are still waiting."""
        open_paths = met[(met % _STANDINGS == _SILENT) & (met // _STANDINGS < self._last)]
        if open_paths.size and self._exits is None and not self._spec.dates:
            self._problems.add(
                "note",
                "result_missing",
                ", ".join(column for _, column in self._stages),
                "a stage is passed and the next one has no result; such people count as not having passed "
                "it.",
                **batch.place(np.flatnonzero(np.isin(paths, open_paths))),
                remedy="If they are still waiting, add an exit_reason column with 'pending' for them.",
            )

    def _contradictions(self, batch: Batch, standing: NDArray[Any], exits: NDArray[np.int8]) -> None:
        bad = np.flatnonzero((standing == _STOPPED) & (exits == PENDING))
        if bad.size:
            assert self._exits is not None
            self._problems.add(
                "error",
                "exit_contradicts_result",
                self._exits.column,
                "applicants said to be pending have failed a stage.",
                **batch.place(bad),
                possible=", ".join(reason for reason in EXIT_REASONS if reason not in ("", "pending")),
                remedy="Blank the stage they wait for, or give the reason they left.",
            )

    def _states(self, batch: Batch, column: str) -> NDArray[Any]:
        raw = batch.column(column)
        if pa.types.is_boolean(raw.type) and not (self._spec.passed or self._spec.failed) and len(raw):
            passed, valid = bits(raw)
            return passed + np.uint8(1) if valid is None else valid + (passed & valid)
        values, positions = coded_values(raw)
        codes = self._words.codes(values)
        if (bad := bad_rows(codes, positions)).size:
            add_unknown(
                self._problems,
                batch,
                "unknown_result",
                column,
                "values that are neither passed, failed nor blank.",
                (values, positions, bad),
                self._words,
                possible=f"passed: {listed(self._passed)}; failed: {listed(self._failed)}; or blank",
                remedy="Correct them, or declare them under passed or failed in [reading.progress].",
            )
        return np.maximum(codes, 0).astype(np.int8).take(positions)

    def _dates(self, batch: Batch, column: str, times: list[NDArray[np.int64]]) -> NDArray[np.int8]:
        values, positions = coded_values(batch.column(column))
        blank = np.array([self._words.code(value) == _BLANK for value in values])
        instants = [
            None if gap else instant_of(value, self._spec.date_format)
            for value, gap in zip(values, blank, strict=True)
        ]
        never = np.iinfo(np.int64).max
        numbers = np.array(
            [never if when is None else int(np.datetime64(when, "s").astype(np.int64)) for when in instants],
            np.int64,
        )
        codes = np.array(
            [_BLANK if gap else (_PASSED if when else -1) for gap, when in zip(blank, instants, strict=True)],
            np.int32,
        )
        if (bad := bad_rows(codes, positions)).size:
            self._problems.add(
                "error",
                "unknown_date",
                column,
                "values that are no dates.",
                **batch.place(bad),
                possible="dates such as 2010-09-01, or blank",
                remedy="Correct them, or declare how dates are written: date_format in [reading.progress].",
            )
        times.append(numbers[positions])
        return np.maximum(codes, 0).astype(np.int8).take(positions)

    def _order_of(self, batch: Batch, times: list[NDArray[np.int64]]) -> None:
        never = np.iinfo(np.int64).max
        for (_, before), (_, after), first, second in zip(
            self._stages[:-1], self._stages[1:], times[:-1], times[1:], strict=True
        ):
            bad = np.flatnonzero((second < first) & (second != never) & (first != never))
            if bad.size:
                self._problems.add(
                    "warning",
                    "dates_out_of_order",
                    after,
                    f"a date before that of {before!r}, the stage before.",
                    **batch.place(bad),
                    remedy="Check the dates; how far people got is counted all the same.",
                )
