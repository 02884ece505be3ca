"""The command ``start``: a programme drafted from a file, one short question at a time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.exit_codes import DONE, REFUSED
from stepup_equity.cli.options import command, look_for_files
from stepup_equity.cli.terminal import ask, in_options, progress, read_line, say, typed
from stepup_equity.errors import ArgumentError, StepUpError

if TYPE_CHECKING:
    import argparse

    from stepup_equity.start import Draft, Proposal
    from stepup_equity.start.steps import Way


_HELP: Final = "Enter takes the proposal. A number chooses. back, quit (saves)."


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "start",
        _run,
        "  stepup-equity start export.xlsx\n"
        "  stepup-equity start export.xlsx -o my.toml\n"
        "  stepup-equity start export.xlsx --accept      take what is safe, list what is left open\n",
    )
    parser.add_argument("file", help="applicant records: CSV, XLSX, ODS, Parquet and others")
    parser.add_argument(
        "-o", "--output", metavar="TOML", type=Path, default=Path("my.toml"), help="default: my.toml"
    )
    parser.add_argument(
        "--accept", action="store_true", help="ask nothing; exit with 1 while something is open"
    )
    parser.add_argument("--force", action="store_true", help="replace the file of --output")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_file, write_file

    if arguments.output.exists() and not arguments.force:
        raise ArgumentError(
            f"{arguments.output.name} is there already. Give another name with -o, or add --force."
        )
    check_file(arguments.output, inputs=[arguments.file])
    look_for_files(arguments.file)
    from stepup_equity.start import draft_programme

    if _is_published(arguments.file):
        name = Path(arguments.file).name
        say(f"{name} is a published table: it is read as it is printed, without a programme.")
        say(f"Next: stepup-equity report {typed(arguments.file)} -o out/")
        return DONE
    with progress("Reading", "rows") as step:
        draft = draft_programme(arguments.file, progress=step)
    if not arguments.accept:
        draft = _ask(draft)
    write_file(arguments.output, draft.to_toml().encode("utf-8"), inputs=[arguments.file])
    _close(draft, arguments.output, arguments.file, accepted=arguments.accept)
    return REFUSED if draft.open else DONE


def _is_published(file: str) -> bool:
    """Whether the file is a published table, which has no row for anybody; what cannot be opened is none."""
    from stepup_equity.counts import holds_published_table

    try:
        return holds_published_table(file)
    except StepUpError:
        return False


def _ask(draft: Draft) -> Draft:
    """Ask until the way ends, or the person stops."""
    from stepup_equity.start.steps import Way, repeats

    titles = f", {draft.view.header_row - 1} title row(s) above the names" if draft.view.titles else ""
    say(f"{draft.view.name}: {draft.view.rows:,} rows, {len(draft.view.columns)} columns{titles}.")
    if twice := repeats(draft):
        say(twice)
    say(_HELP)
    way = Way(draft)
    while way.step:
        after = _one_step(way)
        if after is None:
            break
        way = after
    return way.draft


def _one_step(way: Way) -> Way | None:
    """The way after one step; None where the person stops."""
    here, of = way.place
    say()
    if way.step.startswith("review:"):
        return _overview(way, f"{here} of {of}")
    return _question(way, way.draft.proposal(way.step), f"{here} of {of}")


def _overview(way: Way, place: str) -> Way | None:
    from stepup_equity.start.steps import COLUMNS, reviewed

    shown = reviewed(way.draft, way.step)
    what = "What the columns hold" if way.step == COLUMNS else "What the words mean"
    say(f"{place}  {what}")
    width = min(max((len(one.subject) for one in shown), default=0), 46)
    for number, one in enumerate(shown, 1):
        rows = "" if one.kind == "column" else f" ({one.rows:,})"
        say(f"  {number:>3}  {one.subject[:46]:{width}}{rows}  {one.in_words}")
    said = read_line("Right? Enter, or a number to change one: ")
    if said in ("", "yes", "y"):
        return way.take()
    if said is None or said in ("quit", "q"):
        return None
    if said == "back":
        return way.back()
    if said.isdecimal() and 1 <= int(said) <= len(shown):
        return _question(way, shown[int(said) - 1], place)
    say(f"{said} is no number of the list.")
    return way


def _question(way: Way, one: Proposal, place: str) -> Way | None:
    said = ask(one, place=place)
    if said is None:
        return None
    if said == "back":
        return way.back()
    try:
        return way.answer(one.key, said)
    except StepUpError as error:
        say(in_options(error))
        return way


def _close(draft: Draft, output: Path, file: str, *, accepted: bool) -> None:
    """The funnel as it stands, what is open, and what to do next."""
    from stepup_equity.start.steps import funnel_lines

    try:
        lines = funnel_lines(draft.counts())
    except StepUpError as error:
        lines = []
        say(f"It cannot be counted yet: {in_options(error)}")
    for label, people in lines:
        bar = "█" * round(30 * people / max(lines[0][1], 1)) if sys.stdout.isatty() else ""
        say(f"  {label:40} {people:>9,}  {bar}".rstrip())
    say(f"Written: {output}")
    if draft.open:
        say(f"{len(draft.open)} question(s) left open, marked OPEN in it:")
        for one in draft.open:
            say(f"  {one.question}")
        again = "run start without --accept" if accepted else "run start again, with --force"
        say(f"Answer them: {again}; or edit the file.")
        return
    if not lines:
        say("Next: mend the file, then look whether it can be counted. This names every row:")
        say(f"  stepup-equity check {typed(file)} --programme {typed(output)}")
        return
    label = f" --cohort-label {typed(draft.cohort)}" if draft.cohort else ""
    say(f"Next: stepup-equity report {typed(file)} --programme {typed(output)}{label} -o out/")
