"""Crossings that go round in a circle: what three tables of two characteristics tell of all three.

Gender × age, gender × disability and age × disability are each of the same people, so somebody's three
answers stand behind all of them. No combination of three is printed, and none follows by subtraction; but
there must be such combinations, and that bounds what is hidden. They become cells that bind the printed ones
and need no protection of their own. Crossings without a circle can always be put together, so they bind
nothing.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.disclosure.combined import Nested, people_in, scope_of, tops_of
from stepup_equity.errors import ArgumentError, listed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.arrays import Ints
    from stepup_equity.counts import StageCounts
    from stepup_equity.disclosure.combined import Member
    from stepup_equity.disclosure.tables import Table
    from stepup_equity.records.cells import CellTable


_MOST: Final = 400
"""Combinations beside which crossings can still be searched in reasonable time."""

_Labels = dict[str, tuple[str, ...]]
"""Characteristic -> its groups in crossings."""


def circled(counts: StageCounts, tables: Sequence[Table]) -> list[Nested]:
    """What crossings that form a circle tell of each other.

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
    crossings = [at for at, table in enumerate(tables) if table.margins]
    cliques = _cliques([scope_of(tables[at]) for at in crossings])
    if not cliques:
        return []
    labels: _Labels = {}
    for at in crossings:
        for name, groups in tables[at].margins:
            known = labels.get(name, ())
            labels[name] = (*known, *(label for (label, _), _ in groups if label not in known))
    held = _Held(counts, tables, crossings, labels)
    for clique in cliques:
        held.add(clique)
    return [held.nested()]


def _cliques(scopes: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Characteristics whose combinations stand behind a circle of crossings; none where there is no circle.

    >>> _cliques([("a", "b"), ("b", "c")]), _cliques([("a", "b"), ("b", "c"), ("c", "a")])
    ([], [('a', 'b', 'c')])
    >>> _cliques([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")])
    [('a', 'b', 'd'), ('b', 'c', 'd')]
    """
    order = list(dict.fromkeys(name for scope in scopes for name in scope))
    beside = {
        name: {other for scope in scopes if name in scope for other in scope} - {name} for name in order
    }
    found: list[set[str]] = []
    for _ in order:
        name = min(beside, key=lambda name: len(beside[name]))
        around = beside.pop(name)
        for other in around:
            beside[other] |= around - {other}
            beside[other].discard(name)
        clique = {name, *around}
        if len(clique) > 2 and not any(clique <= known for known in found):
            found.append(clique)
    return [tuple(name for name in order if name in clique) for clique in found]


class _Held:
    """Combinations behind circles, and the crossings that are sums of them."""

    def __init__(
        self, counts: StageCounts, tables: Sequence[Table], crossings: Sequence[int], labels: _Labels
    ) -> None:
        self._counts, self._tables, self._crossings, self._labels = counts, tables, crossings, labels
        self._tops = {name: tops_of(counts, name) for name in labels}
        self._groups: dict[str, Ints] = {}
        self._sums: list[tuple[Member, tuple[Member, ...]]] = []

    def add(self, clique: tuple[str, ...]) -> None:
        """Every combination of a clique that crossings let be, and what is printed as sums of them."""
        shape = tuple(len(self._labels[name]) for name in clique)
        possible = np.ones(shape, bool)
        for at in self._crossings:
            if set(scope_of(self._tables[at])) <= set(clique):
                possible &= self._there(at, clique) >= 0
        if possible.sum() > _MOST:
            raise ArgumentError(
                f"The crossings of {listed(clique)} go round in a circle, and {possible.sum():,} "
                "combinations of all of them stand behind it, more than can be protected together. Leave out "
                "one of these crossings (by=), or publish them of broader groups."
            )
        people = people_in(self._counts, clique, shape, lambda cells: self._places(cells, clique))
        members = np.full(shape, -1)
        for where in product(*map(range, shape)):
            if possible[where]:
                members[where] = self._member(clique, where, _at(people, where))
        for pair in combinations(range(len(clique)), 2):
            self._pair(clique, pair, members, people)

    def _pair(self, clique: tuple[str, ...], pair: tuple[int, int], members: Ints, people: Ints) -> None:
        """Every crossing of two of them; one that is not printed holds two cliques together."""
        names = tuple(clique[axis] for axis in pair)
        others = tuple(axis for axis in range(len(clique)) if axis not in pair)
        own = [at for at in self._crossings if set(scope_of(self._tables[at])) == set(names)]
        for where in product(*(range(members.shape[axis]) for axis in pair)):
            line = tuple(
                where[pair.index(axis)] if axis in pair else slice(None) for axis in range(len(clique))
            )
            parts = tuple((-1, int(at)) for at in members[line].ravel() if at >= 0)
            if not parts:
                continue
            if own:
                wholes = [(at, int(self._there(at, names)[where])) for at in own]
            else:
                together = people.sum(axis=tuple(axis + 1 for axis in others))
                wholes = [(-1, self._member(names, where, _at(together, where)))]
            self._sums += [(whole, parts) for whole in wholes]

    def _member(self, names: tuple[str, ...], where: Sequence[int], counts: Ints) -> int:
        """The cell of one combination, made where there is none."""
        said = ", ".join(
            f"{name}: {self._labels[name][i]}" for name, i in sorted(zip(names, where, strict=True))
        )
        self._groups.setdefault(said, counts)
        return list(self._groups).index(said)

    def _there(self, at: int, names: tuple[str, ...]) -> Ints:
        """Position of the group of a crossing that each combination of characteristics is in; −1 for none."""
        table = self._tables[at]
        inside = np.ones((*(len(self._labels[name]) for name in names), table.atoms.shape[1]), bool)
        for name, groups in table.margins:
            atoms = {label: list(members) for (label, _), members in groups}
            of_label = np.zeros((len(self._labels[name]), table.atoms.shape[1]), bool)
            for i, label in enumerate(self._labels[name]):
                of_label[i, atoms.get(label, [])] = True
            shape = [1] * len(names) + [table.atoms.shape[1]]
            shape[names.index(name)] = len(self._labels[name])
            inside &= of_label.reshape(shape)
        return np.where(inside.any(axis=-1), inside.argmax(axis=-1), -1)

    def _places(self, cells: CellTable, names: tuple[str, ...]) -> list[Ints]:
        found = []
        for name in names:
            place = {label: i for i, label in enumerate(self._labels[name])}
            of_code = [place.get(self._tops[name].get(label, label), -1) for label in cells.axis(name).labels]
            found.append(np.array(of_code, np.int64)[cells.column(name)])
        return found

    def nested(self) -> Nested:
        counts = np.stack(list(self._groups.values()), axis=1)
        name = " × ".join(sorted(self._labels))
        return Nested(
            name, tuple(self._groups), counts, tuple(self._sums), frozenset(range(len(self._groups)))
        )


def _at(people: Ints, where: tuple[int, ...]) -> Ints:
    """People of one combination, by cohort and count."""
    every: tuple[slice | int, ...] = (slice(None), *where)
    return np.asarray(people[every])
