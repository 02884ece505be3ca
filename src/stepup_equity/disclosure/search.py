"""Which cells to hide: as few and as small as possible, so that no sensitive cell can be worked out.

Minimise Σ wᵢ zᵢ over z ∈ {0, 1}, where z = 1 hides a cell, such that for every sensitive cell p

    max xₚ ≥ aₚ + up   and   max xₚ − min xₚ ≥ width   over   M x = 0, x = a wherever z = 0, x within what is
    known.

Each condition fails only if some dual solution of the attacker's linear programme says so; that dual solution
is a linear inequality on z (a *capacity cut*). Cuts are added until none is violated: first for the linear
relaxation of the master problem, then for its integer solutions. Coefficients are cut down to the right-hand
side, cells that are hidden in any case are taken out first, and *cover* inequalities (all that a cut could
still use, if not enough, needs one cell more) are added beside them.

Fischetti & Salazar-González (2000), Models and algorithms for optimizing cell suppression in tabular data
with linear constraints, J. Am. Stat. Assoc. 95, 916-928; (2001), Solving the cell suppression problem on
tabular data with linear constraints, Management Science 47, 1008-1027.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np
import scipy.sparse as sparse

from stepup_equity.disclosure.attacker import Attacker, Router
from stepup_equity.statistics.solver import solver_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.disclosure.system import Requirements, System
    from stepup_equity.statistics.solver import Solver


SLACK: Final = 1e-6
_STAGES: Final = ((0.05, 20), (0.01, 100), (0.0, 500), (0.0, 5000))
"""Relative gap and nodes of each integer solve: rough ones first, since they are cheap ways to find cuts."""
_INWARDS: Final = 1e-3
"""Cuts are sought at a point this much nearer to hiding everything: of all that are violated, the deepest is
found."""
_ROUNDS: Final = 100
"""Integer solves at one stage before the next."""
_SOLVES: Final = 3_000
"""Solves of one master at most; each adds a cut, or is the last of its stage."""
_EFFORT: Final = 60_000
"""Simplex iterations of all integer solves of one block. Not a time limit: the same input gives the same
answer."""
_LOOKS: Final = 300_000
"""Simplex iterations of the attacker in one block, after which what is found is made safe; and half as many
again to print what need not be hidden. Where somebody gives seconds, these count instead."""


@dataclass(slots=True)
class Push:
    """What the attacker found out about one requirement that is not met."""

    need: float
    coefficients: Floats
    constant: float


def short_of(
    attacker: Attacker, needs: Requirements, hidden: Floats, *, tight: bool
) -> dict[int, list[Push]]:
    """Requirements that are not met, with the duality bounds that say so.

    A *tight* look lets no cell move further than is needed. What is met then is met; what is not may still
    be. What one push moves is a witness for every cell it moves, so most requirements need no push of theirs.
    """
    short: dict[int, list[Push]] = defaultdict(list)
    for reach in np.unique(np.concatenate([needs.up, needs.width])):
        goal = float(reach) - SLACK
        attacker.look(hidden, float(reach) if tight else np.inf)
        moved = attacker.at_rest()
        for i in np.flatnonzero((needs.up == reach) | (needs.width == reach)):
            cell = int(needs.cell[i])
            if moved.up[cell] >= goal:
                continue
            wide = bool(needs.width[i] == reach and moved.up[cell] + moved.down[cell] >= goal)
            if needs.up[i] != reach and wide:
                continue
            up = attacker.push(cell, 1.0)
            if up >= goal:
                moved.see(attacker.deviations())
                continue
            above = attacker.proof()
            if needs.up[i] == reach:
                short[int(i)].append(Push(float(reach), *above))
            if needs.width[i] == reach and not wide:
                if up + attacker.push(cell, -1.0) < goal:
                    below = attacker.proof()
                    short[int(i)].append(Push(float(reach), above[0] + below[0], above[1] + below[1]))
                else:
                    moved.see(attacker.deviations())
    return short


@dataclass(slots=True)
class Search:
    """The search in one block."""

    system: System
    needs: Requirements
    weights: Floats
    forbidden: list[Bools]
    deadline: float = np.inf
    attacker: Attacker = field(init=False)
    master: Solver = field(init=False)
    always: Bools = field(init=False)
    cost: Floats = field(init=False)
    cuts: set[tuple[bytes, bytes]] = field(init=False, default_factory=set)
    least: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.attacker = Attacker(self.system)
        self.cost = self.weights[self.system.choice]
        place = np.full(self.system.cells.size, -1)
        place[self.attacker.choice] = np.arange(len(self.attacker.choice))
        own = place[self.needs.cell[(self.needs.up > 0) | (self.needs.width > 0)]]
        self.always = np.zeros(len(self.cost), bool)
        self.always[own[own >= 0]] = True
        self.master = self._empty_master()
        for pattern in self.forbidden:
            printed = np.flatnonzero(~pattern[self.system.choice])
            if not len(printed):
                continue  # everything is hidden already
            self._add(printed, np.ones(len(printed)), np.zeros(len(self.cost)))

    def run(self) -> Bools:
        """Hidden cells, shape (n_rows, n_counts)."""
        chosen = np.zeros(self.system.choice.shape, bool)
        if len(self.needs.cell) or self.forbidden:
            self._relax()
            chosen[self.system.choice] = self._integers()
        return chosen

    def _empty_master(self) -> Solver:
        n = len(self.cost)
        return solver_of(
            sparse.csr_array((0, n)),
            row_lower=np.zeros(0),
            row_upper=np.zeros(0),
            lower=self.always.astype(float),
            upper=np.ones(n),
            cost=self.cost,
        )

    def _solve(self) -> Floats:
        self.master.settle()
        found: Floats = np.clip(np.array(self.master.getSolution().col_value), 0.0, 1.0)
        return found

    def _relax(self) -> None:
        """Cuts for the linear relaxation, until none is violated."""
        for _ in range(_SOLVES):
            z = self._solve()
            self.least = max(self.least, self.master.getInfo().objective_function_value)
            if not self._separate(z)[0] or self._late:
                return

    @property
    def _late(self) -> bool:
        """Whether the time that somebody gave is over; where nobody gave any, whether the effort is spent."""
        if self.deadline < np.inf:
            return time.monotonic() > self.deadline
        return self.attacker.effort > _LOOKS

    @property
    def _ended(self) -> bool:
        """Whether what is hidden must stay so."""
        return self._late if self.deadline < np.inf else self.attacker.effort > 1.5 * _LOOKS

    def _integers(self) -> Bools:
        """Cuts for integer solutions, until none is violated or the effort is spent."""
        n = len(self.cost)
        kinds = np.full(n, int(highspy.HighsVarType.kInteger), np.uint8)
        self.master.changeColsIntegrality(n, np.arange(n, dtype=np.int32), kinds)
        spent, rounds, stage = 0, 0, 0
        z, short = np.ones(n), 0
        for _ in range(_SOLVES):
            gap, nodes = _STAGES[stage]
            self.master.setOptionValue("mip_rel_gap", gap)
            self.master.setOptionValue("mip_max_nodes", nodes)
            z = np.round(self._solve())
            info = self.master.getInfo()
            self.least = max(self.least, info.mip_dual_bound)
            spent += info.simplex_iteration_count
            rounds += 1
            added, short = self._separate(z)
            last = stage == len(_STAGES) - 1
            if not short and (last or float(self.cost @ z) <= self.least + SLACK):
                return z > 0.5
            if spent > _EFFORT or self._late or (short and not added):
                return self._repaired(z > 0.5) if short else z > 0.5
            if not last and (not short or rounds >= _ROUNDS):
                stage, rounds = stage + 1, 0
        return self._repaired(z > 0.5) if short else z > 0.5

    def _separate(self, z: Floats) -> tuple[int, int]:
        """Add the cuts that `z` violates; return how many, and how many requirements it does not meet."""
        short: dict[int, list[Push]] = {}
        for point in (z + _INWARDS * (1 - z), z):
            short = short_of(self.attacker, self.needs, point, tight=True)
            added = self._cut_all(short, z)
            if added:
                return added, len(short)
        if not short:
            return 0, 0
        # The reach may have been too short: look again without it.
        unmet = short_of(self.attacker, self.needs.take(np.array(sorted(short))), z, tight=False)
        return self._cut_all(unmet, z), len(unmet)

    def _cut_all(self, short: dict[int, list[Push]], z: Floats) -> int:
        return sum(self._cut(push, z) for pushes in short.values() for push in pushes)

    def _cut(self, push: Push, z: Floats) -> bool:
        """Add the capacity cut of a push, and its cover, where `z` violates them."""
        need = push.need - push.constant - float(push.coefficients[self.always].sum())
        if not need > SLACK:
            return False
        share = np.where(self.always, 0.0, np.minimum(push.coefficients, need) / need)
        cells = np.flatnonzero(share > 1e-9)
        share = share[cells]
        covered = self._cover(cells, share, z)
        return self._add(cells, share, z) or covered

    def _cover(self, cells: NDArray[np.intp], share: Floats, z: Floats) -> bool:
        """Leave out as much as is not enough by itself: of the rest, one cell must be hidden."""
        if not (share < 1 - SLACK).any():
            return False
        room = 1.0 - SLACK
        left_out = np.zeros(len(cells), bool)
        for i in np.lexsort((cells, -z[cells] / share)):
            if share[i] < room - 1e-9:
                left_out[i] = True
                room -= share[i]
        rest = cells[~left_out]
        return self._add(rest, np.ones(len(rest)), z)

    def _add(self, cells: NDArray[np.intp], share: Floats, z: Floats) -> bool:
        if float(share @ z[cells]) >= 1 - SLACK:
            return False
        key = (cells.tobytes(), np.round(share, 6).tobytes())
        if key in self.cuts:
            return False
        self.cuts.add(key)
        self.master.addRow(1.0, highspy.kHighsInf, len(cells), cells.astype(np.int32), share)
        return True

    def limit(self) -> float:
        """A proven lower limit of the weight of what must be hidden, from the relaxation alone."""
        if len(self.needs.cell):
            self._relax()
        return self.least

    def mended(self, hidden: Bools) -> Bools:
        """A pattern, shape (n_rows, n_counts), with what it still lacks and without what it need not hide."""
        chosen = np.zeros(self.system.choice.shape, bool)
        chosen[self.system.choice] = self._repaired(hidden[self.system.choice] | self.always)
        for pattern in self.forbidden:
            if (chosen <= pattern).all():  # it was found wanting: everything, and the audit will judge
                chosen = self.system.choice.copy()
        return chosen

    def _repaired(self, hidden: Bools) -> Bools:
        """Hide what is still missing along the cheapest routes, then print what need not be hidden."""
        hidden = hidden.copy()
        router = Router(self.system, self.attacker)
        for _ in range(len(hidden)):  # each round hides one cell more, or is the last
            short = short_of(self.attacker, self.needs, hidden.astype(float), tight=False)
            if not short:
                break
            before = int(hidden.sum())
            for i in short:
                hidden |= self._on_the_way(router, i, hidden)
            if hidden.sum() == before:  # no route leads further: everything, and the audit will judge
                hidden[:] = True
                break
        return self._pruned(hidden)

    def _on_the_way(self, router: Router, i: int, hidden: Bools) -> Bools:
        """What moves on the cheapest way to meet a requirement: all of it upwards, or else the rest down."""
        cell, up = int(self.needs.cell[i]), float(self.needs.up[i])
        width = float(self.needs.width[i])
        cost = np.where(hidden, 0.0, self.cost)
        moved = router.route(cell, 1.0, max(up, width), cost)
        if moved is not None:
            return np.abs(moved[self.attacker.choice]) > SLACK
        self.attacker.look(np.ones(len(hidden)), np.inf)
        above = float(np.floor(self.attacker.push(cell, 1.0) + SLACK))
        found = np.zeros_like(hidden)
        for sign, distance in ((1.0, above), (-1.0, width - above)):
            moved = router.route(cell, sign, distance, np.where(found, 0.0, cost))
            if moved is None:
                return np.ones_like(hidden)
            found |= np.abs(moved[self.attacker.choice]) > SLACK
        return found

    def _pruned(self, hidden: Bools) -> Bools:
        """Print again, dearest first, whatever no requirement needs."""
        uses = np.zeros((len(self.needs.cell), len(hidden)), bool)
        unmet = short_of(self.attacker, self.needs, hidden.astype(float), tight=False)
        for i, used in self._witnesses(np.setdiff1d(np.arange(len(uses)), list(unmet)), hidden).items():
            uses[i] = used
        for cell in np.argsort(-self.cost, kind="stable"):
            if not hidden[cell] or self.always[cell] or self._ended:
                continue
            hidden[cell] = False
            affected = np.flatnonzero(uses[:, cell])
            found = self._witnesses(affected, hidden)
            for i, used in found.items():
                uses[i] = used
            hidden[cell] = len(found) < len(affected)
        return hidden

    def _witnesses(self, chosen: NDArray[np.intp], hidden: Bools) -> dict[int, Bools]:
        """For each requirement, the choices that move when it is met; ends at the first that is not."""
        found: dict[int, Bools] = {}
        near = float(max(self.needs.up.max(), self.needs.width.max()))
        looking = np.nan
        for i in chosen:
            for reach in (near, np.inf):  # near first: such a witness moves few cells
                if looking != reach:
                    self.attacker.look(hidden.astype(float), reach)
                    looking = reach
                used = self._witness(int(i))
                if used is not None:
                    found[int(i)] = used
                    break
            else:
                break
        return found

    def _witness(self, i: int) -> Bools | None:
        cell, up, width = int(self.needs.cell[i]), self.needs.up[i] - SLACK, self.needs.width[i] - SLACK
        above = self.attacker.push(cell, 1.0)
        used = self._moved()
        if above < up:
            return None
        if above < width:
            if above + self.attacker.push(cell, -1.0) < width:
                return None
            used |= self._moved()
        return used

    def _moved(self) -> Bools:
        return np.abs(self.attacker.deviations()[self.attacker.choice]) > 1e-9
