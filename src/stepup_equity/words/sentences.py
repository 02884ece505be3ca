"""What was found, in one sentence each: the titles of charts and the first lines of the report.

Each is plain enough to be read aloud in a meeting, and true as it stands: it says what was counted before
what follows from it, calls a gap evident only where it is so after adjustment, and speaks of association,
never of cause.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepup_equity.columns import OVERALL, UNJUDGED
from stepup_equity.words.names import people_of, within
from stepup_equity.words.numbers import (
    count,
    enumerated,
    percent,
    percents_of,
    points_apart,
    ratio,
    rounded,
    would_pass,
)
from stepup_equity.words.rows import compared, highest, lowest, records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.words.names import Names


def spoken(sentence: str) -> str:
    """A sentence of a finding as the page prints it: per cent without a space, as British government writes.

    >>> spoken("20 % of 105 passed, against 49 %.")
    '20% of 105 passed, against 49%.'
    """
    return sentence.replace(" %", "%")


def small_at(gate: str, names: Names) -> str:
    """A gate within a sentence.

    >>> from stepup_equity.words.names import Names
    >>> small_at("assessed", Names(gates={"assessed": "the assessment centre"}))
    'at the assessment centre'
    """
    return within(names.at(gate))


def edge_place(row: Any, names: Names) -> str:
    """Who is behind at which gate, and at how many times the other's rate.

    >>> from types import SimpleNamespace
    >>> from stepup_equity.words.names import PLAIN
    >>> row = SimpleNamespace(group="Men", reference="Women", behind="Women", gate="interview", estimate=1.6)
    >>> edge_place(row, PLAIN)
    'Women at the gate “interview” (0.63)'
    """
    behind = getattr(row, "behind", "") or row.group
    value = row.estimate if behind == row.group else 1 / row.estimate
    return f"{behind} {small_at(row.gate, names)} ({ratio(value)})"


def waiting_words(waiting: int | str) -> str:
    """What those without an outcome mean for a rate; empty where there is nobody.

    >>> waiting_words(1)
    '1 has no outcome yet and counts at no gate where they wait.'
    """
    if waiting in (0, "0"):
        return ""
    one = waiting in (1, "1")
    number = f"{waiting:,}" if isinstance(waiting, int) else waiting
    return (
        f"{number} {'has' if one else 'have'} no outcome yet and {'counts' if one else 'count'} at no gate "
        "where they wait."
    )


def reference_people(row: Any, names: Names) -> str:
    """Whom a row's group is compared with, as a sentence calls them."""
    if row.reference == "rest":
        return "everyone else"
    return people_of(row.reference, names.characteristic(row.characteristic))


def reference_words(references: Mapping[str, str], names: Names) -> str:
    """Whom groups are compared with.

    >>> from stepup_equity.words.names import PLAIN
    >>> reference_words({"ethnicity": "White British"}, PLAIN)
    'Reference: White British.'
    >>> reference_words({"ethnicity": "White", "gender": "Female"}, PLAIN)
    'References: ethnicity, White; gender, Female.'
    """
    if not references:
        return "The reference changes from gate to gate."
    if len(references) == 1:
        return f"Reference: {next(iter(references.values()))}."
    pairs = [f"{within(names.characteristic(name))}, {group}" for name, group in references.items()]
    return f"References: {'; '.join(pairs)}."


def stated_share(frame: pd.DataFrame, names: Names) -> str:
    """How many stated the characteristic; nothing where there are several."""
    asked = list(dict.fromkeys(frame["characteristic"]))
    if len(asked) != 1:
        return ""
    start = frame[frame["gate"] == frame["gate"].iloc[0]]
    total, stated = int(start["entered"].sum()), int(start.loc[start["stated"], "entered"].sum())
    label = within(names.characteristic(asked[0]))
    if total == stated:
        return f"All {total:,} applicants stated their {label}."
    return f"{stated:,} of {total:,} applicants stated their {label}."


