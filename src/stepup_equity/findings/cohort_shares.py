"""Tests and shares of two cohorts beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.findings.comparison import HIDDEN
from stepup_equity.statistics.inputs import normal_quantile
from stepup_equity.statistics.ratio_change import change_between_gates, change_of_groups
from stepup_equity.statistics.share_split import share_split

if TYPE_CHECKING:
    import pandas as pd

    from stepup_equity.findings.cohort_pairs import CohortPair, TwoCohorts
    from stepup_equity.statistics.ratio_change import ChangeTest


ALL_GATES: Final = "all gates"
"""What stands for a gate where a test is of all of them."""


def tests_of(pair: CohortPair) -> pd.DataFrame:
    """The test of cohort, group and gate together, gate by gate."""
    import pandas as pd

    gates = [k for k, gate in enumerate(pair.gates) if gate != OVERALL]
    found: list[tuple[str, str, ChangeTest]] = []
    for k in (*gates, len(pair.gates) - 1):
        test = change_of_groups(pair.passed[:, :, k], pair.at_risk[:, :, k])
        found.append((pair.gates[k], "cohort × group", test))
    three_way = change_between_gates(pair.passed[:, :, gates], pair.at_risk[:, :, gates])
    found.append((ALL_GATES, "cohort × group × gate", three_way))
    return pd.DataFrame(
        {
            "characteristic": pair.characteristic,
            "gate": [gate for gate, _, _ in found],
            "test": [name for _, name, _ in found],
            "statistic": [test.statistic for _, _, test in found],
            "df": [test.df for _, _, test in found],
            "p_value": [test.p_value for _, _, test in found],
            "method": "weighted least squares of log pass rates, Jeffreys prior; cautious where few entered",
            "status": [_told(pair, gate, test) for gate, _, test in found],
        }
    )


def _told(pair: CohortPair, gate: str, test: ChangeTest) -> str:
    """Why a test has no number, or which groups are not in it."""
    at = slice(None, -1) if gate == ALL_GATES else [pair.gates.index(gate)]
    hidden = np.asarray(pair.hidden[:, :, at].any(axis=(0, 2)))
    names = [group for group, is_hidden in zip(pair.groups, hidden.tolist(), strict=True) if is_hidden]
    why = "" if test.df > 0 else "fewer than two groups in both cohorts"
    return "; ".join(words for words in (f"hidden: {', '.join(names)}" if names else "", why) if words)


_NOTHING: Final = 1e-14
"""A part of a change of shares that is nothing but rounding."""


def shares_of(both: TwoCohorts, pair: CohortPair, confidence: float) -> pd.DataFrame:
    """Shares of the pool at every stage of both cohorts."""
    import pandas as pd

    split = share_split(pair.reached)
    share = split.share
    gates = pair.gates[:-1] if both.same_process else ()
    n_groups = len(pair.groups)
    parts, errors = [split.parts[:, :1]], [split.std_error[:, :1]]
    if gates:
        parts.append(split.parts[:, 1:])
        errors.append(split.std_error[:, 1:])
    estimate = np.hstack([*parts, split.rates[:, None], split.change[:, None]])
    std_error = np.hstack([*errors, split.rates_std_error[:, None], split.change_std_error[:, None]])
    factors = ("composition", *gates, "pass rates", "change")
    nobody = (split.share == 0).all(axis=0)
    std_error[nobody] = np.nan
    estimate = np.where(np.abs(estimate) < _NOTHING, 0.0, estimate)
    certain = std_error < _NOTHING  # no width, no interval
    reach = normal_quantile(confidence) * np.where(certain, np.nan, std_error)
    borrowed = split.borrowed.any(axis=1)
    status = np.full((n_groups, len(factors)), "", object)
    if gates:
        status[:, 1 : 1 + len(gates)] = np.where(
            split.borrowed, "nobody reached this gate in one cohort: the other's rate is taken for both", ""
        )
    status[borrowed, len(factors) - 2] = "one cohort's rate is taken for both where nobody reached a gate"
    status[certain & (status == "")] = "no limits: nothing varied in either cohort"
    status[nobody] = "nobody of the group got through in either cohort"
    status[np.isnan(estimate)] = "nobody reached the last stage in one of the cohorts"
    if pair.hidden.any():  # a share is of everybody, and here that is not known
        estimate, reach = (np.full(estimate.shape, np.nan) for _ in range(2))
        std_error, share = np.full(std_error.shape, np.nan), np.full(split.share.shape, np.nan)
        status[:] = HIDDEN
    return pd.DataFrame(
        {
            "characteristic": pair.characteristic,
            "group": np.repeat(np.array(pair.groups, object), len(factors)),
            "factor": np.tile(np.array(factors, object), n_groups),
            "cohort_earlier": both.labels[0],
            "cohort_later": both.labels[1],
            "share_earlier": np.repeat(share[0], len(factors)),
            "share_later": np.repeat(share[1], len(factors)),
            "estimate": estimate.ravel(),
            "std_error": std_error.ravel(),
            "conf_low": (estimate - reach).ravel(),
            "conf_high": (estimate + reach).ravel(),
            "confidence": confidence,
            "method": "Shapley value, delta method",
            "status": status.ravel(),
        }
    )
