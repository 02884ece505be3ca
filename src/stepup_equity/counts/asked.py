"""What a question may be asked with: the one guard of every public verb."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

from stepup_equity.columns import COHORT
from stepup_equity.counts.grouping import selected
from stepup_equity.counts.one_cohort import ALL_COHORTS, of_cohort
from stepup_equity.counts.stage_counts import StageCounts
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.given import check_between, check_choice

_COUNT_FIRST = (
    "Count first: su.count_stages(su.read_applicants(...)), or su.StageCounts.from_table(...) for a "
    "published table."
)


def check_asked(
    counts: object,
    *,
    also: tuple[str, ...] = (),
    where: Any = None,
    cohort: Any = None,
    **given: Any,
) -> None:
    """Refuse what no answer can be given to, and say what is possible.

    Parameters
    ----------
    counts : object
        What is asked about.
    also : tuple of str
        Names of the types that are taken beside `StageCounts`.
    by, groups, level, where, cohort, reference, confidence, denominator, alpha
        As the verb was given them.

    Raises
    ------
    ArgumentError
        Where one of them is of a wrong kind, names nothing, or selects nobody.
    """
    kind = type(counts).__name__
    if not isinstance(counts, StageCounts) and kind not in also:
        hint = "Count them: su.count_stages(applicants)." if kind == "Applicants" else _COUNT_FIRST
        raise ArgumentError(f"counts is a {kind}. {hint}")
    possible = counts.characteristics if isinstance(counts, StageCounts) else ()
    check_names(possible, where=where, cohort=cohort, **given)
    if where and isinstance(counts, StageCounts):
        _refuse_nobody(counts, where, cohort)


def check_names(
    possible: tuple[str, ...],
    *,
    by: Any = None,
    groups: Any = None,
    level: Any = None,
    where: Any = None,
    cohort: Any = None,
    reference: Any = None,
    confidence: Any = 0.95,
    denominator: Any = "entered",
    alpha: Any = 0.05,
) -> None:
    """Refuse arguments of a wrong kind, whatever they are asked of; as `check_asked`."""
    _check_by(by, possible)
    _check_groups(groups)
    for name, value in (("level", level), ("reference", reference), ("cohort", cohort)):
        if value is not None and not isinstance(value, (str, Mapping)):
            raise ArgumentError(f"{name}= is a {type(value).__name__}. Give a name in quotes.")
    if isinstance(confidence, bool) or not isinstance(confidence, Real):
        raise ArgumentError(
            f"confidence= is a {type(confidence).__name__}. Give a number between 0 and 1: 0.95 for a 95 % "
            "interval."
        )
    if not 0 < float(confidence) < 1:
        raise ArgumentError(
            f"confidence={confidence!r} is not between 0 and 1. Write 0.95 for a 95 % interval."
        )
    check_choice(denominator, ("entered", "decided"), argument="denominator")
    check_between(alpha, 0, 1, argument="alpha")
    _check_where(where)


def _check_by(by: Any, possible: tuple[str, ...]) -> None:
    if by is None or isinstance(by, str):
        return
    if not isinstance(by, (list, tuple)):
        raise ArgumentError(
            f"by= is a {type(by).__name__}. Give a name, a tuple of names to be crossed, or a list of "
            "several."
        )
    if not by:
        raise ArgumentError(f"by={by!r} names no characteristic. Possible: {listed(possible)}.")
    for position, one in enumerate(by):
        crossed = isinstance(one, tuple) and one and all(isinstance(name, str) for name in one)
        if not isinstance(one, str) and not crossed:
            raise ArgumentError(f"by= holds a {type(one).__name__}. Possible names: {listed(possible)}.")
        if one in by[:position] or (isinstance(one, tuple) and len(set(one)) < len(one)):
            raise ArgumentError(f"by={by!r} names {one!r} twice. Name each once.")


def _check_groups(groups: Any) -> None:
    if groups is None or isinstance(groups, Mapping):
        return
    if isinstance(groups, str):
        raise ArgumentError(f"groups={groups!r} is one text. Give a list: groups=[{groups!r}].")
    if not isinstance(groups, (list, tuple)) or not all(isinstance(name, str) for name in groups):
        raise ArgumentError("groups= is no list of labels. Give one, such as groups=['White British'].")


def _check_where(where: Any) -> None:
    if where is None:
        return
    if not isinstance(where, Mapping):
        raise ArgumentError(
            f"where= is a {type(where).__name__}. Give names with a label each, such as {{'cohort': '2010'}}."
        )
    for name, label in where.items():
        if not isinstance(name, str) or not isinstance(label, str):
            raise ArgumentError(
                f"where={dict(where)!r}: a name has one label, both in quotes, such as {{'cohort': '2010'}}."
            )


def _refuse_nobody(counts: StageCounts, where: Mapping[str, str], cohort: str | None) -> None:
    people = counts if cohort == ALL_COHORTS else of_cohort(counts, cohort, where=where, beside=COHORT)
    table = people.cells(tuple(where))
    if selected(table, where).people:
        return
    held = []
    for name in where:
        labels = (label for label in table.axis(name).labels if selected(table, {name: label}).people)
        held.append(f"{name!r}: {listed(labels)}")
    raise ArgumentError(
        f"where={dict(where)!r} selects nobody. Labels of which there are people, of {'; '.join(held)}."
    )
