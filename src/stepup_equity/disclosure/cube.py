"""The true counts of everything that is to be published, and how they add up. None of this is printed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.disclosure.circles import circled
from stepup_equity.disclosure.combined import finest
from stepup_equity.disclosure.counted import Counted
from stepup_equity.disclosure.implied import implied
from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, TOTAL, Layout, Row
from stepup_equity.disclosure.nesting import nested
from stepup_equity.disclosure.tables import merged_with
from stepup_equity.errors import ArgumentError
from stepup_equity.given import check_known

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.combined import Member, Nested
    from stepup_equity.disclosure.tables import Group, Plan, Table

    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cube:
    """Rows, sums and true counts.

    Attributes
    ----------
    layout : Layout
        What is printed.
    stages, counted, rows, sums, counts
        The whole system: what is printed first, in the layout's order, then whatever else earlier releases
        may speak of, such as stages that are left out now.
    stage_labels : tuple of str
    labels : dict
        Characteristic -> name in print.
    references : dict
        Characteristic -> reference group, where one is declared and printed.
    ordered : frozenset of str
        Characteristics whose groups are in an order.
    linked : tuple of (Row, tuple of Row)
        What a reader who knows the characteristics knows besides: which rows are sums of others.
    unasked : frozenset of Row
        Rows that bind others and need not be protected themselves: sums that nobody prints, and combinations
        behind crossings.
    n_rounded : int
        How many rows, from the first, must add up where counts are rounded; combinations behind crossings
        come after them.
    everything : bool
        Whether rows are here that only earlier releases may have printed.
    left_out, summed : ndarray of bool, shape (n_printed_rows, n_printed_counts)
        Numbers of one cohort that are not printed since their stage is left out there; and everybody's
        numbers of all cohorts together that add up such a one, and may be hidden.
    """

    layout: Layout
    stages: tuple[str, ...]
    counted: Counted
    rows: tuple[Row, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    counts: Ints
    stage_labels: tuple[str, ...]
    labels: dict[str, str]
    references: dict[str, str]
    ordered: frozenset[str] = field(default_factory=frozenset)
    linked: tuple[tuple[Row, tuple[Row, ...]], ...] = ()
    unasked: frozenset[Row] = frozenset()
    n_rounded: int = 0
    everything: bool = False
    left_out: Bools = field(default_factory=lambda: np.zeros((0, 0), bool))
    summed: Bools = field(default_factory=lambda: np.zeros((0, 0), bool))

    @property
    def kept(self) -> list[int]:
        """Positions, among all counts of a row, of those that are printed."""
        places = [self.stages.index(stage) for stage in self.layout.stages]
        gates = [self.layout.stages.index(stage) for stage in self.layout.waiting]
        waiting = [self.counted.position("pending", places[g], places[g + 1]) for g in gates]
        return [*places, *(at for at in waiting if at is not None)]

    @property
    def shown(self) -> Ints:
        """True counts of what is printed, shape (n_printed_rows, n_printed_counts)."""
        return self.counts[: len(self.layout.rows)][:, self.kept]


def cube_of(
    counts: StageCounts,
    tables: Sequence[Table],
    plan: Plan,
    *,
    spoken_of: Collection[tuple[str, ...]] | None = None,
    beside: Sequence[Table] = (),
    listed: bool = True,
) -> Cube:
    """Rows, sums and true counts of a plan.

    Parameters
    ----------
    counts : StageCounts
    tables : sequence of Table
        From `tables_of`.
    plan : Plan
    spoken_of : collection of tuple of str, optional
        The stages of each earlier release. Then the system also holds every level and every cohort,
        printed now or not, since earlier releases may have printed them.
    beside : sequence of Table
        What earlier releases printed of these people and this one does not: they bind and are bound by what
        is printed now.
    listed : bool
        Whether every declared group is among the rows.
    """
    everything = spoken_of is not None
    merges = dict(plan.merge)
    names = [table.name for table in tables]
    check_known(merges, names, argument="merge", of="a characteristic that is printed")
    shown = [merged_with(table, merges[table.name]) if table.name in merges else table for table in tables]
    torn = torn_crossings(tables, plan)
    if torn:
        name, crossing = torn[0]
        raise ArgumentError(
            f"merge puts groups of {name!r} together, which the crossing {crossing!r} keeps apart. Leave out "
            "the crossing or the merge."
        )
    kept = _kept_stages(counts.process.stage_keys, plan.drop_stages)
    build = _Build(counts.cohorts, pool=plan.pool)
    for cohort in build.printed_cohorts:
        build.table_rows(tables[0], (), cohort)
        for table in shown:
            build.table_rows(table, table.groups, cohort)
    n_printed = len(build.rows)
    layout_sums = build.hierarchy(shown)
    made_of = build.made_of(shown)
    if everything:
        for cohort in range(build.n_cohorts):
            build.table_rows(tables[0], (), cohort)
            for table in (*tables, *beside):
                build.table_rows(table, table.groups, cohort)
    sums = build.from_atoms((*tables, *beside), (*shown, *beside)) if everything else layout_sums
    held_tables = (*tables, *beside) if everything else tuple(shown)
    links = [
        link
        for found in nested(counts, held_tables)
        for link in build.link(held_tables, found, everything=everything)
    ]
    n_rounded = n_printed if everything else len(build.rows)
    for behind in (*circled(counts, held_tables), *implied(counts, held_tables)):
        links += build.link(held_tables, behind, everything=everything)
    sums = (*sums, *links)
    labels = {stage.key: stage.label for stage in counts.process.stages}
    stages = tuple(counts.process.stage_keys[i] for i in kept)
    waits = bool(tables[0].atoms[..., len(counts.process.stage_keys) :].any())
    told = {key for order in spoken_of or () for key in order}
    held = [i for i, key in enumerate(counts.process.stage_keys) if i in kept or key in told]
    printed_rows = tuple(build.rows[:n_printed])
    places = [held.index(i) for i in kept]
    single = list(pairwise(range(len(held))))  # where anybody waits, how many do is said of every gate
    spans = [(start, end) for start, end in pairwise(places) if end > start + 1]
    keys = [counts.process.stage_keys[i] for i in held]
    orders = [[keys.index(key) for key in order if key in keys] for order in spoken_of or ()]
    leaving = dict.fromkeys(span for order in (places, *orders) for span in pairwise(order))
    counted = Counted(
        len(held),
        (*single, *spans) if waits else (),
        tuple((start, end) for start, end in leaving if end > start + 1),
    )
    groups_of = {table.name: {group.label for group in table.groups} for table in shown}
    layout = Layout(
        stages,
        printed_rows,
        layout_sums,
        counts.cohorts if build.n_cohorts > 1 else (),
        made_of,
        stages[:-1] if waits else (),
        listed,
    )
    left_out, summed = _left_out(layout, plan)
    return Cube(
        layout=layout,
        stages=tuple(counts.process.stage_keys[i] for i in held),
        counted=counted,
        rows=tuple(build.rows),
        sums=sums,
        counts=np.array(build.counts, np.int64) @ counted.pick(held, len(counts.process.stage_keys)),
        stage_labels=tuple(labels[stage] for stage in stages),
        labels={table.name: table.label for table in shown},
        references={
            table.name: table.reference for table in shown if table.reference in groups_of[table.name]
        },
        ordered=frozenset(table.name for table in shown if table.ordered),
        linked=tuple(
            (build.rows[row], tuple(build.rows[part] for part in parts))
            for row, parts in (sums if links else ())
            if (row, parts) not in layout_sums
        ),
        unasked=frozenset(build.unasked),
        n_rounded=n_rounded,
        everything=everything,
        left_out=left_out,
        summed=summed,
    )


def _left_out(layout: Layout, plan: Plan) -> tuple[Bools, Bools]:
    """Numbers of stages that are left out of one cohort, and everybody's of all cohorts that add them up."""
    left_out = np.zeros((len(layout.rows), layout.counted.n_counts), bool)
    summed = left_out.copy()
    for cohort, stage in plan.drop_stages_of:
        if stage not in layout.stages:
            continue  # left out of every cohort
        at = layout.stages.index(stage)
        columns = [at]
        columns += [column for gate, column in layout.counted.single.items() if gate == at]
        for i, row in enumerate(layout.rows):
            left_out[i, columns] |= row.cohort == cohort
            summed[i, columns] |= row.is_total and row.cohort == ALL_COHORTS
    return left_out, summed


