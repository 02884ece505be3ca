"""The command line: a file a command."""

from __future__ import annotations

import argparse
import gc
import os
import shlex
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn

import stepup_equity
from stepup_equity.cli.exit_codes import DONE, REFUSED, STOPPED, USAGE
from stepup_equity.cli.register import FILES, SUMMARIES
from stepup_equity.cli.terminal import any_console, in_options, lead_to_start, say, without
from stepup_equity.errors import DataError, DisclosureError, StepUpError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main", "program"]

_MANY: Final = 1_000_000
"""Objects that are made before garbage is looked for; a report makes about two million."""

_EPILOG = """\
examples:
  stepup-equity example                                 list the shipped examples
  stepup-equity example cohort_one                      write cohort_one.csv here
  stepup-equity start export.xlsx                       say what a file of your own means
  stepup-equity check cohort_one.csv                    is the file fit to be counted?
  stepup-equity report cohort_one.csv -o out/           the page, the charts, the tables
  stepup-equity report next.csv -o out/ --fail-on-cliff exit with 3 where a cliff edge is found
  stepup-equity report next.csv -o out/ --policy publish what may be published, and nothing else
  stepup-equity tables next.csv -o tables.ods           the spreadsheet alone

exit codes: 0 done, 1 data refused, 2 usage, 3 cliff edges found under --fail-on-cliff,
130 stopped by Ctrl-C
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    any_console()
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # no matrix here is worth waking up more for
    given = sys.argv[1:] if argv is None else argv
    arguments = _parser(given).parse_args(given)
    arguments.typed = tuple(given)
    try:
        return int(arguments.run(arguments))
    except DisclosureError as error:
        say(f"stepup-equity: {in_options(error)}", to=sys.stderr)
        from stepup_equity.cli.refused import cell_lines

        for line in cell_lines(error.cells):
            say(line, to=sys.stderr)
        _print_offers(error.commands, given)
        return REFUSED
    except DataError as error:
        say(f"stepup-equity: {in_options(error)}", to=sys.stderr)
        if error.has_problems:  # a frame of none takes a second to load what makes frames
            if len(error.problems) > 1:
                say("stepup-equity check, with the same file, lists every problem.", to=sys.stderr)
            lead_to_start(arguments, error.problems)
        return REFUSED
    except StepUpError as error:
        say(f"stepup-equity: {in_options(error)}", to=sys.stderr)
        return USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return DONE
    except OSError as error:
        why = (error.strerror or str(error)).rstrip(".")
        say(f"stepup-equity: the system refuses what is needed: {why}.", to=sys.stderr)
        say("Where only some places may be written, name one for temporary files: TMPDIR.", to=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        say("stepup-equity: stopped. What stood at the output before still does.", to=sys.stderr)
        return STOPPED


def program() -> NoReturn:
    """Run the command line as a program of its own, and end it.

    It looks for garbage seldom, since it soon ends, and not at its end.
    """
    gc.set_threshold(_MANY)
    code = main()
    gc.freeze()
    sys.exit(code)


def _print_offers(commands: Sequence[str], argv: Sequence[str]) -> None:
    """What would help, each as the whole command: lists grow, and a policy takes the place of another."""
    for options in commands:
        kept = without(argv, one=("--policy",)) if options.startswith("--policy ") else argv
        say(f"  stepup-equity {shlex.join(kept)} {options}", to=sys.stderr)


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; of the commands only the one asked for is loaded: loading takes longer than listing."""
    asked = FILES.get(next((word for word in argv if not word.startswith("-")), ""))
    parser = argparse.ArgumentParser(
        prog="stepup-equity",
        description="Who gets through a selection process, and at which gate a group falls behind.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"stepup-equity {stepup_equity.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, summary in SUMMARIES.items():
        if FILES[name] != asked:
            commands.add_parser(name, help=summary, add_help=False)
        elif name not in commands.choices:  # a file may have several
            import_module(f"stepup_equity.cli.{asked}").add(commands)
    return parser
