"""The coefficients of a fitted gate: estimates, limits, tests, and why one is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from stepup_equity.findings.models.data import GroupVariable
from stepup_equity.findings.models.formula_design import INTERCEPT
from stepup_equity.statistics.regression.fits import wald_interval, wald_p, wald_z
from stepup_equity.statistics.regression.functionals import Combination
from stepup_equity.statistics.regression.limits import likelihood_limits, likelihood_test
from stepup_equity.statistics.regression.profile import profile_intervals
from stepup_equity.statistics.regression.series import NOTHING, known_by_series
from stepup_equity.statistics.regression.term_tests import coefficient_tests

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.findings.models.formula_design import Column
    from stepup_equity.findings.models.gate_fits import GateFit

    Words = NDArray[np.object_]
    Ends = tuple[Floats | None, Floats | None]


IntervalMethod = Literal["auto", "wald", "profile"]

NOBODY = "nobody of this group with complete answers is at risk here"

FEWEST_CLUSTERS = 4
"""Clusters below which cluster-robust errors are refused."""

_ENTRIES = ("estimate", "std_error", "conf_low", "conf_high", "statistic", "p_value")
_MOST_NAMED = 3


@dataclass(frozen=True, eq=False)
class CoefficientTable:
    """Coefficients of one gate with all columns of the formula; NaN where one cannot be computed.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : ndarray, shape (n_columns,)
        On the scale of log odds.
    statistic, p_value : ndarray, shape (n_columns,)
        z or t of a Wald test, or chi-squared of a likelihood ratio, with its p-value.
    status : ndarray of str, shape (n_columns,)
        Why a number is missing, or what to know about it.
    bracketed : int
        Profile limits that needed a slower search.
    ends : dict of int to tuple of ndarray
        Parameters at the lower and the upper limit of a column, where a profile found them.
    """

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    statistic: Floats
    p_value: Floats
    status: Words
    bracketed: int
    ends: dict[int, Ends]


def coefficient_table(gate: GateFit, interval: IntervalMethod, confidence: float) -> CoefficientTable:
    """Estimates, errors, limits, p-values and what to say of each column.

    Parameters
    ----------
    gate : GateFit
    interval : {"auto", "wald", "profile"}
    confidence : float
    """
    numbers = {name: np.full(gate.kept.size, np.nan) for name in _ENTRIES}
    status = _statuses(gate)
    bracketed = 0
    ends: dict[int, Ends] = {}
    if gate.shown is not None and gate.covariance is not None:
        rows = gate.way_back[:, gate.shown_columns]
        out_of_reach = gate.infinite if gate.shown.method == "ml" else np.zeros(gate.kept.size, dtype=bool)
        place = np.flatnonzero(gate.determined & ~out_of_reach & (np.abs(rows) > 0).any(axis=1))
        rows = rows[place]
        numbers["estimate"][place] = rows @ gate.shown.coef
        spread = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", rows, gate.covariance, rows), 0.0))
        numbers["std_error"][place] = spread
        if gate.profiled(interval):
            bracketed, ends = _follow_likelihood(gate, place, rows, confidence, numbers, status)
        else:
            _wald(gate, place, confidence, numbers)
    if gate.errors == "cluster":
        _without_information(gate, numbers, status)
    unsaid = np.isnan(numbers["p_value"]) & (status == "")
    status[unsaid] = "not computed: the people here hold too little information"
    return CoefficientTable(status=status, bracketed=bracketed, ends=ends, **numbers)


def _wald(gate: GateFit, place: NDArray[np.intp], confidence: float, numbers: dict[str, Floats]) -> None:
    b, error = numbers["estimate"][place], numbers["std_error"][place]
    error = np.where(error > 0, error, np.nan)
    low, high = wald_interval(b, error, confidence, gate.df)
    numbers["std_error"][place] = error
    numbers["conf_low"][place], numbers["conf_high"][place] = low, high
    numbers["statistic"][place], numbers["p_value"][place] = wald_z(b, error), wald_p(b, error, gate.df)


def _follow_likelihood(
    gate: GateFit,
    place: NDArray[np.intp],
    rows: Floats,
    confidence: float,
    numbers: dict[str, Floats],
    status: Words,
) -> tuple[int, dict[int, Ends]]:
    """Limits and tests along the likelihood; how many were hard to find, and where they lie."""
    fit = gate.shown
    assert fit is not None
    single = (np.abs(rows) > 0).sum(axis=1) == 1
    hard, ends = 0, {}
    weights = np.concatenate([rows, np.zeros((len(rows), fit.theta.size - rows.shape[1]))], axis=1)
    known = known_by_series(fit, weights, confidence) if gate.observed is None else [NOTHING] * len(rows)
    for j, row, alone, weight, own in zip(place.tolist(), rows, single.tolist(), weights, known, strict=True):
        if fit.method == "firth" and alone:  # its likelihood is not concave: look for saddles
            column = np.flatnonzero(row)
            unit = float(row[column[0]])
            limits, test = (
                profile_intervals(fit, column, confidence=confidence),
                coefficient_tests(fit, column),
            )
            low, high = float(limits.low[0]) * unit, float(limits.high[0]) * unit
            numbers["statistic"][j], numbers["p_value"][j] = test.statistic[0], test.p_value[0]
            hard += int(limits.low_bracketed[0]) + int(limits.high_bracketed[0])
        else:
            if gate.observed is None:
                what = Combination(weight)
                found = own.limits or likelihood_limits(fit, what, confidence=confidence, starts=own.ends)
                test_of = own.test or likelihood_test(fit, what, start=own.level)
            else:
                observed, which = gate.observed
                found = observed.limits(which, weight, confidence=confidence)
                test_of = observed.test(which, weight)
            low, high = found.low, found.high
            numbers["statistic"][j], numbers["p_value"][j] = test_of
            hard += int(found.low_stepwise) + int(found.high_stepwise)
            ends[j] = (found.at_low, found.at_high)
        numbers["conf_low"][j], numbers["conf_high"][j] = low, high
        missing = [name for name, value in (("lower", low), ("upper", high)) if np.isnan(value)]
        if missing:
            sentence = f"{' and '.join(missing)} limit not found"
            status[j] = f"{status[j]}; {sentence}" if status[j] else sentence
    return hard, ends


def _statuses(gate: GateFit) -> Words:
    status = np.full(gate.kept.size, "", dtype=object)
    if gate.fit is None:
        status[:] = gate.reason
        return status
    if not gate.fit.converged and gate.separation is None:
        status[:] = "the fit did not converge"
    for j in np.flatnonzero(~gate.determined):
        status[j] = _undetermined(gate, int(j))
    entered, passed = gate.people
    for j in np.flatnonzero(gate.infinite & gate.determined):
        status[j] = _separated(gate, gate.whole.columns[j], entered[j], passed[j])
    return status


def _undetermined(gate: GateFit, j: int) -> str:
    """Why the people of a gate do not determine a coefficient."""
    column = gate.whole.columns[j]
    if gate.people[0][j] == 0:
        return NOBODY
    for name, _ in column.levels:
        absent = gate.absent_reference(name)
        if absent:
            return absent
    if column.name == INTERCEPT:
        absent = next(
            (words for v in gate.whole.data.variables if (words := gate.absent_reference(v.name))), ""
        )
        return absent or "cannot be told apart from other terms at this gate"
    others = gate.repeated_with(np.eye(gate.kept.size)[j] > 0)
    if column.numbers and not column.levels and others == (INTERCEPT,):
        return "everyone at risk here has the same number"
    return f"cannot be told apart from {said(others)} at this gate"


def said(names: tuple[str, ...]) -> str:
    """Some names, and that there are more."""
    shown = [name for name in names if name != INTERCEPT] or ["the intercept"]
    more = len(shown) - _MOST_NAMED
    return ", ".join(shown[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _separated(gate: GateFit, column: Column, entered: float, passed: float) -> str:
    if column.levels and passed in (0.0, entered):
        who = f"{'none' if passed == 0 else 'all'} of {entered:,.0f} passed"
    else:
        who = "together with other terms it tells some passes from failures"
    plain = gate.fit is not None and gate.fit.method == "ml"
    return f"separation: {who}{'; see method=' + repr('flac') if plain else ''}"


def _without_information(gate: GateFit, numbers: dict[str, Floats], status: Words) -> None:
    """Take away errors that clusters cannot tell, and say why."""
    if gate.fit is None or gate.spread is None:
        return
    for j, column in enumerate(gate.whole.columns):
        reason = no_information(gate, j, column)
        if reason and np.isfinite(numbers["estimate"][j]):
            for name in _ENTRIES[1:]:
                numbers[name][j] = np.nan
            status[j] = f"{status[j]}; {reason}" if status[j] else reason


def no_information(gate: GateFit, j: int, column: Column) -> str:
    """Why clusters tell nothing about a coefficient; empty where they do."""
    spread = gate.spread
    assert spread is not None
    if spread.clusters < FEWEST_CLUSTERS:
        return _too_few(spread.clusters)
    if column.name == INTERCEPT:
        return ""
    if column.levels and spread.holding[j] == 1:
        return "no error: all people of this group are in one cluster"
    for name, _ in column.levels:
        held = gate.whole.data.variable(name)
        if isinstance(held, GroupVariable) and gate.in_one_cluster(held, 0):
            return f"no error: all people of the reference {held.reference} are in one cluster"
    if spread.constant[j]:
        return "no error: it is the same for everybody of a cluster, so clusters tell nothing about it"
    return ""


def cluster_reason(gate: GateFit, variable: GroupVariable, group: int) -> str:
    """Why clusters tell nothing about a group's adjusted rate and ratio; empty where they do."""
    spread = gate.spread
    assert spread is not None
    if spread.clusters < FEWEST_CLUSTERS:
        return _too_few(spread.clusters)
    if gate.in_one_cluster(variable, group):
        return "no error: all people of this group are in one cluster"
    if gate.in_one_cluster(variable, 0):
        return f"no error: all people of the reference {variable.reference} are in one cluster"
    for j, column in enumerate(gate.whole.columns):
        if column.levels == ((variable.name, variable.groups[group]),) and spread.constant[j]:
            return no_information(gate, j, column)
    return ""


def _too_few(clusters: int) -> str:
    here = "1 cluster" if clusters == 1 else f"{clusters} clusters"
    return f"no error: {here} here, and at least {FEWEST_CLUSTERS} are needed"
