"""Comparisons that printed counts allow, judged by the rule of the internal report.

Nothing here sees a count that is not printed. A comparison is made where all of its counts are printed and
both groups have people enough for a percentage; everywhere else stands the symbol that is printed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from stepup_equity.columns import OVERALL
from stepup_equity.disclosure.behind_rounding import moved
from stepup_equity.findings.cliff_rule import DEFAULT_RULE, evidence, power_of, verdicts
from stepup_equity.findings.cliff_sentences import comparison_sentence, told_rows, whole_way_sentence
from stepup_equity.findings.references import refuse_rest_by_name
from stepup_equity.findings.whole_way import END, whole_way_verdicts
from stepup_equity.presentation.charts.cliffs import HIDDEN
from stepup_equity.statistics import score_ratio_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.disclosure import Policy, PrintedTable
    from stepup_equity.findings.cliff_sentences import Told
    from stepup_equity.words.names import Names


_FOUR: Final = ("passed", "denominator", "reference_passed", "reference_denominator")
_KEYS: Final = ("characteristic", "group", "reference", "gate", "verdict", "word")


def judged(
    families: Sequence[tuple[PrintedTable, list[int], int]], names: Names, policy: Policy
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Each group against its reference at each gate, and over the whole way.

    Given are tables, each with the rows that are compared and the one they are compared with. Single gates
    are one family, whole ways another. Comparisons that cannot be shown count as if they showed nothing, so
    that hiding a number never makes another one evident. Of rounded counts, p is that of the counts nearest
    to equal rates that they may stand for, so that rounding makes nothing evident either.
    """
    parts = [_pairs(*family, policy) for family in families]
    parts = [part for part in parts if len(part)]
    if not parts:
        empty = pd.DataFrame(columns=[*_KEYS, "flagged", "sentence"])
        return empty, empty
    every = pd.concat(parts, ignore_index=True)
    whole = every["gate"] == OVERALL
    labels = {table.characteristic: table.label for table, _, _ in families}
    gates = _assessed(every[~whole].reset_index(drop=True), policy, verdicts)
    ends = _assessed(every[whole].reset_index(drop=True), policy, whole_way_verdicts)
    gates["flagged"] = gates["verdict"] == "cliff edge"
    ends["flagged"] = False
    gates["sentence"] = _sentences(gates, labels, lambda told: comparison_sentence(told, names))
    ends["sentence"] = _sentences(ends, labels, lambda told: whole_way_sentence(told, END))
    return gates.drop(columns="waits"), ends.drop(columns="waits")


def _assessed(frame: pd.DataFrame, policy: Policy, judge: Callable[..., NDArray[np.object_]]) -> pd.DataFrame:
    """Ratio, interval, p and verdict of one family."""
    rule = DEFAULT_RULE
    made = frame["verdict"].to_numpy() == ""
    four: tuple[Floats, Floats, Floats, Floats] = tuple(
        frame.loc[made, name].to_numpy(float) for name in _FOUR
    )
    found, nearest = score_ratio_interval(*four), _nearest_to_equal(four, policy)
    seen = evidence(*nearest, rule, unseen=int((~made).sum()))
    power = power_of(four, seen, rule).power[0]
    least = (*moved(*four[:2], policy, rise=False), *moved(*four[2:], policy, rise=True))
    low = score_ratio_interval(*least).low  # whatever the printed counts stand for
    for column, values in (
        ("estimate", found.estimate),
        ("conf_low", found.low),
        ("conf_high", found.high),
        ("p_value", seen.p_value),
        ("p_edge", seen.p_edge),
        ("p_adjusted", seen.p_adjusted),
    ):
        frame[column] = np.nan
        frame.loc[made, column] = values
    frame.loc[made, "verdict"] = judge(*four, seen, low, power, rule)
    frame["behind"] = ""
    who = {name: frame.loc[made, name].to_numpy(object) for name in ("group", "reference")}
    frame.loc[made, "behind"] = seen.behind_of(who)
    return frame


