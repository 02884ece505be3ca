"""Formulas: what they mean, what they refuse, and numbers beside groups."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

import stepup_equity as su
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.models.formula import read_formula
from stepup_equity.process import Covariate

APPLICANTS = Path(__file__).parents[1] / "golden" / "applicants.csv"


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """The 4,000 applicants with an invented score that helps at the first gate."""
    rng = np.random.default_rng(7)
    frame = pd.read_csv(APPLICANTS, keep_default_na=False, na_values=[""])
    frame["score"] = np.round(50 + 10 * rng.standard_normal(len(frame)) + 6 * frame["eligible"], 1)
    frame.loc[::50, "score"] = np.nan
    return frame


@pytest.fixture(scope="module")
def scored(people) -> su.Applicants:
    programme = replace(su.step_up_to_social_work(), covariates=(Covariate("score", "Score"),))
    return su.read_applicants(people, programme=programme, check_ids=False)


@pytest.fixture(scope="module")
def complete(people) -> pd.DataFrame:
    return people.dropna(subset=["score", "gender"])


def test_a_number_is_adjusted_for(scored, complete):
    model = su.progression_model(scored, "gender + score", gates="eligible")

    X = pd.DataFrame(
        {"Intercept": 1.0, "gender[T.Male]": complete["gender"] == "Male", "score": complete["score"]}
    )
    theirs = sm.Logit(complete["eligible"], X.astype(float)).fit(disp=0, tol=1e-14)
    ours = model.coefficients.set_index("name")
    np.testing.assert_allclose(ours["estimate"], theirs.params, atol=1e-8)
    np.testing.assert_allclose(ours["std_error"], theirs.bse, rtol=1e-7)
    score = model.frame[model.frame["term"] == "score"].iloc[0]
    assert score["characteristic"] == score["group"] == "score"
    assert score["reference"] == ""
    assert score["entered"] == len(complete)
    assert set(model.left_out["not_stated"]) == {"any", "gender", "score"}
    lost = model.left_out.set_index("not_stated")["left_out"]
    assert lost["any"] == 4000 - len(complete)


def test_the_average_marginal_effect_of_a_number(scored, complete):
    model = su.progression_model(scored, "gender + score", gates="eligible")
    effect = model.adjusted[model.adjusted["characteristic"] == "score"].iloc[0]

    X = pd.DataFrame({"Intercept": 1.0, "gender": complete["gender"] == "Male", "score": complete["score"]})
    theirs = sm.Logit(complete["eligible"], X.astype(float)).fit(disp=0, tol=1e-14).get_margeff()
    assert effect["effect"] == pytest.approx(theirs.margeff[1], rel=1e-6)
    assert effect["effect_se"] == pytest.approx(theirs.margeff_se[1], rel=1e-5)
    assert effect["effect_low"] < effect["effect"] < effect["effect_high"]


def test_expressions_of_numbers_learn_from_people(scored, complete):
    model = su.progression_model(scored, "gender + bs(score, df=4) + np.log(score)", gates="eligible")
    names = model.coefficients["name"].tolist()

    assert names[2:6] == [f"bs(score, df=4)[{i}]" for i in (1, 2, 3, 4)]
    assert names[6] == "np.log(score)"
    middle = np.median(complete["score"])
    from formulaic import model_matrix

    basis = model_matrix("bs(score, df=4)", complete)
    at_middle = basis[complete["score"] == middle].iloc[0, 1:].to_numpy()
    held = model.whole
    pattern = np.flatnonzero(held.data.variable("score").values == middle)[0]
    given = held.scaling.undo(held.design)
    np.testing.assert_allclose(given.rows(np.array([pattern])).dense()[0, 2:6], at_middle)


def test_groups_may_differ_in_what_a_number_does(scored, complete):
    model = su.progression_model(scored, "gender * score", gates="eligible")
    men = complete[complete["gender"] == "Male"]
    alone = sm.Logit(men["eligible"], sm.add_constant(men["score"])).fit(disp=0, tol=1e-14)

    coef = model.coefficients.set_index("name")["estimate"]
    assert coef["score"] + coef["gender[T.Male]:score"] == pytest.approx(alone.params["score"], abs=1e-8)
    crossed = model.frame[model.frame["term"] == "gender:score"].iloc[0]
    assert crossed["characteristic"] == "gender × score"
    assert crossed["group"] == "Male × score"


def test_people_can_be_chosen_beside_numbers(scored, complete):
    frame = su.progression_model(scored, "gender + score", gates="eligible", where={"region": "East"}).frame

    assert frame["entered"].iloc[-1] == (complete["region"] == "East").sum()
    with pytest.raises(
        ArgumentError, match=r"^where\['region'\]='West' is not a label of 'region'\. Possible: "
    ):
        su.progression_model(scored, "gender + score", where={"region": "West"})


def test_counts_hold_no_numbers(scored):
    sentence = (
        "The formula names 'score', and counts hold no numbers of single people. Give the applicants in "
        "place of their counts."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.progression_model(su.count_stages(scored), "gender + score")


def test_an_expression_without_a_value_is_refused(scored):
    sentence = (
        "The expression 'np.log(score - 50)' is not a finite number for "
        r"\d+ value\(s\) of 'score'\. Choose another expression, or correct the values\."
    )
    with pytest.raises(ArgumentError, match=sentence.replace("(score - 50)", r"\(score - 50\)")):
        su.progression_model(scored, "gender + np.log(score - 50)")


def test_a_formula_without_bound_is_refused_before_it_is_built(applicants, monkeypatch):
    monkeypatch.setattr("stepup_equity.findings.models.formula_design.MOST_COLUMNS", 50)
    sentence = (
        "The formula 'ethnicity * religion' asks for 56 coefficients; the limit is 50. Leave out an "
        "interaction, or use a broader level."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.progression_model(applicants, "ethnicity * religion")
    assert (
        len(su.progression_model(applicants, "ethnicity * religion", level="broad", gates="eligible").frame)
        > 30
    )


def test_five_hundred_levels_and_a_hundred_thousand_numbers_need_no_matrix():
    rng = np.random.default_rng(3)
    n = 120_000
    school, score = rng.integers(0, 500, n), np.round(rng.normal(50, 12, n), 6)
    passed = rng.random(n) < 1 / (1 + np.exp(-(0.02 * (score - 50) + rng.normal(0, 0.3, 500)[school])))
    frame = pd.DataFrame(
        {
            "school": np.char.add("s", np.char.zfill(school.astype(str), 3)),
            "score": score,
            "furthest_stage": np.where(passed, "hired", "applied"),
        }
    )
    process = su.SelectionProcess(
        "hiring", (su.Stage("applied", "Applied"), su.Stage("hired", "Hired")), (su.Gate("hired", "hiring"),)
    )
    from stepup_equity.process import Stratum

    gender = su.Characteristic("gender", "Gender", (su.Group("Female"), su.Group("Male")))
    programme = su.Programme(
        "hiring",
        "Hiring",
        process,
        (gender,),
        (Stratum("school", "School"),),
        covariates=(Covariate("score", "Score"),),
    )
    frame["gender"] = np.where(rng.random(n) < 0.5, "Female", "Male")
    applicants = su.read_applicants(frame, programme=programme, check_ids=False)

    model = su.progression_model(applicants, "school + gender + score", gates="hired")

    assert len(np.unique(score)) > 100_000
    assert model.coefficients["estimate"].notna().sum() == 502
    slope = model.frame[model.frame["term"] == "score"].iloc[0]
    assert abs(slope["estimate"] - 0.02) < 4 * slope["std_error"]
    assert model.gate("hired").fit.largest_score < 1e-4


def test_terms_and_their_coding():
    formula = read_formula("a * b + x + a:b:c", ["a", "b", "c"], ["x"])

    assert [term.name for term in formula.terms] == ["a", "b", "x", "a:b", "a:b:c"]
    assert formula.variables == ("a", "b", "x", "c")
    main = formula.terms[0].products[0]
    assert [(factor.expression, reduced) for factor, reduced in main.factors] == [("a", True)]
    last = formula.terms[-1].products
    assert [[reduced for _, reduced in product.factors] for product in last] == [[False, False, True]]


def test_quotation_of_a_factor_is_allowed():
    assert read_formula("C(a) + `b`", ["a", "b"]).variables == ("a", "b")
    plain, parsed = (read_formula(text, ["a", "b"], ["x"]) for text in ("b+x + a + b", "1 + b+x + a + b"))
    assert plain.terms == parsed.terms  # a sum of names is read without the parser


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "etnicity + gender",
            (
                "The formula 'etnicity + gender' names 'etnicity', which is not among what can be modelled: "
                "'ethnicity', 'gender', 'score'. Did you mean 'ethnicity'?"
            ),
        ),
        (
            "grade",
            (
                "The formula 'grade' names 'grade', which is not among what can be modelled: 'ethnicity', "
                "'gender', 'score'. A number is declared under [covariates] in the programme first."
            ),
        ),
        (
            "screened ~ gender",
            (
                "The formula 'screened ~ gender' has a left-hand side. Leave it out: the outcome is passing "
                "each gate, and gates= chooses gates."
            ),
        ),
        (
            "gender - 1",
            (
                "The formula 'gender - 1' leaves out the intercept. Keep it: without one, nobody is the "
                "reference."
            ),
        ),
        ("1", "The formula '1' names nothing to compare. Possible: 'ethnicity', 'gender'."),
        (
            "gender +",
            (
                "The formula 'gender +' cannot be read: Operator `+` has insufficient arguments and/or is "
                "misplaced."
            ),
        ),
        (
            "C(gender, contr.sum)",
            (
                "The formula 'C(gender, contr.sum)' holds 'C(gender, contr.sum)'. Groups are always compared "
                "with a reference; name it with reference={'gender': ...} and write 'gender' alone."
            ),
        ),
    ],
)
def test_formulas_that_cannot_be_read(text, sentence):
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        read_formula(text, ["ethnicity", "gender"], ["score"])
