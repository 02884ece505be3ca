"""A group that a programme declares is no total, though its label would be one where nothing is declared."""

from __future__ import annotations

import pandas as pd

import stepup_equity as su
from stepup_equity.process import programme_from_toml

TEXT = """
name = "answers"
label = "Answers"
[[stages]]
key = "applied"
label = "Applied"
[[stages]]
key = "appointed"
label = "Appointed"
gate = "the appointment"
[characteristics.disabled]
label = "Disabled"
groups = ["Y", "N"]
"""
TABLE = pd.DataFrame(
    {
        "characteristic": ["disabled"] * 3,
        "group": ["Y", "N", "Total"],
        "applied": [40, 160, 200],
        "appointed": [4, 20, 24],
    }
)


def test_a_declared_group_counts_whatever_its_label() -> None:
    counts = su.StageCounts.from_table(TABLE, programme_from_toml(TEXT))
    found = counts.funnel("disabled")
    assert dict(zip(found.groups, found.reached[:, 0].tolist(), strict=True)) == {"Y": 40, "N": 160}


def test_without_a_programme_the_same_label_is_a_total() -> None:
    counts = su.StageCounts.from_table(TABLE[TABLE["group"] != "Total"])
    assert counts.funnel("disabled").groups == ("Y",)
