"""Comparisons of all cohorts with these held equal: Mantel-Haenszel, never a ratio of their sums."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import COHORT
from stepup_equity.counts import ALL_COHORTS
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.comparison import DISAGREE, disagree, first_reason, with_reason
from stepup_equity.findings.family import reference_for
from stepup_equity.findings.held_equal import tables_within
from stepup_equity.findings.stratified import stratified_tests
from stepup_equity.statistics import adjust
from stepup_equity.statistics.stratified_exact import stratified_p
from stepup_equity.words.names import people_of, whom
from stepup_equity.words.numbers import enumerated, ratio
from stepup_equity.words.rows import records

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.cliff_frame import Assessed
    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.findings.family import Family
    from stepup_equity.words.names import Names


METHOD: Final = "Mantel-Haenszel, cohorts held equal"
_KEYS: Final = ["characteristic", "group", "gate"]
_KINDS: Final = {
    "ratio": ("estimate", "conf_low", "conf_high"),
    "difference": ("difference", "difference_low", "difference_high"),
    "odds": ("odds_ratio", "odds_ratio_low", "odds_ratio_high"),
}


def all_held_equal(counts: StageCounts, cohort: str | None) -> bool:
    """Whether all cohorts of several are asked about."""
    return cohort == ALL_COHORTS and len(counts.cohorts) > 1


def all_note(counts: StageCounts) -> str:
    """What stands beside figures of all cohorts."""
    return (
        f"These figures are of all {len(counts.cohorts)} cohorts, {enumerated(counts.cohorts, 8)}, each "
        "compared within itself (stratified by cohort); they are not added up."
    )


def over_cohorts(
    counts: StageCounts,
    names: Sequence[tuple[str, ...]],
    reference: str | Mapping[str, str] | None,
    **choices: Any,
) -> pd.DataFrame:
    """Every group against its reference within cohorts; `choices` as in `stratified_tests`."""
    import pandas as pd

    parts = [
        stratified_tests(
            counts,
            by=[crossed],
            stratum=COHORT,
            reference=reference_for(" × ".join(crossed), reference),
            **choices,
        ).frame
        for crossed in names
    ]
    return pd.concat(parts, ignore_index=True)


def rows_held_equal(
    frame: pd.DataFrame,
    held: pd.DataFrame,
    kind: str,
    confidence: float,
    groups: Mapping[str, Sequence[str]],
) -> pd.DataFrame:
    """Rows of a comparison with the numbers of all cohorts held equal in place of those of their sums.

    Parameters
    ----------
    frame : DataFrame
        Rows of a ratio, difference or odds ratio of cohorts together; its counts of people stay.
    held : DataFrame
        From `exact_where_few`.
    kind : {"ratio", "difference", "odds"}
    confidence : float
        Level of the intervals.
    groups : mapping
        Groups of each characteristic.
    """
    mine = frame[_KEYS].merge(held, on=_KEYS, how="left", validate="one_to_one")
    numbers = {
        name: mine[source].to_numpy(float)
        for name, source in zip(("estimate", "conf_low", "conf_high"), _KINDS[kind], strict=True)
    }
    p_value = mine["p_value"].to_numpy(float)
    keyed = frame[["characteristic", "group", "reference", "gate"]].assign(p_value=p_value)
    is_reference = (frame["status"] == "reference").to_numpy()
    exact = mine["exact"].eq(True).to_numpy()
    own: dict[str, Any] = {
        "p_value": p_value,
        "p_adjusted": with_adjusted(keyed, groups=groups)["p_adjusted"].to_numpy(),
        "method": METHOD,
        "test": np.where(is_reference, "", np.where(exact, "mid-p", "Cochran-Mantel-Haenszel")),
        "status": _limits_told(_of_people(mine["status"]), numbers, is_reference),
    }
    null = 0.0 if kind == "difference" else 1.0
    contradicted = disagree(p_value, numbers["conf_low"], numbers["conf_high"], confidence, null)
    own["status"] = with_reason(own["status"], contradicted, DISAGREE)
    numbers["estimate"] = np.where(is_reference, null, numbers["estimate"])
    lost = {name: np.nan for name in ("shortfall", "shortfall_four_fifths") if name in frame.columns}
    return frame.assign(**numbers, **own, **lost)


def _of_people(status: pd.Series) -> NDArray[np.object_]:
    """What rows held equal say, but for their own test and interval: these rows have others."""
    return np.array([str(words).removesuffix(DISAGREE).removesuffix("; ") for words in status], object)


def _limits_told(
    status: NDArray[np.object_], numbers: Mapping[str, NDArray[np.float64]], is_reference: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """What rows of ratios say of limits, for these numbers: a difference may have some still."""
    silent = np.array([str(words).startswith("no limits") for words in status], bool)
    none = ~is_reference & ~np.isnan(numbers["estimate"]) & np.isnan(numbers["conf_low"])
    found = np.where(silent & ~none, "", status).astype(object)
    return with_reason(
        found, none & ~silent, "no limits: of one of the two groups everybody passed or nobody"
    )


def exact_where_few(
    counts: StageCounts,
    held: pd.DataFrame,
    every: Family,
    names: Sequence[tuple[str, ...]],
    where: Mapping[str, str] | None,
    denominator: Denominator,
) -> pd.DataFrame:
    """`over_cohorts` with exact p-values where the chi-squared approximation does not serve."""
    exact: dict[tuple[str, str, str], float] = {}
    known = dict(zip(zip(*(held[name] for name in _KEYS), strict=True), held["p_value"], strict=True))
    for part, crossed in zip(every.parts, names, strict=True):
        tables = tables_within(counts, part, crossed, COHORT, where, denominator)
        keys = [(part.characteristic, group, gate) for group in part.groups for gate in part.gates]
        p_value = np.array([known.get(key, np.nan) for key in keys]).reshape(tables.shape[:2])
        exact |= dict(zip(keys, stratified_p(tables, p_value).ravel().tolist(), strict=True))
    rows = zip(*(held[name] for name in _KEYS), held["p_value"], strict=True)
    p_value = np.array([exact.get((name, group, gate), p) for name, group, gate, p in rows], np.float64)
    with np.errstate(invalid="ignore"):
        return held.assign(p_value=p_value, exact=np.abs(p_value - held["p_value"]) > 0)


def held_over_cohorts(
    counts: StageCounts,
    judged: Assessed,
    every: Family,
    crossed: Sequence[tuple[str, ...]],
    rule: CliffRule,
    names: Names,
    *,
    reference: str | Mapping[str, str] | None,
    level: str | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
    confidence: float,
) -> Assessed:
    """A family judged with cohorts held equal, in place of their sums."""
    held = over_cohorts(
        counts,
        crossed,
        reference,
        level=level,
        where=where,
        denominator=denominator,
        confidence=confidence,
    )
    exact = exact_where_few(counts, held, every, crossed, where, denominator)
    return edges_held_equal(judged, exact, rule, names, len(counts.cohorts), confidence)


def edges_held_equal(
    judged: Assessed, held: pd.DataFrame, rule: CliffRule, names: Names, cohorts: int, confidence: float
) -> Assessed:
    """Cliff edges of all cohorts: the ratio within cohorts is material, and its own test is evident."""
    return replace(
        judged,
        frame=_edges(judged.frame, held, rule, names, cohorts, confidence, whole=False),
        whole_way=_edges(judged.whole_way, held, rule, names, cohorts, confidence, whole=True),
        profiles=judged.profiles.iloc[:0],
    )


def _edges(
    frame: pd.DataFrame,
    held: pd.DataFrame,
    rule: CliffRule,
    names: Names,
    cohorts: int,
    confidence: float,
    *,
    whole: bool,
) -> pd.DataFrame:
    keyed = frame.assign(gate="overall") if whole else frame
    mine = keyed[_KEYS].merge(held, on=_KEYS, how="left", validate="one_to_one")
    estimate, low, high, p_value = (
        mine[name].to_numpy(float) for name in ("estimate", "conf_low", "conf_high", "p_value")
    )
    q = adjust(p_value, rule.adjust)
    with np.errstate(divide="ignore", invalid="ignore"):
        evident = q <= rule.alpha
        side = np.where(evident, np.sign(1 - estimate), 0.0)
        nearer = np.minimum(estimate, 1 / estimate)
        flagged = evident & (nearer < rule.material)
        kept_low = low >= rule.material
    ends = ("behind", "ahead") if whole else ("small gap", "small advantage")
    reasons = [
        (np.isnan(q), "not computable"),
        *([] if whole else [(flagged, "cliff edge")]),
        (side > 0, ends[0]),
        (side < 0, ends[1]),
        (kept_low, "no material gap"),
    ]
    behind = np.where(side > 0, frame["group"], np.where(side < 0, frame["reference"], ""))
    own: dict[str, Any] = {
        "estimate": estimate,
        "conf_low": low,
        "conf_high": high,
        "p_value": p_value,
        "p_edge": p_value,
        "q": q,
        "p_adjusted": q,
        "p_adjusted_alone": q,
        "flagged_alone": flagged,
        "flagged": flagged,
        "behind": behind.astype(object),
        "verdict": first_reason(reasons, "too few to tell"),
        "power": np.nan,
        "power_four_fifths": np.nan,
        "detectable_ratio": np.nan,
        "shortfall": np.nan,
        "shortfall_four_fifths": np.nan,
        "level_low": low,
        "level_high": high,
        "abrupt": False,
        "abrupt_p_adjusted": np.nan,
        "stratum": "Cohort",
        "stratified_estimate": estimate,
        "stratified_low": low,
        "stratified_high": high,
        "method": METHOD,
        "status": with_reason(_of_people(mine["status"]), disagree(p_value, low, high, confidence), DISAGREE),
    }
    found = frame.assign(**{name: value for name, value in own.items() if name in frame.columns})
    where = ["overall"] * len(found) if whole else list(found["gate"])
    met = mine["strata_compared"].fillna(0).astype(int).tolist()
    found["sentence"] = [
        _sentence(row, gate, names, _in_which(used, cohorts))
        for row, gate, used in zip(records(found), where, met, strict=True)
    ]
    return found


def _in_which(used: int, cohorts: int) -> str:
    """Which cohorts a row is of: those in which its group and its reference meet and no number is hidden."""
    if used in (0, cohorts):
        return f"with the {cohorts} cohorts held equal"
    return f"in {used} of the {cohorts} cohorts{', these held equal' if used > 1 else ''}"


def _sentence(row: Any, gate: str, names: Names, which: str) -> str:
    """A row, to be read aloud, from the side of whoever is behind."""
    turned = bool(row.behind) and row.behind == row.reference
    sides = (row.group, whom(row.reference))
    who, other = reversed(sides) if turned else sides
    people = people_of(who, names.characteristic(row.characteristic))
    start = f"{names.at(gate)}, {which}, {people} against {other}"
    if np.isnan(row.estimate):
        return f"{start}: no comparison, {row.status or 'too few'}."
    values = (row.estimate, row.conf_low, row.conf_high)
    with np.errstate(divide="ignore"):
        value, low, high = (1 / np.array(values)[[0, 2, 1]]) if turned else values
    return f"{start}: {ratio(value)} times the rate ({ratio(low)} to {ratio(high)})."
