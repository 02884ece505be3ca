"""Charts behave as others do in notebooks, grids and scripts: fitted into their room, found by pyplot."""

from __future__ import annotations

import pickle
import threading
import warnings
from typing import TYPE_CHECKING

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from PIL import Image

import stepup_equity as su
from stepup_equity.presentation.charts.axes import ChartAxes
from stepup_equity.presentation.charts.style import contrast
from tests.presentation import cases
from tests.presentation.charts.measured import assert_well_laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    plt.close("all")
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def rates() -> su.findings.SelectionRates:
    return su.selection_rates(cases.cases()["six groups"])


def test_pyplot_finds_the_chart_and_saves_it(rates: su.findings.SelectionRates, tmp_path: Path) -> None:
    ax = rates.plot(dpi=50)
    assert plt.gcf() is ax.figure
    plt.savefig(tmp_path / "chart.png")
    with Image.open(tmp_path / "chart.png") as saved:
        assert saved.width == round(ax.figure.get_figwidth() * 50)


def test_a_chart_that_shows_itself_is_not_shown_twice(rates: su.findings.SelectionRates) -> None:
    ax = rates.plot()
    assert isinstance(ax, ChartAxes)
    assert ax._repr_html_().startswith('<img alt="Ethnicity')
    assert not plt.get_fignums()


def test_many_charts_leave_no_more_than_ten_figures_open(rates: su.findings.SelectionRates) -> None:
    mine = plt.figure()
    for _ in range(12):
        rates.plot()
    assert len(plt.get_fignums()) == 11
    assert plt.fignum_exists(mine.number), "figures of others stay"


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
def test_charts_share_a_grid_with_others(rates: su.findings.SelectionRates, layout: str | None) -> None:
    figure = Figure(figsize=(13, 9), layout=layout)
    (a, b), (c, d) = figure.subplots(2, 2)
    c.plot([1, 2])
    c.set_ylabel("two\nlines")
    assert rates.plot(ax=a) is a
    rates.plot(ax=b, kind="rates")
    su.cliff_edges(cases.cases()["six groups"]).plot(ax=d)
    figure.draw_without_rendering()
    for ax in (a, b, d):
        assert_well_laid_out(ax, f"{layout} grid")


def test_charts_are_laid_out_again_in_subfigures_and_windows(rates: su.findings.SelectionRates) -> None:
    figure = Figure(figsize=(12, 6))
    left, right = figure.subfigures(1, 2)
    ax = left.subplots()
    right.subplots().plot([1, 2])
    rates.plot(ax=ax)
    for size in ((12, 6), (8, 9), (6, 4)):
        figure.set_size_inches(size)
        figure.draw_without_rendering()
        assert_well_laid_out(ax, f"{size}")


def test_a_second_chart_takes_the_place_of_the_first(rates: su.findings.SelectionRates) -> None:
    ax = Figure(figsize=(9, 6)).subplots()
    rates.plot(ax=ax)
    first = len(ax.texts)
    rates.plot(ax=ax)
    assert len(ax.texts) == first


@pytest.mark.parametrize("size", ["slide", "page"])
def test_sizes(rates: su.findings.SelectionRates, size: str) -> None:
    ax = rates.plot(size=size)
    wide, tall = ax.figure.get_size_inches()
    assert_well_laid_out(ax, size)
    if size == "slide":
        assert abs(wide / tall - 16 / 9) < 0.01
        assert min(text.get_fontsize() for text in ax.texts) > 8
    else:
        assert wide == pytest.approx(6.9)


def test_on_a_dark_ground_words_and_marks_stand_out(rates: su.findings.SelectionRates) -> None:
    with plt.style.context("dark_background"):
        own = rates.plot()
        given = plt.figure(figsize=(9, 6)).subplots()
        su.cliff_edges(cases.cases()["zero cells"]).plot(ax=given)
    for ax in (own, given):
        for text in ax.texts:
            assert contrast(text.get_color(), "#000000") > 4.5 or _on_a_light_tile(ax, text), text.get_text()


def _on_a_light_tile(ax: ChartAxes, text: mpl.text.Text) -> bool:
    faces = [mpl.colors.to_hex(face) for group in ax.collections for face in group.get_facecolor()]
    return any(contrast(face, text.get_color()) > 4.5 for face in faces if contrast(face, "#000000") > 4)


