"""Whether a characteristic matters at a gate: tests of whole terms of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.result import Result
from stepup_equity.statistics import adjust
from stepup_equity.statistics.regression import term_tests, wald_tests

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from stepup_equity.findings.models.gate_fits import GateFit

__all__ = ["TermTests", "TestKind", "holm_by_family", "terms_tested"]

TestKind = Literal["likelihood ratio", "wald"]


@dataclass(frozen=True, eq=False, repr=False)
class TermTests(Result):
    """Whether a whole characteristic matters at a gate, all its groups jointly."""

    @property
    def headline(self) -> str:
        """The clearest term at a single gate."""
        rows = self._frame[self._frame["gate"] != OVERALL].dropna(subset=["p_value"])
        if rows.empty:
            return "no term can be tested"
        row = rows.iloc[int(rows["p_value"].to_numpy().argmin())]
        return (
            f"clearest {row['term']} at {row['gate']}: chi-squared {row['statistic']:.1f}, df {row['df']}, "
            f"p {row['p_value']:.2g}, adjusted {row['p_adjusted']:.2g}"
        )


def terms_tested(gates: Sequence[GateFit], kind: TestKind, notes: tuple[str, ...]) -> TermTests:
    """Test every term at every gate, all its columns jointly (type II)."""
    import pandas as pd

    if kind not in ("likelihood ratio", "wald"):
        raise ArgumentError(f"kind={kind!r} is not known. Possible: 'likelihood ratio', 'wald'.")
    frame = pd.DataFrame([row for gate in gates for row in _gate_tests(gate, kind)])
    adjusted = holm_by_family(frame["gate"].to_numpy(), frame["p_value"].to_numpy())
    frame.insert(list(frame.columns).index("p_value") + 1, "p_adjusted", adjusted)
    words = "Likelihood-ratio" if kind == "likelihood ratio" else "Wald"
    return TermTests(
        frame,
        f"{words} test of each term, type II, all its columns jointly (Fox and Weisberg 2019); penalised "
        "with the full design's penalty where Firth's method was used (Heinze and Schemper 2002). Adjusted "
        "by Holm over the rows of single gates, and apart over those of the whole way.",
        notes,
    )


def holm_by_family(gates: NDArray[np.object_], p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's adjustment over the rows of single gates, and apart from them over those of the whole way."""
    adjusted = np.full(len(p_values), np.nan)
    whole = np.asarray(gates == OVERALL, dtype=bool)
    for family in (whole, ~whole):
        adjusted[family] = adjust(p_values[family], "holm")
    return adjusted


def _gate_tests(gate: GateFit, kind: TestKind) -> list[dict[str, Any]]:
    names = [term.name for term in gate.whole.formula.terms]
    if gate.fit is None or gate.covariance is None:
        return _no_tests(gate.gate, names, "", gate.reason)
    if kind == "wald" and not gate.reliable:
        return _no_tests(gate.gate, names, "Wald", "separation; see method='firth'")
    if kind == "wald":
        found, method = wald_tests(gate.fit.coef, gate.covariance, gate.terms), "Wald"
    else:
        found = term_tests(gate.fit, gate.terms)
        method = ("penalised " if gate.fit.method == "firth" else "") + "likelihood ratio"
    few = kind == "wald" and gate.errors == "cluster"
    crowded = found.df >= _clusters(gate) - 1 if few else np.zeros(len(names), dtype=bool)
    status = np.select(
        [found.df == 0, ~found.converged, crowded],
        [
            "no group of this term can be compared at this gate",
            "a fit did not converge",
            "too few clusters for a joint test of this many columns",
        ],
        "",
    )
    statistic = np.where(crowded, np.nan, found.statistic)
    p_value = np.where(crowded, np.nan, found.p_value)
    columns = zip(names, statistic, found.df, p_value, status, strict=True)
    return [
        {
            "gate": gate.gate,
            "term": name,
            "statistic": value,
            "df": int(df),
            "p_value": p,
            "method": method,
            "status": str(words),
        }
        for name, value, df, p, words in columns
    ]


def _clusters(gate: GateFit) -> int:
    """Clusters with people at risk; their scores add to 0, so they bear one joint column fewer."""
    cluster = gate.whole.data.cluster
    return 0 if cluster is None else int(np.unique(cluster.codes[gate.rows]).size)


def _no_tests(gate: str, names: list[str], method: str, status: str) -> list[dict[str, Any]]:
    nothing = {"statistic": np.nan, "df": 0, "p_value": np.nan, "method": method, "status": status}
    return [{"gate": gate, "term": name, **nothing} for name in names]
