"""What became of cliff edges from one cohort to the next: new, persists, smaller, gone, cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import COHORT
from stepup_equity.findings.cliff_edges import cliff_edges
from stepup_equity.findings.cohort_pairs import NOT_SHARED
from stepup_equity.findings.family import chosen_characteristics, reference_for
from stepup_equity.findings.references import PICKED
from stepup_equity.statistics import adjust
from stepup_equity.statistics.ratio_change import change_of_ratio
from stepup_equity.words.numbers import ratio

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.arrays import Floats
    from stepup_equity.counts import Denominator, StageCounts


NEW: Final = "new"
PERSISTS: Final = "persists"
SMALLER: Final = "smaller"
GONE: Final = "gone"
CANNOT_TELL: Final = "cannot be told"
"""What became of an edge; *new*, *smaller* and *gone* are claims of a change, and rest on a test of it."""

_MATERIAL: Final = 0.8


@dataclass(frozen=True, eq=False)
class EdgeChanges:
    """One entry for each row of a frame.

    Attributes
    ----------
    verdict : list of str
        ``new``, ``persists``, ``smaller``, ``gone`` or ``cannot be told``; empty where neither cohort has a
        cliff edge.
    sentence : list of str
        With a space in front; empty where there is no verdict.
    """

    verdict: list[str]
    sentence: list[str]


def edge_changes(
    pair: tuple[tuple[StageCounts, str], tuple[StageCounts, str]],
    frame: pd.DataFrame,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None,
    reference: str | Mapping[str, str] | None,
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
    alpha: float = 0.05,
) -> EdgeChanges:
    """Cliff edges of a cohort beside those of the cohort before it.

    Parameters
    ----------
    pair : tuple of (StageCounts, str)
        The earlier cohort and the later one: counts that hold it, and what it is called.
    frame : DataFrame
        Rows with ``characteristic, group, reference, gate``: what is asked. Nothing is said of a gate that
        is `NOT_SHARED`, by its status.
    alpha : float
        A change is evident where its p, adjusted by Benjamini and Hochberg over the edges, is at most this.
    by, reference, level, groups, where, denominator
        As in `cliff_edges`.
    """
    earlier, later = (
        _edges(counts, cohort, by, reference, level, groups, where, denominator) for counts, cohort in pair
    )
    names = [cohort for _, cohort in pair]
    keys = list(zip(frame["characteristic"], frame["group"], frame["reference"], frame["gate"], strict=True))
    apart = (frame["status"] == NOT_SHARED).tolist() if "status" in frame else [False] * len(keys)
    told = [
        i
        for i, key in enumerate(keys)
        if not apart[i]
        and key in earlier
        and key in later
        and (earlier[key]["flagged"] or later[key]["flagged"])
    ]
    verdict, sentence = [""] * len(keys), [""] * len(keys)
    if not told:
        return EdgeChanges(verdict, sentence)
    both = [(earlier[keys[i]], later[keys[i]]) for i in told]

    def stacked(name: str) -> Floats:
        return np.array([[row[name] for row in rows] for rows in both], float).T

    change = change_of_ratio(*(stacked(name) for name in _COUNTS))
    evident = adjust(change.p_value, "BH") <= alpha
    for i, (before, after), changed in zip(told, both, evident, strict=True):
        verdict[i] = edge_verdict(
            (bool(before["flagged"]), bool(after["flagged"])),
            (float(before["estimate"]), float(after["estimate"])),
            changed=bool(changed),
        )
        sentence[i] = f" {edge_became(verdict[i], names, before, after)}"
    return EdgeChanges(verdict, sentence)


def edge_verdict(flagged: tuple[bool, bool], ratios: tuple[float, float], *, changed: bool) -> str:
    """What became of an edge.

    Parameters
    ----------
    flagged : tuple of bool
        Whether the cohort before has it, and the last one.
    ratios : tuple of float
        Impact ratios of both.
    changed : bool
        Whether the change of the ratio is evident.

    Examples
    --------
    >>> edge_verdict((False, True), (0.95, 0.5), changed=True)
    'new'
    >>> edge_verdict((False, True), (0.7, 0.5), changed=False)
    'cannot be told'
    >>> [edge_verdict((True, True), (0.4, 0.6), changed=changed) for changed in (True, False)]
    ['smaller', 'persists']
    >>> [edge_verdict((True, False), (0.4, 0.9), changed=changed) for changed in (True, False)]
    ['gone', 'cannot be told']
    """
    before, after = (_distance(value) for value in ratios)
    if flagged == (True, True):
        return SMALLER if changed and after < before else PERSISTS
    if not changed:
        return CANNOT_TELL
    if flagged[1]:
        return NEW if after > before else CANNOT_TELL
    if after >= before:
        return CANNOT_TELL
    return GONE if after <= -np.log(_MATERIAL) * (1 + 1e-12) else SMALLER


def _distance(value: float) -> float:
    """How far a ratio is from 1 on the log scale."""
    with np.errstate(divide="ignore"):
        return float(np.abs(np.log(value))) if not np.isnan(value) else 0.0


_COUNTS: Final = ("passed", "denominator", "reference_passed", "reference_denominator")


def _edges(
    counts: StageCounts,
    cohort: str,
    by: str | Sequence[str | tuple[str, ...]] | None,
    reference: str | Mapping[str, str] | None,
    level: str | None,
    groups: Sequence[str] | None,
    where: Mapping[str, str] | None,
    denominator: Denominator,
) -> dict[tuple[str, str, str, str], dict[str, Any]]:
    """Rows of one cohort's cliff edges by what they are about; none against a reference it does not have."""
    here = {**(where or {}), COHORT: cohort} if cohort in counts.cohorts else where
    funnels = [counts.funnel(name, level=level, where=here) for name in chosen_characteristics(counts, by)]
    asked = {one.characteristic: reference_for(one.characteristic, reference) for one in funnels}
    there = {
        one.characteristic: str(asked[one.characteristic])
        for one in funnels
        if asked[one.characteristic] in (*one.groups, *PICKED)
    }
    chosen = None if groups is None else [group for group in groups if group in funnels[0].groups]
    if chosen == []:
        return {}
    found = cliff_edges(
        counts,
        by=by,
        reference=there,
        level=level,
        groups=chosen,
        where=here,
        denominator=denominator,
    )
    rows: list[dict[str, Any]] = [
        {str(name): value for name, value in row.items()} for row in found.frame.to_dict("records")
    ]
    return {
        (str(row["characteristic"]), str(row["group"]), str(row["reference"]), str(row["gate"])): row
        for row in rows
    }


