"""Who did not state a group: how many, whether they progress differently, and how much that could matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stepup_equity.counts import one_cohort
from stepup_equity.findings.comparison import (
    HIDDEN,
    HIDDEN_REFERENCE,
    NOBODY,
    WHOLE_WAY,
    Groups,
    first_reason,
)
from stepup_equity.findings.family import chosen_characteristics
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.statistics import score_ratio_interval, two_group_p
from stepup_equity.words.sentences import missing_finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.counts import Denominator, Funnel, StageCounts


@dataclass(frozen=True, eq=False, repr=False)
class Missingness(Result):
    """Declaration rates, and the progress of those who did not state a group.

    Attributes
    ----------
    by : tuple of str
        The characteristics asked about.
    """

    by: tuple[str, ...]
    _bounds: pd.DataFrame

    @property
    def bounds(self) -> pd.DataFrame:
        """Impact ratio over the whole way if those not stated had been the group's own, at best and worst.

        ``best`` puts those not stated who got to the end into the group and those who did not into the
        reference; ``worst`` the other way round. A ratio whose bounds both lie below 0.8 does not hang on
        who answered.
        """
        return self._bounds.copy()

    @property
    def headline(self) -> str:
        """The characteristic that fewest people stated."""
        return f"{self.names.asked(self.by)}; {missing_finding(self._frame, self.names)}"


@remembered
def missingness(
    counts: StageCounts,
    *,
    by: str | Sequence[str] | None = None,
    level: str | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    confidence: float = 0.95,
) -> Missingness:
    """How many stated each characteristic, and whether those who did not progress differently.

    A comparison of those who answered says nothing of those who did not. If they progress alike, it is
    likely to hold for everybody; if not, the bounds say how far it could move.

    Parameters
    ----------
    counts : StageCounts
    by, level, where, denominator, confidence
        As in `impact_ratios`.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    Missingness
        A row for each characteristic and gate: ``entered``, how many of them ``stated`` a group and how
        many did not, ``stated_share``; the pass rate of both, of those the denominator counts; their
        ``estimate`` (ratio, not stated against stated) with interval and p.

    References
    ----------
    Manski (1990), Am. Econ. Rev. 80, 319-323, for bounds without assumptions.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "gender", "group": ["Female", "Male", "Prefer not to say"],
    ...     "applied": [80, 20, 10], "hired": [8, 2, 3],
    ... }))
    >>> missingness(counts)
    <Missingness: gender; Gender was stated by 91% of applicants>
    """
    import pandas as pd

    counts = one_cohort(counts, cohort, where=where, beside=by)
    names = chosen_characteristics(counts, by)
    funnels = [counts.funnel(name, level=level, where=where, not_stated=True) for name in names]
    return Missingness(
        _frame=pd.concat([_rows(f, denominator, confidence) for f in funnels], ignore_index=True),
        method=(
            "Those who did not state a group against those who did: ratio of pass rates with its score "
            "interval (Miettinen and Nurminen 1985). Bounds as in Manski (1990)."
        ),
        notes=counts.notes,
        by=tuple(funnel.characteristic for funnel in funnels),
        _bounds=pd.concat([_bounds_of(f, denominator) for f in funnels], ignore_index=True),
    )


def _rows(funnel: Funnel, denominator: Denominator, confidence: float) -> pd.DataFrame:
    import pandas as pd

    table = Groups.of(funnel, denominator)
    stated = funnel.stated
    x2, n2 = table.passed[stated].sum(0), table.at_risk[stated].sum(0)
    x1, n1 = table.passed[~stated].sum(0), table.at_risk[~stated].sum(0)
    found = score_ratio_interval(x1, n1, x2, n2, confidence=confidence)
    test = two_group_p(x1, n1, x2, n2)
    said, unsaid = table.entered[stated].sum(0), table.entered[~stated].sum(0)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(said + unsaid > 0, said / (said + unsaid), np.nan)
        rates = np.where(n1 > 0, x1 / n1, np.nan), np.where(n2 > 0, x2 / n2, np.nan)
    rates = (
        np.where(table.hidden[~stated].any(0), np.nan, rates[0]),
        np.where(table.hidden[stated].any(0), np.nan, rates[1]),
    )
    hidden = table.hidden.any(0)
    reasons = [
        (hidden, HIDDEN),
        (said + unsaid == 0, NOBODY),
        (unsaid == 0, "everybody here stated a group"),
        (said == 0, "nobody here stated a group"),
        (n1 == 0, "everybody here who did not state a group is pending or left"),
        (n2 == 0, "everybody here who stated a group is pending or left"),
        (x2 == 0, "nobody passed who stated a group"),
    ]
    return pd.DataFrame(
        {
            "characteristic": funnel.characteristic,
            "gate": list(table.gates),
            "entered": table.entered.sum(0),
            "stated": said,
            "not_stated": unsaid,
            "stated_share": share,
            "not_stated_rate": rates[0],
            "stated_rate": rates[1],
            "estimate": np.where(hidden, np.nan, found.estimate),
            "conf_low": np.where(hidden, np.nan, found.low),
            "conf_high": np.where(hidden, np.nan, found.high),
            "confidence": confidence,
            "p_value": np.where(hidden, np.nan, test.p_value),
            "method": np.where(hidden, "", test.method).astype(object),
            "status": first_reason(reasons),
        }
    )


def _bounds_of(funnel: Funnel, denominator: Denominator) -> pd.DataFrame:
    import pandas as pd

    whole = Groups.of(funnel, denominator)
    blank_passed = int(whole.passed[~funnel.stated, -1].sum())
    blank_failed = int(whole.at_risk[~funnel.stated, -1].sum()) - blank_passed
    stated = funnel.only_stated()
    beside = Groups.of(stated, denominator).against().at(WHOLE_WAY)
    x1, n1, x2, n2 = (
        counts.ravel().astype(float)
        for counts in (beside.passed, beside.at_risk, beside.ref_passed, beside.ref_at_risk)
    )
    hidden = beside.either_hidden.ravel()
    unbounded = hidden | whole.hidden[~funnel.stated, -1].any()
    reasons = [
        (beside.hidden.ravel(), HIDDEN),
        (hidden, HIDDEN_REFERENCE),
        (n1 == 0, "nobody of this group counts over the whole way"),
        (n2 == 0, "nobody of the reference counts over the whole way"),
        (x2 == 0, "nobody of the reference passed"),
        (unbounded, "of those who did not state a group a number is hidden in the published table"),
    ]
    return pd.DataFrame(
        {
            "characteristic": stated.characteristic,
            "group": list(stated.groups),
            "reference": beside.reference.ravel(),
            "estimate": _ratio(x1, n1, x2, n2),
            "worst": np.where(
                unbounded, np.nan, _ratio(x1, n1 + blank_failed, x2 + blank_passed, n2 + blank_passed)
            ),
            "best": np.where(
                unbounded, np.nan, _ratio(x1 + blank_passed, n1 + blank_passed, x2, n2 + blank_failed)
            ),
            "status": first_reason(reasons),
        }
    )[beside.compared.ravel()]


def _ratio(x1: np.ndarray, n1: np.ndarray, x2: np.ndarray, n2: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = (x1 * n2) / (n1 * x2)
    return np.where(np.isfinite(ratio), ratio, np.nan)
