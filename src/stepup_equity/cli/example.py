"""The command ``example``: the shipped examples."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import command
from stepup_equity.cli.terminal import say

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "example",
        _run,
        "  stepup-equity example\n  stepup-equity example cohort_one\n"
        "  stepup-equity example west_lancs_2019_20 -o data/\n",
    )
    parser.add_argument("name", nargs="?", help="which example; none lists them")
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, default=Path(), help="folder (default: here)"
    )


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.examples import list_examples, write_example

    if arguments.name is None:
        for example in list_examples():
            say(f"{example.name:24} {example.title}")
        return DONE
    path = write_example(arguments.name, arguments.output)
    say(f"Written: {path}")
    programme = next((one.programme for one in list_examples() if one.name == arguments.name), None)
    if programme is not None:
        beside = path.with_name(programme.name)
        say(f"Written: {beside}")
        say(f"Next: stepup-equity report {path} --programme {beside} -o out/")
    return DONE
