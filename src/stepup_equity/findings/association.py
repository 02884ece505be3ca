"""Is passing associated with a characteristic: one test for each gate, and one for the whole way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.counts import one_cohort
from stepup_equity.findings.adjusted import with_adjusted
from stepup_equity.findings.comparison import HIDDEN, NOBODY, WAITING, Groups, with_reason
from stepup_equity.findings.family import chosen_characteristics, one_frame
from stepup_equity.findings.question import remembered
from stepup_equity.findings.result import Result
from stepup_equity.given import check_choice, check_whole
from stepup_equity.statistics import association, residuals
from stepup_equity.statistics.table_test import TableMethod, table_test
from stepup_equity.words.names import within
from stepup_equity.words.rows import lowest_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from stepup_equity.arrays import Floats
    from stepup_equity.counts import Denominator, StageCounts


AssociationMethod = TableMethod


@dataclass(frozen=True, eq=False, repr=False)
class AssociationTests(Result):
    """Tests of characteristic × gate.

    Attributes
    ----------
    by : tuple of str
        The characteristics asked about.
    """

    by: tuple[str, ...]
    _residuals: pd.DataFrame

    @property
    def residuals(self) -> pd.DataFrame:
        """Which group carries an association: expected passes, Pearson and adjusted residual of each.

        An adjusted residual behaves like a standard normal number where there is no association.
        """
        return self._residuals.copy()

    @property
    def headline(self) -> str:
        """The strongest association over the whole way."""
        whole = self._frame[self._frame["gate"] == OVERALL].dropna(subset=["p_value"])
        if whole.empty:
            return f"{self.names.asked(self.by)}; nothing to test"
        row = whole.iloc[lowest_at(whole["p_value"])]
        return (
            f"{len(self._frame)} tests; strongest over the whole way "
            f"{within(self.names.characteristic(row['characteristic']))}, chi-squared "
            f"{row['statistic']:.2f}, df {row['df']:.0f}, p {row['p_value']:.3g}"
        )


@remembered
def association_tests(
    counts: StageCounts,
    *,
    by: str | Sequence[str] | None = None,
    level: str | None = None,
    groups: Sequence[str] | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    denominator: Denominator = "entered",
    method: AssociationMethod = "auto",
    confidence: float = 0.95,
    replicates: int = 9999,
    seed: int = 0,
) -> AssociationTests:
    """Pearson's chi-squared of passing against group: every characteristic, every gate, the whole way.

    Parameters
    ----------
    counts : StageCounts
    by : str or sequence of str, optional
        A characteristic, or several to be crossed; by default every characteristic.
    level, groups, where, denominator
        As in `selection_rates`. Only those who stated a group are tested.
    method : {"auto", "chi-squared", "chi-squared (Yates)", "g", "exact"}
        ``"auto"`` is Pearson's chi-squared without correction, and an exact test where an expected count
        is below 5: enumerated where that is quick, else drawn with `replicates` and `seed`.
    confidence : float
        Level of the interval of Cramér's V.
    replicates, seed : int
        For the drawn tests.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    AssociationTests
        A row for each characteristic and gate, ``overall`` among them: ``statistic, df, p_value,
        p_adjusted, method``, Cramér's V with interval, ``status``. ``p_adjusted``: Holm over the
        ``overall`` rows, and apart over all gate rows.

    References
    ----------
    Pearson (1900), Philos. Mag. 50, 157-175; Freeman and Halton (1951), Biometrika 38, 141-149;
    Holm (1979), Scand. J. Stat. 6, 65-70.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "gender", "group": ["Female", "Male"],
    ...     "applied": [1413, 362], "joined": [141, 27],
    ... }))
    >>> association_tests(counts)
    <AssociationTests: 2 tests; strongest over the whole way gender, chi-squared 2.14, df 1, p 0.144>
    """
    counts = one_cohort(counts, cohort, where=where, beside=by)
    check_choice(method, get_args(AssociationMethod), argument="method")
    check_whole(replicates, argument="replicates", most=10_000_000)
    check_whole(seed, argument="seed", least=0)
    names = chosen_characteristics(counts, by)
    every = [
        Groups.of(counts.funnel(name, level=level, groups=groups, where=where), denominator) for name in names
    ]
    most = max((len(gates.groups) for gates in every), default=0)
    tables = [np.pad(gates.tables, ((0, 0), (0, most - len(gates.groups)), (0, 0))) for gates in every]
    found = association(np.stack(tables), confidence=confidence)  # groups of nobody change nothing
    interval = found.cramers_v
    strengths = np.stack([interval.estimate, interval.low, interval.high, found.bias_corrected], axis=1)
    parts = [
        _tests(gates, strength, method, confidence, replicates, seed)
        for gates, strength in zip(every, strengths, strict=True)
    ]
    frame = with_adjusted(one_frame([part[0] for part in parts]))
    low, high = np.concatenate([part[2] for part in parts] or [np.empty((2, 0))], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        times = (frame["p_adjusted"] / frame["p_value"]).to_numpy(float)
        unsure = (low * times <= _ALPHA) & (high * times > _ALPHA) & (low < high)
    frame["status"] = with_reason(frame["status"].to_numpy(object), unsure, _UNSURE)
    return AssociationTests(
        _frame=frame,
        method=(
            "Pearson's chi-squared without Yates's correction; an exact test where an expected count is "
            "below 5 (method names it). Adjusted by Holm, the whole way apart from the single gates. "
            "Only applicants who stated a group are tested."
        ),
        notes=counts.notes,
        by=tuple(gates.characteristic for gates in every),
        _residuals=one_frame([part[1] for part in parts]),
    )


_ALPHA: Final = 0.05
_UNSURE: Final = "too few tables were drawn to tell on which side of .05 the adjusted p lies"

_NO_CORRECTED_V: Final = "too few people for Cramér's V corrected for bias"


def _tests(
    gates: Groups,
    strength: Floats,
    method: AssociationMethod,
    confidence: float,
    replicates: int,
    seed: int,
) -> tuple[dict[str, Any], dict[str, Any], Floats]:
    """The columns of the tests of one characteristic, and of what carries them; and limits of drawn p."""
    tables = gates.tables
    test = table_test(tables, method=method, replicates=replicates, seed=seed)
    too_few = np.isfinite(strength[0]) & np.isnan(strength[3])
    status = [
        "; ".join(why for why in (reason, _NO_CORRECTED_V if few else "") if why)
        for reason, few in zip(table_status(gates), too_few.tolist(), strict=True)
    ]
    tests = {
        "characteristic": gates.characteristic,
        "gate": gates.gates,
        "n": tables.sum((1, 2)),
        "statistic": test.statistic,
        "df": test.df,
        "p_value": test.p_value,
        "cramers_v": strength[0],
        "cramers_v_low": strength[1],
        "cramers_v_high": strength[2],
        "cramers_v_corrected": strength[3],
        "confidence": confidence,
        "smallest_expected": test.smallest_expected,
        "method": test.method,
        "status": status,
    }
    expected = np.where(
        (tables.sum((1, 2))[:, None] > 0) & ~gates.hidden.T,
        gates.at_risk.T * (tables[:, :, 0].sum(1) / np.maximum(tables.sum((1, 2)), 1))[:, None],
        np.nan,
    )
    left = residuals(tables)
    carried = {
        "characteristic": gates.characteristic,
        "gate": np.repeat(np.array(gates.gates, object), len(gates.groups)),
        "group": np.tile(np.array(gates.groups, object), len(gates.gates)),
        "denominator": gates.shown(gates.at_risk).T.ravel(),
        "passed": gates.shown(gates.passed).T.ravel(),
        "expected": expected.ravel(),
        "residual": left.pearson[:, :, 0].ravel(),
        "adjusted_residual": left.adjusted[:, :, 0].ravel(),
    }
    return tests, carried, np.stack([test.low, test.high])


def table_status(groups: Groups) -> list[str]:
    """Why a table is not a test, or who is missing from it; one sentence for each gate."""
    return [_why_no_test(groups, gate) for gate in range(len(groups.gates))]


def _why_no_test(groups: Groups, gate: int) -> str:
    at_risk, passed = groups.at_risk[:, gate], groups.passed[:, gate]
    there = at_risk > 0
    untold = groups.untold[gate]
    told = [f"hidden: {', '.join(untold)}"] if untold else []
    if not there.any():
        if untold:
            return HIDDEN
        return WAITING if groups.entered[:, gate].any() else NOBODY
    if there.sum() == 1:
        return "; ".join([*told, "one group left: not a test"])
    if (passed == at_risk).all() or not passed.any():
        return "; ".join([*told, "everybody passed" if passed.any() else "nobody passed"])
    empty = [group for group, here in zip(groups.groups, there, strict=True) if not here]
    empty = [group for group in empty if group not in untold]
    return "; ".join([*told, *([f"nobody here of: {', '.join(empty)}"] if empty else [])])
