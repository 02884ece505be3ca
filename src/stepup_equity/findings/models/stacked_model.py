"""All gates in one model: whether a characteristic matters, and whether its effect differs between gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from scipy.special import chdtrc

from stepup_equity.columns import OVERALL
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.models.formula_design import INTERCEPT
from stepup_equity.findings.models.statsmodels_results import glm_of_fit
from stepup_equity.findings.result import Result
from stepup_equity.statistics.regression.continuation import stack_gates
from stepup_equity.statistics.regression.fits import (
    LogisticFit,
    fit_logistic,
    independent_columns,
    wald_interval,
    wald_p,
)
from stepup_equity.statistics.regression.separation import find_separation

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.findings.models.formula_design import FormulaDesign
    from stepup_equity.findings.models.gate_fits import GateFit


_EVERY = "all terms"

_LEFT_OUT: Final = "nobody here, or it repeats other terms"


@dataclass(frozen=True, eq=False, repr=False)
class StackedModel(Result):
    """The continuation-ratio model: one likelihood for all gates, with an intercept for each.

    The frame holds tests. ``question`` is ``"matters"`` (the term, with one effect shared by all gates,
    against no effect) or ``"differs between gates"`` (an effect of its own at every gate against a shared
    one); ``"all terms"`` tests them jointly.

    Attributes
    ----------
    shared : DataFrame
        Coefficients of the model in which every effect is the same at all gates.
    by_gate : DataFrame
        Coefficients with an effect of its own at every gate, named ``stage=screened:gender[T.Male]``.
    fit : LogisticFit
        Of the model by gate, over the rows of `by_gate` that are not empty or repeated; under separation it
        holds where maximum likelihood stopped, which `by_gate` does not show.
    shared_fit : LogisticFit
        Of the model behind `shared` likewise.
    """

    shared: pd.DataFrame
    by_gate: pd.DataFrame
    fit: LogisticFit
    shared_fit: LogisticFit

    @property
    def headline(self) -> str:
        """Whether effects differ between gates."""
        rows = self._frame[(self._frame["term"] == _EVERY) & (self._frame["question"] != "matters")]
        row = rows.iloc[0]
        return (
            f"effects differ between gates: chi-squared {row['statistic']:.1f}, df {row['df']}, "
            f"p {row['p_value']:.2g}"
        )

    def to_statsmodels(self, *, effects: Literal["by gate", "shared"] = "by gate") -> Any:
        """The stacked model as a binomial GLM of statsmodels; numbers centred and scaled as in the fit.

        Parameters
        ----------
        effects : {"by gate", "shared"}
            An effect of its own at every gate, or one for all.

        Returns
        -------
        statsmodels GLMResults
        """
        if effects not in ("by gate", "shared"):
            raise ArgumentError(f"effects={effects!r} is not known. Possible: 'by gate', 'shared'.")
        fit, table = (self.fit, self.by_gate) if effects == "by gate" else (self.shared_fit, self.shared)
        return glm_of_fit(fit, table["name"][table["status"] != _LEFT_OUT].tolist())


def stacked_model(gates: Sequence[GateFit], confidence: float, notes: tuple[str, ...]) -> StackedModel:
    """Stack the single gates of a model and test what they share.

    Parameters
    ----------
    gates : sequence of GateFit
        ``"overall"`` is left out: it is no gate.
    confidence, notes
        Of the model.

    Raises
    ------
    ArgumentError
        Fewer than two gates with people.
    """
    import pandas as pd

    used = [gate for gate in gates if gate.gate != OVERALL and gate.at_risk.sum() > 0]
    if len(used) < 2:
        raise ArgumentError("A stacked model compares gates; at least 2 with people are needed.")
    terms = [term.name for term in used[0].whole.formula.terms]
    models = {
        "none": _fit(used, (), ()),
        "shared": _fit(used, terms, ()),
        "by gate": _fit(used, terms, terms),
    }
    rows = [
        _compared("matters", _EVERY, models["none"], models["shared"]),
        _compared("differs between gates", _EVERY, models["shared"], models["by gate"]),
    ]
    for name in terms:
        above = {other for other in terms if other != name and _contains(used[0], other, name)}
        rest = [other for other in terms if other != name and other not in above]
        rows.append(_compared("matters", name, _fit(used, rest, ()), _fit(used, [*rest, name], ())))
    rows += [
        _compared("differs between gates", name, models["shared"], _fit(used, terms, (name,)))
        for name in terms
    ]
    return StackedModel(
        pd.DataFrame(rows),
        "Continuation-ratio logit of all gates together (Fienberg 1980; Mare 1980), maximum likelihood; "
        "likelihood-ratio tests. A term matters: shared effect against none, type II. It differs between "
        "gates: effects by gate against a shared one, the other terms shared.",
        notes,
        _table(models["shared"], confidence),
        _table(models["by gate"], confidence),
        models["by gate"].fit,
        models["shared"].fit,
    )


@dataclass(frozen=True, eq=False)
class _Stack:
    fit: LogisticFit
    names: tuple[str, ...]
    kept: Bools
    way_back: Floats


def _contains(gate: GateFit, larger: str, smaller: str) -> bool:
    factors = {term.name: set(term.factors) for term in gate.whole.formula.terms}
    return factors[smaller] < factors[larger]


def _fit(gates: Sequence[GateFit], terms: Collection[str], by_gate: Collection[str]) -> _Stack:
    """Stack the gates with these terms; those in `by_gate` have their own effect at every gate."""
    whole = gates[0].whole
    used = [b for b, name in enumerate(whole.block_terms) if b == 0 or name in terms]
    own = [b == 0 or whole.block_terms[b] in by_gate for b in used]
    designs = [gate.whole.design.only(used).rows(gate.rows) for gate in gates]
    stacked = stack_gates(designs, own)
    names: list[str] = []
    for b, separate in zip(used, own, strict=True):
        columns = [column.name for column in whole.columns[whole.design.slices[b]]]
        if separate:
            names += [_stage_name(gate.gate, column) for gate in gates for column in columns]
        else:
            names += columns
    m = np.concatenate([gate.at_risk[gate.rows] for gate in gates])
    s = np.concatenate([gate.passed[gate.rows] for gate in gates])
    kept = independent_columns(stacked, m)
    way_back = _way_back(whole, used, own, len(gates))
    return _Stack(fit_logistic(stacked.columns(kept), s, m), tuple(names), kept, way_back)


def _way_back(whole: FormulaDesign, used: Sequence[int], own: Sequence[bool], gates: int) -> Floats:
    """From stacked coefficients to those of the numbers as given."""
    places: dict[int, list[slice]] = {}
    end = 0
    for b, separate in zip(used, own, strict=True):
        width = whole.design.blocks[b].n_columns
        starts = [end + g * width for g in range(gates if separate else 1)]
        places[b] = [slice(start, start + width) for start in starts]
        end = starts[-1] + width
    matrix = np.eye(end)
    scaling = whole.scaling
    for b, slices in places.items():
        anchors = places.get(int(scaling.anchor[b]), [])
        for g, at in enumerate(slices):
            matrix[at, at] /= scaling.scale[b]
            shifted = anchors if len(slices) == 1 else anchors[g : g + 1]
            for held in shifted:
                matrix[held, at] -= np.eye(at.stop - at.start) * (scaling.shift[b] / scaling.scale[b])
    return matrix


def _stage_name(gate: str, column: str) -> str:
    return f"stage={gate}" if column == INTERCEPT else f"stage={gate}:{column}"


def _compared(question: str, term: str, smaller: _Stack, larger: _Stack) -> dict[str, Any]:
    statistic = max(0.0, 2.0 * (larger.fit.value - smaller.fit.value))
    df = larger.fit.coef.size - smaller.fit.coef.size
    testable = df > 0 and smaller.fit.converged and larger.fit.converged
    status = "" if testable else ("nothing to test" if df == 0 else "a fit did not converge")
    return {
        "question": question,
        "term": term,
        "statistic": statistic if testable else np.nan,
        "df": df,
        "p_value": float(chdtrc(df, statistic)) if testable else np.nan,
        "method": "likelihood ratio",
        "status": status,
    }


def _table(stack: _Stack, confidence: float) -> pd.DataFrame:
    import pandas as pd

    estimate, error = np.full(stack.kept.size, np.nan), np.full(stack.kept.size, np.nan)
    infinite = np.zeros(stack.kept.size, dtype=bool)
    if not stack.fit.proven_finite:
        counts = stack.fit.likelihood
        infinite[stack.kept] = find_separation(stack.fit.design, counts.successes, counts.trials).infinite
    infinite = (np.abs(stack.way_back) @ infinite) > 0
    rows = stack.way_back[:, stack.kept]
    shown = stack.kept & ~infinite
    estimate[shown] = (rows @ stack.fit.coef)[shown]
    error[shown] = np.sqrt(np.einsum("ij,jk,ik->i", rows, stack.fit.covariance, rows))[shown]
    low, high = wald_interval(estimate, error, confidence)
    return pd.DataFrame(
        {
            "name": stack.names,
            "estimate": estimate,
            "std_error": error,
            "conf_low": low,
            "conf_high": high,
            "p_value": wald_p(estimate, error),
            "confidence": confidence,
            "status": np.select(
                [~stack.kept, infinite],
                [_LEFT_OUT, "separation: no finite estimate"],
                "",
            ),
        }
    )
