"""The logistic regression of one gate: fitted, checked for separation, with errors and intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from stepup_equity.statistics.regression import (
    LogisticFit,
    Term,
    cluster_covariance,
    coefficient_tests,
    find_separation,
    fit_firth,
    fit_logistic,
    independent_columns,
    null_space,
    profile_intervals,
    robust_covariance,
    wald_interval,
    wald_p,
    wald_z,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.findings.models.formula_design import FormulaDesign
    from stepup_equity.statistics.regression import CodedDesign, Separation

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Words = NDArray[np.object_]

__all__ = ["CoefficientTable", "Errors", "FitMethod", "GateFit", "IntervalMethod", "fit_gate"]

FitMethod = Literal["auto", "ml", "firth"]
IntervalMethod = Literal["auto", "wald", "profile"]
Errors = Literal["model", "robust", "cluster"]


@dataclass(frozen=True, eq=False)
class CoefficientTable:
    """Coefficients of one gate with all columns of the formula; NaN where one cannot be computed.

    Attributes
    ----------
    estimate, std_error, conf_low, conf_high : ndarray, shape (n_columns,)
        On the scale of log odds.
    statistic, p_value : ndarray, shape (n_columns,)
        z of a Wald test, or chi-squared of a (penalised) likelihood ratio, with its p-value.
    status : ndarray of str, shape (n_columns,)
        Why a number is missing, or what to know about it.
    bracketed : int
        Profile limits that needed the bracketed search.
    """

    estimate: Floats
    std_error: Floats
    conf_low: Floats
    conf_high: Floats
    statistic: Floats
    p_value: Floats
    status: Words
    bracketed: int


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
    occupied : ndarray of bool, shape (n_columns,)
        Columns with people at risk.
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
        Of the shown columns, by the errors asked for.
    errors : {"model", "robust", "cluster"}
    reason : str
    """

    gate: str
    whole: FormulaDesign
    position: int
    occupied: Bools
    kept: Bools
    fit: LogisticFit | None
    separation: Separation | None
    shown: LogisticFit | None
    shown_columns: Bools
    covariance: Floats | None
    errors: Errors
    reason: str

    @property
    def at_risk(self) -> Floats:
        """People at risk by pattern, shape (n_patterns,)."""
        return self.whole.data.at_risk[:, self.position].astype(np.float64)

    @property
    def passed(self) -> Floats:
        """People who passed by pattern, shape (n_patterns,)."""
        return self.whole.data.passed[:, self.position].astype(np.float64)

    @property
    def method(self) -> str:
        """How the coefficients were fitted, in words; empty where nothing was."""
        if self.fit is None:
            return ""
        return "Firth" if self.fit.method == "firth" else "maximum likelihood"

    @cached_property
    def infinite(self) -> Bools:
        """Columns whose maximum-likelihood estimate is infinite, shape (n_columns,)."""
        out = np.zeros(self.kept.size, dtype=bool)
        if self.separation is not None:
            out[self.kept] = self.separation.infinite
        return out

    @cached_property
    def rows(self) -> NDArray[np.intp]:
        """Patterns with people at risk."""
        return np.flatnonzero(self.at_risk > 0)

    @cached_property
    def undetermined(self) -> Floats:
        """Directions of all columns of which these people say nothing, shape (n_columns, n_directions)."""
        if self.kept.all():
            return np.empty((self.kept.size, 0))
        return null_space(self.whole.design, self.at_risk > 0)

    @property
    def reliable(self) -> bool:
        """Whether rates and errors can be read from `fit`: not from separated maximum likelihood."""
        return self.fit is not None and (self.fit.method == "firth" or self.separation is None)

    def reduced(self, design: CodedDesign) -> CodedDesign:
        """A design of all patterns and columns, cut to those of `fit`."""
        return design.rows(self.rows).columns(self.kept)

    @property
    def terms(self) -> tuple[Term, ...]:
        """The formula's terms over the kept columns."""
        return tuple(Term(term.columns[self.kept], term.above[self.kept]) for term in self.whole.terms)

    @cached_property
    def people(self) -> tuple[Floats, Floats]:
        """People at risk and passed in each column, shape (n_columns,)."""
        return self.whole.design.members(self.at_risk), self.whole.design.members(self.passed)

    def profiled(self, interval: IntervalMethod) -> bool:
        """Whether limits follow the (penalised) likelihood rather than Wald's parabola."""
        firth = self.fit is not None and self.fit.method == "firth"
        return interval == "profile" or (interval == "auto" and firth)

    def interval_words(self, interval: IntervalMethod) -> str:
        """How limits and p-values were computed."""
        if self.fit is None:
            return ""
        if self.profiled(interval):
            return f"{'penalised ' if self.fit.method == 'firth' else ''}profile likelihood"
        return "Wald" if self.errors == "model" else f"Wald, {self.errors} errors"

    def coefficients(self, interval: IntervalMethod, confidence: float) -> CoefficientTable:
        """Estimates, errors, limits, p-values and what to say of each column."""
        numbers = {name: np.full(self.kept.size, np.nan) for name in ("b", "se", "low", "high", "test", "p")}
        status = self._status()
        bracketed = 0
        if self.shown is not None and self.covariance is not None:
            finite = ~self.infinite if self.shown.method == "ml" else np.ones(self.kept.size, dtype=bool)
            position = np.flatnonzero(finite[self.shown_columns])
            place = np.flatnonzero(self.shown_columns & finite)
            b, se = self.shown.coef, np.sqrt(np.maximum(np.diag(self.covariance), 0.0))
            numbers["b"][place], numbers["se"][place] = b[position], se[position]
            if self.profiled(interval):
                limits = profile_intervals(self.shown, position, confidence=confidence)
                numbers["low"][place], numbers["high"][place] = limits.low, limits.high
                tests = coefficient_tests(self.shown, position)
                numbers["test"][place], numbers["p"][place] = tests.statistic, tests.p_value
                bracketed = int(limits.low_bracketed.sum() + limits.high_bracketed.sum())
                _name_missing_limits(status, place, limits.low_converged, limits.high_converged)
            else:
                low, high = wald_interval(b, se, confidence)
                numbers["low"][place], numbers["high"][place] = low[position], high[position]
                numbers["test"][place], numbers["p"][place] = wald_z(b, se)[position], wald_p(b, se)[position]
        return CoefficientTable(
            numbers["b"],
            numbers["se"],
            numbers["low"],
            numbers["high"],
            numbers["test"],
            numbers["p"],
            status,
            bracketed,
        )

    def _status(self) -> Words:
        status = np.full(self.kept.size, "", dtype=object)
        if self.fit is None:
            status[:] = self.reason
            return status
        if not self.fit.converged and self.separation is None:
            status[:] = "the fit did not converge"
        status[~self.kept] = "repeats other terms at this gate"
        status[~self.occupied] = "nobody of this group with complete answers is at risk here"
        entered, passed = self.people
        for j in np.flatnonzero(self.infinite):
            status[j] = self._separated(int(j), entered[j], passed[j])
        return status

    def _separated(self, j: int, entered: float, passed: float) -> str:
        if self.whole.columns[j].levels and passed in (0.0, entered):
            who = f"{'none' if passed == 0 else 'all'} of {entered:,.0f} passed"
        else:
            who = "together with other terms it tells some passes from failures"
        firth = self.fit is not None and self.fit.method == "firth"
        return f"separation: {who}{'' if firth else '; see method=' + repr('firth')}"


