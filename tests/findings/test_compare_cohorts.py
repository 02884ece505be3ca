"""Two cohorts: a planted change is found at its gate, shares are split exactly, silence says why."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import stepup_equity as su
from stepup_equity.statistics import score_ratio_interval
from stepup_equity.statistics.ratio_change import change_of_ratio

STAGES = ["applied", "screened", "assessed", "accepted"]


def counts(*cohorts: tuple[str, dict[str, list[int]]], characteristic: str = "ethnicity") -> su.StageCounts:
    rows = [
        {
            "cohort": cohort,
            "characteristic": characteristic,
            "group": group,
            **dict(zip(STAGES, reached, strict=False)),
        }
        for cohort, groups in cohorts
        for group, reached in groups.items()
    ]
    return su.StageCounts.from_table(pd.DataFrame(rows))


EARLIER = {"White": [1300, 630, 250, 180], "Black": [215, 45, 18, 12], "Asian": [120, 50, 20, 14]}
LATER = {"White": [1250, 620, 245, 175], "Black": [230, 92, 36, 25], "Asian": [160, 68, 27, 19]}
BOTH = counts(("2010", EARLIER), ("2012", LATER))


def test_planted_change_is_found_at_its_gate_and_nowhere_else() -> None:
    found = su.compare_cohorts(BOTH)
    assert repr(found) == (
        "<CohortComparison: ethnicity, 2010 to 2012; 1 change in 6 comparisons: Black at screened (1.87)"
        "; cliff edges: 1 gone>"
    )
    (row,) = found.changed.itertuples()
    assert (row.group, row.gate, row.verdict, row.reference) == ("Black", "screened", "rose", "White")
    assert row.sentence == (
        "At screened, Black against White: 0.43 times the rate in 2010, 0.81 in 2012, "
        "a change by a factor of 1.87 (1.37 to 2.58). The cliff edge of 2010 is gone in 2012: 0.43 in 2010, "
        "0.81 in 2012, and the change is evident."
    )


def test_rows_are_the_statistics_of_their_counts() -> None:
    frame = su.compare_cohorts(BOTH).frame
    row = frame[(frame["group"] == "Black") & (frame["gate"] == "assessed")].iloc[0]
    change = change_of_ratio([18, 36], [45, 92], [250, 245], [630, 620])
    assert [row["estimate"], row["conf_low"], row["conf_high"], row["p_value"]] == pytest.approx(
        [float(v) for v in (change.estimate, change.low, change.high, change.p_value)]
    )
    ratio = score_ratio_interval(36, 92, 245, 620)
    assert [row["ratio_later"], row["ratio_later_low"], row["ratio_later_high"]] == pytest.approx(
        [float(v) for v in (ratio.estimate, ratio.low, ratio.high)]
    )
    assert row["verdict"] == "no evident change"
    assert row["sentence"].endswith(
        "up or down, would show in four of five such comparisons, each taken alone."
    )
    assert set(frame["gate"]) == {"screened", "assessed", "accepted", "overall"}


def test_the_detectable_change_is_that_of_the_level_asked_for() -> None:
    change = change_of_ratio([18, 36], [45, 92], [250, 245], [630, 620])
    for alpha in (0.05, 0.001):
        found = su.compare_cohorts(BOTH, alpha=alpha)
        frame = found.frame
        row = frame[(frame["group"] == "Black") & (frame["gate"] == "assessed")].iloc[0]
        reach = norm.isf(alpha / 2) + norm.ppf(0.8)
        assert row["detectable_change"] == pytest.approx(float(np.exp(reach * change.std_error)))
        assert found.method.endswith(
            f"the detectable change is that of a comparison taken alone at {alpha:g}."
        )


def test_families_are_gates_and_whole_ways() -> None:
    frame = su.compare_cohorts(BOTH).frame
    from stepup_equity.statistics import adjust

    for whole in (True, False):
        part = frame[(frame["gate"] == "overall") == whole]
        assert part["p_adjusted"].to_numpy() == pytest.approx(adjust(part["p_value"].to_numpy(), "BH"))


def test_shares_are_split_exactly() -> None:
    shares = su.compare_cohorts(BOTH).shares
    assert shares["factor"].drop_duplicates().tolist() == [
        "composition", "screened", "assessed", "accepted", "pass rates", "change",
    ]  # fmt: skip
    for group, part in shares.groupby("group"):
        by_factor = part.set_index("factor")["estimate"]
        change = part["share_later"].iloc[0] - part["share_earlier"].iloc[0]
        assert by_factor["change"] == pytest.approx(change), group
        assert by_factor["composition"] + by_factor["pass rates"] == pytest.approx(change)
        assert by_factor[["screened", "assessed", "accepted"]].sum() == pytest.approx(by_factor["pass rates"])
    black = shares[shares["group"] == "Black"].set_index("factor")
    assert black.loc["screened", "estimate"] > 0.04
    assert black.loc["change", "share_earlier"] == pytest.approx(12 / 206)


def test_tests_of_all_groups_together() -> None:
    tests = su.compare_cohorts(BOTH).tests.set_index(["gate", "test"])
    assert tests.loc[("screened", "cohort × group"), "p_adjusted"] < 0.01
    assert tests.loc[("assessed", "cohort × group"), "p_value"] > 0.5
    assert tests.loc[("all gates", "cohort × group × gate"), "df"] == 4
    assert tests.loc[("all gates", "cohort × group × gate"), "p_value"] < 0.2


def test_declared_changes_stand_beside_the_numbers() -> None:
    found = su.compare_cohorts(BOTH, changes={"screened": "names are hidden"})
    frame = found.frame
    assert set(frame.loc[frame["gate"] == "screened", "process_change"]) == {"names are hidden"}
    assert set(frame.loc[frame["gate"] != "screened", "process_change"]) == {""}
    assert found.notes == (
        "Declared change of the process between 2010 and 2012, at gate 'screened': names are hidden.",
    )
    assert (
        found.changed["sentence"]
        .iloc[0]
        .endswith(
            "Declared change of the process: names are hidden. The cliff edge of 2010 is gone in 2012: "
            "0.43 in 2010, 0.81 in 2012, and the change is evident."
        )
    )


def test_two_sets_of_counts_are_the_same_as_one_with_two_cohorts() -> None:
    apart = su.compare_cohorts(counts(("2010", EARLIER)), counts(("2012", LATER)))
    pd.testing.assert_frame_equal(apart.frame, su.compare_cohorts(BOTH).frame)


def test_cohorts_may_be_turned_round() -> None:
    forth, back = su.compare_cohorts(BOTH).frame, su.compare_cohorts(BOTH, cohorts=("2012", "2010")).frame
    assert back["estimate"].to_numpy() == pytest.approx(1 / forth["estimate"].to_numpy())
    assert set(back["verdict"]) == {"fell", "no evident change"}


def test_groups_of_one_cohort_only_keep_their_row() -> None:
    later = {group: reached for group, reached in LATER.items() if group != "Asian"}
    found = su.compare_cohorts(counts(("2010", EARLIER)), counts(("2012", later)))
    asian = found.frame[found.frame["group"] == "Asian"]
    assert set(asian["status"]) == {"nobody of the group at this gate in 2012"}
    assert set(asian["verdict"]) == {"not computable"}
    assert asian["sentence"].iloc[0] == (
        "At screened, Asian against White: no comparison, nobody of the group at this gate in 2012."
    )


def test_nobody_passing_says_so() -> None:
    none = {"White": [100, 50, 20, 10], "Black": [40, 10, 0, 0]}
    found = su.compare_cohorts(counts(("a", none), ("b", none)))
    frame = found.frame.set_index("gate")
    assert frame.loc["assessed", "status"] == "nobody of the group passed in either cohort"
    assert frame.loc["accepted", "status"] == "nobody of the group at this gate in a"
    shares = found.shares[found.shares["group"] == "Black"].set_index("factor")
    assert shares.loc["change", "status"] == "nobody of the group got through in either cohort"
    assert np.isnan(shares.loc["change", "std_error"])


def test_processes_that_differ_are_compared_where_they_are_the_same() -> None:
    def table(cohort: str, stages: list[str]) -> su.StageCounts:
        numbers = [[1000, 600, 300, 150], [200, 80, 40, 20]]
        rows = [
            {
                "cohort": cohort,
                "characteristic": "ethnicity",
                "group": group,
                **dict(zip(stages, n, strict=False)),
            }
            for group, n in zip(("White", "Black"), numbers, strict=False)
        ]
        return su.StageCounts.from_table(pd.DataFrame(rows))

    found = su.compare_cohorts(
        table("2010", ["applied", "sifted", "interviewed", "appointed"]),
        table("2012", ["applied", "tested", "interviewed", "appointed"]),
    )
    status = found.frame.set_index("gate")["status"]
    assert (status[["sifted", "interviewed", "tested"]] == "this gate is not in both processes").all()
    assert (status[["appointed", "overall"]] == "").all()
    assert found.notes == (
        (
            "The stages differ between 2010 and 2012; gates that are not the same in both are not compared: "
            "'sifted', 'interviewed', 'tested'."
        ),
    )
    assert found.shares["factor"].drop_duplicates().tolist() == ["composition", "pass rates", "change"]


def test_reference_may_be_the_rest() -> None:
    frame = su.compare_cohorts(BOTH, reference="rest").frame
    row = frame[(frame["group"] == "White") & (frame["gate"] == "screened")].iloc[0]
    assert (row["reference_passed_earlier"], row["reference_denominator_earlier"]) == (95, 335)


def test_one_group_is_nothing_to_compare() -> None:
    found = su.compare_cohorts(counts(("a", {"White": [10, 5, 4, 3]}), ("b", {"White": [10, 6, 4, 3]})))
    assert found.frame.empty
    assert repr(found) == "<CohortComparison: ethnicity, a to b; no evident change in 0 comparisons>"
    assert (found.tests["status"] == "fewer than two groups in both cohorts").all()


REFUSED = {
    "one cohort": (
        lambda: su.compare_cohorts(counts(("2010", EARLIER))),
        (
            "These counts hold only '2010', and a comparison needs two. Count records with a "
            "'cohort' column, or "
            "give the later counts as second argument."
        ),
    ),
    "three cohorts": (
        lambda: su.compare_cohorts(counts(("1", EARLIER), ("2", LATER), ("3", LATER))),
        "These counts hold 3 cohorts. Name two, the earlier first, such as cohorts=('1', '3').",
    ),
    "unknown cohort": (
        lambda: su.compare_cohorts(BOTH, cohorts=("2010", "2011")),
        "cohorts='2011' is not a cohort of these counts. Possible: '2010', '2012'. Did you mean '2012'?",
    ),
    "same cohort": (
        lambda: su.compare_cohorts(BOTH, cohorts=("2010", "2010")),
        "cohorts=('2010', '2010') must name two cohorts, the earlier first. Possible: '2010', '2012'.",
    ),
    "both ways": (
        lambda: su.compare_cohorts(BOTH, BOTH, cohorts=("2010", "2012")),
        "Two sets of counts are two cohorts already. Leave out cohorts=, or give one set.",
    ),
    "unknown gate": (
        lambda: su.compare_cohorts(BOTH, changes={"screend": "x"}),
        (
            "changes='screend' is not a gate of these cohorts. Possible: 'screened', 'assessed', "
            "'accepted'. "
            "Did you mean 'screened'?"
        ),
    ),
    "highest": (
        lambda: su.compare_cohorts(BOTH, reference="highest"),
        (
            "reference='highest' cannot be a reference here: it may be another group in each cohort. "
            "Name a group."
        ),
    ),
    "unknown reference": (
        lambda: su.compare_cohorts(BOTH, reference="Whit"),
        (
            "reference='Whit' is not a group of 'ethnicity'. Possible: 'White', 'Black', 'Asian', 'largest', "
            "'rest'. Did you mean 'White'?"
        ),
    ),
    "unknown group": (
        lambda: su.compare_cohorts(BOTH, groups=["Blak"]),
        (
            "groups='Blak' is not a group of 'ethnicity'. Possible: 'White', 'Black', 'Asian'. "
            "Did you mean 'Black'?"
        ),
    ),
    "alpha": (
        lambda: su.compare_cohorts(BOTH, alpha=5),
        "alpha=5 is out of range. Give a number between 0 and 1.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    call, sentence = REFUSED[name]
    with pytest.raises(su.ArgumentError) as error:
        call()
    assert str(error.value) == sentence


def _two(groups: dict[str, tuple[tuple[int, int], tuple[int, int]]]) -> su.StageCounts:
    rows = [
        {
            "cohort": cohort,
            "characteristic": "ethnicity",
            "group": group,
            "applied": pair[i][0],
            "hired": pair[i][1],
        }
        for group, pair in groups.items()
        for i, cohort in enumerate(("9", "10"))
    ]
    return su.StageCounts.from_table(pd.DataFrame(rows))


def test_nobody_before_or_after_is_no_factor() -> None:
    counts = _two({"White": ((400, 200), (400, 200)), "Up": ((40, 0), (40, 20)), "Down": ((40, 20), (40, 0))})
    frame = su.compare_cohorts(counts, by="ethnicity").frame
    said = frame[frame["gate"] == "hired"].set_index("group")["sentence"]
    assert "up from nobody" in said["Up"]
    assert "down to nobody" in said["Down"]
    assert not frame["sentence"].str.contains("inf").any()


def test_what_only_one_cohort_has_is_named() -> None:
    def one(**columns: list[object]) -> su.StageCounts:
        return su.StageCounts.from_table(pd.DataFrame({"applied": [50, 50], "hired": [20, 25], **columns}))

    roma = one(characteristic=["ethnicity", "ethnicity"], group=["White", "Roma"])
    traveller = one(characteristic=["ethnicity", "ethnicity"], group=["White", "Irish Traveller"])
    notes = " ".join(su.compare_cohorts(roma, traveller).notes)
    assert "only earlier has Roma" in notes
    assert "only later has Irish Traveller" in notes


def test_a_change_that_is_evident_of_cliff_edges_alone_is_not_said_to_be_none() -> None:
    """Two families, told apart: all comparisons, and the few that are a cliff edge in one of the cohorts."""
    others = {f"Group {i}": [100, 50, 20, 14] for i in range(12)}
    before = {**EARLIER, **others, "Black": [215, 85, 30, 21]}
    after = {**LATER, **others, "Black": [230, 60, 24, 16]}
    found = su.compare_cohorts(counts(("2010", before), ("2012", after)))
    (row,) = found.edges.itertuples()
    assert (row.edge, row.verdict, row.gate) == ("new", "no evident change", "screened")
    assert "No evident change" not in row.sentence
    assert row.sentence.endswith(
        "Among all comparisons the change is not evident; among those of cliff edges alone, which are fewer, "
        "it is. The cliff edge of 2012 is new: 0.82 in 2010, 0.53 in 2012, and the change is evident."
    )


def of_ethnicity() -> su.StageCounts:
    """The declared reference applied in the first of two cohorts only."""
    groups = ["White British", "White other", "Asian Indian", "White other"]
    people = pd.DataFrame(
        {
            "ethnicity": groups * 10 + ["White other", "Asian Indian"] * 20,
            "cohort": ["2010"] * 40 + ["2012"] * 40,
            "furthest_stage": ["accepted", "submitted", "screened", "offered"] * 20,
        }
    )
    return su.count_stages(su.read_applicants(people, check_ids=False))


def test_a_reference_that_one_cohort_lacks() -> None:
    both = of_ethnicity()
    frame = su.compare_cohorts(both, by="ethnicity").frame
    assert set(frame["reference"]) == {"White British"}
    assert frame["status"].str.startswith("nobody of the reference at this gate in 2012").any()
    assert (frame["edge"] == "").all()
    for options in (
        {"reference": "White British"},
        {"groups": ["White British"], "reference": "White other"},
    ):
        assert len(su.cohort_trend(both, by="ethnicity", **options).frame)
        assert len(su.compare_cohorts(both, by="ethnicity", **options).frame)


def test_a_share_that_nothing_could_change_has_no_interval() -> None:
    both = counts(
        ("2010", {"White": [20, 12, 6, 3], "Black": [9, 0, 0, 0]}),
        ("2012", {"White": [30, 9, 6, 3], "Black": [8, 0, 0, 0]}),
    )
    shares = su.compare_cohorts(both, by="ethnicity").shares
    white = shares[shares["group"] == "White"]
    assert (white["estimate"] == 0).sum() >= 1
    without = white[white["std_error"] == 0]
    assert len(without)
    assert without["conf_low"].isna().all()
    assert without["status"].str.startswith("no limits").all()
    known = shares.dropna(subset=["conf_low"])
    assert (known["conf_low"] < known["conf_high"]).all()
