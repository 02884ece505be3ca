"""What earlier releases have already said about the people who are counted now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.disclosure.cuts import bounds_of_labels, tiles
from stepup_equity.disclosure.layout import TOTAL, Row
from stepup_equity.disclosure.ledger import named
from stepup_equity.disclosure.series import ContradictedError, refuse_other_groups, refuse_same_people
from stepup_equity.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.disclosure.counted import Counted
    from stepup_equity.disclosure.cube import Cube
    from stepup_equity.disclosure.cuts import Bounds
    from stepup_equity.disclosure.ledger import Ledger
    from stepup_equity.disclosure.series import Renamed


@dataclass(frozen=True, eq=False)
class Past:
    """A system with what is known of it before this release.

    Attributes
    ----------
    rows : tuple of Row
        Those of the cube, then rows that only earlier releases printed.
    sums : tuple of (int, tuple of int)
    counted : Counted
    counts : ndarray of int64, shape (n_rows, n_counts)
    lower, upper : ndarray, shape (n_rows, n_cells)
        Zero and infinity where nothing was said.
    linked : tuple of (Row, tuple of Row)
        Bands of an earlier release that are sums of bands here, by their bounds.
    unasked : frozenset of Row
        As in the cube.
    """

    rows: tuple[Row, ...]
    sums: tuple[tuple[int, tuple[int, ...]], ...]
    counted: Counted
    counts: NDArray[np.int64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    linked: tuple[tuple[Row, tuple[Row, ...]], ...] = ()
    unasked: frozenset[Row] = frozenset()

    @property
    def asked(self) -> NDArray[np.bool_]:
        """Which rows must be protected."""
        return np.array([row not in self.unasked for row in self.rows], bool)


def past_of(
    cube: Cube,
    ledgers: Sequence[Ledger],
    renamed: Renamed | None = None,
    bounds: Mapping[str, Mapping[str, Bounds]] | None = None,
) -> Past:
    """The cube's system, with the rows and numbers of earlier releases.

    A row of an earlier release is found by cohort, characteristic and group, or as the sum of rows that are.
    What is said of cohorts that are not here says nothing about the people counted now; the audit still takes
    it into account. `renamed` says which cohorts of the ledgers are the same people under another name,
    `bounds` where bands of a number end, so that a band which was printed before and is not counted now is
    found as the sum of those that are.

    Raises
    ------
    ArgumentError
        Where an earlier release printed a number that the counts contradict, or a group that they lack, or
        the same people under another name.
    """
    for ledger in ledgers:
        strange = [stage for stage in ledger.stages if stage not in cube.stages]
        if strange:
            raise ArgumentError(
                f"The ledger of {ledger.title!r} has the stage {strange[0]!r}, which these counts do not "
                "have. Give the ledgers of earlier releases of the same process."
            )
        _refuse_unnamed_cohort(cube, ledger)
        refuse_same_people(cube, ledger, renamed or {})
    rows, sums, held = list(cube.rows), list(cube.sums), list(cube.counts)
    pooled = cube.layout.pooled
    place = {key_of(row, pooled): i for i, row in enumerate(rows)}
    found, linked = [], []
    for ledger in ledgers:
        here = {i: place[key_of(row, ())] for i, row in enumerate(ledger.rows) if key_of(row, ()) in place}
        for at, parts in _deepest_first(ledger):
            if at not in here and all(part in here for part in parts):
                row = replace(ledger.rows[at], stated=True)
                here[at] = place[key_of(row, ())] = len(rows)
                rows.append(row)
                sums.append((here[at], tuple(here[part] for part in parts)))
                held.append(np.sum([held[here[part]] for part in parts], axis=0))
        for at, row, parts in _bands(ledger, here, place, rows, bounds or {}):
            here[at] = place[key_of(row, ())] = len(rows)
            linked.append((row, tuple(named(rows[part], pooled) for part in parts)))
            rows.append(row)
            sums.append((here[at], parts))
            held.append(np.sum([held[part] for part in parts], axis=0))
        refuse_other_groups(cube, ledger, here)
        found.append(here)
    counts = np.array(held, np.int64)
    cells = cube.counted.cells(counts)
    lower, upper = np.zeros(cells.shape), np.full(cells.shape, np.inf)
    for ledger, here in zip(ledgers, found, strict=True):
        for at_row, cell, low, high in _numbers(ledger, cube.stages, cube.counted):
            if at_row not in here:
                continue
            place_of = here[at_row], cell
            if not low <= cells[place_of] <= high:
                raise ContradictedError(
                    f"The ledger of {ledger.title!r} contradicts the counts at "
                    f"{_where(ledger.rows[at_row])}. Is it another cohort's ledger? Give each cohort its own "
                    "label, and the ledgers of these same records. Were records corrected or erased since? "
                    "Say so: corrected=True, or --corrected. The difference of two tables is the record that "
                    "was corrected, so numbers stand as first published wherever it would show."
                )
            lower[place_of], upper[place_of] = max(lower[place_of], low), min(upper[place_of], high)
    return Past(tuple(rows), tuple(sums), cube.counted, counts, lower, upper, tuple(linked), cube.unasked)


def _bands(
    ledger: Ledger,
    here: Mapping[int, int],
    place: Mapping[tuple[str, str, str, str], int],
    rows: Sequence[Row],
    bounds: Mapping[str, Mapping[str, Bounds]],
) -> list[tuple[int, Row, tuple[int, ...]]]:
    """Bands printed before that are cut finer now: position, row, and the rows they are the sum of."""
    found = []
    for at, row in enumerate(ledger.rows):
        own = bounds.get(row.characteristic)
        if at in here or not own or row.group == TOTAL:
            continue
        said = bounds_of_labels(r.group for r in ledger.rows if r.characteristic == row.characteristic)
        names = tiles(said[row.group], own) if row.group in said else ()
        top = {rows[i].group: i for key, i in place.items() if key[:2] == (row.cohort, row.characteristic)}
        if names and all(name in top for name in names):
            found.append((at, replace(row, stated=True), tuple(top[name] for name in names)))
    return found


def _refuse_unnamed_cohort(cube: Cube, ledger: Ledger) -> None:
    """Records without a cohort and records with one may be the same people, and nothing would say so."""
    here, there = ({row.cohort for row in rows} for rows in (cube.rows, ledger.rows))
    if ("" in here) != ("" in there):
        which = (
            "has a cohort without a label, and these counts have labels"
            if "" in there
            else ("has labels of cohorts, and these counts have none")
        )
        way = (
            "name its cohort with ledger.with_cohort('NAME') or --ledger-label NAME, " if "" in there else ""
        )
        raise ArgumentError(
            f"The ledger of {ledger.title!r} {which}, so nobody can tell whether they are the same people. "
            f"Read both with the same cohort column, {way}or leave the ledger out where they are others."
        )


def key_of(row: Row, pooled: tuple[str, ...]) -> tuple[str, str, str, str]:
    """What two releases call the same people."""
    return (
        named(row, pooled).cohort,
        "" if row.group == TOTAL else row.characteristic,
        row.group,
        row.parent,
    )


def _deepest_first(ledger: Ledger) -> list[tuple[int, tuple[int, ...]]]:
    """Sums in an order in which parts come before wholes, as far as there is one."""
    waiting = list(ledger.sums)
    ordered: list[tuple[int, tuple[int, ...]]] = []
    while waiting:
        wholes = {at for at, _ in waiting}
        ready = [way for way in waiting if not wholes & set(way[1])] or waiting
        ordered += ready
        waiting = [way for way in waiting if way not in ready]
    return ordered


def _numbers(ledger: Ledger, stages: tuple[str, ...], counted: Counted) -> list[tuple[int, int, int, int]]:
    """Printed counts that are cells of the system: row, cell, smallest, largest.

    Where an earlier release knows of nobody who waits, its *left* is of everybody who did not go on.
    """
    numbers = []
    for (row, stage, measure), (low, high) in ledger.counts.items():
        start = stages.index(ledger.stages[stage])
        end = start if measure == "reached" else stages.index(ledger.stages[stage + 1])
        waits = counted.position("pending", start, end)
        if measure == "left" and waits is not None and not ledger.waiting:
            continue
        cell = counted.position(measure, start, end)
        if cell is not None:
            numbers.append((row, cell, low, high))
    return numbers


def _where(row: Row) -> str:
    cohort = f", cohort {row.cohort!r}" if row.cohort else ""
    return f"{row.characteristic!r}, group {row.group!r}{cohort}"
