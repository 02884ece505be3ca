"""Models handed to statsmodels, for those who know its results."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.errors import ArgumentError
from stepup_equity.statistics.regression.diagnostics import influence
from stepup_equity.statistics.regression.flac import AugmentedLikelihood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.statistics.regression.fits import LogisticFit


MOST_ENTRIES = 50_000_000
"""statsmodels needs the whole model matrix; beyond this it would not fit into an ordinary machine."""


def glm_results(gate: GateFit) -> Any:
    """Binomial GLM of successes and failures by covariate pattern, with whatever the fit added to them.

    Firth's estimate is maximum likelihood with half a pass and half a failure for each unit of a pattern's
    leverage; FLAC holds these as patterns of their own, told apart by a column ``made up``.
    """
    import pandas as pd

    assert gate.fit is not None
    exog = _matrix(gate, np.ones(gate.rows.size, np.int64))
    passed, tried = gate.passed[gate.rows], gate.at_risk[gate.rows]
    likelihood = gate.fit.likelihood
    if isinstance(likelihood, AugmentedLikelihood):
        half = 0.5 * likelihood.made_up
        told_apart = [exog.assign(**{"made up": made_up}) for made_up in (0.0, 1.0)]
        exog = pd.concat(told_apart, ignore_index=True)
        passed, tried = np.concatenate([passed, half]), np.concatenate([tried, 2.0 * half])
    elif gate.fit.method == "firth":
        leverage = influence(gate.fit).leverage
        passed, tried = passed + 0.5 * leverage, tried + leverage
    return _glm(passed, tried, exog)


def glm_of_fit(fit: LogisticFit, names: Sequence[str]) -> Any:
    """Binomial GLM of a fit's own design and counts, its columns named."""
    import pandas as pd

    _refuse_beyond(fit.design.n_rows * fit.design.n_columns)
    exog = pd.DataFrame(fit.design.dense(), columns=list(names))
    return _glm(fit.likelihood.successes, fit.likelihood.trials, exog)


def mixed_results(gate: GateFit, cluster: NDArray[np.intp]) -> Any:
    """Mixed logistic regression of single people with a normal intercept for each cluster.

    statsmodels has it in its Bayesian form, where every parameter has a wide normal prior; this is its
    posterior mode.
    """
    import statsmodels.api as sm
    from scipy import sparse

    endog, exog, row = _people(gate)
    code = cluster[row]
    inside = sparse.csr_matrix((np.ones(code.size), (np.arange(code.size), code)))
    model = sm.BinomialBayesMixedGLM(
        endog, exog.to_numpy(), inside, np.zeros(inside.shape[1], dtype=int), fep_names=list(exog.columns)
    )
    return model.fit_map(minim_opts={"gtol": 1e-3})


def _glm(passed: Any, tried: Any, exog: Any) -> Any:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    endog = np.column_stack([passed, tried - passed])
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        # a rate for each pattern fits exactly: that is no separation, and leaves no dispersion to estimate
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return GLM(endog, exog, family=Binomial()).fit(tol=1e-12)


def gee_results(gate: GateFit) -> Any:
    """GEE of single people with exchangeable correlation within the model's cluster."""
    import pandas as pd
    import statsmodels.api as sm

    cluster = gate.whole.data.cluster
    if cluster is None:
        raise ArgumentError(
            "A GEE needs clusters. Fit the model with errors='cluster' and cluster=, then ask again."
        )
    if gate.separation is not None:
        raise ArgumentError(
            f"A GEE has no finite answer at gate {gate.gate!r}: some group's people all passed or all "
            "failed, or terms together tell passes from failures. Use kind='glm', which holds what this "
            "model fitted."
        )
    endog, exog, row = _people(gate)
    groups = cluster.codes[gate.rows][row]
    order = np.argsort(groups, kind="stable")
    model = sm.GEE(
        pd.Series(endog[order]),
        exog.iloc[order].reset_index(drop=True),
        groups=groups[order],
        family=sm.families.Binomial(),
        cov_struct=sm.cov_struct.Exchangeable(),
    )
    return model.fit()


def _people(gate: GateFit) -> tuple[Any, Any, NDArray[np.intp]]:
    """Outcome and columns of single people, and each one's pattern."""
    n, passed = gate.at_risk[gate.rows].astype(np.int64), gate.passed[gate.rows].astype(np.int64)
    exog = _matrix(gate, n)
    both = np.column_stack([passed, n - passed]).ravel()
    return np.repeat(np.tile([1.0, 0.0], n.size), both), exog, np.repeat(np.arange(n.size), n)


def _refuse_beyond(entries: int) -> None:
    if entries > MOST_ENTRIES:
        raise ArgumentError(
            f"statsmodels would need a matrix of {entries:,} entries; the limit is {MOST_ENTRIES:,}. "
            "Use the results of progression_model, which needs no such matrix."
        )


def _matrix(gate: GateFit, times: Any) -> Any:
    import pandas as pd

    names = [column.name for column, kept in zip(gate.whole.columns, gate.kept, strict=True) if kept]
    _refuse_beyond(int(times.sum()) * len(names))
    return (
        pd.DataFrame(gate.reduced(gate.whole.scaling.undo(gate.whole.design)).dense(), columns=names)
        .loc[np.repeat(np.arange(gate.rows.size), times)]
        .reset_index(drop=True)
    )
