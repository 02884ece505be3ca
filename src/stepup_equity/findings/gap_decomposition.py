"""Where a gap opens: the whole gap between a group and its reference, split over the gates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.counts import one_cohort
from stepup_equity.errors import ArgumentError
from stepup_equity.findings.comparison import (
    HIDDEN,
    HIDDEN_REFERENCE,
    SINGLE_GATES,
    first_reason,
    with_reason,
)
from stepup_equity.findings.family import comparisons_of
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.given import check_choice
from stepup_equity.statistics import shortfall
from stepup_equity.statistics.decomposition import fieller_interval, stage_decomposition
from stepup_equity.statistics.inputs import normal_quantile
from stepup_equity.words.names import PRODUCT
from stepup_equity.words.numbers import ratio
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats
    from stepup_equity.counts import Denominator, StageCounts
    from stepup_equity.findings.comparison import Comparison
    from stepup_equity.statistics.decomposition import Decomposition


GapMethod = Literal["plain", "jeffreys"]

_WORDS: Final[dict[str, str]] = {
    "plain": "observed rates, delta-method errors (Katz et al. 1978)",
    "jeffreys": "posterior moments of the log rates under the Beta(1/2, 1/2) prior (Jeffreys 1946)",
}
_LABEL: Final = {"plain": "plain", "jeffreys": "posterior"}


@dataclass(frozen=True, eq=False, repr=False)
class GapDecomposition(Result):
    """The gap of each group to its reference, split over the gates.

    Attributes
    ----------
    by : tuple of str
        The characteristics, or crossings, asked about.
    confidence : float
        Level of the intervals.
    """

    by: tuple[str, ...]
    confidence: float

    @property
    def headline(self) -> str:
        """The widest whole gap, and the gate with the largest part of it."""
        whole = self._frame[self._frame["gate"] == OVERALL].dropna(subset=["estimate"])
        if whole.empty:
            return f"{self.names.asked(self.by)}; no gap can be computed over the whole way"
        widest = whole.iloc[lowest_at(whole["estimate"])]
        same = (self._frame["characteristic"] == widest["characteristic"]) & (
            self._frame["group"] == widest["group"]
        )
        parts = self._frame[same & (self._frame["gate"] != OVERALL)].dropna(subset=["estimate"])
        lowest = parts.iloc[lowest_at(parts["estimate"])]
        return (
            f"{self.names.asked(self.by)}, reference {widest['reference']}; {widest['group']} "
            f"{'come to' if str(widest['status']).startswith(PRODUCT) else 'end at'} "
            f"{ratio(widest['ratio'])} times the rate, with {ratio(lowest['ratio'])} at "
            f"{self.names.gate_in_words(str(lowest['gate']))}"
        )


@remembered
def gap_decomposition(
    counts: StageCounts,
    *,
    by: str | Sequence[str | tuple[str, ...]] | None = None,
    reference: str | Mapping[str, str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    method: GapMethod = "plain",
    confidence: float = 0.95,
) -> GapDecomposition:
    """The gap between a group and its reference, split exactly over the gates: a cliff or a slope.

    A cumulative rate is the product of the rates at the gates, so the log of the impact ratio of the whole
    way is the sum of the log impact ratios of the gates, and their variances add up too.

    Parameters
    ----------
    counts : StageCounts
    by : str, tuple, list or None
        One characteristic; a tuple to be crossed; a list of several; None for all.
    reference : str or mapping, optional
        A group, ``"largest"`` or ``"rest"``, or one of these for each characteristic by name. By default the
        declared reference. ``"highest"`` changes from gate to gate, so no gap can be split against it.
    level, where, denominator
        As in `selection_rates`.
    groups : sequence of str, optional
        Only these groups.
    method : {"plain", "jeffreys"}
        ``"plain"`` has no answer at a gate where nobody passed, and none for the whole way then.
        ``"jeffreys"`` has one up to the last gate that anyone of the group entered.
    confidence : float
        Level of the intervals.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    GapDecomposition
        A row for each group and gate and one for the whole way (``overall``):

        ``estimate, std_error, conf_low, conf_high``
            The part in log points; below 0 where the group falls behind.
        ``ratio, ratio_low, ratio_high``
            The same as an impact ratio, with its Wald interval on the log scale; the score interval of
            `impact_ratios` may differ a little.
        ``share, share_low, share_high``
            Part over whole, with Fieller's interval; only where the interval of the whole leaves out 0. May
            exceed 1, or be negative.
        ``people_lost``
            People of the group who would have passed this gate besides, at the reference's rate.
        ``ratio_if_equal``
            Impact ratio of the whole way if this gate alone were equal.

    Raises
    ------
    ArgumentError
        An unknown name, or ``reference="highest"``.

    References
    ----------
    Katz, Baptista, Azen and Pike (1978), Biometrics 34, 469-474; Fieller (1954), J. R. Stat. Soc. B 16,
    175-185; Jeffreys (1946), Proc. R. Soc. A 186, 453-461.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "ethnicity", "group": ["White", "BME"],
    ...     "applied": [920, 430], "shortlisted": [389, 100], "appointed": [117, 28],
    ... }))
    >>> gap = gap_decomposition(counts, by="ethnicity")
    >>> gap
    <GapDecomposition: ethnicity, reference White; BME end at 0.51 times the rate, with 0.55 at shortlisted>
    >>> gap.frame[["gate", "estimate", "share", "people_lost"]].round(2)
              gate  estimate  share  people_lost
    0  shortlisted     -0.60   0.89        81.82
    1    appointed     -0.07   0.11         2.08
    2      overall     -0.67   1.00        26.68
    """
    import pandas as pd

    counts = one_cohort(counts, cohort, where=where, beside=by)
    check_choice(method, _WORDS, argument="method")
    if "highest" in ([reference] if reference is None or isinstance(reference, str) else reference.values()):
        raise ArgumentError(
            "reference='highest' is another group at each gate, so there is no one gap to split. "
            "Name a group, or 'largest' or 'rest'."
        )
    every = comparisons_of(
        counts, by, reference=reference, level=level, groups=groups, where=where, denominator=denominator
    )
    frames = [_rows(beside, method, confidence) for beside in every.parts]
    words = (
        f"Log of the impact ratio of the whole way, split over the gates; {_WORDS[method]}; "
        f"Wald intervals on the log scale at {confidence:.0%}; shares with Fieller's interval (1954)."
    )
    return GapDecomposition(
        pd.concat(frames, ignore_index=True),
        words,
        counts.notes,
        tuple(beside.characteristic for beside in every.parts),
        confidence,
    )


def _rows(beside: Comparison, method: GapMethod, confidence: float) -> pd.DataFrame:
    import pandas as pd

    single = beside.at(SINGLE_GATES)
    parts = stage_decomposition(
        single.passed, single.at_risk, single.ref_passed, single.ref_at_risk, method=method
    )
    estimate = np.column_stack([parts.log_ratio, parts.total_log_ratio])
    variance = np.column_stack([parts.variance, parts.total_variance])
    std_error = np.sqrt(variance)
    reach = normal_quantile(confidence) * np.where(std_error > 0, std_error, np.nan)  # no width, no interval
    share = fieller_interval(
        estimate, variance, estimate[:, -1:], variance[:, -1:], variance, confidence=confidence
    )
    if_equal = np.exp(estimate[:, -1:] - estimate)
    columns = beside.columns()
    del columns["reference_entered"]
    return pd.DataFrame(
        {
            **columns,
            "estimate": estimate.ravel(),
            "std_error": std_error.ravel(),
            "conf_low": (estimate - reach).ravel(),
            "conf_high": (estimate + reach).ravel(),
            "ratio": np.exp(estimate).ravel(),
            "ratio_low": np.exp(estimate - reach).ravel(),
            "ratio_high": np.exp(estimate + reach).ravel(),
            "share": share.estimate.ravel(),
            "share_low": share.low.ravel(),
            "share_high": share.high.ravel(),
            "people_lost": _people_lost(beside).ravel(),
            "ratio_if_equal": if_equal.ravel(),
            "confidence": confidence,
            "method": _LABEL[method],
            "status": _status(beside, parts, share.estimate).ravel(),
        }
    )


def _exact_chain(beside: Comparison) -> NDArray[np.bool_]:
    """Whether rates of group and reference multiply exactly: nobody of either is outside a denominator."""
    exact = np.ones(len(beside.groups), dtype=bool)
    for entered, at_risk, passed in (
        (beside.entered, beside.at_risk, beside.passed),
        (beside.ref_entered, beside.ref_at_risk, beside.ref_passed),
    ):
        exact &= (entered == at_risk).all(axis=1) & (passed[:, :-2] == at_risk[:, 1:-1]).all(axis=1)
    return exact


def _people_lost(beside: Comparison) -> Floats:
    """Short of the reference's rate at each gate; over the whole way, of the reference's product of rates."""
    at_gates = shortfall(beside.passed, beside.at_risk, beside.ref_passed, beside.ref_at_risk)
    at_gates = np.where(beside.either_hidden, np.nan, at_gates)
    gates = slice(None, -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        own = (beside.passed[:, gates] / beside.at_risk[:, gates]).prod(axis=1)
        theirs = (beside.ref_passed[:, gates] / beside.ref_at_risk[:, gates]).prod(axis=1)
    whole = np.where(_exact_chain(beside), at_gates[:, -1], beside.at_risk[:, 0] * (theirs - own))
    return np.column_stack([at_gates[:, gates], whole])


def _status(beside: Comparison, parts: Decomposition, share: Floats) -> NDArray[np.object_]:
    """Why a gate or the whole way has no number, or what to know about the number it has."""
    single = beside.at(SINGLE_GATES)
    certain = (single.passed == single.at_risk) | (single.ref_passed == single.ref_at_risk)
    at_gates = first_reason(
        [
            *single.reasons(),
            (
                parts.computable & certain & (parts.method == "plain"),
                "everybody passed, which leaves chance out of the error; method='jeffreys' keeps it",
            ),
            (parts.computable, ""),
            (single.passed == 0, "nobody passed; method='jeffreys' gives an answer"),
        ],
        "nobody of the reference passed; method='jeffreys' gives an answer",
    )
    ends_early = ~parts.within[:, -1]
    undefined = np.isnan(parts.total_log_ratio)
    whole = first_reason(
        [
            (undefined & beside.hidden[:, -1], HIDDEN),
            (undefined & beside.ref_hidden[:, -1], HIDDEN_REFERENCE),
            (undefined & ~parts.within.any(axis=1), "nobody of the group or of the reference entered"),
            (undefined, "undefined: a gate has a zero cell; method='jeffreys' gives an answer"),
            (ends_early, "posterior up to the last gate that anyone of both groups entered"),
        ],
        "posterior" if parts.method == "jeffreys" else "",
    )
    whole = with_reason(
        whole,
        ~undefined & ~_exact_chain(beside),
        f"{PRODUCT}: some people are outside a denominator",
    )
    status = np.column_stack([at_gates, whole])
    no_share = np.isnan(share) & ~undefined[:, None]
    no_share[:, :-1] &= parts.computable
    return with_reason(status, no_share, "no share: the interval of the whole holds 0")
