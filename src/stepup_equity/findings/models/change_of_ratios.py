"""From a ratio as counted to the same people's adjusted one: how far, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.findings.models.standard_people import StandardPeople
from stepup_equity.statistics.regression.design import CodedDesign, intercept, treatment
from stepup_equity.statistics.regression.fits import fit_firth, fit_logistic, independent_columns
from stepup_equity.statistics.regression.flac import fit_flac
from stepup_equity.statistics.regression.functionals import LogRatio

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.findings.models.data import GroupVariable
    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.statistics.regression.fits import LogisticFit

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.intp]


_FITS = {"ml": fit_logistic, "firth": fit_firth, "flac": fit_flac}


@dataclass(frozen=True, slots=True)
class Change:
    """What holding the rest equal does to the log ratios of one characteristic.

    Attributes
    ----------
    estimate : ndarray, shape (n_groups,)
        Log of the adjusted ratio minus log of the crude one.
    std_error : ndarray, shape (n_groups,)
    explained : ndarray, shape (n_groups,)
        Share of the crude log ratio that is gone; negative where the gap grows.
    """

    estimate: Floats
    std_error: Floats
    explained: Floats


def change_of_ratios(
    gate: GateFit, variable: GroupVariable, everyone: tuple[list[CodedDesign], Ints]
) -> Change:
    """Compare a gate's adjusted ratios with the crude ones of the same people.

    Both are functions of the same outcomes; given who the people are, each person moves either by its
    influence times outcome minus expectation, so the variance of the difference follows from the difference
    of the two influences. Where nobody or everybody of a group passed, the crude ratio is that of the model's
    own kind with the characteristic alone.

    Parameters
    ----------
    gate : GateFit
    variable : GroupVariable
        The reference is its first group.
    everyone : tuple
        What `FormulaDesign.with_everyone_in_each` gives for it, alike at all gates.
    """
    size = len(variable.groups)
    nothing = Change(*(np.full(size, np.nan) for _ in range(3)))
    if not gate.reliable or gate.fit is None:
        return nothing
    rows, m = gate.rows, gate.at_risk[gate.rows]
    codes = variable.codes[rows]
    people, passed = (np.bincount(codes, counted, size) for counted in (m, gate.passed[rows]))
    present = np.asarray(people > 0)
    if not present[0] or present.sum() < 2:
        return nothing
    by_group = CodedDesign.of([intercept(size), treatment(np.arange(size), size)])
    kept = independent_columns(by_group, people)
    crude = _FITS[gate.fit.method](by_group.columns(kept), passed, people)
    spread = m * gate.fit.fitted * (1.0 - gate.fit.fitted)
    people_there = StandardPeople.of(gate, *everyone)
    moved, share = [design.columns(gate.kept) for design in people_there.designs], people_there.share
    determined = people_there.determined & people_there.determined[0]
    alone = [_alone(g, size, kept) for g in range(size)]
    estimate, error, explained = np.full(size, np.nan), np.full(size, np.nan), np.full(size, np.nan)
    for g in np.flatnonzero(present[1:] & determined[1:]) + 1:
        adjusted_ratio, by_adjusted = _log_ratio(gate.fit, LogRatio(moved[g], moved[0], share))
        crude_ratio, by_crude = _log_ratio(crude, LogRatio(alone[g], alone[0], np.ones(1)))
        if passed[g] > 0 and passed[0] > 0:
            crude_ratio = float(np.log(passed[g] / people[g]) - np.log(passed[0] / people[0]))
        estimate[g] = adjusted_ratio - crude_ratio
        error[g] = np.sqrt(float(spread @ (by_adjusted - by_crude[codes]) ** 2))
        explained[g] = 1.0 - adjusted_ratio / crude_ratio if crude_ratio != 0 else np.nan
    error[error <= 1e-9] = np.nan  # nothing else in the model: there is no change to be unsure of
    return Change(estimate, error, explained)


def _log_ratio(fit: LogisticFit, what: LogRatio) -> tuple[float, Floats]:
    """The log ratio, and how much one person's outcome moves it, by row of the fit."""
    shape = what.at(fit.theta, bent=False)
    size = fit.design.n_columns
    towards = (fit.theta_covariance @ shape.slope)[:size]
    return shape.value, fit.design.linear_predictor(towards)


def _alone(group: int, size: int, kept: Bools) -> CodedDesign:
    """One person of a group, in the model of the characteristic alone."""
    return CodedDesign.of([intercept(1), treatment(np.array([group]), size)]).columns(kept)
