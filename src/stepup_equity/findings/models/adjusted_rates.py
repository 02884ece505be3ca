"""Rates with everything else held equal: standardised rates, adjusted impact ratios, marginal effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import expit, logit, ndtri

from stepup_equity.findings.models.data import GroupVariable, NumberVariable
from stepup_equity.statistics import e_values
from stepup_equity.statistics.regression import compare_rates, standardised_rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.statistics.regression import CodedDesign

    Floats = NDArray[np.float64]

__all__ = ["adjusted_frame"]

MOST_PREDICTIONS = 20_000_000
"""Fitted rates that one characteristic's adjusted rates may need, groups times patterns: some seconds."""

_SEPARATED = "separation at this gate; see method='firth'"

_NUMBERS: Final = (
    "adjusted_rate",
    "rate_se",
    "rate_low",
    "rate_high",
    "adjusted_ratio",
    "log_ratio_se",
    "ratio_low",
    "ratio_high",
    "e_value",
    "e_value_limit",
    "effect",
    "effect_se",
    "effect_low",
    "effect_high",
)


def adjusted_frame(gates: Sequence[GateFit], confidence: float) -> pd.DataFrame:
    """Adjusted rates of every gate, characteristic and group, and marginal effects of numeric covariates.

    Everyone who entered a gate is given each group in turn, other things as they are; the average of the
    fitted rates is the group's adjusted rate (Lane and Nelder 1982). Limits are delta-method, of rates on the
    scale of log odds, of ratios on the log scale.
    """
    import pandas as pd

    by_variable = [_of_variable(gates, v, confidence) for v in gates[0].whole.data.variables]
    ordered = [parts[g] for g in range(len(gates)) for parts in by_variable]
    columns = {name: np.concatenate([part[name] for part in ordered]) for name in ordered[0]}
    sizes = [part["group"].size for part in ordered]
    position = [g for g in range(len(gates)) for _ in by_variable]
    return pd.DataFrame(
        {
            "gate": np.repeat(np.array([gates[g].gate for g in position], object), sizes),
            **{name: values for name, values in columns.items() if name != "status"},
            "confidence": confidence,
            "method": np.repeat(np.array([gates[g].method for g in position], object), sizes),
            "status": columns["status"],
        }
    )


def _of_variable(
    gates: Sequence[GateFit], variable: GroupVariable | NumberVariable, confidence: float
) -> list[dict[str, Any]]:
    """Columns of one variable's rows, gate by gate."""
    if isinstance(variable, NumberVariable):
        return [_of_number(gate, variable, confidence) for gate in gates]
    size, patterns = len(variable.groups), variable.codes.size
    if size * patterns > MOST_PREDICTIONS:
        parts = [_counted(gate, variable) for gate in gates]
        for part in parts:
            part["status"][:] = f"not computed: {size:,} groups in {patterns:,} patterns"
        return parts
    designs, row = gates[0].whole.with_everyone_in_each(variable)
    return [_of_groups(gate, variable, designs, row, confidence) for gate in gates]


def _counted(gate: GateFit, variable: GroupVariable) -> dict[str, Any]:
    """Who entered and passed, and the crude rate; the adjusted numbers still NaN."""
    size = len(variable.groups)
    out = _empty(variable.name, variable.groups, variable.reference)
    entered, passed = (
        np.asarray(np.bincount(variable.codes, people, size), dtype=np.float64)
        for people in (gate.at_risk, gate.passed)
    )
    out["entered"], out["passed"] = entered.astype(np.int64), passed.astype(np.int64)
    np.divide(passed, entered, out=out["rate"], where=entered > 0)
    return out


def _empty(variable: str, groups: Sequence[str], reference: str) -> dict[str, Any]:
    size = len(groups)
    return {
        "characteristic": np.full(size, variable, object),
        "group": np.array(groups, object),
        "reference": np.full(size, reference, object),
        "entered": np.zeros(size, np.int64),
        "passed": np.zeros(size, np.int64),
        "rate": np.full(size, np.nan),
        **{name: np.full(size, np.nan) for name in _NUMBERS},
        "status": np.full(size, "", object),
    }


