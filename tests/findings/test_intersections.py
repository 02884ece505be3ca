"""Crossed characteristics: additive data stay additive, an interaction stands apart, small cells shrink."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su

ETHNIC = ["White British", "Indian", "Pakistani", "Black African", "Black Caribbean", "Chinese"]


def cohort(planted: float, seed: int = 3, n: int = 6000) -> su.StageCounts:
    """Six ethnic groups by two genders; the log odds of one crossed group are moved by `planted`."""
    rng = np.random.default_rng(seed)
    ethnicity = rng.choice(len(ETHNIC), n, p=[0.5, 0.15, 0.12, 0.12, 0.08, 0.03])
    male = rng.random(n) < 0.4
    odds = 0.2 - 0.25 * ethnicity / 2 + 0.3 * male + planted * ((ethnicity == 3) & male)
    passed = rng.random(n) < 1 / (1 + np.exp(-odds))
    people = pd.DataFrame(
        {
            "ethnicity": np.array(ETHNIC)[ethnicity],
            "gender": np.where(male, "Male", "Female"),
            "furthest_stage": np.where(passed, "eligible", "submitted"),
        }
    )
    return su.count_stages(su.read_applicants(people, check_ids=False))


def test_additive_data_stay_additive() -> None:
    found = su.intersections(cohort(0.0), by=["ethnicity", "gender"], gates=["eligible"])
    assert repr(found) == "<Intersections: ethnicity × gender; 0 of 12 crossed rates apart from their parts>"
    (test,) = found.tests.itertuples()
    assert test.additive_share > 0.9
    assert test.p_value > 0.05


def test_planted_interaction_stands_apart() -> None:
    found = su.intersections(cohort(-1.5), by=["ethnicity", "gender"], gates=["eligible"])
    frame = found.frame.set_index("group")
    row = frame.loc["Black African × Male"]
    assert row["verdict"] == "apart from its parts"
    assert row["interaction_high"] < 0
    assert row["rate"] < row["estimate"] < row["additive"]
    assert found.tests["p_value"].iloc[0] < 0.01


def test_small_groups_are_drawn_further_to_their_parts() -> None:
    frame = su.intersections(cohort(-1.0), by=["ethnicity", "gender"], gates=["eligible"]).frame
    moved = (frame["estimate"] - frame["additive"]) / (frame["rate"] - frame["additive"])
    assert ((moved > 0) & (moved < 1)).all()
    small, large = frame["denominator"].to_numpy().argmin(), frame["denominator"].to_numpy().argmax()
    assert moved.iloc[small] < moved.iloc[large]


def test_gates_that_cannot_be_modelled_keep_their_counted_rates() -> None:
    people = pd.DataFrame(
        {
            "ethnicity": ["White British"] * 80 + ["Indian"] * 40,
            "gender": ["Female", "Male"] * 60,
            "furthest_stage": (["screened", "eligible"] * 40) + ["eligible", "submitted"] * 20,
        }
    )
    found = su.intersections(
        su.count_stages(su.read_applicants(people, check_ids=False)), by=["ethnicity", "gender"]
    )
    screened = found.frame[found.frame["gate"] == "screened"].set_index("group")
    assert screened.loc["Indian × Female", "rate"] == 0
    assert screened["estimate"].isna().all()
    assert screened.loc["Indian × Female", "status"].startswith("Separation at gate 'screened'")
    assert screened.loc["Indian × Male", "status"] == "nobody reached this gate"
    assert set(screened["verdict"]) == {"not computable"}
    assert set(found.frame["gate"]) == {
        "eligible", "screened", "invited", "assessed", "offered", "accepted", "overall",
    }  # fmt: skip


def test_single_gates_are_one_family() -> None:
    tests = su.intersections(cohort(-1.5), by=["ethnicity", "gender"]).tests.set_index("gate")
    assert tests.loc["overall", "p_adjusted"] == pytest.approx(tests.loc["overall", "p_value"], nan_ok=True)
    assert tests.loc["eligible", "p_adjusted"] >= tests.loc["eligible", "p_value"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"by": ["gender"]}, "by=['gender'] names one characteristic; crossing needs two or more."),
        (
            {"by": ["gender", "ethnicity"], "gates": ["eligble"]},
            (
                "gates='eligble' is not a gate of these counts. Possible: 'eligible', 'screened', 'invited', "
                "'assessed', 'offered', 'accepted', 'overall'. Did you mean 'eligible'?"
            ),
        ),
        (
            {"by": ["gender", "ethnicity"], "level": {"ethnicity": "broad"}},
            (
                "level={'ethnicity': 'broad'} gives the characteristics different levels. "
                "Give one level for all of them."
            ),
        ),
    ],
)
def test_refusals(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(su.ArgumentError) as error:
        su.intersections(cohort(0.0, n=200), **options)  # type: ignore[arg-type]
    assert str(error.value) == sentence
