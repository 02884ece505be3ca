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
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.tables import Table


_MOST: Final = 24
"""Groups that may be parts of one sum; of more, the largest."""
_SUMS: Final = 4
"""Ways of adding up one group that are remembered."""
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
