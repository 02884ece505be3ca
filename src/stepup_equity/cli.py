"""The command line: ``stepup-equity check | report | example``."""

from __future__ import annotations

import argparse
import gc
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import stepup_equity
from stepup_equity.errors import ArgumentError, DataError, DisclosureError, StepUpError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import pandas as pd

    from stepup_equity.findings import CliffEdges

__all__ = ["main"]

DONE, REFUSED, USAGE, CLIFFS = 0, 1, 2, 3

_EPILOG = """\
examples:
  stepup-equity example                                 list the shipped examples
  stepup-equity example cohort_one                      write cohort_one.csv here
  stepup-equity check cohort_one.csv                    is the file fit to be counted?
  stepup-equity report cohort_one.csv -o out/           the page, the charts, the tables
  stepup-equity report next.csv -o out/ --fail-on-cliff exit with 3 where a cliff edge is found
  stepup-equity report next.csv -o out/ --policy publish what may be published, and nothing else
  stepup-equity tables next.csv -o tables.ods           the spreadsheet alone

exit codes: 0 done, 1 data refused, 2 usage, 3 cliff edges found under --fail-on-cliff
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        with _few_collections():
            return int(arguments.run(arguments))
    except DisclosureError as error:
        print(f"stepup-equity: {error}", file=sys.stderr)
        print(error.cells.to_string(index=False), file=sys.stderr)
        return REFUSED
    except DataError as error:
        print(f"stepup-equity: {error}", file=sys.stderr)
        if len(error.problems) > 1:
            print("stepup-equity check, with the same file, lists every problem.", file=sys.stderr)
        return REFUSED
    except StepUpError as error:
        print(f"stepup-equity: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        sys.stderr.close()
        return DONE


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for garbage seldom: a command soon ends, and the looking takes a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stepup-equity",
        description="Who gets through a selection process, and at which gate a group falls behind.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"stepup-equity {stepup_equity.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_check(commands)
    _add_report(commands)
    _add_tables(commands)
    _add_lint(commands)
    _add_charts(commands)
    _add_example(commands)
    _add_programme(commands)
    _add_audit(commands)
    _add_compare(commands)
    _add_count(commands)
    return parser


def _command(
    commands: Any, name: str, run: Callable[[argparse.Namespace], int], summary: str, examples: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _add_input(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="applicant records, a published table of counts, or written counts")
    parser.add_argument(
        "--programme",
        metavar="FILE",
        help="a programme file or shipped name (default: Step Up to Social Work)",
    )
    parser.add_argument("--query", metavar="SQL", help="what to ask where FILE is the address of a database")
    parser.add_argument("--no-ids", action="store_true", help="do not read or check applicant ids")


def _add_check(commands: Any) -> None:
    parser = _command(
        commands,
        "check",
        _check,
        "Say whether a file of applicant records is fit to be counted.",
        "  stepup-equity check cohort.csv\n  stepup-equity check cohort.csv -o problems.csv\n",
    )
    _add_input(parser)
    parser.add_argument("-o", "--output", metavar="CSV", type=Path, help="also write the problems as a table")


def _check(arguments: argparse.Namespace) -> int:
    from stepup_equity.counts import check_file

    problems = check_file(
        arguments.file,
        programme=arguments.programme,
        query=arguments.query,
        check_ids=not arguments.no_ids,
    )
    if arguments.output:
        problems.to_csv(arguments.output, index=False)
    name = Path(arguments.file).name
    unread = problems["code"].isin(["characteristic_absent", "columns_not_read"])
    if unread.all():
        print(f"{name}: no problems found.")
    else:
        _print_problems(problems[~unread], name)
    absent = problems.loc[problems["code"] == "characteristic_absent", "column"]
    if len(absent):
        print(f"No column for {', '.join(absent)}: nothing is said about them.")
    for columns in problems.loc[problems["code"] == "columns_not_read", "possible"]:
        print(f"Not read: {columns}.")
    return REFUSED if (problems["severity"] == "error").any() else DONE


def _print_problems(problems: pd.DataFrame, name: str) -> None:
    """Each problem as a short list: a table of so many columns would have to break every word."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    many = problems["severity"].value_counts()
    kinds = ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in many.items())
    console.print(Text(f"Problems of {name}: {kinds}", style="bold"))
    for problem in problems.to_dict("records"):
        console.print()
        console.print(Text(problem["severity"].upper(), style="bold"), Text(problem["problem"]))
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
                parts.add_row(Text(f"  {part}"), Text(words))
        console.print(parts)


