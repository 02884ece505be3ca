"""The command ``compare``: cohorts beside each other."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import add_input, command, look_for_files, read_by
from stepup_equity.cli.terminal import say
from stepup_equity.errors import ArgumentError, DataError, listed
from stepup_equity.words.unit import speaking, unit_of

if TYPE_CHECKING:
    import argparse

    from stepup_equity.counts import StageCounts
    from stepup_equity.presentation.comparing import CohortsBeside


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "compare",
        _run,
        "  stepup-equity compare cohort_2010.csv cohort_2012.csv\n"
        "  stepup-equity compare 2010.csv 2012.csv 2014.csv -o out/\n"
        "  stepup-equity compare both.csv --cohorts 2010 2012 --by ethnicity -o out/\n"
        "  stepup-equity compare a.csv b.csv --changes changes.csv\n",
    )
    add_input(parser)
    parser.add_argument(
        "later", nargs="*", help="later cohorts, where they are files of their own; seven at most"
    )
    parser.add_argument(
        "--later-query", metavar="SQL", help="what to ask for the later cohort (default: as --query)"
    )
    parser.add_argument("--later-programme", metavar="FILE", help="its programme, where the process changed")
    parser.add_argument(
        "--cohorts", nargs=2, metavar=("EARLIER", "LATER"), help="which two of a file's cohorts"
    )
    parser.add_argument("--by", nargs="+", metavar="NAME", help="only these characteristics")
    parser.add_argument(
        "--changes", metavar="CSV", type=Path, help="what changed in the process: columns 'gate' and 'change'"
    )
    parser.add_argument("-o", "--output", metavar="DIR", type=Path, help="write a page, charts and tables")
    parser.add_argument("--force", action="store_true", help="replace an earlier output in the same folder")


_MOST_LATER: Final = 7


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_folder, write_folder

    if arguments.output:
        target = check_folder(arguments.output, force=arguments.force, inputs=read_by(arguments))
    if len(arguments.later) > _MOST_LATER:
        raise ArgumentError(
            f"compare takes two to eight cohorts, and {len(arguments.later) + 1} files are named. "
            "Leave some out."
        )
    look_for_files(arguments.file, *arguments.later)
    from stepup_equity.presentation.comparing import beside, comparing_files

    earlier, later = _many(arguments) if len(arguments.later) > 1 else _two(arguments)
    told = beside(
        earlier, later, cohorts=arguments.cohorts, by=arguments.by, changes=_changes(arguments.changes)
    )
    with speaking(unit_of(earlier.programme)):
        print_beside(told)
        if arguments.output:
            write_folder(target, comparing_files(told))
            say(f"Written: {arguments.output} (internal: not for publication)")
    return DONE


def print_beside(told: CohortsBeside) -> None:
    """What changed between the two cohorts and over all, between all groups and between broad ones."""
    for note in told.pair.notes:
        say(note)
    for found, where in ((told.pair, ""), (told.broad_pair, "Between broad groups: ")):
        if found is not None:
            say(f"{where}{found.headline}.")
            for sentence in dict.fromkeys((*found.changed["sentence"], *found.edges["sentence"])):
                say(f"- {sentence}")
    for trend, where in ((told.trend, ""), (told.broad_trend, "Between broad groups: ")):
        if trend is not None:
            say(f"{where}{trend.headline}.")
            for sentence in trend.trends["sentence"]:
                say(f"- {sentence}")


def _two(arguments: argparse.Namespace) -> tuple[StageCounts, StageCounts | None]:
    """The cohorts of one file, or of two; two files that hold several cohorts are put together."""
    from stepup_equity.records.sources import is_database

    file = arguments.later[0] if arguments.later else None
    both = file is not None and is_database(file)
    query = arguments.query if is_database(arguments.file) or not both else None
    if file is None:
        return _opened(arguments, arguments.file, query, named=False), None
    earlier = _opened(arguments, arguments.file, query)
    query = (arguments.later_query or arguments.query) if both else arguments.later_query
    later = _opened(arguments, file, query, programme=arguments.later_programme)
    if max(len(earlier.cohorts), len(later.cohorts)) < 2:
        return earlier, later
    if arguments.later_programme:
        raise ArgumentError(
            "--later-programme is for files of one cohort each, and one of these holds several. Declare a "
            "gate that a cohort lacks under [cohorts.without] in one programme."
        )
    return _together([(arguments.file, earlier), (file, later)]), None


def _many(arguments: argparse.Namespace) -> tuple[StageCounts, None]:
    """Three files and more, put together."""
    if arguments.later_programme or arguments.later_query:
        raise ArgumentError(
            "--later-programme and --later-query are for two files. Declare a gate that a cohort lacks under "
            "[cohorts.without] in the programme."
        )
    files = (arguments.file, *arguments.later)
    return _together([(file, _opened(arguments, file, arguments.query)) for file in files]), None


def _opened(
    arguments: argparse.Namespace,
    file: str,
    query: str | None,
    *,
    programme: str | None = None,
    named: bool = True,
) -> StageCounts:
    """The counts of a file; one of several files that names no cohort is called by its own name."""
    from stepup_equity.counts import open_counts

    how: dict[str, Any] = {
        "programme": programme or arguments.programme,
        "query": query,
        "check_ids": not arguments.no_ids,
    }
    if arguments.cohort_label:
        raise ArgumentError(
            "--cohort-label names one cohort, and compare is of several. A file that names none is called by "
            "its own name; rename the file."
        )
    counts = open_counts(file, **how).counts
    if counts.cohorts or not named or "://" in file:
        return counts
    return open_counts(file, cohort_label=Path(file).stem, **how).counts


def _together(files: list[tuple[str, StageCounts]]) -> StageCounts:
    """Counts of several files in one."""
    together = files[0][1]
    for file, counts in files[1:]:
        twice = set(together.cohorts) & set(counts.cohorts)
        if twice:
            raise DataError(
                f"{Path(file).name} holds the cohort {listed(sorted(twice))}, and an earlier file does too. "
                "Give each cohort once."
            )
        together = together + counts
    return together


def _changes(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    from stepup_equity.records.typed import typed_table

    if not path.is_file():
        raise DataError(f"{path.name} is not a file. Give a CSV file with the columns 'gate' and 'change'.")
    rows = typed_table(path)
    if rows.empty or not {"gate", "change"} <= set(rows.columns):
        raise DataError(f"{path.name} needs the columns 'gate' and 'change', and a row for each change.")
    return dict(zip(rows["gate"], rows["change"], strict=True))
