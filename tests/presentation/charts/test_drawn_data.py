"""What is drawn is what the frame says: lengths, places and words of the artists against the numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.presentation.charts import plot
from stepup_equity.presentation.charts.axes import ChartAxes
from stepup_equity.presentation.charts.cliffs import draw_cliffs
from stepup_equity.presentation.charts.drawing import Look
from stepup_equity.presentation.charts.rates import plot_curves, plot_rates
from stepup_equity.words.names import Names
from stepup_equity.words.numbers import percent, ratio
from tests.presentation import cases

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def shapes(ax: Axes, gid: str) -> list[np.ndarray]:
    """Corners of every shape with this name, in points from the top left of the axes."""
    return [path.vertices for group in ax.collections if group.get_gid() == gid for path in group.get_paths()]


def widths(ax: Axes, gid: str) -> np.ndarray:
    return np.array([np.ptp(corners[:, 0]) for corners in shapes(ax, gid)])


def middles(ax: Axes, gid: str) -> np.ndarray:
    return np.array([(corners[:, 0].min() + corners[:, 0].max()) / 2 for corners in shapes(ax, gid)])


def words(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


@pytest.fixture
def zero() -> su.StageCounts:
    return cases.cases()["zero cells"]


def look_of(counts: su.StageCounts) -> Look:
    references = {name: str(counts.funnel(name).reference) for name in counts.characteristics}
    return Look(Names.of(counts.programme), references)


def test_bars_of_rates_are_as_long_as_the_rates(zero: su.StageCounts) -> None:
    rates = su.selection_rates(zero, by="ethnicity")
    frame = rates.frame[rates.frame["gate"] != "overall"]
    known = frame.dropna(subset=["estimate"])
    ax = plot_rates(rates, None, look_of(zero))
    full = widths(ax, "track")
    assert np.ptp(full) < 1e-9
    np.testing.assert_allclose(widths(ax, "share") / full[0], known["estimate"], atol=1e-12)
    assert len(shapes(ax, "hidden")) == frame["estimate"].isna().sum()


def test_ticks_of_rates_stand_at_the_reference_rate(zero: su.StageCounts) -> None:
    rates = su.selection_rates(zero, by="ethnicity")
    ax = plot_rates(rates, None, look_of(zero))
    frame = rates.frame[(rates.frame["gate"] != "overall") & rates.frame["estimate"].notna()]
    reference = frame[frame["group"] == "White British"].set_index("gate")["estimate"]
    others = frame[frame["group"] != "White British"]
    tracks = shapes(ax, "track")
    is_other = (frame["group"] != "White British").to_numpy()
    left = np.array([corners[:, 0].min() for corners in tracks])[is_other]
    at = np.array([corners[0, 0] for corners in shapes(ax, "compared")])
    length = widths(ax, "track")[0]
    np.testing.assert_allclose((at - left) / length, others["gate"].map(reference), atol=1e-12)


def test_bars_of_a_funnel_are_the_shares_still_there(zero: su.StageCounts) -> None:
    rates = su.selection_rates(zero, by="ethnicity")
    ax = plot(rates, None, look_of(zero))
    frame = rates.frame[rates.frame["gate"] != "overall"]
    shares = []
    for _, mine in frame.groupby("group", sort=False):
        people = np.array([mine["entered"].iloc[0], *mine["passed"]], float)
        shares += (people / people[0] if people[0] else np.zeros(len(people))).tolist()
    drawn = widths(ax, "share")
    np.testing.assert_allclose(drawn / drawn.max(), shares, atol=1e-12)
    outline = widths(ax, "reference")
    reference = np.array(shares[:7])
    np.testing.assert_allclose(outline / drawn.max(), np.tile(reference, 3), atol=1e-12)
    shown = words(ax)
    for row in frame.itertuples():
        assert f"{row.passed:,}" in shown
        assert f"↓ {percent(row.estimate) if row.denominator else 'nobody'}" in shown
    assert "28 of 300 (9.3%) got to the end" in " ".join(shown)


def test_edges_of_a_funnel_are_marked_at_the_side_that_is_behind(zero: su.StageCounts) -> None:
    look = replace(
        look_of(zero),
        flags=frozenset({("ethnicity", "Black African", "screened")}),
        ahead=frozenset({("ethnicity", "Indian", "screened")}),
    )
    shown = words(plot(su.selection_rates(zero), None, look))
    assert [word for word in shown if word[0] in "▼▲"] == ["▼ ↓ 20%", "▲ ↓ 100%"]
    told = " ".join(shown)
    assert "▼ marks a cliff edge. ▲ marks a cliff edge at which the reference is behind." in told


@pytest.mark.parametrize(
    ("groups", "title"),
    [
        (
            {"Christian": (25, 100), "Muslim": (15, 100)},
            "Religion or belief: from 15% (Muslim) to 25% (Christian) of those who applied got to the end",
        ),
        (
            {"Christian": (25, 100), "Muslim": (15, 100), "Buddhist": (1, 1), "Jewish": (0, 3)},
            (
                "Religion or belief: from 15% (Muslim) to 25% (Christian) of those who applied got to the "
                "end, in groups of 23 or more"
            ),
        ),
        (
            {"Christian": (5, 30), "Buddhist": (1, 1)},
            "Who is still there at each stage, by religion or belief",
        ),
    ],
)
def test_no_group_of_a_few_people_is_the_headline(groups: dict[str, tuple[int, int]], title: str) -> None:
    """1 Buddhist of 1 is 100%, and says nothing beside 25 of 100."""
    people = pd.DataFrame(
        [
            {"religion": group, "furthest_stage": "accepted" if i < passed else "submitted"}
            for group, (passed, n) in groups.items()
            for i in range(n)
        ]
    ).assign(exit_reason=lambda one: np.where(one["furthest_stage"] == "accepted", "", "rejected"))
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    shown = " ".join(words(plot(su.selection_rates(counts, by="religion"), None, look_of(counts))))
    assert shown.startswith(f"{title} Bar: ")


def test_those_who_wait_are_shown_and_in_no_rate() -> None:
    people = pd.DataFrame(
        {
            "gender": ["Female"] * 8,
            "furthest_stage": ["assessed"] * 4 + ["offered"] * 4,
            "exit_reason": ["pending", "pending", "rejected", "rejected"] + ["declined"] * 4,
        }
    )
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    shown = words(plot(su.selection_rates(counts, by="gender")))
    assert "−2 · 2 waiting" in shown
    assert "↓ 67%" in shown
    assert "0 of 2 with an outcome (0%) got to the end" not in shown
    said = " ".join(shown)
    assert "0 of 6 with an outcome (0%) got to the end" in said
    assert "In no rate: who waits." in said
    decided = words(plot(su.selection_rates(counts, by="gender", denominator="decided")))
    assert not [word for word in decided if "waiting" in word]
    assert "In no rate: who waits or left by their own choice." in " ".join(decided)
    assert "0 of 2 with an outcome (0%) got to the end" in " ".join(decided)


def test_words_of_rates_are_its_people_and_rates(zero: su.StageCounts) -> None:
    rates = su.selection_rates(zero, by="ethnicity")
    shown = words(plot_rates(rates, None, look_of(zero)))
    for row in rates.frame[rates.frame["gate"] != "overall"].itertuples():
        assert (percent(row.estimate) if row.denominator else "nobody") in shown
        assert not row.denominator or f"{row.passed:,}" in shown


def test_no_two_lines_of_the_key_bear_the_same_mark() -> None:
    """A reader can't tell two plain boxes apart, so one line says what both can mean."""
    people = pd.DataFrame(
        [
            {"religion": group, "furthest_stage": "accepted" if i < passed else "submitted"}
            for group, passed, n in (("Christian", 100, 200), ("Muslim", 99, 200), ("Hindu", 14, 40))
            for i in range(n)
        ]
    ).assign(exit_reason=lambda one: np.where(one["furthest_stage"] == "accepted", "", "rejected"))
    counts = su.count_stages(su.read_applicants(people, check_ids=False))
    cliffs = su.cliff_edges(counts, by="religion")
    both = cliffs.frame.assign(verdict=["no material gap", "no evidence"] * (len(cliffs.frame) // 2))
    one = "No evidence of a gap, though a ratio of 0.5 would likely have been flagged"
    two = "No material gap (lower limit at least 0.8), or no evidence of one (0.5 would likely be flagged)"
    for frame, said in ((both, two), (both.assign(verdict="no evidence"), one)):
        shown = words(draw_cliffs(frame, look_of(counts), cliffs.rule, ()))
        assert [word for word in shown if word.startswith("No ") and "comparison" not in word] == [said]


def test_tiles_of_the_cliff_map_say_ratio_and_verdict(zero: su.StageCounts) -> None:
    cliffs = su.cliff_edges(zero, by="ethnicity")
    ax = plot(cliffs)
    shown = words(ax)
    marks = {"cliff edge": "▼ ", "advantage": "▲ ", "small gap": "↓ ", "small advantage": "↑ "}
    marks |= {"behind": "↓ ", "ahead": "↑ ", "cliff edge of the reference": "▲ "}
    every = pd.concat([cliffs.frame, cliffs.whole_way])
    turned = every["flagged"].eq(True) & (every["behind"] == every["reference"])
    every["verdict"] = every["verdict"].mask(turned, "cliff edge of the reference")
    for row in every.itertuples():
        assert f"{marks.get(row.verdict, '')}{ratio(row.estimate)}" in shown
    for verdict, number in every["verdict"].value_counts().items():
        assert len(shapes(ax, f"tile {verdict}")) == number


def test_too_few_to_tell_is_hatched_and_no_other_verdict(zero: su.StageCounts) -> None:
    ax = plot(su.cliff_edges(zero, by="ethnicity"))
    hatched = {group.get_gid() for group in ax.collections if group.get_hatch()}
    assert {name for name in hatched if name} == {"tile too few to tell"}


def test_intervals_lie_on_a_scale_of_ratios(zero: su.StageCounts) -> None:
    result = su.impact_ratios(zero, by="ethnicity")
    frame = result.frame[(result.frame["status"] != "reference") & (result.frame["group"] == "Black African")]
    only = su.impact_ratios(zero, by="ethnicity", groups=["White British", "Black African"])
    ax = plot(only)
    shown = frame[((frame["estimate"] >= 0.2) | (frame["estimate"] == 0)) & frame["estimate"].notna()]
    middle = middles(ax, "estimate ")
    lines = shapes(ax, "line")
    assert len(middle) == len(shown)
    parity = sorted({round(float(line[0, 0]), 6) for line in lines})[1::2]
    columns = [list(dict.fromkeys(frame["gate"])).index(gate) for gate in shown["gate"]]
    away = middle - np.array(parity)[columns]
    is_zero = (shown["estimate"] == 0).to_numpy()
    assert is_zero.any()
    assert np.ptp(away[is_zero]) < 1e-5
    assert away[is_zero].max() < away[~is_zero].min(), "0 stands before all other ratios"
    seen, away = shown[~is_zero], away[~is_zero]
    logs = np.log(seen["estimate"].to_numpy())
    assert np.array_equal(np.sign(np.round(away, 6)), np.sign(np.round(logs, 6)))
    nonzero = np.abs(logs) > 1e-6
    scale = away[nonzero] / logs[nonzero]
    np.testing.assert_allclose(scale, scale[0], rtol=1e-6)


def test_steps_of_the_gap_begin_where_the_last_one_ended() -> None:
    counts = cases.cases()["two groups"]
    result = su.gap_decomposition(counts, by="gender")
    ax = plot(result)
    ratios = result.frame[result.frame["gate"] != "overall"]["ratio"].to_numpy()
    stands = np.array([corners[0, 0] for corners in shapes(ax, "stands")])
    page_starts = np.array([corners[0, 0] for corners in shapes(ax, "line")])[: len(stands)]
    away = stands - page_starts
    logs = np.cumsum(np.log(ratios))
    np.testing.assert_allclose(away / logs, (away / logs)[0], rtol=1e-6)
    total = middles(ax, "total")[0] - shapes(ax, "line")[len(stands)][0, 0]
    np.testing.assert_allclose(total, away[-1], atol=1e-6)


def test_curves_hold_the_cumulative_shares() -> None:
    counts = cases.cases()["two groups"]
    rates = su.selection_rates(counts, by="gender")
    ax = plot_curves(rates, None, look_of(counts))
    male = rates.frame[(rates.frame["group"] == "Male") & (rates.frame["gate"] != "overall")]
    (curve,) = shapes(ax, "share 1")
    tall = curve[0, 1] - curve[-1, 1]
    shares = 1 - (curve[:, 1] - curve[0, 1]) / (curve[-1, 1] - curve[0, 1]) * (
        1 - male["cumulative"].iloc[-1]
    )
    assert tall < 0
    np.testing.assert_allclose(shares[1:], male["cumulative"], atol=1e-9)


def test_composition_bars_have_one_scale() -> None:
    counts = cases.cases()["two groups"]
    result = su.composition(counts, by="gender")
    ax = plot(result, None, look_of(counts))
    drawn = widths(ax, "share") / widths(ax, "track")[0]
    np.testing.assert_allclose(drawn, result.frame["estimate"], atol=1e-12)
    assert "All bars run from 0% to 100%." in " ".join(words(ax))


def test_every_finding_with_a_picture_draws_itself_and_shows_nothing() -> None:
    counts = cases.cases()["two groups"]
    for result in (
        su.selection_rates(counts),
        su.impact_ratios(counts),
        su.rate_differences(counts),
        su.odds_ratios(counts),
        su.cliff_edges(counts),
        su.gap_decomposition(counts),
        su.association_tests(counts),
        su.detectable_gaps(counts),
        su.composition(counts),
        su.missingness(counts),
        su.compare_cohorts(cases.two_cohorts()),
    ):
        ax = result.plot()
        assert isinstance(ax, ChartAxes)
        assert ax.face.title
        assert ax.face.alt.startswith(ax.face.title)


def test_result_without_a_picture_says_what_to_read_instead() -> None:
    with pytest.raises(su.ArgumentError) as caught:
        plot(cases.cases())
    assert str(caught.value) == "There is no chart of a dict. Read its frame, or its to_html()."


def test_stage_order_reference_and_interval_level_stand_on_the_face() -> None:
    counts = cases.cases()["nineteen groups"]
    ax = plot(su.impact_ratios(counts, by="ethnicity", confidence=0.9), None, look_of(counts))
    shown = " ".join(words(ax))
    assert "90% intervals" in shown
    assert "Reference: White British." in shown
    heads = [text for text in words(ax) if text in ("Screening", "Offer", "Acceptance")]
    assert heads == ["Screening", "Offer", "Acceptance"]
    funnel = " ".join(words(plot(su.selection_rates(counts, by="ethnicity"), None, look_of(counts))))
    assert "2,825 of 3,166 applicants stated their ethnicity." in funnel
