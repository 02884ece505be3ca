"""Thresholds and verdicts."""

from __future__ import annotations

import numpy as np
import pytest

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.cliff_rule import VERDICTS, CliffRule, evidence, verdicts
from stepup_equity.statistics import adjust, fisher_midp_p, score_test


def one(passed: int, at_risk: int, ref_passed: int, ref_at_risk: int, p: float, power: float = 0.5) -> str:
    numbers = (np.array([float(v)]) for v in (passed, at_risk, ref_passed, ref_at_risk, p, power))
    return str(verdicts(*numbers)[0])


def test_the_seven_verdicts_in_the_order_they_are_tried() -> None:
    assert VERDICTS == (
        "not computable",
        "cliff edge",
        "small gap",
        "small advantage",
        "advantage",
        "no evidence",
        "too few to tell",
    )


@pytest.mark.parametrize(
    ("case", "verdict"),
    [
        ((0, 0, 50, 100, np.nan), "not computable"),
        ((5, 10, 0, 0, np.nan), "not computable"),
        ((0, 10, 0, 100, 1.0), "not computable"),
        ((39, 100, 50, 100, 0.05), "cliff edge"),
        ((40, 100, 50, 100, 0.05), "small gap"),
        ((40, 100, 50, 100, 0.0501), "too few to tell"),
        ((49, 100, 50, 100, 0.01), "small gap"),
        ((51, 100, 50, 100, 0.01), "small advantage"),
        ((50, 100, 40, 100, 0.01), "small advantage"),
        ((51, 100, 40, 100, 0.01), "advantage"),
        ((30, 100, 0, 100, 0.001), "advantage"),
        ((10, 100, 50, 100, 0.06, 0.79), "too few to tell"),
        ((10, 100, 50, 100, 0.06, 0.80), "no evidence"),
    ],
)
def test_each_verdict_at_its_edge(case: tuple[float, ...], verdict: str) -> None:
    assert one(*case) == verdict  # type: ignore[arg-type]


def test_thresholds_are_compared_as_fractions_of_people() -> None:
    # 0.8 exactly, although (12 / 50) / (30 / 100) and its like may fall a rounding error to either side
    below = 0
    for n in range(49, 400, 7):
        for m in (3, 7, 11, 30, 49):
            below += (4 * m / (5 * n)) / (5 * m / (5 * n)) < 0.8
            assert one(4 * m, 5 * n, 5 * m, 5 * n, 0.001) == "small gap"
    assert below > 0


def test_a_family_is_tested_and_adjusted_together() -> None:
    four = [10, 2, 0], [43, 10, 0], [389, 117, 3], [920, 389, 5]
    found = evidence(*four)
    np.testing.assert_allclose(found.p_value[:2], fisher_midp_p(*(counts[:2] for counts in four)))
    np.testing.assert_allclose(found.p_adjusted, adjust(found.p_value, "BH"))
    assert np.isnan(found.p_value[2])
    assert found.test.tolist() == ["mid-p", "mid-p", ""]


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
        "A cliff edge is a group's impact ratio below 0.9 at one gate, with a p-value of at most 0.01 after "
        "adjustment (Holm) over all comparisons of the run. p: Fisher's mid-p, or the score test where all "
        "four "
        "expected counts are at least 1,000."
    )
