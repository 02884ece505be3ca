"""What every comparison starts from: the gates of a funnel, the whole way, and whom to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import NOT_STATED, OVERALL
from stepup_equity.errors import ArgumentError, unknown_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import Denominator, Funnel, StageCounts

    Ints = NDArray[np.int64]

__all__ = [
    "LEFT_OUT",
    "GateTable",
    "Reference",
    "chosen_characteristics",
    "gate_table",
    "reference_of",
    "with_reason",
]

_PICKED: Final = ("largest", "highest", "rest")


@dataclass(frozen=True, eq=False)
class GateTable:
    """People at risk and passed by group, at every gate and over the whole way.

    Attributes
    ----------
    gates : tuple of str
        Keys of the gates; ``"overall"`` last.
    entered, at_risk, passed : ndarray of int64, shape (n_groups, n_gates + 1)
        Those who entered, those a rate is of, and those who passed.
    """

    gates: tuple[str, ...]
    entered: Ints
    at_risk: Ints
    passed: Ints


LEFT_OUT: Final = "some who entered are pending or left: they are not in the denominator"
"""Status of a rate that is not of everybody who entered."""


def gate_table(funnel: Funnel, denominator: Denominator = "entered") -> GateTable:
    """The gates of a funnel, and over the whole way those who applied and those who got to the end."""
    at_risk = funnel.denominator(denominator)
    out = (funnel.entered - at_risk).sum(1, keepdims=True)
    first, last = funnel.reached[:, :1], funnel.reached[:, -1:]
    return GateTable(
        gates=(*funnel.gates, OVERALL),
        entered=np.hstack([funnel.entered, first]),
        at_risk=np.hstack([at_risk, first - out]),
        passed=np.hstack([funnel.passed, last]),
    )


def chosen_characteristics(
    counts: StageCounts, by: str | Sequence[str | tuple[str, ...]] | None
) -> tuple[str | tuple[str, ...], ...]:
    """What a call is about: one characteristic, a tuple to be crossed, a list of several, or all counted."""
    if not hasattr(counts, "funnel"):
        raise ArgumentError(
            f"counts is a {type(counts).__name__}. Count first: su.count_stages(su.read_applicants(...)), "
            "or su.StageCounts.from_table(...) for a published table."
        )
    if by is None:
        return counts.characteristics
    if isinstance(by, list):
        return tuple(by)
    return (by,) if isinstance(by, str) else (tuple(str(name) for name in by),)


@dataclass(frozen=True, eq=False)
class Reference:
    """Whom each group is compared with.

    Attributes
    ----------
    label : ndarray of str, shape (n_groups, n_gates + 1)
        Name of the reference of each row.
    at_risk, passed : ndarray of int64, shape (n_groups, n_gates + 1)
        Its counts.
    is_self : ndarray of bool, shape (n_groups, n_gates + 1)
        Where a group would be compared with itself.
    """

    label: NDArray[np.object_]
    at_risk: Ints
    passed: Ints
    is_self: NDArray[np.bool_]


def reference_of(funnel: Funnel, table: GateTable, reference: str | None) -> Reference:
    """Counts of the reference for every group and gate.

    Parameters
    ----------
    funnel : Funnel
        Stated groups only.
    table : GateTable
        Its gates.
    reference : str or None
        A group; ``"largest"`` stated group; ``"highest"`` rate at each gate; ``"rest"``, everyone else
        stated; None for the declared reference, or the largest group where none is declared.

    Raises
    ------
    ArgumentError
        Where the reference is not one of the groups, or is *Not stated*.
    """
    if reference == NOT_STATED:
        raise ArgumentError(
            f"reference={reference!r} cannot be a reference: it is not a group. Name a group."
        )
    n_groups, n_gates = table.passed.shape
    if n_groups == 0:
        none = np.zeros((0, n_gates), np.int64)
        return Reference(none.astype(object), none, none, none.astype(bool))
    name = reference or funnel.reference or "largest"
    if name == "rest":
        label = np.full((n_groups, n_gates), "rest", object)
        at_risk = table.at_risk.sum(0) - table.at_risk
        return Reference(
            label, at_risk, table.passed.sum(0) - table.passed, np.zeros((n_groups, n_gates), bool)
        )
    if name == "highest":
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = np.where(table.at_risk > 0, table.passed / table.at_risk, -1.0)
        chosen = rate.argmax(0)
    elif name == "largest":
        chosen = np.full(n_gates, int(funnel.reached[:, 0].argmax()))
    elif name in funnel.groups:
        chosen = np.full(n_gates, funnel.groups.index(name))
    else:
        raise unknown_name(
            name, (*funnel.groups, *_PICKED), argument="reference", of=f"a group of {funnel.characteristic!r}"
        )
    gate = np.arange(n_gates)
    shape = (n_groups, n_gates)
    labels = np.array([funnel.groups[i] for i in chosen], object)
    return Reference(
        np.broadcast_to(labels, shape),
        np.broadcast_to(table.at_risk[chosen, gate], shape),
        np.broadcast_to(table.passed[chosen, gate], shape),
        np.arange(n_groups)[:, None] == chosen[None, :],
    )


def with_reason(status: NDArray[np.object_], where: NDArray[np.bool_], more: str) -> NDArray[np.object_]:
    """The status, with one more reason in those cells."""
    longer = np.where(status == "", more, status + f"; {more}")
    return np.where(where, longer, status).astype(object)