def _add_report(commands: Any) -> None:
    parser = _command(
        commands,
        "report",
        _report,
        "Write the report: one page, charts, tables, and a list of cliff edges.",
        "  stepup-equity report cohort.csv -o out/\n"
        "  stepup-equity report cohort.csv -o out/ --policy publish\n"
        "  stepup-equity report next.csv -o next/ --policy team.toml --ledger out/ledger.json\n"
        "  stepup-equity report west_lancs_2019_20.csv -o out/ --by ethnicity\n",
    )
    _add_input(parser)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write")
    parser.add_argument(
        "--policy",
        default="internal",
        help="what may be shown: internal (default; not for publication), publish, a preset or a file",
    )
    _add_protection(parser)
    parser.add_argument("--force", action="store_true", help="replace an earlier report in the same folder")
    parser.add_argument(
        "--fail-on-cliff", action="store_true", help="exit with 3 where a cliff edge is found"
    )


def _add_protection(parser: argparse.ArgumentParser) -> None:
    """What a publication may be told, and what a refusal offers."""
    parser.add_argument("--by", nargs="+", metavar="NAME", help="only these characteristics")
    parser.add_argument(
        "--ledger",
        nargs="+",
        metavar="JSON",
        type=Path,
        default=[],
        help="ledgers of earlier releases, to be audited together with this one",
    )
    parser.add_argument(
        "--merge", nargs="+", metavar="NAME", default=[], help="print broad groups only, of these"
    )
    parser.add_argument("--pool", action="store_true", help="print all cohorts together only")
    parser.add_argument(
        "--drop-stages", nargs="+", metavar="STAGE", default=[], help="leave these stages out"
    )


def _protection(arguments: argparse.Namespace) -> dict[str, Any]:
    """What was asked of the protection."""
    possible = {
        "ledgers": arguments.ledger,
        "merge": dict.fromkeys(arguments.merge, "broad"),
        "pool": arguments.pool,
        "drop_stages": arguments.drop_stages,
    }
    return {name: value for name, value in possible.items() if value}


def _report(arguments: argparse.Namespace) -> int:
    from stepup_equity.counts import open_counts
    from stepup_equity.disclosure import policy_of

    publishable = policy_of(arguments.policy).publishable
    if publishable and arguments.fail_on_cliff:
        raise ArgumentError(
            "--fail-on-cliff looks at every count, and a publication shows only some. "
            "Run the internal report with it."
        )
    if not publishable and _protection(arguments):
        raise ArgumentError(
            "--ledger, --merge, --pool and --drop-stages are for a publication, and an internal report shows "
            "everything. Add --policy publish, or another policy."
        )
    with _progress("Reading records", "rows") as step:
        opened = open_counts(
            arguments.file,
            programme=arguments.programme,
            query=arguments.query,
            check_ids=not arguments.no_ids,
            progress=step,
        )
    from stepup_equity.presentation.writing import report_in

    with _progress("Writing the report", "parts") as step, _warnings_in_words():
        written = report_in(
            arguments.output,
            opened.counts,
            arguments.policy,
            arguments.by,
            opened.problems,
            arguments.file,
            force=arguments.force,
            progress=step,
            **_protection(arguments),
        )
    if written.edges is None:
        print(f"Written: {written.folder}")
        print("Keep its ledger.json: the next release is audited together with it (--ledger).")
        return DONE
    _print_edges(written.edges)
    print(f"Written: {written.folder} (internal: not for publication)")
    return CLIFFS if arguments.fail_on_cliff and written.edges.frame["flagged"].any() else DONE


