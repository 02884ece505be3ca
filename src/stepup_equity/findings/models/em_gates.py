"""Gates fitted with people whose characteristics are blank: one EM fit for all of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.errors import StatisticError
from stepup_equity.findings.models.data import GroupVariable
from stepup_equity.findings.models.gate_fits import GateFit, why_not
from stepup_equity.statistics.regression.blanks import Blanks
from stepup_equity.statistics.regression.fits import LogisticFit, independent_columns, null_log_likelihood
from stepup_equity.statistics.regression.likelihood import BinomialLikelihood
from stepup_equity.statistics.regression.missing_em import fit_em
from stepup_equity.statistics.regression.observed_limits import ObservedFit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.findings.models.data import Incomplete
    from stepup_equity.findings.models.formula_design import FormulaDesign
    from stepup_equity.findings.models.gate_fits import FitMethod
    from stepup_equity.statistics.regression.missing_em import EmFit, GateKind


Begin: TypeAlias = "Callable[[Callable[[], EmFit]], Callable[[], EmFit]]"
"""What begins a fit, here or elsewhere; what is returned waits for it."""


def here(fit: Callable[[], EmFit]) -> Callable[[], EmFit]:
    """Begin a fit here: it is made when it is asked for."""
    return fit


def begin_gates_with_blanks(
    whole: FormulaDesign, people: Incomplete, gates: Sequence[str], method: FitMethod, begin: Begin = here
) -> Callable[[], tuple[GateFit, ...]]:
    """Begin fits of the single gates in one model of how far somebody got, and of the whole way in its own.

    Parameters
    ----------
    whole : FormulaDesign
        On the complete cells.
    people : Incomplete
    gates : sequence of str
        Those asked for; single gates are fitted together whichever are asked for.
    method : {"auto", "ml", "flac"}
        With ``"auto"``, FLAC at gates where all or none of those who stated some group passed.
    begin : callable
        Where to fit the single gates; the whole way is fitted here, in a third of the time.

    Returns
    -------
    callable
        The fits, when it is called.
    """
    every = whole.data.gates
    single = [i for i, gate in enumerate(every) if gate != OVERALL]
    begun = [
        _begun_together(whole, people, positions, method, where)
        for positions, where in ((single, begin), ([every.index(OVERALL)], here))
        if any(every[i] in gates for i in positions)
    ]

    def fitted() -> tuple[GateFit, ...]:
        found = {fit.gate: fit for together in begun for fit in together()}
        return tuple(found[gate] for gate in gates)

    return fitted


def _begun_together(
    whole: FormulaDesign, people: Incomplete, positions: Sequence[int], method: FitMethod, begin: Begin
) -> Callable[[], list[GateFit]]:
    nothing = np.zeros(whole.design.n_columns, dtype=bool)
    empty = [
        GateFit(
            whole.data.gates[i], whole, i, method, "model", True, nothing, stated=_stated(whole, people, i),
            reason=why_not(people.n * people.at_risk[:, i], people.n * people.passed[:, i]),
        )
        for i in positions
    ]  # fmt: skip
    open_gates = [gate for gate in empty if not gate.reason]
    if not open_gates:
        return lambda: empty
    at = [gate.position for gate in open_gates]
    everywhere = np.ones(whole.design.n_rows)
    kept = []
    for gate in open_gates:
        seen = gate.people[0] > 0
        own = independent_columns(whole.design.columns(seen), everywhere)
        columns = seen.copy()
        columns[seen] = own
        kept.append(columns)
    kinds = [_kind(gate, method) for gate in open_gates]
    variables = [v for v in whole.data.variables if isinstance(v, GroupVariable)]
    blanks = Blanks(
        tuple(len(v.groups) for v in variables),
        people.codes,
        people.at_risk[:, at],
        people.passed[:, at],
        people.n,
    )
    cells = np.column_stack([v.codes for v in variables])
    designs = [whole.design.columns(columns) for columns in kept]
    coming = begin(partial(fit_em, blanks, cells, designs, kinds))

    def fitted() -> list[GateFit]:
        try:
            observed = ObservedFit(coming())
        except StatisticError as error:
            return [gate if gate.reason else replace(gate, reason=f"not fitted: {error}") for gate in empty]
        found = {
            gate.gate: _as_fit(gate, observed, j, kept[j], kinds[j]) for j, gate in enumerate(open_gates)
        }
        return [found.get(gate.gate, gate) for gate in empty]

    return fitted


def _kind(gate: GateFit, method: FitMethod) -> GateKind:
    if method in ("ml", "flac"):
        return "ml" if method == "ml" else "flac"
    entered, passed = gate.people
    alike = (entered > 0) & ((passed == 0) | (passed == entered))
    return "flac" if alike.any() else "ml"


def _stated(whole: FormulaDesign, people: Incomplete, position: int) -> tuple[Floats, Floats]:
    """People at risk and passed of each column, among those who stated what it takes to be in it."""
    names = [v.name for v in whole.data.variables]
    groups = {v.name: v.groups for v in whole.data.variables if isinstance(v, GroupVariable)}
    entered, passed = np.zeros(len(whole.columns)), np.zeros(len(whole.columns))
    at_risk = people.n * people.at_risk[:, position]
    through = people.n * people.passed[:, position] * people.at_risk[:, position]
    for j, column in enumerate(whole.columns):
        inside = np.ones(people.n.size, dtype=bool)
        for name, group in column.levels:
            inside &= people.codes[:, names.index(name)] == groups[name].index(group)
        entered[j], passed[j] = at_risk[inside].sum(), through[inside].sum()
    return entered, passed


def _as_fit(gate: GateFit, observed: ObservedFit, place: int, kept: Bools, kind: GateKind) -> GateFit:
    """What the rest of the model asks of a gate, from its part of the EM fit."""
    found = observed.fit.gates[place]
    likelihood = found.likelihood
    s, m = likelihood.successes, likelihood.trials
    size = likelihood.design.n_columns
    at_risk, passed = gate.whole.data.at_risk.astype(float), gate.whole.data.passed.astype(float)
    at_risk[:, gate.position], passed[:, gate.position] = m, s
    data = replace(gate.whole.data, at_risk=at_risk, passed=passed)
    point = likelihood.at(found.theta)
    fit = LogisticFit(
        likelihood,
        kind,
        found.theta,
        found.covariance,
        found.covariance[:size, :size],
        point.value,
        BinomialLikelihood(likelihood.design, s, m).at(found.theta[:size]).value,
        null_log_likelihood(s, m),
        float(m.sum()),
        float(np.abs(point.score).max(initial=0.0)),
        observed.fit.converged,
        observed.fit.cycles,
        proven_finite=True,
    )
    return replace(
        gate,
        whole=replace(gate.whole, data=data),
        kept=kept,
        fit=fit,
        shown=fit,
        shown_columns=kept,
        covariance=found.covariance[:size, :size],
        observed=(observed, place),
    )
