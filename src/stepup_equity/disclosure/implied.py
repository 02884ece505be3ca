"""A characteristic that others say together: a flag for BME women beside ethnicity and gender.

None of them need be crossed. That everybody stands in one combination of those that say it, and what each
combination says, binds the tables of all of them to each other, and crossings of any of them too. The
combinations become cells that bind the printed ones and need no protection of their own, as those behind a
circle of crossings do. A list and its flag close a circle as well: bme × gender, gender × disability and
ethnicity × disability.

Of few people any characteristic is said by enough others, by chance. One that says so many people right is
taken as said only where chance would hardly do that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
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
    from stepup_equity.disclosure.tables import Group, Table
    from stepup_equity.records.cells import CellTable

_TOGETHER: Final = (2, 3, 4, 5)
"""How many characteristics may say another one."""
_RARE: Final = math.log(1e3)
"""One in a thousand: what chance brings about more seldom than that was meant."""
_SOME: Final = 1_000
"""Cells among which it is seen first that one table does not say another, as most do not."""
_LARGE: Final = 2_000
"""Combinations, with those of nobody, up to which all that hangs together is taken together."""
_HELD: Final = 500_000
"""Combinations, with those of nobody, that are looked through for groups that say the same."""
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
    names = [tables[at].name for at in plain]
    crossings = [frozenset(map(names.index, scope_of(table))) for table in tables if table.margins]
    found = []
    for says, said in seen.together(crossings):
        link = _nested(counts, tables, [plain[at] for at in says], [plain[at] for at in said])
        found += [] if link is None else [link]
    return found


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

    def together(self, crossings: Sequence[frozenset[int]]) -> Iterator[tuple[list[int], list[int]]]:
        """Tables that are bound by what some say of others: those that say all, and those they say."""
        sentences = self._sentences()
        many = [(says, said) for says, said in sentences if len(says) > 1]
        sets = [*crossings, *(says | {said} for says, said in sentences)]
        for part in _parts(sets):
            edges = {frozenset(pair) for own in sets if own <= part for pair in combinations(sorted(own), 2)}
            circle = len(edges) >= len(part) and any(says <= part for says, _ in sentences)
            if not circle and not any(says <= part for says, _ in many):
                continue
            whole = sorted(part)
            for said in sorted(part, key=lambda at: int(self.codes[at].max(initial=0))):
                rest = [at for at in whole if at != said]
                whole = rest if said in _follow(rest, sentences) else whole
            if math.prod(int(self.codes[at].max(initial=0)) + 1 for at in whole) <= _LARGE:
                yield whole, sorted(part - set(whole))
            else:
                yield from ((sorted(says), [said]) for says, said in many if says <= part)

    def _sentences(self) -> list[tuple[frozenset[int], int]]:
        """Tables that say another one, none of them to spare, and the one they say."""
        own = range(len(self.tables))
        one = [(a, b) for a in own for b in own if a != b and self._says((a,), b)]
        found = [(frozenset((says,)), said) for says, said in one]
        for many in _TOGETHER:
            for said in own:
                for says in map(frozenset, combinations([at for at in own if at != said], many)):
                    enough = any(other == said and fewer <= says for fewer, other in found)
                    spare = any((a, b) in one for a in says for b in says)
                    back = all((said, other) in one for other in says)  # two of its own groups say it
                    if enough or spare or back or not self._says(sorted(says), said):
                        continue
                    if not self._by_chance(sorted(says), said):
                        found.append((says, said))
        return found

    def _says(self, says: Sequence[int], said: int) -> bool:
        """Whether whoever stands in the same groups of some tables stands in the same group of another."""
        for step in (len(self.n) // _SOME + 1, 1):
            home, own, _ = self._homes(says, said, step)
            _, first, place = np.unique(home, return_index=True, return_inverse=True)
            if (own != own[first][place]).any():
                return False
        return bool((own != own[:1]).any())

    def _homes(self, says: Sequence[int], said: int, step: int = 1) -> tuple[Ints, Ints, Ints]:
        """The combination of each that states all, what it says, and how many people that is."""
        codes, stated = self.codes[:, ::step], self.stated[:, ::step][[*says, said]].all(axis=0)
        home = np.zeros(int(stated.sum()), np.int64)
        for at in says:
            home = home * (int(self.codes[at].max(initial=0)) + 1) + codes[at][stated]
        return home, codes[said][stated], self.n[::step][stated]

    def _by_chance(self, says: Sequence[int], said: int) -> bool:
        """Whether people who share a combination may well have the same answer by chance."""
        home, own, n = self._homes(says, said)
        rare = 0.0
        for answer in np.unique(own):
            here = own == answer
            beside = int(n[here].sum()) - len(np.unique(home[here]))
            rare -= beside * math.log(n[here].sum() / n.sum())
        return rare < _RARE


def _parts(sets: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Everything that hangs together through some sets.

    >>> [sorted(part) for part in _parts([frozenset({1, 2}), frozenset({3, 4}), frozenset({2, 5})])]
    [[1, 2, 5], [3, 4]]
    """
    parts: list[frozenset[int]] = []
    for own in sets:
        touched = [part for part in parts if part & own]
        parts = [own.union(*touched), *(part for part in parts if part not in touched)]
    return sorted(parts, key=min)


