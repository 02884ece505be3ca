"""Alternative texts of charts, written from the numbers: the finding, then what a reader would see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.findings.cliff_rule import EVIDENT
from stepup_equity.words.numbers import count, enumerated, interval, percent, ratio, signed
from stepup_equity.words.rows import highest, highest_at, lowest_at, records
from stepup_equity.words.sentences import small_at

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from stepup_equity.words.names import Names


_TABLE = "The table beside the chart holds every number."


def rates_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """A funnel: lowest and highest rate at each gate, of those who stated a group."""
    gates = frame[frame["gate"] != OVERALL]
    groups = len(gates[["characteristic", "group"]].drop_duplicates())
    ranges = [
        f"{names.gate(str(gate))}: {_range(part[part['stated']], percent)}"
        for gate, part in gates.groupby("gate", sort=False)
    ]
    return (
        f"{title}. Bar chart of pass rates, {count(groups, 'group')} by {count(len(ranges), 'gate')}. "
        f"Lowest and highest: {'; '.join(ranges)}. {_TABLE}"
    )


def _range(part: pd.DataFrame, make: Callable[[float], str]) -> str:
    known = part.dropna(subset=["estimate"])
    if known.empty:
        return "none"
    estimates, groups = known["estimate"].tolist(), known["group"].tolist()
    low, high = lowest_at(estimates), highest_at(estimates)
    if estimates[low] == estimates[high]:
        return make(estimates[low]) if len(known) == 1 else f"{make(estimates[low])} in every group"
    return f"{make(estimates[low])} ({groups[low]}) to {make(estimates[high])} ({groups[high]})"


def curves_alt(frame: pd.DataFrame, title: str) -> str:
    """Curves of progression: the share of each group that got to the end."""
    ends = frame[frame["gate"] == frame["gate"].iloc[-1]]
    words = [f"{row.group} {percent(row.cumulative)}" for row in records(ends)]
    return (
        f"{title}. Line charts of the share still there at each stage. At the end: {enumerated(words, 20)}."
    )


def comparisons_alt(frame: pd.DataFrame, names: Names, title: str, make: Callable[[float], str]) -> str:
    """A forest plot: lowest and highest estimate at each gate."""
    ranges = [
        f"{names.gate(str(gate))}: {_range(part, make)}"
        for gate, part in frame[["gate", "group", "estimate"]].groupby("gate", sort=False)
    ]
    groups = len(frame[["characteristic", "group"]].drop_duplicates())
    return (
        f"{title}. Estimates with intervals for {count(groups, 'group')}. Lowest and highest: "
        f"{'; '.join(ranges)}. {_TABLE}"
    )


def cliffs_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """A cliff map: how many comparisons have each verdict, and which are evident."""
    tally = frame["verdict"].value_counts()
    verdicts = [f"{verdict} {number:,}" for verdict, number in tally.items()]
    evident = frame[frame["verdict"].isin(EVIDENT)]
    words = [
        f"{row.verdict}: {row.group} {small_at(row.gate, names)} ({ratio(row.estimate)})"
        for row in records(evident)
    ]
    named = f" Evident: {enumerated(words, 20)}." if words else ""
    return f"{title}. Map of impact ratios, groups by gates. Verdicts: {', '.join(verdicts)}.{named} {_TABLE}"


def gap_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """A waterfall of gaps: the ratio of each group over the whole way."""
    words = [
        f"{row.group} undefined"
        if np.isnan(row.ratio)
        else f"{row.group} {ratio(row.ratio)} ({interval(row.ratio_low, row.ratio_high)})"
        for row in records(frame[frame["gate"] == OVERALL])
    ]
    gates = [names.gate(str(gate)) for gate in dict.fromkeys(frame["gate"]) if gate != OVERALL]
    return (
        f"{title}. A bar for each step at {enumerated(gates, 20)}. {names.at(OVERALL)}, ratio and interval: "
        f"{enumerated(words, 20)}. {_TABLE}"
    )


def composition_alt(frame: pd.DataFrame, title: str) -> str:
    """Shares of the pool: each group's at the first stage and at the last."""
    first, last = (frame[frame["stage"] == frame["stage"].iloc[end]] for end in (0, -1))
    words = [
        f"{a.group} {percent(a.estimate)} to {percent(b.estimate)}"
        for a, b in zip(records(first), records(last), strict=True)
    ]
    return (
        f"{title}. Bars of each group's share at every stage. First to last stage: "
        f"{enumerated(words, 20)}. {_TABLE}"
    )


def detectable_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """Strips of detectable gaps: the comparison that sees best at each gate."""
    words = []
    for gate, part in frame.groupby("gate", sort=False):
        known = part.dropna(subset=["detectable_ratio"])
        if len(known):
            best = highest(known, "detectable_ratio")
            words.append(f"{names.gate(str(gate))} {ratio(best.detectable_ratio)} ({best.group})")
    seen = f"Nearest to 1 at each gate: {'; '.join(words)}." if words else "No gap would be seen at any gate."
    return f"{title}. Strips of impact ratios that could stay unseen. {seen} {_TABLE}"


def association_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """A residual map: the tiles beyond 2."""
    far = frame[frame["adjusted_residual"].abs() >= 2].sort_values("adjusted_residual", kind="stable")
    words = [
        f"{row.group} {small_at(row.gate, names)} {signed(row.adjusted_residual)}" for row in records(far)
    ]
    beyond = f"Beyond 2: {enumerated(words, 20)}." if words else "No residual lies beyond 2."
    return f"{title}. Map of adjusted residuals, groups by gates. {beyond} {_TABLE}"


def missing_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """Declaration rates: the share of applicants that stated each characteristic."""
    words = [
        f"{names.characteristic(row.characteristic)} {percent(row.stated_share)}"
        for row in records(frame[frame["gate"] == OVERALL])
    ]
    return (
        f"{title}. Bars of the share that stated each characteristic. Of all applicants: "
        f"{enumerated(words, 20)}. {_TABLE}"
    )


def process_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """The whole process: the pass rate of everybody at each gate, as printed."""
    words = [
        f"{names.gate(row.gate)} {row.word} ({row.people_word} of {row.start_word})" for row in records(frame)
    ]
    return f"{title}. Bars of the share of everybody who passed each gate: {enumerated(words, 20)}. {_TABLE}"


def cohorts_alt(frame: pd.DataFrame, names: Names, title: str) -> str:
    """Slopes between two cohorts: the changes that are evident."""
    words = [
        f"{row.group} {small_at(row.gate, names)} {ratio(row.ratio_earlier)} to {ratio(row.ratio_later)}"
        for row in records(frame[frame["flagged"]])
    ]
    changed = f"Evident changes: {enumerated(words, 20)}." if words else "No change is evident."
    return f"{title}. Slopes of impact ratios from cohort to cohort, groups by gates. {changed} {_TABLE}"
