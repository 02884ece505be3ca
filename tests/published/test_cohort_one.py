"""The 2013 evaluation's printed numbers, from the reconstruction of its first cohort.

Source: Step Up to Social Work Programme Evaluation 2012, DFE-RR290 (2013), chapter 5. Only cells that
the report prints, or that follow from what it prints, are asserted; what was chosen is not a finding.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import stepup_equity as su

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
FACTS = list(csv.DictReader((EXAMPLES / "cohort_one_facts.csv").read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return su.count_stages(su.read_applicants(EXAMPLES / "cohort_one.csv"))


def chi_squared(counts: su.StageCounts, by: str, **options: object) -> tuple[float, float, float]:
    frame = su.association_tests(counts, by=by, **options).frame.set_index("gate")
    row = frame.loc["overall"]
    return float(row["statistic"]), float(row["df"]), float(row["p_value"])


def test_totals_of_the_seven_stages(counts: su.StageCounts) -> None:
    assert counts.overall().reached[0].tolist() == [2095, 1781, 798, 598, 251, 202, 189]


@pytest.mark.parametrize(
    ("by", "stated"),
    [
        ("age_band", 1787),
        ("disability", 1763),
        ("gender", 1775),
        ("ethnicity", 1754),
        ("religion", 1724),
        ("orientation", 1688),
    ],
)
def test_denominators_are_those_who_answered(counts: su.StageCounts, by: str, stated: int) -> None:
    assert counts.funnel(by).reached[:, 0].sum() == stated


def test_gender(counts: su.StageCounts) -> None:
    """Line 1191: chi-squared 2.14, df 1, p .14."""
    statistic, df, p = chi_squared(counts, "gender")
    assert (round(statistic, 3), df, round(p, 4)) == (2.136, 1, 0.1439)


def test_religion(counts: su.StageCounts) -> None:
    """Line 1234: chi-squared 7.5, df 2, p .023: on Christian, no religion and Muslim."""
    statistic, df, p = chi_squared(counts, "religion", groups=["No religion", "Christian", "Muslim"])
    assert (round(statistic, 3), df, round(p, 4)) == (7.540, 2, 0.0231)


def test_age(counts: su.StageCounts) -> None:
    """Line 1156: chi-squared 19.2, df 6, p .004."""
    statistic, df, p = chi_squared(counts, "age_band")
    assert (round(statistic, 1), df, round(p, 3)) == (19.2, 6, 0.004)


def test_disability_and_orientation_show_nothing(counts: su.StageCounts) -> None:
    """Lines 1168 and 1246: no significant difference."""
    assert round(chi_squared(counts, "disability")[0], 3) == 0.219
    assert round(chi_squared(counts, "orientation", level="broad")[0], 3) == 0.362


def test_printed_stage_results(counts: su.StageCounts) -> None:
    """Lines 1156 and 1214: what the report says of single stages, in its own direction."""
    age = su.association_tests(counts, by="age_band").frame.set_index("gate")["p_value"]
    assert age["eligible"] < 0.001
    assert (age[["screened", "invited", "assessed", "offered", "accepted"]] > 0.05).all()
    white = su.association_tests(counts, by="ethnicity", level="binary").frame.set_index("gate")["p_value"]
    assert white["eligible"] < 0.001


@pytest.mark.parametrize(
    "fact", FACTS, ids=lambda fact: f"{fact['characteristic']}-{fact['group']}-{fact['stage']}"
)
def test_printed_or_derived_cell(counts: su.StageCounts, fact: dict[str, str]) -> None:
    assert fact["provenance"] in {"printed", "derived"}
    by, group = fact["characteristic"], fact["group"]
    funnel = (
        counts.overall() if by == "all" else counts.funnel(by, level="detailed", groups=None, not_stated=True)
    )
    row = 0 if by == "all" else funnel.groups.index(group)
    assert funnel.reached[row, funnel.stages.index(fact["stage"])] == int(fact["count"])


def test_the_53_facts_are_all_here() -> None:
    """Fifty lie on the seven stages; three are about joining, which the records do not follow."""
    with (EXAMPLES / "cohort_one_tables.csv").open(encoding="utf-8") as file:
        known = [row for row in csv.DictReader(file) if row["provenance"] in {"printed", "derived"}]
    assert len(known) == 53
    joined = {row["group"]: int(row["count"]) for row in known if row["stage"] == "joined"}
    assert joined == {"All applicants": 189 - 4, "Black British-African": 0, "Sikh": 0}
    assert len(FACTS) == 53 - len(joined)
