"""The logistic regression of one gate: fitted, checked for separation, with errors and intervals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from stepup_equity.errors import StatisticError
from stepup_equity.findings.models.coefficient_tables import (
    CoefficientTable,
    IntervalMethod,
    coefficient_table,
)
from stepup_equity.findings.models.data import GroupVariable
from stepup_equity.statistics.regression.fits import (
    LogisticFit,
    fit_firth,
    fit_logistic,
    independent_columns,
    repeated_columns,
)
from stepup_equity.statistics.regression.flac import fit_flac
from stepup_equity.statistics.regression.sandwich import (
    ClusterSpread,
    cluster_covariance,
    cluster_spread,
    jackknife_covariance,
    robust_covariance,
)
from stepup_equity.statistics.regression.separation import find_separation
from stepup_equity.statistics.regression.term_tests import Term

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.findings.models.formula_design import FormulaDesign
    from stepup_equity.statistics.regression.design import CodedDesign
    from stepup_equity.statistics.regression.observed_limits import ObservedFit
    from stepup_equity.statistics.regression.separation import Separation

FitMethod = Literal["auto", "ml", "firth", "flac"]
Errors = Literal["model", "robust", "cluster"]

MOST_PROFILED = 5_000_000
"""Patterns times coefficients up to which limits follow a plain likelihood unasked; beyond that they would
take minutes, and Wald's are as good."""

MOST_SHARED_OUT = 20_000
"""People's blanks filled in all ways, times coefficients, up to which limits follow the observed likelihood
unasked: about a second. A profile there is EM afresh for every value that is tried."""

MOST_SHARED_OUT_IF_ASKED = 50_000_000
"""The same where a profile is asked for: some minutes."""

_METHODS = {"ml": "maximum likelihood", "firth": "Firth", "flac": "FLAC"}
_NOTHING = 1e-6
"""A share of one column in another below this is rounding."""


