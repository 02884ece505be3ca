"""Nothing overlaps, nothing is cut, nothing is empty: every kind of chart on every hard case, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.charts.style import chart_style
from stepup_equity.presentation.pictures import KINDS, of_kinds
from tests.presentation import cases
from tests.presentation.conftest import answers_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from stepup_equity.presentation.answers import Answers

TOUCHING = 1.0
"""Points by which the boxes of two words may meet: letters do not fill their box."""


def boxes(ax: Axes) -> tuple[list[str], np.ndarray]:
    """Words on a chart and the room each takes: left, bottom, right, top in points."""
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.set_dpi(72)
    texts = [text for text in ax.texts if text.get_text()]
    renderer = FigureCanvasAgg(figure).get_renderer()
    with chart_style():
        found = [text.get_window_extent(renderer=renderer) for text in texts]
    return [text.get_text() for text in texts], np.array([[b.x0, b.y0, b.x1, b.y1] for b in found])


def overlapping(words: list[str], room: np.ndarray) -> list[tuple[str, str]]:
    """Pairs of words whose boxes share more than a hair."""
    low, high = room[:, None, :2], room[:, None, 2:]
    shared = np.minimum(high, high.transpose(1, 0, 2)) - np.maximum(low, low.transpose(1, 0, 2))
    both = np.triu((shared > TOUCHING).all(2), 1)
    return [(words[i], words[j]) for i, j in np.argwhere(both)]


def assert_well_laid_out(ax: Axes, where: str) -> None:
    words, room = boxes(ax)
    assert words, where
    assert not overlapping(words, room), where
    wide, tall = (side * 72 for side in ax.figure.get_size_inches())
    out = (room[:, 0] < 0) | (room[:, 1] < 0) | (room[:, 2] > wide) | (room[:, 3] > tall)
    assert not [words[i] for i in np.flatnonzero(out)], where
    assert ax.collections, where
    for shapes in ax.collections:
        corners = np.vstack([path.vertices for path in shapes.get_paths()])
        places = shapes.get_transform().transform(corners)
        assert (places > -1).all(), where
        assert (places < np.array([wide, tall]) + 1).all(), where


@pytest.mark.parametrize("case", [*cases.cases(), "two cohorts"])
def test_words_neither_overlap_nor_leave_the_page(case: str) -> None:
    counts = cases.two_cohorts() if case == "two cohorts" else cases.cases()[case]
    answers = answers_of(counts)
    look = Look(answers.names, answers.references, answers.flags)
    for kind, name in of_kinds(counts, counts.characteristics, None):
        assert_well_laid_out(KINDS[kind].draw(answers, look, name), f"{kind} {name}")


def test_charts_of_all_characteristics_under_headings(cohort_answers: Answers) -> None:
    look = Look(cohort_answers.names, cohort_answers.references, cohort_answers.flags)
    for kind in ("cliffs", "residuals", "detectable", "missing", "process"):
        assert_well_laid_out(KINDS[kind].draw(cohort_answers, look, ""), kind)
    assert_well_laid_out(KINDS["ratios"].draw(cohort_answers, look, "ethnicity"), "crude and adjusted")


def test_a_measured_overlap_is_found() -> None:
    ax = Figure().add_subplot()
    ax.text(0.1, 0.1, "one")
    ax.text(0.11, 0.1, "two")
    ax.text(0.8, 0.8, "far")
    assert overlapping(*boxes(ax)) == [("one", "two")]


@pytest.mark.parametrize("kind", ["funnel", "ratios", "gap", "cliffs", "curves", "composition"])
def test_every_group_has_a_row_and_every_gate_a_column(kind: str) -> None:
    counts = cases.cases()["nineteen groups"]
    answers = answers_of(counts)
    ax = KINDS[kind].draw(
        answers, Look(answers.names, answers.references), "" if kind == "cliffs" else "ethnicity"
    )
    shown = " ".join(text.get_text() for text in ax.texts)
    for group in cases.NINETEEN:
        if group != "White British" or kind in ("funnel", "composition"):
            assert all(word in shown for word in group.split()), group
    if kind not in ("curves", "composition"):
        assert "Eligibility" in shown
        assert "Acceptance" in shown
