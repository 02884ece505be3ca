"""Counts from whatever file is given: applicant records, a published table, or counts written before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from stepup_equity.counts.stage_counts import StageCounts, count_stages
from stepup_equity.errors import DataError
from stepup_equity.process import Programme, load_programme
from stepup_equity.records import PROBLEM_COLUMNS, read_applicants
from stepup_equity.records.notes import source_notes

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ["OpenedCounts", "open_counts"]

_TABLE_COLUMNS: Final = {"characteristic", "group"}


@dataclass(frozen=True, eq=False)
class OpenedCounts:
    """Counts and the problems met on the way to them.

    Attributes
    ----------
    counts : StageCounts
    problems : pandas.DataFrame
        Warnings and notes of the records; empty for counts and tables.
    """

    counts: StageCounts
    problems: pd.DataFrame


def open_counts(
    path: str | Path,
    *,
    programme: Programme | str | Path | None = None,
    check_ids: bool = True,
    progress: Callable[[int], None] | None = None,
) -> OpenedCounts:
    """Counts from a file of records, a published table, or a file that `StageCounts.write` wrote.

    Parameters
    ----------
    path : str or Path
        A table with the columns ``characteristic`` and ``group`` is a published one.
    programme : Programme, name or path, optional
        For records, by default Step Up to Social Work; for a published table, by default its own stages.
    check_ids : bool
        Whether ids of records are checked.
    progress : callable, optional
        Called with the number of rows read so far.

    Raises
    ------
    DataError
        Where the file is refused.
    """
    import pandas as pd

    path = Path(path)
    none = pd.DataFrame(columns=list(PROBLEM_COLUMNS))
    if path.suffix == ".parquet" and StageCounts.wrote(path):
        return OpenedCounts(StageCounts.read(path), none)
    if path.suffix == ".csv" and path.is_file() and set(_header(path)) >= _TABLE_COLUMNS:
        chosen = load_programme(programme) if isinstance(programme, (str, Path)) else programme
        counts = StageCounts.from_table(_read_table(path), chosen)
        return OpenedCounts(replace(counts, notes=source_notes(path)), none)
    applicants = read_applicants(path, programme=programme, check_ids=check_ids, progress=progress)
    return OpenedCounts(count_stages(applicants), applicants.problems)


def _header(path: Path) -> list[str]:
    head = path.open("rb").readline(1 << 16).decode("utf-8-sig", errors="replace")
    return [name.strip().strip('"') for name in head.strip().split(",")]


def _read_table(path: Path) -> pd.DataFrame:
    import pandas as pd

    try:
        return pd.read_csv(path, encoding="utf-8-sig", keep_default_na=False, na_values=[""])
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise DataError(f"{path.name} is not a readable table: {error}. Save it as CSV UTF-8.") from error