def edge_became(
    verdict: str, cohorts: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]
) -> str:
    """What became of an edge, as a sentence; the rows of both cohorts have ``estimate`` and ``flagged``."""
    earlier, later = cohorts
    numbers = f"{ratio(before['estimate'])} in {earlier}, {ratio(after['estimate'])} in {later}"
    if verdict == NEW:
        return f"The cliff edge of {later} is new: {numbers}, and the change is evident."
    if verdict == PERSISTS:
        return f"The cliff edge of {earlier} persists in {later}: {numbers}."
    if verdict == SMALLER:
        return f"The gap of {earlier} is smaller in {later}, and evidently so: {numbers}."
    if verdict == GONE:
        return f"The cliff edge of {earlier} is gone in {later}: {numbers}, and the change is evident."
    if np.isnan([before["estimate"], after["estimate"]]).any():
        has, word, lacks = (
            (f"{later} has", "new", earlier) if after["flagged"] else (f"{earlier} had", "gone", later)
        )
        return f"{has} a cliff edge; whether it is {word} cannot be told: {lacks} has no ratio to compare."
    if after["flagged"]:
        return (
            f"{later} has a cliff edge and {earlier} had none that was evident; whether it is new cannot be "
            "told: "
            f"{numbers}, and the change may be chance."
        )
    return (
        f"{earlier} had a cliff edge and {later} has none that is evident; whether it is gone cannot be "
        "told: "
        f"{numbers}, and the change may be chance."
    )
