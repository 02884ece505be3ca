"""Which printed differences are there with a region, a centre or a cohort held equal as well.

It is the one thing a release says that is not worked out from its printed counts: where one of two groups is
behind in print, whether it is so within strata too. So it is part of the release, and a note in it says so.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import COHORT, NOT_STATED, OVERALL
from stepup_equity.disclosure.tables import merged_with
from stepup_equity.statistics import mh_risk_ratio
from stepup_equity.statistics.edge_claims import FOUR_FIFTHS
from stepup_equity.words.names import within
from stepup_equity.words.numbers import enumerated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.printed import PrintedTable
    from stepup_equity.disclosure.release import Release
    from stepup_equity.disclosure.tables import Plan, Table

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Unsupported", "held_equal"]

Unsupported = frozenset[tuple[str, str, str, str]]
"""Characteristic, group, gate and the name in print of the stratum that does not bear the difference out."""

_MATERIAL: Final = float(FOUR_FIFTHS)


def held_equal(counts: StageCounts, plan: Plan, tables: Sequence[Table], release: Release) -> Release:
    """The release, with what strata say of its differences and a note that they were asked."""
    merges, compared = dict(plan.merge), release.compared
    of_one = [table for table in tables if table.name in compared and not table.margins]
    merged = [merged_with(table, merges[table.name]) if table.name in merges else table for table in of_one]
    strata = [list(_strata_of(counts, table.name, pooled=plan.pool).values()) for table in of_one]
    asked = list(dict.fromkeys(within(label) for labels in strata for label in labels))
    if not asked:
        return release
    trios = [(a, b, compared[a.name]) for a, b in zip(of_one, merged, strict=True)]
    note = (
        f"A difference is called a cliff edge only if it is also there with {enumerated(asked)} held equal. "
        "That yes or no is the one thing here that is not worked out from the printed counts."
    )
    notes = (*release.notes, note) if release.publishable else release.notes
    return replace(release, unsupported=_unsupported(counts, trios, pooled=plan.pool), notes=notes)


def _strata_of(counts: StageCounts, name: str, *, pooled: bool) -> dict[str, str]:
    """Strata that can be held equal for a characteristic, by name in print; cohorts where they are pooled."""
    labels = {stratum.name: stratum.label for stratum in counts.programme.strata} | {COHORT: "Cohort"}
    held = next((table for table in counts.tables if name in table.names), None)
    axes = [axis for axis in held.axes if axis.kind in ("cohort", "stratum")] if held is not None else []
    return {
        axis.name: labels.get(axis.name, axis.name)
        for axis in axes
        if len([label for label in axis.labels if label != NOT_STATED]) > 1
        and (pooled or axis.name != COHORT)
    }


def _unsupported(
    counts: StageCounts, tables: Sequence[tuple[Table, Table, PrintedTable]], *, pooled: bool
) -> Unsupported:
    """Printed differences that some stratum does not bear out.

    Parameters
    ----------
    counts : StageCounts
    tables : sequence of (Table, Table, PrintedTable)
        As counted, as merged, and as printed for the cohort that comparisons are of.
    pooled : bool
        Whether cohorts are printed together only.
    """
    stages = counts.process.stage_keys
    found: set[tuple[str, str, str, str]] = set()
    for counted, merged, printed in tables:
        for stratum, label in _strata_of(counts, counted.name, pooled=pooled).items():
            people = _within(counts, counted, merged, printed, stratum, pooled=pooled)
            for family in printed.families:
                found |= {(*key, label) for key in _against(printed, stages, people, *family)}
    return frozenset(found)


def _within(
    counts: StageCounts, counted: Table, merged: Table, printed: PrintedTable, stratum: str, *, pooled: bool
) -> Ints:
    """People of the printed rows in each stratum, shape (n_strata, n_rows, 2 n_stages − 1)."""
    atoms = {group.label: group.atoms[0] for group in counted.finest}
    rows = {(group.label, group.parent): list(group.atoms) for group in merged.groups}
    here = {COHORT: printed.cohort} if printed.cohort and not pooled else {}
    out = []
    for label in counts.labels_of(stratum):
        if label == NOT_STATED:
            continue
        where = {**here, stratum: label}
        funnel = counts.funnel(counted.name, level="detailed", not_stated=True, where=where)
        people = np.zeros(counted.atoms.shape[1:], np.int64)
        for group, numbers in zip(funnel.groups, np.hstack([funnel.reached, funnel.pending]), strict=True):
            people[atoms[group]] = numbers
        keys = zip(printed.groups, printed.parents, strict=True)
        out.append([people[rows[key]].sum(axis=0) for key in keys])
    return np.array(out)


def _gates(
    printed: PrintedTable, stages: tuple[str, ...], people_in: Ints
) -> Iterator[tuple[str, Floats, Ints, Ints]]:
    """Each gate and the whole way: the printed rates, and who passed and was decided in each stratum."""
    places = [stages.index(stage) for stage in printed.stages]
    reached, pending = people_in[..., : len(stages)], people_in[..., len(stages) :]
    people, waiting = printed.measures["reached"].value, printed.measures["pending"].value[:, :-1]
    spans = [*pairwise(range(len(places))), (0, len(places) - 1)]
    for (start, end), gate in zip(spans, (*printed.stages[1:], OVERALL), strict=True):
        waits = pending[..., places[start] : places[end]].sum(-1)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = people[:, end] / (people[:, start] - waiting[:, start:end].sum(1))
        yield gate, rate, reached[..., places[end]], reached[..., places[start]] - waits


def _against(
    printed: PrintedTable, stages: tuple[str, ...], people_in: Ints, rows: Sequence[int], against: int
) -> Iterator[tuple[str, str, str]]:
    """Comparisons of some rows with the reference that `people_in` strata does not bear out."""
    others = [row for row in rows if row != against and printed.stated[row]]
    for gate, rate, passed, at_risk in _gates(printed, stages, people_in):
        both = np.stack([passed, at_risk - passed], -1)
        of_reference = np.broadcast_to(both[:, [against]], both[:, others].shape)
        tables = np.stack([both[:, others], of_reference], -2)
        held = mh_risk_ratio(np.moveaxis(tables, 0, 1)).estimate
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = rate[others] / rate[against]
            ratio, held = np.where(ratio > 1, [1 / ratio, 1 / held], [ratio, held])
            told = ratio < (1.0 if gate == OVERALL else _MATERIAL)
            borne_out = held < np.where(ratio < _MATERIAL, _MATERIAL, 1.0)
        for place in np.flatnonzero(told & ~borne_out):
            yield printed.characteristic, printed.groups[others[place]], gate
