"""Pass marks: on synthetic scores whose truth is known, at the edges, and refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import chi2, norm

import stepup_equity as su
from stepup_equity.process import programme_from_toml, programme_to_toml
from stepup_equity.statistics.mean_difference import mean_difference

DECLARED = "\n[covariates.written]\n[covariates.group_exercise]\n"
PROGRAMME = programme_from_toml(programme_to_toml(su.step_up_to_social_work()) + DECLARED)
MARK = 60.0


def synthetic(n: int = 4000, gap: float = 4.0) -> pd.DataFrame:
    """Normal scores: Male lower by `gap` in the written exercise only; the mean of both decides."""
    rng = np.random.default_rng(5)
    male = rng.random(n) < 0.3
    written, group = rng.normal(60 - gap * male, 10, n).round(), rng.normal(60, 10, n).round()
    passed = (written + group) / 2 >= MARK
    return pd.DataFrame(
        {
            "applicant_id": np.arange(n), "gender": np.where(male, "Male", "Female"), "written": written,
            "group_exercise": group, "furthest_stage": np.where(passed, "assessed", "invited"),
            "exit_reason": np.where(passed, "no_place", "rejected"), "cohort": "2010",
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def applicants() -> su.Applicants:
    return su.read_applicants(synthetic(), programme=PROGRAMME)


@pytest.fixture(scope="module")
def marks(applicants: su.Applicants) -> su.findings.PassMarks:
    return su.pass_marks(
        applicants, score=["written", "group_exercise"], gate="assessed", by="gender", mark=MARK
    )


def test_curve_follows_the_truth(marks: su.findings.PassMarks) -> None:
    """Mean of two normal scores: Female N(60, 50), Male N(58, 50)."""
    frame = marks.frame[marks.frame["group"] == "Male"]
    spread = np.sqrt(50 + 1 / 24)  # and the rounding of two scores
    truth = norm.sf(frame["mark"] - 0.25, 58, spread)
    error = np.sqrt(truth * (1 - truth) / frame["denominator"])
    assert (np.abs(frame["estimate"] - truth) < 4 * error + 0.01).all()


def test_ratio_at_the_actual_mark_is_the_gates(
    applicants: su.Applicants, marks: su.findings.PassMarks
) -> None:
    gate = su.impact_ratios(su.count_stages(applicants), by="gender").frame.set_index(["group", "gate"])
    row = marks.frame[marks.frame["actual"]].set_index("group").loc["Male"]
    expected = gate.loc[("Male", "assessed")]
    assert (row["passed"], row["denominator"]) == (expected["passed"], expected["denominator"])
    assert [row["impact_ratio"], row["ratio_low"], row["ratio_high"]] == pytest.approx(
        [expected["estimate"], expected["conf_low"], expected["conf_high"]]
    )
    assert marks.agreement.set_index(["score", "passed"])["n"].to_dict() == {
        ("at or above the mark", True): int(gate.loc[(["Male", "Female"], "assessed"), "passed"].sum()),
        ("at or above the mark", False): 0,
        ("below the mark", True): 0,
        ("below the mark", False): 4000 - int(gate.loc[(["Male", "Female"], "assessed"), "passed"].sum()),
    }


def test_gaps_are_in_the_exercise_where_they_were_planted(marks: su.findings.PassMarks) -> None:
    gaps = marks.gaps.set_index("score")
    assert gaps.loc["written", "conf_low"] < -0.4 < gaps.loc["written", "conf_high"]
    assert abs(gaps.loc["group_exercise", "estimate"]) < 0.1
    total = gaps.loc["written + group_exercise"]
    assert total["difference"] == pytest.approx(total["mean"] - total["reference_mean"])
    assert repr(marks) == (
        f"<PassMarks: the assessment centre; Male −{-gaps['estimate'].min():.2f} standard deviations from "
        f"Female; "
        f"at the mark 60 lowest ratio {marks.frame[marks.frame['actual']]['impact_ratio'].min():.2f}, Male>"
    )


def test_other_weights_pass_as_many(marks: su.findings.PassMarks) -> None:
    changes = marks.sensitivity.set_index(["criterion", "change"])
    declared = changes.loc[("", "as declared"), "estimate"]
    assert declared == pytest.approx(marks.frame[marks.frame["actual"]]["impact_ratio"].min())
    assert changes.loc[("written", "left out"), "estimate"] > declared
    assert changes.loc[("written", "counts double"), "estimate"] < declared
    assert set(changes.index.get_level_values("change")) == {"as declared", "left out", "counts double"}


def test_weights_are_a_weighted_mean(applicants: su.Applicants) -> None:
    options = {"gate": "assessed", "by": "gender", "marks": [55, 60]}
    alone = su.pass_marks(applicants, score="written", **options)
    weighted = su.pass_marks(applicants, score={"written": 3, "group_exercise": 0}, **options)
    assert weighted.frame["passed"].tolist() == alone.frame["passed"].tolist()
    assert alone.agreement.empty
    assert alone.sensitivity.empty


def test_who_is_left_out_is_said() -> None:
    frame = synthetic(200).astype({"written": object})
    frame.loc[:4, "written"] = ""
    frame.loc[10:12, "gender"] = "Prefer not to say"
    frame.loc[20:20, ["furthest_stage", "exit_reason"]] = ["invited", "pending"]
    found = su.pass_marks(
        su.read_applicants(frame, programme=PROGRAMME), score="written", gate="assessed", by="gender"
    )
    assert found.notes == (
        "5 who entered the gate have no score and are left out.",
        "3 who entered the gate did not state gender and are left out.",
        "1 who entered the gate have no outcome yet and are left out.",
    )
    assert found.frame.groupby("group")["denominator"].first().sum() == 191


def test_one_cohort_only(applicants: su.Applicants) -> None:
    found = su.pass_marks(
        applicants, score="written", gate="assessed", by="gender", marks=[60], where={"cohort": "2010"}
    )
    assert found.frame["denominator"].sum() == 4000


def test_a_mark_nobody_has(applicants: su.Applicants) -> None:
    frame = su.pass_marks(applicants, score="written", gate="assessed", by="gender", marks=[500]).frame
    assert frame["passed"].tolist() == [0, 0]
    assert frame.set_index("group").loc["Male", "status"] == "nobody of the reference has it"


def test_hedges_interval_by_integration() -> None:
    """The limits put 2.5 % of the noncentral t on either side; integrated over the spread by itself."""
    n, m, d = 12, 30, -0.6
    gap = mean_difference(d, 1.0, n, 0.0, 1.0, m)
    df, scale = n + m - 2, np.sqrt(n * m / (n + m))
    unit = gap.standardised.estimate / (d * scale)  # Hedges' correction over the scale
    t = d * scale
    for limit, share in ((gap.standardised.low, 0.975), (gap.standardised.high, 0.025)):
        shift = float(limit / unit)
        below = quad(lambda v, s=shift: norm.cdf(t * np.sqrt(v / df) - s) * chi2.pdf(v, df), 0, np.inf)[0]
        assert below == pytest.approx(share, abs=1e-6)


REFUSED = {
    "gate": (
        {"gate": "assesed"},
        (
            "gate='assesed' is not a gate of 'Step Up to Social Work'. Possible: 'eligible', "
            "'screened', 'invited', "
            "'assessed', 'offered', 'accepted'. Did you mean 'assessed'?"
        ),
    ),
    "weights": (
        {"score": {"written": 0}},
        "score={'written': 0} gives no composite. Name one criterion or more, with weights of 0 or more.",
    ),
    "score": (
        {"score": "writen"},
        (
            "covariates='writen' is not a covariate declared by 'step_up_to_social_work'. "
            "Possible: 'written', 'group_exercise'. Did you mean 'written'?"
        ),
    ),
    "reference": (
        {"reference": "Other"},
        "reference='Other' is not a group of 'gender' here. Possible: 'Female', 'Male', 'largest'.",
    ),
    "marks": (
        {"marks": [1, float("nan")]},
        "marks holds something that is no number. Give the pass marks to try.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str, applicants: su.Applicants) -> None:
    options, sentence = REFUSED[name]
    with pytest.raises(su.ArgumentError) as error:
        su.pass_marks(applicants, **({"score": "written", "gate": "assessed", "by": "gender"} | options))
    assert str(error.value) == sentence
