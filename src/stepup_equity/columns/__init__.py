"""The register of result columns: every tidy frame is built from these names, and each says what it means.

The data dictionary of a report is written from it, so a column that is not here has no place in an output.
"""

from __future__ import annotations

from typing import Final

from stepup_equity.columns.entry import Column
from stepup_equity.columns.of_models import OF_MODELS

COHORT: Final = "cohort"
STAGE: Final = "stage"
GATE: Final = "gate"
CHARACTERISTIC: Final = "characteristic"
GROUP: Final = "group"
REFERENCE: Final = "reference"

OVERALL: Final = "overall"
"""The gate that stands for the whole way, first stage to last."""

UNJUDGED: Final = "not judged"
"""Verdict of a gap that is evident in print, where a stratum that should be held equal is not."""

NOT_STATED: Final = "Not stated"
"""The one label of everyone whose group is not known; never a reference, never tested by default."""

WITHOUT: Final = "gates not in the way"
"""The axis of counts that tells which gates people's version of the process lacked; no column of a result."""

ALL_APPLICANTS: Final = "All applicants"


def column(name: str, file: str = "") -> Column | None:
    """The entry of a column, of one file where it has a meaning of its own there; None for an unknown one.

    >>> column("entered").type, column("stated", "missingness").type
    ('whole number', 'whole number')
    """
    return REGISTER.get(f"{file.removesuffix('_broad')}.{name}") or REGISTER.get(name)