def torn_crossings(tables: Sequence[Table], plan: Plan) -> list[tuple[str, str]]:
    """Characteristics of crossings, and the crossings, whose groups there are merged in their own table."""
    merges = dict(plan.merge)
    torn = []
    for crossing in tables:
        for name, groups in crossing.margins:
            own = next((table for table in tables if table.name == name), None)
            if own is None or name not in merges:
                continue
            printed = {(group.label, group.parent) for group in merged_with(own, merges[name]).groups}
            if any(key not in printed for key, _ in groups):
                torn.append((name, crossing.name))
    return torn


def _kept_stages(stages: tuple[str, ...], dropped: tuple[str, ...]) -> list[int]:
    check_known(dropped, stages, argument="drop_stages", of="a stage of the process")
    if stages[0] in dropped:
        raise ArgumentError(
            f"drop_stages holds {stages[0]!r}, the first stage: everything is counted from it."
        )
    kept = [i for i, stage in enumerate(stages) if stage not in dropped]
    if len(kept) < 2:
        raise ArgumentError("drop_stages leaves fewer than two stages. Keep the first and one more.")
    return kept


class _Build:
    """Rows as they are added, each once."""

    def __init__(self, cohorts: tuple[str, ...], *, pool: bool) -> None:
        self.labels = (*cohorts, ALL_COHORTS) if len(cohorts) > 1 else (cohorts or ("",))
        self.n_cohorts = len(self.labels)
        last = self.n_cohorts - 1
        self.printed_cohorts = (last,) if pool else tuple(range(self.n_cohorts))
        self.rows: list[Row] = []
        self.counts: list[Ints] = []
        self.place: dict[Row, int] = {}
        self.unasked: set[Row] = set()

    def row(self, table: Table, group: Group, cohort: int) -> Row:
        return Row(self.labels[cohort], table.name, group.label, group.parent, group.stated)

    def total(self, cohort: int) -> Row:
        return Row(self.labels[cohort], ALL, TOTAL)

    def add(self, row: Row, counts: Ints) -> None:
        if row not in self.place:
            self.place[row] = len(self.rows)
            self.rows.append(row)
            self.counts.append(counts)

    def table_rows(self, table: Table, groups: tuple[Group, ...], cohort: int) -> None:
        self.add(self.total(cohort), table.atoms[cohort].sum(axis=0))
        for group in groups:
            self.add(self.row(table, group, cohort), table.reached(cohort, group))

    def hierarchy(self, tables: Sequence[Table]) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Sums among printed rows: broad groups, totals, margins of crossings, cohorts."""
        sums: list[tuple[int, tuple[int, ...]]] = []
        by_name = {table.name: table for table in tables}
        for cohort in self.printed_cohorts:
            for table in tables:
                children: dict[str, list[int]] = {}
                for group in table.groups:
                    children.setdefault(group.parent, []).append(self.place[self.row(table, group, cohort)])
                sums.append((self.place[self.total(cohort)], tuple(children.pop("", []))))
                for parent, parts in children.items():
                    sums.append((self.place[Row(self.labels[cohort], table.name, parent)], tuple(parts)))
                sums += self._margins(table, by_name, cohort)
        return (*sums, *self._cohort_sums())

    def _margins(
        self, table: Table, others: Mapping[str, Table], cohort: int
    ) -> list[tuple[int, tuple[int, ...]]]:
        sums = []
        for name, groups in table.margins:
            for (label, parent), atoms in groups:
                stated = (
                    {(g.label, g.parent): g.stated for g in others[name].groups} if name in others else {}
                )
                row = Row(self.labels[cohort], name, label, parent, stated.get((label, parent), True))
                if row in self.place:
                    parts = [self.place[self.row(table, table.groups[atom], cohort)] for atom in atoms]
                    sums.append((self.place[row], tuple(parts)))
        return sums

    def _cohort_sums(self) -> list[tuple[int, tuple[int, ...]]]:
        if self.n_cohorts == 1:
            return []
        sums = []
        for row, at in self.place.items():
            if row.cohort == ALL_COHORTS:
                parts = [self.place.get(replace(row, cohort=label)) for label in self.labels[:-1]]
                if None not in parts:
                    sums.append((at, tuple(part for part in parts if part is not None)))
        return sums

    def from_atoms(
        self, tables: Sequence[Table], shown: Sequence[Table]
    ) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """Every row as the sum of the finest groups, so that any two ways of grouping are comparable."""
        sums: list[tuple[int, tuple[int, ...]]] = []
        by_name = {table.name: table for table in tables}
        for cohort in range(self.n_cohorts):
            for table, printed in zip(tables, shown, strict=True):
                atoms = {g.atoms[0]: self.place[self.row(table, g, cohort)] for g in table.finest}
                whole = tuple(atoms[i] for i in sorted(atoms))
                sums.append((self.place[self.total(cohort)], whole))
                for group in dict.fromkeys((*table.groups, *printed.groups)):
                    at = self.place.get(self.row(table, group, cohort))
                    if at is not None and at not in whole:
                        sums.append((at, tuple(atoms[i] for i in group.atoms)))
                sums += self._margins(table, by_name, cohort)
        return (*sums, *self._cohort_sums())

    def link(
        self, tables: Sequence[Table], found: Nested, *, everything: bool
    ) -> list[tuple[int, tuple[int, ...]]]:
        """Sums between characteristics, with combinations as rows that are not printed."""
        sums = []
        cohorts = range(self.n_cohorts) if everything else self.printed_cohorts
        groups = {
            at: finest(tables[at]) for whole, parts in found.sums for at, _ in (whole, *parts) if at >= 0
        }
        for cohort in cohorts:

            def place(member: Member, cohort: int = cohort) -> int:
                at, number = member
                if at >= 0:
                    return self.place[self.row(tables[at], groups[at][number], cohort)]
                row = Row(self.labels[cohort], found.name, found.groups[number])
                self.add(row, found.counts[cohort, number])
                if number in found.unasked:
                    self.unasked.add(row)
                return self.place[row]

            sums += [(place(whole), tuple(place(part) for part in parts)) for whole, parts in found.sums]
        if len(cohorts) == self.n_cohorts > 1:
            for group in found.groups:
                own = [self.place[Row(label, found.name, group)] for label in self.labels]
                sums.append((own[-1], tuple(own[:-1])))
        return sums

    def made_of(self, tables: Sequence[Table]) -> tuple[tuple[int, tuple[Row, ...]], ...]:
        """Printed rows that are sums of rows not printed."""
        found: list[tuple[int, tuple[Row, ...]]] = []
        for cohort in self.printed_cohorts:
            for table in tables:
                for group in table.groups:
                    if group.whole:
                        parts = [Row(self.labels[cohort], table.name, *whole) for whole in group.whole]
                        found.append((self.place[self.row(table, group, cohort)], tuple(parts)))
        if self.n_cohorts > 1 and len(self.printed_cohorts) == 1:
            for row, at in self.place.items():
                found.append((at, tuple(replace(row, cohort=label) for label in self.labels[:-1])))
        return tuple(found)