def _print_edges(edges: CliffEdges) -> None:
    frame = edges.frame
    flagged = frame[frame["flagged"]]
    compared = int(frame["p_value"].notna().sum())
    too_few = int((frame["verdict"] == "too few to tell").sum())
    made = f"{compared} comparison{'' if compared == 1 else 's'}"
    print(f"Cliff edges: {len(flagged)} in {made}; too few to tell in {too_few}.")
    for sentence in flagged["sentence"]:
        print(f"  {sentence}")
    for note in edges.notes:
        print(note)


def _add_tables(commands: Any) -> None:
    parser = _command(
        commands,
        "tables",
        _tables,
        "Write the tables of a publication as an accessible spreadsheet.",
        "  stepup-equity tables cohort.csv -o tables.xlsx\n"
        "  stepup-equity tables cohort.csv -o tables.ods --policy hesa\n"
        "  stepup-equity tables next.csv -o next.ods --policy team.toml --ledger last.json\n",
    )
    _add_input(parser)
    parser.add_argument("-o", "--output", metavar="FILE", type=Path, required=True, help=".xlsx or .ods")
    parser.add_argument(
        "--policy",
        default="publish",
        help="what may be shown: publish (default), a preset, a file, or internal (not for publication)",
    )
    _add_protection(parser)
    parser.add_argument("--author", default="stepup_equity", help="who answers for the file")
    parser.add_argument("--contact", help="where to write: an address of electronic mail or a page")
    parser.add_argument("--save-ledger", metavar="JSON", type=Path, help="what the next release will need")


def _tables(arguments: argparse.Namespace) -> int:
    from stepup_equity.counts import open_counts
    from stepup_equity.disclosure import policy_of, protect
    from stepup_equity.presentation.workbook.tables import write_workbook

    policy = policy_of(arguments.policy)
    counts = open_counts(
        arguments.file,
        programme=arguments.programme,
        query=arguments.query,
        check_ids=not arguments.no_ids,
    ).counts
    with _warnings_in_words():
        release = protect(counts, policy, by=arguments.by, **_protection(arguments))
    written = write_workbook(arguments.output, release, author=arguments.author, contact=arguments.contact)
    if arguments.save_ledger:
        release.ledger().write(arguments.save_ledger)
    print(f"Written: {written}{'' if release.publishable else ' (internal: not for publication)'}")
    return DONE


def _add_lint(commands: Any) -> None:
    parser = _command(
        commands,
        "lint",
        _lint,
        "Check a spreadsheet against the rules for accessible spreadsheets.",
        "  stepup-equity lint tables.xlsx\n  stepup-equity lint tables.ods\n",
    )
    parser.add_argument("file", help="any .xlsx or .ods file")


def _lint(arguments: argparse.Namespace) -> int:
    from stepup_equity.presentation.workbook import lint_file

    status, words = lint_file(arguments.file)
    print(words)
    return status


@contextmanager
def _warnings_in_words() -> Iterator[None]:
    """Say warnings as sentences, without the place in the program they come from."""
    import warnings

    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("default", UserWarning)
        yield
    for warning in found:
        print(f"stepup-equity: {warning.message}", file=sys.stderr)


def _add_charts(commands: Any) -> None:
    parser = _command(
        commands,
        "charts",
        _charts,
        "Write charts as SVG and PNG. They show everything: not for publication.",
        "  stepup-equity charts cohort.csv --by ethnicity --kind funnel -o charts/\n"
        "  stepup-equity charts cohort.csv --kind cliffs gap -o charts/\n",
    )
    _add_input(parser)
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, required=True, help="folder to write")
    parser.add_argument("--by", nargs="+", metavar="NAME", help="only these characteristics")
    parser.add_argument("--kind", nargs="+", metavar="KIND", help="funnel, cliffs, gap ...; by default all")
    parser.add_argument("--force", action="store_true", help="replace earlier charts in the same folder")


def _charts(arguments: argparse.Namespace) -> int:
    from stepup_equity.counts import open_counts
    from stepup_equity.presentation import write_charts

    counts = open_counts(
        arguments.file,
        programme=arguments.programme,
        query=arguments.query,
        check_ids=not arguments.no_ids,
    ).counts
    with _progress("Drawing", "charts") as step:
        written = write_charts(
            arguments.output,
            counts,
            by=arguments.by,
            kinds=arguments.kind,
            force=arguments.force,
            progress=step,
        )
    print(f"Written: {written} (not for publication)")
    return DONE


