"""Whether a characteristic matters at a gate: tests of whole terms of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.models.coefficient_tables import FEWEST_CLUSTERS, no_information, said
from stepup_equity.findings.models.formula_design import INTERCEPT
from stepup_equity.findings.result import Result
from stepup_equity.statistics.regression.term_tests import term_tests, wald_tests
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepup_equity.findings.models.gate_fits import GateFit
    from stepup_equity.statistics.regression.term_tests import Term


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
        row = rows.iloc[lowest_at(rows["p_value"])]
        return (
            f"clearest {row['term']} at {self.names.gate_in_words(str(row['gate']))}: chi-squared "
            f"{row['statistic']:.1f}, df {row['df']}, p {row['p_value']:.2g}, adjusted "
            f"{row['p_adjusted']:.2g}"
        )


def terms_tested(gates: Sequence[GateFit], kind: TestKind, notes: tuple[str, ...]) -> TermTests:
    """Test every term at every gate, all its columns jointly (type II)."""
    import pandas as pd

    if kind not in ("likelihood ratio", "wald"):
        raise ArgumentError(f"kind={kind!r} is not known. Possible: 'likelihood ratio', 'wald'.")
    frame = pd.DataFrame([row for gate in gates for row in _gate_tests(gate, kind)])
    words = "Likelihood-ratio" if kind == "likelihood ratio" else "Wald"
    return TermTests(
        with_adjusted(frame),
        f"{words} test of each term, type II, all its columns jointly (Fox and Weisberg 2019), with as many "
        "degrees of freedom as the rank of the design loses without it; penalised with the full design's "
        "penalty where Firth's method was used (Heinze and Schemper 2002), on the augmented likelihood "
        "where FLAC was. Adjusted "
        "by Holm over the rows of single gates, and apart over those of the whole way.",
        notes,
    )


def _gate_tests(gate: GateFit, kind: TestKind) -> list[dict[str, Any]]:
    names = [term.name for term in gate.whole.formula.terms]
    if gate.fit is None or gate.covariance is None:
        return _no_tests(gate.gate, names, "", gate.reason)
    if kind == "wald" and not gate.reliable:
        return _no_tests(gate.gate, names, "Wald", "separation; see method='flac'")
    return [
        {"gate": gate.gate, "term": name, **_term_test(gate, term, kind)}
        for name, term in zip(names, gate.whole.terms, strict=True)
    ]


def _term_test(gate: GateFit, term: Term, kind: TestKind) -> dict[str, Any]:
    """One term, with as many of its columns as the rank of the design loses without it."""
    fitted, own = gate.tested(term)
    kind = "wald" if gate.stated is not None else kind  # an observed likelihood is not at hand term by term
    assert fitted.fit is not None
    assert fitted.covariance is not None
    if kind == "wald":
        found = wald_tests(fitted.fit.coef, fitted.covariance, [own], df=fitted.df)
    else:
        found = term_tests(fitted.fit, [own])
    df, reason, p_value = int(found.df[0]), "", float(found.p_value[0])
    if df == 0:
        reason = _repeated(gate, term)
    elif not found.converged[0]:
        reason = "a fit did not converge"
    elif kind == "wald" and gate.errors == "cluster":
        reason = _clusters_too_few(gate, term, df)
    if not reason and np.isnan(p_value):
        reason = "not computed: the people here hold too little information"
    occupied = int((gate.people[0][term.columns] > 0).sum())
    note = f"{df} of {occupied} comparisons: {_repeated(gate, term)}" if df < occupied else ""
    return {
        "statistic": np.nan if reason else float(found.statistic[0]),
        "df": df,
        "p_value": np.nan if reason else p_value,
        "method": _test_words(fitted, kind),
        "status": reason or note,
    }


def _test_words(gate: GateFit, kind: TestKind) -> str:
    if kind == "wald":
        return "Wald" if gate.stated is None else "Wald, observed information"
    assert gate.fit is not None
    return {"ml": "", "firth": "penalised ", "flac": "augmented "}[gate.fit.method] + "likelihood ratio"


def _repeated(gate: GateFit, term: Term) -> str:
    """Why no column of a term can be tested, and what says the same."""
    people = gate.people[0][term.columns]
    if not (people > 0).any():
        return "nobody of its groups is at risk here"
    repeated = gate.repeated_with(term.columns)
    others = {
        column.term for column in gate.whole.columns if column.name in repeated and column.term != INTERCEPT
    }
    if not others:
        return "everyone at risk here is alike in it"
    return f"cannot be told apart from {said(tuple(sorted(others)))} at this gate"


def _clusters_too_few(gate: GateFit, term: Term, df: int) -> str:
    spread = gate.spread
    assert spread is not None
    if spread.clusters < FEWEST_CLUSTERS:
        return f"{spread.clusters} clusters here, and at least {FEWEST_CLUSTERS} are needed"
    if df >= spread.clusters - 1:
        return "too few clusters for a joint test of this many columns"
    place = np.flatnonzero(term.columns & gate.determined)
    reasons = (no_information(gate, int(j), gate.whole.columns[j]) for j in place)
    return next((reason for reason in reasons if reason), "").replace("no error", "no test")


def _no_tests(gate: str, names: list[str], method: str, status: str) -> list[dict[str, Any]]:
    nothing = {"statistic": np.nan, "df": 0, "p_value": np.nan, "method": method, "status": status}
    return [{"gate": gate, "term": name, **nothing} for name in names]
