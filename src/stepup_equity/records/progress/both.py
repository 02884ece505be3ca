"""A furthest-stage column beside one column for each stage: they must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.records.cells import furthest_of

if TYPE_CHECKING:
    from collections.abc import Hashable

    from stepup_equity.records.batches import Batch, Coded
    from stepup_equity.records.problems import Problems
    from stepup_equity.records.progress.furthest import FurthestStageDecoder
    from stepup_equity.records.progress.stage_columns import StageColumnsDecoder


class AgreeingDecoder:
    """Reads the stage columns, and refuses rows whose furthest stage says otherwise."""

    def __init__(
        self, stages: StageColumnsDecoder, furthest: FurthestStageDecoder, problems: Problems
    ) -> None:
        self._stages, self._furthest, self._problems = stages, furthest, problems
        self.columns = tuple(dict.fromkeys((*stages.columns, *furthest.columns)))

    def alike(self, column: str, value: object) -> Hashable:
        """A key that raw values share where they are read alike."""
        return tuple(
            one.alike(column, value) for one in (self._stages, self._furthest) if column in one.columns
        )

    def decode(self, batch: Batch) -> Coded:
        """Outcome of each row."""
        outcomes = self._stages.decode(batch)
        bad = np.flatnonzero(furthest_of(outcomes.rows()) != self._furthest.furthest(batch))
        if bad.size:
            self._problems.add(
                "error",
                "progress_disagrees",
                self._furthest.columns[0],
                "the furthest stage is not the one that the stage columns tell.",
                **batch.place(bad),
                remedy="Correct the rows, or name the one to read under [reading.progress].",
            )
        return outcomes
