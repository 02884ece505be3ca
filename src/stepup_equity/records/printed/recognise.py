"""Whether a source is a published table, and not one of people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.errors import DataError, listed
from stepup_equity.process import FurthestStage, PeopleCounts, Programme, normalise, step_up_to_social_work
from stepup_equity.records.header import Header
from stepup_equity.records.printed.grid import Grid, grid_of_rows
from stepup_equity.records.printed.layouts import understood
from stepup_equity.records.printed.numbers import FRACTION, HIDDEN, convention_of
from stepup_equity.records.printed.plain import is_plain
from stepup_equity.records.printed.words import stage_like
from stepup_equity.records.problems import Problems
from stepup_equity.records.sources import GroupedSource, Source
from stepup_equity.records.sources.tables import WorkbookSource
from stepup_equity.records.sources.text import printed_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.records.printed.lines import Printed


_MOST_ROWS: Final = 3000
_MOST_LINES: Final = 400
_MOST_ROWS_TYPED: Final = 200_000


def published_grid(source: Source, programme: Programme | None) -> Grid | None:
    """The cells of a published table; None where a source holds people.

    A header with ``characteristic`` and ``group`` is enough. Else it is a small table in a layout that is
    known, whose groups stand once each and whose numbers go beyond 0 and 1; it has no ids, and nothing that
    says how far one person got.
    """
    if isinstance(source, GroupedSource):
        return None
    if is_plain(source.columns):
        return _grid(source, _MOST_ROWS_TYPED)
    if programme is not None and isinstance(programme.reading.progress, PeopleCounts):
        return None
    if _of_people(source.columns, programme or step_up_to_social_work()):
        return None
    grid = _grid(source, _MOST_ROWS)
    return grid if grid is not None and _is_published(understood(grid)) else None


def grid_of_file(source: Any) -> Grid | None:
    """The cells of a text file with titles above its columns, where it is a published table."""
    path = Path(source) if isinstance(source, (str, Path)) else None
    rows = printed_text(path, _MOST_ROWS) if path is not None and path.is_file() else None
    if rows is None or path is None:
        return None
    grid = grid_of_rows(rows, name=path.name, path=path)
    return grid if any(is_plain(row.texts) for row in grid.rows) or _is_published(understood(grid)) else None


class SeveralTablesError(DataError):
    """A workbook holds several published tables, and nobody said which is meant."""


def on_another_sheet(source: Source) -> tuple[Source, Grid | None]:
    """The one sheet of a workbook that is a published table, behind a cover; else the source as it is.

    Raises
    ------
    SeveralTablesError
        Where there are several.
    """
    if not isinstance(source, WorkbookSource) or _known_to(step_up_to_social_work(), source.columns):
        return source, None
    found = [(sheet, grid) for sheet in source.other_sheets() if (grid := published_grid(sheet, None))]
    if len(found) > 1:
        raise SeveralTablesError(
            f"{source.name} has published tables on several sheets: "
            f"{listed(sheet.sheet for sheet, _ in found)}. Save the one you mean as a file of its own."
        )
    return found[0] if found else (source, None)


def _known_to(programme: Programme, columns: Sequence[str]) -> bool:
    """Whether a header is one of records."""
    return Header(tuple(columns), programme, Problems(), sure=False).is_one


def _grid(source: Source, most: int) -> Grid | None:
    rows = source.printed(most)
    if rows is None:
        return None
    return grid_of_rows(rows, first=source.first_printed, name=source.name, path=source.path)


def _of_people(columns: Sequence[str], programme: Programme) -> bool:
    """Whether a header has a column of ids, or one that says how far a person got."""
    spec = programme.reading.progress
    names = [
        programme.reading.applicant_id,
        *programme.reading.id_parts,
        FurthestStage().column,
        FurthestStage().exit_column,
    ]
    names += [
        str(getattr(spec, name)) for name in ("column", "exit_column", "event", "time") if hasattr(spec, name)
    ]
    held = {normalise(column.replace("_", " ")) for column in columns}
    return any(normalise(name.replace("_", " ")) in held for name in names)


def _is_published(printed: Printed | None) -> bool:
    if printed is None or len(printed.stages) < 2 or not 1 < len(printed.lines) <= _MOST_LINES:
        return False
    keys = {(line.cohort, line.characteristic, line.group) for line in printed.lines}
    cells = [cell for line in printed.lines for cell in line.cells]
    convention = convention_of(cells)
    people = [convention.people(cell) for cell in cells]
    return 5 * len(keys) > 4 * len(printed.lines) and (max(people) > 1 or _are_shares(printed, people))


def _are_shares(printed: Printed, people: list[int]) -> bool:
    """Whether a table holds percentages of groups and nothing else, which is refused as such."""
    told = [number for number in people if number != HIDDEN]
    return all(map(stage_like, printed.stages)) and bool(told) and set(told) == {FRACTION}
