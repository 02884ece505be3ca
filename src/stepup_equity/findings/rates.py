"""How many of each group pass each gate: selection rates with intervals."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.counts import one_cohort
from stepup_equity.findings.comparison import Groups, first_reason
from stepup_equity.findings.family import chosen_characteristics
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.given import check_choice
from stepup_equity.statistics import clopper_pearson_interval, jeffreys_interval, wilson_interval
from stepup_equity.words.numbers import percent
from stepup_equity.words.rows import highest_at, lowest_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd

    from stepup_equity.arrays import Bools, Floats, Ints
    from stepup_equity.counts import Denominator, Funnel, StageCounts
    from stepup_equity.statistics import Interval


RateMethod = Literal["wilson", "clopper-pearson", "jeffreys"]

_INTERVALS: Final[dict[str, tuple[Callable[..., Interval], str]]] = {
    "wilson": (wilson_interval, "Wilson score interval (Wilson 1927)"),
    "clopper-pearson": (clopper_pearson_interval, "exact interval (Clopper and Pearson 1934)"),
    "jeffreys": (jeffreys_interval, "Jeffreys interval (Brown, Cai and DasGupta 2001)"),
}


@dataclass(frozen=True, eq=False, repr=False)
class SelectionRates(Result):
    """Pass rates by group and gate, and over the whole way.

    Attributes
    ----------
    by : tuple of str
        The characteristics, or crossings, asked about.
    confidence : float
        Level of the intervals.
    skipped : mapping of (str, str, str) to int
        By characteristic, group and gate: people whose version of the process did not have the gate. They
        went past it and are in none of its numbers. Only gates that somebody went past are listed.
    """

    by: tuple[str, ...]
    confidence: float
    skipped: Mapping[tuple[str, str, str], int] = field(default_factory=dict, kw_only=True)

    @property
    def headline(self) -> str:
        """Lowest and highest rate over the whole way."""
        whole = self._frame[(self._frame["gate"] == OVERALL) & self._frame["stated"]].dropna(
            subset=["estimate"]
        )
        if whole.empty:
            return f"{self.names.asked(self.by)}; no rate can be computed"
        rates = whole["estimate"].to_numpy()
        low, high = whole.iloc[lowest_at(rates)], whole.iloc[highest_at(rates)]
        rate = percent(low["estimate"])
        if len(whole) == 1:
            return f"{self.names.asked(self.by)}; over the whole way {rate} ({low['group']})"
        if low["estimate"] == high["estimate"]:
            return f"{self.names.asked(self.by)}; over the whole way {rate} in every group"
        return (
            f"{self.names.asked(self.by)}; over the whole way {percent(low['estimate'])} ({low['group']}) "
            f"to {percent(high['estimate'])} ({high['group']})"
        )


@remembered
def selection_rates(
    counts: StageCounts,
    *,
    by: str | Sequence[str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    method: RateMethod = "wilson",
    confidence: float = 0.95,
) -> SelectionRates:
    """Conditional pass rate at each gate, and cumulative selection rate, of every group.

    The conditional rate asks who passes among those who got to the gate; the cumulative one, who got past
    it among all who applied. A funnel needs both: a low cumulative rate may come from an earlier gate.

    Parameters
    ----------
    counts : StageCounts
    by : str or sequence of str, optional
        A characteristic, or several to be crossed; by default every characteristic.
    level : str, optional
        ``"detailed"``, ``"broad"`` or a named level.
    groups : sequence of str, optional
        Only these groups.
    where : mapping, optional
        Only these people, such as ``{"cohort": "2010"}``.
    denominator : {"entered", "decided"}
        Of those who entered and are not pending; ``"decided"`` leaves out those who left by their own choice.
    method : {"wilson", "clopper-pearson", "jeffreys"}
        Interval of each rate.
    confidence : float
        Level of the intervals.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    SelectionRates
        A row for each group and gate and one for the whole way (``overall``). *Not stated* is shown, with
        ``stated`` false. A rate of nobody is NaN and its ``status`` says so.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 43], "shortlisted": [389, 10], "appointed": [117, 2],
    ... }))
    >>> selection_rates(counts, by="ethnicity")
    <SelectionRates: ethnicity; over the whole way 4.7% (BME) to 13% (White)>
    """
    import pandas as pd

    counts = one_cohort(counts, cohort, where=where, beside=by)
    check_choice(method, _INTERVALS, argument="method")
    names = chosen_characteristics(counts, by)
    funnels = [
        counts.funnel(name, level=level, groups=groups, not_stated=groups is None, where=where)
        for name in names
    ]
    frames = [_rates(funnel, denominator, method, confidence) for funnel in funnels]
    words = "those who entered and are not pending"
    if denominator == "decided":
        words += " and did not leave by their own choice"
    return SelectionRates(
        _frame=pd.concat(frames, ignore_index=True),
        method=f"Rates are of {words}; {_INTERVALS[method][1]} at {confidence:.0%}.",
        notes=counts.notes,
        by=tuple(funnel.characteristic for funnel in funnels),
        confidence=confidence,
        skipped={key: n for funnel in funnels for key, n in _skipped(funnel) if n},
    )


def _skipped(funnel: Funnel) -> Iterator[tuple[tuple[str, str, str], int]]:
    """People who went past a gate that their version of the process did not have."""
    keys = product([funnel.characteristic], funnel.groups, funnel.gates)
    return zip(keys, funnel.skipped.ravel().tolist(), strict=True)


def _not_in_their_way(entered: Ints | Floats) -> Bools:
    """Gates that nobody of a group entered though somebody entered a later one; the whole way stands last."""
    gates = entered[:, :-1]
    later = np.maximum.accumulate(gates[:, ::-1], axis=1)[:, ::-1]
    found = np.zeros(entered.shape, bool)
    found[:, :-1] = (gates == 0) & (later > 0)
    return found


def _rates(funnel: Funnel, denominator: Denominator, method: RateMethod, confidence: float) -> pd.DataFrame:
    import pandas as pd

    table = Groups.of(funnel, denominator)
    interval = _INTERVALS[method][0](table.passed, table.at_risk, confidence=confidence)
    # Of all who applied, those are left out who are pending, or left, at this gate or before it.
    out = np.cumsum(table.entered[:, :-1] - table.at_risk[:, :-1], axis=1)
    start = np.hstack([table.entered[:, -1:] - out, table.at_risk[:, -1:]])
    skipped = _not_in_their_way(table.entered)
    nobody = skipped | table.hidden
    cumulative = wilson_interval(table.passed, np.where(nobody, 0, start), confidence=confidence)
    unstated = np.broadcast_to(~table.stated[:, None], table.shape)
    status = first_reason(
        [
            (skipped, "not a gate of theirs"),
            *table.reasons(),
            (unstated, "shown, not compared"),
            table.left_out(),
        ]
    )
    columns = table.columns()
    labels = {name: columns.pop(name) for name in ("characteristic", "group", "parent")}
    return pd.DataFrame(
        {
            **labels,
            "stated": table.by_group(table.stated),
            **columns,
            "estimate": interval.estimate.ravel(),
            "conf_low": interval.low.ravel(),
            "conf_high": interval.high.ravel(),
            "cumulative": cumulative.estimate.ravel(),
            "cumulative_low": cumulative.low.ravel(),
            "cumulative_high": cumulative.high.ravel(),
            "confidence": confidence,
            "method": method,
            "status": status.ravel(),
        }
    )
