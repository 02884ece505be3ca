"""The exact conditional test across strata."""

import itertools

import numpy as np
import pytest
from scipy.stats import hypergeom

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.stratified_exact import stratified_p


def test_one_stratum_is_fishers_mid_p():
    margins = hypergeom(106, 40, 6)
    assert stratified_p([[[0, 6], [40, 60]]], np.array(0.5)) == pytest.approx(margins.pmf(0))
    middle = 2 * min(margins.cdf(2) - margins.pmf(2) / 2, margins.sf(2) + margins.pmf(2) / 2)
    assert stratified_p([[[2, 4], [38, 62]]], np.array(0.5)) == pytest.approx(min(1, middle))


def test_strata_add_up_by_enumeration():
    tables = np.array([[[1, 3], [9, 8]], [[0, 3], [9, 20]], [[0, 2], [5, 9]]])
    parts = [hypergeom(t.sum(), t[:, 0].sum(), t[0].sum()) for t in tables]
    supports = [range(t[0].sum() + 1) for t in tables]
    seen = int(tables[:, 0, 0].sum())
    below = at = above = 0.0
    for xs in itertools.product(*supports):
        p = float(np.prod([part.pmf(x) for part, x in zip(parts, xs, strict=True)]))
        below, at, above = (
            below + p * (sum(xs) < seen),
            at + p * (sum(xs) == seen),
            above + p * (sum(xs) > seen),
        )
    expected = min(1.0, 2 * min(below + at / 2, above + at / 2))
    assert stratified_p(tables, np.array(0.5)) == pytest.approx(expected)


def test_large_tables_and_nan_keep_their_p():
    large = [[[30, 70], [400, 600]], [[20, 80], [300, 700]]]
    assert stratified_p([large, large], np.array([0.2, np.nan])).tolist()[0] == 0.2
    assert np.isnan(stratified_p([large], np.array([np.nan]))[0])


def test_refused():
    with pytest.raises(StatisticError, match="one p for each comparison"):
        stratified_p([[[1, 2], [3, 4]]], np.array([0.1, 0.2]))
