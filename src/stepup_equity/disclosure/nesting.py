"""Tables that add up groups of each other: a flag beside a list, two cuts of age, types beside yes.

Where few combinations of two tables occur, one is worked out from the other by subtraction (`combined`). From
a published table only sums can be seen: a group that is as many people as some others together, at every
stage.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.disclosure.combined import Nested, combined, finest, joint_of, name_of, scope_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.combined import Member
    from stepup_equity.disclosure.tables import Table


_MOST: Final = 24
"""Groups that may be parts of one sum; of more, the largest."""
_SUMS: Final = 4
"""Ways of adding up one group that are remembered."""
_STEPS: Final = 5_000
"""Steps in which ways are put together so that each group is used once."""
_HALF: Final = 18
"""Groups of two tables of which all sums are set beside each other."""
_CHANCE: Final = 0.05
"""Sums that may be alike by chance, from which on none is taken for the same people."""
_FEW: Final = 30
"""Below so many people a group may be the sum of those beside it by chance."""


def nested(counts: StageCounts, tables: Sequence[Table]) -> list[Nested]:
    """Every pair of tables that tell of each other, and sums within one.

    Parameters
    ----------
    counts : StageCounts
    tables : sequence of Table
        Those of a release and of earlier ones; a crossing and its margins are bound already.
    """
    scopes = [frozenset(scope_of(table)) for table in tables]
    crossings = {scope for scope in scopes if len(scope) > 1}
    found: list[Nested | None] = []
    follows: set[tuple[str, ...]] = set()
    pairs = sorted(combinations(range(len(tables)), 2), key=lambda pair: sum(len(scopes[at]) for at in pair))
    for one, other in pairs:
        both, apart = scopes[one] | scopes[other], scopes[one] ^ scopes[other]
        bound = both in crossings and apart  # a crossing and its margin, or both of its margins
        if bound or any((name, *scopes[at]) in follows for name in both for at in (one, other)):
            continue
        joint = joint_of(counts, tables[one], tables[other])
        if joint is not None:
            found.append(combined(tables, one, other, joint))
            if found[-1] is not None:
                follows |= set(_follows(tables, one, other, joint))
        elif not tables[one].margins and not tables[other].margins:
            found.append(_summed(counts, tables, one, other))
    alone = [i for i, table in enumerate(tables) if not table.margins]
    if len(counts.characteristics) == 1 or not counts.is_joint:  # a table does not tell who is in two groups
        found += [_summed(counts, tables, at, at) for at in alone]
    return [link for link in found if link is not None and link.sums]


def _follows(tables: Sequence[Table], one: int, other: int, joint: Ints) -> Iterator[tuple[str, ...]]:
    """Which of two characteristics says the other: whatever holds it tells of the other through it."""
    stated = [[group.stated for group in finest(tables[at])] for at in (one, other)]
    occur = (joint[-1, :, :, 0] > 0)[np.ix_(*stated)]
    for axis, (says, said) in enumerate(((one, other), (other, one))):
        if not tables[one].margins and not tables[other].margins and (occur.sum(axis=1 - axis) < 2).all():
            yield tables[says].name, tables[said].name


def _summed(counts: StageCounts, tables: Sequence[Table], one: int, other: int) -> Nested:
    """Groups of one characteristic that are as many people as groups of another, or as others beside them.

    Small groups are sums of others by chance, so every group of a characteristic must be a sum of groups of
    the other, each used once; and a subtotal stands beside what it adds up.
    """
    if one == other:
        found = _subtotals(counts, tables[one])
        sums = [((one, whole), tuple((one, part) for part in parts)) for whole, parts in found]
        return Nested(_both(tables, one, other), (), _nobody(tables[one], 0), tuple(sums))
    for of, among in ((one, other), (other, one)):
        covers = _covers(_people(tables[of]), _people(tables[among]))
        if covers:
            return _of_covers(tables, of, among, covers)
    return _of_cuts(tables, one, other)


def _of_cuts(tables: Sequence[Table], one: int, other: int) -> Nested:
    """Some groups of one table that are as many people as some of another: both cut the same otherwise.

    Of many groups some sums are alike by chance. They are taken for the same people only where chance would
    hardly bring about one such sum.
    """
    people = [_people(tables[at]) for at in (one, other)]
    counts: list[Ints] = [_nobody(tables[one], 0)]
    names: list[str] = []
    sums: list[tuple[Member, tuple[Member, ...]]] = []
    for cut in [] if _by_chance(tables[one], tables[other]) else _cuts(*people):
        members = [[(at, group) for group in own] for at, own in zip((one, other), cut, strict=True)]
        alone = next((own[0] for own in members if len(own) == 1), None)
        if alone is None:
            groups = finest(tables[one])
            names.append(" + ".join(name_of(groups[group]) for group in cut[0]))
            alone = (-1, len(names) - 1)
            atoms = [atom for group in cut[0] for atom in groups[group].atoms]
            counts.append(tables[one].atoms[:, atoms].sum(axis=1, keepdims=True))
        sums += [(alone, tuple(own)) for own in members if own != [alone]]
    unasked = frozenset(range(len(names)))
    return Nested(_both(tables, one, other), tuple(names), np.hstack(counts), tuple(sums), unasked)


def _cuts(one: Ints, other: Ints) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Rows of two tables that are as many people together in every count, and no fewer of them are."""
    here = [np.flatnonzero(rows.any(axis=1)).tolist() for rows in (one, other)]
    tables = (one[here[0]], other[here[1]])
    if min(map(len, here)) < 2 or max(map(len, here)) > _HALF:
        return []
    key = np.random.default_rng(0).integers(1, 2**62, one.shape[1], np.uint64)
    sums = [_subset_sums((rows.astype(np.uint64) * key).sum(axis=1)) for rows in tables]
    order = np.argsort(sums[1], kind="stable")
    start = np.searchsorted(sums[1][order], sums[0])
    alike = np.flatnonzero(sums[1][order][np.minimum(start, len(order) - 1)] == sums[0])
    pairs = [
        tuple(tuple(_members(rows, mask)) for rows, mask in zip(here, (at, order[start[at]]), strict=True))
        for at in alike[1:-1]  # not nobody, nor everybody
    ]
    kept: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for own, others in sorted(pairs, key=lambda pair: (len(pair[0]) + len(pair[1]), pair)):
        if one[list(own)].sum(axis=0).max() >= _FEW and not any(
            set(a) <= set(own) and set(b) <= set(others) for a, b in kept
        ):
            kept.append((own, others))
    return kept


