"""What readers of several releases know: every equation and inequality that the printed numbers amount to.

The unknowns are people: for each finest group (an *atom*), how many left after each stage, how many wait
there, and how many got to the end. Whatever was printed is a sum of unknowns that lies between two whole
numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, product
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import scipy.sparse as sparse

from stepup_equity.disclosure.layout import ALL, TOTAL, Row
from stepup_equity.disclosure.ledger import number_of, over
from stepup_equity.errors import StepUpError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stepup_equity.disclosure.closure import Breach, Terms
    from stepup_equity.disclosure.ledger import Ledger


_ANY: Final = 10**15

Counts = dict[tuple[int, int, int, Literal["reached", "pending"]], int]
"""(row, stage, the stage that ends it, measure) -> sign."""

Cell = tuple[int, int, str]
"""Row, stage, and ``"reached"``, ``"pending"`` or ``"left"``; of several gates ``"left before …"``."""

_Kind = Literal["reached", "pending", "left", "gone"]
"""What a number is of; *gone* are all who did not go on, where nothing tells who of them waits."""


class ContradictionError(StepUpError, ValueError):
    """No counts at all can have given what was printed."""

    def __init__(self) -> None:
        super().__init__(
            "No counts at all can have given what was printed: some printed numbers exclude each other. "
            "Check them, and that every ledger is of these same people."
        )


@dataclass(slots=True)
class Line:
    """low ≤ Σ times × unknown ≤ high."""

    terms: dict[int, int]
    low: int
    high: int


@dataclass(slots=True)
class Part:
    """Unknowns that depend on each other, and the cells that are sums of them."""

    unknowns: list[int] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    cells: dict[Cell, dict[int, int]] = field(default_factory=dict)


class Knowledge:
    """Rows, stages and everything printed, of several releases together.

    Parameters
    ----------
    ledgers : sequence of Ledger
    breaches : sequence of sequence of Breach
        For each ledger; those that are rates are used as inequalities.
    order : sequence of str
        Every stage of the process.
    linked : sequence of (Row, tuple of Row)
        Rows that are sums of others without any release saying so: a characteristic that adds up groups of
        another.
    """

    def __init__(
        self,
        ledgers: Sequence[Ledger],
        breaches: Sequence[Sequence[Breach]],
        order: Sequence[str] = (),
        linked: Sequence[tuple[Row, tuple[Row, ...]]] = (),
    ) -> None:
        spoken_of = {stage for ledger in ledgers for stage in ledger.stages}
        known = tuple(stage for stage in order if stage in spoken_of)
        self.stages = _one_order([known, *(ledger.stages for ledger in ledgers)])
        self.rows: list[Row] = []
        self.place: dict[Row, int] = {}
        self.ways: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        """Row -> the ways in which it is a sum of others."""
        self._counts: dict[tuple[int, int, int, _Kind], tuple[int, int]] = {}
        self.waits = sorted({gate for ledger in ledgers for gate in self._gates(ledger)})
        """Stages after which somebody may wait."""
        orders = [[self.stages.index(key) for key in ledger.stages] for ledger in ledgers]
        pairs = dict.fromkeys(span for order in orders for span in pairwise(order))
        self.spans = [(start, end) for start, end in pairs if end > start + 1]
        """Stages that follow each other in a release and not in all."""
        self._rates: list[tuple[Counts, Counts, float]] = []
        for ledger, loose in zip(ledgers, breaches, strict=True):
            self._take(ledger, loose)
        for row, parts in linked:
            self._add_way(self._node(row), tuple(sorted(self._node(part) for part in parts)))
        self._spelt: dict[int, dict[int, int]] = {}

    @property
    def over(self) -> tuple[Literal["left", "pending"], ...]:
        """What is counted over several gates."""
        return ("left", "pending") if self.waits else ("left",)

    def over_cells(self) -> list[tuple[int, str]]:
        """Stage and measure of every number over several gates."""
        return [
            (s, over(measure, s, end, self.stages)) for (s, end), measure in product(self.spans, self.over)
        ]

    @property
    def last(self) -> int:
        """Position of the last stage."""
        return len(self.stages) - 1

    def row_of(self, row: Row) -> Row:
        """A row as all releases call it: a table's own total is everybody, *stated* or not."""
        if row.group == TOTAL:
            return Row(row.cohort, ALL, TOTAL)
        return replace(row, stated=True)

    def _node(self, row: Row) -> int:
        row = self.row_of(row)
        if row not in self.place:
            self.place[row] = len(self.rows)
            self.rows.append(row)
        return self.place[row]

    def _take(self, ledger: Ledger, loose: Sequence[Breach]) -> None:
        node = [self._node(row) for row in ledger.rows]
        stage = [self.stages.index(key) for key in ledger.stages]
        for row, parts in ledger.sums:
            self._add_way(node[row], tuple(sorted(node[part] for part in parts)))
        for (row, s, measure), (low, high) in ledger.counts.items():
            end = len(self.stages) if measure == "reached" else stage[s + 1]
            kind: _Kind = "reached" if measure == "reached" else "pending" if measure == "pending" else "left"
            if kind == "left" and not ledger.waiting:
                kind = "gone"
            self._bound((node[row], stage[s], end, kind), low, high)
        self._take_rows(ledger, node, stage[0])
        printed = {said.row for said in ledger.said if said.measure == "pending"}
        whole = max((row for row in printed if ledger.rows[row].is_total), default=None)
        if whole is not None:  # such numbers are printed where anybody waits
            self._bound((node[whole], stage[0], stage[-1], "pending"), 1, _ANY)
        for breach in loose:
            if breach.ratio is not None:
                part, of = (
                    self._terms(terms, node, stage) for terms in (breach.ratio.part, breach.ratio.whole)
                )
                self._rates.append((part, of, float(breach.said.text.replace(",", ""))))

    def _take_rows(self, ledger: Ledger, node: list[int], first: int) -> None:
        """A row that is printed has somebody in it, unless every declared group has a row."""
        starts = {said.row: said.text for said in ledger.said if (said.measure, said.stage) == ("reached", 0)}
        last = next((ledger.rows[row].cohort for row in reversed(starts)), "")
        for row, text in starts.items():
            if not ledger.listed and ledger.rows[row].cohort == last and number_of(text) != 0:
                self._bound((node[row], first, len(self.stages), "reached"), 1, _ANY)

    def _gates(self, ledger: Ledger) -> Iterable[int]:
        """Stages after which people may wait, by what a release says."""
        stage = [self.stages.index(key) for key in ledger.stages]
        for key in ledger.waiting:
            at = ledger.stages.index(key)
            yield from range(stage[at], stage[at + 1])

    def _add_way(self, row: int, way: tuple[int, ...]) -> None:
        if way and way not in self.ways[row] and way != (row,):
            self.ways[row].append(way)

    def _bound(self, key: tuple[int, int, int, _Kind], low: int, high: int) -> None:
        old = self._counts.get(key, (0, _ANY))
        self._counts[key] = (max(low, old[0]), min(high, old[1]))

    def _terms(self, terms: Terms, node: list[int], stage: list[int]) -> Counts:
        return {
            (node[row], stage[s], stage[s + 1] if measure == "pending" else len(self.stages), measure): sign
            for (row, s, measure), sign in terms.items()
        }

    @cached_property
    def column(self) -> dict[int, int]:
        """Atom -> its position among the atoms."""
        found = (i for i in range(len(self.rows)) if not self.ways[i] or i in self._round)
        return {atom: i for i, atom in enumerate(found)}

    @cached_property
    def _round(self) -> frozenset[int]:
        """Rows that come back to themselves, each being a sum of the next; one of each round is an atom."""
        found: set[int] = set()
        seen: set[int] = set()

        def follow(node: int, above: frozenset[int]) -> None:
            if node in seen:
                return
            below = above | {node}
            for part in self.ways[node][0] if self.ways[node] else ():
                if part in below:
                    found.add(part)
                else:
                    follow(part, below)
            seen.add(node)

        for node in range(len(self.rows)):
            follow(node, frozenset())
        return frozenset(found)

    def spelt(self, node: int) -> dict[int, int]:
        """A row as a sum of atoms, the first way."""
        if node not in self._spelt:
            self._spelt[node] = {node: 1} if node in self.column else self._spell(self.ways[node][0])
        return self._spelt[node]

    def _spell(self, parts: Iterable[int]) -> dict[int, int]:
        total: dict[int, int] = defaultdict(int)
        for part in parts:
            for atom, times in self.spelt(part).items():
                total[atom] += times
        return total

    @property
    def _per_atom(self) -> int:
        return len(self.stages) + len(self.waits)

    def _people(self, atoms: dict[int, int], stage: int, end: int, kind: _Kind) -> dict[int, int]:
        """Those of these atoms whose way ended between two stages, as a sum of unknowns."""
        left = [] if kind == "pending" else list(range(stage, end))
        waiting = [] if kind == "left" else [i for i, gate in enumerate(self.waits) if stage <= gate < end]
        places = [*left, *(len(self.stages) + i for i in waiting)]
        return {
            self.column[atom] * self._per_atom + place: times
            for atom, times in atoms.items()
            for place in places
        }

    def printed_exactly(self, cell: Cell) -> int | None:
        """The value of a cell that is a matter of reading."""
        node, stage, measure = cell
        if measure == "reached":
            return self._exactly(node, stage, len(self.stages), "reached")
        if measure == "pending":
            return self._exactly(node, stage, stage + 1, "pending")
        if measure != "left":
            start, end = next(
                (s, e)
                for s, e in self.spans
                for m in self.over
                if (s, over(m, s, e, self.stages)) == cell[1:]
            )
            return self._over_exactly(
                node, start, end, "pending" if measure.startswith("pending") else "left"
            )
        here, after = (self._exactly(node, s, len(self.stages), "reached") for s in (stage, stage + 1))
        waits = self._exactly(node, stage, stage + 1, "pending") if stage in self.waits else 0
        if here is None or after is None or waits is None:
            return self._exactly(node, stage, stage + 1, "left")
        return here - after - waits

    def _over_exactly(self, node: int, start: int, end: int, kind: _Kind) -> int | None:
        """The same over several gates."""
        here, after = (self._exactly(node, s, len(self.stages), "reached") for s in (start, end))
        inside = [gate for gate in self.waits if start <= gate < end]
        waits = self._exactly(node, start, end, "pending") if inside else 0
        if kind == "pending" or here is None or after is None or waits is None:
            return self._exactly(node, start, end, kind)
        return here - after - waits

    def _exactly(self, node: int, start: int, end: int, kind: _Kind) -> int | None:
        low, high = self._counts.get((node, start, end, kind), (0, _ANY))
        return low if low == high else None

    def lines(self) -> list[Line]:
        """Every equation and inequality, each once."""
        found: dict[tuple[tuple[int, int], ...], Line] = {}
        for line in self._all_lines():
            if not line.terms:
                if line.low > 0 or line.high < 0:
                    raise ContradictionError
                continue
            key = tuple(sorted(line.terms.items()))
            kept = found.setdefault(key, Line(line.terms, -_ANY, _ANY))
            kept.low, kept.high = max(kept.low, line.low), min(kept.high, line.high)
        return list(found.values())

    def _all_lines(self) -> Iterable[Line]:
        end = len(self.stages)
        for node in range(len(self.rows)):
            ways = [self._spell(way) for way in self.ways[node]]
            ways = [{node: 1}, *ways] if node in self.column else ways
            for stage in range(end):
                yield from self._one_count(node, stage, end, "reached", ways)
            for gate in self.waits:
                yield from self._one_count(node, gate, gate + 1, "pending", ways)
        for (node, stage, after, kind), (low, high) in self._counts.items():
            if kind != "reached":
                yield Line(self._people(self.spelt(node), stage, after, kind), low, high)
        for part, whole, value in self._rates:
            middle = round(
                20 * value
            )  # one decimal: 2000 part lies within 1 of 20 × percentage, times the whole
            yield Line(self._weighted((part, 2000), (whole, 1 - middle)), 0, _ANY)
            yield Line(self._weighted((part, 2000), (whole, -1 - middle)), -_ANY, 0)

    def _one_count(
        self, node: int, stage: int, end: int, kind: _Kind, ways: list[dict[int, int]]
    ) -> Iterable[Line]:
        low, high = self._counts.get((node, stage, end, kind), (0, _ANY))
        here = [self._people(atoms, stage, end, kind) for atoms in ways]
        if (low, high) != (0, _ANY):
            yield from (Line(terms, low, high) for terms in here)
        if low != high:  # two ways of adding up one unprinted count must agree
            yield from (Line(_minus(here[0], other), 0, 0) for other in here[1:])

    def _weighted(self, *sums: tuple[Counts, int]) -> dict[int, int]:
        total: dict[int, int] = defaultdict(int)
        for terms, weight in sums:
            for (node, stage, end, kind), sign in terms.items():
                for unknown, times in self._people(self.spelt(node), stage, end, kind).items():
                    total[unknown] += weight * sign * times
        return {unknown: times for unknown, times in total.items() if times}

    def parts(self) -> list[Part]:
        """Independent parts."""
        n_stages, per_atom = len(self.stages), self._per_atom
        n = len(self.column) * per_atom
        lines = self.lines()
        pairs = [(next(iter(line.terms)), other) for line in lines for other in line.terms]
        pairs += [(at - at % per_atom, at) for at in range(n)]  # the stages of one group belong together
        for node in range(len(self.rows)):
            first, *others = (self.column[atom] * per_atom for atom in self.spelt(node))
            pairs += [(first, other) for other in others]
        one, other = np.array(pairs, np.int64).reshape(-1, 2).T
        linked = sparse.coo_array((np.ones(len(one), np.int8), (one, other)), shape=(n, n))
        _, label = sparse.csgraph.connected_components(linked.tocsr(), directed=False)
        parts = [Part() for _ in range(label.max(initial=-1) + 1)]
        for unknown, home in enumerate(label.tolist()):
            parts[home].unknowns.append(unknown)
        for line in lines:
            parts[label[next(iter(line.terms))]].lines.append(line)
        for node in range(len(self.rows)):
            atoms = self.spelt(node)
            cells = parts[label[self.column[next(iter(atoms))] * per_atom]].cells
            for stage in range(n_stages):
                cells[node, stage, "reached"] = self._people(atoms, stage, n_stages, "reached")
                if stage < self.last:
                    cells[node, stage, "left"] = self._people(atoms, stage, stage + 1, "left")
            for gate in self.waits:
                cells[node, gate, "pending"] = self._people(atoms, gate, gate + 1, "pending")
            for (start, end), measure in product(self.spans, self.over):
                cells[node, start, over(measure, start, end, self.stages)] = self._people(
                    atoms, start, end, measure
                )
        return parts


def _minus(one: dict[int, int], other: dict[int, int]) -> dict[int, int]:
    both = {key: one.get(key, 0) - other.get(key, 0) for key in {**one, **other}}
    return {key: value for key, value in both.items() if value}


def _one_order(orders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """One order of stages that agrees with all."""
    before: dict[str, set[str]] = defaultdict(set)
    for order in orders:
        for i, key in enumerate(order):
            before[key] |= set(order[:i])
    waiting = list(before)
    merged: list[str] = []
    while waiting:
        free = next((key for key in waiting if before[key] <= set(merged)), None)
        if free is None:
            raise ContradictionError
        merged.append(free)
        waiting.remove(free)
    return tuple(merged)
