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

_BANDS: Final = ((0.001, "p < .001"), (0.01, "p < .01"), (0.05, "p < .05"))


def test_rows(layout: Layout, printed: Ints, policy: Policy) -> list[dict[str, Any]]:
    """Tests of association on the printed counts, a row for each table and gate and one for the whole way.

    By the rule of the internal report: exact where an expected count is below 5, adjusted by Holm over the
    gates of a cohort and apart over its whole ways. A test that cannot be shown counts as if it showed
    nothing. Of rounded counts, p is that of the counts nearest to equal rates that they may stand for, as of
    comparisons; where the printed counts are evident and those are not, nothing can be told.
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
    """The test with its p-value, by chi-squared or exact, and with that of the printed counts as they are."""
    table = test.pop("table")
    if table is None:
        return test | {"p_value": np.nan, "as_printed": np.nan, "method": ""}
    as_printed = float(table_test(table[None]).p_value[0])
    nearest = nearest_table(table, policy)
    if nearest is None:
        return test | {"p_value": np.nan, "as_printed": as_printed, "method": "", "status": _MAY_BE_EQUAL}
    exact = table_test(nearest[None])
    return test | {"p_value": float(exact.p_value[0]), "as_printed": as_printed, "method": exact.method[0]}


def _adjusted(tests: list[dict[str, Any]], policy: Policy) -> list[dict[str, Any]]:
    """The tests of a cohort with adjusted p, and its band."""
    hidden = np.array([test["band"] == policy.symbols.hidden for test in tests], bool)
    whole = np.array([test["gate"] == OVERALL for test in tests], bool)

    def over_family(name: str) -> Floats:
        p_value, adjusted = np.array([test[name] for test in tests], float), np.full(len(tests), np.nan)
        silent = hidden | (np.isnan(p_value) & np.array([test["groups"] > 0 for test in tests], bool))
        for family in (whole, ~whole):
            adjusted[family] = adjust(np.where(silent, 1.0, p_value)[family], "holm")
        return adjusted

    out = []
    for test, p, as_printed in zip(tests, over_family("p_value"), over_family("as_printed"), strict=True):
        told = {name: value for name, value in test.items() if name != "as_printed"}
        told |= _banded(test, float(p), float(as_printed), policy)
        shown = not test["merged"] and np.isfinite(test["p_value"]) and told["status"] != _CANNOT_BE_TOLD
        own = (test["p_value"], float(p)) if shown else (np.nan, np.nan)
        out.append(told | {"p_value": own[0], "p_adjusted": own[1]})
    return out


def _banded(test: dict[str, Any], p: float, as_printed: float, policy: Policy) -> dict[str, str]:
    """The band of an adjusted p; none where the printed counts show what rounding alone may have made."""
    if test["band"]:
        return {}
    band = next((words for limit, words in _BANDS if p < limit), "")
    if not band and as_printed < _BANDS[-1][0]:
        return {"band": policy.symbols.not_available, "status": test["status"] or _CANNOT_BE_TOLD}
    return {"band": band or "p ≥ .05"}
