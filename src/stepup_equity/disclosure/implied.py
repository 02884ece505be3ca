"""A characteristic that two or three others say together: a flag for BME women beside ethnicity and gender.

None of them need be crossed. That everybody stands in one combination of those that say it, and what each
combination says, binds the tables of all of them to each other. The combinations become cells that bind the
printed ones and need no protection of their own, as those behind a circle of crossings do.

Of few people any characteristic is said by enough others, by chance. One that says so many people right is
taken as said only where chance would hardly do that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sparse

from stepup_equity.disclosure.combined import Nested, finest, name_of, people_in, places_in, scope_of
from stepup_equity.errors import ArgumentError, listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.combined import Member
    from stepup_equity.disclosure.tables import Table
    from stepup_equity.records.cells import CellTable

_TOGETHER: Final = (2, 3)
"""How many characteristics may say another one."""
_RARE: Final = math.log(1e6)
"""One in a million: what chance brings about more seldom than that was meant."""
_MOST: Final = 400
"""Combinations beside which tables can still be searched in reasonable time."""


def implied(counts: StageCounts, tables: Sequence[Table]) -> list[Nested]:
    """What characteristics tell of another one that they say together.

    Parameters
    ----------
    counts : StageCounts
    tables : sequence of Table
        Those of a release and of earlier ones.

    Raises
    ------
    ArgumentError
        Where there would be too many combinations.
    """
    plain = [at for at, table in enumerate(tables) if not table.margins]
    if len(plain) <= min(_TOGETHER):
        return []
    try:
        cells = counts.cells([tables[at].name for at in plain])
    except ArgumentError:  # only margins are known
        return []
    seen = _Seen.of(counts, tables, plain, cells)
    found = (_nested(counts, tables, says, said) for says, said in seen.sentences())
    return [link for link in found if link is not None]


@dataclass(frozen=True, eq=False)
class _Seen:
    """Which finest group of each plain table the same people stand in.

    Attributes
    ----------
    tables : list of int
    codes : ndarray of int, shape (n_tables, n_cells)
    stated : ndarray of bool, shape (n_tables, n_cells)
    n : ndarray of int64, shape (n_cells,)
    """

    tables: list[int]
    codes: Ints
    stated: NDArray[np.bool_]
    n: Ints

    @classmethod
    def of(cls, counts: StageCounts, tables: Sequence[Table], plain: list[int], cells: CellTable) -> _Seen:
        codes = np.array([places_in(counts, tables[at], cells) for at in plain])
        known = [np.array([group.stated for group in finest(tables[at])], bool) for at in plain]
        stated = np.array([own[code] for own, code in zip(known, codes, strict=True)], bool)
        return cls(plain, codes, stated, np.asarray(cells.n, np.int64))

    def sentences(self) -> Iterator[tuple[tuple[int, ...], int]]:
        """Tables that say another one together, none of them to spare: those, and the one they say."""
        own = range(len(self.tables))
        one = {(says, said) for says in own for said in own if says != said and self._says((says,), said)}
        found: set[tuple[frozenset[int], int]] = {(frozenset((says,)), said) for says, said in one}
        told: set[frozenset[int]] = set()
        for many in _TOGETHER:
            for said in own:
                for says in combinations([at for at in own if at != said], many):
                    enough = any(other == said and fewer <= set(says) for fewer, other in found)
                    if enough or any(pair in one for pair in product(says, says)):
                        continue
                    if all((said, other) in one for other in says):  # two of its own groups say it
                        continue
                    if not self._says(says, said) or self._by_chance(says, said):
                        continue
                    found.add((frozenset(says), said))
                    coarser = any(
                        self._says([coarse if at == fine else at for at in says], said)
                        for fine, coarse in one
                        if fine in says and coarse not in says and coarse != said
                    )
                    if not coarser and frozenset((*says, said)) not in told:
                        told.add(frozenset((*says, said)))
                        yield tuple(self.tables[at] for at in says), self.tables[said]

    def _says(self, says: Sequence[int], said: int) -> bool:
        """Whether whoever stands in the same groups of some tables stands in the same group of another."""
        home, own, _ = self._homes(says, said)
        return len(set(own.tolist())) > 1 and len(np.unique(np.stack([home, own]), axis=1).T) == len(
            np.unique(home)
        )

    def _homes(self, says: Sequence[int], said: int) -> tuple[Ints, Ints, Ints]:
        """The combination of each that states all, what it says, and how many people that is."""
        stated = self.stated[[*says, said]].all(axis=0)
        home = np.zeros(int(stated.sum()), np.int64)
        for at in says:
            home = home * (int(self.codes[at].max(initial=0)) + 1) + self.codes[at][stated]
        return home, self.codes[said][stated], self.n[stated]

    def _by_chance(self, says: Sequence[int], said: int) -> bool:
        """Whether people who share a combination may well have the same answer by chance."""
        home, own, n = self._homes(says, said)
        rare = 0.0
        for answer in np.unique(own):
            here = own == answer
            beside = int(n[here].sum()) - len(np.unique(home[here]))
            rare -= beside * math.log(n[here].sum() / n.sum())
        return rare < _RARE


def _nested(counts: StageCounts, tables: Sequence[Table], says: tuple[int, ...], said: int) -> Nested | None:
    """Combinations as cells, and every table of the same characteristics as sums of them.

    None where a crossing of all that say the other is among the tables, since that binds them already.
    """
    own = (*says, said)
    names = tuple(tables[at].name for at in own)
    crossings = [
        at for at, table in enumerate(tables) if table.margins and set(scope_of(table)) <= set(names)
    ]
    crossed = [scope_of(tables[at]) for at in crossings]
    if any(set(scope) == set(names[:-1]) for scope in crossed):
        return None
    groups = [finest(tables[at]) for at in own]
    shape = tuple(len(one) for one in groups)
    people = people_in(
        counts, names, shape, lambda cells: [places_in(counts, tables[at], cells) for at in own]
    )
    stated = [np.array([group.stated for group in one], bool) for one in groups]
    homes = [np.arange(n) for n in shape]
    for axis in range(len(says)):
        if sum(names[axis] in scope for scope in crossed) < 2:
            homes[axis] = _alike(people[-1, ..., 0], axis, stated)
            people, stated[axis] = _added(people, axis, homes[axis], stated[axis])
    possible = _possible(people[-1, ..., 0] > 0)
    if possible.sum() > _MOST:
        raise ArgumentError(
            f"{listed(names[:-1])} say {names[-1]!r} together, and {possible.sum():,} combinations stand "
            "behind these tables, more than can be protected together. Leave out one of them (by=), or "
            "publish them of broader groups (merge=)."
        )
    labels = [[name_of(group) for group in one] for one in groups]
    build = _Cells(people, possible, labels, homes)
    for axis, at in enumerate(own):
        build.margin(at, axis)
    cells = counts.cells(names)
    stands = build.at[
        tuple(home[places_in(counts, tables[at], cells)] for home, at in zip(homes, own, strict=True))
    ]
    for at in crossings:
        build.crossing(at, places_in(counts, tables[at], cells), stands)
    return build.nested(" × ".join(names))


def _alike(people: Ints, axis: int, stated: Sequence[NDArray[np.bool_]]) -> Ints:
    """Groups of one axis that say the same beside whatever else, as far as anybody shows it: a number each.

    A group that may go with either of two stays by itself, and so does *Not stated*; groups without anybody
    are one.
    """
    there = np.moveaxis(people > 0, axis, 0)
    anybody = there.reshape(len(there), -1).any(axis=1)
    beside = [known for at, known in enumerate(stated) if at != axis]
    there = there[np.ix_(np.ones(len(there), bool), *beside)]
    there = there.reshape(len(there), -1, there.shape[-1])
    says = np.where(there.any(axis=2), there.argmax(axis=2), -1)
    kinds: list[Ints] = []
    home = np.full(len(says), -1)
    for at in sorted(np.flatnonzero(anybody & stated[axis]), key=lambda at: -int((says[at] >= 0).sum())):
        fits = [
            i
            for i, kind in enumerate(kinds)
            if not ((kind != says[at]) & (kind >= 0) & (says[at] >= 0)).any()
        ]
        if len(fits) == 1:
            home[at] = fits[0]
            kinds[fits[0]] = np.maximum(kinds[fits[0]], says[at])
        else:
            home[at] = len(kinds)
            kinds.append(says[at])
    home[~anybody] = len(kinds)
    alone = np.flatnonzero(home < 0)
    home[alone] = len(kinds) + 1 + np.arange(len(alone))
    return np.unique(home, return_inverse=True)[1]


def _added(people: Ints, axis: int, home: Ints, stated: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.bool_]]:
    """People with groups of one axis put together, and which of these somebody stated."""
    places = [np.flatnonzero(home == at) for at in range(home.max() + 1)]
    together = [people.take(own, axis + 1).sum(axis=axis + 1) for own in places]
    return np.stack(together, axis=axis + 1), np.array([stated[own].all() for own in places], bool)


def _possible(there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Combinations that there may be: those of somebody, and any of a group without anybody."""
    possible = there.copy()
    for axis in range(there.ndim):
        rest = tuple(at for at in range(there.ndim) if at != axis)
        np.moveaxis(possible, axis, 0)[~there.any(axis=rest)] = True
    return possible