def _follow(known: Sequence[int], sentences: Sequence[tuple[frozenset[int], int]]) -> set[int]:
    """What some tables say, and what follows from that."""
    told = set(known)
    for _ in sentences:
        told |= {said for says, said in sentences if says <= told}
    return told


def _nested(counts: StageCounts, tables: Sequence[Table], says: list[int], said: list[int]) -> Nested | None:
    """Combinations as cells, and every table of the same characteristics as sums of them.

    None where the only crossing is that of all that say the others, since it binds them already; and where it
    has rows of nobody, of which nobody knows what they would say.
    """
    own = [*says, *said]
    names = tuple(tables[at].name for at in own)
    crossings = [
        at for at, table in enumerate(tables) if table.margins and set(scope_of(table)) <= set(names)
    ]
    crossed = [set(scope_of(tables[at])) for at in crossings]
    whole = [tables[at] for at in crossings if set(scope_of(tables[at])) == set(names[: len(says)])]
    if whole and (len(crossed) == 1 or any((table.atoms[-1, :, 0] == 0).any() for table in whole)):
        return None
    groups = [finest(tables[at]) for at in own]

    def places(cells: CellTable) -> list[Ints]:
        return [places_in(counts, tables[at], cells) for at in own]

    n, cells = len(says), counts.cells(names)
    told = _Told.of(places(cells)[n:], groups[n:])

    def place(cells: CellTable) -> list[Ints]:
        codes = places(cells)
        return [*codes[:n], told.code(codes[n:])]

    shape = (*map(len, groups[:n]), len(told.answers))
    if math.prod(shape) > _HELD:
        raise _too_many(names[:n], names[n:], math.prod(shape))
    people = people_in(counts, names, shape, place)
    stated = [np.array([group.stated for group in one], bool) for one in groups[:n]]
    stated.append(told.stated)
    homes = [np.arange(size) for size in people.shape[1:-1]]
    for axis, name in enumerate(names[:n]):
        if sum(name in scope for scope in crossed) < 2:
            homes[axis] = _alike(people[-1, ..., 0], axis, stated)
            people, stated[axis] = _added(people, axis, homes[axis], stated[axis])
    possible = _possible(people[-1, ..., 0] > 0, stated)
    if possible.sum() > _MOST:
        raise _too_many(names[:n], names[n:], int(possible.sum()))
    labels = [[name_of(group) for group in one] for one in groups]
    build = _Cells(people, possible, [*labels[:n], told.labels(labels[n:])], homes)
    for axis, at in enumerate(says):
        build.margin(at, axis)
    for i, at in enumerate(said):
        build.said(at, told.answers[:, i])
    where = [home[code] for home, code in zip(homes, place(cells), strict=True)]
    stands = build.at[tuple(where)]
    for at in crossings:
        build.crossing(at, places_in(counts, tables[at], cells), stands)
    return build.nested(" × ".join(names))


