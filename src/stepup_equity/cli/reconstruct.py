"""The command ``reconstruct``: limits of crossed groups from a published table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import (
    add_cohort,
    add_input,
    check_table,
    command,
    counted,
    look_for_files,
    read_by,
)
from stepup_equity.cli.terminal import say

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "reconstruct",
        _run,
        "  stepup-equity example west_lancs_2019_20\n"
        "  stepup-equity reconstruct west_lancs_2019_20.csv --by religion ethnicity -o limits.csv\n"
        "  stepup-equity reconstruct table.csv --by gender ethnicity -o limits.csv --fitting invented.csv\n",
    )
    add_input(parser)
    add_cohort(parser)
    parser.add_argument("--by", nargs="+", metavar="NAME", required=True, help="the characteristics to cross")
    parser.add_argument("--level", metavar="NAME", help="how coarse the groups are: broad, or as declared")
    parser.add_argument("--gates", nargs="+", metavar="GATE", help="only these gates")
    parser.add_argument("-o", "--output", metavar="CSV", type=Path, help="write every limit")
    parser.add_argument(
        "--fitting", metavar="CSV", type=Path, help="write one set of invented people that fits every number"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the invented people (default 0)")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import csv_bytes, write_file

    inputs = read_by(arguments)
    for path in (arguments.output, arguments.fitting):
        if path:
            check_table(path, inputs)
    look_for_files(arguments.file)
    from stepup_equity.findings import reconstruct

    counts = counted(arguments).counts
    found = reconstruct(
        counts, by=arguments.by, gates=arguments.gates, level=arguments.level, cohort=arguments.cohort
    )
    for note in found.notes:
        say(note)
    say(f"{found.headline}.")
    if not arguments.output:
        for row in found.frame.itertuples(index=False):
            say(
                f"- {row.group}, {found.names.gate_in_words(str(row.gate))}: {row.passed_low:,} to "
                f"{row.passed_high:,} passed of {row.denominator_low:,} to {row.denominator_high:,}"
            )
    else:
        write_file(arguments.output, csv_bytes(found.frame), inputs=inputs)
        say(f"Written: {arguments.output.name}")
    if arguments.fitting:
        write_file(arguments.fitting, csv_bytes(found.fitting(arguments.seed)), inputs=inputs)
        say(
            f"Written: {arguments.fitting.name}. These people are invented: one of very many sets that fit. "
            "Nothing may be concluded from them about crossed groups."
        )
    return DONE
