"""Two tables whose joint table tells of both: combinations that follow from the margins.

From applicant records it is seen who stands where in both. If the groups of the two, joined wherever somebody
belongs to both, form no circle, every combination follows from the two by subtraction, and the combinations
become cells of the system. Where some of them form a circle apart from the others, as detailed groups do that
two lists cut otherwise, these are as many people together in one table as in the other. Crossings are such
tables too: a flag crossed with gender adds up a list crossed with gender.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sparse

from stepup_equity.errors import ArgumentError
from stepup_equity.process.exits import exit_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.tables import Group, Table
    from stepup_equity.records.cells import CellTable


Member = tuple[int, int]
"""Position of a table, and of one of its finest groups; a combination has the position −1."""


@dataclass(frozen=True, eq=False)
class Nested:
    """What two characteristics tell of each other.

    Attributes
    ----------
    name : str
        Both characteristics.
    groups : tuple of str
        Combinations that are cells of their own.
    counts : ndarray of int64, shape (n_cohorts, n_groups, 2 n_stages − 1)
    sums : tuple of (Member, tuple of Member)
        Which groups are sums of which groups and combinations.
    unasked : frozenset of int
        Groups that bind others and need not be protected themselves.
    """

    name: str
    groups: tuple[str, ...]
    counts: Ints
    sums: tuple[tuple[Member, tuple[Member, ...]], ...]
    unasked: frozenset[int] = frozenset()


def finest(table: Table) -> list[Group]:
    """Groups of a table that make up all others: each person belongs to one."""
    left = set(range(table.atoms.shape[1]))
    found = []
    for group in sorted(table.groups, key=lambda group: len(group.atoms)):
        if group.atoms and set(group.atoms) <= left:
            left -= set(group.atoms)
            found.append(group)
    return [group for group in table.groups if group in found]


def scope_of(table: Table) -> tuple[str, ...]:
    """The characteristics of a table: one, or both of a crossing."""
    return tuple(name for name, _ in table.margins) or (table.name,)


def people_in(
    counts: StageCounts,
    names: Sequence[str],
    shape: tuple[int, ...],
    place: Callable[[CellTable], Sequence[Ints]],
) -> Ints:
    """People by cohort, groups and count, shape (n_cohorts, *shape, 2 n_stages − 1).

    Parameters
    ----------
    counts : StageCounts
    names : sequence of str
        Characteristics.
    shape : tuple of int
        How many groups there are along each axis.
    place : callable
        From the cells of these characteristics to the positions of each along the axes.

    Raises
    ------
    ArgumentError
        Where only margins are known.
    """
    cohorts = counts.cohorts
    cells = counts.cells((*(("cohort",) if cohorts else ()), *names))
    cohort = np.zeros(len(cells.n), np.int64)
    if cohorts:
        order = np.array([cohorts.index(label) for label in cells.axis("cohort").labels])
        cohort = order[cells.column("cohort")]
    n_stages = len(counts.process.stage_keys)
    ended = np.zeros((max(len(cohorts), 1), *shape, n_stages), np.int64)
    waiting = ended.copy()
    at: tuple[Ints, ...] = (cohort, *place(cells), np.asarray(cells.furthest, np.int64))
    np.add.at(ended, at, cells.n)
    np.add.at(waiting, at, cells.n * (cells.exit == exit_code("pending")))
    reached = np.flip(np.cumsum(np.flip(ended, -1), -1), -1)
    people = np.concatenate([reached, waiting[..., :-1]], axis=-1)
    return np.concatenate([people, people.sum(axis=0, keepdims=True)]) if len(cohorts) > 1 else people


def joint_of(counts: StageCounts, one: Table, other: Table) -> Ints | None:
    """People by cohort, finest group of both, and count; None where only margins are known."""
    names = tuple(dict.fromkeys((*scope_of(one), *scope_of(other))))
    shape = (len(finest(one)), len(finest(other)))
    try:
        return people_in(
            counts, names, shape, lambda cells: [places_in(counts, table, cells) for table in (one, other)]
        )
    except ArgumentError:
        return None


def places_in(counts: StageCounts, table: Table, cells: CellTable) -> Ints:
    """Position of the finest group of a table that each cell belongs to, shape (n_cells,)."""
    if not table.margins:
        home = {atom: at for at, group in enumerate(finest(table)) for atom in group.atoms}
        atom = {group.label: group.atoms[0] for group in table.finest}
        labels = cells.axis(table.name).labels
        of_code = np.array([home[atom[label]] if label in atom else -1 for label in labels], np.int64)
        return of_code[cells.column(table.name)]
    inside = np.ones((len(cells.n), table.atoms.shape[1]), bool)
    for name, groups in table.margins:
        atoms = {label: members for (label, _), members in groups}
        home_of = tops_of(counts, name)
        of_label = np.zeros((len(cells.axis(name).labels), table.atoms.shape[1]), bool)
        for code, label in enumerate(cells.axis(name).labels):
            of_label[code, list(atoms.get(home_of.get(label, label), ()))] = True
        inside &= of_label[cells.column(name)]
    return np.asarray(inside.argmax(axis=1))


def tops_of(counts: StageCounts, name: str) -> dict[str, str]:
    """Group of a characteristic -> the broad group it belongs to, or itself."""
    funnel = counts.funnel(name, level="detailed", not_stated=True)
    return {group: parent or group for group, parent in zip(funnel.groups, funnel.parents, strict=True)}


def _blocks(there: NDArray[np.bool_], stated: Sequence[Sequence[bool]]) -> list[list[list[int]]]:
    """Groups of both tables that are told apart by the other: alone, or together where they form a circle."""
    whole = there[np.ix_(*stated)]
    rows, columns = np.nonzero(whole)
    n = sum(whole.shape)
    graph = sparse.coo_array((np.ones(len(rows), np.int8), (rows, whole.shape[0] + columns)), shape=(n, n))
    _, label = sparse.csgraph.connected_components(graph.tocsr(), directed=False)
    circles = {
        part for part in set(label.tolist()) if (label[rows] == part).sum() > (label == part).sum() - 1
    }
    places = [np.flatnonzero(side) for side in stated]
    own = [label[: whole.shape[0]], label[whole.shape[0] :]]
    found: list[list[list[int]]] = []
    for side in (0, 1):
        part_of = dict(zip(places[side].tolist(), own[side].tolist(), strict=True))
        blocks: dict[tuple[str, int], list[int]] = {}
        for at in range(there.shape[side]):
            part = part_of.get(at, -1)
            blocks.setdefault(("circle", part) if part in circles else ("alone", at), []).append(at)
        found.append(list(blocks.values()))
    return found


def combined(tables: Sequence[Table], one: int, other: int, joint: Ints) -> Nested | None:
    """Combinations as cells; one that is all of a group is that group. None where nothing is told.

    Of crossings that share a characteristic what the other two tell of each other holds in each of its
    groups.
    """
    shared = [name for name in scope_of(tables[one]) if name in scope_of(tables[other])]
    sides = [_Side.of(at, tables[at], shared) for at in (one, other)]
    occur = _occur(joint, sides)
    blocks = _told(occur, sides, crossed=not shared and bool(tables[one].margins or tables[other].margins))
    if blocks is None:
        return None
    build = _Cells(joint, _possible(occur, sides))
    for key in dict.fromkeys(key for side in sides for key in side.keys):
        own = [
            [
                found
                for block in blocks[i]
                if (found := [g for g in side.groups_of(block) if side.keys[g] == key])
            ]
            for i, side in enumerate(sides)
        ]
        if all(own):
            build.combine(sides, own, joint)
    return build.nested(f"{tables[one].name} × {tables[other].name}")


@dataclass(frozen=True, eq=False)
class _Side:
    """One of two tables: its finest groups, and how they stand to the other table.

    Attributes
    ----------
    table : int
    groups : list of Group
    keys : list of tuple of str
        The group of each in the characteristics that both tables have.
    rest : ndarray of int
        The group of each in those that only this one has.
    of_two : bool
        Whether these are two.
    """

    table: int
    groups: list[Group]
    keys: list[tuple[str, ...]]
    rest: Ints
    of_two: bool = False

    @classmethod
    def of(cls, at: int, table: Table, shared: Sequence[str]) -> _Side:
        groups = finest(table)
        if not table.margins:
            return cls(at, groups, [()] * len(groups), np.arange(len(groups)))
        label = {
            (name, atom): label
            for name, margin in table.margins
            for (label, _), atoms in margin
            for atom in atoms
        }
        names = scope_of(table)
        keys = [tuple(label[name, at] for name in shared) for at in range(len(groups))]
        rest = [tuple(label[name, at] for name in names if name not in shared) for at in range(len(groups))]
        place = {own: i for i, own in enumerate(dict.fromkeys(rest))}
        return cls(at, groups, keys, np.array([place[own] for own in rest], np.int64), not shared)

    def groups_of(self, block: Sequence[int]) -> list[int]:
        """Groups of the table that are in a block."""
        return [at for at, own in enumerate(self.rest.tolist()) if own in block]

    @property
    def may_be_any(self) -> NDArray[np.bool_]:
        """Groups of what only this table has that say something: of two characteristics at least of one."""
        found = np.array(self.stated, bool)
        if self.of_two:
            found[:] = True
        return found

    @property
    def stated(self) -> list[bool]:
        """Whether each group of what only this table has is one that somebody stated."""
        found = np.zeros(self.rest.max(initial=-1) + 1, bool)
        found[self.rest[[group.stated for group in self.groups]]] = True
        return [bool(one) for one in found]


def _occur(joint: Ints, sides: Sequence[_Side]) -> NDArray[np.bool_]:
    """Which combinations occur of what only one of two tables has."""
    rows, columns = np.nonzero(joint[-1, :, :, 0] > 0)
    occur = np.zeros([len(side.stated) for side in sides], bool)
    occur[sides[0].rest[rows], sides[1].rest[columns]] = True
    return occur


def _possible(occur: NDArray[np.bool_], sides: Sequence[_Side]) -> NDArray[np.bool_]:
    """Which combinations there may be.

    Those that occur. Of a group without anybody it cannot be seen which there would be; where it has a row
    all the same, any may be. Whoever states nothing in one table states nothing in the other.
    """
    may = [side.may_be_any for side in sides]
    empty = [may[axis] & ~occur.any(axis=1 - axis) for axis in (0, 1)]
    return occur | np.outer(empty[0], may[1]) | np.outer(may[0], empty[1])


def _told(occur: NDArray[np.bool_], sides: Sequence[_Side], *, crossed: bool) -> list[list[list[int]]] | None:
    """Groups that are told apart by the other table, of what only one of the two has; None where none are.

    A crossing that shares nothing with the other table is told of by its margins, but for what forms no
    circle.
    """
    if occur.size == 1:  # the same characteristics, the other way round
        return [[[0]], [[0]]]
    stated = [side.stated for side in sides]
    blocks = _blocks(occur, stated)
    if crossed and any(len(block) > 1 for own in blocks for block in own):
        return None
    for axis, (own, known) in enumerate(zip(blocks, stated, strict=True)):
        seen: NDArray[np.bool_] = np.asarray(occur.any(axis=1 - axis))
        if sum(known[block[0]] and bool(seen[block].any()) for block in own) < 2:
            return None
    return blocks


class _Cells:
    """Combinations as they become cells of their own."""

    def __init__(self, joint: Ints, possible: NDArray[np.bool_]) -> None:
        self._possible = possible
        self._empty = np.zeros((len(joint), 0, joint.shape[3]), np.int64)
        self.groups: list[str] = []
        self.counts: list[Ints] = []
        self.sums: list[tuple[Member, tuple[Member, ...]]] = []
        self.unasked: set[int] = set()

    def _cell(self, name: str, counts: Ints, *, asked: bool) -> Member:
        if name in self.groups:  # of labels that are written alike
            name = f"{name} ({len(self.groups)})"
        if not asked:
            self.unasked.add(len(self.groups))
        self.groups.append(name)
        self.counts.append(counts)
        return (-1, len(self.groups) - 1)

    def _block(self, table: int, name: str, block: Sequence[int], counts: Ints) -> Member:
        """A group, or several together as one cell."""
        if len(block) == 1:
            return (table, block[0])
        whole = self._cell(name, counts, asked=False)
        self.sums.append((whole, tuple((table, at) for at in block)))
        return whole

    def combine(self, sides: Sequence[_Side], blocks: Sequence[Sequence[Sequence[int]]], joint: Ints) -> None:
        """Every combination of some blocks of both tables that occurs, and what they add up to."""
        joint = np.stack([joint[:, list(rows)].sum(axis=1) for rows in blocks[0]], axis=1)
        joint = np.stack([joint[:, :, list(columns)].sum(axis=2) for columns in blocks[1]], axis=2)
        homes = [[side.rest[list(block)] for block in own] for side, own in zip(sides, blocks, strict=True)]
        there = np.array([[self._possible[np.ix_(a, b)].any() for b in homes[1]] for a in homes[0]], bool)
        names = [
            [" + ".join(name_of(side.groups[at]) for at in block) for block in own]
            for side, own in zip(sides, blocks, strict=True)
        ]
        members = [
            [
                self._block(side.table, names[i][n], block, joint.sum(axis=2 - i)[:, n])
                for n, block in enumerate(blocks[i])
            ]
            for i, side in enumerate(sides)
        ]
        many_other, many_one = there.sum(axis=1), there.sum(axis=0)
        cell: dict[tuple[int, int], Member] = {}
        for a, b in zip(*(axis.tolist() for axis in np.nonzero(there)), strict=True):
            if many_other[a] == 1:
                cell[a, b] = members[0][a]
            elif many_one[b] == 1:
                cell[a, b] = members[1][b]
            else:
                asked = len(blocks[0][a]) == len(blocks[1][b]) == 1
                cell[a, b] = self._cell(f"{names[0][a]} × {names[1][b]}", joint[:, a, b], asked=asked)
        for axis in (0, 1):
            for at in range(there.shape[axis]):
                parts = tuple(member for key, member in cell.items() if key[axis] == at)
                if parts and parts != (members[axis][at],):
                    self.sums.append((members[axis][at], parts))

    def nested(self, name: str) -> Nested:
        held = np.stack(self.counts, axis=1) if self.counts else self._empty
        return Nested(name, tuple(self.groups), held, tuple(self.sums), frozenset(self.unasked))


def name_of(group: Group) -> str:
    """A group with the broad group it belongs to."""
    return f"{group.parent}: {group.label}" if group.parent else group.label
