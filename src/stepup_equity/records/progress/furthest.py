"""One column holds the furthest stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.records.batches import Coded, coded_values
from stepup_equity.records.cells import outcome_column
from stepup_equity.records.labels import bad_rows
from stepup_equity.records.progress.exits import fitting_exits
from stepup_equity.records.progress.words import ExitWords, WordMap, add_unknown

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

    from stepup_equity.process import FurthestStage, SelectionProcess
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems


def stage_words(process: SelectionProcess, more: tuple[tuple[str, str], ...] = ()) -> WordMap:
    """Stages by key, by key in words, by label, and by declared words."""
    keys = process.stage_keys
    return WordMap(
        [
            *(
                (word, code)
                for code, stage in enumerate(process.stages)
                for word in _names(stage.key, stage.label)
            ),
            *((raw, keys.index(key)) for raw, key in more),
        ]
    )


def _names(key: str, label: str) -> tuple[str, ...]:
    return tuple(name.replace("*", " ") for name in (key, key.replace("_", " "), label))


class FurthestStageDecoder:
    """One column holds the furthest stage, another may hold the reason for leaving."""

    def __init__(
        self,
        column: str,
        exits: ExitWords | None,
        spec: FurthestStage,
        process: SelectionProcess,
        problems: Problems,
    ) -> None:
        self._column, self._exits, self._problems = column, exits, problems
        self._keys, self._words = process.stage_keys, stage_words(process, spec.words)
        self.columns = (column, *((exits.column,) if exits else ()))

    def decode(self, batch: Batch) -> Coded:
        """Outcome of each row."""
        furthest = self.furthest(batch)
        exits = self._exits.encode(batch) if self._exits else None
        column = self._exits.column if self._exits else ""
        last = len(self._keys) - 1
        return outcome_column(furthest, fitting_exits(furthest, exits, last, column, batch, self._problems))

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""
        words = self._words if column == self._column else self._exits
        return words.alike(value) if words else (value,)

    def furthest(self, batch: Batch) -> NDArray[np.int8]:
        """Furthest stage of each row, shape (n_rows,)."""
        values, positions = coded_values(batch.column(self._column))
        codes = self._words.codes(values)
        if (bad := bad_rows(codes, positions)).size:
            add_unknown(
                self._problems,
                batch,
                "unknown_stage",
                self._column,
                "words that are not stages of the process.",
                (values, positions, bad),
                self._words,
                possible=", ".join(self._keys),
                remedy="Correct them, or map them under [reading.progress.words] in the programme.",
            )
        return np.maximum(codes, 0).astype(np.int8).take(positions)
