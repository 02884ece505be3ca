"""What is to be printed of the counts: which characteristics, which groups, and how many people they hold.

The finest groups of a table are its *atoms*; every printed group is a sum of atoms.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.given import check_known
from stepup_equity.process.exits import exit_code
from stepup_equity.process.labels import by_their_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import Funnel, StageCounts
    from stepup_equity.process import Characteristic


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
    drop_stages_of : tuple of (cohort, stage)
        Stages that are left out of one cohort; they keep their place in the tables, without numbers.
    """

    by: tuple[str | tuple[str, ...], ...]
    merge: tuple[tuple[str, str | tuple[tuple[str, tuple[str, ...]], ...]], ...] = ()
    pool: bool = False
    drop_stages: tuple[str, ...] = ()
    drop_stages_of: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Group:
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
    atoms : ndarray of int64, shape (n_cohorts, n_atoms, 2 n_stages − 1)
        Counts of the finest groups: reached at each stage, then those who wait at each gate. With several
        cohorts the last is all of them.
    margins : tuple of (str, tuple of (label, tuple of int))
        For a crossing: which atoms add up to which group of which characteristic.
    """

    name: str
    label: str
    reference: str | None
    ordered: bool
    groups: tuple[Group, ...]
    atoms: Ints
    margins: tuple[tuple[str, tuple[tuple[tuple[str, str], tuple[int, ...]], ...]], ...] = ()

    @property
    def finest(self) -> tuple[Group, ...]:
        """For each atom the most detailed group that is it alone."""
        alone = {group.atoms[0]: group for group in self.groups if len(group.atoms) == 1}
        return tuple(alone.values())

    def reached(self, cohort: int, group: Group) -> Ints:
        """Counts of one group, shape (2 n_stages − 1,)."""
        return np.asarray(self.atoms[cohort, list(group.atoms)].sum(axis=0))

    @property
    def has_levels(self) -> bool:
        """Whether there are detailed groups below broad ones."""
        return any(group.parent for group in self.groups)


def tables_of(counts: StageCounts, plan: Plan, *, empty: bool, apart: bool = False) -> tuple[Table, ...]:
    """The tables of a plan, before anything is merged, pooled or dropped.

    Parameters
    ----------
    counts : StageCounts
    plan : Plan
    empty : bool
        Whether declared groups that nobody belongs to are shown, *Not stated* too: where zeros are protected,
        a missing row is a zero.
    apart : bool
        Whether tables may be of different people, as those of a published table that hides numbers are:
        nothing can be protected then, so only where nothing is.
    """
    cohorts: tuple[str | None, ...] = counts.cohorts or (None,)
    total = np.stack([_counts(counts.overall(where=_only(cohort)))[0] for cohort in cohorts])
    tables = []
    for by in plan.by:
        table = (
            _table(counts, by, cohorts, empty=empty)
            if isinstance(by, str)
            else _crossing(counts, by, cohorts, empty=empty)
        )
        if not apart and not np.array_equal(table.atoms.sum(axis=1), total):
            raise ArgumentError(
                f"The groups of {table.name!r} do not add up to everybody, so a table of them cannot be "
                "protected. Each person must stand in exactly one group or in 'Not stated'; a "
                "published table that "
                "hides numbers cannot be published again."
            )
        if len(cohorts) > 1:
            table = replace(
                table, atoms=np.concatenate([table.atoms, table.atoms.sum(axis=0, keepdims=True)])
            )
        tables.append(table)
    return tuple(tables)


def _counts(funnel: Funnel) -> Ints:
    """Reached at each stage, then pending at each gate."""
    return np.hstack([funnel.reached, funnel.pending])


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
        parent.setdefault(NOT_STATED, None)
        stated.setdefault(NOT_STATED, False)
    order = {label: i for i, label in enumerate(_labels(characteristic))}
    labels = sorted(parent, key=lambda label: order.get(label, len(order)))
    counted = np.zeros((len(cohorts), len(labels), 2 * len(everyone.stages) - 1), np.int64)
    for i, cohort in enumerate(cohorts):
        funnel = counts.funnel(name, level="detailed", not_stated=True, where=_only(cohort))
        for label, numbers in zip(funnel.groups, _counts(funnel), strict=True):
            counted[i, labels.index(label)] = numbers
    broad: dict[str, list[int]] = {}
    for i, label in enumerate(labels):
        broad.setdefault(parent[label] or label, []).append(i)
    groups: list[Group] = []
    for top, atoms in broad.items():
        if [labels[i] for i in atoms] == [
            top
        ]:  # a group that stands alone, or a broad one with no other answer
            groups.append(Group(top, "", (atoms[0],), stated.get(top, True)))
            continue
        groups.append(Group(top, "", tuple(atoms)))
        groups += [Group(labels[i], top, (i,)) for i in atoms]
    reference = None if characteristic.found else characteristic.reference
    return Table(name, everyone.label, reference, everyone.ordered, tuple(groups), counted)


def _labels(characteristic: Characteristic) -> Sequence[str]:
    """Groups as declared; by their words where a table's order may be that of their sizes."""
    if not characteristic.found:
        return characteristic.labels
    parents = {group.label: group.parent for group in characteristic.groups}
    return by_their_words(characteristic.labels, parents)


