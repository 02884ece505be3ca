"""The characteristics together, gate by gate: sequential logistic regression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.counts.asked import check_asked
from stepup_equity.errors import ArgumentError, unknown_name
from stepup_equity.findings.models.adjusted_rates import adjusted_frame, with_rate_limits
from stepup_equity.findings.models.checks import calibration_frame, diagnostics_frame, influence_frame
from stepup_equity.findings.models.coefficient_frames import association_frame, named_coefficients
from stepup_equity.findings.models.complete_beside_em import complete_beside_em
from stepup_equity.findings.models.crude_beside_adjusted import crude_and_adjusted
from stepup_equity.findings.models.em_gates import begin_gates_with_blanks
from stepup_equity.findings.models.fit_check import fit_check
from stepup_equity.findings.models.gate_fits import fit_gate
from stepup_equity.findings.models.model_words import blanks_note, chosen_gates, method_words, notes_of
from stepup_equity.findings.models.setup import Asked, check_options, set_up
from stepup_equity.findings.models.stacked_model import stacked_model
from stepup_equity.findings.models.statsmodels_results import gee_results, glm_results
from stepup_equity.findings.models.term_tests import terms_tested
from stepup_equity.findings.result import Result
from stepup_equity.words.names import Names
from stepup_equity.words.numbers import interval as limits_in_words
from stepup_equity.words.numbers import ratio
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.models.coefficient_tables import CoefficientTable, IntervalMethod
    from stepup_equity.findings.models.complete_beside_em import CompleteBesideEm
    from stepup_equity.findings.models.crude_beside_adjusted import CrudeBesideAdjusted
    from stepup_equity.findings.models.fit_check import FitCheck
    from stepup_equity.findings.models.formula_design import FormulaDesign
    from stepup_equity.findings.models.gate_fits import Errors, FitMethod, GateFit
    from stepup_equity.findings.models.setup import Missing
    from stepup_equity.findings.models.stacked_model import StackedModel
    from stepup_equity.findings.models.term_tests import TermTests, TestKind
    from stepup_equity.records.applicants import Applicants
    from stepup_equity.statistics.regression.fits import LogisticFit


_OF_COMBINATIONS = "of single groups, not of a combination"

_RATES = ["adjusted_rate", "adjusted_ratio", "ratio_low", "ratio_high", "e_value", "e_value_limit"]


@dataclass(frozen=True, eq=False, repr=False)
class ProgressionModel(Result):
    """Logistic regressions of passing each gate, and of the whole way.

    The frame has a row for each gate and coefficient: ``estimate`` is the log odds ratio against
    ``reference``, with ``std_error``, ``conf_low`` and ``conf_high`` on the same scale; ``odds_ratio``,
    ``odds_ratio_low`` and ``odds_ratio_high`` are their exponentials. ``adjusted_rate`` and
    ``adjusted_ratio`` say the same in rates, with the ``e_value`` of the ratio. ``entered`` and ``passed``
    count the people the model used. ``p_adjusted``: Holm over the rows of single gates, and apart from them
    over those of the whole way.

    Attributes
    ----------
    formula : str
    gates : tuple of GateFit
        What was fitted, gate by gate.
    tables : tuple of CoefficientTable
        Coefficients with all columns of the formula, gate by gate.
    confidence : float
    interval : {"auto", "wald", "profile"}
    """

    formula: str
    gates: tuple[GateFit, ...]
    tables: tuple[CoefficientTable, ...]
    confidence: float
    interval: IntervalMethod

    @property
    def headline(self) -> str:
        """The lowest odds ratio at a single gate."""
        terms = self.whole.formula.terms
        alone = [
            t.name for t in terms if not any(t is not o and set(t.factors) & set(o.factors) for o in terms)
        ]
        frame = self._frame
        compared = (frame["reference"] != "") & (frame["group"] != frame["reference"])
        rows = frame[(frame["gate"] != OVERALL) & compared & frame["term"].isin(alone)]
        rows = rows.dropna(subset=["estimate"])
        if rows.empty:
            others = "its terms interact, see tests()" if not alone else "nothing to compare at a single gate"
            return f"{self.formula}; {others}"
        row = rows.iloc[lowest_at(rows["estimate"])]
        return (
            f"{self.formula}; lowest odds ratio {ratio(row['odds_ratio'])} "
            f"({limits_in_words(row['odds_ratio_low'], row['odds_ratio_high'])}), {row['group']}, "
            f"{self.names.gate_in_words(str(row['gate']))}"
        )

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each gate and coefficient, with reference rows and adjusted rates."""
        return self._with_rates.copy()

    @cached_property
    def _with_rates(self) -> pd.DataFrame:
        key = ["gate", "characteristic", "group"]
        rates = self.adjusted_ratios[[*key, *_RATES, "status"]].rename(columns={"status": "of_rate"})
        merged = self._frame.merge(rates, how="left", on=key, validate="many_to_one")
        of_rate = merged["of_rate"].fillna(_OF_COMBINATIONS)
        apart = ~of_rate.isin(["", "reference"])
        for said, start in (("", "adjusted rate: "), ("reference", "reference; adjusted rate: ")):
            unsaid = (merged["status"] == said) & apart
            merged.loc[unsaid, "status"] = start + of_rate[unsaid]
        last = ["confidence", "method", "status"]
        first = [name for name in merged.columns if name not in (*last, "of_rate")]
        return merged[[*first, *last]]

    @property
    def whole(self) -> FormulaDesign:
        """Formula, people and columns, the same at all gates."""
        return self.gates[0].whole

    def gate(self, name: str) -> GateFit:
        """The fit of one gate, or of ``"overall"``."""
        for gate in self.gates:
            if gate.gate == name:
                return gate
        raise unknown_name(name, [g.gate for g in self.gates], argument="gate", of="a gate of this model")

    def _refuse_blanks(self, what: str) -> None:
        if any(gate.stated is not None for gate in self.gates):
            raise ArgumentError(
                f"{what} needs people with everything stated. Fit the model with missing='complete' for it."
            )

    def _fitted(self, name: str) -> tuple[GateFit, LogisticFit]:
        gate = self.gate(name)
        if gate.fit is None:
            raise ArgumentError(f"Nothing was fitted at gate {name!r}: {gate.reason}.")
        return gate, gate.fit

    @cached_property
    def adjusted(self) -> pd.DataFrame:
        """Adjusted rates: a row for each gate, characteristic and group, and for each numeric covariate.

        Everyone who entered the gate is given each group in turn. ``adjusted_ratio`` is the adjusted impact
        ratio, ``effect`` the average marginal effect: a difference of adjusted rates, or for a number the
        change per unit.
        """
        return with_rate_limits(self.adjusted_ratios, self.gates, self.interval, self.confidence)

    @cached_property
    def adjusted_ratios(self) -> pd.DataFrame:
        """As `adjusted`, without the limits of rates, which take as long again."""
        return adjusted_frame(self.gates, self.tables, self.interval, self.confidence)

    @cached_property
    def coefficients(self) -> pd.DataFrame:
        """All coefficients under the names R and statsmodels give them, the intercept too."""
        return named_coefficients(self.gates, self.tables)

    @cached_property
    def left_out(self) -> pd.DataFrame:
        """People at risk whom the model could not use, by gate and by what is not stated of them.

        Somebody with two gaps counts under both, and once under ``any``.
        """
        import pandas as pd

        data = self.whole.data
        names, position = data.left_out.names, [data.gates.index(gate.gate) for gate in self.gates]
        return pd.DataFrame(
            {
                "gate": np.repeat(np.array([gate.gate for gate in self.gates], object), len(names)),
                "not_stated": np.tile(np.array(names, object), len(position)),
                "left_out": data.left_out.people[:, position].T.ravel(),
                "used": np.repeat(data.at_risk.sum(0)[position], len(names)),
            }
        )

    def tests(self, *, kind: TestKind = "likelihood ratio") -> TermTests:
        """Test every term at every gate, all its groups jointly (type II).

        Parameters
        ----------
        kind : {"likelihood ratio", "wald"}
            Likelihood ratio, augmented or penalised where the gate was fitted so; or Wald with the
            errors of the model, which robust and cluster-robust errors need.
        """
        return replace(terms_tested(self.gates, kind, self.notes), names=self.names)

    def crude_beside_adjusted(self) -> CrudeBesideAdjusted:
        """Does the edge remain? Each group's impact ratio as counted and with the rest held equal.

        Raises
        ------
        ArgumentError
            Where blanks were shared out: nobody counted those people in a group. See `beside_em`.
        """
        self._refuse_blanks("crude_beside_adjusted()")
        return self._beside

    @cached_property
    def _beside(self) -> CrudeBesideAdjusted:
        found = crude_and_adjusted(
            self.gates, self.adjusted_ratios, self.formula, self.confidence, self.notes
        )
        return replace(found, names=self.names)

    def beside_em(self, everybody: ProgressionModel, bounds: pd.DataFrame) -> CompleteBesideEm:
        """What blanks cost this model: its ratios beside those of everybody.

        Parameters
        ----------
        everybody : ProgressionModel
            The same formula with ``missing="em"``.
        bounds : DataFrame
            ``missingness(counts).bounds``: how far a ratio could lie whatever the others had said.
        """
        return complete_beside_em(self, everybody, bounds)

    def stacked(self) -> StackedModel:
        """All gates in one model: what matters, and what differs between gates."""
        self._refuse_blanks("stacked()")
        return stacked_model(self.gates, self.confidence, self.notes)

    def diagnostics(self) -> pd.DataFrame:
        """What a referee asks of each gate's fit: dispersion, calibration, discrimination, convergence."""
        return diagnostics_frame(self.gates)

    def fit_check(self) -> FitCheck:
        """Residuals and influence by gate, group and crossed groups of ten people or more, as in statsmodels.

        For a report: nothing is said of fewer. `influence` has every pattern, for the analyst.
        """
        self._refuse_blanks("fit_check()")
        return self._fit_check

    @cached_property
    def _fit_check(self) -> FitCheck:
        return fit_check(self.gates)

    def calibration(self, gate: str, *, bands: int = 10) -> pd.DataFrame:
        """Observed beside expected passes of one gate in bands of fitted rate."""
        return calibration_frame(gate, self._fitted(gate)[1], bands)

    def influence(self, gate: str) -> pd.DataFrame:
        """Leverage, residual and Cook's distance of every covariate pattern of one gate, largest first.

        A pattern may be a single person: this is for the analyst, never for print.
        """
        return influence_frame(*self._fitted(gate))

    def to_statsmodels(self, gate: str, *, kind: Literal["glm", "gee"] = "glm") -> Any:
        """The gate's model as statsmodels fits it, for its diagnostics.

        Parameters
        ----------
        gate : str
        kind : {"glm", "gee"}
            A binomial GLM of the counts, with what FLAC or Firth added to them, so that its coefficients
            are this model's; or a GEE of single people within the model's cluster (exchangeable
            correlation).

        Returns
        -------
        statsmodels GLMResults or GEEResults
            Fitted afresh by statsmodels, with its residuals, influence and everything else. Wald errors of
            added people are those of the augmented data; this model's limits follow the likelihood.
        """
        if kind not in ("glm", "gee"):
            raise ArgumentError(f"kind={kind!r} is not known. Possible: 'glm', 'gee'.")
        self._refuse_blanks("to_statsmodels()")
        found, _ = self._fitted(gate)
        return glm_results(found) if kind == "glm" else gee_results(found)


