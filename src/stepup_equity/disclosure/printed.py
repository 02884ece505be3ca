"""Everything that is printed, as functions of the printed counts and of nothing else.

This is the closure rule: rates, intervals, shares and tests are computed here from the protected table, never
from the true one, so that no printed number can say more than the printed counts do.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.disclosure.layout import ALL, TOTAL, Layout, Row
from stepup_equity.statistics import chi_squared, wilson_interval
from stepup_equity.words.numbers import percent_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.disclosure.policy import Policy

    Texts = NDArray[np.object_]


HIDDEN: Final = -1
"""Stands for a hidden count in arrays of printed ones."""

MEASURES: Final = (
    "reached",
    "left",
    "pending",
    "pass_rate",
    "left_rate",
    "cum_rate",
    "share",
    "wilson_low",
    "wilson_high",
)
"""What stands beside each group and stage, ``pending`` where anybody waits; ``chi2`` beside each total."""


@dataclass(frozen=True, eq=False, slots=True)
class Measure:
    """One measure of every group at every stage.

    Attributes
    ----------
    value : ndarray, shape (n_groups, n_stages)
        Counts, or rates between 0 and 1; NaN where there is no number.
    text : ndarray of str, shape (n_groups, n_stages)
        As printed: ``1,234``, ``12.3`` (per cent), shorthand; empty where a stage has no such measure.
    """

    value: Floats
    text: Texts


@dataclass(frozen=True, eq=False)
class PrintedTable:
    """One characteristic of one cohort, as printed.

    Attributes
    ----------
    cohort, characteristic, label : str
        Label of the cohort; name of the characteristic and its name in print.
    groups, parents : tuple of str
        Labels, broad groups before their detailed ones; the broad group of each, empty at the top.
    stated : tuple of bool
        False for *Not stated*.
    stages, stage_labels : tuple of str
    measures : dict
        Name -> `Measure`, see `MEASURES`. Rates stand at the stage they leave from; ``cum_rate`` and
        ``share`` at the stage that was reached.
    total : dict
        The same measures of everybody, shape (1, n_stages).
    reference : str or None
        Declared reference group, where it is printed.
    ordered : bool
        Whether the order of the groups carries meaning.
    """

    cohort: str
    characteristic: str
    label: str
    groups: tuple[str, ...]
    parents: tuple[str, ...]
    stated: tuple[bool, ...]
    stages: tuple[str, ...]
    stage_labels: tuple[str, ...]
    measures: dict[str, Measure]
    total: dict[str, Measure]
    reference: str | None
    ordered: bool

    @property
    def decided(self) -> Floats:
        """Whom the pass rates are of: those who entered and are not waiting, shape (n_groups, n_gates)."""
        return _decided(self.measures)

    @property
    def total_decided(self) -> Floats:
        """The same of everybody, shape (1, n_gates)."""
        return _decided(self.total)

    @property
    def leaves(self) -> list[int]:
        """Rows that are not the sum of others."""
        broad = set(self.parents)
        rows = enumerate(zip(self.groups, self.parents, strict=True))
        return [row for row, (group, parent) in rows if parent or group not in broad]

    @property
    def tops(self) -> list[int]:
        """Rows of the broad groups, where there are groups below them; else none."""
        return [row for row, parent in enumerate(self.parents) if not parent] if any(self.parents) else []

    @property
    def families(self) -> tuple[tuple[list[int], int], ...]:
        """Rows that are compared, each with the row they are compared with: groups first, then broad ones.

        The reference is the declared group, else the largest whose size is printed, and its broad group.
        """
        named = [row for row in self.leaves if self.groups[row] == self.reference]
        if not named:
            start = self.measures["reached"].value[self.leaves, 0]
            named = [self.leaves[int(np.nanargmax(start))]] if np.isfinite(start).any() else []
        if not named:
            return ()
        above = self.parents[named[0]] or self.groups[named[0]]
        broad = [(self.tops, row) for row in self.tops if self.groups[row] == above]
        return ((self.leaves, named[0]), *broad)


def _decided(measures: dict[str, Measure]) -> Floats:
    return (measures["reached"].value - measures["pending"].value)[:, :-1]


def printed_table(
    layout: Layout, printed: Ints, policy: Policy, cohort: str, characteristic: str, **names: Any
) -> PrintedTable:
    """One table of a release; `names` are the fields of `PrintedTable` that hold words."""
    rows = list(layout.rows_of(characteristic, cohort))
    total = list(layout.rows_of(ALL, cohort))
    return PrintedTable(
        cohort=cohort,
        characteristic=characteristic,
        groups=tuple(layout.rows[i].group for i in rows),
        parents=tuple(layout.rows[i].parent for i in rows),
        stated=tuple(layout.rows[i].stated for i in rows),
        stages=layout.stages,
        measures=_measures(
            printed[rows], printed[total[0]], policy, layout, [layout.rows[i].stated for i in rows]
        ),
        total=_measures(printed[total], printed[total[0]], policy, layout),
        **names,
    )


def _measures(
    printed: Ints, total: Ints, policy: Policy, layout: Layout, stated: Sequence[bool] = (True,)
) -> dict[str, Measure]:
    """Every measure of some rows.

    Parameters
    ----------
    printed : ndarray of int64, shape (n_rows, n_counts)
        Printed counts, `HIDDEN` where hidden.
    total : ndarray of int64, shape (n_counts,)
        Everybody's printed counts.
    stated : sequence of bool
        Which rows are groups; shares of these are of those who stated one, of the others of everybody.
    """
    n_stages = layout.counted.n_stages
    seen = np.where(printed == HIDDEN, np.nan, printed.astype(float))
    reached, waiting = seen[:, :n_stages], np.zeros((len(seen), n_stages - 1))
    for gate, at in layout.counted.single.items():
        waiting[:, gate] = seen[:, at]
    pending = _from_here(waiting)
    left = _from_here(np.maximum(reached[:, :-1] - reached[:, 1:] - waiting, 0.0))
    decided = _from_here(reached[:, :-1] - waiting)
    onward = _from_here(reached[:, 1:])
    before = np.hstack([np.zeros((len(seen), 1)), np.cumsum(waiting, axis=1)])
    everybody = np.where(total == HIDDEN, np.nan, total.astype(float))[:n_stages]
    said = np.array(stated, bool)
    base = np.where(said[:, None], everybody - reached[~said].sum(axis=0), everybody)
    passed = _rates(onward, decided, policy)
    counted = np.isfinite(passed.value)
    interval = wilson_interval(np.where(counted, onward, 0.0), np.where(counted, decided, 0.0))
    rates = {
        "pass_rate": passed,
        "left_rate": _rates(left, decided, policy),
        "cum_rate": _rates(reached, reached[:, :1] - before, policy),
        "share": _rates(reached, base, policy),
        "wilson_low": _beside(passed, interval.low),
        "wilson_high": _beside(passed, interval.high),
    }
    for name in ("pass_rate", "left_rate", "wilson_low", "wilson_high"):
        rates[name].text[:, -1] = ""  # nobody leaves from the last stage
    rates["cum_rate"].text[:, 0] = ""  # everybody reached the first
    counts = {
        "reached": _counts(reached, policy),
        "left": _counts(left, policy),
        "pending": _counts(pending, policy),
    }
    counts["left"].text[:, -1] = ""
    counts["pending"].text[:, -1 if layout.waiting else slice(None)] = ""
    return counts | rates


def _from_here(values: Floats) -> Floats:
    """Values of the gates, placed at the stage each leaves from; nothing leaves from the last."""
    return np.hstack([values, np.full((len(values), 1), np.nan)])


def _counts(values: Floats, policy: Policy) -> Measure:
    text = np.array([[_count(value, policy) for value in row] for row in values], object)
    return Measure(values, text.reshape(values.shape))


def _count(value: float, policy: Policy) -> str:
    return policy.symbols.hidden if np.isnan(value) else f"{int(value):,}"


def _rates(part: Floats, whole: Floats, policy: Policy) -> Measure:
    """Rates where both counts are printed and there are people enough."""
    seen = np.isfinite(part) & np.isfinite(whole)
    empty = np.isfinite(whole) & (whole == 0)
    strange = seen & ~empty & (part > whole)  # numbers rounded each on its own
    low = seen & ~empty & ~strange & (whole < policy.min_denominator)
    shown = seen & ~empty & ~strange & ~low
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(shown, part / whole, np.nan)
    text = np.full(value.shape, policy.symbols.hidden, object)
    text[empty] = policy.symbols.not_applicable
    text[strange] = policy.symbols.not_available
    text[low] = policy.symbols.unreliable
    text[shown] = [_share(x, n) for x, n in zip(part[shown], whole[shown], strict=True)]
    return Measure(value, text)


def _share(part: float, whole: float) -> str:
    """A percentage of whole numbers, halves away from zero: a float has lost on which side a half lies.

    One decimal, and more where one would print it as 0 or 100, which it is not.

    >>> _share(1_000, 16_000), _share(5, 5), _share(19_995, 20_000), _share(5, 24_000)
    ('6.3', '100.0', '99.98', '0.02')
    """
    if part in (0, whole):
        return "100.0" if part else "0.0"
    closer = (percent_of(int(part), int(whole), decimals) for decimals in count(1))
    return next(text for text in closer if text[0].isdigit()).removesuffix("%")


def _beside(rate: Measure, limit: Floats) -> Measure:
    """A limit of an interval, printed where its rate is."""
    shown = np.isfinite(rate.value)
    text = rate.text.copy()
    text[shown] = [f"{100 * v:.1f}" for v in limit[shown]]
    return Measure(np.where(shown, limit, np.nan), text)


def printed_values(layout: Layout, printed: Ints, policy: Policy) -> Iterator[tuple[Row, str, str, str]]:
    """Everything printed, in order: row, stage, measure, text.

    Everybody's numbers come again as the total of each characteristic.
    """
    for cohort in layout.cohorts:
        (everybody,) = layout.rows_of(ALL, cohort)
        total = _measures(printed[[everybody]], printed[everybody], policy, layout)
        yield from _said([layout.rows[everybody]], total, layout.stages)
        for characteristic in layout.characteristics:
            rows = list(layout.rows_of(characteristic, cohort))
            own = _measures(
                printed[rows], printed[everybody], policy, layout, [layout.rows[i].stated for i in rows]
            )
            yield from _said([layout.rows[i] for i in rows], own, layout.stages)
            again = Row(cohort, characteristic, TOTAL)
            yield from _said([again], total, layout.stages)
            for test in gate_tests(layout, printed, policy, cohort, characteristic):
                if test["gate"] != OVERALL:
                    stage = layout.stages[layout.stages.index(test["gate"]) - 1]
                    yield again, stage, "chi2", test["text"]


def _said(
    rows: list[Row], measures: dict[str, Measure], stages: tuple[str, ...]
) -> Iterator[tuple[Row, str, str, str]]:
    for i, row in enumerate(rows):
        for s, stage in enumerate(stages):
            for name in MEASURES:
                text = measures[name].text[i, s]
                if text:
                    yield row, stage, name, text


def gate_tests(
    layout: Layout, printed: Ints, policy: Policy, cohort: str, characteristic: str
) -> Iterator[dict[str, Any]]:
    """Chi-squared of passing against group: the finest stated groups, hidden ones merged."""
    rows = layout.rows_of(characteristic, cohort)
    broad = {layout.rows[i].parent for i in rows}
    finest = [
        i
        for i in rows
        if layout.rows[i].stated and not (layout.rows[i].group in broad and not layout.rows[i].parent)
    ]
    others = [i for i in rows if not layout.rows[i].stated]
    (everybody,) = layout.rows_of(ALL, cohort)
    last = len(layout.stages) - 1
    spans = [(s, s + 1, layout.stages[s + 1]) for s in range(last)]
    whole = [(0, last, OVERALL)] if last > 1 else []  # one gate is the whole way
    for before, after, gate in [*spans, *whole]:
        yield {
            "cohort": cohort,
            "characteristic": characteristic,
            "gate": gate,
            **_test(_entered_and_passed(printed, layout, before, after), finest, others, everybody, policy),
        }


def _entered_and_passed(printed: Ints, layout: Layout, before: int, after: int) -> Ints:
    """Those who entered and are not waiting, and those who passed, shape (n_rows, 2)."""
    waits = [at for gate, at in layout.counted.single.items() if before <= gate < after]
    used = printed[:, [before, *waits]]
    entered = used[:, 0] - used[:, 1:].sum(axis=1)
    entered = np.where((used == HIDDEN).any(axis=1), HIDDEN, np.maximum(entered, printed[:, after]))
    return np.column_stack([entered, printed[:, after]])


def _test(
    pairs: Ints, finest: list[int], others: list[int], everybody: int, policy: Policy
) -> dict[str, Any]:
    seen = [i for i in finest if (pairs[i] != HIDDEN).all()]
    groups = pairs[seen]
    merged = len(finest) - len(seen)
    if merged:
        outside = pairs[[everybody, *others]]
        rest = outside[0] - outside[1:].sum(axis=0) - groups.sum(axis=0)
        if (outside == HIDDEN).any() or policy.rounds or rest[0] < rest[1] or rest[1] < 0:
            return _no_test(
                policy.symbols.hidden, merged, "hidden groups cannot be put together from printed counts"
            )
        groups = np.vstack([groups, rest])
    if len(groups) < 2:
        return _no_test(policy.symbols.not_available, merged, "fewer than two groups")
    table = np.column_stack([groups[:, 1], groups[:, 0] - groups[:, 1]])
    test = chi_squared(table)
    statistic = float(test.statistic)
    if np.isnan(statistic):
        return _no_test(
            policy.symbols.not_available, merged, "fewer than two groups, or nobody or everybody passed"
        )
    return {
        "groups": int((groups[:, 0] > 0).sum()),
        "merged": merged,
        "statistic": np.nan if merged else statistic,
        "df": int(test.df),
        "band": "",
        "text": policy.symbols.hidden if merged else f"{statistic:,.2f}",
        "status": "",
        "table": table,
    }


def _no_test(symbol: str, merged: int, status: str) -> dict[str, Any]:
    return {
        "groups": 0,
        "merged": merged,
        "statistic": np.nan,
        "df": 0,
        "band": symbol,
        "text": symbol,
        "status": status,
        "table": None,
    }