def test_a_title_set_afterwards_replaces_the_finding(rates: su.findings.SelectionRates) -> None:
    ax = rates.plot()
    before = ax.texts[0].get_text()
    ax.set_title("In our own words")
    shown = [text.get_text() for text in ax.texts]
    assert shown[0] == "In our own words"
    assert before not in shown
    assert_well_laid_out(ax, "title")
    assert rates.plot(title="Mine").texts[0].get_text() == "Mine"


def test_groups_and_order(rates: su.findings.SelectionRates) -> None:
    ax = rates.plot(groups=["Black", "Arab"])
    shown = [text.get_text() for text in ax.texts]
    assert [word for word in shown if word in ("Black", "Arab", "Mixed", "Indian")] == ["Black", "Arab"]
    ordered = [text.get_text() for text in rates.plot(order=["Other", "Indian"], kind="rates").texts]
    assert ordered.index("Other") < ordered.index("Indian") < ordered.index("Mixed")


def test_what_a_picture_cannot_be_is_said(rates: su.findings.SelectionRates) -> None:
    with pytest.raises(su.ArgumentError, match=r"'Blak' is not a group of this result\. Possible"):
        rates.plot(groups=["Blak"])
    with pytest.raises(su.ArgumentError, match=r"groups='Black' is one text\. Give a list"):
        rates.plot(groups="Black")
    with pytest.raises(su.ArgumentError, match="size= and dpi= make a new figure"):
        rates.plot(ax=Figure().subplots(), size="slide")
    with pytest.raises(su.ArgumentError, match="size='poster' is not a size"):
        rates.plot(size="poster")
    with pytest.raises(su.ArgumentError, match="kind='pie' is not a picture of a SelectionRates"):
        rates.plot(kind="pie")
    assert not plt.get_fignums()


def test_charts_in_threads_leave_the_users_settings_alone(rates: su.findings.SelectionRates) -> None:
    from stepup_equity.presentation.charts import plot

    before = dict(mpl.rcParams)
    threads = [threading.Thread(target=lambda: [plot(rates) for _ in range(2)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert dict(mpl.rcParams) == before


def test_labels_are_no_mathematics_whatever_the_users_style(rates: su.findings.SelectionRates) -> None:
    hostile = su.selection_rates(cases.cases()["hostile labels"])
    with mpl.rc_context({"text.parse_math": True, "axes.formatter.use_mathtext": True}):
        ax = Figure(figsize=(12, 9)).subplots()
        hostile.plot(ax=ax)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
            ax.figure.draw_without_rendering()
    assert not any(text.get_parse_math() or text.get_usetex() for text in ax.texts)
    assert np.isfinite([text.get_fontsize() for text in ax.texts]).all()


def test_axes_that_somebody_cleared_stay_clear(rates: su.findings.SelectionRates) -> None:
    figure = Figure(figsize=(9, 6))
    ax = rates.plot(ax=figure.subplots())
    ax.clear()
    figure.set_size_inches(5, 5)
    figure.draw_without_rendering()
    assert not ax.texts


def test_a_result_knows_names_reference_and_edges_of_its_picture() -> None:
    counts = cases.cohort_one()
    shown = " ".join(text.get_text() for text in su.selection_rates(counts, by="ethnicity").plot().texts)
    assert "White British (reference)" in shown
    assert "Application submitted" in shown
    assert "▼ ↓ 20%" in shown
    broad = su.impact_ratios(counts, by="ethnicity").plot(level="broad")
    words = [text.get_text() for text in broad.texts]
    assert {"Black", "Asian", "Screening"} <= set(words)
    assert "Black African" not in words
    plan = pd.DataFrame({"criterion": ["Values"], "exercise": ["Talk"]})
    with pytest.raises(su.ArgumentError, match="cannot be asked again at another level"):
        su.criteria_coverage(plan).plot(level="broad")


def test_a_pickled_result_leaves_the_counts_behind(rates: su.findings.SelectionRates) -> None:
    assert rates.question is not None
    again = pickle.loads(pickle.dumps(rates))
    assert again.question is None
    assert again.frame.equals(rates.frame)
    assert rates.question is not None
