"""Inputs on which models of other programs, or of this one, once gave a wrong number.

The files in `model_cases` are small tables made after public reports of faults in regression software
(terms that repeat each other, years and spreadsheet dates as covariates, groups in one cluster, ten
covariates that separate); figures are invented.
"""

from __future__ import annotations

import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

import stepup_equity as su
from stepup_equity.process import Covariate, Stratum
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.fits import fit_firth, fit_logistic
from stepup_equity.statistics.regression.flac import fit_flac
from stepup_equity.statistics.regression.functionals import Combination
from stepup_equity.statistics.regression.limits import likelihood_limits, likelihood_test

CASES = Path(__file__).parent / "model_cases"


@pytest.fixture(autouse=True)
def _no_raw_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def programme(frame: pd.DataFrame, references: dict[str, str], numbers: tuple[str, ...]) -> su.Programme:
    stages = [s for s in ("applied", "sift", "hired") if s in set(frame["furthest_stage"])]
    process = su.SelectionProcess(
        "hiring",
        tuple(su.Stage(stage, stage.title()) for stage in stages),
        tuple(su.Gate(stage, "hiring") for stage in stages[1:]),
    )
    characteristics = []
    for name in ("grp", "sex"):
        groups = tuple(su.Group(label) for label in dict.fromkeys(frame[name]))
        characteristics.append(su.Characteristic(name, name, groups, reference=references.get(name)))
    covariates = tuple(Covariate(name, name) for name in numbers)
    strata = (Stratum("region", "Region"),)
    return su.Programme("hiring", "Hiring", process, tuple(characteristics), strata, covariates=covariates)


def read(frame: pd.DataFrame, references=None, numbers=()):
    made = programme(frame, references or {}, tuple(numbers))
    return su.read_applicants(frame, programme=made, check_ids=False)


def case(name: str) -> pd.DataFrame:
    words = dict.fromkeys(("region", "grp", "sex", "furthest_stage"), str)
    return pd.read_csv(CASES / f"{name}.csv", dtype=words)


def row(frame: pd.DataFrame, **where: str) -> pd.Series:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_every_missing_number_has_its_reason():
    for name, formula in (
        ("reference_absent_at_gate", "grp * sex"),
        ("me1744_empty_cells", "grp * sex"),
        ("alias_at_late_gate", "grp + sex"),
        ("none_of_21", "grp"),
    ):
        for method in ("auto", "ml", "firth", "flac"):
            model = su.progression_model(read(case(name)), formula, method=method)
            for frame, column in (
                (model.frame, "p_value"),
                (model.adjusted, "adjusted_rate"),
                (model.adjusted, "ratio_p_value"),
                (model.tests().frame, "p_value"),
            ):
                assert (frame.loc[frame[column].isna(), "status"] != "").all(), (name, method)


def test_a_reference_that_nobody_belongs_to_at_a_gate_gives_no_comparison():
    people = read(case("reference_absent_at_gate"), {"grp": "A"})
    model = su.progression_model(people, "grp + sex")

    sentence = "nobody of the reference A with complete answers is at risk here, so there is no comparison"
    for group in ("B", "C"):
        hired = row(model.frame, gate="hired", group=group)
        assert hired[["estimate", "p_value", "adjusted_ratio"]].isna().all()
        assert hired["status"] == sentence
        assert np.isfinite(hired["adjusted_rate"])
        assert np.isfinite(row(model.frame, gate="sift", group=group)["estimate"])
    absent = row(model.frame, gate="hired", group="A")
    assert absent["entered"] == 0
    assert np.isnan(absent["estimate"])
    assert absent["status"] == "nobody of this group with complete answers is at risk here"
    # B and C can be compared with each other, whoever else is away
    renamed = su.progression_model(people, "grp + sex", reference={"grp": "C"})
    found = row(renamed.frame, gate="hired", group="B")
    assert found["odds_ratio"] > 6.59
    terms = model.tests().frame, renamed.tests().frame
    np.testing.assert_allclose(*(t[["statistic", "df"]].astype(float) for t in terms), rtol=1e-7)


