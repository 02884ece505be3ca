"""Benchmarks and pass marks drawn: places and words of the artists against the numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import stepup_equity as su
from stepup_equity.presentation.charts.scale import ratio_scale
from tests.findings.test_pass_marks import MARK, PROGRAMME, synthetic
from tests.presentation.charts.test_drawn_data import shapes, words

EXAMPLES = Path(__file__).parents[3] / "data" / "examples"


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return su.count_stages(su.read_applicants(EXAMPLES / "cohort_one.csv"))


@pytest.mark.parametrize("name", su.list_benchmarks())
def test_benchmark_is_drawn_at_its_indices_with_its_cautions(name: str, counts: su.StageCounts) -> None:
    found = su.benchmark(counts, name)
    ax = found.plot()
    frame = found.frame
    scale = ratio_scale(frame["index"])
    (ends,) = {round(float(s[1, 0]), 6) for s in shapes(ax, "line")} or {0.0}
    inside = ~scale.beyond(frame["index"])
    middles = np.array([(s[:, 0].min() + s[:, 0].max()) / 2 for s in shapes(ax, "estimate ")])
    length = ends / float(scale.share(1.0))
    assert middles == pytest.approx(length * scale.share(frame["index"])[inside])
    shown = " ".join(words(ax))
    for caution in found.cautions:
        assert caution.split(". ")[0][:40] in shown
    assert found.against.source[:30] in shown


def test_benchmark_title_names_the_class_farthest_away(counts: su.StageCounts) -> None:
    shown = words(su.benchmark(counts, "census_2001_religion").plot())
    assert shown[0] == "No religion: 39% here, 15% in the benchmark"
    shown = words(su.benchmark(counts, "ucas_2010_gender_masters").plot())
    assert shown[0] == "No share is evidently apart from the benchmark's"


def test_pass_marks_follow_their_ratios() -> None:
    marks = su.pass_marks(
        su.read_applicants(synthetic(), programme=PROGRAMME),
        score=["written", "group_exercise"], gate="assessed", by="gender", mark=MARK,
    )  # fmt: skip
    ax = marks.plot()
    frame = marks.frame
    enough = frame[(frame["group"] == "Female") & (frame["passed"] >= 10)]["mark"]
    male = frame[(frame["group"] == "Male") & frame["mark"].isin(enough)]
    (curve,) = shapes(ax, "ratio Male")
    (line,) = shapes(ax, "line 1")
    (floor,) = shapes(ax, "line 0")
    unit = floor[0, 1] - line[0, 1]
    assert (floor[0, 1] - curve[:, 1]) / unit == pytest.approx(np.minimum(male["impact_ratio"], 1.5))
    (upright,) = shapes(ax, "mark")
    share = (MARK - male["mark"].min()) / (male["mark"].max() - male["mark"].min())
    assert upright[0, 0] == pytest.approx(line[0, 0] + share * (line[1, 0] - line[0, 0]))
    low = marks.frame[marks.frame["actual"]]["impact_ratio"].min()
    assert words(ax)[0] == f"At the mark of 60, Male pass at {low:.2f} times the rate of Female"


def test_pass_marks_without_an_actual_mark() -> None:
    marks = su.pass_marks(
        su.read_applicants(synthetic(300), programme=PROGRAMME), score="written", gate="assessed", by="gender"
    )
    ax = marks.plot()
    assert shapes(ax, "mark") == []
    assert words(ax)[0] == "Impact ratios by pass mark at assessed"
