"""Who would have come through if the rule of a gate were another: on the records' own columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.findings.comparison import first_reason
from stepup_equity.findings.result import Result
from stepup_equity.findings.scores import asked_of_records, scores_before, stated_none
from stepup_equity.statistics import score_ratio_interval, wilson_interval
from stepup_equity.words.names import Names, within
from stepup_equity.words.numbers import count, percent, ratio
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools
    from stepup_equity.findings.scores import Scores
    from stepup_equity.records.applicants import Applicants


Limits = tuple[float, float]
Rule = Mapping[str, float | Limits]


@dataclass(frozen=True, eq=False, repr=False)
class EligibilityRules(Result):
    """Every group under every rule: who meets it, who would be in that was not, and who got to the end.

    Attributes
    ----------
    gate : str
        The gate that the rules are of.
    rules : tuple of str
        Their names.
    reference : str
        Whom the groups are compared with.
    confidence : float
        Level of the intervals.
    """

    gate: str
    rules: tuple[str, ...]
    reference: str
    confidence: float

    @property
    def headline(self) -> str:
        """The lowest impact ratio under each rule."""
        said = []
        for rule in self.rules:
            mine = self._frame[(self._frame["rule"] == rule) & (self._frame["group"] != self.reference)]
            mine = mine[np.isfinite(mine["impact_ratio"])]
            if mine.empty:
                said.append(f"“{rule}” compares nobody")
                continue
            low = mine.iloc[lowest_at(mine["impact_ratio"])]
            said.append(f"under “{rule}” lowest ratio {ratio(low['impact_ratio'])}, {low['group']}")
        return f"{self.names.gate_in_words(self.gate)}; {'; '.join(said)}"

    @property
    def sentences(self) -> tuple[str, ...]:
        """Each group under each rule."""
        return tuple(self._frame["sentence"])


def eligibility_rules(
    applicants: Applicants,
    *,
    rules: Mapping[str, Rule],
    gate: str,
    by: str,
    reference: str | None = None,
    level: str | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    confidence: float = 0.95,
) -> EligibilityRules:
    """Who would have come through a gate if its rule were another.

    A rule is read off numbers that the records hold: a class of degree, years of experience, points. Of some
    people a number is not known; then it is not known whether they meet the rule, and rates have limits. What
    would have become later of somebody who was not let in nobody can know: that, too, has limits.

    Parameters
    ----------
    applicants : Applicants
        Records whose programme declares the numbers under ``[covariates]``. Read a second time.
    rules : mapping of str to mapping
        A name for each rule, and what it asks: ``{"as it was": {"degree": 3, "years": 1}, "no years":
        {"degree": 3}}``. A number is the least that is enough; ``(low, high)`` asks for both ends. Who fails
        one known part fails the rule, whatever is not known.
    gate : str
        Those who entered it and whose outcome is known are asked about.
    by : str
        One characteristic.
    reference : str, optional
        A group or ``"largest"``; by default the declared reference.
    level, where
        As in `selection_rates`.
    cohort : str, optional
        By default the last, where there are several.
    confidence : float
        Level of the intervals.

    Returns
    -------
    EligibilityRules
        A row for each rule and group: ``entered``, ``meets``, ``fails``, ``unknown``; ``estimate``, meeting
        among those of whom it is known, with Wilson interval; ``rate_low`` and ``rate_high``, should nobody
        or everybody of the unknown meet it; ``impact_ratio`` with score interval. ``newly_in``: meet it and
        were not let through; ``left_by_choice``: meet it and left at the gate by their own choice, so no rule
        kept them out, and they are among no others here; ``newly_out``: passed and fail it. ``through_low``:
        reached the last stage and meet the rule, as known; ``through_high``: should also all of the unknown
        who reached it, everybody let in anew and everybody who passed and still waits have got there;
        ``through_alike``: should those let in anew, and those who meet the rule and wait, go on as those of
        their group did who passed and wait no more; NaN where nobody did. NaN, with the reason in ``status``,
        where nothing is known of a group.

    Raises
    ------
    ArgumentError
        No rule, one that asks nothing, limits that are no numbers or the wrong way round, unknown names.

    References
    ----------
    Limits without assumptions: Manski (1990), American Economic Review 80 (2), 319-323. Wilson (1927), J. Am.
    Stat. Assoc. 22, 209-212; Miettinen and Nurminen (1985), Stat. Med. 4, 213-226.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> from stepup_equity.process import programme_from_toml, programme_to_toml
    >>> text = programme_to_toml(su.step_up_to_social_work()) + "[covariates.degree]"
    >>> records = pd.DataFrame({
    ...     "applicant_id": range(8), "gender": ["Female"] * 4 + ["Male"] * 4,
    ...     "degree": [3, 3, 2, None, 3, 2, 2, 1],
    ...     "furthest_stage": ["accepted", "eligible", *["submitted"] * 2, "accepted", *["submitted"] * 3],
    ... })
    >>> applicants = su.read_applicants(records, programme=programme_from_toml(text))
    >>> rules = {"as it was": {"degree": 3}, "lower": {"degree": 2}}
    >>> found = su.eligibility_rules(applicants, rules=rules, gate="eligible", by="gender")
    >>> found.frame[["rule", "group", "meets", "unknown", "newly_in", "through_low", "through_high"]]
            rule   group  meets  unknown  newly_in  through_low  through_high
    0  as it was  Female      2        1         0            1             2
    1  as it was    Male      1        0         0            1             1
    2      lower  Female      3        1         1            1             3
    3      lower    Male      3        0         2            1             3
    """
    import pandas as pd

    where, which = asked_of_records(
        applicants,
        {"gate": gate, "by": by},
        by=by,
        level=level,
        where=where,
        cohort=cohort,
        reference=reference,
        confidence=confidence,
    )
    asked = _asked(rules)
    numbers = list(dict.fromkeys(name for rule in asked.values() for name in rule))
    people = scores_before(
        applicants, [], gate, by, reference=reference, level=level, where=where, more=numbers
    )
    stages = applicants.programme.process.stage_keys
    names = Names.of(applicants.programme)
    parts = [
        _rows(people, name, rule, numbers, gate, len(stages) - 1, confidence) for name, rule in asked.items()
    ]
    frame = pd.concat(parts, ignore_index=True)
    frame["sentence"] = [_sentence(row, names) for row in frame.to_dict("records")]
    return EligibilityRules(
        _frame=frame,
        method=(
            "Rate with Wilson interval and impact ratio with score interval (Miettinen and Nurminen 1985) of "
            f"those of whom it is known whether they meet the rule, at {confidence:.0%}; limits for all "
            "others without assumptions (Manski 1990)."
        ),
        notes=(*applicants.notes, *which, *_notes(people, frame)),
        names=names,
        gate=gate,
        rules=tuple(asked),
        reference=people.reference,
        confidence=confidence,
    )


def _asked(rules: object) -> dict[str, dict[str, Limits]]:
    """The rules, each number with its least and greatest value."""
    such = "Give a name to each, and what it asks: rules={'as it was': {'degree': 3}}."
    if not isinstance(rules, Mapping) or not rules:
        raise ArgumentError(f"rules= names no rule. {such}")
    found = {}
    for name, rule in rules.items():
        if not isinstance(name, str) or not isinstance(rule, Mapping) or not rule:
            raise ArgumentError(f"rules[{name!r}] asks nothing. {such}")
        found[name] = {str(number): _limits(name, str(number), asked) for number, asked in rule.items()}
    return found


def _limits(rule: str, number: str, asked: object) -> Limits:
    ends: Any = asked if isinstance(asked, (tuple, list)) else (asked, np.inf)
    numbers = len(ends) == 2 and all(isinstance(end, Real) and not isinstance(end, bool) for end in ends)
    if not numbers or np.isnan(ends).any() or ends[0] > ends[1]:
        raise ArgumentError(
            f"rules[{rule!r}][{number!r}]={asked!r} is no limit. Give the least that is enough, as in 3, or "
            "both ends, as in (3, 5)."
        )
    return float(ends[0]), float(ends[1])


def _rows(
    people: Scores,
    name: str,
    rule: Mapping[str, Limits],
    numbers: Sequence[str],
    gate: str,
    last: int,
    confidence: float,
) -> pd.DataFrame:
    import pandas as pd

    known_fail, unknown = _judged(people, rule, numbers)
    meets = ~known_fail & ~unknown
    end = people.furthest >= last

    def total(which: Bools) -> NDArray[np.int64]:
        return np.bincount(people.group[which], weights=people.n[which], minlength=len(people.groups)).astype(
            np.int64
        )

    everyone, met, failed, open_ = (
        total(one) for one in (np.ones(len(end), bool), meets, known_fail, unknown)
    )
    told = met + failed
    at = people.groups.index(people.reference)
    rate = wilson_interval(met, told, confidence=confidence)
    impact = score_ratio_interval(met, told, met[at], told[at], confidence=confidence)
    stopped = ~people.passed & ~people.withdrew
    newly_in, newly_out = total(meets & stopped), total(known_fail & people.passed)
    low = total(meets & end)
    waits = people.passed & people.waiting
    passed, reached = total(people.passed & ~waits), total(people.passed & end)
    with np.errstate(divide="ignore", invalid="ignore"):
        alike = low + (newly_in + total(meets & waits)) * np.where(passed > 0, reached / passed, np.nan)
        bounds = [np.where(everyone > 0, values / everyone, np.nan) for values in (met, met + open_)]
    itself = np.arange(len(everyone)) == at
    return pd.DataFrame(
        {
            "characteristic": people.characteristic,
            "group": list(people.groups),
            "reference": people.reference,
            "gate": gate,
            "rule": name,
            "entered": everyone,
            "meets": met,
            "fails": failed,
            "unknown": open_,
            "estimate": rate.estimate,
            "conf_low": rate.low,
            "conf_high": rate.high,
            "confidence": confidence,
            "rate_low": bounds[0],
            "rate_high": bounds[1],
            "impact_ratio": np.where(itself, np.nan, impact.estimate),
            "impact_ratio_low": np.where(itself, np.nan, impact.low),
            "impact_ratio_high": np.where(itself, np.nan, impact.high),
            "newly_in": newly_in,
            "left_by_choice": total(meets & people.withdrew),
            "newly_out": newly_out,
            "through_low": low,
            "through_high": low
            + total(unknown & people.passed & end)
            + total(~known_fail & (stopped | waits)),
            "through_alike": alike,
            "method": "score",
            "status": first_reason(
                [
                    (told == 0, "of nobody in the group is it known"),
                    (itself, "reference"),
                    (np.full(len(told), told[at] == 0), "of nobody in the reference is it known"),
                    (np.full(len(told), met[at] == 0), "nobody of the reference meets the rule"),
                    (passed == 0, "of nobody who passed is it known how they went on"),
                ]
            ),
        }
    )


def _judged(
    people: Scores, rule: Mapping[str, Limits], numbers: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Who fails the rule for certain, and of whom it is not known."""
    fails, blank = np.zeros(len(people.n), bool), np.zeros(len(people.n), bool)
    for number, (least, most) in rule.items():
        values = people.more[:, numbers.index(number)]
        missing = np.isnan(values)
        blank |= missing
        with np.errstate(invalid="ignore"):
            fails |= ~missing & ((values < least) | (values > most))
    return fails, blank & ~fails


