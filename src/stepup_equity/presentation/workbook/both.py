"""The tables of a release as spreadsheets of both kinds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from stepup_equity.disclosure import protect
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.workbook.tables import write_workbook

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure import Release
    from stepup_equity.presentation.imprint import Imprint


def workbook_files(release: Release, imprint: Imprint = NOBODY) -> dict[str, bytes]:
    """The files by name."""
    words = {
        "title": imprint.title or None,
        "author": imprint.author or None,
        "contact": imprint.contact or None,
        "date": imprint.date or None,
    }
    with TemporaryDirectory() as folder:
        written = [
            write_workbook(Path(folder) / name, release, **words) for name in ("tables.xlsx", "tables.ods")
        ]
        return {path.name: path.read_bytes() for path in written}


def internal_workbook_files(
    counts: StageCounts, asked: Sequence[str], imprint: Imprint = NOBODY
) -> dict[str, bytes]:
    """The files of an internal report, which shows every count.

    A stage that some people's version of the process did not have is left out: its numbers mix two processes.
    """
    release = protect(counts, "internal", by=list(asked), drop_stages=counts.gates_some_lacked)
    return workbook_files(release, imprint)
