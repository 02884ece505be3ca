"""Counts that several tests of findings start from."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import stepup_equity as su

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def west_lancashire() -> su.StageCounts:
    """A published table: recruitment of one council, 2019-20; 'Unknown' and 'Not declared' are not stated."""
    return su.StageCounts.from_table(pd.read_csv(ROOT / "data" / "examples" / "west_lancs_2019_20.csv"))


@pytest.fixture(scope="session")
def applicants() -> su.StageCounts:
    """4,000 synthetic applicants in eight regions, the same that the reference values are computed on."""
    return su.count_stages(su.read_applicants(ROOT / "tests" / "golden" / "applicants.csv"))


@pytest.fixture(scope="session")
def berkeley() -> su.StageCounts:
    """Berkeley's graduate admissions of 1973 by sex and department, read as records of one gate."""
    tables = {
        "A": [[512, 313], [89, 19]],
        "B": [[353, 207], [17, 8]],
        "C": [[120, 205], [202, 391]],
        "D": [[138, 279], [131, 244]],
        "E": [[53, 138], [94, 299]],
        "F": [[22, 351], [24, 317]],
    }
    rows = [
        (department, gender, stage)
        for department, table in tables.items()
        for gender, row in zip(("Male", "Female"), table, strict=True)
        for stage, n in zip(("accepted", "offered"), row, strict=True)
        for _ in range(n)
    ]
    people = pd.DataFrame(rows, columns=["region", "gender", "furthest_stage"])
    return su.count_stages(su.read_applicants(people, check_ids=False))


def table(**groups: list[int]) -> su.StageCounts:
    """Counts typed in: a list of people by stage for each group."""
    stages = [f"stage_{i}" for i in range(len(next(iter(groups.values()))))]
    frame = pd.DataFrame.from_dict(groups, orient="index", columns=stages)
    frame = frame.reset_index(names="group").assign(characteristic="team")
    frame["group"] = frame["group"].str.replace("_", " ")
    return su.StageCounts.from_table(frame)


@pytest.fixture
def typed():
    return table