@pytest.mark.parametrize("name", ["me1744_empty_cells", "alias_at_late_gate", "reference_absent_at_gate"])
def test_tests_do_not_depend_on_the_order_of_terms_groups_or_rows(name):
    frame = case(name)
    rng = np.random.default_rng(1)
    tests, rows = [], []
    for formula, seed in (("grp + sex", 0), ("sex + grp", 1), ("grp + sex", 2)):
        shuffled = frame if seed == 0 else frame.iloc[rng.permutation(len(frame))]
        model = su.progression_model(
            read(shuffled, {"grp": "A", "sex": "F"} if "ref" in name else {}), formula
        )
        tests.append(model.tests().frame.set_index(["gate", "term"]).sort_index())
        rows.append(
            model.adjusted.set_index(["gate", "characteristic", "group"])["adjusted_rate"].sort_index()
        )
    for other in (1, 2):
        for column in ("statistic", "df", "p_value"):
            np.testing.assert_allclose(tests[other][column], tests[0][column], rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(rows[other], rows[0], rtol=1e-8)


def test_terms_that_say_the_same_are_tested_with_what_is_left_of_them():
    tests = su.progression_model(read(case("alias_at_late_gate")), "grp + sex").tests().frame
    hired = tests[tests["gate"] == "hired"]
    assert hired["df"].tolist() == [0, 0]
    assert hired["p_value"].isna().all()
    assert hired["status"].tolist() == [
        "cannot be told apart from sex at this gate",
        "cannot be told apart from grp at this gate",
    ]
    empty = su.progression_model(read(case("me1744_empty_cells")), "grp + sex").tests().frame
    grp = row(empty, gate="hired", term="grp")
    assert (grp["df"], round(grp["p_value"], 6)) == (1, 0.010735)
    assert grp["status"] == "1 of 2 comparisons: cannot be told apart from sex at this gate"


@pytest.mark.parametrize("origin", [0.0, 2000.0, 2020.0])
def test_the_origin_of_a_year_changes_nothing(origin):
    frame = case("year_covariate_separated")
    frame["x"] -= origin
    started = time.process_time()
    model = su.progression_model(read(frame, numbers=("x",)), "grp + x")
    tests = model.tests().frame
    assert row(tests, gate="hired", term="grp")["p_value"] == pytest.approx(0.0010947, abs=1e-6)
    assert row(model.frame, gate="hired", group="x")["estimate"] == pytest.approx(0.1570726, abs=1e-6)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(("unit", "origin"), [(1.0, 0.0), (365.25, 0.0), (1.0, 45000.0)])
def test_a_spreadsheet_date_has_a_standard_error(unit, origin):
    frame = case("excel_date_covariate")
    frame["x"] = (frame["x"] - origin) / unit
    model = su.progression_model(read(frame, numbers=("x",)), "grp * x")
    plain = su.progression_model(read(frame, numbers=("x",)), "grp + x")
    effect = row(plain.adjusted, gate="hired", characteristic="x")
    assert effect["effect_se"] / unit == pytest.approx(0.002282313, rel=1e-6)
    tests = model.tests().frame
    assert row(tests, gate="hired", term="grp:x")["p_value"] == pytest.approx(0.2, abs=1.0)
    assert np.isfinite(model.frame.loc[model.frame["term"] == "grp:x", "conf_low"]).all()
    assert row(plain.frame, gate="hired", group="A")["conf_low"] == pytest.approx(-0.525338, abs=1e-6)


def test_groups_in_one_cluster_are_said_not_starred():
    people = read(case("nested_clusters"))
    model = su.progression_model(people, "grp + sex", errors="cluster", cluster="region")
    nested = row(model.frame, gate="hired", group="B")
    assert np.isfinite(nested["estimate"])
    limits = ["std_error", "conf_low", "conf_high", "p_value", "ratio_low", "ratio_high"]
    assert nested[limits].isna().all()
    assert nested["status"] == "no error: all people of this group are in one cluster"
    assert np.isfinite(row(model.frame, gate="hired", group="C")["p_value"])
    wald = row(model.tests(kind="wald").frame, gate="hired", term="grp")
    assert np.isnan(wald["p_value"])
    assert wald["status"] == "no test: all people of this group are in one cluster"


def test_a_term_that_is_constant_within_clusters_has_no_error():
    frame = case("nested_clusters")
    frame["sex"] = np.where(frame["region"].isin(["r0", "r1", "r2"]), "F", "M")
    model = su.progression_model(read(frame), "sex", errors="cluster", cluster="region")
    found = model.frame[(model.frame["gate"] == "hired") & (model.frame["status"] != "reference")].iloc[0]
    assert np.isnan(found["p_value"])
    assert found["status"].startswith("no error: it is the same for everybody of a cluster")


def test_fewer_than_four_clusters_give_no_errors_and_end_no_call():
    frame = case("nested_clusters")
    frame = frame[frame["region"].isin(["r1", "r2", "r3"])]
    model = su.progression_model(read(frame), "sex", errors="cluster", cluster="region")
    found = model.frame[(model.frame["gate"] == "hired") & (model.frame["estimate"] != 0)].iloc[0]
    assert np.isnan(found["std_error"])
    assert found["status"] == "no error: 3 clusters here, and at least 4 are needed"
    assert any("with fewer than 4 none are given" in note for note in model.notes)


def test_few_clusters_use_student_s_t():
    from scipy.stats import t

    people = read(case("nested_clusters"))
    found = su.progression_model(people, "grp + sex", errors="cluster", cluster="region").frame
    c = row(found, gate="hired", group="C")
    assert c["p_value"] == pytest.approx(2 * t.sf(abs(c["estimate"] / c["std_error"]), 5), rel=1e-10)
    assert c["conf_high"] == pytest.approx(c["estimate"] + t.isf(0.025, 5) * c["std_error"], rel=1e-10)


def test_none_of_21_has_limits_that_agree_with_its_test():
    model = su.progression_model(read(case("none_of_21")), "grp", gates="hired")
    found = row(model.frame, gate="hired", group="B")
    assert 0 < found["ratio_low"] < found["adjusted_ratio"] < found["ratio_high"] < 1
    assert found["p_value"] < 0.001
    assert found["method"] == "FLAC, augmented profile likelihood"
    rates = model.adjusted
    assert (rates["adjusted_rate"] * rates["entered"]).sum() == pytest.approx(35, abs=1e-6)


def test_ten_separable_covariates_have_limits_in_seconds():
    numbers = tuple(f"x{i}" for i in range(10))
    people = read(case("logistf47_separable_10"), numbers=numbers)
    started = time.process_time()
    found = su.progression_model(people, " + ".join(numbers), gates="hired").frame
    assert time.process_time() - started < 2
    assert np.isfinite(found[["conf_low", "conf_high", "p_value"]]).all().all()
    inside = (found["conf_low"] < 0) & (found["conf_high"] > 0)
    assert (inside == (found["p_value"] > 0.05)).all()
    assert chi2.sf(found["statistic"], 1) == pytest.approx(found["p_value"].to_numpy())


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("grp | sex", "holds a '|'"),
        ("grp + (1|region)", "random_intercept_model"),
        ("grp + offset(sex)", "holds offset()"),
        ("factor(grp)", "write the name alone"),
        ("grp + s(x)", "bs(score, df=4)"),
        ("grp + .", "Name each characteristic"),
        ("grp + I(x^2)", "I(score**2)"),
        ("", "is no text of terms"),
    ],
)
def test_formulas_of_other_programs_are_refused_in_words(formula, words):
    with pytest.raises(su.ArgumentError) as refused:
        su.progression_model(read(case("none_of_21")), formula)
    assert words in str(refused.value)


