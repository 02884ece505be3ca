"""The system of one release: what a reader knows of every cell, and which cells are to be decided."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.disclosure.ledger import over
from stepup_equity.disclosure.suppression import unprotectable
from stepup_equity.disclosure.system import System, sensitive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.disclosure.audit import Address
    from stepup_equity.disclosure.counted import Counted
    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.layout import Row
    from stepup_equity.disclosure.past import Past
    from stepup_equity.disclosure.policy import Policy
    from stepup_equity.disclosure.system import Bools, Requirements


def somebody(cube: Cube) -> NDArray[np.intp]:
    """Cells of which a reader can tell without their number that they hold somebody.

    That somebody waits, where there is one gate.
    """
    counted = cube.layout.counted
    if len(counted.waiting) != 1:
        return np.zeros(0, np.intp)
    whole = [i for i, row in enumerate(cube.layout.rows) if row.is_total][-1]
    return np.array([whole * counted.n_cells + counted.n_stages], np.intp)


def printed_system(cube: Cube, *, rounded: bool = False) -> System:
    """What is printed and what binds it, with nothing known beforehand.

    Combinations of characteristics that add up each other are rows too; not what only earlier releases say,
    nor what need not add up where it is `rounded`.
    """
    counted = cube.layout.counted
    place = {row: i for i, row in enumerate(cube.rows)}
    linked = [(place[row], tuple(place[part] for part in parts)) for row, parts in cube.linked]
    bound = [way for way in linked if way not in cube.layout.sums]
    n = cube.n_rounded if rounded else len(cube.layout.rows) if cube.everything else len(cube.rows)
    sums = (*cube.layout.sums, *(way for way in bound if max(way[0], *way[1]) < n))
    counts = cube.counts[:n][:, cube.kept]
    shape = (n, counted.n_cells)
    nothing = np.zeros(counts.shape, bool)
    return System(counts, counted, sums, nothing, np.zeros(shape), np.full(shape, np.inf))


def system_of(cube: Cube, past: Past, policy: Policy) -> System:
    """Everything that binds the cells, and which of them are to be decided."""
    counted, n_counts = past.counted, past.counted.n_counts
    printable = np.zeros(past.counts.shape, bool)
    printable[np.ix_(range(len(cube.layout.rows)), cube.kept)] = ~cube.left_out
    always = printable & _always_printed(past, cube, policy)
    lower, upper = past.lower.copy(), past.upper.copy()
    lower[:, :n_counts][always] = upper[:, :n_counts][always] = past.counts[always]
    if not cube.layout.listed:  # a row that is printed has somebody in it
        for i, row in enumerate(cube.layout.rows):
            if row.cohort == cube.layout.cohorts[-1]:
                lower[i, 0] = max(lower[i, 0], min(past.counts[i, 0], 1))
    known = lower[:, :n_counts] == upper[:, :n_counts]
    cells = counted.cells(past.counts)
    for whole, parts in counted.relations():
        follows = parts[0]  # what is left, where everything else is known
        if whole >= n_counts:
            both = (lower[:, parts] == upper[:, parts]).all(axis=1)
            lower[both, whole] = upper[both, whole] = cells[both, whole]
        elif follows >= n_counts:
            both = known[:, [whole, *parts[1:]]].all(axis=1)
            lower[both, follows] = upper[both, follows] = cells[both, follows]
    totals = {row.cohort: i for i, row in enumerate(past.rows) if row.is_total}
    for i, row in enumerate(past.rows):  # nobody is more than everybody
        if row.cohort in totals:
            upper[i] = np.minimum(upper[i], upper[totals[row.cohort]])
    whole = totals[cube.layout.cohorts[-1]]
    waits = [at for at in counted.single.values() if past.counts[whole, at]]
    if len(waits) == 1:  # numbers of people who wait say that somebody does
        lower[whole, waits[0]] = max(lower[whole, waits[0]], 1.0)
    return System(past.counts, counted, past.sums, printable & ~known, lower, upper)


def _always_printed(past: Past, cube: Cube, policy: Policy) -> Bools:
    """Totals, unless the policy may hide them, and headline cells.

    How many wait is as sensitive for everybody as for a group: few wait for long. A group without anybody
    says so, where a row tells of somebody.
    """
    always = np.zeros(past.counts.shape, bool)
    n_stages = past.counted.n_stages
    small = sensitive(past.counts, past.counted, policy)
    for i, row in enumerate(past.rows):
        if row.is_total and policy.totals == "print":
            always[i] = True
            for gate, at in past.counted.single.items():
                always[i, at] = not small[i, [at, past.counted.left(gate)]].any()
            for at in past.counted.implied:
                always[i, at] = False
        for characteristic, group, headline in policy.keep:
            if characteristic in ("*", row.characteristic) and group in ("*", row.group):
                always[i, :n_stages] |= [headline in ("*", key) for key in cube.stages]
        if not cube.layout.listed and row in cube.layout.place and row.cohort == cube.layout.cohorts[-1]:
            always[i] |= past.counts[i, 0] == 0
    always[np.ix_(range(len(cube.layout.rows)), cube.kept)] &= ~cube.summed
    return always


def stricter(system: System, needs: Requirements, rows: set[int]) -> Requirements:
    """Ask for one more of the cells in these rows, where one more is possible at all."""
    more = np.isin(needs.cell // system.counted.n_cells, list(rows)).astype(float)
    asked = replace(needs, up=needs.up + more, width=needs.width + more)
    more[unprotectable(system, asked)] = 0.0
    return replace(needs, up=needs.up + more, width=needs.width + more)


def addresses(
    rows: Sequence[Row], stages: tuple[str, ...], counted: Counted, cells: NDArray[np.int64]
) -> list[Address]:
    """Rows, stages and measures of flat positions."""
    found = []
    for cell in cells.tolist():
        row, column = divmod(cell, counted.n_cells)
        stage, measure, end = counted.address(column)
        found.append((rows[row], stages[stage], over(measure, stage, end, stages)))
    return found
