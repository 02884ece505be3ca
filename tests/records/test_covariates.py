"""Declared numbers beside groups, read in a second pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from stepup_equity import ArgumentError, DataError, read_applicants, step_up_to_social_work
from stepup_equity.process import Programme, programme_from_toml, programme_to_toml

if TYPE_CHECKING:
    from pathlib import Path

TEXT = programme_to_toml(step_up_to_social_work()) + '\n[covariates.score]\nmissing = ["absent", "-9"]\n'
ROWS = [
    ("a", "2012", "Female", "accepted", "", "71.5"),
    ("b", "2010", "Male", "eligible", "rejected", "60"),
    ("c", "2010", "Male", "eligible", "rejected", "60.0"),
    ("d", "2010", "Male", "eligible", "rejected", "absent"),
    ("e", "2010", "Male", "eligible", "withdrew", ""),
]
FRAME = pd.DataFrame(
    ROWS, columns=["applicant_id", "cohort", "gender", "furthest_stage", "exit_reason", "score"]
)


@pytest.fixture
def programme() -> Programme:
    return programme_from_toml(TEXT)


def test_alike_people_are_one_record(programme: Programme) -> None:
    table = read_applicants(FRAME, programme=programme).with_covariates(["score"])
    assert table.names == ("gender", "cohort")
    assert table.covariates == ("score",)
    assert table.n.tolist() == [1, 2, 1, 1]
    assert np.array_equal(table.values[:, 0], [71.5, 60, np.nan, np.nan], equal_nan=True)
    assert [table.axes[1].labels[code] for code in table.column("cohort")] == ["2012", "2010", "2010", "2010"]
    assert table.furthest.tolist() == [6, 1, 1, 1]
    assert repr(table) == "<CovariateTable: score of 5 people>"


def test_a_file_and_a_frame_give_the_same(programme: Programme, tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "f.csv", index=False)
    ours = read_applicants(tmp_path / "f.csv", programme=programme).with_covariates(["score"], by=["gender"])
    theirs = read_applicants(FRAME, programme=programme).with_covariates(["score"], by=["gender"])
    assert np.array_equal(ours.codes, theirs.codes)
    assert np.array_equal(ours.values, theirs.values, equal_nan=True)
    assert ours.n.sum() == 5


def test_it_agrees_with_the_cells(programme: Programme) -> None:
    applicants = read_applicants(FRAME, programme=programme)
    table = applicants.with_covariates(["score"])
    assert table.axes == applicants.cells.axes
    for name in table.names:
        ours = np.bincount(table.column(name), table.n)
        theirs = np.bincount(applicants.cells.column(name), applicants.cells.n)
        assert ours.tolist() == theirs.tolist()


def test_covariates_alone(programme: Programme) -> None:
    table = read_applicants(FRAME, programme=programme).with_covariates(["score"], by=[])
    assert table.names == ()
    assert table.n.sum() == 5


def test_what_is_not_declared_or_not_there(programme: Programme) -> None:
    with pytest.raises(ArgumentError) as error:
        read_applicants(FRAME).with_covariates(["score"])
    assert str(error.value) == (
        "'score' is not a covariate: 'step_up_to_social_work' declares none. "
        "Declare it under [covariates.score] in the programme."
    )
    with pytest.raises(ArgumentError) as error:
        read_applicants(FRAME, programme=programme).with_covariates(["scor"])
    assert str(error.value) == (
        "covariates='scor' is not a covariate declared by 'step_up_to_social_work'. "
        "Possible: 'score'. Did you mean 'score'?"
    )
    with pytest.raises(DataError) as data_error:
        read_applicants(FRAME.drop(columns="score"), programme=programme).with_covariates(["score"])
    assert str(data_error.value) == (
        "The frame is refused: the header does not have this column (column 'score'). Add it, or leave "
        "'score' out."
    )
    with pytest.raises(DataError) as data_error:
        read_applicants(FRAME.assign(score="good"), programme=programme).with_covariates(["score"])
    assert str(data_error.value) == (
        "The frame is refused: values that are no numbers (column 'score', rows 1, 2, 3, 4, 5). "
        "Correct them, or declare them under missing in [covariates.score]."
    )
