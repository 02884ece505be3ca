"""A characteristic that others say together: BME women beside ethnicity and gender, none of them crossed.

Each is tried with a stranger's own arithmetic, who knows what the words mean.
"""

from __future__ import annotations

from itertools import pairwise, product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.disclosure.stranger import Stranger, below, small
from tests.disclosure.test_crossings_that_tell import STAGES, counted, published

import stepup_equity as su
from stepup_equity.disclosure.implied import implied
from stepup_equity.disclosure.tables import Plan, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_People = dict[tuple[str, ...], tuple[int, int, int]]
_Answers = dict[str, tuple[str, ...]]
_By = list[str | tuple[str, str]]


def knows_what_words_mean(
    stranger: Stranger, answers: _Answers, said: Mapping[str, Callable[[Mapping[str, str]], str]]
) -> None:
    """Everybody stands in one combination of answers, and whatever is printed adds some of them up."""
    keys = {key[1:3]: key for key, _, _ in stranger.place}
    every = [dict(zip(answers, kind, strict=True)) for kind in product(*answers.values())]
    every = [one | {name: say(one) for name, say in said.items()} for one in every]
    cells = {
        stage: [stranger.at((("", "behind", str(i), ""), stage, "reached")) for i in range(len(every))]
        for stage in STAGES
    }
    for before, after in pairwise(STAGES):
        for one, other in zip(cells[before], cells[after], strict=True):
            stranger.lines.append(({one: 1, other: -1}, 0.0, np.inf))
    for (name, group), key in keys.items():
        if name == "All":
            continue
        parts = name.split(" × ")
        own = [i for i, one in enumerate(every) if " × ".join(one[part] for part in parts) == group]
        for stage in STAGES:
            stranger.adds_up([stranger.at((key, stage, "reached"))], [cells[stage][i] for i in own])


def people_of(
    seed: int, answers: _Answers, said: Mapping[str, Callable[[Mapping[str, str]], str]]
) -> _People:
    """As many people of every combination as a seed says."""
    rng = np.random.default_rng(seed)
    people: _People = {}
    for kind in product(*answers.values()):
        one = dict(zip(answers, kind, strict=True))
        n = int(rng.choice([rng.integers(3, 20), rng.integers(8, 22), rng.integers(60, 160)]))
        passed = int(rng.binomial(n, 0.6))
        people[(*kind, *(say(one) for say in said.values()))] = (n, passed, int(rng.binomial(passed, 0.5)))
    return people


def found_out(
    people: _People, names: Sequence[str], by: _By, threshold: int, **known: object
) -> list[object]:
    """Small counts that the stranger finds out more of than was promised."""
    counts = counted(people, names)
    release = su.protect(counts, su.Policy(threshold=threshold), by=by)
    stranger = Stranger()
    stranger.read(release.frame)
    knows_what_words_mean(stranger, **known)  # type: ignore[arg-type]
    every = list(dict.fromkeys(n for one in by for n in ((one,) if isinstance(one, str) else (*one, one))))
    return list(below(stranger, small(counts, threshold, by=every), threshold))


TWO: _Answers = {"bme": ("no", "yes"), "gender": ("F", "M")}


def _flag(one: Mapping[str, str]) -> str:
    return "y" if (one["bme"], one["gender"]) == ("yes", "F") else "n"


def test_a_flag_that_is_one_combination_of_two_characteristics():
    """Seven BME women left at the sift, at most: men and BME people say how many there can be."""
    people: _People = {
        ("no", "F", "n"): (100, 63, 22), ("no", "M", "n"): (13, 3, 3), ("yes", "F", "y"): (11, 7, 3),
        ("yes", "M", "n"): (14, 7, 4),
    }  # fmt: skip
    names = ["bme", "gender", "flag"]
    assert found_out(people, names, list(names), 10, answers=TWO, said={"flag": _flag}) == []


@pytest.mark.parametrize(("seed", "threshold"), [(64, 10), (83, 10), (115, 5), (116, 5)])
def test_other_people_with_the_same_flag(seed, threshold):
    said = {"flag": _flag}
    names = ["bme", "gender", "flag"]
    people = people_of(seed, TWO, said)
    assert found_out(people, names, list(names), threshold, answers=TWO, said=said) == []


THREE: _Answers = {"a": ("a1", "a2", "a3"), "b": ("b1", "b2"), "d": ("d1", "d2")}
BESIDE: list[tuple[_By, dict[str, Callable[[Mapping[str, str]], str]]]] = [
    (["a", "b", "d", "flag"], {"flag": lambda o: "y" if (o["a"], o["b"], o["d"]) in _SOME else "n"}),
    (["flag", ("a", "d"), ("a", "b")], {"flag": lambda o: "y" if (o["a"], o["b"], o["d"]) in _SOME else "n"}),
    (["a", "b", ("d", "flag")], {"flag": lambda o: "y" if (o["a"], o["b"]) in _PAIRS else "n"}),
    (["d", ("b", "flag"), ("b", "d"), "a"], {"flag": lambda o: "y" if (o["a"], o["b"]) in _PAIRS else "n"}),
]  # fmt: skip
_SOME = {("a2", "b1", "d1"), ("a3", "b1", "d1"), ("a1", "b2", "d2")}
_PAIRS = {("a2", "b1"), ("a1", "b2")}


