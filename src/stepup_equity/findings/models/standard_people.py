"""Over whom adjusted rates are averaged: those at a gate whose rates the people there determine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.statistics.regression.design import CodedDesign

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.intp]

_NOBODY: Final = 1e-9
"""Share of people below which blanks shared out to a combination do not count in averages."""

_MOVES: Final = 1e-6
"""Change of log odds below which a direction that nothing is known of leaves somebody alone."""

_FEWEST: Final = 0.9
"""Share of the people that averages must be over; else there are none."""


@dataclass(frozen=True, eq=False)
class StandardPeople:
    """Everyone put into each group in turn, and the people of each row.

    Where one person is the only Sikh and the only Chinese applicant at a gate, nobody knows how a Sikh of
    another group would have fared. That person then stands in no average over ethnicity; everybody else does,
    as long as nine in ten do.

    Attributes
    ----------
    designs : list of CodedDesign
        In the order of the variable's groups.
    weights : ndarray, shape (n_rows,)
        People.
    determined : ndarray of bool, shape (n_groups,)
        Groups whose rate these people determine.
    everyone : float
        People at risk, left out of the averages or not.
    """

    designs: list[CodedDesign]
    weights: Floats
    determined: Bools
    everyone: float

    @classmethod
    def of(cls, gate: GateFit, designs: Sequence[CodedDesign], row: Ints) -> StandardPeople:
        """Those of one gate, from what `FormulaDesign.with_everyone_in_each` gives."""
        weights = np.asarray(np.bincount(row, gate.at_risk, designs[0].n_rows), dtype=np.float64)
        here = np.flatnonzero(weights > _NOBODY * weights.sum())
        people = weights[here]
        moved = [design.rows(here) for design in designs]
        loose = np.zeros((len(moved), here.size), dtype=bool)
        for direction in gate.repeats.T:
            for g, design in enumerate(moved):
                loose[g] |= np.abs(design.linear_predictor(direction)) > _MOVES
        inside = ~loose[0]
        if inside.all() or people[inside].sum() < _FEWEST * people.sum():
            whole = np.asarray(~loose.any(axis=1), dtype=bool)
            return cls(moved, people, whole, float(people.sum()))
        kept = np.flatnonzero(inside)
        determined = np.asarray(~loose[:, kept].any(axis=1), dtype=bool)
        return cls([design.rows(kept) for design in moved], people[kept], determined, float(people.sum()))

    @property
    def share(self) -> Floats:
        """Share of the people in each row."""
        return np.asarray(self.weights / self.weights.sum(), dtype=np.float64)

    @property
    def note(self) -> str:
        """That averages are not over everyone; empty where they are."""
        used = float(self.weights.sum())
        if used == self.everyone:
            return ""
        return (
            f"averaged over {used:,.0f} of {self.everyone:,.0f} people: the groups of the others cannot be "
            "told apart here"
        )
