"""Partnerships, centres and crossed characteristics as draws from one distribution: shrunken, not tested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit, logit

from stepup_equity.counts.asked import check_asked
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.models.data import GroupVariable
from stepup_equity.findings.models.gate_fits import fit_gate
from stepup_equity.findings.models.setup import Asked, set_up
from stepup_equity.findings.models.statsmodels_results import mixed_results
from stepup_equity.findings.result import Result
from stepup_equity.given import check_known, check_made, check_whole
from stepup_equity.statistics.regression.design import CodedDesign, intercept
from stepup_equity.statistics.regression.fits import wald_interval, wald_p
from stepup_equity.statistics.regression.random_intercept import fit_random_intercept
from stepup_equity.statistics.regression.random_intercept import maihda as fit_maihda

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.counts import StageCounts
    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.records.applicants import Applicants
    from stepup_equity.statistics.regression.random_intercept import Maihda, RandomInterceptFit

    Notes = tuple[str, ...]


_MOST_POINTS = 100

_CROSS = " × "

_NO_DIFFERENCE = "no limits: no difference between clusters was found"

_LAPLACE = "Laplace's approximation, as lme4::glmer"


@dataclass(frozen=True, eq=False, repr=False)
class RandomInterceptModel(Result):
    """A gate's logistic regression with a random intercept for each partnership or centre.

    The frame has the coefficients, as log odds ratios within a cluster.

    Attributes
    ----------
    clusters : DataFrame
        ``cluster, entered, passed, rate, effect, effect_low, effect_high, status``: each cluster's shrunken
        intercept in log odds, with limits given the model.
    sd : float
        Standard deviation of the intercepts.
    fit : RandomInterceptFit
        Everything else: log-likelihood, share of variance, median odds ratio.
    """

    clusters: pd.DataFrame
    sd: float
    fit: RandomInterceptFit
    _gate: GateFit
    _cluster: NDArray[np.intp]

    def to_statsmodels(self) -> Any:
        """The mixed model in the form statsmodels has it: Bayesian, its posterior mode.

        Returns
        -------
        statsmodels BayesMixedGLMResults
        """
        return mixed_results(self._gate, self._cluster)

    @property
    def headline(self) -> str:
        """How much clusters differ."""
        return (
            f"{len(self.clusters)} clusters, standard deviation {self.sd:.2f} ({self.fit.sd_low:.2f} to "
            f"{self.fit.sd_high:.2f}) in log odds, median odds ratio {self.fit.median_odds_ratio:.2f}, "
            f"{self.fit.vpc:.1%} of the latent variance"
        )


@dataclass(frozen=True, eq=False, repr=False)
class CrossedGroups(Result):
    """Crossed characteristics at a gate, every crossed group shrunk towards what its parts say.

    The frame has a row for each crossed group with people: ``rate`` as counted, ``estimate`` shrunken with
    limits given the model, and ``interaction``, the log odds by which it stands apart from its main effects.

    Attributes
    ----------
    by : tuple of str
    fit : Maihda
        Null and main-effects fit, shares of variance.
    """

    by: tuple[str, ...]
    fit: Maihda
    _gate: GateFit

    def to_statsmodels(self) -> Any:
        """The model with main effects in the form statsmodels has it: Bayesian, its posterior mode.

        Returns
        -------
        statsmodels BayesMixedGLMResults
        """
        return mixed_results(self._gate, np.arange(self._gate.rows.size))

    @property
    def headline(self) -> str:
        """How much crossed groups differ and how much of it is additive."""
        additive = "none to explain" if np.isnan(self.fit.pcv) else f"{self.fit.pcv:.0%} of it additive"
        return (
            f"{self.names.asked([' × '.join(self.by)])}, "
            f"{self.fit.strata} crossed groups; {self.fit.vpc_null:.1%} of the latent "
            f"variance lies between them, {additive}"
        )


def random_intercept_model(
    people: StageCounts | Applicants,
    formula: str,
    *,
    cluster: str,
    gate: str,
    quadrature_points: int = 1,
    level: Mapping[str, str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    reference: Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    confidence: float = 0.95,
) -> RandomInterceptModel:
    """Model one gate with partnerships or centres that differ at random.

    Eight partnerships decide; some pass more than others. Taken as eight terms they cost seven coefficients
    and say nothing of a ninth; taken as draws from one distribution they say how much partnerships differ,
    and each one's own effect is shrunk as far as its numbers ask.

    Parameters
    ----------
    people : StageCounts or Applicants
    formula : str
        As in `progression_model`, without the cluster.
    cluster : str
        A stratum, ``"cohort"`` or a characteristic.
    gate : str
        A gate, or ``"overall"``.
    quadrature_points : int
        1 is Laplace's approximation; 9 or more integrate over each intercept.
    level, groups, reference, where, confidence
        As in `progression_model`.

    Returns
    -------
    RandomInterceptModel

    Raises
    ------
    ArgumentError
        Names that were not counted, a gate that is none, or separation at the gate.

    References
    ----------
    Breslow and Clayton (1993), J. Am. Stat. Assoc. 88, 9-25; Larsen and Merlo (2005), Am. J. Epidemiol.
    161, 81-88.
    """
    check_asked(
        people,
        also=("Applicants",),
        groups=groups,
        level=level,
        where=where,
        reference=reference,
        confidence=confidence,
    )
    check_whole(quadrature_points, argument="quadrature_points", most=_MOST_POINTS)
    asked = Asked(level, groups, reference, where, cluster=cluster)
    found, notes = _gate(people, formula, gate, asked)
    held = found.whole.data.cluster
    if held is None:
        raise ArgumentError("cluster= names the stratum whose intercepts are random; it is missing.")
    present, code = np.unique(held.codes[found.rows], return_inverse=True)
    if present.size < 2:
        raise ArgumentError(f"Only one label of {cluster!r} has people at gate {gate!r}; two are needed.")
    fit = fit_random_intercept(
        found.reduced(found.whole.design),
        found.passed[found.rows],
        found.at_risk[found.rows],
        code,
        quadrature_points=quadrature_points,
        sd_confidence=confidence,
    )
    words = _LAPLACE if quadrature_points == 1 else f"adaptive quadrature, {quadrature_points} points"
    return RandomInterceptModel(
        _coefficients(found, fit, confidence),
        f"Logistic regression at gate {gate!r} with a normal random intercept for {cluster} ({words}); Wald "
        f"limits, for its standard deviation along the profile likelihood, at {confidence:.0%}. Odds "
        "ratios are within a cluster, so further from 1 than those of all "
        "clusters together.",
        notes,
        _clusters(found, [held.groups[i] for i in present], code, fit, confidence),
        fit.sd,
        fit,
        found,
        code,
    )


def maihda(
    people: StageCounts | Applicants,
    *,
    by: Sequence[str],
    gate: str,
    quadrature_points: int = 1,
    level: Mapping[str, str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    where: Mapping[str, str] | None = None,
    confidence: float = 0.95,
) -> CrossedGroups:
    """Cross characteristics without chasing noise: gender by ethnicity by age, shrunken.

    A table of crossed groups has its highest and lowest rates where there are fewest people. Here each
    crossed group's rate is its main effects' plus a random part, shrunk as far as its numbers ask; the share
    of variance that main effects leave says whether there is any interaction to speak of.

    Parameters
    ----------
    people : StageCounts or Applicants
    by : sequence of str
        Two or more characteristics.
    gate : str
        A gate, or ``"overall"``.
    quadrature_points, level, groups, where, confidence
        As in `random_intercept_model`.

    Returns
    -------
    CrossedGroups

    Raises
    ------
    ArgumentError
        Fewer than two characteristics, names that were not counted, a gate that is none, or separation.

    References
    ----------
    Evans et al. (2018), Social Science and Medicine 203, 64-73; Merlo (2018), Social Science and Medicine
    203, 74-80.
    """
    check_asked(
        people, also=("Applicants",), by=by, groups=groups, level=level, where=where, confidence=confidence
    )
    if isinstance(by, str) or len(by) < 2:
        raise ArgumentError(f"by={by!r} names one characteristic; crossing needs two or more.")
    check_whole(quadrature_points, argument="quadrature_points", most=_MOST_POINTS)
    found, notes = _gate(people, " + ".join(by), gate, Asked(level, groups, None, where))
    fit = fit_maihda(
        CodedDesign.of([intercept(found.rows.size)]),
        found.reduced(found.whole.design),
        found.passed[found.rows],
        found.at_risk[found.rows],
        np.arange(found.rows.size),  # with nothing else in the model, every pattern is a crossed group
        quadrature_points=quadrature_points,
    )
    return CrossedGroups(
        _crossed_frame(found, fit.main, confidence),
        f"Multilevel analysis of individual heterogeneity at gate {gate!r} (Evans et al. 2018): random "
        "intercept for each crossed group beside main effects; rates are shrunken. Limits at "
        f"{confidence:.0%} add the variances of main effects and of the crossed group's own part.",
        notes,
        tuple(by),
        fit,
        found,
    )


def _gate(people: StageCounts | Applicants, formula: str, gate: str, asked: Asked) -> tuple[GateFit, Notes]:
    """The fixed part of the model at this gate, fitted on its own."""
    check_made(gate, str, argument="gate", how="Name one gate, in quotes.")
    check_made(asked.cluster, str, type(None), argument="cluster", how="Name one stratum, in quotes.")
    whole, notes, _ = set_up(people, formula, asked)
    if asked.cluster is not None and any(v.name == asked.cluster for v in whole.data.variables):
        raise ArgumentError(
            f"{asked.cluster!r} is the cluster, so it cannot be a term as well. Leave it out of the formula."
        )
    check_known([gate], whole.data.gates, argument="gate", of="a gate")
    found = fit_gate(gate, whole, whole.data.gates.index(gate), method="ml", errors="model")
    if found.fit is None:
        raise ArgumentError(f"Nothing can be modelled at gate {gate!r}: {found.reason}.")
    if found.separation is not None:
        raise ArgumentError(_separated(found))
    return found, notes


def _separated(found: GateFit) -> str:
    names = [column.name for column, out in zip(found.whole.columns, found.infinite, strict=True) if out]
    return (
        f"Separation at gate {found.gate!r}: {listed(names)} have no finite estimate. Merge these groups, "
        "use a broader level, or leave them out with groups=."
    )


def _coefficients(found: GateFit, fit: RandomInterceptFit, confidence: float) -> pd.DataFrame:
    import pandas as pd

    size = found.kept.size
    estimate, error = np.full(size, np.nan), np.full(size, np.nan)
    rows = found.way_back[:, found.kept]
    estimate[found.determined] = (rows @ fit.coef)[found.determined]
    spread = np.einsum("ij,jk,ik->i", rows, fit.covariance, rows)
    error[found.determined] = np.sqrt(spread)[found.determined]
    low, high = wald_interval(estimate, error, confidence)
    return pd.DataFrame(
        {
            "gate": found.gate,
            "name": [column.name for column in found.whole.columns],
            "estimate": estimate,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
            "odds_ratio": np.exp(estimate),
            "p_value": wald_p(estimate, error),
            "confidence": confidence,
            "status": np.where(found.determined, "", "nobody here, or it repeats other terms"),
        }
    )


def _clusters(
    found: GateFit,
    labels: Sequence[str],
    code: NDArray[np.intp],
    fit: RandomInterceptFit,
    confidence: float,
) -> pd.DataFrame:
    import pandas as pd

    entered, passed = (
        np.asarray(np.bincount(code, people[found.rows], len(labels)), dtype=np.float64)
        for people in (found.at_risk, found.passed)
    )
    spread = np.where(fit.sd > 0, fit.cluster_effect_se, np.nan)
    low, high = wald_interval(fit.cluster_effect, spread, confidence)
    frame = pd.DataFrame(
        {
            "cluster": np.array(labels, object),
            "entered": entered.astype(np.int64),
            "passed": passed.astype(np.int64),
            "rate": passed / entered,
            "effect": fit.cluster_effect,
            "effect_low": low,
            "effect_high": high,
            "confidence": confidence,
            "status": "" if fit.sd > 0 else _NO_DIFFERENCE,
        }
    )
    return frame.sort_values("cluster", kind="stable", ignore_index=True)


def _crossed_frame(found: GateFit, fit: RandomInterceptFit, confidence: float) -> pd.DataFrame:
    import pandas as pd

    variables = [v for v in found.whole.data.variables if isinstance(v, GroupVariable)]
    labels = [np.array(v.groups, object)[v.codes[found.rows]] for v in variables]
    entered, passed = found.at_risk[found.rows], found.passed[found.rows]
    fixed = found.reduced(found.whole.design).quadratic(fit.covariance)
    low, high = wald_interval(logit(fit.fitted), np.sqrt(fixed + fit.cluster_effect_se**2), confidence)
    spread = np.where(fit.sd > 0, fit.cluster_effect_se, np.nan)
    apart_low, apart_high = wald_interval(fit.cluster_effect, spread, confidence)
    return pd.DataFrame(
        {
            "gate": found.gate,
            "characteristic": _CROSS.join(v.name for v in variables),
            "group": [_CROSS.join(parts) for parts in zip(*labels, strict=True)],
            "entered": entered.astype(np.int64),
            "passed": passed.astype(np.int64),
            "rate": passed / entered,
            "estimate": fit.fitted,
            "conf_low": expit(low),
            "conf_high": expit(high),
            "interaction": fit.cluster_effect,
            "interaction_low": apart_low,
            "interaction_high": apart_high,
            "confidence": confidence,
            "status": "" if fit.sd > 0 else "no variance beyond main effects was found",
        }
    )
