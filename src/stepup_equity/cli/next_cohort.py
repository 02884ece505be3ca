"""The command ``next``: a cohort after another, in one line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE, REFUSED
from stepup_equity.cli.options import add_protection, command, look_for_files, protection, read_by
from stepup_equity.cli.terminal import ask, in_options, progress, say, warnings_in_words
from stepup_equity.errors import ArgumentError, StepUpError

if TYPE_CHECKING:
    import argparse

    from stepup_equity.counts import OpenedCounts
    from stepup_equity.process import Programme
    from stepup_equity.start import Proposal
    from stepup_equity.start.last_time import LastTime
    from stepup_equity.start.view import FileView


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "next",
        _run,
        "  stepup-equity next export.xlsx --programme my.toml --last out4/ -o out5/\n"
        "  stepup-equity next export.xlsx --programme my.toml --last out4/ published4/ -o out5/\n"
        "  stepup-equity next export.xlsx --programme my.toml --last 4.csv --last-programme 4.toml -o out/\n"
        '  stepup-equity next export.xlsx --programme my.toml --last out4/ --cohort-label "Cohort 5" \\\n'
        '      --last-label "Cohort 4" -o out5/\n',
    )
    parser.add_argument("file", help="the next cohort's applicant records")
    parser.add_argument("--programme", metavar="FILE", required=True, help="the programme of last time")
    parser.add_argument(
        "--last",
        metavar="DIR",
        nargs="+",
        required=True,
        help="the folders of last time (report and publication), or the last cohort's file",
    )
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write")
    parser.add_argument("--cohort-label", metavar="NAME", help="name of this cohort, where the file has none")
    parser.add_argument(
        "--last-label", metavar="NAME", default="", help="name of the last cohort, where it has none"
    )
    parser.add_argument(
        "--last-programme", metavar="FILE", default="", help="programme of the last cohort's file"
    )
    parser.add_argument(
        "--policy", default="publish", help="of the publication: publish (default), a preset or a file"
    )
    add_protection(parser)
    parser.add_argument(
        "--accept", action="store_true", help="ask nothing; stop with 1 where a person must decide"
    )
    parser.add_argument("--force", action="store_true", help="replace an earlier output in the same folder")


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_folder

    target = check_folder(arguments.output, force=arguments.force, inputs=read_by(arguments))
    look_for_files(arguments.file)
    from stepup_equity.disclosure import Ledger
    from stepup_equity.process import load_programme, programme_to_toml
    from stepup_equity.start.last_time import last_time
    from stepup_equity.start.view import view_file

    programme = load_programme(arguments.programme)
    with progress("Reading", "rows") as step:
        view = view_file(arguments.file, progress=step)
    label = _label(arguments, view, programme)
    last = last_time(
        arguments.last, programme, label=arguments.last_label, last_programme=arguments.last_programme
    )
    _check_labels(label, last)
    found = _programme(view, programme, arguments)
    if found is None:
        return REFUSED
    for note in last.notes:
        say(note)
    opened = _counted(arguments, view, found, last, label)
    answers = _shifts(opened, last, arguments)
    if answers is None:
        return REFUSED
    from stepup_equity.presentation.next_folder import NextCohort, audited_with, write_next

    choices = protection(arguments)
    named = choices.pop("ledgers", [])
    ledgers = (*last.ledgers, *(one if isinstance(one, Ledger) else Ledger.read(one) for one in named))
    cohort = NextCohort(
        counts=opened.counts,
        programme=programme_to_toml(found),
        problems=opened.problems,
        source=Path(arguments.file),
        last=last.counts,
        ledgers=ledgers,
        last_label=last.label,
        notes=(*last.notes, *answers),
    )
    with progress("Writing", "parts") as step, warnings_in_words():
        folder = write_next(
            target,
            cohort,
            policy=arguments.policy,
            progress=step,
            by=arguments.by,
            **choices,
        )
    say(audited_with(ledgers))
    say(f"Written: {folder}")
    say("  internal/      the report for the team: not for publication")
    if last.counts is not None:
        say("  comparison/    this cohort beside the last: not for publication")
    say("  publication/   what may be published, with its ledger.json")
    say("  programme.toml the programme for next time")
    return DONE


def _programme(view: FileView, programme: Programme, arguments: argparse.Namespace) -> Programme | None:
    """The programme as the file needs it; None where a person must decide and does not."""
    from stepup_equity.start.differences import differences

    answers: dict[str, str] = {}
    shown: set[str] = set()
    while True:
        found, made = differences(view, programme, answers)
        for one in made:
            if not one.open and not one.answered and one.key not in shown:
                shown.add(one.key)
                taken = f" Taken: {one.in_words}." if one.kind in ("status", "label") else ""
                say(f"- {one.question}{taken}")
        waiting = [one for one in made if one.open]
        if not waiting:
            return found
        hopeless = [one for one in waiting if not one.choices]
        if hopeless or arguments.accept or not _decide(waiting[0], answers):
            _stop(hopeless or waiting)
            return None


def _decide(one: Proposal, answers: dict[str, str]) -> bool:
    """Ask one question; False where it is not answered."""
    while (said := ask(one)) is not None:
        for choice in one.choices:
            if said in (choice.value, choice.label):
                answers[one.key] = choice.value
                return True
        say(f"{said!r} is none of the answers: give a number, or quit.")
    return False


def _stop(waiting: list[Proposal]) -> None:
    say(f"Stopped: {len(waiting)} difference(s) need a person. Nothing was written.")
    for one in waiting:
        say(f"  {one.question}")


def _label(arguments: argparse.Namespace, view: FileView, programme: Programme) -> str:
    """What the cohort is called, before anything is asked; empty where a column says it."""
    from stepup_equity.start.names import cohort_named

    has = any(column.name.casefold() == programme.reading.cohort.casefold() for column in view.columns)
    if arguments.cohort_label or has:
        return arguments.cohort_label or ""
    label = next(filter(None, map(cohort_named, (*view.titles, view.name))), "")
    if not label:
        raise ArgumentError("The file names no cohort. Give its name with --cohort-label.")
    say(f"- This cohort is called {label!r}, after the titles or the name of the file.")
    return label


def _check_labels(label: str, last: LastTime) -> None:
    """Refuse cohorts that could not be told apart, before anything is asked."""
    if last.unnamed:
        raise ArgumentError(
            "The ledger of the last cohort does not name it. Give its name with --last-label; nothing needs "
            "to be issued again."
        )
    if label and label == last.label:
        raise ArgumentError(
            f"Both cohorts are called {label!r}. Give this one another name with --cohort-label."
        )


def _counted(
    arguments: argparse.Namespace, view: FileView, programme: Programme, last: LastTime, label: str
) -> OpenedCounts:
    """The cohort counted under a name of its own, so that it is never taken for the last one."""
    from stepup_equity.counts import of_cohort, open_counts

    with progress("Counting", "rows") as step:
        opened = open_counts(arguments.file, programme=programme, cohort_label=label or None, progress=step)
    if last.label and last.label in of_cohort(opened.counts).cohorts:
        raise ArgumentError(
            f"{view.name} is of {last.label!r}, as the last cohort was: it would be set beside itself. Give "
            f"the file of the next one. Where records of {last.label!r} were corrected since, that is no "
            "next cohort: report it again, with --ledger and --corrected."
        )
    return opened


def _shifts(opened: OpenedCounts, last: LastTime, arguments: argparse.Namespace) -> list[str] | None:
    """What the counts show beside those of last time, as notes; None where a person says stop."""
    from stepup_equity.start.shifts import shifts

    if last.counts is None:
        return []
    answers: dict[str, str] = {}
    try:
        made = shifts(opened.counts, last.counts, answers)
    except StepUpError as error:
        say(in_options(error))
        return []
    waiting = [one for one in made if one.open]
    for one in made:
        if not one.open:
            say(f"- {one.question}")
    if waiting and arguments.accept:
        _stop(waiting)
        return None
    for one in waiting:
        if not _decide(one, answers) or answers[one.key] == "no":
            _stop([one])
            return None
    return [one.question for one in made]
