"""The command ``audit``: printed numbers recomputed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import check_table, command, look_for_files
from stepup_equity.cli.terminal import say

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "audit",
        _run,
        "  stepup-equity example evaluation_2013_claims\n"
        "  stepup-equity audit evaluation_2013_claims.csv\n"
        "  stepup-equity audit claims.toml --all -o verdicts.csv\n",
    )
    parser.add_argument("claims", type=Path, help="a CSV or TOML file of claims")
    parser.add_argument("--all", action="store_true", help="also list what is consistent or not checkable")
    parser.add_argument(
        "--tables", metavar="CSV", type=Path, help="also write the whole numbers behind rows of percentages"
    )
    parser.add_argument("-o", "--output", metavar="CSV", type=Path, help="also write every verdict")


def _run(arguments: argparse.Namespace) -> int:
    import textwrap

    from stepup_equity.output import csv_bytes, write_file

    outputs = [path for path in (arguments.output, arguments.tables) if path]
    for path in outputs:
        check_table(path, [arguments.claims])
    look_for_files(arguments.claims)
    from stepup_equity.findings import audit_claims

    audit = audit_claims(arguments.claims)
    if arguments.output:
        write_file(arguments.output, csv_bytes(audit.frame), inputs=[arguments.claims])
    if arguments.tables:
        write_file(arguments.tables, csv_bytes(audit.tables), inputs=[arguments.claims])
    shown = audit.frame if arguments.all else audit.objections
    for row in shown.itertuples(index=False):
        where = f", line {row.line!s}" if row.line else ""
        say(f"{row.verdict!s}: {row.claim!s}{where}")
        say(textwrap.indent(textwrap.fill(str(row.computation), 96), "    "))
    say(f"{audit.headline}.")
    for note in audit.notes:
        say(note)
    return DONE
