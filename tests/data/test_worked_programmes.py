"""The two invented programmes: their files rebuild to the same bytes and speak their programme's words."""

from __future__ import annotations

import csv
import importlib.util
import io
from collections import defaultdict
from pathlib import Path

import pytest

from stepup_equity.process import (
    EXIT_REASONS,
    load_programme,
    normalise,
    programme_from_toml,
    programme_to_toml,
)
from stepup_equity.shipped import shipped

EXAMPLES = shipped("examples")


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def builder(name: str):
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["fire_service", "civil_service"])
def test_a_shipped_programme_survives_writing_and_reading(name):
    programme = load_programme(name)
    assert programme.name == name
    assert programme_from_toml(programme_to_toml(programme)) == programme
    assert len(programme.process.gates) == 7


def test_the_fire_service_table_rebuilds_and_adds_up():
    text = (EXAMPLES / "fire_service.csv").read_text(encoding="utf-8")
    module = builder("build_fire_service")
    assert module.build() == text
    totals = defaultdict(int)
    for row in rows(text):
        parts = [
            int(value)
            for column, value in row.items()
            if column not in ("characteristic", "group", "applied")
        ]
        assert sum(parts) == int(row["applied"])
        totals[row["characteristic"]] += int(row["applied"])
    assert set(totals.values()) == {module.APPLICATIONS}
    programme = load_programme("fire_service")
    assert len(module.EXITS) == len(programme.process.gates)
    for row in rows(text):
        assert normalise(row["group"]) in programme.characteristic(row["characteristic"]).spellings


def test_the_civil_service_log_rebuilds_and_its_labels_are_known():
    text = (EXAMPLES / "civil_service.csv").read_text(encoding="utf-8")
    log, _ = builder("build_civil_service").build()
    assert log == text
    programme = load_programme("civil_service")
    for row in rows(text):
        for characteristic in programme.characteristics:
            assert normalise(row[characteristic.name]) in characteristic.spellings


def test_the_civil_service_log_replayed_gives_what_its_builder_says():
    module = builder("build_civil_service")
    log, truth = module.build()
    stages = load_programme("civil_service").process.stage_keys
    reached_by = {passed: gate for gate, passed, _, _ in module.GATES} | {"Application submitted": "applied"}
    reasons = {failed: "rejected" for _, _, failed, _ in module.GATES} | {
        "Reserve list expired": "no_place",
        "Offer withdrawn": "offer_withdrawn",
        "Offer declined by candidate": "declined",
        module.WITHDRAWN: "withdrew",
    }
    histories = defaultdict(list)
    for row in rows(log):
        histories[row["candidate"]].append((row["changed_at"], row["status"]))
    for person in rows(truth):
        history = [status for _, status in sorted(histories[person["candidate"]])]
        furthest = max(stages.index(reached_by[status]) for status in history if status in reached_by)
        reason = reasons.get(history[-1], "" if furthest == len(stages) - 1 else "pending")
        assert (stages[furthest], reason) == (person["furthest_stage"], person["exit_reason"]), history
        assert person["exit_reason"] in EXIT_REASONS


def test_the_civil_service_log_has_the_troubles_of_a_real_one():
    module = builder("build_civil_service")
    log, truth = module.build()
    entries = rows(log)
    statuses = [row["status"] for row in entries]
    assert {module.RESERVE_LIST, module.REOPENED, module.WITHDRAWN} <= set(statuses)
    assert len({(row["candidate"], row["status"]) for row in entries}) < len(entries), (
        "a status written twice"
    )
    assert [row["changed_at"] for row in entries] != sorted(row["changed_at"] for row in entries)
    assert {row["exit_reason"] for row in rows(truth)} >= {
        "pending",
        "no_place",
        "offer_withdrawn",
        "declined",
    }


READERS = ("civil_service_jobs", "greenhouse", "hesa", "judicial_appointments", "nhs_jobs", "qualtrics")


@pytest.mark.parametrize("name", READERS)
def test_the_example_of_a_reader_rebuilds_and_has_a_page(name):
    text = (EXAMPLES / f"{name}.csv").read_text(encoding="utf-8")
    assert builder("build_exports").BUILT[name]() == text
    programme = load_programme(name)
    assert programme_from_toml(programme_to_toml(programme)) == programme
    page = Path("docs/how-to/readers") / f"{name}.md"
    assert page.is_file()
    assert f"({name}.md)" in page.with_name("index.md").read_text(encoding="utf-8")


def _group(name: str, characteristic: str, raw: str) -> str | None:
    return load_programme(name).characteristic(characteristic).spellings[normalise(raw)]


def test_codes_and_keys_are_read_as_what_they_stand_for():
    assert _group("hesa", "ethnicity", "41") == "Mixed White/Black Caribbean"
    assert _group("hesa", "ethnicity", "142") == "Mixed White/Black Caribbean"
    assert _group("hesa", "ethnicity", "140") == "Mixed White/Asian"
    assert _group("hesa", "ethnicity", "998") is None
    assert _group("hesa", "disability", "00") == _group("hesa", "disability", "0") == "No disability"
    assert _group("hesa", "sex", "2") == _group("hesa", "sex", "10") == "Female"
    assert _group("hesa", "religion", "8") == _group("hesa", "religion", "27") == "Christian"
    assert _group("judicial_appointments", "ethnicity", "uk-ethnic") == "White British"
    assert _group("judicial_appointments", "disability", "TRUE") == "Yes"
    assert _group("judicial_appointments", "school", "do-not-know") is None