def most_leave(frame: pd.DataFrame, names: Names) -> str:
    """Where most people leave, from selection rates; everyone of the first characteristic together.

    >>> import pandas as pd
    >>> from stepup_equity.words.names import PLAIN
    >>> frame = pd.DataFrame({
    ...     "characteristic": "gender", "group": ["Female", "Male"], "gate": "screening",
    ...     "denominator": [80, 20], "passed": [8, 2],
    ... })
    >>> most_leave(frame, PLAIN)
    'Most people leave at the gate “screening”: 90 of 100 did not pass'
    """
    first = frame[frame["characteristic"] == frame["characteristic"].iloc[0]]
    gates = first[first["gate"] != OVERALL]
    people = gates.groupby("gate", sort=False, as_index=False)[["denominator", "passed"]].sum()
    people = people.assign(left=people["denominator"] - people["passed"])
    if people.empty or people["left"].max() == 0:
        return "Everyone who got to a gate passed it"
    worst = highest(people, "left")
    return (
        f"Most people leave {small_at(worst.gate, names)}: {worst.left:,.0f} of {worst.denominator:,.0f} "
        "did not pass"
    )


def curves_finding(frame: pd.DataFrame, names: Names, references: Mapping[str, str]) -> str:
    """What curves of progression show: the share of everybody, and of the reference, who got to the end."""
    asked = str(frame["characteristic"].iloc[0])
    mine = frame[frame["characteristic"] == asked]
    first, last = mine["gate"].iloc[0], mine["gate"].iloc[-1]
    start = int(mine.loc[mine["gate"] == first, "entered"].sum())
    through = mine.loc[mine["gate"] == last, "passed"]
    end = int(through.sum())
    share = f" ({percent(end / start)})" if start else ""
    if through.isna().any():
        end_words = f"At least {end:,} of {start:,} applicants"  # numbers of some groups are hidden
    else:
        end_words = f"{end:,} of {start:,} applicants{share}"
    words = f"{end_words} got to the end"
    reference = records(mine[(mine["group"] == references.get(asked)) & (mine["gate"] == last)])
    if reference and not np.isnan(reference[0].cumulative):
        people = people_of(references[asked], names.characteristic(asked))
        words += f"; of {people}, {percent(reference[0].cumulative)}"
    return words


_TIMES = {"ratio": "{} times the rate of {}", "odds": "{} times the odds of {}"}


def comparison_words(row: Any, names: Names, kind: str = "ratio") -> str:
    """One comparison, as the title of a chart says it.

    >>> from types import SimpleNamespace
    >>> from stepup_equity.words.names import PLAIN
    >>> row = SimpleNamespace(
    ...     characteristic="ethnicity", group="Black", reference="White", gate="screening", estimate=0.41)
    >>> comparison_words(row, PLAIN)
    'At the gate “screening” Black applicants passed at 0.41 times the rate of White applicants'
    """
    who = people_of(row.group, names.characteristic(row.characteristic))
    whom = reference_people(row, names)
    if kind == "difference":
        how = f"{points_apart(row.estimate)} {'below' if row.estimate < 0 else 'above'} that of {whom}"
        return f"{names.at(row.gate)} the pass rate of {who} lay {how}"
    return f"{names.at(row.gate)} {who} passed at {_TIMES[kind].format(ratio(row.estimate), whom)}"


def comparisons_finding(frame: pd.DataFrame, names: Names, kind: str = "ratio") -> str:
    """The widest gap at a single gate that is evident after adjustment, or that there is none."""
    null = 0.0 if kind == "difference" else 1.0
    gates = frame[frame["gate"] != OVERALL]
    if gates["p_adjusted"].isna().all():
        return "No group can be compared with the reference at any gate"
    evident = gates[(gates["p_adjusted"] <= 0.05) & (gates["estimate"] < null)]
    if evident.empty:
        return "At no gate is a group's pass rate evidently below the reference's (adjusted p above 0.05)"
    return comparison_words(lowest(evident), names, kind)


