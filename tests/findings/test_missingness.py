"""Whether those who did not say progress differently, and how far the headline could move."""

from __future__ import annotations

import pytest

import stepup_equity as su


def test_those_who_did_not_say_against_those_who_did(west_lancashire):
    row = su.missingness(west_lancashire, by="ethnicity").frame.set_index("gate").loc["shortlisted"]

    assert (row["stated"], row["not_stated"]) == (963, 7)
    assert row["stated_share"] == pytest.approx(963 / 970)
    assert row["estimate"] == pytest.approx((4 / 7) / (399 / 963))
    assert row["conf_low"] < row["estimate"] < row["conf_high"]
    assert row["method"] == "mid-p"


def test_best_and_worst_case(west_lancashire):
    """Seven of unknown ethnicity, none appointed: at worst all were BME, at best all were White."""
    bounds = su.missingness(west_lancashire, by="ethnicity").bounds.set_index("group").loc["BME"]

    assert bounds["estimate"] == pytest.approx((2 / 43) / (117 / 920))
    assert bounds["worst"] == pytest.approx((2 / 50) / (117 / 920))
    assert bounds["best"] == pytest.approx((2 / 43) / (117 / 927))
    assert bounds["worst"] < bounds["estimate"] < bounds["best"]


def test_where_everybody_said_there_is_nothing_to_compare(typed):
    row = su.missingness(typed(A=[5, 2], B=[5, 3])).frame.iloc[0]

    assert row["status"] == "everybody here stated a group"
    assert row["not_stated"] == 0