class _Cells:
    """Combinations as they become cells, and what is a sum of them."""

    def __init__(
        self, people: Ints, possible: NDArray[np.bool_], labels: list[list[str]], homes: list[Ints]
    ) -> None:
        self.at: Ints = np.where(possible, np.cumsum(possible).reshape(possible.shape) - 1, -1)
        self._homes = homes
        self._counts: list[Ints] = list(np.moveaxis(people[:, possible], 1, 0))
        blocks = [
            [" + ".join(own[i] for i in np.flatnonzero(home == block)) for block in range(home.max() + 1)]
            for own, home in zip(labels, homes, strict=True)
        ]
        self._names = [
            " × ".join(names[i] for names, i in zip(blocks, where, strict=True))
            for where in np.argwhere(possible).tolist()
        ]
        self._sums: list[tuple[Member, tuple[Member, ...]]] = []

    def margin(self, table: int, axis: int) -> None:
        """Groups of a plain table, or several together, are the combinations that they are in."""
        for block in range(self.at.shape[axis]):
            cells: Ints = np.moveaxis(self.at, axis, 0)[block].ravel()
            self._same(table, np.flatnonzero(self._homes[axis] == block).tolist(), cells[cells >= 0].tolist())

    def crossing(self, table: int, places: Ints, stands: Ints) -> None:
        """Groups of a crossing and combinations that hold the same people."""
        pairs = np.unique(np.stack([places, stands]), axis=1)
        n = int(places.max()) + 1
        size = n + len(self._counts)
        graph = sparse.coo_array((np.ones(pairs.shape[1], np.int8), (pairs[0], n + pairs[1])), (size, size))
        _, label = sparse.csgraph.connected_components(graph.tocsr(), directed=False)
        for part in np.unique(label[pairs[0]]):
            own = np.flatnonzero(label == part)
            self._same(table, own[own < n].tolist(), (own[own >= n] - n).tolist())

    def _same(self, table: int, groups: list[int], cells: list[int]) -> None:
        """Some groups are together the same people as some combinations."""
        of_table = tuple((table, at) for at in groups)
        of_cells = tuple((-1, at) for at in cells)
        if len(of_table) > 1 and len(of_cells) > 1:
            whole = (-1, len(self._counts))
            self._counts.append(np.sum([self._counts[at] for at in cells], axis=0))
            self._names.append(" + ".join(self._names[at] for at in cells))
            self._sums += [(whole, of_table), (whole, of_cells)]
        elif len(of_table) == 1:
            self._sums.append((of_table[0], of_cells))
        else:
            self._sums.append((of_cells[0], of_table))

    def nested(self, name: str) -> Nested:
        """Everything together; labels that are written alike are told apart by their number."""
        names = [
            f"{label} ({at})" if label in self._names[:at] else label for at, label in enumerate(self._names)
        ]
        counts = np.stack(self._counts, axis=1)
        return Nested(name, tuple(names), counts, tuple(self._sums), frozenset(range(len(names))))