def cliffs_finding(frame: pd.DataFrame, names: Names, most: int = 3) -> str:
    """How many cliff edges there are, and where the deepest are.

    >>> import pandas as pd
    >>> from stepup_equity.words.names import PLAIN
    >>> frame = pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["Black", "Mixed"], "gate": "screening",
    ...     "estimate": [0.41, 0.9], "flagged": [True, False], "p_value": [0.001, 0.4],
    ...     "verdict": ["cliff edge", "too few to tell"],
    ... })
    >>> cliffs_finding(frame, PLAIN)
    '1 cliff edge in 2 comparisons: Black at the gate “screening” (0.41)'
    """
    made = int(compared(frame).sum())
    if not made:
        return "No comparison can be made, so none can be a cliff edge"
    among = count(made, "comparison")
    edges = frame[frame["flagged"] | (frame["verdict"] == UNJUDGED)]
    edges = edges.sort_values("estimate", kind="stable", key=lambda ratio: ratio.round(12))
    if edges.empty:
        few = int((frame["verdict"] == "too few to tell").sum())
        which = "all" if few == made else f"{few:,}"
        unseen = f"; in {which} of them there are too few people to tell" if few else ""
        return f"No cliff edge in {among}{unseen}"
    places = enumerated([edge_place(row, names) for row in records(edges)], most)
    if edges["flagged"].any():
        return f"{count(len(edges), 'cliff edge')} in {among}: {places}"
    return f"{count(len(edges), 'wide gap')} in {among}, not judged: {places}"


def gap_finding(frame: pd.DataFrame, names: Names) -> str:
    """The widest gap over the whole way that chance does not explain, and where most of it opens.

    A group of whom nobody got to the end has no gap on a log scale; it comes first where at least five would
    have got there at the reference's rate.
    """
    whole = frame[frame["gate"] == OVERALL]
    none = whole[(whole["passed"] == 0) & (whole["people_lost"] >= 5)]
    if len(none):
        row = highest(none, "people_lost")
        who = people_of(row.group, names.characteristic(row.characteristic))
        return (
            f"None of the {row.entered:,} {who} got to the end; at the rate of "
            f"{reference_people(row, names)} "
            f"{rounded(row.people_lost):,} would have"
        )
    behind = whole[whole["conf_high"] < 0]
    if behind.empty:
        return f"{names.at(OVERALL)} no group lies behind by more than chance allows"
    row = lowest(behind)
    same = (frame["characteristic"] == row.characteristic) & (frame["group"] == row.group)
    part = lowest(frame[same & (frame["gate"] != OVERALL)].dropna(subset=["estimate"]))
    who = people_of(row.group, names.characteristic(row.characteristic))
    got = "who got to the end at" if not names.apart else "whose rates multiply to"
    return (
        f"The widest gap {small_at(OVERALL, names)} is that of {who}, {got} {ratio(row.ratio)} times "
        f"the rate of {reference_people(row, names)}; the largest part of it opens "
        f"{small_at(part.gate, names)}"
    )


def composition_finding(frame: pd.DataFrame, names: Names) -> str:
    """The group whose share of the pool changed most from the first stage to the last."""
    stated = frame[frame["stated"]].dropna(subset=["change"])
    last = frame["stage"].iloc[-1]
    ends = stated[stated["stage"] == last]
    if ends.empty and frame["denominator"].isna().any():
        return f"Shares at the stage “{names.stage(last)}” are not known: a number is hidden"
    if ends.empty:
        return f"Nobody reached the stage “{names.stage(last)}”"
    row = highest(ends.assign(size=ends["change"].abs()), "size")
    who = people_of(row.group, names.characteristic(row.characteristic))
    return (
        f"{who[:1].upper()}{who[1:]}: {percent(row.estimate - row.change)} of those who applied, "
        f"{percent(row.estimate)} of those who got to the end"
    )


