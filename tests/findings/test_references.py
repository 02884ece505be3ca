"""Words that pick a reference: where a group bears one as its name, and where they tell a thing twice."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su

THREE = {"UK": (300, 150, 60), "EU": (200, 60, 30)}


def table(**groups):
    stages = zip(("applied", "sifted", "hired"), zip(*groups.values(), strict=True), strict=True)
    return pd.DataFrame({"characteristic": "region", "group": list(groups), **dict(stages)})


def counts(**groups):
    return su.StageCounts.from_table(table(**groups))


@pytest.mark.parametrize("word", ["largest", "highest", "rest"])
@pytest.mark.parametrize("verb", [su.cliff_edges, su.impact_ratios, su.odds_ratios])
def test_a_word_with_two_meanings_is_refused(verb, word):
    typed = counts(**THREE, **{word: (100, 70, 40)})
    with pytest.raises(su.ArgumentError, match=re.escape(f"reference={word!r} has two meanings: a group of")):
        verb(typed, reference=word)
    frame = verb(typed).frame  # what is not named by the word is as ever
    assert set(frame["reference"]) == {"UK"}


def test_the_largest_group_is_picked_whatever_a_group_is_called():
    typed = counts(**THREE, largest=(10, 5, 2))
    assert set(su.impact_ratios(typed).frame["reference"]) == {"UK"}


@pytest.mark.parametrize("word", ["largest", "highest"])
def test_a_group_called_so_can_be_declared(word):
    typed = counts(**THREE, **{word: (400, 70, 40)})  # as the largest of a table it is the declared one
    assert set(su.impact_ratios(typed).frame["reference"]) == {word}


def test_nobody_can_tell_a_group_called_rest_from_everyone_else():
    typed = counts(**THREE, rest=(400, 70, 40))
    sentence = "The reference of 'region' would be its group 'rest'"
    for verb in (su.cliff_edges, su.impact_ratios, su.gap_decomposition, su.detectable_gaps):
        with pytest.raises(su.ArgumentError, match=re.escape(sentence)):
            verb(typed)
        assert set(verb(typed, reference="UK").frame["reference"]) == {"UK"}
    both = pd.concat([table(**THREE, rest=(400, 70, 40)).assign(cohort=c) for c in ("2010", "2012")])
    cohorts = su.StageCounts.from_table(both)
    for verb in (su.compare_cohorts, su.cohort_trend):
        with pytest.raises(su.ArgumentError, match=re.escape(sentence)):
            verb(cohorts)
        with pytest.raises(su.ArgumentError, match="has two meanings"):
            verb(cohorts, reference="rest")


def test_two_groups_and_everyone_else_are_one_comparison():
    typed = counts(UK=(920, 389, 117), EU=(43, 10, 2))
    named, rest = su.cliff_edges(typed), su.cliff_edges(typed, reference="rest")
    same = ["group", "gate", "estimate", "p_value", "p_edge", "q", "p_adjusted", "verdict", "power"]
    pd.testing.assert_frame_equal(named.frame[same], rest.frame[same])
    pd.testing.assert_frame_equal(
        named.whole_way[["group", "p_adjusted"]], rest.whole_way[["group", "p_adjusted"]]
    )
    assert len(rest.flagged) == 1
    assert set(rest.frame["reference"]) == {"rest"}


def test_one_of_two_groups_can_be_asked_for_against_everyone_else():
    typed = counts(UK=(920, 389, 117), EU=(43, 10, 2))
    for group in ("UK", "EU"):
        assert set(su.cliff_edges(typed, reference="rest", groups=[group]).frame["group"]) == {group}


@pytest.mark.parametrize("verb", [su.impact_ratios, su.rate_differences, su.odds_ratios])
def test_a_comparison_told_from_both_sides_counts_once(verb):
    typed = counts(UK=(920, 389, 117), EU=(43, 10, 2))
    named = verb(typed, reference="UK").frame.set_index(["group", "gate"])["p_adjusted"].dropna()
    rest = verb(typed, reference="rest").frame.set_index(["group", "gate"])["p_adjusted"]
    for group in ("UK", "EU"):
        np.testing.assert_allclose(rest[group], named["EU"])
    three = counts(UK=(920, 389, 117), EU=(43, 10, 2), Asia=(60, 20, 9))
    frame = verb(three, reference="rest").frame
    gates = frame["gate"] != "overall"
    least = frame.loc[gates, "p_value"].min()
    assert frame.loc[gates, "p_adjusted"].min() == pytest.approx(least * 6)


def test_a_group_called_rest_is_not_told_as_everyone_else(tmp_path):
    typed = counts(UK=(300, 150, 60), EU=(200, 60, 30), rest=(100, 22, 10))
    found = su.cliff_edges(typed).frame
    sentence = found.loc[(found["group"] == "rest") & (found["gate"] == "sifted"), "sentence"].item()
    assert "22% of the 100 applicants whose region is recorded as “rest” passed" in sentence
    largest = counts(UK=(300, 150, 60), EU=(200, 60, 30), rest=(400, 90, 40))
    with pytest.raises(su.ArgumentError, match="would be its group 'rest'"):
        su.write_report(tmp_path / "out", largest, policy="publish")


def test_everyone_else_is_told_as_such_when_behind():
    typed = counts(A=(100, 60, 50), B=(400, 80, 30), C=(400, 85, 32))
    found = su.cliff_edges(typed, reference="rest")
    first = found.frame[(found.frame["group"] == "A") & (found.frame["gate"] == "sifted")].iloc[0]
    assert first["behind"] == "rest"
    assert first["sentence"].startswith(
        "At the gate “sifted” 21% of the 800 applicants in all other groups passed, against 60% of the 100 A"
    )
