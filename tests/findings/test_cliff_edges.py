"""Cliff edges: verdicts, profiles, sentences, families, references."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, hypergeom, norm

import stepup_equity as su
from stepup_equity.findings.cliff_rule import VERDICTS, evidence
from stepup_equity.findings.models.progression_model import ProgressionModel, progression_model
from stepup_equity.findings.profiles import PROFILES
from stepup_equity.statistics import adjust, fisher_midp_p, score_ratio_interval
from stepup_equity.statistics.edge_claims import edge_claims
from tests.findings.funnels import published, row

EVERY_VERDICT = {
    "Reference": (10_000, 5_000),
    "Far behind": (500, 150),
    "Just behind": (8_000, 3_600),
    "Just ahead": (8_000, 4_400),
    "Far ahead": (500, 400),
    "Level": (2_000, 1_000),
    "Some": (80, 37),
    "Few": (10, 4),
    "Nobody": (0, 0),
}

EVERY_PROFILE = {
    "Reference": (10_000, 5_000, 2_500, 1_250),
    "Falls and rises": (2_000, 800, 520, 260),
    "Falls once": (2_000, 1_000, 250, 125),
    "Falls a little everywhere": (3_000, 1_275, 542, 230),
    "Level": (8_000, 4_000, 2_000, 1_000),
    "Few": (20, 10, 5, 2),
}

SILENT = ("no evidence", "too few to tell")


@pytest.fixture(scope="module")
def cohort_one() -> su.StageCounts:
    return su.count_stages(su.read_applicants("data/examples/cohort_one.csv"))


@pytest.fixture(scope="module")
def west_lancashire() -> su.StageCounts:
    return su.StageCounts.from_table(pd.read_csv("data/examples/west_lancs_2019_20.csv"))


def test_every_verdict_occurs_with_its_reason() -> None:
    frame = su.cliff_edges(published(EVERY_VERDICT, stages=("applied", "shortlisted"))).frame
    assert dict(zip(frame["group"], frame["verdict"], strict=True)) == {
        "Far behind": "cliff edge",
        "Just behind": "small gap",
        "Just ahead": "small advantage",
        "Far ahead": "cliff edge",
        "Level": "no material gap",
        "Some": "no evidence",
        "Few": "too few to tell",
        "Nobody": "not computable",
    }
    assert set(VERDICTS) - set(frame["verdict"]) == {"gap", "advantage"}  # evident, yet not flagged: rare
    behind = dict(zip(frame["group"], frame["behind"], strict=True))
    assert (behind["Far behind"], behind["Just behind"], behind["Far ahead"]) == (
        "Far behind",
        "Just behind",
        "Reference",
    )
    assert not set(behind["Level"] + behind["Some"] + behind["Few"])
    assert (frame["flagged"] == (frame["verdict"] == "cliff edge")).all()
    assert frame["flagged"].dtype == bool
    nobody = row(frame, group="Nobody")
    assert nobody["status"] == "nobody reached this gate"
    assert np.isnan(nobody["estimate"])
    assert (row(frame, group="Some")["power"] >= 0.8) & (row(frame, group="Few")["power"] < 0.8)
    assert 0 < row(frame, group="Some")["detectable_ratio"] < 0.8


def test_nobody_passing_in_either_group_is_not_computable() -> None:
    counts = published({"A": (100, 50, 0), "B": (40, 20, 0)}, stages=("applied", "tested", "hired"))
    hired = row(su.cliff_edges(counts).frame, gate="hired")
    assert hired["verdict"] == "not computable"
    assert hired["status"] == "nobody passed in either group"
    assert hired["p_adjusted"] == 1.0  # people entered in both groups: it is in the family


def test_every_profile_occurs_with_its_reason() -> None:
    profiles = su.cliff_edges(published(EVERY_PROFILE)).profiles
    assert dict(zip(profiles["group"], profiles["profile"], strict=True)) == {
        "Falls and rises": "recovers",
        "Falls once": "cliff",
        "Falls a little everywhere": "slope",
        "Level": "level",
        "Few": "too few to tell",
    }
    assert set(PROFILES) - set(profiles["profile"]) == {"behind", "ahead"}
    reasons = dict(zip(profiles["group"], profiles["reason"], strict=True))
    assert reasons == {
        "Falls and rises": "behind at shortlisted (ratio 0.80), ahead at interviewed (ratio 1.30)",
        "Falls once": (
            "flagged at interviewed, and lower there than at the group's other gates (adjusted p below 0.001)"
        ),
        "Falls a little everywhere": (
            "0.61 times the rate over the whole way (adjusted p below 0.001), and no gate stands out"
        ),
        "Level": "the 90% interval of the whole way, 0.94 to 1.07, lies within 0.8 to 1.25",
        "Few": (
            "over the whole way no gap is evident (adjusted p 1.000), and the 90% interval is 0.27 to 2.10"
        ),
    }


def test_nothing_evident_is_called_too_few_to_tell() -> None:
    profiles = su.cliff_edges(
        published(
            {
                "Reference": (20_000, 10_000, 5_000, 2_500),
                "Ahead": (2_000, 1_400, 700, 400),
                "Gone": (0, 0, 0, 0),
                "Abruptly a little lower": (9_000, 3_780, 1_890, 945),
            }
        ),
    ).profiles
    found = dict(
        zip(profiles["group"], zip(profiles["profile"], profiles["reason"], strict=True), strict=True)
    )
    assert found["Ahead"] == (
        "ahead",
        (
            "1.60 times the rate over the whole way (adjusted p below 0.001); "
            "ahead at shortlisted (ratio 1.40), ahead at appointed (ratio 1.14)"
        ),
    )
    assert found["Gone"] == (
        "too few to tell",
        "over the whole way nobody of the group or of the reference can be followed",
    )
    assert found["Abruptly a little lower"] == (
        "behind",
        "0.84 times the rate over the whole way (adjusted p below 0.001); behind at shortlisted (ratio 0.84)",
    )


def test_two_gates_cannot_tell_a_cliff_from_a_slope() -> None:
    counts = published(
        {"A": (5_000, 2_500, 1_250), "B": (900, 250, 125)}, stages=("applied", "tested", "hired")
    )
    profile = su.cliff_edges(counts).profiles.iloc[0]
    assert profile["profile"] == "slope"
    assert profile["reason"].endswith("and fewer than three gates can be compared with each other")


def test_columns_are_those_of_the_single_gates() -> None:
    frame = su.cliff_edges(published(EVERY_PROFILE)).frame
    assert "overall" not in set(frame["gate"])
    assert len(frame) == 5 * 3
    needed = (
        "characteristic group reference gate owner entered passed reference_entered reference_passed "
        "estimate "
        "conf_low conf_high p_value p_adjusted flagged verdict power detectable_ratio shortfall sentence "
        "method status"
    )
    assert set(needed.split()) <= set(frame.columns)
    ratio = score_ratio_interval(
        frame["passed"], frame["entered"], frame["reference_passed"], frame["reference_entered"]
    )
    np.testing.assert_allclose(frame["estimate"], ratio.estimate)
    np.testing.assert_allclose(frame["conf_low"], ratio.low)
    expected = frame["entered"] * frame["reference_passed"] / frame["reference_entered"]
    np.testing.assert_allclose(frame["shortfall"], expected - frame["passed"])
    np.testing.assert_allclose(frame["shortfall_four_fifths"], 0.8 * expected - frame["passed"])


def test_the_family_is_every_comparison_with_people_on_both_sides(cohort_one: su.StageCounts) -> None:
    frame = su.cliff_edges(cohort_one).frame
    both = (frame["entered"] > 0) & (frame["reference_entered"] > 0)
    assert (frame["p_value"].notna() == both).all()
    four = (frame["passed"], frame["entered"], frame["reference_passed"], frame["reference_entered"])
    np.testing.assert_allclose(frame["p_value"][both], fisher_midp_p(*(counts[both] for counts in four)))
    adjusted = np.where(frame["flagged"], frame["q"], adjust(frame["p_value"], "BH"))
    np.testing.assert_allclose(frame["p_adjusted"], adjusted)
    assert (frame["flagged"] == (frame["q"] <= 0.05)).all()


# --- the first cohort ---------------------------------------------------------------------------------------


def test_cohort_one_has_the_cliff_edges_of_the_evaluation(cohort_one: su.StageCounts) -> None:
    cliffs = su.cliff_edges(cohort_one)
    flagged = cliffs.flagged
    ethnic = flagged[flagged["characteristic"] == "ethnicity"]
    assert list(zip(ethnic["group"], ethnic["gate"], strict=True)) == [
        ("Black African", "assessed"),
        ("Black African", "screened"),
        ("White other", "offered"),
    ]
    assert not {"gender", "orientation", "disability"} & set(flagged["characteristic"])
    ages = flagged[flagged["characteristic"] == "age_band"]
    assert list(zip(ages["group"], ages["gate"], strict=True)) == [
        ("50 and over", "eligible"),
        ("50 and over", "screened"),
        ("45-49", "eligible"),
        ("40-44", "eligible"),
        ("35-39", "eligible"),
    ]
    told = row(flagged, characteristic="religion")
    assert (told["group"], told["reference"], told["behind"]) == ("No religion", "Christian", "Christian")
    assert told["sentence"].startswith("At the assessment centre 38% of the 251 invited Christian applicants")


def test_cohort_one_reads_aloud(cohort_one: su.StageCounts) -> None:
    flagged = su.cliff_edges(cohort_one).flagged
    assert row(flagged, group="Black African", gate="screened")["sentence"] == (
        "At screening 20% of the 105 eligible Black African applicants passed, against 49% of the 1,072 "
        "White British applicants: 0.41 times the rate (0.27 to 0.59); 31 more would have passed at the "
        "White British rate."
    )
    assert row(flagged, group="Black African", gate="assessed")["sentence"] == (
        "At the assessment centre 0% of the 12 invited Black African applicants passed, against 47% of "
        "the 402 White British applicants: 0 times the rate (0 to 0.52); 6 more would have passed at the "
        "White "
        "British rate."
    )
    assert row(flagged, group="35-39", gate="eligible")["sentence"] == (
        "At the eligibility check 78% of the 204 applicants aged 35-39 passed, against 98% of the 541 "
        "applicants aged 20-24: 0.797 times the rate (0.73 to 0.85); 40 more would have passed at the rate "
        "of "
        "applicants aged 20-24."
    )


def test_cohort_one_attributes_the_age_gap_to_eligibility(cohort_one: su.StageCounts) -> None:
    gap = su.gap_decomposition(cohort_one, by="age_band").frame
    for group in ("35-39", "40-44", "45-49", "50 and over"):
        mine = gap[(gap["group"] == group) & (gap["gate"] != "overall")]
        evident = mine[mine["conf_high"] < 0]
        assert "eligible" in set(evident["gate"])
        whole = row(gap, group=group, gate="overall")
        share = row(gap, group=group, gate="eligible")[["share", "share_low", "share_high"]].astype(float)
        assert share.notna().all() == (whole["conf_high"] < 0)
    oldest = row(gap, group="45-49", gate="eligible")
    assert oldest["share"] == pytest.approx(0.606, abs=5e-4)
    assert (oldest["share_low"], oldest["share_high"]) == pytest.approx((0.310, 5.47), abs=5e-3)
    profiles = su.cliff_edges(cohort_one).profiles
    for group in ("35-39", "40-44", "45-49", "50 and over"):
        found = row(profiles, group=group)
        assert found["profile"] == "cliff"
        assert found["reason"].startswith(
            "flagged at the eligibility check, and lower there than at the group"
        )


def test_broad_groups_are_a_family_of_their_own(cohort_one: su.StageCounts) -> None:
    cliffs = su.cliff_edges(cohort_one, by="ethnicity")
    broad = cliffs.broad
    assert set(broad["group"]) == {"Mixed", "Asian", "Black", "Other"}
    assert set(broad["reference"]) == {"White"}
    tested = broad["p_value"].notna()
    adjusted = np.where(broad["flagged"], broad["q"], adjust(broad["p_value"], "BH"))
    np.testing.assert_allclose(broad["p_adjusted"][tested], adjusted[tested])
    pd.testing.assert_frame_equal(su.cliff_edges(cohort_one, by="ethnicity", level="detailed").broad, broad)
    alone = su.cliff_edges(cohort_one, by="ethnicity", level="broad")
    pd.testing.assert_frame_equal(alone.frame, broad)
    assert alone.broad.empty
    assert list(alone.broad.columns) == list(alone.frame.columns)
    assert row(broad, group="Black", gate="screened")["flagged"]
    assert su.cliff_edges(cohort_one, by="gender").broad.empty


def test_a_published_table_may_name_its_broad_groups() -> None:
    table = pd.DataFrame(
        {
            "characteristic": "ethnicity",
            "parent": ["White", "White", "Black", "Black"],
            "group": ["White British", "White other", "Black African", "Black Caribbean"],
            "applied": [900, 90, 130, 60],
            "shortlisted": [450, 45, 20, 12],
        }
    )
    cliffs = su.cliff_edges(su.StageCounts.from_table(table))
    assert list(cliffs.frame["parent"]) == ["White", "Black", "Black"]
    black = cliffs.broad.iloc[0]
    assert (black["group"], black["reference"], black["entered"], black["passed"]) == (
        "Black",
        "White",
        190,
        32,
    )
    assert len(cliffs.broad) == 1


def test_the_broad_reference_follows_the_detailed_one(cohort_one: su.StageCounts) -> None:
    cliffs = su.cliff_edges(cohort_one, by="ethnicity", reference="Black Caribbean")
    assert set(cliffs.broad["reference"]) == {"Black"}


# --- one family or two: West Lancashire ---------------------------------------------------------------------


def test_west_lancashire_asked_about_ethnicity_alone(west_lancashire: su.StageCounts) -> None:
    cliffs = su.cliff_edges(west_lancashire, by="ethnicity")
    edge = cliffs.flagged.iloc[0]
    assert (len(cliffs.flagged), edge["group"], edge["gate"]) == (1, "BME", "shortlisted")
    assert edge["sentence"] == (
        "At the gate “shortlisted” 23% of the 43 BME applicants passed, against 42% of the 920 White "
        "applicants: "
        "0.55 times the rate (0.31 to 0.90); 8 more would have passed at the White rate."
    )
    assert cliffs.headline == "ethnicity; 1 cliff edge in 2 comparisons: BME at the gate “shortlisted” (0.55)"


def test_west_lancashire_asked_about_religion_too_says_what_that_did(west_lancashire: su.StageCounts) -> None:
    for by in (None, ["ethnicity", "religion"]):
        cliffs = su.cliff_edges(west_lancashire, by=by)
        assert not cliffs.frame["flagged"].any()
        together, alone = cliffs.notes[-2:]
        assert together == (
            "13 comparisons were made at once, over ethnicity and religion. The more is asked, the stronger "
            "a gap must be to be flagged: decide before looking what is asked."
        )
        assert alone == (
            "Asked about ethnicity alone (2 comparisons), BME at shortlisted would be flagged (ratio 0.55, "
            "adjusted p = 0.018). Among the 13 of this run it is not (adjusted p = 0.057)."
        )
        shortlisted = row(cliffs.frame, group="BME", gate="shortlisted")
        assert shortlisted["p_adjusted_alone"] == pytest.approx(0.01807, abs=1e-5)
        assert shortlisted["verdict"] == "too few to tell"


# --- American universities: the gap turns round -------------------------------------------------------------


def test_men_fall_behind_at_admission_and_catch_up_at_enrolment() -> None:
    # IPEDS ADM2021, 1,981 institutions summed (National Center for Education Statistics, public domain)
    counts = published(
        {"Men": (5_178_383, 2_954_239, 710_192), "Women": (7_048_657, 4_398_220, 917_866)},
        characteristic="sex",
        stages=("applied", "admitted", "enrolled"),
    )
    cliffs = su.cliff_edges(counts, reference="Women")
    admitted, enrolled = row(cliffs.frame, gate="admitted"), row(cliffs.frame, gate="enrolled")
    assert (admitted["verdict"], enrolled["verdict"]) == ("small gap", "small advantage")
    assert (admitted["method"], enrolled["method"]) == ("score", "score")
    assert admitted["estimate"] == pytest.approx(0.914284, abs=1e-6)
    assert cliffs.profiles.iloc[0]["profile"] == "recovers"
    assert cliffs.profiles.iloc[0]["reason"] == (
        "behind at admitted (ratio 0.91), ahead at enrolled (ratio 1.15)"
    )
    assert admitted["status"] == "power by normal approximation"


# --- power, printed and simulated ---------------------------------------------------------------------------


def test_printed_power_is_how_often_the_row_would_be_flagged(cohort_one: su.StageCounts) -> None:
    frame = su.cliff_edges(cohort_one).frame
    few = frame[frame["verdict"].isin(SILENT)].iloc[::9]
    assert len(few) > 10
    rng = np.random.default_rng(61)
    runs = 300
    four = [frame[name].to_numpy() for name in ("passed", "entered", "reference_passed", "reference_entered")]
    threshold = evidence(*four).threshold
    away = []
    for _, found in few.iterrows():
        rate = found["reference_passed"] / found["reference_entered"]
        for ratio, power in ((0.5, found["power"]), (0.8, found["power_four_fifths"])):
            if not 0.02 < power < 0.98:
                continue
            x1 = rng.binomial(found["entered"], ratio * rate, runs)
            x2 = rng.binomial(found["reference_entered"], rate, runs)
            p = edge_claims(x1, found["entered"], x2, found["reference_entered"]).p_value[0]
            flagged = (p <= threshold * (1 + 1e-9)).mean()
            away.append(abs(flagged - power) / np.sqrt(power * (1 - power) / runs))
    assert len(away) > 5
    assert max(away) <= 4


# --- references, groups, people -----------------------------------------------------------------------------


def test_highest_is_picked_at_each_gate_and_not_compared_with_itself() -> None:
    counts = published({"A": (900, 600, 300, 100), "B": (800, 400, 300, 150)})
    frame = su.cliff_edges(counts, reference="highest").frame
    assert list(zip(frame["group"], frame["gate"], frame["reference"], strict=True)) == [
        ("A", "interviewed", "B"),
        ("A", "appointed", "B"),
        ("B", "shortlisted", "A"),
    ]


def test_rest_is_read_as_everyone_else() -> None:
    counts = published({"A": (900, 600, 300, 100), "B": (800, 400, 300, 150), "C": (100, 20, 10, 5)})
    found = row(su.cliff_edges(counts, reference="rest").frame, group="C", gate="shortlisted")
    assert found["sentence"] == (
        "At the gate “shortlisted” 20% of the 100 C applicants passed, against 59% of the 1,700 applicants "
        "in "
        "all other groups: 0.34 times the rate (0.23 to 0.49); 39 more would have passed at the rate of "
        "applicants in all other groups."
    )
    assert (found["reference_entered"], found["reference_passed"]) == (1_700, 1_000)


def test_a_reference_for_each_characteristic(west_lancashire: su.StageCounts) -> None:
    frame = su.cliff_edges(west_lancashire, reference={"religion": "No religion"}).frame
    assert set(frame.loc[frame["characteristic"] == "religion", "reference"]) == {"No religion"}
    assert set(frame.loc[frame["characteristic"] == "ethnicity", "reference"]) == {"White"}
    with pytest.raises(su.ArgumentError) as refused:
        su.cliff_edges(west_lancashire, reference={"religon": "Muslim"})
    assert str(refused.value) == (
        "reference='religon' is not a characteristic of this call. Possible: 'ethnicity', 'religion'. "
        "Did you mean 'religion'?"
    )


def test_groups_restrict_the_comparisons_not_the_reference(cohort_one: su.StageCounts) -> None:
    frame = su.cliff_edges(cohort_one, by="ethnicity", groups=["Indian", "Chinese"]).frame
    assert set(frame["group"]) == {"Indian", "Chinese"}
    assert set(frame["reference"]) == {"White British"}
    with pytest.raises(su.ArgumentError) as refused:
        su.cliff_edges(cohort_one, groups=["Indian"])
    assert str(refused.value) == (
        "groups= names groups of one characteristic, but this call is about 6. Give by= as well."
    )
    with pytest.raises(su.ArgumentError, match=r"Did you mean 'Indian'\?"):
        su.cliff_edges(cohort_one, by="ethnicity", groups=["Indien"])


def test_not_stated_is_never_compared_nor_a_reference(cohort_one: su.StageCounts) -> None:
    frame = su.cliff_edges(cohort_one).frame
    assert "Not stated" not in set(frame["group"]) | set(frame["reference"])
    with pytest.raises(su.ArgumentError, match="cannot be a reference"):
        su.cliff_edges(cohort_one, by="gender", reference="Not stated")


def test_crossed_characteristics(cohort_one: su.StageCounts) -> None:
    cliffs = su.cliff_edges(cohort_one, by=("gender", "disability"))
    assert set(cliffs.frame["characteristic"]) == {"gender × disability"}
    assert set(cliffs.frame["reference"]) == {"Female × No disability"}
    assert cliffs.broad.empty


def test_the_pending_and_those_who_left_are_outside_the_rate() -> None:
    frame = pd.DataFrame(
        {
            "applicant_id": range(100),
            "gender": ["Female"] * 60 + ["Male"] * 40,
            "furthest_stage": ["submitted"] * 20 + ["eligible"] * 40 + ["submitted"] * 20 + ["eligible"] * 20,
            "exit_reason": ["rejected"] * 60 + ["pending"] * 5 + ["withdrew"] * 5 + ["rejected"] * 30,
        }
    )
    counts = su.count_stages(frame)
    entered = row(su.cliff_edges(counts, by="gender").frame, gate="eligible")
    assert (entered["entered"], entered["denominator"], entered["passed"]) == (40, 35, 20)
    assert entered["estimate"] == pytest.approx((20 / 35) / (40 / 60))
    assert "57% of the 35 Male applicants" in entered["sentence"]
    decided = row(su.cliff_edges(counts, by="gender", denominator="decided").frame, gate="eligible")
    assert decided["denominator"] == 30


def test_where_keeps_some_people_only(cohort_one: su.StageCounts) -> None:
    region = cohort_one.labels_of("region")[0]
    frame = su.cliff_edges(cohort_one, by="gender", where={"region": region}).frame
    people = cohort_one.funnel("gender", where={"region": region})
    assert (
        row(frame, group="Male", gate="eligible")["entered"] == people.reached[people.groups.index("Male"), 0]
    )


# --- second opinion -----------------------------------------------------------------------------------------


def test_partial_pooling_draws_small_groups_in_and_decides_nothing(cohort_one: su.StageCounts) -> None:
    plain = su.cliff_edges(cohort_one, by="ethnicity")
    cliffs = su.cliff_edges(cohort_one, by="ethnicity", second_opinion="partial pooling")
    pd.testing.assert_frame_equal(plain.frame, cliffs.frame[plain.frame.columns])
    screened = cliffs.frame[cliffs.frame["gate"] == "screened"].set_index("group")
    african, chinese = screened.loc["Black African"], screened.loc["Chinese"]
    assert african["estimate"] < african["pooled_estimate"] < 0.6
    assert african["pooled_high"] < 1
    assert abs(chinese["pooled_estimate"] - 1) < 0.4
    assert (
        (cliffs.frame["pooled_low"] <= cliffs.frame["pooled_estimate"])
        .loc[cliffs.frame["pooled_low"].notna()]
        .all()
    )


def test_partial_pooling_needs_one_group_as_reference(cohort_one: su.StageCounts) -> None:
    with pytest.raises(su.ArgumentError) as refused:
        su.cliff_edges(cohort_one, by="ethnicity", reference="rest", second_opinion="partial pooling")
    assert str(refused.value) == (
        "second_opinion='partial pooling' draws each group towards the others, so the reference must be "
        "one group. "
        "Give reference= a group's name, or leave it out."
    )
    with pytest.raises(su.ArgumentError) as unknown:
        su.cliff_edges(cohort_one, second_opinion="bayes")  # type: ignore[arg-type]
    assert str(unknown.value) == "second_opinion='bayes' is not known. Possible: 'partial pooling'."


# --- with everything else held equal ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(cohort_one: su.StageCounts) -> ProgressionModel:
    return progression_model(cohort_one, "ethnicity + age_band", gates=["eligible", "screened", "assessed"])


def test_crude_and_adjusted_stand_side_by_side(cohort_one: su.StageCounts, model: ProgressionModel) -> None:
    alone = su.cliff_edges(cohort_one)
    plain = alone.frame
    cliffs = su.cliff_edges(cohort_one, model=model)
    after = alone.beside_model(model)
    pd.testing.assert_frame_equal(after.frame, cliffs.frame)
    assert (after.method, after.notes, repr(after)) == (cliffs.method, cliffs.notes, repr(cliffs))
    same = [column for column in plain.columns if column != "sentence"]
    pd.testing.assert_frame_equal(plain[same], cliffs.frame[same])
    screened = row(cliffs.frame, group="Black African", gate="screened")
    fitted = row(model.frame, group="Black African", gate="screened")
    assert screened["adjusted_estimate"] == pytest.approx(fitted["adjusted_ratio"])
    assert screened["adjusted_p_value"] == pytest.approx(fitted["p_value"])
    assert screened["edge"] == "remains"
    assert screened["adjusted_flagged"]
    assert screened["e_value"] == pytest.approx(fitted["e_value"])
    assert "with the rest held equal 0." in screened["sentence"]
    assert screened["sentence"].endswith(": adjusting does not explain the gap.")
    assert screened["sentence"].endswith(screened["adjusted_sentence"])
    tested = cliffs.frame["adjusted_p_value"].notna()
    np.testing.assert_allclose(
        cliffs.frame["adjusted_p_adjusted"][tested], adjust(cliffs.frame["adjusted_p_value"][tested], "BH")
    )
    assert set(model.notes) <= set(cliffs.notes)


def test_what_the_model_does_not_hold_says_so(cohort_one: su.StageCounts, model: ProgressionModel) -> None:
    frame = su.cliff_edges(cohort_one, model=model).frame
    assert row(frame, group="Male", gate="screened")["adjusted_status"] == "not in the model"
    assert row(frame, group="Male", gate="screened")["adjusted_verdict"] == "not computable"
    assert row(frame, group="Black African", gate="offered")["adjusted_status"] == "not in the model"
    other = su.cliff_edges(cohort_one, by="ethnicity", reference="Black Caribbean", model=model).frame
    assert (other["adjusted_status"] == "the model compares with another reference").any()
    assert other["adjusted_estimate"].isna().all()
    with pytest.raises(su.ArgumentError) as refused:
        su.cliff_edges(cohort_one, by="gender", model=model)
    assert str(refused.value) == (
        "model= is of 'ethnicity + age_band', which holds none of 'gender'. "
        "Fit a model that holds a characteristic of this call."
    )


def test_an_interaction_is_tested_on_the_ratio(cohort_one: su.StageCounts) -> None:
    crossed = progression_model(cohort_one, "gender * disability", gates="screened")
    found = row(su.cliff_edges(cohort_one, by="gender", model=crossed).frame, gate="screened")
    std_error = np.log(found["adjusted_high"] / found["adjusted_low"]) / (2 * norm.ppf(0.975))
    expected = 2 * norm.sf(abs(np.log(found["adjusted_estimate"])) / std_error)
    assert found["adjusted_p_value"] == pytest.approx(expected, abs=0.02)  # limits follow the likelihood


@pytest.mark.parametrize("passed", [6, 0])
def test_an_edge_is_judged_alike_whichever_side_is_the_reference(passed: int) -> None:
    rng = np.random.default_rng(passed)
    female = np.repeat([True, False], [40, 200])
    through = np.where(female, np.arange(240) < passed, rng.random(240) < 0.6)
    people = pd.DataFrame(
        {
            "gender": np.where(female, "Female", "Male"),
            "disability": np.where(rng.random(240) < 0.4, "Yes", "No"),
            "furthest_stage": np.where(through, "eligible", "submitted"),
        }
    )
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    found = []
    for reference in ("Male", "Female"):
        model = su.progression_model(
            counts, "gender + disability", gates="eligible", reference={"gender": reference}
        )
        frame = su.cliff_edges(counts, by="gender", reference=reference, model=model).frame
        found.append(row(frame, gate="eligible"))
    one, other = found
    assert one["behind"] == other["behind"] == "Female"
    assert all(side[name] for side in found for name in ("flagged", "adjusted_flagged"))
    assert one["edge"] == other["edge"] == "remains"
    assert other["adjusted_estimate"] == pytest.approx(1 / one["adjusted_estimate"], rel=1e-7)
    assert other["adjusted_low"] == pytest.approx(1 / one["adjusted_high"], rel=1e-6)
    told = one["adjusted_sentence"].replace("Of the 40,", "Of the 40 Female,")
    assert other["adjusted_sentence"] == told


def test_an_edge_that_another_characteristic_explains_goes() -> None:
    # within each region groups pass alike; the group that lives where few pass falls behind at the margin
    rows = []
    for region, group, n, passed in (
        ("N", "A", 800, 480),
        ("N", "B", 100, 60),
        ("S", "A", 200, 40),
        ("S", "B", 400, 80),
    ):
        rows += [{"ethnicity": group, "region": region, "furthest_stage": "eligible"}] * passed
        rows += [{"ethnicity": group, "region": region, "furthest_stage": "submitted"}] * (n - passed)
    frame = pd.DataFrame(rows).replace({"A": "White British", "B": "Indian"})
    counts = su.count_stages(frame.assign(applicant_id=range(len(frame))))
    fitted = progression_model(counts, "ethnicity + region", gates="eligible")
    assert not su.cliff_edges(counts, by="ethnicity").frame["flagged"].any()
    apart = su.count_stages(frame.assign(applicant_id=range(len(frame))), strata=[])
    found = row(su.cliff_edges(apart, by="ethnicity", model=fitted).frame, gate="eligible")
    assert found["flagged"]
    assert found["edge"] == "goes with other characteristics"
    assert found["adjusted_estimate"] == pytest.approx(1.0, abs=1e-6)
    assert found["adjusted_sentence"] == (
        "Of the 500, the model could use 500 (140 passed). As counted among these 0.54 times the rate; with "
        "the rest held equal 1.00 (0.86 to 1.15): 100% of the gap goes with other characteristics."
    )


def test_people_whom_a_model_cannot_use_are_no_adjustment(cohort_one: su.StageCounts) -> None:
    """Nobody of the twelve passed; nine have everything stated, and adjusting leaves their gap as it is."""
    fitted = progression_model(cohort_one, " + ".join(cohort_one.characteristics), gates="assessed")
    found = row(su.cliff_edges(cohort_one, model=fitted).frame, group="Black African", gate="assessed")
    assert found["adjusted_sentence"] == (
        "Of the 12, the model could use 9 (0 passed). As counted among these 0 times the rate; with the "
        "rest held equal 0.12 (0.00 to 0.68): adjusting does not explain the gap."
    )
    assert found["edge"] == "remains"
    assert found["adjusted_p_value"] == pytest.approx(0.0055, abs=5e-5)
    assert (found["used_entered"], found["used_passed"], found["denominator"]) == (9, 0, 12)


# --- words --------------------------------------------------------------------------------------------------


def test_silence_says_what_could_have_been_seen(cohort_one: su.StageCounts) -> None:
    frame = su.cliff_edges(cohort_one).frame
    assert row(frame, group="Male", gate="screened")["sentence"] == (
        "At screening 43% of the 307 eligible Male applicants passed, against 46% of the 1,221 Female "
        "applicants: 0.93 times the rate (0.81 to 1.07); 10 more would have passed at the Female rate. "
        "No material gap: even the lower limit is not below 0.8."
    )
    assert row(frame, group="Disability", gate="assessed")["sentence"] == (
        "At the assessment centre 47% of the 43 invited applicants with a disability passed, against 43% of "
        "the "
        "472 applicants with no disability: 1.07 times the rate (0.74 to 1.44); 1 fewer would have passed "
        "at the "
        "rate of applicants with no disability. Too few to tell. A true ratio of 0.5 had a 59% chance of "
        "being "
        "flagged here; one of 0.41 has an 80% chance."
    )
    assert row(frame, group="Black African", gate="offered")["sentence"] == (
        "At the offer there is nothing to compare: no outcome for any Black African applicants."
    )


def test_a_reference_nobody_of_which_passed() -> None:
    counts = published({"A": (100, 50, 0), "B": (40, 20, 9)}, stages=("applied", "tested", "hired"))
    hired = row(su.cliff_edges(counts).frame, gate="hired")
    assert np.isinf(hired["estimate"])
    assert (hired["verdict"], hired["behind"]) == ("cliff edge", "A")
    assert hired["status"] == "nobody of the reference passed"
    assert hired["sentence"] == (
        "At the gate “hired” 0% of the 50 A applicants passed, against 45% of the 20 B applicants: 0 times "
        "the "
        "rate (0 to 0.16); 23 more would have passed at the B rate."
    )


def test_a_row_that_could_not_have_seen_any_gap_says_so() -> None:
    """The same reason as `detectable_gaps` gives."""
    counts = published({"A": (900, 300, 200, 100), "B": (3, 1, 1, 1)})
    first = su.cliff_edges(counts).frame.iloc[0]
    assert first["verdict"] == "too few to tell"
    assert np.isnan(first["detectable_ratio"])
    assert first["status"] == "too few people: not even a rate of 0 would be seen"
    assert "The mid-p is twice the smaller one-sided mid-p." in su.cliff_edges(counts).method


def test_hostile_labels_are_only_words() -> None:
    counts = published({"<script>": (900, 600, 300, 100), "=cmd|' /C calc'!A0": (800, 400, 300, 150)})
    cliffs = su.cliff_edges(counts)
    assert "<script>" not in cliffs.to_html()


def test_nothing_is_flagged_without_data() -> None:
    cliffs = su.cliff_edges(published({"A": (50, 20, 10, 5)}))
    assert cliffs.frame.empty
    assert cliffs.profiles.empty
    assert repr(cliffs) == "<CliffEdges: ethnicity; no cliff edge in no comparisons>"


def test_frames_are_copies(west_lancashire: su.StageCounts) -> None:
    cliffs = su.cliff_edges(west_lancashire)
    frame, profiles = cliffs.frame, cliffs.profiles
    frame["flagged"] = True
    profiles["profile"] = ""
    assert not cliffs.frame["flagged"].any()
    assert (cliffs.profiles["profile"] != "").all()


def test_where_everybody_passed_few_people_say_little() -> None:
    """Half of 14 against all of 4 has p 0.11: it would not have been flagged."""
    table = pd.DataFrame(
        {"characteristic": "kind", "group": ["A", "B"], "applied": [4, 14], "hired": [4, 14]}
    )
    found = su.cliff_edges(su.StageCounts.from_table(table), reference="A").frame.iloc[0]
    x = np.arange(15)
    would_be = (5 * x < 4 * 14) & (hypergeom.cdf(x, 18, x + 4, 14) <= 0.05 / 1.05)
    assert found["power"] == pytest.approx(binom.pmf(x, 14, 0.5) @ would_be)
    assert found["power"] < 0.5
    assert found["verdict"] == "too few to tell"
