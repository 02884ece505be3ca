"""How well a model fits: residuals and influence as statsmodels has them, and never a word of one person."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.multitest import multipletests

import stepup_equity as su
from stepup_equity.columns import OVERALL
from stepup_equity.examples import shipped
from stepup_equity.statistics.regression.diagnostics import carried


@pytest.fixture(scope="module")
def model():
    counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    return su.progression_model(counts, "ethnicity + gender + religion", level={"ethnicity": "broad"})


@pytest.fixture(scope="module")
def check(model):
    return model.fit_check()


def in_group(gate, *pairs):
    held = {v.name: v for v in gate.whole.data.variables}
    inside = np.ones(gate.rows.size, bool)
    for name, group in pairs:
        inside &= held[name].codes[gate.rows] == held[name].groups.index(group)
    return inside


@pytest.mark.parametrize("method", ["ml", "firth", "flac"])
def test_residuals_and_influence_are_those_of_statsmodels(method):
    counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    model = su.progression_model(
        counts, "ethnicity + gender + disability", level={"ethnicity": "broad"}, method=method
    )
    told = [gate for gate in model.gates if gate.reliable]
    assert len(told) >= (3 if method == "ml" else 7)
    for gate in told:
        found, theirs = carried(gate.fit), model.to_statsmodels(gate.gate)
        influence, real = theirs.get_influence(), gate.rows.size
        with np.errstate(divide="ignore", invalid="ignore"):
            cooks = influence.cooks_distance[0][:real]
        close = {"rtol": 1e-9, "atol": 1e-9}
        np.testing.assert_allclose(gate.fit.fitted, theirs.fittedvalues[:real], **close)
        np.testing.assert_allclose(found.leverage, influence.hat_matrix_diag[:real], **close)
        np.testing.assert_allclose(found.pearson, theirs.resid_pearson[:real], **close)
        np.testing.assert_allclose(found.deviance**2, theirs.resid_deviance[:real] ** 2, **close)
        own = found.leverage > 0.95
        np.testing.assert_allclose(found.cooks_distance[~own], cooks[~own], **close)


def test_crossed_residuals_are_the_score_tests_of_statsmodels(model, check):
    tested = check.crossed.dropna(subset=["p_value"])
    assert {"maximum likelihood", "FLAC"} <= set(check.gates["method"])
    for _, row in tested.groupby("gate").head(2).iterrows():
        gate, result = model.gate(row["gate"]), model.to_statsmodels(row["gate"])
        inside = in_group(
            gate,
            (row["characteristic"], row["group"]),
            (row["other_characteristic"], row["other_group"]),
        )
        extra = np.zeros(len(result.model.exog))  # people that FLAC made up belong to no crossed group
        extra[: inside.size] = inside
        theirs = result.model.score_test(result.params, exog_extra=extra[:, None])
        assert row["residual"] ** 2 == pytest.approx(float(theirs[0].squeeze()), rel=1e-6)
        assert row["p_value"] == pytest.approx(float(np.squeeze(theirs[1])), rel=1e-6)
        assert row["passed"] == gate.passed[gate.rows][inside].sum()
    single = tested[tested["gate"] != OVERALL]
    holm = multipletests(single["p_value"], method="holm")[1]
    np.testing.assert_allclose(single["p_adjusted"], holm)


def test_groups_carry_the_residuals_and_influence_of_their_cells(model, check):
    for name in ("screened", "assessed"):
        gate, influence = model.gate(name), model.to_statsmodels(name).get_influence()
        rows = check.groups[check.groups["gate"] == name].set_index("group")
        real = gate.rows.size
        with np.errstate(divide="ignore", invalid="ignore"):  # cells that the model fits by themselves
            own = influence.hat_matrix_diag[:real] > 0.95
            cooks = np.where(own, 0.0, influence.cooks_distance[0][:real])
        for group in ("White", "Black", "Female"):
            inside = in_group(gate, ("gender" if group == "Female" else "ethnicity", group))
            left = (1 - influence.hat_matrix_diag[:real][inside]).sum()
            pearson = model.to_statsmodels(name).resid_pearson[:real][inside]
            assert rows.loc[group, "dispersion"] == pytest.approx((pearson**2).sum() / left)
            assert rows.loc[group, "influence"] == pytest.approx(cooks[inside].sum() / cooks.sum())
    of_gender = check.groups[check.groups["characteristic"] == "gender"].groupby("gate")["influence"].sum()
    np.testing.assert_allclose(of_gender, 1.0)


def test_nothing_is_said_of_fewer_than_ten_people(check):
    small = check.groups[check.groups["entered"] < 10]
    assert len(small) > 3
    assert small[["dispersion", "deviance_dispersion", "influence"]].isna().all().all()
    assert (small["status"] == "fewer than 10 people").all()
    for frame in (check.crossed, check.cells):
        assert len(frame) > 3
        assert frame["entered"].min() >= 10
    assert check.bands["people"].min() >= 10
    assert 0 < check.unseen < 1
    untested = check.crossed[check.crossed["p_value"].isna()]
    assert (untested["status"] != "").all()


def test_a_crossed_group_that_fares_otherwise_is_found():
    """Women of one group pass as others do, its men hardly ever: the terms alone cannot say so."""
    rows = [
        ("White British", "Female", 300, 150), ("White British", "Male", 300, 150),
        ("Indian", "Female", 100, 60), ("Indian", "Male", 100, 10),
    ]  # fmt: skip
    people = pd.DataFrame(
        [
            {"ethnicity": e, "gender": g, "furthest_stage": "eligible" if i < passed else "submitted"}
            for e, g, n, passed in rows
            for i in range(n)
        ]
    )
    counts = su.count_stages(people.assign(applicant_id=range(len(people))))
    check = su.progression_model(counts, "ethnicity + gender", gates="eligible").fit_check()
    row = check.crossed.set_index(["group", "other_group"]).loc[("Indian", "Male")]
    assert row["residual"] < -5
    assert row["p_adjusted"] < 1e-6
    assert check.gates["dispersion"].iloc[0] > 5
    assert check.headline.endswith("4 of 4 crossed groups fare otherwise than the terms of the model say")
    whole = su.progression_model(counts, "ethnicity * gender", gates="eligible").fit_check()
    assert whole.crossed["p_value"].isna().all()
    assert (whole.crossed["status"] == "the model fits it by itself").all()
    assert whole.cells.empty
    assert (
        whole.headline == "the model fits every cell by itself, so nothing is left that residuals could check"
    )


def test_what_cannot_be_checked_says_why(monkeypatch):
    counts = su.count_stages(su.read_applicants(shipped("examples/cohort_one.csv")))
    blanks = su.progression_model(counts, "gender + religion", missing="em", gates="screened")
    with pytest.raises(su.ArgumentError, match="needs people with everything stated"):
        blanks.fit_check()
    monkeypatch.setattr("stepup_equity.findings.models.fit_check.MOST_CHECKED", 100)
    large = su.progression_model(counts, "gender + religion", gates="screened").fit_check()
    assert large.gates["status"].iloc[0].startswith("not checked: a matrix of ")
    assert large.groups.empty
    assert large.headline == "no gate has a fit that residuals could check"
    monkeypatch.undo()
    separated = su.progression_model(counts, "ethnicity", method="ml", gates=["accepted", "screened"])
    check = separated.fit_check()
    status = check.gates.set_index("gate")["status"]
    assert status["accepted"] == "separation: no finite estimate to check"
    assert status["screened"] == ""
    assert set(check.groups["gate"]) == {"screened"}
