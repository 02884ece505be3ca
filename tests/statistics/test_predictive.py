"""Prediction by group: against statsmodels, and against numbers in print."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.anova import anova_lm

from stepup_equity.errors import StatisticError
from stepup_equity.statistics.predictive import (
    above_line,
    correlation_interval,
    line_tests,
    moments,
    unrestricted,
)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    group = rng.integers(0, 3, 90)
    score = rng.normal(50 + 4 * group, 10)
    mark = 20 + (0.4 + 0.1 * group) * score + 3 * group + rng.normal(0, 6, 90)
    return pd.DataFrame({"x": score, "y": mark, "g": group, "name": group.astype(str)})


def of(people: pd.DataFrame):
    return moments(people["x"], people["y"], people["g"], np.ones(len(people)), 3)


def test_cleary_s_tests_are_those_of_nested_models(people):
    own, slope, line = (smf.ols(model, people).fit() for model in ("y ~ x * name", "y ~ x + name", "y ~ x"))
    found = line_tests(of(people))
    for i, (small, large) in enumerate(((slope, own), (line, slope), (line, own))):
        row = anova_lm(small, large).iloc[1]
        assert found.statistic[i] == pytest.approx(row["F"], rel=1e-9)
        assert found.p_value[i] == pytest.approx(row["Pr(>F)"], rel=1e-9)
        assert (found.df[i], found.df_residual[i]) == (row["df_diff"], row["df_resid"])


def test_above_the_line_is_a_contrast_of_both_lines(people):
    found = above_line(of(people), 0, confidence=0.9)
    for group in (1, 2):
        pair = people[people["g"].isin([0, group])]
        fit = smf.ols("y ~ x * name", pair).fit()
        where = pair.loc[pair["g"] == group, "x"].mean()
        contrast = [where if ":" in name else float(name.startswith("name")) for name in fit.params.index]
        test = fit.t_test(contrast)
        assert found.points.estimate[group] == pytest.approx(test.effect[0], rel=1e-9)
        assert found.p_value[group] == pytest.approx(float(test.pvalue), rel=1e-9)
        assert found.points.low[group] == pytest.approx(test.conf_int(0.1)[0, 0], rel=1e-9)
    assert np.isnan(found.p_value[0])


def test_two_people_always_lie_on_a_line_so_they_have_none():
    pair = moments([1, 2, 1, 2, 4], [3, 5, 2, 3, 3], [0, 0, 1, 1, 1], np.ones(5), 2)
    for numbers in (pair.correlation, pair.slope, pair.intercept):
        assert np.isnan(numbers).tolist() == [True, False]


def test_records_that_stand_for_several_people(people):
    few = pd.concat([people.head(30)] * 3)
    together = moments(people["x"][:30], people["y"][:30], people["g"][:30], np.full(30, 3), 3)
    each = of(few)
    for name in ("n", "mean_x", "sxx", "sxy", "syy"):
        assert getattr(together, name) == pytest.approx(getattr(each, name))
    assert together.correlation[0] == pytest.approx(few[few["g"] == 0][["x", "y"]].corr().iloc[0, 1])


def test_numbers_in_print():
    """Thorndike's case II at r = .30 and a ratio of 2; Fisher's interval of r = .50 of 28 people."""
    assert unrestricted(0.30, 2) == pytest.approx(0.5324, abs=5e-5)
    found = correlation_interval(0.5, 28)
    assert (found.low, found.high) == (pytest.approx(0.1560, abs=5e-5), pytest.approx(0.7358, abs=5e-5))


@given(st.floats(-1, 1), st.floats(0.05, 20))
@settings(max_examples=60)
def test_the_correction_can_be_undone(r, ratio):
    there = unrestricted(r, ratio)
    assert -1 <= there <= 1
    assert unrestricted(there, 1 / ratio) == pytest.approx(r, abs=1e-9)
    assert unrestricted(r, 1.0) == pytest.approx(r)


def test_the_correction_recovers_what_selection_hid():
    rng = np.random.default_rng(2)
    x = rng.normal(size=200_000)
    y = 0.5 * x + np.sqrt(0.75) * rng.normal(size=200_000)
    taken = x > 0.5
    r = np.corrcoef(x[taken], y[taken])[0, 1]
    assert r < 0.3
    assert unrestricted(r, x.std() / x[taken].std()) == pytest.approx(0.5, abs=0.02)


def test_what_cannot_be_told():
    alike = moments([5, 5, 5, 1, 2], [1, 2, 3, 1, 2], [0, 0, 0, 1, 1], [1] * 5, 3)
    assert np.isnan(alike.correlation[[0, 2]]).all()
    assert np.isnan(line_tests(alike).p_value).all()
    assert np.isnan(above_line(alike, 0).points.estimate).all()
    assert np.isnan(correlation_interval([0.2, np.nan], [3, 50]).low).all()
    certain = correlation_interval([1.0, -1.0, 0.9999999999999999], 20)
    assert np.isnan([certain.low, certain.high]).all()
    tenths = moments([0.1 + 0.2] * 3, [1, 2, 3], [0] * 3, [1] * 3, 1)
    assert tenths.sxx[0] == 0
    perfect = moments([1, 2, 3, 1, 2, 3], [1, 2, 3, 1, 2, 3], [0, 0, 0, 1, 1, 1], [1] * 6, 2)
    assert np.isnan(line_tests(perfect).p_value).all()


@pytest.mark.parametrize("slope", [0.4, 0.1, 1 / 3])
@pytest.mark.parametrize("above", [0.0, 2.5])
def test_rounding_is_no_scatter(slope, above):
    """An award worked out from the score leaves nothing over, so no distance is evident by it."""
    x = np.array([40.0, 50, 60, 70, 80, 41, 53, 59, 77])
    group = np.repeat([0, 1], [5, 4])
    found = above_line(moments(x, 30 + slope * x + above * group, group, np.ones(9), 2), 0)
    assert found.points.estimate[1] == pytest.approx(above, abs=1e-9)
    assert np.isnan([found.points.low[1], found.points.high[1], found.p_value[1]]).all()


def test_a_score_that_is_no_number():
    with pytest.raises(StatisticError, match="is no number"):
        moments([np.nan], [1], [0], [1], 1)
