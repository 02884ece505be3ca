"""Statuses in the words of applicant-tracking systems, with what a careful person takes each to mean.

Written for these tests in the way such systems, councils, hospitals and universities put it; none is a copy
of one system's list. `statuses_in_use.txt` has them under each gate: who failed it, did not come, waits for
it, passed it. *Unsure* are those about which two people disagree, so that a draft must ask.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

__all__ = ["STATUSES", "UNSURE"]


def _read() -> tuple[dict[str, list[tuple[str, str]]], tuple[str, ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    unsure: list[str] = []
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        head, _, words = line.partition(": ")
        gate, _, what = head.partition(" ")
        spoken = [word.strip() for word in words.split(" | ")]
        if gate == "unsure":
            unsure += spoken
        else:
            found.setdefault(gate, []).extend((word, what) for word in spoken)
    return found, tuple(unsure)


STATUSES: Final = _read()[0]
"""Key of a gate -> (status, what became of people there)."""

UNSURE: Final = _read()[1]
"""Statuses that leave a doubt."""
