"""One comparison as a sentence that can be read aloud, told from the side of the group that is behind."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from stepup_equity.words.names import people_of, rate_of, whom
from stepup_equity.words.numbers import (
    an,
    chance,
    interval,
    percent_of,
    percents_of,
    ratio,
    ratio_of,
    rounded,
    would_pass,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from stepup_equity.words.names import Names


_MOST_DECIMALS: Final = 9


@dataclass(frozen=True, slots=True)
class Told:
    """Two groups at a gate, the one that a sentence is about first.

    Attributes
    ----------
    characteristic : str
        Its name in print.
    gate : str
        Key of the gate.
    group, reference : str
        Labels.
    passed, at_risk, ref_passed, ref_at_risk : int
        Counts of both.
    low, high : float
        Interval of the ratio.
    some_wait : bool
        Whether some who entered have no outcome.
    before : str
        What those who enter the gate are called, such as "eligible".
    untold : str
        The group whose number a published table hides; empty where none does.
    """

    characteristic: str
    gate: str
    group: str
    reference: str
    passed: int
    at_risk: int
    ref_passed: int
    ref_at_risk: int
    low: float
    high: float
    some_wait: bool = False
    before: str = ""
    untold: str = ""

    def turned(self) -> Told:
        """The same from the other side; limits of a ratio are those of its inverse turned round."""
        return replace(
            self,
            group=self.reference,
            reference=self.group,
            passed=self.ref_passed,
            at_risk=self.ref_at_risk,
            ref_passed=self.passed,
            ref_at_risk=self.at_risk,
            low=_inverse(self.high),
            high=_inverse(self.low),
        )

    @property
    def people(self) -> str:
        """Those of the group, with their number."""
        words = (f"{self.at_risk:,}", self.before, people_of(self.group, self.characteristic, self.at_risk))
        return " ".join(word for word in words if word)

    @property
    def others(self) -> str:
        """Those of the reference, with their number."""
        return f"{self.ref_at_risk:,} {people_of(self.reference, self.characteristic, self.ref_at_risk)}"

    @property
    def more(self) -> float:
        """How many more of the group would have passed at the reference's rate."""
        return (self.at_risk * self.ref_passed - self.passed * self.ref_at_risk) / self.ref_at_risk


def told_rows(
    labels: Iterable[str],
    columns: Mapping[str, Any] | pd.DataFrame,
    waits: Iterable[bool],
    turned: Iterable[bool],
) -> list[Told]:
    """Comparisons as they stand in columns, those turned that are told from the side of the reference."""
    names = (
        "gate", "group", "reference", "passed", "denominator", "reference_passed", "reference_denominator",
        "conf_low", "conf_high",
    )  # fmt: skip
    numbers = zip(labels, *(columns[name].tolist() for name in names), waits, strict=True)
    rows = [_told(*row) for row in numbers]
    return [row.turned() if other else row for row, other in zip(rows, turned, strict=True)]


def _told(
    label: str, gate: str, group: str, reference: str, x: float, n: float, y: float, m: float, *rest: Any
) -> Told:
    """One row; a number that is NaN is hidden, and others are whole."""
    reference = whom(reference)
    untold = group if x != x else reference if y != y else ""
    four = [int(number) if number == number else 0 for number in (x, n, y, m)]
    row: list[Any] = [label, gate, group, reference, *four, *rest]
    return replace(Told(*row), untold=untold)


