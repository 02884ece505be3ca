"""What adjusting does to a gap, in one sentence."""

from __future__ import annotations

import math
from typing import Any

from stepup_equity.words import numbers


def change_sentence(row: Any, reading: str, *, behind: bool) -> str:
    """Tell the three ratios from the side of the group that is behind.

    Parameters
    ----------
    row : object
        With the columns of `CrudeBesideAdjusted` as attributes.
    reading : str
        ``remains``, ``goes with other characteristics``, ``cannot be told`` or another.
    behind : bool
        Whether the group itself is behind; else its reference is.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> row = SimpleNamespace(entered_everyone=12, entered=9, passed=0, crude_ratio_used=0.0,
    ...     adjusted_ratio=0.1226, adjusted_low=0.0012, adjusted_high=0.6818, explained=0.03,
    ...     change_p_value=0.6)
    >>> print(change_sentence(row, "remains", behind=True))
    Of the 12, the model could use 9 (0 passed). As counted among these 0 times the rate; with the rest held equal 0.12 (0.00 to 0.68): adjusting does not explain the gap.
    >>> print(change_sentence(row, "cannot be told", behind=True).partition(" to 0.68): ")[2])
    cannot be told: evident alone, not once the other flagged gaps are allowed for; 9 of 12 could be used.
    """  # noqa: E501
    everyone, used, passed = (
        (row.entered_everyone, row.entered, row.passed)
        if behind
        else (row.reference_entered_everyone, row.reference_entered, row.reference_passed)
    )
    who = f"{everyone:,}" if behind else f"{everyone:,} {row.reference}"
    could = f"Of the {who}, the model could use {used:,} ({passed:,} passed)."
    unknown = f"cannot be told: {used:,} of {everyone:,} could be used"
    if used == 0 or math.isnan(row.adjusted_ratio):
        return f"{could} What adjusting does {unknown}."
    crude, adjusted, low, high = (
        value if behind else _inverse(value)
        for value in (
            row.crude_ratio_used,
            row.adjusted_ratio,
            row.adjusted_low if behind else row.adjusted_high,
            row.adjusted_high if behind else row.adjusted_low,
        )
    )
    return (
        f"{could} As counted among these {_ratio(crude)} times the rate; with the rest held equal "
        f"{_ratio(adjusted)} ({_limit(low)} to {_limit(high)}): {_finding(row, reading, unknown)}."
    )


def _finding(row: Any, reading: str, unknown: str) -> str:
    evident = row.change_p_value <= 0.05 and row.explained > 0
    if reading == "goes with other characteristics" or (reading == "remains" and evident):
        share = numbers.rounded(100.0 * min(row.explained, 1.0))
        return f"{share}% of the gap goes with other characteristics"
    found = {
        "remains": "adjusting does not explain the gap",
        "turns round": "with the rest held equal the gap is on the other side",
        "only when adjusted": "a gap shows only with the rest held equal",
        "not clear": "neither shows a clear gap",
    }
    alone = row.adjusted_high < 1 or row.adjusted_low > 1
    if reading == "cannot be told" and alone:
        of_all = "evident alone, not once the other flagged gaps are allowed for"
        return unknown.replace(": ", f": {of_all}; ", 1)
    return found.get(reading, unknown)


def _inverse(value: float) -> float:
    if math.isnan(value):
        return value
    return 1.0 / value if value else math.inf


def _ratio(value: float) -> str:
    return numbers.ratio(value) if math.isfinite(value) else "no"


def _limit(value: float) -> str:
    if not math.isfinite(value):
        return "no limit"
    return numbers.ratio(value) if 0.5 < value < 2 else f"{value:.2f}"
