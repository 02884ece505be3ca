"""The numbers of a report as tidy CSV files, with a dictionary of every column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from stepup_equity.columns import CHARACTERISTIC
from stepup_equity.output import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.published import Published

__all__ = ["csv_bytes", "dictionary", "published_tables", "readme", "tables_of"]

_PEOPLE: Final = {
    "entered": "People who reached the stage before the gate; for the gate 'overall', all who applied.",
    "denominator": "People the rate is of: those who entered and are not pending.",
    "passed": "People of the denominator who reached the stage behind the gate.",
    "rejected": "People who left at the gate by the programme's decision.",
    "withdrew": "People who left at the gate by their own decision.",
    "pending": "People whose case at the gate is undecided.",
    "not_recorded": "People who left at the gate and the records do not say why.",
    "reached": "People who reached the stage.",
    "reference_entered": "The same as entered, of the reference group.",
    "reference_denominator": "The same as denominator, of the reference group.",
    "reference_passed": "The same as passed, of the reference group.",
    "stated": "True for a group; False for those who did not state one. In missingness.csv: people who "
    "stated one.",
    "not_stated": "People who did not state a group.",
    "n": "People in the table tested.",
    "used": "People at risk whom the regression uses.",
    "left_out": "People at risk whom the regression cannot use, because of what not_stated names.",
}
_KEYS: Final = {
    "characteristic": "Name of the characteristic.",
    "group": "Group; 'Not stated' for those who stated none.",
    "parent": "Broad group that the group belongs to; empty at the top.",
    "reference": "Group the row's group is compared with.",
    "gate": "Key of the stage the gate leads to; 'overall' is the whole way.",
    "stage": "Key of the stage.",
    "owner": "Who decides at the gate.",
    "term": "Term of the regression formula.",
    "name": "Label of the gate in print.",
}
_NUMBERS: Final = {
    "estimate": "The estimate this file is about; README.txt says which.",
    "std_error": "Standard error of the estimate.",
    "conf_low": "Lower end of the interval of the estimate.",
    "conf_high": "Upper end of the interval of the estimate.",
    "confidence": "Level of the intervals.",
    "cumulative": "People who got past the gate, divided by all who applied.",
    "cumulative_low": "Lower end of the Wilson interval of cumulative.",
    "cumulative_high": "Upper end of the Wilson interval of cumulative.",
    "rate": "Passed divided by denominator.",
    "reference_rate": "Pass rate of the reference.",
    "statistic": "Test statistic.",
    "df": "Degrees of freedom.",
    "p_value": "p of the row's own test.",
    "p_adjusted": "p adjusted for the comparisons of the file; see method.",
    "p_adjusted_alone": "p adjusted over the rows of the row's own characteristic alone.",
    "departure_statistic": "Statistic of what a straight line leaves over.",
    "departure_df": "Its degrees of freedom.",
    "departure_p_value": "Its p; a small one says that rates rise and fall again.",
    "shortfall": "People short of the reference's rate: denominator times reference rate, minus passed.",
    "shortfall_four_fifths": "People short of four-fifths of the reference's rate.",
    "cramers_v": "Cramér's V of group against passing.",
    "cramers_v_low": "Lower end of its interval.",
    "cramers_v_high": "Upper end of its interval.",
    "cramers_v_corrected": "Cramér's V corrected for bias.",
    "smallest_expected": "Smallest expected count of the table.",
    "expected": "People expected to pass if passing did not depend on the group.",
    "residual": "Pearson residual of those who passed.",
    "adjusted_residual": "Adjusted residual of those who passed; like a standard normal number without "
    "association.",
    "ratio": "The part as an impact ratio.",
    "ratio_low": "Lower end of the interval of the ratio.",
    "ratio_high": "Upper end of the interval of the ratio.",
    "share": "Part of the whole gap that opens at the gate.",
    "share_low": "Lower end of Fieller's interval of share.",
    "share_high": "Upper end of Fieller's interval of share.",
    "people_lost": "People who would have passed the gate besides at the reference's rate; below 0 "
    "where ahead.",
    "ratio_if_equal": "Impact ratio of the whole way if this gate alone were equal.",
    "flagged": "True for a cliff edge.",
    "verdict": "What may be concluded of the row: see the glossary of the report.",
    "power": "Chance that the row's own test shows a true ratio of 0.8.",
    "detectable_ratio": "Ratio that the row's own test shows with 80% power.",
    "detectable_people": "People fewer who would pass at that ratio than at the reference's rate.",
    "abrupt": "True where the gate's part of the gap lies below that of the group's other gates.",
    "abrupt_p_adjusted": "p of that, adjusted by Holm over the group's gates.",
    "sentence": "The row in words.",
    "change": "Share at the stage minus share at the first stage.",
    "representation": "Share at the stage divided by share at the first stage.",
    "stated_share": "Share of those who entered that stated the characteristic.",
    "stated_rate": "Pass rate of those who stated it.",
    "not_stated_rate": "Pass rate of those who did not.",
    "worst": "Impact ratio if those not stated had been the group's own at worst.",
    "best": "Impact ratio if those not stated had been the group's own at best.",
    "profile": "Shape of the group's whole way: recovers, cliff, slope, level or too few to tell.",
    "reason": "Why.",
    "crude_ratio": "Impact ratio as observed, of the people the regression uses.",
    "crude_low": "Lower end of its interval.",
    "crude_high": "Upper end of its interval.",
    "adjusted_rate": "Pass rate standardised to everybody who entered the gate.",
    "adjusted_ratio": "Adjusted rate divided by the reference's.",
    "adjusted_low": "Lower end of its interval.",
    "adjusted_high": "Upper end of its interval.",
    "adjusted_estimate": "Impact ratio with the other characteristics held equal.",
    "adjusted_p_value": "p of the adjusted ratio.",
    "adjusted_p_adjusted": "p of the adjusted ratio, adjusted for the comparisons of the file.",
    "adjusted_flagged": "True where the adjusted ratio is a cliff edge.",
    "adjusted_verdict": "Verdict on the adjusted ratio.",
    "e_value": "How strongly something unmeasured would have to act to explain the adjusted ratio away.",
    "e_value_limit": "The same for the end of its interval nearer to 1.",
    "reading": "What becomes of the observed gap when the others are held equal.",
    "odds_ratio": "Exponential of the estimate.",
    "odds_ratio_low": "Lower end of its interval.",
    "odds_ratio_high": "Upper end of its interval.",
}
_COHORTS: Final = {
    "cohort_earlier": "Label of the earlier cohort.",
    "cohort_later": "Label of the later cohort.",
    "denominator_earlier": "denominator in the earlier cohort.",
    "denominator_later": "denominator in the later cohort.",
    "passed_earlier": "passed in the earlier cohort.",
    "passed_later": "passed in the later cohort.",
    "reference_denominator_earlier": "denominator of the reference in the earlier cohort.",
    "reference_denominator_later": "denominator of the reference in the later cohort.",
    "reference_passed_earlier": "passed of the reference in the earlier cohort.",
    "reference_passed_later": "passed of the reference in the later cohort.",
    "ratio_earlier": "Impact ratio in the earlier cohort.",
    "ratio_earlier_low": "Lower end of its interval.",
    "ratio_earlier_high": "Upper end of its interval.",
    "ratio_later": "Impact ratio in the later cohort.",
    "ratio_later_low": "Lower end of its interval.",
    "ratio_later_high": "Upper end of its interval.",
    "detectable_change": "Factor, up or down, that four of five such comparisons, taken alone, would show.",
    "process_change": "What is declared to have changed at the gate.",
    "factor": "What part of the change: who applied, a gate, all pass rates, or the whole.",
    "share_earlier": "Share of those who got through in the earlier cohort.",
    "share_later": "Share of those who got through in the later cohort.",
}
_WORDS: Final = {
    "cohort": "Label of the cohort; All for several together; empty where none is named.",
    "measure": (
        "reached, left: people; pass_rate, left_rate: per cent of those who reached the stage; "
        "cum_rate: per cent "
        "of those who applied; share: per cent of everybody at the stage; wilson_low, wilson_high: 95% "
        "interval of "
        "pass_rate; chi2: chi-squared of the gate behind the stage."
    ),
    "value": "The number as printed, or the symbol in its place.",
    "number": "The same as a number; empty where none is printed.",
    "symbol": "What is printed where no comparison is.",
    "groups": "Groups in the test.",
    "merged": "Hidden groups put together into one of them.",
    "band": "Band of p.",
    "test": "Test behind the p-value.",
    "method": "Method of the row.",
    "edge": "What becomes of a cliff edge when the other characteristics are held equal.",
    "adjusted_status": "Why there is no adjusted ratio, or what to know about it.",
    "status": "Why a number is missing, or what to know about it; empty where all is well.",
    "severity": "error, warning or note.",
    "code": "Short name of the kind of problem.",
    "column": "Column of the input.",
    "rows": "First row numbers; a text file's header is row 1.",
    "count": "Rows affected.",
    "problem": "What is wrong.",
    "found": "Labels found that no code list knows, with their number.",
    "possible": "What would be right.",
    "remedy": "What to do.",
}
_MEANING: Final = {**_KEYS, **_PEOPLE, **_NUMBERS, **_COHORTS, **_WORDS}

_ABOUT: Final = {
    "process": "Everybody at each gate.",
    "funnel": "People by group and gate, and what became of them.",
    "selection_rates": "Pass rates. estimate: passed divided by denominator.",
    "impact_ratios": "Impact ratios. estimate: the group's pass rate divided by the reference's.",
    "rate_differences": "Rate differences. estimate: the group's pass rate minus the reference's.",
    "odds_ratios": "Odds ratios. estimate: the group's odds of passing divided by the reference's.",
    "cliff_edges": "Every comparison at a single gate with its verdict. estimate: impact ratio.",
    "cliff_edges_broad": "The same between broad groups, a family of its own. estimate: impact ratio.",
    "profiles": "Shape of each group's whole way. estimate: impact ratio of the whole way.",
    "gap_decomposition": "The gap split over the gates. estimate: log of the impact ratio.",
    "association_tests": "Tests of passing against group.",
    "residuals": "Which groups carry an association.",
    "trend_tests": "Trends along ordered groups. estimate: rise of the pass rate from one group to the next.",
    "detectable_gaps": "What each comparison could have shown.",
    "composition": "Who is left at each stage. estimate: the group's share of those who stated one.",
    "missingness": "Who stated a group. estimate: pass rate of those who did not, divided by that of "
    "those who did.",
    "missingness_bounds": "How far the ratio of the whole way could move. estimate: the ratio as observed.",
    "model_coefficients": "Regression of all characteristics, gate by gate. estimate: log odds ratio.",
    "model_terms": "Joint test of each characteristic in the regression.",
    "model_ratios": "Impact ratios as observed and with the other characteristics held equal.",
    "model_left_out": "People the regression cannot use.",
    "cohorts": "The last two cohorts. estimate: later impact ratio divided by the earlier one.",
    "cohort_tests": "All groups of a characteristic together: did their pass rates change alike?",
    "cohort_shares": "Why each group's share of those who got through changed. estimate: part of the change.",
    "release": "Everything printed, as printed.",
    "comparisons": "Comparisons that printed counts allow. estimate: impact ratio.",
    "tests": "Tests of passing against group, on printed counts.",
    "problems": "What was noted while the records were read.",
}


def tables_of(answers: Answers, problems: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Every table of a report, by the stem of its file.

    Parameters
    ----------
    answers : Answers
    problems : DataFrame or None
        None where no records were read.
    """
    counts, process = answers.counts, answers.process_frame
    funnels = [counts.funnel(name, not_stated=True).frame for name in answers.asked]
    tables = {
        "process": process.drop(columns=[CHARACTERISTIC, "group"]),
        "funnel": pd.concat(funnels, ignore_index=True),
        "selection_rates": answers.rates.frame,
        "impact_ratios": answers.ratios.frame,
        "rate_differences": answers.differences.frame,
        "odds_ratios": answers.odds.frame,
        "cliff_edges": answers.cliffs.frame,
        "cliff_edges_broad": answers.cliffs.broad,
        "profiles": answers.cliffs.profiles,
        "gap_decomposition": answers.gaps.frame,
        "association_tests": answers.tests.frame,
        "residuals": answers.tests.residuals,
        "detectable_gaps": answers.detectable.frame,
        "composition": answers.pool.frame,
        "missingness": answers.missing.frame,
        "missingness_bounds": answers.missing.bounds,
    }
    if answers.cohorts is not None:
        tables["cohorts"] = answers.cohorts.frame
        tables["cohort_tests"] = answers.cohorts.tests
        tables["cohort_shares"] = answers.cohorts.shares
    if answers.trends is not None:
        tables["trend_tests"] = answers.trends.frame
    if answers.model is not None:
        tables["model_coefficients"] = answers.model.fit.frame
        tables["model_terms"] = answers.model.terms.frame
        tables["model_ratios"] = answers.model.beside.frame
        tables["model_left_out"] = answers.model.fit.left_out
    if problems is not None:
        tables["problems"] = problems
    return {name: table for name, table in tables.items() if len(table.columns)}


