"""One comparison as a sentence that can be read aloud."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stepup_equity.process import SelectionProcess

__all__ = ["adjusted_sentence", "comparison_sentence", "power_sentence"]


def comparison_sentence(
    process: SelectionProcess,
    characteristic: str,
    gate: str,
    group: str,
    reference: str,
    passed: int,
    at_risk: int,
    ref_passed: int,
    ref_at_risk: int,
    ratio: float,
    low: float,
    high: float,
    entered: int | None = None,
    ref_entered: int | None = None,
) -> str:
    """How many of a group passed a gate, how many of the reference, the ratio, and how many people that is.

    Examples
    --------
    >>> from stepup_equity.process import step_up_to_social_work
    >>> process = step_up_to_social_work().process
    >>> print(comparison_sentence(
    ...     process, "Ethnicity", "screened", "Black African", "White British",
    ...     21, 105, 526, 1072, 0.408, 0.274, 0.586,
    ... ))
    At screening 20 % of the 105 eligible Black African applicants passed, against 49 % of the 1,072 White
    British: 0.41 times the rate (0.27 to 0.59); 31 more would have passed at the White British rate.
    >>> print(comparison_sentence(
    ...     process, "Age", "eligible", "50 and over", "20-24", 45, 100, 529, 541, 0.4602, 0.3624, 0.5585
    ... ))
    At the eligibility check 45 % of the 100 applicants aged 50 and over passed, against 98 % of the 541 aged
    20-24: 0.46 times the rate (0.36 to 0.56); 53 more would have passed at the rate of those aged 20-24.

    Where some who entered have no outcome, they are not counted, and the sentence says so:

    >>> print(comparison_sentence(
    ...     process, "Gender", "assessed", "Male", "Female", 30, 93, 200, 420, 0.677, 0.50, 0.90, 97, 425
    ... ))
    At the assessment centre 32 % of the 93 invited Male applicants with an outcome passed, against 48 % of
    the 420 Female with one: 0.68 times the rate (0.50 to 0.90); 14 more would have passed at the Female rate.
    """
    where = _at(process, gate)
    mine, theirs = _phrase(group, characteristic), _phrase(reference, characteristic)
    before = process.stages[process.gate_keys.index(gate)].adjective
    noun = "applicant" if at_risk == 1 else "applicants"
    words = (before, group, noun) if mine is None else (before, noun, mine)
    who = " ".join(word for word in words if word)
    others = theirs or reference
    some_wait = (entered or at_risk) > at_risk or (ref_entered or ref_at_risk) > ref_at_risk
    done, also_done = (" with an outcome", " with one") if some_wait else ("", "")
    if at_risk == 0 or ref_at_risk == 0:
        none = f"{others} applicants" if theirs is None else f"applicants {others}"
        if at_risk == 0:
            none = f"{group} applicants" if mine is None else f"applicants {mine}"
        return f"{where} there is nothing to compare: no outcome for any {none}."
    if ref_passed == 0:
        return (
            f"{where} {_percent(passed, at_risk, 0)} of the {at_risk:,} {who}{done} passed, and none "
            f"of the {ref_at_risk:,} {others}{also_done}: a ratio has no meaning."
        )
    digits = _digits(passed / at_risk, ref_passed / ref_at_risk)
    rate = f"the {reference} rate" if theirs is None else f"the rate of those {theirs}"
    return (
        f"{where} {_percent(passed, at_risk, digits)} of the {at_risk:,} {who}{done} passed, against "
        f"{_percent(ref_passed, ref_at_risk, digits)} of the {ref_at_risk:,} {others}{also_done}: "
        f"{_ratio(ratio)} times the rate ({low:.2f} to {_limit(high)}); "
        f"{_how_many_more(at_risk * (ref_passed / ref_at_risk) - passed)} would have passed at {rate}."
    )


def _phrase(group: str, characteristic: str) -> str | None:
    """What follows "applicants" for a label that cannot stand before it; None for one that can."""
    lowered = group[:1].lower() + group[1:]
    if group == "rest":
        return "in all other groups"
    if group[:1].isdigit() or group.startswith(("Under ", "Over ")):
        return f"aged {lowered}" if characteristic == "Age" else f"in group {group}"
    if group.startswith("No "):
        return f"with {lowered}"
    return f"with a {lowered}" if group == characteristic else None


def power_sentence(power: float, detectable: float, power_at: float, wanted: float) -> str:
    """What the comparison could have shown, taken alone.

    Examples
    --------
    >>> print(power_sentence(0.486, 0.71, 0.8, 0.8))
    Taken alone, it had a 49 % chance to show a true ratio of 0.8; it would show one of 0.71 with 80 %.
    >>> print(power_sentence(0.03, float("nan"), 0.8, 0.8))
    Taken alone, it had a 3 % chance to show a true ratio of 0.8; not even a rate of 0 would show with 80 %.
    """
    seen = (
        f"not even a rate of 0 would show with {_chance(wanted)}"
        if math.isnan(detectable)
        else f"it would show one of {detectable:.2f} with {_chance(wanted)}"
    )
    had = f"{_article(power)} {_chance(power)} chance"
    return f"Taken alone, it had {had} to show a true ratio of {power_at:g}; {seen}."


def adjusted_sentence(ratio: float, low: float, high: float, edge: str) -> str:
    """What a model makes of an edge.

    Examples
    --------
    >>> print(adjusted_sentence(0.434, 0.291, 0.645, "remains"))
    With everything else in the model held equal: 0.43 times the rate (0.29 to 0.65); the edge remains.
    """
    found = {"remains": "the edge remains"}.get(edge, f"the gap is {edge}")
    return (
        f"With everything else in the model held equal: {_ratio(ratio)} times the rate "
        f"({low:.2f} to {_limit(high)}); {found}."
    )


def _at(process: SelectionProcess, gate: str) -> str:
    label = process.gate(gate).label
    # a process known by its stage keys alone has no word for what happens at the gate
    return f"At the gate {label!r}" if label == gate.replace("_", " ") else f"At {label}"


def _percent(passed: int, at_risk: int, digits: int) -> str:
    return f"{100 * passed / at_risk:.{digits}f} %"


def _digits(rate: float, other: float) -> int:
    """Whole per cents, unless they would print two different rates as one."""
    return 1 if rate != other and f"{100 * rate:.0f}" == f"{100 * other:.0f}" else 0


def _ratio(value: float) -> str:
    """Two decimals, or three where two would print a ratio below four-fifths as four-fifths."""
    return f"{value:.3f}" if f"{value:.2f}" == "0.80" and value < 0.8 else f"{value:.2f}"


def _limit(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "no upper limit"


def _how_many_more(people: float) -> str:
    whole = math.floor(abs(people) + 0.5)
    if whole == 0:
        return "just as many"
    return f"{whole:,} {'more' if people > 0 else 'fewer'}"


def _chance(share: float) -> str:
    if 0.995 <= share < 1:
        return "more than 99 %"
    return f"{100 * share:.0f} %"


def _article(share: float) -> str:
    """A 49 % chance, but an 8 %, 11 %, 18 % or 80 % one."""
    spoken = _chance(share)
    return "an" if spoken.startswith(("8", "11 ", "18 ")) else "a"
