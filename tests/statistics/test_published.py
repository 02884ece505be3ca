"""What printed numbers allow: by brute force, by law, and refused."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_equity.errors import StatisticError
from stepup_equity.statistics import (
    bases_of_percentages,
    chi_squared,
    counts_behind,
    counts_of_percentage,
    group_sets,
    smallest_base,
    table_shapes,
)


def printed_so(count: int, base: int, decimals: int) -> set[Decimal]:
    """Both ways of rounding a percentage: they differ at an exact half only."""
    unit = Decimal(1).scaleb(-decimals)
    exact = Decimal(100 * count) / Decimal(base)
    down = exact.quantize(unit, ROUND_FLOOR)
    up = exact.quantize(unit, ROUND_CEILING)
    if 2 * Decimal(100 * count) == (down + up) * base:
        return {down, up}
    return {down if 2 * Decimal(100 * count) < (down + up) * base else up}


@given(st.integers(1, 400), st.integers(0, 1000), st.sampled_from([0, 1]))
def test_counts_of_a_percentage_are_those_that_round_to_it(base: int, units: int, decimals: int) -> None:
    units = units if decimals else units // 10
    percentage = Decimal(units).scaleb(-decimals)
    low, high = counts_of_percentage(float(percentage), base, decimals)
    brute = [count for count in range(base + 1) if percentage in printed_so(count, base, decimals)]
    assert list(range(int(low), int(high) + 1)) == brute


@given(st.integers(1, 300), st.integers(0, 300))
def test_every_real_percentage_is_possible(base: int, count: int) -> None:
    count = min(count, base)
    for percentage in printed_so(count, base, 0):
        low, high = counts_of_percentage(float(percentage), base)
        assert low <= count <= high


def test_smallest_base_by_brute_force() -> None:
    for percentage in range(101):
        brute = next(n for n in range(1, 101) if any(percentage in printed_so(k, n, 0) for k in range(n + 1)))
        assert smallest_base(percentage) == brute


def test_bases_of_percentages_share_every_percentage() -> None:
    found = bases_of_percentages([37.6, 60], 150, 189, decimals=[1, 0])
    assert found.tolist() == [157, 165, 170, 173, 178, 181, 186, 189]
    assert bases_of_percentages([1, 99.5], 1, 10, decimals=1).tolist() == []


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=2, max_size=5), st.integers(2, 4))
def test_chi_squared_never_exceeds_the_bound_of_its_shape(cells: list[tuple[int, int]], columns: int) -> None:
    table = np.array([[a, b, a + b, a][:columns] for a, b in cells])
    test = chi_squared(table)
    if test.df < 1:
        return
    most = max(shape.most for shape in table_shapes(int(test.df), int(test.n)))
    assert float(test.statistic) <= most * (1 + 1e-9)


def test_shapes_have_their_degrees_of_freedom() -> None:
    for df in range(1, 40):
        shapes = table_shapes(df, 10)
        assert all((shape.rows - 1) * (shape.columns - 1) == df for shape in shapes)
        assert len(shapes) == sum(df % k == 0 and k * k <= df for k in range(1, df + 1))


def test_group_sets_tries_every_set_once() -> None:
    passed, entered = [75, 80, 2, 0], [903, 679, 53, 15]
    everything = group_sets(passed, entered, 0, np.inf, groups=3)
    # four groups of which three alone: 4; two alone and the other two together: 6
    assert everything.tried == len(everything.sets) == len(set(everything.sets)) == 10
    for chosen, statistic in zip(everything.sets, everything.statistic, strict=True):
        table = [[sum(passed[i] for i in g), sum(entered[i] - passed[i] for i in g)] for g in chosen]
        assert statistic == pytest.approx(float(chi_squared(table).statistic), rel=1e-12)


def rounds_to(counts: tuple[int, ...], base: int, printed: tuple[int, ...]) -> bool:
    return all(Decimal(p) in printed_so(count, base, 0) for count, p in zip(counts, printed, strict=True))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=3).filter(lambda row: sum(row) > 0))
def test_a_true_row_is_found_and_all_tables_are_counted(row: list[int]) -> None:
    base = sum(row)
    printed = tuple(int(max(printed_so(count, base, 0))) for count in row)
    behind = counts_behind([printed], [base])
    everything = [c for c in product(range(base + 1), repeat=len(row)) if sum(c) == base]
    assert behind.tables == sum(rounds_to(c, base, printed) for c in everything)
    assert not behind.disagrees.any()
    assert rounds_to(tuple(behind.counts[0].tolist()), base, printed)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=3).filter(
        lambda rows: all(sum(row) > 0 for row in rows)
    )
)
def test_true_rows_and_their_true_total_leave_a_table(rows: list[tuple[int, int]]) -> None:
    table = np.array([*rows, np.sum(rows, axis=0)])
    base = table.sum(axis=1)
    printed = [
        [float(max(printed_so(int(c), int(n), 0))) for c in row] for row, n in zip(table, base, strict=True)
    ]
    behind = counts_behind(printed, base, total_of=[len(rows)] * len(rows) + [-1])
    assert not behind.disagrees.any()
    assert behind.tables is not None
    assert behind.tables >= 1
    assert (behind.counts[:-1].sum(axis=0) == behind.counts[-1]).all()


def test_fewest_disagreements_by_brute_force() -> None:
    printed, bases = [[33, 67], [14, 86], [30, 70]], [3, 7, 10]
    best = min(
        sum(
            Decimal(p) not in printed_so(c, n, 0)
            for p, c, n in (
                (33, a, 3), (67, 3 - a, 3), (14, b, 7), (86, 7 - b, 7), (30, a + b, 10), (70, 10 - a - b, 10),
            )
        )
        for a in range(4)
        for b in range(8)
    )  # fmt: skip
    behind = counts_behind(printed, bases, total_of=[2, 2, -1])
    assert int(behind.disagrees.sum()) == best == 2


def test_too_many_tables_are_not_counted() -> None:
    behind = counts_behind([[10.0] * 10], [100_000])
    assert behind.tables is None
    assert not behind.disagrees.any()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: counts_of_percentage(12, 0), "base holds 0; a percentage is of 1 person or more."),
        (
            lambda: counts_of_percentage(12.5, 10),
            "percentage holds 12.5, which is below 0 or has more decimals than were printed.",
        ),
        (
            lambda: counts_of_percentage(12, 10.5),
            "base holds 10.5, which is not a count of people. Counts are whole numbers, 0 or more.",
        ),
        (
            lambda: bases_of_percentages([12], 10, 5),
            "lowest=10 is above highest=5. Give the smaller base first.",
        ),
        (lambda: smallest_base(120), "percentage=120 is not between 0 and 100."),
        (lambda: table_shapes(0, 10), "df=0 must be 1 or more: a table needs two rows and two columns."),
        (
            lambda: group_sets([1] * 13, [2] * 13, 0, 1, groups=2),
            "13 groups can be put together in 1594323 ways, more than 200000. Give fewer groups.",
        ),
        (
            lambda: counts_behind([[50, 50]], [10], known=[[9, 9]]),
            (
                "No table of whole numbers has these bases and printed counts, whatever the percentages. "
                "Check the bases, the counts and which rows add up to which."
            ),
        ),
    ],
)
def test_refusals(call: object, sentence: str) -> None:
    with pytest.raises(StatisticError) as error:
        call()  # type: ignore[operator]
    assert str(error.value) == sentence
