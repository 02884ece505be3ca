"""The shape of a release: its rows and stages, and which rows add up to which. No numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from stepup_equity.disclosure.counted import Counted

ALL: Final = "All"
"""The characteristic of everybody's own funnel."""

ALL_COHORTS: Final = "All"
"""The label of all cohorts together."""

TOTAL: Final = "Total"
"""The group that holds everybody."""


@dataclass(frozen=True, slots=True)
class Row:
    """One group of one cohort: a number at each stage.

    Attributes
    ----------
    cohort : str
        Its label; ``"All"`` for several together; empty where the records name none.
    characteristic : str
        Its name; ``"All"`` for everybody.
    group : str
        Display label; ``"Total"`` for everybody.
    parent : str
        Label of the broad group it belongs to; empty at the top.
    stated : bool
        False for *Not stated*.
    """

    cohort: str
    characteristic: str
    group: str
    parent: str = ""
    stated: bool = True

    @property
    def is_total(self) -> bool:
        """Whether this is everybody's funnel."""
        return self.characteristic == ALL


@dataclass(frozen=True)
class Layout:
    """The shape of a release.

    Attributes
    ----------
    stages : tuple of str
        Keys, first to last.
    rows : tuple of Row
        Everything printed: everybody first, then each characteristic.
    sums : tuple of (int, tuple of int)
        ``(row, parts)``: the row is the sum of its parts, at every stage.
    pooled : tuple of str
        Labels of the cohorts that ``"All"`` adds up; empty where there is no such row.
    waiting : tuple of str
        Stages after which people may wait for a decision: all but the last where anybody waits, else none.
    listed : bool
        Whether every declared group has a row, also where nobody belongs to it. Else a row says that somebody
        does.
    made_of : tuple of (int, tuple of Row)
        Rows that are sums of rows which are not printed: merged groups, pooled cohorts. A later release may
        print the parts, so this is remembered.
    """

    stages: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    pooled: tuple[str, ...] = ()
    made_of: tuple[tuple[int, tuple[Row, ...]], ...] = ()
    waiting: tuple[str, ...] = ()
    listed: bool = True

    @cached_property
    def counted(self) -> Counted:
        """What is printed of each row."""
        gates = tuple(self.stages.index(stage) for stage in self.waiting)
        return Counted(len(self.stages), tuple((gate, gate + 1) for gate in gates))

    @cached_property
    def place(self) -> dict[Row, int]:
        """Row -> its position."""
        return {row: i for i, row in enumerate(self.rows)}

    @cached_property
    def cohorts(self) -> tuple[str, ...]:
        """Labels of the cohorts, ``"All"`` last."""
        return tuple(dict.fromkeys(row.cohort for row in self.rows))

    @cached_property
    def characteristics(self) -> tuple[str, ...]:
        """Names of the characteristics, in order."""
        return tuple(dict.fromkeys(row.characteristic for row in self.rows if not row.is_total))

    def rows_of(self, characteristic: str, cohort: str) -> tuple[int, ...]:
        """Positions of the rows of one table, in order."""
        return tuple(
            i
            for i, row in enumerate(self.rows)
            if row.characteristic == characteristic and row.cohort == cohort
        )