@pytest.mark.parametrize("case", range(len(BESIDE)))
@pytest.mark.parametrize("seed", range(3))
def test_flags_beside_crossings(case, seed):
    by, said = BESIDE[case]
    people = people_of(seed, THREE, said)
    assert found_out(people, [*THREE, "flag"], by, 10, answers=THREE, said=said) == []


def test_a_flag_crossed_with_a_flag_beside_the_crossing_of_what_says_both():
    """Three of a3 × b1 left at the sift, exactly: the one crossing less the others."""
    people: _People = {
        ("a1", "b1", "n", "y"): (71, 44, 20), ("a1", "b2", "y", "n"): (17, 12, 5),
        ("a2", "b1", "y", "y"): (146, 98, 41), ("a2", "b2", "n", "n"): (81, 54, 28),
        ("a3", "b1", "n", "y"): (12, 9, 4), ("a3", "b2", "n", "n"): (6, 3, 3),
    }  # fmt: skip
    answers: _Answers = {"a": ("a1", "a2", "a3"), "b": ("b1", "b2")}
    said: dict[str, Callable[[Mapping[str, str]], str]] = {
        "flag": lambda one: "y" if (one["a"], one["b"]) in {("a1", "b2"), ("a2", "b1")} else "n",
        "same": lambda one: "y" if one["b"] == "b1" else "n",
    }
    by: _By = ["a", ("flag", "same"), ("a", "flag"), ("a", "b")]
    assert found_out(people, [*answers, *said], by, 5, answers=answers, said=said) == []


FOUR: _Answers = {"a": ("n", "y"), "b": ("n", "y"), "c": ("n", "y"), "d": ("n", "y")}


@pytest.mark.parametrize("seed", range(2))
def test_a_flag_for_whoever_is_in_any_of_four_groups(seed):
    said = {"any": lambda one: "y" if "y" in [one[name] for name in FOUR] else "n"}
    people = people_of(seed, FOUR, said)
    names = [*FOUR, "any"]
    assert _told(people, names) == ["a × b × c × d × any"]
    assert found_out(people, names, list(names), 10, answers=FOUR, said=said) == []


def _told(people: _People, names: Sequence[str]) -> list[str]:
    counts = counted(people, names)
    tables = tables_of(counts, Plan(tuple(names)), empty=False)
    return [link.name for link in implied(counts, tables)]


def test_what_few_people_have_in_common_is_no_definition():
    """Nine people in nine combinations: any third answer follows from the two before."""
    few: _People = {
        (f"a{i}", f"b{j}", "y" if (i, j) in {(0, 1), (2, 2), (1, 0)} else "n"): (1, 1, 0)
        for i, j in product(range(3), range(3))
    }
    many = dict.fromkeys(few, (40, 20, 10))
    assert (_told(few, ("a", "b", "c")), _told(many, ("a", "b", "c"))) == ([], ["a × b × c"])


def test_whatever_follows_from_others_is_told_by_them():
    """Ethnicity says BME, and so ethnicity and gender say all; three ethnic groups are two."""
    people = {
        (ethnicity, bme, gender, _flag({"bme": bme, "gender": gender})): (30, 20, 10)
        for ethnicity, bme in [("White", "no"), ("Asian", "yes"), ("Black", "yes")]
        for gender in "FM"
    }
    names = ("ethnicity", "bme", "gender", "flag")
    assert _told(people, names) == ["ethnicity × gender × bme × flag"]
    counts = counted(people, names)
    (link,) = implied(counts, tables_of(counts, Plan(names), empty=False))
    assert sum(len(parts) for whole, parts in link.sums if whole[0] == 0) == 2  # White alone


def test_groups_that_say_the_same_are_one():
    """Of nineteen groups each beside each gender, four combinations are enough."""
    people = {
        (f"e{i}", gender, "y" if i > 4 and gender == "F" else "n"): (30, 20, 10)
        for i in range(19)
        for gender in "FMX"
    }
    counts = counted(people, ("ethnicity", "gender", "flag"))
    (link,) = implied(counts, tables_of(counts, Plan(("ethnicity", "gender", "flag")), empty=False))
    assert (
        len(link.groups) == 4 + 3
    )  # and what several groups are together: two lists of ethnicities, M and X


def test_margins_alone_say_nothing_of_who_is_in_both():
    people = people_of(1, TWO, {"flag": _flag})
    counts = published(counted(people, ("bme", "gender", "flag")))
    assert implied(counts, tables_of(counts, Plan(("bme", "gender", "flag")), empty=False)) == []


def test_too_many_combinations_are_refused():
    groups = range(21)
    people = {(f"a{i}", f"b{j}", f"c{(i * j) % 23}"): (2, 1, 1) for i, j in product(groups, groups) if i or j}
    with pytest.raises(su.ArgumentError) as refused:
        su.protect(counted(people, ("a", "b", "c")), su.Policy(threshold=5))
    assert str(refused.value).startswith("'a', 'b' say 'c' together, and ")
