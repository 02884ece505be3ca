"""What a comparison could have shown, as a finding."""

from __future__ import annotations

import numpy as np
import pytest

import stepup_equity as su
from stepup_equity.statistics import power_exact
from tests.findings.funnels import published, row

TABLE = {
    "White": (900, 700, 400, 200),
    "Black": (120, 80, 30, 12),
    "Asian": (60, 50, 0, 0),
    "Other": (1, 1, 1, 1),
}


def test_power_and_detectable_ratio_are_those_of_the_rows_own_test() -> None:
    found = row(su.detectable_gaps(published(TABLE)).frame, group="Black", gate="interviewed")
    rate = 400 / 700
    assert found["reference_rate"] == pytest.approx(rate)
    assert found["power"] == pytest.approx(
        float(power_exact(0.8 * rate, 80, rate, 700, score_from=np.inf)), abs=1e-9
    )
    detectable = float(power_exact(found["detectable_ratio"] * rate, 80, rate, 700, score_from=np.inf))
    assert detectable == pytest.approx(0.8, abs=1e-9)
    assert found["detectable_people"] == pytest.approx(80 * rate * (1 - found["detectable_ratio"]))
    assert found["method"] == "mid-p"


def test_rows_that_cannot_tell_say_why() -> None:
    frame = su.detectable_gaps(published(TABLE)).frame
    nobody = row(frame, group="Asian", gate="appointed")
    assert np.isnan(nobody["power"])
    assert nobody["status"] == "nobody reached this gate"
    one = row(frame, group="Other", gate="appointed")
    assert np.isnan(one["detectable_ratio"])
    assert one["status"] == "too few people: not even a rate of 0 would be seen"


def test_the_rule_sets_the_gap_and_the_power() -> None:
    counts = published(TABLE)
    strict = su.detectable_gaps(counts, rule=su.CliffRule(power=0.9, power_at=0.6)).frame
    usual = su.detectable_gaps(counts).frame
    assert (
        row(strict, group="Black", gate="interviewed")["power"]
        > row(usual, group="Black", gate="interviewed")["power"]
    )
    assert (
        strict["detectable_ratio"].dropna() < usual["detectable_ratio"][strict["detectable_ratio"].notna()]
    ).all()


def test_the_line_it_prints() -> None:
    assert repr(su.detectable_gaps(published(TABLE))) == (
        "<DetectableGaps: ethnicity; 7 of 8 comparisons would miss a ratio of 0.8 more than one time in 5>"
    )


def test_the_highest_group_of_a_gate_is_not_compared_with_itself() -> None:
    counts = published({"White": (900, 700, 400, 200), "Black": (120, 80, 60, 20)})
    frame = su.detectable_gaps(counts, reference="highest").frame
    assert row(frame, group="Black", gate="interviewed")["status"] == "reference"
    assert row(frame, group="Black", gate="appointed")["reference"] == "White"
