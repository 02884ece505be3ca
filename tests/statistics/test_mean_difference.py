"""Gaps in scores: against scipy's Welch test, Hedges' correction, at the edges, refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_ind_from_stats

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.mean_difference import mean_difference

means, spreads, sizes = st.floats(-50, 50), st.floats(0.5, 20), st.integers(2, 500)


@settings(deadline=None, max_examples=40)
@given(means, spreads, sizes, means, spreads, sizes)
def test_welch_and_order(m: float, s: float, n: int, rm: float, rs: float, rn: int) -> None:
    gap = mean_difference(m, s, n, rm, rs, rn)
    assert float(gap.p_value) == pytest.approx(
        ttest_ind_from_stats(m, s, n, rm, rs, rn, equal_var=False).pvalue, rel=1e-9, abs=1e-300
    )
    assert gap.standardised.low <= gap.standardised.estimate <= gap.standardised.high
    swapped = mean_difference(rm, rs, rn, m, s, n)
    assert float(swapped.standardised.estimate) == pytest.approx(-float(gap.standardised.estimate))
    assert float(swapped.standardised.low) == pytest.approx(-float(gap.standardised.high), rel=1e-6, abs=1e-9)


def test_hedges_correction_is_nearly_his_approximation() -> None:
    """Hedges (1981): J is about 1 - 3/(4 df - 1)."""
    for n in (3, 8, 40):
        gap = mean_difference(1.0, 1.0, n, 0.0, 1.0, n)
        assert float(gap.standardised.estimate) == pytest.approx(1 - 3 / (4 * (2 * n - 2) - 1), abs=4e-3)


def test_nobody_differs_or_too_few() -> None:
    gap = mean_difference([5.0, 5.0, 5.0], [0.0, 1.0, 1.0], [4, 1, 0], 6.0, [0.0, 1.0, 1.0], 9)
    assert np.isnan(gap.standardised.estimate).all()
    assert np.isnan(gap.p_value).all()
    assert gap.difference[:2].tolist() == [-1.0, -1.0]
    assert np.isnan(gap.difference[2])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((1, -1, 5, 0, 1, 5), "sd holds a negative number; a standard deviation is 0 or more."),
        (
            (1, 1, 5.5, 0, 1, 5),
            "n holds 5.5, which is not a count of people. Counts are whole numbers, 0 or more.",
        ),
    ],
)
def test_refusals(arguments: tuple[float, ...], sentence: str) -> None:
    with pytest.raises(StatisticError) as error:
        mean_difference(*arguments)
    assert str(error.value) == sentence
