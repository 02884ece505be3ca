"""The shape of a group's way through all gates: a cliff, a slope, level, behind, or too few to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from stepup_equity.statistics.decomposition import abruptness, stage_decomposition
from stepup_equity.words.numbers import interval, p_figure, ratio

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Bools, Floats
    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.findings.comparison import Comparison


Profile = Literal["recovers", "cliff", "slope", "level", "behind", "ahead", "too few to tell"]
PROFILES: Final[tuple[Profile, ...]] = get_args(Profile)
"""Every profile, in the order in which they are tried."""


@dataclass(frozen=True, eq=False, slots=True)
class Sudden:
    """Whether each gate's part of the gap lies below that of the group's other gates.

    Attributes
    ----------
    p_adjusted : ndarray, shape (n_groups, n_gates)
        One-sided, Holm over the group's gates; NaN where fewer than three gates have information.
    abrupt : ndarray of bool, shape (n_groups, n_gates)
    split : ndarray of str, shape (n_groups,)
        ``"plain"``, or ``"posterior"`` where a gate was passed by nobody or everybody.
    """

    p_adjusted: Floats
    abrupt: Bools
    split: NDArray[np.object_]


def sudden_gates(beside: Comparison, rule: CliffRule) -> Sudden:
    """Each gate against the group's other gates.

    Where nobody passed a gate the plain log rate is not a number, and where everybody did its estimated
    error is 0 however few they were; a group with such a gate is judged on Jeffreys posteriors throughout.
    """
    four = [np.where(beside.compared, counts, 0) for counts in beside.counts]
    passed, at_risk, ref_passed, ref_at_risk = four
    within = (at_risk > 0) & (ref_at_risk > 0)
    edge = within & ((passed == 0) | (passed == at_risk) | (ref_passed == 0) | (ref_passed == ref_at_risk))
    posterior = edge.any(axis=1)
    plain, smooth = stage_decomposition(*four), stage_decomposition(*four, method="jeffreys")
    part = np.where(posterior[:, None], smooth.log_ratio, plain.log_ratio)
    variance = np.where(posterior[:, None], smooth.variance, plain.variance)
    p_adjusted = abruptness(part, variance).p_adjusted
    with np.errstate(invalid="ignore"):
        abrupt = p_adjusted <= rule.alpha
    return Sudden(p_adjusted, abrupt, np.where(posterior, "posterior", "plain").astype(object))


@dataclass(frozen=True, eq=False, slots=True)
class Gates:
    """The single gates of the groups of one characteristic, as a run of comparisons found them.

    Attributes
    ----------
    labels : tuple of str
        What the gates are called in a sentence.
    ratio : ndarray, shape (n_groups, n_gates)
    behind : ndarray of int, shape (n_groups, n_gates)
        Who is evidently behind: 1 the group, -1 the reference, 0 neither.
    flagged : ndarray of bool, shape (n_groups, n_gates)
    sudden : Sudden
    """

    labels: tuple[str, ...]
    ratio: Floats
    behind: NDArray[np.int64]
    flagged: Bools
    sudden: Sudden


@dataclass(frozen=True, eq=False, slots=True)
class Whole:
    """The whole way of the groups of one characteristic.

    Attributes
    ----------
    p_adjusted : ndarray, shape (n_groups,)
        Over all groups of the run.
    ratio : ndarray, shape (n_groups,)
        Impact ratio.
    low, high : ndarray, shape (n_groups,)
        Its score interval at the rule's `level_confidence`.
    hidden : ndarray of bool, shape (n_groups,)
        Where a published table hides how many of the group or of its reference got to the end.
    """

    p_adjusted: Floats
    ratio: Floats
    low: Floats
    high: Floats
    hidden: Bools

    @classmethod
    def of(cls, frame: pd.DataFrame) -> Whole:
        """From rows of the whole way."""
        names = ("p_adjusted", "estimate", "level_low", "level_high")
        passed, ref_passed = (frame[name].to_numpy(float) for name in ("passed", "reference_passed"))
        hidden = np.isnan(passed) | np.isnan(ref_passed)
        p_adjusted, ratio, low, high = (frame[name].to_numpy(float) for name in names)
        return cls(p_adjusted, ratio, low, high, hidden)


def profiles_of(gates: Gates, whole: Whole, rule: CliffRule) -> list[tuple[Profile, str]]:
    """Profile of each group of one characteristic, and the reason in words.

    Parameters
    ----------
    gates : Gates
    whole : Whole
    rule : CliffRule

    Returns
    -------
    list of (str, str)
        One for each group; see `PROFILES` for the order in which they are tried.
    """
    return [_profile_of(i, gates, whole, rule) for i in range(len(whole.ratio))]


def _profile_of(i: int, gates: Gates, whole: Whole, rule: CliffRule) -> tuple[Profile, str]:
    ratio_at, abrupt = gates.ratio[i], gates.sudden.abrupt[i]
    fallen, risen = np.flatnonzero(gates.behind[i] > 0), np.flatnonzero(gates.behind[i] < 0)
    if fallen.size and risen.size and risen[-1] > fallen[0]:
        down, up = fallen[0], risen[risen > fallen[0]][0]
        return "recovers", (
            f"behind at {gates.labels[down]} (ratio {ratio(ratio_at[down])}), "
            f"ahead at {gates.labels[up]} (ratio {ratio(ratio_at[up])})"
        )
    cliffs = np.flatnonzero(gates.flagged[i] & (gates.behind[i] > 0) & abrupt)
    if cliffs.size:
        return "cliff", "; ".join(
            f"flagged at {gates.labels[k]}, and lower there than at the group's other gates "
            f"(adjusted p {_p(gates.sudden.p_adjusted[i, k])})"
            for k in cliffs
        )
    evident = whole.p_adjusted[i] <= rule.alpha
    if evident and whole.ratio[i] < 1 and not abrupt.any():
        comparable = np.isfinite(gates.sudden.p_adjusted[i]).any()
        return "slope", f"{_over_the_whole_way(i, whole)}, and " + (
            "no gate stands out" if comparable else "fewer than three gates can be compared with each other"
        )
    if whole.low[i] >= rule.material and whole.high[i] <= rule.advantage:
        return "level", (
            f"the {rule.level_confidence:.0%} interval of the whole way, {_interval(whole, i)}, lies within "
            f"{rule.material:g} to {rule.advantage:g}"
        )
    if evident:
        return "behind" if whole.ratio[i] < 1 else "ahead", (
            f"{_over_the_whole_way(i, whole)}; {_evident_gates(i, gates)}"
        )
    if fallen.size or risen.size:
        return "behind" if fallen.size else "ahead", (
            f"{_evident_gates(i, gates)}; over the whole way {_not_evident(i, whole, rule)}"
        )
    return "too few to tell", f"over the whole way {_not_evident(i, whole, rule)}"


def _over_the_whole_way(i: int, whole: Whole) -> str:
    return f"{ratio(whole.ratio[i])} times the rate over the whole way (adjusted p {_p(whole.p_adjusted[i])})"


def _evident_gates(i: int, gates: Gates) -> str:
    """Where a group is evidently behind or ahead at a single gate."""
    found = [
        f"{'behind' if side > 0 else 'ahead'} at {gates.labels[k]} (ratio {ratio(gates.ratio[i, k])})"
        for k, side in enumerate(gates.behind[i])
        if side
    ]
    return ", ".join(found) or "no single gate is evident by itself"


def _not_evident(i: int, whole: Whole, rule: CliffRule) -> str:
    p = whole.p_adjusted[i]
    if whole.hidden[i]:
        return "a number of the group or of the reference is hidden in the published table"
    if np.isnan(p):
        return "nobody of the group or of the reference can be followed"
    return (
        f"no gap is evident (adjusted p {_p(p)}), and the {rule.level_confidence:.0%} interval is "
        f"{_interval(whole, i)}"
    )


def _interval(whole: Whole, i: int) -> str:
    return interval(whole.low[i], whole.high[i])


def _p(value: float) -> str:
    return p_figure(value).replace("<", "below ")
