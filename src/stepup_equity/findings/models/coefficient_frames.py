"""Coefficients as tidy frames, in sentences of people: gate, characteristic, group, reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.findings.adjusted import adjusted_by_family
from stepup_equity.findings.models.coefficient_tables import NOBODY
from stepup_equity.findings.models.data import GroupVariable
from stepup_equity.findings.models.formula_design import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from stepup_equity.arrays import Floats
    from stepup_equity.findings.models.coefficient_tables import CoefficientTable, IntervalMethod
    from stepup_equity.findings.models.formula_design import Column, FormulaDesign
    from stepup_equity.findings.models.gate_fits import GateFit


_CROSS = " × "


def association_frame(
    gates: Sequence[GateFit], tables: Sequence[CoefficientTable], interval: IntervalMethod, confidence: float
) -> pd.DataFrame:
    """A row for each gate and coefficient but the intercept, and one for each reference."""
    import pandas as pd

    rows = _rows(gates[0].whole)
    parts = [_numbers(gate, table, rows, interval) for gate, table in zip(gates, tables, strict=True)]
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    with np.errstate(over="ignore"):
        ratios = {
            "odds_ratio": np.exp(columns["estimate"]),
            "odds_ratio_low": np.exp(columns["conf_low"]),
            "odds_ratio_high": np.exp(columns["conf_high"]),
        }
    names = ["term", "characteristic", "group", "reference"]
    gate_of_row = np.repeat(np.array([gate.gate for gate in gates], object), len(rows))
    return pd.DataFrame(
        {
            "gate": gate_of_row,
            **{name: np.tile(np.array([row[name] for row in rows], object), len(gates)) for name in names},
            **{name: columns[name] for name in ("entered", "passed", "estimate", "std_error")},
            **{name: columns[name] for name in ("conf_low", "conf_high")},
            **ratios,
            "statistic": columns["statistic"],
            "p_value": columns["p_value"],
            "p_adjusted": adjusted_by_family(columns["p_value"], gate_of_row),
            "confidence": confidence,
            "method": columns["method"],
            "status": columns["status"],
        }
    )


def _numbers(
    gate: GateFit, table: CoefficientTable, rows: list[dict[str, Any]], interval: IntervalMethod
) -> dict[str, Any]:
    """Columns of one gate, a value for each row; a reference has the estimate 0 and nothing else."""
    position = np.array([row["position"] for row in rows])
    is_reference = position < 0
    entered, passed = _people(gate, rows, position)
    zero = np.where(entered > 0, 0.0, np.nan) if gate.fit is not None else np.nan
    of_reference = np.where(entered > 0, "reference", NOBODY)
    words = gate.interval_words(interval)
    return {
        "entered": entered,
        "passed": passed,
        "estimate": np.where(is_reference, zero, table.estimate[position]),
        **{
            name: np.where(is_reference, np.nan, getattr(table, name)[position])
            for name in ("std_error", "conf_low", "conf_high", "statistic", "p_value")
        },
        "method": np.where(is_reference | (not words), gate.method, f"{gate.method}, {words}").astype(object),
        "status": np.where(is_reference, gate.reason or of_reference, table.status[position]),
    }


def named_coefficients(gates: Sequence[GateFit], tables: Sequence[CoefficientTable]) -> pd.DataFrame:
    """All coefficients under the names R and statsmodels give them, the intercept too."""
    import pandas as pd

    names = [column.name for column in gates[0].whole.columns]
    parts = [(gate.gate, table, _augmented_errors(gate)) for gate, table in zip(gates, tables, strict=True)]
    with np.errstate(over="ignore"):
        frames = [
            pd.DataFrame(
                {
                    "gate": gate,
                    "name": names,
                    "estimate": table.estimate,
                    "std_error": table.std_error,
                    "std_error_augmented": augmented,
                    "conf_low": table.conf_low,
                    "conf_high": table.conf_high,
                    "odds_ratio": np.exp(table.estimate),
                    "odds_ratio_low": np.exp(table.conf_low),
                    "odds_ratio_high": np.exp(table.conf_high),
                    "statistic": table.statistic,
                    "p_value": table.p_value,
                    "status": table.status,
                }
            )
            for gate, table, augmented in parts
        ]
    return pd.concat(frames, ignore_index=True)


def _augmented_errors(gate: GateFit) -> Floats:
    """Errors from the augmented information, which logistf prints for Firth fits."""
    if gate.fit is None or not gate.reliable:
        return np.full(gate.kept.size, np.nan)
    rows = gate.way_back[:, gate.kept]
    errors = np.sqrt(np.einsum("ij,jk,ik->i", rows, gate.fit.covariance_augmented, rows))
    return np.where(gate.determined, errors, np.nan)


def _rows(whole: FormulaDesign) -> list[dict[str, Any]]:
    """What each row is about; position -1 is a reference."""
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    for position, column in enumerate(whole.columns):
        if column.term == INTERCEPT:
            continue
        about = _about(whole, column)
        if len(column.levels) == 1 and not column.numbers and column.term not in seen:
            seen.add(column.term)
            rows.append({**about, "group": about["reference"], "position": -1})
        rows.append({**about, "position": position})
    return rows


def _about(whole: FormulaDesign, column: Column) -> dict[str, Any]:
    names = [*(name for name, _ in column.levels), *column.numbers]
    groups = [*(group for _, group in column.levels), *column.numbers]
    references = []
    for name, _ in column.levels:
        held = whole.data.variable(name)
        references.append(held.reference if isinstance(held, GroupVariable) else "")
    return {
        "term": column.term,
        "characteristic": _CROSS.join(names),
        "group": _CROSS.join(groups),
        "reference": _CROSS.join(references),
    }


def _people(gate: GateFit, rows: list[dict[str, Any]], position: Any) -> tuple[Any, Any]:
    """People at risk and passed of each row; for a reference those of the reference group."""
    entered, passed = (values[position].copy() for values in gate.people)
    for i in np.flatnonzero(position < 0):
        held = gate.whole.data.variable(rows[i]["characteristic"])
        if isinstance(held, GroupVariable):
            entered[i], passed[i] = (people[0] for people in gate.counted(held))
    return entered.astype(np.int64), passed.astype(np.int64)
