"""Random intercepts and crossed characteristics, as an analyst asks for them."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.errors import ArgumentError


@pytest.fixture(scope="module")
def model(applicants):
    return su.random_intercept_model(applicants, "gender + ethnicity", cluster="region", gate="screened")


def test_partnerships_are_shrunk_towards_each_other(model, applicants):
    assert repr(model) == (
        "<RandomInterceptModel: 8 clusters, standard deviation 0.23 (0.13 to 0.45) in log odds, median "
        "odds ratio 1.25, 1.6% of the latent variance>"
    )
    clusters = model.clusters
    assert clusters["cluster"].tolist() == sorted(applicants.labels_of("region"))
    assert clusters["entered"].sum() == 3086
    crude = np.log(clusters["rate"] / (1 - clusters["rate"]))
    spread = crude.std()
    assert clusters["effect"].std() < spread
    assert (clusters["effect_low"] < clusters["effect"]).all()
    assert np.corrcoef(crude, clusters["effect"])[0, 1] > 0.98


def test_odds_ratios_are_within_a_cluster(model):
    table = model.frame.set_index("name")

    assert table.loc["ethnicity[T.Black African]", "odds_ratio"] == pytest.approx(0.339, abs=1e-3)
    assert (table["conf_low"] < table["conf_high"]).all()
    assert set(table["status"]) == {""}
    assert "Odds ratios are within a cluster" in model.method


def test_quadrature_agrees_with_laplace_where_clusters_are_large(model, applicants):
    finer = su.random_intercept_model(
        applicants, "gender + ethnicity", cluster="region", gate="screened", quadrature_points=15
    )

    assert finer.sd == pytest.approx(model.sd, rel=1e-3)
    np.testing.assert_allclose(finer.frame["estimate"], model.frame["estimate"], atol=1e-4)
    assert "adaptive quadrature, 15 points" in finer.method


def test_crossed_groups(applicants):
    crossed = su.maihda(applicants, by=("gender", "ethnicity"), gate="screened", level={"ethnicity": "broad"})
    frame = crossed.frame

    assert crossed.by == ("gender", "ethnicity")
    assert len(frame) == 10
    assert set(frame["characteristic"]) == {"gender × ethnicity"}
    assert frame["group"].iloc[0] == "Female × White"
    assert (frame["conf_low"] <= frame["estimate"]).all()
    assert (frame["estimate"] <= frame["conf_high"]).all()
    assert crossed.fit.vpc_null > crossed.fit.vpc_main
    assert re.fullmatch(
        r"<CrossedGroups: gender × ethnicity, 10 crossed groups; \d\.\d% of the latent variance lies between "
        r"them, \d+% of it additive>",
        repr(crossed),
    )
    if crossed.fit.main.sd == 0:
        assert set(frame["status"]) == {"no variance beyond main effects was found"}
        assert (frame["conf_low"] < frame["estimate"]).all(), "main effects are not known exactly either"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda counts: su.maihda(counts, by="gender", gate="screened"),
            "by='gender' names one characteristic; crossing needs two or more.",
        ),
        (
            lambda counts: su.maihda(counts, by=("gender", "ethnicity"), gate="assessed"),
            (
                "Separation at gate 'assessed': 'ethnicity[T.Black African]' have no finite estimate. Merge "
                "these groups, use a broader level, or leave them out with groups=."
            ),
        ),
        (
            lambda counts: su.random_intercept_model(counts, "gender", cluster="centre", gate="screened"),
            (
                "cluster='centre' is not counted. Possible: 'age_band', 'ethnicity', 'gender', 'religion', "
                "'disability', 'orientation', 'region'."
            ),
        ),
        (
            lambda counts: su.random_intercept_model(
                counts, "gender + region", cluster="region", gate="screened"
            ),
            "'region' is the cluster, so it cannot be a term as well. Leave it out of the formula.",
        ),
        (
            lambda counts: su.random_intercept_model(counts, "gender", cluster="region", gate="screening"),
            (
                "gate='screening' is not a gate. Possible: 'eligible', 'screened', 'invited', 'assessed', "
                "'offered', 'accepted', 'overall'. Did you mean 'screened'?"
            ),
        ),
        (
            lambda counts: su.random_intercept_model(
                counts, "gender", cluster="region", gate="screened", where={"region": "East"}
            ),
            "Only one label of 'region' has people at gate 'screened'; two are needed.",
        ),
    ],
)
def test_what_cannot_be_asked(applicants, call, sentence):
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        call(applicants)


def test_no_difference_between_clusters_has_no_limits_of_width_nought():
    rows = [
        {"region": region, "gender": gender, "furthest_stage": stage}
        for region in ("North", "South", "East", "West")
        for gender, passed in (("Female", 20), ("Male", 24))
        for stage in ["eligible"] * passed + ["submitted"] * (40 - passed)
    ]
    counts = su.count_stages(pd.DataFrame(rows).assign(applicant_id=range(len(rows))))
    model = su.random_intercept_model(counts, "gender", cluster="region", gate="eligible")
    assert model.sd == 0
    assert model.fit.sd_low == 0
    assert 0 < model.fit.sd_high < 1
    assert model.clusters[["effect_low", "effect_high"]].isna().all().all()
    assert set(model.clusters["status"]) == {"no limits: no difference between clusters was found"}
