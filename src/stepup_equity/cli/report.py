"""The command ``report``: the report, internal or for publication."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import CLIFFS, DONE
from stepup_equity.cli.options import (
    add_cohort,
    add_denominator,
    add_imprint,
    add_input,
    add_protection,
    ask_for_ledger,
    command,
    counted,
    look_for_files,
    protection,
    read_by,
)
from stepup_equity.cli.terminal import progress, say, warnings_in_words, without
from stepup_equity.errors import ArgumentError
from stepup_equity.words.unit import speaking, unit_of

if TYPE_CHECKING:
    import argparse

    import pandas as pd

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.designs import Design
    from stepup_equity.findings import CliffEdges
    from stepup_equity.presentation.charts.press import Press


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "report",
        _run,
        "  stepup-equity report cohort.csv -o out/\n"
        "  stepup-equity report cohort.csv -o out/ --policy publish\n"
        "  stepup-equity report next.csv -o next/ --policy team.toml --ledger out/ledger.json\n"
        "  stepup-equity report west_lancs_2019_20.csv -o out/ --by ethnicity\n",
    )
    add_input(parser)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--policy",
        default="internal",
        help="what may be shown: internal (default; not for publication), publish, a preset or a file",
    )
    parser.add_argument(
        "--benchmark",
        nargs="+",
        metavar="FILE",
        default=[],
        help="outside figures to set beside the cohort: files or shipped names",
    )
    parser.add_argument(
        "--targets", metavar="CSV", help="places wanted by partnership: a row for each, column 'target'"
    )
    add_cohort(parser, "the last; a publication shows all unless one is named")
    add_denominator(parser)
    add_protection(parser)
    add_imprint(parser)
    parser.add_argument(
        "--plan",
        action="store_true",
        help="write nothing; set designs of a publication beside each other, each with its command",
    )
    parser.add_argument(
        "--choose",
        type=int,
        metavar="N",
        help="take design N of --plan in place of --policy and what goes with it",
    )
    parser.add_argument("--force", action="store_true", help="replace an earlier report in the same folder")
    parser.add_argument(
        "--fail-on-cliff", action="store_true", help="exit with 3 where a cliff edge is found"
    )


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_folder

    check_folder(arguments.output, force=arguments.force, inputs=read_by(arguments))
    look_for_files(arguments.file)
    from stepup_equity.presentation.charts.press import Press

    # one cohort's internal report has dozens of charts: what draws them gets ready while records are read
    with Press(beside=arguments.policy == "internal" and arguments.cohort != "all") as press:
        return _reported(arguments, press)


def _reported(arguments: argparse.Namespace, press: Press) -> int:
    from stepup_equity.disclosure import policy_of

    publishable = policy_of(arguments.policy).publishable or arguments.choose is not None
    if publishable and arguments.fail_on_cliff:
        raise ArgumentError(
            "--fail-on-cliff looks at every count, and a publication shows only some. "
            "Run the internal report with it."
        )
    if not publishable and protection(arguments):
        raise ArgumentError(
            "--ledger, --merge, --pool and --drop-stages are for a publication, and an internal report shows "
            "everything. Add --policy publish, or another policy."
        )
    if publishable:
        ask_for_ledger(arguments, arguments.output / "ledger.json")
    with progress("Reading records", "rows") as step:
        opened = counted(arguments, progress=step)
    if arguments.plan or arguments.choose is not None:
        chosen = _plan(arguments, opened.counts)
        if chosen is None:
            return DONE
        arguments.policy, choices = chosen.policy, {**protection(arguments), **chosen.choices}
    else:
        choices = protection(arguments)
    import pandas as pd

    from stepup_equity.presentation.charts.lacking import boxed
    from stepup_equity.presentation.imprint import Imprint
    from stepup_equity.presentation.writing import report_in

    with (
        progress("Writing the report", "parts") as step,
        warnings_in_words(),
        # tables here are a few hundred rows, read one by one, and Arrow takes long to hand out each label
        pd.option_context("mode.string_storage", "python"),
    ):
        written = report_in(
            arguments.output,
            opened.counts,
            arguments.policy,
            arguments.by,
            opened.problems,
            arguments.file,
            cohort=arguments.cohort,
            benchmarks=arguments.benchmark,
            targets=arguments.targets,
            denominator=arguments.denominator,
            imprint=Imprint(arguments.title, arguments.author, arguments.contact, arguments.date),
            force=arguments.force,
            progress=step,
            press=press,
            **choices,
        )
    said = boxed(opened.counts)
    if written.edges is None:
        say(f"Written: {written.folder} ({written.protection})")
        if said:
            say(said)
        say("Keep its ledger.json: the next release is audited together with it (--ledger).")
        return DONE
    with speaking(unit_of(opened.counts.programme)):
        _print_edges(written.edges)
    say(f"Written: {written.folder} (internal: not for publication)")
    if said:
        say(said)
    return CLIFFS if arguments.fail_on_cliff and written.edges.any_flagged else DONE


def _plan(arguments: argparse.Namespace, counts: StageCounts) -> Design | None:
    """Designs of a publication, in print; and the one that was chosen."""
    from stepup_equity.disclosure.designs import designs_of, publication_plan
    from stepup_equity.words.numbers import count

    if arguments.choose is not None:
        designs = designs_of(counts, arguments.by)
        if not 1 <= arguments.choose <= len(designs):
            raise ArgumentError(
                f"--choose {arguments.choose} is no design. There are 1 to {len(designs)}; --plan lists them."
            )
        chosen: Design = designs[arguments.choose - 1]
        return chosen
    plan = publication_plan(counts, by=arguments.by, ledgers=arguments.ledger)
    typed = shlex.join(
        without(
            arguments.typed,
            alone=("--plan", "--pool"),
            one=("--policy", "--choose"),
            several=("--merge", "--drop-stages", "--drop-stages-of"),
        )
    )  # a design decides these; it is the same file, read in the same way
    for row in plan.to_dict("records"):
        kept = row["status"] or (
            f"shows {row['counts_kept']:,} of {row['counts']:,} counts of people at a stage, "
            f"{row['rates_kept']:,} of {count(row['rates'], 'rate')}, "
            f"{count(row['comparisons'], 'comparison')}"
        )
        say(f"{row['number']}. {row['design']}: {kept} ({row['seconds']} s)")
        say(f"   stepup-equity {typed} {row['options']}")
    say("Nothing was written. Take one with its command, or with --choose N.")
    return None


def _print_edges(edges: CliffEdges) -> None:
    """What was found: over the whole way, then at the gates, between broad groups and between all."""
    from stepup_equity.presentation.source import ends_in_words

    whole = ends_in_words(edges.broad_whole_way, edges.whole_way)
    if whole:
        say("Over the whole way:")
    for sentence in whole:
        say(f"  {sentence}")
    if len(edges.broad):
        _print_family("Cliff edges between broad groups", edges.broad, edges.broad_flagged)
    _print_family("Cliff edges", edges.frame, edges.flagged)
    for sentence in edges.held_back["sentence"]:
        say(f"  Not flagged: {sentence}")
    for note in edges.notes:
        say(note)


def _print_family(title: str, frame: pd.DataFrame, flagged: pd.DataFrame) -> None:
    from stepup_equity.words.rows import compared

    among = int(compared(frame).sum())
    too_few = int((frame["verdict"] == "too few to tell").sum())
    made = f"{among} comparison{'' if among == 1 else 's'}"
    say(f"{title}: {len(flagged)} in {made}; too few to tell in {too_few}.")
    for sentence in flagged["sentence"]:
        say(f"  {sentence}")
