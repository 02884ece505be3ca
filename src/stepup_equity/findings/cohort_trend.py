"""Whether gaps narrow or widen over all cohorts, and what became of the last cohort's cliff edges."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from stepup_equity.columns import COHORT, NOT_STATED
from stepup_equity.counts.funnel import known
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.adjusted import with_moves
from stepup_equity.findings.comparison import HIDDEN, HIDDEN_REFERENCE, Groups, first_reason, joined
from stepup_equity.findings.edge_changes import edge_changes
from stepup_equity.findings.family import (
    chosen_characteristics,
    one_for_groups,
    reference_for,
    refuse_changing,
)
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.statistics import score_ratio_interval
from stepup_equity.statistics.last_digits import level_of
from stepup_equity.statistics.ratio_trend import ratio_trend
from stepup_equity.words.names import Names, people_of
from stepup_equity.words.numbers import enumerated, probability, ratio
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Ints
    from stepup_equity.counts import Denominator, Funnel, StageCounts


NO_TREND: Final = "no evident trend"
_HETEROGENEOUS: Final = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class CohortTrend(Result):
    """Impact ratios of every cohort, the line through them, and what became of cliff edges.

    Attributes
    ----------
    by : tuple of str
        The characteristics asked about.
    cohorts : tuple of str
        The earliest first.
    step : str
        What the slope is per: ``"year"`` where every cohort names its own, else ``"cohort"``.
    confidence : float
        Level of the intervals.
    """

    by: tuple[str, ...]
    cohorts: tuple[str, ...]
    step: str
    confidence: float
    _ratios: pd.DataFrame

    @property
    def ratios(self) -> pd.DataFrame:
        """The impact ratio of each group at each gate in each cohort, with its interval."""
        return self._ratios.copy()

    @property
    def trends(self) -> pd.DataFrame:
        """The evident trends alone, the whole way among them."""
        return self._frame[self._frame["flagged"]].reset_index(drop=True)

    @property
    def edges(self) -> pd.DataFrame:
        """Gates where the last cohort or the one before it has a cliff edge, and what became of it."""
        return self._frame[self._frame["verdict"] != ""].reset_index(drop=True)

    @property
    def headline(self) -> str:
        """How many trends, and what became of the edges."""
        what = f"{self.names.asked(self.by)}, {len(self.cohorts)} cohorts, "
        what += f"{self.cohorts[0]} to {self.cohorts[-1]}"
        trends = self.trends
        named = [
            f"{row.group} at {self.names.gate_in_words(str(row.gate))} "
            f"{row.trend} ({ratio(row.first_ratio)} to {ratio(row.last_ratio)})"
            for row in records(trends)
        ]
        said = enumerated(named, 4) if named else NO_TREND
        edges = self.edges["verdict"].value_counts()
        became = ", ".join(f"{n} {verdict}" for verdict, n in sorted(edges.items()))
        return f"{what}; {said}" + (f"; cliff edges: {became}" if became else "")


@remembered
def cohort_trend(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    denominator: Denominator = "entered",
    alpha: float = 0.05,
    confidence: float = 0.95,
) -> CohortTrend:
    """Whether impact ratios move over all cohorts, each cohort standing for itself.

    Cohorts are never added up: each has its own ratio, a line goes through their logs, and Cochran's Q says
    whether they differ more than chance explains. The last cohort's cliff edges are set beside those of the
    cohort before it.

    Parameters
    ----------
    counts : StageCounts
        Of two cohorts or more; people without a cohort are left out.
    by, level, groups, where, denominator
        As in `cliff_edges`.
    reference : str or mapping, optional
        A group, ``"largest"`` of all cohorts, or ``"rest"``: the same in every cohort.
    alpha : float
        A trend is evident where its adjusted p is at most this.
    confidence : float
        Level of the intervals.

    Returns
    -------
    CohortTrend
        A row for each group and gate and one for the whole way. ``estimate`` is the slope in log points for
        each ``step`` (a year, or a cohort), with ``std_error``, ``conf_low`` and ``conf_high``; ``factor``,
        by which the ratio changes with each step; ``first_ratio`` and ``last_ratio`` on the line;
        ``heterogeneity_*``, Cochran's Q of the cohorts around one common ratio. ``p_adjusted``: Holm over the
        gates of the call, and apart over its ``overall`` rows; ``flagged`` and ``trend`` (``rises``,
        ``falls``, ``no evident trend``, ``not computable``) rest on it. ``verdict`` compares cliff edges with
        the cohort before: ``new``, ``persists``, ``smaller``, ``gone``, ``cannot be told``; empty where
        neither has one.

    Raises
    ------
    ArgumentError
        Fewer than two cohorts, or a reference that changes with the cohort.

    References
    ----------
    Grizzle, Starmer and Koch (1969), Biometrics 25, 489-504; Cochran (1954), Biometrics 10, 101-129; Birge
    (1932), Physical Review 40, 207-227.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "cohort": ["8", "8", "9", "9", "10", "10"], "characteristic": "ethnicity",
    ...     "group": ["White", "Black"] * 3, "applied": [1300, 215, 1250, 230, 1280, 240],
    ...     "screened": [630, 45, 620, 74, 635, 110],
    ... }))
    >>> trend = cohort_trend(counts, by="ethnicity")
    >>> trend.ratios["estimate"].round(2).tolist()[:3]
    [0.43, 0.65, 0.92]
    >>> trend.frame["trend"].tolist()
    ['rises', 'rises']
    """
    names = chosen_characteristics(counts, by)
    if len(counts.cohorts) < 2 or COHORT in (where or {}):
        found = f"only {listed(counts.cohorts)}" if counts.cohorts else "no cohort"
        found = "one cohort, which where= names" if COHORT in (where or {}) else found
        raise ArgumentError(f"These counts hold {found}, and a trend needs two or more.")
    one_for_groups(groups, names)
    times, step = _times(counts)
    every = [_by_cohort(counts, name, reference, level, groups, where, denominator) for name in names]
    words = Names.of(counts.programme)
    frame = with_moves(
        pd.concat([_rows(one, times, step, confidence) for one in every], ignore_index=True),
        alpha,
        column="trend",
        still=0.0,
        words=("rises", "falls", NO_TREND),
        groups={one.slices[0].characteristic: one.slices[0].groups for one in every},
    )
    before, last = counts.cohorts[-2:]
    edges = edge_changes(
        ((counts, before), (counts, last)),
        frame,
        by=None if by is None else list(names),
        reference=reference,
        level=level,
        groups=groups,
        where=where,
        denominator=denominator,
    )
    frame["verdict"] = edges.verdict
    frame["sentence"] = [
        f"{_sentence(row, counts.cohorts, words)}{more}"
        for row, more in zip(records(frame), edges.sentence, strict=True)
    ]
    return CohortTrend(
        _frame=frame,
        method=(
            "Weighted least squares of log impact ratios on time, posterior means and variances under "
            "Jeffreys' prior (Grizzle, Starmer and Koch 1969), standard errors widened by scatter around the "
            f"line (Birge 1932); intervals at {confidence:.0%}; Cochran's Q for heterogeneity. Ratios of "
            "single "
            "cohorts have score intervals. Adjusted by Holm over the rows of single gates, and apart over "
            "the "
            f"rows of the whole way; a trend is evident where the adjusted p is at most {alpha:g}."
        ),
        notes=(*counts.notes, *_notes(counts)),
        names=words,
        by=tuple(one.slices[0].characteristic for one in every),
        cohorts=counts.cohorts,
        step=step,
        confidence=confidence,
        _ratios=pd.concat([_ratios(one, counts.cohorts, confidence) for one in every], ignore_index=True),
    )


def _times(counts: StageCounts) -> tuple[list[int], str]:
    """When each cohort was: its year where every cohort has its own, else its place in the order."""
    years = [counts.programme.cohorts.year_of(cohort) for cohort in counts.cohorts]
    known = [year for year in years if year is not None]
    if len(known) == len(years) and all(a < b for a, b in pairwise(known)):
        return known, "year"
    return list(range(len(years))), "cohort"


@dataclass(frozen=True, eq=False)
class _ByCohort:
    """One characteristic: groups beside the same reference in every cohort, positions of those compared."""

    slices: tuple[Groups, ...]
    reference: str
    compared: tuple[int, ...]
    passed: Ints
    at_risk: Ints
    ref_passed: Ints
    ref_at_risk: Ints
    hidden: Bools
    ref_hidden: Bools


def _by_cohort(
    counts: StageCounts,
    name: str | tuple[str, ...],
    reference: str | Mapping[str, str] | None,
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
) -> _ByCohort:
    whole = counts.funnel(name, level=level, where=where)
    whole.choose(groups)  # refuses a name that is not a group
    asked = _fixed(whole, reference_for(whole.characteristic, reference))
    slices = tuple(
        Groups.of(
            counts.funnel(
                name, level=level, groups=whole.groups or None, where={**(where or {}), COHORT: cohort}
            ),
            denominator,
        ).against(asked)
        for cohort in counts.cohorts
    )
    kept = tuple(
        i for i, group in enumerate(whole.groups) if group != asked and (groups is None or group in groups)
    )

    def stacked(what: str) -> NDArray[Any]:
        return np.stack([getattr(one, what) for one in slices])[:, list(kept)]

    six = ("passed", "at_risk", "ref_passed", "ref_at_risk", "hidden", "ref_hidden")
    return _ByCohort(slices, asked, kept, *map(stacked, six))


def _fixed(whole: Funnel, reference: str | None) -> str:
    """One reference for every cohort."""
    refuse_changing(reference)
    if reference == "rest" or not whole.groups:
        return "rest"
    chosen = Groups.of(whole).against(reference)
    return str(chosen.reference[0, 0])


def _rows(one: _ByCohort, times: Sequence[int], step: str, confidence: float) -> pd.DataFrame:
    first = one.slices[0].only(one.compared)
    found = ratio_trend(
        one.passed, one.at_risk, one.ref_passed, one.ref_at_risk, times=times, confidence=confidence
    )
    hidden: Bools = one.hidden | one.ref_hidden
    rows = len(one.compared) * len(first.gates)
    with np.errstate(over="ignore"):
        factors = {
            name: np.exp(values) for name, values in _limits(found.slope, found.low, found.high, "change")
        }
    columns: dict[str, Any] = {
        "characteristic": first.by_group([first.characteristic] * len(first.groups)),
        "group": first.by_group(first.groups),
        "parent": first.by_group(first.parents),
        "reference": np.full(rows, one.reference, object),
        "gate": first.by_gate(first.gates),
        "cohorts": found.cohorts,
        "estimate": found.slope,
        "std_error": found.std_error,
        "conf_low": found.low,
        "conf_high": found.high,
        "confidence": np.full(rows, confidence),
        **factors,
        "step": np.full(rows, step, object),
        "first_ratio": found.first,
        "last_ratio": found.last,
        "p_value": found.p_value,
        "heterogeneity_statistic": found.heterogeneity,
        "heterogeneity_df": found.heterogeneity_df,
        "heterogeneity_p_value": found.heterogeneity_p_value,
        "method": np.full(rows, "weighted least squares of log ratios", object),
        "status": first_reason(
            [
                (np.asarray(hidden.all(0)), HIDDEN),
                (np.asarray(hidden.any(0)), f"{HIDDEN}, in some cohorts: they are left out"),
                ((one.at_risk == 0).all(0), "nobody of the group reached this gate in any cohort"),
                (found.cohorts < 2, "group and reference meet in fewer than two cohorts"),
                (found.cohorts < len(times), "some cohorts lack the group or its reference here"),
                ((one.passed == 0).all(0), "nobody of the group passed in any cohort"),
            ]
        ),
    }
    return pd.DataFrame({name: np.asarray(values).ravel() for name, values in columns.items()})


def _limits(estimate: Any, low: Any, high: Any, name: str) -> list[tuple[str, Any]]:
    return [(name, estimate), (f"{name}_low", low), (f"{name}_high", high)]


def _ratios(one: _ByCohort, cohorts: Sequence[str], confidence: float) -> pd.DataFrame:
    """A row for each group, gate and cohort."""
    found = score_ratio_interval(
        one.passed, one.at_risk, one.ref_passed, one.ref_at_risk, confidence=confidence
    )
    first = one.slices[0].only(one.compared)
    n = len(cohorts)

    def each(values: Any) -> NDArray[Any]:
        return np.repeat(values, n)

    def turned(values: Any) -> NDArray[Any]:
        return np.moveaxis(np.asarray(values), 0, -1).ravel()

    return pd.DataFrame(
        {
            "characteristic": each(first.by_group([first.characteristic] * len(first.groups))),
            "group": each(first.by_group(first.groups)),
            "reference": np.full(len(first.groups) * len(first.gates) * n, one.reference, object),
            "gate": each(first.by_gate(first.gates)),
            "cohort": np.tile(np.array(cohorts, object), len(first.groups) * len(first.gates)),
            "denominator": turned(known(one.at_risk, one.hidden)),
            "passed": turned(known(one.passed, one.hidden)),
            "reference_denominator": turned(known(one.ref_at_risk, one.ref_hidden)),
            "reference_passed": turned(known(one.ref_passed, one.ref_hidden)),
            "estimate": turned(found.estimate),
            "conf_low": turned(found.low),
            "conf_high": turned(found.high),
            "confidence": confidence,
            "method": "score",
            "status": joined(
                [
                    turned(
                        first_reason(
                            [
                                (one.hidden, HIDDEN),
                                (one.ref_hidden, HIDDEN_REFERENCE),
                                (one.at_risk == 0, "nobody of the group reached this gate"),
                                (one.ref_at_risk == 0, "nobody of the reference reached this gate"),
                                (one.ref_passed == 0, "nobody of the reference passed"),
                            ]
                        )
                    )
                ]
            ),
        }
    )


def _sentence(row: Any, cohorts: Sequence[str], names: Names) -> str:
    """A row, to be read aloud."""
    who = people_of(row.group, names.characteristic(row.characteristic))
    start = f"{names.at(row.gate)}, {who} against {row.reference}: "
    if row.trend == "not computable":
        return f"{start}no trend, {row.status}."
    line = (
        f"{ratio(row.first_ratio)} times the rate at first and {ratio(row.last_ratio)} at last, on the line "
        f"through {row.cohorts} cohorts"
    )
    factor = (
        f"a factor of {ratio(row.change)} ({ratio(row.change_low)} to {ratio(row.change_high)}) a {row.step}"
    )
    if row.trend != NO_TREND:
        sentence = f"{start}the ratio {row.trend}: {line}, {factor}."
    elif row.p_value <= level_of(row.confidence):
        sentence = f"{start}{line}, {factor}, taken alone; among so many comparisons no evident trend."
    else:
        sentence = f"{start}{line}, {factor}; no evident trend."
    if row.cohorts > 2 and row.heterogeneity_p_value < _HETEROGENEOUS:
        sentence += (
            f" The cohorts differ more than chance explains ({probability(row.heterogeneity_p_value)}), so "
            "no one "
            f"ratio stands for all of {cohorts[0]} to {cohorts[-1]}."
        )
    return sentence


def _notes(counts: StageCounts) -> tuple[str, ...]:
    notes = ["Each cohort stands for itself; cohorts are not added up."]
    labels = counts.labels_of(COHORT)
    if NOT_STATED in labels:
        people = int(counts.only({COHORT: NOT_STATED}).people)
        notes.append(f"{people:,} without a cohort are left out.")
    return tuple(notes)
