"""The command ``programme``: programmes, shown or begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepup_equity.cli.options import add_begun, begin, command

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "programme",
        _run,
        "  stepup-equity programme                         list the shipped programmes\n"
        "  stepup-equity programme show fire_service       print one as TOML\n"
        "  stepup-equity programme new my.toml             write one to edit\n"
        "  stepup-equity report next.csv --programme my.toml -o out/\n",
    )
    add_begun(parser, "a shipped name")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.process import (
        load_programme,
        programme_template,
        programme_to_toml,
        shipped_programmes,
    )

    return begin(
        arguments,
        "programme",
        listed=(f"{name:24} {load_programme(name).label}" for name in shipped_programmes()),
        shown=lambda: programme_to_toml(load_programme(arguments.name or "step_up_to_social_work")),
        template=programme_template(),
        example="my.toml",
    )
