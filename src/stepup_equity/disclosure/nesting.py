"""Characteristics that add up groups of each other: a flag beside a list, two cuts of age, types beside yes.

Where few combinations of two characteristics occur, one is worked out from the other by subtraction. From
applicant records this is seen in the joint table: if the groups of two characteristics, joined wherever
somebody belongs to both, form no circle, every combination follows from the two margins, and the combinations
become cells of the system. From a published table only sums can be seen: a group that is as many people as
some others together, at every stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sparse

from stepup_equity.errors import ArgumentError
from stepup_equity.process.exits import exit_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.tables import Group, Table


_MOST: Final = 24
"""Groups that may be parts of one sum; of more, the largest."""
_SUMS: Final = 4
"""Ways of adding up one group that are remembered."""
_FEW: Final = 30
"""Below so many people a group may be the sum of those beside it by chance."""

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
    """

    name: str
    groups: tuple[str, ...]
    counts: Ints
    sums: tuple[tuple[Member, tuple[Member, ...]], ...]


def finest(table: Table) -> list[Group]:
    """Groups of a table that make up all others: each person belongs to one."""
    left = set(range(table.atoms.shape[1]))
    found = []
    for group in sorted(table.groups, key=lambda group: len(group.atoms)):
        if group.atoms and set(group.atoms) <= left:
            left -= set(group.atoms)
            found.append(group)
    return [group for group in table.groups if group in found]


def nested(counts: StageCounts, tables: Sequence[Table]) -> list[Nested]:
    """Every pair of characteristics that tell of each other, and sums within one.

    Parameters
    ----------
    counts : StageCounts
    tables : sequence of Table
        Those of a release and of earlier ones; crossings among them are cells already.
    """
    crossed = {frozenset(table.name.split(" × ")) for table in tables if table.margins}
    plain = [i for i, table in enumerate(tables) if not table.margins]
    found = []
    for one, other in combinations(plain, 2):
        if frozenset((tables[one].name, tables[other].name)) in crossed:
            continue
        joint = _joint(counts, tables[one], tables[other])
        if joint is None:
            found.append(_summed(counts, tables, one, other))
        elif _tells(tables[one], tables[other], joint):
            found.append(_combined(tables, one, other, joint))
    if len(counts.characteristics) == 1 or not counts.is_joint:  # a table does not tell who is in two groups
        found += [_summed(counts, tables, at, at) for at in plain]
    return [link for link in found if link.sums]


def _joint(counts: StageCounts, one: Table, other: Table) -> Ints | None:
    """People by cohort, finest group of both, and count; None where only margins are known."""
    cohorts = counts.cohorts
    try:
        cells = counts.cells((*(("cohort",) if cohorts else ()), one.name, other.name))
    except ArgumentError:
        return None
    places: list[Ints] = []
    for table in (one, other):
        home = {atom: at for at, group in enumerate(finest(table)) for atom in group.atoms}
        atom = {group.label: group.atoms[0] for group in table.finest}
        labels = cells.axis(table.name).labels
        of_code = np.array([home[atom[label]] if label in atom else -1 for label in labels], np.int64)
        places.append(of_code[cells.column(table.name)])
    cohort = np.zeros(len(cells.n), np.int64)
    if cohorts:
        order = np.array([cohorts.index(label) for label in cells.axis("cohort").labels])
        cohort = order[cells.column("cohort")]
    n_stages = len(counts.process.stage_keys)
    ended = np.zeros((max(len(cohorts), 1), len(finest(one)), len(finest(other)), n_stages), np.int64)
    waiting = ended.copy()
    at = (cohort, places[0], places[1], cells.furthest)
    np.add.at(ended, at, cells.n)
    np.add.at(waiting, at, cells.n * (cells.exit == exit_code("pending")))
    reached = np.flip(np.cumsum(np.flip(ended, 3), 3), 3)
    people = np.concatenate([reached, waiting[..., :-1]], axis=3)
    return np.concatenate([people, people.sum(axis=0, keepdims=True)]) if len(cohorts) > 1 else people


def _tells(one: Table, other: Table, joint: Ints) -> bool:
    """Whether the combinations of stated groups that occur form no circle."""
    there = joint[-1, :, :, 0] > 0
    stated = there[np.ix_(*([group.stated for group in finest(table)] for table in (one, other)))]
    rows, columns = np.nonzero(stated)
    n = sum(stated.shape)
    graph = sparse.coo_array((np.ones(len(rows), np.int8), (rows, stated.shape[0] + columns)), shape=(n, n))
    parts, _ = sparse.csgraph.connected_components(graph.tocsr(), directed=False)
    return bool(len(rows) == n - parts and min(stated.any(axis=1).sum(), stated.any(axis=0).sum()) > 1)


def _combined(tables: Sequence[Table], one: int, other: int, joint: Ints) -> Nested:
    """Combinations as cells; one that is all of a group is that group."""
    there = joint[-1, :, :, 0] > 0
    names = [[_name(group) for group in finest(tables[at])] for at in (one, other)]
    many_other, many_one = there.sum(axis=1), there.sum(axis=0)
    cell: dict[tuple[int, int], Member] = {}
    groups: list[str] = []
    counts: list[Ints] = []
    for a, b in zip(*(axis.tolist() for axis in np.nonzero(there)), strict=True):
        if many_other[a] == 1:
            cell[a, b] = (one, a)
        elif many_one[b] == 1:
            cell[a, b] = (other, b)
        else:
            cell[a, b] = (-1, len(groups))
            groups.append(f"{names[0][a]} × {names[1][b]}")
            counts.append(joint[:, a, b])
    sums = []
    for table, axis in ((one, 0), (other, 1)):
        for at in range(there.shape[axis]):
            parts = tuple(member for key, member in cell.items() if key[axis] == at)
            if parts and parts != ((table, at),):
                sums.append(((table, at), parts))
    held = np.stack(counts, axis=1) if counts else np.zeros((len(joint), 0, joint.shape[3]), np.int64)
    return Nested(f"{tables[one].name} × {tables[other].name}", tuple(groups), held, tuple(sums))


