"""The two cohorts, written once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stepup_equity.start import Draft, draft_programme
from tests.start.cohorts import write_export, write_last

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export(tmp_path_factory.mktemp("export") / "cohort5_export.xlsx")


@pytest.fixture(scope="session")
def last(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_last(tmp_path_factory.mktemp("last") / "cohort4.csv")


@pytest.fixture(scope="session")
def draft(export: Path) -> Draft:
    return draft_programme(export)
