"""Questions an analyst asks, answered from counts: one file a question, one frozen result each."""

from stepup_equity.findings.association import AssociationTests, association_tests
from stepup_equity.findings.audit_claims import ClaimAudit, audit_claims
from stepup_equity.findings.benchmark import BenchmarkComparison, benchmark
from stepup_equity.findings.benchmark_files import Benchmark, list_benchmarks, load_benchmark
from stepup_equity.findings.cliff_edges import CliffEdges, cliff_edges
from stepup_equity.findings.cliff_rule import CliffRule
from stepup_equity.findings.cohort_trend import CohortTrend, cohort_trend
from stepup_equity.findings.compare_cohorts import CohortComparison, compare_cohorts
from stepup_equity.findings.comparisons import (
    ImpactRatios,
    OddsRatios,
    RateDifferences,
    impact_ratios,
    odds_ratios,
    rate_differences,
)
from stepup_equity.findings.composition import Composition, composition
from stepup_equity.findings.criteria_coverage import CriteriaCoverage, criteria_coverage
from stepup_equity.findings.detectable_gaps import DetectableGaps, detectable_gaps
from stepup_equity.findings.eligibility_rules import EligibilityRules, eligibility_rules
from stepup_equity.findings.exits import Exits, exits
from stepup_equity.findings.gap_decomposition import GapDecomposition, gap_decomposition
from stepup_equity.findings.intersections import Intersections, intersections
from stepup_equity.findings.missingness import Missingness, missingness
from stepup_equity.findings.models.crude_beside_adjusted import CrudeBesideAdjusted
from stepup_equity.findings.models.progression_model import ProgressionModel, progression_model
from stepup_equity.findings.models.random_intercepts import (
    CrossedGroups,
    RandomInterceptModel,
    maihda,
    random_intercept_model,
)
from stepup_equity.findings.models.stacked_model import StackedModel
from stepup_equity.findings.models.term_tests import TermTests
from stepup_equity.findings.offers_by_choice import OffersByChoice, offers_by_choice
from stepup_equity.findings.pass_marks import PassMarks, pass_marks
from stepup_equity.findings.places import Places, places
from stepup_equity.findings.predictive_validity import PredictiveValidity, predictive_validity
from stepup_equity.findings.rates import SelectionRates, selection_rates
from stepup_equity.findings.reconstruction import Reconstruction, reconstruct
from stepup_equity.findings.result import Result
from stepup_equity.findings.stratified import StratifiedTests, stratified_tests
from stepup_equity.findings.trend import TrendTests, trend_tests

__all__ = [
    "AssociationTests",
    "Benchmark",
    "BenchmarkComparison",
    "ClaimAudit",
    "CliffEdges",
    "CliffRule",
    "CohortComparison",
    "CohortTrend",
    "Composition",
    "CriteriaCoverage",
    "CrossedGroups",
    "CrudeBesideAdjusted",
    "DetectableGaps",
    "EligibilityRules",
    "Exits",
    "GapDecomposition",
    "ImpactRatios",
    "Intersections",
    "Missingness",
    "OddsRatios",
    "OffersByChoice",
    "PassMarks",
    "Places",
    "PredictiveValidity",
    "ProgressionModel",
    "RandomInterceptModel",
    "RateDifferences",
    "Reconstruction",
    "Result",
    "SelectionRates",
    "StackedModel",
    "StratifiedTests",
    "TermTests",
    "TrendTests",
    "association_tests",
    "audit_claims",
    "benchmark",
    "cliff_edges",
    "cohort_trend",
    "compare_cohorts",
    "composition",
    "criteria_coverage",
    "detectable_gaps",
    "eligibility_rules",
    "exits",
    "gap_decomposition",
    "impact_ratios",
    "intersections",
    "list_benchmarks",
    "load_benchmark",
    "maihda",
    "missingness",
    "odds_ratios",
    "offers_by_choice",
    "pass_marks",
    "places",
    "predictive_validity",
    "progression_model",
    "random_intercept_model",
    "rate_differences",
    "reconstruct",
    "selection_rates",
    "stratified_tests",
    "trend_tests",
]
