"""A characteristic asked as boxes: one column for each answer, ticked or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.process import Characteristic, normalise
from stepup_equity.records.batches import Batch, Coded, CodesOf, coded_values, text_of
from stepup_equity.records.labels import CONTRARY, UNKNOWN, bad_rows, labels_found, stated_or

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.records.problems import Problems


_NOTHING, _NO, _YES = range(3)
_ANSWERS: Final = {
    **dict.fromkeys(("1", "yes", "y", "true", "t", "x", "ticked", "checked", "selected"), _YES),
    **dict.fromkeys(("0", "no", "n", "false", "f", "unticked", "unchecked", "not selected"), _NO),
}


class TickEncoder:
    """Codes of the groups whose boxes people ticked; the last code is *Not stated*.

    One box ticked is its group; two or more of one broad group are the group for several; none, where at
    least one is answered, is the group declared for that. A person with nothing but blanks said nothing.
    """

    def __init__(self, characteristic: Characteristic, columns: Sequence[str], problems: Problems) -> None:
        self._characteristic, self._problems = characteristic, problems
        self.columns = tuple(columns)
        self.labels = (*characteristic.labels, NOT_STATED)
        self._not_stated = len(characteristic.labels)
        self._groups = [characteristic.labels.index(group) for _, group in characteristic.ticked]
        self._broad = [group.parent or group.label for group in characteristic.groups]
        self._blank = {spelling for spelling, label in characteristic.spellings.items() if label is None}
        self._answers = [CodesOf(self._answer) for _ in self.columns]
        self._known: dict[int, int] = {}

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch, a value for each combination of boxes that occurs."""
        rows = np.zeros(len(batch), np.int64)
        for column, answers in zip(self.columns, self._answers, strict=True):
            values, positions = coded_values(batch.column(column))
            codes = answers(values)
            if (bad := bad_rows(codes, positions)).size:
                self._unknown(batch, column, values, positions, bad)
            rows = rows * 3 + np.maximum(codes, _NOTHING).take(positions)
        combinations, positions = np.unique(rows, return_inverse=True)
        codes = np.array([self._group(int(combination)) for combination in combinations], np.int32)
        if (bad := bad_rows(codes, positions, CONTRARY)).size:
            self._problems.add(
                "error",
                "answers_contradict",
                ", ".join(self.columns),
                f"boxes ticked together that exclude each other in {self._characteristic.name!r}.",
                **batch.place(bad),
                remedy="Correct them, or give the groups no broad groups: then whoever ticks several counts "
                f"as {self._characteristic.several!r}.",
            )
        return Coded(stated_or(codes, self._not_stated), positions)

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        answer = self._answer(value)
        return answer if answer != UNKNOWN else (value,)

    def _answer(self, value: object) -> int:
        text = normalise(text_of(value))
        return _NOTHING if text in self._blank else _ANSWERS.get(text, UNKNOWN)

    def _group(self, combination: int) -> int:
        """Code of the group of a combination of answers, or that they contradict each other."""
        if combination not in self._known:
            self._known[combination] = self._group_of(_digits(combination, len(self.columns)))
        return self._known[combination]

    def _group_of(self, answers: Sequence[int]) -> int:
        labels, none = self._characteristic.labels, self._characteristic.none_ticked
        ticked = {group for group, answer in zip(self._groups, answers, strict=True) if answer == _YES}
        if len(ticked) == 1:
            return ticked.pop()
        if ticked:
            flat = not self._characteristic.has_hierarchy and none not in {labels[group] for group in ticked}
            one_kind = flat or len({self._broad[group] for group in ticked}) == 1
            return labels.index(str(self._characteristic.several)) if one_kind else CONTRARY
        if none is None or _NO not in answers:
            return self._not_stated
        return labels.index(none)

    def _unknown(
        self, batch: Batch, column: str, values: list[Any], positions: NDArray[Any], bad: NDArray[np.intp]
    ) -> None:
        self._problems.add(
            "error",
            "unknown_label",
            column,
            f"answers that are neither yes nor no to a box of {self._characteristic.name!r}.",
            **batch.place(bad),
            found=labels_found(batch, values, positions, bad),
            possible="yes, no (also 1, 0, Y, N, true, false, x), or blank",
            remedy="Correct them, or name another column under ticked in the programme.",
        )


def _digits(number: int, places: int) -> list[int]:
    """Digits of a number to the base 3, the first one first."""
    return [number // 3**place % 3 for place in range(places - 1, -1, -1)]
