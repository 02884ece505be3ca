"""Totals and subtotals among the groups of a published table."""

from __future__ import annotations

import pandas as pd
import pytest

import stepup_equity as su

STAGES = ["applied", "shortlisted", "appointed"]


def table(*rows: tuple[str, object, object, object]) -> pd.DataFrame:
    return pd.DataFrame([("ethnicity", *row) for row in rows], columns=["characteristic", "group", *STAGES])


WHITE, BLACK = ("White", 120, 40, 9), ("Black", 60, 20, 3)


@pytest.mark.parametrize("label", ["Total", "TOTAL: ", "All applicants", "Grand Total", "overall", "Total²"])
def test_a_total_is_left_out_and_named(label: str) -> None:
    counts = su.StageCounts.from_table(table(WHITE, BLACK, (label, 180, 60, 12)))
    assert counts.funnel("ethnicity").groups == ("White", "Black")
    assert counts.people == 180
    assert counts.notes == (
        (
            "In 'ethnicity' rows that are totals of others are left out, since their people would "
            "count twice: "
            f"{label.strip()!r} of 'White', 'Black'."
        ),
    )


def test_a_total_that_is_not_the_sum_says_so() -> None:
    counts = su.StageCounts.from_table(table(WHITE, BLACK, ("Total", 200, 60, 12)))
    assert counts.people == 180
    assert counts.notes[0] == (
        "In 'ethnicity' a total is not the sum of its groups: 'Total' says 200, its groups add up to 180."
    )


def test_a_subtotal_without_a_word_for_it() -> None:
    rows = (
        ("White", 1000, 300, 90),
        ("White British", 850, 260, 80),
        ("White other", 150, 40, 10),
        ("Black", 300, 50, 8),
        ("African", 220, 35, 5),
        ("Caribbean", 80, 15, 3),
    )
    above = su.StageCounts.from_table(table(*rows))
    below = su.StageCounts.from_table(table(*rows[::-1]))
    for counts in (above, below):
        assert counts.people == 1300
        assert set(counts.funnel("ethnicity").groups) == {
            "White British",
            "White other",
            "African",
            "Caribbean",
        }
        assert "sums of others are left out" in counts.notes[0] or "totals of others" in counts.notes[0]


def test_small_groups_may_be_sums_by_chance_and_are_asked_about() -> None:
    counts = su.StageCounts.from_table(
        table(WHITE, ("Asian", 50, 18, 5), ("Indian", 30, 12, 4), ("Pakistani", 20, 6, 1), BLACK)
    )
    assert counts.funnel("ethnicity").groups == ("White", "Asian", "Indian", "Pakistani", "Black")
    assert list(counts.notes) == [
        (
            "In 'ethnicity' a group may be a subtotal, whose people would count twice: 'Asian' has as many "
            "people as 'Indian', 'Pakistani' together, at every stage."
        )
    ]
    assert su.cliff_edges(counts).notes[0] == counts.notes[0]


def test_a_sum_beside_hidden_numbers_is_not_said_to_hold_at_every_stage() -> None:
    counts = su.StageCounts.from_table(
        table(WHITE, ("Asian", 50, 18, "[c]"), ("Indian", 30, 12, "[c]"), ("Pakistani", 20, 6, 1), BLACK)
    )
    assert (
        "In 'ethnicity' a group may be a subtotal, whose people would count twice: 'Asian' has as many "
        "people as 'Indian', 'Pakistani' together, wherever none of these numbers is hidden."
    ) in counts.notes


def test_a_row_without_a_label_is_the_total_or_not_stated() -> None:
    total = su.StageCounts.from_table(table(WHITE, BLACK, ("", 180, 60, 12)))
    assert total.people == 180
    blank = su.StageCounts.from_table(table(WHITE, BLACK, ("", 10, 2, 0)))
    assert blank.funnel("ethnicity", not_stated=True).reached[-1].tolist() == [10, 2, 0]


def test_no_subtotal() -> None:
    assert su.StageCounts.from_table(table(WHITE, BLACK, ("Asian", 180, 60, 11))).notes == ()
    assert su.StageCounts.from_table(table(WHITE, ("Asian", 120, 40, 9))).notes == ()
    few = table(WHITE, ("Roma", 2, 0, 0), ("Arab", 1, 0, 0), ("Chinese", 1, 0, 0))
    assert su.StageCounts.from_table(few).notes == ()


def test_a_column_of_rates_is_no_stage_and_is_named() -> None:
    for name in ("success_rate", "Pass rate (%)", "% appointed", "share of all"):
        counts = su.StageCounts.from_table(table(WHITE, BLACK).assign(**{name: [9, 5]}))
        assert counts.process.stage_keys == tuple(STAGES)
        assert counts.notes == (
            (
                f"{name!r} holds percentages by its heading or its cells, so it is taken for no stage and "
                f"left out."
            ),
        )


def test_names_of_columns_may_have_capitals() -> None:
    plain = su.StageCounts.from_table(table(WHITE, BLACK))
    assert su.StageCounts.from_table(
        table(WHITE, BLACK).rename(columns=str.title)
    ).overall().reached.tolist() == (plain.overall().reached.tolist())
    long = table(WHITE, BLACK).melt(["characteristic", "group"], var_name="Stage", value_name="People")
    assert su.StageCounts.from_table(long) == plain
    assert su.StageCounts.from_table(long.rename(columns={"People": "Reached"})) == plain