def comparison_sentence(told: Told, names: Names) -> str:
    """How many of a group passed a gate, how many of the reference, the ratio, and how many people that is.

    Examples
    --------
    >>> from stepup_equity.process import step_up_to_social_work
    >>> from stepup_equity.words.names import Names
    >>> names = Names.of(step_up_to_social_work())
    >>> print(comparison_sentence(Told(
    ...     "Ethnicity", "screened", "Black African", "White British", 21, 105, 526, 1072, 0.274, 0.586,
    ...     before="eligible",
    ... ), names))
    At screening 20% of the 105 eligible Black African applicants passed, against 49% of the 1,072 White
    British applicants: 0.41 times the rate (0.27 to 0.59); 31 more would have passed at the White British
    rate.
    >>> print(comparison_sentence(Told(
    ...     "Age", "eligible", "50 and over", "20-24", 45, 100, 529, 541, 0.3624, 0.5585
    ... ), names))
    At the eligibility check 45% of the 100 applicants aged 50 and over passed, against 98% of the 541
    applicants aged 20-24: 0.46 times the rate (0.36 to 0.56); 53 more would have passed at the rate of
    applicants aged 20-24.

    Where some who entered have no outcome, they are not counted, and the sentence says so:

    >>> print(comparison_sentence(Told(
    ...     "Gender", "assessed", "Male", "Female", 30, 93, 200, 420, 0.50, 0.90, some_wait=True
    ... ), names))
    At the assessment centre 32% of the 93 Male applicants with an outcome passed, against 48% of the 420
    Female applicants with one: 0.68 times the rate (0.50 to 0.90); 14 more would have passed at the Female
    rate.
    """
    where = names.at(told.gate)
    if told.untold:
        return (
            f"{where} there is nothing to compare: the published table hides how many "
            f"{people_of(told.untold, told.characteristic)} passed."
        )
    for group, number in ((told.group, told.at_risk), (told.reference, told.ref_at_risk)):
        if number == 0:
            return (
                f"{where} there is nothing to compare: no outcome for any "
                f"{people_of(group, told.characteristic)}."
            )
    done, also_done = (" with an outcome", " with one") if told.some_wait else ("", "")
    if told.ref_passed == 0:
        return (
            f"{where} {percent_of(told.passed, told.at_risk)} of the {told.people}{done} passed, and none "
            f"of the {told.others}{also_done}: a ratio has no meaning."
        )
    mine, theirs = percents_of(told.passed, told.at_risk, told.ref_passed, told.ref_at_risk)
    return (
        f"{where} {mine} of the {told.people}{done} passed, against {theirs} of the "
        f"{told.others}{also_done}: "
        f"{ratio_of(told.passed, told.at_risk, told.ref_passed, told.ref_at_risk)} times the rate "
        f"({interval(told.low, told.high)}); {_how_many_more(told.more)} would have passed at "
        f"{rate_of(told.reference, told.characteristic)}."
    )


def whole_way_sentence(told: Told, end: str) -> str:
    """How many of a group got to the end, and how many would have at the reference's rate.

    Examples
    --------
    >>> told = Told("Ethnicity", "overall", "Black African", "White British", 0, 132, 154, 1333, 0.0, 0.2)
    >>> print(whole_way_sentence(told, "got a place"))
    0 of 132 Black African applicants got a place; at the White British rate 15 would have.
    """
    if told.untold:
        return (
            f"Over the whole way the published table hides how many "
            f"{people_of(told.untold, told.characteristic)} {end}."
        )
    if told.at_risk == 0 or told.ref_at_risk == 0:
        nobody = told.group if told.at_risk == 0 else told.reference
        return f"Over the whole way there is no outcome for any {people_of(nobody, told.characteristic)}."
    waiting = " with an outcome" if told.some_wait else ""
    expected = would_pass(told.at_risk, told.ref_passed, told.ref_at_risk)
    return (
        f"{told.passed:,} of {told.people}{waiting} {end}; at {rate_of(told.reference, told.characteristic)} "
        f"{expected:,} would have."
    )


def power_sentence(power: float, supposed: float, detectable: float, wanted: float) -> str:
    """What the comparison could have shown in its run.

    Examples
    --------
    >>> print(power_sentence(0.486, 0.5, 0.41, 0.8))
    A true ratio of 0.5 had a 49% chance of being flagged here; one of 0.41 has an 80% chance.
    >>> print(power_sentence(0.03, 0.5, float("nan"), 0.8))
    A true ratio of 0.5 had a 3% chance of being flagged here; not even a rate of 0 has an 80% chance.

    What falls short by little is not printed as if it did not:

    >>> print(power_sentence(0.7966, 0.5, 0.4983, 0.8))
    A true ratio of 0.5 had a 79.7% chance of being flagged here; one of 0.498 has an 80% chance.
    """
    decimals = 1
    had, smaller = chance(power), "" if math.isnan(detectable) else ratio(detectable)
    while power < wanted and had == chance(wanted) and decimals < _MOST_DECIMALS:
        had, decimals = f"{rounded(100 * power, decimals)}%", decimals + 1
    decimals = 3
    while detectable < supposed and smaller == ratio(supposed) and decimals < _MOST_DECIMALS:
        smaller, decimals = f"{rounded(detectable, decimals)}", decimals + 1
    seen = f"one of {smaller}" if smaller else "not even a rate of 0"
    return (
        f"A true ratio of {supposed:g} had {an(f'{had} chance')} of being flagged here; {seen} has "
        f"{an(f'{chance(wanted)} chance')}."
    )


def _inverse(value: float) -> float:
    if value == 0:
        return math.inf
    return 0.0 if math.isinf(value) else 1 / value


def _how_many_more(people: float) -> str:
    whole = int(rounded(abs(people)))
    if whole == 0:
        return "just as many"
    return f"{whole:,} {'more' if people > 0 else 'fewer'}"
