"""A gate's model handed to statsmodels, for those who know its results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import ArgumentError

if TYPE_CHECKING:
    from stepup_equity.findings.models.gate_fits import GateFit

__all__ = ["gee_results", "glm_results"]

MOST_ENTRIES = 50_000_000
"""statsmodels needs the whole model matrix; beyond this it would not fit into an ordinary machine."""


def glm_results(gate: GateFit) -> Any:
    """Binomial GLM of successes and failures by covariate pattern."""
    import statsmodels.api as sm

    exog = _matrix(gate, np.ones(gate.rows.size, np.int64))
    passed = gate.passed[gate.rows]
    endog = np.column_stack([passed, gate.at_risk[gate.rows] - passed])
    return sm.GLM(endog, exog, family=sm.families.Binomial()).fit(tol=1e-12)


def gee_results(gate: GateFit) -> Any:
    """GEE of single people with exchangeable correlation within the model's cluster."""
    import pandas as pd
    import statsmodels.api as sm

    cluster = gate.whole.data.cluster
    if cluster is None:
        raise ArgumentError(
            "A GEE needs clusters. Fit the model with errors='cluster' and cluster=, then ask again."
        )
    n, passed = gate.at_risk[gate.rows].astype(np.int64), gate.passed[gate.rows].astype(np.int64)
    exog = _matrix(gate, n)
    both = np.column_stack([passed, n - passed]).ravel()
    endog = np.repeat(np.tile([1.0, 0.0], n.size), both)
    groups = np.repeat(cluster.codes[gate.rows], n)
    order = np.argsort(groups, kind="stable")
    model = sm.GEE(
        pd.Series(endog[order]),
        exog.iloc[order].reset_index(drop=True),
        groups=groups[order],
        family=sm.families.Binomial(),
        cov_struct=sm.cov_struct.Exchangeable(),
    )
    return model.fit()


def _matrix(gate: GateFit, times: Any) -> Any:
    import pandas as pd

    names = [column.name for column, kept in zip(gate.whole.columns, gate.kept, strict=True) if kept]
    entries = int(times.sum()) * len(names)
    if entries > MOST_ENTRIES:
        raise ArgumentError(
            f"statsmodels would need a matrix of {entries:,} entries; the limit is {MOST_ENTRIES:,}. "
            "Use the results of progression_model, which needs no such matrix."
        )
    return (
        pd.DataFrame(gate.reduced(gate.whole.scaling.undo(gate.whole.design)).dense(), columns=names)
        .loc[np.repeat(np.arange(gate.rows.size), times)]
        .reset_index(drop=True)
    )
