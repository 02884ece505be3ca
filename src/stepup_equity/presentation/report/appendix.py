"""What stands behind the pages in front: whole, folded, with contents of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.presentation.report.blocks import Links, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Sequence


APPENDIX = "appendix"
"""Key of its contents."""


def appendix(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Contents, and the sections behind them, each folded."""
    contents = (
        Paragraph("Every number behind the pages before, how it was worked out, and what the words mean."),
        Links(tuple((section.key, section.title) for section in sections)),
    )
    return (
        Section(APPENDIX, "Appendix", contents, new_page=True),
        *(replace(section, folded=True) for section in sections),
    )
