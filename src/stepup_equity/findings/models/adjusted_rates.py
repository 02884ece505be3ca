"""Rates with everything else held equal: standardised rates, adjusted impact ratios, marginal effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.special import expit, logit

from stepup_equity.findings.models.coefficient_tables import NOBODY, cluster_reason
from stepup_equity.findings.models.data import GroupVariable, NumberVariable
from stepup_equity.findings.models.standard_people import StandardPeople
from stepup_equity.statistics import e_values
from stepup_equity.statistics.regression.fits import quantile, wald_p
from stepup_equity.statistics.regression.functionals import LogitRate, LogRatio
from stepup_equity.statistics.regression.limits import likelihood_limits, likelihood_test
from stepup_equity.statistics.regression.standardisation import compare_rates, standardised_rates

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.findings.models.coefficient_tables import CoefficientTable, IntervalMethod
    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.statistics.regression.design import CodedDesign

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]


MOST_PREDICTIONS = 20_000_000
"""Fitted rates that one characteristic's adjusted rates may need, groups times patterns: some seconds."""

_SEPARATED = "separation at this gate; see method='flac'"


_NUMBERS: Final = (
    "adjusted_rate",
    "rate_se",
    "rate_low",
    "rate_high",
    "adjusted_ratio",
    "log_ratio_se",
    "ratio_low",
    "ratio_high",
    "ratio_p_value",
    "e_value",
    "e_value_limit",
    "effect",
    "effect_se",
    "effect_low",
    "effect_high",
)


def adjusted_frame(
    gates: Sequence[GateFit],
    tables: Sequence[CoefficientTable],
    interval: IntervalMethod,
    confidence: float,
) -> pd.DataFrame:
    """Adjusted rates of every gate, characteristic and group, and marginal effects of numeric covariates.

    Everyone who entered a gate is given each group in turn, other things as they are; the average of the
    fitted rates is the group's adjusted rate (Lane and Nelder 1982). `StandardPeople` leaves out those few
    whose groups cannot be told apart. Limits of rates and ratios follow the
    likelihood wherever those of the coefficients do; else a ratio's are carried over from its coefficient, so
    that limits and p-value never disagree, and the others are delta-method, of rates on the scale of log
    odds, of ratios in interactions on the log scale. Limits of rates that follow the likelihood are as many
    as those of ratios and shown in one table alone, so they are NaN here until `with_rate_limits` adds them.
    """
    import pandas as pd

    pairs = list(zip(gates, tables, strict=True))
    by_variable = [_of_variable(pairs, v, interval, confidence) for v in gates[0].whole.data.variables]
    ordered = [parts[g] for g in range(len(gates)) for parts in by_variable]
    columns = {name: np.concatenate([part[name] for part in ordered]) for name in ordered[0]}
    sizes = [part["group"].size for part in ordered]
    position = [g for g in range(len(gates)) for _ in by_variable]
    words = [f"{gate.method}, {_limits_words(gate, interval)}" if gate.fit else "" for gate in gates]
    return pd.DataFrame(
        {
            "gate": np.repeat(np.array([gates[g].gate for g in position], object), sizes),
            **{name: values for name, values in columns.items() if name != "status"},
            "confidence": confidence,
            "method": np.repeat(np.array([words[g] for g in position], object), sizes),
            "status": columns["status"],
        }
    )


def _of_variable(
    pairs: Sequence[tuple[GateFit, CoefficientTable]],
    variable: GroupVariable | NumberVariable,
    interval: IntervalMethod,
    confidence: float,
) -> list[dict[str, Any]]:
    """Columns of one variable's rows, gate by gate."""
    whole = pairs[0][0].whole
    if isinstance(variable, NumberVariable):
        return [_of_number(gate, variable, confidence) for gate, _ in pairs]
    size, patterns = len(variable.groups), variable.codes.size
    if size * patterns > MOST_PREDICTIONS:
        parts = [_counted(gate, variable) for gate, _ in pairs]
        for part in parts:
            part["status"][:] = f"not computed: {size:,} groups in {patterns:,} patterns"
        return parts
    everyone = whole.with_everyone_in_each(variable)
    parts = []
    for gate, table in pairs:
        part = _counted(gate, variable)
        people = StandardPeople.of(gate, *everyone)
        part["status"] = _status(gate, part["entered"], people)
        _of_groups(gate, people, confidence, part)
        if _follows(gate, interval):
            _follow_likelihood(gate, table, variable, people, confidence, part)
            part["rate_low"][:], part["rate_high"][:] = np.nan, np.nan
        elif gate.reliable:
            _carry_over(gate, table, variable, people, confidence, part)
        _without_information(gate, variable, part)
        _say_why_no_ratio(gate, variable, part)
        _say_of_whom(people, part)
        parts.append(part)
    return parts


def _limits_words(gate: GateFit, interval: IntervalMethod) -> str:
    if not gate.profiled(interval):
        return "Wald limits carried over"
    return "profile likelihood" if gate.observed is None else "profile limits carried over"


def _follows(gate: GateFit, interval: IntervalMethod) -> bool:
    """Whether limits of rates and ratios are those of the likelihood themselves, not carried over."""
    return gate.reliable and gate.observed is None and gate.profiled(interval)


