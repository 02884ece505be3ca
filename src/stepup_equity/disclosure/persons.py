"""Numbers of applications that are of few people.

Where rows are applications, twenty of them may be one person's. What is promised is of people, so a number
of applications is as sensitive as that of the people who made them, as far as these are known: each counted
once, at the stage that one of their applications got to.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, TOTAL, Row
from stepup_equity.disclosure.system import Requirements
from stepup_equity.disclosure.tables import merged_with, tables_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.past import Past
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.tables import Plan


def with_few_people(
    needs: Requirements, counts: StageCounts, plan: Plan, past: Past, stages: Sequence[str], policy: Policy
) -> Requirements:
    """The requirements, and those of large numbers that fewer people than the threshold stand behind.

    Such a number need not possibly be larger, only not be known.

    Parameters
    ----------
    needs : Requirements
    counts : StageCounts
    plan : Plan
    past : Past
        Rows, and the numbers of applications.
    stages : sequence of str
        Those of the numbers.
    policy : Policy
    """
    if counts.each_person is None or not policy.hides:
        return needs
    people = _people(counts.each_person, plan, stages)
    cells = past.counted.cells(past.counts)
    few = np.zeros(cells.shape, bool)
    for i, row in enumerate(past.rows):
        known = people.get(replace(row, stated=True))
        if known is None:
            continue
        for at in range(past.counted.n_cells):
            stage, measure, _ = past.counted.address(at)
            asked = policy.protect_left or measure != "left"
            few[i, at] = asked and known[stage] < policy.threshold <= cells[i, at]
    more = np.flatnonzero(few)
    width = np.full(len(more), float(policy.width))
    return Requirements(
        np.concatenate([needs.cell, more]),
        np.concatenate([needs.up, np.zeros(len(more))]),
        np.concatenate([needs.width, width]),
        np.concatenate([needs.whole, np.ones(len(more), bool)]),
    )


def _people(each: StageCounts, plan: Plan, stages: Sequence[str]) -> dict[Row, Ints]:
    """How many people reached each stage, of every row of a plan."""
    kept = [each.process.stage_keys.index(stage) for stage in stages]
    labels = (*each.cohorts, ALL_COHORTS) if len(each.cohorts) > 1 else (each.cohorts or ("",))
    merges = dict(plan.merge)
    found: dict[Row, Ints] = {}
    for table in tables_of(each, plan, empty=True):
        shown = merged_with(table, merges[table.name]) if table.name in merges else table
        for at, cohort in enumerate(labels):
            found[Row(cohort, ALL, TOTAL)] = table.atoms[at].sum(axis=0)[kept]
            for group in shown.groups:
                found[Row(cohort, table.name, group.label, group.parent)] = shown.reached(at, group)[kept]
    return found


def said_of_persons(counts: StageCounts, policy: Policy) -> tuple[str, ...]:
    """What a release of applications says of the people behind them.

    Counts that were written to a file, or added up, no longer know them.
    """
    if counts.programme.reading.unit != "applications" or not policy.publishable:
        return ()
    if policy.hides and counts.each_person is not None:
        return (
            f"Numbers of applications are hidden too where fewer than {policy.threshold} persons made them.",
        )
    return ("A number of applications may be of very few persons.",)
