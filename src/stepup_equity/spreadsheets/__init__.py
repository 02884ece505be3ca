"""Accessible spreadsheets: one model, written as xlsx and as ods, and a linter for either."""

from stepup_equity.spreadsheets.lint import lint_file, lint_workbook
from stepup_equity.spreadsheets.model import Column, Line, Link, Sheet, Shorthand, Table, Workbook
from stepup_equity.spreadsheets.ods import render_ods
from stepup_equity.spreadsheets.xlsx import render_xlsx

__all__ = [
    "Column",
    "Line",
    "Link",
    "Sheet",
    "Shorthand",
    "Table",
    "Workbook",
    "lint_file",
    "lint_workbook",
    "render_ods",
    "render_xlsx",
]
