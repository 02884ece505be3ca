"""A published table once its layout is understood: a line for each group, a number for each stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Line:
    """One group of one characteristic.

    Attributes
    ----------
    row : int
        Where it stands; the first of its rows in a long table.
    characteristic, group : str
    cells : tuple
        A raw cell for each stage.
    cohort, parent : str
        Blank where the table has none.
    """

    row: int
    characteristic: str
    group: str
    cells: tuple[Any, ...]
    cohort: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a published table says, before anything is judged.

    Attributes
    ----------
    stages : tuple of str
        Headings as printed, in order.
    lines : tuple of Line
    layout : str
        How the table was understood, in words; blank for the plain way.
    left_out : tuple of (str, str)
        Headings that are no stages for what stands above them, and why.
    """

    stages: tuple[str, ...]
    lines: tuple[Line, ...]
    layout: str = ""
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def characteristics(self) -> tuple[str, ...]:
        """Names in order of appearance."""
        return tuple(dict.fromkeys(line.characteristic for line in self.lines))


def rows_of(lines: Iterable[Line]) -> list[int]:
    """The rows of these lines from the top, each once: years side by side stand in one row.

    >>> rows_of([Line(row, "gender", "Women", ()) for row in (5, 4, 4)])
    [4, 5]
    """
    return sorted({line.row for line in lines})
