"""A workbook in both formats."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from stepup_equity.spreadsheets.ods import render_ods
from stepup_equity.spreadsheets.pages import pages
from stepup_equity.spreadsheets.xlsx import render_xlsx

if TYPE_CHECKING:
    from collections.abc import Callable

    from stepup_equity.spreadsheets.model import Workbook


RENDERERS: Final[dict[str, Callable[..., None]]] = {".xlsx": render_xlsx, ".ods": render_ods}
"""How a workbook is written, by the ending of its file."""


def rendered(book: Workbook) -> dict[str, bytes]:
    """A workbook in both formats, by the names of their files."""
    found, laid_out = {}, pages(book)
    with TemporaryDirectory() as folder:
        for ending, render in RENDERERS.items():
            path = Path(folder) / f"tables{ending}"
            render(book, path, laid_out)
            found[path.name] = path.read_bytes()
    return found