def _of_groups(
    gate: GateFit,
    variable: GroupVariable,
    designs: Sequence[CodedDesign],
    row: NDArray[np.intp],
    confidence: float,
) -> dict[str, Any]:
    """Standardised rate, ratio and marginal effect of every group of a variable at one gate."""
    out = _counted(gate, variable)
    weights = np.asarray(np.bincount(row, gate.at_risk, designs[0].n_rows), dtype=np.float64)
    out["status"] = _status(gate, out["entered"], designs, weights)
    position = np.flatnonzero(out["status"] == "").tolist()
    out["status"][0] = out["status"][0] or "reference"
    if not position:
        return out
    coef, covariance = _all_columns(gate)
    rates = standardised_rates(coef, covariance, [designs[g] for g in position], weights)
    z = float(ndtri(0.5 + confidence / 2.0))
    p = rates.rate
    half = z * rates.std_error / (p * (1.0 - p))
    out["adjusted_rate"][position], out["rate_se"][position] = p, rates.std_error
    out["rate_low"][position], out["rate_high"][position] = expit(logit(p) - half), expit(logit(p) + half)
    if position[0] != 0:
        return out
    against = compare_rates(rates, 0)
    low, high = (np.exp(against.log_ratio + sign * z * against.log_ratio_se) for sign in (-1.0, 1.0))
    ratio = np.exp(against.log_ratio)
    value = e_values(ratio, low, high)
    out["adjusted_ratio"][position], out["effect"][position] = ratio, against.difference
    others = position[1:]
    for name, values in (
        ("log_ratio_se", against.log_ratio_se),
        ("ratio_low", low),
        ("ratio_high", high),
        ("e_value", value.estimate),
        ("e_value_limit", value.limit),
        ("effect_se", against.difference_se),
        ("effect_low", against.difference - z * against.difference_se),
        ("effect_high", against.difference + z * against.difference_se),
    ):
        out[name][others] = values[1:]
    return out


def _status(
    gate: GateFit, entered: NDArray[np.int64], designs: Sequence[CodedDesign], weights: Floats
) -> NDArray[np.object_]:
    """Why a group has no adjusted rate; empty where it has one."""
    status = np.full(entered.size, "", object)
    if not gate.reliable:
        status[:] = gate.reason or _SEPARATED
        return status
    for direction in gate.undetermined.T:
        for g, design in enumerate(designs):
            if (np.abs(design.linear_predictor(direction))[weights > 0] > 1e-6).any():
                status[g] = "not determined: it needs combinations that nobody belongs to"
    status[entered == 0] = "nobody of this group with complete answers is at risk here"
    return status


def _all_columns(gate: GateFit) -> tuple[Floats, Floats]:
    """Coefficients and covariance over all columns of the formula, 0 for those that have none."""
    assert gate.fit is not None
    assert gate.covariance is not None
    coef, covariance = np.zeros(gate.kept.size), np.zeros((gate.kept.size, gate.kept.size))
    coef[gate.kept] = gate.fit.coef
    covariance[np.ix_(gate.kept, gate.kept)] = gate.covariance
    return coef, covariance


def _of_number(gate: GateFit, variable: NumberVariable, confidence: float) -> dict[str, Any]:
    """Average marginal effect of one unit: everyone's slope, averaged; terms that hold it move together."""
    out = _empty(variable.name, [variable.name], "")
    entered, passed = int(gate.at_risk.sum()), int(gate.passed.sum())
    out["entered"][0], out["passed"][0] = entered, passed
    out["rate"][0] = passed / entered if entered else np.nan
    out["status"][0] = "" if gate.reliable else gate.reason or _SEPARATED
    if not gate.reliable:
        return out
    x, people = variable.values, gate.at_risk
    if x.min() == x.max():
        out["status"][0] = "everyone has the same number"
        return out
    step = 1e-4 * float(x.std())
    below, above = np.maximum(x - step, x.min()), np.minimum(x + step, x.max())  # where splines end
    weights = people / (above - below)
    designs = [gate.whole.with_numbers(variable, values) for values in (below, above)]
    against = compare_rates(standardised_rates(*_all_columns(gate), designs, weights), 0)
    per_unit = float(weights.sum() / people.sum())
    effect = float(against.difference[1]) * per_unit
    out["effect_se"][0] = float(against.difference_se[1]) * per_unit
    half = float(ndtri(0.5 + confidence / 2.0)) * out["effect_se"][0]
    out["effect"][0], out["effect_low"][0], out["effect_high"][0] = effect, effect - half, effect + half
    return out
