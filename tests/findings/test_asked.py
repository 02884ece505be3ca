"""Whatever a verb is asked with, it answers or says in a sentence what is possible."""

from __future__ import annotations

import inspect
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import matplotlib as mpl
import pandas as pd
import pytest

import stepup_equity as su

if TYPE_CHECKING:
    from pathlib import Path

VERBS = [
    "association_tests",
    "benchmark",
    "cliff_edges",
    "cohort_trend",
    "compare_cohorts",
    "composition",
    "detectable_gaps",
    "exits",
    "gap_decomposition",
    "impact_ratios",
    "intersections",
    "missingness",
    "odds_ratios",
    "places",
    "rate_differences",
    "reconstruct",
    "selection_rates",
    "stratified_tests",
    "trend_tests",
    "protect",
    "write_report",
    "write_charts",
    "maihda",
    "progression_model",
    "random_intercept_model",
]
NEEDED = {
    "exits": {"by": "gender"},
    "benchmark": {"against": pd.DataFrame()},
    "intersections": {"by": ["gender", "ethnicity"]},
    "maihda": {"by": ["gender", "ethnicity"], "gate": "accepted"},
    "progression_model": {"formula": "gender"},
    "random_intercept_model": {"formula": "gender", "cluster": "ethnicity", "gate": "accepted"},
    "protect": {"policy": "publish"},
    "reconstruct": {"by": ["gender", "ethnicity"]},
}
MISUSES = [
    ("by", []),
    ("by", ()),
    ("by", "nosuch"),
    ("by", 5),
    ("by", [None]),
    ("by", {"gender"}),
    ("by", ["gender", "gender"]),
    ("by", object()),
    ("groups", 5),
    ("groups", "White British"),
    ("groups", ["nosuch"]),
    ("level", 5),
    ("level", "nosuch"),
    ("cohort", "nosuch"),
    ("cohort", 2010),
    ("where", 5),
    ("where", {"ethnicity": "nosuch"}),
    ("where", {"nosuch": "x"}),
    ("where", {"ethnicity": ["Indian"]}),
    ("where", {"ethnicity": "White"}),
    ("reference", 5),
    ("reference", "nosuch"),
    ("confidence", "x"),
    ("confidence", True),
    ("confidence", float("nan")),
    ("confidence", 95),
]


@pytest.fixture(scope="module")
def applicants() -> su.Applicants:
    people = pd.DataFrame(
        {
            "cohort": "2010",
            "gender": ["Female", "Male"] * 120,
            "ethnicity": ["White British", "Indian", "White British", "White British"] * 60,
            "furthest_stage": ["accepted", "eligible", "screened", "accepted", "submitted"] * 48,
        }
    )
    return su.read_applicants(people, check_ids=False)


@pytest.fixture(scope="module")
def counts(applicants: su.Applicants) -> su.StageCounts:
    return su.count_stages(applicants)


def ask(verb: str, of: object, place: Path, **asked: object) -> object:
    first = (place / "out",) if verb.startswith("write_") else ()
    return getattr(su, verb)(*first, of, **NEEDED.get(verb, {}) | asked)


@pytest.mark.parametrize("verb", VERBS)
def test_every_misuse_is_said_in_a_sentence(verb: str, counts: su.StageCounts, tmp_path: Path) -> None:
    known = inspect.signature(getattr(su, verb)).parameters
    for name, value in MISUSES:
        unasked = verb == "trend_tests" and name in ("groups", "level")  # nothing is ordered here
        everybody = verb == "exits" and value in ([], ())
        if name in known and not (unasked and "nosuch" in str(value)) and not everybody:
            with pytest.raises(su.StepUpError) as caught:
                ask(verb, counts, tmp_path, **{name: value})
            assert str(caught.value).endswith((".", "?")), (name, value, str(caught.value))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("verb", VERBS)
