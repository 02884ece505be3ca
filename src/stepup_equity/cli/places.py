"""The command ``places``: places wanted and filled by partnership."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.options import add_cohort, add_input, check_output, command, counted, told

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
    check_output(arguments)
    from stepup_equity.findings import places

    found = places(
        counted(arguments).counts, arguments.targets, stratum=arguments.stratum, cohort=arguments.cohort
    )
    return told(arguments, found, found.frame["sentence"])
