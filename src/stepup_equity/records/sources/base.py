"""What a source of records offers, whatever it is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from stepup_equity.records.problems import unreadable
from stepup_equity.records.sources.titles import further_down

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from stepup_equity.errors import DataError
    from stepup_equity.records.batches import Batch


BATCH_ROWS = 1 << 18


def no_further_names(source: str, skip_rows: int) -> DataError:
    """The error for a file that ends among the headers below its column names."""
    return unreadable(
        source,
        "header_missing",
        f"has fewer rows below its column names than the {skip_rows} that are said to be headers too.",
        "Correct skip_rows under [reading] in the programme.",
    )


Alike = Callable[[str, object], Hashable]
"""Column and raw value -> a key that values share where they are read alike."""


class ReadAgain(Exception):  # noqa: N818 - a signal, not an error
    """The source has learnt how it must be read; what was read so far is void."""


class Source(ABC):
    """Something that holds one row for each applicant (or event, or group).

    Attributes
    ----------
    name : str
        What messages call it; never an address with a password in it.
    columns : tuple of str
        Column names as given.
    path : Path or None
        The file, where it is one.
    names_are_sure : bool
        False where the names are a row like the others, and the file may lack it.
    header_row : int
        Row in which the names were looked for.
    further_names : tuple of dict
        Rows below the names that were skipped as headers too, each cell by its column.
    exact_numbers : bool
        False where a number keeps its first 15 digits only, as in a workbook.
    """

    name: str
    columns: tuple[str, ...]
    path: Path | None = None
    names_are_sure: bool = True
    header_row: int = 1
    further_names: tuple[dict[str, str], ...] = ()
    exact_numbers: bool = True

    @abstractmethod
    def batches(self, columns: Sequence[str], *, many: Collection[str] = ()) -> Iterator[Batch]:
        """The rows in order, with these columns only.

        Parameters
        ----------
        columns : sequence of str
        many : collection of str
            Columns with nearly as many values as rows (ids, scores), for which a dictionary is no gain.

        Raises
        ------
        DataError
            Where the source turns out to be no table after all.
        """

    @property
    def first_printed(self) -> int:
        """Number of the first row of `printed`: files count from 1, frames call their first row 1."""
        return 1 if self.path is not None else 0

    @property
    def elsewhere(self) -> str:
        """Where else the column names may stand, and how to say so."""
        return further_down(self.path, self.header_row)

    def printed(self, most: int) -> list[list[Any]] | None:
        """Every cell from the first row on, titles and notes too; None where there are more rows than that.

        Parameters
        ----------
        most : int
        """
        rows: list[list[Any]] = [list(self.columns)]
        for batch in self.batches(self.columns, many=self.columns):
            if len(rows) + len(batch) > most:
                return None
            columns = [batch.column(name).to_pylist() for name in self.columns]
            rows += map(list, zip(*columns, strict=True))
        return rows

    def notes(self) -> list[tuple[str, str, str]]:
        """Code, sentence and remedy of what was noticed while reading; read it when the rows are through."""
        return []


class GroupedSource(Source):
    """A source whose own engine can count rows that are alike, so that no rows travel."""

    @abstractmethod
    def groups(
        self, columns: Sequence[str], alike: Alike | None = None, *, beside: Sequence[str] = ()
    ) -> Iterator[Batch]:
        """Distinct rows of these columns, each with its number of people.

        Parameters
        ----------
        columns : sequence of str
        alike : callable, optional
            Key of a column's raw value; the source may give any value for another of the same key.
        beside : sequence of str
            Columns that are read but not counted by; a row is empty only where these are blank as well.
        """

    @abstractmethod
    def count_ids(self, column: str, cohort: str | None, columns: Sequence[str]) -> tuple[int, int, int]:
        """Numbers of rows whose id is wrong; empty rows are left out.

        Parameters
        ----------
        column : str
            The ids.
        cohort : str or None
            An id stands once in each cohort.
        columns : sequence of str
            Everything that is read, ids included.

        Returns
        -------
        missing, repeated, twice : int
            Rows without an id; rows that stand more than once, alike in everything; and rows whose id
            stands in rows that are not alike.
        """
