"""Laws of gaps and cliff edges, whatever the counts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

import stepup_equity as su
from tests.findings.funnels import published

GATES = ("shortlisted", "interviewed", "appointed")
QUIET = settings(max_examples=40, deadline=None)


@st.composite
def funnels(
    draw: st.DrawFn, groups: tuple[str, ...] = ("A", "B", "C", "D"), most: int = 400
) -> dict[str, tuple]:
    """How many of each group reached each of four stages."""
    table = {}
    for group in groups:
        reached = [draw(st.integers(0, most))]
        for _ in GATES:
            reached.append(draw(st.integers(0, reached[-1])))
        table[group] = tuple(reached)
    return table


def by_group(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(["group", "gate"]).reset_index(drop=True)


@QUIET
@given(funnels(), st.sampled_from(["plain", "jeffreys"]))
def test_parts_and_variances_sum_to_the_whole(table: dict[str, tuple], method: str) -> None:
    frame = su.gap_decomposition(published(table), reference="A", method=method).frame
    for _, group in frame.groupby("group"):
        whole, gates = group.iloc[-1], group.iloc[:-1]
        if np.isnan(whole["estimate"]):
            assert gates["estimate"].isna().any()
            assert whole["status"]
        else:
            np.testing.assert_allclose(gates["estimate"].sum(), whole["estimate"], atol=1e-12)
            np.testing.assert_allclose((gates["std_error"] ** 2).sum(), whole["std_error"] ** 2, atol=1e-12)
        assert (gates["status"][gates["estimate"].isna()] != "").all()


@QUIET
@given(funnels(groups=("A", "B")))
def test_swapping_group_and_reference_turns_the_gap_round(table: dict[str, tuple]) -> None:
    counts = published(table)
    one = su.gap_decomposition(counts, reference="A").frame
    other = su.gap_decomposition(counts, reference="B").frame
    np.testing.assert_allclose(one["estimate"], -other["estimate"], atol=1e-12)
    np.testing.assert_allclose(one["std_error"], other["std_error"], atol=1e-12)
    np.testing.assert_allclose(one["share"], other["share"], atol=1e-9)
    here, there = (su.cliff_edges(counts, reference=name) for name in "AB")
    for column in ("p_value", "p_edge", "q"):
        np.testing.assert_allclose(here.frame[column], there.frame[column], rtol=1e-9)
    for column in ("flagged", "behind"):
        assert (here.frame[column] == there.frame[column]).all()
    flagged = here.frame["flagged"]
    assert (here.frame["sentence"][flagged] == there.frame["sentence"][flagged]).all()
    assert list(here.whole_way["behind"]) == list(there.whole_way["behind"])


@QUIET
@given(funnels())
def test_a_flag_is_exactly_material_and_evident(table: dict[str, tuple]) -> None:
    frame = su.cliff_edges(published(table), reference="A").frame
    own = frame["passed"] * frame["reference_entered"]
    other = frame["reference_passed"] * frame["entered"]
    behind, ahead = frame["behind"] == frame["group"], frame["behind"] == frame["reference"]
    assert (frame["flagged"] == (frame["q"] <= 0.05)).all()
    assert (5 * own < 4 * other)[frame["flagged"] & behind].all()
    assert (5 * other < 4 * own)[frame["flagged"] & ahead].all()
    assert (behind | ahead)[frame["flagged"]].all()
    assert ((own < other) | ~behind).all()
    assert ((own > other) | ~ahead).all()
    evident = frame["p_adjusted"] <= 0.05
    assert (evident == (frame["behind"] != "")).all()
    assert not frame["verdict"][evident].isin(["no material gap", "no evidence", "too few to tell"]).any()
    assert (frame["flagged"] == (frame["verdict"] == "cliff edge")).all()
    made = frame["p_value"].notna()
    silent = made & ~frame["flagged"]
    assert (frame["p_adjusted"][silent] >= frame["p_value"][silent]).all()
    assert frame["power"][made].between(0, 1).all()
    found = frame["detectable_ratio"].dropna()
    assert found.between(0, 1).all()
    known = frame["estimate"].notna()
    assert (frame["conf_low"] <= frame["estimate"])[known].all()
    assert (frame["estimate"] <= frame["conf_high"])[known].all()
    assert (frame["verdict"][~known] == "not computable").all()
    assert (frame["sentence"] != "").all()


@QUIET
@given(funnels(), st.permutations(["A", "B", "C", "D"]))
@example(  # a power of 0.875, which prints as 87% or 88% by its last digit
    {"A": (314, 314, 1, 0), "B": (0, 0, 0, 0), "C": (3, 3, 0, 0), "D": (1, 0, 0, 0)}, ["A", "B", "D", "C"]
)
@example(  # a power of 0, or of 3e-17, which prints as “less than a 1% chance”
    {"A": (48, 20, 1, 0), "B": (0, 0, 0, 0), "C": (1, 0, 0, 0), "D": (1, 1, 0, 0)}, ["A", "D", "C", "B"]
)
def test_the_order_of_groups_changes_nothing(table: dict[str, tuple], order: list[str]) -> None:
    one = su.cliff_edges(published(table), reference="A").frame
    other = su.cliff_edges(published({group: table[group] for group in order}), reference="A").frame
    pd.testing.assert_frame_equal(by_group(one), by_group(other))


@QUIET
@given(funnels(), st.integers(1, 50))
def test_the_not_stated_and_the_empty_change_nothing(table: dict[str, tuple], n: int) -> None:
    plain = su.cliff_edges(published(table), reference="A")
    more = su.cliff_edges(
        published({**table, "Prefer not to say": (n, n, n, n), "Nobody": (0, 0, 0, 0)}), reference="A"
    )
    kept = more.frame[more.frame["group"] != "Nobody"].reset_index(drop=True)
    pd.testing.assert_frame_equal(plain.frame, kept)
    assert "Prefer not to say" not in set(more.frame["group"])


@QUIET
@given(funnels(), st.integers(2, 20))
def test_more_of_the_same_people_only_sharpens(table: dict[str, tuple], times: int) -> None:
    large = {group: tuple(times * n for n in reached) for group, reached in table.items()}
    one = su.gap_decomposition(published(table), reference="A").frame
    other = su.gap_decomposition(published(large), reference="A").frame
    np.testing.assert_allclose(one["estimate"], other["estimate"], atol=1e-12)
    np.testing.assert_allclose(one["std_error"] ** 2, times * other["std_error"] ** 2, atol=1e-12)
    np.testing.assert_allclose(times * one["people_lost"], other["people_lost"], atol=1e-6)