def _add_example(commands: Any) -> None:
    parser = _command(
        commands,
        "example",
        _example,
        "List the shipped examples, or write one here.",
        "  stepup-equity example\n  stepup-equity example cohort_one\n"
        "  stepup-equity example west_lancs_2019_20 -o data/\n",
    )
    parser.add_argument("name", nargs="?", help="which example; none lists them")
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, default=Path(), help="folder (default: here)"
    )


def _example(arguments: argparse.Namespace) -> int:
    from stepup_equity.examples import list_examples, write_example

    if arguments.name is None:
        for example in list_examples():
            print(f"{example.name:24} {example.title}")
        return DONE
    path = write_example(arguments.name, arguments.output)
    print(f"Written: {path}")
    return DONE


def _add_programme(commands: Any) -> None:
    parser = _command(
        commands,
        "programme",
        _programme,
        "Show a programme, or write a commented one to edit.",
        "  stepup-equity programme                         list the shipped programmes\n"
        "  stepup-equity programme show fire_service       print one as TOML\n"
        "  stepup-equity programme new my.toml             write one to edit\n"
        "  stepup-equity report next.csv --programme my.toml -o out/\n",
    )
    parser.add_argument("what", nargs="?", choices=["list", "show", "new"], default="list")
    parser.add_argument("name", nargs="?", help="a shipped name or a file; for new, the file to write")


def _programme(arguments: argparse.Namespace) -> int:
    from stepup_equity.process import (
        load_programme,
        programme_template,
        programme_to_toml,
        shipped_programmes,
    )

    if arguments.what == "list":
        for name in shipped_programmes():
            print(f"{name:24} {load_programme(name).label}")
        return DONE
    if arguments.what == "show":
        print(programme_to_toml(load_programme(arguments.name or "step_up_to_social_work")), end="")
        return DONE
    if arguments.name is None:
        raise ArgumentError("programme new needs the name of the file to write: programme new my.toml")
    path = Path(arguments.name)
    if path.exists():
        raise ArgumentError(f"{path.name} is there already. Give another name, or move it away.")
    path.write_text(programme_template(), encoding="utf-8")
    print(f"Written: {path}")
    return DONE


def _add_audit(commands: Any) -> None:
    parser = _command(
        commands,
        "audit",
        _audit,
        "Recompute the printed numbers of a report, and say which contradict each other.",
        "  stepup-equity example evaluation_2013_claims\n"
        "  stepup-equity audit evaluation_2013_claims.csv\n"
        "  stepup-equity audit claims.toml --all -o verdicts.csv\n",
    )
    parser.add_argument("claims", type=Path, help="a CSV or TOML file of claims")
    parser.add_argument("--all", action="store_true", help="also list what is consistent or not checkable")
    parser.add_argument("-o", "--output", metavar="CSV", type=Path, help="also write every verdict")


def _audit(arguments: argparse.Namespace) -> int:
    import textwrap

    from stepup_equity.findings import audit_claims

    audit = audit_claims(arguments.claims)
    if arguments.output:
        audit.frame.to_csv(arguments.output, index=False)
    shown = audit.frame if arguments.all else audit.objections
    for row in shown.itertuples(index=False):
        where = f", line {row.line!s}" if row.line else ""
        print(f"{row.verdict!s}: {row.claim!s}{where}")
        print(textwrap.indent(textwrap.fill(str(row.computation), 96), "    "))
    print(f"{audit.headline}.")
    for note in audit.notes:
        print(note)
    return DONE


def _add_compare(commands: Any) -> None:
    parser = _command(
        commands,
        "compare",
        _compare,
        "Compare two cohorts: which impact ratios changed, at which gate, and why shares changed.",
        "  stepup-equity compare cohort_2010.csv cohort_2012.csv\n"
        "  stepup-equity compare both.csv --cohorts 2010 2012 --by ethnicity -o out/\n"
        "  stepup-equity compare a.csv b.csv --changes changes.csv\n",
    )
    _add_input(parser)
    parser.add_argument("later", nargs="?", help="the later cohort, where it is a file of its own")
    parser.add_argument("--later-programme", metavar="FILE", help="its programme, where the process changed")
    parser.add_argument(
        "--cohorts", nargs=2, metavar=("EARLIER", "LATER"), help="which two of a file's cohorts"
    )
    parser.add_argument("--by", nargs="+", metavar="NAME", help="only these characteristics")
    parser.add_argument(
        "--changes", metavar="CSV", type=Path, help="what changed in the process: columns 'gate' and 'change'"
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", type=Path, help="write comparisons, tests and shares as tables"
    )


