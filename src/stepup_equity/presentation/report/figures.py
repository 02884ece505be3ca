"""Charts with their tables, numbered in the order in which they are placed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.presentation.report.blocks import Block, Figure, Heading, Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.presentation.pictures import Picture
    from stepup_equity.presentation.report.blocks import Table


class Figures:
    """The figures of a page.

    Parameters
    ----------
    drawn : sequence of Picture
    """

    def __init__(self, drawn: Sequence[Picture]) -> None:
        self._drawn = {(picture.kind, picture.characteristic): picture for picture in drawn}
        self._number = 0
        self._placed: dict[tuple[str, str], int] = {}

    def of(self, kind: str, name: str, table: Table, *, beside: bool = False) -> tuple[Block, ...]:
        """The chart with its numbers; the table alone where the chart was not drawn, or stands already."""
        picture = self._drawn.pop((kind, name), None)
        if picture is None:
            return (table,)
        self._number += 1
        self._placed[kind, name] = self._number
        return (Figure(picture.files, f"Figure {self._number}. {picture.caption}", table, beside=beside),)

    def funnel(self, name: str, table: Table) -> tuple[Block, ...]:
        """The funnel of a characteristic with its rates, under a heading; or where it stands already."""
        blocks = self.of("funnel", name, table)
        if isinstance(blocks[0], Figure):
            return (Heading("Funnel"), *blocks)
        placed = self._placed.get(("funnel", name))
        where = (Paragraph(f"Its funnel is Figure {placed}, under “What was found”."),) if placed else ()
        return (Heading("Pass rates"), *where, *blocks)
