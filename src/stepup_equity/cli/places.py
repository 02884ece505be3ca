"""The command ``places``: places wanted and filled by partnership."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import add_cohort, add_input, command, counted, read_by
from stepup_equity.cli.terminal import say

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "places",
        _run,
        "  stepup-equity places cohort_one.csv --targets places_2010.csv -o places.csv\n",
    )
    add_input(parser)
    add_cohort(parser)
    parser.add_argument(
        "--targets",
        metavar="CSV",
        type=Path,
        help="places wanted: a row for each partnership, column 'target'",
    )
    parser.add_argument("--stratum", metavar="NAME", help="who has the places (default: the only stratum)")
    parser.add_argument("-o", "--output", metavar="CSV", type=Path, help="write the whole table")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.findings import places
    from stepup_equity.output import check_file, csv_bytes, write_file

    inputs = read_by(arguments)
    if arguments.output:
        check_file(arguments.output, inputs=inputs)
    found = places(
        counted(arguments).counts, arguments.targets, stratum=arguments.stratum, cohort=arguments.cohort
    )
    for note in found.notes:
        say(note)
    say(f"{found.headline}.")
    for sentence in found.frame["sentence"]:
        say(f"- {sentence}")
    if arguments.output:
        write_file(arguments.output, csv_bytes(found.frame), inputs=inputs)
        say(f"Written: {arguments.output.name} (not for publication)")
    return DONE
