"""The commands ``validity``, ``rules`` and ``choices``: questions that need the records themselves."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.options import (
    add_cohort,
    add_input,
    check_output,
    command,
    counted,
    how_read,
    told,
)
from stepup_equity.errors import ArgumentError

if TYPE_CHECKING:
    import argparse

    from stepup_equity.records.applicants import Applicants


_RECORDS: Final = "applicant records; no published table and no written counts, which hold nobody's numbers"


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    parser = command(
        commands,
        "validity",
        _validity,
        "  stepup-equity validity joined.csv --programme team.toml --score total --award mark \\\n"
        "      --gate assessed --by ethnicity -o validity.csv\n",
    )
    _common(parser)
    parser.add_argument(
        "--score", nargs="+", metavar="NAME", required=True, help="a score, or several: their mean"
    )
    parser.add_argument("--award", metavar="NAME", required=True, help="the number it should predict")
    parser = command(
        commands,
        "rules",
        _rules,
        "  stepup-equity rules cohort.csv --programme team.toml --gate eligible --by ethnicity \\\n"
        "      --rule 'as it was: degree>=3 years>=1' 'no years: degree>=3' -o rules.csv\n",
    )
    _common(parser)
    parser.add_argument(
        "--rule",
        nargs="+",
        metavar="'NAME: NUMBER>=LEAST'",
        required=True,
        help="a name and what is asked of declared numbers, with >= and <=",
    )
    parser = command(
        commands,
        "choices",
        _choices,
        "  stepup-equity choices cohort.csv --programme team.toml --first choice_1 --second choice_2 \\\n"
        "      --offered offered_by --by ethnicity -o choices.csv\n",
    )
    _common(parser, "applicant records, or counts written of them; no published table", gate="offered")
    parser.add_argument(
        "--first", metavar="NAME", required=True, help="the stratum that holds the first choice"
    )
    parser.add_argument("--second", metavar="NAME", help="the stratum that holds the second choice")
    parser.add_argument("--offered", metavar="NAME", required=True, help="the stratum that holds who offered")


def _common(parser: argparse.ArgumentParser, what: str = _RECORDS, gate: str | None = None) -> None:
    add_input(parser, what)
    add_cohort(parser)
    parser.add_argument(
        "--gate", metavar="GATE", required=gate is None, default=gate, help="the gate asked about"
    )
    parser.add_argument("--by", metavar="NAME", required=True, help="one characteristic")
    parser.add_argument("--level", metavar="NAME", help="how coarse the groups are: broad, or as declared")
    parser.add_argument("--reference", metavar="GROUP", help="whom groups are compared with")
    parser.add_argument("-o", "--output", metavar="CSV", type=Path, help="write the whole table")


def _validity(arguments: argparse.Namespace) -> int:
    check_output(arguments)
    from stepup_equity.findings import predictive_validity
    from stepup_equity.words.numbers import probability
    from stepup_equity.words.rows import records

    found = predictive_validity(
        _records(arguments), score=arguments.score, award=arguments.award, **_asked(arguments)
    )
    said = [
        f"{row.test}: F {row.statistic:.2f} on {row.df:.0f} and {row.df_residual:.0f}, "
        f"{probability(row.p_value)}"
        for row in records(found.tests.dropna())
    ]
    return told(arguments, found, [*found.sentences, *said])


def _rules(arguments: argparse.Namespace) -> int:
    check_output(arguments)
    from stepup_equity.findings import eligibility_rules

    rules: dict[str, dict[str, tuple[float, float]]] = {}
    for text in arguments.rule:
        name, limits = _rule(text)
        if name in rules:
            raise ArgumentError(f"--rule names two rules {name!r}. Give each a name of its own.")
        rules[name] = limits
    found = eligibility_rules(_records(arguments), rules=rules, **_asked(arguments))
    return told(arguments, found, found.sentences)


def _choices(arguments: argparse.Namespace) -> int:
    check_output(arguments)
    from stepup_equity.findings import offers_by_choice

    found = offers_by_choice(
        counted(arguments).counts,
        first=arguments.first,
        second=arguments.second,
        offered=arguments.offered,
        **_asked(arguments),
    )
    return told(arguments, found, found.frame["sentence"])


def _records(arguments: argparse.Namespace) -> Applicants:
    from stepup_equity.counts.opening import open_records

    return open_records(arguments.file, **how_read(arguments))


def _asked(arguments: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in ("gate", "by", "level", "reference", "cohort")}


_PART = re.compile(r"([^\s<>=]+)\s*(>=|<=)\s*([-+]?\d+(?:\.\d+)?)")


def _rule(text: str) -> tuple[str, dict[str, tuple[float, float]]]:
    """A rule as it is typed.

    >>> _rule("as it was: degree>=3 age>=18 age<=65")
    ('as it was', {'degree': (3.0, inf), 'age': (18.0, 65.0)})
    """
    name, colon, asked = text.partition(":")
    parts = _PART.findall(asked)
    if not colon or not name.strip() or not parts or _PART.sub("", asked).strip(" ,"):
        raise ArgumentError(
            f"--rule {text!r} is not read. Give a name, a colon, and what is asked, as in "
            "'as it was: degree>=3 years>=1'."
        )
    limits: dict[str, tuple[float, float]] = {}
    for number, sign, value in parts:
        low, high = limits.get(number, (-math.inf, math.inf))
        if math.isfinite(low if sign == ">=" else high):
            raise ArgumentError(f"--rule {text!r} asks {number}{sign} twice. Keep one.")
        limits[number] = (float(value), high) if sign == ">=" else (low, float(value))
    for number, (low, high) in limits.items():
        if low > high:
            raise ArgumentError(f"--rule {text!r} asks of {number} what no number is. Turn one of the two.")
    return name.strip(), limits
