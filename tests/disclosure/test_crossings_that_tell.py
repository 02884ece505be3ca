"""Crossings that add up groups of other tables, go round in a circle, or stand there the other way round.

Each is tried with a stranger's own arithmetic, who knows what the words mean: that all but White are BME.
"""

from __future__ import annotations

import warnings
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from tests.disclosure.stranger import Stranger, below, small

import stepup_equity as su
from stepup_equity.disclosure.nesting import nested
from stepup_equity.disclosure.tables import Plan, tables_of
from stepup_equity.process import programme_from_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STAGES = ("submitted", "shortlisted", "accepted")
FIVE = su.Policy(threshold=5)
_People = dict[tuple[str, ...], tuple[int, int, int]]


def counted(people: Mapping[tuple[str, ...], tuple[int, int, int]], names: Sequence[str]) -> su.StageCounts:
    text = 'name = "p"\nlabel = "P"\n'
    text += "stages = [" + ", ".join(f'{{key = "{stage}"}}' for stage in STAGES) + "]\n"
    for at, name in enumerate(names):
        groups = ", ".join(f'"{group}"' for group in dict.fromkeys(kind[at] for kind in people))
        text += f'[characteristics.{name}]\nlabel = "{name}"\ngroups = [{groups}]\n'
    rows = [
        (*kind, STAGES[2] if i < c else STAGES[1] if i < b else STAGES[0])
        for kind, (a, b, c) in people.items()
        for i in range(a)
    ]
    frame = pd.DataFrame(rows, columns=[*names, "furthest_stage"])
    return su.count_stages(su.read_applicants(frame, programme=programme_from_toml(text), check_ids=False))


LIST: _People = {
    ("White", "no", "F"): (11, 6, 4), ("White", "no", "M"): (12, 6, 1), ("Asian", "yes", "F"): (119, 68, 35),
    ("Asian", "yes", "M"): (110, 66, 33), ("Black", "yes", "F"): (8, 5, 2),
    ("Black", "yes", "M"): (128, 78, 45), ("Mixed", "yes", "F"): (130, 84, 38),
    ("Mixed", "yes", "M"): (9, 6, 6),
}  # fmt: skip
FLAGGED: _People = {
    ("no", "F", "n"): (151, 98, 37), ("no", "M", "n"): (12, 7, 5), ("yes", "F", "y"): (126, 81, 41),
    ("yes", "M", "n"): (150, 88, 53),
}  # fmt: skip


def sums_of(release: su.Release, stranger: Stranger, whole: str, parts: Sequence[str]) -> None:
    keys = {key[2]: key for key, _, _ in stranger.place}
    stranger.knows(keys[whole], [keys[part] for part in parts], release.layout.stages)


@pytest.mark.parametrize("policy", [FIVE, su.Policy(threshold=10)], ids=["5", "10"])
def test_a_flag_crossed_beside_a_list_crossed(policy):
    """Black women were 2 of the hired: BME women less Asian women and Mixed women."""
    counts = counted(LIST, ("eth", "bme", "gender"))
    by = [("eth", "gender"), ("bme", "gender")]
    release = su.protect(counts, policy, by=by)
    stranger = Stranger()
    stranger.read(release.frame)
    for gender in "FM":
        sums_of(release, stranger, f"no × {gender}", [f"White × {gender}"])
        bme = [f"{group} × {gender}" for group in ("Asian", "Black", "Mixed")]
        sums_of(release, stranger, f"yes × {gender}", bme)
    cells = small(counts, policy.threshold, by=["eth", "bme", "gender", *by])
    assert below(stranger, cells, policy.threshold) == []


def test_combinations_without_anybody_are_not_known_where_zeros_are_protected():
    """Nobody is an Asian woman, which no print says: taken as known, it gave 94 counts away in advance."""
    people = {kind: many for kind, many in LIST.items() if kind != ("Asian", "yes", "F")}
    counts = counted(people, ("eth", "bme", "gender"))
    first = su.protect(counts, "tre", by=[("eth", "gender")])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second = su.protect(counts, "tre", by=[("bme", "gender")], ledgers=[first])
    stranger = Stranger()
    for release in (first, second):
        stranger.read(release.frame, presence=False)
    for gender in "FM":
        sums_of(second, stranger, f"no × {gender}", [f"White × {gender}"])
        bme = [f"{group} × {gender}" for group in ("Asian", "Black", "Mixed")]
        sums_of(second, stranger, f"yes × {gender}", bme)
    cells = small(counts, 10, by=["eth", "bme", "gender", ("eth", "gender"), ("bme", "gender")])
    assert below(stranger, cells, 10) == []