def detectable_finding(frame: pd.DataFrame, power: float, at: float) -> str:
    """How many comparisons at a gate would likely have missed a gap of the size supposed."""
    gates = frame[frame["gate"] != OVERALL].dropna(subset=["power"])
    if gates.empty:
        return "At no gate is there anything to compare"
    unseen = int((gates["power"] < power).sum())
    if not unseen:
        return f"Every comparison would show a ratio of {at:g} in at least {power:.0%} of cohorts like this"
    return (
        f"{unseen:,} of {count(len(gates), 'comparison')} would miss a ratio of {at:g} more than one time in "
        f"{round(1 / (1 - power))}"
    )


def association_finding(frame: pd.DataFrame, names: Names) -> str:
    """Where passing is associated with a characteristic, after adjustment."""
    found = []
    for name, part in frame.groupby("characteristic", sort=False):
        gates = [small_at(str(gate), names) for gate in part.loc[part["p_adjusted"] <= 0.05, "gate"]]
        if gates:
            found.append(f"{within(names.characteristic(str(name)))} ({enumerated(gates, 10)})")
    if not found:
        asked = [within(names.characteristic(str(name))) for name in dict.fromkeys(frame["characteristic"])]
        return f"No association of passing with {enumerated(asked, 10)} is evident (adjusted p above 0.05)"
    return f"Passing is associated with {enumerated(found, 10)}; adjusted p at most 0.05"


def missing_finding(frame: pd.DataFrame, names: Names) -> str:
    """The characteristic that fewest stated."""
    whole = frame[frame["gate"] == OVERALL].dropna(subset=["stated_share"])
    if whole.empty:
        unknown = bool(frame["entered"].isna().any())
        return "How many stated a group is hidden in the published table" if unknown else "Nobody applied"
    row = lowest(whole, "stated_share")
    label = names.characteristic(row.characteristic)
    if row.stated_share == 1:
        return "Everyone stated every characteristic"
    if len(whole) == 1:
        return f"{label} was stated by {percent(row.stated_share)} of applicants"
    return f"{label} was stated least: by {percent(row.stated_share)} of applicants"


def everyone_leaves(frame: pd.DataFrame, names: Names) -> str:
    """Where most of all applicants leave, from the rows of the gates.

    >>> import pandas as pd
    >>> from stepup_equity.words.names import PLAIN
    >>> frame = pd.DataFrame(
    ...     {"gate": ["screening", "interview"], "denominator": [100, 10], "passed": [10, 5]})
    >>> everyone_leaves(frame, PLAIN)
    'Most people leave at the gate “screening”: 90 of 100 did not pass'
    """
    return most_leave(frame.assign(characteristic="", group=""), names)


def rates_words(row: Any, names: Names) -> str:
    """One comparison as two rates.

    >>> from types import SimpleNamespace
    >>> from stepup_equity.words.names import PLAIN
    >>> row = SimpleNamespace(
    ...     characteristic="ethnicity", group="Black", reference="White", gate="screening", passed=21,
    ...     denominator=105, reference_passed=526, reference_denominator=1072)
    >>> rates_words(row, PLAIN)
    'At the gate “screening” 20% of Black applicants passed, and 49% of White applicants'
    """
    who = people_of(row.group, names.characteristic(row.characteristic))
    rates = percents_of(row.passed, row.denominator, row.reference_passed, row.reference_denominator)
    return (
        f"{names.at(row.gate)} {rates[0]} of {who} passed, and {rates[1]} of {reference_people(row, names)}"
    )


def people_short(row: Any, names: Names) -> str:
    """One comparison as people who would have passed besides.

    >>> from types import SimpleNamespace
    >>> from stepup_equity.words.names import PLAIN
    >>> row = SimpleNamespace(
    ...     characteristic="ethnicity", group="Black", reference="White", gate="screening", passed=21,
    ...     denominator=105, reference_passed=526, reference_denominator=1072)
    >>> people_short(row, PLAIN)
    'At the gate “screening” 21 of 105 Black applicants passed; at the rate of White applicants 52 would have'
    """
    who = people_of(row.group, names.characteristic(row.characteristic))
    expected = would_pass(row.denominator, row.reference_passed, row.reference_denominator)
    return (
        f"{names.at(row.gate)} {row.passed:,} of {row.denominator:,} {who} passed; at the rate of "
        f"{reference_people(row, names)} {expected:,} would have"
    )


