"""Totals and subtotals among the groups of a published table."""

from __future__ import annotations

import pandas as pd
import pytest

import stepup_equity as su

STAGES = ["applied", "shortlisted", "appointed"]


def table(*rows: tuple[str, int, int, int]) -> pd.DataFrame:
    return pd.DataFrame([("ethnicity", *row) for row in rows], columns=["characteristic", "group", *STAGES])


WHITE, BLACK = ("White", 100, 40, 9), ("Black", 60, 20, 3)


@pytest.mark.parametrize("label", ["Total", "TOTAL ", "All applicants", "Grand Total", "overall"])
def test_a_total_is_refused(label: str) -> None:
    with pytest.raises(su.DataError) as refused:
        su.StageCounts.from_table(table(WHITE, BLACK, (label, 160, 60, 12)))
    assert str(refused.value) == (
        f"Row 3 (group {label.strip()!r}) is a total, whose people would count twice. Leave it out; totals "
        "are made from the groups."
    )


def test_groups_that_are_the_sum_of_others_are_named() -> None:
    counts = su.StageCounts.from_table(
        table(WHITE, ("Asian", 50, 18, 5), ("Indian", 30, 12, 4), ("Pakistani", 20, 6, 1), BLACK)
    )
    assert list(counts.notes) == [
        (
            "In 'ethnicity' the group 'Asian' has as many people as 'Indian', 'Pakistani' together, at every "
            "stage. If it is a subtotal, its people count twice: leave it out."
        )
    ]
    below = su.StageCounts.from_table(table(WHITE, BLACK, ("Those who said", 160, 60, 12)))
    assert list(below.notes) == [
        (
            "In 'ethnicity' the group 'Those who said' has as many people as all others together, at every "
            "stage. If it is a subtotal, its people count twice: leave it out."
        )
    ]
    assert su.cliff_edges(counts).notes[0] == counts.notes[0]


def test_no_subtotal() -> None:
    assert su.StageCounts.from_table(table(WHITE, BLACK, ("Asian", 160, 60, 11))).notes == ()
    assert su.StageCounts.from_table(table(WHITE, ("Asian", 100, 40, 9))).notes == ()
    few = table(WHITE, ("Roma", 2, 0, 0), ("Arab", 1, 0, 0), ("Chinese", 1, 0, 0))
    assert su.StageCounts.from_table(few).notes == ()


def test_a_column_of_rates_is_no_stage() -> None:
    for name in ("success_rate", "Pass rate (%)", "% appointed", "share of all"):
        with pytest.raises(su.DataError) as refused:
            su.StageCounts.from_table(table(WHITE, BLACK).assign(**{name: [9, 5]}))
        assert str(refused.value) == (
            f"Column {name!r} seems to hold rates, and every column besides 'characteristic', 'group' is "
            "taken for a stage with numbers of people. Leave it out; rates are made from the counts."
        )


def test_names_of_columns_may_have_capitals() -> None:
    plain = su.StageCounts.from_table(table(WHITE, BLACK))
    assert su.StageCounts.from_table(
        table(WHITE, BLACK).rename(columns=str.title)
    ).overall().reached.tolist() == (plain.overall().reached.tolist())
    long = table(WHITE, BLACK).melt(["characteristic", "group"], var_name="Stage", value_name="People")
    with pytest.raises(su.DataError) as refused:
        su.StageCounts.from_table(long)
    assert str(refused.value) == (
        "The table has a column 'stage' and no column 'reached'. Name the column with the numbers of people "
        "so. It has 'characteristic', 'group', 'stage', 'People'."
    )
    assert su.StageCounts.from_table(
        long.rename(columns={"People": "Reached"})
    ).overall().reached.tolist() == (plain.overall().reached.tolist())