@pytest.mark.parametrize("policy", [FIVE, su.Policy(threshold=10)], ids=["5", "10"])
def test_a_flag_that_is_one_combination_of_a_crossing(policy):
    """Men who are not BME are everybody else."""
    counts = counted(FLAGGED, ("bme", "gender", "flag"))
    by = [("bme", "gender"), "flag"]
    release = su.protect(counts, policy, by=by)
    stranger = Stranger()
    stranger.read(release.frame)
    sums_of(release, stranger, "y", ["yes × F"])
    sums_of(release, stranger, "n", ["no × F", "no × M", "yes × M"])
    cells = small(counts, policy.threshold, by=["bme", "gender", *by])
    assert below(stranger, cells, policy.threshold) == []


ANSWERS = {"gender": ("F", "M"), "age": ("y", "o"), "dis": ("No", "Yes")}
CIRCLE: _People = {
    ("F", "o", "No"): (6, 4, 1), ("F", "o", "Yes"): (14, 3, 2), ("F", "y", "No"): (96, 52, 27),
    ("F", "y", "Yes"): (52, 28, 15), ("M", "o", "No"): (75, 51, 32), ("M", "o", "Yes"): (9, 6, 2),
    ("M", "y", "No"): (82, 51, 23), ("M", "y", "Yes"): (2, 2, 0),
}  # fmt: skip
THREE = [("gender", "age"), ("gender", "dis"), ("age", "dis")]


def with_combinations(release: su.Release) -> pd.DataFrame:
    """What is printed, and a table of all three answers in which everything is hidden."""
    frame = release.frame
    total = frame[(frame["characteristic"] == "All") & frame["measure"].isin(["reached", "left"])]
    hidden = [
        total.assign(characteristic="all three", group=" & ".join(kind), value="[c]")
        for kind in product(*ANSWERS.values())
    ]
    return pd.concat([frame, *hidden])


@pytest.mark.parametrize("policy", [FIVE, su.Policy(threshold=10)], ids=["5", "10"])
@pytest.mark.parametrize("apart", [False, True], ids=["one release", "three"])
def test_three_crossings_that_go_round_in_a_circle(policy, apart):
    """Three answers of everybody stand behind all three tables, which bounds what one of them hides."""
    counts = counted(CIRCLE, tuple(ANSWERS))
    releases: list[su.Release] = []
    for by in [[one] for one in THREE] if apart else [THREE]:
        releases.append(su.protect(counts, policy, by=by, ledgers=releases))
    stranger = Stranger()
    for release in releases:
        stranger.read(with_combinations(release), presence=False)
    keys = {key[1:3]: key for key, _, _ in stranger.place}
    for one, other in THREE:
        for first, second in product(ANSWERS[one], ANSWERS[other]):
            parts = [
                keys["all three", " & ".join(kind)]
                for kind in product(*ANSWERS.values())
                if {first, second} <= set(kind)
            ]
            stranger.knows(keys[f"{one} × {other}", f"{first} × {second}"], parts, STAGES)
    cells = small(counts, policy.threshold, by=[*ANSWERS, *THREE])
    assert below(stranger, cells, policy.threshold) == []


def test_a_circle_with_too_many_combinations_says_which_crossings():
    names, groups = ("a", "b", "c"), [f"g{i}" for i in range(8)]
    people = dict.fromkeys(product(groups, groups, groups), (3, 2, 1))
    with pytest.raises(su.ArgumentError) as refused:
        su.protect(counted(people, names), FIVE, by=[("a", "b"), ("b", "c"), ("a", "c")])
    assert str(refused.value) == (
        "The crossings of 'a', 'b', 'c' go round in a circle, and 512 combinations of all of them stand "
        "behind it, more than can be protected together. Leave out one of these crossings (by=), or publish "
        "them of broader groups."
    )


CUTS: _People = {
    ("A1", "B1"): (11, 6, 5), ("A1", "B2"): (79, 42, 21), ("A2", "B1"): (3, 3, 1),
    ("A2", "B2"): (134, 85, 47), ("A3", "B3"): (14, 9, 4), ("A3", "B4"): (12, 9, 4),
    ("A4", "B3"): (54, 33, 17), ("A4", "B4"): (9, 7, 4),
}  # fmt: skip


def published(counts: su.StageCounts) -> su.StageCounts:
    """The same as a published table: nobody sees who is in two groups."""
    frame = su.protect(counts, "internal").frame
    frame = frame[(frame["measure"] == "reached") & (frame["group"] != "Total")]
    wide = frame.pivot(index=["characteristic", "group"], columns="stage", values="number")[list(STAGES)]
    return su.StageCounts.from_table(wide.astype(int).reset_index())


