"""The command ``charts``: charts alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import (
    add_cohort,
    add_denominator,
    add_input,
    command,
    counted,
    look_for_files,
    read_by,
)
from stepup_equity.cli.terminal import progress, say

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "charts",
        _run,
        "  stepup-equity charts cohort.csv --by ethnicity --kind funnel -o charts/\n"
        "  stepup-equity charts cohort.csv --kind cliffs gap -o charts/\n"
        "  stepup-equity charts cohort.csv --by disability --level detailed --kind composition -o charts/\n",
    )
    add_input(parser)
    add_cohort(parser)
    add_denominator(parser)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write")
    parser.add_argument("--by", nargs="+", metavar="NAME", help="only these characteristics")
    parser.add_argument("--kind", nargs="+", metavar="KIND", help="funnel, cliffs, gap ...; by default all")
    parser.add_argument(
        "--level", metavar="NAME", help="how coarse the groups are: broad, detailed, or a name"
    )
    parser.add_argument("--force", action="store_true", help="replace earlier charts in the same folder")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_folder

    check_folder(arguments.output, force=arguments.force, inputs=read_by(arguments))
    look_for_files(arguments.file)
    from stepup_equity.presentation import write_charts
    from stepup_equity.presentation.charts.lacking import boxed

    counts = counted(arguments).counts
    with progress("Drawing", "charts") as step:
        written = write_charts(
            arguments.output,
            counts,
            by=arguments.by,
            cohort=arguments.cohort,
            denominator=arguments.denominator,
            kinds=arguments.kind,
            level=arguments.level,
            force=arguments.force,
            progress=step,
        )
    say(f"Written: {written} (not for publication)")
    if said := boxed(counts):
        say(said)
    return DONE
