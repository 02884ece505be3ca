"""One column holds a status that tells both how far and why no further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.process import RECORDED_REASONS, common_not_stated, normalise
from stepup_equity.process.exits import exit_code
from stepup_equity.records.batches import Coded, coded_values, text_of
from stepup_equity.records.cells import exits_of, furthest_of, outcome_codes, outcome_column
from stepup_equity.records.labels import bad_rows, labels_found
from stepup_equity.records.progress.exits import note_silence
from stepup_equity.records.progress.words import (
    NOT_RECORDED,
    WordMap,
    add_unknown,
    exit_words,
    pending_example,
)

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.process import SelectionProcess, StatusWords
    from stepup_equity.records.batches import Batch
    from stepup_equity.records.problems import Problems


def _filled(value: object) -> bool:
    return normalise(text_of(value)) not in common_not_stated()


class StatusDecoder:
    """Status words by the programme's table of outcomes. A bare "rejected" is a problem, never a guess."""

    def __init__(
        self,
        column: str,
        spec: StatusWords,
        process: SelectionProcess,
        problems: Problems,
        splitting: Sequence[str] = (),
    ) -> None:
        self.columns, self._problems = tuple(dict.fromkeys((column, *splitting))), problems
        keys = process.stage_keys
        self._words = WordMap((word, i) for i, outcome in enumerate(spec.outcomes) for word in outcome.words)
        self._bare = exit_words(())
        furthest = np.array([keys.index(str(outcome.stage)) for outcome in spec.outcomes], np.int8)
        exits = np.array([exit_code(outcome.exit) for outcome in spec.outcomes], np.int8)
        self._silent = (exits == 0) & (furthest < len(keys) - 1)
        self._outcomes = outcome_codes(furthest, np.where(self._silent, np.int8(NOT_RECORDED), exits))
        self._spec = spec
        self._splits = [
            (name, WordMap((word, 0) for word in split.words), keys.index(split.stage))
            for name, split in zip(splitting, spec.split, strict=True)
        ]

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""
        words = (self._words.alike(value), normalise(text_of(value)) if self._splits else "")
        return words if column == self.columns[0] else _filled(value)

    def decode(self, batch: Batch) -> Coded:
        """Outcome of each row."""
        values, positions = coded_values(batch.column(self.columns[0]))
        codes = self._words.codes(values)
        bare = (codes < 0) & (self._bare.codes(values) > 0)
        if (bad := np.flatnonzero(bare[positions])).size:
            self._problems.add(
                "error",
                "status_without_stage",
                self.columns[0],
                "statuses that say why people left, but not how far they had got.",
                **batch.place(bad),
                found=labels_found(batch, values, positions, bad),
                possible="a status with its stage, such as 'Rejected at sift'",
                remedy="Export the log of statuses (kind = 'events') or the furthest stage.",
            )
        unknown = np.where(bare, 0, codes)
        if (bad := bad_rows(unknown, positions)).size:
            add_unknown(
                self._problems,
                batch,
                "unknown_status",
                self.columns[0],
                "statuses that the programme does not explain.",
                (values, positions, bad),
                self._words,
                possible="the words under [reading.progress.outcomes]",
                remedy="Add them under [reading.progress.outcomes] by stage and exit reason: "
                f"{', '.join(RECORDED_REASONS)} or reached.",
            )
        self._note_silent(batch, codes, positions)
        outcomes = Coded(self._outcomes[np.maximum(codes, 0)], positions)
        return self._split(batch, values, outcomes) if self._splits else outcomes

    def _split(self, batch: Batch, values: Sequence[object], outcomes: Coded) -> Coded:
        """The same, further for those of the split words who have something in the other column."""
        rows = outcomes.rows()
        furthest, exits = furthest_of(rows), exits_of(rows)
        for column, words, stage in self._splits:
            spoken = words.codes(list(values)) == 0
            others, at = coded_values(batch.column(column))
            filled = np.array([_filled(other) for other in others], bool)
            further = spoken[outcomes.positions] & filled[at]
            furthest = np.where(further, np.maximum(furthest, stage), furthest)
        return outcome_column(furthest, exits)

    def _note_silent(self, batch: Batch, codes: NDArray[np.int32], positions: NDArray[Any]) -> None:
        """Note people whose word says that they reached a stage, and nothing of what came after."""
        silent = (codes >= 0) & self._silent[np.maximum(codes, 0)]
        if not (rows := np.flatnonzero(silent[positions])).size:
            return
        first = self._spec.outcomes[codes[np.unique(positions[rows])].min()]
        note_silence(
            self._problems,
            self.columns[0],
            "If they are still waiting, name their words under pending in the programme, for example "
            f"{pending_example(first.words[0])} under [reading.progress.outcomes.{first.stage}]: pending "
            "people leave the denominators.",
            **batch.place(rows),
        )