def test_one_gate_that_cannot_be_fitted_ends_nothing(monkeypatch):
    from stepup_equity.errors import StatisticError
    from stepup_equity.findings.models import gate_fits

    whole = gate_fits.fit_logistic

    def fails(design, s, m):
        if np.sum(m) < 150:
            raise StatisticError("The fit is lost.")
        return whole(design, s, m)

    monkeypatch.setattr(gate_fits, "fit_logistic", fails)
    frame = su.progression_model(read(case("reference_absent_at_gate")), "grp + sex", method="ml").frame
    assert set(frame.loc[frame["gate"] == "hired", "status"]) == {"not fitted: The fit is lost."}
    assert np.isfinite(frame.loc[frame["gate"] == "sift", "estimate"]).any()


def test_nought_within_strata_does_not_agree_with_nine_tenths():
    counts = su.count_stages(read(case("mh_zero_pooled_point9")))
    result = su.stratified_tests(counts, by="grp", stratum="region")
    found = result.frame[(result.frame["gate"] == "hired") & (result.frame["estimate"] == 0)].iloc[0]
    assert found["pooled_estimate"] == pytest.approx(0.9)
    assert found["p_value"] < 1e-4
    assert found["reading"].startswith(
        "the gap is evident only with the stratum held equal: ratio 0.90 together, 0 with region"
    )
    assert "agree" not in result.headline
    assert found["status"] == "no limits: none of the group passed"


def test_a_standardised_rate_of_nought_has_room_above():
    counts = su.count_stages(read(case("none_of_21")))
    rates = su.stratified_tests(counts, by="grp", stratum="region").standardised
    none = rates[(rates["estimate"] == 0) & (rates["gate"] == "hired")].iloc[0]
    assert none["conf_low"] == 0
    assert 0.05 < none["conf_high"] < 0.5
    every = rates[["conf_low", "estimate", "conf_high"]].dropna().to_numpy()
    assert (np.diff(every, axis=1) >= 0).all()


