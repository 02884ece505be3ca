"""Claims that cannot be read: whole sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import stepup_equity as su

if TYPE_CHECKING:
    from pathlib import Path

KINDS = (
    "'percentage', 'sum', 'same', 'range', 'shares', 'shared_base', 'ratio', 'chi_squared', 'row', 'table'"
)
COLUMNS = (
    "'claim', 'chapter', 'line', 'kind', 'says', 'printed', 'count', 'base', 'parts', 'df', 'p', 'n', 'rows'"
)
NUMBER_OF_PEOPLE = (
    "a number of people: 1787, or 2095 - 314, or 99..116, or 6% of 1787 where only that is printed."
)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([{"claim": "a"}], f"The claims have no column 'kind'. Columns: {COLUMNS}; found: 'claim'."),
        (
            [{"claim": "a", "kind": "sum", "part": "1"}],
            f"The claims have columns that are not known: 'part'. Columns: {COLUMNS}. Did you mean 'parts'?",
        ),
        (
            [{"claim": "a", "kind": "sums"}],
            f"Row 1: kind 'sums' is not known. Possible: {KINDS}. Did you mean 'sum'?",
        ),
        ([{"claim": "", "kind": "sum"}], "Row 1: column 'claim' is blank. Give each claim a name."),
        (
            [{"claim": "a", "kind": "sum", "printed": "3"}],
            "Row 1: a claim of kind 'sum' needs 'printed', 'parts'; blank: 'parts'.",
        ),
        (
            [{"claim": "a", "kind": "sum", "printed": "3", "parts": "3"}] * 2,
            "Row 2: the claim 'a' is there twice. Give each its own name.",
        ),
        (
            [{"claim": "a", "kind": "sum", "printed": "three", "parts": "3"}],
            (
                "Row 1, column 'printed': 'three' cannot be read. "
                "Give a number, such as 12, 12%, 0.023 or <0.001."
            ),
        ),
        (
            [{"claim": "a", "kind": "sum", "printed": "3", "parts": "one; two"}],
            (
                "Row 1, column 'parts': 'one; two' cannot be read. "
                "Give numbers between semicolons, each with a label or none: Norfolk 7; Suffolk 6."
            ),
        ),
        (
            [{"claim": "a", "kind": "percentage", "printed": "3", "base": "many"}],
            f"Row 1, column 'base': 'many' cannot be read. Give {NUMBER_OF_PEOPLE}",
        ),
        (
            [{"claim": "a", "kind": "percentage", "printed": "3", "count": "1", "base": "0"}],
            "Row 1, column 'base': '0' cannot be read. Give a base of 1 person or more.",
        ),
        (
            [{"claim": "a", "kind": "percentage", "printed": "3", "count": "9..2", "base": "10"}],
            f"Row 1, column 'count': '9..2' cannot be read. Give {NUMBER_OF_PEOPLE}",
        ),
        (
            [{"claim": "a", "kind": "range", "printed": "3", "parts": "3"}],
            "Row 1, column 'printed': '3' cannot be read. Give two numbers, such as 6 to 38.",
        ),
        (
            [{"claim": "a", "kind": "chi_squared", "printed": "3", "df": "1", "parts": "x 3"}],
            (
                "Row 1, column 'parts': 'x 3' cannot be read. "
                "Give groups with passed/entered: Female 141/1413; Male 27/362; or one sample: "
                "White 1333; Black 215."
            ),
        ),
        (
            [{"claim": "a", "kind": "chi_squared", "printed": "3", "df": "1", "parts": "x 3/2; y 1/2"}],
            (
                "Row 1, column 'parts': 'x 3/2; y 1/2' cannot be read. "
                "Give groups in which no more passed than entered."
            ),
        ),
        (
            [{"claim": "a", "kind": "chi_squared", "printed": "3", "df": "0", "p": "0.1"}],
            "Row 1, column 'df': '0' cannot be read. Give degrees of freedom, 1 or more.",
        ),
        (
            [{"claim": "a", "kind": "row", "base": "2..3", "parts": "50; 50"}],
            "Row 1, column 'base': '2..3' cannot be read. Give the row's number of people, 1 or more.",
        ),
        (
            [
                {"claim": "East", "kind": "row", "base": "2", "parts": "x 50; y 50"},
                {"claim": "t", "kind": "table", "printed": "Est", "parts": "East"},
            ],
            (
                "Row 2: a table adds up claims of kind 'row', and 'Est' is none. "
                "Rows: 'East'. Did you mean 'East'?"
            ),
        ),
        (
            [
                {"claim": "East", "kind": "row", "base": "2", "parts": "x 50; y 50"},
                {"claim": "t", "kind": "table", "printed": "East", "parts": "East"},
            ],
            "Row 2: the rows add up in a circle at 'East'.",
        ),
        (
            [
                {"claim": "a", "kind": "row", "base": "2", "parts": "x 50; y 50"},
                {"claim": "b", "kind": "row", "base": "2", "parts": "x 50; y 50"},
                {"claim": "t", "kind": "table", "printed": "b", "parts": "a"},
                {"claim": "u", "kind": "table", "printed": "b", "parts": "a"},
            ],
            "Row 4: the row 'a' adds to two totals. Keep one.",
        ),
        (
            [
                {"claim": "a", "kind": "row", "base": "2", "parts": "x 50; x 50"},
                {"claim": "b", "kind": "row", "base": "2", "parts": "x 50; y 50"},
                {"claim": "t", "kind": "table", "printed": "b", "parts": "a"},
            ],
            "Row 1, column 'parts': 'x 50; x 50' cannot be read. Give each column of the table once.",
        ),
    ],
)
def test_sentence(rows: list[dict[str, str]], sentence: str) -> None:
    with pytest.raises(su.DataError) as error:
        su.audit_claims(pd.DataFrame(rows))
    assert str(error.value) == sentence


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(su.DataError) as error:
        su.audit_claims(tmp_path / "none.csv")
    assert str(error.value) == "none.csv is not a file. Give a CSV or TOML file of claims."
    empty = tmp_path / "empty.toml"
    empty.write_text("", encoding="utf-8")
    with pytest.raises(su.DataError) as error:
        su.audit_claims(empty)
    assert str(error.value) == "empty.toml holds no claims. Give one [[claim]] table for each."
    broken = tmp_path / "broken.toml"
    broken.write_text("[[claim", encoding="utf-8")
    with pytest.raises(su.DataError, match=r"^broken\.toml is not valid TOML: "):
        su.audit_claims(broken)


def test_decimal_commas_and_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text(
        'claim,kind,printed,count,base\nPart,percentage,"42,3 %",423,1000\nDeux,percentage,"4,2%",42,1000\n'
    )
    assert set(su.audit_claims(path).frame["verdict"]) == {"consistent"}
    path.write_text("claim;kind;printed;count;base\nPart;percentage;42,3 %;423;1000\n")
    assert set(su.audit_claims(path).frame["verdict"]) == {"consistent"}


def test_commas_between_thousands_stay(tmp_path: Path) -> None:
    path = tmp_path / "claims.csv"
    path.write_text('claim,kind,printed,count,base\nPart,percentage,42.3 %,"1,269","3,000"\n')
    assert set(su.audit_claims(path).frame["verdict"]) == {"consistent"}
