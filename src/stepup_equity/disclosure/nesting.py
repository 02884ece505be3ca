"""Tables that add up groups of each other: a flag beside a list, two cuts of age, types beside yes.

Where few combinations of two tables occur, one is worked out from the other by subtraction (`combined`). From
a published table only sums can be seen: a group that is as many people as some others together, at every
stage.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.disclosure.combined import Nested, combined, finest, joint_of, scope_of

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
    return Nested(_both(tables, one, other), (), _nobody(tables[one], 0), ())


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