def test_what_is_no_counts_is_said_to_be_none(
    verb: str, applicants: su.Applicants, counts: su.StageCounts, tmp_path: Path
) -> None:
    others: list[object] = [None, "a.csv", pd.DataFrame(), su.selection_rates(counts, by="gender")]
    if verb not in {"maihda", "progression_model", "random_intercept_model"}:
        others.append(applicants)
    for other in others:
        with pytest.raises(su.ArgumentError, match=f"^counts is a {type(other).__name__}"):
            ask(verb, other, tmp_path)


EVERY_VERB = sorted(name for name in su.__all__ if inspect.isfunction(getattr(su, name)))
STRANGE = (
    object(),
    5,
    b"gender",
    float("nan"),
    {1: 2},
    [[]],
    pd.DataFrame({"a": [1]}),
    "x" * 3000,
    "\0",
    True,
)
OF = {"counts": 0, "people": 0, "applicants": 1, "source": 1, "release": 2, "policy": 3}
ALSO_NEEDED = NEEDED | {
    "audit_claims": {"claims": pd.DataFrame({"claim": ["a"]})},
    "criteria_coverage": {"plan": pd.DataFrame({"criterion": ["a"], "exercise": ["b"]})},
    "pass_marks": {"score": "total", "gate": "eligible", "by": "gender"},
    "predictive_validity": {"score": "total", "award": "mark", "gate": "eligible", "by": "gender"},
    "eligibility_rules": {"rules": {"a": {"total": 3}}, "gate": "eligible", "by": "gender"},
    "offers_by_choice": {"first": "region", "offered": "place", "by": "gender"},
    "pseudonyms": {"records": pd.DataFrame({"a": ["1"]}), "on": "a", "key": "sixteen letters or more"},
    "join_by_id": {
        "left": pd.DataFrame({"a": ["1"]}),
        "right": pd.DataFrame({"a": ["1"], "b": ["2"]}),
        "on": "a",
    },
}


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_no_argument_of_any_kind_ends_in_a_traceback(
    verb: str, applicants: su.Applicants, counts: su.StageCounts, tmp_path: Path
) -> None:
    """Everything but one argument is in order; that one is anything, and nothing is drawn."""
    (tmp_path / "mine.txt").write_text("years of work", encoding="utf-8")
    given = (counts, applicants, su.protect(counts, "internal", by=["gender"]), "internal")
    names = inspect.signature(getattr(su, verb)).parameters
    whole = {name: given[OF[name]] for name in names if name in OF} | ALSO_NEEDED.get(verb, {})
    for name in names:
        if name != "progress":
            for value in STRANGE:
                place = {"out": tmp_path, "path": tmp_path / "a.ods"}
                asked = {key: place[key] for key in names if key in place} | whole | {name: value}
                with suppress(su.StepUpError):
                    getattr(su, verb)(**asked)


def test_a_selection_of_nobody_says_of_whom_there_are_people(counts: su.StageCounts) -> None:
    with pytest.raises(su.ArgumentError) as caught:
        su.cliff_edges(counts, by="gender", where={"ethnicity": "White"})
    assert str(caught.value) == (
        "where={'ethnicity': 'White'} selects nobody. Labels of which there are people, of 'ethnicity': "
        "'White British', 'Indian'."
    )


def test_frames_that_are_handed_out_are_copies(counts: su.StageCounts) -> None:
    for found in (su.selection_rates(counts), su.impact_ratios(counts), su.cliff_edges(counts)):
        before = found.frame
        for name in dir(found):
            if not name.startswith("_") and isinstance(frame := getattr(found, name), pd.DataFrame):
                assert getattr(found, name) is not frame, f"{type(found).__name__}.{name}"
                frame.loc[:, frame.columns[0]] = None
        pd.testing.assert_frame_equal(found.frame, before)


def test_charts_in_threads_leave_the_settings_of_charts_alone(counts: su.StageCounts) -> None:
    before = dict(mpl.rcParams)
    found = su.selection_rates(counts, by="gender")

    def draw(_: int) -> None:
        axes = found.plot(ax=mpl.figure.Figure().subplots())
        axes.figure.canvas.draw()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(draw, range(6)))
    assert dict(mpl.rcParams) == before
