"""Trend tests along ordered groups."""

from __future__ import annotations

import re

import numpy as np
import pytest

import stepup_equity as su
from stepup_equity.errors import ArgumentError

AGES = {
    "G20": [60, 12],
    "G25": [55, 10],
    "G30": [40, 6],
    "G35": [28, 3],
    "G40": [22, 2],
    "G45": [15, 1],
    "G50": [9, 0],
}


def test_the_reference_table(typed):
    """The seven age bands of the reference values: z -2.223, p .0262; what is left, chi-squared 0.12 on 5."""
    result = su.trend_tests(typed(**AGES), by="team", groups=list(AGES))
    row = result.frame.set_index("gate").loc["stage_1"]

    assert row["statistic"] == pytest.approx(-2.22328718444447)
    assert row["p_value"] == pytest.approx(0.0261964411240358)
    assert row["departure_statistic"] == pytest.approx(0.11964905490466)
    assert row["departure_df"] == 5
    assert row["conf_low"] < row["estimate"] < row["conf_high"] < 0
    assert repr(result) == (
        "<TrendTests: team over the whole way: −3.0 points a step (−5.3 to −0.8), p 0.0262>"
    )


def test_midpoints_as_scores(typed):
    scores = [22, 27, 32, 37, 42, 47, 55]

    row = su.trend_tests(typed(**AGES), by="team", scores=scores).frame.iloc[0]

    assert row["p_value"] == pytest.approx(0.0255053072791695)


def test_ordered_characteristics_are_chosen_by_themselves(applicants):
    result = su.trend_tests(applicants)

    assert result.by == ("age_band",)
    assert result.frame["gate"].tolist()[-1] == "overall"
    assert (result.frame["n"] > 0).all()


def test_without_an_ordered_characteristic_there_is_nothing_to_test(typed):
    result = su.trend_tests(typed(A=[5, 2], B=[5, 2]))

    assert result.frame.empty
    assert "p_adjusted" in result.frame.columns
    assert repr(result) == "<TrendTests: no ordered characteristic; nothing to test>"


def test_a_characteristic_without_order_is_refused(typed):
    sentence = (
        "The groups of 'team' have no declared order. Give the order with groups= or positions with scores=; "
        "the groups are 'A', 'B'."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.trend_tests(typed(A=[5, 2], B=[5, 2]), by="team")


def test_too_few_scores_are_refused(typed):
    sentence = "scores= has 3 positions for 2 groups of 'team': 'A', 'B'. Give one for each."

    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.trend_tests(typed(A=[5, 2], B=[5, 2]), by="team", scores=[1, 2, 3])


def test_a_gate_where_everybody_passes_keeps_its_row(typed):
    row = su.trend_tests(typed(A=[5, 5], B=[6, 6]), by="team", groups=["A", "B"]).frame.iloc[0]

    assert np.isnan([row["p_value"], row["estimate"], row["conf_low"]]).all()
    assert (row["method"], row["status"]) == ("", "everybody passed")
