"""The audit of the 2013 evaluation's printed numbers: chapters 2, 4, 5 and 8 to 10.

Source: Step Up to Social Work Programme Evaluation 2012, DFE-RR290 (2013). Every finding below is computed
from printed numbers alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import stepup_equity as su

CLAIMS = Path(__file__).parents[2] / "data" / "examples" / "evaluation_2013_claims.csv"


@pytest.fixture(scope="module")
def audit() -> dict[str, tuple[str, str]]:
    frame = su.audit_claims(CLAIMS).frame
    return {row.claim: (row.verdict, row.computation) for row in frame.itertuples()}


def test_headline() -> None:
    assert repr(su.audit_claims(CLAIMS)) == (
        "<ClaimAudit: 177 claims, 126 consistent, 18 consistent on rounding, 16 inconsistent, 2 impossible, "
        "15 not checkable>"
    )


def test_all_chapters_with_numbers_are_there() -> None:
    frame = su.audit_claims(CLAIMS).frame
    assert frame["chapter"].value_counts().to_dict() == {
        "2": 29,
        "4": 19,
        "5": 76,
        "8": 37,
        "9": 12,
        "10": 1,
        "Appendix 1": 3,
    }
    assert frame["line"].str.match(r"^\d+(-\d+)?$").all()
    assert (frame["says"] != "").all()


FINDINGS = {
    "Ethnicity and the process": (
        "impossible",
        (
            "1,754 people in a table of 2 × 5 give at most 1,754, printed 2701.4. "
            "Of the tables with df 4 only 3 × 3 "
            "allows more (3,508), and it would take a Cramér's V of 0.88. "
            "A chi-squared of one sample in 5 groups against equal shares may be as large (7,016 at most): "
            "it "
            "asks whether the groups are equally many, not whether they pass alike. "
            "Chi-squared 2701.4 with df 4 has p below 1e-300."
        ),
    ),
    "Muslim accepted": ("inconsistent", "2 of 53 is 3.8 %, printed 2 %; 1 of 53 would be printed so."),
    "Gender and a place": ("consistent", "Female 141/1413, Male 27/362 gives 2.136. Its p is 0.1439."),
    "Religion and a place": (
        "consistent",
        (
            "Of the 10 sets of 3 of the printed groups 1 gives it: Christian; No religion; Muslim (7.540). "
            "Its p is 0.0231."
        ),
    ),
    "Local authorities listed, cohort two, Greater Manchester": (
        "inconsistent",
        "Printed 6 here and 5 elsewhere.",
    ),
    "Completed successfully": (
        "inconsistent",
        "167 of 185 is 90.3 %, printed 91 %; 168 to 169 of 185 would be printed so.",
    ),
    "Recruits, total": ("inconsistent", "6 + 25 + 26 + 15 + 38 + 34 + 9 + 31 = 184, printed 185."),
    "Targets, total": ("consistent", "6 + 25 + 30 + 15 + 40 + 35 + 12 + 37 = 200."),
    "Places, East Midlands": ("inconsistent", "6 + 2 + 5 + 5 + 5 = 23, printed 26."),
    "Recruited and registered, West Midlands": ("inconsistent", "Printed 9 here and 10 elsewhere."),
    "Recruited and registered, Greater Manchester": ("inconsistent", "Printed 15 here and 16 elsewhere."),
    "Recruited and registered, West London": ("inconsistent", "Printed 34 here and 33 elsewhere."),
    "Size of partnerships": (
        "inconsistent",
        "The numbers run from 2 (Central Eastern) to 8 (Yorkshire and Humber), printed 2 to 7.",
    ),
    "Interviews, cohort one": (
        "inconsistent",
        "5 + 6 + 10 + 4 + 9 + 12 + 11 + 16 + 1 + 1 + 2 + 1 + 2 = 80, printed 79.",
    ),
    "Outcomes, East Midlands": (
        "impossible",
        "Withdrawn: no whole number of 26 is 11 %; the other numbers leave 3, and 3 of 26 is 11.5 %.",
    ),
    "Outcomes, Total MMU": (
        "inconsistent",
        "Merit: the other numbers leave 54, and 54 of 99 is 54.5 %, printed 54 %.",
    ),
    "Salford completed": ("inconsistent", "78 of 86 is 90.7 %, printed 90 %; 77 of 86 would be printed so."),
    "Salford did not complete": ("inconsistent", "Printed 8 here and 7 elsewhere."),
    "MMU completed": ("inconsistent", "85 of 99 is 85.9 %, printed 85 %; 84 of 99 would be printed so."),
}


@pytest.mark.parametrize("claim", FINDINGS)
def test_finding(claim: str, audit: dict[str, tuple[str, str]]) -> None:
    assert audit[claim] == FINDINGS[claim]


def test_the_objections_are_these_and_the_two_tables_that_hold_them(
    audit: dict[str, tuple[str, str]],
) -> None:
    objections = set(su.audit_claims(CLAIMS).objections["claim"])
    expected = {claim for claim, (verdict, _) in FINDINGS.items() if verdict != "consistent"}
    assert objections == expected | {"Outcomes, partnerships to MMU", "Outcomes, universities to total"}


def test_one_table_lies_behind_table_8_1(audit: dict[str, tuple[str, str]]) -> None:
    for table in ("partnerships to MMU", "partnerships to Salford", "universities to total"):
        assert "Exactly one whole-number table lies behind" in audit[f"Outcomes, {table}"][1]
    assert audit["Outcomes, West London"][1] == (
        "One set of whole numbers of 33 rounds to it: "
        "withdrawn 2, pass 6, merit 18, distinction 7, continuing 0, fail 0."
    )


def test_which_bases_two_percentages_share(audit: dict[str, tuple[str, str]]) -> None:
    assert audit["Successful aged 20-24"] == (
        "consistent on rounding",
        "8 of the 40 bases from 150 to 189 give 37.6 %, 60 %: 157, 165, 170, 173, 178, 181, 186, 189.",
    )


def test_religion_with_all_others_together_does_not_give_the_printed_value() -> None:
    claims = [
        {"claim": "others", "kind": "chi_squared", "printed": "7.5", "df": "2",
         "parts": "Christian 75/903; No religion 80/679; All others 2..34/142"},
    ]  # fmt: skip
    import pandas as pd

    (verdict,) = su.audit_claims(pd.DataFrame(claims)).frame["verdict"]
    assert verdict == "inconsistent"


VERDICTS = {
    "421": ["consistent"],
    "1112": ["consistent", "consistent"],
    "1144": ["consistent on rounding"],
    "1160": ["consistent on rounding", "consistent on rounding", "not checkable"],
    "1216": ["not checkable"] * 4,
    "1254": ["not checkable"] * 2,
    "1935": ["inconsistent"],
    "2061": ["inconsistent"],
}
"""Lines that a second reader of the evaluation came to other verdicts on, before both were settled."""


def test_lines_that_were_read_twice() -> None:
    frame = su.audit_claims(CLAIMS).frame
    found = {line: frame.loc[frame["line"] == line, "verdict"].tolist() for line in VERDICTS}
    assert found == VERDICTS
    listed = frame[frame["claim"].str.startswith("Local authorities")]
    assert listed["verdict"].value_counts().to_dict() == {"consistent": 13, "inconsistent": 1}