def _summed(counts: StageCounts, tables: Sequence[Table], one: int, other: int) -> Nested:
    """Groups of one characteristic that are as many people as groups of another, or as others beside them.

    Small groups are sums of others by chance, so every group of a characteristic must be a sum of groups of
    the other, each used once; and a subtotal stands beside what it adds up.
    """
    if one == other:
        found = _subtotals(counts, tables[one])
        sums = [((one, whole), tuple((one, part) for part in parts)) for whole, parts in found]
    else:
        sums = []
        for of, among in ((one, other), (other, one)):
            cover = _cover(_people(tables[of]), _people(tables[among]))
            sums = [((of, at), tuple((among, part) for part in parts)) for at, parts in cover.items()]
            if sums:
                break
    shape = (len(tables[one].atoms), 0, tables[one].atoms.shape[2])
    return Nested(f"{tables[one].name} × {tables[other].name}", (), np.zeros(shape, np.int64), tuple(sums))


def _people(table: Table) -> Ints:
    """Counts of the finest groups in every cohort, side by side."""
    rows = [table.atoms[:, list(group.atoms)].sum(axis=1).ravel() for group in finest(table)]
    return np.array(rows, np.int64)


def _subtotals(counts: StageCounts, table: Table) -> list[tuple[int, tuple[int, ...]]]:
    """Groups that are the sum of all others, or of those next to them in the table that was read."""
    place: dict[str, int] = {}
    for i, group in enumerate(counts.programme.characteristic(table.name).groups):
        place.setdefault(group.label, i)
        place.setdefault(group.parent or group.label, i)
    groups = finest(table)
    order = sorted(range(len(groups)), key=lambda i: place.get(groups[i].label, len(place)))
    people = _people(table)
    found = []
    for at, whole in enumerate(order):
        if people[whole].max(initial=0) < _FEW:
            continue
        others = [row for row in order if row != whole and people[row].any()]
        for run in (others, order[at + 1 :], order[:at][::-1]):
            total = np.cumsum(people[run], axis=0) if run else people[:0]
            hits = np.flatnonzero((total == people[whole]).all(axis=1))
            if len(hits) and hits[0] > 0:
                found.append((whole, tuple(sorted(run[: int(hits[0]) + 1]))))
                break
    return found


def _cover(wholes: Ints, parts: Ints) -> dict[int, tuple[int, ...]]:
    """Parts of every whole, each part in one of them; empty where there is no such way."""
    used: set[int] = set()
    cover: dict[int, tuple[int, ...]] = {}
    here = [at for at in range(len(wholes)) if wholes[at].any()]
    for at in sorted(here, key=lambda at: -int(wholes[at].sum())):
        ways = [way for way in _ways(wholes[at], parts) if not used & set(way)]
        if not ways:
            return {}
        cover[at] = ways[0]
        used |= set(ways[0])
    everybody = {i for i in range(len(parts)) if parts[i].any()}
    return cover if used == everybody and 1 < len(here) < len(everybody) + 1 else {}


def _ways(whole: Ints, parts: Ints) -> list[tuple[int, ...]]:
    """Sets of rows that add up to a whole: sums of one half of them that the other half completes."""
    fits = [i for i in range(len(parts)) if parts[i].any() and (parts[i] <= whole).all()]
    fits = sorted(fits, key=lambda i: (-int(parts[i].sum()), i))[:_MOST]
    if not whole.any() or (parts[fits].sum(axis=0) < whole).any():
        return []
    halves = [fits[::2], fits[1::2]]
    key = np.random.default_rng(0).integers(1, 2**62, len(whole), np.uint64)
    sums = [_subset_sums((parts[half].astype(np.uint64) * key).sum(axis=1)) for half in halves]
    order = np.argsort(sums[1], kind="stable")
    needed = (whole.astype(np.uint64) * key).sum() - sums[0]
    start, end = (np.searchsorted(sums[1][order], needed, side) for side in ("left", "right"))
    found: list[tuple[int, ...]] = []
    for first in np.flatnonzero(end > start):
        for second in order[start[first] : end[first]]:
            chosen = [
                i for half, mask in zip(halves, (first, second), strict=True) for i in _members(half, mask)
            ]
            if np.array_equal(parts[chosen].sum(axis=0), whole):
                found.append(tuple(sorted(chosen)))
            if len(found) >= _SUMS:
                return found
    return found


def _subset_sums(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The sum of every subset; bit i of the position says whether value i is in it."""
    sums = np.zeros(1, np.uint64)
    for value in values:
        sums = np.concatenate([sums, sums + value])
    return sums


def _members(half: list[int], mask: np.intp) -> list[int]:
    return [row for i, row in enumerate(half) if int(mask) >> i & 1]


def _name(group: Group) -> str:
    return f"{group.parent}: {group.label}" if group.parent else group.label
