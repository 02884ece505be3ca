"""Thresholds and verdicts."""

from __future__ import annotations

import numpy as np
import pytest

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.cliff_rule import EVIDENT, VERDICTS, CliffRule, evidence, verdicts
from stepup_equity.statistics import adjust, fisher_midp_p, score_ratio_interval, score_test


def one(passed: int, at_risk: int, ref_passed: int, ref_at_risk: int, *, power: float = 0.5) -> str:
    four = [np.array([float(v)]) for v in (passed, at_risk, ref_passed, ref_at_risk)]
    low = score_ratio_interval(*four).low
    return str(verdicts(*four, evidence(*four), low, np.array([power]))[0])


def test_the_verdicts_in_the_order_they_are_tried() -> None:
    assert VERDICTS == (
        "not computable",
        "cliff edge",
        "gap",
        "small gap",
        "advantage",
        "small advantage",
        "no material gap",
        "no evidence",
        "too few to tell",
    )
    assert EVIDENT == ("cliff edge", "gap", "small gap", "advantage", "small advantage")


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ((0, 0, 50, 100), "not computable"),
        ((5, 10, 0, 0), "not computable"),
        ((0, 10, 0, 100), "not computable"),
        ((399, 1000, 500, 1000), "cliff edge"),
        ((400, 1000, 500, 1000), "small gap"),
        ((500, 1000, 399, 1000), "cliff edge"),  # the reference is behind
        ((500, 1000, 400, 1000), "small advantage"),
        ((30, 100, 0, 100), "cliff edge"),
        ((499, 1000, 500, 1000), "no material gap"),
        ((40, 100, 50, 100), "too few to tell"),
    ],
)
def test_each_verdict_at_its_edge(case: tuple[int, int, int, int], verdict: str) -> None:
    assert one(*case) == verdict


def test_silence_is_no_evidence_from_the_wanted_power_on() -> None:
    assert one(40, 100, 50, 100, power=0.79) == "too few to tell"
    assert one(40, 100, 50, 100, power=0.80) == "no evidence"


def test_an_evident_gap_that_misses_the_flags_is_a_gap_and_never_silence() -> None:
    # thirty evident small gaps lift this one under Benjamini-Hochberg; the flags' own step-down stays above
    passed = np.array([70.0] + [4_700.0] * 30)
    at_risk = np.array([200.0] + [10_000.0] * 30)
    ref = np.array([450.0] + [5_000.0] * 30), np.array([1_000.0] + [10_000.0] * 30)
    found = evidence(passed, at_risk, *ref)
    low = score_ratio_interval(passed, at_risk, *ref).low
    judged = verdicts(passed, at_risk, *ref, found, low, np.full(31, 0.9))
    assert set(judged[1:]) == {"small gap"}
    assert found.p_adjusted[0] <= 0.05
    assert judged[0] == ("cliff edge" if found.flagged[0] else "gap")


def test_thresholds_are_compared_as_fractions_of_people() -> None:
    # 0.8 exactly, although (12 / 50) / (30 / 100) and its like may fall a rounding error to either side
    below = 0
    for n in range(49, 400, 7):
        for m in (3, 7, 11, 30, 49):
            below += (4 * m / (5 * n)) / (5 * m / (5 * n)) < 0.8
            assert one(4 * m, 5 * n, 5 * m, 5 * n) != "cliff edge"
    assert below > 0


def test_a_family_is_tested_and_adjusted_together() -> None:
    four = [10, 2, 0], [43, 10, 0], [389, 117, 3], [920, 389, 5]
    found = evidence(*four)
    np.testing.assert_allclose(found.p_value[:2], fisher_midp_p(*(counts[:2] for counts in four)))
    assert found.flagged.tolist() == [True, False, False]
    assert found.p_adjusted[0] == found.q[0] == pytest.approx(0.01807, abs=1e-5)
    assert found.p_adjusted[1] == adjust(found.p_value, "BH")[1]
    assert np.isnan(found.p_value[2])
    assert found.behind.tolist() == [1, 0, 0]
    assert found.test.tolist() == ["mid-p", "mid-p", ""]


def test_hiding_a_comparison_makes_no_other_one_evident() -> None:
    four = [10, 2], [43, 10], [389, 117], [920, 389]
    seen, hidden = evidence(*four), evidence(*(counts[:1] for counts in four), unseen=1)
    assert hidden.q[0] >= seen.q[0]
    assert hidden.p_adjusted[0] >= seen.p_adjusted[0]


def test_the_score_test_begins_where_every_expected_count_is_a_thousand() -> None:
    found = evidence([1000, 999], [2000, 2000], [1000, 1000], [2000, 2000])
    assert found.test.tolist() == ["score", "mid-p"]
    assert found.p_value[0] == pytest.approx(float(score_test(1000, 2000, 1000, 2000)))


@pytest.mark.parametrize(
    ("thresholds", "sentence"),
    [
        ({"material": 1.2}, "material=1.2 is out of range. Give a number above 0 and up to 1."),
        ({"alpha": 5}, "alpha=5 is out of range. Give a number above 0 and below 1."),
        ({"power": 0.04}, "power=0.04 is out of range. Give a number above 0.05 and below 1."),
        ({"advantage": 0.9}, "advantage=0.9 is out of range. Give a ratio of 1 or more."),
        (
            {"adjust": "sidak"},
            (
                "adjust='sidak' is not known. Possible: 'holm', 'hochberg', 'hommel', 'bonferroni', 'BH', "
                "'BY', 'none'."
            ),
        ),
    ],
)
def test_thresholds_out_of_range_are_refused(thresholds: dict[str, object], sentence: str) -> None:
    with pytest.raises(ArgumentError) as refused:
        CliffRule(**thresholds)  # type: ignore[arg-type]
    assert str(refused.value) == sentence


def test_the_rule_in_words_names_every_threshold() -> None:
    words = CliffRule(material=0.9, alpha=0.01, adjust="holm").in_words
    assert words == (
        "A cliff edge is a pass rate below 0.9 times another group's at one gate, whichever of the two is "
        "the "
        "reference, that is evidently lower: one-sided exact p-values with that ratio inside, adjusted over "
        "all "
        "claims of the run so that at most 1% of flags are false (discrete step-down of Döhler, Durand and "
        "Roquain 2018). p: two-sided, Fisher's mid-p, or the score test where all four expected counts are "
        "at "
        "least 1,000; adjusted (Holm) over all comparisons of the run it makes other gaps and advantages "
        "evident where it is at most 0.01."
    )
