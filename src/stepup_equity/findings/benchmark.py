"""People of a process against outside figures: a census, a national intake, another programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from stepup_equity.columns import NOT_STATED
from stepup_equity.counts import one_cohort
from stepup_equity.counts.asked import check_asked
from stepup_equity.errors import ArgumentError, did_you_mean, listed
from stepup_equity.findings.benchmark_files import EVERYONE_ELSE, Benchmark, load_benchmark
from stepup_equity.findings.result import Result
from stepup_equity.given import check_known
from stepup_equity.statistics import (
    adjust,
    binomial_p,
    chi_squared,
    goodness_of_fit,
    score_ratio_interval,
    two_group_p,
    wilson_interval,
)
from stepup_equity.words.names import Names
from stepup_equity.words.numbers import interval, ratio
from stepup_equity.words.rows import highest_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd
    from numpy.typing import NDArray

    from stepup_equity.arrays import Floats, Ints
    from stepup_equity.counts import Funnel, StageCounts
    from stepup_equity.statistics import Interval


_SMALL: Final = 5.0


@dataclass(frozen=True, eq=False, repr=False)
class BenchmarkComparison(Result):
    """Shares or rates of a process against a benchmark's, class by class.

    Attributes
    ----------
    against : Benchmark
        The outside figure, with source, year, base and caution.
    cautions : tuple of str
        How the bases differ; part of the notes.
    """

    against: Benchmark
    cautions: tuple[str, ...]
    _fit: pd.DataFrame

    @property
    def fit(self) -> pd.DataFrame:
        """One row: the test of all classes together. NaN for rates, which are no shares of a whole."""
        return self._fit.copy()

    @property
    def headline(self) -> str:
        """The class whose index lies farthest from 1."""
        known = self._frame.dropna(subset=["index"])
        known = known[known["index"] > 0]
        if known.empty:
            return f"{self.against.name}; nothing to compare"
        row = known.iloc[highest_at(np.abs(np.log(known["index"].to_numpy())))]
        return (
            f"{self.against.name}; {row['group']} {ratio(row['index'])} of the benchmark "
            f"({interval(row['index_low'], row['index_high'])})"
        )


def benchmark(
    counts: StageCounts,
    against: Benchmark | pd.DataFrame | str | Path,
    *,
    stage: str | None = None,
    where: Mapping[str, str] | None = None,
    cohort: str | None = None,
    confidence: float = 0.95,
) -> BenchmarkComparison:
    """Compare who is at a stage, or who gets there, with an outside figure.

    A census says who could have applied, a national intake who usually does. Both count other people in
    another way: the cautions say how, and stand on every output.

    Parameters
    ----------
    counts : StageCounts
    against : str, Path, DataFrame or Benchmark
        Name of a shipped benchmark, or one's own: a row for each class with the columns ``characteristic,
        group, includes, measure, value, stage, year, base, source, caution``. ``includes`` holds the groups
        that make up the class, between semicolons; ``*`` stands for everyone else stated. A further column
        ``unit`` says whether shares and rates are written as ``percent`` (the default) or ``proportion``;
        where all are 1 or less it is needed.
    stage : str, optional
        Stage whose people are compared, by default the benchmark's. For a rate, the stage they get to.
    where : mapping, optional
        Only these people, such as ``{"cohort": "2010"}``.
    confidence : float
        Level of the intervals.
    cohort : str, optional
        One cohort, by default the last where there are several.

    Returns
    -------
    BenchmarkComparison
        A row for each class. ``estimate`` is its share of those who stated a group (for a rate, the share of
        the class that gets to the stage) with Wilson interval; ``index`` is that over the benchmark's value,
        1 for parity: the representation index. Shares and rates of a benchmark are taken as exact, so its
        interval is the estimate's divided by the value; p is exact binomial. Counts are treated as a
        second sample: score interval of the ratio, p of a group against its reference. ``p_adjusted``: Holm
        over the classes; two shares of a whole are one test. For
        rates, ``impact_ratio`` compares each class with the first, and ``benchmark_impact_ratio`` is the same
        in the benchmark. ``fit`` tests all classes together. NaN where nobody is at the stage.

    Raises
    ------
    ArgumentError
        A benchmark, characteristic or stage that does not exist.
    DataError
        A benchmark that cannot be read, or that names groups that are not declared.

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212; Clopper and Pearson (1934), Biometrika 26, 404-413;
    Pearson (1900), Philosophical Magazine 50, 157-175; Miettinen and Nurminen (1985), Stat. Med. 4, 213-226.

    Examples
    --------
    >>> import pandas as pd
    >>> import stepup_equity as su
    >>> counts = su.StageCounts.from_table(pd.DataFrame({
    ...     "characteristic": "religion", "group": ["Christian", "No religion", "Muslim", "Other religion"],
    ...     "submitted": [903, 679, 53, 89], "accepted": [75, 80, 2, 11],
    ... }))
    >>> census = benchmark(counts, "census_2001_religion")
    >>> census
    <BenchmarkComparison: census_2001_religion; No religion 2.63 of the benchmark (2.47 to 2.78)>
    >>> print(census.cautions[1])
    The benchmark is printed to the nearest per cent: rounding alone moves an index by up to 7.1 %.
    """
    check_asked(counts, where=where, cohort=cohort, confidence=confidence)
    counts = one_cohort(counts, cohort, where=where)
    found = load_benchmark(against)
    check_known(
        [found.characteristic],
        counts.characteristics,
        argument="characteristic",
        of=f"counted, and benchmark {found.name!r} is about it",
    )
    stages = counts.process.stage_keys
    if stage is None and found.stage not in stages:
        raise ArgumentError(
            f"Benchmark {found.name!r} is of people at the stage {found.stage!r}, which these counts do not "
            f"have. Possible: {listed(stages)}.{did_you_mean(found.stage, stages)} Where one of them is the "
            "same, name it in the column 'stage' of a file of your own."
        )
    at = found.stage if stage is None else stage
    check_known([at], stages, argument="stage", of="a stage of these counts")
    funnel = counts.funnel(found.characteristic, level="detailed", not_stated=True, where=where)
    mapped = _mapped(found, counts, funnel)
    column = funnel.stages.index(at)
    if funnel.unknown[:, column].any():
        known = [key for i, key in enumerate(stages) if not funnel.unknown[:, i].any()]
        raise ArgumentError(
            f"The table hides numbers of people at {at!r}, so they cannot be set beside a benchmark. "
            f"Stages without hidden numbers: {listed(known)}."
        )
    compare = _rates if found.measure == "rate" else _shares
    frame, fit = compare(found, mapped, column, at, confidence)
    cautions = _cautions(found, counts, funnel, mapped, column, at, where)
    method = (
        f"Compared with: {found.base} ({found.year}; {found.source}). "
        f"{_METHODS[found.measure]} Intervals at {confidence:.0%}."
    )
    return BenchmarkComparison(
        frame, method, (*counts.notes, *cautions), found, cautions, fit, names=Names.of(counts.programme)
    )


_METHODS: Final = {
    "share": (
        "The benchmark's shares are taken as exact: exact binomial p of each class, Wilson interval "
        "divided by "
        "the share, chi-squared test of fit of all classes together."
    ),
    "rate": (
        "The benchmark's rates are taken as exact, since they are printed without counts: exact binomial p, "
        "Wilson interval divided by the rate; impact ratios with score interval (Miettinen and "
        "Nurminen 1985)."
    ),
    "count": (
        "The benchmark's counts are treated as a second sample: score interval of the ratio of shares "
        "(Miettinen and Nurminen 1985), chi-squared test of both samples together."
    ),
}


@dataclass(frozen=True, eq=False, slots=True)
class _Mapped:
    """People by class and stage; which groups each class got; people of groups without a class."""

    reached: Ints
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    people_left_out: Ints


def _mapped(found: Benchmark, counts: StageCounts, funnel: Funnel) -> _Mapped:
    home = found.home_of(counts.programme.characteristic(found.characteristic))
    reached = np.zeros((len(found.classes), len(funnel.stages)), np.int64)
    left_out = np.zeros(len(funnel.stages), np.int64)
    without = []
    for i, group in enumerate(funnel.groups):
        if not funnel.stated[i]:
            continue
        if group in home:
            reached[home[group]] += funnel.reached[i]
        else:
            without.append(group)
            left_out += funnel.reached[i]
    names = tuple(
        "everyone else" if c.includes == (EVERYONE_ELSE,) else "; ".join(c.includes) for c in found.classes
    )
    return _Mapped(reached, names, tuple(without), left_out)


def _shares(
    found: Benchmark, mapped: _Mapped, column: int, at: str, confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count = mapped.reached[:, column]
    n = np.full(len(count), count.sum())
    estimate = wilson_interval(count, n, confidence=confidence)
    values = np.array([c.value for c in found.classes])
    total = values.sum()
    share = values if np.isclose(total, 1.0, atol=1e-9) else values / total
    if found.measure == "count":
        index = score_ratio_interval(count, n, values, np.full(len(values), total), confidence=confidence)
        test = two_group_p(count, n, values, np.full(len(values), total))
        p_value, named = test.p_value, np.asarray(test.method, object)
        both = chi_squared(np.stack([count, values], axis=1))
        fit = _fit_row(
            found, at, float(both.statistic), int(both.df), float(both.p_value),
            float(both.smallest_expected), "chi-squared of both samples",
        )  # fmt: skip
    else:
        index = _over(estimate, share)
        p_value, named = binomial_p(count, n, share), np.full(len(count), "binomial", object)
        one = goodness_of_fit(count, share)
        smallest = float(one.expected[share > 0].min()) if len(one.expected) else np.nan
        fit = _fit_row(found, at, one.statistic, one.df, one.p_value, smallest, "chi-squared test of fit")
    return _frame(found, mapped, at, count, n, estimate, share, index, p_value, named, confidence), fit


def _rates(
    found: Benchmark, mapped: _Mapped, column: int, at: str, confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count, n = mapped.reached[:, column], mapped.reached[:, 0]
    estimate = wilson_interval(count, n, confidence=confidence)
    rate = np.array([c.value for c in found.classes])
    p_value = binomial_p(count, n, rate)
    frame = _frame(
        found, mapped, at, count, n, estimate, rate, _over(estimate, rate), p_value,
        np.full(len(count), "binomial", object), confidence,
    )  # fmt: skip
    ratio = score_ratio_interval(count, n, count[0], n[0], confidence=confidence)
    is_first = np.arange(len(count)) == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        theirs = np.where(rate[0] > 0, rate / rate[0], np.nan)
    frame["reference"] = found.classes[0].label
    frame["impact_ratio"] = ratio.estimate
    frame["impact_ratio_low"] = np.where(is_first, np.nan, ratio.low)
    frame["impact_ratio_high"] = np.where(is_first, np.nan, ratio.high)
    frame["benchmark_impact_ratio"] = theirs
    fit = _fit_row(found, at, np.nan, 0, np.nan, np.nan, "")
    fit["status"] = "rates are not shares of a whole"
    return frame, fit


def _over(estimate: Interval, value: Floats) -> Interval:
    from stepup_equity.statistics import Interval

    with np.errstate(divide="ignore", invalid="ignore"):
        return Interval(
            *(
                np.where(value > 0, part / value, np.nan)
                for part in (estimate.estimate, estimate.low, estimate.high)
            )
        )


_COLUMNS: Final = [
    "benchmark", "characteristic", "group", "includes", "measure", "stage", "count", "denominator",
    "estimate", "conf_low", "conf_high", "benchmark_value", "index", "index_low", "index_high", "confidence",
    "p_value", "p_adjusted", "reference", "impact_ratio", "impact_ratio_low", "impact_ratio_high",
    "benchmark_impact_ratio", "method", "status",
]  # fmt: skip


def _frame(
    found: Benchmark,
    mapped: _Mapped,
    at: str,
    count: Ints,
    n: Ints,
    estimate: Interval,
    value: Floats,
    index: Interval,
    p_value: Floats,
    method: NDArray[np.object_],
    confidence: float,
) -> pd.DataFrame:
    import pandas as pd

    # two shares of a whole are one question asked twice
    one_test = len(found.classes) == 2 and found.measure != "rate"
    nobody = "nobody applied" if found.measure == "rate" else "nobody is at this stage"
    status = np.select(
        [n == 0, value == 0, np.array([c.label == "All others" for c in found.classes])],
        [nobody, "the benchmark has nobody here", "what the benchmark's shares leave"],
        "",
    )
    return pd.DataFrame(
        {
            "benchmark": found.name,
            "characteristic": found.characteristic,
            "group": [c.label for c in found.classes],
            "includes": list(mapped.names),
            "measure": found.measure,
            "stage": at,
            "count": count,
            "denominator": n,
            "estimate": estimate.estimate,
            "conf_low": estimate.low,
            "conf_high": estimate.high,
            "benchmark_value": value,
            "index": index.estimate,
            "index_low": index.low,
            "index_high": index.high,
            "confidence": confidence,
            "p_value": p_value,
            "p_adjusted": p_value if one_test else adjust(p_value, "holm"),
            "reference": "",
            "impact_ratio": np.nan,
            "impact_ratio_low": np.nan,
            "impact_ratio_high": np.nan,
            "benchmark_impact_ratio": np.nan,
            "method": method,
            "status": status,
        }
    )[_COLUMNS]


def _fit_row(
    found: Benchmark, at: str, statistic: float, df: int, p_value: float, smallest: float, method: str
) -> pd.DataFrame:
    import pandas as pd

    status = f"smallest expected count {smallest:.1f}" if smallest < _SMALL else ""
    return pd.DataFrame(
        {
            "benchmark": [found.name],
            "characteristic": [found.characteristic],
            "stage": [at],
            "statistic": [statistic],
            "df": [df],
            "p_value": [p_value],
            "method": [method],
            "status": [status],
        }
    )


def _cautions(
    found: Benchmark,
    counts: StageCounts,
    funnel: Funnel,
    mapped: _Mapped,
    column: int,
    at: str,
    where: Mapping[str, str] | None,
) -> tuple[str, ...]:
    sentences = [found.caution] if found.caution else []
    rounding = max(
        (c.half_unit / c.value for c in found.classes if c.value > 0 and c.half_unit > 0), default=0.0
    )
    if rounding >= 0.005:
        printed = "per cent" if max(c.half_unit for c in found.classes) >= 0.004 else "tenth of a per cent"
        sentences.append(
            f"The benchmark is printed to the nearest {printed}: rounding alone moves an index by up to "
            f"{100 * rounding:.2g} %."
        )
    base = 0 if found.measure == "rate" else column
    stage = counts.process.stage_keys[base]
    everyone = int(funnel.reached[:, base].sum())
    silent = int(funnel.reached[~funnel.stated, base].sum())
    if silent:
        sentences.append(
            f"{silent:,} of the {everyone:,} people at stage {stage!r} are {NOT_STATED.lower()} and left out."
        )
    out = int(mapped.people_left_out[base])
    if out:
        sentences.append(
            f"{out:,} people are in groups that the benchmark does not name, and left out: "
            f"{', '.join(mapped.left_out)}."
        )
    cohorts = (where["cohort"],) if where and "cohort" in where else counts.cohorts
    if cohorts and found.year not in cohorts:
        named = f"cohort {cohorts[0]}" if len(cohorts) == 1 else f"cohorts {', '.join(cohorts)}"
        sentences.append(f"The benchmark is of {found.year}, the people compared are of {named}.")
    if at != found.stage:
        sentences.append(f"The benchmark is meant for stage {found.stage!r}, and compared with {at!r}.")
    return tuple(sentences)
