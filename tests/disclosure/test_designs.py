"""Designs of a publication beside each other: what each keeps is counted from what it prints."""

from __future__ import annotations

import pandas as pd

import stepup_equity as su
from stepup_equity.cli import main

ROWS = [
    ("White", 920, 389, 117), ("Asian", 61, 26, 14), ("Black", 43, 17, 13), ("Mixed", 30, 15, 4),
]  # fmt: skip


def test_what_a_design_keeps(tmp_path, capsys):
    frame = pd.DataFrame(
        [("ethnicity", group, *numbers) for group, *numbers in ROWS],
        columns=["characteristic", "group", "applied", "shortlisted", "appointed"],
    )
    counts = su.StageCounts.from_table(frame)
    plan = su.publication_plan(counts).set_index("number")
    assert plan.loc[1, ["counts_kept", "counts"]].tolist() == [12, 12]
    exact = su.protect(counts, "suppress10")
    assert plan.loc[2, "counts_kept"] == 12 - exact.hidden[0]
    assert (plan["comparisons"].iloc[0]) >= plan["comparisons"].iloc[1]

    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    assert main(["report", str(path), "-o", str(tmp_path / "out"), "--plan"]) == 0
    said = capsys.readouterr().out
    assert "1. everything, rounded to 5: 12 of 12 counts" in said
    assert "--policy suppress10" in said
    assert not (tmp_path / "out").exists()
    assert main(["report", str(path), "-o", str(tmp_path / "out"), "--choose", "9"]) == 2
