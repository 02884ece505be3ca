"""Sums, numbers printed twice, and ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepup_equity.findings.claims.judgement import CONSISTENT, INCONSISTENT, ON_ROUNDING, Judgement

if TYPE_CHECKING:
    from stepup_equity.findings.claims.reading import Claim, Whole


def judge_sum(claim: Claim) -> Judgement:
    """Whether parts add up to the printed total; parts that were rounded may miss it by their rounding."""
    printed, parts = claim.printed_number(), claim.labelled()
    numbers = [claim.number(part.value, "parts") for part in parts]
    total = sum(number.value for number in numbers)
    shown = " + ".join(number.text for number in numbers)
    if abs(total - printed.value) < 1e-9:
        return Judgement(CONSISTENT, f"{shown} = {total:g}.", total)
    rounded = "%" in claim.parts + claim.printed or any(number.decimals for number in (*numbers, printed))
    if rounded and abs(total - printed.value) <= sum(n.half for n in numbers) + printed.half + 1e-9:
        return Judgement(ON_ROUNDING, f"{shown} = {total:g}; rounding explains the difference.", total)
    return Judgement(INCONSISTENT, f"{shown} = {total:g}, printed {printed.text}.", total)


def judge_same(claim: Claim) -> Judgement:
    """Whether one number is printed alike in two places."""
    printed, other = claim.printed_number(), claim.whole("count")
    assert other is not None
    if other.known:
        verdict = CONSISTENT if printed.value == other.low else INCONSISTENT
        return Judgement(
            verdict, f"Printed {printed.text} here and {_expression(other)} elsewhere.", other.low
        )
    verdict = ON_ROUNDING if other.low <= printed.value <= other.high else INCONSISTENT
    return Judgement(verdict, f"Printed {printed.text} here and {other} elsewhere.")


def _expression(number: Whole) -> str:
    return f"{number.text} = {number}" if any(sign in number.text for sign in "+-") else str(number)


def judge_range(claim: Claim) -> Judgement:
    """Whether printed numbers run from the lowest to the highest said."""
    low_text, separator, high_text = claim.printed.partition(" to ")
    if not separator:
        raise claim.problem("printed", "two numbers, such as 6 to 38")
    low, high = (claim.number(text, "printed").value for text in (low_text, high_text))
    parts = [(claim.number(part.value, "parts").value, part.label) for part in claim.labelled()]
    least, most = min(parts), max(parts)
    found = f"{least[0]:g}{_in_brackets(least[1])} to {most[0]:g}{_in_brackets(most[1])}"
    verdict = CONSISTENT if (least[0], most[0]) == (low, high) else INCONSISTENT
    return Judgement(verdict, f"The numbers run from {found}, printed {claim.printed}.")


def _in_brackets(label: str) -> str:
    return f" ({label})" if label else ""