def _sentence(row: Mapping[Any, Any], names: Names) -> str:
    start = f"Under “{row['rule']}”, {row['group']}: "
    if not row["meets"] + row["fails"]:
        return f"{start}it is not known of anybody."
    of = row["meets"] + row["fails"]
    words = f"{start}{row['meets']:,} of {of:,} meet it ({percent(row['estimate'])})"
    if row["unknown"]:
        words += (
            f"; of {row['unknown']:,} more it is not known, so it may be {percent(row['rate_low'])} to "
            f"{percent(row['rate_high'])}"
        )
    if np.isfinite(row["impact_ratio"]):
        words += f"; {ratio(row['impact_ratio'])} times the rate of {row['reference']}"
    moved = []
    if row["newly_in"]:
        moved.append(f"{row['newly_in']:,} who did not pass {names.gate_in_words(row['gate'])} would be in")
    if row["newly_out"]:
        moved.append(f"{row['newly_out']:,} who passed would be out")
    if moved:
        words += f". {' and '.join(moved)}"
    if left := row["left_by_choice"]:
        meet, are = ("meets", "is") if left == 1 else ("meet", "are")
        words += f". {left:,} who {meet} it left by their own choice and {are} not counted as in"
    low, high = row["through_low"], row["through_high"]
    ends = f"{low:,}" if low == high else f"{low:,} to {high:,}"
    return f"{words}. To the last stage {ends}."


def _notes(people: Scores, frame: pd.DataFrame) -> list[str]:
    left = [
        (people.not_stated, stated_none(within(people.label), partial=people.partial)),
        (people.pending, "still wait at the gate"),
    ]
    notes = [f"{count(n, 'person', 'people')} {words}: left out." for n, words in left if n]
    if waits := int(people.n[people.passed & people.waiting].sum()):
        notes.append(
            f"{count(waits, 'person', 'people')} passed and still {'waits' if waits == 1 else 'wait'}: the "
            "higher number of those who get to the last stage counts them as far as they may meet a rule."
        )
    if withdrew := int(people.n[people.withdrew].sum()):
        notes.append(
            f"{count(withdrew, 'person', 'people')} left at the gate by their own choice: no rule kept them "
            "out, so they are not counted among those who would be in."
        )
    if frame["unknown"].any():
        notes.append("Of some people a number of the rule is not known; limits say how far that reaches.")
    notes.append(
        "What would have become of people let in by another rule nobody knows: the lower number of those who "
        "get to the last stage counts none of them, the higher one all. Where places are limited, more in do "
        "not make more places."
    )
    return notes