@pytest.mark.parametrize("policy", [FIVE, su.Policy(threshold=10)], ids=["5", "10"])
@pytest.mark.parametrize("read", [lambda counts: counts, published], ids=["records", "table"])
def test_two_lists_that_cut_the_same_groups_otherwise(policy, read):
    """A1 and A2 are the people of B1 and B2, whoever of them is in which: of four the fourth follows.

    Of a published table the sums show it.
    """
    counts = read(counted(CUTS, ("one", "two")))
    release = su.protect(counts, policy)
    stranger = Stranger()
    stranger.read(release.frame)
    keys = {key[2]: key for key, _, _ in stranger.place}
    for stage in STAGES:
        stranger.adds_up(
            [stranger.at((keys[g], stage, "reached")) for g in ("A1", "A2")],
            [stranger.at((keys[g], stage, "reached")) for g in ("B1", "B2")],
        )
    assert below(stranger, small(counts, policy.threshold), policy.threshold) == []


@pytest.mark.parametrize(("n", "n_groups"), [(100, (5, 4)), (400, (8, 6)), (2000, (15, 8)), (1000, (3, 3))])
def test_sums_that_are_alike_by_chance_say_nothing(n, n_groups):
    """Of fifteen groups and eight there are millions of sums, so some are alike."""
    rng = np.random.default_rng(n)
    answers = [rng.choice(size, n, p=rng.dirichlet(np.ones(size))) for size in n_groups]
    ended = np.minimum(rng.geometric(0.45, n) - 1, 2)
    rows = [
        (name, f"{name}{group}", *(int(((own == group) & (ended >= stage)).sum()) for stage in range(3)))
        for name, own in zip(("one", "two"), answers, strict=True)
        for group in np.unique(own)
    ]
    counts = su.StageCounts.from_table(pd.DataFrame(rows, columns=["characteristic", "group", *STAGES]))
    assert nested(counts, tables_of(counts, Plan(("one", "two")), empty=False)) == []


CORNERS: _People = {
    ("F", "No"): (6, 2, 1), ("F", "Yes"): (82, 43, 22), ("F", "Pref"): (13, 11, 6), ("M", "No"): (2, 2, 2),
    ("M", "Yes"): (94, 45, 22), ("M", "Pref"): (9, 7, 3), ("X", "No"): (96, 65, 34),
    ("X", "Yes"): (3, 1, 0), ("X", "Pref"): (151, 88, 42),
}  # fmt: skip


def test_a_crossing_the_other_way_round_is_the_same_table():
    """Printed as 0 and then, the other way round, as 5, a number would be 1 to 4."""
    counts = counted(CORNERS, ("gender", "dis"))
    by = [("gender", "dis"), ("dis", "gender")]
    frame = su.protect(counts, "publish", by=by).frame.query("measure == 'reached'")
    values = frame.set_index(["characteristic", "group", "stage"])["value"]
    for first, second in CORNERS:
        for stage in STAGES:
            one = values["gender × dis", f"{first} × {second}", stage]
            assert one == values["dis × gender", f"{second} × {first}", stage]
    releases = [su.protect(counts, "publish", by=by[:1])]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            releases.append(su.protect(counts, "publish", by=by[1:], ledgers=releases))
        except su.DisclosureError:
            return
    stranger = Stranger()
    for release in releases:
        stranger.read(release.frame, base=5)
    keys = {key[1:3]: key for key, _, _ in stranger.place}
    for first, second in CORNERS:
        there, back = ("gender × dis", f"{first} × {second}"), ("dis × gender", f"{second} × {first}")
        stranger.knows(keys[there], [keys[back]], STAGES)
    for cell in small(counts, 5, by=["gender", "dis", by[0]]):
        low, high = stranger.interval(cell)
        assert high - low >= 4


@pytest.mark.parametrize("policy", ["internal", "publish", "suppress10"])
def test_combinations_that_are_written_alike_are_refused(policy):
    """Of two rows called A × B × C the second was lost."""
    people: _People = {
        ("A", "B × C"): (60, 40, 27), ("A", "C"): (80, 61, 39), ("A × B", "B × C"): (100, 76, 60),
        ("A × B", "C"): (120, 90, 70),
    }  # fmt: skip
    with pytest.raises(su.ArgumentError) as refused:
        su.protect(counted(people, ("one", "two")), policy, by=[("one", "two")])
    assert str(refused.value) == (
        "Two combinations of 'one', 'two' are both called 'A × B × C'. Give groups labels without '×', so "
        "that it can be seen which of them a combination is of."
    )


@pytest.mark.parametrize("policy", [FIVE, "suppress10", "publish"], ids=str)
def test_crossings_that_are_each_a_sum_of_the_other(policy):
    """Men of a2 are all of a2, and those who are not flagged: rows that lead back to themselves."""
    people: _People = {
        ("a1", "b1", "y", "y"): (40, 25, 12), ("a1", "b2", "y", "y"): (34, 18, 15),
        ("a2", "b2", "n", "n"): (30, 18, 3),
    }  # fmt: skip
    by = ["a", ("b", "flag"), ("a", "flag"), ("flag", "same"), ("a", "b")]
    release = su.protect(counted(people, ("a", "b", "flag", "same")), policy, by=by)
    assert len(release.characteristics) == 8