def _compare(arguments: argparse.Namespace) -> int:
    from stepup_equity.counts import open_counts
    from stepup_equity.findings import compare_cohorts

    ids = not arguments.no_ids
    earlier = open_counts(arguments.file, programme=arguments.programme, check_ids=ids).counts
    later = None
    if arguments.later:
        programme = arguments.later_programme or arguments.programme
        later = open_counts(arguments.later, programme=programme, check_ids=ids).counts
    found = compare_cohorts(
        earlier, later, cohorts=arguments.cohorts, by=arguments.by, changes=_changes(arguments.changes)
    )
    for note in found.notes:
        print(note)
    print(f"{found.headline}.")
    for sentence in found.changed["sentence"]:
        print(f"- {sentence}")
    if arguments.output:
        arguments.output.mkdir(parents=True, exist_ok=True)
        for name, frame in (("comparisons", found.frame), ("tests", found.tests), ("shares", found.shares)):
            frame.to_csv(arguments.output / f"{name}.csv", index=False)
        print(f"Written: {arguments.output} (internal: not for publication)")
    return DONE


def _changes(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    import csv

    if not path.is_file():
        raise DataError(f"{path.name} is not a file. Give a CSV file with the columns 'gate' and 'change'.")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"gate", "change"} <= set(rows[0]):
        raise DataError(f"{path.name} needs the columns 'gate' and 'change', and a row for each change.")
    return {row["gate"]: row["change"] for row in rows}


def _add_count(commands: Any) -> None:
    parser = _command(
        commands,
        "count",
        _count,
        "Count applicant records once, and keep the counts: report, charts and compare take them for a file.",
        "  stepup-equity count applicants.parquet -o counts.parquet\n"
        "  stepup-equity report counts.parquet -o out/\n"
        "  stepup-equity count cohort_2026.csv --add counts.parquet -o counts.parquet\n"
        "  stepup-equity count recruitment.applicants --engine spark -o counts.parquet\n",
    )
    _add_input(parser)
    parser.add_argument("-o", "--output", metavar="PARQUET", type=Path, required=True, help="file to write")
    parser.add_argument("--by", nargs="+", metavar="NAME", help="only these characteristics")
    parser.add_argument("--strata", nargs="*", metavar="NAME", help="only these strata, or none")
    parser.add_argument(
        "--add",
        metavar="COUNTS",
        type=Path,
        help="earlier counts to add to, so that only new records are read",
    )
    parser.add_argument(
        "--engine",
        choices=["here", "spark"],
        default="here",
        help="who counts: this process (default), or the Spark session of the environment",
    )


def _count(arguments: argparse.Namespace) -> int:
    from stepup_equity.counts import StageCounts, count_stages
    from stepup_equity.records import read_applicants, spark_frame

    source = spark_frame(arguments.file) if arguments.engine == "spark" else arguments.file
    with _progress("Reading records", "rows") as step:
        applicants = read_applicants(
            source,
            programme=arguments.programme,
            query=arguments.query,
            by=arguments.by,
            strata=arguments.strata,
            check_ids=not arguments.no_ids,
            progress=step,
        )
    if not applicants.problems.empty:
        _print_problems(applicants.problems, Path(arguments.file).name)
    counts = count_stages(applicants)
    if arguments.add:
        counts = StageCounts.read(arguments.add) + counts
    counts.write(arguments.output)
    print(f"{counts.people:,} applicants counted by {', '.join(counts.tables[0].names)}.")
    print(f"Written: {arguments.output} (personal data: many cells are one person)")
    return DONE


@contextmanager
def _progress(title: str, unit: str) -> Iterator[Callable[[int], None] | None]:
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
