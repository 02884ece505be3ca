"""What a referee asks of a fitted model: fit, calibration, and who carries it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.findings.models.data import GroupVariable
from stepup_equity.statistics.regression.diagnostics import (
    calibration,
    discrimination,
    goodness_of_fit,
    influence,
)
from stepup_equity.statistics.regression.term_tests import constrained_maximum

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.statistics.regression.fits import LogisticFit


def diagnostics_frame(gates: Sequence[GateFit]) -> pd.DataFrame:
    """A row for each gate: sizes, likelihoods, dispersion, calibration, discrimination, convergence."""
    import pandas as pd

    frame = pd.DataFrame([_diagnostics(gate) for gate in gates])
    last = ["method", "status"]
    return frame[[*(name for name in frame.columns if name not in last), *last]]


def _diagnostics(gate: GateFit) -> dict[str, Any]:
    head = {"gate": gate.gate, "method": gate.method, "status": gate.reason}
    if gate.fit is None:
        return head
    fit, shape, bands = gate.fit, goodness_of_fit(gate.fit), calibration(gate.fit)
    return {
        **head,
        "people": int(fit.n),
        "passed": int(gate.passed.sum()),
        "clusters": _clusters(gate),
        "coefficients": fit.coef.size,
        "patterns": shape.patterns,
        "log_likelihood": fit.log_likelihood,
        "null_log_likelihood": fit.null_log_likelihood,
        "penalised_log_likelihood": fit.value if fit.method == "firth" else np.nan,
        "null_penalised_log_likelihood": _null_penalised(fit),
        "minus_2_log_likelihood": fit.deviance,
        "aic": fit.aic,
        "bic": fit.bic,
        "mcfadden": fit.mcfadden,
        "deviance": shape.deviance,
        "pearson_chi2": shape.pearson_chi2,
        "df_residual": shape.df_residual,
        "dispersion": shape.dispersion,
        "grouped_log_likelihood": shape.log_likelihood,
        "grouped_aic": shape.aic,
        "hosmer_lemeshow": bands.statistic,
        "hosmer_lemeshow_p": bands.p_value,
        "c_statistic": discrimination(fit),
        "iterations": fit.iterations,
        "largest_score": fit.largest_score,
        "converged": fit.converged,
        "separation": gate.separation is not None,
    }


def _clusters(gate: GateFit) -> int:
    """Clusters with people at risk; 0 where the errors know of none."""
    cluster = gate.whole.data.cluster
    return 0 if cluster is None else int(np.unique(cluster.codes[gate.rows]).size)


def _null_penalised(fit: LogisticFit) -> float:
    """The penalised likelihood with every coefficient but the intercept at 0, full design's penalty."""
    if fit.method != "firth":
        return float("nan")
    held = np.arange(fit.coef.size) > 0
    return constrained_maximum(fit, held).point.value


def calibration_frame(gate: str, fit: LogisticFit, bands: int) -> pd.DataFrame:
    """Observed beside expected passes in bands of fitted rate."""
    import pandas as pd

    found = calibration(fit, bands)
    return pd.DataFrame(
        {
            "gate": gate,
            "people": found.n.astype(np.int64),
            "observed": found.observed.astype(np.int64),
            "expected": found.expected,
            "observed_rate": found.observed / found.n,
            "expected_rate": found.expected / found.n,
        }
    )


def influence_frame(gate: GateFit, fit: LogisticFit) -> pd.DataFrame:
    """Leverage, residual and Cook's distance of every covariate pattern, largest first."""
    import pandas as pd

    found = influence(fit)
    columns: dict[str, Any] = {}
    for variable in gate.whole.data.variables:
        if isinstance(variable, GroupVariable):
            columns[variable.name] = np.array(variable.groups, object)[variable.codes[gate.rows]]
        else:
            columns[variable.name] = variable.values[gate.rows]
    frame = pd.DataFrame(
        {
            **columns,
            "entered": gate.at_risk[gate.rows].astype(np.int64),
            "passed": gate.passed[gate.rows].astype(np.int64),
            "fitted_rate": fit.fitted,
            "leverage": found.leverage,
            "residual": found.standardised_residual,
            "cooks_distance": found.cooks_distance,
        }
    )
    return frame.sort_values("cooks_distance", ascending=False, kind="stable", ignore_index=True)
