"""Nothing overlaps, nothing is cut, nothing is empty: every kind of chart on every hard case, measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from matplotlib.figure import Figure

import stepup_equity as su
from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.pictures import KINDS, look_of, of_kinds
from stepup_equity.process import SelectionProcess
from tests.presentation import cases
from tests.presentation.charts.measured import assert_well_laid_out, boxes, overlapping
from tests.presentation.conftest import answers_of

if TYPE_CHECKING:
    from stepup_equity.presentation.answers import Answers


@pytest.mark.parametrize("case", [*cases.cases(), "two cohorts"])
def test_words_neither_overlap_nor_leave_the_page(case: str) -> None:
    counts = cases.two_cohorts() if case == "two cohorts" else cases.cases()[case]
    answers = answers_of(counts)
    look = look_of(answers)
    for kind, name in of_kinds(counts, counts, counts.characteristics, None):
        assert_well_laid_out(KINDS[kind].draw(answers, look, name), f"{kind} {name}")


def test_charts_of_all_characteristics_under_headings(cohort_answers: Answers) -> None:
    look = look_of(cohort_answers)
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
    if kind == "funnel":
        assert "Eligible" in shown
    elif kind not in ("curves", "composition"):
        assert "Eligibility" in shown
        assert "Acceptance" in shown


@pytest.mark.parametrize("size", ["page", "slide"])
def test_numbers_of_twelve_stages_do_not_touch(size: str) -> None:
    """Stages that have no room for their number go without; the first and the last have one."""
    keys = [f"stage_{number}" for number in range(1, 13)]
    rows = [("sex", f"Group {start}", *range(start, start - 12, -1)) for start in (90, 60, 40, 30, 20)]
    frame = pd.DataFrame(rows, columns=["characteristic", "group", *keys])
    counts = su.StageCounts.from_table(frame, SelectionProcess.from_keys(keys))
    ax = su.selection_rates(counts).plot(kind="curves", size=size)
    assert_well_laid_out(ax, f"curves of twelve stages, {size}")
    said = [text.get_text() for text in ax.texts]
    assert {"1", "12"} <= set(said)
