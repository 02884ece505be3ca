"""What the hard cases give here, in scipy and in statsmodels.

    python benchmarks/edges.py > benchmarks/edges.md

Nothing is asserted here: tests/statistics and tests/findings do that.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy
import statsmodels
from scipy.stats import binomtest, chi2_contingency, fisher_exact
from scipy.stats.contingency import relative_risk
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

import stepup_equity as su
from stepup_equity import statistics as s

if TYPE_CHECKING:
    from collections.abc import Callable


def said(call: Callable[[], object]) -> str:
    """The answer in figures, or the error in words."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            answer = call()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            return f"{type(error).__name__}: {str(error).splitlines()[0][:70]}"
    text = answer if isinstance(answer, str) else figures(answer)
    names = sorted({warning.category.__name__ for warning in caught})
    return text + (f" ({', '.join(names)})" if names else "")


def figures(answer: object) -> str:
    if isinstance(answer, s.Interval):
        answer = (answer.estimate, answer.low, answer.high)
    values = np.atleast_1d(np.asarray(answer, dtype=float)).ravel()
    return ", ".join(f"{value:.10g}" for value in values)


def row(name: str, ours: Callable[[], object], scipys: object, statsmodelses: object) -> None:
    others = [said(call) if callable(call) else str(call) for call in (scipys, statsmodelses)]
    print(f"| {name} | {said(ours)} | {others[0]} | {others[1]} |")


def typed(groups: dict[str, list[int]]) -> su.StageCounts:
    frame = pd.DataFrame.from_dict(groups, orient="index", columns=["applied", "hired"])
    return su.StageCounts.from_table(frame.reset_index(names="group").assign(characteristic="team"))


def first(frame: pd.DataFrame, *columns: str) -> str:
    return ", ".join(
        str(value) if isinstance(value, str) else f"{value:.6g}" for value in frame.iloc[0][[*columns]]
    )


