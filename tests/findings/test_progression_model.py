"""The model of all characteristics together: rows, statuses, options, tests, what it says of itself."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

import stepup_equity as su
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.models import adjusted_rates

COLUMNS = (
    "gate term characteristic group reference entered passed estimate std_error conf_low conf_high "
    "odds_ratio odds_ratio_low odds_ratio_high statistic p_value p_adjusted adjusted_rate adjusted_ratio "
    "ratio_low ratio_high e_value e_value_limit confidence method status"
)


@pytest.fixture(scope="module")
def model(applicants):
    return su.progression_model(applicants, "ethnicity + gender")


@pytest.fixture(scope="module")
def separated(typed_once):
    return su.progression_model(typed_once(large=[60, 40, 20], small=[8, 0, 0]), "team")


@pytest.fixture(scope="module")
def typed_once():
    from tests.findings.conftest import table

    return table


def row(frame: pd.DataFrame, **where: str) -> pd.Series:
    for column, value in where.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_row_for_each_gate_and_group_with_its_reference(model, applicants):
    frame = model.frame

    assert list(frame.columns) == COLUMNS.split()
    assert list(dict.fromkeys(frame["gate"])) == [*applicants.process.gate_keys, "overall"]
    screened = frame[frame["gate"] == "screened"]
    assert screened["group"].tolist() == [
        "White British", "White other", "Mixed", "Indian", "Pakistani", "Black African", "Black Caribbean",
        "Other", "Female", "Male",
    ]  # fmt: skip
    references = screened[screened["status"] == "reference"]
    assert references["group"].tolist() == ["White British", "Female"]
    assert references["estimate"].tolist() == [0, 0]
    assert references["odds_ratio"].tolist() == [1, 1]
    assert references[["std_error", "conf_low", "p_value"]].isna().all(axis=None)


def test_the_scales_belong_together(model):
    frame = model.frame.dropna(subset=["conf_low", "conf_high"])

    np.testing.assert_allclose(frame["odds_ratio"], np.exp(frame["estimate"]))
    np.testing.assert_allclose(frame["odds_ratio_low"], np.exp(frame["conf_low"]))
    np.testing.assert_allclose(frame["odds_ratio_high"], np.exp(frame["conf_high"]))
    assert (frame["conf_low"] <= frame["estimate"]).all()
    assert (frame["estimate"] <= frame["conf_high"]).all()
    assert (frame["p_adjusted"] >= frame["p_value"]).all()


def test_one_characteristic_alone_gives_the_odds_ratio_of_its_table(typed):
    frame = su.progression_model(typed(large=[60, 40], small=[30, 10]), "team", gates="stage_1").frame
    small = row(frame, group="small")

    assert small["odds_ratio"] == pytest.approx((10 / 20) / (40 / 20))
    assert small["std_error"] == pytest.approx(np.sqrt(1 / 40 + 1 / 20 + 1 / 10 + 1 / 20))
    assert small["adjusted_rate"] == pytest.approx(1 / 3)
    assert small["adjusted_ratio"] == pytest.approx(0.5)
    assert small["e_value"] == pytest.approx(2 + np.sqrt(2))
    assert small["entered"] == 30
    assert small["passed"] == 10
    assert small["status"] == ""
    assert small["method"] == "maximum likelihood, profile likelihood"


def test_a_group_without_passes_gets_flac_and_is_named(separated):
    assert repr(separated) == (
        "<ProgressionModel: team; lowest odds ratio 0.02 (<0.01 to 0.24), small, stage 1>"
    )
    small = row(separated.frame, group="small", gate="stage_1")
    assert small["estimate"].round(2) == -3.71
    assert small["conf_low"].round(2) == -8.83
    assert small["conf_high"].round(2) == -1.42
    assert small["p_value"].round(5) == 0.00024
    assert small["method"] == "FLAC, augmented profile likelihood"
    assert small["status"] == "separation: none of 8 passed"
    assert np.isfinite(small["adjusted_ratio"])
    assert (
        "Separation at stage 1, over the whole way: all of some groups fared alike there, so no finite ratio "
        "fits them best; status names them."
    ) in separated.notes


def test_a_gate_that_nobody_of_a_group_entered_says_so(separated):
    small = row(separated.frame, group="small", gate="stage_2")

    assert np.isnan(small["estimate"])
    assert small["status"] == "nobody of this group with complete answers is at risk here"
    assert small["entered"] == 0
    large = row(separated.frame, group="large", gate="stage_2")
    assert large["status"] == "reference"
    assert large["adjusted_rate"] == pytest.approx(0.5)


def test_maximum_likelihood_does_not_print_what_does_not_exist(typed):
    counts = typed(large=[60, 40], small=[8, 0], other=[30, 10])
    frame = su.progression_model(counts, "team", method="ml", gates="stage_1").frame

    small, other = row(frame, group="small"), row(frame, group="other")
    assert small[["estimate", "std_error", "conf_low", "p_value", "adjusted_rate"]].isna().all()
    assert small["status"] == "separation: none of 8 passed; see method='flac'"
    assert other["estimate"] == pytest.approx(np.log((10 / 20) / (40 / 20)))
    assert other["status"] == "adjusted rate: separation at this gate; see method='flac'"


def test_gates_that_everyone_or_nobody_passed(typed):
    counts = typed(large=[60, 60, 0], small=[8, 8, 0])
    model = su.progression_model(counts, "team")
    frame = model.frame.set_index(["gate", "group"])

    assert frame.loc[("stage_1", "small"), "status"] == "everyone passed this gate"
    assert frame.loc[("stage_2", "small"), "status"] == "nobody passed this gate"
    assert frame.loc[("stage_1", "large"), "status"] == "everyone passed this gate"
    assert frame["estimate"].isna().all()
    assert repr(model) == "<ProgressionModel: team; nothing to compare at a single gate>"
    assert model.tests().frame["status"].tolist() == [
        "everyone passed this gate",
        "nobody passed this gate",
        "nobody passed this gate",
    ]
    with pytest.raises(
        ArgumentError, match=r"^Nothing was fitted at gate 'stage_1': everyone passed this gate\.$"
    ):
        model.calibration("stage_1")


def test_interactions_are_rows_of_crossed_groups(applicants):
    model = su.progression_model(
        applicants, "ethnicity * gender", gates="screened", level={"ethnicity": "broad"}
    )
    frame = model.frame

    assert repr(model) == "<ProgressionModel: ethnicity * gender; its terms interact, see tests()>"
    crossed = frame[frame["term"] == "ethnicity:gender"]
    assert crossed["group"].tolist() == ["Mixed × Male", "Asian × Male", "Black × Male", "Other × Male"]
    assert set(crossed["reference"]) == {"White × Female"}
    assert set(crossed["characteristic"]) == {"ethnicity × gender"}
    assert crossed["adjusted_rate"].isna().all()
    assert set(crossed["status"]) == {"adjusted rate: of single groups, not of a combination"}
    funnel = applicants.funnel(("ethnicity", "gender"), level="broad")
    mixed = funnel.groups.index("Mixed × Male")
    assert crossed["entered"].iloc[0] == funnel.entered[mixed, 1]
    # everyone put into a group takes the interaction along
    adjusted = model.adjusted.set_index("group")["adjusted_rate"]
    coef = model.coefficients.set_index("name")["estimate"]
    shares = pd.Series({"Female": 0.0, "Male": 0.0})
    for label, entered in zip(funnel.groups, funnel.entered[:, 1], strict=True):
        shares[label.split(" × ")[1]] += entered
    black = coef["Intercept"] + coef["ethnicity[T.Black]"]
    both = coef["gender[T.Male]"] + coef["ethnicity[T.Black]:gender[T.Male]"]
    rate = np.average([expit(black), expit(black + both)], weights=shares[["Female", "Male"]])
    assert adjusted["Black"] == pytest.approx(rate)


def test_combinations_that_nobody_belongs_to_leave_no_adjusted_rate(applicants):
    frame = su.progression_model(
        applicants, "ethnicity * religion", gates="screened", level={"ethnicity": "broad"}
    ).frame

    nobody = row(frame, group="Mixed × Hindu")
    assert np.isnan(nobody["estimate"])
    assert nobody["status"] == "nobody of this group with complete answers is at risk here"
    asian = row(frame, group="Asian", term="ethnicity")
    assert np.isfinite(asian["estimate"])
    assert np.isnan(asian["adjusted_ratio"])
    assert asian["status"] == "adjusted rate: not determined: it needs combinations that nobody belongs to"


def test_two_people_whose_groups_cannot_be_told_apart_take_no_average_away():
    """The only Sikhs are the only Chinese applicants: averages over ethnicity are over everybody else."""
    rng = np.random.default_rng(11)
    n = 120
    frame = pd.DataFrame(
        {
            "ethnicity": rng.choice(["White British", "Indian", "Black African"], n, p=[0.6, 0.25, 0.15]),
            "religion": rng.choice(["Christian", "No religion"], n),
            "furthest_stage": np.where(rng.random(n) < 0.6, "eligible", "submitted"),
        }
    )
    for i, stage in enumerate(["eligible", "submitted"]):
        frame.loc[n + i] = {"ethnicity": "Chinese", "religion": "Sikh", "furthest_stage": stage}
    counts = su.count_stages(frame.assign(applicant_id=range(n + 2)))
    formula, gate = "ethnicity + religion", {"gates": "eligible"}
    model = su.progression_model(counts, formula, method="ml", **gate)
    rows = model.adjusted.set_index("group")
    note = "averaged over 120 of 122 people: the groups of the others cannot be told apart here"
    assert (rows.loc[["Indian", "Black African", "No religion"], "status"] == note).all()
    assert rows.loc["Chinese", "status"] == "not determined: it needs combinations that nobody belongs to"
    alone = su.progression_model(
        su.count_stages(frame.head(n).assign(applicant_id=range(n))), formula, method="ml", **gate
    )
    expected = alone.adjusted.set_index("group")
    for column in ("adjusted_rate", "adjusted_ratio", "ratio_low", "ratio_high", "rate_low"):
        for group in ("White British", "Indian", "Black African", "No religion"):
            assert rows.loc[group, column] == pytest.approx(
                expected.loc[group, column], abs=1e-7, nan_ok=True
            )
    both, other = (m.crude_beside_adjusted().frame.set_index("group") for m in (model, alone))
    assert both.loc["Indian", "change"] == pytest.approx(other.loc["Indian", "change"], abs=1e-7)


def test_people_with_something_not_stated_are_counted_as_left_out(model, applicants):
    table = model.left_out

    for gate, not_stated in (("eligible", "ethnicity"), ("screened", "gender")):
        funnel = applicants.funnel(not_stated, not_stated=True)
        position = funnel.gates.index(gate)
        expected = funnel.entered[funnel.groups.index("Not stated"), position]
        assert row(table, gate=gate, not_stated=not_stated)["left_out"] == expected
    everybody = table[table["not_stated"] == "any"]
    total = everybody["left_out"] + everybody["used"]
    assert total.tolist() == [*applicants.overall().entered[0], 4000]
    assert model.notes[0] == (
        "Left out of the regression, since something in it is not stated of them: 303 of 4,000 at the "
        "eligibility check, 253 of 3,339 at screening, 119 of 1,658 at the invitation to the assessment "
        "centre, 100 of 1,291 at the assessment centre, 52 of 623 at the offer, 45 of 522 at acceptance, "
        "303 of 4,000 over "
        "the whole way."
    )


def test_not_stated_can_be_a_group_of_its_own(applicants):
    model = su.progression_model(applicants, "ethnicity + gender", missing="level", gates="eligible")

    assert model.left_out["left_out"].tolist() == [0, 0, 0]
    unstated = row(model.frame, characteristic="gender", group="Not stated")
    assert unstated["entered"] == applicants.funnel("gender", not_stated=True).entered[-1, 0]
    assert unstated["reference"] == "Female"


def test_reference_groups_and_people_can_be_named(applicants):
    ours = su.progression_model(applicants, "gender", reference={"gender": "Male"}, gates="screened").frame
    usual = su.progression_model(applicants, "gender", gates="screened").frame
    assert row(ours, group="Female")["estimate"] == pytest.approx(-row(usual, group="Male")["estimate"])

    some = su.progression_model(
        applicants, "ethnicity", groups={"ethnicity": ["White British", "Indian"]}, gates="screened"
    ).frame
    assert some["group"].tolist() == ["White British", "Indian"]

    east = su.progression_model(applicants, "gender", where={"region": "East"}, gates="eligible").frame
    assert east["entered"].sum() == applicants.only({"region": "East"}).funnel("gender").entered[:, 0].sum()


def test_pending_people_are_not_at_risk_and_the_decided_can_be_asked_for():
    people = pd.DataFrame(
        [
            ("Female", "submitted", "pending"),
            ("Female", "submitted", "withdrew"),
            ("Female", "submitted", "rejected"),
            ("Female", "accepted", ""),
            ("Male", "submitted", "rejected"),
            ("Male", "accepted", ""),
        ],
        columns=["gender", "furthest_stage", "exit_reason"],
    )
    counts = su.count_stages(su.read_applicants(people, check_ids=False))

    entered = su.progression_model(counts, "gender", gates=("eligible", "overall")).frame
    decided = su.progression_model(
        counts, "gender", gates=("eligible", "overall"), denominator="decided"
    ).frame

    for gate in ("eligible", "overall"):
        assert row(entered, gate=gate, group="Female")["entered"] == 3
        assert row(decided, gate=gate, group="Female")["entered"] == 2


def test_tests_of_terms_are_joint(model):
    tests = model.tests()

    assert list(tests.frame.columns) == [
        "gate", "term", "statistic", "df", "p_value", "p_adjusted", "method", "status",
    ]  # fmt: skip
    ethnicity = row(tests.frame, gate="screened", term="ethnicity")
    assert ethnicity["df"] == 7
    assert ethnicity["method"] == "likelihood ratio"
    assert row(tests.frame, gate="assessed", term="ethnicity")["method"] == "augmented likelihood ratio"
    assert repr(tests).startswith("<TermTests: clearest ethnicity at screening: chi-squared ")
    wald = row(model.tests(kind="wald").frame, gate="screened", term="ethnicity")
    assert wald["statistic"] == pytest.approx(ethnicity["statistic"], rel=0.2)


def test_cluster_errors_say_how_many_clusters(applicants):
    model = su.progression_model(
        applicants, "ethnicity + gender", errors="cluster", cluster="region", method="ml", gates="screened"
    )

    words = "maximum likelihood, Wald, cluster errors, t with 7 df"
    assert set(model.frame["method"]) == {"maximum likelihood", words}
    assert model.notes[-1] == (
        "Errors allow for 8 clusters; with fewer than 20 they are uncertain themselves, and with fewer than "
        "4 none are given."
    )
    tests = model.tests(kind="wald").frame.set_index("term")
    assert tests.loc["ethnicity", "status"] == "too few clusters for a joint test of this many columns"
    assert np.isnan(tests.loc["ethnicity", "p_value"])
    assert np.isfinite(tests.loc["gender", "p_value"])
    plain = su.progression_model(applicants, "ethnicity + gender", method="ml", gates="screened")
    np.testing.assert_allclose(
        model.frame["estimate"],
        plain.frame["estimate"],
        rtol=1e-9,
        err_msg="clusters split patterns, not people",
    )


def test_robust_errors_are_the_model_s_where_flac_is_used(applicants):
    model = su.progression_model(applicants, "ethnicity", errors="robust", gates=("screened", "assessed"))

    methods = model.frame.groupby("gate", sort=False)["method"].last().tolist()
    assert methods == ["maximum likelihood, Wald, robust errors", "FLAC, augmented profile likelihood"]
    assert model.notes[-1] == (
        "Where FLAC was used, the errors are the model's, not robust ones: nothing is known of the spread of "
        "a group in which all fared alike."
    )


def test_people_of_one_group_cannot_be_compared(applicants):
    sentence = (
        "The formula 'gender' has nothing to compare: the people in question are all of one group. "
        "Name a characteristic in which they differ, or more groups."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.progression_model(applicants, "gender", groups={"gender": ["Female"]})


def test_crude_and_adjusted_side_by_side(applicants):
    model = su.progression_model(applicants, "ethnicity + religion", level={"ethnicity": "broad"})
    both = model.crude_beside_adjusted()

    black = row(both.frame, gate="screened", group="Black")
    crude = su.impact_ratios(applicants, by="ethnicity", level="broad").frame
    counted = row(crude, gate="screened", group="Black")
    assert black["crude_ratio"] == pytest.approx(counted["estimate"])
    assert black["crude_low"] == pytest.approx(counted["conf_low"])
    assert black["crude_ratio_used"] == pytest.approx(
        (black["passed"] / black["entered"]) / (black["reference_passed"] / black["reference_entered"])
    )
    assert black["entered_everyone"] > black["entered"]
    assert black["change_low"] < black["adjusted_ratio"] / black["crude_ratio_used"] < black["change_high"]
    assert black["reading"] == "remains"
    assert black["crude_high"] < 1
    assert black["adjusted_high"] < 1
    assert black["e_value"] > black["e_value_limit"] > 1
    muslim = row(both.frame, gate="screened", group="Muslim")
    assert muslim["reading"] in {"cannot be told", "not clear", "only when adjusted", "turns round"}
    reference = both.frame[both.frame["group"] == both.frame["reference"]]
    assert set(reference["reading"]) == {""}
    assert (reference["crude_ratio"] == 1).all()
    assert re.fullmatch(
        r"<CrudeBesideAdjusted: \d+ of \d+ differences clear as counted, among the people the model could "
        r"use, remain clear when adjusted>",
        repr(both),
    )


def test_religion_in_west_lancashire_cannot_be_held_equal(west_lancashire):
    sentence = (
        "These counts hold each characteristic on its own, so they cannot feed a model of "
        "'ethnicity', 'religion'. Count applicant records, or model one characteristic."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.progression_model(west_lancashire, "ethnicity + religion")

    alone = su.progression_model(west_lancashire, "ethnicity", gates="shortlisted").frame
    assert row(alone, group="BME")["odds_ratio"] == pytest.approx((10 / 33) / (389 / 531))
    assert "Not stated" not in set(alone["group"])


def test_berkeley_turns_round_once_departments_are_held_equal(berkeley):
    crude = su.progression_model(berkeley, "gender", gates="accepted", reference={"gender": "Male"}).frame
    held = su.progression_model(
        berkeley, "gender + region", gates="accepted", reference={"gender": "Male"}
    ).frame

    assert row(crude, group="Female")["odds_ratio"] == pytest.approx((557 / 1278) / (1198 / 1493))
    assert row(held, group="Female")["odds_ratio"] == pytest.approx(1.1050, abs=1e-4)


def test_all_gates_in_one_model(applicants):
    stacked = su.progression_model(applicants, "ethnicity + gender", groups={
        "ethnicity": ["White British", "Indian", "Black Caribbean", "Mixed"]
    }).stacked()  # fmt: skip
    frame = stacked.frame.set_index(["question", "term"])

    assert frame.loc[("matters", "all terms"), "df"] == 4
    assert frame.loc[("differs between gates", "all terms"), "df"] == 20
    assert frame.loc[("differs between gates", "gender"), "df"] == 5
    assert (frame["p_value"] >= 0).all()
    by_gate = stacked.by_gate.set_index("name")["estimate"]
    single = su.progression_model(applicants, "ethnicity + gender", method="ml", groups={
        "ethnicity": ["White British", "Indian", "Black Caribbean", "Mixed"]
    }).coefficients.set_index(["gate", "name"])["estimate"]  # fmt: skip
    for gate in applicants.process.gate_keys:
        assert by_gate[f"stage={gate}:gender[T.Male]"] == pytest.approx(
            single[gate, "gender[T.Male]"], abs=1e-7
        )
    assert repr(stacked).startswith("<StackedModel: effects differ between gates: chi-squared ")


def test_a_stacked_model_needs_two_gates(applicants):
    model = su.progression_model(applicants, "gender", gates=("screened", "overall"))

    with pytest.raises(
        ArgumentError, match=r"^A stacked model compares gates; at least 2 with people are needed\.$"
    ):
        model.stacked()


def test_what_a_referee_asks(model):
    table = model.diagnostics().set_index("gate")

    assert table.loc["screened", "people"] == model.gate("screened").at_risk.sum()
    assert 0.5 < table.loc["screened", "c_statistic"] < 0.7
    assert table["converged"].all()
    assert table["separation"].tolist() == [False, False, False, True, False, True, True]
    bands = model.calibration("screened", bands=5)
    assert bands["people"].sum() == table.loc["screened", "people"]
    carried = model.influence("screened")
    assert carried["cooks_distance"].is_monotonic_decreasing
    assert carried["leverage"].sum() == pytest.approx(table.loc["screened", "coefficients"])
    assert carried["entered"].sum() == table.loc["screened", "people"]


def test_statsmodels_gives_the_same_model(applicants):
    model = su.progression_model(
        applicants, "ethnicity + gender", gates="screened", errors="cluster", cluster="region"
    )
    ours = model.coefficients.set_index("name")["estimate"]

    glm = model.to_statsmodels("screened")
    np.testing.assert_allclose(glm.params, ours[glm.params.index], atol=1e-8)
    assert glm.get_influence().hat_matrix_diag.sum() == pytest.approx(len(ours))
    gee = model.to_statsmodels("screened", kind="gee")
    np.testing.assert_allclose(gee.params, ours[gee.params.index], atol=0.05)
    assert gee.nobs == model.gate("screened").at_risk.sum()


@pytest.mark.parametrize("method", ["flac", "firth"])
def test_statsmodels_gives_what_was_fitted_where_a_group_is_separated(applicants, method):
    """With the people that FLAC or Firth adds, maximum likelihood is the same estimate."""
    model = su.progression_model(
        applicants, "ethnicity + gender", gates="overall", method=method, interval="wald"
    )
    ours = model.coefficients.set_index("name")["estimate"]
    glm = model.to_statsmodels("overall")
    np.testing.assert_allclose(glm.params[ours.index], ours, atol=1e-6)
    assert ("made up" in glm.params.index) == (method == "flac")
    assert np.isfinite(glm.get_influence().cooks_distance[0]).all()
    assert np.isfinite(glm.resid_deviance).all()


def test_statsmodels_gives_the_stacked_and_the_mixed_model(applicants):
    stacked = su.progression_model(applicants, "gender", gates=["eligible", "screened"]).stacked()
    for effects, table in (("by gate", stacked.by_gate), ("shared", stacked.shared)):
        glm = stacked.to_statsmodels(effects=effects)
        ours = table.set_index("name")["estimate"].dropna()
        np.testing.assert_allclose(glm.params[ours.index], ours, atol=1e-8)
    with pytest.raises(ArgumentError, match="effects='both' is not known"):
        stacked.to_statsmodels(effects="both")
    mixed = su.random_intercept_model(applicants, "gender", cluster="region", gate="assessed")
    theirs = mixed.to_statsmodels()
    np.testing.assert_allclose(theirs.fe_mean, mixed.frame["estimate"], atol=0.05)
    crossed = su.maihda(applicants, by=["gender", "disability"], gate="assessed")
    assert len(crossed.to_statsmodels().fe_mean) == len(crossed.fit.main.coef)


def test_a_gee_is_refused_where_it_has_no_answer(applicants):
    model = su.progression_model(
        applicants, "ethnicity + gender", gates="overall", errors="cluster", cluster="region"
    )
    assert model.gate("overall").separation is not None
    with pytest.raises(ArgumentError, match="A GEE has no finite answer at gate 'overall'"):
        model.to_statsmodels("overall", kind="gee")


def test_statsmodels_needs_a_cluster_for_a_gee_and_room_for_a_matrix(model, monkeypatch):
    sentence = "A GEE needs clusters. Fit the model with errors='cluster' and cluster=, then ask again."
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        model.to_statsmodels("screened", kind="gee")

    monkeypatch.setattr("stepup_equity.findings.models.statsmodels_results.MOST_ENTRIES", 10)
    sentence = (
        "statsmodels would need a matrix of 144 entries; the limit is 10. Use the results of "
        "progression_model, which needs no such matrix."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        model.to_statsmodels("screened")


def test_too_many_adjusted_rates_are_left_out_and_say_so(applicants, monkeypatch):
    monkeypatch.setattr(adjusted_rates, "MOST_PREDICTIONS", 10)
    frame = su.progression_model(applicants, "ethnicity + gender", gates="screened").frame
    male = row(frame, group="Male")

    assert np.isnan(male["adjusted_rate"])
    assert np.isfinite(male["estimate"])
    assert male["entered"] > 0
    assert male["status"] == "adjusted rate: not computed: 2 groups in 16 patterns"


def test_hostile_labels_are_text(typed):
    counts = typed(**{"<script>alert(1)</script>": [60, 40], "=cmd()": [30, 10]})
    model = su.progression_model(counts, "team")

    assert "<script>" not in model.to_html()
    assert row(model.frame, gate="stage_1", group="=cmd()")["passed"] == 10


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"method": "probit"}, "method='probit' is not known. Possible: 'auto', 'ml', 'firth', 'flac'."),
        ({"interval": "score"}, "interval='score' is not known. Possible: 'auto', 'wald', 'profile'."),
        ({"missing": "impute"}, "missing='impute' is not known. Possible: 'complete', 'level', 'em'."),
        (
            {"denominator": "all"},
            "denominator='all' is not known. Possible: 'entered', 'decided'.",
        ),
        (
            {"errors": "cluster"},
            "errors='cluster' needs cluster=, the stratum within which people resemble each other.",
        ),
        (
            {"cluster": "region"},
            "cluster='region' is used with errors='cluster' only. Add that, or leave it out.",
        ),
        (
            {"errors": "robust", "interval": "profile"},
            (
                "interval='profile' follows the model's likelihood, which errors='robust' does not trust. "
                "Use interval='wald'."
            ),
        ),
        (
            {"errors": "robust", "method": "firth"},
            "errors='robust' is for maximum likelihood; method='firth' has the model's. Use method='ml'.",
        ),
        ({"confidence": 95}, "confidence=95 is not between 0 and 1. Write 0.95 for a 95 % interval."),
        (
            {"gates": "screening"},
            (
                "gates='screening' is not a gate. Possible: 'eligible', 'screened', 'invited', 'assessed', "
                "'offered', 'accepted', 'overall'. Did you mean 'screened'?"
            ),
        ),
        (
            {"reference": "Male"},
            "reference='Male' does not say which characteristic it is for. Write reference={'gender': ...}.",
        ),
        (
            {"reference": {"gender": "male"}},
            (
                "reference['gender']='male' is not a group of 'gender' here. Possible: 'Female', 'Male'. "
                "Did you mean 'Male'?"
            ),
        ),
        (
            {"groups": {"gender": ["Femal"]}},
            (
                "groups['gender']='Femal' is not a group of 'gender'. Possible: 'Female', 'Male', 'Other'. "
                "Did you mean 'Female'?"
            ),
        ),
        (
            {"groups": {"religion": ["Muslim"]}},
            "groups='religion' is not in the formula. Possible: 'gender'.",
        ),
        (
            {"groups": {"gender": ["Other"]}},
            "groups['gender'] names only groups that nobody belongs to: 'Other'.",
        ),
    ],
)
def test_options_that_do_not_exist(applicants, options, sentence):
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.progression_model(applicants, "gender", **options)


def test_a_gate_and_a_kind_that_do_not_exist(model):
    with pytest.raises(
        ArgumentError, match=r"^gate='screening' is not a gate of this model\. Possible: 'eligible'"
    ):
        model.gate("screening")
    with pytest.raises(
        ArgumentError, match=r"^kind='score' is not known\. Possible: 'likelihood ratio', 'wald'\.$"
    ):
        model.tests(kind="score")
    with pytest.raises(ArgumentError, match=r"^kind='ols' is not known\. Possible: 'glm', 'gee'\.$"):
        model.to_statsmodels("screened", kind="ols")
