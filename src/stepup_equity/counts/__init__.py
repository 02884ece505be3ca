"""Counts: the one table from which every rate, test and regression follows. It knows no p-values."""

from stepup_equity.counts.funnel import Denominator, Funnel
from stepup_equity.counts.one_cohort import ALL_COHORTS, last_two, of_cohort, one_cohort, slices_of_cohorts
from stepup_equity.counts.opening import OpenedCounts, check_file, open_counts
from stepup_equity.counts.stage_counts import DECIDED_NOTE, StageCounts, count_stages
from stepup_equity.records import CellTable

__all__ = [
    "ALL_COHORTS",
    "DECIDED_NOTE",
    "CellTable",
    "Denominator",
    "Funnel",
    "OpenedCounts",
    "StageCounts",
    "check_file",
    "count_stages",
    "last_two",
    "of_cohort",
    "one_cohort",
    "open_counts",
    "slices_of_cohorts",
]
