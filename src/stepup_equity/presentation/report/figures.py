"""Charts with their tables, numbered in the order in which they are placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stepup_equity.presentation.report.blocks import Block, Figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.presentation.pictures import Picture
    from stepup_equity.presentation.report.blocks import Table


_TALLEST: Final = 11.0
"""Inches; a higher chart would not fit on a page of A4, which shows its table in its place."""


class Figures:
    """The figures of a page.

    Parameters
    ----------
    drawn : sequence of Picture
    """

    def __init__(self, drawn: Sequence[Picture]) -> None:
        self._drawn = {(picture.kind, picture.characteristic): picture for picture in drawn}
        self._number = 0

    def of(self, kind: str, name: str, table: Table, *, beside: bool = False) -> tuple[Block, ...]:
        """The chart with its numbers; the table alone where the chart was not drawn, or stands already."""
        picture = self._drawn.pop((kind, name), None)
        if picture is None:
            return (table,)
        self._number += 1
        files = picture.files
        return (
            Figure(
                files.name,
                files.svg,
                files.face.alt,
                f"Figure {self._number}. {picture.caption}",
                table,
                tall=files.height > _TALLEST,
                beside=beside,
                title=files.face.title,
                subtitle=files.face.subtitle,
                notes=files.notes,
            ),
        )