def _too_many(says: Sequence[str], said: Sequence[str], many: int) -> ArgumentError:
    return ArgumentError(
        f"{listed(says)} say {listed(said)} together, and {many:,} combinations stand behind these tables, "
        "more than can be protected together. Leave out one of them (by=), or publish them of broader groups "
        "(merge=)."
    )


@dataclass(frozen=True, eq=False)
class _Told:
    """What is said, all at once: each answer is a group of every table that is said.

    Attributes
    ----------
    answers : ndarray of int, shape (n_answers, n_tables)
    stated : ndarray of bool, shape (n_answers,)
    """

    answers: Ints
    stated: NDArray[np.bool_]

    @classmethod
    def of(cls, codes: Sequence[Ints], groups: Sequence[Sequence[Group]]) -> _Told:
        """Answers that somebody gives, and those with a group without anybody beside others' answers."""
        given = np.unique(np.stack(codes, axis=1), axis=0)
        answers = [given]
        for at, own in enumerate(groups):
            for empty in set(range(len(own))) - set(given[:, at].tolist()):
                other = given.copy()
                other[:, at] = empty
                answers.append(other)
        every = np.unique(np.concatenate(answers), axis=0)
        known = [np.array([group.stated for group in own], bool) for own in groups]
        return cls(every, np.all([own[every[:, at]] for at, own in enumerate(known)], axis=0))

    def code(self, codes: Sequence[Ints]) -> Ints:
        """The answer of each cell."""
        place = {tuple(answer): at for at, answer in enumerate(self.answers.tolist())}
        return np.array(
            [place[one] for one in zip(*(code.tolist() for code in codes), strict=True)], np.int64
        )

    def labels(self, labels: Sequence[Sequence[str]]) -> list[str]:
        """What each answer is called."""
        return [" & ".join(labels[at][i] for at, i in enumerate(answer)) for answer in self.answers.tolist()]


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


def _possible(there: NDArray[np.bool_], stated: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Combinations that there may be: those of somebody, and of a group without anybody any that makes sense.

    Whoever states all that says an answer states that, and nobody else does.
    """
    axes = [
        np.reshape(own, [-1 if at == axis else 1 for at in range(there.ndim)])
        for axis, own in enumerate(stated)
    ]
    sense = np.equal(np.logical_and.reduce(np.broadcast_arrays(*axes[:-1])), axes[-1])
    possible = there.copy()
    for axis in range(there.ndim):
        rest = tuple(at for at in range(there.ndim) if at != axis)
        empty = np.expand_dims(~there.any(axis=rest), rest)
        possible |= empty & sense
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
        """Groups of a table that says others, or several together, are the combinations that they are in."""
        for place, line in enumerate(np.moveaxis(self.at, axis, 0)):
            groups = np.flatnonzero(self._homes[axis] == place)
            self._same(table, groups.tolist(), line[line >= 0].tolist())

    def said(self, table: int, group_of: Ints) -> None:
        """Groups of a table that is said are the combinations whose answers have them."""
        for group in np.unique(group_of):
            cells = self.at[..., group_of == group].ravel()
            self._same(table, [int(group)], cells[cells >= 0].tolist())

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
        """Some groups are together the same people as some combinations, which are sums of nothing else."""
        of_table = tuple((table, at) for at in groups)
        of_cells = tuple((-1, at) for at in cells)
        if len(of_table) == 1:
            self._sums.append((of_table[0], of_cells))
            return
        whole = (-1, len(self._counts))
        self._counts.append(np.sum([self._counts[at] for at in cells], axis=0))
        self._names.append(" + ".join(self._names[at] for at in cells))
        self._sums += [(whole, of_table), (whole, of_cells)]

    def nested(self, name: str) -> Nested:
        """Everything together; labels that are written alike are told apart by their number."""
        names = [
            f"{label} ({at})" if label in self._names[:at] else label for at, label in enumerate(self._names)
        ]
        counts = np.stack(self._counts, axis=1)
        return Nested(name, tuple(names), counts, tuple(self._sums), frozenset(range(len(names))))
