"""Cohorts of the rows: a column of labels, or the one name of a whole file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import COHORT, NOT_STATED
from stepup_equity.process import common_not_stated, normalise
from stepup_equity.process.toml_out import toml_text
from stepup_equity.records.batches import Batch, Coded
from stepup_equity.records.strata import StratumEncoder

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from stepup_equity.process import Cohorts, Programme
    from stepup_equity.records.cells import CellTable
    from stepup_equity.records.problems import Problems


_MANY: Final = 30
"""People whom a gate must turn somebody away of, if others are: nobody of 30 is chance once in 20 at 10 %."""
_SOME: Final = 0.9
"""A gate at which at most this share passes elsewhere."""

_LABELS: Final = 20
"""With fewer labels a small file may have cohorts of one person each."""


def judge_cohorts(cells: CellTable, programme: Programme, problems: Problems) -> None:
    """Refuse cohorts in which most people are alone: ids or names, which every output would print."""
    if COHORT not in cells.names:
        return
    labels = cells.axis(COHORT).labels
    people = np.bincount(cells.column(COHORT), weights=cells.n, minlength=len(labels))
    alone = int((people == 1).sum())
    if len(labels) >= _LABELS and 2 * alone > cells.people:
        problems.add(
            "error",
            "cohorts_of_one",
            programme.reading.cohort,
            f"{len(labels):,} cohorts, {alone:,} of them of one person: they look like ids or names.",
            remedy="Name the column of the cohort under [reading], or leave the column out.",
        )


class CohortEncoder(StratumEncoder):
    """Codes of the cohorts of a column, by their names in print; a blank is no cohort.

    Where the file's one name is given, a column that is blank throughout takes it.
    """

    def __init__(self, column: str, cohorts: Cohorts, named: str, problems: Problems) -> None:
        super().__init__(column, problems)
        self._cohorts, self._named = cohorts, named
        self._blank = common_not_stated() | {normalise(NOT_STATED)}

    @property
    def labels(self) -> tuple[str, ...]:
        """Labels in order of the batches they first appear in."""
        found = super().labels
        return (self._named,) if self._named and found == (NOT_STATED,) else found

    def _label(self, value: object) -> str:
        label = super()._label(value)
        return NOT_STATED if normalise(label) in self._blank else self._cohorts.printed(label)

    def encode(self, batch: Batch) -> Coded:
        """Codes of one batch; rows without a cohort are a problem where others have one."""
        coded = super().encode(batch)
        if self._named and self._codes.keys() - {NOT_STATED}:
            self._problems.add(
                "error",
                "cohort_named_twice",
                self.columns[0],
                f"cohorts of its own, beside the name {self._named!r} that was given for the whole file.",
                possible=", ".join(repr(label) for label in sorted(self._codes)[:5]),
                remedy="Leave out the name (--cohort-label, cohort_label), or give it under labels in "
                f"[cohorts]: {toml_text(min(self._codes))} = {toml_text(self._named)}.",
            )
        elif not self._named and NOT_STATED in self._codes:
            self._without_cohort(batch, coded.codes, coded.positions)
        return coded

    def _without_cohort(self, batch: Batch, codes: NDArray[Any], positions: NDArray[Any]) -> None:
        bad = np.flatnonzero(codes.take(positions) == self._codes[NOT_STATED])
        if bad.size:
            self._problems.add(
                "warning",
                "cohort_missing",
                self.columns[0],
                f"no cohort. Such rows are counted as {NOT_STATED!r}, and are in no cohort's figures.",
                **batch.place(bad),
                remedy="Give every row its cohort: ids are checked, and ages counted, within it.",
            )


class OneCohort:
    """The one cohort of a file that has no column for it."""

    columns: tuple[str, ...] = ()

    def __init__(self, label: str) -> None:
        self.labels = (label,)

    def encode(self, batch: Batch) -> Coded:
        """Everybody's code."""
        return Coded(np.zeros(1, np.int32), np.zeros(len(batch), np.uint8))

    def alike(self, column: str, value: object) -> Hashable:  # noqa: ARG002
        """No column is read."""
        return None


def missing_gates(cells: CellTable, programme: Programme) -> list[tuple[str, str, int]]:
    """Gates that everybody of one cohort passed and that turned many away in every other.

    Returns
    -------
    list of (cohort, gate, people)
        The people are those who came to the gate. Gates declared missing are left out, and the last gate.
    """
    at = next(i for i, axis in enumerate(cells.axes) if axis.kind == "cohort")
    labels, stages = cells.axes[at].labels, len(programme.process.stages)
    ended = np.zeros((len(labels), stages), np.int64)
    np.add.at(ended, (cells.codes[:, at], cells.furthest), cells.n)
    reached = np.flip(np.cumsum(np.flip(ended, 1), 1), 1)
    cohorts = [i for i, label in enumerate(labels) if label != NOT_STATED]
    found = []
    for gate, key in enumerate(programme.process.gate_keys[:-1]):
        entered, passed = reached[cohorts, gate], reached[cohorts, gate + 1]
        everybody = (entered >= _MANY) & (passed == entered)
        others = ~everybody
        if everybody.sum() and others.any() and (passed[others] <= _SOME * entered[others]).all():
            found += [
                (labels[cohorts[i]], key, int(entered[i]))
                for i in np.flatnonzero(everybody)
                if key not in programme.cohorts.lacks(labels[cohorts[i]])
            ]
    return found
