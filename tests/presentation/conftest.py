"""Answers and reports that several tests look at, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import stepup_equity as su
from stepup_equity.presentation.answers import Answers
from tests.presentation import cases

if TYPE_CHECKING:
    from pathlib import Path


def answers_of(counts: su.StageCounts, *, regression: bool = False) -> Answers:
    return Answers(counts, counts.characteristics, regression)


@pytest.fixture(scope="session")
def cohort_answers() -> Answers:
    return answers_of(cases.cohort_one(), regression=True)


@pytest.fixture(scope="session")
def west_lancashire_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return su.write_report(tmp_path_factory.mktemp("reports") / "west", cases.west_lancashire())


@pytest.fixture(scope="session")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return su.write_report(tmp_path_factory.mktemp("reports") / "hostile", cases.cases()["hostile labels"])
