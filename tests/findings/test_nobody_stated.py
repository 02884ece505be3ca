"""Questions of which nobody stated a group, beside others."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.findings.stratified_words import readings
from stepup_equity.words.names import PLAIN


@pytest.mark.parametrize(
    "ask",
    [
        su.cliff_edges,
        su.impact_ratios,
        su.stratified_tests,
        su.composition,
        su.compare_cohorts,
        su.cohort_trend,
        lambda counts: su.cliff_edges(counts, cohort="all"),
        lambda counts: su.cliff_edges(counts, by=[("ethnicity", "gender")]),
    ],
)
def test_a_question_that_nobody_answered_ends_no_other(ask) -> None:
    """Ethnicity is blank throughout, in two cohorts and two regions."""
    people = pd.DataFrame(
        {
            "ethnicity": [None] * 40,
            "gender": ["Female", "Male"] * 20,
            "region": ["London"] * 20 + ["Yorkshire"] * 20,
            "cohort": ["2010", "2010", "2012", "2012"] * 10,
            "furthest_stage": ["accepted", "submitted", "screened", "offered", "eligible"] * 8,
        }
    )
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    found = ask(counts)
    blank = found.frame[found.frame["characteristic"].str.startswith("ethnicity")]
    assert set(blank["group"]) <= {"Not stated"}
    assert found.headline


def test_a_ratio_without_end_beside_one_of_equal_rates_is_no_warning() -> None:
    rows = [
        {"cohort": cohort, "characteristic": "kind", "group": group, "applied": n, "hired": x}
        for cohort, group, n, x in (
            ("2010", "A", 4, 0), ("2010", "B", 4, 0), ("2012", "A", 0, 0), ("2012", "B", 4, 4),
        )
    ]  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        su.stratified_tests(su.StageCounts.from_table(pd.DataFrame(rows)), reference="A")
        frame = pd.DataFrame(
            {
                "stratum": ["region"], "pooled_estimate": [np.inf], "estimate": [1.0], "confidence": 0.95,
                "conf_low": 0.5, "conf_high": 2.0, "pooled_low": 0.2, "pooled_high": np.inf, "p_value": 1.0,
                "p_adjusted": 1.0,
                "homogeneity_p_adjusted": np.nan, "homogeneity_method": "",
            }
        )  # fmt: skip
        assert readings(frame, PLAIN) == [""]


@pytest.mark.parametrize("verb", [su.impact_ratios, su.rate_differences, su.odds_ratios])
def test_nothing_to_compare_over_all_cohorts_is_no_row(verb) -> None:
    people = pd.DataFrame(
        {"ethnicity": [None] * 40, "cohort": ["2010", "2012"] * 20, "furthest_stage": ["accepted"] * 40}
    )
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    assert verb(counts, by="ethnicity", cohort="all").frame.empty
