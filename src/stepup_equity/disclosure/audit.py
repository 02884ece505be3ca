"""The audit: what a reader can work out from everything printed, over the integers.

It is written apart from the optimiser and shares none of its model. It reads printed text: the ledger of this
release and those of earlier ones (`knowledge`, `closure`). For a cell it looks for whole-number solutions in
which the cell is as large, and as small, as it can be. Each solution is checked by integer arithmetic, so
that the rounding of a solver cannot pass a leak.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import highspy
import numpy as np
import scipy.sparse as sparse

from stepup_equity.disclosure.closure import breaches_of
from stepup_equity.disclosure.knowledge import ContradictionError, Knowledge
from stepup_equity.disclosure.layout import Row
from stepup_equity.statistics.solver import Solver, solver_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.disclosure.knowledge import Cell, Part
    from stepup_equity.disclosure.ledger import Ledger
    from stepup_equity.disclosure.policy import Policy

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

_DRAWS: Final = 8
"""Ways of pushing many cells at once; fewer cells than that are looked at one by one."""


Address = tuple[Row, str, str]
"""A cell: row, stage, and ``"reached"``, ``"pending"`` or ``"left"``."""


@dataclass(frozen=True, eq=False)
class Audit:
    """What a reader can work out.

    Attributes
    ----------
    cells : pandas.DataFrame
        A row for each cell looked at: ``cohort, characteristic, group, parent, stage, measure, low, high,
        safe``. ``low`` and ``high`` are the smallest and largest count that the reader cannot exclude; those
        of a safe cell may lie further apart still, unless exact intervals were asked for.
    breaches : pandas.DataFrame
        Printed values that are not functions of printed counts: ``cohort, characteristic, group, parent,
        stage, measure, text, why``.
    """

    cells: pd.DataFrame
    breaches: pd.DataFrame

    @property
    def holds(self) -> bool:
        """Whether every cell is safe and every printed value may stand."""
        return bool(self.cells["safe"].all()) and self.breaches.empty

    @property
    def exposed(self) -> pd.DataFrame:
        """The cells that are not safe."""
        return self.cells[~self.cells["safe"]].reset_index(drop=True)


def audit(
    ledgers: Sequence[Ledger],
    policy: Policy,
    *,
    sensitive: Sequence[Address] | None = None,
    exact: bool = False,
    order: Sequence[str] = (),
    linked: Sequence[tuple[Row, tuple[Row, ...]]] = (),
) -> Audit:
    """Work out what the printed numbers of these releases, taken together, give away.

    Parameters
    ----------
    ledgers : sequence of Ledger
        What was printed; the release in question last.
    policy : Policy
        What has been promised.
    sensitive : sequence of (row, stage, measure), optional
        The cells that must be safe. Without it nobody tells the audit which cells are sensitive, so every
        cell that a reader cannot show to be harmless must be safe: this is what an outsider can check.
    exact : bool
        Whether to find the exact interval of every cell, also of those already known to be safe.
    order : sequence of str, optional
        Every stage of the process in order, where releases that leave out different ones do not tell it.
    linked : sequence of (row, rows)
        Rows that a reader knows to be sums of others although no release says so.

    Raises
    ------
    ContradictionError
        Where no counts at all can have given what was printed.
    """
    import pandas as pd

    breaches = [breaches_of(ledger, policy if ledger is ledgers[-1] else None) for ledger in ledgers]
    known = Knowledge(ledgers, breaches, order, linked)
    outsider = sensitive is None
    cells = _all_cells(known) if sensitive is None else _named_cells(known, sensitive)
    found: dict[Cell, tuple[int, int]] = {}
    for part in known.parts():
        inside = [cell for cell in cells if cell in part.cells and known.printed_exactly(cell) is None]
        if inside or part.lines:
            found |= _Reader(part, policy).intervals(inside, exact=exact)
    rows = []
    for cell in cells:
        value = known.printed_exactly(cell)
        low, high = found[cell] if value is None else (value, value)
        row = known.rows[cell[0]]
        place = (row.cohort, row.characteristic, row.group, row.parent, known.stages[cell[1]], cell[2])
        harmless = outsider and (low >= policy.threshold or high < (0 if policy.zeros == "protect" else 1))
        rows.append((*place, low, high, harmless or _safe(low, high, policy)))
    columns = ["cohort", "characteristic", "group", "parent", "stage", "measure"]
    frame = pd.DataFrame(rows, columns=[*columns, "low", "high", "safe"])
    return Audit(
        frame.astype({"low": "int64", "high": "int64", "safe": bool}),
        pd.DataFrame(
            [
                (
                    r.cohort,
                    r.characteristic,
                    r.group,
                    r.parent,
                    ledger.stages[b.said.stage],
                    b.said.measure,
                    b.said.text,
                    b.why,
                )
                for ledger, loose in zip(ledgers, breaches, strict=True)
                for b in loose
                for r in [ledger.rows[b.said.row]]
            ],
            columns=[*columns, "text", "why"],
        ),
    )


def _all_cells(known: Knowledge) -> list[Cell]:
    rows, last = range(len(known.rows)), known.last
    reached = [(row, stage, "reached") for row in rows for stage in range(last + 1)]
    reached += [(row, gate, "pending") for row in rows for gate in known.waits]
    reached += [(row, *cell) for row in rows for cell in known.over_cells()]
    return reached + [(row, stage, "left") for row in rows for stage in range(last)]


def _named_cells(known: Knowledge, named: Sequence[Address]) -> list[Cell]:
    """Positions of named cells; one of which no release says anything is as free as can be."""
    over = set(known.over_cells())
    at = [
        (known.place[known.row_of(row)], known.stages.index(stage), measure)
        for row, stage, measure in named
        if known.row_of(row) in known.place and stage in known.stages
    ]
    return [
        cell
        for cell in at
        if cell[2] in ("reached", "left")
        or (cell[2] == "pending" and cell[1] in known.waits)
        or cell[1:] in over
    ]


def _safe(low: int, high: int, policy: Policy) -> bool:
    """Whether an interval keeps the promise; a wider one always does if a narrower one does.

    Rounding promises less: a count that is printed as 0 is below the base, whatever the threshold.
    """
    if policy.shows_all:
        return high - low >= policy.width
    return high >= policy.threshold and high - low >= policy.width


class _Reader:
    """Whole-number solutions of one independent part.

    Parameters
    ----------
    part : Part
    policy : Policy
    """

    def __init__(self, part: Part, policy: Policy) -> None:
        self._part = part
        self._policy = policy
        self._place = {unknown: i for i, unknown in enumerate(part.unknowns)}
        self._matrix = self._rows([line.terms for line in part.lines])
        self._low = np.array([line.low for line in part.lines], np.int64)
        self._high = np.array([line.high for line in part.lines], np.int64)
        self._all = np.arange(len(part.unknowns), dtype=np.int32)
        self._fractions = self._solver(whole=False)
        self._whole: Solver | None = None

    def _rows(self, sums: list[dict[int, int]]) -> sparse.csr_array:
        row = [i for i, terms in enumerate(sums) for _ in terms]
        column = [self._place[unknown] for terms in sums for unknown in terms]
        times = [count for terms in sums for count in terms.values()]
        matrix = sparse.coo_array(
            (np.array(times, np.int64), (np.array(row, np.int64), np.array(column, np.int64))),
            shape=(len(sums), len(self._part.unknowns)),
        )
        return sparse.csr_array(matrix)

    def _solver(self, *, whole: bool) -> Solver:
        n_unknowns = self._matrix.shape[1]
        limit = 10**14
        return solver_of(
            self._matrix,
            row_lower=np.where(self._low < -limit, -highspy.kHighsInf, self._low.astype(float)),
            row_upper=np.where(self._high > limit, highspy.kHighsInf, self._high.astype(float)),
            lower=np.zeros(n_unknowns),
            upper=np.full(n_unknowns, highspy.kHighsInf),
            cost=np.zeros(n_unknowns),
            whole=whole,
            warm=not whole,
        )

    def intervals(self, cells: list[Cell], *, exact: bool) -> dict[Cell, tuple[int, int]]:
        """Smallest and largest possible value of each cell; of a safe one, as far as was looked."""
        sums = self._rows([self._part.cells[cell] for cell in cells])
        wishes = sums.toarray()
        low = np.full(len(cells), np.iinfo(np.int64).max)
        high = np.full(len(cells), -1)

        def look(i: int, sign: int) -> None:
            people = self._solution(sign * wishes[i])
            np.minimum(low, sums @ people, out=low)
            np.maximum(high, sums @ people, out=high)

        if not cells:
            self._solution(np.zeros(len(self._all), np.int64))  # is there any?
        if not exact:
            self._all_at_once(wishes, sums, low, high)
        for i in range(len(cells)):
            for sign in (1, -1):
                if exact or not _safe(int(low[i]), int(high[i]), self._policy):
                    look(i, sign)
        return {cell: (int(low[i]), int(high[i])) for i, cell in enumerate(cells)}

    def _all_at_once(self, wishes: Ints, sums: sparse.csr_array, low: Ints, high: Ints) -> None:
        """Push half of the cells up and half down, in ways drawn at random: few solutions show most safe."""
        rng = np.random.default_rng(0)
        for _ in range(_DRAWS):
            unsafe = [i for i in range(len(wishes)) if not _safe(int(low[i]), int(high[i]), self._policy)]
            if len(unsafe) < _DRAWS:
                return
            wish = rng.choice([-1, 1], len(unsafe)) @ wishes[unsafe]
            for sign in (1, -1):
                people = self._some(sign * wish)
                if people is not None:
                    np.minimum(low, sums @ people, out=low)
                    np.maximum(high, sums @ people, out=high)

    def _some(self, wish: Ints) -> Ints | None:
        """People that fit and make a sum large, not the largest; None where none are found."""
        self._fractions.changeColsCost(len(self._all), self._all, -wish.astype(float))
        if self._fractions.settle() != highspy.HighsModelStatus.kOptimal:
            return None
        people: Ints = np.rint(np.array(self._fractions.getSolution().col_value)).astype(np.int64)
        if self._fits(people):
            return people
        rough = self._solver(whole=True)
        rough.setOptionValue("mip_rel_gap", 0.1)
        rough.setOptionValue("mip_max_nodes", 20)
        rough.changeColsCost(len(self._all), self._all, -wish.astype(float))
        rough.settle()
        people = np.rint(np.array(rough.getSolution().col_value)).astype(np.int64)
        return people if len(people) and self._fits(people) else None

    def _solution(self, wish: Ints) -> Ints:
        """People in whole numbers that fit everything printed and make the wished-for sum largest."""
        fractions = self._best(self._fractions, wish)
        people = np.rint(fractions).astype(np.int64)
        if np.abs(fractions - people).max(initial=0.0) < 1e-6 and self._fits(people):
            return people
        if self._whole is None:
            self._whole = self._solver(whole=True)
        people = np.rint(self._best(self._whole, wish)).astype(np.int64)
        if not self._fits(people):
            raise RuntimeError(
                "The solver's answer does not fit what was printed. Nothing can be concluded from it."
            )
        return people

    def _best(self, solver: Solver, wish: Ints) -> Floats:
        solver.changeColsCost(len(self._all), self._all, -wish.astype(float))
        status = solver.settle()
        if status == highspy.HighsModelStatus.kInfeasible:
            raise ContradictionError
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return self._bounded(solver, wish)
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"The audit's programme ended as {status}.")
        return np.array(solver.getSolution().col_value)

    def _bounded(self, solver: Solver, wish: Ints) -> Floats:
        """The same where no printed total limits the sum: a million people are as good as more."""
        solver.addRow(-highspy.kHighsInf, 1e6, len(self._all), self._all, wish.astype(float))
        status = solver.settle()
        people = np.array(solver.getSolution().col_value)
        solver.deleteRows(1, np.array([self._matrix.shape[0]], np.int32))
        if status != highspy.HighsModelStatus.kOptimal:
            raise ContradictionError
        return people

    def _fits(self, people: Ints) -> bool:
        sums = self._matrix @ people
        return bool((people >= 0).all() and (sums >= self._low).all() and (sums <= self._high).all())


def exposed_in(report: Audit) -> list[Address]:
    """Addresses of the cells that are not safe."""
    columns = ["cohort", "characteristic", "group", "parent", "stage", "measure"]
    return [
        (Row(*line[:4]), line[4], line[5])
        for line in report.exposed[columns].itertuples(index=False, name=None)
    ]
