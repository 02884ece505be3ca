"""Nulls, unknown labels, booleans with gaps, categories: every kind of frame gives the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pytest

from stepup_equity import count_stages, read_applicants
from stepup_equity.counts import check_file
from stepup_equity.process import step_up_to_social_work

if TYPE_CHECKING:
    from collections.abc import Callable

STAGES = step_up_to_social_work().process.stage_keys
PATHS = {
    "a1": [True, True, True, True, True, True, True],
    "a2": [True, False, None, None, None, None, None],
    "a3": [True, True, True, False, None, None, None],
    "a4": [True, True, False, None, None, None, None],
}
GENDER = ["Female", "Male", None, "Female"]


def table(gender: list[str | None] = GENDER) -> pa.Table:
    columns = {
        "applicant_id": list(PATHS),
        "age": pa.array([24, None, 50, 31], pa.int16()),
        "gender": pa.array(gender, pa.string()).dictionary_encode(),
        "religion": pa.array(["None", "Sikh", None, "None"]),
        "region": pa.array(["East", "West", None, "East"]),
    }
    paths = {key: pa.array([path[i] for path in PATHS.values()], pa.bool_()) for i, key in enumerate(STAGES)}
    return pa.table(columns | paths)


def objects(arrow: pa.Table) -> pd.DataFrame:
    """As pandas has it without care: booleans with gaps are objects, ages are floats."""
    return pa.table(
        {
            name: arrow[name].cast(pa.string()) if name == "gender" else arrow[name]
            for name in arrow.column_names
        }
    ).to_pandas()


MAKERS: dict[str, Callable[[pa.Table], Any]] = {
    "pyarrow": lambda arrow: arrow,
    "pandas": lambda arrow: arrow.to_pandas(),
    "pandas, objects": objects,
    "pandas, arrow types": lambda arrow: arrow.to_pandas(types_mapper=pd.ArrowDtype),
    "polars": lambda arrow: pytest.importorskip("polars").from_arrow(arrow),
    "polars, lazy": lambda arrow: pytest.importorskip("polars").from_arrow(arrow).lazy(),
    "duckdb": lambda arrow: pytest.importorskip("duckdb").from_arrow(arrow),
    "dask": lambda arrow: pytest.importorskip("dask.dataframe").from_pandas(objects(arrow), npartitions=2),
}


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_same_people(kind: str) -> None:
    applicants = read_applicants(MAKERS[kind](table()))
    assert applicants.problems.empty
    assert count_stages(applicants) == count_stages(table())
    assert count_stages(applicants).overall().reached.tolist() == [[4, 3, 2, 1, 1, 1, 1]]
    religion = count_stages(applicants).funnel("religion", not_stated=True)
    assert religion.groups == ("No religion", "Sikh", "Not stated")


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_the_same_problems(kind: str) -> None:
    broken = table(["Femle", "Male", None, "Femle"])
    problems = check_file(MAKERS[kind](broken))
    columns = ["severity", "code", "column", "count", "problem", "found", "possible", "remedy"]
    assert problems[columns].to_numpy().tolist() == [
        [
            "error",
            "unknown_label",
            "gender",
            2,
            "Labels that are not in the code list of 'gender'.",
            "'Femle' (2)",
            "Female, Male, Other",
            (
                "Correct them, or declare each spelling under [characteristics.gender.spellings] in the "
                'programme, such as "Female" = ["as the file writes it"]. Did you mean \'Female\'?'
            ),
        ]
    ]
