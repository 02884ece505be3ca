"""Ways around a protected table: notes, order, references, rows that are there, characteristics that add up.

Each is tried with a stranger's own arithmetic (`stranger`), and each kind with two data sets that print the
same: whatever else is in the two folders must be the same too, byte for byte.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from tests.disclosure.stranger import Stranger, below, small

import stepup_equity as su
from stepup_equity.disclosure import Policy
from stepup_equity.process import programme_from_toml

if TYPE_CHECKING:
    from pathlib import Path

FIVE = Policy(threshold=5)


def table(*rows: tuple[object, ...], stages: tuple[str, ...]) -> su.StageCounts:
    return su.StageCounts.from_table(pd.DataFrame(rows, columns=["characteristic", "group", *stages]))


def attacked(
    release: su.Release, counts: su.StageCounts, threshold: int, *knows: tuple[str, list[str]]
) -> list:
    """What a stranger finds out about small counts; ``knows`` are groups that are others together."""
    stranger = Stranger()
    stranger.read(release.frame)
    keys = {key[2]: key for key, _, _ in stranger.place}
    for whole, parts in knows:
        stranger.knows(keys[whole], [keys[part] for part in parts], list(release.layout.stages))
    return below(stranger, small(counts, threshold), threshold)


SUBTOTAL = [
    ("ethnicity", "White", 920, 389, 117), ("ethnicity", "Asian", 61, 21, 5),
    ("ethnicity", "Black", 43, 14, 3), ("ethnicity", "BME", 104, 35, 8),
]  # fmt: skip
NESTED = [
    ("ethnicity", "White British", 820, 349, 107), ("ethnicity", "White other", 100, 40, 4),
    ("ethnicity", "Asian", 61, 26, 14), ("ethnicity", "Black", 43, 17, 13),
    ("ethnicity", "Mixed", 30, 15, 11),
    ("ethnic group", "White", 920, 389, 111), ("ethnic group", "Black and minority ethnic", 134, 58, 38),
]  # fmt: skip
STAGES = ("applied", "shortlisted", "appointed")


@pytest.mark.parametrize("threshold", [5, 10])
def test_no_note_of_a_publication_speaks_of_numbers(threshold):
    """BME is Asian and Black together, and left out as their sum: no note of it gives a hidden 8 away."""
    counts = table(*SUBTOTAL, stages=STAGES)
    release = su.protect(counts, Policy(threshold=threshold))
    assert not any("as many people as" in note or "BME" in note for note in release.notes)
    assert attacked(release, counts, threshold) == []


@pytest.mark.parametrize("threshold", [5, 10])
def test_a_characteristic_that_adds_up_another(threshold):
    """White 111 less White British 107 is 4, wherever the two stand."""
    counts = table(*NESTED, stages=STAGES)
    release = su.protect(counts, Policy(threshold=threshold))
    knows = [
        ("White", ["White British", "White other"]),
        ("Black and minority ethnic", ["Asian", "Black", "Mixed"]),
    ]
    assert attacked(release, counts, threshold, *knows) == []


@pytest.mark.parametrize("policy", ["suppress10", "tre"])
def test_a_sum_that_could_be_of_either_of_two_groups(policy):
    """White and Mixed are as many at every stage: that whoever is not BME is Mixed was taken as meant."""
    eth = [("White", 11, 7, 4), ("Asian", 134, 83, 48), ("Black", 9, 3, 1), ("Mixed", 11, 7, 4)]
    rows = [("eth", *row) for row in [*eth, ("Arab", 54, 31, 16)]]
    counts = table(*rows, ("bme", "no", 11, 7, 4), ("bme", "yes", 208, 124, 69), stages=STAGES)
    release = su.protect(counts, policy)
    knows = [("no", ["White"]), ("yes", ["Asian", "Black", "Mixed", "Arab"])]
    assert attacked(release, counts, 10, *knows) == []


def test_a_group_without_anybody_is_no_zero_beside_a_flag():
    """Where zeros are protected, BME less Asian, Black and Mixed told that nobody was Arab."""
    eth = [("White", 60, 31, 15), ("Asian", 121, 71, 35), ("Black", 144, 95, 53), ("Mixed", 13, 8, 5)]
    rows = [("eth", *row) for row in [*eth, ("Arab", 0, 0, 0)]]
    counts = table(*rows, ("bme", "no", 60, 31, 15), ("bme", "yes", 278, 174, 93), stages=STAGES)
    release = su.protect(counts, "tre")
    stranger = Stranger()
    stranger.read(release.frame, presence=False)
    keys = {key[2]: key for key, _, _ in stranger.place}
    stranger.knows(keys["yes"], [keys[g] for g in ("Asian", "Black", "Mixed", "Arab")], STAGES)
    stranger.knows(keys["no"], [keys["White"]], STAGES)
    for stage in STAGES:
        low, high = stranger.interval((keys["Arab"], stage, "reached"))
        assert high - low >= 9


def test_a_characteristic_that_adds_up_one_of_an_earlier_release():
    counts = table(*NESTED, stages=STAGES)
    first = su.protect(counts, FIVE, by=["ethnicity"])
    second = su.protect(counts, FIVE, by=["ethnic group"], ledgers=[first])
    stranger = Stranger()
    stranger.read(first.frame)
    stranger.read(second.frame)
    keys = {key[2]: key for key, _, _ in stranger.place}
    stranger.knows(keys["White"], [keys["White British"], keys["White other"]], STAGES)
    stranger.knows(
        keys["Black and minority ethnic"], [keys[name] for name in ("Asian", "Black", "Mixed")], STAGES
    )
    assert below(stranger, small(counts, 5), 5) == []


def records(people: dict[tuple[str, ...], tuple[int, int]], columns: tuple[str, ...]) -> su.StageCounts:
    """Counts of ``answers -> (how many applied only, how many got to the end)``."""
    rows = [
        (*answers, stage)
        for answers, many in people.items()
        for stage, n in zip(("submitted", "accepted"), many, strict=True)
        for _ in range(n)
    ]
    frame = pd.DataFrame(rows, columns=[*columns, "furthest_stage"])
    frame["applicant_id"] = range(len(frame))
    return su.count_stages(su.read_applicants(frame, programme=programme(columns, frame)))


def programme(columns: tuple[str, ...], frame: pd.DataFrame) -> su.Programme:
    from stepup_equity.process import programme_from_toml

    text = 'name = "p"\nlabel = "Posts"\nprocess = "Posts"\n'
    text += (
        '[[stages]]\nkey = "submitted"\nlabel = "Applied"\n[[stages]]\nkey = "accepted"\nlabel = "Hired"\n'
    )
    for column in columns:
        groups = ", ".join(f'"{group}"' for group in sorted(frame[column].unique()))
        text += f'[characteristics.{column}]\nlabel = "{column}"\ngroups = [{groups}]\n'
    return programme_from_toml(text)


FLAG = {
    ("White British", "White"): (140, 60), ("White other", "White"): (22, 12),
    ("Asian", "BME"): (34, 16), ("Black", "BME"): (10, 4),
}  # fmt: skip


def test_a_flag_beside_a_list_in_the_records():
    """BME hired 20, Asian 16: so Black 4."""
    counts = records(FLAG, ("ethnicity", "bme"))
    for policy in (FIVE, Policy(threshold=10)):
        release = su.protect(counts, policy)
        knows = [("White", ["White British", "White other"]), ("BME", ["Asian", "Black"])]
        assert attacked(release, counts, policy.threshold, *knows) == []


def test_a_printed_row_has_somebody_in_it():
    """Ten hidden rows that add up to 10 are each 1, unless something else is hidden too."""
    people = {("Christian",): (100, 60), ("No religion",): (100, 50)} | {
        (f"G{i}",): (1, 0) for i in range(10)
    }
    counts = records(people, ("religion",))
    assert attacked(su.protect(counts, Policy(threshold=10)), counts, 10) == []


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


GENDER = [("gender", "Women", 7, 7), ("gender", "Men", 5, 5)]
PAIRS = {
    "the larger group": (GENDER, [("gender", "Women", 5, 5), ("gender", "Men", 7, 7)]),
    "the order of rows and sizes": (GENDER, [("gender", "Men", 7, 7), ("gender", "Women", 5, 5)]),
    "a sum": (
        [("x", "A", 3, 3), ("x", "B", 4, 4), ("x", "C", 37, 37), ("x", "D", 44, 44)],
        [("x", "A", 4, 4), ("x", "B", 4, 4), ("x", "C", 36, 36), ("x", "D", 44, 44)],
    ),
}


@pytest.mark.parametrize(
    ("pair", "declared"),
    [
        ("the larger group", False), ("the larger group", True), ("the order of rows and sizes", False),
        ("a sum", False),
    ],
)  # fmt: skip
def test_what_prints_the_same_is_the_same_folder(pair, declared, tmp_path):
    folders = []
    for i, rows in enumerate(PAIRS[pair]):
        frame = pd.DataFrame(rows, columns=["characteristic", "group", "applied", "appointed"])
        name = frame["characteristic"].iloc[0]
        if declared:
            groups = sorted(frame["group"])
            text = 'name = "p"\nlabel = "Posts"\nprocess = "Posts"\n'
            for stage in ("applied", "appointed"):
                text += f'[[stages]]\nkey = "{stage}"\nlabel = "{stage.capitalize()}"\n'
            text += f'[characteristics.{name}]\nlabel = "{name}"\nreference = "{groups[0]}"\n'
            text += "groups = [" + ", ".join(f'"{group}"' for group in groups) + "]\n"
            counts = su.StageCounts.from_table(frame, programme_from_toml(text))
        else:
            counts = su.StageCounts.from_table(frame)
        release = su.protect(counts, FIVE.but(threshold=10))
        folders.append((release, su.write_report(tmp_path / str(i) / "out", release)))
    (one, first), (other, second) = folders
    assert one.frame.equals(other.frame)
    assert bytes_of(first) == bytes_of(second)


@pytest.mark.parametrize("policy", ["suppress10", "publish"])
def test_the_folder_of_counts_is_that_of_their_release_alone(policy, tmp_path):
    """Charts, sheets, page and manifest: whoever makes them from a release never saw a count, nor a gap."""
    kinds = {
        ("F", "a"): (400, 210, 90),
        ("M", "a"): (140, 66, 31),
        ("X", "b"): (3, 1, 1),
        ("", "b"): (60, 30, 11),
    }
    rows = [
        (sex, team, STAGES[(i < b) + (i < c)], "pending" if b <= i < b + a // 40 else "")
        for (sex, team), (a, b, c) in kinds.items()
        for i in range(a)
    ]
    text = 'name = "p"\nlabel = "P"\n' + "".join(f'[[stages]]\nkey = "{stage}"\n' for stage in STAGES)
    text += '[characteristics.sex]\nlabel = "Sex"\ngroups = ["F", "M", "X"]\n'
    text += '[characteristics.team]\nlabel = "Team"\ngroups = ["a", "b"]\n'
    frame = pd.DataFrame(rows, columns=["sex", "team", "furthest_stage", "exit_reason"])
    programme = programme_from_toml(text)
    counts = su.count_stages(su.read_applicants(frame, programme=programme, check_ids=False))
    release = replace(su.protect(counts, policy), gap=0.37)
    mine = bytes_of(su.write_report(tmp_path / "counts", counts, policy=policy))
    assert mine == bytes_of(su.write_report(tmp_path / "release", release))


def published(release: su.Release, folder: Path, *, page: bool) -> dict[str, bytes]:
    """Tables, data and ledger of a release; the whole report where its page is asked for."""
    if page:
        return bytes_of(su.write_report(folder / "out", release))
    folder.mkdir()
    su.write_workbook(folder / "tables.xlsx", release)
    release.to_csv(folder / "tables.csv")
    release.ledger().write(folder / "ledger.json")
    return bytes_of(folder)


def by_size(counts: su.StageCounts) -> list[str]:
    funnel = counts.funnel("gender")
    return [funnel.groups[i] for i in (-funnel.reached[:, 0]).argsort(kind="stable")]


def reordered(release: su.Release, groups: list[str]) -> su.Release:
    layout = release.layout
    order = sorted(
        range(len(layout.rows)),
        key=lambda i: (
            (layout.rows[i].is_total is False, groups.index(layout.rows[i].group))
            if layout.rows[i].group in groups
            else (False, i)
        ),
    )
    place = {old: new for new, old in enumerate(order)}
    sums = tuple((place[row], tuple(place[part] for part in parts)) for row, parts in layout.sums)
    rows = tuple(layout.rows[i] for i in order)
    return replace(release, layout=replace(layout, rows=rows, sums=sums), _printed=release._printed[order])


PLANTED = {
    "a note": lambda release, counts: replace(
        release, notes=(*release.notes, f"Most are {by_size(counts)[0]}.")
    ),
    "an order": lambda release, counts: reordered(release, by_size(counts)),
    "a reference": lambda release, counts: replace(release, references={"gender": by_size(counts)[0]}),
    "a missing row": lambda release, counts: replace(
        release,
        layout=replace(
            release.layout,
            rows=tuple(row for row in release.layout.rows if row.group != by_size(counts)[-1]),
            sums=(),
        ),
        _printed=release._printed[
            [i for i, row in enumerate(release.layout.rows) if row.group != by_size(counts)[-1]]
        ],
    ),
    "the size of a file": lambda release, counts: replace(
        release, title=release.title + " " * (1 + (by_size(counts)[0] == "Men"))
    ),
}


@pytest.mark.parametrize("door", [None, *PLANTED])
def test_a_planted_side_door_is_found_by_its_bytes(door, tmp_path):
    """Two data sets that print the same: whatever is planted in one folder differs from the other."""
    folders = []
    for i, rows in enumerate(PAIRS["the larger group"]):
        counts = su.StageCounts.from_table(
            pd.DataFrame(rows, columns=["characteristic", "group", "applied", "appointed"])
        )
        release = su.protect(counts, Policy(threshold=10))
        planted = release if door is None else PLANTED[door](release, counts)
        folders.append(published(planted, tmp_path / str(i), page=door == "a reference"))
    assert (folders[0] == folders[1]) is (door is None)