def with_rate_limits(
    frame: pd.DataFrame, gates: Sequence[GateFit], interval: IntervalMethod, confidence: float
) -> pd.DataFrame:
    """The frame of `adjusted_frame` with those limits of rates that follow the likelihood."""
    variables = gates[0].whole.data.variables
    sizes = [len(v.groups) if isinstance(v, GroupVariable) else 1 for v in variables]
    starts = np.cumsum([0, *(sizes * len(gates))])
    out = {name: frame[name].to_numpy(copy=True) for name in ("rate_low", "rate_high", "status")}
    rates = frame["adjusted_rate"].to_numpy()
    for v, variable in enumerate(variables):
        if not isinstance(variable, GroupVariable):
            continue
        everyone: tuple[list[CodedDesign], Ints] | None = None
        for g, gate in enumerate(gates):
            at = slice(*starts[g * len(variables) + v :][:2])
            if not (_follows(gate, interval) and np.isfinite(rates[at]).any()):
                continue
            everyone = everyone or gates[0].whole.with_everyone_in_each(variable)
            part = {name: values[at] for name, values in out.items()}
            part["adjusted_rate"] = rates[at]
            _follow_rates(gate, StandardPeople.of(gate, *everyone), confidence, part)
    return frame.assign(**out)


def _counted(gate: GateFit, variable: GroupVariable) -> dict[str, Any]:
    """Who entered and passed, and the crude rate; the adjusted numbers still NaN."""
    out = _empty(variable.name, variable.groups, variable.reference)
    entered, passed = gate.counted(variable)
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


def _of_groups(gate: GateFit, people: StandardPeople, confidence: float, out: dict[str, Any]) -> None:
    """Standardised rate, ratio and marginal effect of every group of a variable at one gate."""
    position = np.flatnonzero(out["status"] == "").tolist()
    out["status"][0] = out["status"][0] or "reference"
    if not position:
        return
    rates = standardised_rates(*_all_columns(gate), [people.designs[g] for g in position], people.weights)
    z = quantile(confidence, gate.df)
    p, error = rates.rate, np.where(rates.std_error > 0, rates.std_error, np.nan)
    half = z * error / (p * (1.0 - p))
    out["adjusted_rate"][position], out["rate_se"][position] = p, error
    out["rate_low"][position], out["rate_high"][position] = expit(logit(p) - half), expit(logit(p) + half)
    if position[0] != 0:
        return
    against = compare_rates(rates, 0)
    log_error, effect_error = (
        np.where(error > 0, error, np.nan) for error in (against.log_ratio_se, against.difference_se)
    )
    out["adjusted_ratio"][position], out["effect"][position] = np.exp(against.log_ratio), against.difference
    others = position[1:]
    for name, values in (
        ("log_ratio_se", log_error),
        ("ratio_low", np.exp(against.log_ratio - z * log_error)),
        ("ratio_high", np.exp(against.log_ratio + z * log_error)),
        ("ratio_p_value", wald_p(against.log_ratio, log_error, gate.df)),
        ("effect_se", effect_error),
        ("effect_low", against.difference - z * effect_error),
        ("effect_high", against.difference + z * effect_error),
    ):
        out[name][others] = values[1:]
    _set_e_values(out, others)


def _set_e_values(out: dict[str, Any], rows: Sequence[int]) -> None:
    found = e_values(out["adjusted_ratio"][rows], out["ratio_low"][rows], out["ratio_high"][rows])
    out["e_value"][rows], out["e_value_limit"][rows] = found.estimate, found.limit


def _follow_likelihood(
    gate: GateFit,
    table: CoefficientTable,
    variable: GroupVariable,
    people: StandardPeople,
    confidence: float,
    out: dict[str, Any],
) -> None:
    """Limits and p-values of ratios along the likelihood, in place of the delta method's."""
    assert gate.fit is not None
    share = people.share
    cut = [design.columns(gate.kept) for design in people.designs]
    columns = _single_columns(gate, variable)
    for g in np.flatnonzero(np.isfinite(out["adjusted_ratio"])).tolist():
        if g == 0:
            continue
        what, column = LogRatio(cut[g], cut[0], share), columns.get(g)
        starts = (None, None) if column is None else table.ends.get(column, (None, None))
        ratio = likelihood_limits(gate.fit, what, confidence=confidence, starts=starts)
        out["ratio_low"][g], out["ratio_high"][g] = np.exp(ratio.low), np.exp(ratio.high)
        out["ratio_p_value"][g] = (
            likelihood_test(gate.fit, what)[1] if column is None else table.p_value[column]
        )
        _say_not_found(out, g, "ratio")
    _set_e_values(out, np.flatnonzero(np.isfinite(out["ratio_p_value"])).tolist())


def _follow_rates(gate: GateFit, people: StandardPeople, confidence: float, out: dict[str, Any]) -> None:
    """Limits of rates along the likelihood, in place of the delta method's."""
    assert gate.fit is not None
    for g in np.flatnonzero(np.isfinite(out["adjusted_rate"])).tolist():
        what = LogitRate(people.designs[g].columns(gate.kept), people.share)
        rate = likelihood_limits(gate.fit, what, confidence=confidence)
        out["rate_low"][g], out["rate_high"][g] = expit(rate.low), expit(rate.high)
        if g > 0:
            _say_not_found(out, g, "rate")


