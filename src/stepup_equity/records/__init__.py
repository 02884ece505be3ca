"""Applicant records in: readers, progress, labels to groups, problems. No layer above sees a row."""

from stepup_equity.records.applicants import Applicants, check_applicants, read_applicants, with_cohort_label
from stepup_equity.records.cells import (
    Axis,
    CellTable,
    collapse,
    exits_of,
    furthest_of,
    in_print_order,
    merge_cells,
)
from stepup_equity.records.covariates import CovariateTable
from stepup_equity.records.people_counts import read_people_counts
from stepup_equity.records.problems import PROBLEM_COLUMNS, Problems
from stepup_equity.records.schema import applicants_schema
from stepup_equity.records.sources import Source, is_database, open_source, spark_frame
from stepup_equity.records.unread import unread_notes
from stepup_equity.records.whole import read_frame

__all__ = [
    "PROBLEM_COLUMNS",
    "Applicants",
    "Axis",
    "CellTable",
    "CovariateTable",
    "Problems",
    "Source",
    "applicants_schema",
    "check_applicants",
    "collapse",
    "exits_of",
    "furthest_of",
    "in_print_order",
    "is_database",
    "merge_cells",
    "open_source",
    "read_applicants",
    "read_frame",
    "read_people_counts",
    "spark_frame",
    "unread_notes",
    "with_cohort_label",
]
