"""A stranger who has the printed table and a solver: an attacker that shares nothing with the product.

It reads ``characteristic, group, parent, stage, measure, value`` as they are printed, writes down what any
careful reader would (whole numbers of people, stages that follow each other, groups that add up, a row that
has somebody in it), and asks a solver of another make for the smallest and the largest a hidden count can be.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

Key = tuple[str, str, str, str]
"""Cohort, characteristic, group, parent."""
Cell = tuple[Key, str, str]
"""Key, stage, measure."""


def _number(text: str) -> int | None:
    plain = text.replace(",", "")
    return int(plain) if plain.isdigit() else None


@dataclass
class Stranger:
    """What is known: unknown whole numbers, and sums of them that lie between two numbers."""

    place: dict[Cell, int] = field(default_factory=dict)
    lines: list[tuple[dict[int, int], float, float]] = field(default_factory=list)
    low: dict[int, float] = field(default_factory=dict)
    high: dict[int, float] = field(default_factory=dict)

    def at(self, cell: Cell) -> int:
        return self.place.setdefault(cell, len(self.place))

    def adds_up(self, whole: Iterable[int], parts: Iterable[int]) -> None:
        terms: dict[int, int] = defaultdict(int)
        for one in whole:
            terms[one] += 1
        for one in parts:
            terms[one] -= 1
        self.lines.append((dict(terms), 0.0, 0.0))

    def read(
        self, frame: pd.DataFrame, *, base: int = 0, presence: bool = True, nearest: bool = False
    ) -> None:
        """One release, as its tidy file prints it; counts to a base where it rounds.

        Whoever left is known by the two stages between which that was, since releases may leave stages out.
        """
        frame = between(frame)
        counts = frame[frame["measure"].str.match("reached$|left |pending ")]
        stages = list(dict.fromkeys(counts["stage"]))
        texts: dict[Cell, str] = {}
        for r in counts.itertuples():
            who = ("All", "Total", "") if r.group == "Total" else (r.characteristic, r.group, r.parent)
            texts[(r.cohort, *who), r.stage, r.measure] = r.value
        gone = {(stage, measure.split()[0]): measure for _, stage, measure in texts}
        keys = list(dict.fromkeys(key for key, _, _ in texts))
        waits = any(measure.startswith("pending") for _, _, measure in texts)
        for key in keys:
            for s, stage in enumerate(stages[:-1]):
                parts = [self.at((key, stage, gone[stage, "left"])), self.at((key, stages[s + 1], "reached"))]
                if waits:
                    parts.append(self.at((key, stage, gone[stage, "pending"])))
                self.adds_up([self.at((key, stage, "reached"))], parts)
        for cell, text in texts.items():
            number = _number(text)
            if number is None:
                continue
            low, high = float(number), float(number)
            if base and not (nearest and cell[2].startswith("left")):
                low, high = (
                    (number - base // 2, number + (base - 1) // 2)
                    if nearest
                    else (number - base + 1, number + base - 1)
                )
            elif base:
                low, high = number - 2 * base, number + 2 * base
            self.bound(cell, low, high)
        self._sums(keys, [(stage, measure) for stage, measure in dict.fromkeys(c[1:] for c in texts)])
        if presence:
            cohort = list(dict.fromkeys(key[0] for key in keys))[-1]
            for key in keys:
                if key[0] == cohort and texts[key, stages[0], "reached"] != "0":
                    self.bound((key, stages[0], "reached"), 1, np.inf)

    def bound(self, cell: Cell, low: float, high: float) -> None:
        at = self.at(cell)
        self.low[at] = max(self.low.get(at, 0.0), low)
        self.high[at] = min(self.high.get(at, np.inf), high)

    def _sums(self, keys: Sequence[Key], columns: Sequence[tuple[str, str]]) -> None:
        cohorts = list(dict.fromkeys(key[0] for key in keys))
        for stage, measure in columns:

            def of(key: Key, stage: str = stage, measure: str = measure) -> int:
                return self.at((key, stage, measure))

            for cohort in cohorts:
                everybody = (cohort, "All", "Total", "")
                mine = [key for key in keys if key[0] == cohort and key != everybody]
                for name in dict.fromkeys(key[1] for key in mine):
                    own = [key for key in mine if key[1] == name]
                    self.adds_up([of(everybody)], [of(key) for key in own if not key[3]])
                    for parent in dict.fromkeys(key[3] for key in own if key[3]):
                        parts = [of(key) for key in own if key[3] == parent]
                        self.adds_up([of((cohort, name, parent, ""))], parts)
                    for axis, of_margin in enumerate(name.split(" × ") if " × " in name else ()):
                        for key in mine:
                            parts = [of(k) for k in own if k[2].split(" × ")[axis] == key[2]]
                            if key[1] == of_margin and not key[3] and parts:
                                self.adds_up([of(key)], parts)
            if "All" in cohorts and len(cohorts) > 1:
                for key in keys:
                    if key[0] == "All":
                        self.adds_up([of(key)], [of((c, *key[1:])) for c in cohorts if c != "All"])

    def knows(self, whole: Key, parts: Sequence[Key], stages: Sequence[str]) -> None:
        """Something anybody knows of the words: one group is others together."""
        for stage in stages:
            self.adds_up(
                [self.at((whole, stage, "reached"))], [self.at((p, stage, "reached")) for p in parts]
            )

    def interval(self, cell: Cell) -> tuple[int, int]:
        """The smallest and the largest number that cannot be excluded; a thousand stands for any."""
        at, n = self.at(cell), len(self.place)
        low = np.array([self.low.get(i, 0.0) for i in range(n)])
        high = np.minimum([self.high.get(i, np.inf) for i in range(n)], 10**6)
        rows = [(i, j, v) for i, (terms, _, _) in enumerate(self.lines) for j, v in terms.items()]
        i, j, v = zip(*rows, strict=True)
        matrix = coo_array((v, (i, j)), shape=(len(self.lines), n)).tocsr()
        lines = LinearConstraint(matrix, [line[1] for line in self.lines], [line[2] for line in self.lines])
        ends = []
        for sign in (1, -1):
            cost = np.zeros(n)
            cost[at] = sign
            found = milp(cost, constraints=lines, bounds=Bounds(low, high), integrality=np.ones(n))
            assert found.x is not None, f"nothing fits what is printed: {found.message}"
            ends.append(round(float(found.x[at])))
        return ends[0], ends[1]


def between(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with whoever left, or waits, between two stages named by the second too."""
    stages = list(dict.fromkeys(frame["stage"]))
    following = dict(itertools.pairwise(stages))
    named = [
        f"{measure} before {following[stage]}" if measure in ("left", "pending") else measure
        for stage, measure in zip(frame["stage"], frame["measure"], strict=True)
    ]
    return frame.assign(measure=named)


def small(counts: object, threshold: int, **options: object) -> list[Cell]:
    """Cells that are small in truth."""
    import stepup_equity as su

    frame = between(su.protect(counts, "internal", **options).frame)
    frame = frame[frame["measure"].str.match("reached$|left |pending ")]
    return [
        ((r.cohort, r.characteristic, r.group, r.parent), r.stage, r.measure)
        for r in frame.itertuples()
        if 0 < int(r.number) < threshold and (r.group != "Total" or r.characteristic == "All")
    ]


def below(stranger: Stranger, cells: Iterable[Cell], threshold: int) -> list[tuple[Cell, int, int]]:
    """Cells of which the stranger finds out more than was promised."""
    found = []
    for cell in cells:
        low, high = stranger.interval(cell)
        if high < threshold or high - low < threshold - 1:
            found.append((cell, low, high))
    return found
