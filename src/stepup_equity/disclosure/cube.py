"""The true counts of everything that is to be published, and how they add up. None of this is printed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.disclosure.layout import ALL, ALL_COHORTS, TOTAL, Layout, Row
from stepup_equity.errors import ArgumentError, listed, unknown_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts

    Ints = NDArray[np.int64]

__all__ = ["Cube", "Plan", "Table", "cube_of", "merged_with", "tables_of"]

Merges = "Mapping[str, str | Mapping[str, Sequence[str]]]"


@dataclass(frozen=True)
class Plan:
    """What to print of the counts.

    Attributes
    ----------
    by : tuple of str or tuple of str
        Characteristics; a tuple is a crossing.
    merge : tuple of (characteristic, "broad" or tuple of (label, tuple of groups))
        Groups to be printed as one.
    pool : bool
        Print all cohorts together only.
    drop_stages : tuple of str
        Stages that are left out; the gates on both sides of one become one gate.
    """

    by: tuple[str | tuple[str, ...], ...]
    merge: tuple[tuple[str, str | tuple[tuple[str, tuple[str, ...]], ...]], ...] = ()
    pool: bool = False
    drop_stages: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Group:
    """One row of a table: a label, the broad group it belongs to, and the atoms it is the sum of."""

    label: str
    parent: str
    atoms: tuple[int, ...]
    stated: bool = True
    whole: tuple[tuple[str, str], ...] = ()
    """(label, parent) of the groups merged into this one."""


@dataclass(frozen=True, eq=False)
class Table:
    """One characteristic: its groups and what they are made of, and the counts of the finest groups.

    Attributes
    ----------
    name, label : str
        As in the programme; crossed names are joined with `` × ``.
    reference : str or None
        Declared reference group.
    ordered : bool
        Whether the order of the groups carries meaning.
    groups : tuple
        Broad groups, each followed by its detailed ones; *Not stated* last.
    atoms : ndarray of int64, shape (n_cohorts, n_atoms, n_stages)
        Counts of the finest groups; with several cohorts the last is all of them.
    margins : tuple of (str, tuple of (label, tuple of int))
        For a crossing: which atoms add up to which group of which characteristic.
    """

    name: str
    label: str
    reference: str | None
    ordered: bool
    groups: tuple[_Group, ...]
    atoms: Ints
    margins: tuple[tuple[str, tuple[tuple[tuple[str, str], tuple[int, ...]], ...]], ...] = ()

    def reached(self, cohort: int, group: _Group) -> Ints:
        """Counts of one group, shape (n_stages,)."""
        return np.asarray(self.atoms[cohort, list(group.atoms)].sum(axis=0))

    @property
    def has_levels(self) -> bool:
        """Whether there are detailed groups below broad ones."""
        return any(group.parent for group in self.groups)


@dataclass(frozen=True, eq=False)
class Cube:
    """Rows, sums and true counts.

    Attributes
    ----------
    layout : Layout
        What is printed.
    stages, rows, sums, reached
        The whole system: what is printed first, in the layout's order, then whatever else earlier releases
        may speak of, such as stages that are left out now.
    stage_labels : tuple of str
    labels : dict
        Characteristic -> name in print.
    references : dict
        Characteristic -> reference group, where one is declared and printed.
    ordered : frozenset of str
        Characteristics whose groups are in an order.
    """

    layout: Layout
    stages: tuple[str, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    reached: Ints
    stage_labels: tuple[str, ...]
    labels: dict[str, str]
    references: dict[str, str]
    ordered: frozenset[str] = field(default_factory=frozenset)

    @property
    def kept(self) -> list[int]:
        """Positions of the printed stages among all."""
        return [self.stages.index(stage) for stage in self.layout.stages]

    @property
    def shown(self) -> Ints:
        """True counts of what is printed, shape (n_printed_rows, n_printed_stages)."""
        return self.reached[: len(self.layout.rows)][:, self.kept]


def tables_of(counts: StageCounts, plan: Plan, *, empty: bool) -> tuple[Table, ...]:
    """The tables of a plan, before anything is merged, pooled or dropped.

    Parameters
    ----------
    counts : StageCounts
    plan : Plan
    empty : bool
        Whether declared groups that nobody belongs to are shown: where zeros are protected, a missing row is
        a zero.
    """
    cohorts: tuple[str | None, ...] = counts.cohorts or (None,)
    total = np.stack([counts.overall(where=_only(cohort)).reached[0] for cohort in cohorts])
    tables = []
    for by in plan.by:
        table = (
            _table(counts, by, cohorts, empty=empty)
            if isinstance(by, str)
            else _crossing(counts, by, cohorts)
        )
        if not np.array_equal(table.atoms.sum(axis=1), total):
            raise ArgumentError(
                f"The groups of {table.name!r} do not add up to everybody, so a table of them cannot be "
                "protected. Each person must stand in exactly one group or in 'Not stated'."
            )
        if len(cohorts) > 1:
            table = replace(
                table, atoms=np.concatenate([table.atoms, table.atoms.sum(axis=0, keepdims=True)])
            )
        tables.append(table)
    return tuple(tables)


def _only(cohort: str | None) -> dict[str, str] | None:
    return None if cohort is None else {"cohort": cohort}


def _table(counts: StageCounts, name: str, cohorts: Sequence[str | None], *, empty: bool) -> Table:
    everyone = counts.funnel(name, level="detailed", not_stated=True)
    characteristic = counts.programme.characteristic(name)
    parent = dict(zip(everyone.groups, everyone.parents, strict=True))
    stated = dict(zip(everyone.groups, everyone.stated.tolist(), strict=True))
    if empty:
        declared = [group for group in characteristic.groups if group.label != group.parent]
        parent |= {group.label: group.parent for group in declared if group.label not in parent}
    order = {label: i for i, label in enumerate(characteristic.labels)}
    labels = sorted(parent, key=lambda label: order.get(label, len(order)))
    reached = np.zeros((len(cohorts), len(labels), len(everyone.stages)), np.int64)
    for i, cohort in enumerate(cohorts):
        funnel = counts.funnel(name, level="detailed", not_stated=True, where=_only(cohort))
        for label, numbers in zip(funnel.groups, funnel.reached, strict=True):
            reached[i, labels.index(label)] = numbers
    broad: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        broad.setdefault(parent[label] or label, []).append(i)
    groups: list[_Group] = []
    for top, atoms in broad.items():
        if [labels[i] for i in atoms] == [
            top
        ]:  # a group that stands alone, or a broad one with no other answer
            groups.append(_Group(top, "", (atoms[0],), stated.get(top, True)))
            continue
        groups.append(_Group(top, "", tuple(atoms)))
        groups += [_Group(labels[i], top, (i,)) for i in atoms]
    return Table(name, everyone.label, characteristic.reference, everyone.ordered, tuple(groups), reached)


def _crossing(counts: StageCounts, names: tuple[str, ...], cohorts: Sequence[str | None]) -> Table:
    """Every combination that occurs, *Not stated* included, so that both margins are sums of its cells."""
    if len(names) != 2:
        raise ArgumentError(
            f"by={names!r} crosses {len(names)} characteristics. A published crossing has two."
        )
    sides = [_side(counts, name) for name in names]
    along = ("cohort", *names) if cohorts != (None,) else names
    cells = counts.cells(along)
    n_stages = len(counts.process.stage_keys)
    shape = (len(cohorts), len(sides[0].labels), len(sides[1].labels), n_stages)
    ended = np.zeros(shape, np.int64)
    cohort = (
        np.zeros(len(cells.n), np.int64)
        if cohorts == (None,)
        else np.array([cohorts.index(label) for label in cells.axis("cohort").labels])[cells.column("cohort")]
    )
    first, second = (
        side.of_code(cells.axis(name).labels)[cells.column(name)]
        for side, name in zip(sides, names, strict=True)
    )
    np.add.at(ended, (cohort, first, second, cells.furthest), cells.n)
    reached = np.flip(np.cumsum(np.flip(ended, 3), 3), 3)
    kept = [(i, j) for i in range(shape[1]) for j in range(shape[2]) if reached[:, i, j, 0].any()]
    groups = tuple(
        _Group(
            f"{sides[0].labels[i]} × {sides[1].labels[j]}",
            "",
            (at,),
            stated=sides[0].stated[i] and sides[1].stated[j],
        )
        for at, (i, j) in enumerate(kept)
    )
    atoms = np.stack([reached[:, i, j] for i, j in kept], axis=1)
    margins = tuple(
        (
            name,
            tuple(
                ((label, ""), tuple(at for at, pair in enumerate(kept) if pair[axis] == position))
                for position, label in enumerate(side.labels)
            ),
        )
        for axis, (name, side) in enumerate(zip(names, sides, strict=True))
    )
    label = " × ".join(side.label for side in sides)
    return Table(" × ".join(names), label, None, False, groups, atoms, margins)


@dataclass(frozen=True)
class _Side:
    """One side of a crossing: its top-level groups."""

    label: str
    labels: tuple[str, ...]
    stated: tuple[bool, ...]
    home: dict[str, str]

    def of_code(self, raw: Sequence[str]) -> Ints:
        """Position of the group that each counted label belongs to; -1 for one that does not occur."""
        place = {label: i for i, label in enumerate(self.labels)}
        return np.array([place.get(self.home.get(label, label), -1) for label in raw], np.int64)


def _side(counts: StageCounts, name: str) -> _Side:
    if name not in counts.characteristics:
        raise unknown_name(name, counts.characteristics, argument="by", of="a characteristic of these counts")
    table = _table(counts, name, (None,), empty=False)
    top = [group for group in table.groups if not group.parent]
    detailed = {group.label: group.parent for group in table.groups if group.parent}
    return _Side(
        table.label,
        tuple(group.label for group in top),
        tuple(group.stated for group in top),
        {label: parent for label, parent in detailed.items() if parent},
    )


def merged_with(table: Table, how: str | tuple[tuple[str, tuple[str, ...]], ...]) -> Table:
    """The table with groups printed as one.

    Parameters
    ----------
    table : Table
    how : "broad" or tuple of (label, tuple of groups)
        Only the broad groups; or new groups made of others, which must belong to the same broad group.

    Raises
    ------
    ArgumentError
        Where a group does not exist, or groups of different broad groups are to be merged.
    """
    if table.margins:
        raise ArgumentError(
            f"merge names the crossing {table.name!r}. Merge groups of its characteristics instead."
        )
    if isinstance(how, str):
        if how != "broad":
            raise ArgumentError(
                f"merge={how!r} is not known for {table.name!r}. Give 'broad', or a new label and its groups."
            )
        return replace(table, groups=tuple(group for group in table.groups if not group.parent))
    groups = list(table.groups)
    for label, members in how:
        possible = [group.label for group in groups if group.stated]
        for member in members:
            if member not in possible:
                raise unknown_name(member, possible, argument="merge", of=f"a group of {table.name!r}")
        if len(set(members)) < 2:
            raise ArgumentError(f"merge makes {label!r} of {listed(members)}. Name two groups or more.")
        chosen = _siblings(groups, members)
        if chosen is None:
            raise ArgumentError(
                f"merge makes {label!r} of {listed(members)}, which belong to different broad groups of "
                f"{table.name!r}. Merge groups of one broad group, or the broad groups themselves."
            )
        gone = {group.label for group in chosen if not group.parent}
        new = _Group(
            label,
            chosen[0].parent,
            tuple(sorted({atom for group in chosen for atom in group.atoms})),
            whole=tuple((group.label, group.parent) for group in chosen),
        )
        at = groups.index(chosen[0])
        groups = [*groups[:at], new, *groups[at:]]
        groups = [
            group for group in groups if group not in chosen and (group is new or group.parent not in gone)
        ]
        taken = [group for group in groups if (group.label, group.parent) == (label, new.parent)]
        if len(taken) > 1:
            raise ArgumentError(
                f"merge gives the label {label!r}, which {table.name!r} has already. Choose another."
            )
    return replace(table, groups=tuple(groups))


def _siblings(groups: Sequence[_Group], members: Sequence[str]) -> list[_Group] | None:
    """The groups of these labels that share a broad group; the top level is tried first."""
    for parent in dict.fromkeys(("", *(group.parent for group in groups))):
        found = [group for group in groups if group.label in members and group.parent == parent]
        if len(found) == len(set(members)):
            return found
    return None


def cube_of(
    counts: StageCounts, tables: Sequence[Table], plan: Plan, *, spoken_of: Collection[str] | None = None
) -> Cube:
    """Rows, sums and true counts of a plan.

    Parameters
    ----------
    counts : StageCounts
    tables : sequence of Table
        From `tables_of`.
    plan : Plan
    spoken_of : collection of str, optional
        Stages that earlier releases speak of. Then the system also holds every level and every cohort,
        printed now or not, since earlier releases may have printed them.
    """
    everything = spoken_of is not None
    merges = dict(plan.merge)
    names = [table.name for table in tables]
    for name in merges:
        if name not in names:
            raise unknown_name(name, names, argument="merge", of="a characteristic that is printed")
    shown = [merged_with(table, merges[table.name]) if table.name in merges else table for table in tables]
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
            for table in tables:
                build.table_rows(table, table.groups, cohort)
    sums = build.from_atoms(tables, shown) if everything else layout_sums
    labels = {stage.key: stage.label for stage in counts.process.stages}
    stages = tuple(counts.process.stage_keys[i] for i in kept)
    held = [i for i, key in enumerate(counts.process.stage_keys) if i in kept or key in (spoken_of or ())]
    printed_rows = tuple(build.rows[:n_printed])
    groups_of = {table.name: {group.label for group in table.groups} for table in shown}
    return Cube(
        layout=Layout(
            stages, printed_rows, layout_sums, counts.cohorts if build.n_cohorts > 1 else (), made_of
        ),
        stages=tuple(counts.process.stage_keys[i] for i in held),
        rows=tuple(build.rows),
        sums=sums,
        reached=np.array(build.reached, np.int64)[:, held],
        stage_labels=tuple(labels[stage] for stage in stages),
        labels={table.name: table.label for table in shown},
        references={
            table.name: table.reference for table in shown if table.reference in groups_of[table.name]
        },
        ordered=frozenset(table.name for table in shown if table.ordered),
    )


def _kept_stages(stages: tuple[str, ...], dropped: tuple[str, ...]) -> list[int]:
    for stage in dropped:
        if stage not in stages:
            raise unknown_name(stage, stages, argument="drop_stages", of="a stage of the process")
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
        self.reached: list[Ints] = []
        self.place: dict[Row, int] = {}

    def row(self, table: Table, group: _Group, cohort: int) -> Row:
        return Row(self.labels[cohort], table.name, group.label, group.parent, group.stated)

    def total(self, cohort: int) -> Row:
        return Row(self.labels[cohort], ALL, TOTAL)

    def add(self, row: Row, reached: Ints) -> None:
        if row not in self.place:
            self.place[row] = len(self.rows)
            self.rows.append(row)
            self.reached.append(reached)

    def table_rows(self, table: Table, groups: tuple[_Group, ...], cohort: int) -> None:
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
                atoms = {g.atoms[0]: self.place[self.row(table, g, cohort)] for g in _finest(table)}
                whole = tuple(atoms[i] for i in sorted(atoms))
                sums.append((self.place[self.total(cohort)], whole))
                for group in dict.fromkeys((*table.groups, *printed.groups)):
                    at = self.place.get(self.row(table, group, cohort))
                    if at is not None and at not in whole:
                        sums.append((at, tuple(atoms[i] for i in group.atoms)))
                sums += self._margins(table, by_name, cohort)
        return (*sums, *self._cohort_sums())

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


def _finest(table: Table) -> list[_Group]:
    """For each atom the most detailed group that is it alone."""
    alone: dict[int, _Group] = {}
    for group in table.groups:
        if len(group.atoms) == 1:
            alone[group.atoms[0]] = group
    return list(alone.values())
