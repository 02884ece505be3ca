"""The command ``count``: counts kept for later."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import (
    add_cohort,
    add_input,
    command,
    how_read,
    look_for_files,
    name_of,
    read_by,
)
from stepup_equity.cli.terminal import print_problems, progress, say
from stepup_equity.errors import ArgumentError, DataError, listed

if TYPE_CHECKING:
    import argparse

    from stepup_equity.counts import StageCounts


_OTHER_FORMATS: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".json", ".toml", ".html")
"""Endings of files that counts are not written as."""


def add(commands: Any) -> None:
    """Add the command to the parser."""
    parser = command(
        commands,
        "count",
        _run,
        "  stepup-equity count applicants.parquet -o counts.parquet\n"
        "  stepup-equity report counts.parquet -o out/\n"
        "  stepup-equity count cohort_2026.csv --add counts.parquet -o counts.parquet\n"
        "  stepup-equity count recruitment.applicants --engine spark -o counts.parquet\n",
    )
    add_input(parser)
    add_cohort(parser, "keep all")
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
        "--same-cohort",
        action="store_true",
        help="the new records are other people of a cohort that was counted before",
    )
    parser.add_argument(
        "--engine",
        choices=["here", "spark"],
        default="here",
        help="who counts: this process (default), or the Spark session of the environment",
    )


def _run(arguments: argparse.Namespace) -> int:
    from stepup_equity.output import check_file

    check_file(arguments.output, inputs=read_by(arguments))
    if arguments.output.suffix.lower() in _OTHER_FORMATS:
        raise ArgumentError(
            f"-o {str(arguments.output)!r} ends like another format: counts are written as Parquet, and a "
            "program that goes by the ending could not open them. Let it end in .parquet."
        )
    if arguments.engine == "here":
        look_for_files(arguments.file)
    from stepup_equity.counts import StageCounts, count_stages, of_cohort
    from stepup_equity.records.applicants import read_applicants
    from stepup_equity.records.sources import spark_frame

    source = spark_frame(arguments.file) if arguments.engine == "spark" else arguments.file
    with progress("Reading records", "rows") as step:
        applicants = read_applicants(
            source, by=arguments.by, strata=arguments.strata, progress=step, **how_read(arguments)
        )
    if not applicants.problems.empty:
        print_problems(applicants.problems, name_of(arguments.file))
    counts = count_stages(applicants)
    if arguments.cohort:
        counts = of_cohort(counts, arguments.cohort)
    if arguments.add:
        counts = _added(StageCounts.read(arguments.add), counts, same_cohort=arguments.same_cohort)
    counts.write(arguments.output)
    say(f"{counts.people:,} applicants counted by {', '.join(counts.tables[0].names)}.")
    say(f"Written: {arguments.output} (personal data: many cells are one person)")
    return DONE


def _added(earlier: StageCounts, new: StageCounts, *, same_cohort: bool) -> StageCounts:
    """Both together, unless the same people may stand in both: counts keep no ids that would tell.

    Raises
    ------
    DataError
        Where a cohort stands in both and nobody said that its people are others, or all is the same.
    """
    if earlier == new:
        raise DataError("The new records are the same as those counted before: everybody would count twice.")
    held = [set(counts.cohorts) for counts in (earlier, new)]
    both = sorted(held[0] & held[1])
    if same_cohort or (all(held) and not both):
        return earlier + new
    where = f"The cohort {listed(both)} stands" if both else "People of no named cohort stand"
    raise DataError(
        f"{where} in the earlier counts and in the new records, so people may count twice. "
        "Count all records of a cohort at once; or add --same-cohort where the new ones are other people."
    )
