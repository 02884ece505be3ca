"""Whether pass rates rise or fall along ordered groups, such as age bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.counts import one_cohort
from stepup_equity.errors import ArgumentError, listed
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.association import table_status
from stepup_equity.findings.comparison import Groups, with_reason
from stepup_equity.findings.family import chosen_characteristics
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.given import check_made
from stepup_equity.statistics import cochran_armitage, trend_departure
from stepup_equity.statistics.inputs import normal_quantile
from stepup_equity.words.names import within
from stepup_equity.words.numbers import signed, signed_interval
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import Denominator, Funnel, StageCounts


@dataclass(frozen=True, eq=False, repr=False)
class TrendTests(Result):
    """Tests for a trend along ordered groups, at each gate and over the whole way.

    Attributes
    ----------
    by : tuple of str
        The ordered characteristics.
    """

    by: tuple[str, ...]

    @property
    def headline(self) -> str:
        """The trend over the whole way of the first characteristic."""
        whole = self._frame[self._frame["gate"] == OVERALL].dropna(subset=["p_value"])
        if whole.empty:
            return f"{self.names.asked(self.by) or 'no ordered characteristic'}; nothing to test"
        row = whole.iloc[lowest_at(whole["p_value"])]
        limits = signed_interval(100 * row["conf_low"], 100 * row["conf_high"])
        return (
            f"{within(self.names.characteristic(row['characteristic']))} over the whole way: "
            f"{signed(100 * row['estimate'])} points a step ({limits}), p {row['p_value']:.3g}"
        )


@remembered
def trend_tests(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    scores: Sequence[float] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    confidence: float = 0.95,
) -> TrendTests:
    """Cochran-Armitage test for a trend of the pass rate along ordered groups.

    A chi-squared over seven age bands spreads its power over every kind of difference; this asks one
    question, and finds a slow decline that chi-squared misses.

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        As in `association_tests`; by default every characteristic whose groups have a declared order.
    scores : sequence of float, optional
        Positions of the groups, in their order, such as midpoints of age bands; by default their places
        among the declared groups, whether or not anybody belongs to those between, and ``status`` names the
        empty ones. Groups that are not declared, or are asked for in another order, are 1, 2, 3, …. With
        `scores` or `groups` any characteristic can be tested: the order is then the caller's.
    level, groups, where, denominator
        As in `selection_rates`. Only those who stated a group are tested.
    confidence : float
        Level of the interval of the slope.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    TrendTests
        A row for each characteristic and gate, ``overall`` among them. ``estimate`` is the rise of the pass
        rate per step, with interval; ``statistic`` is standard normal without a trend; ``departure_p_value``
        tests what a straight line leaves, so a small one says that the rates rise and fall again.
        ``p_adjusted``: Holm over the ``overall`` rows, and apart over all gate rows.

    Raises
    ------
    ArgumentError
        A characteristic without an order, named without `scores` or `groups`.

    References
    ----------
    Cochran (1954), Biometrics 10, 417-451; Armitage (1955), Biometrics 11, 375-386.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "age_band", "group": ["20-24", "25-29", "30-34", "35-39"],
    ...     "applied": [60, 55, 40, 28], "joined": [12, 10, 6, 3],
    ... }))
    >>> trend_tests(counts, by="age_band", groups=["20-24", "25-29", "30-34", "35-39"])
    <TrendTests: age band over the whole way: −3.0 points a step (−7.9 to +1.9), p 0.256>
    """
    import pandas as pd

    counts = one_cohort(counts, cohort, where=where, beside=by)
    names = chosen_characteristics(counts, by)
    funnels = [counts.funnel(name, level=level, groups=groups, where=where) for name in names]
    if scores is None and groups is None:
        funnels = _ordered(funnels, named=by is not None)
    parts = []
    for funnel in funnels:
        places, empty = _places(counts, funnel, where) if scores is None else (scores, [])
        parts.append(_trends(funnel, denominator, places, confidence, empty))
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(_COLUMNS))
    return TrendTests(
        _frame=with_adjusted(frame),
        method=(
            "Cochran-Armitage test for trend (Cochran 1954; Armitage 1955), groups scored "
            f"{'as given' if scores is not None else 'by their declared place'}; least-squares slope with "
            f"interval at {confidence:.0%}. Adjusted by Holm, the whole way apart from the single gates. "
            "Only applicants who stated a group are tested."
        ),
        notes=counts.notes,
        by=tuple(funnel.characteristic for funnel in funnels),
    )


_COLUMNS = (
    "characteristic",
    "gate",
    "n",
    "estimate",
    "conf_low",
    "conf_high",
    "confidence",
    "statistic",
    "p_value",
    "departure_statistic",
    "departure_df",
    "departure_p_value",
    "method",
    "status",
)


_NO_SCATTER: Final = "no limits: in each group everybody passed or nobody"


def _ordered(funnels: list[Funnel], *, named: bool) -> list[Funnel]:
    for funnel in funnels:
        if named and not funnel.ordered:
            raise ArgumentError(
                f"The groups of {funnel.characteristic!r} have no declared order. Give the order with "
                f"groups= or positions with scores=; the groups are {listed(funnel.groups)}."
            )
    return [funnel for funnel in funnels if funnel.ordered]


def _with_empty(status: str, empty: Sequence[str]) -> str:
    more = f"nobody belongs to {', '.join(empty)}; the steps over them are counted" if empty else ""
    return "; ".join(words for words in (status, more) if words)


def _places(
    counts: StageCounts, funnel: Funnel, where: Mapping[str, str] | None
) -> tuple[Sequence[float] | None, list[str]]:
    """Where the groups stand among the declared ones, and declared ones between that nobody belongs to.

    None where a group is not declared, or where the caller has put them in another order.
    """
    if not funnel.ordered or funnel.characteristic not in counts.programme.characteristic_names:
        return None, []
    declared = counts.programme.characteristic(funnel.characteristic).at_level(funnel.level)[0]
    if not all(group in declared for group in funnel.groups):
        return None, []
    places = [declared.index(group) for group in funnel.groups]
    if places != sorted(places):
        return None, []
    between = declared[places[0] : places[-1]] if places else ()
    occupied = counts.funnel(funnel.characteristic, level=funnel.level, where=where).groups
    return [1.0 + place for place in places], [label for label in between if label not in occupied]


def _trends(
    funnel: Funnel,
    denominator: Denominator,
    scores: Sequence[float] | None,
    confidence: float,
    empty: Sequence[str],
) -> pd.DataFrame:
    import pandas as pd

    table = Groups.of(funnel, denominator)
    if scores is not None:
        check_made(
            scores, list, tuple, np.ndarray, argument="scores", how="Give a list, a position for each group."
        )
    if scores is not None and len(scores) != len(funnel.groups):
        raise ArgumentError(
            f"scores= has {len(scores)} positions for {len(funnel.groups)} groups of "
            f"{funnel.characteristic!r}: {listed(funnel.groups)}. Give one for each."
        )
    if scores is not None and not all(isinstance(score, (int, float, np.number)) for score in scores):
        raise ArgumentError(
            f"scores={list(scores)!r} are not all numbers. Give positions such as 22, 27, 32."
        )
    test = cochran_armitage(table.passed, table.at_risk, scores)
    rest = trend_departure(table.passed, table.at_risk, scores)
    scatter = test.std_error > 0
    reach = normal_quantile(confidence) * np.where(scatter, test.std_error, np.nan)
    made = np.isfinite(test.p_value)
    words = with_reason(np.array(table_status(table), object), made & ~scatter, _NO_SCATTER)
    columns = (
        funnel.characteristic,
        list(table.gates),
        table.at_risk.sum(0),
        np.where(made, test.slope, np.nan),
        np.where(made, test.slope - reach, np.nan),
        np.where(made, test.slope + reach, np.nan),
        confidence,
        test.statistic,
        test.p_value,
        rest.statistic,
        rest.df,
        rest.p_value,
        np.where(made, "Cochran-Armitage", ""),
        [_with_empty(one, empty) for one in words],
    )
    return pd.DataFrame(dict(zip(_COLUMNS, columns, strict=True)))
