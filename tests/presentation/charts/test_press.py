"""Files made in a second process: the same bytes, and here where there is none."""

from __future__ import annotations

import time

import pytest
from matplotlib.figure import Figure

import stepup_equity as su
from stepup_equity.presentation.charts import press
from stepup_equity.presentation.charts.files import files_of
from tests.presentation import cases


def figures() -> list[Figure]:
    counts = cases.cases()["hostile labels"]
    axes = (verb(counts).plot() for verb in (su.selection_rates, su.impact_ratios, su.gap_decomposition))
    return [figure for ax in axes if isinstance(figure := ax.figure, Figure)]


def made_here(drawn: list[Figure]) -> list[tuple[str, bytes]]:
    return [(svg(), png()) for svg, png in (files_of(figure, "a < b", "in words") for figure in drawn)]


def made_with(machine: press.Press, drawn: list[Figure]) -> list[tuple[str, bytes]]:
    coming = [machine.files(figure, "a < b", "in words") for figure in drawn]
    return [(svg(), png()) for svg, png in coming]


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("two_processors")
def test_the_other_process_makes_the_same_bytes() -> None:
    drawn = figures()
    with press.Press() as beside:
        assert beside._worker is not None
        coming = [beside.files(figure, "a < b", "in words") for figure in drawn]
        beside._hand.submit(time.sleep, 0).result()  # behind the last of them, so all were made there
        made = [(svg(), png()) for svg, png in coming]
        assert beside._worker.poll() is None
    assert made == made_here(drawn)
    assert beside._worker.poll() is not None


@pytest.mark.usefixtures("two_processors")
def test_what_is_needed_before_it_was_begun_is_made_here() -> None:
    drawn = figures()
    with press.Press() as beside:
        beside._hand.submit(time.sleep, 0.5)
        assert made_with(beside, drawn) == made_here(drawn)
        asked_twice = beside.files(drawn[0], "a < b", "in words")[1]
        assert asked_twice() is asked_twice()


@pytest.mark.usefixtures("two_processors")
def test_a_process_that_stops_is_done_without() -> None:
    drawn = figures()
    with press.Press() as beside:
        assert beside._worker is not None
        beside._worker.kill()
        beside._worker.wait()
        made = made_with(beside, drawn)
    assert made == made_here(drawn)


@pytest.mark.usefixtures("two_processors")
def test_a_process_that_cannot_be_started_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.sys, "executable", "no such program")
    with press.Press() as here:
        assert here._worker is None
        assert made_with(here, figures()[:1])[0][1][:4] == b"\x89PNG"


@pytest.mark.usefixtures("two_processors")
def test_few_charts_are_made_here() -> None:
    with press.Press(beside=False) as here:
        assert here._worker is None
