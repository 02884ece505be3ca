"""Whether a characteristic divides people into groups that can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepup_equity.counts import StageCounts


def comparable(counts: StageCounts, characteristic: str) -> bool:
    """Whether two groups or more are stated, at the level that is compared."""
    return len(counts.funnel(characteristic).groups) > 1
