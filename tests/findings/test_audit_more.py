"""Claims in ranges, on bases that are not printed, ratios, one sample, and the solved table."""

import pandas as pd
import pytest

import stepup_equity as su


def judged(**columns: str) -> tuple[str, str]:
    """Verdict and computation of one claim."""
    frame = su.audit_claims(pd.DataFrame([{"claim": "x", **columns}])).frame
    return frame["verdict"].iloc[0], frame["computation"].iloc[0]


def test_ranges_of_people_are_whole_numbers():
    verdict, said = judged(kind="percentage", printed="24.4%", count="5", base="20..21")
    assert verdict == "inconsistent"
    assert said.endswith("5 of 21 is 23.81 % and 5 of 20 is 25.00 %.")
    assert judged(kind="percentage", printed="23.8%", count="5", base="20..21") == (
        "consistent on rounding",
        "5 of 20 to 21 can be 23.8 %: 5 of 21 would be printed so.",
    )


def test_a_range_of_counts():
    assert (
        judged(kind="percentage", printed="37.6%", count="12% of 30% of 1787", base="189")[0]
        == "inconsistent"
    )
    verdict, said = judged(kind="percentage", printed="35%", count="64..70", base="189")
    assert (verdict, said[:34]) == ("consistent on rounding", "64 to 70 of 189 can be 35 %: 66 of")
    assert (
        judged(kind="percentage", printed="<50%", count="64..70", base="189")[0] == "consistent on rounding"
    )


def test_nobody_is_more_than_everybody():
    verdict, said = judged(kind="percentage", printed="150%", count="12..27", base="10..20")
    assert (verdict, said) == ("impossible", "12 to 27 of 10 to 20 is 100 % at most, printed 150 %.")


def test_counts_beside_percentages_leave_fewer_bases():
    verdict, said = judged(kind="shared_base", base="150..189", parts="37.6% (64)")
    assert (verdict, said) == (
        "consistent on rounding",
        "1 of the 40 bases from 150 to 189 give 37.6 % (64): 170.",
    )
    assert judged(kind="shared_base", base="150..189", parts="20-24 37.6% (64); under 30 60% (111)") == (
        "inconsistent",
        "64 is 37.6 % of 170; 111 is 60 % of 184 to 186: no one base gives all.",
    )
    assert judged(kind="shared_base", base="170", parts="37.6% (64); 60%")[0] == "consistent"
    assert judged(kind="shared_base", base="170", parts="37.6% (65); 60%")[0] == "inconsistent"


def test_percentages_on_one_base_that_is_not_printed():
    verdict, said = judged(kind="shared_base", parts="37.6%; 60%")
    assert verdict == "not checkable"
    assert "take 85 people or more" in said
    assert judged(kind="shared_base", parts="37.6% (64); 60%") == (
        "consistent on rounding",
        "1 of the 9937 bases from 64 to 10,000 give 37.6 % (64), 60 %: 170.",
    )


@pytest.mark.parametrize(
    ("printed", "parts", "verdict"),
    [
        ("0.41", "Black African 20%; White British 49%", "consistent on rounding"),
        ("0.45", "Black African 20%; White British 49%", "inconsistent"),
        ("0.41", "Black African 26/132; White British 630/1300", "consistent"),
        ("0.42", "Black African 26/132; White British 630/1300", "inconsistent"),
        ("2", "1 in 4; 1 in 8", "consistent"),
        ("1:4", "50; 200", "consistent"),
        ("1:4", "50; 250", "inconsistent"),
        ("<1", "7%; 10%", "consistent on rounding"),
        ("3", "5; 0", "not checkable"),
    ],
)
def test_ratios(printed, parts, verdict):
    assert judged(kind="ratio", printed=printed, parts=parts)[0] == verdict


def test_a_ratio_has_two_parts():
    with pytest.raises(su.DataError, match="two numbers between a semicolon"):
        judged(kind="ratio", printed="2", parts="4")


def test_a_chi_squared_of_one_sample():
    people = "White 1333; Mixed 64; Asian 130; Black 215; Other 12"
    verdict, said = judged(kind="chi_squared", printed="3503.28", df="4", p="<0.001", parts=people)
    assert verdict == "consistent"
    assert "asks whether the groups are equally many" in said
    assert judged(kind="chi_squared", printed="2701.4", df="4", parts=people)[0] == "inconsistent"
    assert judged(kind="chi_squared", printed="3503.28", df="5", parts=people)[0] == "inconsistent"


def test_an_impossible_chi_squared_may_be_of_one_sample():
    verdict, said = judged(kind="chi_squared", printed="2701.4", df="4", p="<0.001", n="1754", rows="2")
    assert verdict == "impossible"
    assert "one sample in 5 groups against equal shares may be as large (7,016 at most)" in said


def test_the_solved_table_is_an_output():
    claims = pd.DataFrame(
        [
            {"claim": "East", "kind": "row", "base": "25", "parts": "pass 36; merit 60; continuing 4 (1)"},
            {"claim": "West", "kind": "row", "base": "10", "parts": "pass 10; merit 70; continuing 20"},
            {"claim": "All", "kind": "row", "base": "35", "parts": "pass 29; merit 63; continuing 9"},
            {"claim": "sum", "kind": "table", "printed": "All", "parts": "East; West"},
            {"claim": "alone", "kind": "row", "base": "3", "parts": "33; 67"},
        ]
    )
    found = su.audit_claims(claims).tables
    assert found[found["row"] == "East"]["count"].tolist() == [9, 15, 1]
    assert found[found["row"] == "All"]["count"].tolist() == [10, 22, 3]
    assert found[found["row"] == "alone"]["count"].tolist() == [1, 2]
    assert found["agrees"].all()


def test_the_beginning_of_a_sum_is_no_label() -> None:
    """ "8 - 1" among parts was read as a 1 that is called "8 -"."""
    with pytest.raises(su.DataError) as error:
        su.audit_claims(pd.DataFrame([{"claim": "a", "kind": "sum", "printed": "10", "parts": "8 - 1; 3"}]))
    assert str(error.value) == (
        "Row 1, column 'parts': '8 - 1; 3' cannot be read. Give numbers between semicolons, each with a "
        "label or none: Norfolk 7; Suffolk 6."
    )
