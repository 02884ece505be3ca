"""Every type of result has a picture, with words that are true of it and nothing that overlaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity import findings
from stepup_equity.examples import write_example
from stepup_equity.presentation.charts import plot
from stepup_equity.words.numbers import percent, ratio
from tests.presentation import cases
from tests.presentation.charts.measured import assert_well_laid_out

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def shapes(ax: Axes, gid: str) -> list[np.ndarray]:
    return [path.vertices for group in ax.collections if group.get_gid() == gid for path in group.get_paths()]


@pytest.fixture(scope="module")
def counts() -> su.StageCounts:
    return cases.cohort_one()


@pytest.fixture(scope="module")
def results(counts: su.StageCounts, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    here: Path = tmp_path_factory.mktemp("places")
    model = su.progression_model(counts, "gender + ethnicity", level={"ethnicity": "broad"}, interval="wald")
    claims = pd.DataFrame(
        [
            {"claim": "Muslim", "kind": "percentage", "printed": "2%", "count": "2", "base": "53"},
            {
                "claim": "Gender",
                "kind": "chi_squared",
                "printed": "2.14",
                "df": "1",
                "p": "0.14",
                "parts": "Female 141/1413; Male 27/362",
            },
        ]
    )
    plan = pd.DataFrame({"criterion": ["Values", "Values", "Care"], "exercise": ["Group", "Talk", "Group"]})
    made = (
        model,
        model.tests(),
        model.stacked(),
        model.crude_beside_adjusted(),
        su.trend_tests(counts),
        su.stratified_tests(counts, by="ethnicity", level="broad"),
        su.intersections(counts, by=["gender", "ethnicity"], level="broad", gates=["screened", "overall"]),
        su.maihda(counts, by=["gender", "ethnicity"], gate="screened", level={"ethnicity": "broad"}),
        su.random_intercept_model(counts, "gender", cluster="region", gate="eligible"),
        su.places(counts, write_example("places_2010", here)),
        su.audit_claims(claims),
        su.criteria_coverage(plan),
        su.exits(counts, by="gender"),
        su.reconstruct(counts, by=["gender", "ethnicity"], level={"ethnicity": "broad"}),
    )
    return {type(result).__name__: result for result in made}


def test_no_type_of_result_is_without_a_picture() -> None:
    types = [getattr(findings, name) for name in findings.__all__]
    for kind in types:
        if isinstance(kind, type) and issubclass(kind, findings.Result) and kind is not findings.Result:
            assert plot.dispatch(kind) is not plot.dispatch(object), kind.__name__


def test_pictures_of_all_kinds_are_well_laid_out(results: dict[str, Any]) -> None:
    for name, result in results.items():
        ax = plot(result)
        assert_well_laid_out(ax, name)
        assert ax.face.title
        assert ax.face.alt.startswith(ax.face.title), name


def test_steps_of_a_trend_are_the_frames(results: dict[str, Any]) -> None:
    result = results["TrendTests"]
    shown = words(plot(result))
    for value in result.frame["estimate"]:
        assert f"{100 * value:+.1f}".replace("-", "−") in shown


def test_ratios_within_strata_stand_beside_those_without(results: dict[str, Any]) -> None:
    result = results["StratifiedTests"]
    ax = plot(result)
    others = result.frame[result.frame["group"] != result.frame["reference"]]
    shown = words(ax)
    assert all(ratio(value) in shown for value in others["estimate"])
    within = [gid for gid in (group.get_gid() for group in ax.collections) if gid and "held equal" in gid]
    assert within


def test_the_map_of_crossed_groups_says_rate_and_people(results: dict[str, Any]) -> None:
    result = results["Intersections"]
    shown = words(plot(result))
    for row in result.frame.itertuples():
        rate = row.rate if np.isnan(row.estimate) else row.estimate
        told = f"{percent(rate)} of {row.denominator:,}" if row.denominator else "–"
        assert told in [word.removeprefix("▲ ").removeprefix("▼ ") for word in shown]


def test_parts_of_the_exits_add_up_to_those_who_entered(results: dict[str, Any]) -> None:
    result = results["Exits"]
    ax = plot(result)
    frame = result.frame
    people = frame[["group", "gate", "entered"]].drop_duplicates()
    parts = {group.get_gid() for group in ax.collections if str(group.get_gid()).startswith("part ")}
    total = sum(np.ptp(corners[:, 0]) for part in parts for corners in shapes(ax, part))
    rejected = sum(np.ptp(corners[:, 0]) for corners in shapes(ax, "part Rejected"))
    cells = int((people["entered"] > 0).sum())
    share = frame[frame["reason"] == "rejected"]["share"].sum()
    np.testing.assert_allclose(rejected / total, share / cells, atol=1e-9)


def test_places_have_one_scale(results: dict[str, Any]) -> None:
    result = results["Places"]
    ax = plot(result)
    frame = result.frame[result.frame["region"] != "All"]
    drawn = np.array([np.ptp(corners[:, 0]) for corners in shapes(ax, "share")]).reshape(-1, 2)
    expected = frame[["filled", "no_place"]].to_numpy(float)
    np.testing.assert_allclose(drawn / drawn.max(), expected / expected.max(), atol=1e-9)


def test_dumbbells_are_sorted_and_at_their_rates(counts: su.StageCounts) -> None:
    result = su.selection_rates(counts, by="ethnicity", level="broad")
    ax = result.plot(kind="dumbbell")
    whole = result.frame[(result.frame["gate"] == "overall") & result.frame["stated"]]
    by_rate = whole.sort_values("estimate")["group"].tolist()
    said = [word.removesuffix(" (reference)") for word in words(ax)]
    groups = [word for word in said if word in set(by_rate)]
    assert groups == by_rate
    dots = np.array([corners[:, 0].mean() for corners in shapes(ax, "rate")])
    assert len(dots) == result.frame["estimate"].notna().sum()
    assert_well_laid_out(ax, "dumbbell")


def test_hatching_means_too_few_people_and_nothing_else(counts: su.StageCounts) -> None:
    zero = cases.cases()["zero cells"]
    drawn = {
        "cliffs": plot(su.cliff_edges(zero)),
        "rates": su.selection_rates(zero).plot(kind="rates"),
        "funnel": plot(su.selection_rates(zero)),
        "composition": plot(su.composition(zero)),
        "crossed": plot(su.intersections(counts, by=["gender", "ethnicity"], gates=["screened"])),
    }
    hatched = {
        (name, str(group.get_gid()))
        for name, ax in drawn.items()
        for group in ax.collections
        if group.get_hatch() and group.get_gid()
    }
    assert hatched == {("cliffs", "tile too few to tell"), ("crossed", "tile few")}


def test_the_three_ratios_stand_one_below_the_other(results: dict[str, Any]) -> None:
    """Of everyone, of whom the model could use, and adjusted: each is drawn wherever the frame has it."""
    result = results["CrudeBesideAdjusted"]
    ax = plot(result)
    frame = result.frame[result.frame["group"] != result.frame["reference"]]
    marks = {
        "As counted, everyone": "crude_ratio",
        "As counted, the people the model could use": "crude_ratio_used",
        "These, with the other characteristics held equal": "adjusted_ratio",
    }
    heights = []
    for name, column in marks.items():
        drawn = shapes(ax, f"estimate {name}")
        known = frame[column].dropna()
        assert 0 < len(drawn) <= len(known)
        assert name in words(ax)
        heights.append(min(float(np.mean(corners[:, 1])) for corners in drawn))
    assert heights == sorted(heights)
    assert heights[0] < heights[1] < heights[2]


def _of_two(*reached: tuple[int, ...]) -> su.StageCounts:
    columns = [dict(zip(("applied", "sifted", "hired"), row, strict=True)) for row in reached]
    names = [{"characteristic": "origin", "group": group} for group in "AB"]
    return su.StageCounts.from_table(
        pd.DataFrame([name | row for name, row in zip(names, columns, strict=False)])
    )


def test_titles_of_groups_that_are_alike_set_none_above_another() -> None:
    """“From 0% (A) to 0% (B)” is a comparison of nothing."""
    nobody = su.selection_rates(_of_two((40, 0, 0), (40, 0, 0)))
    assert words(nobody.plot())[0] == "Origin: nobody of any group got to the end"
    assert words(nobody.plot(kind="dumbbell"))[0] == "Origin: over the whole way 0% in every group"
    alike = su.selection_rates(_of_two((40, 20, 10), (80, 40, 20)))
    assert words(alike.plot())[0] == "Origin: 25% of those who applied got to the end, in every group"


def test_a_picture_of_one_group_speaks_of_no_outline_and_of_no_comparison() -> None:
    one = _of_two((40, 20, 0))
    drawn = " ".join(words(su.selection_rates(one).plot()))
    assert "Outline" not in drawn
    assert words(su.impact_ratios(one).plot())[0] == "No group can be compared with the reference at any gate"
    assert words(su.cliff_edges(one).plot())[0] == "No comparison can be made, so none can be a cliff edge"


def test_where_nobody_of_either_group_passed_the_legend_does_not_say_that_nobody_got_there() -> None:
    drawn = " ".join(words(su.cliff_edges(_of_two((40, 0, 0), (40, 0, 0))).plot()))
    assert "nobody of one of the two got here, or nobody of either passed" in drawn