def published_tables(published: Published) -> dict[str, pd.DataFrame]:
    """Every table of a publication, by the stem of its file."""
    comparisons = published.comparisons.rename(columns={"word": "symbol"})
    return {"release": published.release.frame, "comparisons": comparisons, "tests": published.release.tests}


def dictionary(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What every column of every file means."""
    rows = [
        (f"{name}.csv", column, _type_of(table[column]), _MEANING.get(column, ""))
        for name, table in tables.items()
        for column in table.columns
    ]
    return pd.DataFrame(rows, columns=["file", "column", "type", "meaning"])


def _type_of(values: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(values):
        return "true or false"
    if pd.api.types.is_integer_dtype(values):
        return "whole number"
    return "number" if pd.api.types.is_float_dtype(values) else "text"


def readme(notes: tuple[str, ...], banner: str, files: Iterable[str]) -> str:
    """The words that go with the files, and what each is about."""
    lines = [
        banner.upper() if banner else "",
        *notes,
        "",
        (
            "Each file holds one table: comma-separated, UTF-8, one row for each combination of what its "
            "first columns "
            "name. Numbers are unrounded. Where a number could not be computed its cell is empty and the "
            "column status "
            "says why. Text that begins like a formula has an apostrophe in front."
        ),
        "dictionary.csv says what every column of every file means.",
        "",
        *(f"{name}.csv: {_ABOUT[name]}" for name in files),
    ]
    return "\n".join(lines).strip() + "\n"
