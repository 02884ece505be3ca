"""Selection rates: every row there, every absence explained."""

from __future__ import annotations

import re

import numpy as np
import pytest

import stepup_equity as su
from stepup_equity.errors import ArgumentError

COLUMNS = (
    "characteristic group parent stated gate entered denominator passed estimate conf_low conf_high "
    "cumulative cumulative_low cumulative_high confidence method status"
)


def test_a_row_for_every_group_and_gate_and_the_whole_way(west_lancashire):
    rates = su.selection_rates(west_lancashire, by="ethnicity")
    frame = rates.frame

    assert list(frame.columns) == COLUMNS.split()
    assert frame[["group", "gate"]].apply(tuple, axis=1).tolist() == [
        (group, gate)
        for group in ("BME", "White", "Not stated")
        for gate in ("shortlisted", "appointed", "overall")
    ]
    bme = frame[frame["group"] == "BME"].set_index("gate")
    assert bme["estimate"].tolist() == pytest.approx([10 / 43, 2 / 10, 2 / 43])
    assert bme["cumulative"].tolist() == pytest.approx([10 / 43, 2 / 43, 2 / 43])
    assert repr(rates) == "<SelectionRates: ethnicity; over the whole way 4.7% (BME) to 13% (White)>"


def test_those_who_did_not_say_are_shown_and_not_compared(west_lancashire):
    frame = su.selection_rates(west_lancashire, by="ethnicity").frame
    unstated = frame[frame["group"] == "Not stated"].set_index("gate")

    assert not unstated["stated"].any()
    assert unstated.loc["shortlisted", ["entered", "passed"]].tolist() == [7, 4]
    assert set(unstated["status"]) == {"shown, not compared"}
    for verb in (su.impact_ratios, su.rate_differences, su.odds_ratios):
        assert "Not stated" not in set(verb(west_lancashire, by="ethnicity").frame["group"])


def test_a_gate_that_nobody_reached_keeps_its_row(typed):
    frame = su.selection_rates(typed(A=[10, 0, 0], B=[8, 4, 2])).frame.set_index(["group", "gate"])

    row = frame.loc[("A", "stage_2")]
    assert np.isnan([row["estimate"], row["conf_low"], row["conf_high"]]).all()
    assert row["status"] == "nobody reached this gate"
    assert frame.loc[("A", "overall"), "estimate"] == 0
    assert frame.loc[("A", "overall"), "status"] == ""


def test_intervals_by_name(typed):
    counts = typed(A=[132, 0], B=[40, 10])
    high = {
        method: su.selection_rates(counts, method=method).frame["conf_high"].iloc[0]
        for method in ("wilson", "clopper-pearson", "jeffreys")
    }

    assert high == pytest.approx(
        {"wilson": 0.02828, "clopper-pearson": 0.02756, "jeffreys": 0.01881}, abs=1e-5
    )


def test_an_unknown_interval_is_refused(typed):
    sentence = "method='wald' is not known. Possible: 'wilson', 'clopper-pearson', 'jeffreys'."

    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.selection_rates(typed(A=[5, 2]), method="wald")


def test_the_frame_is_a_copy(typed):
    rates = su.selection_rates(typed(A=[10, 4], B=[8, 4]))

    frame = rates.frame
    frame["estimate"] = 0.0

    assert rates.frame["estimate"].iloc[0] == 0.4
