"""Shares of the pool, stage by stage."""

from __future__ import annotations

import numpy as np
import pytest

import stepup_equity as su


def test_shares_of_those_who_said_and_of_everyone(west_lancashire):
    result = su.composition(west_lancashire, by="ethnicity")
    frame = result.frame.set_index(["group", "stage"])

    assert frame.loc[("BME", "applied"), "estimate"] == pytest.approx(43 / 963)
    assert frame.loc[("BME", "appointed"), "estimate"] == pytest.approx(2 / 119)
    assert frame.loc[("BME", "appointed"), "change"] == pytest.approx(2 / 119 - 43 / 963)
    assert frame.loc[("BME", "appointed"), "representation"] == pytest.approx(2 / 119 / (43 / 963))
    unstated = frame.loc[("Not stated", "applied")]
    assert unstated["estimate"] == pytest.approx(7 / 970)
    assert unstated["status"] == "shown, as a share of everyone"
    stated = frame[frame["stated"]].groupby("stage")["estimate"].sum()
    assert stated.tolist() == pytest.approx([1, 1, 1])
    assert repr(result) == "<Composition: ethnicity; BME 4.5% of those who applied, 1.7% at “Appointed”>"


def test_the_cliff_stands_beside_the_share(west_lancashire):
    frame = su.composition(west_lancashire, by="ethnicity").frame.set_index(["group", "stage"])

    assert frame.loc[("BME", "shortlisted"), "verdict"] == "cliff edge"
    assert frame.loc[("BME", "appointed"), "verdict"] == "too few to tell"
    assert frame.loc[("BME", "applied"), "verdict"] == ""
    assert (frame.loc["White", "verdict"] == "").all()
    assert (frame.loc["Not stated", "verdict"] == "").all()


def test_a_stage_nobody_reached_keeps_its_rows(typed):
    frame = su.composition(typed(A=[5, 2, 0], B=[4, 1, 0])).frame.set_index(["group", "stage"])

    last = frame.loc[("A", "stage_2")]
    assert np.isnan([last["estimate"], last["change"], last["representation"]]).all()
    assert last["status"] == "nobody reached this stage"


def test_every_characteristic_at_once(applicants):
    frame = su.composition(applicants).frame

    assert frame["characteristic"].nunique() == 6
    assert (frame["estimate"].dropna().between(0, 1)).all()
