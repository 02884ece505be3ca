"""Options that several commands share, and how they are read."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.register import SUMMARIES
from stepup_equity.cli.terminal import say
from stepup_equity.errors import ArgumentError
from stepup_equity.records.missing_file import refuse_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from stepup_equity.counts.opening import OpenedCounts
    from stepup_equity.disclosure import Ledger
    from stepup_equity.findings.result import Result


def command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], examples: str
) -> argparse.ArgumentParser:
    """Add a command with its summary and its examples."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=SUMMARIES[name],
        description=SUMMARIES[name],
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def add_begun(parser: argparse.ArgumentParser, of: str) -> None:
    """To list, to show or to begin a file of the user's own."""
    parser.add_argument("what", nargs="?", choices=["list", "show", "new"], default="list")
    parser.add_argument("name", nargs="?", help=f"{of} or a file; for new, the file to write")


def begin(
    arguments: argparse.Namespace,
    what: str,
    *,
    listed: Iterable[str],
    shown: Callable[[], str],
    template: str,
    example: str,
) -> int:
    """List, show, or write a commented file to edit; nothing that is there is written over."""
    from stepup_equity.output import write_file

    if arguments.what == "list":
        for line in listed:
            say(line)
        return DONE
    if arguments.what == "show":
        say(shown(), end="")
        return DONE
    if arguments.name is None:
        raise ArgumentError(f"{what} new needs the name of the file to write: {what} new {example}")
    path = Path(arguments.name)
    if path.exists():
        raise ArgumentError(f"{path.name} is there already. Give another name, or move it away.")
    write_file(path, template.encode())
    say(f"Written: {path}")
    return DONE


def add_input(
    parser: argparse.ArgumentParser,
    what: str = "applicant records, a published table of counts, or written counts",
) -> None:
    """The file of a command, and how it is read."""
    parser.add_argument("file", help=what)
    parser.add_argument(
        "--programme",
        metavar="FILE",
        help="a programme file or shipped name (default: Step Up to Social Work)",
    )
    parser.add_argument("--query", metavar="SQL", help="what to ask where FILE is the address of a database")
    parser.add_argument(
        "--cohort-label", metavar="NAME", help="name of the one cohort of a file that names none"
    )
    parser.add_argument("--no-ids", action="store_true", help="do not read or check applicant ids")


def how_read(arguments: argparse.Namespace) -> dict[str, Any]:
    """What `add_input` says of how the file is read, as its readers take it."""
    return {
        "programme": arguments.programme,
        "query": arguments.query,
        "check_ids": not arguments.no_ids,
        "cohort_label": arguments.cohort_label,
    }


def counted(arguments: argparse.Namespace, progress: Callable[[int], None] | None = None) -> OpenedCounts:
    """The counts of the file of `add_input`."""
    from stepup_equity.counts import open_counts

    return open_counts(arguments.file, progress=progress, **how_read(arguments))


def add_cohort(parser: argparse.ArgumentParser, otherwise: str = "the last, where there are several") -> None:
    """Which cohort the command is about."""
    parser.add_argument("--cohort", metavar="NAME", help=f"which cohort, or all (default: {otherwise})")


def add_denominator(parser: argparse.ArgumentParser) -> None:
    """Whom rates are of."""
    parser.add_argument(
        "--decided",
        action="store_const",
        dest="denominator",
        const="decided",
        default="entered",
        help="rates of those on whom the programme decided: who left by their own choice is out",
    )


def add_imprint(parser: argparse.ArgumentParser) -> None:
    """Who publishes, when, and where to write."""
    parser.add_argument("--title", default="", help="title of page and workbook")
    parser.add_argument("--author", default="", help="who answers for it")
    parser.add_argument(
        "--contact",
        default="",
        help="where to write: an e-mail address or a page, which are links, or any other words",
    )
    parser.add_argument("--date", default="", metavar="YYYY-MM-DD", help="day of publication")


_FILES: Final = (
    "file",
    "later",
    "last",
    "programme",
    "later_programme",
    "last_programme",
    "changes",
    "ledger",
    "policy",
    "benchmark",
    "targets",
)


def read_by(arguments: argparse.Namespace) -> list[str | Path]:
    """Every file that a command reads: none of them may be written over."""
    given = (getattr(arguments, name, None) for name in _FILES)
    return [one for value in given if value for one in (value if isinstance(value, list) else [value])]


def look_for_files(*sources: str | Path) -> None:
    """Refuse a file that is not there, before a command loads what it is read with."""
    for source in sources:
        refuse_missing(source)


def name_of(source: str) -> str:
    """What a source is called in print; the address of a database may hold a password."""
    return "the database" if "://" in source else Path(source).name or source


