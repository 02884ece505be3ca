"""Which group a cell belongs to, at a level or crossed, and the cells of some people alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import COHORT, NOT_STATED
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.given import check_known
from stepup_equity.records.routes import gates_without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.process import Programme
    from stepup_equity.records.cells import Axis, CellTable


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of one axis at a level, and where each label of the axis goes; -1 is in none."""

    labels: tuple[str, ...]
    positions: tuple[int, ...]
    parents: tuple[str | None, ...]
    reference: str | None
    label: str
    level: str
    ordered: bool
    show_empty: bool

    @classmethod
    def of(cls, programme: Programme, axis: Axis, level: str | None) -> Grouping:
        """The groups of an axis at a level."""
        if axis.kind != "characteristic":
            labels = tuple(label for label in axis.labels if label != NOT_STATED)
            place = {label: i for i, label in enumerate(labels)}
            positions = tuple(place.get(label, -1) for label in axis.labels)
            none = (None,) * len(labels)
            return cls(labels, positions, none, None, axis.name.capitalize(), "detailed", False, False)
        characteristic = programme.characteristic(axis.name)
        labels, positions, reference = characteristic.at_level(level)
        used = level or characteristic.test_level
        detailed = used == "detailed"
        parents = tuple(characteristic.parent_of(label) if detailed else None for label in labels)
        return cls(
            labels,
            (*positions, -1),
            parents,
            reference,
            characteristic.label,
            used,
            characteristic.ordered,
            characteristic.show_empty,
        )


def add_up(key: NDArray[np.int64], n: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Sum of `n` by key, exact for counts beyond 2**53 (a weighted bincount adds in floats)."""
    total = np.zeros(size, np.int64)
    np.add.at(total, key, n)
    return total


def crossed(
    columns: list[NDArray[np.int32]], parts: list[Grouping]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The combination of groups each cell belongs to, and whether it is in a group of each."""
    codes = np.zeros(len(columns[0]), np.int64)
    stated = np.ones(len(columns[0]), bool)
    for column, part in zip(columns, parts, strict=True):
        place = np.array(part.positions, np.int64)[column]
        stated &= place >= 0
        codes = codes * len(part.labels) + place
    return codes, stated


def product(labels: list[tuple[str, ...]]) -> tuple[str, ...]:
    """The names of all combinations, the last varying fastest."""
    out = labels[0]
    for more in labels[1:]:
        out = tuple(f"{a} × {b}" for a in out for b in more)
    return out


def selected(table: CellTable, where: Mapping[str, str] | None) -> CellTable:
    """The cells of those people alone."""
    if not where:
        return table
    keep = np.ones(len(table.n), bool)
    for name, label in where.items():
        check_known([name], table.names, argument="where", of="counted")
        labels = table.axis(name).labels
        check_known([label], labels, argument=f"where[{name!r}]", of=f"a label of {name!r}")
        keep &= table.column(name) == labels.index(label)
    return replace(
        table, codes=table.codes[keep], furthest=table.furthest[keep], exit=table.exit[keep], n=table.n[keep]
    )


def untold_groups(
    untold: Iterable[tuple[str, str, str]],
    tables: Sequence[CellTable],
    where: Mapping[str, str] | None,
    axis: Axis,
    part: Grouping,
) -> NDArray[np.bool_]:
    """Groups that a published table hides whole in one of these cohorts, *Not stated* last.

    `untold` names cohort, characteristic and label of each; a group that holds one of them is one of them.
    """
    held = cohorts_held(tables)
    asked = held & {where[COHORT]} if where and COHORT in where else held
    out = np.zeros(len(part.labels) + 1, bool)
    for cohort, name, label in untold:
        if name == axis.name and cohort in asked and label in axis.labels:
            out[part.positions[axis.labels.index(label)]] = True
    return out


def some_untold(
    untold: Iterable[tuple[str, str, str]],
    tables: Sequence[CellTable],
    where: Mapping[str, str] | None,
    table: CellTable,
) -> bool:
    """Whether a group of a table is hidden whole in one of these cohorts: who all are is not known."""
    held = cohorts_held(tables)
    asked = held & {where[COHORT]} if where and COHORT in where else held
    return any(
        cohort in asked and name in table.names and label in table.axis(name).labels
        for cohort, name, label in untold
    )


def cohorts_held(tables: Sequence[CellTable]) -> set[str]:
    """Cohorts of which there are people."""
    return {
        table.axis(COHORT).labels[code]
        for table in tables
        if COHORT in table.names
        for code in np.unique(table.column(COHORT)).tolist()
    }


def refuse_other_names(mine: Sequence[CellTable], others: Sequence[CellTable]) -> None:
    """Refuse to add up tables of other characteristics and strata."""
    ours, theirs = [t.names for t in mine], [t.names for t in others]
    if ours != theirs:
        names = [listed(dict.fromkeys(name for table in side for name in table)) for side in (ours, theirs)]
        raise ArgumentError(
            f"Counts by {names[0]} and by {names[1]} cannot be added. "
            "Count both by the same characteristics and strata."
        )


def past_missing_gates(
    table: CellTable, gates: Sequence[str], lacks: Callable[[str], Sequence[str]]
) -> tuple[NDArray[Any], list[NDArray[np.bool_]]]:
    """Furthest stage of each cell, and for each gate the cells that went past it since there was none.

    Whoever came as far as a gate that the cohort had not is as far as the stage behind it; `lacks` names the
    gates that a cohort had not.
    """
    lacked = gates_without(table, gates)
    past = [np.zeros(len(table.n), bool) if lacked is None else lacked[:, i] for i in range(len(gates))]
    labels = table.axis(COHORT).labels if COHORT in table.names else ()
    if not any(lacks(label) for label in labels):
        return table.furthest, past
    furthest, code = table.furthest.copy(), table.column(COHORT)
    for i, gate in enumerate(gates):
        missing = [gate in lacks(label) for label in labels]
        here = np.array(missing)[code] & (furthest >= i)
        furthest[here & (furthest == i)] += 1
        past[i] |= here
    return furthest, past


def same_cells(a: CellTable, b: CellTable) -> bool:
    """Whether two tables count the same people in the same cells."""
    return (
        a.axes == b.axes
        and np.array_equal(a.codes, b.codes)
        and np.array_equal(a.furthest, b.furthest)
        and np.array_equal(a.exit, b.exit)
        and np.array_equal(a.n, b.n)
    )