def main() -> None:
    print("# Hard cases\n")
    print(f"Ours beside scipy {scipy.__version__} and statsmodels {statsmodels.__version__};")
    print("`python benchmarks/edges.py` prints this. Intervals: estimate, low, high.\n")
    print("| case | ours | scipy | statsmodels |")
    print("| --- | --- | --- | --- |")
    table = [[0, 40], [6, 34]]
    row(
        "zero cell: ratio, 0 of 40 v 6 of 40",
        lambda: s.score_ratio_interval(0, 40, 6, 40),
        lambda: relative_risk(0, 40, 6, 40).confidence_interval(),
        lambda: confint_proportions_2indep(0, 40, 6, 40, method="score", compare="ratio"),
    )
    row(
        "zero cell: odds ratio, 0 of 40 v 6 of 40",
        lambda: s.score_odds_ratio_interval(0, 40, 6, 40),
        "",
        lambda: Table2x2(table).oddsratio_confint(),
    )
    row(
        "zero cell: chi-squared of [[0, 40], [6, 34]]",
        lambda: s.chi_squared(table).statistic,
        lambda: chi2_contingency(table, correction=False).statistic,
        lambda: Table2x2(table).test_nominal_association().statistic,
    )
    row(
        "difference, 7 of 34 v 1 of 34",
        lambda: s.score_difference_interval(7, 34, 1, 34),
        "",
        lambda: confint_proportions_2indep(7, 34, 1, 34, method="score", compare="diff"),
    )
    row(
        "difference, 0 of 6 v 7 of 7",
        lambda: s.score_difference_interval(0, 6, 7, 7),
        "",
        lambda: confint_proportions_2indep(0, 6, 7, 7, method="score", compare="diff"),
    )
    row(
        "empty group: ratio, 0 of 0 v 5 of 9",
        lambda: s.score_ratio_interval(0, 0, 5, 9),
        lambda: relative_risk(0, 0, 5, 9).confidence_interval(),
        lambda: confint_proportions_2indep(0, 0, 5, 9, method="score", compare="ratio"),
    )
    row(
        "all pass: chi-squared of [[8, 0], [12, 0]]",
        lambda: s.chi_squared([[8, 0], [12, 0]]).p_value,
        lambda: chi2_contingency([[8, 0], [12, 0]]).pvalue,
        lambda: Table2x2([[8, 0], [12, 0]]).test_nominal_association().pvalue,
    )
    row(
        "all pass, in words",
        lambda: first(
            su.association_tests(typed({"A": [8, 8], "B": [12, 12]})).frame, "p_value", "df", "status"
        ),
        "",
        "",
    )
    row(
        "all pass: ratio, 8 of 8 v 12 of 12",
        lambda: s.score_ratio_interval(8, 8, 12, 12),
        lambda: relative_risk(8, 8, 12, 12).confidence_interval(),
        lambda: confint_proportions_2indep(8, 8, 12, 12, method="score", compare="ratio"),
    )
    row(
        "one group",
        lambda: first(
            su.association_tests(typed({"A": [8, 3], "B": [0, 0]})).frame, "p_value", "df", "status"
        ),
        lambda: chi2_contingency([[3, 5]], correction=False).pvalue,
        "",
    )
    row(
        "a group declared and absent",
        lambda: first(
            su.impact_ratios(typed({"A": [0, 0], "B": [9, 4]})).frame, "estimate", "p_value", "status"
        ),
        lambda: chi2_contingency([[0, 0], [4, 5]], correction=False).pvalue,
        "",
    )
    row(
        '10 "prefer not to say" with the highest rate: the benchmark is',
        lambda: (
            su.impact_ratios(
                typed({"A": [50, 10], "B": [40, 20], "Prefer not to say": [10, 10]}), reference="highest"
            )
            .frame["reference"]
            .iloc[0]
        ),
        "",
        "",
    )
    row(
        "0 of 0: rate",
        lambda: s.wilson_interval(0, 0),
        lambda: binomtest(0, 0).proportion_ci(method="wilson"),
        lambda: proportion_confint(0, 0, method="wilson"),
    )
    row(
        "262144 of 262144: 1 - upper limit",
        lambda: 1 - s.wilson_interval(262144, 262144).high,
        lambda: 1 - binomtest(262144, 262144).proportion_ci(method="wilson").high,
        lambda: 1 - proportion_confint(262144, 262144, method="wilson")[1],
    )
    many = (500_100_000, 10**9, 500_000_000, 10**9)
    cells = [[many[0], many[1] - many[0]], [many[2], many[3] - many[2]]]
    row(
        "10^9: mid-p (scipy: Fisher), 500.1 v 500.0 million",
        lambda: s.fisher_midp_p(*many),
        lambda: fisher_exact(cells).pvalue,
        "",
    )
    row(
        "10^9: score p; chi-squared p",
        lambda: (s.score_test(*many), s.chi_squared(cells).p_value),
        lambda: chi2_contingency(cells, correction=False).pvalue,
        lambda: Table2x2(cells).test_nominal_association().pvalue,
    )
    row(
        "100,000 a group, p far in the tail",
        lambda: s.chi_squared([[50_600, 49_400], [48_500, 51_500]]).p_value,
        lambda: chi2_contingency([[50_600, 49_400], [48_500, 51_500]], correction=False).pvalue,
        lambda: Table2x2([[50_600, 49_400], [48_500, 51_500]]).test_nominal_association().pvalue,
    )
    row(
        "10^9 of 10^9 v 10^9 of 10^9: difference",
        lambda: s.score_difference_interval(10**9, 10**9, 10**9, 10**9),
        "",
        lambda: confint_proportions_2indep(10**9, 10**9, 10**9, 10**9, method="score", compare="diff"),
    )
    row(
        "7 passed of 5",
        lambda: s.wilson_interval(7, 5),
        lambda: binomtest(7, 5),
        lambda: proportion_confint(7, 5, method="wilson"),
    )


if __name__ == "__main__":
    main()
