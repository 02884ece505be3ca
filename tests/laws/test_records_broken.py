"""Whatever is done to a file, it is read to its last row or refused in a sentence of ours."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stepup_equity import Applicants, read_applicants
from stepup_equity.errors import ArgumentError, DataError, StepUpError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "applicant_id,cohort,gender,religion,furthest_stage,exit_reason\n"
ROWS = [
    "Zqx1,2010,Female,None,accepted,\n",
    'Zqx2,2010,male,"Christian",eligible,rejected\n',
    "Zqx3,2012,prefer not to say,Sikh,screened,withdrew\n",
]
QUICK = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def outcome_of(path: Path) -> Applicants | StepUpError:
    """What came of reading a file; anything but these two is a failure."""
    try:
        return read_applicants(path)
    except StepUpError as error:
        return error


@QUICK
@given(
    rows=st.lists(st.sampled_from(ROWS), min_size=1, max_size=6, unique=True),
    at=st.integers(0, 10_000),
    cut=st.integers(0, 20),
    piece=st.one_of(
        st.binary(max_size=6),
        st.sampled_from(
            [b'"', b",", b"\n", b'""', b"\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\x00", b";", b"'"]
        ),
    ),
)
def test_a_damaged_text_table(tmp_path: Path, rows: list[str], at: int, cut: int, piece: bytes) -> None:
    good = (HEADER + "".join(rows)).encode()
    at %= len(good) + 1
    data = good[:at] + piece + good[at + cut :]
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    outcome = outcome_of(path)
    if isinstance(outcome, StepUpError):
        assert str(outcome).startswith("file.csv")
        assert "Zqx" not in str(outcome)
        assert not isinstance(outcome, DataError) or len(outcome.problems) > 0
        return
    applicants = outcome
    text = (
        data.decode("utf-8-sig")
        if not applicants.problems["code"].eq("encoding_windows").any()
        else data.decode("cp1252")
    )
    found = list(csv.reader(io.StringIO(text, newline="")))[1:]
    empty = int(applicants.problems.query("code == 'row_empty'")["count"].sum())
    assert len(applicants) + empty >= sum(any(row) for row in found)
    assert len(applicants) <= len(found)


@QUICK
@given(
    data=st.binary(max_size=300),
    ending=st.sampled_from(["csv", "xlsx", "parquet", "feather", "ods", "sav", "db"]),
)
def test_any_bytes_under_any_name(tmp_path: Path, data: bytes, ending: str) -> None:
    path = tmp_path / f"file.{ending}"
    path.write_bytes(data)
    with pytest.raises((DataError, ArgumentError)) as error:
        read_applicants(path)
    if data.startswith(b"SQLite format 3\x00"):
        assert str(error.value) == "A database needs query=: a SELECT, or the name of a table."
    else:
        assert str(error.value).startswith(f"file.{ending} ")
