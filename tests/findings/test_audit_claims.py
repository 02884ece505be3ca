"""Each kind of claim: what it says where it holds, where it doesn't, where it can't be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stepup_equity as su

if TYPE_CHECKING:
    from pathlib import Path

BASE = {"claim": "it"}


def judged(**claim: str) -> tuple[str, str]:
    (row,) = su.audit_claims(pd.DataFrame([BASE | claim])).frame.itertuples()
    return row.verdict, row.computation


@pytest.mark.parametrize(
    ("claim", "verdict", "computation"),
    [
        ({"printed": "15%", "count": "314", "base": "2095"}, "consistent", "314 of 2,095 is 15.0 %."),
        ({"printed": "12.5", "count": "1", "base": "8"}, "consistent", "1 of 8 is 12.50 %."),
        ({"printed": "12", "count": "1", "base": "8"}, "consistent", "1 of 8 is 12.5 %."),
        ({"printed": "13", "count": "1", "base": "8"}, "consistent", "1 of 8 is 12.5 %."),
        (
            {"printed": "11", "count": "3", "base": "26"},
            "inconsistent",
            "3 of 26 is 11.5 %, printed 11 %; no number of 26 would be printed so.",
        ),
        (
            {"printed": "50", "count": "900", "base": "2000"},
            "inconsistent",
            "900 of 2,000 is 45.0 %, printed 50 %; 990 to 1,010 of 2,000 would be printed so.",
        ),
        ({"printed": "110", "count": "11", "base": "10"}, "impossible", "11 of 10 is more than everyone."),
        (
            {"printed": "11", "base": "26"},
            "impossible",
            "No whole number of 26 is 11 %: 2 is 7.7 % and 3 is 11.5 %.",
        ),
        (
            {"printed": "30", "base": "1787"},
            "consistent on rounding",
            "528 to 545 of 1,787 would be printed 30 %; the count is not printed.",
        ),
        (
            {"printed": "2", "count": "2", "base": "6% of 1787"},
            "consistent on rounding",
            "2 of 99 to 116 can be 2 %: 2 of 99 would be printed so, and 17 more such pairs.",
        ),
        (
            {"printed": "3", "count": "2", "base": "99..116"},
            "inconsistent",
            "No whole numbers of 2 of 99 to 116 are printed 3 %: 2 of 99 is 2.0 %.",
        ),
        ({"printed": "<10%", "count": "189", "base": "2095"}, "consistent", "189 of 2,095 is 9.0 %."),
        (
            {"printed": "<9%", "count": "189", "base": "2095"},
            "inconsistent",
            "189 of 2,095 is 9.0 %, printed <9 %.",
        ),
        ({"printed": "<9%", "base": "2095"}, "not checkable", "Its count is not printed."),
        (
            {"printed": "63"},
            "not checkable",
            "Its base is not printed; 63 % takes 8 people or more.",
        ),
        (
            {"printed": "63", "count": "5"},
            "not checkable",
            "Its base is not printed; 5 is 63 % of 8.",
        ),
        ({"printed": ">50"}, "not checkable", "Its base is not printed."),
    ],
)
def test_percentage(claim: dict[str, str], verdict: str, computation: str) -> None:
    assert judged(kind="percentage", **claim) == (verdict, computation)


@pytest.mark.parametrize(
    ("claim", "verdict", "computation"),
    [
        ({"kind": "sum", "printed": "185", "parts": "a 100; b 85"}, "consistent", "100 + 85 = 185."),
        ({"kind": "sum", "printed": "5", "parts": "2; 2"}, "inconsistent", "2 + 2 = 4, printed 5."),
        (
            {"kind": "sum", "printed": "100%", "parts": "33%; 33%; 33%"},
            "consistent on rounding",
            "33 + 33 + 33 = 99; rounding explains the difference.",
        ),
        ({"kind": "same", "printed": "185", "count": "189 - 4"}, "consistent",
         "Printed 185 here and 189 - 4 = 185 elsewhere."),
        ({"kind": "same", "printed": "9", "count": "10"}, "inconsistent", "Printed 9 here and 10 elsewhere."),
        (
            {"kind": "same", "printed": "100", "count": "6% of 1787"},
            "consistent on rounding",
            "Printed 100 here and 99 to 116 elsewhere.",
        ),
        (
            {"kind": "range", "printed": "6 to 38", "parts": "6; 25; 38"},
            "consistent",
            "The numbers run from 6 to 38, printed 6 to 38.",
        ),
        ({"kind": "shares", "parts": "a 60%; b 40%"}, "consistent", "They add up to 100 %."),
        (
            {"kind": "shares", "parts": "a 60%; b 39%"},
            "consistent on rounding",
            "They add up to 99 %, within what rounding allows.",
        ),
        (
            {"kind": "shares", "parts": "a 60%; b 38%"},
            "inconsistent",
            "They add up to 98 %, and 2 rounded shares can be off by 1 at most.",
        ),
        (
            {"kind": "shares", "base": "26", "parts": "a 89%; b 11%"},
            "impossible",
            "No whole number of 26 is a, b.",
        ),
        (
            {"kind": "shares", "base": "100", "parts": "33%; 33%; 33%"},
            "impossible",
            "Whole numbers that round to them add up to 99, not 100.",
        ),
        (
            {"kind": "shared_base", "base": "11", "parts": "37.6%; 60%"},
            "impossible",
            "No base of 11 people gives 37.6 %, 60 %.",
        ),
        (
            {"kind": "shared_base", "base": "170", "parts": "37.6%; 60%"},
            "consistent",
            "37.6 %, 60 % are each a whole number of 170.",
        ),
    ],
)  # fmt: skip
def test_sums_ranges_and_shares(claim: dict[str, str], verdict: str, computation: str) -> None:
    assert judged(**claim) == (verdict, computation)


@pytest.mark.parametrize(
    ("claim", "verdict", "computation"),
    [
        (
            {"printed": "7.5", "df": "2", "p": "0.023"},
            "consistent on rounding",
            (
                "Chi-squared 7.5 with df 2 has p 0.0235, printed 0.023; rounding of the statistic allows "
                "0.0229 to 0.0241."
            ),
        ),
        (
            {"printed": "19.2", "df": "6", "p": "0.004"},
            "consistent",
            "Chi-squared 19.2 with df 6 has p 0.0038.",
        ),
        (
            {"printed": "19.2", "df": "6", "p": "0.04"},
            "inconsistent",
            "Chi-squared 19.2 with df 6 has p 0.0038, printed 0.04.",
        ),
        ({"printed": "3.0", "df": "1", "n": "40"}, "consistent", "40 people can give up to 40."),
        (
            {"printed": "41", "df": "1", "n": "40", "p": "<0.001"},
            "impossible",
            (
                "40 people in a table of 2 × 2 give at most 40, printed 41. "
                "Chi-squared 41 with df 1 has p 1.5e-10."
            ),
        ),
        (
            {"printed": "41", "df": "4", "n": "40", "rows": "4"},
            "impossible",
            "No table with 4 groups has df 4: df is (rows - 1) × (columns - 1).",
        ),
        (
            {"printed": "1.85", "df": "1", "parts": "Female 141/1413; Male 27/362"},
            "consistent",
            "Female 141/1413, Male 27/362 gives 1.852 with Yates's correction.",
        ),
        (
            {"printed": "2.25", "df": "1", "parts": "Female 141/1413; Male 27/362"},
            "consistent",
            "Female 141/1413, Male 27/362 gives 2.250, a likelihood ratio (G).",
        ),
        (
            {"printed": "2.14", "df": "1", "p": "0.04", "parts": "Female 141/1413; Male 27/362"},
            "inconsistent",
            "Female 141/1413, Male 27/362 gives 2.136. Its p is 0.1439, printed 0.04.",
        ),
        (
            {"printed": "9.99", "df": "1", "parts": "Female 141/1413; Male 27/362"},
            "inconsistent",
            "Female 141/1413, Male 27/362 gives 2.136, printed 9.99.",
        ),
        (
            {"printed": "9.99", "df": "1", "parts": "a 5/10; b 5/10; c 0/10"},
            "inconsistent",
            "None of the 6 sets of 2 of the printed groups gives 9.99.",
        ),
        (
            {"printed": "2.1", "df": "1", "parts": "Female 140..142/1413; Male 27/362"},
            "consistent on rounding",
            "1 of the 3 tables that the printed counts of Female 140..142/1413, Male 27/362 allow give it.",
        ),
        ({"p": "0.046"}, "not checkable", "Neither the statistic nor its table is printed."),
        ({"printed": "3"}, "not checkable", "Neither its degrees of freedom nor its table is printed."),
        (
            {"p": ">0.05", "parts": "No 153/1622; Yes 15/141"},
            "consistent",
            "No 153/1622, Yes 15/141 gives chi-squared 0.219, df 1, p 0.6401.",
        ),
        (
            {"p": "<0.05", "parts": "No 153/1622; Yes 15/141"},
            "inconsistent",
            "No 153/1622, Yes 15/141 gives chi-squared 0.219, df 1, p 0.6401, printed <0.05.",
        ),
    ],
)
def test_chi_squared(claim: dict[str, str], verdict: str, computation: str) -> None:
    assert judged(kind="chi_squared", **claim) == (verdict, computation)


def test_rows_and_their_total() -> None:
    claims = pd.DataFrame(
        [
            {"claim": "a", "kind": "row", "base": "3", "parts": "left 33; stayed 67"},
            {"claim": "b", "kind": "row", "base": "7", "parts": "left 14; stayed 86"},
            {"claim": "all", "kind": "row", "base": "10", "parts": "left 30; stayed 70"},
            {"claim": "adds up", "kind": "table", "printed": "all", "parts": "a; b"},
        ]
    )
    frame = su.audit_claims(claims).frame.set_index("claim")
    assert frame["verdict"].to_dict() == {
        "a": "consistent",
        "b": "consistent",
        "all": "consistent",
        "adds up": "inconsistent",
    }
    assert (
        "Exactly one whole-number table lies behind all rows and totals with 2 percentages set aside."
        in (frame.loc["adds up", "computation"])
    )


def test_counts_that_contradict_their_row_are_a_finding_not_an_error() -> None:
    verdict, computation = judged(kind="row", base="10", parts="left 30 (8); stayed 70 (8)")
    assert verdict == "inconsistent"
    assert computation == (
        "No table of whole numbers has these bases and printed counts, whatever the percentages. "
        "Check the bases, the counts and which rows add up to which."
    )


def test_toml_and_csv_and_frame_say_the_same(tmp_path: Path) -> None:
    toml = tmp_path / "claims.toml"
    toml.write_text(
        '[[claim]]\nclaim = "it"\nkind = "sum"\nprinted = 3\nparts = [1, 2]\n'
        '[[claim]]\nclaim = "p"\nkind = "percentage"\nprinted = "2%"\ncount = 2\nbase = 53\n',
        encoding="utf-8",
    )
    csv = tmp_path / "claims.csv"
    csv.write_text(
        "claim,kind,printed,count,base,parts\nit,sum,3,,,1; 2\np,percentage,2%,2,53,\n", encoding="utf-8"
    )
    frame = pd.DataFrame(
        [
            {"claim": "it", "kind": "sum", "printed": 3, "parts": "1; 2"},
            {"claim": "p", "kind": "percentage", "printed": "2%", "count": 2.0, "base": 53.0},
        ]
    )
    said = [su.audit_claims(source).frame["computation"].tolist() for source in (toml, csv, frame)]
    assert said[0] == said[1] == said[2]


def test_result_is_a_result() -> None:
    audit = su.audit_claims(pd.DataFrame([BASE | {"kind": "sum", "printed": "3", "parts": "1; 1"}]))
    assert list(audit.frame.columns) == [
        "claim", "chapter", "line", "kind", "says", "printed", "recomputed", "verdict", "computation",
    ]  # fmt: skip
    assert audit.frame["recomputed"].tolist() == [2.0]
    assert repr(audit) == "<ClaimAudit: 1 claim, 1 inconsistent>"
    assert "<table>" in audit.to_html()
