"""Gaps with regions held equal; Berkeley is the lesson."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.errors import ArgumentError
from stepup_equity.process import programme_from_toml


def row(result, **wanted):
    frame = result.frame
    for column, value in wanted.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_berkeley_pooled_and_stratified_disagree_and_it_says_so(berkeley):
    result = su.stratified_tests(berkeley, by="gender", reference="Female")
    men = row(result, group="Male", gate="accepted")

    assert men["pooled_estimate"] == pytest.approx(1.4666, abs=1e-4)
    assert men["estimate"] == pytest.approx(0.944905022595929)
    assert men["odds_ratio"] == pytest.approx(0.904696828258623)
    assert men["difference"] == pytest.approx(-0.0184251961908525)
    assert men["homogeneity_p_value"] == pytest.approx(0.00207140139788108)
    assert men["strata_compared"] == 6
    assert men["reading"] == (
        "the direction turns round: ratio 1.47 together, 0.94 with regional partnership held equal; the gap "
        "differs "
        "between strata (Breslow-Day, adjusted p 0.0021), so no one figure holds for all"
    )
    assert (
        repr(result)
        == f"<StratifiedTests: gender within regional partnership; Male, acceptance: {men['reading']}>"
    )
    held = result.standardised.set_index(["gate", "group"]).loc["accepted"]
    assert held.loc["Male", "crude"] == pytest.approx(0.445187662578967)
    assert held.loc["Male", "estimate"] == pytest.approx(0.387318582689422)
    assert held.loc["Female", "estimate"] == pytest.approx(0.429955380460725)


def test_reference_values_by_region(applicants):
    result = su.stratified_tests(applicants, by="ethnicity", stratum="region")
    found = row(result, group="Black Caribbean", gate="screened")

    assert found["estimate"] == pytest.approx(0.73208129014485)
    assert (found["conf_low"], found["conf_high"]) == pytest.approx((0.602983398207947, 0.888818857986734))
    assert found["odds_ratio"] == pytest.approx(0.558122397759362)
    everyone = result.tests.set_index("gate").loc["screened"]
    assert everyone["statistic"] == pytest.approx(91.0431404828285)
    assert everyone["df"] == 7


def test_where_nothing_moves_nothing_is_said(applicants):
    result = su.stratified_tests(applicants, by="gender")

    assert set(result.frame["reading"]) == {""}
    unchanged = "held equal, no evident gap appears, goes or changes"
    assert repr(result) == f"<StratifiedTests: gender within regional partnership; {unchanged}>"


def test_the_reference_keeps_its_row_without_numbers(berkeley):
    result = su.stratified_tests(berkeley, by="gender", reference="Female")
    women = row(result, group="Female", gate="accepted")

    assert women["status"] == "reference"
    assert women[["estimate", "p_value", "pooled_estimate", "homogeneity_p_value"]].isna().all()


def test_everyone_else_as_reference_is_each_group_turned_round(berkeley):
    result = su.stratified_tests(berkeley, by="gender", reference="rest")
    men, women = (row(result, group=group, gate="accepted") for group in ("Male", "Female"))

    assert men["odds_ratio"] == pytest.approx(1 / women["odds_ratio"])
    assert men["p_value"] == pytest.approx(women["p_value"])


def test_gates_without_anyone_keep_their_rows(berkeley):
    """Everyone is at the last gate's door: earlier gates are passed by all."""
    men = row(su.stratified_tests(berkeley, by="gender"), group="Male", gate="eligible")

    assert men["estimate"] == 1
    assert np.isnan(men["p_value"])
    assert men["status"] == "everybody passed, or nobody"


def test_counts_without_strata_are_refused(typed):
    sentence = (
        "These counts hold no strata and no cohorts, so nothing can be held equal. Count records that have a "
        "column such as 'region'."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.stratified_tests(typed(A=[5, 2], B=[5, 2]))


def test_an_unknown_stratum_is_refused(applicants):
    sentence = "stratum='regoin' is not a stratum of these counts. Possible: 'region'. Did you mean 'region'?"
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.stratified_tests(applicants, by="gender", stratum="regoin")


def test_limits_of_a_few_people_make_no_gap_evident() -> None:
    """One of one who passed beside 23 of 40: the limits leave out 1, and the test says that it is chance."""
    rows = [("A", "here", 1, 23), ("A", "there", 1, 9), ("A", "here", 0, 17), ("A", "there", 0, 35)]
    rows += [("B", "here", 1, 1)]
    people = pd.DataFrame(
        [
            {"grp": group, "region": region, "stage": "hired" if passed else "applied"}
            for group, region, passed, n in rows
            for _ in range(n)
        ]
    )
    programme = programme_from_toml(
        '[[stages]]\nkey = "applied"\n[[stages]]\nkey = "hired"\n'
        '[characteristics.grp]\ngroups = ["A", "B"]\nreference = "A"\n[strata.region]\ncolumn = "region"\n'
        '[reading.progress]\nkind = "furthest_stage"\ncolumn = "stage"\n'
    )
    counts = su.count_stages(su.read_applicants(people, programme=programme, check_ids=False))
    found = row(su.stratified_tests(counts, by="grp", stratum="region"), group="B", gate="hired")
    assert found["conf_low"] > 1
    assert found["p_value"] > 0.3
    assert abs(np.log(found["estimate"] / found["pooled_estimate"])) > 0.1
    assert found["reading"] == ""
