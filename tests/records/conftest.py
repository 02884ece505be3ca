"""The first cohort's 2,095 people, to be written in every way a file can be written."""

from __future__ import annotations

import pandas as pd
import pytest

from stepup_equity import StageCounts, count_stages
from stepup_equity.shipped import shipped


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    """The shipped first cohort as text, blanks as empty text."""
    return pd.read_csv(shipped("examples/cohort_one.csv"), dtype=str, keep_default_na=False)


@pytest.fixture(scope="session")
def expected() -> StageCounts:
    """Counts of the shipped file."""
    return count_stages(shipped("examples/cohort_one.csv"))
