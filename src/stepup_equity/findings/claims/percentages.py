"""Percentages: of a base, of an unknown base, of one base together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.findings.claims.judgement import (
    CONSISTENT,
    IMPOSSIBLE,
    INCONSISTENT,
    NOT_CHECKABLE,
    ON_ROUNDING,
    Judgement,
)
from stepup_equity.statistics import bases_of_percentages, counts_of_percentage, smallest_base

if TYPE_CHECKING:
    from stepup_equity.findings.claims.reading import Claim, Printed, Whole

__all__ = ["judge_percentage", "judge_shared_base", "judge_shares"]


def judge_percentage(claim: Claim) -> Judgement:
    """Whether a count of a base is the printed percentage, or any count can be."""
    printed, count, base = claim.printed_number(), claim.whole("count"), claim.whole("base")
    if base is None:
        return _without_base(printed, count)
    if base.low < 1:
        raise claim.problem("base", "a base of 1 person or more")
    if count is None:
        return _without_count(printed, base)
    if count.low > base.high:
        return Judgement(IMPOSSIBLE, f"{count} of {base} is more than everyone.")
    lowest, highest = 100 * count.low / base.high, 100 * min(count.high, base.high) / base.low
    of = f"{count} of {base}"
    if count.known and base.known:
        places = max(printed.decimals + 1, 1)
        if printed.holds(lowest):
            return Judgement(CONSISTENT, f"{of} is {lowest:.{places}f} %.", lowest)
        return Judgement(INCONSISTENT, _wrong_percentage(printed, of, lowest, places, base), lowest)
    if printed.overlaps(lowest, highest):
        return Judgement(
            ON_ROUNDING, f"{of} is between {lowest:.1f} and {highest:.1f} %, which holds {printed.percent}."
        )
    return Judgement(
        INCONSISTENT, f"{of} is between {lowest:.1f} and {highest:.1f} %, printed {printed.percent}."
    )


def _wrong_percentage(printed: Printed, of: str, percentage: float, places: int, base: Whole) -> str:
    sentence = f"{of} is {percentage:.{places}f} %, printed {printed.percent}"
    if printed.bound:
        return f"{sentence}."
    low, high = (int(v) for v in counts_of_percentage(printed.value, base.low, printed.decimals))
    if low > high:
        return f"{sentence}; no number of {base} would be printed so."
    return f"{sentence}; {_between(low, high)} of {base} would be printed so."


def _without_base(printed: Printed, count: Whole | None) -> Judgement:
    if printed.bound or not 0 < printed.value <= 100:
        return Judgement(NOT_CHECKABLE, "Its base is not printed.")
    if count is not None and count.low > 0:
        low = count.low * 100 / (printed.value + printed.half)
        high = count.high * 100 / max(printed.value - printed.half, 1e-9)
        bases = _between(int(np.ceil(low)), int(high))
        return Judgement(NOT_CHECKABLE, f"Its base is not printed; {count} is {printed.percent} of {bases}.")
    fewest = smallest_base(printed.value, printed.decimals)
    return Judgement(
        NOT_CHECKABLE, f"Its base is not printed; {printed.percent} takes {fewest} people or more."
    )


def _without_count(printed: Printed, base: Whole) -> Judgement:
    if printed.bound:
        return Judgement(NOT_CHECKABLE, "Its count is not printed.")
    low, high = counts_of_percentage(printed.value, np.arange(base.low, base.high + 1), printed.decimals)
    fits = low <= high
    if not fits.any():
        n = base.low
        below = int(printed.value * n // 100)
        return Judgement(
            IMPOSSIBLE,
            f"No whole number of {base} is {printed.percent}: "
            f"{below} is {100 * below / n:.{printed.decimals + 1}f} % and "
            f"{below + 1} is {100 * (below + 1) / n:.{printed.decimals + 1}f} %.",
        )
    least, most = int(low[fits].min()), int(high[fits].max())
    return Judgement(
        ON_ROUNDING,
        f"{_between(least, most)} of {base} would be printed {printed.percent}; the count is not printed.",
    )


def judge_shares(claim: Claim) -> Judgement:
    """Whether percentages of everyone add up to 100, and can be whole numbers of the base."""
    parts = [part for part in claim.labelled() if part.value != "-"]
    numbers = [claim.number(part.value, "parts") for part in parts]
    total = sum(number.value for number in numbers)
    room = sum(number.half for number in numbers)
    base = claim.whole("base")
    if abs(total - 100) > room * (1 + 1e-9):
        return Judgement(
            INCONSISTENT,
            f"They add up to {total:g} %, and {len(numbers)} rounded shares can be off by {room:g} at most.",
            total,
        )
    if base is not None and base.known:
        low, high = counts_of_percentage(
            [number.value for number in numbers], base.low, [number.decimals for number in numbers]
        )
        wrong = [part.label or part.value for part, a, b in zip(parts, low, high, strict=True) if a > b]
        if wrong:
            return Judgement(IMPOSSIBLE, f"No whole number of {base} is {', '.join(wrong)}.", total)
        if not low.sum() <= base.low <= high.sum():
            return Judgement(
                IMPOSSIBLE,
                f"Whole numbers that round to them add up to {_between(low.sum(), high.sum())}, not {base}.",
                total,
            )
    if abs(total - 100) < 1e-9:
        return Judgement(CONSISTENT, "They add up to 100 %.", total)
    return Judgement(ON_ROUNDING, f"They add up to {total:g} %, within what rounding allows.", total)


def judge_shared_base(claim: Claim) -> Judgement:
    """Which bases a set of percentages can share."""
    base = claim.whole("base")
    assert base is not None
    numbers = [claim.number(part.value, "parts") for part in claim.labelled()]
    said = ", ".join(number.percent for number in numbers)
    values, places = [n.value for n in numbers], [n.decimals for n in numbers]
    bases = bases_of_percentages(values, base.low, base.high, decimals=places)
    if len(bases) == 0:
        return Judgement(IMPOSSIBLE, f"No base of {base} people gives {said}.")
    if base.known:
        return Judgement(CONSISTENT, f"{said} are each a whole number of {base}.")
    named = ", ".join(f"{n:,}" for n in bases[:12]) + (
        f" and {len(bases) - 12} more" if len(bases) > 12 else ""
    )
    return Judgement(
        ON_ROUNDING, f"{len(bases)} of the {base.high - base.low + 1} bases from {base} give {said}: {named}."
    )


def _between(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
