"""The command ``check``: whether a file is fit to be counted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE, REFUSED
from stepup_equity.cli.options import add_input, check_output, command, how_read, name_of, read_by
from stepup_equity.cli.terminal import lead_to_start, print_problems, say

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "check",
        _run,
        "  stepup-equity check cohort.csv\n  stepup-equity check cohort.csv -o problems.csv\n"
        "  stepup-equity check cohort.csv --fix my.toml\n",
    )
    add_input(parser)
    parser.add_argument("-o", "--output", metavar="CSV", type=Path, help="also write the problems as a table")
    parser.add_argument(
        "--fix",
        metavar="TOML",
        type=Path,
        help="also write the programme with a line to complete for every label, status and column it lacks",
    )


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity import output

    if arguments.fix:
        output.check_file(arguments.fix, inputs=read_by(arguments))
    check_output(arguments)
    from stepup_equity.counts import check_file

    problems = check_file(arguments.file, **how_read(arguments))
    if arguments.output:
        output.write_file(arguments.output, output.csv_bytes(problems), inputs=read_by(arguments))
    name = name_of(arguments.file)
    if arguments.fix:
        _write_fix(arguments)
    unread = problems["code"].isin(["characteristic_absent", "columns_not_read"])
    if unread.all():
        say(f"{name}: no problems found.")
    else:
        print_problems(problems[~unread], name)
    absent = problems.loc[problems["code"] == "characteristic_absent", "column"]
    if len(absent):
        say(f"No column for {', '.join(absent)}: nothing is said about them.")
    for columns in problems.loc[problems["code"] == "columns_not_read", "possible"]:
        say(f"Not read: {columns}.")
    if not (problems["severity"] == "error").any():
        return DONE
    lead_to_start(arguments, problems)
    return REFUSED


def _write_fix(arguments: argparse.Namespace) -> None:
    from stepup_equity.counts.opening import holds_published_table
    from stepup_equity.output import write_file
    from stepup_equity.records.applicants import what_to_complete

    if arguments.programme is None and arguments.query is None and holds_published_table(arguments.file):
        say(
            f"Not written: {arguments.fix}. {name_of(arguments.file)} is a published table, which needs no "
            "programme: its own stages and groups are read."
        )
        return
    text = what_to_complete(
        arguments.file,
        programme=arguments.programme,
        query=arguments.query,
        cohort_label=arguments.cohort_label,
    )
    write_file(arguments.fix, text.encode(), inputs=read_by(arguments))
    lines = sum(
        (line.startswith("# ") and " = " in line) or line.startswith("#   ") for line in text.splitlines()
    )
    say(f"Written: {arguments.fix}, with {f'{lines} line(s)' if lines else 'nothing'} to complete.")
