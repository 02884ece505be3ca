"""What readers of several releases know: every equation and inequality that the printed numbers amount to.

The unknowns are people: for each finest group (an *atom*), how many left after each stage, and how many got
to the end. Whatever was printed is a sum of unknowns that lies between two whole numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import scipy.sparse as sparse

from stepup_equity.disclosure.layout import ALL, TOTAL, Row
from stepup_equity.errors import StepUpError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stepup_equity.disclosure.closure import Breach, Terms
    from stepup_equity.disclosure.ledger import Ledger

__all__ = ["Cell", "ContradictionError", "Knowledge", "Line", "Part"]

_ANY: Final = 10**15

Cell = tuple[int, int, str]
"""Row, stage, and ``"reached"`` or ``"left"``."""


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
    """

    def __init__(
        self, ledgers: Sequence[Ledger], breaches: Sequence[Sequence[Breach]], order: Sequence[str] = ()
    ) -> None:
        spoken_of = {stage for ledger in ledgers for stage in ledger.stages}
        known = tuple(stage for stage in order if stage in spoken_of)
        self.stages = _one_order([known, *(ledger.stages for ledger in ledgers)])
        self.rows: list[Row] = []
        self.place: dict[Row, int] = {}
        self.ways: dict[int, list[tuple[int, ...]]] = defaultdict(list)
        """Row -> the ways in which it is a sum of others."""
        self._counts: dict[tuple[int, int, int], tuple[int, int]] = {}
        self._rates: list[tuple[Terms, Terms, float]] = []
        for ledger, loose in zip(ledgers, breaches, strict=True):
            self._take(ledger, loose)
        self._spelt: dict[int, dict[int, int]] = {}

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
            way = tuple(sorted(node[part] for part in parts))
            if way and way not in self.ways[node[row]] and way != (node[row],):
                self.ways[node[row]].append(way)
        for (row, s, measure), (low, high) in ledger.counts.items():
            end = stage[s + 1] if measure == "left" else len(self.stages)
            key = (node[row], stage[s], end)
            old = self._counts.get(key, (0, _ANY))
            self._counts[key] = (max(low, old[0]), min(high, old[1]))
        for breach in loose:
            if breach.ratio is not None:
                part, whole = (
                    {(node[row], stage[s]): sign for (row, s), sign in terms.items()}
                    for terms in (breach.ratio.part, breach.ratio.whole)
                )
                self._rates.append((part, whole, float(breach.said.text.replace(",", ""))))

    @cached_property
    def column(self) -> dict[int, int]:
        """Atom -> its position among the atoms."""
        return {atom: i for i, atom in enumerate(i for i in range(len(self.rows)) if not self.ways[i])}

    def spelt(self, node: int) -> dict[int, int]:
        """A row as a sum of atoms, the first way."""
        if node not in self._spelt:
            ways = self.ways[node]
            self._spelt[node] = self._spell(ways[0]) if ways else {node: 1}
        return self._spelt[node]

    def _spell(self, parts: Iterable[int]) -> dict[int, int]:
        total: dict[int, int] = defaultdict(int)
        for part in parts:
            for atom, times in self.spelt(part).items():
                total[atom] += times
        return total

    def _people(self, atoms: dict[int, int], stage: int, end: int) -> dict[int, int]:
        """Those of these atoms who reached one stage and not another, as a sum of unknowns."""
        return {
            self.column[atom] * len(self.stages) + s: times
            for atom, times in atoms.items()
            for s in range(stage, end)
        }

    def printed_exactly(self, cell: Cell) -> int | None:
        """The value of a cell that is a matter of reading."""
        node, stage, measure = cell
        here = self._counts.get((node, stage, len(self.stages)), (0, _ANY))
        if measure == "left":
            after = self._counts.get((node, stage + 1, len(self.stages)), (0, _ANY))
            if here[0] == here[1] and after[0] == after[1]:
                return here[0] - after[0]
            here = self._counts.get((node, stage, stage + 1), (0, _ANY))
        return here[0] if here[0] == here[1] else None

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
            ways = [self._spell(way) for way in self.ways[node]] or [{node: 1}]
            for stage in range(end):
                low, high = self._counts.get((node, stage, end), (0, _ANY))
                here = [self._people(atoms, stage, end) for atoms in ways]
                if (low, high) != (0, _ANY):
                    yield from (Line(terms, low, high) for terms in here)
                if low != high:  # two ways of adding up one unprinted count must agree
                    yield from (Line(_minus(here[0], other), 0, 0) for other in here[1:])
        for (node, stage, after), (low, high) in self._counts.items():
            if after < end:
                yield Line(self._people(self.spelt(node), stage, after), low, high)
        for part, whole, value in self._rates:
            middle = round(
                20 * value
            )  # one decimal: 2000 part lies within 1 of 20 × percentage, times the whole
            yield Line(self._weighted((part, 2000), (whole, 1 - middle)), 0, _ANY)
            yield Line(self._weighted((part, 2000), (whole, -1 - middle)), -_ANY, 0)

    def _weighted(self, *sums: tuple[Terms, int]) -> dict[int, int]:
        total: dict[int, int] = defaultdict(int)
        for terms, weight in sums:
            for (node, stage), sign in terms.items():
                for unknown, times in self._people(self.spelt(node), stage, len(self.stages)).items():
                    total[unknown] += weight * sign * times
        return {unknown: times for unknown, times in total.items() if times}

    def parts(self) -> list[Part]:
        """Independent parts."""
        n_stages = len(self.stages)
        n = len(self.column) * n_stages
        lines = self.lines()
        pairs = [(next(iter(line.terms)), other) for line in lines for other in line.terms]
        pairs += [(at - at % n_stages, at) for at in range(n)]  # the stages of one group belong together
        for node in range(len(self.rows)):
            first, *others = (self.column[atom] * n_stages for atom in self.spelt(node))
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
            cells = parts[label[self.column[next(iter(atoms))] * n_stages]].cells
            for stage in range(n_stages):
                cells[node, stage, "reached"] = self._people(atoms, stage, n_stages)
                if stage < self.last:
                    cells[node, stage, "left"] = self._people(atoms, stage, stage + 1)
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
