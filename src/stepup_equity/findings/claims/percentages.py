"""Percentages: of a base, of an unknown base, of one base together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.findings.claims.judgement import (
    CONSISTENT,
    IMPOSSIBLE,
    INCONSISTENT,
    NOT_CHECKABLE,
    ON_ROUNDING,
    Judgement,
)
from stepup_equity.findings.claims.reading import Whole
from stepup_equity.statistics import bases_of_percentages, counts_of_percentage, smallest_base

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.findings.claims.reading import Claim, Part, Printed


_MOST: Final = 10_000
"""Bases up to this are tried where none is printed."""


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
    if not printed.bound and printed.value - printed.half > 100:
        return Judgement(IMPOSSIBLE, f"{count} of {base} is 100 % at most, printed {printed.percent}.")
    lowest, highest = 100 * count.low / base.high, min(100 * min(count.high, base.high) / base.low, 100.0)
    of = f"{count} of {base}"
    if count.known and base.known:
        places = max(printed.decimals + 1, 1)
        if printed.holds(lowest):
            return Judgement(CONSISTENT, f"{of} is {lowest:.{places}f} %.", lowest)
        return Judgement(INCONSISTENT, _wrong_percentage(printed, of, lowest, places, base), lowest)
    if not printed.bound:
        return _whole_numbers_within(printed, count, base)
    if printed.overlaps(lowest, highest):
        return Judgement(
            ON_ROUNDING, f"{of} is between {lowest:.1f} and {highest:.1f} %, which holds {printed.percent}."
        )
    return Judgement(
        INCONSISTENT, f"{of} is between {lowest:.1f} and {highest:.1f} %, printed {printed.percent}."
    )


def _whole_numbers_within(printed: Printed, count: Whole, base: Whole) -> Judgement:
    """Whether any whole number in the range of the count, of any in the range of the base, is printed so."""
    bases = np.arange(max(base.low, count.low, 1), base.high + 1)
    low, high = counts_of_percentage(printed.value, bases, printed.decimals)
    least, most = np.maximum(low, count.low), np.minimum(np.minimum(high, count.high), bases)
    fits = least <= most
    of = f"{count} of {base}"
    if fits.any():
        i = int(fits.argmax())
        pairs = int((most - least + 1)[fits].sum())
        more = "" if pairs == 1 else f", and {pairs - 1:,} more such pairs"
        return Judgement(
            ON_ROUNDING,
            f"{of} can be {printed.percent}: {least[i]:,} of {bases[i]:,} would be printed so{more}.",
        )
    below, above = _nearest(printed.value, count, bases)
    near = " and ".join(
        f"{c:,} of {b:,} is {100 * c / b:.{printed.decimals + 1}f} %" for c, b in filter(None, (below, above))
    )
    return Judgement(INCONSISTENT, f"No whole numbers of {of} are printed {printed.percent}: {near}.")


def _nearest(
    percentage: float, count: Whole, bases: NDArray[np.int64]
) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """The pairs of count and base whose share lies nearest below a percentage, and nearest above."""
    ideal = percentage * bases / 100
    ends = [
        np.clip(edge, count.low, np.minimum(count.high, bases)) for edge in (np.floor(ideal), np.ceil(ideal))
    ]
    pairs = [(int(c), int(b)) for end in ends for c, b in zip(end, bases, strict=True)]
    shares = {pair: 100 * pair[0] / pair[1] for pair in pairs}
    below = [pair for pair in pairs if shares[pair] < percentage]
    above = [pair for pair in pairs if shares[pair] > percentage]
    return (
        max(below, key=shares.__getitem__) if below else None,
        min(above, key=shares.__getitem__) if above else None,
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
    parts = claim.labelled()
    numbers = [claim.number(part.value, "parts") for part in parts]
    base = claim.whole("base")
    unknown = base is None
    if base is None:
        base = Whole(f"1..{_MOST}", max([1, *(part.count or 1 for part in parts)]), _MOST)
    said = ", ".join(
        f"{number.percent}{'' if part.count is None else f' ({part.count:,})'}"
        for part, number in zip(parts, numbers, strict=True)
    )
    values, places = [n.value for n in numbers], [n.decimals for n in numbers]
    bases = bases_of_percentages(values, base.low, base.high, decimals=places)
    counted = [_bases_of_count(part, number, base) for part, number in zip(parts, numbers, strict=True)]
    for allowed in (found for found in counted if found is not None):
        bases = np.intersect1d(bases, allowed)
    if len(bases) == 0 and any(allowed is not None for allowed in counted):
        return Judgement(INCONSISTENT, _no_base_with_counts(parts, numbers, base, counted))
    if len(bases) == 0:
        return Judgement(IMPOSSIBLE, f"No base of {base} people gives {said}.")
    if unknown and not any(allowed is not None for allowed in counted):
        return Judgement(
            NOT_CHECKABLE,
            f"Their base is not printed; {said} take {bases[0]:,} people or more, and {len(bases):,} of the "
            "bases "
            f"up to {_MOST:,} give them.",
        )
    if base.known:
        return Judgement(CONSISTENT, f"{said} are each a whole number of {base}.")
    named = ", ".join(f"{n:,}" for n in bases[:12]) + (
        f" and {len(bases) - 12} more" if len(bases) > 12 else ""
    )
    return Judgement(
        ON_ROUNDING, f"{len(bases)} of the {base.high - base.low + 1} bases from {base} give {said}: {named}."
    )


def _bases_of_count(part: Part, number: Printed, base: Whole) -> NDArray[np.int64] | None:
    """Bases of which the count that is printed beside a percentage would be printed so; None without one."""
    if part.count is None:
        return None
    every = np.arange(base.low, base.high + 1)
    low, high = counts_of_percentage(number.value, every, number.decimals)
    return every[(low <= part.count) & (part.count <= high)]


def _no_base_with_counts(
    parts: Sequence[Part],
    numbers: Sequence[Printed],
    base: Whole,
    counted: Sequence[NDArray[np.int64] | None],
) -> str:
    """Which bases each count beside its percentage leaves, where no one base serves all."""
    told = [
        f"{part.count:,} is {number.percent} of "
        + (_between(int(found[0]), int(found[-1])) if len(found) else f"no base of {base}")
        for part, number, found in zip(parts, numbers, counted, strict=True)
        if found is not None
    ]
    others = [number.percent for number, found in zip(numbers, counted, strict=True) if found is None]
    beside = f", beside {', '.join(others)}" if others else ""
    return f"{'; '.join(told)}{beside}: no one base gives all."


def _between(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} to {high:,}"
