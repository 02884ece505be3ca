"""Printed numbers and what is checked of each."""

from stepup_equity.findings.claims.chi_squared import judge_chi_squared
from stepup_equity.findings.claims.judgement import IMPOSSIBLE, INCONSISTENT, VERDICTS, Judgement
from stepup_equity.findings.claims.percentages import judge_percentage, judge_shared_base, judge_shares
from stepup_equity.findings.claims.ratios import judge_ratio
from stepup_equity.findings.claims.reading import CLAIM_COLUMNS, KINDS, Claim, read_claims
from stepup_equity.findings.claims.sums import judge_range, judge_same, judge_sum
from stepup_equity.findings.claims.tables import (
    SolvedTable,
    judge_row,
    judge_table,
    solved_counts,
    solved_tables,
)

__all__ = [
    "CLAIM_COLUMNS",
    "IMPOSSIBLE",
    "INCONSISTENT",
    "KINDS",
    "VERDICTS",
    "Claim",
    "Judgement",
    "SolvedTable",
    "judge_chi_squared",
    "judge_percentage",
    "judge_range",
    "judge_ratio",
    "judge_row",
    "judge_same",
    "judge_shared_base",
    "judge_shares",
    "judge_sum",
    "judge_table",
    "read_claims",
    "solved_counts",
    "solved_tables",
]
