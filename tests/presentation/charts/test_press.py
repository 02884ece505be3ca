"""Files made in a second process: the same bytes, and here where there is none."""

from __future__ import annotations

import time
from functools import partial

import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.findings.models.begun import begin_with_blanks
from stepup_equity.presentation.charts import plot, press
from stepup_equity.presentation.charts.axes import ChartAxes
from stepup_equity.presentation.charts.files import files_of
from stepup_equity.presentation.charts.sketches import ChartFiles, Sketch, sketch_of
from stepup_equity.words.unit import Unit, speaking
from tests.presentation import cases


def charts() -> list[Sketch | ChartAxes]:
    counts = cases.cases()["hostile labels"]
    verbs = (su.selection_rates, su.impact_ratios, su.gap_decomposition, su.exits, su.cliff_edges)
    with speaking(Unit(applications=True)):
        sketches = [sketch_of(plot, verb(counts)) for verb in verbs]
    axes = su.selection_rates(counts).plot()
    assert isinstance(axes, ChartAxes)
    return [*sketches, axes]


def made_here(wanted: list[Sketch | ChartAxes]) -> list[ChartFiles]:
    return [files_of(chart) for chart in wanted]


def made_with(machine: press.Press, wanted: list[Sketch | ChartAxes]) -> list[ChartFiles]:
    return [made() for made in [machine.files(chart) for chart in wanted]]


@pytest.fixture
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("two_processors")
def test_the_other_process_makes_the_same_bytes() -> None:
    wanted = charts()
    with press.Press() as beside:
        worker = beside._worker
        assert worker is not None
        coming = [beside.files(chart) for chart in wanted]
        beside._hand.submit(time.sleep, 0).result()  # behind the last of them, so all were made there
        made = [files() for files in coming]
        assert worker.poll() is None
    assert made == made_here(wanted)
    assert worker.wait(timeout=60) != 0


@pytest.mark.usefixtures("two_processors")
def test_who_leaves_early_waits_for_nothing_and_leaves_no_process() -> None:
    wanted = charts()
    with press.Press() as outer, outer as beside:
        worker, coming = beside._worker, [beside.files(chart) for chart in wanted * 20]
        assert worker is not None
    assert not all(order.done() and not order.cancelled() for order in beside._ordered)
    beside._hand.shutdown()
    assert worker.poll() not in (None, 0)
    assert all(stream.closed for stream in (worker.stdin, worker.stdout) if stream)
    assert len(coming) == len(beside._ordered)


def test_a_sketch_is_drawn_with_the_words_it_was_made_with() -> None:
    """Wherever it is drawn, and in whatever words others speak there."""
    sketch, *_ = charts()
    axes = sketch.axes() if isinstance(sketch, Sketch) else sketch
    words = " ".join(text.get_text() for text in axes.texts)
    assert "applications" in words
    assert "people" not in words.replace("people's", "")
    with speaking(Unit(applications=True)):
        told = files_of(axes)
    assert files_of(sketch) == told


@pytest.mark.usefixtures("two_processors")
def test_what_is_needed_before_it_was_begun_is_made_here() -> None:
    wanted = charts()
    with press.Press() as beside:
        beside._hand.submit(time.sleep, 0.5)
        assert made_with(beside, wanted) == made_here(wanted)
        asked_twice = beside.files(wanted[0])
        assert asked_twice() is asked_twice()


@pytest.mark.usefixtures("two_processors")
def test_a_process_that_stops_is_done_without() -> None:
    wanted = charts()
    with press.Press() as beside:
        assert beside._worker is not None
        beside._worker.kill()
        beside._worker.wait()
        made = made_with(beside, wanted)
    assert made == made_here(wanted)


@pytest.mark.usefixtures("two_processors")
def test_what_fails_there_fails_here_and_the_rest_goes_on() -> None:
    (wanted, *_) = charts()
    with press.Press() as beside:
        assert beside._worker is not None
        wrong, made = beside.begin(partial(int, "no number")), beside.files(wanted)
        with pytest.raises(ValueError, match="'no number'"):
            wrong()
        assert made() == files_of(wanted)
        assert beside._worker.poll() is None


@pytest.mark.usefixtures("two_processors")
def test_people_with_blanks_are_shared_out_there_as_here() -> None:
    counts = cases.cohort_one()
    formula = "gender + religion + orientation"
    with press.Press() as beside:
        coming = begin_with_blanks(counts, formula, denominator="entered", begin=beside.begin)
        beside._hand.submit(time.sleep, 0).result()
        there = coming()
    here = su.progression_model(counts, formula, missing="em")
    pd.testing.assert_frame_equal(there.frame, here.frame)
    pd.testing.assert_frame_equal(there.adjusted_ratios, here.adjusted_ratios)
    assert (there.method, there.notes, repr(there)) == (here.method, here.notes, repr(here))


@pytest.mark.usefixtures("two_processors")
def test_a_process_that_cannot_be_started_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press.sys, "executable", "no such program")
    with press.Press() as here:
        assert here._worker is None
        assert made_with(here, charts()[:1])[0].png[:4] == b"\x89PNG"


@pytest.mark.usefixtures("two_processors")
def test_few_charts_are_made_here() -> None:
    with press.Press(beside=False) as here:
        assert here._worker is None
