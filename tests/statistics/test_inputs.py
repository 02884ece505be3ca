"""What is refused, in whole sentences."""

from __future__ import annotations

import re

import numpy as np
import pytest

from stepup_equity import statistics as s
from stepup_equity.errors import StatisticError


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: s.wilson_interval([3, 7], [5, 5]),
            "passed=7 of entered=5: no more people can pass a gate than entered it.",
        ),
        (
            lambda: s.score_ratio_interval(1, 2, 5, 4),
            "passed=5 of entered=4: no more people can pass a gate than entered it.",
        ),
        (
            lambda: s.wilson_interval(-1, 5),
            "passed holds -1, which is not a count of people. Counts are whole numbers, 0 or more.",
        ),
        (
            lambda: s.wilson_interval(1, 2.5),
            "entered holds 2.5, which is not a count of people. Counts are whole numbers, 0 or more.",
        ),
        (
            lambda: s.wilson_interval(1, np.inf),
            "entered holds inf, which is not a count of people. Counts are whole numbers, 0 or more.",
        ),
        (
            lambda: s.wilson_interval([1, 2, 3], [4, 5]),
            "passed has shape (3,) and entered has shape (2,); the two must fit together.",
        ),
        (
            lambda: s.wilson_interval(1, 2, confidence=95),
            "confidence=95 is not between 0 and 1. Write 0.95 for a 95 % interval.",
        ),
        (
            lambda: s.chi_squared([1, 2, 3]),
            "tables has shape (3,); it needs groups as rows and outcomes as columns.",
        ),
        (
            lambda: s.chi_squared_p(2701.4, 4, n=1754),
            (
                "chi-squared 2701.4 is impossible: 1754 people in a table of 5 rows and 2 columns "
                "give at most 1754."
            ),
        ),
        (lambda: s.chi_squared_p(-1.0, 1), "chi-squared -1 is negative; it is a sum of squares."),
        (
            lambda: s.adjust([0.1, 1.2]),
            "p_values holds 1.2, outside 0 to 1.",
        ),
        (
            lambda: s.adjust([0.1], "bonferoni"),
            (
                "method='bonferoni' is not a way to adjust p-values. Possible: 'holm', 'hochberg', 'hommel', "
                "'bonferroni', 'BH', 'BY', 'none'. Did you mean 'bonferroni'?"
            ),
        ),
        (
            lambda: s.fisher_midp_p(1, 2, 1, 2, alternative="lower"),
            "alternative='lower' is not known. Possible: 'two-sided', 'less', 'greater'.",
        ),
        (
            lambda: s.exact_test([[[1, 2]]]),
            "table has shape (1, 1, 2); an exact test takes one table of groups by outcomes.",
        ),
        (
            lambda: s.monte_carlo_test([[1, 2], [2, 1]], replicates=0),
            "replicates=0 must be a whole number, 1 or more.",
        ),
        (
            lambda: s.cochran_armitage([1, 2], [3, 4], [1, 2, 3]),
            "scores must be 2 numbers, one for each group in order.",
        ),
        (
            lambda: s.linear_by_linear([1, 2]),
            "tables has shape (2,); it needs ordered rows and ordered columns.",
        ),
        (
            lambda: s.cmh([[1, 2], [3, 4]]),
            "tables has shape (2, 2); it needs strata by two groups by two outcomes.",
        ),
        (
            lambda: s.cmh_general([[1, 2], [3, 4]]),
            "tables has shape (2, 2); it needs strata by groups by outcomes.",
        ),
        (
            lambda: s.direct_standardised_rate([1], [2]),
            "passed has shape (1,); it needs groups by strata.",
        ),
        (
            lambda: s.direct_standardised_rate([[1, 2]], [[2, 3]], [1]),
            "weights must be 2 numbers, one for each stratum, none negative and not all zero.",
        ),
        (
            lambda: s.goodness_of_fit([1, 2], [0.5, 0.4]),
            (
                "shares add up to 0.9; they must be 0 or more and add up to 1. "
                "Rounded shares may be divided by their sum first."
            ),
        ),
        (
            lambda: s.goodness_of_fit([1, 2], [1]),
            "counts and shares must be two lists of one length, not (2,) and (1,).",
        ),
        (lambda: s.binomial_p(1, 2, 1.5), "share=1.5 is not between 0 and 1."),
        (lambda: s.e_values(-0.5, 0.1, 1), "ratio holds a negative number; an impact ratio is 0 or more."),
        (lambda: s.power_normal(1.2, 10, 0.5, 10), "A rate of 1.2 is not between 0 and 1."),
        (lambda: s.power_exact(0.2, 10, 0.5, 10, alpha=5), "alpha=5 is not between 0 and 1."),
        (
            lambda: s.minimum_detectable_rates(0.2, 10, 10, power=0.01),
            "power=0.01 must lie between alpha (0.05) and 1.",
        ),
        (lambda: s.four_fifths_by_chance([10, 10], 30), "rate=30 is not between 0 and 1."),
    ],
)
def test_the_impossible_is_refused_in_one_sentence(call, sentence):
    with pytest.raises(StatisticError, match=f"^{re.escape(sentence)}$"):
        call()


def test_a_missing_count_gives_a_missing_number_and_no_error():
    found = s.wilson_interval([3, np.nan], [10, 10])

    assert found.estimate[0] == 0.3
    assert np.isnan([found.estimate[1], found.low[1], found.high[1]]).all()