def _sentences(frame: pd.DataFrame, labels: Mapping[str, str], say: Callable[[Told], str]) -> list[str]:
    """Each comparison that can be made, told from the side that is behind; empty where it cannot."""
    shown = (frame["verdict"] != HIDDEN).to_numpy()
    made = frame[shown].astype(dict.fromkeys(_FOUR, int))
    turned = made["behind"] == made["reference"]
    told = told_rows(made["characteristic"].map(labels), made, made["waits"], turned)
    said = np.full(len(frame), "", object)
    said[shown] = [say(row) for row in told]
    return said.tolist()


def _pairs(table: PrintedTable, rows: list[int], against: int, policy: Policy) -> pd.DataFrame:
    """Counts of every comparison of a characteristic, and the symbol where one is missing."""
    refuse_rest_by_name([table.groups[against]], table.characteristic)
    reached, decided = table.measures["reached"].value, table.decided
    pending = table.measures["pending"].value[:, :-1].sum(axis=1)
    others = [row for row in rows if row != against and table.stated[row]]
    spans = [
        (gate, reached[:, i], decided[:, i], reached[:, i + 1]) for i, gate in enumerate(table.stages[1:])
    ]
    spans.append((OVERALL, reached[:, 0], reached[:, 0] - pending, reached[:, -1]))
    frames = [
        _pair(gate, n, x, others, against, policy).assign(waits=(e > n)[others] | (e > n)[against])
        for gate, e, n, x in spans
    ]
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(
        characteristic=table.characteristic,
        reference=table.groups[against],
        group=[table.groups[row] for row in frame.pop("row")],
    )[[*_KEYS[:4], *_FOUR, *_KEYS[4:], "waits"]]


def _pair(
    gate: str, entered: Floats, passed: Floats, others: list[int], against: int, policy: Policy
) -> pd.DataFrame:
    n, x, m, y = entered[others], passed[others], entered[against], passed[against]
    hidden = ~(np.isfinite(n) & np.isfinite(x)) | ~(np.isfinite(m) & np.isfinite(y))
    few = ~hidden & ((n < policy.min_denominator) | (m < policy.min_denominator))
    strange = ~hidden & ((x > n) | (y > m))  # numbers rounded each on its own
    symbols = policy.symbols
    frame: dict[str, Any] = {
        "row": others,
        "gate": gate,
        "passed": x,
        "denominator": n,
        "reference_passed": np.full(len(others), y),
        "reference_denominator": np.full(len(others), m),
        "verdict": np.where(hidden | few | strange, HIDDEN, "").astype(object),
        "word": np.select(
            [hidden, few, strange], [symbols.hidden, symbols.unreliable, symbols.not_available], ""
        ).astype(object),
    }
    out = pd.DataFrame(frame)
    out.loc[out["verdict"] == HIDDEN, list(_FOUR)] = np.nan
    return out


def _nearest_to_equal(four: tuple[Floats, ...], policy: Policy) -> tuple[Floats, Floats, Floats, Floats]:
    """The counts, among all that the printed ones may stand for, whose two rates lie nearest together."""
    x, n, y, m = four
    with np.errstate(divide="ignore", invalid="ignore"):
        behind = x / n < y / m
    rising, falling = moved(x, n, policy, rise=True), moved(x, n, policy, rise=False)
    lower, higher = moved(y, m, policy, rise=False), moved(y, m, policy, rise=True)
    near = [np.where(behind, a, b) for a, b in zip((*rising, *lower), (*falling, *higher), strict=True)]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossed = (near[0] / near[1] < near[2] / near[3]) != behind
    if crossed.any():  # equal rates are possible: as many of each as of the reference, in the same share
        near[0] = np.where(crossed, near[2], near[0])
        near[1] = np.where(crossed, near[3], near[1])
    return near[0], near[1], near[2], near[3]