_COLUMNS: Final = (
    # What a row is about
    Column("characteristic", "text", "Name of the characteristic."),
    Column("group", "text", "Group; 'Not stated' for those who stated none."),
    Column("parent", "text", "Broad group that the group belongs to; empty at the top."),
    Column("reference", "text", "Group the row's group is compared with."),
    Column("gate", "text", "Key of the stage the gate leads to; 'overall' is the whole way."),
    Column("stage", "text", "Key of the stage."),
    Column("owner", "text", "Who decides at the gate."),
    Column("term", "text", "Term of the regression formula."),
    Column("name", "text", "Label of the gate in print."),
    # People
    Column(
        "entered",
        "whole number",
        "People who reached the stage before the gate; for the gate 'overall', all who applied.",
    ),
    Column("denominator", "whole number", "People the rate is of: those who entered and are not pending."),
    Column("passed", "whole number", "People of the denominator who reached the stage behind the gate."),
    Column("rejected", "whole number", "People who left at the gate by the programme's decision."),
    Column("withdrew", "whole number", "People who left at the gate by their own decision."),
    Column("pending", "whole number", "People whose case at the gate is undecided."),
    Column("not_recorded", "whole number", "People who left at the gate and the records do not say why."),
    Column(
        "hidden",
        "whole number",
        "People of whom a published table hides whether they passed the gate; what became of them is empty.",
    ),
    Column("people", "whole number", "People who left at the gate for the reason."),
    Column("reached", "whole number", "People who reached the stage."),
    Column("reference_entered", "whole number", "The same as entered, of the reference group."),
    Column("reference_denominator", "whole number", "The same as denominator, of the reference group."),
    Column("reference_passed", "whole number", "The same as passed, of the reference group."),
    Column("stated", "true or false", "True for a group; False for those who did not state one."),
    Column("missingness.stated", "whole number", "People who stated one."),
    Column("not_stated", "whole number", "People who did not state a group."),
    Column(
        "model_left_out.not_stated", "text", "The characteristic they did not state; 'any' for all together."
    ),
    Column("n", "whole number", "People in the table tested."),
    Column("used", "whole number", "People at risk whom the regression uses."),
    Column(
        "left_out",
        "whole number",
        "People at risk whom the regression cannot use, because of what not_stated names.",
    ),
    # Numbers
    Column("estimate", "number", "The estimate this file is about; README.txt says which."),
    Column("std_error", "number", "Standard error of the estimate."),
    Column("conf_low", "number", "Lower end of the interval of the estimate."),
    Column("conf_high", "number", "Upper end of the interval of the estimate."),
    Column("confidence", "number", "Level of the intervals."),
    Column("cumulative", "number", "People who got past the gate, divided by all who applied."),
    Column("cumulative_low", "number", "Lower end of the Wilson interval of cumulative."),
    Column("cumulative_high", "number", "Upper end of the Wilson interval of cumulative."),
    Column("rate", "number", "Passed divided by denominator."),
    Column("reference_rate", "number", "Pass rate of the reference."),
    Column("statistic", "number", "Test statistic."),
    Column("df", "whole number", "Degrees of freedom."),
    Column("p_value", "number", "p of the row's own test."),
    Column(
        "comparisons.p_value",
        "number",
        "p of the row's own test; of rounded counts that of those nearest to equal rates that they may be.",
    ),
    Column("tests.statistic", "number", "Chi-squared of the printed counts."),
    Column(
        "tests.p_value",
        "number",
        "p of the row's own test; where rounded counts are evident not that of statistic, but of those "
        "nearest to equal rates that they may be, and status says so.",
    ),
    Column(
        "changes.p_value",
        "number",
        "p of the row's own test; of rounded counts that of those nearest to no change that they may be.",
    ),
    Column("p_adjusted", "number", "p adjusted for the comparisons of the file; see method."),
    Column("p_adjusted_alone", "number", "p adjusted over the rows of the row's own characteristic alone."),
    Column("departure_statistic", "number", "Statistic of what a straight line leaves over."),
    Column("departure_df", "whole number", "Its degrees of freedom."),
    Column("departure_p_value", "number", "Its p; a small one says that rates rise and fall again."),
    Column(
        "shortfall",
        "number",
        "People short of the reference's rate: denominator times reference rate, minus passed.",
    ),
    Column(
        "stratum",
        "text",
        "What is held equal in stratified_estimate, the stratum that says most; may be empty.",
    ),
    Column("stratified_estimate", "number", "Impact ratio with the stratum held equal (Mantel-Haenszel)."),
    Column("stratified_low", "number", "Lower end of its interval."),
    Column("stratified_high", "number", "Upper end of its interval."),
    Column("shortfall_four_fifths", "number", "People short of four-fifths of the reference's rate."),
    Column("cramers_v", "number", "Cramér's V of group against passing."),
    Column("cramers_v_low", "number", "Lower end of its interval."),
    Column("cramers_v_high", "number", "Upper end of its interval."),
    Column("cramers_v_corrected", "number", "Cramér's V corrected for bias."),
    Column("smallest_expected", "number", "Smallest expected count of the table."),
    Column("expected", "number", "People expected to pass if passing did not depend on the group."),
    Column("residual", "number", "Pearson residual of those who passed."),
    Column(
        "adjusted_residual",
        "number",
        "Adjusted residual of those who passed; like a standard normal number without association.",
    ),
    Column("ratio", "number", "The part as an impact ratio."),
    Column("ratio_low", "number", "Lower end of the interval of the ratio."),
    Column("ratio_high", "number", "Upper end of the interval of the ratio."),
    Column("share", "number", "Part of the whole gap that opens at the gate."),
    Column("share_low", "number", "Lower end of Fieller's interval of share."),
    Column("share_high", "number", "Upper end of Fieller's interval of share."),
    Column(
        "people_lost",
        "number",
        "People who would have passed the gate besides at the reference's rate; below 0 where ahead.",
    ),
    Column("ratio_if_equal", "number", "Impact ratio of the whole way if this gate alone were equal."),
    Column("flagged", "true or false", "True for a cliff edge."),
    Column("p_edge", "number", "One-sided p that the side behind is so; 1 where neither is below 0.8 times."),
    Column("q", "number", "The same, adjusted over all claims of the file by a step-down for whole people."),
    Column("behind", "text", "The group evidently behind, which may be the reference; empty where none is."),
    Column(
        "flagged_alone",
        "true or false",
        "True where the row would be a cliff edge, had its characteristic alone been asked about.",
    ),
    Column("level_low", "number", "Lower end of the 90% interval, which makes a whole way level."),
    Column("level_high", "number", "Upper end of that interval."),
    Column("verdict", "text", "What may be concluded of the row: see the glossary of the report."),
    Column("power", "number", "Chance that the row's own test shows a true ratio of 0.8."),
    Column("detectable_ratio", "number", "Ratio that the row's own test shows with 80% power."),
    Column("power_four_fifths", "number", "Chance that a true ratio of 0.8 would be flagged in this run."),
    Column("cliff_edges.power", "number", "Chance that a true ratio of 0.5 is flagged here."),
    Column("cliff_edges.detectable_ratio", "number", "Ratio flagged here with a chance of 80%."),
    Column("cliff_edges_broad.power", "number", "Chance that a true ratio of 0.5 is flagged here."),
    Column(
        "cliff_edges_broad.detectable_ratio",
        "number",
        "Ratio flagged here with a chance of 80%.",
    ),
    Column(
        "detectable_people",
        "number",
        "People fewer who would pass at that ratio than at the reference's rate.",
    ),
    Column(
        "abrupt",
        "true or false",
        "True where the gate's part of the gap lies below that of the group's other gates.",
    ),
    Column("abrupt_p_adjusted", "number", "p of that, adjusted by Holm over the group's gates."),
    Column("sentence", "text", "The row in words."),
    Column("change", "number", "Share at the stage minus share at the first stage."),
    Column("representation", "number", "Share at the stage divided by share at the first stage."),
    Column("stated_share", "number", "Share of those who entered that stated the characteristic."),
    Column("stated_rate", "number", "Pass rate of those who stated it."),
    Column("not_stated_rate", "number", "Pass rate of those who did not."),
    Column("complete_entered", "whole number", "People at risk of the group who stated everything."),
    Column("complete_ratio", "number", "Adjusted impact ratio of people who stated everything."),
    Column("complete_low", "number", "Lower end of its interval."),
    Column("complete_high", "number", "Upper end of its interval."),
    Column("complete_p_value", "number", "p of that ratio."),
    Column("em_entered", "whole number", "People at risk who stated the group."),
    Column("em_ratio", "number", "Adjusted impact ratio of everybody, blanks shared out (EM)."),
    Column("em_low", "number", "Lower end of its interval."),
    Column("em_high", "number", "Upper end of its interval."),
    Column("em_p_value", "number", "p of that ratio."),
    Column("agreement", "text", "Whether complete cases and everybody find the same: alike or differ."),
    Column("worst", "number", "Impact ratio if those not stated had been the group's own at worst."),
    Column("best", "number", "Impact ratio if those not stated had been the group's own at best."),
    Column(
        "profile",
        "text",
        "Shape of the group's whole way: recovers, cliff, slope, level, behind, ahead or too few to tell.",
    ),
    Column("reason", "text", "Why."),
    Column(
        "exits.reason",
        "text",
        "Why they left: rejected, withdrew, did_not_attend, declined, offer_withdrawn, no_place (passed, "
        "and there was none), not_recorded, pending; hidden where a published table does not say; empty "
        "where none is given.",
    ),
    Column("exits.share", "number", "People divided by those who entered the gate."),
    Column("entered_everyone", "whole number", "entered, whatever else is stated of them."),
    Column("passed_everyone", "whole number", "passed, whatever else is stated of them."),
    Column("reference_entered", "whole number", "entered of the reference."),
    Column("reference_passed", "whole number", "passed of the reference."),
    Column("reference_entered_everyone", "whole number", "entered_everyone of the reference."),
    Column("used_entered", "whole number", "People at risk whom the regression could use."),
    Column("used_passed", "whole number", "Those of them who passed."),
    Column("crude_ratio", "number", "Impact ratio as observed, of everyone."),
    Column("crude_low", "number", "Lower end of its interval."),
    Column("crude_high", "number", "Upper end of its interval."),
    Column("crude_ratio_used", "number", "Impact ratio as observed, of the people the regression uses."),
    Column("crude_low_used", "number", "Lower end of its interval."),
    Column("crude_high_used", "number", "Upper end of its interval."),
    Column("change", "number", "Adjusted ratio divided by crude_ratio_used."),
    Column("change_low", "number", "Lower end of its interval."),
    Column("change_high", "number", "Upper end of its interval."),
    Column("change_p_value", "number", "p of the change."),
    Column("explained", "number", "Share of the log of crude_ratio_used that adjusting takes away."),
    Column("adjusted_sentence", "text", "What adjusting does to the gap, in words."),
    Column(
        "adjusted_rate",
        "number",
        "Pass rate standardised to who entered the gate; status says if not to all.",
    ),
    Column("adjusted_ratio", "number", "Adjusted rate divided by the reference's."),
    Column("adjusted_low", "number", "Lower end of its interval."),
    Column("adjusted_high", "number", "Upper end of its interval."),
    Column("adjusted_estimate", "number", "Impact ratio with the other characteristics held equal."),
    Column("adjusted_p_value", "number", "p of the adjusted ratio."),
    Column(
        "adjusted_p_adjusted",
        "number",
        "p of the adjusted ratio, adjusted for the comparisons of the file.",
    ),
    Column("adjusted_flagged", "true or false", "True where the adjusted ratio is a cliff edge."),
    Column("adjusted_verdict", "text", "Verdict on the adjusted ratio."),
    Column(
        "e_value",
        "number",
        "How strongly something unmeasured would have to act to explain the adjusted ratio away.",
    ),
    Column("e_value_limit", "number", "The same for the end of its interval nearer to 1."),
    *OF_MODELS,
    Column("reading", "text", "What becomes of the observed gap when the others are held equal."),
    Column("odds_ratio", "number", "Exponential of the estimate."),
    Column("odds_ratio_low", "number", "Lower end of its interval."),
    Column("odds_ratio_high", "number", "Upper end of its interval."),
    # Cohorts
    Column("cohort_earlier", "text", "Label of the earlier cohort."),
    Column("cohort_later", "text", "Label of the later cohort."),
    Column("denominator_earlier", "whole number", "denominator in the earlier cohort."),
    Column("denominator_later", "whole number", "denominator in the later cohort."),
    Column("passed_earlier", "whole number", "passed in the earlier cohort."),
    Column("passed_later", "whole number", "passed in the later cohort."),
    Column(
        "reference_denominator_earlier",
        "whole number",
        "denominator of the reference in the earlier cohort.",
    ),
    Column(
        "reference_denominator_later",
        "whole number",
        "denominator of the reference in the later cohort.",
    ),
    Column("reference_passed_earlier", "whole number", "passed of the reference in the earlier cohort."),
    Column("reference_passed_later", "whole number", "passed of the reference in the later cohort."),
    Column("ratio_earlier", "number", "Impact ratio in the earlier cohort."),
    Column("ratio_earlier_low", "number", "Lower end of its interval."),
    Column("ratio_earlier_high", "number", "Upper end of its interval."),
    Column("ratio_later", "number", "Impact ratio in the later cohort."),
    Column("ratio_later_low", "number", "Lower end of its interval."),
    Column("ratio_later_high", "number", "Upper end of its interval."),
    Column(
        "detectable_change",
        "number",
        "Factor, up or down, that four of five such comparisons, taken alone, would show.",
    ),
    Column("process_change", "text", "What is declared to have changed at the gate."),
    Column("factor", "text", "What part of the change: who applied, a gate, all pass rates, or the whole."),
    Column("share_earlier", "number", "Share of those who got through in the earlier cohort."),
    Column("share_later", "number", "Share of those who got through in the later cohort."),
    # Limits of crossed groups
    Column("denominator_low", "whole number", "Fewest people the rate can be of."),
    Column("denominator_high", "whole number", "Most people the rate can be of."),
    Column("passed_low", "whole number", "Fewest who can have passed."),
    Column("passed_high", "whole number", "Most who can have passed."),
    Column("rate_low", "number", "Least pass rate that fits every printed number."),
    Column("rate_high", "number", "Greatest pass rate that fits every printed number."),
    Column("reconstruction.ratio_low", "number", "No set of people that fits has a lower one."),
    Column("reconstruction.ratio_high", "number", "No set of people that fits has a higher one."),
    # Strata, places and outside figures
    Column("strata_compared", "whole number", "Strata in which the group and its reference meet."),
    Column("stratified.pooled_estimate", "number", "Impact ratio without strata, of the same people."),
    Column("stratified.pooled_low", "number", "Lower end of its interval."),
    Column("stratified.pooled_high", "number", "Upper end of its interval."),
    Column("difference", "number", "Mantel-Haenszel difference of pass rates."),
    Column("difference_low", "number", "Lower end of its interval."),
    Column("difference_high", "number", "Upper end of its interval."),
    Column("homogeneity_statistic", "number", "Breslow-Day statistic: does the gap differ between strata?"),
    Column("homogeneity_df", "whole number", "Its degrees of freedom."),
    Column("homogeneity_p_value", "number", "Its p."),
    Column("homogeneity_p_adjusted", "number", "Its p, adjusted for the rows of the file."),
    Column("homogeneity_method", "text", "How it was computed."),
    Column("partnership", "text", "Who has the places; All for all of them."),
    Column("target", "number", "Places wanted."),
    Column("qualified", "whole number", "People who entered the gate that places limit."),
    Column("offered", "whole number", "People who passed it."),
    Column("no_place", "whole number", "People turned away for want of a place."),
    Column("filled", "whole number", "Places filled, by the records."),
    Column("recruited", "number", "Places filled, by the table of targets."),
    Column("unfilled", "number", "Places wanted that are not filled."),
    Column("offer_rate", "number", "Offered divided by those qualified who do not still wait."),
    Column("benchmark", "text", "Name of the outside figure."),
    Column("includes", "text", "Groups that make up the class."),
    Column("benchmark_value", "number", "The outside share or rate."),
    Column("index", "number", "The share or rate here over that of the benchmark; 1 is parity."),
    Column("index_low", "number", "Lower end of its interval."),
    Column("index_high", "number", "Upper end of its interval."),
    Column("impact_ratio", "number", "Rate of the class over that of the first class, here."),
    Column("impact_ratio_low", "number", "Lower end of its interval."),
    Column("impact_ratio_high", "number", "Upper end of its interval."),
    Column("benchmark_impact_ratio", "number", "The same in the benchmark."),
    # Scores, rules and choices
    Column("scored", "whole number", "People who entered the gate and have a score."),
    Column("sd_scored", "number", "Standard deviation of their score."),
    Column("sd", "number", "Standard deviation of the score of those who have the award too."),
    Column("corrected", "number", "The correlation as it would be among all who were scored."),
    Column("corrected_low", "number", "Lower end of its interval."),
    Column("corrected_high", "number", "Upper end of its interval."),
    Column("slope", "number", "Points of the award for each point of the score."),
    Column("intercept", "number", "The line at a score of 0."),
    Column("above", "number", "Mean award less what the reference's line says of the group's mean score."),
    Column("above_low", "number", "Lower end of its interval."),
    Column("above_high", "number", "Upper end of its interval."),
    Column("df_residual", "number", "Degrees of freedom of what is left over."),
    Column("rule", "text", "Name of the rule."),
    Column("meets", "whole number", "People who meet the rule."),
    Column("fails", "whole number", "People who fail it."),
    Column("unknown", "whole number", "People of whom it is not known."),
    Column("newly_in", "whole number", "People who meet the rule and were not let through the gate."),
    Column(
        "left_by_choice",
        "whole number",
        "People who meet the rule and left at the gate by their own choice; not among newly_in.",
    ),
    Column("newly_out", "whole number", "People who passed the gate and fail the rule."),
    Column("through_low", "whole number", "People who meet the rule and reached the last stage."),
    Column("through_high", "whole number", "The same, should all who would be let in have got there."),
    Column("through_alike", "number", "The same, should they have gone on as those of their group did."),
    Column("choice", "text", "first choice, second choice, elsewhere, not recorded, or no offer."),
    Column("first_choices", "whole number", "People who named it first."),
    Column("second_choices", "whole number", "People who named it second."),
    Column("offers", "whole number", "Offers it made."),
    Column("offers_to_first", "whole number", "Offers to people who named it first."),
    Column("offers_to_second", "whole number", "Offers to people who named it second."),
    # All cohorts
    Column("cohorts", "whole number", "Cohorts in which the group and its reference can be compared."),
    Column("step", "text", "What a slope is for each of: a year, or a cohort."),
    Column("change", "number", "Factor by which the impact ratio changes with each step, on the line."),
    Column("change_low", "number", "Lower end of its interval."),
    Column("change_high", "number", "Upper end of its interval."),
    Column("first_ratio", "number", "Impact ratio on the line at the first cohort."),
    Column("last_ratio", "number", "Impact ratio on the line at the last cohort."),
    Column("heterogeneity_statistic", "number", "Cochran's Q of the cohorts around one common ratio."),
    Column("heterogeneity_df", "whole number", "Its degrees of freedom."),
    Column("heterogeneity_p_value", "number", "Its p; a small one says that no one ratio stands for all."),
    Column("trend", "text", "rises, falls, no evident trend, or not computable."),
    # Words
    Column("cohort", "text", "Label of the cohort; All for several together; empty where none is named."),
    Column(
        "measure",
        "text",
        "reached, left, pending: people; pass_rate, left_rate: per cent of those who reached the stage; "
        "cum_rate: per cent of those who applied; share: per cent of those at the stage who stated a group, "
        "for Not stated of everybody; "
        "wilson_low, wilson_high: 95% interval of pass_rate; chi2: chi-squared of the gate behind"
        " the stage.",
    ),
    Column("value", "text", "The number as printed, or the symbol in its place."),
    Column("number", "number", "The same as a number; empty where none is printed."),
    Column("symbol", "text", "What is printed where no comparison is."),
    Column("groups", "whole number", "Groups in the test."),
    Column("merged", "whole number", "Hidden groups put together into one of them."),
    Column("band", "text", "Band of p, or a symbol."),
    Column("test", "text", "Test behind the p-value."),
    Column("method", "text", "Method of the row."),
    Column("edge", "text", "What becomes of a cliff edge when the other characteristics are held equal."),
    Column("cohorts.edge", "text", "What became of a cliff edge since the cohort before."),
    Column(
        "changes.edge", "text", "What became of a cliff edge: new, persists, smaller, gone, cannot be told."
    ),
    Column("changes.groups", "text", "all groups, or broad groups: a family of comparisons each."),
    Column("adjusted_status", "text", "Why there is no adjusted ratio, or what to know about it."),
    Column("status", "text", "Why a number is missing, or what to know about it; empty where all is well."),
    Column("severity", "text", "error, warning or note."),
    Column("code", "text", "Short name of the kind of problem."),
    Column("column", "text", "Column of the input."),
    Column("rows", "text", "First row numbers; a text file's header is row 1."),
    Column("count", "whole number", "Rows affected."),
    Column("problem", "text", "What is wrong."),
    Column("found", "text", "Labels found that no code list knows, with their number."),
    Column("possible", "text", "What would be right."),
    Column("remedy", "text", "What to do."),
)

REGISTER: Final[dict[str, Column]] = {column.name: column for column in _COLUMNS}
"""Name -> column."""