@dataclass(frozen=True, eq=False)
class GateFit:
    """One gate's regression.

    Attributes
    ----------
    gate : str
    whole : FormulaDesign
        Formula, people and all columns.
    position : int
        The gate's column in the data.
    asked : {"auto", "ml", "firth", "flac"}
    errors : {"model", "robust", "cluster"}
        What was used: penalised and augmented fits have the model's.
    small_sample : bool or None
        Whether robust and cluster-robust errors carry the factor HC1; None is the jackknife of clusters.
    kept : ndarray of bool, shape (n_columns,)
        Columns that do not repeat others.
    fit : LogisticFit or None
        Over the kept columns; None where nothing can be fitted, and `reason` says why.
    separation : Separation or None
        Over the kept columns; None where there is none.
    shown, shown_columns : LogisticFit or None, ndarray of bool, shape (n_columns,)
        The fit that coefficients are read from and the columns it holds: `fit` itself, but for maximum
        likelihood under separation the fit to the people whom nothing separates.
    covariance : ndarray or None
        Of the shown columns, by the errors used.
    reason : str
    stated : tuple of ndarray or None
        Where blanks were shared out (EM): people at risk and passed of each column, of those who stated it.
    observed : tuple of (ObservedFit, int) or None
        The fit that shared them out, and the gate's place in it.
    """

    gate: str
    whole: FormulaDesign
    position: int
    asked: FitMethod
    errors: Errors
    small_sample: bool | None
    kept: Bools
    fit: LogisticFit | None = None
    separation: Separation | None = None
    shown: LogisticFit | None = None
    shown_columns: Bools = field(default_factory=lambda: np.zeros(0, dtype=bool))
    covariance: Floats | None = None
    reason: str = ""
    stated: tuple[Floats, Floats] | None = None
    observed: tuple[ObservedFit, int] | None = None

    @cached_property
    def at_risk(self) -> Floats:
        """People at risk by pattern, shape (n_patterns,)."""
        return self.whole.data.at_risk[:, self.position].astype(np.float64)

    @cached_property
    def passed(self) -> Floats:
        """People who passed by pattern, shape (n_patterns,)."""
        return self.whole.data.passed[:, self.position].astype(np.float64)

    @property
    def method(self) -> str:
        """How the coefficients were fitted, in words; empty where nothing was."""
        blanks = "" if self.stated is None else " with blanks shared out (EM)"
        return "" if self.fit is None else _METHODS[self.fit.method] + blanks

    @cached_property
    def way_back(self) -> Floats:
        """From fitted coefficients to those of the numbers as given."""
        return self.whole.way_back

    @cached_property
    def infinite(self) -> Bools:
        """Columns whose maximum-likelihood estimate is infinite, shape (n_columns,)."""
        out = np.zeros(self.kept.size, dtype=bool)
        if self.separation is not None:
            out[self.kept] = self.separation.infinite
        if self.fit is not None and self.fit.method == "ml":  # what is read from one of them is infinite too
            out = np.asarray((np.abs(self.way_back) @ out) > 0, dtype=bool)
        return out

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """Patterns with people at risk."""
        return np.flatnonzero(self.at_risk > 0)

    @cached_property
    def repeats(self) -> Floats:
        """Directions of all columns of which these people say nothing, shape (n_columns, n_directions)."""
        if self.stated is not None:  # what nobody stated is left out, though blanks could be shared out to it
            return np.eye(self.kept.size)[:, ~self.kept]
        return repeated_columns(self.whole.design, self.at_risk, self.kept)

    @cached_property
    def determined(self) -> Bools:
        """Coefficients that these people determine, whichever repeated columns are left out."""
        if self.fit is None:
            return np.zeros(self.kept.size, dtype=bool)
        moved = np.abs(self.way_back @ self.repeats).max(axis=1, initial=0.0)
        return np.asarray(moved <= _NOTHING, dtype=bool)

    def repeated_with(self, columns: Bools) -> tuple[str, ...]:
        """Names of other columns that say the same of these people as some of the given ones, in order.

        All that hang together by one direction or another: which directions those are depends on the order of
        the columns, what they join does not.
        """
        joins = np.abs(self.repeats) > _NOTHING
        involved = columns.copy()
        while (more := joins[:, joins[involved].any(axis=0)].any(axis=1) & ~involved).any():
            involved |= more
        names = zip(self.whole.columns, involved & ~columns, strict=True)
        return tuple(sorted(column.name for column, is_in in names if is_in))

    def absent_reference(self, variable: str) -> str:
        """The sentence that nobody of a variable's reference is at risk here; empty where somebody is."""
        held = self.whole.data.variable(variable)
        if not isinstance(held, GroupVariable) or self.counted(held)[0][0] > 0:
            return ""
        return (
            f"nobody of the reference {held.reference} with complete answers is at risk here, so there is "
            "no comparison"
        )

    @cached_property
    def spread(self) -> ClusterSpread | None:
        """How columns lie in clusters; None where the model has none."""
        cluster = self.whole.data.cluster
        if cluster is None or self.fit is None:
            return None
        return cluster_spread(
            self.whole.design.rows(self.rows), self.at_risk[self.rows], cluster.codes[self.rows]
        )

    def in_one_cluster(self, variable: GroupVariable, group: int) -> bool:
        """Whether all people of a group are in one cluster."""
        cluster = self.whole.data.cluster
        here = (variable.codes == group) & (self.at_risk > 0)
        return cluster is not None and np.unique(cluster.codes[here]).size == 1

    @property
    def df(self) -> float:
        """Degrees of freedom of Wald's tests: clusters - 1, else without end."""
        if self.errors != "cluster" or self.spread is None:
            return float("inf")
        return float(max(self.spread.clusters - 1, 1))

    @property
    def reliable(self) -> bool:
        """Whether rates and errors can be read from `fit`: not from separated maximum likelihood."""
        return self.fit is not None and (self.fit.method != "ml" or self.separation is None)

    def reduced(self, design: CodedDesign) -> CodedDesign:
        """A design of all patterns and columns, cut to those of `fit`."""
        return design.rows(self.rows).columns(self.kept)

    @cached_property
    def people(self) -> tuple[Floats, Floats]:
        """People at risk and passed in each column, shape (n_columns,)."""
        if self.stated is not None:
            return self.stated
        return self.whole.design.members(self.at_risk), self.whole.design.members(self.passed)

    def counted(self, variable: GroupVariable) -> tuple[Floats, Floats]:
        """People at risk and passed of each group; with blanks shared out, of those who stated it."""
        if self.stated is not None:
            entered, passed = (people[:, self.position] for people in self.whole.data.everyone[variable.name])
        else:
            size = len(variable.groups)
            entered, passed = (
                np.bincount(variable.codes, people, size) for people in (self.at_risk, self.passed)
            )
        return np.asarray(entered, dtype=np.float64), np.asarray(passed, dtype=np.float64)

    def tested(self, term: Term) -> tuple[GateFit, Term]:
        """The same model with the columns of a term, and of the terms it is part of, left out first.

        Where columns repeat each other, the term is then tested with as many of its columns as the rank of
        the design loses without it (as R's `drop1`), whatever the order of terms and groups.
        """
        gate = self
        if not self.kept.all() and self.fit is not None and self.stated is None:
            last = np.asarray(term.columns, dtype=np.intp) + 2 * np.asarray(term.above, dtype=np.intp)
            people = self.whole.design.rows(self.rows)
            kept = independent_columns(people, self.at_risk[self.rows], last=last)
            if not np.array_equal(kept, self.kept):
                gate = _fitted(self, kept, people)
        return gate, Term(term.columns[gate.kept], term.above[gate.kept])

    def profiled(self, interval: IntervalMethod) -> bool:
        """Whether limits and tests follow the likelihood rather than Wald's parabola."""
        if self.observed is not None:
            most = {"auto": MOST_SHARED_OUT, "profile": MOST_SHARED_OUT_IF_ASKED, "wald": 0}[interval]
            return self.observed[0].work <= most
        if interval != "auto" or self.fit is None:
            return interval == "profile"
        if self.fit.method != "ml":
            return True
        entries = self.rows.size * self.fit.coef.size
        return self.asked != "ml" and self.errors == "model" and entries <= MOST_PROFILED

    def interval_words(self, interval: IntervalMethod) -> str:
        """How limits and p-values were computed."""
        if self.fit is None:
            return ""
        if self.observed is not None and self.profiled(interval):
            return "profile of the observed likelihood"
        if self.profiled(interval):
            kind = {"ml": "", "firth": "penalised ", "flac": "augmented "}[self.fit.method]
            return f"{kind}profile likelihood"
        if self.stated is not None:
            long = " (a profile would take too long)" if interval == "profile" else ""
            return f"Wald, observed information{long}"
        if self.errors == "cluster":
            return f"Wald, cluster errors, t with {self.df:.0f} df"
        return "Wald" if self.errors == "model" else f"Wald, {self.errors} errors"

    def coefficients(self, interval: IntervalMethod, confidence: float) -> CoefficientTable:
        """Estimates, errors, limits, p-values and what to say of each column."""
        return coefficient_table(self, interval, confidence)


