"""A small workbook with everything a workbook can have, hostile labels included."""

from __future__ import annotations

from stepup_equity.spreadsheets import Column, Line, Sheet, Table, Workbook
from stepup_equity.spreadsheets.model import STANDARD

HOSTILE = (
    "=cmd|' /C calc'!A0",
    "+1",
    "@SUM(A1)",
    "-1",
    "=1+1",
    "  two  spaces ",
    "a\nb",
    "a\tb",
    "_x0041_",
    "<b>&amp;\"'",
    "'quoted",
    "https://example.org",
    "1234",
    "TRUE",
    "2020-01-02",
    "10%",
    "👩🏽‍🦽",
    "Black African",
)

COUNTS = (1234, "[c]", "[z]", 0, 10**9, *range(13))
RATES = (12.3, "[c]", "[x]", 0.1, 100.0, *(round(k * 7.7, 1) for k in range(13)))


def example(**changes) -> Workbook:
    """The workbook, with some of its fields changed."""
    reached = Table(
        "ethnicity_reached",
        (
            Column("Ethnicity", HOSTILE),
            Column("Applied", COUNTS, decimals=0),
            Column("Passed screening, of those who were eligible (%) [note 1]", RATES, decimals=1),
            Column("Result", ("[s]",) * len(HOSTILE)),
        ),
    )
    gender = Table(
        "gender_reached", (Column("=Gender", ("Women", "Men")), Column("Applied", (1, 2), decimals=0))
    )
    fields = {
        "title": "Who got through, by group",
        "author": "Equality analysis team",
        "description": "This file holds two tables about the applicants of one cohort.",
        "sheets": (
            Sheet(
                "Table_1",
                "Table 1: Applicants by ethnicity",
                "This worksheet contains one table: how many applicants of each ethnic group applied.",
                reached,
                ("Source: applicant records.",),
            ),
            Sheet("Table_2", "Table 2: It's gender", "This worksheet contains one table.", gender),
        ),
        "cover": (
            Line("Who made this", "heading"),
            Line("The team counted everybody who applied between January and March of the year. " * 2),
            Line("Write to the team", target="mailto:team@example.org"),
        ),
        "notes": ("Rates are of those who reached the stage before.",),
        "shorthand": tuple(one for one in STANDARD if one.symbol in {"[c]", "[z]", "[low]", "[x]", "[s]"}),
        "banner": "Not for publication.",
    }
    return Workbook(**(fields | changes))
