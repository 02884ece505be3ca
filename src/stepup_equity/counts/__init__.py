"""Counts: the one table from which every rate, test and regression follows. It knows no p-values."""

from stepup_equity.counts.counting import count_stages
from stepup_equity.counts.funnel import Denominator, Funnel
from stepup_equity.counts.one_cohort import (
    ALL_COHORTS,
    of_cohort,
    one_cohort,
    only_cohorts,
    slices_of_cohorts,
    upto,
)
from stepup_equity.counts.opening import OpenedCounts, check_file, holds_published_table, open_counts
from stepup_equity.counts.stage_counts import DECIDED_NOTE, StageCounts
from stepup_equity.records.cells import CellTable

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
    "holds_published_table",
    "of_cohort",
    "one_cohort",
    "only_cohorts",
    "open_counts",
    "slices_of_cohorts",
    "upto",
]
