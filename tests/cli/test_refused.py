"""A refused publication names every cell, on few lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from stepup_equity.cli import main
from stepup_equity.cli.exit_codes import REFUSED
from stepup_equity.cli.refused import cell_lines

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_groups_that_cannot_be_protected_at_the_same_places_share_a_line() -> None:
    columns = ["cohort", "characteristic", "group", "parent", "stage", "measure", "why"]
    places = [("offered", "pending"), ("offered", "left"), ("invited", "reached")]
    who = [
        ("All", "Total", ""),
        ("disability", "Yes", ""),
        ("disability", "Yes", "Yes"),
        ("disability", "No", ""),
    ]
    cells = pd.DataFrame(
        [("2024", *one, *place, "too few people") for one in who for place in places], columns=columns
    )
    where = "pending after 'offered', left after 'offered' and reached at 'invited'"
    assert list(cell_lines(cells)) == [
        "Too few people:",
        f"  everybody, {where}",
        f"  disability, {where}: Yes, Yes (one of Yes), No",
    ]
    both = pd.concat([cells.iloc[:1], cells.iloc[:1].assign(cohort="2025")])
    assert list(cell_lines(both))[1:] == [
        "  '2024', everybody, pending after 'offered'",
        "  '2025', everybody, pending after 'offered'",
    ]


def test_a_refusal_of_a_small_cohort_fits_a_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.DataFrame(
        {
            "characteristic": "origin",
            "group": [f"Group {i:02}" for i in range(8)],
            "applied": 15,
            "offered": 14,
            "started": [14, 13] * 4,
        }
    )
    file = tmp_path / "table.csv"
    table.to_csv(file, index=False)
    line = ["report", str(file), "-o", str(tmp_path / "out"), "--policy", "suppress10", "--first-release"]
    assert main(line) == REFUSED
    said = capsys.readouterr().err
    assert "All of them stand below." in said
    assert len(said.splitlines()) < 10
    assert all(f"Group {i:02}" in said for i in range(8))
