"""Places by partnership, the reserve list, and how often each criterion is assessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.process import programme_from_toml

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return su.count_stages(su.read_applicants(EXAMPLES / "cohort_one.csv"))


def test_targets_of_table_4_2(counts: su.StageCounts) -> None:
    found = su.places(counts, EXAMPLES / "places_2010.csv", by="gender")
    assert repr(found) == (
        "<Places: 184 places filled of 200, as the table of targets has it; in the records 189 accepted "
        "the offer; 49 passed without a place>"
    )
    frame = found.frame.set_index("region")
    assert frame.loc["All", ["qualified", "offered", "no_place", "filled"]].tolist() == [251, 202, 49, 189]
    assert frame.loc["Yorkshire and Humber", "target"] == 37
    assert (frame["qualified"] == frame["offered"] + frame["no_place"]).all()
    assert frame.loc["All", ["target", "recruited", "unfilled"]].tolist() == [200, 184, 16]
    assert (frame["unfilled"] == frame["target"] - frame["recruited"]).all()
    assert frame.loc["Central Eastern", "sentence"] == (
        "Central Eastern: 6 of 6 places filled; 6 of 7 who qualified were offered one, and 1 was turned away "
        "for want of a place."
    )
    assert "in the records 24 accepted the offer" in frame.loc["East", "sentence"]


def test_who_waits_is_in_no_rate_and_who_has_no_partnership_in_a_note() -> None:
    people = pd.DataFrame(
        {
            "region": ["East"] * 5 + ["West"] * 3 + [""] * 2,
            "gender": "Female",
            "furthest_stage": ["accepted"] * 2
            + ["assessed"] * 3
            + ["accepted"] * 2
            + ["assessed", "accepted", "assessed"],
            "exit_reason": ["", "", "pending", "pending", "no_place", "", "", "rejected", "", "no_place"],
        }
    )
    found = su.places(su.count_stages(su.read_applicants(people, check_ids=False)))
    frame = found.frame.set_index("region")
    assert frame["offer_rate"].round(4).to_dict() == {"East": 0.6667, "West": 0.6667, "All": 0.6667}
    assert frame.loc["East", "sentence"] == (
        "East: 2 places filled; 2 of 5 who qualified were offered one, 2 still wait, and 1 was turned away "
        "for want of a place."
    )
    assert found.reserve.set_index("group").loc["Female", "no_place"] == frame.loc["All", "no_place"] == 1
    (said,) = found.left_out
    assert said in found.notes
    who = "2 people without a known regional partnership qualified"
    assert said == f"{who}, of whom 1 filled a place: in no row here."


STAGES_TO_THE_END = ("submitted", "assessed", "offered", "checked", "accepted", "joined", "completed")


def to_completion(**settings: str) -> su.StageCounts:
    """Six who joined and two who found no place, in a process that goes on to completion."""
    stages = "".join(f"[[stages]]\nkey = '{key}'\n{settings.get(key, '')}\n" for key in STAGES_TO_THE_END)
    programme = programme_from_toml(
        stages + "[characteristics.gender]\ncodelist = 'gender.csv'\n[strata.region]\nlabel = 'Partnership'"
    )
    people = pd.DataFrame(
        {
            "region": ["East"] * 5 + ["West"] * 3,
            "gender": ["Female", "Male"] * 4,
            "furthest_stage": ["joined"] * 4 + ["assessed"] + ["joined"] * 2 + ["assessed"],
            "exit_reason": [""] * 4 + ["no_place"] + [""] * 2 + ["no_place"],
        }
    )
    return su.count_stages(su.read_applicants(people, programme=programme, check_ids=False))


def test_a_place_is_filled_by_who_starts_not_by_who_completes() -> None:
    found = su.places(to_completion(), {"East": 5, "West": 2})
    assert repr(found) == "<Places: 6 places filled of 7; 2 passed without a place>"
    assert (found.gate, found.filled_at) == ("offered", "joined")


def test_the_stage_that_fills_a_place_is_declared() -> None:
    declared = to_completion(completed="fills_place = true")
    assert su.places(declared).frame["filled"].tolist() == [0, 0, 0]
    assert su.places(declared, filled_at="offered").frame["filled"].tolist() == [4, 2, 6]
    with pytest.raises(su.ArgumentError, match="a stage of these counts"):
        su.places(declared, filled_at="gone")
    with pytest.raises(su.ProgrammeError, match="each fill a place"):
        to_completion(joined="fills_place = true", completed="fills_place = true")


def test_places_are_limited_where_people_find_none() -> None:
    people = pd.DataFrame(
        {
            "characteristic": "gender",
            "group": ["Female", "Male"],
            "applied": [4, 4],
            "passed the test": [3, 3],
            "in post": [2, 1],
        }
    )
    assert su.StageCounts.from_table(people).process.fills_place == "in post"


def test_reserve_list_is_compared_within_partnerships(counts: su.StageCounts) -> None:
    found = su.places(counts, by="gender").reserve.set_index("group")
    tests = su.stratified_tests(counts, by="gender", stratum="region").frame
    expected = tests[(tests["gate"] == "offered") & (tests["group"] == "Male")].iloc[0]
    assert found.loc["Male", "estimate"] == pytest.approx(expected["estimate"])
    assert found.loc["Male", "p_adjusted"] == found.loc["Male", "p_value"]
    assert found["no_place"].tolist() == [38, 7]


def test_without_targets(counts: su.StageCounts) -> None:
    found = su.places(counts, by="gender")
    assert found.frame["estimate"].isna().all()
    assert set(found.frame["status"]) == {"no target given"}
    assert repr(found) == "<Places: 189 places filled; 49 passed without a place>"


@pytest.mark.parametrize(
    ("targets", "error", "sentence"),
    [
        ({"Est": 5}, su.ArgumentError, "Did you mean 'East'?"),
        (
            {"East": 5.5},
            su.DataError,
            "is 5.5. Give a whole number of places, or leave it out where it is not known.",
        ),
        (
            pd.DataFrame({"region": ["East", "east"], "target": [1, 2]}),
            su.DataError,
            "Targets name 'East' twice. Keep one.",
        ),
        (
            pd.DataFrame({"region": ["East"], "places": [1]}),
            su.DataError,
            "Targets need two columns: the label first, and 'target'.",
        ),
        ("none.csv", su.DataError, "none.csv is not a file. Give a CSV file with a label and 'target'."),
    ],
)
def test_targets_refused(
    targets: object, error: type[Exception], sentence: str, counts: su.StageCounts
) -> None:
    with pytest.raises(error) as found:
        su.places(counts, targets)  # type: ignore[arg-type]
    assert str(found.value).endswith(sentence)


def test_a_target_that_is_not_known_is_blank(tmp_path: Path, counts: su.StageCounts) -> None:
    path = tmp_path / "targets.csv"
    path.write_text("partnership,target\nEast,\nWest Midlands,30\n")
    frame = su.places(counts, path).frame.set_index("region")
    assert frame.loc[["East", "All"], ["target", "unfilled", "estimate"]].isna().all(axis=None)
    assert frame.loc["West Midlands", "target"] == 30
    assert frame.loc["East", "status"] == "no target given"
    path.write_text("partnership,target\nEast,[c]\n")
    with pytest.raises(su.DataError, match=r"'East' is '\[c\]'.*or leave it out where it is not known"):
        su.places(counts, path)


def test_targets_in_semicolons(tmp_path: Path) -> None:
    people = pd.DataFrame(
        {"region": "North", "gender": ["Female", "Male"] * 2, "furthest_stage": ["accepted", "assessed"] * 2}
    )
    counted = su.count_stages(su.read_applicants(people, check_ids=False))
    path = tmp_path / "targets.csv"
    path.write_text("region;target;recruited\nNorth;3;2\n", encoding="utf-8")
    found = su.places(counted, path).frame.set_index("region")
    assert found.loc["North", ["target", "recruited"]].tolist() == [3, 2]
    path.write_text("region,target\nNorth,3,7\n", encoding="utf-8")
    with pytest.raises(su.DataError, match=r"targets\.csv cannot be read as a table of targets"):
        su.places(counted, path)


def test_counts_without_a_stratum_are_refused() -> None:
    table = pd.DataFrame({"characteristic": "x", "group": ["a", "b"], "applied": [4, 4], "offered": [2, 2]})
    with pytest.raises(su.ArgumentError) as error:
        su.places(su.StageCounts.from_table(table))
    assert str(error.value) == (
        "Places belong to a stratum, such as a partnership; these counts hold none. Name one with "
        "stratum=, or "
        "count records with it."
    )


def test_nine_criteria_each_meant_to_be_assessed_twice() -> None:
    """Evaluation, section 5.4: six criteria were, three were assessed once."""
    found = su.criteria_coverage(EXAMPLES / "assessment_centre_2010.csv")
    assert repr(found) == (
        "<CriteriaCoverage: 3 of 9 criteria are assessed less than twice: Child-centred approach (1), "
        "Resilience (1), Building & managing relationships (1)>"
    )
    assert found.grid.to_numpy().sum() == found.frame["exercises"].sum() == 18
    assert found.frame.set_index("criterion").loc["Resilience"].tolist() == [
        1, "Telephone exercise", "assessed once, meant twice",
    ]  # fmt: skip


def test_a_criterion_nobody_assesses_keeps_its_row() -> None:
    plan = pd.DataFrame({"criterion": ["Values", "Resilience"], "exercise": ["Interview", ""]})
    frame = su.criteria_coverage(plan, times=1).frame
    assert frame["exercises"].tolist() == [1, 0]
    assert frame["status"].tolist() == ["", "assessed never, meant once"]


@pytest.mark.parametrize(
    ("plan", "sentence"),
    [
        (
            pd.DataFrame({"criterion": ["a"]}),
            "The plan has no column 'exercise'. It needs 'criterion', 'exercise'.",
        ),
        (
            pd.DataFrame({"criterion": [], "exercise": []}),
            "The plan has no rows. Give one for each criterion and exercise.",
        ),
        (
            pd.DataFrame({"criterion": ["", "a"], "exercise": ["x", "x"]}),
            "Column 'criterion' is blank in row 1. Fill it in.",
        ),
        (
            pd.DataFrame({"criterion": ["a", "a "], "exercise": ["x", "x"]}),
            "Row 2: this criterion and exercise are there already. Keep one.",
        ),
        ("none.csv", "none.csv is not a file. Give a CSV file with 'criterion', 'exercise'."),
    ],
)
def test_plans_refused(plan: object, sentence: str) -> None:
    with pytest.raises(su.DataError) as error:
        su.criteria_coverage(plan)  # type: ignore[arg-type]
    assert str(error.value) == sentence


def test_outcomes_of_trainees_are_further_stages_with_the_same_verbs() -> None:
    outcomes = su.StageCounts.from_table(pd.read_csv(EXAMPLES / "trainee_outcomes_2010.csv"))
    funnel = outcomes.funnel("partnership", level="broad")
    assert funnel.groups == ("Manchester Metropolitan University", "University of Salford")
    assert funnel.reached.tolist() == [[99, 85, 56, 2], [86, 78, 51, 12]]
    rates = su.selection_rates(outcomes, by="partnership", level="broad").frame.set_index(["group", "gate"])
    assert rates.loc[("University of Salford", "completed"), "estimate"] == pytest.approx(78 / 86)
    assert np.isfinite(su.impact_ratios(outcomes, by="partnership", level="broad").frame["estimate"]).all()


def test_outcomes_are_the_table_behind_the_printed_percentages() -> None:
    table = pd.read_csv(EXAMPLES / "trainee_outcomes_2010.csv").set_index("group")
    frame = su.audit_claims(EXAMPLES / "evaluation_2013_claims.csv").frame.set_index("claim")
    for name, group in {
        "East": "East", "Learn Together": "Learn Together Partnership", "West Midlands": "West Midlands",
        "Central Eastern": "Central Eastern", "Greater Manchester": "Greater Manchester",
        "West London": "West London Alliance", "Yorkshire and Humber": "Yorkshire & Humber",
    }.items():  # fmt: skip
        words = frame.loc[f"Outcomes, {name}", "computation"].partition("rounds to it: ")[2].rstrip(".")
        counts = {part.rsplit(" ", 1)[0]: int(part.rsplit(" ", 1)[1]) for part in words.split(", ")}
        awarded = [counts["distinction"], counts["merit"], counts["pass"]]
        assert (
            table.loc[group, ["distinction", "merit_or_better", "completed"]].tolist()
            == np.cumsum(awarded).tolist()
        )