def progression_model(
    people: StageCounts | Applicants,
    formula: str,
    *,
    method: FitMethod = "auto",
    gates: str | Sequence[str] | None = None,
    level: str | Mapping[str, str] | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    reference: Mapping[str, str] | None = None,
    where: Mapping[str, str] | None = None,
    missing: Missing = "complete",
    denominator: Denominator = "entered",
    interval: IntervalMethod = "auto",
    errors: Errors = "model",
    cluster: str | None = None,
    small_sample: bool | None = None,
    confidence: float = 0.95,
) -> ProgressionModel:
    """Model passing each gate on all characteristics together.

    A gap in one characteristic may belong to another: religion and ethnicity go together, and so do age and
    degree. At each gate, among those who entered it, the log odds of passing are a sum of the terms of the
    formula, so each coefficient is a log odds ratio with the others held equal (sequential, or
    continuation-ratio, logit). One more model is of the whole way. Fitting the counts gives the same
    numbers as fitting the rows.

    Parameters
    ----------
    people : StageCounts or Applicants
        Counts that hold the characteristics jointly; applicants where the formula has numeric covariates.
    formula : str
        ``"ethnicity + gender + age_band"``; interactions ``"ethnicity * religion"``; strata and
        ``"cohort"`` as further terms; numeric covariates of applicants, ``"ethnicity + score"``.
    method : {"auto", "ml", "firth", "flac"}
        ``"auto"`` is maximum likelihood, and FLAC at gates where a group has no passes or no failures
        (separation), where maximum likelihood has no finite answer. FLAC is Firth's correction fitted so that
        rates are not pulled to one half; Firth's own penalised likelihood by name.
    gates : str or sequence of str, optional
        Only these; ``"overall"`` is the whole way. All by default.
    level : str or mapping, optional
        ``"broad"`` for all characteristics, or a level for each: ``{"ethnicity": "broad"}``.
    groups : mapping, optional
        Only these groups: ``{"gender": ["Female", "Male"]}``.
    reference : mapping, optional
        ``{"ethnicity": "White British"}``; by default the declared one, else the largest group.
    where : mapping, optional
        Only these people, such as ``{"cohort": "2010"}``.
    missing : {"complete", "level", "em"}
        Use only people with everything in the formula stated, and say how many are left out; or make
        *Not stated* a group of its own; or use everybody, blanks shared out over the groups by what else is
        stated and by how far they got (EM; errors from the observed information). Numbers that are not
        known always leave out.
    denominator : {"entered", "decided"}
        As in `selection_rates`.
    interval : {"auto", "wald", "profile"}
        ``"auto"``: limits and p-values along the likelihood; Wald's where ``method="ml"`` or other errors
        than the model's are asked for by name, and for plain fits of more than 5 million patterns times
        coefficients. Where blanks are shared out a limit is EM afresh for every value that is tried:
        ``"auto"`` does so in small models (two or three characteristics with few groups), ``"profile"``
        wherever it takes minutes at most; elsewhere limits are Wald's, and ``method`` says which.
    errors : {"model", "robust", "cluster"}
        Robust or cluster-robust errors instead of the model's; FLAC and Firth fits keep the model's.
        Cluster-robust ones use t with clusters - 1 degrees of freedom, and need 4 clusters.
    cluster : str, optional
        The stratum within which people resemble each other, for ``errors="cluster"``.
    small_sample : bool, optional
        Whether those errors carry the factor of HC1, ``n / (n - k)`` or ``G/(G-1) * (n-1)/(n-k)``;
        otherwise HC0, 1 or ``G/(G-1)``. By default robust errors do, and cluster-robust ones are those of the
        jackknife of clusters (CR3), which hold their level with few and uneven clusters.
    confidence : float
        Level of the intervals.

    Returns
    -------
    ProgressionModel

    Raises
    ------
    ArgumentError
        A formula that cannot be read, names that were not counted, or counts that hold margins only.

    References
    ----------
    Mare (1980), J. Am. Stat. Assoc. 75, 295-305; Firth (1993), Biometrika 80, 27-38; Heinze and Schemper
    (2002), Stat. Med. 21, 2409-2419; Puhr, Heinze, Nold, Lusa and Geroldinger (2017), Stat. Med. 36,
    2302-2317.

    Examples
    --------
    None of 8 in one group pass, against 40 of 60. Maximum likelihood has no answer; FLAC has:

    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "group", "group": ["large", "small"], "applied": [60, 8], "passed": [40, 0],
    ... }))
    >>> model = progression_model(counts, "group", gates="passed")
    >>> model
    <ProgressionModel: group; lowest odds ratio 0.02 (<0.01 to 0.24), small, passed>
    >>> row = model.frame.iloc[1]
    >>> print(f"{row['estimate']:.2f} ({row['conf_low']:.2f} to {row['conf_high']:.2f}), {row['status']}")
    -3.71 (-8.83 to -1.42), separation: none of 8 passed
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
    check_options(method, interval, errors, cluster, missing, confidence)
    asked = Asked(level, groups, reference, where, missing, denominator, cluster)
    whole, notes, incomplete = set_up(people, formula, asked)
    if len(whole.columns) == 1:  # the intercept alone
        raise ArgumentError(
            f"The formula {formula!r} has nothing to compare: the people in question are all of one group. "
            "Name a characteristic in which they differ, or more groups."
        )
    chosen = chosen_gates(gates, whole.data.gates)
    if incomplete is not None:
        fits = begin_gates_with_blanks(whole, incomplete, chosen, method)()
        notes = (*notes, blanks_note(incomplete))
    else:
        fits = tuple(
            fit_gate(
                gate,
                whole,
                whole.data.gates.index(gate),
                method=method,
                errors=errors,
                small_sample=small_sample,
            )
            for gate in chosen
        )
    return model_of_fits(people, formula, fits, notes, interval, errors, cluster, small_sample, confidence)


def model_of_fits(
    people: StageCounts | Applicants,
    formula: str,
    fits: tuple[GateFit, ...],
    notes: tuple[str, ...],
    interval: IntervalMethod = "auto",
    errors: Errors = "model",
    cluster: str | None = None,
    small_sample: bool | None = None,
    confidence: float = 0.95,
) -> ProgressionModel:
    """The model whose gates are fitted; `notes` are of the people, the others as in `progression_model`."""
    tables = tuple(fit.coefficients(interval, confidence) for fit in fits)
    return ProgressionModel(
        association_frame(fits, tables, interval, confidence),
        method_words(fits, interval, errors, small_sample, confidence),
        (*notes, *notes_of(fits, errors, cluster)),
        formula,
        fits,
        tables,
        confidence,
        interval,
        names=Names.of(people.programme),
    )
