"""The shape of a group's way through all gates: a cliff, a slope, level, or too few to tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np

from stepup_equity.statistics.decomposition import abruptness, stage_decomposition

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from stepup_equity.findings.cliff_rule import CliffRule
    from stepup_equity.findings.pairs import Pairs
    from stepup_equity.statistics.inputs import Bools, Floats

__all__ = ["PROFILES", "Gates", "Profile", "Sudden", "Whole", "profiles_of", "sudden_gates"]

Profile = Literal["recovers", "cliff", "slope", "level", "too few to tell"]
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


def sudden_gates(pairs: Pairs, rule: CliffRule) -> Sudden:
    """Each gate against the group's other gates.

    Where nobody passed a gate the plain log rate is not a number, and where everybody did its estimated
    error is 0 however few they were; a group with such a gate is judged on Jeffreys posteriors throughout.
    """
    gates = slice(None, -1)
    there = pairs.compared[:, gates]
    four = [
        np.where(there, counts[:, gates], 0)
        for counts in (pairs.passed, pairs.at_risk, pairs.ref_passed, pairs.ref_at_risk)
    ]
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
    evident, flagged : ndarray of bool, shape (n_groups, n_gates)
    sudden : Sudden
    """

    labels: tuple[str, ...]
    ratio: Floats
    evident: Bools
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
    """

    p_adjusted: Floats
    ratio: Floats
    low: Floats
    high: Floats


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
    evident, ratio = gates.evident[i], gates.ratio[i]
    abrupt = gates.sudden.abrupt[i]
    fallen = np.flatnonzero(evident & (ratio < 1))
    risen = np.flatnonzero(evident & (ratio > 1))
    if fallen.size and risen.size and risen[-1] > fallen[0]:
        down, up = fallen[0], risen[risen > fallen[0]][0]
        return "recovers", (
            f"behind at {gates.labels[down]} (ratio {ratio[down]:.2f}), "
            f"ahead at {gates.labels[up]} (ratio {ratio[up]:.2f})"
        )
    cliffs = np.flatnonzero(gates.flagged[i] & abrupt)
    if cliffs.size:
        return "cliff", "; ".join(
            f"flagged at {gates.labels[k]}, and lower there than at the group's other gates "
            f"(adjusted p {_p(gates.sudden.p_adjusted[i, k])})"
            for k in cliffs
        )
    if whole.p_adjusted[i] <= rule.alpha and whole.ratio[i] < 1 and not abrupt.any():
        comparable = np.isfinite(gates.sudden.p_adjusted[i]).any()
        return "slope", (
            f"{whole.ratio[i]:.2f} times the rate over the whole way "
            f"(adjusted p {_p(whole.p_adjusted[i])}), and "
            + (
                "no gate stands out"
                if comparable
                else "fewer than three gates can be compared with each other"
            )
        )
    if whole.low[i] >= rule.material and whole.high[i] <= rule.advantage:
        return "level", (
            f"the {rule.level_confidence:.0%} interval of the whole way, {_interval(whole, i)}, lies within "
            f"{rule.material:g} to {rule.advantage:g}"
        )
    return "too few to tell", _why_not(i, gates, whole, rule)


def _why_not(i: int, gates: Gates, whole: Whole, rule: CliffRule) -> str:
    p = whole.p_adjusted[i]
    if np.isnan(p):
        return "nobody of the group or of the reference can be followed over the whole way"
    wide = f"the {rule.level_confidence:.0%} interval of the whole way is {_interval(whole, i)}"
    if p > rule.alpha:
        return f"no evident gap over the whole way (adjusted p {_p(p)}), and {wide}"
    if not whole.ratio[i] < 1:
        return f"ahead over the whole way (adjusted p {_p(p)}); {wide}"
    lowest = ", ".join(gates.labels[k] for k in np.flatnonzero(gates.sudden.abrupt[i]))
    return f"behind over the whole way (adjusted p {_p(p)}), abruptly at {lowest}, which is not flagged"


def _interval(whole: Whole, i: int) -> str:
    return f"{whole.low[i]:.2f} to {whole.high[i]:.2f}"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else f"{value:.3f}"