def _crossing(
    counts: StageCounts, names: tuple[str, ...], cohorts: Sequence[str | None], *, empty: bool
) -> Table:
    """Every combination that occurs, *Not stated* included, so that both margins are sums of its cells.

    With `empty` every combination that could occur, since a missing row is a zero.
    """
    if len(names) != 2:
        raise ArgumentError(
            f"by={names!r} crosses {len(names)} characteristics. A published crossing has two."
        )
    sides = [_side(counts, name, empty=empty) for name in names]
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
    waiting = np.zeros(shape, np.int64)
    np.add.at(
        waiting, (cohort, first, second, cells.furthest), cells.n * (cells.exit == exit_code("pending"))
    )
    kept = [(i, j) for i in range(shape[1]) for j in range(shape[2]) if empty or reached[:, i, j, 0].any()]
    groups = tuple(
        Group(
            f"{sides[0].labels[i]} × {sides[1].labels[j]}",
            "",
            (at,),
            stated=sides[0].stated[i] and sides[1].stated[j],
        )
        for at, (i, j) in enumerate(kept)
    )
    _refuse_alike(names, [group.label for group in groups])
    counted = np.concatenate([reached, waiting[..., :-1]], axis=3)
    atoms = np.stack([counted[:, i, j] for i, j in kept], axis=1)
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


def _refuse_alike(names: Sequence[str], labels: Sequence[str]) -> None:
    """Two combinations that are written alike would be taken for one, and one of them would be lost."""
    alike = [label for label in dict.fromkeys(labels) if labels.count(label) > 1]
    if alike:
        raise ArgumentError(
            f"Two combinations of {listed(names)} are both called {alike[0]!r}. Give groups labels without "
            "'×', so that it can be seen which of them a combination is of."
        )


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


def _side(counts: StageCounts, name: str, *, empty: bool) -> _Side:
    check_known([name], counts.characteristics, argument="by", of="a characteristic of these counts")
    table = _table(counts, name, (None,), empty=empty)
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
        check_known(members, possible, argument="merge", of=f"a group of {table.name!r}")
        if len(set(members)) < 2:
            raise ArgumentError(f"merge makes {label!r} of {listed(members)}. Name two groups or more.")
        chosen = _siblings(groups, members)
        if chosen is None:
            raise ArgumentError(
                f"merge makes {label!r} of {listed(members)}, which belong to different broad groups of "
                f"{table.name!r}. Merge groups of one broad group, or the broad groups themselves."
            )
        gone = {group.label for group in chosen if not group.parent}
        new = Group(
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


def _siblings(groups: Sequence[Group], members: Sequence[str]) -> list[Group] | None:
    """The groups of these labels that share a broad group; the top level is tried first."""
    for parent in dict.fromkeys(("", *(group.parent for group in groups))):
        found = [group for group in groups if group.label in members and group.parent == parent]
        if len(found) == len(set(members)):
            return found
    return None