def _say_not_found(out: dict[str, Any], row: int, what: str) -> None:
    missing = [name for name in (f"{what}_low", f"{what}_high") if np.isnan(out[name][row])]
    if missing:
        before, found = str(out["status"][row]), "limit not found: "
        link = ", " if before.startswith(found) else f"; {found}" if before else found
        out["status"][row] = f"{before}{link}{', '.join(missing)}"


def _carry_over(
    gate: GateFit,
    table: CoefficientTable,
    variable: GroupVariable,
    people: StandardPeople,
    confidence: float,
    out: dict[str, Any],
) -> None:
    """Limits of a group's coefficient carried over to its ratio, with everything else moving along.

    With the coefficient at 0 the ratio is 1, so the limits leave out 1 exactly where the coefficient's p is
    small; the delta method's own would now and then say something else.
    """
    assert gate.fit is not None
    assert gate.covariance is not None
    share = people.share
    cut = [design.columns(gate.kept) for design in people.designs]
    z, place = quantile(confidence, gate.df), np.cumsum(gate.kept) - 1
    done = []
    for g, column in _single_columns(gate, variable).items():
        if np.isnan(out["ratio_low"][g]) or not gate.kept[column] or np.isnan(table.p_value[column]):
            continue
        along = gate.covariance[:, place[column]]
        step = z * along / np.sqrt(along[place[column]])
        at = table.ends.get(column, (gate.fit.coef - step, gate.fit.coef + step))
        for name, theta in zip(("ratio_low", "ratio_high"), at, strict=True):
            out[name][g] = np.nan
            if theta is not None:
                rates = (share @ expit(cut[i].linear_predictor(theta[: gate.fit.coef.size])) for i in (g, 0))
                out[name][g] = float(np.divide(*rates))
        _say_not_found(out, g, "ratio")
        out["ratio_p_value"][g] = table.p_value[column]
        done.append(g)
    _set_e_values(out, done)


def _single_columns(gate: GateFit, variable: GroupVariable) -> dict[int, int]:
    """The one column of each group of a variable that stands in no other term."""
    whole = gate.whole
    own = [
        j for j, column in enumerate(whole.columns) if any(name == variable.name for name, _ in column.levels)
    ]
    if any(len(whole.columns[j].levels) > 1 or whole.columns[j].numbers for j in own):
        return {}
    return {variable.groups.index(whole.columns[j].levels[0][1]): j for j in own}


_OF_RATE = ("rate_se", "rate_low", "rate_high")
_OF_RATIO = ("log_ratio_se", "ratio_low", "ratio_high", "ratio_p_value", "e_value_limit")
_OF_EFFECT = ("effect_se", "effect_low", "effect_high")


def _without_information(gate: GateFit, variable: GroupVariable, out: dict[str, Any]) -> None:
    """Take away limits that clusters cannot tell, as those of the coefficients are."""
    if gate.errors != "cluster" or not gate.reliable:
        return
    for g, group in enumerate(variable.groups):
        reason = cluster_reason(gate, variable, g)
        if not reason or np.isnan(out["adjusted_rate"][g]):
            continue
        for name in (*_OF_RATE, *_OF_RATIO, *_OF_EFFECT):
            out[name][g] = np.nan
        if group != variable.reference:
            out["status"][g] = reason


def _say_why_no_ratio(gate: GateFit, variable: GroupVariable, out: dict[str, Any]) -> None:
    """A ratio or limit that is missing has its reason."""
    absent = gate.absent_reference(variable.name)
    for g in range(1, out["status"].size):
        if out["status"][g] or np.isfinite(out["ratio_p_value"][g]):
            continue
        if absent:
            out["status"][g] = absent
        elif np.isnan(out["adjusted_ratio"][g]):
            out["status"][g] = "no ratio: the rate of the reference is not determined"
        else:
            out["status"][g] = "no limits: errors cannot be told here"


def _say_of_whom(people: StandardPeople, out: dict[str, Any]) -> None:
    """Where averages are not over everyone, the rows that have one say so."""
    for g in range(1, out["status"].size) if people.note else ():
        if np.isfinite(out["adjusted_rate"][g]):
            before = out["status"][g]
            out["status"][g] = f"{before}; {people.note}" if before else people.note


def _status(gate: GateFit, entered: NDArray[np.int64], people: StandardPeople) -> NDArray[np.object_]:
    """Why a group has no adjusted rate; empty where it has one."""
    status = np.full(entered.size, "", object)
    if not gate.reliable:
        status[:] = gate.reason or _SEPARATED
        return status
    status[~people.determined] = "not determined: it needs combinations that nobody belongs to"
    status[entered == 0] = NOBODY
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
    half = quantile(confidence, gate.df) * out["effect_se"][0]
    out["effect"][0], out["effect_low"][0], out["effect_high"][0] = effect, effect - half, effect + half
    return out
