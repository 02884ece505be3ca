"""Strata and cohorts: every spelling is a label of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.records.batches import Batch, Coded, coded_values, text_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from stepup_equity.records.problems import Problems


_MOST_STRATA: Final = 10_000


def tidy(value: object) -> str:
    """A label without needless spaces."""
    return " ".join(text_of(value).split()) or NOT_STATED


class StratumEncoder:
    """Codes of labels that are not declared beforehand: regions, centres."""

    def __init__(self, column: str, problems: Problems) -> None:
        self.columns, self._problems = (column,), problems
        self._codes: dict[str, int] = {}

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in order of the batches they first appear in."""
        return tuple(self._codes)

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch; labels that differ in spaces only are one."""
        values, positions = coded_values(batch.column(self.columns[0]))
        labels = [self._label(value) for value in values]
        if not self._codes.keys() >= set(labels):
            met = {labels[i] for i in np.flatnonzero(np.bincount(positions, minlength=1))}
            for label in sorted(met - self._codes.keys()):
                self._codes[label] = len(self._codes)
        codes = np.array([self._codes.get(label, 0) for label in labels], np.int32)
        if len(self._codes) > _MOST_STRATA:
            self._problems.add(
                "error",
                "too_many_labels",
                self.columns[0],
                f"more than {_MOST_STRATA:,} different labels, so it divides nobody into groups.",
                possible="a few regions, centres or cohorts",
                remedy="Name another column under [strata] in the programme, or leave it out with strata=.",
            )
            self._codes = dict.fromkeys(list(self._codes)[:1], 0)
            codes[:] = 0
        return Coded(codes, positions)

    def _label(self, value: object) -> str:
        return tidy(value)

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """A key that raw values share where they are read alike."""
        return self._label(value)
