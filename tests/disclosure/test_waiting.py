"""People who wait for a decision are a number of their own: protected, printed, and in no rate."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import stepup_equity as su
from stepup_equity.disclosure import Ledger, Policy, audit
from stepup_equity.disclosure.layout import Row

STAGES = ("applied", "seen", "offered", "joined")


def counted(people: dict[str, list[tuple[str, str, int]]]) -> su.StageCounts:
    """Counts of ``group -> [(furthest stage, why they are there, how many)]``."""
    rows = [
        (group, "x", "accepted" if stage == "joined" else stage, why)
        for group, ended in people.items()
        for stage, why, many in ended
        for _ in range(many)
    ]
    frame = pd.DataFrame(rows, columns=["gender", "cohort", "furthest_stage", "exit_reason"])
    frame["applicant_id"] = [f"A{i}" for i in range(len(frame))]
    return su.count_stages(su.read_applicants(frame))


@pytest.fixture(scope="module")
def two_equal_rates():
    """60 women and 60 men decided, 40 of each accepted, and 60 men more who still wait."""
    return counted(
        {
            "Female": [("joined", "", 40), ("offered", "declined", 20)],
            "Male": [("joined", "", 40), ("offered", "declined", 20), ("offered", "pending", 60)],
        }
    )


def numbers(release, measure: str) -> pd.Series:
    frame = release.frame
    chosen = frame[(frame["measure"] == measure) & (frame["group"] != "Total")]
    return chosen.set_index(["group", "stage"])["number"]


def test_equal_rates_are_equal_in_the_publication(two_equal_rates):
    release = su.protect(two_equal_rates, "publish")
    rates, waiting = numbers(release, "pass_rate"), numbers(release, "pending")
    assert rates["Female", "offered"] == rates["Male", "offered"] == "66.7"
    assert (waiting["Female", "offered"], waiting["Male", "offered"]) == ("0", "60")
    inside = su.selection_rates(two_equal_rates, by="gender").frame
    inside = inside[(inside["gate"] == "accepted")].set_index("group")["estimate"]
    assert [f"{100 * inside[group]:.1f}" for group in ("Female", "Male")] == ["66.7", "66.7"]
    gate = release.tests.set_index("gate").loc["accepted"]
    assert (gate["statistic"], gate["band"]) == (0.0, "p ≥ .05")


def test_every_stage_is_those_who_left_wait_and_went_on(two_equal_rates):
    frame = su.protect(two_equal_rates, "publish").frame
    table = frame[frame["measure"].isin(["reached", "left", "pending"])].pivot_table(
        index=["characteristic", "group", "stage"], columns="measure", values="number", aggfunc="first"
    )
    stages = list(frame["stage"].unique())
    for (characteristic, group, stage), line in table.iterrows():
        if stage != stages[-1]:
            after = table.loc[(characteristic, group, stages[stages.index(stage) + 1]), "reached"]
            assert int(line["reached"]) == int(line["left"]) + int(line["pending"]) + int(after)


def test_a_release_where_nobody_waits_has_no_such_number():
    decided = counted(
        {"Female": [("joined", "", 40), ("offered", "declined", 20)], "Male": [("joined", "", 40)]}
    )
    release = su.protect(decided, Policy(threshold=5), by=["gender"])
    assert "pending" not in set(release.frame["measure"])
    assert "waiting" not in release.ledger().to_json().split('"rows"')[0]


def small(counts: su.StageCounts, threshold: int, **options: object) -> list[tuple[Row, str, str]]:
    frame = su.protect(counts, "internal", **options).frame
    frame = frame[frame["measure"].isin(["reached", "left", "pending"])]
    return [
        (Row(r.cohort, r.characteristic, r.group, r.parent), r.stage, r.measure)
        for r in frame.itertuples()
        if 0 < int(r.number) < threshold and (r.group != "Total" or r.characteristic == "All")
    ]


def random_people(seed: int) -> su.StageCounts:
    rng = np.random.default_rng(seed)
    people = {}
    for group in ("Female", "Male", "Other gender"):
        many = int(rng.integers(5, 60))
        ended = []
        for stage in ("submitted", "screened", "offered", "joined"):
            part = int(rng.integers(0, many + 1))
            waits = int(rng.integers(0, part + 1)) if rng.random() < 0.6 and stage != "joined" else 0
            ended += [
                (stage, "pending", waits),
                (stage, "" if stage == "joined" else "rejected", part - waits),
            ]
            many -= part
        people[group] = ended
    return counted(people)


@pytest.mark.parametrize("policy", ["ofqual", Policy(threshold=5), Policy(threshold=5, totals="hide")])
def test_few_who_wait_stay_unknown(policy):
    promised = policy if isinstance(policy, Policy) else su.Policy.preset(policy)
    published = 0
    for seed in range(12):
        counts = random_people(seed)
        try:
            release = su.protect(counts, policy)
        except su.DisclosureError:
            continue
        published += 1
        report = audit([release.ledger()], promised, sensitive=small(counts, promised.threshold))
        assert report.holds, report.exposed
    assert published >= 3


def test_rounded_they_still_add_up():
    for seed in range(6):
        release = su.protect(random_people(seed), Policy(threshold=5, mode="round"))
        for table in (release.table("gender").measures, release.table("gender").total):
            reached, left, waits = (table[name].value for name in ("reached", "left", "pending"))
            assert (reached[:, :-1] == (left + waits)[:, :-1] + reached[:, 1:]).all()
            assert not (waits[:, :-1] % 5).any()


def test_an_outsider_who_is_told_who_waits_knows_who_left():
    """10 reached a stage, 6 went on and 3 wait: one left. The audit says so."""
    text = (
        '{"format": "stepup-equity ledger 1", "title": "t", "mode": "suppress", "round_base": 5, '
        '"stages": ["a", "b"], "waiting": ["a"], "rows": [["", "All", "Total", "", true]], "sums": [], '
        '"said": [[0, 0, "reached", "10"], [0, 1, "reached", "6"], [0, 0, "pending", "3"]]}'
    )
    ledger = Ledger.from_json(text)
    found = audit([ledger], Policy(threshold=5)).cells.set_index(["stage", "measure"])[
        ["low", "high", "safe"]
    ]
    assert found.loc[("a", "left")].tolist() == [1, 1, False]
    assert found.loc[("a", "pending")].tolist() == [3, 3, False]
    silent = Ledger.from_json(text.replace(', [0, 0, "pending", "3"]', ', [0, 0, "pending", "[c]"]'))
    found = audit([silent], Policy(threshold=5), exact=True).cells.set_index(["stage", "measure"])
    assert found.loc[("a", "left"), ["low", "high"]].tolist() == [0, 3]
    assert found.loc[("a", "pending"), ["low", "high"]].tolist() == [1, 4]  # printed at all: somebody waits


def test_a_later_release_without_a_stage_is_bound_by_those_who_waited():
    counts = random_people(3)
    first = su.protect(counts, Policy(threshold=5))
    later = su.protect(counts, Policy(threshold=5), drop_stages=["eligible", "screened"], ledgers=[first])
    report = audit([first.ledger(), later.ledger()], later.policy, sensitive=small(counts, 5))
    assert report.holds
    again = Ledger.from_json(later.ledger().to_json())
    assert again == later.ledger()
