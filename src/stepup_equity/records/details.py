"""A characteristic answered in two columns: the answer, and what more is said about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.records.batches import Coded
from stepup_equity.records.labels import CONTRARY, GroupEncoder, bad_rows, stated_or

if TYPE_CHECKING:
    from collections.abc import Hashable

    from stepup_equity.process import Characteristic
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems


class DetailEncoder:
    """Codes of an answer and its detail, such as Yes and a list of impairments; the last is *Not stated*.

    The detail stands for the person where there is one. Two answers of one broad group that both say
    something of their own are the group for several; answers of two broad groups contradict each other.
    """

    def __init__(self, characteristic: Characteristic, column: str, detail: str, problems: Problems) -> None:
        self._name, self._problems = characteristic.name, problems
        self.columns, self.labels = (column, detail), (*characteristic.labels, NOT_STATED)
        self._encoders = tuple(GroupEncoder(characteristic, one, problems) for one in self.columns)
        broad = [group.parent or group.label for group in characteristic.groups]
        several = (
            None if characteristic.several is None else characteristic.labels.index(characteristic.several)
        )
        blank = len(broad)
        self._pairs = np.array(
            [
                [_joined(one, two, broad, self.labels, several) for two in range(blank + 1)]
                for one in range(blank + 1)
            ],
            np.int32,
        )

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch."""
        one, two = (encoder.encode(batch) for encoder in self._encoders)
        width = len(self.labels)
        codes = self._pairs.ravel()
        positions = one.rows().astype(np.int64) * width + two.rows()
        if (bad := bad_rows(codes, positions, CONTRARY)).size:
            self._problems.add(
                "error",
                "answers_contradict",
                ", ".join(self.columns),
                f"answers in two columns that exclude each other in {self._name!r}.",
                **batch.place(bad),
                remedy="Correct them, or leave the detail blank where the answer is no.",
            )
        return Coded(stated_or(codes, width - 1), positions)

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""
        return self._encoders[self.columns.index(column)].alike(column, value)


def _joined(one: int, two: int, broad: list[str], labels: tuple[str, ...], several: int | None) -> int:
    """Code of an answer and its detail, or that they contradict each other."""
    blank = len(broad)
    if two in (blank, one):
        return one
    if one == blank:
        return two
    if broad[one] != broad[two]:
        return CONTRARY
    if labels[one] == broad[one]:
        return two
    if labels[two] == broad[two]:
        return one
    return CONTRARY if several is None else several
