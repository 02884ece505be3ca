"""The tables of a release as spreadsheets of both kinds."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from stepup_equity.disclosure import protect
from stepup_equity.presentation.imprint import NOBODY
from stepup_equity.presentation.workbook.tables import workbook_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure import Release
    from stepup_equity.presentation.imprint import Imprint
    from stepup_equity.spreadsheets.model import Workbook


def workbook_files(release: Release, imprint: Imprint = NOBODY) -> dict[str, bytes]:
    """The files by name."""
    from stepup_equity.spreadsheets.rendered import rendered

    return rendered(workbook_of(release, **asdict(imprint)))


def internal_workbook(counts: StageCounts, asked: Sequence[str], imprint: Imprint = NOBODY) -> Workbook:
    """The workbook of an internal report, which shows every count, not yet written.

    A stage that some people's version of the process did not have is left out: its numbers mix two processes.
    """
    release = protect(counts, "internal", by=list(asked), drop_stages=counts.gates_some_lacked)
    return workbook_of(release, **asdict(imprint))
