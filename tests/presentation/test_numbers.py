"""Numbers as printed: laws, and the words of every edge."""

from __future__ import annotations

import math

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from stepup_equity.output import csv_bytes
from stepup_equity.presentation.charts.style import text_width, wrap
from stepup_equity.presentation.html import number_in_words
from stepup_equity.spreadsheets import Column, Sheet, Table
from stepup_equity.spreadsheets.model import printable
from stepup_equity.spreadsheets.pages import pages
from stepup_equity.words.numbers import (
    count,
    difference,
    interval,
    p_figure,
    people_lost,
    percent,
    probability,
    ratio,
    signed,
    signed_interval,
    would_pass,
)
from tests.presentation.workbook_examples import example

SHARES = st.floats(0, 1)


@given(SHARES)
def test_percent_is_all_or_nothing_only_where_it_is(share: float) -> None:
    words = percent(share)
    assert (words == "0%") == (share == 0)
    assert (words == "100%") == (share == 1)


@given(SHARES)
def test_percent_is_within_its_own_rounding(share: float) -> None:
    words = percent(share)
    if words[0] in "<>":
        return
    printed = float(words.rstrip("%")) / 100
    assert abs(printed - share) <= (0.0005 if "." in words else 0.005) + 1e-9


@given(st.floats(-1e6, 1e6), st.integers(0, 3))
def test_no_zero_has_a_sign(value: float, decimals: int) -> None:
    words = signed(value, decimals)
    half = 0.5 * 10**-decimals + 1e-9  # 1.3 is a hair further from 1.25 than 0.05
    assert math.isclose(float(words.replace("−", "-").replace(",", "")), value, abs_tol=half)
    assert any(digit in words for digit in "123456789") or words[0] == "0"
    assert signed(value, decimals, plus=False) == words.removeprefix("+")


@given(st.floats(-1e3, 1e3).filter(lambda end: end == 0 or abs(end) > 1e-9), st.integers(0, 3))
def test_an_end_of_an_interval_of_differences_is_on_its_side_of_zero(end: float, decimals: int) -> None:
    low, _, high = signed_interval(end, end, decimals).partition(" to ")
    printed = float(low.replace("−", "-").replace(",", ""))
    assert low == high
    assert (printed > 0) - (printed < 0) == (end > 0) - (end < 0)


def test_zeros_below_nothing() -> None:
    assert [percent(-0.0), ratio(-0.0), difference(-0.0), people_lost(-0.0)] == ["0%", "0", "0", "0"]
    assert number_in_words(-0.0) == "0"
    assert csv_bytes(pd.DataFrame({"a": [-0.0, -0.04]})) == b"a\n0.0\n-0.04\n"
    shares = Table("tab", (Column("Group", ("A", "B")), Column("Change", (-0.04, -0.06), 1)))
    page = pages(example(sheets=(Sheet("T_1", "Table", "Here.", shares),)))[-1]
    assert page.table is not None
    assert page.table.columns[1].values == (0.0, -0.06)


@given(st.floats(0, 1e6))
def test_ratio_never_prints_a_threshold_it_is_not_at(value: float) -> None:
    words = ratio(value)
    for threshold in (0.8, 1.25):
        if words == f"{threshold:.2f}":
            assert math.isclose(value, threshold, abs_tol=1e-6)
    assert (words == "0") == (value == 0)


@given(st.floats(0.0051, 9.99))
def test_ratio_is_on_the_side_of_a_threshold_that_it_is_on(value: float) -> None:
    printed = float(ratio(value))
    for threshold in (0.8, 1.25):
        if abs(value - threshold) > 1e-6:
            assert (printed < threshold) == (value < threshold) or math.isclose(printed, value, abs_tol=0.005)
            assert printed != threshold


@given(st.floats(0, 1))
def test_probability_is_never_zero(p: float) -> None:
    assert probability(p) != "p = 0.000"
    assert probability(p) == "p < 0.001" or p >= 0.001


def test_edges_in_words() -> None:
    nan = float("nan")
    assert [percent(nan), ratio(nan), difference(nan), probability(nan)] == ["–", "–", "–", "no p-value"]
    assert ratio(math.inf) == "∞"
    assert interval(0, math.inf) == "0 or more"
    assert [people_lost(0.49), people_lost(-0.49)] == ["0", "0"]
    assert [difference(-0.004), difference(0.005), difference(-0.025)] == ["0", "+1", "−3"]
    assert would_pass(9_999_999, 4_999_998, 9_999_998) == 4_999_998  # 4,999,998.4999999
    assert [p_figure(0.0504), p_figure(0.0496), p_figure(0.05)] == ["0.0504", "0.050", "0.050"]
    assert [count(0, "person", "people"), count(1, "person", "people"), count(2, "person", "people")] == [
        "no people",
        "1 person",
        "2 people",
    ]


@settings(deadline=None)
@given(st.text(max_size=60), st.floats(20, 400))
def test_wrapped_lines_fit_and_lose_no_letter_unless_they_say_so(text: str, width: float) -> None:
    lines = wrap(text, width, most=50)
    assert all(text_width(line) <= width or len(line) == 1 for line in lines)
    without_blanks = str.maketrans("", "", " \t\r\n\f\v")
    kept = "".join(lines).translate(without_blanks)
    assert kept == printable(text).translate(without_blanks) or "…" in lines[-1]


@settings(deadline=None, max_examples=30)
@given(st.text(min_size=40, max_size=80))
def test_a_label_too_long_ends_with_an_ellipsis(text: str) -> None:
    lines = wrap(text, 40, most=2)
    assert len(lines) <= 2
    whole = wrap(text, 40, most=500)
    assert lines == whole or lines[-1].endswith("…")
