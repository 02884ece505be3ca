"""Tables of many cells are rounded nearly as near as can be, and keep every promise of the nearest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.disclosure.cubes import counts

import stepup_equity as su
from stepup_equity.disclosure import rounding

if TYPE_CHECKING:
    import pytest


def test_a_table_of_many_cells_keeps_every_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "_MANY", 0)
    cube = counts(400, 3, 1)
    frame = su.protect(cube, "publish").frame  # it is audited, or refused
    reached = frame[frame["measure"] == "reached"].astype({"number": int})
    for name in ("gender", "religion"):
        truth = cube.funnel(name, not_stated=True)
        mine = reached[reached["characteristic"] == name].set_index(["group", "stage"])["number"]
        for group, row in zip(truth.groups, truth.reached.tolist(), strict=True):
            for stage, people in zip(cube.process.stage_keys, row, strict=True):
                printed = mine[group, stage]
                assert printed % 5 == 0
                assert abs(printed - people) < 5
        together = mine.xs("Total", level="group").to_dict()
        assert mine.drop("Total", level="group").groupby(level="stage").sum().to_dict() == together
