"""The command ``start``: a programme drafted from a file, one short question at a time."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.exit_codes import DONE, REFUSED
from stepup_equity.cli.options import command
from stepup_equity.cli.terminal import progress
from stepup_equity.errors import ArgumentError, StepUpError
from stepup_equity.visible import visible

if TYPE_CHECKING:
    import argparse

    from stepup_equity.start import Draft, Proposal
    from stepup_equity.start.steps import Way

__all__ = ["add"]

_MOST_SHOWN: Final = 9
_HELP: Final = "Enter takes the proposal. A number chooses. back, quit (saves)."


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "start",
        run,
        "Draft a programme from a file: what each column, status and label means.",
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


def run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_file, write_file
    from stepup_equity.start import draft_programme

    if arguments.output.exists() and not arguments.force:
        raise ArgumentError(
            f"{arguments.output.name} is there already. Give another name with -o, or add --force."
        )
    check_file(arguments.output, inputs=[arguments.file])
    with progress("Reading", "rows") as step:
        draft = draft_programme(arguments.file, progress=step)
    if not arguments.accept:
        draft = _ask(draft)
    write_file(arguments.output, draft.to_toml().encode("utf-8"), inputs=[arguments.file])
    _close(draft, arguments.output, arguments.file)
    return REFUSED if draft.open else DONE


def _say(text: str = "") -> None:
    print(visible(text, keep="\n"))


def _ask(draft: Draft) -> Draft:
    """Ask until the way ends, or the person stops."""
    from stepup_equity.start.steps import Way

    titles = f", {draft.view.header_row - 1} title row(s) above the names" if draft.view.titles else ""
    _say(f"{draft.view.name}: {draft.view.rows:,} rows, {len(draft.view.columns)} columns{titles}.")
    _say(_HELP)
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
    _say()
    if way.step.startswith("review:"):
        return _overview(way, f"{here} of {of}")
    return _question(way, way.draft.proposal(way.step), f"{here} of {of}")


def _overview(way: Way, place: str) -> Way | None:
    from stepup_equity.start.steps import COLUMNS, reviewed

    shown = reviewed(way.draft, way.step)
    what = "What the columns hold" if way.step == COLUMNS else "What the words mean"
    _say(f"{place}  {what}")
    width = min(max((len(one.subject) for one in shown), default=0), 46)
    for number, one in enumerate(shown, 1):
        rows = "" if one.kind == "column" else f" ({one.rows:,})"
        _say(f"  {number:>3}  {one.subject[:46]:{width}}{rows}  {one.in_words}")
    said = _input("Right? Enter, or a number to change one: ")
    if said in ("", "yes", "y"):
        return way.take()
    if said is None or said in ("quit", "q"):
        return None
    if said == "back":
        return way.back()
    if said.isdecimal() and 1 <= int(said) <= len(shown):
        return _question(way, shown[int(said) - 1], place)
    _say(f"{said} is no number of the list.")
    return way


def _question(way: Way, one: Proposal, place: str) -> Way | None:
    _say(f"{place}  {one.question}")
    _say(f"      {one.reason[:1].upper()}{one.reason[1:]}.{f' {one.rests_on}.' if one.rests_on else ''}")
    shown = one.choices[:_MOST_SHOWN]
    for number, choice in enumerate(shown, 1):
        _say(f"  {number:>3}  {choice.label}{'  (proposed)' if choice.value == one.proposed else ''}")
    if len(one.choices) > _MOST_SHOWN:
        _say(f"       more: shows {len(one.choices) - _MOST_SHOWN} others")
    said = _input("> ")
    if said == "more":
        for number, choice in enumerate(one.choices, 1):
            _say(f"  {number:>3}  {choice.label}")
        said = _input("> ")
    if said is None or said in ("quit", "q"):
        return None
    if said == "back":
        return way.back()
    return _answered(way, one, said)


def _answered(way: Way, one: Proposal, said: str) -> Way:
    value = said or one.proposed
    if said.isdecimal() and 1 <= int(said) <= len(one.choices):
        value = one.choices[int(said) - 1].value
    try:
        return way.answer(one.key, value)
    except StepUpError as error:
        _say(str(error))
        return way


def _input(prompt: str) -> str | None:
    """What was typed; None at the end of the input."""
    try:
        return input(prompt).strip()
    except EOFError:
        print()
        return None


def _close(draft: Draft, output: Path, file: str) -> None:
    """The funnel as it stands, what is open, and what to do next."""
    from stepup_equity.start.steps import funnel_lines

    try:
        lines = funnel_lines(draft.counts())
    except StepUpError as error:
        lines = []
        _say(f"It cannot be counted yet: {error}")
    for label, people in lines:
        bar = "█" * round(30 * people / max(lines[0][1], 1)) if sys.stdout.isatty() else ""
        _say(f"  {label:40} {people:>9,}  {bar}".rstrip())
    _say(f"Written: {output}")
    if draft.open:
        _say(f"{len(draft.open)} question(s) left open, marked OPEN in it:")
        for one in draft.open:
            _say(f"  {one.question}")
        _say("Answer them: run start without --accept, or edit the file.")
        return
    name = f'"{file}"' if " " in str(file) else file
    _say(f"Next: stepup-equity report {name} --programme {output} -o out/")