def add_protection(parser: argparse.ArgumentParser) -> None:
    """What a publication may be told, and what a refusal offers."""
    parser.add_argument("--by", nargs="+", metavar="NAME", help="only these characteristics")
    parser.add_argument(
        "--ledger",
        nargs="+",
        action="extend",
        metavar="JSON",
        type=Path,
        default=[],
        help="ledgers of earlier releases, to be audited together with this one",
    )
    parser.add_argument(
        "--ledger-label",
        metavar="NAME",
        default="",
        help="what the cohort of a ledger is called that names none; nothing is issued again",
    )
    parser.add_argument(
        "--same-cohort",
        nargs="+",
        action="extend",
        metavar="OLD=NEW",
        default=[],
        help="cohorts that the ledgers call otherwise; OLD=OLD says that they are other people",
    )
    parser.add_argument(
        "--same-characteristic",
        nargs="+",
        action="extend",
        metavar="OLD=NEW",
        default=[],
        help="characteristics that the ledgers call otherwise; OLD=OLD says that nothing counted tells of it",
    )
    parser.add_argument(
        "--corrected",
        action="store_true",
        help="records were corrected or erased since: numbers stand as first published where it would show",
    )
    parser.add_argument(
        "--first-release",
        action="store_true",
        help="nothing was published of these people before, so there is no ledger",
    )
    parser.add_argument(
        "--merge",
        nargs="+",
        action="extend",
        metavar="NAME",
        default=[],
        help="print broad groups only, of these",
    )
    parser.add_argument(
        "--seconds",
        type=float,
        metavar="N",
        help="search so long for fewer numbers to hide; the gap to the least possible is printed",
    )
    parser.add_argument("--pool", action="store_true", help="print all cohorts together only")
    parser.add_argument(
        "--drop-stages",
        nargs="+",
        action="extend",
        metavar="STAGE",
        default=[],
        help="leave these stages out",
    )
    parser.add_argument(
        "--drop-stages-of",
        nargs="+",
        action="append",
        metavar=("COHORT", "STAGE"),
        default=[],
        help="leave these stages out of one cohort; may be given for several",
    )


def protection(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was asked of the protection."""
    possible = {
        "ledgers": [_named(path, arguments.ledger_label) for path in arguments.ledger],
        "renamed": dict(_renamed(pair) for pair in (*arguments.same_cohort, *arguments.same_characteristic)),
        "corrected": arguments.corrected,
        "seconds": arguments.seconds,
        "merge": dict.fromkeys(arguments.merge, "broad"),
        "pool": arguments.pool,
        "drop_stages": arguments.drop_stages,
        "drop_stages_of": _stages_of(arguments.drop_stages_of),
    }
    return {name: value for name, value in possible.items() if value}


def _stages_of(given: Sequence[Sequence[str]]) -> dict[str, list[str]]:
    """Cohort -> stages, from a cohort and its stages each time."""
    found: dict[str, list[str]] = {}
    for cohort, *stages in given:
        if not stages:
            raise ArgumentError(f"--drop-stages-of {cohort} names no stage. Give a cohort and its stages.")
        found.setdefault(cohort, []).extend(stages)
    return found


def _named(path: Path, label: str) -> Ledger | Path:
    """A ledger under the label of its cohort, where it names none and one was given."""
    from stepup_equity.disclosure import Ledger

    ledger = Ledger.read(path) if label else None
    unnamed = ledger is not None and not any(row.cohort for row in ledger.rows)
    return ledger.with_cohort(label) if ledger is not None and unnamed else path


def _renamed(pair: str) -> tuple[str, str]:
    old, equals, new = pair.partition("=")
    if not equals or not old or not new:
        raise ArgumentError(f"{pair!r} is not OLD=NEW: the name in the ledger, and the one here.")
    return old, new


def ask_for_ledger(arguments: argparse.Namespace, replaced: Path | None = None) -> None:
    """Without a ledger, somebody must know that nothing was published before."""
    beside = replaced is not None and replaced.is_file()
    if not arguments.ledger and not arguments.first_release and not beside:
        say(
            "No ledger was given. If tables of these people were published before, name their ledgers "
            "(--ledger), or the two together may give small numbers away; if not, say so (--first-release).",
            to=sys.stderr,
        )


def check_output(arguments: argparse.Namespace) -> None:
    """Refuse an output that cannot be written, and a file that is not there, before anything is read."""
    if arguments.output:
        check_table(arguments.output, read_by(arguments))
    look_for_files(arguments.file)


_OTHER_FORMATS: Final = (".tsv", ".xlsx", ".xls", ".ods", ".json", ".toml", ".html", ".parquet")
"""Endings of files that a table in text is not written as."""


def check_table(path: Path, inputs: Sequence[str | Path]) -> None:
    """Refuse a file of a table that cannot be written, or whose ending says that it is something else."""
    from stepup_equity.output import check_file

    check_file(path, inputs=list(inputs))
    if path.suffix.lower() in _OTHER_FORMATS:
        raise ArgumentError(
            f"{str(path)!r} ends like another format: the table is written as text with commas, in UTF-8, "
            "and a program that goes by the ending could not open it. Let it end in .csv."
        )


def told(arguments: argparse.Namespace, found: Result, sentences: Iterable[str]) -> int:
    """Say what was found: its notes, its headline, its sentences; write its table where one is wanted."""
    from stepup_equity.output import csv_bytes, write_file

    for note in found.notes:
        say(note)
    say(f"{found.headline}.")
    for sentence in sentences:
        say(f"- {sentence}")
    if arguments.output:
        write_file(arguments.output, csv_bytes(found.frame), inputs=read_by(arguments))
        say(f"Written: {arguments.output.name} (not for publication)")
    return DONE
