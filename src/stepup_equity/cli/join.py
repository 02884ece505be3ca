"""The commands ``pseudonyms`` and ``join``: files of the same people, joined by an id that names nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stepup_equity.cli.exit_codes import DONE
from stepup_equity.cli.options import check_table, command, look_for_files
from stepup_equity.cli.terminal import say
from stepup_equity.errors import DataError

if TYPE_CHECKING:
    import argparse

    import pandas as pd


def add(commands: Any) -> None:
    """Add the commands to the parser."""
    parser = command(
        commands,
        "pseudonyms",
        _pseudonyms,
        "  stepup-equity pseudonyms marks.csv --on applicant_id --key-file key.txt -o coded.csv\n",
    )
    parser.add_argument("file", help="a text table")
    parser.add_argument("--on", metavar="COLUMN", required=True, help="the column of ids")
    parser.add_argument(
        "--key-file", metavar="FILE", type=Path, required=True, help="a file with the key on its first line"
    )
    _add_zeros(parser, "keep (the default)")
    _add_output(parser)
    parser = command(
        commands,
        "join",
        _join,
        "  stepup-equity join cohort.csv marks.csv --on applicant_id -o joined.csv\n"
        "  stepup-equity join cohort.csv marks.csv --on applicant_id --later-on id --columns mark \\\n"
        "      -o joined.csv\n",
    )
    parser.add_argument("file", help="the records of the selection, a text table")
    parser.add_argument("later", help="what is known of the same people, a row for each")
    parser.add_argument("--on", metavar="COLUMN", required=True, help="the column of ids")
    parser.add_argument(
        "--later-on", metavar="COLUMN", help="its name in the second file, where it is another"
    )
    parser.add_argument("--columns", nargs="+", metavar="COLUMN", help="what to take (default: all)")
    _add_zeros(parser, "keep")
    _add_output(parser)


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        metavar="CSV",
        type=Path,
        required=True,
        help="file to write: with commas, in UTF-8, however the files given are written",
    )


def _add_zeros(parser: argparse.ArgumentParser, keep: str) -> None:
    parser.add_argument(
        "--leading-zeros",
        choices=["keep", "drop"],
        help=f"{keep}: 001 and 1 are two people; drop: they are one, whose zeros a spreadsheet took away",
    )


def _pseudonyms(arguments: argparse.Namespace) -> int:
    check_table(arguments.output, [arguments.file, arguments.key_file])
    look_for_files(arguments.file)
    from stepup_equity.records.join import pseudonyms
    from stepup_equity.text_files import encoding_of

    if not arguments.key_file.is_file():
        raise DataError(f"{arguments.key_file.name} is not a file. Put the key on the first line of one.")
    text = arguments.key_file.read_text(encoding=encoding_of(arguments.key_file))
    key = text.splitlines()[0].strip() if text.strip() else ""
    coded = pseudonyms(
        _table(arguments.file), on=arguments.on, key=key, leading_zeros=arguments.leading_zeros or "keep"
    )
    _write(arguments.output, coded, [arguments.file, arguments.key_file])
    say(
        f"Written: {arguments.output.name}. Keep the key apart from it, and destroy it when files are joined."
    )
    return DONE


def _join(arguments: argparse.Namespace) -> int:
    inputs = [arguments.file, arguments.later]
    check_table(arguments.output, inputs)
    look_for_files(*inputs)
    from stepup_equity.records.join import join_by_id

    joined = join_by_id(
        _table(arguments.file),
        _table(arguments.later),
        on=arguments.on,
        right_on=arguments.later_on,
        columns=arguments.columns,
        leading_zeros=arguments.leading_zeros,
    )
    _write(arguments.output, joined.frame, inputs)
    say(f"{joined.headline}.")
    say(f"Written: {arguments.output.name} (personal data)")
    return DONE


def _table(name: str) -> pd.DataFrame:
    """A text table, every cell as text."""
    from stepup_equity.records.typed import typed_table

    path = Path(name)
    if not path.is_file():
        raise DataError(f"{path.name} is not a file. Give a text table: CSV, or with semicolons or tabs.")
    try:
        return typed_table(path)
    except (ValueError, OSError) as error:  # what pandas says of a file that is no table
        raise DataError(f"{path.name} cannot be read as a text table. Save it as CSV.") from error


def _write(path: Path, frame: pd.DataFrame, inputs: list[str | Path]) -> None:
    from stepup_equity.output import write_file

    write_file(path, frame.to_csv(index=False, lineterminator="\n").encode(), inputs=inputs)
