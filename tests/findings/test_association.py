"""Association tests: one for each characteristic and gate, the method named, silence explained."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity import statistics
from stepup_equity.errors import ArgumentError


def gate(result, name):
    return result.frame.set_index("gate").loc[name]


def test_every_characteristic_at_every_gate_and_over_the_whole_way(applicants):
    frame = su.association_tests(applicants).frame

    assert len(frame) == 6 * 7
    expected = statistics.chi_squared(
        np.stack(
            [
                applicants.funnel("gender").passed[:, 1],
                applicants.funnel("gender").entered[:, 1] - applicants.funnel("gender").passed[:, 1],
            ],
            1,
        )
    )
    row = frame[(frame["characteristic"] == "gender") & (frame["gate"] == "screened")].iloc[0]
    assert row["statistic"] == pytest.approx(float(expected.statistic))
    assert row["p_value"] == pytest.approx(float(expected.p_value))
    assert (row["df"], row["method"], row["status"]) == (1, "chi-squared", "")


def test_the_whole_way_and_the_gates_are_two_families(applicants):
    frame = su.association_tests(applicants).frame
    whole = frame["gate"] == "overall"

    for family in (frame[whole], frame[~whole]):
        np.testing.assert_allclose(family["p_adjusted"], statistics.adjust(family["p_value"], "holm"))


def test_those_who_did_not_say_are_not_tested(west_lancashire):
    row = gate(su.association_tests(west_lancashire, by="ethnicity"), "shortlisted")

    assert row["n"] == 963
    assert row["df"] == 1


def test_small_cells_are_tested_exactly_and_the_method_says_so(typed):
    two = gate(su.association_tests(typed(A=[9, 1], B=[24, 11])), "stage_1")
    three = gate(su.association_tests(typed(A=[9, 1], B=[24, 11], C=[5, 0])), "stage_1")
    many = gate(
        su.association_tests(typed(**{f"G{i}": [30 + 7 * i, 1 + i % 4] for i in range(16)}), replicates=999),
        "stage_1",
    )

    assert two["method"] == "Fisher exact"
    assert two["p_value"] == pytest.approx(float(statistics.fisher_exact_p(1, 9, 11, 24)))
    assert three["method"] == "Freeman-Halton exact"
    assert three["p_value"] == pytest.approx(statistics.exact_test([[1, 8], [11, 13], [0, 5]]).p_value)
    assert re.fullmatch(r"permutation, 999 drawn \(99 % 0\.\d{4} to [01]\.\d{4}\)", many["method"])
    assert two["statistic"] == pytest.approx(float(statistics.chi_squared([[1, 8], [11, 13]]).statistic))


def test_methods_by_name(typed):
    counts = typed(Female=[1413, 141], Male=[362, 27])
    statistic = {
        method: round(float(gate(su.association_tests(counts, method=method), "stage_1")["statistic"]), 3)
        for method in ("auto", "chi-squared", "chi-squared (Yates)", "g")
    }

    assert statistic == {"auto": 2.136, "chi-squared": 2.136, "chi-squared (Yates)": 1.852, "g": 2.250}
    exact = gate(su.association_tests(counts, method="exact"), "stage_1")
    assert exact["p_value"] == pytest.approx(float(statistics.fisher_exact_p(141, 1413, 27, 362)))


def test_an_unknown_method_is_refused(typed):
    sentence = (
        "method='yates' is not known. Possible: 'auto', 'chi-squared', 'chi-squared (Yates)', 'g', 'exact'."
    )
    with pytest.raises(ArgumentError, match=f"^{re.escape(sentence)}$"):
        su.association_tests(typed(A=[5, 2], B=[4, 2]), method="yates")


@pytest.mark.parametrize(
    ("groups", "status"),
    [
        ({"A": [9, 3], "B": [0, 0]}, "one group left: not a test"),
        ({"A": [0, 0], "B": [0, 0]}, "nobody reached this gate"),
        ({"A": [9, 9], "B": [4, 4]}, "everybody passed"),
        ({"A": [9, 0], "B": [4, 0]}, "nobody passed"),
        ({"A": [9, 3], "B": [4, 2], "C": [0, 0], "D": [0, 0]}, "nobody here of: C, D"),
    ],
)
def test_what_is_no_test_keeps_its_row_and_says_why(typed, groups, status):
    row = gate(su.association_tests(typed(**groups)), "stage_1")

    assert row["status"] == status
    assert np.isnan(row["p_value"]) == (not status.startswith("nobody here of"))
    assert row["df"] == (1 if status.startswith("nobody here of") else 0)


def test_residuals_say_which_group(typed):
    counts = typed(Christian=[903, 75], No_religion=[679, 80], Muslim=[53, 2])
    found = su.association_tests(counts).residuals.set_index(["gate", "group"])

    assert found.loc[("stage_1", "No religion"), "adjusted_residual"] == pytest.approx(2.5210, abs=1e-4)
    assert found.loc[("stage_1", "Muslim"), "expected"] == pytest.approx(5.0893, abs=1e-4)


def test_the_same_call_gives_the_same_numbers(typed):
    counts = typed(**{f"G{i}": [30 + 7 * i, 1 + i % 4] for i in range(16)})

    one, again = (su.association_tests(counts, replicates=999).frame for _ in range(2))

    assert one.equals(again)


def test_three_people_in_three_groups_have_no_corrected_v_and_the_row_says_so():
    """What bias takes leaves a table of one row: nothing over nothing, which rounding made 1 or NaN."""
    people = pd.DataFrame({"group": list("ABC"), "applied": [1, 1, 1], "hired": [1, 0, 0]})
    counts = su.StageCounts.from_table(people.assign(characteristic="grp"))
    row = su.association_tests(counts).frame.iloc[0]
    assert row["cramers_v"] == 1.0
    assert np.isnan(row["cramers_v_corrected"])
    assert row["status"] == "too few people for Cramér's V corrected for bias"


def test_a_drawn_p_says_when_it_cannot_tell_the_side() -> None:
    """Few tables leave p on both sides, many do not."""
    rng = np.random.default_rng(1)
    n = rng.integers(2, 30, 16)
    n[0] = 600
    passed = rng.binomial(n, np.where(np.arange(16) < 5, 0.5, 0.3))
    table = pd.DataFrame(
        {"characteristic": "kind", "group": [f"G{i:02d}" for i in range(16)], "applied": n, "hired": passed}
    )
    counts = su.StageCounts.from_table(table)
    unsure = "too few tables were drawn to tell on which side of .05 the adjusted p lies"
    seen = set()
    for replicates in (19, 99, 999, 9_999, 199_999):
        row = su.association_tests(counts, replicates=replicates, method="exact").frame.iloc[0]
        low, high = (float(value) for value in re.findall(r"\d\.\d{4}", row["method"]))
        assert (unsure in row["status"]) == (low <= 0.05 < high)
        seen.add(unsure in row["status"])
    assert seen == {True, False}
