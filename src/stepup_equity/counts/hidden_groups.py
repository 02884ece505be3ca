"""Groups that a published table hides whole in one cohort and shows in another: unknown, never 0."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stepup_equity.columns import NOT_STATED
from stepup_equity.process import common_not_stated, is_refusal, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.counts.agreement import Margin
    from stepup_equity.process import Characteristic, Cohorts
    from stepup_equity.records.printed.lines import Line


def with_cohorts(lines: tuple[Line, ...], cohorts: Cohorts) -> tuple[Line, ...]:
    """The lines with their cohorts' names in print; *Not stated* for a blank beside others."""
    if not any(line.cohort for line in lines):
        return lines
    return tuple(replace(line, cohort=_cohort(line.cohort, cohorts)) for line in lines)


def untold_in_some(
    gone: frozenset[tuple[str, str, str]],
    margins: Sequence[Margin],
    declared: Sequence[Characteristic],
    cohorts: Cohorts,
) -> frozenset[tuple[str, str, str]]:
    """Cohort, characteristic and group of those hidden whole in one cohort and shown in another.

    And of those that are shown nowhere, by their labels: a table of another cohort may show them.

    Parameters
    ----------
    gone : frozenset of (str, str, str)
        Cohort, characteristic and label of lines that were left out, as printed.
    margins : sequence of Margin
    declared : sequence of Characteristic
        That of each margin.
    cohorts : Cohorts
    """
    found: set[tuple[str, str, str]] = set()
    for margin, one in zip(margins, declared, strict=True):
        shown = {_group(label, one) for label in margin.labels}
        found |= {
            (_cohort(cohort, cohorts) if cohort else "", one.name, group or label)
            for cohort, name, label in gone
            if name == margin.name and ((group := _group(label, one)) in shown or group is None)
        }
    return frozenset(found)


def _cohort(label: str, cohorts: Cohorts) -> str:
    blank = common_not_stated() | {"", normalise(NOT_STATED)}
    return NOT_STATED if normalise(label) in blank else cohorts.printed(label)


def _group(label: str, declared: Characteristic) -> str | None:
    """The declared group of a label; None where there is none."""
    group = declared.spellings.get(normalise(label))
    stated_nothing = normalise(label) in declared.spellings or is_refusal(label)
    return group or (NOT_STATED if stated_nothing else None)
