"""Limits and tests along the observed likelihood, where blanks are shared out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import chdtrc, ndtri

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.regression.blanks_model import State
from stepup_equity.statistics.regression.limits import Limits
from stepup_equity.statistics.regression.missing_em import ENOUGH_FOR_VALUE, Held, climb

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats
    from stepup_equity.statistics.regression.missing_em import EmFit


_MOST_TRIES: Final = 20
_CLOSE: Final = 1e-4
"""How far, in standard errors, a limit may lie from where the likelihood has its target."""

_LONGEST: Final = 3.0
"""Most that one try may go beyond the last, in the distance from estimate to the first try."""


@dataclass(frozen=True, eq=False)
class ObservedFit:
    """What an EM fit has maximised, followed away from its peak.

    The profile of a coefficient is the largest observed likelihood with the coefficient held: EM once more,
    each Newton step of its gate along the slice, with all other coefficients, all other gates and who the
    people are moving along (constrained EM; Meng and Rubin 1993). A limit is where the signed root of twice
    the fall, which is nearly straight, meets the normal quantile.

    Attributes
    ----------
    fit : EmFit

    References
    ----------
    Meng, X.-L. and Rubin, D. B. (1993). Maximum likelihood estimation via the ECM algorithm: a general
    framework. Biometrika 80, 267-278.
    """

    fit: EmFit

    @cached_property
    def peak(self) -> float:
        """The observed log-likelihood at the estimate, with what FLAC's made-up people add."""
        return self.fit.found.value(self.fit.found.state)

    @property
    def work(self) -> int:
        """Records times the cells they may belong to, times coefficients: what all limits together cost."""
        return self.fit.pairs * sum(gate.theta.size for gate in self.fit.gates)

    def _highest(self, held: Held, value: float, start: State) -> tuple[float, State] | None:
        """The signed root of twice the fall to the highest point with a combination at a value."""
        found, gate = self.fit.found, held.gate
        along = self.fit.gates[gate].covariance @ held.weights
        own = start.theta[gate]
        own = own + along * (value - float(held.weights @ own)) / float(held.weights @ along)
        theta = (*start.theta[:gate], own, *start.theta[gate + 1 :])
        begin = State(theta, start.log_share)
        try:
            state, _, converged = climb(
                found.model, begin, found.kinds, found.made_up, held, ENOUGH_FOR_VALUE
            )
        except StatisticError:  # there the coefficients of some gate are not determined
            return None
        if not converged:
            return None
        fall = max(0.0, 2.0 * (self.peak - found.value(state)))
        side = np.sign(value - float(held.weights @ found.state.theta[gate]))
        return float(side * np.sqrt(fall)), state

    def limits(self, gate: int, weights: Floats, *, confidence: float = 0.95) -> Limits:
        """The values of a linear combination of one gate's parameters that the likelihood allows.

        Parameters
        ----------
        gate : int
            Position of the gate in the fit.
        weights : ndarray, shape (n_parameters of the gate,)
        confidence : float

        Returns
        -------
        Limits
            NaN where a limit was not found; ends are parameters of the gate.
        """
        held, z = Held(gate, weights), float(ndtri(0.5 + confidence / 2.0))
        (low, at_low), (high, at_high) = (self._end(held, side * z) for side in (-1.0, 1.0))
        return Limits(low, high, at_low, at_high, low_stepwise=False, high_stepwise=False)

    def _end(self, held: Held, target: float) -> tuple[float, Floats | None]:
        """The secant's way along the signed root from the estimate to its target."""
        state = self.fit.found.state
        estimate = float(held.weights @ state.theta[held.gate])
        covariance = self.fit.gates[held.gate].covariance
        before, root_before = estimate, 0.0
        here = estimate + target * float(np.sqrt(held.weights @ covariance @ held.weights))
        longest = _LONGEST * abs(here - estimate)
        for _ in range(_MOST_TRIES):
            found = self._highest(held, here, state)
            if found is None:
                break
            root, state = found
            if abs(root - target) <= _CLOSE:
                return here, state.theta[held.gate]
            if root == root_before:
                break
            step = (target - root) * (here - before) / (root - root_before)
            before, root_before = here, root
            here += float(np.clip(step, -longest, longest))
        return float("nan"), None

    def test(self, gate: int, weights: Floats, null: float = 0.0) -> tuple[float, float]:
        """Likelihood-ratio test of one value of a linear combination: chi-squared with one df, and p.

        Both are NaN where the largest likelihood with that value was not found.
        """
        found = self._highest(Held(gate, weights), null, self.fit.found.state)
        if found is None:
            return float("nan"), float("nan")
        statistic = found[0] ** 2
        return statistic, float(chdtrc(1.0, statistic))
