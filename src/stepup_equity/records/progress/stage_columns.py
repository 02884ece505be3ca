"""One column for each stage."""

from __future__ import annotations

from functools import cached_property, partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from stepup_equity.errors import listed
from stepup_equity.process import RECORDED_REASONS
from stepup_equity.records.batches import Coded, coded_values, looked_up, narrowest, packed_results, unpacked
from stepup_equity.records.cells import outcome_codes, outcome_column
from stepup_equity.records.dates import DATE_EXAMPLE, dates_in_words, instant_of, possible_dates
from stepup_equity.records.labels import bad_rows
from stepup_equity.records.progress.exits import fitting_exits
from stepup_equity.records.progress.words import NOT_RECORDED, PENDING, ExitWords, WordMap, add_unknown
from stepup_equity.records.routes import RouteEncoder, Routes

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from stepup_equity.process import SelectionProcess, StageColumns
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems, Severity


_BLANK, _FAILED, _PASSED = 0, 1, 2
_PASSED_WORDS: Final = ("1", "true", "yes", "y", "passed", "pass")
_FAILED_WORDS: Final = ("0", "false", "no", "n", "failed", "fail")
_BLOCK: Final = 7

Results = tuple["NDArray[np.uint8]", "NDArray[np.uint8]"]
"""Who passed a stage, and who has a result there at all; a bit for each row, eight rows to a byte."""

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
        (
            "Fill in the stage. Where some people's version of the process did not have it, write a word "
            "there, such as n/a, and name it under [reading.progress] in the programme: "
            'blank = ["n/a"]. Such people are in no figure of that gate.'
        ),
    ),
    _NOT_SUBMITTED: (
        "error",
        "not_submitted",
        "the first stage is not passed, so there is no application.",
        "Leave out rows without an application.",
    ),
}


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
        self._n_paths = (self._last + 1) * _STANDINGS
        self._kind = narrowest(self._n_paths)
        places = [stage for stage, _ in columns]
        self._firsts = places.count(0)
        self._steps = np.diff(np.maximum.accumulate([0, *places])).tolist()
        furthest, standing = np.divmod(np.arange(self._n_paths), _STANDINGS)
        reasons = np.where(furthest == self._last, 0, NOT_RECORDED).astype(np.int8)
        self._furthest = furthest.astype(np.uint8)
        self._unexplained = outcome_codes(self._furthest, reasons)
        self._stopped_at = self._unexplained[::_STANDINGS].copy()
        harmless = _STOPPED if exits is None and not spec.dates else _SILENT
        self._worth_a_look = (standing > harmless).astype(np.uint8)
        self._routes = Routes(columns, spec.blank)
        self._last_read: tuple[Batch, list[Results], NDArray[np.uint8] | None] | None = None
        self.route = (
            RouteEncoder(self._routes, process.stage_keys, self._gates_lacked) if self._routes else None
        )

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""
        if self._exits is not None and column == self._exits.column:
            return self._exits.alike(value)
        return (value,) if self._spec.dates else self._words.alike(value)

    def decode(self, batch: Batch) -> Coded:
        """Outcome of each row."""
        results, _ = self._read(batch)
        right = self._right_paths(results, len(batch))
        if right is not None and self._exits is None and not right[1].any():
            return Coded(self._stopped_at, right[0])
        paths = self._any_paths(results, len(batch)) if right is None else self._one_number(*right)
        self._judge(batch, paths)
        if self._exits is None:
            return Coded(self._unexplained, paths)
        furthest = looked_up(self._furthest, paths)
        exits = self._exits.encode(batch)
        self._contradictions(batch, paths, exits)
        return outcome_column(
            furthest, fitting_exits(furthest, exits, self._last, self._exits.column, batch, self._problems)
        )

    def _one_number(
        self, furthest: NDArray[Any], silent: NDArray[np.uint8], stopped: NDArray[np.uint8]
    ) -> NDArray[Any]:
        """``furthest * 6 + standing`` of each row."""
        paths: NDArray[Any] = furthest * self._kind(_STANDINGS)
        paths += unpacked(silent, len(furthest)) * self._kind(_SILENT)
        paths += unpacked(stopped, len(furthest)) * self._kind(_STOPPED)
        return paths

    def _read(self, batch: Batch) -> tuple[list[Results], NDArray[np.uint8] | None]:
        """Results of every column, once a batch; whoever went past a gate that was not there passed."""
        if self._last_read is not None and self._last_read[0] is batch:
            return self._last_read[1:]
        times: list[NDArray[np.int64]] = []
        read = self._results if not self._spec.dates else partial(self._dates, times=times)
        results, kinds = [read(batch, column) for _, column in self._stages], None
        if self._spec.dates:
            self._order_of(batch, times)
        if self._routes and len(batch):
            passed = np.column_stack([unpacked(one, len(batch)) > 0 for one, _ in results])
            kinds = self._routes.of(batch, passed)
            past = [np.packbits(kinds[:, i] == 1, bitorder="little") for i in range(len(results))]
            results = [
                (passed | more, known | more) for (passed, known), more in zip(results, past, strict=True)
            ]
        self._last_read = (batch, results, kinds)
        return results, kinds

    def _gates_lacked(self, batch: Batch) -> NDArray[np.uint8]:
        kinds = self._read(batch)[1]
        return np.zeros((len(batch), len(self._stages)), np.uint8) if kinds is None else kinds

    def _right_paths(
        self, results: list[Results], rows: int
    ) -> tuple[NDArray[Any], NDArray[np.uint8], NDArray[np.uint8]] | None:
        """The furthest stage, and bits of who is silent there and who stopped; None where a path is wrong."""
        passed, known = (np.stack([result[which] for result in results]) for which in (0, 1))
        if rows % 8:  # bits behind the last row are nobody's
            passed[:, -1] |= 255 << rows % 8 & 255
            known[:, -1] |= 255 << rows % 8 & 255
        going = np.full((len(results) + 1, passed.shape[1]), 255, np.uint8)
        for before, own, after in zip(going, passed, going[1:], strict=False):
            np.bitwise_and(before, own, out=after)
        wrong = going[1:] ^ passed
        silent = going[:-1] & ~known
        if silent.any():
            for before, own in pairwise(silent):
                np.bitwise_or(before, own, out=own)
            wrong[1:] |= silent[:-1] & known[1:]
        if wrong.any() or any((own != 255).any() for own in passed[: self._firsts]):
            return None
        furthest = np.zeros(rows, self._kind)
        for here, step in zip(going[1:], self._steps, strict=True):
            if step:
                more = unpacked(here, rows)
                furthest += more if step == 1 else more * self._kind(step)
        return furthest, silent[-1], ~(going[-1] | silent[-1])

    def _any_paths(self, results: list[Results], rows: int) -> NDArray[Any]:
        """The paths by table, the wrong ones told apart."""
        paths = np.zeros(rows, self._kind)
        states = [unpacked(passed, rows) + unpacked(known, rows) for passed, known in results]
        for start, table in self._tables:
            number = np.zeros(rows, np.int16)
            for state in states[start : start + _BLOCK]:
                number *= 3
                number += state
            paths = table[paths, number]
        return paths

    @cached_property
    def _tables(self) -> list[tuple[int, NDArray[Any]]]:
        """For each seven columns: the path after them, by path before (rows) and their results (columns)."""
        tables = []
        for start in range(0, len(self._stages), _BLOCK):
            block = self._stages[start : start + _BLOCK]
            results = np.indices((3,) * len(block)).reshape(len(block), -1).T
            before = np.arange(self._n_paths) if start else np.zeros(1, np.int64)
            furthest = np.repeat(before // _STANDINGS, len(results))
            standing = np.repeat(before % _STANDINGS, len(results))
            for (stage, _), state in zip(block, np.tile(results, (len(before), 1)).T, strict=True):
                furthest, standing = _step(stage, furthest, standing, state)
            after = (furthest * _STANDINGS + standing).astype(self._kind)
            tables.append((start, after.reshape(len(before), len(results))))
        return tables

    def _judge(self, batch: Batch, paths: NDArray[Any]) -> None:
        if not looked_up(self._worth_a_look, paths).any():
            return
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

    def _contradictions(self, batch: Batch, paths: NDArray[Any], exits: NDArray[np.int8]) -> None:
        bad = np.flatnonzero((exits == PENDING) & (paths % _STANDINGS == _STOPPED))
        if bad.size:
            assert self._exits is not None
            self._problems.add(
                "error",
                "exit_contradicts_result",
                self._exits.column,
                "applicants said to be pending have failed a stage.",
                **batch.place(bad),
                possible=", ".join(reason for reason in RECORDED_REASONS if reason != "pending"),
                remedy="Blank the stage they wait for, or give the reason they left.",
            )

    def _results(self, batch: Batch, column: str) -> Results:
        """Who passed, and who has a result at all."""
        raw = batch.column(column)
        if pa.types.is_boolean(raw.type) and not (self._spec.passed or self._spec.failed) and len(raw):
            return packed_results(raw)
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
        return _packed(codes, positions)

    def _dates(self, batch: Batch, column: str, times: list[NDArray[np.int64]]) -> Results:
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
                shown=dates_in_words(values[i] for i in np.unique(positions[bad])),
                possible=f"{possible_dates(self._spec.date_format)}, or blank",
                remedy="Correct them. Where they are written in another way, say so under "
                f"[reading.progress]: {DATE_EXAMPLE}.",
            )
        times.append(numbers[positions])
        return _packed(codes, positions)

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


def _packed(codes: NDArray[np.int32], positions: NDArray[Any]) -> Results:
    """Results of each row as bits; what is no result counts as blank."""
    states = looked_up(np.maximum(codes, 0).astype(np.uint8), positions)
    return np.packbits(states & _PASSED, bitorder="little"), np.packbits(states, bitorder="little")
