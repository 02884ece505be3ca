"""The commands: name, the file that has it, and what it does in a line. Nothing else is loaded for a list."""

from __future__ import annotations

from typing import Final

SUMMARIES: Final = {
    "start": "Draft a programme from a file: what each column, status and label means.",
    "next": "Report, compare and publish the next cohort: only what differs from last time is asked.",
    "open": "Open a page on this machine: choose a file, answer what it asks, write the folder.",
    "check": "Say whether a file of applicant records is fit to be counted.",
    "report": "Write the report: one page, charts, tables, and a list of cliff edges.",
    "tables": "Write the tables of a publication as an accessible spreadsheet.",
    "lint": "Check a spreadsheet against the rules for accessible spreadsheets.",
    "charts": "Write charts as SVG and PNG. They show everything: not for publication.",
    "example": "List the shipped examples, or write one here.",
    "programme": "Show a programme, or write a commented one to edit.",
    "policy": "List the policies, show one, or write a commented one to edit.",
    "audit": "Recompute the printed numbers of a report, and say which contradict each other.",
    "reconstruct": (
        "Say how few and how many of a crossed group can have come through, from what is printed of each "
        "characteristic alone."
    ),
    "places": "Say how many places each partnership wanted and filled, and who passed and found none.",
    "validity": "Say whether a score predicts the award, and whether it does so alike for all groups.",
    "rules": "Say who would have come through a gate if its rule were another.",
    "choices": (
        "Say who was offered a place at their first choice of partnership, at their second, or elsewhere."
    ),
    "pseudonyms": "Replace the ids of a file by codes that only a shared key could have made.",
    "join": "Add to the records of a selection what another file says of the same people.",
    "compare": (
        "Compare two to eight cohorts: which impact ratios changed, at which gate, and why shares changed."
    ),
    "count": (
        "Count applicant records once, and keep the counts: report, charts and compare take them for a file."
    ),
}
"""In the order in which help lists them."""

FILES: Final = {name: name for name in SUMMARIES} | {
    "next": "next_cohort",
    "open": "open_page",
    "validity": "questions_of_records",
    "rules": "questions_of_records",
    "choices": "questions_of_records",
    "pseudonyms": "join",
}
"""The file of each command in this folder."""
