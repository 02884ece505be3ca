"""Groups beside their references, for one characteristic or several: where gaps and cliff edges start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.errors import ArgumentError, unknown_name
from stepup_equity.findings.gates import chosen_characteristics, gate_table, reference_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.counts import Denominator, Funnel, StageCounts
    from stepup_equity.process import SelectionProcess
    from stepup_equity.statistics.inputs import Floats

    Ints = NDArray[np.int64]
    Labels = NDArray[np.object_]

__all__ = [
    "SINGLE_GATES",
    "WHOLE_WAY",
    "Cells",
    "Pairs",
    "cells_of",
    "owners_of",
    "pairs_of",
    "reference_for",
]


SINGLE_GATES: Final = slice(None, -1)
WHOLE_WAY: Final = slice(-1, None)
"""Columns of `Pairs`: each gate, and from the first stage to the last."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """The groups of one characteristic, each beside its reference, at every gate and over the whole way.

    Attributes
    ----------
    funnel : Funnel
        Where they come from; stated groups only.
    groups, parents : tuple
        The groups compared, the reference itself left out, and their broad groups.
    gates : tuple of str
        Keys; ``"overall"`` last.
    reference : ndarray of str, shape (n_groups, n_gates + 1)
        Name of the reference of each cell.
    entered, at_risk, passed : ndarray of int64, shape (n_groups, n_gates + 1)
        Those who entered, those a rate is of, and those who passed.
    ref_entered, ref_at_risk, ref_passed : ndarray of int64, shape (n_groups, n_gates + 1)
        The same of the reference.
    compared : ndarray of bool, shape (n_groups, n_gates + 1)
        False where a group would be compared with itself.
    all_at_risk : ndarray of int64, shape (n_groups of the funnel, n_gates)
        Those a rate is of, for every stated group of the funnel, the reference too.
    """

    funnel: Funnel
    groups: tuple[str, ...]
    parents: tuple[str | None, ...]
    gates: tuple[str, ...]
    reference: Labels
    entered: Ints
    at_risk: Ints
    passed: Ints
    ref_entered: Ints
    ref_at_risk: Ints
    ref_passed: Ints
    compared: NDArray[np.bool_]
    all_at_risk: Ints

    @property
    def characteristic(self) -> str:
        """Name of the characteristic, or of the crossing."""
        return self.funnel.characteristic


def pairs_of(
    counts: StageCounts,
    by: str | Sequence[str | tuple[str, ...]] | None,
    *,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    denominator: Denominator = "entered",
) -> list[Pairs]:
    """Pairs for each characteristic asked about.

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        One characteristic; a tuple to be crossed; a list of several; None for all.
    reference : str or mapping, optional
        As in `reference_of`, or one for each characteristic by name.
    level, where, denominator
        As in `selection_rates`.
    groups : sequence of str, optional
        Only these are compared; the reference, and what it is picked from, stays as it is.
    """
    found = []
    for name in chosen_characteristics(counts, by):
        funnel = counts.funnel(name, level=level, where=where)
        found.append(_pairs(funnel, reference_for(funnel.characteristic, reference), groups, denominator))
    if reference is not None and not isinstance(reference, str):
        known = [pairs.characteristic for pairs in found]
        for name in reference:
            if name not in known:
                raise unknown_name(name, known, argument="reference", of="a characteristic of this call")
    if groups is not None:
        if len(found) > 1:
            raise ArgumentError(
                f"groups= names groups of one characteristic, but this call is about {len(found)}. "
                "Give by= as well."
            )
        found[0].funnel.choose(groups)  # refuses a name that is not a group
    return found


def reference_for(characteristic: str, reference: str | Mapping[str, str] | None) -> str | None:
    """The reference asked for, where one may be given for each characteristic by name."""
    if reference is None or isinstance(reference, str):
        return reference
    return reference.get(characteristic)


def _pairs(
    funnel: Funnel, reference: str | None, groups: Sequence[str] | None, denominator: Denominator
) -> Pairs:
    table = gate_table(funnel, denominator)
    against = reference_of(funnel, table, reference)
    ref_entered = _entered_of(table.entered, against.is_self)
    rows = [
        i
        for i, group in enumerate(funnel.groups)
        if not against.is_self[i].all() and (groups is None or group in groups)
    ]
    at_risk = table.at_risk[:, :-1]
    return Pairs(
        funnel=funnel,
        groups=tuple(funnel.groups[i] for i in rows),
        parents=tuple(funnel.parents[i] for i in rows),
        gates=table.gates,
        reference=against.label[rows],
        entered=table.entered[rows],
        at_risk=table.at_risk[rows],
        passed=table.passed[rows],
        ref_entered=ref_entered[rows],
        ref_at_risk=against.at_risk[rows],
        ref_passed=against.passed[rows],
        compared=~against.is_self[rows],
        all_at_risk=at_risk,
    )


def _entered_of(entered: Ints, is_self: NDArray[np.bool_]) -> Ints:
    """Those of each cell's reference who entered, at risk or not."""
    if not is_self.any():  # everyone else is the reference
        rest: Ints = entered.sum(0) - entered
        return rest
    chosen = is_self.argmax(0)
    every: Ints = np.broadcast_to(entered[chosen, np.arange(entered.shape[1])], entered.shape)
    return every


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """Every comparison of a run end to end: characteristics one after another, groups, then gates.

    Attributes
    ----------
    passed, at_risk, ref_passed, ref_at_risk : ndarray, shape (n_cells,)
    compared : ndarray of bool, shape (n_cells,)
        False where a group would be compared with itself; nobody is at risk there.
    """

    passed: Floats
    at_risk: Floats
    ref_passed: Floats
    ref_at_risk: Floats
    compared: NDArray[np.bool_]

    @property
    def counts(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Passed and at risk of the groups, and of their references."""
        return self.passed, self.at_risk, self.ref_passed, self.ref_at_risk


def cells_of(every: Sequence[Pairs], columns: slice) -> Cells:
    """All comparisons of several characteristics, at `SINGLE_GATES` or over the `WHOLE_WAY`."""

    def flat(name: str) -> Floats:
        return np.concatenate([getattr(pairs, name)[:, columns].ravel() for pairs in every]).astype(
            np.float64
        )

    compared = flat("compared").astype(bool)
    return Cells(
        np.where(compared, flat("passed"), 0.0),
        np.where(compared, flat("at_risk"), 0.0),
        flat("ref_passed"),
        flat("ref_at_risk"),
        compared,
    )


def owners_of(process: SelectionProcess, gates: Sequence[str]) -> list[str]:
    """Who decides at each gate; several may over the whole way, so that is left empty."""
    return ["" if gate == OVERALL else process.gate(gate).owner for gate in gates]
