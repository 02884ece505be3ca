"""Accessible spreadsheets: one model, written as xlsx and as ods, and a linter for either.

The names are loaded when first used: what only lays a workbook out needs neither of its writers.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

_HOMES = {"lint_file": "lint", "lint_workbook": "lint", "render_ods": "ods", "render_xlsx": "xlsx"}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'model')}"), name)
