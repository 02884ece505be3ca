"""The command ``tables``: the spreadsheet of a publication alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import (
    add_cohort,
    add_input,
    add_protection,
    ask_for_ledger,
    command,
    counted,
    look_for_files,
    protection,
    read_by,
)
from stepup_equity.cli.terminal import say, warnings_in_words

if TYPE_CHECKING:
    import argparse


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "tables",
        _run,
        "  stepup-equity tables cohort.csv -o tables.xlsx\n"
        "  stepup-equity tables cohort.csv -o tables.ods --policy hesa\n"
        "  stepup-equity tables next.csv -o next.ods --policy team.toml --ledger last.json\n",
    )
    add_input(parser)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help=".xlsx or .ods")
    parser.add_argument(
        "--policy",
        default="publish",
        help="what may be shown: publish (default), a preset, a file, or internal (not for publication)",
    )
    add_cohort(parser, "all of them, each in its own rows")
    add_protection(parser)
    parser.add_argument("--author", help="who publishes the file")
    parser.add_argument(
        "--contact", help="where to write: an e-mail address or a page, which are links, or any other words"
    )
    parser.add_argument(
        "--save-ledger",
        metavar="JSON",
        type=Path,
        help="what the next release will need; by default beside the tables",
    )


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_file

    for path in filter(None, (arguments.output, arguments.save_ledger)):
        check_file(path, inputs=read_by(arguments))
    look_for_files(arguments.file)
    from stepup_equity.counts import of_cohort
    from stepup_equity.disclosure import policy_of, protect
    from stepup_equity.presentation.workbook.tables import write_workbook

    policy = policy_of(arguments.policy)
    kept = _kept_ledger(arguments) if policy.publishable else arguments.save_ledger
    if policy.publishable:
        ask_for_ledger(arguments)
    counts = counted(arguments).counts
    if arguments.cohort:
        counts = of_cohort(counts, arguments.cohort)
    with warnings_in_words():
        release = protect(counts, policy, by=arguments.by, **protection(arguments))
    written = write_workbook(arguments.output, release, author=arguments.author, contact=arguments.contact)
    protected = release.in_words if release.publishable else "internal: not for publication"
    say(f"Written: {written} ({protected})")
    if kept is not None:
        say(f"Keep {release.ledger().write(kept)}: the next release is audited together with it (--ledger).")
    return DONE


def _kept_ledger(arguments: argparse.Namespace) -> Path:
    """Where the ledger goes: beside the tables, unless another place is named."""
    named: Path | None = arguments.save_ledger
    return named or arguments.output.with_suffix(".ledger.json")