def _name_missing_limits(status: Words, place: NDArray[np.intp], low: Bools, high: Bools) -> None:
    for j, has_low, has_high in zip(place, low, high, strict=True):
        missing = [name for name, found in (("lower", has_low), ("upper", has_high)) if not found]
        if missing:
            sentence = f"{' and '.join(missing)} limit not found"
            status[j] = f"{status[j]}; {sentence}" if status[j] else sentence


def fit_gate(
    gate: str,
    whole: FormulaDesign,
    position: int,
    *,
    method: FitMethod,
    errors: Errors,
    small_sample: bool = True,
) -> GateFit:
    """Fit one gate.

    Parameters
    ----------
    gate : str
    whole : FormulaDesign
    position : int
        The gate's column in the data.
    method : {"auto", "ml", "firth"}
        With ``"auto"``, maximum likelihood where its estimates are finite, Firth's penalised likelihood where
        they are not.
    errors : {"model", "robust", "cluster"}
        Firth fits have model-based errors whatever is asked.
    small_sample : bool
        Whether robust and cluster-robust errors carry the factor HC1.
    """
    m = whole.data.at_risk[:, position].astype(np.float64)
    s = whole.data.passed[:, position].astype(np.float64)
    occupied = whole.design.members((m > 0).astype(np.float64)) > 0
    nothing = np.zeros(occupied.size, dtype=bool)
    reason = _why_not(m, s)
    if reason:
        return GateFit(
            gate, whole, position, occupied, nothing, None, None, None, nothing, None, errors, reason
        )
    rows = np.flatnonzero(m > 0)
    people = whole.design.rows(rows)
    kept = independent_columns(people, m[rows])
    design = people.columns(kept)
    fit = fit_logistic(design, s[rows], m[rows])
    separation = None if fit.proven_finite else find_separation(design, s[rows], m[rows])
    if separation is not None and not separation.separated:
        separation = None
    if method == "firth" or (method == "auto" and separation is not None):
        fit, errors = fit_firth(design, s[rows], m[rows]), "model"
    shown: LogisticFit | None = fit
    columns = kept
    if fit.method == "ml" and separation is not None:
        shown, within = _fit_to_overlap(design, s[rows], m[rows], separation)
        columns = kept.copy()
        columns[kept] = within
        rows = rows[separation.overlap]
    covariance = None if shown is None else _covariance(shown, whole, rows, errors, small_sample)
    design.forget()
    return GateFit(
        gate, whole, position, occupied, kept, fit, separation, shown, columns, covariance, errors, ""
    )


def _why_not(m: Floats, s: Floats) -> str:
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


def _covariance(
    fit: LogisticFit, whole: FormulaDesign, rows: NDArray[np.intp], errors: Errors, small_sample: bool
) -> Floats:
    if errors == "robust":
        return robust_covariance(fit, small_sample=small_sample)
    if errors == "cluster" and whole.data.cluster is not None:
        return cluster_covariance(fit, whole.data.cluster.codes[rows], small_sample=small_sample)
    return fit.covariance
