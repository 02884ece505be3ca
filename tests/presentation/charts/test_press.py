"""PNG files made in a second process: the same bytes, and here where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from matplotlib.figure import Figure

import stepup_equity as su
from stepup_equity.presentation.charts import press
from stepup_equity.presentation.charts.files import figure_to_png
from tests.presentation import cases

if TYPE_CHECKING:
    from collections.abc import Callable


def figures() -> list[Figure]:
    counts = cases.cases()["hostile labels"]
    axes = (verb(counts).plot() for verb in (su.selection_rates, su.impact_ratios, su.gap_decomposition))
    return [figure for ax in axes if isinstance(figure := ax.figure, Figure)]


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("two_processors")
def test_the_other_process_makes_the_same_bytes() -> None:
    drawn = figures()
    with press.Press(press.WORTH_IT) as beside:
        assert beside._worker is not None
        coming: list[Callable[[], bytes]] = [beside.png(figure) for figure in drawn]
        made = [png() for png in coming]
        assert beside._worker.poll() is None
    assert made == [figure_to_png(figure) for figure in drawn]
    assert beside._worker.poll() is not None


@pytest.mark.usefixtures("two_processors")
def test_a_process_that_stops_is_done_without() -> None:
    drawn = figures()
    with press.Press(press.WORTH_IT) as beside:
        assert beside._worker is not None
        beside._worker.kill()
        beside._worker.wait()
        made = [png() for png in [beside.png(figure) for figure in drawn]]
    assert made == [figure_to_png(figure) for figure in drawn]


@pytest.mark.usefixtures("two_processors")
def test_a_process_that_cannot_be_started_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.sys, "executable", "no such program")
    with press.Press(press.WORTH_IT) as here:
        assert here._worker is None
        assert here.png(figures()[0])()[:4] == b"\x89PNG"


def test_few_charts_are_made_here() -> None:
    with press.Press(press.WORTH_IT - 1) as here:
        assert here._worker is None