@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    shift=st.floats(-2000.0, 2000.0),
    scale=st.floats(0.01, 400.0),
    turned=st.booleans(),
    separated=st.booleans(),
)
def test_recoding_a_number_and_permuting_changes_nothing(seed, shift, scale, turned, separated):
    """Rows, columns, terms and groups in another order, and a + b·x in the place of x."""
    rng = np.random.default_rng(seed)
    n = 240
    frame = pd.DataFrame(
        {
            "grp": rng.choice(["A", "B", "C"], n, p=[0.6, 0.3, 0.1]),
            "sex": rng.choice(["F", "M"], n),
            "region": "N",
            "x": rng.normal(0, 1, n).round(3),
        }
    )
    chance = 1 / (1 + np.exp(-(0.3 + 0.5 * frame["x"] - 0.5 * (frame["grp"] == "B"))))
    passed = (rng.random(n) < chance) & (frame["grp"] != "C" if separated else True)
    frame["furthest_stage"] = np.where(passed, "hired", "applied")
    references = {"grp": "A", "sex": "F"}
    other = frame.sample(frac=1, random_state=seed)[["x", "furthest_stage", "region", "sex", "grp"]]
    factor = -scale if turned else scale
    other["x"] = shift + factor * other["x"]
    first = su.progression_model(read(frame, references, ("x",)), "grp + sex + x", gates="hired")
    second = su.progression_model(read(other, references, ("x",)), "x + sex + grp", gates="hired")
    keep = ["p_value", "adjusted_ratio", "ratio_low", "ratio_high", "statistic"]
    a, b = (
        model.frame.set_index(["characteristic", "group"])[keep].sort_index() for model in (first, second)
    )
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    slopes = [row(model.frame, group="x")["estimate"] for model in (first, second)]
    assert slopes[0] == pytest.approx(factor * slopes[1], rel=1e-9, abs=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), fit=st.sampled_from([fit_logistic, fit_firth, fit_flac]))
def test_a_pattern_in_two_parts_is_the_same_people(seed, fit):
    rng = np.random.default_rng(seed)
    codes = np.indices((3, 2)).reshape(2, -1)
    tried = rng.integers(4, 40, 6)
    passed = rng.integers(1, tried)
    if fit is not fit_logistic:
        passed[4] = 0
    some = rng.integers(0, passed + 1)
    rest = passed - some
    part = some + rng.integers(0, tried - passed + 1)
    twice = [np.concatenate(pair) for pair in ((some, rest), (part, tried - part))]

    def numbers(times, counts):
        blocks = [intercept(6 * times), *(treatment(np.tile(c, times), c.max() + 1) for c in codes)]
        found = fit(CodedDesign.of(blocks), *counts)
        limits = [
            (limit.low, limit.high, likelihood_test(found, what)[1])
            for what in (Combination(np.eye(found.theta.size)[j]) for j in (1, 2, 3))
            for limit in [likelihood_limits(found, what)]
        ]
        return np.concatenate([found.theta, *limits])

    np.testing.assert_allclose(numbers(1, (passed, tried)), numbers(2, twice), rtol=1e-9, atol=1e-9)


def test_a_gate_of_three_people_none_of_whom_can_be_compared_is_told():
    """A fit with no combination of which anything could be said along its likelihood."""
    columns = ["age_band", "ethnicity", "religion", "orientation", "furthest_stage"]
    rows = [
        ("25-29", "White British", "Christian", "Bisexual", "invited"),
        ("40-44", "White British", "No religion", "Heterosexual", "invited"),
        ("40-44", "Asian other", "Muslim", "Heterosexual", "accepted"),
        ("20-24", "White British", "Christian", "Heterosexual", "submitted"),
        ("20-24", "White British", "No religion", "Heterosexual", "eligible"),
    ]
    people = pd.DataFrame(rows, columns=columns).assign(applicant_id=range(5))
    frame = su.progression_model(su.read_applicants(people), " + ".join(columns[:4])).frame
    at = frame[(frame["gate"] == "assessed") & ~frame["status"].str.startswith("reference")]
    assert at["estimate"].isna().all()
    assert (at["status"] != "").all()


def test_what_cannot_be_told_apart_is_said_alike_in_any_order() -> None:
    kinds = [("Christian", "20-24", "Female"), ("No religion", "25-29", "Male"), ("Muslim", "35-39", "Male")]
    rows = [
        {"religion": religion, "age_band": age, "gender": gender, "furthest_stage": stage}
        for religion, age, gender in kinds
        for stage in ["submitted"] * 4 + ["eligible"] * 6
    ]
    people = su.count_stages(su.read_applicants(pd.DataFrame(rows), check_ids=False))
    told = []
    for formula in ("religion + age_band + gender", "gender + age_band + religion"):
        model = su.progression_model(people, formula, gates="eligible")
        said = model.frame.set_index(["characteristic", "group"])["status"].to_dict()
        tests = model.tests().frame.set_index("term")["status"].to_dict()
        told.append((said, tests))
    assert told[0] == told[1]
    assert told[0][1]["gender"] == "cannot be told apart from age_band, religion at this gate"