def _by_chance(one: Table, other: Table) -> bool:
    """Whether some groups of one table may well be as many people as some of another by chance.

    Sums of groups drawn at random spread like normal variables; and so does, at each gate, by how much more
    of them left than of everybody.
    """
    alike, spread = 0.0, np.zeros(1)
    for table in (one, other):
        n_stages = (table.atoms.shape[2] + 1) // 2
        reached = table.atoms[: max(1, len(table.atoms) - 1), :, :n_stages].astype(float)
        left, everybody = reached[..., :-1] - reached[..., 1:], reached.sum(axis=1, keepdims=True)
        share = (everybody[..., :-1] - everybody[..., 1:]) / np.maximum(1, everybody[..., :1])
        drawn = np.dstack([reached[..., :1], left - share * reached[..., :1]])
        alike += np.log(2) * len(table.finest)
        spread = spread + (drawn**2).sum(axis=1).ravel() / 4
    return bool(alike - np.log(np.maximum(1, np.sqrt(2 * np.pi * spread))).sum() > np.log(_CHANCE))


def _of_covers(
    tables: Sequence[Table], of: int, among: int, covers: Sequence[Mapping[int, tuple[int, ...]]]
) -> Nested:
    """What every way of adding up one table from another says.

    Numbers cannot tell which of two ways is meant, so both are taken as known. Of a group without anybody
    they cannot tell of which sum it is a part; where it has a row all the same it may be of any.
    """
    parts, wholes = finest(tables[among]), finest(tables[of])
    empty = [i for i, people in enumerate(_people(tables[among])) if not people.any() and parts[i].stated]
    cell = {pair: at for at, pair in enumerate((i, whole) for i in empty for whole in covers[0])}
    sums: dict[tuple[Member, tuple[Member, ...]], None] = {}
    for cover in covers:
        for whole, members in cover.items():
            own = [(among, part) for part in members] + [(-1, cell[i, whole]) for i in empty]
            sums[(of, whole), tuple(own)] = None
    for i in empty:
        sums[(among, i), tuple((-1, cell[i, whole]) for whole in covers[0])] = None
    groups = tuple(f"{parts[i].label} × {wholes[whole].label}" for i, whole in cell)
    return Nested(_both(tables, among, of), groups, _nobody(tables[of], len(groups)), tuple(sums))


def _both(tables: Sequence[Table], one: int, other: int) -> str:
    return f"{tables[one].name} × {tables[other].name}"


def _nobody(table: Table, n_groups: int) -> Ints:
    """Counts of groups without anybody."""
    return np.zeros((len(table.atoms), n_groups, table.atoms.shape[2]), np.int64)


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


def _covers(wholes: Ints, parts: Ints) -> list[dict[int, tuple[int, ...]]]:
    """Parts of every whole, each part in one of them, in as many ways as are remembered."""
    here = [at for at in range(len(wholes)) if wholes[at].any()]
    everybody = {i for i in range(len(parts)) if parts[i].any()}
    if not 1 < len(here) < len(everybody) + 1:
        return []
    order = sorted(here, key=lambda at: -int(wholes[at].sum()))
    ways = [_ways(wholes[at], parts) for at in order]
    chosen = _each_once(ways, frozenset(everybody)) if all(ways) else []
    return [dict(zip(order, cover, strict=True)) for cover in chosen]


def _each_once(
    ways: Sequence[Sequence[tuple[int, ...]]], parts: frozenset[int]
) -> list[tuple[tuple[int, ...], ...]]:
    """Choices of one way for each whole that use each part once, and all of them."""
    found: list[tuple[tuple[int, ...], ...]] = []
    waiting: list[tuple[tuple[tuple[int, ...], ...], frozenset[int]]] = [((), parts)]
    for _ in range(_STEPS):  # each turn ends a choice or goes on with it
        if not waiting or len(found) >= _SUMS:
            break
        taken, left = waiting.pop()
        if len(taken) == len(ways):
            found += [] if left else [taken]
            continue
        fits = [way for way in ways[len(taken)] if left.issuperset(way)]
        waiting += [((*taken, way), left.difference(way)) for way in reversed(fits)]
    return found


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
