"""Who gets through a selection process, at which gate a group falls behind, and how sure we are.

Public names load when first used, so that ``import stepup_equity`` costs what bare Python costs.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES: dict[str, str] = {
    # process
    "Characteristic": "process",
    "Group": "process",
    "Gate": "process",
    "Programme": "process",
    "SelectionProcess": "process",
    "Stage": "process",
    "load_programme": "process",
    "step_up_to_social_work": "process",
    # records
    "Applicants": "records.applicants",
    "join_by_id": "records.join",
    "pseudonyms": "records.join",
    "read_applicants": "records.applicants",
    # start
    "draft_programme": "start",
    # counts
    "StageCounts": "counts",
    "count_stages": "counts",
    # findings
    "association_tests": "findings.association",
    "composition": "findings.composition",
    "stratified_tests": "findings.stratified",
    "trend_tests": "findings.trend",
    "CliffRule": "findings.cliff_rule",
    "audit_claims": "findings.audit_claims",
    "benchmark": "findings.benchmark",
    "cliff_edges": "findings.cliff_edges",
    "detectable_gaps": "findings.detectable_gaps",
    "eligibility_rules": "findings.eligibility_rules",
    "exits": "findings.exits",
    "gap_decomposition": "findings.gap_decomposition",
    "impact_ratios": "findings.comparisons",
    "cohort_trend": "findings.cohort_trend",
    "compare_cohorts": "findings.compare_cohorts",
    "intersections": "findings.intersections",
    "list_benchmarks": "findings.benchmark_files",
    "missingness": "findings.missingness",
    "criteria_coverage": "findings.criteria_coverage",
    "pass_marks": "findings.pass_marks",
    "places": "findings.places",
    "odds_ratios": "findings.comparisons",
    "offers_by_choice": "findings.offers_by_choice",
    "predictive_validity": "findings.predictive_validity",
    "maihda": "findings.models.random_intercepts",
    "progression_model": "findings.models.progression_model",
    "random_intercept_model": "findings.models.random_intercepts",
    "rate_differences": "findings.comparisons",
    "reconstruct": "findings.reconstruction",
    "selection_rates": "findings.rates",
    # presentation
    "write_charts": "presentation.writing",
    "write_report": "presentation.writing",
    "lint_workbook": "spreadsheets.lint",
    "write_workbook": "presentation.workbook.tables",
    # disclosure
    "Policy": "disclosure",
    "Release": "disclosure",
    "protect": "disclosure",
    "publication_plan": "disclosure.designs",
    # errors
    "ArgumentError": "errors",
    "DataError": "errors",
    "DisclosureError": "errors",
    "MissingDependencyError": "errors",
    "OutputError": "errors",
    "ProgrammeError": "errors",
    "StatisticError": "errors",
    "StepUpError": "errors",
}
"""Public name -> the module that holds it."""

__all__ = ["__version__", *sorted(_HOMES)]  # noqa: PLE0604 - the table above is the list


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'stepup_equity' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"stepup_equity.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
