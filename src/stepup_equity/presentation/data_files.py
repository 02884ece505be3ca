"""The numbers of a report as tidy CSV files, with a dictionary of every column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from stepup_equity.columns import CHARACTERISTIC, column
from stepup_equity.output import csv_bytes
from stepup_equity.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stepup_equity.presentation.answers import Answers
    from stepup_equity.presentation.published import Published

_ABOUT: Final = {
    "process": "Everybody at each gate.",
    "funnel": "People by group and gate, and what became of them.",
    "exits": "Why people left at each gate, by group.",
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
    "model_blanks": "Adjusted ratios of complete cases beside those of everybody, blanks shared out.",
    "model_fit": "How well the regression fits at each gate.",
    "model_fit_bands": "Passed and expected in bands of fitted rate, from the lowest up.",
    "model_fit_groups": "Residuals and influence of each group's cells; nothing of fewer than ten people.",
    "model_fit_crossed": "Two characteristics crossed: passed beside expected. Of ten people or more.",
    "model_fit_cells": "The ten cells of ten people or more on which the regression depends most.",
    "cohorts": "The last two cohorts. estimate: later impact ratio divided by the earlier one.",
    "cohorts_broad": "The same between broad groups. estimate: later impact ratio divided by the earlier.",
    "cohort_trend_broad": "All cohorts, between broad groups. estimate: slope of the log impact ratio.",
    "each_cohort": "Everybody at each gate, a row for each cohort. estimate: passed divided by denominator.",
    "cohort_tests": "All groups of a characteristic together: did their pass rates change alike?",
    "cohort_shares": "Why each group's share of those who got through changed. estimate: part of the change.",
    "cohort_trend": "All cohorts up to this one. estimate: slope of the log impact ratio for each step.",
    "cohort_ratios": "Impact ratio of every cohort.",
    "stratified": "Impact ratios with a stratum held equal. estimate: Mantel-Haenszel ratio.",
    "places": "Places by partnership. estimate: places filled divided by places wanted.",
    "outside": "The cohort beside outside figures. estimate: share here, or rate of those who get there.",
    "release": "Everything printed, as printed.",
    "comparisons": "Comparisons that printed counts allow. estimate: impact ratio.",
    "tests": "Tests of passing against group, on printed counts.",
    "changes": "The cohort beside the one before it, as printed. estimate: later ratio over earlier.",
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
        "exits": answers.leaving_by.frame,
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
    if answers.trend is not None:
        tables["cohort_trend"] = answers.trend.frame
        tables["cohort_ratios"] = answers.trend.ratios
    if answers.strata is not None:
        tables["stratified"] = answers.strata.frame
    if answers.places is not None:
        tables["places"] = answers.places.frame.rename(columns={answers.places.stratum: "partnership"})
    if answers.outside:
        tables["outside"] = pd.concat([found.frame for found in answers.outside], ignore_index=True)
    if answers.trends is not None:
        tables["trend_tests"] = answers.trends.frame
    if answers.model is not None:
        tables["model_coefficients"] = answers.model.fit.frame
        tables["model_terms"] = answers.model.terms.frame
        tables["model_ratios"] = answers.model.beside.frame
        tables["model_left_out"] = answers.model.fit.left_out
        check = answers.model.fit.fit_check()
        tables["model_fit"] = check.gates
        tables["model_fit_bands"] = check.bands
        tables["model_fit_groups"] = check.groups
        tables["model_fit_crossed"] = check.crossed
        tables["model_fit_cells"] = check.cells
        if answers.blanks is not None:
            tables["model_blanks"] = answers.blanks.frame
    if problems is not None:
        tables["problems"] = problems
    return {name: table for name, table in tables.items() if len(table.columns)}


def published_tables(published: Published) -> dict[str, pd.DataFrame]:
    """Every table of a publication, by the stem of its file."""
    comparisons = published.comparisons.rename(columns={"word": "symbol"})
    found = {"release": published.release.frame, "comparisons": comparisons, "tests": published.tests}
    if len(published.changes):
        found["changes"] = published.changes.rename(columns={"word": "symbol"})
    return found


def dictionary(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """What every column of every file means."""
    rows = []
    for file, table in tables.items():
        for name in table.columns:
            known = column(name, file)
            rows.append(
                (f"{file}.csv", name, known.type if known else "text", known.meaning if known else "")
            )
    return pd.DataFrame(rows, columns=["file", "column", "type", "meaning"])


def data_files(tables: dict[str, pd.DataFrame], notes: tuple[str, ...], banner: str) -> dict[str, bytes]:
    """Every table as a file, with the dictionary of their columns and the words that go with them."""
    return {f"data/{name}.csv": csv_bytes(_whole(name, table)) for name, table in tables.items()} | {
        "data/dictionary.csv": csv_bytes(dictionary(tables)),
        "data/README.txt": readme(notes, banner, tables).encode(),
    }


def _whole(file: str, table: pd.DataFrame) -> pd.DataFrame:
    """The table with whole numbers where the dictionary says so, also beside empty cells."""
    floats = [name for name in table.columns if table[name].dtype.kind == "f"]
    known = {name: column(name, file) for name in floats}
    whole = [
        name
        for name, entry in known.items()
        if entry is not None and entry.type == "whole number" and (table[name].dropna() % 1 == 0).all()
    ]
    return table.astype(dict.fromkeys(whole, "Int64"))


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
    return visible("\n".join(lines).strip(), keep="\n") + "\n"
