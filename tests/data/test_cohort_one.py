"""The reconstructed first cohort has the numbers of its tables, and every number that was ever printed."""

from __future__ import annotations

import csv
import importlib.util
import math
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from stepup_equity.process import EXIT_REASONS, normalise, step_up_to_social_work
from stepup_equity.shipped import shipped

EXAMPLES = shipped("examples")
PROGRAMME = step_up_to_social_work()
STAGES = PROGRAMME.process.stage_keys


def rows(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def builder():
    spec = importlib.util.spec_from_file_location("build_cohort_one", EXAMPLES / "build_cohort_one.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def people():
    return rows("cohort_one.csv")


@pytest.fixture(scope="module")
def reached(people):
    """(characteristic, label, stage) -> people, counted here by hand."""
    found: Counter[tuple[str, str, str]] = Counter()
    for person in people:
        there = STAGES[: STAGES.index(person["furthest_stage"]) + 1]
        for stage in there:
            found["all", "All applicants", stage] += 1
            for name in PROGRAMME.characteristic_names:
                found[name, person[name] or "Not stated", stage] += 1
    return found


def in_our_words(row: dict[str, str], module) -> tuple[str, str, str]:
    name = module.CHARACTERISTICS.get(row["characteristic"], "all")
    if name == "all":
        return name, row["group"], module.STAGES[row["stage"]]
    label = PROGRAMME.characteristic(name).spellings[normalise(row["group"])]
    return name, label or "Not stated", module.STAGES[row["stage"]]


def test_building_again_gives_the_same_bytes():
    assert (
        builder().build(EXAMPLES / "cohort_one_tables.csv").encode()
        == (EXAMPLES / "cohort_one.csv").read_bytes()
    )


def test_every_group_and_stage_of_the_tables_is_reproduced(reached):
    module = builder()
    tables = {
        in_our_words(r, module): int(r["count"])
        for r in rows("cohort_one_tables.csv")
        if r["stage"] in module.STAGES
    }
    assert len(tables) == 47 * 7
    assert {key: n for key, n in tables.items() if n} == dict(reached)


def test_the_printed_or_derived_numbers(reached):
    facts = rows("cohort_one_facts.csv")
    assert len(facts) == 50
    for fact in facts:
        assert reached[fact["characteristic"], fact["group"], fact["stage"]] == int(fact["count"]), fact


def test_the_facts_are_those_of_the_tables_but_for_the_three_about_joining():
    module = builder()
    known = [row for row in rows("cohort_one_tables.csv") if row["provenance"] in ("printed", "derived")]
    assert len(known) == 53
    assert sum(row["stage"] == "joined" for row in known) == 3
    keys = ("count", "provenance", "source_lines")
    expected = [
        (*in_our_words(row, module), *(row[k] for k in keys)) for row in known if row["stage"] != "joined"
    ]
    facts = rows("cohort_one_facts.csv")
    assert [
        (*(f[k] for k in ("characteristic", "group", "stage")), *(f[k] for k in keys)) for f in facts
    ] == expected


def test_totals_and_denominators(people, reached):
    assert [reached["all", "All applicants", stage] for stage in STAGES] == [
        2095,
        1781,
        798,
        598,
        251,
        202,
        189,
    ]
    stated = {name: sum(bool(person[name]) for person in people) for name in PROGRAMME.characteristic_names}
    assert stated == {
        "age_band": 1787,
        "ethnicity": 1754,
        "gender": 1775,
        "religion": 1724,
        "disability": 1763,
        "orientation": 1688,
    }


def test_ids_are_unique_and_rows_are_in_no_order_of_progress(people):
    assert len({person["applicant_id"] for person in people}) == 2095
    at = np.array([STAGES.index(person["furthest_stage"]) for person in people])
    rank = np.arange(len(at))
    assert abs(np.corrcoef(at, rank)[0, 1]) < 0.1


def test_labels_are_display_labels_or_blank(people):
    for name in PROGRAMME.characteristic_names:
        labels = {person[name] for person in people} - {""}
        assert labels <= set(PROGRAMME.characteristic(name).labels)
    assert {person["region"] for person in people} == set(builder().PARTNERSHIPS)
    assert {person["cohort"] for person in people} == {"2010"}


def test_exit_reasons_fit_the_furthest_stage(people):
    reasons = Counter((person["furthest_stage"], person["exit_reason"]) for person in people)
    assert {reason for _, reason in reasons} <= set(EXIT_REASONS)
    assert {stage for stage, reason in reasons if not reason} == {"accepted"}
    assert reasons["accepted", ""] == 189
    assert reasons["assessed", "no_place"] == 49
    assert reasons["offered", "declined"] + reasons["offered", "offer_withdrawn"] == 13


def cramers_v(people: list[dict[str, str]], one: str, other: str) -> float:
    """Bergsma's bias-corrected V (2013) over those who stated both."""
    pairs = Counter((person[one], person[other]) for person in people if person[one] and person[other])
    across, down = (sorted({pair[i] for pair in pairs}) for i in (0, 1))
    table = np.array([[pairs[a, b] for b in down] for a in across], float)
    n, (r, c) = table.sum(), table.shape
    expected = np.outer(table.sum(1), table.sum(0)) / n
    phi2 = float(((table - expected) ** 2 / expected).sum() / n) - (r - 1) * (c - 1) / (n - 1)
    smaller = min(side - (side - 1) ** 2 / (n - 1) for side in (r, c)) - 1
    return math.sqrt(max(0.0, phi2) / smaller)


def test_ethnicity_and_religion_are_associated_and_nothing_else_is(people):
    for one, other in combinations(PROGRAMME.characteristic_names, 2):
        v = cramers_v(people, one, other)
        if {one, other} == {"ethnicity", "religion"}:
            assert 0.25 <= v <= 0.45
        else:
            assert v < 0.1, (one, other)


def test_the_association_holds_for_broad_groups_too(people):
    parents = {group.label: group.parent for group in PROGRAMME.characteristic("ethnicity").groups}
    broad = [person | {"ethnicity": parents.get(person["ethnicity"], "")} for person in people]
    assert 0.25 <= cramers_v(broad, "ethnicity", "religion") <= 0.45


def test_partnerships_are_in_proportion_to_their_targets_at_every_stage(people):
    targets = builder().PARTNERSHIPS
    assert sum(targets.values()) == 200
    for stage in STAGES:
        here = Counter(person["region"] for person in people if person["furthest_stage"] == stage)
        n = sum(here.values())
        assert all(abs(here[name] - n * target / 200) < 1 for name, target in targets.items())


def test_every_example_says_what_it_is_and_under_which_licence():
    metas = sorted(EXAMPLES.glob("*.meta.toml"))
    assert {"cohort_one", "west_lancs_2019_20"} <= {meta.name.removesuffix(".meta.toml") for meta in metas}
    for meta in metas:
        found = tomllib.loads(meta.read_text(encoding="utf-8"))
        assert all(found[key] for key in ("title", "source", "licence"))
        assert found["kind"] in ("records", "table", "events", "claims", "plan", "targets")
        assert isinstance(found["notes"], list)
        assert Path(str(meta).replace(".meta.toml", ".csv")).is_file()


def test_outputs_of_the_reconstruction_say_so():
    notes = tomllib.loads((EXAMPLES / "cohort_one.meta.toml").read_text(encoding="utf-8"))["notes"]
    (note,) = notes
    assert note == (
        "This is a reconstruction. Only the numbers marked printed or derived in cohort_one_facts.csv "
        "are facts of the 2013 evaluation; all others were chosen to fit them."
    )
