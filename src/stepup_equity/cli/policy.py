"""The command ``policy``: what may be published, shown or begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.options import add_begun, begin, command

if TYPE_CHECKING:
    import argparse


_TEMPLATE: Final = """\
# A policy says what may be published. Edit this one, then
#
#   stepup-equity report cohort.csv -o public/ --policy team.toml
#
# Lines that begin with #: can be switched on by taking the #: away.

name = "our team"
preset = "suppress10"     # or hesa, ofs, ofqual, nhs, tre, or publish, which rounds
threshold = 10            # numbers below it are hidden, and others with them, so that none can be worked out
#: zeros = "protect"      # hide zeros too: where nobody got through can tell on people as well
#: totals = "hide"        # hide everybody's own numbers, where groups are too small without
#: drop_stages_of = [["2012", "accepted"]]   # leave a stage out of one cohort only
#: reader = "informed"    # also from readers who run this program; goes with mode = "nearest"
#: mode = "round"         # round instead of hiding ("suppress", "round" or "suppress and round")
#: round_base = 10       # at least the threshold, where everything is rounded
"""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "policy",
        _run,
        "  stepup-equity policy                    list them\n"
        "  stepup-equity policy show hesa          print one as TOML\n"
        "  stepup-equity policy new team.toml      write one to edit\n"
        "  stepup-equity report next.csv -o public/ --policy team.toml\n",
    )
    add_begun(parser, "a policy")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.disclosure import PRESETS, policy_of

    hidden = {True: "numbers below {}", False: "nothing; not for publication"}
    return begin(
        arguments,
        "policy",
        listed=(
            f"{name:10} {one.mode:20} {hidden[one.publishable].format(one.threshold)}"
            for name, one in PRESETS.items()
        ),
        shown=lambda: policy_of(arguments.name or "publish").to_toml(),
        template=_TEMPLATE,
        example="team.toml",
    )
