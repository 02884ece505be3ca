"""What is printed on a terminal beside a command's own answer: problems, progress, warnings."""

from __future__ import annotations

import io
import math
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TextIO

from stepup_equity.visible import visible

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Container, Iterable, Iterator

    import pandas as pd

    from stepup_equity.start import Proposal


_MOST_SHOWN: Final = 9


def read_line(prompt: str) -> str | None:
    """What was typed; None at the end of the input."""
    try:
        return input(prompt).strip()
    except EOFError:
        print()
        return None


def ask(one: Proposal, *, place: str = "") -> str | None:
    """Ask one question: the value chosen, ``"back"``, or None where the person stops."""
    say(f"{place}  {one.question}".strip())
    say(f"      {_sentence(one.reason)}{f' {one.rests_on}.' if one.rests_on else ''}")
    choices = sorted(
        one.choices, key=lambda choice: choice.value != one.proposed
    )  # Enter takes what is shown
    for number, choice in enumerate(choices[:_MOST_SHOWN], 1):
        say(f"  {number:>3}  {choice.label}{'  (proposed)' if choice.value == one.proposed else ''}")
    if len(one.choices) > _MOST_SHOWN:
        say(f"       more: shows {len(one.choices) - _MOST_SHOWN} others")
    if not one.proposed:
        say(
            "       nothing is proposed: give a number"
            if one.choices
            else "       nothing can be chosen: quit"
        )
    while True:
        said = read_line("> ")
        if said is None or said in ("quit", "q"):
            return None
        if said == "more":
            for number, choice in enumerate(choices, 1):
                say(f"  {number:>3}  {choice.label}")
        elif said.isdecimal() and 1 <= int(said) <= len(choices):
            return choices[int(said) - 1].value
        elif said or one.proposed or not one.choices:
            return said or one.proposed
        else:
            say("Nothing is proposed here: give a number, or quit.")


def _sentence(words: str) -> str:
    """Words as a sentence; one that asks has its mark.

    >>> _sentence("no list knows this label"), _sentence("which comes first?")
    ('No list knows this label.', 'Which comes first?')
    """
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith('?') else '.'}"


def in_options(error: Exception) -> str:
    """The sentence of an error, in the words of a terminal."""
    from stepup_equity.cli.option_words import in_option_words  # not for --help

    return in_option_words(str(error))


def without(
    words: Iterable[str],
    *,
    alone: Container[str] = (),
    one: Container[str] = (),
    several: Container[str] = (),
) -> list[str]:
    """What was typed, without options that stand alone, with one word behind them, or with several.

    >>> without(["report", "--policy", "mine.toml", "a.csv", "--plan"], alone=["--plan"], one=["--policy"])
    ['report', 'a.csv']
    >>> without("report --policy=hesa a.csv --merge x y".split(), one=["--policy"], several=["--merge"])
    ['report', 'a.csv']
    """
    kept, behind = [], 0.0
    for word in words:
        name, joined, _ = word.partition("=")
        if name in alone or name in one or name in several:
            behind = math.inf if name in several else float(name in one)
            behind = 0.0 if joined else behind
        elif behind and not word.startswith("-"):
            behind -= 1
        else:
            kept.append(word)
            behind = 0.0
    return kept


def say(text: object = "", *, to: TextIO | None = None, end: str = "\n") -> None:
    """Print a text, of which nothing works on the terminal.

    Parameters
    ----------
    text : object
        Labels of a file may stand in it.
    to : file, optional
        By default the standard output.
    end : str
    """
    from stepup_equity.words.unit import in_unit

    print(visible(in_unit(str(text)), keep="\n"), file=to, end=end)


def typed(text: object) -> str:
    """A name as it is typed at bash and at PowerShell alike."""
    return f'"{text}"' if " " in str(text) else str(text)


def _is_file(name: str) -> bool:
    from pathlib import Path  # not for --help, which it would take a tenth longer

    return Path(name).is_file()


_OF_MEANING: Final = ("header_missing", "column_missing")
"""Codes of problems that a programme mends; so do those of unknown words."""


def lead_to_start(arguments: argparse.Namespace, problems: pd.DataFrame) -> None:
    """Where columns or words of a file are not known and no programme was named, say who finds them out."""
    given = vars(arguments)
    codes = [str(code) for code in problems.get("code", [])]
    words = any(code in _OF_MEANING or code.startswith("unknown_") for code in codes)
    if words and given.get("programme", "") is None and _is_file(str(given.get("file", ""))):
        say(
            f"If it is the export of another system: stepup-equity start {typed(given['file'])} finds out "
            "what its columns and words mean.",
            to=sys.stderr,
        )


def any_console() -> None:
    """Let a terminal that lacks a letter show another in its place, rather than stop."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_problems(problems: pd.DataFrame, name: str) -> None:
    """Each problem as a short list: a table of so many columns would have to break every word."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    many = problems["severity"].value_counts()
    kinds = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in many.items())
    console.print(Text(visible(f"Problems of {name}: {kinds}"), style="bold"))
    for problem in problems.to_dict("records"):
        console.print()
        console.print(Text(problem["severity"].upper(), style="bold"), Text(visible(problem["problem"])))
        parts = Table.grid(padding=(0, 2))
        parts.add_column(no_wrap=True)
        parts.add_column(overflow="fold")
        rows, every = problem["rows"], f"{problem['count']:,} in all" if problem["count"] else ""
        said = {
            "column": problem["column"],
            "rows": f"{rows} ({every})" if rows and every else rows or every,
            "found": problem["found"],
            "possible": problem["possible"],
            "to do": problem["remedy"],
        }
        for part, words in said.items():
            if words:
                parts.add_row(Text(f"  {part}"), Text(visible(words)))
        console.print(parts)


@contextmanager
def progress(title: str, unit: str) -> Iterator[Callable[[int], None] | None]:
    """A line on the terminal once work has taken a second; silent in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console

    console = Console(stderr=True)
    started = time.monotonic()
    with console.status("") as status:
        status.stop()

        def step(done: int) -> None:
            if time.monotonic() - started > 1:
                status.start()
                status.update(f"{title}: {done:,} {unit}")

        yield step


@contextmanager
def warnings_in_words() -> Iterator[None]:
    """Say warnings as sentences, without the place in the program they come from."""
    import warnings

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("default", UserWarning)
        yield
    for warning in found:
        say(f"stepup-equity: {warning.message}", to=sys.stderr)
