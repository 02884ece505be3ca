"""Tests of association in a publication: their p, adjusted, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from stepup_equity.columns import OVERALL
from stepup_equity.disclosure.behind_rounding import nearest_table
from stepup_equity.disclosure.printed import gate_tests
from stepup_equity.statistics import adjust
from stepup_equity.statistics.table_test import table_test

if TYPE_CHECKING:
    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.disclosure.layout import Layout
    from stepup_equity.disclosure.policy import Policy

_MAY_BE_EQUAL: Final = "the rounded counts may stand for equal rates"
_CANNOT_BE_TOLD: Final = "cannot be told from rounded counts"
_OF_NEAREST: Final = "p of the counts nearest to equal rates"

_BANDS: Final = ((0.001, "p < .001"), (0.01, "p < .01"), (0.05, "p < .05"))


def test_rows(layout: Layout, printed: Ints, policy: Policy) -> list[dict[str, Any]]:
    """Tests of association on the printed counts, a row for each table and gate and one for the whole way.

    By the rule of the internal report: exact where an expected count is below 5, adjusted by Holm over the
    gates of a cohort and apart over its whole ways. A test that cannot be shown counts as if it showed
    nothing. Where rounded counts are evident, p is that of the counts nearest to equal rates that they may
    stand for, as of comparisons; where those are not evident, nothing can be told.
    """
    found = []
    for cohort in layout.cohorts:
        rows = [
            test
            for characteristic in layout.characteristics
            for test in gate_tests(layout, printed, policy, cohort, characteristic)
        ]
        found += _adjusted([_judged(test, policy) for test in rows], policy)
    return found


test_rows.__test__ = False  # type: ignore[attr-defined]  # its name is not that of a test of ours


def _judged(test: dict[str, Any], policy: Policy) -> dict[str, Any]:
    """The test by chi-squared or exact: of the printed counts, and of those nearest to equal rates."""
    table = test.pop("table")
    if table is None:
        return test | {"printed": (np.nan, ""), "nearest": (np.nan, "")}
    printed, nearest = _tested(table), nearest_table(table, policy)
    if nearest is table:  # nothing is rounded
        return test | {"printed": printed, "nearest": printed}
    return test | {"printed": printed, "nearest": (1.0, "") if nearest is None else _tested(nearest)}


def _tested(table: Ints) -> tuple[float, str]:
    found = table_test(table[None])
    return float(found.p_value[0]), str(found.method[0])


def _adjusted(tests: list[dict[str, Any]], policy: Policy) -> list[dict[str, Any]]:
    """The tests of a cohort with adjusted p, and its band."""
    hidden = np.array([test["band"] == policy.symbols.hidden for test in tests], bool)
    whole = np.array([test["gate"] == OVERALL for test in tests], bool)

    def over_family(name: str) -> Floats:
        p_value, adjusted = np.array([test[name][0] for test in tests], float), np.full(len(tests), np.nan)
        for family in (whole, ~whole):
            adjusted[family] = adjust(np.where(hidden, 1.0, p_value)[family], "holm")
        return adjusted

    out = []
    for test, p, nearest in zip(tests, over_family("printed"), over_family("nearest"), strict=True):
        told = {name: value for name, value in test.items() if name not in ("printed", "nearest")}
        told |= _told(test, float(p), float(nearest), policy)
        if test["merged"]:  # a p would tell what was put together
            told |= {"p_value": np.nan, "p_adjusted": np.nan}
        out.append(told)
    return out


def _told(test: dict[str, Any], printed: float, nearest: float, policy: Policy) -> dict[str, Any]:
    """The p that is shown, its band, and what is said of it; `printed` and `nearest` are adjusted ones."""
    least = _BANDS[-1][0]
    p, method = test["printed"]
    if test["band"]:
        return {"p_value": np.nan, "p_adjusted": np.nan, "method": method}
    if policy.rounds and nearest < least:
        p, method = test["nearest"]
        told = {"p_value": p, "p_adjusted": nearest, "method": method, "status": _OF_NEAREST}
    elif policy.rounds and printed < least:
        status = _CANNOT_BE_TOLD if test["nearest"][1] else _MAY_BE_EQUAL
        return {
            "p_value": np.nan, "p_adjusted": np.nan, "method": method, "status": status,
            "band": policy.symbols.not_available,
        }  # fmt: skip
    else:
        told = {"p_value": p, "p_adjusted": printed, "method": method}
    return told | {"band": next((words for limit, words in _BANDS if told["p_adjusted"] < limit), "p ≥ .05")}
