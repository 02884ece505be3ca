"""Which cohort a question is about: the one that was named, else the last. The one place that slices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import COHORT, NOT_STATED
from stepup_equity.errors import ArgumentError, listed, unknown_name
from stepup_equity.process import Programme, Reading
from stepup_equity.records.cells import Axis, CellTable, collapse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stepup_equity.counts.stage_counts import StageCounts
    from stepup_equity.process import SelectionProcess


ALL_COHORTS: Final = "all"
"""``cohort="all"``: every cohort, held equal. Never a bare sum of them."""


def of_cohort(
    counts: StageCounts,
    cohort: str | None = None,
    *,
    where: Mapping[str, str] | None = None,
    beside: object = None,
) -> StageCounts:
    """The counts that a question is about.

    Parameters
    ----------
    counts : StageCounts
    cohort : str, optional
        A cohort. By default the last where there are several.
    where : mapping, optional
        What the question asks itself: where it names a cohort already, nothing is sliced.
    beside : str, or sequences of them, optional
        What the question sets beside each other: where that is the cohorts, nothing is sliced.

    Returns
    -------
    StageCounts
        Of one cohort, with a sentence on which; the same counts where they have no cohorts.

    Raises
    ------
    ArgumentError
        A cohort that is not there, or one named twice over.

    Examples
    --------
    >>> import pandas as pd
    >>> from stepup_equity.counts import StageCounts
    >>> counts = StageCounts.from_table(pd.DataFrame({
    ...     "cohort": ["10", "10", "9", "9"], "characteristic": "gender", "group": ["Female", "Male"] * 2,
    ...     "applied": [80, 20, 60, 40], "appointed": [8, 1, 7, 4],
    ... }))
    >>> of_cohort(counts)
    <StageCounts: 100 applicants, 9 appointed; gender; joint>
    >>> of_cohort(counts).notes
    ('These figures are of cohort 10, the last of 2: 9 and 10.',)
    """
    if where is not None and COHORT in where:
        if cohort is not None and cohort != where[COHORT]:
            raise ArgumentError(
                f"cohort={cohort!r} and where={dict(where)!r} name two cohorts. Leave out one of the two."
            )
        return counts
    if _names_cohorts(beside):
        return counts
    if not hasattr(counts, "cohorts"):
        return counts  # no counts at all: what asks for them says so
    found = counts.cohorts
    if cohort is None:
        return counts if not found else _only(counts, found[-1])
    if cohort == NOT_STATED or cohort not in found:
        if cohort == ALL_COHORTS:
            return counts
        if not found:
            raise ArgumentError(f"cohort={cohort!r} cannot be told: these counts name no cohort.")
        raise unknown_name(cohort, (*found, ALL_COHORTS), argument="cohort", of="a cohort of these counts")
    return _only(counts, cohort)


def one_cohort(
    counts: StageCounts,
    cohort: str | None = None,
    *,
    where: Mapping[str, str] | None = None,
    beside: object = None,
) -> StageCounts:
    """As `of_cohort`, for a question that cannot be asked of all cohorts with these held equal.

    Raises
    ------
    ArgumentError
        Also where all cohorts are asked for and there are several.
    """
    if cohort == ALL_COHORTS and len(counts.cohorts) > 1 and cohort not in counts.cohorts:
        raise ArgumentError(
            "cohort='all' would add cohorts up here. Name one of them; impact_ratios, rate_differences and "
            "odds_ratios hold all equal, and cohort_trend sets them beside each other."
        )
    return of_cohort(counts, cohort, where=where, beside=beside)


def slices_of_cohorts(counts: StageCounts) -> tuple[StageCounts, ...]:
    """The counts of each cohort, the earliest first, without sentences on which."""
    return tuple(replace(_only(counts, cohort), notes=counts.notes) for cohort in counts.cohorts)


def upto(counts: StageCounts, every: StageCounts) -> tuple[str, ...]:
    """The cohorts up to that of some counts, the earliest first."""
    this = counts.cohorts[-1:]
    return every.cohorts[: every.cohorts.index(this[0]) + 1] if this else ()


def only_cohorts(counts: StageCounts, cohorts: Sequence[str]) -> StageCounts:
    """The counts of some cohorts; people without one, and of other cohorts, are left out."""

    def kept(table: CellTable) -> CellTable:
        at = table.names.index(COHORT)
        labels = table.axes[at].labels
        place = np.array([cohorts.index(label) if label in cohorts else -1 for label in labels], np.int32)
        codes = table.codes.copy()
        codes[:, at] = place[codes[:, at]]
        keep = codes[:, at] >= 0
        axes = (*table.axes[:at], Axis(COHORT, tuple(cohorts), COHORT), *table.axes[at + 1 :])
        return collapse(axes, codes[keep], table.furthest[keep], table.exit[keep], table.n[keep])

    each = None if counts.each_person is None else only_cohorts(counts.each_person, cohorts)
    return replace(counts, tables=tuple(kept(table) for table in counts.tables), each_person=each)


def cohort_note(cohort: str, every: Sequence[str], *, blanks: bool) -> tuple[str, ...]:
    """Sentences on which of several cohorts figures are of, and that some people are in none.

    How many these are is not said: the sentences stand in publications too.
    """
    notes = []
    if len(every) > 1:
        last = ", the last" if cohort == every[-1] else ", one"
        notes.append(f"These figures are of {_called(cohort)}{last} of {len(every)}: {_and(every)}.")
    if blanks:
        notes.append("People without a cohort are in no cohort's figures.")
    return tuple(notes)


def _only(counts: StageCounts, cohort: str) -> StageCounts:
    if cohort not in counts.sliced:
        counts.sliced[cohort] = _sliced(counts, cohort)
    return counts.sliced[cohort]


def _sliced(counts: StageCounts, cohort: str) -> StageCounts:
    table = counts.tables[0]
    labels = table.axis(COHORT).labels
    lacks = counts.programme.cohorts.lacks(cohort)
    if len(labels) == 1 and not lacks:
        return counts
    notes = [*counts.notes, *cohort_note(cohort, counts.cohorts, blanks=NOT_STATED in labels)]
    if lacks:
        who = _called(cohort)
        notes.append(f"{who[:1].upper()}{who[1:]} had no {_gates(counts, lacks)}.")
    return replace(
        counts,
        programme=_without_gates(counts.programme, lacks) if lacks else counts.programme,
        tables=tuple(_shorter(_one(part, cohort), counts.process, lacks) for part in counts.tables),
        each_person=None if counts.each_person is None else _sliced(counts.each_person, cohort),
        notes=tuple(dict.fromkeys(notes)),
    )


def _without_gates(programme: Programme, gates: Sequence[str]) -> Programme:
    """The programme of a cohort that did not go through these gates: their stages are no stages of it."""
    process = programme.process
    shorter = replace(
        process,
        stages=tuple(stage for stage in process.stages if stage.key not in gates),
        gates=tuple(gate for gate in process.gates if gate.key not in gates),
    )
    cohorts, reading = replace(programme.cohorts, without=()), Reading(unit=programme.reading.unit)
    return replace(programme, process=shorter, reading=reading, cohorts=cohorts)


def _shorter(table: CellTable, process: SelectionProcess, gates: Sequence[str]) -> CellTable:
    """The same people in fewer stages: whoever came as far as a gate that was not there is one further."""
    if not gates:
        return table
    kept = [i for i, key in enumerate(process.stage_keys) if key not in gates]
    place = np.searchsorted(kept, np.arange(len(process.stages)), side="right") - 1
    return collapse(table.axes, table.codes, place[table.furthest].astype(np.int8), table.exit, table.n)


def _gates(counts: StageCounts, gates: Sequence[str]) -> str:
    return " and no ".join(counts.process.gate(gate).label.removeprefix("the ") for gate in gates)


def _one(table: CellTable, cohort: str) -> CellTable:
    """The cells of one cohort, which is then the only one."""
    at = table.names.index(COHORT)
    keep = table.codes[:, at] == table.axes[at].labels.index(cohort)
    codes = table.codes[keep].copy()
    codes[:, at] = 0
    axes = (*table.axes[:at], Axis(COHORT, (cohort,), COHORT), *table.axes[at + 1 :])
    return CellTable(axes, codes, table.furthest[keep], table.exit[keep], table.n[keep])


def _names_cohorts(beside: object) -> bool:
    """Whether cohorts are among what is set beside each other, crossed or not."""
    if isinstance(beside, (list, tuple)):
        return any(map(_names_cohorts, beside))
    return beside == COHORT


def _called(cohort: str) -> str:
    """A cohort as a sentence calls it."""
    return cohort if "cohort" in cohort.casefold() else f"cohort {cohort}"


def _and(labels: Sequence[str]) -> str:
    if len(labels) > 8:
        return listed(labels, most=8).replace("'", "")
    return f"{', '.join(labels[:-1])} and {labels[-1]}"