def cohorts_finding(frame: pd.DataFrame, names: Names) -> str:
    """The largest evident change of a ratio at a single gate, or that there is none.

    >>> import pandas as pd
    >>> from stepup_equity.words.names import PLAIN
    >>> frame = pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": "Black", "gate": "screening", "cohort_earlier": "2010",
    ...     "cohort_later": "2012", "ratio_earlier": 0.41, "ratio_later": 0.82, "estimate": 2.0,
    ...     "flagged": [True],
    ... })
    >>> cohorts_finding(frame, PLAIN)
    'At the gate “screening” the ratio of Black applicants rose from 0.41 in 2010 to 0.82 in 2012'
    """
    gates = frame[frame["gate"] != OVERALL]
    evident = gates[gates["flagged"]]
    if evident.empty:
        earlier, later = frame["cohort_earlier"].iloc[0], frame["cohort_later"].iloc[0]
        return f"No impact ratio at a single gate changed evidently from {earlier} to {later}"
    with np.errstate(divide="ignore"):
        size = np.abs(np.log(evident["estimate"].to_numpy(float)))
    row = highest(evident.assign(size=size), "size")
    who = people_of(row.group, names.characteristic(row.characteristic))
    moved = "rose" if row.estimate > 1 else "fell"
    return (
        f"{names.at(row.gate)} the ratio of {who} {moved} from {ratio(row.ratio_earlier)} in "
        f"{row.cohort_earlier} to "
        f"{ratio(row.ratio_later)} in {row.cohort_later}"
    )


def change_words(frame: pd.DataFrame) -> str:
    """How many ratios at single gates changed evidently from one cohort to the next.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "gate": ["screened", "overall"], "cohort_earlier": "2010", "cohort_later": "2012",
    ...     "p_value": [0.2, 0.3], "flagged": [False, False],
    ... })
    >>> change_words(frame)
    'No gap at a single gate changed evidently from 2010 to 2012.'
    """
    gates = frame[(frame["gate"] != OVERALL) & frame["p_value"].notna()]
    if gates.empty:
        return ""
    changed = int(gates["flagged"].sum())
    since = f"from {frame['cohort_earlier'].iloc[0]} to {frame['cohort_later'].iloc[0]}"
    if not changed:
        return f"No gap at a single gate changed evidently {since}."
    return f"Of {len(gates):,} gaps at single gates {changed:,} changed evidently {since}."


def trend_finding(frame: pd.DataFrame, cohorts: Sequence[str], names: Names) -> str:
    """The most evident trend of a ratio over several cohorts, or that there is none.

    >>> import pandas as pd
    >>> from stepup_equity.words.names import PLAIN
    >>> frame = pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": "Black", "gate": "screening", "trend": "rises",
    ...     "flagged": [True], "p_value": 0.001, "first_ratio": 0.41, "last_ratio": 0.9, "cohorts": 3,
    ... })
    >>> print(trend_finding(frame, ("2010", "2012", "2014"), PLAIN))
    On the line through 3 cohorts the ratio of Black applicants at the gate “screening” rises from 0.41 in
    2010 to 0.90 in 2014
    """
    evident = frame[frame["flagged"]]
    if evident.empty:
        return f"No impact ratio has an evident trend from {cohorts[0]} to {cohorts[-1]}"
    row = records(evident.sort_values("p_value", kind="stable").head(1))[0]
    who = people_of(row.group, names.characteristic(row.characteristic))
    return (
        f"On the line through {row.cohorts} cohorts the ratio of {who} {small_at(row.gate, names)} "
        f"{row.trend} "
        f"from {ratio(row.first_ratio)} in {cohorts[0]} to {ratio(row.last_ratio)} in {cohorts[-1]}"
    )