def fit_gate(
    gate: str,
    whole: FormulaDesign,
    position: int,
    *,
    method: FitMethod,
    errors: Errors,
    small_sample: bool | None = None,
) -> GateFit:
    """Fit one gate; where that cannot be done, `reason` says why.

    Parameters
    ----------
    gate : str
    whole : FormulaDesign
    position : int
        The gate's column in the data.
    method : {"auto", "ml", "firth", "flac"}
        With ``"auto"``, maximum likelihood where its estimates are finite, FLAC where they are not.
    errors : {"model", "robust", "cluster"}
        Firth and FLAC fits have model-based errors whatever is asked.
    small_sample : bool or None
        Whether robust and cluster-robust errors carry the factor HC1; None is the jackknife of clusters.
    """
    m = whole.data.at_risk[:, position].astype(np.float64)
    s = whole.data.passed[:, position].astype(np.float64)
    nothing = np.zeros(whole.design.n_columns, dtype=bool)
    empty = GateFit(gate, whole, position, method, errors, small_sample, nothing, reason=why_not(m, s))
    if empty.reason:
        return empty
    try:
        everyone = empty.rows.size == whole.design.n_rows
        people = whole.design if everyone else whole.design.rows(empty.rows)
        return _fitted(empty, independent_columns(people, m[empty.rows]), people)
    except (StatisticError, np.linalg.LinAlgError) as error:
        reason = str(error) if isinstance(error, StatisticError) else "the equations could not be solved"
        return replace(empty, reason=f"not fitted: {reason}")


def _fitted(gate: GateFit, kept: Bools, people: CodedDesign) -> GateFit:
    """The gate fitted with some of the columns of the people at risk."""
    rows, errors = gate.rows, gate.errors
    design = people.columns(kept)
    s, m = gate.passed[rows], gate.at_risk[rows]
    fit = fit_logistic(design, s, m)
    separation = None if fit.proven_finite else find_separation(design, s, m)
    if separation is not None and not separation.separated:
        separation = None
    if gate.asked == "firth":
        fit, errors = fit_firth(design, s, m), "model"
    elif gate.asked == "flac" or (gate.asked == "auto" and separation is not None):
        fit, errors = fit_flac(design, s, m), "model"
    shown: LogisticFit | None = fit
    columns = kept
    if fit.method == "ml" and separation is not None:
        shown, within = _fit_to_overlap(design, s, m, separation)
        columns = kept.copy()
        columns[kept] = within
        rows = rows[separation.overlap]
    covariance = None if shown is None else _covariance(shown, gate, rows, errors)
    design.forget()
    return GateFit(
        gate.gate,
        gate.whole,
        gate.position,
        gate.asked,
        errors,
        gate.small_sample,
        kept,
        fit,
        separation,
        shown,
        columns,
        covariance,
    )


def why_not(m: Floats, s: Floats) -> str:
    """Why a gate with these people at risk and passed has no regression; empty where it has."""
    if not m.sum() > 0:
        return "nobody reached this gate"
    if s.sum() == 0:
        return "nobody passed this gate"
    if s.sum() == m.sum():
        return "everyone passed this gate"
    return ""


def _fit_to_overlap(
    design: CodedDesign, s: Floats, m: Floats, separation: Separation
) -> tuple[LogisticFit | None, Bools]:
    """Maximum likelihood among the people whom nothing separates; its coefficients are the finite ones."""
    rows = separation.overlap
    if not rows.any():
        return None, np.zeros(design.n_columns, dtype=bool)
    columns = independent_columns(design.rows(rows), m[rows])
    return fit_logistic(design.rows(rows).columns(columns), s[rows], m[rows]), columns


def _covariance(fit: LogisticFit, gate: GateFit, rows: NDArray[np.intp], errors: Errors) -> Floats:
    if errors == "robust":
        return robust_covariance(fit, small_sample=gate.small_sample is not False)
    cluster = gate.whole.data.cluster
    if errors == "cluster" and cluster is not None:
        codes = cluster.codes[rows]
        if np.unique(codes).size < 2:
            return np.full(fit.covariance.shape, np.nan)
        if gate.small_sample is None:
            return jackknife_covariance(fit, codes)
        return cluster_covariance(fit, codes, small_sample=gate.small_sample)
    return fit.covariance
