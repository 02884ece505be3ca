"""No pooled edge is flagged that strata or cohorts, held equal, do not bear out."""

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.findings.cliff_rule import DEFAULT_RULE
from stepup_equity.findings.held_equal import HeldEqual


def people(*rows: tuple[str, str, int, int], along: str = "region") -> su.StageCounts:
    """(where, group, passed, failed): records of one gate."""
    spread = [
        (where, group, stage)
        for where, group, passed, failed in rows
        for stage, n in (("eligible", passed), ("submitted", failed))
        for _ in range(n)
    ]
    frame = pd.DataFrame(spread, columns=[along, "gender", "furthest_stage"])
    return su.count_stages(su.read_applicants(frame, check_ids=False))


def edge(counts: su.StageCounts, **choices: object) -> pd.Series:
    frame = su.cliff_edges(counts, by="gender", **choices).frame
    return frame[frame["gate"] == "eligible"].iloc[0]


SIMPSON = (
    ("2010", "Female", 480, 320),
    ("2010", "Male", 60, 40),
    ("2012", "Female", 80, 320),
    ("2012", "Male", 80, 320),
)


def test_a_difference_of_the_mix_of_regions_is_no_edge():
    found = edge(people(*SIMPSON))
    assert found["estimate"] == pytest.approx(0.6)
    assert found["stratified_estimate"] == pytest.approx(1.0)
    assert (found["flagged"], found["verdict"], found["behind"]) == (False, "no material gap", "")
    assert "With regional partnership held equal it is 1.00 times the rate" in found["sentence"]
    assert "no cliff edge is flagged" in found["sentence"]


def test_berkeley(berkeley: su.StageCounts):
    cliffs = su.cliff_edges(berkeley, by="gender", reference="Male")
    found = cliffs.frame[cliffs.frame["gate"] == "accepted"].iloc[0]
    assert not cliffs.any_flagged
    assert found["stratified_estimate"] == pytest.approx(1.058, abs=1e-3)
    whole = cliffs.whole_way.iloc[0]
    assert (whole["behind"], whole["verdict"]) == ("", "no material gap")
    assert "held equal it is 1.06 times the rate" in whole["sentence"]
    assert "behind" not in repr(cliffs)


def test_the_other_side_is_held_back_too():
    found = edge(people(*SIMPSON), reference="Male")
    assert found["estimate"] == pytest.approx(1 / 0.6)
    assert (found["flagged"], found["behind"]) == (False, "")
    assert "held equal it is 1.00 times the rate" in found["sentence"]


def test_an_edge_within_every_region_stays():
    found = edge(
        people(
            ("N", "Female", 300, 100), ("N", "Male", 40, 60), ("S", "Female", 100, 300), ("S", "Male", 12, 88)
        )
    )
    assert found["flagged"]
    assert found["stratified_estimate"] < 0.8
    assert "held equal" not in found["sentence"]


def test_groups_that_never_meet_show_no_edge():
    found = edge(people(("N", "Female", 300, 100), ("S", "Male", 40, 60), ("S", "Not stated", 1, 1)))
    assert not found["flagged"]
    assert "The two groups meet in no regional partnership" in found["sentence"]
    assert np.isnan(found["stratified_estimate"])


def test_one_stratum_is_nothing_to_hold_equal():
    found = edge(people(("N", "Female", 300, 100), ("N", "Male", 40, 60)))
    assert found["flagged"]
    assert (found["stratum"], np.isnan(found["stratified_estimate"])) == ("", True)


def test_what_a_stratum_leaves_is_said_by_itself():
    held = HeldEqual(
        ("Region",),
        *(
            np.array([values])
            for values in ([0.9, 0.9, 0.5, 1.1], [0.82, 0.7, 0.2, 0.7], [0.98, 1.2, 1.3, 1.6])
        ),
    )
    behind = np.array([1, 1, 1, -1])
    assert held.verdicts(behind, DEFAULT_RULE).tolist() == [
        "no material gap", "too few to tell", "too few to tell", "too few to tell",
    ]  # fmt: skip
    low = HeldEqual(("Region",), *(np.array([values]) for values in ([0.85], [0.7], [0.95])))
    assert low.verdicts(np.array([1]), DEFAULT_RULE).tolist() == ["small gap"]
