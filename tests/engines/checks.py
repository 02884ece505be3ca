"""What must be the same whoever counts."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity import count_stages, read_applicants
from stepup_equity.records.applicants import check_applicants

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    import pytest

    from stepup_equity import StageCounts


def digest(counts: StageCounts) -> str:
    """Hash of everything in the counts."""
    found = hashlib.sha256()
    for table in counts.tables:
        found.update(repr(table.axes).encode())
        for part in (table.codes, table.furthest, table.exit, table.n):
            found.update(np.ascontiguousarray(part, np.int64).tobytes())
    return found.hexdigest()


def counted(frame: Any) -> tuple[str, list[tuple[object, ...]]]:
    """Digest of the counts, and what was noticed, without row numbers: an engine has none."""
    applicants = read_applicants(frame)
    return digest(count_stages(applicants)), without_rows(applicants.problems)


def refused(frame: Any) -> list[tuple[object, ...]]:
    """Every problem, without row numbers."""
    return without_rows(check_applicants(frame))


def without_rows(problems: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(problems.drop(columns="rows").itertuples(index=False, name=None))


def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of rows that an engine hands over from now on, batch by batch."""
    from stepup_equity.records.sources import frames

    found: list[int] = []
    original = frames._pieces

    def noted(frame: Any) -> Iterator[Any]:
        for batch in original(frame):
            found.append(len(batch))
            yield batch

    monkeypatch.setattr(frames, "_pieces", noted)
    return found
