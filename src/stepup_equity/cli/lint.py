"""The command ``lint``: a spreadsheet against the rules for accessible ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepup_equity.cli.options import command
from stepup_equity.cli.terminal import say

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "lint",
        _run,
        "  stepup-equity lint tables.xlsx\n  stepup-equity lint tables.ods\n",
    )
    parser.add_argument("file", help="any .xlsx or .ods file")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.spreadsheets import lint_file

    status, words = lint_file(arguments.file)
    say(words)
    return status
